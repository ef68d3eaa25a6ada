"""A question to z3 about one subject under two editions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..analysis.proving import of_its_subjects
from ..analysis.proving.solving.asking import Answered, Asking, Numbers
from ..analysis.proving.solving.attempts import Attempt, first_settled, sizes, untranslated
from ..analysis.proving.solving.editions import Both, alike_inputs
from ..analysis.proving.solving.terms import Bit
from ..rating.program import Program
from .common_subjects import as_given

__all__ = ["Given", "ask_both"]

Given = Mapping[str, Any]
"""The values of a subject, by input."""


def ask_both(
    old: Program, new: Program, condition: Callable[[Both], Bit], confirms: Callable[[Given], bool]
) -> Answered[Given]:
    """Return a subject that both editions accept and for which a condition holds, or a proof that there is none.

    Args:
        old, new: the rules of one variant each.
        condition: the condition over both ratings.
        confirms: whether engines confirm it for a subject.
    """
    plans = of_its_subjects(old.plan, old.rulebook), of_its_subjects(new.plan, new.rulebook)
    apart = alike_inputs(*plans)
    if apart:
        return Answered(
            "unknown", reason=f"`{apart}` has other records, another type or another default in the new edition"
        )

    def attempt(most: int | None) -> Attempt[Given]:
        both = Both(*plans, most)
        is_whole = both.was.inputs.is_whole and both.now.inputs.is_whole
        lemmas = both.lemmas if is_whole else None
        asking = Asking(both.terms, partial(_given, old, new, both), confirms, has_copies=True, lemmas=lemmas)
        return Attempt(asking, partial(_conditions, both, condition), is_whole)

    return first_settled(sizes(*plans), attempt, untranslated(*plans))


def _conditions(both: Both, condition: Callable[[Both], Bit]) -> Iterator[Bit]:
    yield from both.accepted
    yield condition(both)


def _given(old: Program, new: Program, both: Both, numbers: Numbers) -> Given:
    found: dict[str, Any] = {}
    for program, rating in ((new, both.now), (old, both.was)):
        found |= as_given(program, rating.inputs.arguments(numbers))
    return found
