"""An assessment whose parts are computed on first access equals a complete one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from attrs import evolve, fields

from kpirules import Assessment, Outcome, assess, explain
from kpirules.rating.assessing import deferred as deferring
from kpirules.rating.assessing.agreement import differences
from kpirules.rating.assessing.values import take
from tests.rules import F, program

BOOK = """
inputs:
  x: {type: number, min: 0, max: 100}
  o: {type: number, min: 0, max: 10, optional: true}
  kind: {type: choice, options: [a, b], default: b}
  tasks: {type: list, max_items: 9, fields: {n: {type: integer, min: 0, max: 9}, m: {type: integer, min: 0, max: 9, default: 3}}}
let: {sum: 'sum(t.n * t.m for t in tasks)', unread: x + 1}
exemptions: {e: {when: x > 99, status: spared}}
criteria:
  a: {max: 100, points: 'min(x / 3 + sum, 100)'}
  c: {max: 10, points: o, missing: unrated}
score: {round: {places: 1}, limits: {l: {when: x > 50, at_most: 60}}}
bands: {good: {from: 50, requires: {r: {that: kind == "b"}}}, poor: {below: 50}}
overrides: {w: {when: x == 7, band: good}}
outputs: {twice: score * 2, of: kind}
invariants: {i: {that: x < 90}}
""".replace("sum:", "added:").replace("+ sum,", "+ added,")
SUBJECTS: list[dict[str, Any]] = [
    {"x": 10, "o": 5, "tasks": []},
    {"x": 80, "o": 5, "tasks": [{"n": 4}, {"n": 9, "m": 9}]},
    {"x": 80, "o": 5, "kind": "a", "tasks": [{"n": 9, "m": 9}]},
    {"x": 10, "tasks": []},
    {"x": 7, "tasks": [{"n": 1}]},
    {"x": 100, "tasks": []},
    {"x": F(15, 2), "o": 1, "tasks": []},
]


def deferred(subject: object) -> Assessment:
    return assess(program(BOOK), subject)


def whole(subject: object) -> Assessment:
    return assess(program(BOOK), subject, engine="reference")


@pytest.fixture(params=SUBJECTS, ids=range(len(SUBJECTS)))
def subject(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


class Asked:
    """Records the names it is asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        asked = list(names)
        self.names += asked
        return {"edition": "2026"} | {name: f"the {name}" for name in asked}


def test_it_equals_a_complete_record(subject: dict[str, Any]) -> None:
    assert deferred(subject) == whole(subject)
    assert whole(subject) == deferred(subject)
    assert deferred(subject) == deferred(subject)
    assert deferred(subject) != deferred({"x": 1, "o": 1, "tasks": []})


def test_each_part_equals_that_of_the_complete_record(subject: dict[str, Any]) -> None:
    names = [attribute.name for attribute in fields(Assessment)]
    for name in (*names, "points", "share", "is_rated"):
        assert getattr(deferred(subject), name) == getattr(whole(subject), name), name


def test_it_is_hashed_printed_and_written_like_a_complete_record(subject: dict[str, Any]) -> None:
    for form in (hash, repr, Assessment.to_json, Assessment.to_data):
        assert form(deferred(subject)) == form(whole(subject))
    assert Assessment.from_json(deferred(subject).to_json()) == whole(subject)


def test_copies_are_complete(subject: dict[str, Any]) -> None:
    copies = [
        pickle.loads(pickle.dumps(deferred(subject))),
        copy.copy(deferred(subject)),
        copy.deepcopy(deferred(subject)),
    ]
    for one in copies:
        assert one == whole(subject)
        assert "_loader" not in vars(one)
        assert (one.points, one.share) == (whole(subject).points, whole(subject).share)
    assert evolve(deferred(subject), edition="other") == evolve(whole(subject), edition="other")


def test_nothing_is_computed_before_it_is_read() -> None:
    asked = Asked()
    found = Assessment.deferred(asked)
    assert asked.names == []
    assert [found.status, found.status, found.edition] == ["the status", "the status", "2026"]
    assert asked.names == ["status"]
    assert found.points == "the points"
    assert asked.names == ["status", "points"]


PARTS = ("outcomes", "requirements", "overrides", "exemption", "limits", "invariants", "legend")


def refuse(*_: object) -> None:
    raise RuntimeError


def test_only_formulas_need_the_reference_engine(monkeypatch: pytest.MonkeyPatch, subject: dict[str, Any]) -> None:
    expected = whole(subject)
    monkeypatch.setattr(deferring, "by_reference", refuse)
    found = deferred(subject)
    assert found.to_data(formulas=False) == expected.to_data(formulas=False)
    assert found.to_json(formulas=False) == expected.to_json(formulas=False)
    for id_, outcome in found.outcomes.items():
        for name in (one.name for one in fields(Outcome) if one.name != "computations"):
            assert getattr(outcome, name) == getattr(expected.outcomes[id_], name), (id_, name)
    with pytest.raises(RuntimeError):
        _ = deferred(SUBJECTS[1]).let_computations
    with pytest.raises(RuntimeError):
        _ = deferred(SUBJECTS[1]).outcomes["a"].computations


def test_a_record_without_formulas_is_read_and_explained() -> None:
    found = Assessment.from_data(deferred(SUBJECTS[1]).to_data(formulas=False))
    made = whole(SUBJECTS[1])
    assert (found.points, found.let, found.outputs, found.margin) == (
        made.points,
        made.let,
        made.outputs,
        made.margin,
    )
    assert {one.computation for one in (*found.requirements, *found.limits, *found.invariants)} == {None}
    assert explain(found).text()
    assert found.to_data(formulas=False) == found.to_data() == made.to_data(formulas=False)


