"""LibreOffice computes the formulas of a workbook again: they agree with the ratings."""

from __future__ import annotations

import math
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import load_workbook
from xlsxwriter.worksheet import Worksheet

from kpirules import Program, RulebookError, assess_table, load, loads
from kpirules.engines.formulas import EXACT_BITS
from kpirules.files.workbook import write_workbook
from kpirules.rating.columns import columns_of
from kpirules.testing import read_cases
from kpirules.testing.engines.golden import corpus
from tests.agreement.aiming import subject
from tests.agreement.generation import draw
from tests.budget import by_budget
from tests.examples.test_tables import EXAMPLES
from tests.sql.agreeing import BY_QUERY
from tests.tables import frame

pytestmark = pytest.mark.engines

FIRST = 7_000_000

WIDE = """
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 999999999}
  of: {type: integer, min: 1, max: 999999999}
  done_before: {type: integer, min: 0, max: 999999999}
  of_before: {type: integer, min: 1, max: 999999999}
criteria: {growth: {max: 10, points: 10 if done / of > done_before / of_before else 0}}
"""


def save(program: Program, table: Any, path: Path, **options: Any) -> None:
    names = [name for name in columns_of(program.rulebook) if name in program.integers.results]
    rated = assess_table(program, table, columns=names, on_error="report", allocate=False, **options)
    with path.open("wb") as stream:
        write_workbook(program, None, iter([rated.to_arrow()]), stream)


def books(folder: Path) -> Iterator[tuple[str, Program]]:
    """Save workbooks of the golden corpus, of examples, and of drawn rulebooks."""
    whole = corpus()
    kinds, rows = whole.tables["subjects"]
    table = pl.DataFrame(rows, schema=list(kinds), orient="row", infer_schema_length=None)
    save(whole.program, table.drop("tasks", strict=False), folder / "golden.xlsx", ignore="row")
    yield "golden", whole.program
    for name in BY_QUERY:
        cases = read_cases(EXAMPLES / f"{name}.cases.yaml").cases
        for place, part in enumerate(load(EXAMPLES / f"{name}.kpi.yaml").whole):
            file = f"{name.replace('/', '_')}_{place}"
            save(
                part,
                frame(random.Random(name), part, [dict(case.given) for case in cases], "polars"),
                folder / f"{file}.xlsx",
            )
            yield file, part
    for seed in range(FIRST, FIRST + by_budget(10, 60)):
        source = random.Random(seed)
        try:
            drawn = draw(source)
        except RulebookError:
            continue  # the tests of agreement tell of it
        subjects = [subject(source, drawn.book, drawn.program) for _ in range(by_budget(10, 20))]
        save(drawn.program, frame(source, drawn.program, subjects, "polars"), folder / f"{seed}.xlsx")
        yield f"{seed}", drawn.program


def recomputed(folder: Path) -> Path:
    """Return the folder of the workbooks as LibreOffice computes them."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), *map(str, sorted(folder.glob("*.xlsx")))],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "out"


@pytest.fixture
def without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write formulas without the value that a reader may show before it computes them."""
    write = Worksheet.write_formula
    monkeypatch.setattr(Worksheet, "write_formula", lambda *arguments: write(*arguments[:5], ""))


def pairs(path: Path) -> Iterator[tuple[int, str, Any, Any]]:
    """Yield the row and the name of each result, its value by LibreOffice, and ours."""
    with path.open("rb") as stream:
        head, *lines = load_workbook(stream).get_sheet_by_name("Formulas").to_python()
    for number, line in enumerate(lines):
        for place in range(1, len(head) - 1, 2):
            yield number, str(head[place]), line[place], line[place + 1]


def is_same(live: Any, ours: Any) -> bool:
    """Return whether two cells are equal; files of spreadsheets hold 15 digits of a number."""
    if isinstance(live, float) and isinstance(ours, float):
        return math.isclose(live, ours, rel_tol=1e-14)
    return bool(live == ours)


@pytest.mark.usefixtures("without_values")
def test_formulas_agree_with_ratings(tmp_path: Path) -> None:
    made = dict(books(tmp_path))
    found, compared, wide = [], 0, 0
    out = recomputed(tmp_path)
    for name, program in made.items():
        bits = max(step.bits for step in program.integers.steps if step.is_known)
        # A sheet of notes says so: formulas leave out rows with a root of zero and the like.
        is_partial = any(not refusal.kind for refusal in program.integers.refusals)
        for row, column, live, ours in pairs(out / f"{name}.xlsx"):
            if is_partial and live == "":
                continue
            compared += 1
            if not is_same(live, ours):
                wide += bits > EXACT_BITS
                found += [f"{name}, row {row}: {column} is {live!r}, not {ours!r}"] if bits <= EXACT_BITS else []
    assert found == []
    print(f"{len(made)} workbooks, {compared} values, {wide} differ where numbers are wide")
    assert compared > by_budget(500, 5_000)


@pytest.mark.usefixtures("without_values")
def test_a_value_that_doubles_miss_stands_beside_the_rated_one(tmp_path: Path) -> None:
    rows = {
        "done": [999_999_998, 3],
        "of": [999_999_999, 4],
        "done_before": [999_999_997, 2],
        "of_before": [999_999_998, 4],
    }
    save(loads(WIDE), pl.DataFrame(rows), tmp_path / "wide.xlsx")
    scores = [(live, ours) for _, name, live, ours in pairs(recomputed(tmp_path) / "wide.xlsx") if name == "score"]
    assert scores == [(0, 10), (10, 10)]
