"""A commune's year under Nghị định 335/2025/NĐ-CP, computed independently in fractions from the tables of `make.py`.

Nothing here imports kpirules. Ratings are told by stage and by the texts of the key, as an appraisal tells them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from .decree335 import GENERAL, Rating, exact, half_up, level, organisation, ratios

__all__ = ["commune"]

Row = Mapping[str, Any]
Key = tuple[str, ...]
Ratings = dict[Key, Rating]
Tables = Mapping[str, list[Row]]

KEYS = {
    "organisation": ("unit",),
    "month": ("person", "month", "unit", "field"),
    "deputy": ("person", "month", "unit", "field"),
    "head": ("person", "month", "unit"),
    "year": ("person", "unit"),
}
STATED = {"fulfilled": Fraction(1), "united": Fraction(1), "prolonged": Fraction(1, 2)}
ORDER = ("poor", "fair", "good", "excellent")


def commune(tables: Tables) -> dict[str, Ratings]:
    """Return the ratings of all stages."""
    found: dict[str, Ratings] = {}
    organisations = {key(row, "organisation"): organisation(row) for row in tables["organisation"]}
    found["organisation"] = limited(organisations, lambda _: (), lambda _: Fraction(1, 5))
    found["month"] = months(tables, "month", {})
    found["deputy"] = months(tables, "deputy", by_field(found["month"], "month"))
    by_unit = by_field(found["month"], "month", without=1)
    for place, scores in by_field(found["deputy"], "deputy", without=1).items():
        by_unit[place] += scores
    found["head"] = months(tables, "head", by_unit)
    found["year"] = years(tables["year"], found)
    return found


def key(row: Row, stage: str) -> Key:
    """Return the key of a row of a stage."""
    return tuple(str(row[name]) for name in KEYS[stage])


def by_field(ratings: Ratings, stage: str, *, without: int = 0) -> defaultdict[Key, list[Rating]]:
    """Return the ratings of a month by month, division and field, or by month and division."""
    found: defaultdict[Key, list[Rating]] = defaultdict(list)
    for one, rating in ratings.items():
        found[one[1 : len(KEYS[stage]) - without]].append(rating)
    return found


def months(tables: Tables, stage: str, managed: Mapping[Key, list[Rating]]) -> Ratings:
    """Return the months of staff, of deputies or of heads (Đ14–Đ17), without vetoes."""
    tasks: defaultdict[Key, list[Row]] = defaultdict(list)
    for task in tables[f"{stage}.tasks"]:
        tasks[key(task, stage)].append(task)
    found = {}
    for row in tables[stage]:
        one = key(row, stage)
        parts: tuple[Fraction | None, ...] | None = ratios(tasks[one])
        if parts is not None and stage != "month":
            d = unit_results([rating.score for rating in managed[one[1:]]])
            parts = (*parts, d, STATED.get(row["organising"]), STATED.get(row["unity"]))
        found[one] = rated(row, parts)
    return found


def unit_results(scores: list[Fraction | None]) -> Fraction | None:
    """Return the share d of a head or deputy (Đ15); None if the decree does not define it."""
    if any(score is not None and score < 50 for score in scores):
        return Fraction(1, 2)
    return None if None in scores or not scores else Fraction(1)


def rated(row: Row, parts: tuple[Fraction | None, ...] | None) -> Rating:
    """Return the rating of a month from the parts of its task results."""
    if parts is None:
        return Rating("insufficient")
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return Rating("undefined")
    general = sum((exact(row[name]) for name in GENERAL if row[name] is not None), Fraction(0))
    results = 70 * sum(known, Fraction(0)) / len(known)
    score = half_up(general + results)
    return Rating("rated", score, level(score), results)


def years(rows: list[Row], found: Mapping[str, Ratings]) -> Ratings:
    """Return the yearly rating of everybody (Đ11, Đ17.3, Đ20), with the quota of Đ20.5."""
    monthly: defaultdict[str, list[Rating]] = defaultdict(list)
    for stage in ("month", "deputy", "head"):
        for one, rating in found[stage].items():
            monthly[one[0]].append(rating)
    alone = {}
    for row in rows:
        ceiling = found["organisation"][(row["unit"],)].band
        alone[key(row, "year")] = year(row, monthly[row["person"]], ceiling)
    of = {key(row, "year"): row for row in rows}
    return limited(
        alone,
        lambda one: (of[one]["agency"], of[one]["task_group"]),
        lambda one: Fraction(1, 4) if of[one]["outstanding"] else Fraction(1, 5),
    )


def year(row: Row, monthly: list[Rating], ceiling: str | None) -> Rating:
    """Return the yearly rating of one person, before the quota."""
    if len(monthly) < 6 and row["absence"] not in ("sick_leave", "maternity_leave"):
        return Rating("not_classified")
    scores = [rating.score for rating in monthly if rating.score is not None]
    score = half_up(sum(scores, Fraction(0)) / len(scores)) if scores else None
    if row["vetoed"]:
        return Rating("rated", score, "poor")
    if any(rating.status == "undefined" for rating in monthly):
        return Rating("open_month", score)
    if row["is_head"] and ceiling is None:
        return Rating("open_ceiling", score)
    if score is None:
        return Rating("insufficient")
    band = level(score)
    return Rating("rated", score, min(band, ceiling, key=ORDER.index) if row["is_head"] and ceiling else band)


def limited(ratings: Ratings, group_of: Callable[[Key], Key], share_of: Callable[[Key], Fraction]) -> Ratings:
    """Return ratings after the quota: in each group, the excellent are at most a share of the remaining good."""
    groups: defaultdict[Key, list[Key]] = defaultdict(list)
    for one in ratings:
        groups[group_of(one)].append(one)
    found = dict(ratings)
    for members in groups.values():
        bands = [ratings[one].band for one in members]
        left = places(share_of(members[0]), bands.count("excellent"), bands.count("good"))
        for equals in classes(ratings, members):
            for one in equals:
                was = ratings[one]
                if len(equals) <= left:
                    continue
                undecided = Rating("undecided", was.score, None, was.results)
                found[one] = undecided if left > 0 else Rating("rated", was.score, "good", was.results)
            left = left - len(equals) if len(equals) <= left else 0
    return found


def places(share: Fraction, excellent: int, good: int) -> int:
    """Return how many may stay excellent, found by trying each number."""
    return max(x for x in range(excellent + 1) if x <= share * (good + excellent - x))


def classes(ratings: Ratings, members: list[Key]) -> list[list[Key]]:
    """Return the excellent of a group, tied members together, the best first."""
    by_score: defaultdict[Fraction, list[Key]] = defaultdict(list)
    for one in members:
        rating = ratings[one]
        if rating.band == "excellent" and rating.score is not None:
            by_score[rating.score].append(one)
    return [by_score[score] for score in sorted(by_score, reverse=True)]
