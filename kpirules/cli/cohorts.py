"""Subjects of a file that are compared with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..rating.assessing.together import Entrant, rate_together, told_cohort
from ..rating.program import Program
from ..record import Assessment
from .subjects import Row

__all__ = ["assessed_together"]

DIFFER = "the engines differ on this subject, which is a fault of kpirules: please report it"


def assessed_together(
    program: Program, rows: Sequence[Row], *, is_verified: bool = False, is_allocated: bool = True
) -> list[Assessment | list[str]]:
    """The assessment of every row, or of each every reason why it is not rated, one a line.

    Where one member can't be assessed its cohort is not rated, and its reasons say how many others that leaves out.

    Args:
        program: the rules.
        rows: the subjects, which make cohorts by `within` of the rulebook.
        is_verified: whether the reference engine must come to the same.
        is_allocated: whether quotas act.
    """
    members = _rated(program, rows, "scalar", is_allocated=is_allocated)
    found = _outcomes(rows, members)
    if is_verified:
        others = _rated(program, rows, "reference", is_allocated=is_allocated)
        for index, (one, other) in enumerate(zip(members, others, strict=True)):
            if one.outcome != other.outcome:
                found[index] = [f"{rows[index].place}: error: {DIFFER}"]
    return found


def _rated(program: Program, rows: Sequence[Row], engine: str, *, is_allocated: bool) -> list[Entrant]:
    members = []
    for name, row in zip(_names(rows), rows, strict=True):
        is_broken = bool(row.problems)
        cohort = told_cohort(program, row.given, is_broken=is_broken)
        members.append(Entrant(name, program, row.given, cohort, cohort, is_broken=is_broken))
    rate_together(program, members, engine=engine, is_allocated=is_allocated)
    return members


def _outcomes(rows: Sequence[Row], members: Sequence[Entrant]) -> list[Assessment | list[str]]:
    """Each assessment, or its reasons; those whom another row leaves out are counted there."""
    left_out = Counter(one.left_out_by for one in members)
    found: list[Assessment | list[str]] = []
    for row, one in zip(rows, members, strict=True):
        if isinstance(one.outcome, Assessment):
            found.append(one.outcome)
            continue
        lines = [] if one.left_out_by else [*row.own_complaints(), *row.complaints(one.outcome)]
        if many := left_out[one.name]:
            rows_ = "1 more row is" if many == 1 else f"{many:,} more rows are"
            lines.append(f"{row.place}: note: {rows_} not rated, being of the same cohort or maybe of it")
        found.append(lines)
    return found


def _names(rows: Sequence[Row]) -> list[str]:
    """What members are called; quotas tell who holds the last place by these names."""
    names = [row.name for row in rows]
    are_unique = len({" ".join(name.split()) for name in names}) == len(names)
    return names if are_unique else [f"row {row.number}" for row in rows]
