"""Measures the time and memory of the impact of an amendment: thirty weighted indicators, five changes."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

from attrs import frozen

import kpirules
from kpirules import Impact

from .subjects import weighted30

__all__ = ["AMENDMENT", "Measured", "editions", "measured", "print_impact"]

RULEBOOK = Path(__file__).parent / "weighted30.kpi.yaml"

AMENDMENT = (
    ("    excellent: {from: 90,", "    excellent: {from: 88,"),
    ("    good: {from: 70}", "    good: {from: 72}"),
    (
        "      growth_4:\n        weight: 15%\n        measure: growth_4\n        steps: [{from: 95, points: 100}",
        "      growth_4:\n        weight: 15%\n        measure: growth_4\n        steps: [{from: 96, points: 100}",
    ),
    ("band_at_most: fair", "band_at_most: poor"),
    ("score: {combine: mean, max: 100, round: {places: 2", "score: {combine: mean, max: 100, round: {places: 1"),
)
"""What is written otherwise: two bands, a row of a table, an override and a rounding."""


@frozen
class Measured:
    """The result, time and memory of one impact.

    Args:
        impact: what came out.
        seconds: for the whole of it, the comparison included.
        comparing: for the comparison alone.
        megabytes: the most memory that the process held, in which `population` was there before.
    """

    impact: Impact
    seconds: float
    comparing: float
    megabytes: float
    population: float


def editions() -> tuple[kpirules.Program, kpirules.Program]:
    """Return the rulebook and its amendment."""
    text = RULEBOOK.read_text(encoding="utf-8")
    changed = text
    for old, new in AMENDMENT:
        assert changed.count(old) == 1, old
        changed = changed.replace(old, new)
    return kpirules.loads(text), kpirules.loads(changed)


def measured(count: int) -> Measured:
    """Measure the impact on some subjects."""
    old, new = editions()
    population = [{"unit": number, **subject} for number, subject in enumerate(weighted30(count), start=1)]
    held = _most_megabytes()
    begun = perf_counter()
    kpirules.compare(old, new)
    compared = perf_counter()
    found = kpirules.impact(old, new, population, key="unit")
    return Measured(found, perf_counter() - compared, compared - begun, _most_megabytes(), held)


def _most_megabytes() -> float:
    try:
        import resource
    except ImportError:  # Windows has none
        return 0.0
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def print_impact(count: int) -> None:
    """Print the time and memory in one line, and the result in another."""
    found = measured(count)
    impact = found.impact
    print(f"\nimpact on {count:,} subjects, {len(impact.effects)} changes")
    print(
        f"  {found.seconds:.1f} s, of it {found.comparing:.1f} s to compare; {found.megabytes:.0f} MB at most, "
        f"{found.population:.0f} MB before"
    )
    print(
        f"  {len(impact.rated_otherwise):,} are rated otherwise, {len(impact.moves):,} have another score or rating"
    )
