"""Nghị định 335/2025/NĐ-CP, computed independently in fractions to check the example rulebooks.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from attrs import frozen

__all__ = ["Rating", "head", "organisation", "staff", "year", "year_at_random"]

Subject = Mapping[str, Any]
GENERAL = (
    "g1_1",
    "g1_2",
    "g2_1",
    "g2_2",
    "g2_3",
    "g2_4_public",
    "g2_4_internal",
    "g3_1",
    "g3_2",
    "g3_3",
    "g3_4",
)
ITEMS = ("institutions", "management", "coordination", "digital", "science", "procedures", "petitions")
MAXIMA = {
    "institutions": 10,
    "management": 10,
    "coordination": 5,
    "digital": 10,
    "science": 5,
    "procedures": 5,
    "petitions": 5,
}


@frozen
class Rating:
    """The rating of a subject.

    Args:
        status: `rated`, or why not.
        score: published, two places; None where there is none.
        band: None where there is none.
        results: the task results of 70, before rounding; None where there are none.
    """

    status: str
    score: Fraction | None = None
    band: str | None = None
    results: Fraction | None = None


def exact(number: object) -> Fraction:
    """Return a number of a case file exactly as written."""
    return Fraction(str(number))


def half_up(x: Fraction) -> Fraction:
    """Return a nonnegative number rounded half up to two places."""
    return Fraction((x * 100 + Fraction(1, 2)).__floor__(), 100)


def level(score: Fraction) -> str:
    """Return the level of a person by points alone (Đ20)."""
    return next(
        band for band, least in (("excellent", 90), ("good", 70), ("fair", 50), ("poor", 0)) if score >= least
    )


def ratios(tasks: list[Subject]) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return a, b and c, each at most one; None if nothing was assigned (Đ14)."""
    assigned = done = good = punctual = Fraction(0)
    for task in tasks:
        k, completed = exact(task["coefficient"]), exact(task["completed"])
        failures = task.get("failures", 0) - task.get("objective_failures", 0)
        delays = task.get("delays", 0) - task.get("objective_delays", 0)
        assigned += k * task["assigned"]
        done += k * completed
        good += k * max(completed - Fraction(failures, 4), Fraction(0))
        punctual += k * max(completed - Fraction(delays, 4), Fraction(0))
    if assigned == 0:
        return None
    return tuple(min(part / assigned, Fraction(1)) for part in (done, good, punctual))  # type: ignore[return-value]


def is_short(subject: Subject) -> bool:
    """Return whether a person worked less than six months, without sick or maternity leave (Đ11)."""
    return subject["months_worked"] < 6 and subject["absence"] not in ("sick_leave", "maternity_leave")


def is_vetoed(subject: Subject) -> bool:
    """Return whether the lowest level is certain (Đ20.4b–d, Đ11.3a)."""
    concluded = any(
        subject[name]
        for name in (
            "concluded_degradation",
            "concluded_forbidden_act",
            "concluded_bad_example",
            "unit_corruption",
        )
        if name in subject
    )
    return concluded or any(
        one["ground"] in ("duty", "ideology")
        and str(one["effective_on"]).startswith(str(subject["rating_year"]))
        and not one["already_counted"]
        for one in subject["disciplines"]
    )


def person(subject: Subject, parts: tuple[Fraction, ...] | None) -> Rating:
    """Return the rating of a person from the equally weighted parts of the task results."""
    vetoed = is_vetoed(subject)
    if parts is None:
        return Rating("rated", None, "poor") if vetoed else Rating("insufficient")
    general = sum((exact(subject[name]) for name in GENERAL if name in subject), Fraction(0))
    results = 70 * sum(parts, Fraction(0)) / len(parts)
    score = half_up(general + results)
    return Rating("rated", score, "poor" if vetoed else level(score), results)


def staff(subject: Subject) -> Rating:
    """Return the rating of a civil servant without a leading post."""
    if is_short(subject):
        return Rating("not_classified")
    return person(subject, ratios(subject["tasks"]))


