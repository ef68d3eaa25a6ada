"""Asks a question about subjects with any number of records, then with few, and says why an answer is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from attrs import frozen

from ....language.expressions import FUNCTIONS
from ....language.model import ListDomain
from ....plan import Plan
from ....plan.ops import Call, Const, walk
from ....plan.steps import Combination, Judge
from .asking import NOT_FOUND, Answered, Asking
from .terms import Bit
from .values import Untranslated

__all__ = ["KNOWS", "NOT_TRANSLATED", "TOO_DEEP", "Attempt", "first_settled", "sizes", "untranslated"]

Shown = TypeVar("Shown")

RECORDS = (2, 4)
"""The numbers of records of each list that are translated one by one, one attempt after the other."""

TOO_DEEP = "the rules are nested too deeply to be translated"

KNOWS = "z3 knows"

NOT_TRANSLATED = "the rules hold something that is not translated for z3"

EXACT = {"min", "max", "floor", "days"}
"""The functions without a formula that z3 knows exactly; calendars are exact where one date varies."""


def sizes(*plans: Plan) -> tuple[int | None, ...]:
    """Return the number of records of a list that each attempt distinguishes; None for any number.

    Args:
        plans: the rules of one subject.
    """
    has_lists = any(isinstance(one.domain, ListDomain) for plan in plans for one in plan.inputs)
    return (None, *RECORDS) if has_lists else (0,)


def untranslated(*plans: Plan) -> str:
    """Return the functions of which z3 knows only the range and the direction, in words; empty if there are none.

    Args:
        plans: the rules.
    """
    parts = (part for plan in plans for _, op in plan.operations() for part in walk(op))
    varying = (
        part for part in parts if isinstance(part, Call) and not all(isinstance(one, Const) for one in part.arguments)
    )
    calls = {part.function for part in varying}
    rows = [FUNCTIONS[name] for name in sorted(calls - EXACT)]
    names = [f"`{row.name}`" for row in rows if not (row.trend and row.is_whole)]
    bodies = [step.body for plan in plans for step in plan.steps if isinstance(step, Judge)]
    means = {body.function for body in bodies if isinstance(body, Combination)} & {"geometric_mean", "harmonic_mean"}
    return ", ".join([*names, *(f"`{mean}`" for mean in sorted(means))])


@frozen
class Attempt(Generic[Shown]):
    """A question over one translation.

    Args:
        asking: the question.
        conditions: returns the conditions that must hold together.
        is_whole: whether all subjects are included.
    """

    asking: Asking[Shown]
    conditions: Callable[[], Iterable[Bit]]
    is_whole: bool


def first_settled(
    most_records: Iterable[int | None], attempt: Callable[[int | None], Attempt[Shown]], unknown: str = ""
) -> Answered[Shown]:
    """Return the answer of the first translation that settles a question.

    Args:
        most_records: for each translation, the number of records of a list that are translated one by one.
        attempt: returns the question over the translation with that number of records.
        unknown: what z3 only knows by its range.
    """
    reason = NOT_TRANSLATED
    for most in most_records:
        try:
            found = _settled(attempt(most), most, unknown)
        except Untranslated:
            continue
        except RecursionError:
            reason = TOO_DEEP
            continue
        if found.status != "unknown":
            return found
        reason = found.reason or reason
    return Answered("unknown", reason=reason)


def _settled(attempt: Attempt[Shown], most: int | None, unknown: str) -> Answered[Shown]:
    """Return the answer over one translation; a proof about short lists is not a proof about all."""
    found = attempt.asking.ask(attempt.conditions, is_shown=most is not None)
    if found.status == "impossible" and not attempt.is_whole:
        return Answered("unknown", reason=f"no list of up to {most} records shows it, and longer ones may")
    if found.reason == NOT_FOUND and unknown:
        return Answered("unknown", reason=f"{KNOWS} {unknown} by their range and direction only")
    return found
