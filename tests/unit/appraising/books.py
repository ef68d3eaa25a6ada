"""Small rulebooks and an appraisal that wires them together."""

from __future__ import annotations

from typing import Any

import kpirules as kr

__all__ = ["APPRAISAL", "BOOKS", "loaded", "tables"]

BANDS = {"good": {"from": 5}, "poor": {"from": 0}}

BOOKS: dict[str, Any] = {
    "unit": {
        "kpirules": 1,
        "id": "unit",
        "inputs": {
            "done": {"type": "number", "min": 0, "max": 9, "decimals": 2},
            "closed": {"type": "boolean", "default": False},
        },
        "exemptions": {"closed": {"when": "closed", "status": "not_rated"}},
        "criteria": {"work": {"max": 9, "points": "done"}},
        "score": {"round": {"places": 1}, "band_on": "rounded"},
        "bands": BANDS,
        "outputs": {"doubled": "score * 2"},
    },
    "person": {
        "kpirules": 1,
        "id": "person",
        "inputs": {
            "unit": {"type": "text"},
            "unit_band": {"type": "choice", "options": "bands"},
            "bonus": {"type": "number", "min": 0, "max": 100, "decimals": 2, "optional": True},
            "away": {"type": "boolean", "default": False},
        },
        "exemptions": {"away": {"when": "away", "status": "away"}},
        "criteria": {
            "of_unit": {"max": 5, "measure": "unit_band", "lookup": {"good": 5, "poor": 1}},
            "own": {"max": 4, "entered": {"step": 1}},
        },
        "bands": BANDS,
        "outputs": {"extra": "default(bonus, 0)", "from_unit": "unit == 'A'"},
    },
    "year": {
        "kpirules": 1,
        "id": "year",
        "inputs": {
            "monthly": {
                "type": "list",
                "fields": {
                    "month": {"type": "integer", "min": 1, "max": 12},
                    "score": {"type": "number", "min": 0, "max": 9, "decimals": 2, "optional": True},
                    "status": {"type": "text"},
                },
            },
        },
        "outputs": {
            "total": "sum(default(m.score, 0) * m.month for m in monthly)",
            "months_rated": "count(m.status == 'rated' for m in monthly)",
        },
    },
}

APPRAISAL: dict[str, Any] = {
    "kpirules": 1,
    "appraisal": "commune",
    "stages": {
        "year": {
            "rulebook": "year",
            "key": ["person"],
            "take": {
                "monthly": {
                    "stage": "month",
                    "each": {"month": "month", "score": "score", "status": "status"},
                    "match": ["person"],
                }
            },
        },
        "month": {
            "rulebook": "person",
            "key": ["person", "month"],
            "take": {
                "unit_band": {"stage": "unit", "value": "band", "match": ["unit", "month"]},
                "bonus": {"stage": "unit", "value": "doubled", "match": ["unit", "month"]},
            },
        },
        "unit": {"rulebook": "unit", "key": ["unit", "month"]},
    },
}


def loaded(appraisal: dict[str, Any] = APPRAISAL, **books: Any) -> kr.AppraisalProgram:
    """Return the program of an appraisal with these rulebooks.

    Args:
        appraisal: as a mapping.
        books: rulebooks besides, by what stages call them.
    """
    return kr.load_appraisal(appraisal, rulebooks={**BOOKS, **books})


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return valid subjects of every stage."""
    return {
        "unit": [
            {"unit": unit, "month": m, "done": (m + len(unit)) % 10} for unit in ("A", "BB") for m in (1, 2, 10)
        ],
        "month": [
            {"person": person, "month": m, "unit": unit, "own": m % 5}
            for person, unit in (("An", "A"), ("Bình", "BB"))
            for m in (10, 2, 1)
        ],
        "year": [{"person": "An"}, {"person": "Bình"}],
    }
