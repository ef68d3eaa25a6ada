"""Writes the golden corpus: `python -m tests.sql.writing_golden`."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from kpirules import assess_table, load
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


def expected(tables: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ratings of the reference engine.

    Args:
        tables: as `Corpus.tables`.
    """
    program = load(HERE / "golden.kpi.yaml")
    kinds, cells = tables["subjects"]
    subjects = [dict(zip(kinds, row, strict=True)) for row in cells]
    kinds, cells = tables["tasks"]
    tasks = [dict(zip(kinds, row, strict=True)) for row in cells]
    names = ["status", "score", "band", *(f"points.{one.id}" for one in program.rulebook.criteria())]
    names += [f"outputs.{one.id}" for one in program.rulebook.outputs]
    rated = assess_table(
        program,
        subjects,
        key="row",
        records={"tasks": tasks},
        columns=names,
        on_error="report",
        engine="reference",
    )
    return [{name: row[name] for name in (*names, "error")} for row in rated]


def _written(value: Any) -> Any:
    return {"number": str(Fraction(value))} if isinstance(value, Decimal | Fraction) else value


def main() -> None:
    """Write the corpus."""
    source = random.Random(16)
    subjects = [_subject(source, number) for number in range(ROWS)]
    tasks = [one for number in range(ROWS) for one in _tasks(source, number)]
    parts: dict[str, Any] = {
        "tables": {"subjects": {"kinds": SUBJECTS, "rows": subjects}, "tasks": {"kinds": TASKS, "rows": tasks}},
        "expected": [],
    }
    path = HERE / "golden.json"
    path.write_text(json.dumps(parts), encoding="utf-8")
    golden.corpus.cache_clear()
    rated = expected(dict(golden.corpus().tables))
    parts["expected"] = [{name: _written(value) for name, value in row.items()} for row in rated]
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
