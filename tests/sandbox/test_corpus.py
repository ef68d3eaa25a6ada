"""Thousands of attacks, each of which ends with its code, or with the value that it means.

They are made from numbers: `python -m tests.sandbox.attacks --kind formulas --show 17` shows one of them, and
`--seed 14` makes others. A batch runs in a child process with a limit on memory, and each attack with one on time.
"""

from __future__ import annotations

import pytest

pytest.importorskip("resource", reason="limits on a process are those of POSIX")

from ..budget import by_budget
from .attacks import ANY, COUNTS, SEED, Attack, attack, problem
from .confined import Confined

BATCH = 500
SECONDS = 60.0
"""Of the processor, for a batch; it takes about three."""

BATCHES = [
    (kind, first, min(BATCH, count - first)) for kind, count in COUNTS.items() for first in range(0, count, BATCH)
]


@pytest.mark.parametrize(("kind", "first", "count"), BATCHES)
def test_every_attack_ends_as_it_must(confined: Confined, kind: str, first: int, count: int) -> None:
    assert confined.answer("attacked", kind, first, count, within=SECONDS) == []


def test_the_corpus_is_as_large_as_is_said() -> None:
    assert sum(COUNTS.values()) == by_budget(150, 3_800)
    assert sum(count for _, _, count in BATCHES) == sum(COUNTS.values())


@pytest.mark.parametrize("kind", ["formulas", "documents", "records"])
def test_an_attack_is_made_again_from_its_number_and_attacks_differ(kind: str) -> None:
    numbers = range(COUNTS[kind])
    made = [attack(kind, number) for number in numbers]
    assert made == [attack(kind, number) for number in numbers]
    # Short ones may be the same by chance.
    assert len({one.given for one in made}) > len(made) * 0.7
    assert made != [attack(kind, number, SEED + 1) for number in numbers]


@pytest.mark.parametrize(
    ("expected", "ended", "is_wrong"),
    [
        (ANY, "KR201", False),
        (ANY, "= 4", False),
        (ANY, "KR999", True),
        (ANY, "! RuntimeError: gotcha", True),
        ("KR20 KR210", "KR201", False),
        ("KR20 KR210", "KR220", True),
        ("KR20", "= 4", True),
        ("= 4", "= 4", False),
        ("= 4", "= 5", True),
        ("= 4", "KR201", True),
    ],
)
def test_wrong_outcomes_are_detected(expected: str, ended: str, is_wrong: bool) -> None:
    assert bool(problem(Attack("formulas", 0, "", "", expected), ended)) is is_wrong
