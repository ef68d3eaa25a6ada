"""Single steps of an assessment: a limit of the score, requirements, an override, an undefined row."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve

from ..kernel.certain import certain
from ..kernel.mappings import FrozenMap
from ..language.expressions import Expression
from ..language.model import (
    Band,
    Limit,
    Override,
)
from ..language.model.order import by_id
from ..record import Assessment, Computation, LimitOutcome, OverrideOutcome, Requirement
from .knowledge import Knowledge

__all__ = ["evaluate_limit", "evaluate_requirements", "exact", "fire", "undefined"]


def exact(score: Decimal | None) -> Fraction | None:
    """Return the score as later steps read it."""
    return None if score is None else Fraction(score)


def undefined(assessment: Assessment, knowledge: Knowledge, place: str) -> Assessment:
    """Return the undefined rating that an undefined row causes: no score, no band, and the row's place."""
    knowledge.banded_on = knowledge.band_before_overrides = None
    outcomes = dict(assessment.outcomes)
    if "score" in outcomes:
        outcomes["score"] = evolve(
            outcomes["score"],
            outcome="missing",
            why="undefined",
            policy="",
            remains=None,
            required=None,
            points=None,
            share=None,
            contributions=(),
        )
    return evolve(
        assessment,
        status="undefined",
        because=(place,),
        score=None,
        exact_score=None,
        band=None,
        outcomes=FrozenMap(outcomes),
        overrides=tuple(evolve(override, decided=False) for override in assessment.overrides),
    )


def evaluate_limit(limit: Limit, knowledge: Knowledge) -> LimitOutcome:
    """Return the outcome of a limit's condition and value, before it is known which limit decides."""
    when = Computation("", value=True)
    if limit.when is not None:
        when = knowledge.compute(limit.when, f"{limit.words.path}.when")
    at_most: Any = None
    found = None
    if when.value is True:
        found = knowledge.compute(limit.at_most, f"{limit.words.path}.at_most")
        at_most = certain(found.value, Fraction, "the check guarantees it")
    return LimitOutcome(limit.id, at_most is not None, False, at_most, when, found)


def evaluate_requirements(level: Band, knowledge: Knowledge) -> list[Requirement]:
    """Return the outcome of each requirement of a band."""
    computations = {
        requirement.id: knowledge.compute(requirement.that, requirement.words.path)
        for requirement in by_id(level.requires)
    }
    return [
        Requirement(
            level.id, requirement.id, computations[requirement.id].value is True, computations[requirement.id]
        )
        for requirement in level.requires
    ]


def fire(override: Override, knowledge: Knowledge) -> OverrideOutcome | None:
    """Return the outcome of an override that fires, or None."""
    when = None
    if override.when is not None:
        when = knowledge.compute(override.when, f"{override.words.path}.when")
        if when.value is not True:
            return None
    target: Any = override.target
    found = None
    if isinstance(target, Expression):
        found = knowledge.compute(target, f"{override.words.path}.{override.kind}")
        target = found.value
    return OverrideOutcome(override.id, override.kind, target, False, when, found)
