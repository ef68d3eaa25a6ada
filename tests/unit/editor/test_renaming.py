"""Renames, and the reasons not to rename."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from kpirules.editor.checking import checked
from kpirules.editor.renaming import RefusedRename, family, places_of, prepared, renamed
from kpirules.editor.symbols import Symbol
from kpirules.editor.workspace import Workspace
from kpirules.testing import run_case
from tests.budget import by_budget, some

from .given import BASE, CASES, EXAMPLES, after, at, folder


def failing(workspace: Workspace, files: tuple[str, ...]) -> list[str]:
    """Return the cases that fail, and the findings, of some files."""
    failed: list[str] = []
    for file in files:
        found = checked(workspace, file)
        failed += [finding.code for finding in found.report.findings]
        if found.program is not None:
            failed += [case.name for case in found.cases if not run_case(found.program, case).passed]
    return failed


NAMES: list[tuple[str, str, dict[str, int]]] = [
    ("total: sum", "total", {"base.kpi.yaml": 4, "local.kpi.yaml": 1, "base.cases.yaml": 1}),
    ("part(total", "part", {"base.kpi.yaml": 2}),
    ("whole=most", "whole", {"base.kpi.yaml": 3}),
    ("whole=most", "most", {"base.kpi.yaml": 2}),
    ("t.double", "double", {"base.kpi.yaml": 2, "local.kpi.yaml": 1}),
    ("item.hours", "hours", {"base.kpi.yaml": 4, "base.cases.yaml": 1}),
    ("[grade, tasks.hours]", "tasks", {"base.kpi.yaml": 4, "local.kpi.yaml": 1, "base.cases.yaml": 1}),
    ("[grade, tasks.hours]", "grade", {"base.kpi.yaml": 5, "base.cases.yaml": 1}),
    ("care > 0", "care", {"base.kpi.yaml": 4, "base.cases.yaml": 1}),
    ("share.done", "done", {"base.kpi.yaml": 3}),
    ("worth(grade)", "worth", {"base.kpi.yaml": 2}),
    ("best: max", "best", {"base.kpi.yaml": 2}),
    ("lazy:", "lazy", {"base.kpi.yaml": 1, "base.cases.yaml": 1}),
    ("t.kind ==", "t", {"base.kpi.yaml": 3}),
    ("unique: [kind]", "kind", {"base.kpi.yaml": 4, "base.cases.yaml": 1}),
]


@pytest.mark.parametrize(("part", "marked", "counts"), NAMES)
def test_every_use_of_a_name_is_found(part: str, marked: str, counts: dict[str, int], tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.kpi.yaml"
    symbol = prepared(workspace, path, at(BASE, part, marked)).symbol
    found = Counter(Path(place.span.source.name).name for place in places_of(workspace, path, symbol))
    assert found == counts


@pytest.mark.parametrize(("part", "marked"), [row[:2] for row in some(NAMES, 5)])
def test_a_rename_changes_no_rating(part: str, marked: str, tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.kpi.yaml"
    changed = after(workspace, path, at(BASE, part, marked), "other")
    assert failing(changed, tuple(str(tmp_path / name) for name in ("base.kpi.yaml", "base.cases.yaml"))) == []


@pytest.mark.parametrize(
    ("part", "marked", "new", "reason"),
    [
        ("part(total", "total", "grade", "`grade` is taken: base.kpi.yaml:11"),
        ("part(total", "total", "care", "`care` is taken"),
        ("part(total", "total", "x", "`x` is taken"),
        ("part(total", "total", "t", "for the current record"),
        ("part(total", "total", "good", "`good` is taken"),
        ("part(total", "total", "total", "already"),
        ("part(total", "total", "Tổng", "is not a name"),
        ("part(total", "total", "a b", "is not a name"),
        ("part(total", "total", "", "is not a name"),
        ("part(total", "total", "lambda", "a word of the language"),
        ("part(total", "total", "score", "a word of the language"),
        ("part(total", "part", "min", "a function of the language"),
        ("share.done", "done", "work", "`work` is taken"),
        ("care > 0", "care", "most", "`most` is taken"),
        ("item.hours", "hours", "double", "`double` is taken"),
        ("t.kind ==", "t", "grade", "`grade` is taken"),
        ("band: fair", "fair", "other", "can't be told"),
        ("max(c.", "max", "other", "a name of the language"),
        ("type: list", "list", "other", "there is no name here"),
    ],
)
def test_a_refusal(part: str, marked: str, new: str, reason: str, tmp_path: Path) -> None:
    workspace = folder(tmp_path)
    with pytest.raises(RefusedRename) as refused:
        renamed(workspace, tmp_path / "base.kpi.yaml", at(BASE, part, marked), new)
    assert reason in str(refused.value)


def test_names_that_never_meet_may_be_equal(tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.kpi.yaml"
    assert renamed(workspace, path, at(BASE, "share.done", "done"), "total").edits
    assert renamed(workspace, path, at(BASE, "item.hours", "hours"), "total").edits
    assert renamed(workspace, path, at(BASE, "part(total", "total"), "done").edits


def test_a_use_that_is_no_name_is_a_reason(tmp_path: Path) -> None:
    csv = {"rows.csv": "name,grade,care,expect.status\na,1,1,rated\n"}
    cases = CASES + "cases_from: {csv: rows.csv, records: {tasks: tasks.csv}}\n"
    workspace = folder(tmp_path, **csv, **{"tasks.csv": "name,hours,kind\na,5,new\n", "base.cases.yaml": cases})
    with pytest.raises(RefusedRename, match=r"KR601 the rulebook has no input `grade` \(rows.csv:2\)"):
        renamed(workspace, tmp_path / "base.kpi.yaml", at(BASE, "worth(grade)", "grade"), "level")


def test_a_use_in_an_appraisal_is_a_reason(tmp_path: Path) -> None:
    appraisal = (
        "kpirules: 1\nappraisal: all\nstages:\n  one: {rulebook: base.kpi.yaml, key: [person]}\n"
        "  two: {rulebook: base.kpi.yaml, key: [person], "
        "take: {grade: {stage: one, value: band, match: [person]}}}\n"
    ).replace("value: band", "value: exact_score")
    workspace = folder(tmp_path, **{"all.kpi.yaml": appraisal})
    path = tmp_path / "base.kpi.yaml"
    before = {error.code for error in checked(workspace, tmp_path / "all.kpi.yaml").report.errors}
    with pytest.raises(RefusedRename, match=r"all.kpi.yaml"):
        renamed(workspace, path, at(BASE, "worth(grade)", "grade"), "level")
    assert "KR804" not in before


CHOICES = """\
kpirules: 1
inputs:
  kind: {type: choice, options: [old, new, other]}
  grade: {type: integer, min: 0, max: 9}