def head(subject: Subject) -> Rating:
    """Return the rating of a head or deputy (Đ15, Đ20.6)."""
    if is_short(subject):
        return Rating("not_classified")
    measured = ratios(subject["tasks"])
    if measured is None:
        return person(subject, None)
    stated = {"fulfilled": Fraction(1), "united": Fraction(1), "prolonged": Fraction(1, 2)}
    d = Fraction(1) if all(exact(one["score"]) >= 50 for one in subject["staff"]) else Fraction(1, 2)
    others = stated.get(subject["organising"]), stated.get(subject["unity"])
    if None in others:
        return Rating("rated", None, "poor") if is_vetoed(subject) else Rating("undefined")
    found = person(subject, (*measured, d, *others))  # type: ignore[arg-type]
    if subject["post"] == "deputy":
        return found
    order = ("poor", "fair", "good", "excellent")
    ceiling = subject["organisation_level"]
    return Rating("rated", found.score, min(str(found.band), ceiling, key=order.index), found.results)


def organisation(subject: Subject) -> Rating:
    """Return the rating of an organisation (Đ7, Đ8), with the split of points that the example chose."""
    tasks = subject["programme_tasks"] + subject["arising_tasks"]
    completed = subject["programme_completed"] + subject["arising_completed"]
    general = sum(exact(subject[name]) for name in ("policy_work", "staff_management", "reform"))
    entered = [name for name in ITEMS if name in subject]
    earned = sum((exact(subject[name]) for name in entered), Fraction(20 * completed, tasks))
    results = earned * 70 / (20 + sum(MAXIMA[name] for name in entered))
    score = half_up(general + results)
    programme = Fraction(subject["programme_completed"], subject["programme_tasks"])
    if subject["concluded_wrongdoing"] or (programme < Fraction(7, 10) and not subject["programme_excused"]):
        return Rating("rated", score, "poor", results)
    all_on_time = subject["on_time_with_quality"] == tasks
    fulfils = {
        "excellent": all_on_time
        and Fraction(subject["exceeding"], tasks) >= Fraction(3, 10)
        and not subject["subordinate_failed"]
        and subject["shortcomings_fixed"],
        "good": all_on_time,
        "fair": completed == tasks and Fraction(subject["late"], tasks) <= Fraction(1, 5),
        "poor": True,
    }
    band = level(score)
    return Rating("rated", score, band, results) if fulfils[band] else Rating("undefined", score, None, results)


def year(subject: Subject) -> Rating:
    """Return the yearly rating of a civil servant from monthly scores (Đ11, Đ17.3, Đ20)."""
    months = subject["monthly"]
    if len(months) < 6 and subject["absence"] not in ("sick_leave", "maternity_leave"):
        return Rating("not_classified")
    if not months:
        return Rating("rated", None, "poor") if subject["vetoed"] else Rating("insufficient")
    score = half_up(sum((exact(month["score"]) for month in months), Fraction(0)) / len(months))
    order = ("poor", "fair", "good", "excellent")
    band = "poor" if subject["vetoed"] else level(score)
    if subject["is_head"]:
        band = min(band, subject["organisation_level"], key=order.index)
    return Rating("rated", score, band)


def year_at_random(chance: Random) -> dict[str, Any]:
    """Return a random civil servant as input of the yearly rulebook; about half worked all twelve months."""
    worked = 12 if chance.random() < 0.5 else chance.randint(0, 12)
    least = chance.choice((30, 60, 85))
    months = sorted(chance.sample(range(1, 13), worked))
    return {
        "monthly": [{"month": n, "score": Fraction(chance.randint(100 * least, 10000), 100)} for n in months],
        "absence": chance.choice(("none", "unpaid_leave", "sick_leave", "maternity_leave")),
        "vetoed": chance.random() < 0.05,
        "is_head": chance.random() < 0.3,
        "organisation_level": chance.choice(("poor", "fair", "good", "excellent")),
    }
