"""Checks groups that can be missing but do not say what that means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, scoring
from ...engines.scalar import Decision
from ...engines.scalar.criteria import LACKING
from ...language.model import Group
from ...plan.ops import Op
from ...plan.steps import Applies, Combination, Judge
from ..checking.facts import Facts
from ..checking.groups import named
from .goals import Answer, Goal
from .prover import Prover

__all__ = ["check_missing"]

MOST_LEAVING = 6
"""The most children that can be excluded for which the ways too little remains are enumerated."""

Outcomes = tuple[tuple[Op, bool], ...]


def check_missing(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report groups without `missing` that may lose all or too many of their children."""
    judged = {step.id: step for step in prover.plan.steps if isinstance(step, Judge)}
    asked = {step.id: step for step in prover.plan.steps if isinstance(step, Applies)}
    for criterion in facts.rulebook.groups():
        assert isinstance(criterion.body, Group)
        if criterion.id in facts.unresolved.criteria:
            continue
        step = judged[criterion.id]
        # The score has no alternative: without points there is no score.
        if criterion.missing is not None or criterion.id == "score" or criterion.id not in prover.bounds.unrated:
            continue
        if not isinstance(step.body, Combination):
            continue
        share = step.body.require_share
        why = "no child need remain" if share is None else "too little may remain of it"
        at = At(criterion.words.span, criterion.words.path)
        said = scoring.may_be_unrated(at, named(criterion), why)
        reached = _lacks(step.id, [child.id for child in step.body.children])
        around = _around(step, asked)
        ways = [(*around, *way) for way in _ways(step.body, prover, judged, asked)]
        shown = prover.show_any((said, Goal(reached, outcomes=way, lacking=step.id)) for way in dict.fromkeys(ways))
        if shown is not None:
            yield shown


def _lacks(group: str, children: list[str]) -> Callable[[Answer], bool]:
    """Return a predicate: whether a group has no points although each child has some or is excluded."""

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early or answer.part(f"outcome.{group}") != LACKING:
            return False
        return all(answer.part(f"outcome.{child}") != LACKING for child in children)

    return reached


def _around(step: Judge, asked: dict[str, Applies]) -> Outcomes:
    """Return the outcomes with which a group and all above it apply."""
    id_ = step.id if step.is_asked else step.guard
    outcomes: list[tuple[Op, bool]] = []
    while id_:
        outcomes.append((asked[id_].when, True))
        id_ = asked[id_].above
    return tuple(reversed(outcomes))


def _ways(
    body: Combination, prover: Prover, judged: dict[str, Judge], asked: dict[str, Applies]
) -> Iterator[Outcomes]:
    """Yield outcomes with which too few children remain; none if a child may be excluded for other reasons."""
    leaving = [child for child in body.children if child.id in prover.bounds.leaving]
    if len(leaving) > MOST_LEAVING:
        yield ()
        return
    found: list[set[str]] = []
    for count in range(1, len(leaving) + 1):
        for gone in combinations(leaving, count):
            ids = {child.id for child in gone}
            if any(one <= ids for one in found) or not body.may_lack(ids):
                continue
            found.append(ids)
            steps = [judged[child.id] for child in gone]
            yield tuple((asked[step.id].when, False) for step in steps if step.is_asked and step.missing != "exclude")
