"""Cards and matrices of companies, schools and offices, computed independently in fractions to check
their examples.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact, half_up

__all__ = [
    "indonesia",
    "indonesia_at_random",
    "mips",
    "mips_at_random",
    "nine_box",
    "nine_box_at_random",
    "objectives",
    "objectives_at_random",
    "saas",
    "saas_at_random",
    "supplier",
    "supplier_at_random",
    "teacher",
    "teacher_at_random",
]

HUNDRED = Fraction(100)


def one_place(number: Fraction) -> Fraction:
    """Return a nonnegative number rounded half up to one place."""
    return Fraction((10 * number + Fraction(1, 2)) // 1, 10)


def banded(score: Fraction, *levels: tuple[int, str]) -> Rating:
    """Return the first level whose least score is reached."""
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
    """Return the quarterly rating of one team."""
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
    """Return a random team with results from zero to twice its targets."""
    subject: dict[str, Any] = {"data_breach": chance.random() < 0.1}
    for name, (_, target, _) in KPIS.items():
        subject[name] = target * chance.randint(50, 150) // 100 if target > 100 else chance.randint(0, 2 * target)
    for name in ("first_response", "promoter_score"):
        if chance.random() < 0.2:
            del subject[name]
    return subject


# -- objectives of one's own ------------------------------------------------------------------------


def objectives(subject: Subject) -> Rating:
    """Return the yearly rating of one person."""
    score = Fraction(0)
    for objective in subject["objectives"]:
        start, target, actual = (exact(objective[name]) for name in ("start", "target", "actual"))
        gone = (actual - start) / (target - start)
        score += objective["weight"] * min(max(gone, Fraction(0)), Fraction(6, 5))
    return banded(one_place(score), (105, "exceeded"), (90, "met"), (60, "partly"), (0, "missed"))


def objectives_at_random(chance: Random) -> dict[str, Any]:
    """Return a random person with three to seven objectives whose weights sum to 100."""
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
    """Return the yearly rating of one supplier."""
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
    """Return a random supplier, usually a good one."""
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


# -- Indonesia's matrix -----------------------------------------------------------------------------

MATRIX = """
above above very_good
above meets good
above below poor
meets above good
meets meets good
meets below poor
below above to_improve
below meets to_improve
below below very_poor
"""


def indonesia(subject: Subject) -> Rating:
    """Return a civil servant's predicate from the printed matrix."""
    places = {tuple(line.split()[:2]): line.split()[2] for line in MATRIX.split("\n") if line}
    band = places[subject["results"], subject["behaviour"]]
    return Rating("rated", None, band)


def indonesia_at_random(chance: Random) -> dict[str, Any]:
    words = ("above", "meets", "below")
    return {"results": chance.choice(words), "behaviour": chance.choice(words)}


# -- nine boxes -------------------------------------------------------------------------------------

BOXES = {
    "high": ("potential_gem", "high_potential", "star"),
    "medium": ("inconsistent", "core_player", "high_performer"),
    "low": ("underperformer", "effective", "expert"),
}


def nine_box(subject: Subject) -> Rating:
    """Return the box of one person."""
    performance = exact(subject["performance"])
    box = BOXES[subject["potential"]][sum(performance >= end for end in (Fraction(5, 2), 4))]
    return Rating("rated", None, box)


def nine_box_at_random(chance: Random) -> dict[str, Any]:
    return {"performance": Fraction(chance.randint(100, 500), 100), "potential": chance.choice(tuple(BOXES))}


# -- MIPS 2024, quality -----------------------------------------------------------------------------


def mips(subject: Subject) -> Rating:
    """Return the quality score of one clinician: the best outcome measure, and the five best other measures."""
    is_small = subject["small_practice"]
    found: list[tuple[bool, Fraction]] = []
    for measure in subject["measures"]:
        benchmark = measure.get("benchmark")
        if benchmark is not None and exact(measure["completeness"]) >= 75 and measure["cases"] >= 20:
            points = min(exact(benchmark), Fraction(7 if measure.get("topped_out") else 10))
        else:
            points = Fraction(3 if is_small else 0)
        found.append((measure["outcome"], points))
    outcomes = sorted((one for one in found if one[0]), key=lambda one: one[1])
    counted = outcomes[-1:]
    if counted:
        found.remove(counted[0])
    counted += sorted(found, key=lambda one: one[1])[-5:]
    achieved = sum((points for _, points in counted), Fraction(0))
    bonus = 6 if is_small and subject["measures"] else 0
    score = min(HUNDRED * (achieved + bonus) / 60 + exact(subject.get("improvement", 0)), HUNDRED)
    return Rating("rated", half_up(score))


def mips_at_random(chance: Random) -> dict[str, Any]:
    """Return a random clinician with up to nine measures, few of them outcome measures."""
    measures = []
    for n in range(chance.randint(0, 9)):
        measure: dict[str, Any] = {
            "measure": f"{n:03}",
            "outcome": chance.random() < 0.2,
            "completeness": chance.choice((70, 75, 100)),
            "cases": chance.choice((19, 20, 300)),
            "topped_out": chance.random() < 0.2,
        }
        if chance.random() < 0.8:
            measure["benchmark"] = Fraction(chance.randint(10, 100), 10)
        measures.append(measure)
    improvement = Fraction(chance.randint(0, 1000), 100)
    return {"small_practice": chance.random() < 0.4, "improvement": improvement, "measures": measures}


# -- teachers ---------------------------------------------------------------------------------------

DOMAINS = {"planning": 20, "environment": 30, "instruction": 30, "professionalism": 20}


def teacher(subject: Subject) -> Rating:
    """Return the yearly rating of one teacher, by all ratings of each domain except the lowest."""
    means = {}
    for domain in DOMAINS:
        ratings = sorted(observation[domain] for observation in subject["observations"])[1:]
        means[domain] = Fraction(sum(ratings), len(ratings))
    score = half_up(sum((weight * means[domain] for domain, weight in DOMAINS.items()), Fraction(0)) / 100)
    lowest = min(means.values())
    if score >= Fraction(7, 2) and lowest >= 3:
        return Rating("rated", score, "distinguished")
    if score >= Fraction(5, 2) and lowest >= 2:
        return Rating("rated", score, "proficient")
    return Rating("rated", score, "basic" if score >= Fraction(3, 2) else "unsatisfactory")


def teacher_at_random(chance: Random) -> dict[str, Any]:
    """Return a random teacher with two to six observers who mostly agree."""
    usual = chance.randint(1, 4)
    return {
        "observations": [
            {"observer": f"Observer {n}", **{d: min(max(usual + chance.randint(-1, 1), 1), 4) for d in DOMAINS}}
            for n in range(chance.randint(2, 6))
        ]
    }
