"""Subjects for the benchmarks: seeded, valid, distinct, and all rated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

__all__ = ["GROUPS", "Subject", "staff", "weighted30", "with_floats", "with_texts"]

Subject = dict[str, Any]
"""What is known about a subject, as a caller has it: int, bool, str, date, and Decimal for what has places."""

GROUPS = ("growth", "budget", "services", "digital", "discipline")
"""The groups of the weighted rulebook."""

TASKS = 12


class Draw:
    """Seeded choices by `random()` alone, the only sequence that Python guarantees."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + int(self._random() * (most - least + 1))

    def places(self, least: int, most: int, places: int) -> Decimal:
        """Return a decimal with some places; the ends are in units of the last place."""
        return Decimal(self.whole(least, most)).scaleb(-places)

    def one(self, *options: str) -> str:
        """Return one of the options."""
        return options[self.whole(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """Return True with a probability in per cent."""
        return self._random() * 100 < percent


def staff(count: int = 200, seed: int = 335) -> list[Subject]:
    """Civil servants under Nghị định 335/2025/NĐ-CP, each with twelve tasks.

    Args:
        count: how many.
        seed: the same one draws the same subjects.
    """
    draw = Draw(seed)
    return [_official(draw, number) for number in range(count)]


def _official(draw: Draw, number: int) -> Subject:
    able = draw.whole(35, 105)  # how many of a hundred it tends to get
    short = draw.chance(3)
    serves_public = draw.chance(50)
    subject: Subject = {
        "rating_year": 2026,
        "months_worked": draw.whole(1, 5) if short else draw.whole(6, 12),
        # Whoever worked less than six months is rated for these two only.
        "absence": draw.one("sick_leave", "maternity_leave") if short else draw.one("none", "unpaid_leave"),
        "serves_public": serves_public,
        "tasks": [_task(draw, f"P{number:03d}.{n:02d}", able) for n in range(1, TASKS + 1)],
        "concluded_degradation": draw.chance(2),
        "concluded_forbidden_act": draw.chance(2),
        "concluded_bad_example": draw.chance(2),
        "disciplines": [_discipline(draw) for _ in range(draw.whole(1, 2))] if draw.chance(10) else [],
    }
    for id_, most in _entered(serves_public).items():
        quarters = min(draw.whole(able - 15, able + 15), 100) * most * 4 // 100
        subject[id_] = Decimal(quarters) / 4
    return subject


def _task(draw: Draw, product: str, able: int) -> Subject:
    assigned = 0 if draw.chance(5) else draw.whole(1, 10)
    wanted = assigned or draw.whole(1, 2)
    completed = min(round(wanted * draw.whole(able - 20, able + 20) / 100), wanted + 1)
    task: Subject = {
        "product": product,
        "coefficient": draw.places(25, 300, 2),
        "assigned": assigned,
        "completed": completed,
        "failures": draw.whole(1, 3) if draw.chance(25) else 0,
        "delays": draw.whole(1, 3) if draw.chance(25) else 0,
    }
    # Excuses stand in a record only where there is something to excuse.
    if task["failures"]:
        task["objective_failures"] = draw.whole(0, task["failures"])
    if task["delays"]:
        task["objective_delays"] = draw.whole(0, task["delays"])
    return task


def _discipline(draw: Draw) -> Subject:
    return {
        "ground": draw.one("ideology", "duty", "other"),
        "effective_on": date(draw.whole(2025, 2026), draw.whole(1, 12), draw.whole(1, 28)),
        "already_counted": draw.chance(25),
    }


def _entered(serves_public: bool) -> dict[str, Any]:
    """Return the maximum points of the criteria that assessors enter."""
    attitude = "g2_4_public" if serves_public else "g2_4_internal"
    small = ("g2_1", "g2_2", "g2_3", attitude, "g3_1", "g3_2", "g3_3", "g3_4")
    return {"g1_1": 5, "g1_2": 5, **dict.fromkeys(small, Decimal("2.5"))}


def weighted30(count: int = 200, seed: int = 30) -> list[Subject]:
    """Subjects of the rulebook of thirty weighted indicators.

    Args:
        count: how many.
        seed: the same one draws the same subjects.
    """
    draw = Draw(seed)
    return [_unit(draw) for _ in range(count)]


def _unit(draw: Draw) -> Subject:
    able = draw.whole(40, 120)
    # Growth far below the rest is what the requirement of the best band looks for.
    lag = 400 if draw.chance(25) else 0
    subject: Subject = {"reprimanded": draw.chance(10)}
    for group in GROUPS:
        for number in (1, 2):
            plan = draw.places(1_000, 1_000_000, 2)
            reached = draw.whole(able * 10 - 200, able * 10 + 250) - (lag if group == "growth" else 0)
            subject[f"{group}_{number}_actual"] = (plan * max(reached, 0) / 1000).quantize(Decimal("0.01"))
            subject[f"{group}_{number}_plan"] = plan
        subject[f"{group}_3"] = draw.places(0, max(1200 - able * 10, 20), 1)
        subject[f"{group}_4"] = draw.places(min(able * 60 + 3000, 9000), 10_000, 2)
        subject[f"{group}_5"] = draw.one(*(("high", "middle") if able > 95 else ("high", "middle", "low", "none")))
        subject[f"{group}_6_late"] = draw.whole(0, 1 if able > 95 else 9)
    return subject


def with_floats(value: Any) -> Any:
    """Return subjects with a float for every Decimal."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: with_floats(one) for key, one in value.items()}
    return [with_floats(one) for one in value] if isinstance(value, list) else value


def with_texts(value: Any) -> Any:
    """Return subjects with an ISO text for every date."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: with_texts(one) for key, one in value.items()}
    return [with_texts(one) for one in value] if isinstance(value, list) else value
