"""The findings about small decision tables, compared with all subjects: none is false, and none is missing."""

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import Any

import pytest

import kpirules as kr
from tests.budget import by_budget

TABLES = by_budget(50, 1_500)

INPUTS: dict[str, dict[str, Any]] = {
    "level": {"type": "choice", "options": ["low", "middle", "high"], "ordered": "worst_first"},
    "years": {"type": "integer", "min": 0, "max": 3},
    "led": {"type": "boolean"},
}
VALUES: dict[str, list[Any]] = {"level": ["low", "middle", "high"], "years": [0, 1, 2, 3], "led": [False, True]}
SUBJECTS = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
SIGNS = {"from": "__ge__", "above": "__gt__", "to": "__le__", "below": "__lt__"}


def drawn(random: Random) -> dict[str, Any]:
    """Draw a rulebook with one decision table."""
    cases: list[dict[str, Any]] = [
        {"when": {name: need(random, name) for name in random.sample(list(VALUES), random.choice((1, 1, 2, 3)))}}
        for _ in range(random.randint(2, 5))
    ]
    cases += [{}] if random.random() < 0.4 else []
    for points, case in enumerate(cases):
        case["points"] = points
    table = {"max": 10, "cases": cases} | ({"unique": True} if random.random() < 0.5 else {})
    return {"kpirules": 1, "id": "drawn", "inputs": INPUTS, "criteria": {"table": table}}


def need(random: Random, name: str) -> Any:
    """Draw the condition of a case on a name."""
    values = VALUES[name]
    if name == "years" and random.random() < 0.5:
        return {random.choice(list(SIGNS)): random.choice(values)}
    chosen = random.sample(values, random.randint(1, len(values) - 1))
    return chosen if len(chosen) > 1 else chosen[0]


def holds(case: dict[str, Any], subject: dict[str, Any]) -> bool:
    """Return whether a case holds, without kpirules."""
    for name, asked in case.get("when", {}).items():
        value = subject[name]
        if isinstance(asked, dict):
            ((word, end),) = asked.items()
            is_met = getattr(value, SIGNS[word])(end)
        else:
            is_met = value in (asked if isinstance(asked, list) else [asked])
        if not is_met:
            return False
    return True


@pytest.mark.parametrize("part", range(5))
def test_the_findings_of_a_decision_table_are_those_of_all_its_subjects(part: int) -> None:
    seen = dict.fromkeys(("KR362", "KR363", "KR364"), 0)
    for number in range(part, TABLES, 5):
        book = drawn(Random(number))
        table = book["criteria"]["table"]
        cases = table["cases"]
        holding = [[index for index, case in enumerate(cases) if holds(case, subject)] for subject in SUBJECTS]
        found = [diagnostic for diagnostic in kr.check(book).diagnostics if diagnostic.code in seen]
        said = {code: {one.path for one in found if one.code == code} for code in seen}
        for code, paths in said.items():
            seen[code] += len(paths)
        assert bool(said["KR362"]) is any(not indices for indices in holding), book
        first = {indices[0] for indices in holding if indices}
        never = {f"criteria.table.cases[{index}]" for index in range(len(cases)) if index not in first}
        assert said["KR363"] == never, book
        ordinary = [index for index, case in enumerate(cases) if "when" in case]
        is_twice = any(
            pair for indices in holding for pair in combinations([index for index in indices if index in ordinary], 2)
        )
        assert bool(said["KR364"]) is (is_twice and "unique" in table), book
    assert min(seen.values()) >= 3
