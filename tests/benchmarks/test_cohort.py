"""A large cohort is allocated as a small one is: the benchmark measures nothing else."""

from __future__ import annotations

from .cohort import measure


def test_the_cohort_of_the_benchmark_is_cut_at_a_sixth_of_those_who_reach_the_lower_band() -> None:
    measured = measure(600, is_traced=True)
    assert (measured.members, measured.limit) == (600, measured.reached // 6)
    assert measured.kept <= measured.limit <= measured.kept + measured.open
    assert measured.megabytes is not None
    assert measured.megabytes > 0


def test_memory_is_not_traced_unless_asked_for() -> None:
    assert measure(60).megabytes is None
