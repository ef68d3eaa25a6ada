"""TP.HCM's points record by record, computed independently in fractions to check `examples/hcmc2026`.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact, half_up, level

__all__ = ["period", "period_at_random"]

ENTERED = {
    **{f"g1_{n}": 2 for n in range(1, 10)},
    **{f"g2_{n}": 1 for n in range(1, 5)},
    **{f"g3_{n}": 2 for n in (1, 2, 4)},
}
OFF = {date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)}
WORKED = {date(2026, 8, 22)}
QUALITY = {"level1": Fraction(1), "level2": Fraction(4, 5), "level3": Fraction(3, 5), "level4": Fraction(0)}
FIRST, DAYS = date(2026, 7, 1), 184


def day(value: object) -> date:
    """Return a date from a case file's text or a Python date."""
    return date.fromisoformat(str(value))


def is_worked(on: date) -> bool:
    return on in WORKED or (on.weekday() < 5 and on not in OFF)


def days_late(due: date, done: date) -> int:
    """Return how many working days a task was late; 0 if it was not late."""
    return sum(is_worked(due + timedelta(days=after)) for after in range(1, (done - due).days + 1))


def progress(late: int) -> Fraction:
    if late == 0:
        return Fraction(1)
    return Fraction(4, 5) if late <= 3 else Fraction(3, 5) if late <= 5 else Fraction(0)


def period(subject: Subject) -> Rating:
    """Return the rating of one person in one period."""
    general = sum((exact(subject[name]) for name in ENTERED), Fraction(0))
    if 100 * subject["remedied_items"] >= 80 * subject["remedial_items"]:
        general += 2
    assigned = converted = rewarded = Fraction(0)
    all_done, outstanding = True, 0
    for task in subject["tasks"]:
        own = exact(task["base"]) * exact(task.get("difficulty", 1))
        if task.get("planned", True):
            assigned += own
        if task.get("done") is None:
            all_done = False
            continue
        due, done, quality = day(task["due"]), day(task["done"]), task["quality"]
        earned = own * (Fraction(3, 10) * progress(days_late(due, done)) + Fraction(7, 10) * QUALITY[quality])
        converted += earned
        rewarded += earned if task.get("rewarded", False) else 0
        outstanding += done < due or quality == "level1"
    if assigned == 0:
        return Rating("insufficient")
    results = min(converted / assigned * 70, Fraction(70))
    bonus = min(Fraction(1, 20) * rewarded / assigned * 70, Fraction(7))
    score = half_up(min(general + results + bonus, Fraction(100)))
    band = level(score)
    if band == "excellent" and not (all_done and 10 * outstanding >= 3 * len(subject["tasks"])):
        return Rating("undefined", score, None, results)
    return Rating("rated", score, band, results)


def period_at_random(chance: Random) -> dict[str, Any]:
    """Return a random person as input of the rulebook, usually a good one."""
    subject: dict[str, Any] = {name: most * (chance.random() < 0.9) for name, most in ENTERED.items()}
    subject["remedial_items"] = chance.randint(0, 6)
    subject["remedied_items"] = chance.randint(0, subject["remedial_items"])
    tasks = []
    for _ in range(chance.choice((0, 1, 2, 3, 4, 10))):
        due = FIRST + timedelta(days=chance.randrange(DAYS))
        task: dict[str, Any] = {
            "planned": chance.random() < 0.8,
            "base": Fraction(chance.randint(1, 5000), 100),
            "difficulty": Fraction(chance.randint(50, 250), 100),
            "due": due,
            "rewarded": chance.random() < 0.2,
        }
        if chance.random() < 0.9:
            done = due + timedelta(days=chance.randint(-5, 9))
            task["done"] = min(max(done, FIRST), FIRST + timedelta(days=DAYS - 1))
            task["quality"] = chance.choices(list(QUALITY), (6, 3, 1, 1))[0]
        tasks.append(task)
    return {**subject, "tasks": tasks}
