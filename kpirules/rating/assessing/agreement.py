"""Whether the scalar engine and the reference engine agree on a subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engines.scalar import Decision
from ...record import Run

__all__ = ["differences"]

OUTCOMES = ("scored", "excluded", "missing", "missing")


def differences(decision: Decision, run: Run) -> list[str]:
    """Return the differences between the two, each with both values; empty if they agree."""
    return [f"{key}: {mine!r} and {theirs!r}" for key, mine, theirs in _compared(decision, run) if mine != theirs]


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
    points = {id_: outcome.points for id_, outcome in run.outcomes.items() if id_ != "score"}
    found = decision.group("points")
    yield "points", {id_: found[id_] for id_ in points}, points
    states = {id_: OUTCOMES[state] for id_, state in decision.group("outcome").items()}
    outcomes = {id_: outcome.outcome for id_, outcome in run.outcomes.items() if id_ != "score"}
    yield "outcomes", {id_: states[id_] for id_ in outcomes}, outcomes
    yield "outputs", decision.group("outputs") if run.status == "rated" else {}, dict(run.outputs)
    fired = {override.id for override in run.overrides}
    yield "overrides", {id_ for id_, fires in decision.group("fired").items() if fires}, fired
    yield "decided", decision.decided, {override.id for override in run.overrides if override.decided}
    yield "invariants", decision.group("held"), {invariant.id: invariant.held for invariant in run.invariants}
