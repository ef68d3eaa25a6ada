"""`kpirules assess` on files that are rated batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from .conftest import Ran


@pytest.fixture
def rulebook(write: Callable[[str, str], str]) -> str:
    return write(
        "r.kpi.yaml",
        "kpirules: 1\nid: a.b\ninputs: {x: {type: integer, min: 0, max: 9}}\ncriteria: {c: {max: 9, points: x}}\n",
    )


def test_a_table_of_parquet_is_rated_in_batches(rulebook: str, kpirules: Callable[..., Ran], folder: Path) -> None:
    pl.DataFrame({"name": ["A", "B"], "x": [3, 4]}).write_parquet(folder / "a.parquet")
    ran = kpirules("assess", rulebook, "a.parquet", "-o", "b.csv", "--key", "name", "--columns", "score")
    assert ran == Ran(0, "", "")
    assert (folder / "b.csv").read_text() == "name,x,score,error\nA,3,3.0,\nB,4,4.0,\n"


def test_rows_and_records_that_cannot_be_rated_are_counted(
    rulebook: str, write: Callable[[str, str], str], kpirules: Callable[..., Ran], folder: Path
) -> None:
    write("a.csv", "x\n3\n10\n")
    ran = kpirules("assess", rulebook, "a.csv", "-o", "b.csv", "--stream")
    assert ran == Ran(1, "", "a.csv: 1 of 2 rows can't be rated; the column `error` says why\n")
    write("people.csv", "person,served\nA,12\n")
    write("tasks.csv", "person,planned,done\nA,2,1\nB,2,1\n")
    records = ("--records", "tasks=tasks.csv", "--key", "person")
    ran = kpirules("assess", "staff.kpi.yaml", "people.csv", "-o", "b.csv", "--resume", *records)
    assert ran == Ran(1, "", "people.csv: 1 records match no row\n")
    assert (folder / "b.csv").read_text() == "person,served,status,score,band,error\nA,12,rated,75.0,good,\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("a.parquet", "a file rated in batches is written to a file: name both, `DATA -o OUT`"),
        ("a.csv --stream -o -", "a file rated in batches is written to a file: name both, `DATA -o OUT`"),
        ("a.csv --stream -o b.csv --verify", "--verify does not go with files that are rated in batches; their"),
        ("a.csv -o b.parquet --format csv", "--format does not go with files that are rated in batches; their"),
        ("a.csv -o b.parquet --data-format csv", "--data-format does not go with files that are rated in batches"),
        ("a.csv -o b.parquet --records tasks", "--records tasks: write `--records INPUT=FILE`"),
        ("a.csv -o b.parquet", "a.csv: no such file"),
        ("bad.csv --stream -o b.txt", "b.txt: the name must end in"),
        ("bad.csv -o b.parquet", "`y`"),
        ("bad.parquet -o b.parquet", "bad.parquet: "),
    ],
)
def test_what_has_no_meaning_is_refused(
    arguments: str, told: str, rulebook: str, write: Callable[[str, str], str], kpirules: Callable[..., Ran]
) -> None:
    write("bad.csv", "y\n")
    write("bad.parquet", "y\n")
    ran = kpirules("assess", rulebook, *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_stopped_run_says_how_to_go_on(
    rulebook: str, write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch, kpirules: Callable[..., Ran]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write("a.csv", "x\n3\n")
    monkeypatch.setattr("kpirules.cli.files.assess_file", stopped)
    ran = kpirules("assess", rulebook, "a.csv", "--stream", "-o", "b.csv")
    assert ran.code == 130
    assert "b.csv: stopped; the same command with `--resume` goes on from here" in ran.err
