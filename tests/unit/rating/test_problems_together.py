"""Every problem of a subject is reported at once: no mistake hides an unrelated one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from kpirules import Program, SubjectError, assess, assess_cohort, assess_table
from kpirules.cli import main
from tests.budget import by_budget, some
from tests.rules import program

BOOK = """
inputs:
  a: {type: integer, min: 0, max: 9}
  b: {type: integer, min: 0, max: 9}
  c: {type: integer, min: 0, max: 9}
  asked: {type: boolean, optional: true}
  tasks:
    type: list
    min_items: 3
    max_items: 4
    unique: [code]
    fields:
      code: {type: text}
      done: {type: integer, min: 0, max: 9}
      planned: {type: integer, min: 0, max: 9}
      late: {type: integer, min: 0, max: 9}
    let: {left: item.planned - item.done}
    validations:
      sane: {that: item.left >= 0}
      timely: {that: item.late <= 5}
      bounded: {that: item.done <= 8 - a}
  others: {type: list, fields: {n: {type: integer, min: 0, max: 9}}, validations: {small: {that: item.n < 8}}}
validations:
  order: {that: b <= c}
  either: {that: b < 9 or c < 9}
  short: {that: a < 8}
  few: {that: sum(o.n for o in others) < 20}
exemptions: {absent: {when: 'c == 5', status: away}}
criteria:
  plain: {max: 10, entered: {step: 1}}
  extra: {max: 10, applies: asked, missing: exclude, entered: {step: 1}}
  more: {max: 10, applies: a > 3, entered: {step: 1}}
