"""Drawn rulebooks with quotas, and cohorts for them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pyarrow as pa

from kpirules import Program, load
from kpirules.testing.engines import Database
from tests.sql.comparing import differences

__all__ = ["book", "people", "quota_differences", "rules"]

ORDERS = (
    ["score"],
    ["exact_score", "day"],
    ["points.main", "x"],
    ["share.extra", "-x"],
    ["kind", "score"],
    ["score", "sum(t.n for t in tasks)"],
    ["x / (1 + n)", "away"],
    ["0"],
)

MODES = ["down", "floor", "up", "ceiling", "half_up", "half_down", "half_even"]

WITHIN: list[list[list[str]]] = [
    [[]],
    [["kind"]],
    [["kind"], []],
    [["kind"], ["kind"]],
    [["team"], []],
    [["kind", "team"], ["team"], []],
]
"""The inputs by which the quotas of the best band divide a cohort further; the last limits all of it."""


def book(source: random.Random) -> Program:
    """Return a rulebook whose quotas limit one band or several, some within each other."""
    return load(rules(source))


def rules(source: random.Random) -> dict[str, Any]:
    """Return the document of such a rulebook."""
    order, ties = source.choice(ORDERS), source.choice(["undecided", "demote", "keep"])

    def quota(band: str, target: str, **others: Any) -> dict[str, Any]:
        base = source.choice(["before", "after"])
        of = source.choice([[target], [band, target], "all"])
        found: dict[str, Any] = {
            "band": band,
            "at_most": source.choice(["1/5", "1/3", "40%", "part", "0.5 - part", "1", "0"]),
            "of": of,
            "base": base,
            "round": source.choice(MODES),
            "minimum": source.choice([0, 0, 1, 2, "least"]),
            "order": order,
            "ties": ties,
            "demote_to": target,
        } | others
        found["uniform"] = [name for name in ("part", "least") if name in f"{found['at_most']} {found['minimum']}"]
        if source.random() < 0.2:
            found |= {"when": "is_large", "uniform": [*found["uniform"], "is_large"]}
        return {key: value for key, value in found.items() if value != []}

    within = source.choice(WITHIN)
    quotas = {f"top{place}": quota("top", "good", within=ids) for place, ids in enumerate(within)}
    if source.random() < 0.6:
        quotas["middle"] = quota("good", source.choice(["fair", "poor"]), within=source.choice([[], ["kind"]]))
    if source.random() < 0.3:
        quotas["last"] = quota("fair", "poor")
    number = {"type": "integer", "min": 0, "max": 9}
    paid = {"pay": "10 if band == 'top' else 3", "twice": "pay * 2 if band > 'fair' else 0"}
    return {
        "kpirules": 1,
        "id": "quotas",
        "inputs": {
            "x": {"type": "number", "min": 0, "max": 100, "decimals": 1},
            "n": {"type": "integer", "min": 0, "max": 3},
            "unit": {"type": "text", "max_length": 4},
            "team": {"type": "integer", "min": 1, "max": 9, "default": 2},
            "kind": {"type": "choice", "options": ["low", "mid", "high"], "ordered": "worst_first"},
            "day": {"type": "date"},
            "part": {"type": "number", "min": -0.1, "max": 1, "decimals": 1, "default": 0.2},
            "least": {"type": "number", "min": 0, "max": 3, "step": 0.5, "default": 1},
            "is_large": {"type": "boolean", "default": True},
            "away": {"type": "boolean", "default": False},
            "tasks": {"type": "list", "max_items": 12, "fields": {"n": number}},
        },
        "criteria": {
            "main": {"max": 100, "points": "x", "round": {"places": 0}},
            "extra": {"max": 10, "points": "min(sum(t.n for t in tasks) / 7, 10)", "round": {"places": 1}},
        },
        "score": {"max": 110, "round": {"places": 0}, "band_on": "rounded"},
        "bands": {"top": {"from": 90}, "good": {"from": 60}, "fair": {"from": 20}, "poor": {"from": 0}},
        "exemptions": {"gone": {"when": "away and n > 1", "status": "gone"}},
        "overrides": {
            "high": {"when": "kind == 'high' and x < 20", "band": "top"},
            "none": {"when": "n == 3 and x < 20", "unrated": "open"},
        },
        "cohort": {
            **source.choice([{}, {"within": ["unit"]}, {"within": ["unit", "team"]}]),
            "max_members": source.choice([8, 60, 60, 60, 60, 60]),
            "quotas": quotas,
        },
        "outputs": paid if source.random() < 0.5 else {"twice": "2 * x"},
    }


def people(source: random.Random, rows: int) -> pa.Table:
    """Return rows with many ties; in some tables a few are not valid, or inputs differ that must not."""
    is_valid, is_even = source.random() < 0.75, source.random() < 0.85
    part, least = source.choice([0.2, 0.2, 0.5, 0.5, 0.3, -0.1]), source.choice([0, 1, 2, 2, 3, 3, 0.5])
    points = source.choice([[95.0, 91.5, 91.0, 62.5, 61.0, 30.0, 10.0], [95.0, 94.5, 94.0, 93.0, 92.0, 91.0, 65.0]])

    def cell(value: Any, *others: Any, chance: float = 0.03) -> Any:
        return source.choice(others) if not is_valid and source.random() < chance else value

    found = []
    for _ in range(rows):
        even = {"part": part, "least": least, "is_large": True}
        if not is_even and source.random() < 0.05:
            even |= source.choice([{"part": None}, {"least": 1}, {"is_large": False}])
        found.append(
            {
                "x": cell(source.choice(points), 97.25, None),
                "n": cell(source.randrange(4), 7),
                "unit": cell(source.choice(["A", "a", "B"]), "large", None),
                "team": cell(source.choice([1, 2, None]), 0),
                "kind": cell(source.choice(["low", "mid", "high"]), "Mid"),
                "day": date(2020, 1, source.randrange(1, 4)),
                "away": source.choice([True, None, None, False]),
                "tasks": [{"n": source.randrange(10)} for _ in range(source.randrange(4))],
                **even,
            }
        )
    kinds = [
        ("x", pa.float64()),
        ("n", pa.int64()),
        ("unit", pa.string()),
        ("team", pa.int64()),
        ("kind", pa.string()),
        ("day", pa.date32()),
        ("away", pa.bool_()),
        ("tasks", pa.list_(pa.struct([("n", pa.int64())]))),
        ("part", pa.float64()),
        ("least", pa.float64()),
        ("is_large", pa.bool_()),
    ]
    return pa.Table.from_pylist(found, schema=pa.schema(kinds))


def quota_differences(database: Database, seed: int, *, rows: int) -> list[str]:
    """Return what differs between a query and the scalar engine on a drawn cohort.

    Args:
        database: runs the query.
        seed: where chance comes from.
        rows: members.
    """
    source = random.Random(seed)
    program = book(source)
    columns = ["status", "score", "band", "margin_up", *(f"outputs.{one.id}" for one in program.rulebook.outputs)]
    bands = [quota.band for quota in program.rulebook.quotas]
    columns += ["quotas"] if len(set(bands)) == len(bands) else []
    return [f"seed {seed}: {one}" for one in differences(database, program, people(source, rows), columns)]
