"""The output of every command is neutral for any names of files, cases and keys; data formats are unchanged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kpirules.cli import main
from kpirules.kernel.csv_lines import csv_line, shielded, unshielded
from tests.unit.cli.appraisal_files import write_appraisal

from .shown import assert_neutral, html_shape, markdown_shape

pytest_plugins = ["pytester"]

NAME = "::error::\x1b[31mzqx\x1b]0;zqx\x07\u202e\n::add-mask::zqx\r##[error]zqx<b>"
"""What a file, a case, a person, a column and a variant are called; a file system takes all of it."""

QUOTED = json.dumps(NAME)
# No document holds control characters, but in the names of its files.
WORDS = json.dumps("::error::zqx\u202e\n::add-mask::zqx ##[error]<b>")
RULEBOOK = f"""\
kpirules: 1
id: shown
title: {WORDS}
inputs:
  done: {{type: integer, min: 0, max: 9, label: {WORDS}}}
  post: {{type: choice, options: [{WORDS}, other], optional: true}}
criteria: {{work: {{max: 9, points: done, label: {WORDS}, note: {WORDS}, source: {WORDS}}}}}
bands: {{good: {{from: 5, label: {WORDS}}}, poor: {{from: 0}}}}
outputs: {{of: "default(post, 'other')"}}
examples:
  - name: {WORDS}
    given: {{done: 5}}
    expect: {{band: poor}}
  - name: {json.dumps("passes ::error::zqx")}
    given: {{done: 5}}
    expect: {{band: good}}
