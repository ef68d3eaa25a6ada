"""Checks shares and minimums of quotas that may be invalid."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At
from ...diagnostics.codes import quotas as say
from ...engines.scalar import Decision
from ...kernel.exact import to_text
from ...plan.ops import If, operands
from ...plan.steps import Output
from ..bounds import Bound
from ..checking.facts import Facts
from .goals import Answer, Goal
from .prover import Prover

__all__ = ["check_terms"]


def check_terms(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report shares and minimums that may be invalid for a group, and invalid constants."""
    steps = {step.path: step for step in prover.plan.steps if isinstance(step, Output)}
    for quota in facts.rulebook.quotas:
        for key, formula in (("at_most", quota.at_most), ("minimum", quota.minimum)):
            path, is_whole = f"{quota.words.path}.{key}", key == "minimum"
            if path in facts.unresolved.paths:
                continue
            step = steps[path]
            is_guarded = quota.when is not None and isinstance(step.op, If)
            bound = prover.bounds.of(operands(step.op)[1] if is_guarded else step.op)
            if bound is None or not _may_be_none(bound, is_whole=is_whole):
                continue
            at = At(formula.span, path)
            if bound.low is not None and bound.low == bound.high:
                # It is the same for every group.
                yield say.no_number_of_members(at, quota.id, key, to_text(bound.low))
                continue
            found = prover.show(say.may_be_no_number_of_members(at, quota.id, key), _goal(step.id, is_whole=is_whole))
            if found is not None:
                yield found


def _may_be_none(bound: Bound, *, is_whole: bool) -> bool:
    if bound.low is not None and bound.low == bound.high:
        return _is_none(bound.low, is_whole=is_whole)
    return bound.low is None or bound.low < 0 or (is_whole and bound.denominator != 1)


def _is_none(number: Fraction, *, is_whole: bool) -> bool:
    return number < 0 or (is_whole and number.denominator != 1)


def _goal(id_: str, *, is_whole: bool) -> Goal:
    def reached(answer: Answer) -> bool:
        number = answer.number(f"outputs.{id_}") if isinstance(answer, Decision) and not answer.is_early else None
        return number is not None and _is_none(number, is_whole=is_whole)

    return Goal(reached)
