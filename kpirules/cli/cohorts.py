"""Subjects of a file that are compared with each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

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

BEGINS = "members["


def are_compared(program: Program, *, is_allocated: bool = True) -> bool:
    """Whether the subjects of a file are rated together.

    Args:
        program: the rules.
        is_allocated: whether quotas act.
    """
    cohorts = [part.rulebook.cohort for part in program.whole if part.rulebook.cohort is not None]
    has_quotas = is_allocated and any(cohort.quotas for cohort in cohorts)
    return has_quotas or any(part.compared for part in program.whole)


def assessed_together(
    program: Program, rows: Sequence[Row], *, is_verified: bool = False, is_allocated: bool = True
) -> list[Assessment | list[str]]:
    """The assessment of every row, or of each every reason why none is rated, one a line.

    Where one member can't be assessed there is no rating of any: all are compared with it.

    Args:
        program: the rules.
        rows: the subjects, which make cohorts by `within` of the rulebook.
        is_verified: whether the reference engine must come to the same.
        is_allocated: whether quotas act.
    """
    own = {index: row.own_complaints() for index, row in enumerate(rows) if row.problems}
    names = _names(rows)
    places = {" ".join(name.split()): index for index, name in enumerate(names)}
    members = {name: row.given for name, row in zip(names, rows, strict=True) if not row.problems}
    found: FrozenMap[str, Assessment] = FrozenMap()
    complaints = defaultdict(list, own)
    try:
        found = assess_cohort(program, members, is_allocated=is_allocated)
    except KpirulesError as mistaken:
        for diagnostic in mistaken.report:
            index, told = _of_row(diagnostic, places)
            complaints[index] += rows[index].complaints(Report((told,)))
    if complaints:
        return [complaints[index] for index in range(len(rows))]
    if is_verified:
        other = assess_cohort(program, members, engine="reference", is_allocated=is_allocated)
        differing = [index for index, name in enumerate(names) if found[name] != other[name]]
        if differing:
            return [[f"{row.place}: error: {DIFFER}"] if i in differing else [] for i, row in enumerate(rows)]
    return [found[name] for name in names]


def _names(rows: Sequence[Row]) -> list[str]:
    """What members are called; quotas tell who holds the last place by these names."""
    names = [row.name for row in rows]
    are_unique = len({" ".join(name.split()) for name in names}) == len(names)
    return names if are_unique else [f"row {row.number}" for row in rows]


def _of_row(diagnostic: Diagnostic, places: Mapping[str, int]) -> tuple[int, Diagnostic]:
    """The row that a diagnostic is about, and what it says of it; the first where it is about a whole cohort."""
    name, rest = _member(diagnostic.path, places)
    if name is not None:
        return places[name], evolve(diagnostic, path=rest)
    if diagnostic.notes and diagnostic.notes[-1].startswith("for "):
        name, _ = _member(diagnostic.notes[-1].removeprefix("for "), places)
        if name is not None:
            return places[name], evolve(diagnostic, notes=diagnostic.notes[:-1])
    return 0, diagnostic


def _member(path: str, places: Mapping[str, int]) -> tuple[str | None, str]:
    """The member that a path begins with, and the rest of it; names may hold brackets themselves."""
    if path.startswith(BEGINS):
        for bracket in re.finditer(r"\]", path):
            name = path[len(BEGINS) : bracket.start()]
            if name in places:
                return name, path[bracket.end() :].removeprefix(".")
    return None, path
