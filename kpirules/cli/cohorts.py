"""Subjects of a file that are compared with each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from attrs import evolve

from ..assessing import assess_cohort
from ..diagnostics import Diagnostic, Report
from ..errors import KpirulesError
from ..mappings import FrozenMap
from ..program import Program
from ..record import Assessment
from .subjects import Row

__all__ = ["are_compared", "assessed_together"]

DIFFER = "the engines differ on this subject, which is a fault of kpirules: please report it"

_MEMBER = re.compile(r"members\[([0-9]+)\]\.?")
_NOTE = re.compile(r"for members\[([0-9]+)\]")


def are_compared(program: Program) -> bool:
    """Whether the subjects of a file are rated together.

    Args:
        program: the rules.
    """
    return bool(program.compared)


def assessed_together(
    program: Program, rows: Sequence[Row], *, is_verified: bool = False
) -> list[Assessment | list[str]]:
    """The assessment of every row, or of each every reason why none is rated, one a line.

    Where one member can't be assessed there is no rating of any: all are compared with it.

    Args:
        program: the rules.
        rows: the subjects, which make cohorts by `within` of the rulebook.
        is_verified: whether the reference engine must come to the same.
    """
    own = {index: row.own_complaints() for index, row in enumerate(rows) if row.problems}
    members = {f"{index}": row.given for index, row in enumerate(rows) if not row.problems}
    found: FrozenMap[str, Assessment] = FrozenMap()
    complaints = defaultdict(list, own)
    try:
        found = assess_cohort(program, members)
    except KpirulesError as mistaken:
        for diagnostic in mistaken.report:
            index, told = _of_row(diagnostic)
            complaints[index] += rows[index].complaints(Report((told,)))
    if complaints:
        return [complaints[index] for index in range(len(rows))]
    if is_verified:
        other = assess_cohort(program, members, engine="reference")
        differing = [index for index, row in enumerate(rows) if found[f"{index}"] != other[f"{index}"]]
        if differing:
            return [[f"{row.place}: error: {DIFFER}"] if i in differing else [] for i, row in enumerate(rows)]
    return [found[f"{index}"] for index in range(len(rows))]


def _of_row(diagnostic: Diagnostic) -> tuple[int, Diagnostic]:
    """The row that a diagnostic is about, and what it says of it; the first where it is about a whole cohort."""
    if member := _MEMBER.match(diagnostic.path):
        return int(member[1]), evolve(diagnostic, path=diagnostic.path[member.end() :])
    if diagnostic.notes and (noted := _NOTE.fullmatch(diagnostic.notes[-1])):
        return int(noted[1]), evolve(diagnostic, notes=diagnostic.notes[:-1])
    return 0, diagnostic
