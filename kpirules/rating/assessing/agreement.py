"""Whether the scalar engine and the reference engine agree on a subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ...engines.scalar import Decision
from ...record import Assessment
from ...reference import Knowledge

__all__ = ["agreed", "differences", "stop_for_disagreement"]

OUTCOMES = ("scored", "excluded", "missing", "missing")


def differences(decision: Decision, record: Assessment, knowledge: Knowledge) -> list[str]:
    """Return the differences between the engines, each with both values; empty if they agree.

    Args:
        decision: the decision of the scalar engine.
        record: the record of the reference engine.
        knowledge: the reference engine's knowledge at the end of the assessment.
    """
    compared = _compared(decision, record, knowledge)
    return [
        f"{key}: {scalar_value!r} and {reference_value!r}"
        for key, scalar_value, reference_value in compared
        if scalar_value != reference_value
    ]


def _compared(decision: Decision, record: Assessment, knowledge: Knowledge) -> Iterator[tuple[str, Any, Any]]:
    yield "status", decision.status, record.status
    yield "let", decision.group("let"), dict(record.let)
    if decision.is_early:
        return
    yield "score", decision.decimal("score"), record.score
    yield "exact_score", decision.number("exact_score"), record.exact_score
    yield "band", decision.band("band"), record.band
    yield "before", decision.band("before"), knowledge.band_before_overrides
    yield "banded_on", decision.number("banded_on"), knowledge.banded_on
    points = {id_: outcome.points for id_, outcome in record.outcomes.items() if id_ != "score"}
    found = decision.group("points")
    yield "points", {id_: found[id_] for id_ in points}, points
    states = {id_: OUTCOMES[state] for id_, state in decision.group("outcome").items()}
    outcomes = {id_: outcome.outcome for id_, outcome in record.outcomes.items() if id_ != "score"}
    yield "outcomes", {id_: states[id_] for id_ in outcomes}, outcomes
    yield "outputs", decision.group("outputs") if record.status == "rated" else {}, dict(record.outputs)
    fired = {override.id for override in record.overrides}
    yield "overrides", {id_ for id_, fires in decision.group("fired").items() if fires}, fired
    yield "decided", decision.decided, {override.id for override in record.overrides if override.decided}
    yield "invariants", decision.group("held"), {invariant.id: invariant.held for invariant in record.invariants}


def agreed(holds: bool, what: str) -> None:
    """Stop if the engines disagree; unlike `assert`, `-O` does not skip this.

    Args:
        holds: whether they agree.
        what: the subject of the disagreement.
    """
    if not holds:
        stop_for_disagreement(what)


def stop_for_disagreement(what: str) -> NoReturn:
    """Stop because the engines disagree.

    Args:
        what: the subject of the disagreement.
    """
    raise AssertionError(f"the engines disagree, which is a bug in kpirules: {what}")
