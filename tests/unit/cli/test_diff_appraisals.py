"""`kpirules diff` of two appraisals: stage by stage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ran

BOOK = "kpirules: 1\nid: b\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {x: n > %s}\n"
ONE = "kpirules: 1\nappraisal: a\nstages: {unit: {rulebook: %s.kpi.yaml, key: [unit]}}\n"
TWO = "kpirules: 1\nappraisal: a\nstages: {other: {rulebook: old.kpi.yaml, key: [unit]}}\n"


def test_stages_are_compared(kpirules: Callable[..., Ran], write: Callable[[str, str], str]) -> None:
    for name, least in (("old", 3), ("new", 4)):
        write(f"{name}.kpi.yaml", BOOK % least)
        write(f"{name}.appraisal.yaml", ONE % name)
    write("two.appraisal.yaml", TWO)
    ran = kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "stage unit")
    assert "ratings change, shown" in ran.out
    assert kpirules("diff", "old.appraisal.yaml", "old.appraisal.yaml").code == 0
    ran = kpirules("diff", "old.appraisal.yaml", "two.appraisal.yaml")
    assert ran.out.splitlines() == ["stage other is in one of them only", "stage unit is in one of them only"]
    found = json.loads(kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml", "--format", "json").out)
    assert (found["only_in_one"], list(found["stages"])) == ([], ["unit"])
    assert kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml", "--population", "x.csv").code == 2
    write("new.kpi.yaml", "kpirules: 1\nid: 3 4\n")
    assert kpirules("diff", "old.appraisal.yaml", "new.appraisal.yaml").code == 2


def test_whose_ratings_change_is_told_stage_by_stage(
    kpirules: Callable[..., Ran], write: Callable[[str, str], str], folder: Path
) -> None:
    (folder / "data").mkdir()
    for name, least in (("old", 3), ("new", 4)):
        write(f"{name}.kpi.yaml", BOOK % least)
        write(f"{name}.appraisal.yaml", ONE % name)
    write("data/unit.csv", "unit,n\nA,4\nB,5\nC,x\nD,1,2\n")
    words = ("diff", "old.appraisal.yaml", "new.appraisal.yaml", "--population")
    ran = kpirules(*words, "data")
    assert ran.code == 1
    assert ran.out.startswith(
        "unit: 0 of 3 ratings in the population change, 1 with scores and outputs; 1 can't be assessed under either\n  unit A: rated → rated, other x\n\nstage unit\n"
    )
    assert "unit.csv:5" in ran.err
    found = json.loads(kpirules(*words, "data", "--format", "json").out)
    assert found["impact"]["counts"] == {"unit": 3}
    assert found["impact"]["errors"] == {"unit": 1}
    assert [move["key"] for move in found["impact"]["moves"]] == [["A"]]
    assert "<pre>unit: 0 of 3" in kpirules(*words, "data", "--format", "html").out
    assert "```text\nunit: 0 of 3" in kpirules(*words, "data", "--format", "markdown").out
    write("data/notes.txt", "")
    assert kpirules(*words, "data").code == 2
    assert kpirules(*words, "data", "--ignore", "notes.txt").code == 1


def test_many_unreadable_rows_are_counted(
    kpirules: Callable[..., Ran], write: Callable[[str, str], str], folder: Path
) -> None:
    (folder / "data").mkdir()
    write("old.kpi.yaml", BOOK % 3)
    write("old.appraisal.yaml", ONE % "old")
    write("data/unit.csv", "unit,n\n" + "".join(f"u{row},1,2\n" for row in range(30)))
    ran = kpirules("diff", "old.appraisal.yaml", "old.appraisal.yaml", "--population", "data")
    assert (ran.code, ran.err.splitlines()[-1].split()[:2]) == (0, ["…", "and"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--population", "none"], "the population of an appraisal is a folder of tables"),
        (["--group", "n"], "--group is for rulebooks"),
        (["--key", "n"], "--key is for rulebooks"),
        (["--records", "n=x.csv"], "--records is for rulebooks"),
        (["--ignore", "n"], "--ignore needs `--population`"),
        (["--population", "data", "--prove"], "--prove is about all subjects"),
    ],
)
def test_options_that_an_appraisal_has_no_use_for(
    kpirules: Callable[..., Ran], write: Callable[[str, str], str], options: list[str], says: str
) -> None:
    write("old.kpi.yaml", BOOK % 3)
    write("old.appraisal.yaml", ONE % "old")
    ran = kpirules("diff", "old.appraisal.yaml", "old.appraisal.yaml", *options)
    assert ran.code == 2
    assert says in ran.err
