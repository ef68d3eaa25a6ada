"""`kpirules diff` of two appraisals: their rulebooks stage by stage, and whose ratings change."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..appraising import AppraisalImpact, AppraisalProgram, appraisal_impact
from ..change import ByPart, compare_parts
from ..errors import KpirulesError
from ..kernel.markup import element
from ..loading.appraisals import load_appraisal
from .appraisals import data_of, tables_in
from .assess import format_of_output
from .failure import CommandError, at_work_on, files
from .loaded import needs_z3
from .rendered import FORMATS, rendered
from .terminal import output, say

__all__ = ["run"]

MOST_COMPLAINTS = 20
"""The most complaints shown about unreadable rows."""


def run(options: Namespace) -> int:
    """Compare two appraisals stage by stage; with `--population`, rate a folder of tables under both.

    Args:
        options: the options of the command line.

    Returns:
        0 if nothing differs, 1 otherwise.
    """
    _check_options(options)
    old, new = _loaded(options)
    moved, read = _moved(old, new, options)
    with needs_z3():
        found = {
            stage: compare_parts(old.programs[stage], program, prove=options.prove)
            for stage, program in new.programs.items()
            if stage in old.programs
        }
    only = sorted(old.programs.keys() ^ new.programs.keys())
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    with output(options.output, options.old, options.new, *read) as out:
        out.write(_written(only, found, moved, format_))
    return int(bool(only) or not all(one.is_same for one in found.values()))


def _check_options(options: Namespace) -> None:
    """Refuse options that an appraisal defines itself, or that need a population."""
    for name in ("group", "key", "records"):
        if getattr(options, name):
            raise CommandError(f"--{name} is for rulebooks: an appraisal names the keys and lists of its stages")
    if options.ignore and options.population is None:
        raise CommandError("--ignore needs `--population`: a folder with a table for each stage")
    if options.prove and options.population is not None:
        raise CommandError("--prove is about all subjects: give it or `--population`")


def _loaded(options: Namespace) -> tuple[AppraisalProgram, AppraisalProgram]:
    with files(options.old), at_work_on(options.old):
        try:
            old, new = (load_appraisal(path, root=options.root) for path in (options.old, options.new))
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{options.old}, {options.new}: an appraisal has errors") from None
    return old, new


def _moved(
    old: AppraisalProgram, new: AppraisalProgram, options: Namespace
) -> tuple[AppraisalImpact | None, list[str]]:
    """Return whose ratings change among the rows of a folder, and the files that were read."""
    if options.population is None:
        return None, []
    if not Path(options.population).is_dir():
        raise CommandError(f"{options.population}: the population of an appraisal is a folder of tables")
    (before, read), (after, _) = (_rows(program, options) for program in (old, new))
    return appraisal_impact(old, new, before, new_tables=after), read


def _rows(program: AppraisalProgram, options: Namespace) -> tuple[dict[str, list[Mapping[str, Any]]], list[str]]:
    """Return the rows of each stage, as its rulebook reads them, and the paths of their files."""
    tables = tables_in(options.population, program, options.ignore)
    data = data_of(tables)
    found: dict[str, list[Mapping[str, Any]]] = {}
    complaints: list[str] = []
    for stage, table in tables.items():
        rows, strays = table.rows(program, options, data)
        complaints += [*strays, *(complaint for row in rows for complaint in row.row.own_complaints())]
        found[stage] = [row.staged.given for row in rows if not row.staged.is_broken]
    say(*complaints[:MOST_COMPLAINTS], aside=True)
    if len(complaints) > MOST_COMPLAINTS:
        say(f"… and {len(complaints) - MOST_COMPLAINTS:,} more", aside=True)
    return found, list(map(str, data))


def _written(only: list[str], found: Mapping[str, ByPart], moved: AppraisalImpact | None, format_: str) -> str:
    if format_ == "json":
        stages = {stage: one.data() for stage, one in found.items()}
        data = {"only_in_one": only, "stages": stages}
        data |= {} if moved is None else {"impact": moved.data()}
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    parts = ["".join(f"stage {stage} is in one of them only\n" for stage in only)]
    parts += ["\n".join(f"stage {stage}\n{rendered(one, format_)}" for stage, one in found.items())]
    if moved is not None:
        parts.insert(0, _impact_written(moved, format_) + "\n")
    return "".join(parts)


def _impact_written(moved: AppraisalImpact, format_: str) -> str:
    match format_:
        case "markdown":
            return f"```text\n{moved.text().replace('`', chr(39))}```\n"
        case "html":
            return f"{element('pre', moved.text())}\n"
        case _:
            return moved.text()
