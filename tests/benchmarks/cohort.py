"""Measures the time and memory that the quotas of a large cohort take.

python -m tests.benchmarks.cohort 1000000
"""

from __future__ import annotations

import sys
from random import Random
from time import perf_counter
from tracemalloc import get_traced_memory, start, stop

from attrs import frozen

import kpirules

__all__ = ["Measured", "measure"]

RULEBOOK = {
    "kpirules": 1,
    "inputs": {"done": {"type": "integer", "min": 0, "max": 10_000}, "unit": {"type": "text"}},
    "criteria": {"work": {"max": 100, "rate": "done / 10000"}},
    "bands": {"excellent": {"from": 90}, "good": {"from": 70}, "fair": {"from": 0}},
    "cohort": {
        "quotas": {
            "excellent": {
                "band": "excellent",
                "at_most": "20%",
                "of": ["good"],
                "base": "after",
                "round": "down",
                "minimum": 0,
                "order": ["score"],
                "ties": "undecided",
                "demote_to": "good",
            }
        }
    },
}


@frozen
class Measured:
    """The time and memory of allocating one cohort.

    Args:
        members: how many there are.
        seconds: of allocating alone.
        megabytes: the most that allocating held at once, None where memory was not traced, which takes time itself.
        reached: how many had one of the two better bands.
        limit: of the quota.
        kept, open: how many keep the band, and how many people decide about.
    """

    members: int
    seconds: float
    megabytes: float | None
    reached: int
    limit: int
    kept: int
    open: int


def measure(members: int, *, is_traced: bool = False) -> Measured:
    """Allocate one cohort of members drawn at random, a fifth of whom are excellent.

    Args:
        members: how many.
        is_traced: whether memory is measured.
    """
    program = kpirules.load(RULEBOOK)
    random = Random(335)
    subjects = {f"{n}": {"done": random.randint(5_000, 10_000), "unit": f"u{n % 1000}"} for n in range(members)}
    before = kpirules.assess_cohort(program, subjects, is_allocated=False)
    if is_traced:
        start()
    begun = perf_counter()
    allocation = kpirules.allocate(program, subjects, before)
    seconds = perf_counter() - begun
    megabytes = None
    if is_traced:
        megabytes = get_traced_memory()[1] / 1e6
        stop()
    (group,) = allocation.groups
    reached = sum(one.band in ("excellent", "good") for one in before.values())
    return Measured(members, seconds, megabytes, reached, group.limit, group.kept, len(group.undecided))


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(measure(wanted))
    print(measure(wanted, is_traced=True))
