"""The rulebooks that mutations start from: examples, pages, rejected ones, and one with every part."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["EVERYTHING", "large_texts", "mappings", "small_texts", "words"]

ROOT = Path(__file__).parents[2]

_SHOWN = re.compile(r"```yaml\n(kpirules: 1\n.*?)```", re.DOTALL)

MOST_CHARACTERS = 1_500
"""A longer text is large: it is read in milliseconds, but thousands of times."""

EVERYTHING: dict[str, Any] = {
    "kpirules": 1,
    "id": "fuzz.everything",
    "title": {"vi": "Tất cả", "en": "Everything"},
    "edition": "2026",
    "source": {"document": "Act", "article": "1", "clause": "2", "url": "https://example.org/act"},
    "effective": {"from": "2026-01-01", "until": "2030-01-01"},
    "inputs": {
        "n": {"type": "number", "min": 0, "max": 100, "decimals": 2, "unit": "h"},
        "m": {"type": "integer", "min": -5, "max": 20, "default": 3},
        "p": {"type": "number", "above": 0, "below": 10, "step": 0.5, "optional": True},
        "wide": {"type": "number"},
        "b": {"type": "boolean", "label": {"vi": "Có", "en": "Yes"}},
        "c": {"type": "choice", "options": ["low", "middle", "high"], "ordered": "worst_first"},
        "e": {"type": "choice", "options": {"red": "Red", "green": {"en": "Green"}}, "optional": True},
        "again": {"type": "choice", "options": "bands", "optional": True},
        "d": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
        "name": {"type": "text", "max_length": 30, "default": "Lan"},
        "tasks": {
            "type": "list",
            "max_items": 5,
            "min_items": 0,
            "unique": ["code"],
            "fields": {
                "code": {"type": "text", "max_length": 5},
                "hours": {"type": "number", "min": 0, "max": 40, "decimals": 1},
                "done": {"type": "boolean"},
                "kind": {"type": "choice", "options": ["plain", "urgent"]},
                "size": {"type": "integer", "min": 1, "max": 9, "default": 2},
            },
            "let": {
                "weighted": "item.hours * (2 if item.kind == 'urgent' else 1)",
                "sized": {"value": "item.weighted * item.size", "unit": "h"},
            },
            "validations": {"sane": {"that": "item.hours <= 40 or not item.done", "label": "Sane"}},
        },
    },
    "validations": {"in_order": {"that": "n <= 100 or b", "source": "Article 3"}},
    "parameters": {"five": 5, "some": "1 / 8", "most": {"value": "20%", "label": "the most", "unit": "%"}},
    "functions": {"half_of": {"args": ["v"], "value": "v / 2"}, "both": {"args": ["v", "w"], "value": "v + w"}},
    "calendars": {
        "office": {
            "weekend": ["sat", "sun"],
            "holidays": ["2026-01-01", "2026-09-02"],
            "makeup": ["2026-01-10"],
            "from": "2026-01-01",
            "until": "2027-01-01",
        }
    },
    "tables": {
        "by_rows": {"steps": [{"from": 50, "value": 3}, {"above": 5, "to": 20, "value": 1.5}, {"value": 0}]},
        "by_line": {"scale": [[0, 0], [10, 4], [50, 5]], "outside": "clamp"},
        "by_level": {"lookup": {"low": 1, "middle": {"value": 2, "note": "two"}, "else": 4}},
        "passed": {"thresholds": {"from": [1, 5, 50], "each": 0.5}},
        "level_of": {
            "gives": {"options": ["low", "middle", "high"], "ordered": "worst_first"},
            "steps": [{"from": 60, "value": "high"}, {"from": 20, "value": "middle"}, {"value": "low"}],
        },
    },
    "let": {
        "total": "sum(t.sized for t in tasks if t.done)",
        "waited": {"value": "workdays(date(2026, 1, 1), d, office)", "unit": "days"},
        "often": "default(avg(t.hours for t in tasks), 0) + count(tasks)",
        "grown": "root(n, 3) + exp(-m) + normal_cdf(n / 100)",
    },
    "exemptions": {"spared": {"when": "n == 0 and b", "status": "spared", "source": "Article 9"}},
    "criteria": {
        "leaf": {"max": 10, "points": "clamp(total / 4, 0, 10)", "round": {"to": 0.25, "mode": "half_even"}},
        "rated": {"max": 20, "rate": "ratio(n, 100, if_zero=0)", "outside": "clamp", "applies": "n >= 0"},
        "met": {"max": 5, "met": "c >= 'middle'", "label": "Met"},
        "group": {
            "combine": "mean",
            "weights": "relative",
            "max": 25,
            "require_share": "50%",
            "missing": "zero",
            "criteria": {
                "stepped": {
                    "weight": 2,
                    "measure": "n",
                    "steps": [{"from": 50, "rate": 1}, {"from": 10, "points": 50, "label": "Ten"}, {"points": 0}],
                    "missing": "exclude",
                    "applies": "b or n > 3",
                },
                "scaled": {"weight": 1, "measure": "n", "scale": [[0, 0], [50, 80], [100, 100]]},
            },
        },
        "looked": {"max": 10, "measure": "c", "lookup": {"low": 0, "middle": {"points": 5}, "high": {"rate": 1}}},
        "counted": {"max": 10, "measure": "total", "thresholds": {"above": [1, "five", 50], "each": 3}},
        "judged": {"max": 20, "entered": {"step": 0.5}},
        "bonus": {"max": 3, "extra": True, "points": "min(m + 5, 3)", "outside": "clamp"},
        "malus": {"min": -5, "max": 0, "points": "-clamp(half_of(m), 0, 5)", "allow": {"KR312": "meant"}},
    },
    "score": {
        "max": 100,
        "min": 0,
        "outside": "clamp",
        "rescale": True,
        "limits": {"cap": {"when": "b and n < 1", "at_most": 50}, "always": {"at_most": "90 + five"}},
        "round": {"places": 2, "mode": "half_up"},
        "band_on": "rounded",
    },
    "bands": {
        "levels": {
            "best": {"from": 60, "requires": {"r": {"that": "default(share.rated, 0) > 0.1", "label": "Rated"}}},
            "good": {"from": 30, "requires": "n > 1"},
            "poor": {"below": 30},
        },
        "fall": "next",
        "overlap": "best",
    },
    "overrides": {
        "down": {"when": "c == 'low'", "band_at_most": "good"},
        "up": {"when": "m == 20", "band_at_least": "good"},
        "aside": {"when": "m == -5", "unrated": "set_aside"},
    },
    "outputs": {
        "read": "default(p, wide) + some * most + both(by_level(c), passed(n)) if name == 'Lan' else often",
        "met_again": "default(e, 'red') == 'green' and default(again, 'poor') < 'best' and level_of(n) > 'low'",
        "slow": "grown + waited",
        "pay": {"value": "by_rows(score) + by_line(n)", "unit": "%"},
        "is_best": "band >= 'best'",
    },
    "invariants": {"known": {"that": "given(band) or not given(score)"}},
}


@cache
def _texts() -> tuple[str, ...]:
    folders = [ROOT / "examples", ROOT / "tests" / "conformance" / "rejected"]
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.kpi.yaml"))]
    small = [path for path in paths if path.stat().st_size < 100_000]
    everything = yaml.safe_dump(EVERYTHING, sort_keys=False, allow_unicode=True)
    # Some of the rejected ones are no UTF-8, and line ends are part of what they show.
    read = [path.read_bytes().decode("utf-8", "replace") for path in small]
    shown = [text for page in pages for text in _SHOWN.findall(page.read_text(encoding="utf-8"))]
    return (everything, *read, *shown)


@cache
def small_texts() -> tuple[str, ...]:
    return tuple(text for text in _texts() if len(text) <= MOST_CHARACTERS)


@cache
def large_texts() -> tuple[str, ...]:
    return tuple(text for text in _texts() if len(text) > MOST_CHARACTERS)


@cache
def mappings() -> tuple[dict[str, Any], ...]:
    """Return the rulebooks that are mappings, which callers must not change."""
    found: list[dict[str, Any]] = [EVERYTHING]
    for text in (*small_texts(), *large_texts()):
        try:
            loaded = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except (yaml.YAMLError, ValueError):
            continue
        if isinstance(loaded, dict) and loaded.get("kpirules") == 1:
            found.append(loaded)
    return tuple(found)


@cache
def words() -> tuple[str, ...]:
    """Return every word that the rulebooks use as a key or as a one-word value."""
    return tuple(sorted({word for text in _texts() for word in re.findall(r"\b[a-z][a-z0-9_]{1,20}\b", text)}))