def test_parts_are_completed_when_compared_or_copied() -> None:
    for subject in SUBJECTS:
        found, made = deferred(subject), whole(subject)
        for name in PARTS:
            part, other = getattr(found, name), getattr(made, name)
            assert pickle.loads(pickle.dumps(part)) == part == copy.deepcopy(part) == other
            assert (hash(part), repr(part)) == (hash(other), repr(other))


def test_written_data_is_shared_with_nobody() -> None:
    data = deferred(SUBJECTS[0]).to_data(formulas=False)
    data["legend"]["entries"].clear()
    data["outcomes"]["a"]["contributions"].clear()
    assert deferred(SUBJECTS[0]).to_data(formulas=False) == whole(SUBJECTS[0]).to_data(formulas=False)


def test_what_is_decided_needs_no_reference_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferring, "by_reference", refuse)
    found = deferred(SUBJECTS[1])
    assert (found.status, found.band, str(found.score), found.exact_score) == ("rated", "good", "60", F(60))
    assert (found.points["c"], found.share["c"], found.assumed["kind"]) == (F(5), F(1, 2), "b")
    assert found.margin is not None
    assert (found.rulebook, found.is_rated) == ("rules", True)
    assert (found.because, found.overrides) == ((), ())


def test_all_formulas_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    by_reference = deferring.by_reference

    def counted(*arguments: Any) -> Any:
        runs.append(1)
        return by_reference(*arguments)

    monkeypatch.setattr(deferring, "by_reference", counted)
    found = deferred(SUBJECTS[0])
    assert (found.outcomes["a"].points, found.let["added"], found.outputs["of"]) == (F(10, 3), F(0), "b")
    assert runs == []
    assert hash(found) == hash(found)
    assert (found.points["a"], len(runs)) == (F(10, 3), 1)


@pytest.mark.parametrize("name", ["other", "_later_", "__len__", "_repr_html_", "__array__"])
def test_an_unknown_attribute_is_an_error(name: str) -> None:
    for found in (deferred(SUBJECTS[0]), whole(SUBJECTS[0]), Assessment.__new__(Assessment)):
        with pytest.raises(AttributeError, match=f"an assessment has no attribute `{name}`"):
            getattr(found, name)


def test_points_and_shares_are_maps_like_those_of_the_whole() -> None:
    found, made = deferred(SUBJECTS[0]), whole(SUBJECTS[0])
    for part, other in ((found.points, made.points), (found.share, made.share)):
        assert (part, dict(part), len(part), list(part), hash(part), repr(part)) == (
            other,
            dict(other),
            len(other),
            list(other),
            hash(other),
            repr(other),
        )
        assert part["a"] == part["a"] == other["a"]
        assert "a" in part
        assert "score" not in part
        assert pickle.loads(pickle.dumps(part)) == copy.copy(part) == copy.deepcopy(part) == other
        with pytest.raises(KeyError):
            _ = part["other"]


def test_an_assessment_without_state_has_no_parts() -> None:
    with pytest.raises(AttributeError, match="`status`"):
        _ = Assessment.__new__(Assessment).status


def test_it_is_frozen() -> None:
    found = deferred(SUBJECTS[0])
    with pytest.raises(AttributeError):
        found.status = "other"  # type: ignore[misc]
    assert found.status == "rated"


def test_later_changes_of_the_input_do_not_change_a_record() -> None:
    """A later part is computed from the original inputs, even if the caller changes them."""
    for make in (dict, lambda given: given | {"x": _Odd(given["x"])}):
        records: list[dict[str, int]] = [{"n": 4}, {"n": 2, "m": 1}]
        given: dict[str, Any] = {"x": 30, "o": 5, "tasks": records}
        expected = whole(given)
        found = deferred(given := make(given))
        records[0]["n"] = 0
        records.append({"n": 9})
        given["x"] = 99
        given.clear()
        assert found == expected


class _Odd(int):
    """A number that only the slow path accepts."""


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no engine `fast`: there are scalar and reference"):
        assess(program(BOOK), SUBJECTS[0], engine="fast")


def test_engines_that_differ_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    found = deferred(SUBJECTS[0])
    monkeypatch.setattr(deferring, "differences", lambda *_: ["band: 'good' and 'poor'"])
    with pytest.raises(AssertionError, match="band: 'good' and 'poor'"):
        _ = found.outcomes["a"].computations


def test_every_difference_is_named() -> None:
    book = program(BOOK)

    def both(subject: dict[str, Any]) -> Any:
        values = take(book.rulebook.inputs, subject)
        decision = book.scalar.decide(book.scalar.pack(values.given))
        knowledge = deferring.initial_knowledge(book, values)
        return decision, (deferring.by_reference(book, values, knowledge), knowledge)

    (one, record), (other, other_record) = both(SUBJECTS[0]), both(SUBJECTS[2])
    assert differences(one, *record) == differences(other, *other_record) == []
    apart = {line.partition(":")[0] for line in differences(one, *other_record)}
    assert apart >= {"status", "let", "score", "exact_score", "band", "banded_on", "points"}
    early, exempted = both(SUBJECTS[5])
    assert differences(early, *exempted) == []
    assert [line.partition(":")[0] for line in differences(early, *record)] == ["status", "let"]
