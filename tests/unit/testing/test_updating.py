"""Expectations that are updated in place: in YAML of both styles, in JSON and in CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Program, loads
from kpirules.diagnostics import Source
from kpirules.testing import Case, read_cases, run_case
from kpirules.testing.collecting import collect
from kpirules.testing.csv_text import CsvError, read_csv_text
from kpirules.testing.updating import held_by, update_of, updated, write
from tests.budget import examples

RULEBOOK = """\
kpirules: 1
id: review
inputs:
  done: {type: integer, min: 0, max: 100}
  late: {type: boolean, default: false}
  kind: {type: text, default: "none"}
criteria:
  results: {max: 100, points: done}
  manners: {max: 30, extra: true, points: 10, applies: not late}
score: {round: {places: 0}}
bands: {good: {from: 50}, poor: {from: 0}}
overrides:
  lateness: {when: late, band_at_most: poor}
  nothing:  {when: done == 0, band: poor}
outputs:
  third: done / 3
  is_late: late
  said: kind
  day: date(2026, 1, 31)
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return loads(RULEBOOK)


def after(folder: Path, text: str, name: str = "a.cases.yaml") -> str:
    """Return the text of a case file after an update of all differences."""
    (folder / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    outcomes = [one.run() for one in collect(path)]
    updates = [update_of(outcome) for outcome in outcomes]
    assert not [why for update in updates for why in update.refused]
    assert not [one.problem for one in write(edit for update in updates for edit in update.edits) if one.problem]
    assert all(one.run().passed for one in collect(path))
    return path.read_bytes().decode("utf-8")


def refused(folder: Path, text: str) -> tuple[str, ...]:
    """Return why the first case of a file is not updated."""
    (folder / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    path = folder / "a.cases.yaml"
    path.write_text(text, encoding="utf-8")
    return update_of(collect(path)[0].run()).refused


HEAD = "rulebook: review.kpi.yaml\ncases:\n"

REWRITTEN = {
    "a number in flow style": ("expect: {score: 1, band: good}", "expect: {score: 20, band: poor}"),
    "a quotient is quoted": ("expect: {outputs: {third: 3.3}} # !", 'expect: {outputs: {third: "10/3"}} # !'),
    "a number that was a quotient is not": ('expect: {points: {results: "7/2"}}', "expect: {points: {results: 10}}"),
    "a percentage stays one": ("expect: {share: {results: 9%}}", "expect: {share: {results: 10%}}"),
    "nothing": ("expect: {points: {manners: null}}", "expect: {points: {manners: 10}}"),
    "yes or no": ("expect: {outputs: {is_late: true}}", "expect: {outputs: {is_late: false}}"),
    "a date": ("expect: {outputs: {day: 2025-01-31}}", "expect: {outputs: {day: 2026-01-31}}"),
    "a text in quotes": ('expect: {outputs: {said: "x"}}', 'expect: {outputs: {said: "none"}}'),
    "a text in single quotes": ("expect: {band: 'good'}", 'expect: {band: "poor"}'),
    "an empty value": ("expect: {outputs: {said: }}", "expect: {outputs: {said: none }}"),
    "a list in flow style": ("expect: {overrides: [lateness]}", "expect: {overrides: []}"),
}


@pytest.mark.parametrize("what", REWRITTEN)
def test_a_value_is_rewritten_in_its_style(tmp_path: Path, what: str) -> None:
    before, wanted = REWRITTEN[what]
    text = f"{HEAD}  - name: x   # the name\n    given: {{done: 10}}\n    {before}\n"
    assert after(tmp_path, text) == text.replace(before, wanted)


def test_block_style_keeps_its_comments_and_its_line_ends(tmp_path: Path) -> None:
    text = f"{HEAD}# first\n  - name: x\n    given: {{done: 10, late: true}}\n    expect:\n      # why\n      score:   7  # so\n      overrides:\n        - nothing\n      band: good\n"
    text = text.replace("\n", "\r\n")
    wanted = text.replace("  7  #", "  10  #").replace("- nothing", "- lateness").replace("good", "poor")
    assert after(tmp_path, text) == wanted


def test_a_list_in_block_style_may_become_longer(tmp_path: Path) -> None:
    text = f"{HEAD}  - name: x\n    given: {{done: 0, late: true}}\n    expect:\n      overrides:\n        - nothing\n      score: 0 # zero\n"
    assert after(tmp_path, text) == text.replace("- nothing", "- lateness\n        - nothing")


def test_json_is_rewritten_as_json(tmp_path: Path) -> None:
    expect = {"outputs": {"third": 3.3, "said": "x"}, "overrides": ["lateness"], "band": "good", "score": 9}
    case = {"name": "x", "given": {"done": 10}, "expect": expect}
    text = json.dumps({"rulebook": "review.kpi.yaml", "cases": [case]}, indent=3)
    found = json.loads(after(tmp_path, text, "a.cases.json"))["cases"][0]["expect"]
    assert found == {"outputs": {"third": "10/3", "said": "none"}, "overrides": [], "band": "poor", "score": 20}


def test_the_examples_of_a_rulebook_are_rewritten_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.kpi.yaml"
    text = f"{RULEBOOK}examples:\n  - {{name: x, given: {{done: 10}}, expect: {{score: 1}}}}  # one\n"
    path.write_text(text, encoding="utf-8")
    (one,) = collect(path)
    written = write(update_of(one.run()).edits)
    assert str(written[0]) == f"updated: {path}: 1 expectation"
    assert path.read_text(encoding="utf-8") == text.replace("score: 1}", "score: 20}")


def test_a_cell_is_rewritten(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "\ufeffname,done,expect.score,expect.outputs.third,expect.overrides\nx,10,1,3.3,lateness\n", encoding="utf-8"
    )
    text = "rulebook: review.kpi.yaml\ncases_from: a.csv\n"
    assert after(tmp_path, text) == text
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").endswith("third,expect.overrides\nx,10,20,10/3,[]\n")


def test_an_expected_error_that_does_not_occur_is_not_updated(tmp_path: Path) -> None:
    (why,) = refused(tmp_path, f"{HEAD}  - {{name: x, given: {{done: 10}}, expect: {{error: KR604}}}}\n")
    assert why == "the expectation and the result are of different kinds (KR721): change it by hand"


def test_a_list_with_a_comment_inside_is_not_updated(tmp_path: Path) -> None:
    text = f"{HEAD}  - name: x\n    given: {{done: 10}}\n    expect:\n      overrides: [ # why\n        lateness]\n"
    assert refused(tmp_path, text) == ("`overrides`: there may be a comment inside the list: change it by hand",)


def test_a_list_that_would_not_be_one_afterwards_is_not_updated(tmp_path: Path) -> None:
    text = f"{HEAD}  - name: x\n    given: {{done: 10}}\n    expect:\n      overrides:\n      - lateness\n"
    assert refused(tmp_path, text) == ("the edit would change the meaning of other text: change it by hand",)


def test_a_case_of_a_rulebook_without_a_text_is_not_updated(program: Program) -> None:
    case = Case("x", {"done": 10}, {"score": 1})  # type: ignore[arg-type]
    assert update_of(run_case(program, case)).refused == ("`score`: this rulebook was not read from a text",)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    text = f"{HEAD}  - {{name: x, given: {{done: 10}}, expect: {{score: 1}}}}\n"
    (tmp_path / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    path = tmp_path / "a.cases.yaml"
    path.write_text(text, encoding="utf-8")
    update = update_of(collect(path)[0].run())
    path.unlink()
    assert str(write(update.edits)[0]) == f"not updated: {path}: No such file or directory"


@pytest.fixture
def mistaken(tmp_path: Path) -> Path:
    """Return a case file with one wrong expectation."""
    (tmp_path / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    path = tmp_path / "a.cases.yaml"
    path.write_text(f"{HEAD}  - {{name: x, given: {{done: 10}}, expect: {{score: 1}}}}\n", encoding="utf-8")
    return path


def test_an_update_keeps_the_mode_of_the_file_and_a_link(mistaken: Path) -> None:
    mistaken.chmod(0o640)
    link = mistaken.with_name("b.cases.yaml")
    link.symlink_to(mistaken.name)
    update = update_of(collect(link)[0].run())
    assert str(write(update.edits)[0]) == f"updated: {link}: 1 expectation"
    assert link.is_symlink()
    assert mistaken.stat().st_mode & 0o777 == 0o640
    assert "score: 20" in mistaken.read_text(encoding="utf-8")


def test_an_update_that_fails_leaves_the_file_as_it_was(mistaken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mistaken.read_bytes()
    update = update_of(collect(mistaken)[0].run())

    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert str(write(update.edits)[0]) == f"not updated: {mistaken}: No space left on device"
    assert mistaken.read_bytes() == before
    assert sorted(path.name for path in mistaken.parent.iterdir()) == ["a.cases.yaml", "review.kpi.yaml"]


@pytest.mark.parametrize("now", [b"\xff\xfe", b"", b"other"])
def test_a_file_that_has_changed_is_left_alone(mistaken: Path, now: bytes) -> None:
    update = update_of(collect(mistaken)[0].run())
    mistaken.write_bytes(now)
    assert str(write(update.edits)[0]) == f"not updated: {mistaken}: the file has changed since it was read"
    assert mistaken.read_bytes() == now


def test_edits_that_overlap_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.cases.yaml"
    (tmp_path / "review.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    path.write_text(f"{HEAD}  - {{name: x, given: {{done: 10}}, expect: {{score: 1}}}}\n", encoding="utf-8")
    (edit,) = update_of(collect(path)[0].run()).edits
    assert updated(edit.span.source, [edit, edit]) is None


# -- generated files ------------------------------------------------------------------------------

REMARKS = st.sampled_from(["", "  # a remark", '   # score: 3, "quoted"', " # «ghi chú»"])
NUMBERS = st.sampled_from(["0", "1", "20", "33.3", '"7/3"', "'1/2'", "null", "5%", "1e2"])


@st.composite
def case_files(draw: Any) -> str:
    """Return a strategy of case files in any style, with mostly wrong expectations and many comments."""
    remark = lambda: draw(REMARKS)  # noqa: E731
    lines = ["rulebook: review.kpi.yaml" + remark(), "cases:" + remark()]
    for number in range(draw(st.integers(1, 4))):
        late = draw(st.sampled_from(["true", "false"]))
        parts = {
            "score": draw(NUMBERS),
            "band": draw(st.sampled_from(["good", "poor", '"good"', "'poor'", "null"])),
            "points": f"{{results: {draw(NUMBERS)}, manners: {draw(NUMBERS)}}}",
            "outputs": f"{{ third: {draw(NUMBERS)},  is_late: {draw(st.booleans())} }}".replace("T", "t").replace(
                "F", "f"
            ),
            "overrides": draw(st.sampled_from(["[]", "[lateness]", "[ nothing ]", "[lateness, nothing]"])),
        }
        keys = draw(st.lists(st.sampled_from(sorted(parts)), min_size=1, unique=True))
        lines += [
            f"  - name: case {number}{remark()}",
            f"    given: {{done: {draw(st.integers(0, 100))}, late: {late}}}{remark()}",
        ]
        if draw(st.booleans()):
            lines.append(f"    expect: {{{', '.join(f'{key}: {parts[key]}' for key in keys)}}}{remark()}")
        else:
            lines.append("    expect:" + remark())
            lines += [f"      {key}: {parts[key]}{remark()}" for key in keys]
    return draw(st.sampled_from(["\n", "\r\n"])).join([*lines, ""])


@settings(max_examples=examples(40))
@given(text=case_files())
def test_an_updated_file_passes_and_keeps_everything_else(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("generated")
    once = after(folder, text)
    # Twice is once.
    assert after(folder, once) == once
    # Comments, lines, names and what is given are as they were.
    assert [line.partition("  #")[2] for line in once.split("\n")] == [
        line.partition("  #")[2] for line in text.split("\n")
    ]
    before = read_given(text, folder)
    assert read_given(once, folder) == before


def read_given(text: str, folder: Path) -> list[tuple[str, Any, list[str]]]:
    path = folder / "read.cases.yaml"
    path.write_bytes(text.encode("utf-8"))
    return [(case.name, case.given, list(case.expect)) for case in read_cases(path).cases]


# -- CSV with places ------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.text("ab\"',;é \n", max_size=4), min_size=1, max_size=3), max_size=4), st.sampled_from(",;")
)
def test_cells_are_read_as_the_csv_module_reads_them(rows: list[list[str]], delimiter: str) -> None:
    import csv
    from io import StringIO

    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    expected = [row for row in csv.reader(StringIO(out.getvalue(), newline=""), delimiter=delimiter) if row]
    expected = [row for row in expected if row != [""]]
    found = read_csv_text(Source("a.csv", out.getvalue()), delimiter)
    assert [list(row.cells) for row in found] == expected
    for row in found:
        for cell, span in zip(row.cells, row.spans, strict=True):
            assert span.text.strip('"').replace('""', '"') == cell.strip('"') or '"' in cell


@pytest.mark.parametrize(("text", "problem"), [('a,"b', "never closed"), ('a,"b"c', "expected a delimiter")])
def test_a_quote_that_does_not_end_a_cell_is_told(text: str, problem: str) -> None:
    with pytest.raises(CsvError, match=problem):
        read_csv_text(Source("a.csv", text))


# -- files that share a table ---------------------------------------------------------------------

CONTRADICTED = "not updated: shared.csv: cases that share an expectation have different results: change it by hand"


def shared(folder: Path, monkeypatch: pytest.MonkeyPatch, score: int, halved: str) -> list[str]:
    """Return the results of updating a table that two case files with different rules share."""
    monkeypatch.chdir(folder)
    Path("shared.csv").write_text(f"name,done,expect.score\nA,5,{score}\n", encoding="utf-8")
    outcomes = []
    for name, points in (("a", "done"), ("b", halved)):
        text = RULEBOOK.replace("points: done}", f"points: {points}}}").replace("applies: not late", "applies: late")
        Path(f"{name}.kpi.yaml").write_text(text, encoding="utf-8")
        Path(f"{name}.cases.yaml").write_text(
            f"rulebook: {name}.kpi.yaml\ncases_from: shared.csv\n", encoding="utf-8"
        )
        outcomes += [one.run() for one in collect(f"{name}.cases.yaml")]
    edits = [edit for outcome in outcomes for edit in update_of(outcome).edits]
    return [str(one) for one in write(edits, held=[span for outcome in outcomes for span in held_by(outcome)])]


@pytest.mark.parametrize("score", [5, 10, 7])
def test_no_update_makes_another_case_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, score: int) -> None:
    assert shared(tmp_path, monkeypatch, score, "done * 2") == [CONTRADICTED]
    assert Path("shared.csv").read_text(encoding="utf-8") == f"name,done,expect.score\nA,5,{score}\n"


def test_one_place_of_two_cases_that_come_to_the_same_is_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shared(tmp_path, monkeypatch, 7, "done * 1") == ["updated: shared.csv: 1 expectation"]
    assert Path("shared.csv").read_text(encoding="utf-8") == "name,done,expect.score\nA,5,5\n"
