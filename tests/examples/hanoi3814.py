"""Hà Nội's monthly rating, computed independently in fractions to check `examples/hanoi3814`.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact

__all__ = ["month", "month_at_random", "unit"]

PARTS = {"discipline": 20, "results": 70, "bonus": 10}


def month(subject: Subject) -> Rating:
    """Return the rating of one person in one month, before the quota of A."""
    results = exact(subject["results"])
    score = exact(subject["discipline"]) + results + exact(subject.get("bonus") or 0)
    return Rating("rated", score, "dcba"[sum(score >= least for least in (50, 70, 90))], results)


def unit(members: Mapping[str, Subject]) -> dict[str, Rating]:
    """Return the ratings of a unit in a month: A for the best 30 % (40 %); ties at the limit are undecided."""
    ratings = {name: month(subject) for name, subject in members.items()}
    per_cent = 40 if any(subject["unit_is_outstanding"] for subject in members.values()) else 30
    places = per_cent * len(ratings) // 100
    scores = {name: one.score or Fraction(0) for name, one in ratings.items() if one.band == "a"}
    for name, score in scores.items():
        rating = ratings[name]
        if sum(other > score for other in scores.values()) >= places:
            ratings[name] = Rating("rated", rating.score, "b", rating.results)
        elif sum(other >= score for other in scores.values()) > places:
            ratings[name] = Rating("undecided", rating.score, None, rating.results)
    return ratings


def month_at_random(chance: Random) -> dict[str, Any]:
    """Return a random official as input of the rulebook, usually a good one."""
    least = chance.choice((0, Fraction(1, 2), Fraction(9, 10), Fraction(9, 10)))
    subject: dict[str, Any] = {"unit": "Phòng Nội vụ", "period": "2026-05", "unit_is_outstanding": False}
    for name, most in PARTS.items():
        subject[name] = Fraction(chance.randint(int(2 * most * least), 2 * most), 2)
    if chance.random() < 0.3:
        del subject["bonus"]
    return subject
