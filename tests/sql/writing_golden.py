"""Writes the golden corpora: `python -m tests.sql.writing_golden`."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from kpirules import assess_table
from kpirules.testing.engines import golden

__all__ = ["HERE", "expected", "main"]

HERE = Path(golden.__file__).parent

ROWS = 120

SUBJECTS = {
    "row": "integer",
    "planned": "integer",
    "done": "integer",
    "measured": "double",
    "money": "decimal 16 6",
    "narrow": "real",
    "grade": "text",
    "asked": "boolean",
    "since": "date",
}

TASKS = {"row": "integer", "code": "text", "hours": "double", "passed": "boolean"}


IN_UNITS = {
    "quotas": {
        "row": "integer",
        "unit": "text",
        "team": "text",
        "done": "double",
        "years": "integer",
        "part": "double",
        "is_new": "boolean",
        "away": "boolean",
    },
    "compared": {"row": "integer", "unit": "text", "done": "double", "extra": "integer", "away": "boolean"},
}
"""The columns of rows that are rated together, by corpus."""

UNITS = ["a", "A", "a ", "ñ", "", "b", "B", "c", "d", "e", "f"]


def _in_units(source: random.Random, name: str) -> list[list[Any]]:
    """Rows of units with many ties; a unit has a row that is not valid, another too many, a third unequal shares."""
    found: list[list[Any]] = []
    for unit in UNITS:
        share = source.choice([0.15, 0.25, 0.3, 0.5, 0.6])
        for place in range(13 if unit == "e" else 1 if unit == "d" else source.randrange(5, 12)):
            cells = {
                "row": len(found),
                "unit": unit,
                "team": source.choice(["north", "south", None]),
                "done": source.choice([95.5, 95.5, 95.5, 88.5, 61.0, 61.0, 60.4, 25.5, 25.5, 0.0, -12.5, -60.0]),
                "years": source.choice([None, 3, 3, 3, 20]),
                "part": 0.35 if unit == "f" and place == 2 else share,
                "is_new": source.choice([None, False, True]),
                "away": source.random() < 0.1 and unit != "d",
                "extra": source.choice([None, -9, -1, 0, 4, 4, 9]),
            }
            if unit == "c" and place == 1:
                cells["done"] = source.choice([100.5, None, float("nan")])
            found.append([cells[column] for column in IN_UNITS[name]])
    return found


def _subject(source: random.Random, number: int) -> list[Any]:
    """A row, biased to ties and ends; some are not valid."""
    half = source.choice([0.4, -0.4, 1.2, -1.2, 2.0, 50.0, 50.01, 0.01, 0.0, 100.0, -100.0])
    measured = half if source.random() < 0.6 else source.randrange(-10_000, 10_001) / 100
    row = [
        number,
        source.choice([0, 1, 3, 8, 16, 400, -3, source.randrange(-3, 401)]),
        source.choice([0, 1, -1, 5, 400, -400, source.randrange(-400, 401)]),
        measured,
        source.choice(["0", "1", "7000000", "90000000", "33333333.333333"]),
        source.choice([None, 0.25, -0.25, 2.5, -9.75, 10.0]),
        source.choice([None, "good", "better", "fair"]),
        source.random() < 0.5,
        source.choice([None, "1999-12-31", "2000-02-29", "2030-01-01"]),
    ]
    if source.random() < 0.25:
        place, cell = source.choice(
            [
                (1, None),
                (1, 401),
                (2, None),
                (3, float("nan")),
                (3, 0.1 + 0.2),
                (3, 100.01),
                (3, None),
                (4, "90000000.000001"),
                *[(5, 0.3), (6, "Good"), (6, "good "), (7, None), (8, "1999-12-30")],
            ]
        )
        row[place] = cell
    return row


def _tasks(source: random.Random, number: int) -> list[list[Any]]:
    codes = source.sample(["a", "A", "b", "ñ", "", "a "], source.choice([0, 1, 2, 3, 6]))
    found = [[number, code, source.randrange(401) / 10, source.choice([True, False, None])] for code in codes]
    if found and source.random() < 0.1:
        found[0][source.choice([1, 2])] = source.choice([None, *([found[-1][1]] if len(found) > 1 else [])])
    for one in found:
        one[2] = one[2] if not isinstance(one[2], str) else 41.0
    return found


def expected(name: str) -> list[dict[str, Any]]:
    """Return the ratings of a corpus, by the reference engine if it rates rows by themselves.

    Args:
        name: of `golden.CORPORA`.
    """
    whole = golden.corpus(name)
    program, tables = whole.program, dict(whole.tables)
    rows = {title: [dict(zip(kinds, row, strict=True)) for row in cells] for title, (kinds, cells) in tables.items()}
    names = ["status", "score", "band", *(f"points.{one.id}" for one in program.rulebook.criteria())]
    names += [f"outputs.{one.id}" for one in program.rulebook.outputs]
    rated = assess_table(
        program,
        rows.pop("subjects"),
        key="row",
        records=rows,
        columns=names,
        on_error="report",
        engine="reference" if name == "golden" else "scalar",
    )
    return [{name: row[name] for name in (*names, "error")} for row in rated]


def _written(value: Any) -> Any:
    return {"number": str(Fraction(value))} if isinstance(value, Decimal | Fraction) else value


def main() -> None:
    """Write the corpora."""
    source = random.Random(16)
    subjects = [_subject(source, number) for number in range(ROWS)]
    tasks = [one for number in range(ROWS) for one in _tasks(source, number)]
    _write("golden", {"subjects": (SUBJECTS, subjects), "tasks": (TASKS, tasks)})
    for name, kinds in IN_UNITS.items():
        _write(name, {"subjects": (kinds, _in_units(random.Random(f"{name}1"), name))})


def _write(name: str, tables: dict[str, tuple[dict[str, str], list[list[Any]]]]) -> None:
    """Write a corpus."""
    parts: dict[str, Any] = {
        "tables": {title: {"kinds": kinds, "rows": rows} for title, (kinds, rows) in tables.items()},
        "expected": [],
    }
    path = HERE / f"{name}.json"
    path.write_text(json.dumps(parts), encoding="utf-8")
    golden.corpus.cache_clear()
    parts["expected"] = [{column: _written(value) for column, value in row.items()} for row in expected(name)]
    path.write_text(_text(parts), encoding="utf-8")


def _text(parts: dict[str, Any]) -> str:
    """Return JSON with a line for each row."""
    lines = []
    for name, table in parts["tables"].items():
        rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in table["rows"])
        lines.append(f'"{name}": {{"kinds": {json.dumps(table["kinds"])}, "rows": [\n{rows}\n]}}')
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in parts["expected"])
    return '{"tables": {\n' + ",\n".join(lines) + '\n},\n"expected": [\n' + rows + "\n]}\n"


if __name__ == "__main__":
    main()
