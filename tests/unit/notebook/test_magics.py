"""Magics in a shell of IPython: cells and files as rulebooks, and files that change."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import kpirules as kr

RULES = """kpirules: 1
id: review
inputs: {done: {type: integer, min: 0, max: 10}}
criteria: {work: {max: 10, points: done}}
"""


@pytest.fixture(scope="module")
def only_shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    main = sys.modules["__main__"]
    # A cache of outputs is emptied by looking through all memory, at each `reset`.
    shell = InteractiveShell.instance(cache_size=0)
    shell.run_line_magic("load_ext", "kpirules")
    yield shell
    InteractiveShell.clear_instance()
    # A shell makes its names the main module.
    sys.modules["__main__"] = main


@pytest.fixture
def shell(only_shell: InteractiveShell) -> InteractiveShell:
    only_shell.reset()  # type: ignore[no-untyped-call]
    return only_shell


def failure(shell: InteractiveShell, cell: str) -> str:
    """Return the error of a cell, or an empty text."""
    error = shell.run_cell(cell).error_in_exec  # type: ignore[no-untyped-call]
    return "" if error is None else f"{type(error).__name__}: {error}"


def test_a_cell_is_a_rulebook(shell: InteractiveShell) -> None:
    assert failure(shell, f"%%rulebook book\n{RULES}") == ""
    assert shell.user_ns["book"].rulebook == kr.loads(RULES).rulebook
    assert failure(shell, "score = kr.assess(book, {'done': 7}).score") == "NameError: name 'kr' is not defined"
    assert failure(shell, "import kpirules as kr; score = kr.assess(book, {'done': 7}).score") == ""
    assert shell.user_ns["score"] == 7


def test_an_error_has_its_caret_in_the_cell(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.user_ns["book"] = kr.loads(RULES)
    wrong = RULES.replace("points: done", "points: dane")
    assert failure(shell, f"%%rulebook book\n{wrong}") == (
        "UsageError: the rulebook has errors, so `book` is not defined"
    )
    assert "book" not in shell.user_ns
    printed = capsys.readouterr().out
    # The magic is line 1 of the cell.
    assert "--> book:5:36" in printed
    assert "did you mean `done`?" in printed


def test_a_variant_and_a_day_can_be_chosen(shell: InteractiveShell) -> None:
    rules = RULES + "variants: {north: {criteria: {work: {max: 20}}}, south: {}}\n"
    assert failure(shell, f"%%rulebook book --variant north\n{rules}") == ""
    assert shell.user_ns["book"].rulebook.root.max == 20
    assert failure(shell, f"%%rulebook book --variant south --on never\n{rules}") == (
        "UsageError: `on` is a date such as 2026-07-01, not 'never'"
    )


def test_a_file_is_read_again_once_it_has_changed(
    shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, path = tmp_path / "base.kpi.yaml", tmp_path / "review.kpi.yaml"
    base.write_text(RULES, encoding="utf-8")
    path.write_text("kpirules: 1\nid: north\nextends: base.kpi.yaml\n", encoding="utf-8")
    assert failure(shell, f"%rulebook book {path}") == ""
    first = shell.user_ns["book"]
    assert failure(shell, "1 + 1") == ""
    assert shell.user_ns["book"] is first
    # A rulebook that it extends has errors: no cell goes on with the old rules.
    base.write_text(RULES.replace("points: done", "points: dane"), encoding="utf-8")
    assert failure(shell, "found = book") == "NameError: name 'book' is not defined"
    assert f"{path} has changed: `book` is loaded again" in capsys.readouterr().out
    base.write_text("kpirules: [", encoding="utf-8")
    assert failure(shell, "found = book") == "NameError: name 'book' is not defined"
    base.write_text(RULES.replace("max: 10, points", "max: 20, points"), encoding="utf-8")
    assert failure(shell, "most = book.rulebook.root.max") == ""
    assert shell.user_ns["most"] == 20


def test_a_name_that_is_used_for_something_else_is_left_alone(shell: InteractiveShell, tmp_path: Path) -> None:
    path = tmp_path / "review.kpi.yaml"
    path.write_text(RULES, encoding="utf-8")
    assert failure(shell, f"%rulebook book {path}") == ""
    assert failure(shell, "book = 'novel'") == ""
    path.write_text(RULES.replace("max: 10, points", "max: 20, points"), encoding="utf-8")
    assert failure(shell, "found = book") == ""
    assert shell.user_ns["found"] == "novel"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("%rulebook 2x rules.yaml", "`2x` is not a name in Python"),
        ("%rulebook book", "write `%%rulebook NAME` above the text of a rulebook, or `%rulebook NAME PATH`"),
        ("%rulebook", "the following arguments are required: name; write `%%rulebook NAME`"),
        ("%%rulebook book rules.yaml\nkpirules: 1", "write `%%rulebook NAME` above the text of a rulebook"),
        ("%rulebook book nowhere.kpi.yaml", "No such file or directory: 'nowhere.kpi.yaml'"),
    ],
)
def test_a_wrong_magic_is_refused(shell: InteractiveShell, cell: str, reason: str) -> None:
    assert reason in failure(shell, cell)
