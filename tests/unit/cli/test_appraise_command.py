"""`kpirules appraise` and `kpirules verify`, and appraisals in `check`, `test` and `assess`."""

from __future__ import annotations

import atexit
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

import kpirules as kr
from kpirules.cli import main

from .appraisal_files import UNIT, results, write_appraisal
from .conftest import Ran


@pytest.fixture
def commune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory with an appraisal."""
    monkeypatch.chdir(tmp_path)
    write_appraisal(tmp_path)
    return tmp_path


@pytest.fixture
def kpirules(commune: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs a command in the directory."""

    def run(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


RUN = ("appraise", "commune.kpi.yaml", "--data", "data", "-o", "out")


@cache
def finished_run() -> Path:
    """Return the folder of an appraisal with results."""
    folder = Path(mkdtemp(prefix="kpirules-"))
    atexit.register(shutil.rmtree, folder)
    write_appraisal(folder)
    with chdir(folder), redirect_stdout(StringIO()):
        assert main(RUN) == 0
    return folder


def finish(commune: Path) -> None:
    """Copy the results of a finished run, which depend on no folder."""
    shutil.copytree(finished_run() / "out", commune / "out")


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


# -- results --------------------------------------------------------------------------------------


def test_results_are_a_table_and_whole_records_of_each_stage(commune: Path, kpirules: Callable[..., Ran]) -> None:
    ran = kpirules(*RUN)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("commune\nunit: 3 rows, 3 rated, 0 in error\n  good 1, poor 2\nmonth: 18 rows")
    assert sorted(results(commune / "out")) == [
        "month.csv", "month.jsonl", "receipt.json", "summary.json", "summary.txt",
        "unit.csv", "unit.jsonl", "year.csv", "year.jsonl",
    ]  # fmt: skip
    rows = table(commune / "out" / "month.csv")
    lines = [json.loads(line) for line in (commune / "out" / "month.jsonl").read_text(encoding="utf-8").splitlines()]
    for row, line in zip(rows, lines, strict=True):
        assessment = kr.Assessment.from_data(line["assessment"])
        assert line["key"] == {"person": row["person"], "month": row["month"]}
        assert row["status"] == assessment.status
        assert row["band"] == (assessment.band or "")
        assert row["error"] == ""
    assert (commune / "out" / "summary.txt").read_text(encoding="utf-8") == ran.out


def test_files_and_python_come_to_the_same(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    read = {name: table(commune / "data" / f"{name}.csv") for name in ("unit", "month", "month.tasks")}
    tables = {
        "unit": [{**row, "done": int(row["done"])} for row in read["unit"]],
        "month": [{**row, "away": row["away"] == "True"} for row in read["month"]],
        "month.tasks": [{**row, "hours": int(row["hours"])} for row in read["month.tasks"]],
        "year": [{"person": f"P{number}"} for number in range(6)],
    }
    done = kr.appraise(kr.load_appraisal("commune.kpi.yaml"), tables)
    for name, stage in done.stages.items():
        lines = (commune / "out" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        written = {tuple(data["key"].values()): data["assessment"] for data in map(json.loads, lines)}
        assert written == {key: one.to_data() for key, one in stage.assessments.items()}
    assert json.loads((commune / "out" / "summary.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(done.summary.to_data())
    )


def test_brief_results_are_tables_only(commune: Path, kpirules: Callable[..., Ran]) -> None:
    assert kpirules(*RUN, "--brief").code == 0
    assert not list((commune / "out").glob("*.jsonl"))


def test_rows_in_error_are_told_with_their_lines_and_stand_in_the_results(
    commune: Path, kpirules: Callable[..., Ran]
) -> None:
    change(commune / "data" / "unit.csv", "U0,1", "U0,12\nU9,x\nU9,3\n,4")
    change(commune / "data" / "month.tasks.csv", "P1,1,", "P1,77,1\nP1,1,")
    append(commune / "data" / "year.jsonl", '7\n{"person": "P1", "persn": 3}\n{"person"}\n')
    ran = kpirules(*RUN, "--block-rows", "2")
    assert ran.code == 1
    told = ran.err.splitlines()
    assert told[0] == "data/unit.csv:2: error[KR604]: `done` is 12, above 9; allowed: a whole number from 0 to 9"
    assert "data/unit.csv:3: error: the key `U9` is also at data/unit.csv:4" in told
    assert "data/unit.csv:5: error: the key (unit) is missing" in told
    assert "data/month.tasks.csv:2: error: no subject has the key `P1,77`" in told
    assert any(line.startswith("data/year.jsonl:7: error[KR") for line in told)
    assert "data/year.jsonl:9: error: not JSON from character 10 on: expected a colon" in told
    rows = table(commune / "out" / "unit.csv")
    assert [row["error"][:24] for row in rows] == [
        "KR604 `done` is 12, abov",
        "the key `U9` is also at ",
        "the key `U9` is also at ",
        "the key (unit) is missin",
        "",
        "",
    ]
    assert "data/" not in "".join(
        text.decode() for name, text in results(commune / "out").items() if "rec" not in name
    )
    summary = (commune / "out" / "summary.txt").read_text(encoding="utf-8")
    assert "  month.tasks.csv:2: error: no subject has the key `P1,77`" in summary
    assert "P0, 1: KR855 `unit_band` is taken from (U0) of stage `unit`, which could not be assessed" in summary
    again = kpirules(*RUN, "--block-rows", "2")
    assert again.code == 1
    assert again.out == ran.out + "everything was already finished\n"
    assert kpirules("verify", "out/receipt.json").code == 0


def test_a_record_that_belongs_to_no_row_leaves_a_stage_with_quotas_without_ratings(
    commune: Path, kpirules: Callable[..., Ran]
) -> None:
    append(commune / "data" / "month.tasks.csv", "P9,1,3\n")
    ran = kpirules(*RUN)
    assert ran.code == 1
    assert "data/month.tasks.csv:23: error: no subject has the key `P9,1`" in ran.err
    record = "`month: a record that matches no row`, which may be of the same cohort"
    told = f"KR857 not rated: {record}, could not be assessed"
    rows = table(commune / "out" / "month.csv")
    assert {(row["status"], row["error"]) for row in rows} == {("", told)}


def test_keys_that_mean_the_same_are_one_key(commune: Path, kpirules: Callable[..., Ran]) -> None:
    (commune / "data" / "unit.csv").unlink()
    (commune / "data" / "unit.json").write_text(
        '[{"unit": 1, "done": 2}, {"unit": "1", "done": 3}]', encoding="utf-8"
    )
    ran = kpirules(*RUN)
    assert "data/unit.json:1: error[KR851]: the key (1) is also in another row" in ran.err


# -- going on and refusing ------------------------------------------------------------------------


def test_finished_blocks_are_not_computed_again(commune: Path, kpirules: Callable[..., Ran]) -> None:
    first = kpirules(*RUN)
    before = {path: path.stat().st_mtime_ns for path in (commune / "out").iterdir()}
    assert kpirules(*RUN).out == first.out + "everything was already finished\n"
    assert {path: path.stat().st_mtime_ns for path in (commune / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("data/unit.csv", "U1,4", "U1,5", "data unit.csv has changed"),
        (
            "rules/year.kpi.yaml",
            "> 5",
            "> 6",
            "rulebooks year sha256 has changed; rulebooks year editions whole scoring_hash has",
        ),
        (
            "commune.kpi.yaml",
            "commune",
            "other",
            "appraisal id was commune and is other; appraisal sha256 has changed",
        ),
    ],
)
def test_what_has_changed_is_refused_and_named(
    commune: Path, kpirules: Callable[..., Ran], file: str, before: str, after: str, told: str
) -> None:
    finish(commune)
    old = results(commune / "out")
    change(commune / file, before, after)
    ran = kpirules(*RUN)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert results(commune / "out") == old
    assert kpirules(*RUN, "--restart").code == 0
    assert results(commune / "out")["receipt.json"] != old["receipt.json"]


def test_a_table_that_comes_or_goes_is_a_change(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    (commune / "data" / "month.tasks.csv").rename(commune / "data" / "month.tasks.jsonl")
    err = kpirules(*RUN).err
    assert "data month.tasks.csv is gone; data month.tasks.jsonl is new" in err


def test_results_that_were_touched_are_told(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    (commune / "out" / "year.csv").write_text("mine", encoding="utf-8")
    (commune / "out" / "unit.csv").unlink()
    err = kpirules(*RUN).err
    assert "results unit.csv is gone; results year.csv has changed; rewrite them with `--restart`" in err


def test_foreign_files_are_not_overwritten(commune: Path, kpirules: Callable[..., Ran]) -> None:
    (commune / "out").mkdir()
    (commune / "out" / "year.csv").write_text("mine", encoding="utf-8")
    assert "year.csv exists without a receipt" in kpirules(*RUN).err
    assert (commune / "out" / "year.csv").read_text(encoding="utf-8") == "mine"
    assert "among the tables" in kpirules(*RUN[:-1], "data").err
    assert kpirules(*RUN, "--restart").code == 0


# -- what was read --------------------------------------------------------------------------------

REGION = UNIT.replace("id: unit", "id: region")
BASES = {
    "rules/unit.kpi.yaml": "kpirules: 1\nid: unit\nextends: shared/district.kpi.yaml\n",
    "rules/shared/district.kpi.yaml": "kpirules: 1\nid: district\nextends: region.kpi.yaml\n",
    "rules/shared/region.kpi.yaml": REGION,
}
"""The rulebook of the units, spread over three files."""


@pytest.fixture
def extended(commune: Path) -> Path:
    (commune / "rules" / "shared").mkdir()
    for name, text in BASES.items():
        (commune / name).write_text(text, encoding="utf-8")
    return commune


def receipt(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "receipt.json").read_bytes())
    return found


def hashed(data: bytes | str) -> str:
    return sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def test_a_receipt_names_every_file_that_was_read(extended: Path, kpirules: Callable[..., Ran]) -> None:
    assert kpirules(*RUN).code == 0
    made_of = receipt(extended)["made_of"]
    assert made_of["appraisal"]["sha256"] == hashed((extended / "commune.kpi.yaml").read_bytes())
    assert made_of["rulebooks"]["unit"]["sha256"] == hashed(BASES["rules/unit.kpi.yaml"])
    bases = {name: hashed(text) for name, text in BASES.items() if "shared" in name}
    assert made_of["bases"] == bases
    assert made_of["data"] == {path.name: hashed(path.read_bytes()) for path in (extended / "data").iterdir()}
    assert kpirules("verify", "out/receipt.json").code == 0


def test_a_receipt_of_rulebooks_that_extend_nothing_has_no_bases(commune: Path, kpirules: Callable[..., Ran]) -> None:
    assert kpirules(*RUN).code == 0
    assert "bases" not in receipt(commune)["made_of"]


def test_a_byte_of_a_base_counts(extended: Path, kpirules: Callable[..., Ran]) -> None:
    kpirules(*RUN)
    append(extended / "rules" / "shared" / "region.kpi.yaml", "# a remark\n")
    told = "bases rules/shared/region.kpi.yaml has changed"
    assert told in kpirules(*RUN).err
    ran = kpirules("verify", "out/receipt.json")
    assert (ran.code, ran.out) == (1, f"{told}\n1 differences\n")


def test_a_table_that_changes_meanwhile_is_named_as_it_was_read(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kpirules(*RUN).code == 0
    expected = results(commune / "out")
    read = Path.read_bytes

    def changed_at_once(path: Path) -> bytes:
        data = read(path)
        if path.parent.name == "data":
            path.write_bytes(b"changed")
        return data

    monkeypatch.setattr(Path, "read_bytes", changed_at_once)
    assert kpirules(*RUN[:-1], "again").code == 0
    assert (commune / "data" / "unit.csv").read_text(encoding="utf-8") == "changed"
    found = results(commune / "again")
    assert found["receipt.json"].replace(b"again", b"out") == expected["receipt.json"]
    assert found == {**expected, "receipt.json": found["receipt.json"]}


COUNTED = """
import json, sys
opened = {}
def count(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened[arguments[0]] = opened.get(arguments[0], 0) + 1
sys.addaudithook(count)
from kpirules.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, opened]))
"""


def test_every_file_is_opened_once(extended: Path) -> None:
    append(extended / "commune.kpi.yaml", "  other: {rulebook: rules/shared/region.kpi.yaml, key: [unit]}\n")
    (extended / "data" / "other.csv").write_text("unit,done\nU1,3\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", COUNTED, *RUN],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    code, opened = json.loads(ran.stdout.splitlines()[-1])
    assert code == 0
    inputs = [*extended.rglob("*.kpi.yaml"), *(extended / "data").iterdir()]
    counts = {
        path.name: sum(n for name, n in opened.items() if Path(name).name == path.name and "out" not in name)
        for path in inputs
    }
    assert counts == dict.fromkeys(counts, 1)
    assert len(counts) == 11


def test_hashes_of_results_are_of_the_bytes_that_were_written(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, written = os.replace, dict[str, str]()

    def spoiled(part: Path, path: Path) -> None:
        written[path.name] = hashed(part.read_bytes())
        replace(part, path)
        if path.suffix != ".json" and path.parent.name == "out":
            path.write_bytes(b"spoiled at once")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", spoiled)
        assert kpirules(*RUN).code == 0
    found = receipt(commune)["results"]
    assert found == {name: written[name] for name in found}
    assert kpirules("verify", "out/receipt.json").code == 1
    assert "has changed" in kpirules(*RUN).err


def test_a_link_that_is_turned_while_files_are_read_is_told(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = commune / "rules"
    (rules / "unit.kpi.yaml").rename(rules / "first.kpi.yaml")
    (rules / "second.kpi.yaml").write_text(UNIT, encoding="utf-8")
    (rules / "unit.kpi.yaml").symlink_to("first.kpi.yaml")
    read = Path.read_bytes

    def turned(path: Path) -> bytes:
        if path.parent.name == "data":
            (rules / "unit.kpi.yaml").unlink()
            (rules / "unit.kpi.yaml").symlink_to("second.kpi.yaml")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", turned)
    ran = kpirules(*RUN)
    assert ran.code == 2
    assert ran.err == "kpirules: rules/unit.kpi.yaml: this path now leads to another file; run it again\n"


# -- folders and locks ----------------------------------------------------------------------------


def test_a_second_run_in_one_folder_is_refused(commune: Path, kpirules: Callable[..., Ran]) -> None:
    fcntl = pytest.importorskip("fcntl")
    (commune / "out").mkdir()
    with (commune / "out" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is using this folder" in kpirules(*RUN).err
    assert kpirules(*RUN).code == 0


def test_without_file_locks_runs_are_not_separated(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    assert kpirules(*RUN).code == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "other"}'])
def test_what_is_no_receipt_or_plan_is_told(commune: Path, kpirules: Callable[..., Ran], text: str) -> None:
    (commune / "out" / ".work").mkdir(parents=True)
    (commune / "out" / "receipt.json").write_text(text, encoding="utf-8")
    assert "out/receipt.json: this is not a receipt" in kpirules(*RUN).err
    (commune / "out" / "receipt.json").unlink()
    (commune / "out" / ".work" / "plan.json").write_text("{", encoding="utf-8")
    assert "this file has changed since it was saved; start over with `--restart`" in kpirules(*RUN).err


@pytest.mark.parametrize(
    ("write", "remove", "told"),
    [
        ((), "unit.csv", "data: there is no table for stage `unit`; write unit.csv, unit.jsonl or unit.json"),
        (("unit.jsonl",), "", "data: there are unit.csv and unit.jsonl for stage `unit`; leave one of them"),
        (("month.task.csv",), "", "stage `month` has no list input `task`; did you mean `tasks`?"),
        (("unit.tasks.csv",), "", "stage `unit` has no list input `tasks`; it has none"),
        (("year.monthly.csv",), "", "stage `year` has no list input `monthly`; it has none"),
        (("month.tasks.jsonl",), "", "month.tasks.csv also holds the records of `tasks`"),
    ],
)
def test_tables_that_do_not_belong_together_are_refused(
    commune: Path, kpirules: Callable[..., Ran], write: tuple[str, ...], remove: str, told: str
) -> None:
    for name in write:
        (commune / "data" / name).write_text("", encoding="utf-8")
    if remove:
        (commune / "data" / remove).unlink()
    ran = kpirules(*RUN)
    assert ran.code == 2
    assert told in ran.err


def test_a_command_that_can_not_run_says_why(commune: Path, kpirules: Callable[..., Ran]) -> None:
    assert "no such file" in kpirules("appraise", "none.kpi.yaml", "--data", "data", "-o", "out").err
    assert "no such file" in kpirules("appraise", "commune.kpi.yaml", "--data", "none", "-o", "out").err
    assert "--block-rows: a block has at least one row" in kpirules(*RUN, "--block-rows", "0").err
    ran = kpirules("appraise", "rules/unit.kpi.yaml", "--data", "data", "-o", "out")
    assert "error[KR813]" in ran.err
    assert "rules/unit.kpi.yaml: the appraisal has errors" in ran.err
    assert not (commune / "out").exists()


def test_progress_names_the_stage(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rich", "rich.console", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)
    change(commune / "data" / "unit.csv", "U0,1\n", "U0,1\n" + "".join(f"V{number},1\n" for number in range(30)))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert "\rassessing unit 33 of 33" in kpirules(*RUN).err


# -- verify ---------------------------------------------------------------------------------------


def test_results_are_confirmed_wherever_the_tables_stand(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    confirmed = "confirmed: 8 results match the receipt\n"
    assert kpirules("verify", "out/receipt.json") == Ran(0, confirmed, "")
    (commune / "data").rename(commune / "moved")
    (commune / "commune.kpi.yaml").rename(commune / "rules.kpi.yaml")
    change(commune / "rules.kpi.yaml", "commune", "commune")
    assert kpirules("verify", "out/receipt.json").code == 2
    ran = kpirules("verify", "out/receipt.json", "--data", "moved", "--appraisal", "rules.kpi.yaml")
    assert ran == Ran(0, confirmed, "")


def test_differences_are_reported_exactly(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    change(commune / "data" / "unit.csv", "U1,4", "U1,3")
    change(commune / "out" / "year.csv", "P0,", "P0,9")
    (commune / "out" / "year.jsonl").unlink()
    ran = kpirules("verify", "out/receipt.json")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "data unit.csv has changed",
        "unit.csv differs, from line 3 on",
        "unit.jsonl differs, from line 2 on",
        "year.csv does not match the receipt, from line 2 on",
        "year.jsonl is not beside the receipt",
        "5 differences",
    ]


def test_a_result_that_only_its_copy_differs_from_is_told(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    receipt = json.loads((commune / "out" / "receipt.json").read_text(encoding="utf-8"))
    receipt["results"]["unit.csv"] = "0" * 64
    receipt["made_of"]["python"] = "3.9.1"
    (commune / "out" / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    ran = kpirules("verify", "out/receipt.json")
    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith("python was 3.9.1 and is ")
    assert ran.out.splitlines()[1:] == [
        "unit.csv differs",
        "unit.csv does not match the receipt",
        "2 differences",
    ]


def test_another_version_that_comes_to_the_same_confirms(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    change(commune / "out" / "receipt.json", kr.__version__, "0.0.9")
    ran = kpirules("verify", "out/receipt.json")
    assert ran.code == 0
    assert ran.out.startswith(f"kpirules was 0.0.9 and is {kr.__version__}\nconfirmed")


# -- other commands -------------------------------------------------------------------------------


def test_check_and_test_know_appraisals(commune: Path, kpirules: Callable[..., Ran]) -> None:
    assert kpirules("check", "commune.kpi.yaml") == Ran(0, "no findings\n", "")
    assert kpirules("test", "commune.kpi.yaml", "-v") == Ran(0, "passed commune.kpi.yaml\n1 passed, 0 failed\n", "")
    text = "examples: [{name: seven, given: {done: 7}, expect: {score: 7}}]\n"
    append(commune / "rules" / "unit.kpi.yaml", text)
    assert kpirules("test", "commune.kpi.yaml").out == "2 passed, 0 failed\n"
    assert kpirules("test", ".").out == "2 passed, 0 failed\n"
    change(commune / "commune.kpi.yaml", "stage: unit", "stage: units")
    ran = kpirules("check", "commune.kpi.yaml")
    assert (ran.code, "error[KR801]" in ran.out) == (1, True)
    ran = kpirules("test", "commune.kpi.yaml")
    assert (ran.code, "FAILED commune.kpi.yaml" in ran.out) == (1, True)


def test_an_appraisal_rates_nobody_by_itself(commune: Path, kpirules: Callable[..., Ran]) -> None:
    ran = kpirules("assess", "commune.kpi.yaml", "data/unit.csv")
    assert "error[KR812]" in ran.err
    assert ran.code == 2


# -- what is no receipt, and a folder of others ---------------------------------------------------


@pytest.mark.parametrize(
    ("way", "value", "told"),
    [
        (("made_of",), None, "`made_of` is not a mapping"),
        (
            ("made_of", "options"),
            {},
            "`made_of.options` is not a mapping of `brief`, `ignore`, `delimiter` and `block_rows`",
        ),
        (("made_of", "options", "brief"), 1, "`made_of.options.brief` is not true or false"),
        (("made_of", "options", "ignore"), "ab", "`made_of.options.ignore` is not a list of names"),
        (("made_of", "options", "delimiter"), 5, "`made_of.options.delimiter` is not a text"),
        (("made_of", "options", "block_rows"), 0, "`made_of.options.block_rows` is not a whole number of at least 1"),
        (
            ("made_of", "options", "block_rows"),
            True,
            "`made_of.options.block_rows` is not a whole number of at least 1",
        ),
        (("paths",), {}, "`paths.appraisal` is not a path"),
        (("paths", "data"), "a\0b", "`paths.data` is not a path"),
        (("results",), [], "`results` is not a mapping of files to their hashes"),
        (("results",), {"..": "x"}, "`results` is not a mapping of files to their hashes"),
        (("results",), {"unit.csv": None}, "`results` is not a mapping of files to their hashes"),
    ],
)
def test_a_receipt_that_can_not_be_followed_says_where(
    commune: Path, kpirules: Callable[..., Ran], way: tuple[str, ...], value: object, told: str
) -> None:
    finish(commune)
    path = commune / "out" / "receipt.json"
    receipt = json.loads(path.read_text(encoding="utf-8"))
    part = receipt
    for name in way[:-1]:
        part = part[name]
    part[way[-1]] = value
    path.write_text(json.dumps(receipt), encoding="utf-8")
    ran = kpirules("verify", "out/receipt.json")
    assert (ran.code, ran.err) == (2, f"kpirules: out/receipt.json: the receipt can't be used: {told}\n")
    assert kpirules(*RUN).err == (
        f"kpirules: out/receipt.json: the receipt can't be used: {told}; rewrite it with `--restart`\n"
    )
    assert kpirules(*RUN, "--restart").code == 0


def test_a_receipt_that_lists_too_little_confirms_nothing(commune: Path, kpirules: Callable[..., Ran]) -> None:
    finish(commune)
    path = commune / "out" / "receipt.json"
    receipt = json.loads(path.read_text(encoding="utf-8"))
    del receipt["results"]["unit.csv"], receipt["results"]["summary.json"]
    receipt["results"]["data"] = "0"
    (commune / "out" / "data").mkdir()
    path.write_text(json.dumps(receipt), encoding="utf-8")
    ran = kpirules("verify", "out/receipt.json")
    assert (ran.code, ran.out.splitlines()) == (
        1,
        [
            "unit.csv is new: the receipt does not list it",
            "summary.json is new: the receipt does not list it",
            "data differs",
            "data is not beside the receipt",
            "4 differences",
        ],
    )
    (commune / "out" / "data").rmdir()
    del receipt["results"]["data"]
    path.write_text(json.dumps(receipt), encoding="utf-8")
    assert kpirules(*RUN).err == (
        "kpirules: out: results unit.csv is new; results summary.json is new; rewrite them with `--restart`\n"
    )


@pytest.mark.parametrize("name", ["notes.txt", "plan.json/", "unit.000000.csv"])
def test_a_folder_of_others_is_not_emptied(commune: Path, kpirules: Callable[..., Ran], name: str) -> None:
    path = commune / "out" / ".work" / name.rstrip("/")
    path.parent.mkdir(parents=True)
    if name.endswith("/"):
        path.mkdir()
        path = path / "mine.txt"
    path.write_text("mine", encoding="utf-8")
    for options in ((), ("--restart",)):
        ran = kpirules(*RUN, *options)
        assert (ran.code, ran.err) == (
            2,
            "kpirules: out/.work: this folder does not belong to an appraisal; name another folder\n",
        )
    assert path.read_text(encoding="utf-8") == "mine"


def test_links_of_others_are_not_followed(commune: Path, kpirules: Callable[..., Ran]) -> None:
    (commune / "out").mkdir()
    (commune / "mine").mkdir()
    (commune / "out" / ".work").symlink_to(commune / "mine")
    told = "kpirules: out/.work: this folder does not belong to an appraisal; name another folder\n"
    assert kpirules(*RUN, "--restart").err == told
    (commune / "out" / ".work").unlink()
    (commune / "out" / ".lock").symlink_to(commune / "mine" / "notes.txt")
    assert kpirules(*RUN).err == "kpirules: out/.lock: this is a link; name another folder\n"
    assert not list((commune / "mine").iterdir())


def test_a_lock_that_is_a_pipe_is_not_waited_for(commune: Path, kpirules: Callable[..., Ran]) -> None:
    (commune / "out").mkdir()
    os.mkfifo(commune / "out" / ".lock")
    assert kpirules(*RUN).err == "kpirules: out/.lock: this is not a regular file; name another folder\n"


@pytest.mark.parametrize("is_new", [False, True])
def test_a_lock_that_was_removed_before_it_was_held_keeps_nobody_apart(
    commune: Path, kpirules: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    fcntl = pytest.importorskip("fcntl")
    lock = fcntl.flock

    def late(handle: Any, how: int) -> None:
        (commune / "out" / ".lock").unlink()
        if is_new:
            (commune / "out" / ".lock").touch()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert "another run was using this folder just now; try again" in kpirules(*RUN).err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Month.tasks.csv", "there is no stage `Month`; did you mean `month`?, or name it by"),
        ("notes.csv", "there is no stage `notes`; stages are `unit`, `month` and `year`, or name it by"),
        ("month.tasks.txt", "a table ends in `.csv`, `.jsonl`, `.ndjson` or `.json`; name it by"),
    ],
)
def test_a_file_that_belongs_to_no_stage_is_an_error(
    commune: Path, kpirules: Callable[..., Ran], name: str, told: str
) -> None:
    (commune / "data" / name).write_text("a,b\n", encoding="utf-8")
    ran = kpirules(*RUN)
    assert (ran.code, ran.err) == (2, f"kpirules: data/{name}: {told} `--ignore {name}` if it is not a table\n")
    assert kpirules(*RUN, "--ignore", f"other, {name}").code == 0


def test_a_file_that_is_named_like_the_lock_stays_as_it_is(commune: Path, kpirules: Callable[..., Ran]) -> None:
    (commune / "out").mkdir()
    (commune / "out" / ".lock").write_text("mine", encoding="utf-8")
    assert kpirules(*RUN).code == 0
    assert (commune / "out" / ".lock").read_text(encoding="utf-8") == "mine"
