"""A rulebook and files of subjects, in a directory of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen

from kpirules.cli import main

RULEBOOK = """\
kpirules: 1
id: staff.review
inputs:
  person: {type: text, optional: true, max_length: 40}
  served: {type: integer, min: 0, max: 12}
  warned: {type: boolean, default: false}
  level:  {type: choice, options: [junior, senior], optional: true}
  joined: {type: date, optional: true}
  tasks:
    type: list
    min_items: 0
    fields:
      name:    {type: text, optional: true}
      planned: {type: number, above: 0, max: 100, decimals: 2}
      done:    {type: number, min: 0, max: 100, decimals: 2}
let:
  rate: min(ratio(sum(t.done for t in tasks), sum(t.planned for t in tasks), if_zero=0), 1)
exemptions:
  short_service: {when: served < 3, status: not_rated}
criteria:
  results:
    label: Kết quả
    criteria:
      amount:   {max: 50, rate: rate}
      presence: {max: 50, rate: served / 12}
score: {round: {places: 2, mode: half_up}, band_on: rounded}
bands:
  good: {from: 70, label: {en: Well done, vi: Tốt}}
  fair: {from: 50}
  poor: {from: 0}
overrides:
  warning: {when: warned, band_at_most: fair, source: Article 7}
outputs:
  bonus: score * 10
  veteran: default(joined, date(2026, 1, 1)) < date(2020, 1, 1)
  since: joined
examples:
  - name: two of three
    given: {served: 12, tasks: [{planned: 3, done: 2}]}
    expect: {score: 83.33, band: good}
allow:
  KR242: These tests hand over what they do not use
"""


@frozen
class Ran:
    """The result of a command."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory with a rulebook."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "staff.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def kpirules(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs a command in the directory."""

    def run(*arguments: str) -> Ran:
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def write(folder: Path) -> Callable[[str, str], str]:
    """Return a function that writes a file into the directory."""

    def written(name: str, text: str) -> str:
        (folder / name).write_bytes(text.encode("utf-8"))
        return name

    return written
