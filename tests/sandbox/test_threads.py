"""Many threads load and rate at once, with the results of a single thread."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import kpirules as kr
from tests.budget import by_budget

THREADS = 16
ROUNDS = by_budget(1, 3)


@pytest.fixture
def hurried() -> Iterator[None]:
    """Make threads switch very often, even inside single operations.

    The garbage collector calls a function of Python, and a thread may be stopped there: also while Python's parser
    makes a syntax tree.
    """

    # Modules are imported by one thread: importlib of Python 3.11 is not safe from such a collector itself.
    kr.assess(kr.loads(_text(0)), {"x": 2})

    def turn(phase: str, found: dict[str, int]) -> None:
        sum(range(20))

    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20, 1000, 1000)
    gc.callbacks.append(turn)
    yield
    gc.callbacks.remove(turn)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def _text(number: int) -> str:
    formula = " + ".join(f"({'(' * 12}x * {number + factor}{')' * 12})" for factor in range(12))
    return (
        f"kpirules: 1\nid: n{number}\ninputs: {{x: {{type: integer, min: 0, max: 9}}}}\noutputs: {{y: {formula}}}\n"
    )


def test_concurrent_loads_and_first_assessments_agree_with_one_thread(hurried: None) -> None:
    start = Barrier(THREADS)

    def rated(number: int) -> list[object]:
        start.wait()
        found: list[object] = []
        for turn in range(ROUNDS):
            program = kr.loads(_text(number + 100 * turn))
            found.append(kr.assess(program, {"x": 2}).outputs["y"])
        return found

    expected = [[sum(2 * (n + 100 * turn + f) for f in range(12)) for turn in range(ROUNDS)] for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(rated, range(THREADS))) == expected
