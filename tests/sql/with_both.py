"""Drawn rulebooks that compare rows and share quotas; their rows are those of `with_quotas`."""

from __future__ import annotations

import random
from typing import Any

from kpirules import Program, load

from . import with_quotas
from .with_cohorts import FUNCTIONS

__all__ = ["book"]

EARLY = {
    "number": ["x", "n", "x / 3 - n", "hours"],
    "fraction": ["x / (1 + n)", "10 / (n - 3)"],
    "condition": ["x > 50", "away", "hours > 4"],
}
"""What is compared before any row is rated; one of them faults where `n` is 3."""

LATE = {
    "number": ["score", "points.main", "round(score / 7, 1)", "score - x"],
    "fraction": ["score / (1 + n)", "share.extra", "10 / (score - 30)"],
    "condition": ["score > 60", "given(points.extra)"],
}
"""What is compared of rated rows; one of them faults where the score is 30."""


def book(source: random.Random) -> Program:
    """Return a rulebook that compares rows and limits bands by quotas, some of which are ordered by the comparison."""
    rules: dict[str, Any] = with_quotas.rules(source)

    def function(of: dict[str, list[str]]) -> str:
        usual = {
            kind: forms[:-1] if kind == "fraction" and source.random() < 0.8 else forms for kind, forms in of.items()
        }
        return source.choice(FUNCTIONS).format(**{kind: source.choice(forms) for kind, forms in usual.items()})

    early = {f"early{place}": function(EARLY) for place in range(3)}
    late = {f"late{place}": function(LATE) for place in range(source.randrange(3))}
    rules["let"] = early | {"hours": "sum(t.n for t in tasks)", "above": "default(early0, 0) < x"}
    if source.random() < 0.6:
        rules["criteria"]["main"]["points"] = "x if above else x / 2"
    if source.random() < 0.3:
        order = source.choice([["default(early1, 0)"], ["score", "default(early0, 0) - x"]])
        for quota in rules["cohort"]["quotas"].values():
            quota["order"] = order
    if late and source.random() < 0.5:
        late["paid"] = "default(late0, 0) + 1 if band == 'top' else 0"
    rules["outputs"] |= late | {f"of_{id_}": id_ for id_ in early}
    return load(rules)