parameters: {old: 2, text: '"other"', same: text}
criteria:
  work:
    max: 10
    cases: [{when: {kind: [old, same], grade: {from: old}}, points: old}, {when: {kind: new}, points: 9}, {points: 0}]
"""


def test_an_option_with_the_name_of_a_parameter_stays(tmp_path: Path) -> None:
    workspace, path = folder(tmp_path, **{"one.kpi.yaml": CHOICES}), tmp_path / "one.kpi.yaml"
    changed = after(workspace, path, at(CHOICES, "old: 2"), "least").file(path)
    assert changed is not None
    assert "{when: {kind: [old, same], grade: {from: least}}, points: least}" in changed.data.decode()
    changed = after(workspace, path, at(CHOICES, "same: text"), "alike").file(path)
    assert changed is not None
    assert "kind: [old, alike]" in changed.data.decode()


@pytest.mark.parametrize(
    ("part", "new", "reason"),
    [
        ("text:", "new", "`new` is taken: one.kpi.yaml:9 compares with this text"),
        ("same:", "old", "`old` is taken"),
    ],
)
def test_a_parameter_takes_no_name_of_an_option(part: str, new: str, reason: str, tmp_path: Path) -> None:
    workspace, path = folder(tmp_path, **{"one.kpi.yaml": CHOICES}), tmp_path / "one.kpi.yaml"
    with pytest.raises(RefusedRename, match=reason):
        renamed(workspace, path, at(CHOICES, part), new)


def test_a_variable_takes_no_name_of_a_function(tmp_path: Path) -> None:
    workspace = folder(tmp_path)
    with pytest.raises(RefusedRename, match="it would cause an error: KR"):
        renamed(workspace, tmp_path / "base.kpi.yaml", at(BASE, "t.kind ==", "t"), "sum")


def test_a_text_with_errors_can_be_renamed_in(tmp_path: Path) -> None:
    text = BASE.replace("total < 1", "total < 1 and nothing")
    workspace = folder(tmp_path).having(tmp_path / "base.kpi.yaml", text)
    assert renamed(workspace, tmp_path / "base.kpi.yaml", at(text, "part(total", "total"), "sums").edits


@pytest.mark.parametrize("text", ["[", "kpirules: 1\nappraisal: a"])
def test_a_text_that_can_not_be_read_has_no_names(text: str, tmp_path: Path) -> None:
    workspace = folder(tmp_path).having(tmp_path / "base.kpi.yaml", text)
    with pytest.raises(RefusedRename, match="can't be read"):
        renamed(workspace, tmp_path / "base.kpi.yaml", 0, "other")


def test_a_word_that_is_written_with_escapes_is_a_reason(tmp_path: Path) -> None:
    text = BASE.replace("[grade, tasks.hours]", r'["gr\u0061de", tasks.hours]')
    workspace = folder(tmp_path).having(tmp_path / "base.kpi.yaml", text)
    with pytest.raises(RefusedRename, match="can't be replaced"):
        renamed(workspace, tmp_path / "base.kpi.yaml", at(text, "worth(grade)", "grade"), "level")


def test_quotes_stay(tmp_path: Path) -> None:
    text = BASE.replace("[grade, tasks.hours]", '["grade", tasks.hours]')
    workspace, path = folder(tmp_path).having(tmp_path / "base.kpi.yaml", text), tmp_path / "base.kpi.yaml"
    changed = after(workspace, path, at(text, "worth(grade)", "grade"), "level").file(path)
    assert changed is not None
    assert '["level", tasks.hours]' in changed.data.decode()


def test_what_another_rulebook_defines_by_itself_is_another_name(tmp_path: Path) -> None:
    other = "kpirules: 1\nextends: base.kpi.yaml\nlet: {own: total}\noutputs: {more: own}\n"
    workspace = folder(tmp_path, **{"one.kpi.yaml": other, "two.kpi.yaml": other})
    files = family(workspace, tmp_path / "one.kpi.yaml", Symbol("name", "own"))
    assert {Path(file).name for file in files} == {"one.kpi.yaml", "base.kpi.yaml", "base.cases.yaml"}
    everywhere = family(workspace, tmp_path / "one.kpi.yaml", Symbol("name", "total"))
    assert {"two.kpi.yaml", "local.kpi.yaml"} <= {Path(file).name for file in everywhere}


def test_references_are_found_from_a_case(tmp_path: Path) -> None:
    workspace, path = folder(tmp_path), tmp_path / "base.cases.yaml"
    place = prepared(workspace, path, at(CASES, "grade: 3", "grade"))
    assert len(places_of(workspace, path, place.symbol)) == 6


RULEBOOKS = sorted(EXAMPLES.rglob("*.kpi.yaml"))

ALSO_USED = ("a band may stand", ".csv:", "office.kpi.yaml:", "branch.kpi.yaml:")
"""Reasons that an example may have: bands, and names that a CSV file or an appraisal uses too."""


@pytest.mark.parametrize("path", some(RULEBOOKS, 24), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_rename_in_an_example_changes_no_rating(path: Path) -> None:
    workspace = Workspace()
    index = workspace.index(path)
    places = index.occurrences(path.as_posix()) if index.surveys else ()
    definitions = [place for place in places if place.is_definition]
    for place in random.Random(path.stem).sample(definitions, k=min(by_budget(1, 4), len(definitions))):
        files = family(workspace, path, place.symbol)
        try:
            changed = after(workspace, path, place.span.start, "renamed_by_a_test")
        except RefusedRename as refused:
            reasons = [reason for reason in ALSO_USED if reason in str(refused)]
            if not reasons:
                raise
            continue
        assert failing(changed, files) == failing(workspace, files)
