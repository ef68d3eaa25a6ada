"""The old cases on new rules: which expectations changed, and the reason written beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kpirules.cli import main
from kpirules.testing import ChangedCase, Gate, gate

RULES = """\
kpirules: 1
id: t
inputs: {n: {type: integer, min: 0, max: 10}}
criteria: {work: {max: 10, points: n}}
bands: {good: {from: 5}, poor: {from: 0}}
examples: [{name: none, given: {n: 0}, expect: {band: poor}}]
"""
CASES = """\
rulebook: t.kpi.yaml
cases:
  - {name: five, given: {n: 5}, expect: {score: 5, band: good}}
  - {name: nine, given: {n: 9}, expect: {score: 9, band: good}, note: Article 3}
"""
REASON = "from 2027 six are needed"


@pytest.fixture
def editions(tmp_path: Path) -> Callable[[str], tuple[Path, Path]]:
    """Write an old edition, and a new one with other cases that needs six."""

    def write(cases: str) -> tuple[Path, Path]:
        for name, rules, own in (("old", RULES, CASES), ("new", RULES.replace("from: 5", "from: 6"), cases)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "t.kpi.yaml").write_text(rules, encoding="utf-8")
            (tmp_path / name / "t.cases.yaml").write_text(own, encoding="utf-8")
        return tmp_path / "old" / "t.kpi.yaml", tmp_path / "new" / "t.kpi.yaml"

    return write


FIVE = "{name: five, given: {n: 5}, expect: {score: 5, band: good}"
NOW = "{name: five, given: {n: 5}, expect: {score: 5, band: poor}"


def test_a_change_without_a_reason_closes_the_gate(editions: Callable[[str], tuple[Path, Path]]) -> None:
    old, new = editions(CASES.replace(FIVE, NOW))
    found = gate(old, new)
    (one,) = found.changed
    assert (found.count, found.is_open, one.name, one.changes) == (3, False, "five", ("band: good → poor",))
    assert found.text().splitlines() == [
        f"{old.parent}/t.cases.yaml:3 five: no reason is written beside it",
        "  band: good → poor",
        "3 old cases: 1 changed, 1 of them without a reason",
    ]
    assert repr(found) == "<Gate 3 cases · 1 changed · 1 unexplained>"
    assert str(found) == found.text()


@pytest.mark.parametrize("reason", [f"note: {REASON}", f"source: {{document: {REASON}}}", f"source: [{REASON}]"])
def test_a_reason_beside_the_new_expectation_opens_it(
    reason: str, editions: Callable[[str], tuple[Path, Path]]
) -> None:
    found = gate(*editions(CASES.replace(FIVE, f"{NOW}, {reason}")))
    assert found.is_open
    assert found.changed[0].reason == REASON
    assert found.data()["changed"][0]["reason"] == REASON


def test_a_reason_of_before_is_none(editions: Callable[[str], tuple[Path, Path]]) -> None:
    found = gate(*editions(CASES.replace("{name: five", "{note: Article 3, name: gone")))
    assert found.without == found.changed
    assert str(found.changed[0]).splitlines()[0].endswith(" five: the new edition has no such case")


def test_a_refusal_is_told(editions: Callable[[str], tuple[Path, Path]]) -> None:
    old, new = editions(CASES)
    new.write_text(new.read_text(encoding="utf-8").replace("max: 10}}", "max: 8}}"), encoding="utf-8")
    new.with_name("t.cases.yaml").unlink()
    told = {case.name: case.changes for case in gate(old, new).changed}
    assert told["nine"][0] == "`n` is 9, above 8"


def test_the_command(editions: Callable[[str], tuple[Path, Path]], capsys: pytest.CaptureFixture[str]) -> None:
    old, new = map(str, editions(CASES.replace(FIVE, NOW)))
    assert main(["gate", old, new]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "3 old cases: 1 changed, 1 of them without a reason"
    assert main(["gate", old, new, "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["count"], data["is_open"]) == (3, False)
    assert main(["gate", old, old]) == 0
    Path(new).write_text("kpirules: x\n", encoding="utf-8")
    assert main(["gate", old, new]) == 2


def test_reasons_come_last() -> None:
    changed = ChangedCase("a", "x:1", ("band: good → poor",), "why"), ChangedCase("b", "x:2", ("score: 1 → 2",))
    assert [line[:3] for line in Gate(2, changed).text().splitlines()[::2]] == ["x:2", "x:1", "2 o"]
