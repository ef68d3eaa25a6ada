"""`kpirules diff`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from attrs import evolve

from ..change import ByPart, Comparison, Impact, KnownSubjects, compare, compare_parts
from ..change.by_part import impact_parts_on
from ..change.population import both, impact_on
from ..diagnostics import did_you_mean
from ..documents.cells import read_by
from ..errors import KpirulesError
from ..language.model import Input, ListDomain, Rulebook, TextDomain
from ..loading.appraisals import is_appraisal_file
from ..rating.assessing.values import take
from ..rating.program import Program
from ..rating.tables import Subject
from ..testing.known import known_from
from . import diff_appraisals
from .assess import format_of_output
from .failure import CommandError, at_work_on, files, one_line
from .loaded import load_chosen, needs_z3
from .rendered import FORMATS, rendered
from .subjects import Row, read_subjects
from .terminal import output, say

__all__ = ["run"]

MOST_COMPLAINTS = 20
"""The most complaints shown about unreadable rows; a population may have thousands."""


def run(options: Namespace) -> int:
    """Compare two editions, and rate a population under both.

    Args:
        options: the options of the command line.

    Returns:
        0 if nothing differs, 1 otherwise.
    """
    if all(map(_is_appraisal, (options.old, options.new))):
        return diff_appraisals.run(options)
    old = load_chosen(options.old, options.old_variant or options.variant, options.old_on or options.on, options.root)
    new = load_chosen(options.new, options.variant, options.on, options.root)
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    is_by_part = bool(old.parts or new.parts)
    found: Comparison | Impact | ByPart
    read: tuple[str, ...] = ()
    if options.population is None:
        _check_alone(options)
        compared = compare_parts if is_by_part else compare
        with needs_z3():
            found = compared(old, new, known=_known(options), prove=options.prove)
    else:
        if options.prove:
            raise CommandError("--prove is about all subjects: give it or `--population`")
        rows = _rows(old, new, options)
        impact = impact_parts_on if is_by_part else impact_on
        found = impact(old, new, rows, options.group or "")
        read = (options.population, *(written.partition("=")[2] for written in options.records))
    with output(options.output, options.old, options.new, *read) as out:
        out.write(rendered(found, format_))
    return int(not (found.comparison if isinstance(found, Impact) else found).is_same)


def _is_appraisal(path: str) -> bool:
    with files(path):
        return is_appraisal_file(path)


def _known(options: Namespace) -> KnownSubjects:
    """Return the subjects of the cases beside the rulebooks, and of those that are named."""
    with files(options.old), at_work_on(options.old):
        try:
            return known_from([*options.cases, options.old, options.new], root=options.root)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError("a case file has errors") from None


def _check_alone(options: Namespace) -> None:
    """Refuse options about subjects if there are none."""
    given = {"--group": options.group, "--key": options.key, "--records": options.records, "--ignore": options.ignore}
    for name, value in given.items():
        if value:
            raise CommandError(f"{name} needs `--population`: the subjects to rate")


def _rows(old: Program, new: Program, options: Namespace) -> list[Subject]:
    """Return the population without rows of other variants and editions."""
    options.subjects = options.population
    rulebook = both(old.gathered, new.gathered)
    subjects = read_subjects(options, _with_group(rulebook, options.group))
    rows = list(_subjects(subjects.rows, is_read_twice=_are_read_differently(old.gathered, new.gathered)))
    if options.group and rows and not any(options.group in row.row for row in rows):
        names = {name for row in rows for name in row.row}
        remedy = did_you_mean(options.group, names)
        raise CommandError(f"--group: there is no column `{one_line(options.group)}`{remedy and '; '}{remedy}")
    _complain([*subjects.complaints, *(complaint for row in subjects.rows for complaint in row.own_complaints())])
    asked_rows = [row for row in rows if _is_asked_about(row.values_for(new.gathered), new, options)]
    if len(asked_rows) < len(rows):
        say(f"{len(rows) - len(asked_rows):,} rows of other variants or editions are left out", aside=True)
    return asked_rows


def _is_asked_about(given: Mapping[str, Any], new: Program, options: Namespace) -> bool:
    """Return whether a row belongs to the chosen variant and date; True if the old edition has its own choice."""
    rulebook = new.rulebook
    names = [
        rulebook.variant_by if options.variant is not None and options.old_variant is None else "",
        rulebook.edition_by if options.on is not None and options.old_on is None else "",
    ]
    values = take([input_ for input_ in rulebook.inputs if input_.id in names], given, is_whole=False).given
    variant, day = (values.get(name) for name in names)
    is_in_force = day is None or any(part.rulebook.is_in_force(day) for part in new.whole)
    return variant in (None, options.variant) and is_in_force


def _with_group(rulebook: Rulebook, group: str | None) -> Rulebook:
    """Return the rulebook with the grouping column as an input, so that it is read."""
    if not group or any(input_.id == group for input_ in rulebook.inputs):
        return rulebook
    return evolve(rulebook, inputs=(*rulebook.inputs, Input(group, TextDomain(), is_optional=True)))


def _are_read_differently(old: Rulebook, new: Rulebook) -> bool:
    """Return whether the two rulebooks may read a cell as different values."""
    before = {input_.id: input_ for input_ in old.inputs}
    pairs = [(before[input_.id].domain, input_.domain) for input_ in new.inputs if input_.id in before]
    while pairs:
        old_domain, new_domain = pairs.pop()
        if isinstance(old_domain, ListDomain) and isinstance(new_domain, ListDomain):
            fields = {field.id: field.domain for field in old_domain.fields}
            pairs += [(fields[field.id], field.domain) for field in new_domain.fields if field.id in fields]
        if type(old_domain) is not type(new_domain) or getattr(old_domain, "is_integer", 0) != getattr(
            new_domain, "is_integer", 0
        ):
            return True
    return False


def _subjects(rows: tuple[Row, ...], *, is_read_twice: bool) -> Iterator[Subject]:
    for row in rows:
        given = row.given if isinstance(row.given, Mapping) and not row.problems else {}
        read = partial(_read_again, row.cells) if is_read_twice and given else None
        yield Subject(row.key or (str(row.number),), given, given, read)


def _read_again(cells: Mapping[str, object], rulebook: Rulebook) -> Mapping[str, object]:
    """Return the cells of a row, read by the types of a rulebook."""
    return read_by(rulebook.inputs, cells)


def _complain(complaints: list[str]) -> None:
    say(*complaints[:MOST_COMPLAINTS], aside=True)
    if len(complaints) > MOST_COMPLAINTS:
        say(f"… and {len(complaints) - MOST_COMPLAINTS:,} more", aside=True)
