"""A rulebook, and the same rows in every format."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpirules import Program, loads

RULEBOOK = """
kpirules: 1
id: staff.files
inputs:
  done: {type: integer, min: 0, max: 7, column: Work done}
  money: {type: number, min: -100, max: 1000, decimals: 2}
  any: {type: number, min: 0, max: 1000, optional: true}
  kept: {type: boolean}
  since: {type: date}
  kind: {type: choice, options: [a, b]}
criteria:
  work: {max: 100, rate: done / 7}
  cash: {max: 10, points: 10 if money > 5 and kept else 0}
  length: {max: 5, points: '5 if kind == "a" and since < date(2026, 2, 1) else default(any, 0) / 1000'}
score: {round: {places: 1}, band_on: rounded}
bands: {top: {from: 50}, low: {from: 0}}
"""

ROWS = [
    {"name": "An", "Work done": 3, "money": "1.50", "any": None, "kept": True, "since": "2026-01-02", "kind": "a"},
    {
        "name": "=1+1",
        "Work done": 7,
        "money": "6.10",
        "any": "0.123456789",
        "kept": False,
        "since": "2026-02-20",
        "kind": "b",
    },
    {"name": "-5", "Work done": 0, "money": "-0.01", "any": "2", "kept": True, "since": "2026-02-20", "kind": "b"},
    {
        "name": 'Bình, "B"',
        "Work done": 4,
        "money": "1000.00",
        "any": None,
        "kept": True,
        "since": "2026-02-20",
        "kind": "a",
    },
]


@pytest.fixture(scope="session")
def program() -> Program:
    return loads(RULEBOOK)


def frame() -> pl.DataFrame:
    rows = [
        {
            **row,
            "money": Decimal(row["money"]),
            "any": row["any"] and float(row["any"]),
            "since": date.fromisoformat(row["since"]),
        }
        for row in ROWS
    ]
    return pl.DataFrame(rows, schema_overrides={"money": pl.Decimal(12, 2), "any": pl.Float64()})


def write(path: Path) -> Path:
    """Write the rows in the format of a path."""
    match path.suffix:
        case ".parquet":
            frame().write_parquet(path)
        case ".arrow":
            frame().write_ipc(path)
        case ".feather":
            frame().write_ipc_stream(path)
        case ".csv":
            texts: list[dict[str, Any]] = [{**row, "kept": str(row["kept"]).lower()} for row in ROWS]
            pl.DataFrame(texts).write_csv(path)
        case ".xlsx":
            import xlsxwriter

            with xlsxwriter.Workbook(path) as book:
                sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
                sheet.write_row(0, 0, ROWS[0])
                for number, row in enumerate(frame().iter_rows(), start=1):
                    for place, cell in enumerate(row):
                        if isinstance(cell, date):
                            sheet.write_datetime(number, place, cell, day)  # type: ignore[arg-type]
                        elif isinstance(cell, str):
                            sheet.write_string(number, place, cell)
                        else:
                            sheet.write(number, place, cell)
        case _:
            from kpirules.files.json_text import json_text

            path.write_text("".join(f"{json_text(row)}\n" for row in frame().to_dicts()), encoding="utf-8")
    return path