"""


class Ran:
    """The result of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs a command in a folder with hostile names."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / f"{NAME}.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    (folder / f"{NAME}.new.kpi.yaml").write_text(RULEBOOK.replace("from: 5", "from: 6"), encoding="utf-8")
    (folder / f"{NAME}.bad.kpi.yaml").write_text(
        f"kpirules: 1\n{WORDS}: {WORDS}\nid: [::error::]\n", encoding="utf-8"
    )
    rows = csv_line([NAME, "done"]) + csv_line([NAME, "5"]) + csv_line([f"{NAME}2", NAME]) + csv_line(["=1+1", "3"])
    (folder / f"{NAME}.csv").write_text(rows, encoding="utf-8", newline="")
    rulebook = json.dumps(f"{NAME}.kpi.yaml".replace("\x1b", "\x1b"))
    cases = f"rulebook: {rulebook}\ncases:\n  - {{name: {WORDS}, given: {{done: 1}}, expect: {{band: good}}}}\n"
    (folder / f"{NAME}.cases.yaml").write_text(cases, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> Ran:
        code = main([one.replace("@", f"{NAME}/{NAME}") for one in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


COMMANDS = [
    ("check", "@.kpi.yaml"),
    ("check", "@.bad.kpi.yaml"),
    ("check", "@.cases.yaml"),
    ("check", "@.none.kpi.yaml"),
    ("test", "-v", "@.kpi.yaml", "@.new.kpi.yaml"),
    ("test", "@.cases.yaml"),
    ("test", "-v", NAME),
    ("test", "@"),
    ("assess", "@.kpi.yaml", "@.csv", "--key", NAME),
    ("assess", "@.kpi.yaml", "@.csv", "--key", NAME, "--columns", NAME),
    ("assess", "@.kpi.yaml", "@.csv", "--ignore", NAME, "--variant", NAME),
    ("assess", "@.kpi.yaml", "@.csv"),
    ("assess", "@.bad.kpi.yaml", "@.csv"),
    ("assess", "@.kpi.yaml", "@.csv", "--key", NAME, "--records", NAME),
    ("explain", "@.kpi.yaml", "@.csv", "--key", NAME, "--subject", NAME),
    ("explain", "@.kpi.yaml", "@.csv", "--key", NAME, "--subject", f"{NAME}3"),
    ("explain", "@.kpi.yaml", "@.csv", "--key", NAME, "--subject", f"{NAME}2"),
    ("diff", "@.kpi.yaml", "@.new.kpi.yaml"),
    ("diff", "@.kpi.yaml", "@.new.kpi.yaml", "--population", "@.csv", "--key", NAME),
    ("diff", "@.kpi.yaml", "@.bad.kpi.yaml"),
    ("plan", "@.kpi.yaml"),
    ("plan", "@.bad.kpi.yaml"),
    ("show", "@.kpi.yaml", "--card"),
    ("show", "@.bad.kpi.yaml"),
    ("docs", "@.kpi.yaml", "-o", NAME),
    ("new", "@.first.kpi.yaml"),
    ("new", "@.kpi.yaml"),
    ("new", NAME + "x.txt"),
    ("appraise", "@.kpi.yaml", "--data", NAME, "-o", "@out"),
    ("verify", "@.csv"),
    ("verify", "@none"),
    (NAME,),
    ("check", f"--{NAME}", "@.kpi.yaml"),
    ("assess", "@.kpi.yaml", "@.csv", "--on", NAME),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: ascii(one)[:60])
def test_what_a_command_prints_is_neutral(run: Callable[..., Ran], arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.code in (0, 1, 2), done.err
    assert done.out or done.err
    assert_neutral(done.out)
    assert_neutral(done.err)


@pytest.mark.parametrize("command", ["check", "test"])
def test_colours_are_the_only_sequences(run: Callable[..., Ran], command: str) -> None:
    done = run(command, "--color", "always", "@.kpi.yaml")
    assert_neutral(done.out, is_styled=True)


@pytest.mark.parametrize("command", [("explain", "@.kpi.yaml", "@.csv", "--key", NAME, "--subject", NAME), ("diff", "@.kpi.yaml", "@.new.kpi.yaml", "--population", "@.csv", "--key", NAME)], ids=["explain", "diff"])  # fmt: skip
def test_markdown_and_pages_hold_texts_only(run: Callable[..., Ran], command: tuple[str, ...]) -> None:
    written = run(*command, "--format", "markdown").out
    assert_neutral(written)
    assert markdown_shape(written)
    page = run(*command, "--format", "html").out
    assert not {"b", "script"} & {tag for tag, _ in html_shape(page)}


def test_an_annotation_names_the_file_as_it_is_called(run: Callable[..., Ran]) -> None:
    done = run("check", "--format", "github", "@.bad.kpi.yaml")
    lines = done.out.splitlines()
    assert lines
    assert all(line.startswith(("::error file=%3A%3Aerror%3A%3A", "::warning file=%3A%3Aerror")) for line in lines)
    assert all("%0A" in line.split("::")[1] for line in lines)


def test_a_failure_of_kpirules_itself_is_told_in_neutral_lines(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr("kpirules.cli.show.show", fails)
    monkeypatch.setenv("KPIRULES_DEBUG", "1")
    done = run("show", "@.kpi.yaml")
    assert done.code == 3
    assert "zqx" in done.err
    assert_neutral(done.err)


def test_updating_names_files_neutrally(run: Callable[..., Ran]) -> None:
    done = run("test", "--update", "@.kpi.yaml")
    assert "updated: ∶∶error∶∶" in done.out
    assert_neutral(done.out)


def test_an_appraisal_is_told_neutrally_and_its_tables_hold_no_formula(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    write_appraisal(tmp_path)
    month = tmp_path / "data" / "month.csv"
    more = csv_line([NAME, "1", "U1", "false"]) + csv_line(["=1+1", "1", "nowhere", "false"])
    month.write_text(month.read_text(encoding="utf-8") + more, encoding="utf-8", newline="")
    done = run("appraise", "commune.kpi.yaml", "--data", "data", "-o", "out")
    assert done.code == 1
    assert_neutral(done.out)
    assert_neutral(done.err)
    assert_neutral((tmp_path / "out" / "summary.txt").read_text(encoding="utf-8"))
    with (tmp_path / "out" / "month.csv").open(encoding="utf-8", newline="") as file:
        keys = [row["person"] for row in csv.DictReader(file)]
    assert "'=1+1" in keys
    assert NAME in keys
    assert run("verify", "out/receipt.json").code == 0
    (tmp_path / "out" / f"{NAME}.csv").write_text("x", encoding="utf-8")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text(encoding="utf-8"))
    receipt["results"][f"{NAME}.csv"] = NAME
    receipt["made_of"]["data"][NAME] = NAME
    (tmp_path / "out" / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    done = run("verify", "out/receipt.json")
    assert done.code == 1
    assert "zqx" in done.out
    assert_neutral(done.out)


def test_formulas_are_kept_on_demand_and_the_results_are_confirmed(run: Callable[..., Ran], tmp_path: Path) -> None:
    write_appraisal(tmp_path)
    units = tmp_path / "data" / "unit.csv"
    units.write_text(units.read_text(encoding="utf-8") + "=U9,3\n", encoding="utf-8")
    run("appraise", "commune.kpi.yaml", "--data", "data", "-o", "out", "--csv-formulas", "keep")
    assert "\n=U9," in (tmp_path / "out" / "unit.csv").read_text(encoding="utf-8")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text(encoding="utf-8"))
    # As the receipts of versions before this option.
    assert "csv_formulas" not in receipt["made_of"]["options"]
    assert run("verify", "out/receipt.json").code == 0
    receipt["made_of"]["options"]["csv_formulas"] = "other"
    (tmp_path / "out" / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    done = run("verify", "out/receipt.json")
    assert (done.code, "`made_of.options.csv_formulas` is not `escape`" in done.err) == (2, True)


# -- spreadsheets ---------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "-", "＝1", "'=1", "''@x", "-3a", "- 3"]
NO_FORMULAS = ["", "a=1", "-3", "+3", "-3.5", "-1e9", "3", "An", "'", "'a", "'-3", "1-1", " =1", "1/3", "#x"]


@pytest.mark.parametrize("text", [*FORMULAS, *NO_FORMULAS])
def test_a_text_comes_back_from_its_cell(text: str) -> None:
    assert unshielded(shielded(text)) == text
    assert (shielded(text) != text) == (text in FORMULAS)
    assert next(csv.reader(io.StringIO(csv_line([text, "x"]), newline=""))) == [text, "x"]


def test_a_line_is_the_same_on_every_python() -> None:
    """The bytes that 3.11 and 3.13 write; both run this test."""
    assert csv_line(["a\rb", "a\nb", 'a"b', "a,b", "a;b", "a\tb", "a b", "", "é"]) == (
        '"a\rb","a\nb","a""b","a,b","a;b","a\tb",a b,,é\n'
    )
    assert csv_line([""]) == '""\n'
    assert csv_line([]) == '""\n'


def test_keys_come_back_from_our_own_tables(run: Callable[..., Ran], tmp_path: Path) -> None:
    keys = [*FORMULAS, *filter(None, NO_FORMULAS), NAME]
    table = csv_line(["person", "done"]) + "".join(csv_line([shielded(key), "5"]) for key in keys)
    (tmp_path / "in.csv").write_text(table, encoding="utf-8", newline="")
    options = ("--key", "person", "--columns", "score,band")
    assert run("assess", "@.kpi.yaml", "in.csv", *options, "-o", "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        written = [row["person"] for row in csv.DictReader(file)]
    assert written == [shielded(key) for key in keys]
    assert not [cell for cell in written if cell[:1] in "=+-@\t\r\n" and cell not in NO_FORMULAS]
    again = run("assess", "@.kpi.yaml", "out.csv", *options, "--ignore", "score,band", "--format", "jsonl")
    assert again.code == 1  # `done` is not given; the keys are told
    (tmp_path / "out.csv").write_text(
        (tmp_path / "out.csv").read_bytes().decode().replace("score,band", "done,band"), encoding="utf-8", newline=""
    )
    again = run("assess", "@.kpi.yaml", "out.csv", *options, "--ignore", "band", "--format", "jsonl")
    assert [json.loads(line)["key"]["person"] for line in again.out.splitlines()] == keys


def test_formulas_are_kept_where_that_is_asked_for(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("person,done\n=1+1,5\n-3,5\n", encoding="utf-8")
    options = ("@.kpi.yaml", "in.csv", "--key", "person", "--columns", "score", "--format", "csv")
    assert run("assess", *options).out == "person,score\n'=1+1,5\n-3,5\n"
    assert run("assess", *options, "--csv-formulas", "keep").out == "person,score\n=1+1,5\n-3,5\n"


def test_an_updated_cell_holds_no_formula_and_passes(run: Callable[..., Ran], tmp_path: Path) -> None:
    rulebook = "kpirules: 1\nid: t\ninputs: {x: {type: choice, options: ['=1+1', b]}}\noutputs: {y: x}\n"
    (tmp_path / "t.kpi.yaml").write_text(rulebook, encoding="utf-8")
    (tmp_path / "t.cases.yaml").write_text("rulebook: t.kpi.yaml\ncases_from: t.csv\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("name,x,expect.outputs.y\none,'=1+1,b\n", encoding="utf-8")
    assert run("test", "--update", "t.cases.yaml").code == 0
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "name,x,expect.outputs.y\none,'=1+1,'=1+1\n"
    assert run("test", "t.cases.yaml").code == 0


# -- pytest ---------------------------------------------------------------------------------------


def test_pytest_shows_cases_neutrally(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.path.joinpath("review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    pytester.path.joinpath("broken.kpi.yaml").write_text(f"kpirules: 1\n{WORDS}: {WORDS}\n", encoding="utf-8")
    result = pytester.runpytest_inprocess("-p", "kpirules.pytest_plugin", "-v", "--continue-on-collection-errors")
    shown = "\n".join([*result.outlines, *result.errlines])
    assert "zqx" in shown
    # pytest itself writes two colons between a file and a case.
    assert_neutral(shown.replace(".yaml::", ".yaml "))