score: {rescale: false, round: {places: 1}}
"""

GOOD: dict[str, Any] = {
    "a": 1,
    "b": 1,
    "c": 2,
    "tasks": [{"code": code, "done": 1, "planned": 2, "late": 0} for code in "ABC"],
    "others": [{"n": 1}, {"n": 2}],
    "plain": 3,
}


@frozen
class Mistake:
    """A mistake in a subject.

    Args:
        name: of the mistake.
        plant: makes it.
        spoils: the values that it makes invalid.
        reads: the values that its report rests on, beside those that are changed.
    """

    name: str
    plant: Callable[[dict[str, Any]], object]
    spoils: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    def may_stand_beside(self, other: Mistake) -> bool:
        """Return whether two mistakes are independent."""
        touched, rests = self.spoils | self.changes, other.spoils | other.changes | other.reads
        return not touched & rests and not (other.spoils | other.changes) & self.reads


def mistake(
    name: str, plant: Callable[[dict[str, Any]], object], spoils: str = "", changes: str = "", reads: str = ""
) -> Mistake:
    return Mistake(name, plant, *(frozenset(names.split()) for names in (spoils, changes, reads)))


MISTAKES = (
    mistake("a name nobody knows", lambda s: s.update(mystery=1)),
    mistake("a text for a number", lambda s: s.update(a="1"), spoils="a"),
    mistake("a number too great", lambda s: s.update(a=10), spoils="a"),
    mistake("a missing input", lambda s: s.pop("b"), spoils="b"),
    mistake("a boolean for a number", lambda s: s.update(c=True), spoils="c"),
    mistake("a text for a boolean", lambda s: s.update(asked="yes"), spoils="asked"),
    mistake("a failed validation", lambda s: s.update(b=7), changes="b", reads="c"),
    mistake("a validation that one value settles", lambda s: s.update(a=8), changes="a", reads="0.done 1.done 2.done more"),
    mistake("a record that is none", lambda s: s["tasks"].__setitem__(0, 5), spoils="0.code 0.done 0.planned 0.late list"),
    mistake("a field of a wrong type", lambda s: s["tasks"][0].update(done="x"), spoils="0.done list"),
    mistake("a field nobody knows", lambda s: s["tasks"][2].update(mystery=1), spoils="list"),
    mistake("a missing field", lambda s: s["tasks"][1].pop("late"), spoils="1.late list"),
    mistake("a record that is not sane", lambda s: s["tasks"][1].update(planned=0), changes="1.planned", reads="1.done"),
    mistake("a late record", lambda s: s["tasks"][0].update(late=6), changes="0.late"),
    mistake("another late record", lambda s: s["tasks"][2].update(late=7), changes="2.late"),
    mistake("a record twice", lambda s: s["tasks"][2].update(code="B"), spoils="list", changes="2.code", reads="1.code"),
    mistake("a record out of bounds", lambda s: s["tasks"][2].update(done=8, planned=9), changes="2.done 2.planned", reads="a"),
    mistake("another list that is none", lambda s: s.update(others={}), spoils="others 0.n 1.n"),
    mistake("a record of another list", lambda s: s["others"][0].update(n=8), changes="0.n", reads=""),
    mistake("a sum of another list", lambda s: s.update(others=[{"n": 7}] * 3), changes="others 0.n 1.n"),
    mistake("too few records", lambda s: s["tasks"].pop(), spoils="list 2.code 2.done 2.planned 2.late"),
    mistake("a text for entered points", lambda s: s.update(plain="3"), spoils="plain"),
    mistake("no entered points", lambda s: s.pop("plain"), spoils="plain"),
    mistake("points beside an absent condition", lambda s: s.update(extra=1), changes="extra", reads="asked"),
    mistake("points beside a false condition", lambda s: s.update(more=1), changes="more", reads="a"),
)  # fmt: skip


def told(book: Program, subject: object, engine: str = "scalar") -> set[tuple[str, str, str]]:
    """Return the code, path and message of every problem of a subject."""
    try:
        assess(book, subject, engine=engine)
    except SubjectError as refusal:
        return {(one.code, one.path, one.message) for one in refusal.report}
    return set()


def planted(mistakes: tuple[Mistake, ...]) -> dict[str, Any]:
    subject = deepcopy(GOOD)
    for one in mistakes:
        one.plant(subject)
    return subject


def independent(count: int) -> Iterator[tuple[Mistake, ...]]:
    """Return some independent mistakes."""
    for chosen in combinations(MISTAKES, count):
        if all(one.may_stand_beside(other) for one, other in combinations(chosen, 2)):
            yield chosen


def test_each_mistake_alone_is_told() -> None:
    book = program(BOOK)
    assert told(book, GOOD) == set()
    for one in MISTAKES:
        assert told(book, planted((one,))), one.name


@pytest.mark.parametrize("count", [2, 3])
def test_several_mistakes_are_reported_as_each_alone(count: int) -> None:
    book = program(BOOK)
    alone = {one.name: told(book, planted((one,))) for one in MISTAKES}
    found = list(independent(count))
    assert len(found) > 100
    for chosen in some(found, (count - 1) ** 3):
        together = set().union(*(alone[one.name] for one in chosen))
        assert told(book, planted(chosen)) == together, [one.name for one in chosen]


def test_every_way_to_assess_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both engines, a table, a cohort and the command line."""
    book = program(BOOK)
    rules, given = tmp_path / "rules.kpi.yaml", tmp_path / "given.json"
    rules.write_text(f"kpirules: 1\nid: rules\n{BOOK}", encoding="utf-8")
    for chosen in list(independent(3))[:: by_budget(200, 40)]:
        subject = planted(chosen)
        expected = told(book, subject)
        assert told(book, subject, "reference") == expected
        with pytest.raises(SubjectError) as caught:
            assess_cohort(book, {"An": subject})
        assert len(caught.value.report) == len(expected)
        (row,) = assess_table(book, [subject], ignore=["mystery"], on_error="report")
        for code, path, message in expected:
            assert path == "mystery" or f"{code} {message}" in row["error"]
        given.write_text(json.dumps(subject), encoding="utf-8")
        assert main(["assess", str(rules), str(given)]) != 0
        printed = capsys.readouterr().err
        for code, _, message in expected:
            assert f"[{code}]: {message}" in printed
