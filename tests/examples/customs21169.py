"""The customs service's quarters and years once more, in plain fractions: what `examples/customs21169` is measured against.

Nothing here imports kpirules. Subjects are the mappings of the case files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from .decree335 import Rating, Subject, exact, half_up

__all__ = ["allocated", "branch", "quarter", "quarter_at_random", "year", "year_at_random"]

LEVELS = "dcba"  # the worst first


def achieved(quantity: int, errors: int) -> Fraction:
    """Return how much of a quantity counts: each error costs a quarter, at most four errors a product."""
    return quantity - Fraction(min(errors, 4 * quantity), 4)


def quarter(subject: Subject) -> Rating:
    """Return the rating of one person in one quarter."""
    if subject["maternity_leave"]:
        return Rating("e_not_rated")
    if exact(subject["months_worked"]) <= 1:
        return Rating("carried_over")
    due = done = good = timely = Fraction(0)
    for item in subject["items"]:
        k, completed = exact(item["coefficient"]), item["completed"]
        due += k * item["assigned"]
        done += k * completed
        good += k * achieved(completed, item.get("quality_errors", 0))
        timely += k * achieved(completed, item.get("late_errors", 0))
    results = Fraction(0)
    if due:
        parts = [min(part / due, Fraction(1)) for part in (done, good, timely)]
        if subject["post"] != "staff":
            entered = (subject.get(name) or "full" for name in ("unit_results", "organising", "unity"))
            parts += [Fraction(1) if one == "full" else Fraction(1, 2) for one in entered]
        results = 70 * sum(parts, Fraction(0)) / len(parts)
    general = exact(subject["g1"]) + exact(subject["g2"]) + exact(subject.get("g3") or 0)
    score = half_up(general + results)
    at = sum(score >= least for least in (50, 70, 90))
    grounds = subject["key_tasks_late"] or subject["targets_missed"] or subject["disciplined"]
    if grounds or subject["late_reports"] >= 2:
        at = max(at - 1, 0)
    if subject["post"] == "head":
        at = min(at, LEVELS.index(subject["unit_level"]))
    if subject["post"] == "deputy" and subject["unit_has_late_tasks"]:
        at = min(at, LEVELS.index(subject["head_level"]))
    return Rating("rated", score, LEVELS[at], results)


def quarter_at_random(chance: Random) -> dict[str, Any]:
    """Return a random officer as input of the rulebook, usually a good one."""
    items = []
    for _ in range(chance.randint(0, 7)):
        assigned = chance.randint(0, 9)
        items.append(
            {
                "month": chance.randint(0, 3),
                "coefficient": Fraction(chance.randint(1, 900), 100),
                "assigned": assigned,
                "completed": max(assigned + chance.choice((-2, -1, 0, 0, 0, 1)), 0),
                "quality_errors": chance.choice((0, 0, 0, 1, 2, 30)),
                "late_errors": chance.choice((0, 0, 0, 1, 2, 30)),
            }
        )
    subject: dict[str, Any] = {
        "branch": "Chi cục A",
        "quarter": chance.randint(1, 4),
        "post": chance.choice(("staff", "deputy", "head")),
        "months_worked": Fraction(chance.randint(5, 30), 10),
        "maternity_leave": chance.random() < 0.03,
        "items": items,
        "key_tasks_late": chance.random() < 0.1,
        "targets_missed": chance.random() < 0.1,
        "late_reports": chance.choice((0, 0, 0, 1, 2)),
        "disciplined": chance.random() < 0.05,
        "unit_level": chance.choice(LEVELS),
        "head_level": chance.choice(LEVELS),
        "unit_has_late_tasks": chance.random() < 0.5,
        "g1": Fraction(chance.randint(8, 20), 2),
        "g2": Fraction(chance.randint(8, 20), 2),
    }
    if chance.random() < 0.7:
        subject["g3"] = Fraction(chance.randint(0, 20), 2)
    for name in ("unit_results", "organising", "unity"):
        if chance.random() < 0.6:
            subject[name] = chance.choice(("full", "half"))
    return subject


def allocated(ratings: Sequence[Rating], precedences: Sequence[int], *, share: Fraction) -> list[Rating]:
    """Return the ratings of a branch and quarter, with A limited to a share of the final number of B.

    The limit is looked for by counting, not by a formula: how many may keep A such that the others of A and B hold the
    rule. Who is equal to somebody beyond the limit, and would be within it alone, is undecided.
    """
    with_a = [n for n, rating in enumerate(ratings) if rating.band == "a"]
    with_b = sum(rating.band == "b" for rating in ratings)
    limit = max(kept for kept in range(len(with_a) + 1) if kept <= share * (with_b + len(with_a) - kept))
    places = {n: (ratings[n].score or Fraction(0), precedences[n]) for n in with_a}
    found = list(ratings)
    for n, place in places.items():
        better = sum(other > place for other in places.values())
        as_good = sum(other >= place for other in places.values())
        if better >= limit:
            found[n] = Rating("rated", ratings[n].score, "b", ratings[n].results)
        elif as_good > limit:
            found[n] = Rating("undecided", ratings[n].score, None, ratings[n].results)
    return found


def branch(tables: Mapping[str, Sequence[Subject]]) -> dict[str, dict[tuple[str, ...], Rating]]:
    """Return the ratings of a branch's year by key: units, then quarters with the quota of A, then years."""
    units, late = dict[tuple[str, ...], Rating](), dict[tuple[str, ...], bool]()
    for row in tables["unit"]:
        score = exact(row["general"]) + exact(row["results"])
        at = sum(score >= least for least in (50, 70, 90))
        units[row["unit"], str(row["quarter"])] = Rating("rated", score, LEVELS[at])
        late[row["unit"], str(row["quarter"])] = row["late_tasks"] > 0
    quarters, groups = dict[tuple[str, ...], Rating](), defaultdict[int, list[Subject]](list)
    for row in tables["quarter"]:
        groups[row["quarter"]].append(row)
    for number, rows in groups.items():
        ratings = []
        for row in rows:
            of_unit = row["unit"], str(number)
            taken = {"unit_level": units[of_unit].band, "unit_has_late_tasks": late[of_unit]}
            ratings.append(quarter({**row, **taken}))
        final = allocated(ratings, [row.get("precedence") or 0 for row in rows], share=Fraction(1, 5))
        for row, rating in zip(rows, final, strict=True):
            quarters[row["person"], str(number), row["unit"]] = rating
    years = {}
    for row in tables["year"]:
        levels = [
            {"status": one.status, "level": one.band} for key, one in quarters.items() if key[0] == row["person"]
        ]
        years[row["person"],] = year({"quarters": levels})
    return {"unit": units, "quarter": quarters, "year": years}


def year(subject: Subject) -> Rating:
    """Return the yearly rating of one person: D before A before B, else undecided."""
    if any(one.get("status") in ("undecided", "undefined", "insufficient") for one in subject["quarters"]):
        return Rating("waits")
    levels = "".join(one.get("level") or "" for one in subject["quarters"])
    if not levels:
        return Rating("e_not_rated")
    if levels.count("d") >= 2:
        return Rating("rated", band="d")
    if levels.count("a") >= 2 and "d" not in levels:
        return Rating("rated", band="a")
    return Rating("rated", band="b") if levels.count("c") <= 2 else Rating("undefined")


def year_at_random(chance: Random) -> dict[str, Any]:
    quarters = [{"quarter": n, "level": chance.choice(LEVELS)} for n in range(1, 5)]
    return {"quarters": quarters[chance.choice((0, 0, 0, 1, 2, 4)) :]}
