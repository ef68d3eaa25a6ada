"""A question to z3 about one subject under two editions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..analysis.proving import of_its_subjects
from ..analysis.proving.choosing import choosing, in_both
from ..analysis.proving.solving.asking import Answered, Asking, Numbers
from ..analysis.proving.solving.attempts import Attempt, first_settled, sizes, untranslated
from ..analysis.proving.solving.editions import Both, incomparable_input
from ..analysis.proving.solving.terms import Bit
from ..language.model import Domain, Rulebook, with_formulas_of_quotas
from ..rating.program import Program
from .common_subjects import as_given

__all__ = ["APART", "Given", "are_alike_before_quotas", "ask_both"]

APART = "no subject chooses both: each edition rates its own variant or days"
"""Why nothing is proved of two parts that no subject has in common."""

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
    if in_both(*(_choosing(program.rulebook) for program in (old, new))) is None:
        return Answered("unknown", reason=APART)
    apart = incomparable_input(*plans)
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


def _choosing(rulebook: Rulebook) -> dict[str, Domain]:
    """Return the inputs that choose a rulebook, with the values that do; empty if no subject chooses it."""
    return choosing(rulebook, variant_by=rulebook.variant_by, edition_by=rulebook.edition_by) or {}


def are_alike_before_quotas(old: Program, new: Program) -> bool:
    """Return whether z3 proves that every member has the same rating, and the same results of formulas of quotas.

    A quota that moves a member has outputs computed again which read the band: such rulebooks have no proof.

    Args:
        old, new: the rules of one variant each.
    """
    outputs = (output for program in (old, new) for output in program.rulebook.outputs)
    if any("band" in output.value.names for output in outputs):
        return False
    one, other = (Program(with_formulas_of_quotas(program.rulebook), program.report) for program in (old, new))
    return ask_both(one, other, lambda both: both.rated_differently(), lambda _: True).status == "impossible"


def _conditions(both: Both, condition: Callable[[Both], Bit]) -> Iterator[Bit]:
    yield from both.accepted
    yield condition(both)


def _given(old: Program, new: Program, both: Both, numbers: Numbers) -> Given:
    found: dict[str, Any] = {}
    for program, rating in ((new, both.now), (old, both.was)):
        found |= as_given(program, rating.inputs.arguments(numbers))
    return found
