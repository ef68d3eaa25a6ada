"""`kpirules diff`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from datetime import date

from attrs import evolve

from ..comparing import Comparison, Impact, compare
from ..comparing.population import both, impact_on
from ..diagnostics import did_you_mean
from ..errors import KpirulesError
from ..model import Input, Rulebook, TextDomain
from ..program import Program
from ..tables import Subject
from .assess import format_of_output, program_of
from .failure import CommandError, one_line
from .subjects import Row, read_subjects
from .terminal import output

__all__ = ["run"]

FORMATS = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}

MOST_COMPLAINTS = 20
"""Lines about rows that can't be read; who asks for an impact has thousands."""


def run(options: Namespace) -> int:
    """Say what differs between two editions, and what it does to a population.

    Args:
        options: of the command line.

    Returns:
        0 where nothing differs, 1 where something does.
    """
    old = _part(options.old, options.old_variant or options.variant, options.old_on or options.on)
    new = _part(options.new, options.variant, options.on)
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    found: Comparison | Impact
    if options.population is None:
        _check_alone(options)
        comparison = found = compare(old, new)
        read: tuple[str, ...] = ()
    else:
        found = _impact(old, new, options)
        comparison = found.comparison
        read = (options.population, *(written.partition("=")[2] for written in options.records))
    with output(options.output, options.old, options.new, *read) as out:
        out.write(_rendered(found, format_))
    return int(not comparison.is_same)


def _part(path: str, variant: str | None, on: date | None) -> Program:
    """The one variant and edition of a file that is compared."""
    program = program_of(Namespace(rulebook=path, variant=variant, on=on))
    try:
        return program.part()
    except KpirulesError as mistaken:
        print(mistaken, file=sys.stderr)
        raise CommandError(f"{path}: there is no one variant and edition to compare") from None


def _check_alone(options: Namespace) -> None:
    """Refuse options that speak of subjects where there are none."""
    given = {"--group": options.group, "--key": options.key, "--records": options.records, "--ignore": options.ignore}
    for name, value in given.items():
        if value:
            raise CommandError(f"{name} needs `--population`: the subjects it speaks of")


def _impact(old: Program, new: Program, options: Namespace) -> Impact:
    options.subjects = options.population
    rulebook = both(old.rulebook, new.rulebook)
    subjects = read_subjects(options, _with_group(rulebook, options.group))
    rows = list(_subjects(subjects.rows))
    if options.group and rows and not any(options.group in row.row for row in rows):
        names = {name for row in rows for name in row.row}
        way_out = did_you_mean(options.group, names)
        raise CommandError(f"--group: there is no column `{one_line(options.group)}`{way_out and '; '}{way_out}")
    _complain([*subjects.complaints, *(told for row in subjects.rows for told in row.own_complaints())])
    return impact_on(old, new, rows, options.group or "")


def _with_group(rulebook: Rulebook, group: str | None) -> Rulebook:
    """The rulebook with the column of groups among its inputs, so that it is read."""
    if not group or any(one.id == group for one in rulebook.inputs):
        return rulebook
    return evolve(rulebook, inputs=(*rulebook.inputs, Input(group, TextDomain(), is_optional=True)))


def _subjects(rows: tuple[Row, ...]) -> Iterator[Subject]:
    for row in rows:
        given = row.given if isinstance(row.given, Mapping) and not row.problems else {}
        yield Subject(row.key or (str(row.number),), given, given)


def _complain(complaints: list[str]) -> None:
    for complaint in complaints[:MOST_COMPLAINTS]:
        print(complaint, file=sys.stderr)
    if len(complaints) > MOST_COMPLAINTS:
        print(f"… and {len(complaints) - MOST_COMPLAINTS:,} more", file=sys.stderr)


def _rendered(found: Comparison | Impact, format_: str) -> str:
    match format_:
        case "markdown":
            return found.markdown().rstrip("\n") + "\n"
        case "html":
            return found.html(is_page=True)
        case "json":
            return json.dumps(found.data(), ensure_ascii=False, indent=2) + "\n"
        case _:
            return found.text()
