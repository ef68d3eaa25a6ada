"""Checks limits on the score that never lower it, and those that rounding exceeds."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, banding
from ...engines.scalar import Decision
from ...kernel.exact import Rounding, to_text
from ...language.expressions import NUMBER
from ...language.model import Interval
from ...plan.ops import If, Op, Read
from ...plan.steps import Limit, Output, Total
from ..bounds import Bound
from ..checking.facts import Facts
from ..checking.score import carried
from .goals import Answer, Goal
from .prover import Prover, possible, proved

__all__ = ["check_score_limits"]

IN_FORCE = "limit_in_force"
"""The output with the limit for subjects to whom it applies, and the score for all others."""


def check_score_limits(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Check that each limit on the score can lower it, and that rounding does not exceed it."""
    root = facts.rulebook.root
    total = next((step for step in prover.plan.steps if isinstance(step, Total)), None)
    if root is None or total is None:
        return
    written = {limit.words.path: limit for limit in facts.rulebook.score_limits}
    open_paths = facts.unresolved.paths
    for limit in total.limits:
        if f"{limit.path}.when" in open_paths or f"{limit.path}.at_most" in open_paths:
            continue
        at = At(written[limit.path].words.span, limit.path)
        most = prover.bounds.idle_limits.get(limit.path)
        if most is not None:
            yield proved(banding.limit_never_lowers(at, limit.id, to_text(most)))
            continue
        bound = prover.bounds.of(limit.at_most)
        if root.round is None or bound is None or not _can_be_rounded_up(bound, root.round):
            continue
        constant = bound.low if bound.low == bound.high else None
        at_most = "" if constant is None else to_text(constant)
        said = banding.limit_stepped_over(at, limit.id, at_most, root.round.describe())
        if not facts.unresolved.has_score:
            if constant is None or root.unrounded_reach is None or constant < root.unrounded_reach:
                yield possible(said)
            continue
        shown = _with_limit(prover, limit).show(said, _goal(limit, constant, root.round))
        if shown is not None:
            yield shown


def _can_be_rounded_up(most: Bound, rounding: Rounding) -> bool:
    """Return whether rounding may exceed a limit."""
    if most.low is not None and most.low == most.high:
        return rounding.apply(most.low) > most.low
    if most.denominator is not None and (Fraction(1, most.denominator) / rounding.step).denominator == 1:
        return False
    return rounding.mode != "floor" and not (rounding.mode == "down" and most.low is not None and most.low >= 0)


def _with_limit(prover: Prover, limit: Limit) -> Prover:
    """Return a prover for the plan up to the score, with an output of the limit, whether or not there is a band."""
    score = Read("score", NUMBER.optional)
    op: Op = limit.at_most if limit.when is None else If(limit.when, limit.at_most, score, NUMBER.optional)
    probe = Output(IN_FORCE, op, IN_FORCE)
    total = next(place for place, step in enumerate(prover.plan.steps) if isinstance(step, Total))
    return prover.over(evolve(prover.plan, steps=(*prover.plan.steps[: total + 1], probe)))


def _goal(limit: Limit, constant: Fraction | None, rounding: Rounding) -> Goal:
    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        score, most = answer.number("score"), answer.number(f"outputs.{IN_FORCE}")
        return score is not None and most is not None and score > most

    stretch = None if constant is None else carried(rounding, constant, True)
    outcomes = () if limit.when is None else ((limit.when, True),)
    return Goal(reached, "" if stretch is None else "exact_score", stretch or Interval(), outcomes)
