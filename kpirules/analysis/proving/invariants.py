"""Reports invariants that do not hold, each with a subject that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, proving
from ...engines.scalar import Decision
from ...language.model import Rulebook
from ...plan.steps import Holds
from ..checking.facts import Facts
from .goals import Answer, Goal
from .prover import Prover
from .varying import LOWERS, RAISES, Varied, varied_inputs

__all__ = ["check_invariants"]

MOST_COST = 300_000
"""The most that pairs tried for one input may cost, in operations: loading must not take long."""


def check_invariants(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report invariants that a subject is found to break; all others are left to `kpirules prove`."""
    steps = {step.id: step for step in prover.plan.steps if isinstance(step, Holds)}
    for invariant in facts.rulebook.invariants:
        said = proving.invariant_broken(At(invariant.words.span, invariant.words.path), invariant.id)
        goal = Goal(_breaks(invariant.id), outcomes=((steps[invariant.id].that, False),))
        found = prover.show(said, goal)
        if found is not None and found.evidence == "shown":
            yield found
    if not prover.rated.cohort:
        yield from _directions(facts.rulebook, prover)


def _directions(rulebook: Rulebook, prover: Prover) -> Iterator[Diagnostic]:
    """Report inputs whose increase lowers, or raises, a subject's rating although an invariant forbids that."""
    variables = varied_inputs(prover.rated, rulebook)
    for direction in rulebook.directions:
        said = proving.invariant_broken(At(direction.words.span, direction.words.path), direction.id)
        asked = (
            (id_, way)
            for ids, way in ((direction.never_lowers, LOWERS), (direction.never_raises, RAISES))
            for id_ in ids
        )
        for id_, way in asked:
            varied = Varied(prover.search, rulebook, id_, variables[id_], MOST_COST) if id_ in variables else None
            pair = None if varied is None else varied.tried.get(way)
            if varied is not None and pair is not None:
                yield prover.shown_by_two(said, *varied.plainer(way, pair))
                break


def _breaks(id_: str) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        is_evaluated = isinstance(answer, Decision) and not answer.is_early and answer.has(f"held.{id_}")
        return is_evaluated and isinstance(answer, Decision) and not answer.part(f"held.{id_}")

    return reached
