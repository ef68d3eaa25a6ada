"""Subjects of a file that are compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..assessing import assess_cohort, member_told
from ..diagnostics import Report
from ..errors import KpirulesError
from ..mappings import FrozenMap
from ..program import Program
from ..record import Assessment
from .subjects import Row

__all__ = ["are_compared", "assessed_together"]

DIFFER = "the engines differ on this subject, which is a fault of kpirules: please report it"


def are_compared(program: Program, *, is_allocated: bool = True) -> bool:
    """Whether the subjects of a file are rated together.

    Args:
        program: the rules.
        is_allocated: whether quotas act.
    """
    return program.is_compared or (is_allocated and program.has_quotas)


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
    places = {member_told(name): index for index, name in enumerate(names)}
    members = {name: row.given for name, row in zip(names, rows, strict=True) if not row.problems}
    found: FrozenMap[str, Assessment] = FrozenMap()
    complaints = defaultdict(list, own)
    try:
        found = assess_cohort(program, members, is_allocated=is_allocated)
    except KpirulesError as mistaken:
        for diagnostic in mistaken.report:
            index = places.get(diagnostic.subject, 0)  # the first tells what is about a whole cohort
            complaints[index] += rows[index].complaints(Report((diagnostic.alone,)))
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
