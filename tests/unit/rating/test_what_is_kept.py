"""A process that loads one rulebook after another keeps no formulas of the unused ones."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

import kpirules as kr
from kpirules.language.expressions import Expression
from tests.budget import by_budget

OURS = "read_nowhere_else"


def _loaded(number: int) -> kr.Program:
    formula = f"({OURS} + {number}) / 3"
    return kr.load(
        {
            "kpirules": 1,
            "inputs": {OURS: {"type": "integer", "min": 0, "max": 9}},
            "criteria": {"c": {"max": 10 + number, "points": formula}},
            "score": {"round": {"places": 2}},
        }
    )


@pytest.fixture
def _only_our_objects() -> Iterator[None]:
    """Exclude the objects of earlier tests from garbage collection."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_only_our_objects")
@pytest.mark.parametrize("engine", ["scalar", "reference"])
def test_formulas_go_with_their_rulebook(engine: str) -> None:
    kept: list[weakref.ref[Expression]] = []
    for number in range(by_budget(4, 10)):
        program = _loaded(number)
        kr.explain(kr.assess(program, {OURS: 4}, engine=engine)).text()
        gc.collect()
        kept += [weakref.ref(one) for one in gc.get_objects() if isinstance(one, Expression)]
    del program
    # Of the last two plans something is known that is worth having again.
    for number in range(10, 13):
        _loaded(number)
    gc.collect()
    alive = {found.text for found in (one() for one in kept) if found is not None}
    assert not [text for text in alive if OURS in text]
