"""The progress counter."""

from __future__ import annotations

import sys

import pytest

from kpirules.cli.terminal import progress


def counted(total: int, capsys: pytest.CaptureFixture[str], *, is_shown: bool = True) -> str:
    with progress(total, is_shown=is_shown) as advance:
        for _ in range(total):
            advance()
    return capsys.readouterr().err


def test_nothing_is_counted_where_standard_error_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(1000, capsys) == ""


def test_nothing_is_counted_for_a_few_or_among_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert counted(3, capsys) == ""
    assert counted(1000, capsys, is_shown=False) == ""


def test_a_plain_counter_stands_in_where_rich_is_not_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for name in ("rich", "rich.console", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)
    told = counted(1000, capsys)
    assert "\rassessing 500 of 1,000" in told
    assert told.endswith("\r\x1b[K")
    assert told.count("\r") == 101


def test_rich_draws_a_bar_where_it_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "assessing" in counted(1000, capsys)
