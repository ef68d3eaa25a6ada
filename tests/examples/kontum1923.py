"""Kon Tum College's rating, computed independently in fractions to check `examples/kontum1923`.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact, level

__all__ = ["asked", "person", "person_at_random", "positions_at_random"]

MAXIMA = {
    "unit_head": (40, 7, 8, 5, 5, 5),
    "unit_deputy": (40, 7, 8, 5, 5, 5),
    "subject_head": (40, 5, 10, 5, 5, 5),
    "teacher": (40, 5, 10, 5, 5, 5),
    "office": (45, 7, 6, 4, 4, 4),
    "support": (55, 3, 3, 3, 3, 3),
}
GENERAL = {"general1": 13, "general2": 12, "general3": 5}
ORDER = ("poor", "fair", "good", "excellent")
MANAGERS, TEACHERS = ("unit_head", "unit_deputy"), ("subject_head", "teacher")


ASKED = {
    "teaching_percent": TEACHERS,
    "research_percent": TEACHERS,
    "low_confidence_percent": MANAGERS,
    "unit_level": ("unit_head",),
}
"""Who is asked what not everybody is asked."""


def asked(subject: Subject) -> dict[str, Any]:
    """Return the inputs that apply to the subject's position."""
    return {name: value for name, value in subject.items() if subject["position"] in ASKED.get(name, MAXIMA)}


def fulfils(subject: Subject, band: str) -> bool:
    """Return whether the conditions of a level besides points hold."""
    tasks, on_time, late = subject["tasks"], subject["on_time"], subject["late"]
    teaching, research = exact(subject.get("teaching_percent") or 0), exact(subject.get("research_percent") or 0)
    teaches = subject["position"] in TEACHERS
    if band == "excellent":
        norms = not teaches or min(teaching, research) >= 100
        exceeds = Fraction(subject["exceeding"], tasks) >= Fraction(3, 10)
        return bool(
            on_time + late == tasks and exceeds and subject["all_fixed"] and subject["checklist_passed"] and norms
        )
    if band == "good":
        return on_time == tasks and (not teaches or teaching >= 100)
    return band == "poor" or (Fraction(late, tasks) <= Fraction(1, 5) and (not teaches or teaching >= 50))


def person(subject: Subject) -> Rating:
    """Return the rating of one person in one quarter or year."""
    if subject["new_below_one_month"] or subject["under_investigation"]:
        return Rating("deferred")
    if subject["period"] == "quarter" and subject["leave_half_quarter"]:
        return Rating("carried_over")
    reached = (min(exact(subject[f"axis{n}"]) / 100, Fraction(1)) for n in range(1, 7))
    maxima = MAXIMA[subject["position"]]
    results = sum((most * share for most, share in zip(maxima, reached, strict=True)), Fraction(0))
    exactly = results + sum(exact(subject[name]) for name in GENERAL)
    score = Fraction((exactly * 100).__floor__(), 100)
    by_points = level(score)
    band = by_points if fulfils(subject, by_points) else None

    manages, leads = subject["position"] in MANAGERS, subject["position"] == "unit_head"
    left = subject["tasks"] - subject["on_time"] - subject["late"]
    unit_failed = exact(subject["unit_completed_percent"]) < 70
    had_poor_quarter = subject["period"] == "year" and subject.get("poor_quarters", 0) > 0
    if (
        subject["disciplined"]
        or 2 * left > subject["tasks"]
        or not subject["checklist_passed"]
        or (leads and unit_failed)
        or (manages and exact(subject.get("low_confidence_percent", 0)) > 50)
    ):
        return Rating("rated", score, "poor", results)
    if band is None:
        return Rating("undefined", score, None, results)
    if band == "excellent" and not unit_failed and had_poor_quarter and not manages:
        return Rating("left_open", score, None, results)
    ceilings = [band]
    if unit_failed or (had_poor_quarter and manages):
        ceilings.append("good")
    if leads:
        ceilings.append(subject["unit_level"])
    return Rating("rated", score, min(ceilings, key=ORDER.index), results)


def person_at_random(chance: Random) -> dict[str, Any]:
    """Return a random person as input of the rulebook; every second one qualifies for the best level."""
    is_model = chance.random() < 0.5
    position = chance.choice(list(MAXIMA))
    tasks = chance.randint(1, 12)
    late = 0 if is_model else chance.choice((0, 0, 0, chance.randint(0, tasks)))
    left = 0 if is_model else chance.choice((0, 0, 0, chance.randint(0, tasks - late)))
    least = 95 if is_model else chance.choice((0, 40, 80))
    rare = {name: chance.random() < 0.05 for name in ("leave_half_quarter", "new_below_one_month")}
    subject: dict[str, Any] = {
        **rare,
        "period": chance.choice(("quarter", "year")),
        "position": position,
        "under_investigation": chance.random() < 0.03,
        "tasks": tasks,
        "on_time": tasks - late - left,
        "late": late,
        "exceeding": tasks if is_model else chance.randint(0, tasks - left),
        "all_fixed": is_model or chance.random() < 0.9,
        "checklist_passed": is_model or chance.random() < 0.9,
        "disciplined": chance.random() < 0.25,
        "poor_quarters": chance.choice((0, 0, 1)),
        "unit_completed_percent": Fraction(chance.randint(6500, 10000), 100),
        "low_confidence_percent": Fraction(chance.randint(0, 6000), 100),
        "unit_level": chance.choice(ORDER),
        **{f"axis{n}": Fraction(chance.randint(100 * least, 13000), 100) for n in range(1, 7)},
        **{
            name: Fraction(chance.randint((3 if is_model else 2) * most, 4 * most), 4)
            for name, most in GENERAL.items()
        },
    }
    if position in TEACHERS:
        subject["teaching_percent"] = 100 if is_model else chance.choice((45, 80, 100, 120))
        subject["research_percent"] = 100 if is_model else chance.choice((90, 100, 100))
    return subject


def positions_at_random(chance: Random) -> dict[str, Any]:
    return asked(person_at_random(chance))
