"""A rulebook with every kind of part, and changes of it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import kpirules as kr
from kpirules import Comparison, Program, Report
from kpirules.documents import build, read_mapping

__all__ = ["BOOK", "changed", "compared", "program", "unproved"]

BOOK: dict[str, Any] = {
    "kpirules": 1,
    "id": "unit.all",
    "title": "Everything",
    "edition": "1",
    "source": "Decree 1",
    "inputs": {
        "planned": {"type": "integer", "min": 1, "max": 100},
        "done": {"type": "integer", "min": 0, "max": 100},
        "late": {"type": "boolean", "default": False},
        "kind": {"type": "choice", "options": {"plain": "Plain", "urgent": "Urgent"}},
        "mood": {"type": "choice", "options": ["low", "high"]},
        "due": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        "remark": {"type": "text", "optional": True},
        "tasks": {
            "type": "list",
            "max_items": 4,
            "fields": {"hours": {"type": "number", "min": 0, "max": 8, "decimals": 1}},
            "let": {"double": "item.hours * 2"},
            "validations": {"worked": {"that": "item.hours >= 0"}},
        },
    },
    "validations": {"possible": {"that": "done <= 100"}},
    "parameters": {"most": 40, "start": "date(2026, 1, 1)"},
    "tables": {
        "by_kind": {"lookup": {"plain": 1, "urgent": 2}},
        "level": {"gives": "bands", "steps": [{"from": 50, "value": "good"}, {"value": "poor"}]},
        "line": {"scale": [[0, 0], [10, 5]], "outside": "clamp"},
    },
    "functions": {"half": {"args": ["x"], "value": "x / 2"}},
    "calendars": {
        "office": {"weekend": ["sat", "sun"], "holidays": ["2026-01-01"], "from": "2026-01-01", "until": "2027-01-01"}
    },
    "let": {"rate": "min(done / planned, 1)", "days_in": "workdays(start, due, office)"},
    "exemptions": {
        "absent": {"when": "planned == 100 and done == 0", "status": "not_rated"},
        "new": {"when": "planned == 99 and done == 0", "status": "not_rated_yet"},
    },
    "criteria": {
        "results": {
            "label": "Results",
            "source": "Article 2",
            "criteria": {
                "amount": {"max": "most", "rate": "rate", "source": "Article 3"},
                "speed": {"max": 20, "measure": "done", "steps": [{"from": 50, "points": 20}, {"points": 0}]},
                "sort": {"max": 10, "measure": "kind", "lookup": {"plain": 5, "urgent": 10}},
            },
        },
        "hours": {"max": 20, "points": "half(min(sum(t.double for t in tasks), 40))"},
        "passed": {"max": 4, "measure": "done", "thresholds": {"from": [10, 20], "each": 2}},
        "conduct": {"max": 6, "entered": {"step": 1}},
    },
    "score": {
        "round": {"places": 1},
        "band_on": "rounded",
        "limits": {"late": {"when": "late", "at_most": 60}},
    },
    "bands": {
        "good": {"from": 50, "requires": {"enough": {"that": "done >= 5", "source": "Article 9"}}},
        "poor": {"from": 0, "below": 50},
    },
    "overrides": {
        "warned": {"when": "late and done < 3", "band_at_most": "poor"},
        "zero": {"when": "done == 0", "band": "poor"},
    },
    "outputs": {
        "pay": "10 * by_kind(kind) + line(done)",
        "level_of": 'level(done) == "good"',
        "days_late": "days_in",
    },
    "invariants": {"bounded": {"that": "default(score, 0) <= 100"}},
    "examples": [
        {
            "name": "one",
            "given": {
                "planned": 10,
                "done": 5,
                "kind": "plain",
                "mood": "low",
                "due": "2026-03-02",
                "tasks": [{"hours": 8}],
                "conduct": 5,
            },
            "expect": {"band": "poor"},
        }
    ],
}
"""Every kind of part once."""


def changed(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the rulebook with other values at some places; None removes a key.

    Args:
        changes: the way to a value, its keys with a slash between, and the value.
    """
    book = deepcopy(BOOK)
    for way, value in changes:
        *above, last = way.split("/")
        node: Any = book
        for key in above:
            node = node[int(key) if isinstance(node, list) else key]
        if value is None:
            del node[last]
        else:
            node[int(last) if isinstance(node, list) else last] = value
    return book


def unproved(book: dict[str, Any]) -> Program:
    """Return the program of a rulebook without its check, of which a comparison says nothing."""
    document, _ = read_mapping(book)
    assert document is not None
    rulebook, found = build(document)
    assert rulebook is not None, found
    return Program(rulebook, Report(()))


@cache
def program() -> Program:
    """Return the program of the rulebook."""
    return unproved(BOOK)


def compared(*changes: tuple[str, Any]) -> Comparison:
    """Return the comparison of the rulebook with a changed copy."""
    return kr.compare(program(), unproved(changed(*changes)))
