"""Drawn rulebooks whose rows are compared with each other, and rows for them."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from kpirules import Program, load
from kpirules.testing.engines import Database
from tests.sql.comparing import differences

__all__ = ["FUNCTIONS", "book", "cohort_differences", "people"]

FUNCTIONS = (
    "cohort_count()",
    "cohort_count({condition})",
    "cohort_sum({number})",
    "cohort_avg({number})",
    "cohort_min({number})",
    "cohort_max({number})",
    "cohort_median({number})",
    "cohort_quantile(0.75, {number})",
    "cohort_quantile(1, {number})",
    "cohort_rank({number})",
    "cohort_rank({fraction})",
    "cohort_percentile({number})",
    "cohort_percentile({fraction})",
)

EARLY = {
    "number": ["x", "n", "x / 3 - n", "extra", "hours"],
    "fraction": ["x / (1 + n)", "10 / (n - 3)"],
    "condition": ["x > 50", "away", "given(extra) and extra > 4"],
}
"""What is compared before any row is rated; one of them faults where `n` is 3."""

LATE = {
    "number": ["score", "points.main", "round(score / 7, 1)", "score - x"],
    "fraction": ["score / (1 + n)", "share.extra_work", "10 / (score - 30)"],
    "condition": ["score > 60", "given(points.extra_work)"],
}
"""What is compared of rated rows; one of them faults where the score is 30."""

QUOTA = {"of": "all", "round": "half_up", "minimum": 1, "base": "before", "demote_to": "good", "band": "top"}


def _function(source: random.Random, of: dict[str, list[str]]) -> str:
    """Return a function over the cohort."""
    chosen = {kind: source.choice(forms) for kind, forms in of.items()}
    return source.choice(FUNCTIONS).format(**chosen)


def book(source: random.Random) -> Program:
    """Return a rulebook that compares rows before they are rated, and their ratings; some have a quota."""
    early = {f"early{place}": _function(source, EARLY) for place in range(4)}
    late = {f"late{place}": _function(source, LATE) for place in range(3)}
    cohort: dict[str, Any] = {"max_members": source.choice([9, 40, 40, 40, 40, 40])}
    cohort |= source.choice([{}, {"within": ["unit"]}, {"within": ["unit", "team"]}])
    if source.random() < 0.4:
        quota = {"at_most": "1/3", "order": ["score"], "ties": source.choice(["demote", "undecided", "keep"])}
        cohort["quotas"] = {"few": QUOTA | quota}
        late["paid"] = "late0 + 1 if band == 'top' else 0"
    number = {"type": "integer", "min": 0, "max": 9}
    return load(
        {
            "kpirules": 1,
            "id": "cohorts",
            "inputs": {
                "x": {"type": "number", "min": 0, "max": 100, "decimals": 1},
                "n": {"type": "integer", "min": 0, "max": 3},
                "extra": {"type": "integer", "min": -9, "max": 9, "optional": True},
                "unit": {"type": "text", "max_length": 4},
                "team": {"type": "integer", "min": 1, "max": 9, "default": 2},
                "away": {"type": "boolean", "default": False},
                "tasks": {"type": "list", "max_items": 12, "fields": {"n": number}},
            },
            "let": early | {"hours": "sum(t.n for t in tasks)", "above": "default(early0, 0) < x"},
            "exemptions": {"gone": {"when": "away and n > 1", "status": "gone"}},
            "criteria": {
                "main": {"max": 100, "points": "x if above else x / 2"},
                "extra_work": {"max": 10, "points": "max(extra + 1, 0)", "missing": "zero"},
                "tasks_done": {"max": 12, "points": "sum(1 for t in tasks if t.n < default(early1, 5))"},
            },
            "score": {"round": {"places": 1}, "band_on": "rounded"},
            "bands": {"top": {"from": 60}, "good": {"from": 20}, "poor": {"from": 0}},
            "overrides": {"none": {"when": "n == 3 and x < 20", "unrated": "open"}},
            "cohort": cohort,
            "outputs": late | {f"of_{id_}": id_ for id_ in early},
        }
    )


def people(source: random.Random, rows: int) -> pa.Table:
    """Return rows with many ties; in some tables a few are not valid."""
    is_valid = source.random() < 0.7

    def cell(value: Any, *others: Any) -> Any:
        return source.choice(others) if not is_valid and source.random() < 0.03 else value

    found = [
        {
            "x": cell(source.choice([95.0, 91.5, 62.5, 61.0, 30.0, 10.0, 0.0]), 97.25, None),
            "n": cell(source.choice([0, 0, 1, 1, 2, 3]), 7),
            "extra": cell(source.choice([None, 3, 5, 9, -9]), 10),
            "unit": cell(source.choice(["A", "a", "B"]), "large", None),
            "team": cell(source.choice([1, 2, None]), 0),
            "away": source.choice([True, None, None, False]),
            "tasks": [{"n": source.randrange(10)} for _ in range(source.randrange(4))],
        }
        for _ in range(rows)
    ]
    kinds = [
        ("x", pa.float64()),
        ("n", pa.int64()),
        ("extra", pa.int64()),
        ("unit", pa.string()),
        ("team", pa.int64()),
        ("away", pa.bool_()),
        ("tasks", pa.list_(pa.struct([("n", pa.int64())]))),
    ]
    return pa.Table.from_pylist(found, schema=pa.schema(kinds))


def cohort_differences(database: Database, seed: int, *, rows: int) -> list[str]:
    """Return what differs between a query and the scalar engine on drawn rows that are compared.

    Args:
        database: runs the query.
        seed: where chance comes from.
        rows: how many rows.
    """
    source = random.Random(seed)
    program = book(source)
    columns = ["status", "score", "band", *(f"outputs.{one.id}" for one in program.rulebook.outputs)]
    return [f"seed {seed}: {one}" for one in differences(database, program, people(source, rows), columns)]
