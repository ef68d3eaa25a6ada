"""Whether what the scalar engine decided is what the reference engine made of the same subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engines.scalar import Decision
from ...record import Run

__all__ = ["differences"]

OUTCOMES = ("scored", "excluded", "missing", "missing")


def differences(decision: Decision, run: Run) -> list[str]:
    """Where the two differ, each with both values; empty where they agree."""
    return [f"{key}: {one!r} and {other!r}" for key, one, other in _compared(decision, run) if one != other]


def _compared(decision: Decision, run: Run) -> Iterator[tuple[str, Any, Any]]:
    yield "status", decision.status, run.status
    yield "let", decision.group("let"), dict(run.let)
    if decision.is_early:
        return
    yield "score", decision.number("score"), run.score
    yield "exact_score", decision.number("exact_score"), run.exact_score
    yield "band", decision.band("band"), run.band
    yield "before", decision.band("before"), run.band_before_overrides
    yield "banded_on", decision.number("banded_on"), run.banded_on
    points = {id_: one.points for id_, one in run.outcomes.items() if id_ != "score"}
    found = decision.group("points")
    yield "points", {id_: found[id_] for id_ in points}, points
    states = {id_: OUTCOMES[state] for id_, state in decision.group("outcome").items()}
    outcomes = {id_: one.outcome for id_, one in run.outcomes.items() if id_ != "score"}
    yield "outcomes", {id_: states[id_] for id_ in outcomes}, outcomes
    yield "outputs", decision.group("outputs") if run.status == "rated" else {}, dict(run.outputs)
    fired = {one.id for one in run.overrides}
    yield "overrides", {id_ for id_, fires in decision.group("fired").items() if fires}, fired
    yield "decided", decision.decided, {one.id for one in run.overrides if one.decided}
    yield "invariants", decision.group("held"), {one.id: one.held for one in run.invariants}
