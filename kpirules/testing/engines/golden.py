"""The golden corpus: a rulebook, tables and their ratings, which every engine must reproduce exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from attrs import frozen

from ...loading.loading import loads
from ...rating.program import Program
from ...rating.tables import assess_table
from .databases import DATABASES, Absent, Tables, arrow_table, opened

__all__ = ["ENGINES", "KEY", "Corpus", "Verdict", "corpus", "is_same", "tried"]

FRAMES = ("polars", "pandas", "pyarrow")

ENGINES = (*FRAMES, *DATABASES)
"""Data frames and databases that can be tried."""

KEY = "row"


@frozen
class Corpus:
    """The golden corpus.

    Args:
        program: the rules.
        tables: the table `subjects`, and the table `tasks` of records.
        expected: the ratings of the subjects, in order: numbers as fractions, and `error` if there is none.
    """

    program: Program
    tables: Tables
    expected: tuple[Mapping[str, Any], ...]


@frozen
class Verdict:
    """Whether an engine reproduces the corpus.

    Args:
        name: the engine.
        version: its version; empty if it is not installed.
        differences: what it computes otherwise; if it is not installed, how to install it.
    """

    name: str
    version: str
    differences: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        return bool(self.version)


@cache
def corpus() -> Corpus:
    """Return the golden corpus."""
    here = files(__package__)
    data = json.loads((here / "golden.json").read_text(encoding="utf-8"))
    tables: dict[str, Any] = {}
    for name, table in data["tables"].items():
        kinds = table["kinds"]
        tables[name] = kinds, [list(map(_cell, kinds.values(), row)) for row in table["rows"]]
    expected = tuple({name: _value(value) for name, value in row.items()} for row in data["expected"])
    return Corpus(loads((here / "golden.kpi.yaml").read_text(encoding="utf-8")), tables, expected)


def _cell(kind: str, written: Any) -> Any:
    if written is None:
        return None
    if kind.startswith("decimal"):
        return Decimal(written)
    if kind == "date":
        return date.fromisoformat(written)
    return float(written) if kind in ("double", "real") else written


def _value(written: Any) -> Any:
    return Fraction(written["number"]) if isinstance(written, dict) else written


def tried(name: str) -> Verdict:
    """Run an engine on the corpus, and return the verdict.

    Args:
        name: of `ENGINES`.
    """
    try:
        version, rows = _by_frame(name) if name in FRAMES else _by_database(name)
    except Absent as absent:
        return Verdict(name, "", (str(absent),))
    found = []
    for number, (row, expected) in enumerate(zip(rows, corpus().expected, strict=True)):
        for column, value in expected.items():
            cell = row[column]
            is_equal = (cell is None) == (value is None) if column == "error" else is_same(cell, value)
            if not is_equal:
                found.append(f"row {number}: {column} is {cell!r}, not {value!r}")
    return Verdict(name, version, tuple(found))


def is_same(cell: Any, value: Any) -> bool:
    """Return whether a cell has an exact value; a double, the nearest double of a number.

    Args:
        cell: from an engine.
        value: a value of kpirules.
    """
    if value is None or cell is None:
        return cell is None and value is None
    if isinstance(value, bool):
        return bool(cell) is value and cell in (0, 1)
    if isinstance(value, int | Decimal | Fraction):
        if isinstance(cell, float):
            return cell == float(Fraction(value))
        return Fraction(cell) == Fraction(value)
    return str(cell) == str(value)


def _columns() -> list[str]:
    return [name for name in corpus().expected[0] if name != "error"]


def _by_database(name: str) -> tuple[str, list[dict[str, Any]]]:
    whole = corpus()
    query = whole.program.sql(
        dialect=name, table="subjects", key=KEY, records={"tasks": f"tasks:{KEY}"}, columns=_columns()
    )
    with opened(name) as database:
        return database.version, sorted(database.run(whole.tables, query), key=lambda row: row[KEY])


def _by_frame(name: str) -> tuple[str, list[dict[str, Any]]]:
    try:
        arrow, module = import_module("pyarrow"), import_module(name)
        import_module("narwhals")
    except ImportError:
        raise Absent(f'pip install "kpirules[table]" pyarrow {name}') from None
    whole = corpus()
    made = {table: arrow_table(arrow, kinds, rows) for table, (kinds, rows) in whole.tables.items()}
    if name == "polars":
        made = {table: module.from_arrow(found) for table, found in made.items()}
    elif name == "pandas":
        # NumPy has no missing integers, so pandas keeps the types of Arrow.
        made = {table: found.to_pandas(types_mapper=module.ArrowDtype) for table, found in made.items()}
    rated = assess_table(
        whole.program,
        made["subjects"],
        key=KEY,
        records={"tasks": made["tasks"]},
        columns=_columns(),
        on_error="report",
        engine="columns",
    )
    if name == "polars":
        return module.__version__, rated.to_dicts()
    if name == "pandas":
        records = rated.astype(object).where(rated.notna(), None).to_dict("records")
        return module.__version__, records
    return module.__version__, rated.to_pylist()
