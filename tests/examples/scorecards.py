"""The cards of companies once more, in plain fractions: what their examples are measured against.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact

__all__ = ["objectives", "objectives_at_random", "saas", "saas_at_random", "supplier", "supplier_at_random"]

HUNDRED = Fraction(100)


def one_place(number: Fraction) -> Fraction:
    """A number that is not negative, rounded to one place; halves go up."""
    return Fraction((10 * number + Fraction(1, 2)) // 1, 10)


def banded(score: Fraction, *levels: tuple[int, str]) -> Rating:
    """The first level whose least score is reached."""
    return Rating("rated", score, next(band for least, band in levels if score >= least))


# -- a customer team of a software company ----------------------------------------------------------

KPIS = {
    "new_revenue": (35, 400_000, True),
    "retention": (25, 110, True),
    "churn": (15, 2, False),
    "first_response": (10, 4, False),
    "promoter_score": (15, 40, True),
}


def saas(subject: Subject) -> Rating:
    """The quarter of one team."""
    earned, weights = Fraction(0), 0
    for name, (weight, target, more_is_better) in KPIS.items():
        if subject.get(name) is None:
            continue
        percent = HUNDRED * exact(subject[name]) / target
        percent = percent if more_is_better else 200 - percent
        points = min(percent, HUNDRED) + 2 * max(percent - 100, Fraction(0))
        earned += weight * min(max(points, Fraction(0)), Fraction(150))
        weights += weight
    rating = banded(
        one_place(earned / weights), (120, "outstanding"), (100, "on_target"), (80, "close"), (0, "below")
    )
    return Rating("rated", rating.score, "below") if subject.get("data_breach") else rating


def saas_at_random(chance: Random) -> dict[str, Any]:
    """A team with anything from nothing to twice its targets."""
    subject: dict[str, Any] = {"data_breach": chance.random() < 0.1}
    for name, (_, target, _) in KPIS.items():
        subject[name] = target * chance.randint(50, 150) // 100 if target > 100 else chance.randint(0, 2 * target)
    for name in ("first_response", "promoter_score"):
        if chance.random() < 0.2:
            del subject[name]
    return subject


# -- objectives of one's own ------------------------------------------------------------------------


def objectives(subject: Subject) -> Rating:
    """The year of one person."""
    score = Fraction(0)
    for objective in subject["objectives"]:
        start, target, actual = (exact(objective[name]) for name in ("start", "target", "actual"))
        gone = (actual - start) / (target - start)
        score += objective["weight"] * min(max(gone, Fraction(0)), Fraction(6, 5))
    return banded(one_place(score), (105, "exceeded"), (90, "met"), (60, "partly"), (0, "missed"))


def objectives_at_random(chance: Random) -> dict[str, Any]:
    """Somebody with three to seven objectives whose weights make 100."""
    count = chance.randint(3, 7)
    weights = [5] * count
    for _ in range((100 - sum(weights)) // 5):
        weights[chance.choice([n for n, weight in enumerate(weights) if weight < 60])] += 5
    return {
        "objectives": [
            {
                "objective": f"Objective {n}",
                "weight": weight,
                "start": (start := chance.randint(-20, 20)),
                "target": (target := start + chance.choice((-40, -10, 7, 30))),
                "actual": start + (target - start) * chance.randint(2, 12) // 9,
            }
            for n, weight in enumerate(weights)
        ]
    }


# -- suppliers --------------------------------------------------------------------------------------


def supplier(subject: Subject) -> Rating:
    """The year of one supplier."""
    on_time = HUNDRED * subject["on_time"] / subject["deliveries"]
    delivery = 40 if on_time >= 98 else 32 if on_time >= 95 else 16 if on_time >= 90 else 0
    defects = Fraction(1_000_000 * subject["defective_parts"], subject["parts"])
    quality = 40 if defects <= 50 else 30 if defects <= 200 else 15 if defects <= 1000 else 0
    price = min(max(115 - exact(subject["price_index"]), Fraction(0)), Fraction(20))
    rating = banded(one_place(delivery + quality + price), (90, "a"), (75, "b"), (50, "c"), (0, "d"))
    last = subject.get("last_class")
    least = "d" if last is None else {"a": "b", "b": "c", "c": "d", "d": "d"}[last]
    return Rating("rated", rating.score, min(str(rating.band), least))


def supplier_at_random(chance: Random) -> dict[str, Any]:
    """A supplier, mostly a good one."""
    deliveries, parts = chance.randint(1, 200), chance.randint(1_000, 1_000_000)
    subject: dict[str, Any] = {
        "deliveries": deliveries,
        "on_time": deliveries - deliveries * chance.randint(0, 12) // 100,
        "parts": parts,
        "defective_parts": parts * chance.choice((0, 40, 150, 900, 5000)) // 1_000_000,
        "price_index": Fraction(chance.randint(900, 1200), 10),
        "last_class": chance.choice("abcd"),
    }
    if chance.random() < 0.3:
        del subject["last_class"]
    return subject
