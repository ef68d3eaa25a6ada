"""Checks each rulebook once in a file of tests that say nothing of the check.

They load the same few rulebooks again and again, and the check is most of the work of loading.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kpirules import Report, Rulebook
from kpirules.diagnostics import Diagnostic
from kpirules.kernel.budget import COSTS, current, spend
from kpirules.rating import program

__all__ = ["checked_once"]

_examined = program.examined
_kept: dict[tuple[int, bytes], tuple[Any, dict[str, int]]] = {}


@contextmanager
def checked_once() -> Iterator[None]:
    """Let each load use the report of an equal rulebook, with equal places in its text."""
    vars(program)["examined"] = _once
    try:
        yield
    finally:
        vars(program)["examined"] = _examined
        _kept.clear()


def _once(rulebook: Rulebook, found: tuple[Diagnostic, ...] = (), *, does_prove: bool = False) -> tuple[Report, Any]:
    """Check a rulebook, or spend the budget that its first check has spent."""
    budget = current()
    key = 0 if budget is None else budget.limit, pickle.dumps((rulebook, found, does_prove))
    known = _kept.get(key)
    if known is None or (budget is not None and budget.left < sum(known[1].values())):
        before = {} if budget is None else dict(budget.kinds)
        report = _examined(rulebook, found, does_prove=does_prove)
        after = {} if budget is None else budget.kinds
        known = _kept[key] = report, {kind: units - before.get(kind, 0) for kind, units in after.items()}
    else:
        for kind, units in known[1].items():
            spend(kind, units // COSTS[kind])
    return known[0]
