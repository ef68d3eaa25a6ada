"""Published scores that differ from the exact ones by the rounding of binary doubles: exactly those lines are listed.

A line of `published/NAME/*.jsonl` expects the exact score. Where something else was published, `published` holds it, and
`doubles.json` beside it gives the exact score once more and the reason. Here the rules are computed in doubles, as the
software did that published them, and have to give what was published on every line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

PUBLISHED = Path(__file__).parent / "published"

RISKS = {
    10.0: {"dangerous_workflow", "webhooks"},
    5.0: {"fuzzing", "packaging", "pinned_dependencies", "sast", "sbom", "security_policy"},
    2.5: {"ci_tests", "cii_best_practices", "contributors", "license"},
}


def openssf_mean(checks: Mapping[str, Any]) -> float | None:
    """Return the weighted mean of the decided checks, in doubles."""
    points = weights = 0.0
    for check, value in checks.items():
        weight = next((weight for weight, names in RISKS.items() if check in names), 7.5)
        if value >= 0:
            points, weights = points + weight * value, weights + weight
    return points / weights if weights else None


def openssf_score(checks: Mapping[str, Any]) -> float | None:
    """Return the mean as a double printed with one decimal."""
    mean = openssf_mean(checks)
    return None if mean is None else float(f"{mean:.1f}")


def pmml_score(given: Mapping[str, Any]) -> float:
    """Return the sum of the three characteristics, in doubles."""
    department = {"marketing": 19, "engineering": 3, "business": 6, "sales": 0, None: -9}[given.get("department")]
    years, amount = given.get("age"), given.get("income")
    age = -1 if years is None else -3 if years <= 18 else 0 if years <= 29 else 12 if years <= 39 else 18
    if given["model"] == "simple":
        income = 5.0 if amount is None else 26.0 if amount <= 1000 else 5.0 if amount <= 2500 else -3.0
    elif amount is None:
        income = 3.0
    else:
        income = 0.03 * amount + 11 if amount <= 1000 else 5.0 if amount <= 1500 else 0.01 * amount - 18
    return department + age + income


IN_DOUBLES: dict[str, Callable[[Mapping[str, Any]], float | None]] = {
    "credit_scorecard/pmml": pmml_score,
    "ossf_scorecard/scorecard": openssf_score,
}


def lines_of(name: str, number: Callable[[str], Any]) -> list[dict[str, Any]]:
    text = (PUBLISHED / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line, parse_float=number) for line in text.splitlines()]


def exceptions_of(name: str) -> dict[str, dict[str, Any]]:
    text = (PUBLISHED / name).with_name("doubles.json").read_text(encoding="utf-8")
    rows: dict[str, dict[str, Any]] = json.loads(text, parse_float=Fraction)
    return rows


@pytest.mark.parametrize("name", IN_DOUBLES)
def test_the_lines_that_differ_from_what_is_published_are_listed_and_no_others(name: str) -> None:
    differing = {
        line["id"]: line["expect"]["score"]
        for line in lines_of(name, Fraction)
        if line.get("published", {}).get("score", line["expect"]["score"]) != line["expect"]["score"]
    }
    listed = exceptions_of(name)
    assert differing == {id: row["score"] for id, row in listed.items()}
    assert all(row["reason"] for row in listed.values())


@pytest.mark.parametrize("name", IN_DOUBLES)
def test_doubles_give_what_was_published_on_every_line(name: str) -> None:
    for line in lines_of(name, float):
        published = line.get("published", {}).get("score", line["expect"]["score"])
        assert IN_DOUBLES[name](line["given"]) == published, line["id"]


def test_an_unrounded_score_of_scorecard_is_published_as_the_double_next_to_it() -> None:
    for line in lines_of("ossf_scorecard/scorecard", str):
        exact = line["expect"].get("outputs", {}).get("unrounded")
        if exact is not None:
            published = float(line.get("published", {}).get("unrounded", exact))
            assert float(Fraction(exact)) == published == openssf_mean(line["given"]), line["id"]
