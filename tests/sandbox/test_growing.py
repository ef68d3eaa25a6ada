"""Rulebooks that grow in eleven ways: up to 100 kB, their check ends soon.

What is looked for is bounded by what it takes. On a quiet machine each of these takes less than a second
(`python -m tests.sandbox.growing`); beside other tests it has the two that every piece has. Before the bounds, the longest
took almost five.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

pytest.importorskip("resource", reason="limits on a process are those of POSIX")

from ..budget import by_budget, some
from .confined import Confined
from .growing import LONGEST, SHAPES, SIZES

SAID = {
    "quotients": "KR350", "alternatives": "KR350", "options": "KR350", "spreads": "KR350", "roots": "KR350",
    "shares": "KR352", "requirements": "KR334", "groups": "KR321", "means": "KR321", "validations": "KR350",
    "fields": "KR350",
}  # fmt: skip


def read(shape: str) -> list[int]:
    """Return the sizes at which a rulebook is not too long; in the fixed budget only the greatest."""
    return [size for size in SIZES if len(json.dumps(SHAPES[shape](size))) <= LONGEST][by_budget(-1, 0) :]


@pytest.fixture(scope="module")
def grown(confined: Confined) -> Callable[[str, int], Any]:
    """Return the findings about a shape and size, from a cache."""
    return cache(lambda shape, size: confined.answer("grown", shape, size))


@pytest.mark.parametrize(
    ("shape", "size"),
    some([(name, size) for name in SHAPES for size in read(name)], 9),
)
def test_a_check_ends_soon(grown: Callable[[str, int], Any], shape: str, size: int) -> None:
    said = grown(shape, size)
    # One of them takes more work than an assessment may, and is refused.
    assert said[0] in (SAID[shape], "KR261")


@pytest.mark.parametrize(
    ("shape", "size"),
    some([
        ("alternatives", 100), ("options", 100), ("spreads", 400), ("roots", 25), ("shares", 100),
        ("requirements", 400), ("validations", 400), ("fields", 100),
    ], 6),
)  # fmt: skip
def test_what_is_easy_to_show_is_shown_of_large_rulebooks_as_well(
    grown: Callable[[str, int], Any], shape: str, size: int
) -> None:
    assert "shown" in grown(shape, size)[1:]
