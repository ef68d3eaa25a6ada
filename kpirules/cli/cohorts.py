"""Assesses subjects of a file that are compared with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..rating.assessing.together import CohortMember, known_cohort, rate_together
from ..rating.program import Program
from ..record import Assessment
from .subjects import Row

__all__ = ["assessed_together"]

DIFFER = "the engines disagree on this subject, which is a bug in kpirules: please report it"


def assessed_together(
    program: Program, rows: Sequence[Row], *, is_verified: bool = False, is_allocated: bool = True
) -> list[Assessment | list[str]]:
    """Assess rows together; return each assessment, or the reasons why the row is not rated.

    If one member can't be assessed, its cohort is not rated, and its reasons count the other members left out.

    Args:
        program: the rules.
        rows: the subjects, grouped into cohorts by `within` of the rulebook.
        is_verified: whether the reference engine must agree.
        is_allocated: whether quotas apply.
    """
    members = _rated(program, rows, "scalar", is_allocated=is_allocated)
    found = _outcomes(rows, members)
    if is_verified:
        others = _rated(program, rows, "reference", is_allocated=is_allocated)
        for index, (member, other) in enumerate(zip(members, others, strict=True)):
            if member.outcome != other.outcome:
                found[index] = [f"{rows[index].place}: error: {DIFFER}"]
    return found


def _rated(program: Program, rows: Sequence[Row], engine: str, *, is_allocated: bool) -> list[CohortMember]:
    members = []
    for name, row in zip(_names(rows), rows, strict=True):
        is_broken = bool(row.problems)
        cohort = known_cohort(program, row.given, is_broken=is_broken)
        members.append(CohortMember(name, program, row.given, cohort, cohort, is_broken=is_broken))
    rate_together(program, members, engine=engine, is_allocated=is_allocated)
    return members


def _outcomes(rows: Sequence[Row], members: Sequence[CohortMember]) -> list[Assessment | list[str]]:
    """Return each assessment, or its reasons and the number of rows that are left out because of the row."""
    left_out = Counter(member.left_out_by for member in members)
    found: list[Assessment | list[str]] = []
    for row, member in zip(rows, members, strict=True):
        if isinstance(member.outcome, Assessment):
            found.append(member.outcome)
            continue
        lines = [] if member.left_out_by else [*row.own_complaints(), *row.complaints(member.outcome)]
        if many := left_out[member.name]:
            rows_ = "1 more row is" if many == 1 else f"{many:,} more rows are"
            lines.append(f"{row.place}: note: {rows_} not rated: the cohort is the same, or may be")
        found.append(lines)
    return found


def _names(rows: Sequence[Row]) -> list[str]:
    """Return the names of members, unique so that quotas can name the holder of the last place."""
    names = [row.name for row in rows]
    are_unique = len({" ".join(name.split()) for name in names}) == len(names)
    return names if are_unique else [f"row {row.number}" for row in rows]
