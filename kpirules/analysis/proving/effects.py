"""Bands, limits on the score and overrides without effect on any subject, as far as only z3 can prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, banding, proving
from ...engines.scalar import Decision
from ...plan.steps import Total
from ..checking.bands import given_otherwise
from ..checking.facts import Facts
from ..checking.gaps import MANY, has_ends
from .bands import gets
from .goals import Answer, Goal
from .prover import Prover, proved

__all__ = ["check_effects"]


def check_effects(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report bands that nobody can get, limits that lower no score, and overrides that never decide."""
    rulebook = facts.rulebook
    given = given_otherwise(rulebook)
    bands = () if rulebook.bands is None or given is None or not _divide_a_number(facts) else rulebook.bands.levels
    for band in bands if len(bands) <= MANY else ():
        if band.id not in (given or ()):
            at = At(band.words.span, band.words.path)
            said = banding.unreachable_band(at, band.id, has_numbers=True)
            yield from _proved(prover, said, Goal(gets(band.id), band=band.id))
    written = {limit.words.path: limit for limit in rulebook.score_limits}
    for limit in (limit for step in prover.plan.steps if isinstance(step, Total) for limit in step.limits):
        said = banding.limit_never_lowers(At(written[limit.path].words.span, limit.path), limit.id)
        yield from _proved(prover, said, Goal(_never, lowering=limit.path))
    for override in rulebook.overrides:
        why = "no valid subject's rating would change without it"
        said = proving.changes_nothing(At(override.words.span, override.words.path), override.id, why)
        yield from _proved(prover, said, Goal(_decides(override.id), deciding=override.id))


def _divide_a_number(facts: Facts) -> bool:
    """Return whether bands can be assigned: by a score or measure, or without any number."""
    bands = facts.rulebook.bands
    has_number = facts.rulebook.root is not None or (bands is not None and bands.measure is not None)
    return has_number or (bands is not None and not any(map(has_ends, bands.levels)))


def _proved(prover: Prover, said: Diagnostic, goal: Goal) -> Iterator[Diagnostic]:
    if prover.is_refuted(goal):
        yield proved(said)


def _decides(id_: str) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        return isinstance(answer, Decision) and not answer.is_early and id_ in answer.decided

    return reached


def _never(answer: Answer) -> bool:
    """Return False: no single subject shows that a limit has no effect."""
    return False
