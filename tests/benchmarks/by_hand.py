"""The two rulebooks as an engineer would write them by hand: floats, local variables, one pass, no checks.

What comes out is what the rulebooks rate: points of every criterion and group, the score, the band after
requirement, ceiling and overrides, and for the decree its output, status and invariant. What is left out is what a
rulebook adds: inputs are not validated, and nothing is recorded of how the numbers came about.
"""

from __future__ import annotations

from math import floor
from typing import Any

__all__ = ["staff", "weighted30"]

Subject = dict[str, Any]

WEIGHTS = {"growth": 0.30, "budget": 0.25, "services": 0.20, "digital": 0.15, "discipline": 0.10}
NAMES = ("", "_1", "_2", "_3", "_4", "_5", "_6", "_1_actual", "_1_plan", "_2_actual", "_2_plan", "_6_late")
GROUPS = tuple((weight, tuple(group + name for name in NAMES)) for group, weight in WEIGHTS.items())
LOOKUP = {"high": 100.0, "middle": 70.0, "low": 40.0, "none": 0.0}


def staff(
    subject: Subject,
) -> tuple[float | None, str | None, dict[str, float], float | None, str, bool]:
    """Civil servants without a leading post: score, band, points, results in per cent, status and invariant."""
    if subject["months_worked"] < 6 and subject["absence"] not in ("sick_leave", "maternity_leave"):
        return None, None, {}, None, "not_classified", True

    assigned = completed = with_quality = on_time = 0.0
    for task in subject["tasks"]:
        coefficient = task["coefficient"]
        done = task["completed"]
        assigned += coefficient * task["assigned"]
        completed += coefficient * done
        good = done - 0.25 * (task.get("failures", 0) - task.get("objective_failures", 0))
        if good > 0:
            with_quality += coefficient * good
        punctual = done - 0.25 * (task.get("delays", 0) - task.get("objective_delays", 0))
        if punctual > 0:
            on_time += coefficient * punctual

    g1_1 = subject["g1_1"]
    g1_2 = subject["g1_2"]
    g2_1 = subject["g2_1"]
    g2_2 = subject["g2_2"]
    g2_3 = subject["g2_3"]
    g3_1 = subject["g3_1"]
    g3_2 = subject["g3_2"]
    g3_3 = subject["g3_3"]
    g3_4 = subject["g3_4"]
    attitude = "g2_4_public" if subject["serves_public"] else "g2_4_internal"
    g2_4 = subject[attitude]
    g1 = g1_1 + g1_2
    g2 = g2_1 + g2_2 + g2_3 + g2_4
    g3 = g3_1 + g3_2 + g3_3 + g3_4
    general = g1 + g2 + g3
    points = {
        "general": general,
        "g1": g1,
        "g1_1": g1_1,
        "g1_2": g1_2,
        "g2": g2,
        "g2_1": g2_1,
        "g2_2": g2_2,
        "g2_3": g2_3,
        "g2_4": g2_4,
        attitude: g2_4,
        "g3": g3,
        "g3_1": g3_1,
        "g3_2": g3_2,
        "g3_3": g3_3,
        "g3_4": g3_4,
    }

    score: float | None = None
    band: str | None = None
    percent: float | None = None
    status = "insufficient"
    if assigned > 0:
        quantity = completed / assigned
        if quantity > 1:
            quantity = 1.0
        quality = with_quality / assigned
        if quality > 1:
            quality = 1.0
        progress = on_time / assigned
        if progress > 1:
            progress = 1.0
        share = (quantity + quality + progress) / 3
        results = 70 * share
        percent = 100 * share
        points["results"] = results
        points["quantity"] = 100 * quantity
        points["quality"] = 100 * quality
        points["progress"] = 100 * progress
        score = floor((general + results) * 100 + 0.5) / 100
        status = "rated"
        if score >= 90:
            band = "excellent"
        elif score >= 70:
            band = "good"
        elif score >= 50:
            band = "fair"
        else:
            band = "poor"

    concluded = (
        subject["concluded_degradation"] or subject["concluded_forbidden_act"] or subject["concluded_bad_example"]
    )
    lowest = concluded
    year = subject["rating_year"]
    for discipline in subject["disciplines"]:
        if (
            discipline["effective_on"].year == year
            and not discipline["already_counted"]
            and discipline["ground"] in ("ideology", "duty")
        ):
            lowest = True
    if lowest:
        band = "poor"
        status = "rated"
    return score, band, points, percent, status, not concluded or band is None or band == "poor"


def weighted30(subject: Subject) -> tuple[float, str, dict[str, float]]:
    """Thirty weighted indicators: score, band and points."""
    points: dict[str, float] = {}
    total = 0.0
    for weight, (group, id1, id2, id3, id4, id5, id6, actual1, plan1, actual2, plan2, late) in GROUPS:
        reached = subject[actual1] / subject[plan1]
        points1 = points[id1] = 100.0 if reached > 1.2 else floor(reached / 1.2 * 10000 + 0.5) / 100

        reached = subject[actual2] / subject[plan2]
        points2 = points[id2] = 100.0 if reached > 1.2 else floor(reached / 1.2 * 10000 + 0.5) / 100

        x = subject[id3]
        if x <= 5:
            x = 100 - 2 * x
        elif x <= 20:
            x = 90 - (x - 5) * 10 / 3
        elif x <= 50:
            x = 40 - (x - 20) * 4 / 3
        else:
            x = 0.0
        points3 = points[id3] = floor(x * 100 + 0.5) / 100

        x = subject[id4]
        points4 = points[id4] = (
            100.0 if x >= 95 else 80.0 if x >= 90 else 60.0 if x >= 80 else 40.0 if x >= 70 else 0.0
        )

        points5 = points[id5] = LOOKUP[subject[id5]]

        x = 100 - 12.5 * subject[late]
        points6 = points[id6] = x if x > 0 else 0.0

        x = points[group] = (
            0.25 * points1 + 0.2 * points2 + 0.2 * points3 + 0.15 * points4 + 0.1 * points5 + 0.1 * points6
        )
        total += weight * x

    score = floor(total * 100 + 0.5) / 100
    if score >= 90 and points["growth"] >= 85:
        band = "excellent"
    elif score >= 70:
        band = "good"
    elif score >= 50:
        band = "fair"
    else:
        band = "poor"
    if band in ("excellent", "good") and subject["reprimanded"]:
        band = "fair"
    return score, band, points
