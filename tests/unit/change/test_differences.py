"""The differences between two rulebooks, by id."""

from __future__ import annotations

from typing import Any

import pytest
from books import BOOK, changed, compared, program, unproved

import kpirules as kr
from kpirules import Program
from kpirules.change.differing import Found, found_between, text_of
from kpirules.change.writing import parts_of
from tests.budget import some

Planted = tuple[tuple[tuple[str, Any], ...], str, str, tuple[tuple[str, str, str], ...]]

PLANTED: dict[str, Planted] = {
    "an edition": ((("edition", "2"),), "", "changed", (("edition", "1", "2"),)),
    "a limit of an input": ((("inputs/done/max", 90),), "inputs.done", "changed", (("max", "100", "90"),)),
    "an option": (
        (("inputs/mood/options", ["low", "high", "odd"]),),
        "inputs.mood", "changed", (("options", "low, high", "low, high, odd"),),
    ),
    "the order of options": (
        (("inputs/kind/options", {"urgent": "Urgent", "plain": "Plain"}),),
        "inputs.kind", "changed", (("options", "plain: Plain, urgent: Urgent", "urgent: Urgent, plain: Plain"),),
    ),
    "a field": (
        (("inputs/tasks/fields/hours/max", 12),), "inputs.tasks.fields.hours", "changed", (("max", "8", "12"),)
    ),
    "a computed field": (
        (("inputs/tasks/let/double", "item.hours * 3"),),
        "inputs.tasks.let.double", "changed", (("value", "item.hours * 2", "item.hours * 3"),),
    ),
    "a validation of records": (
        (("inputs/tasks/validations", None),),
        "inputs.tasks.validations.worked", "removed", (("that", "item.hours >= 0", ""),),
    ),
    "a validation": (
        (("validations/possible/that", "done <= 99"),),
        "validations.possible", "changed", (("that", "done <= 100", "done <= 99"),),
    ),
    "a parameter": ((("parameters/most", 30),), "parameters.most", "changed", (("value", "40", "30"),)),
    "an option of a table": (
        (("tables/by_kind/lookup/urgent", 3),),
        "tables.by_kind", "changed", (("lookup, urgent", "value: 2", "value: 3"),),
    ),
    "a row of a table": (
        (("tables/level/steps/0", {"from": 60, "value": "good"}),),
        "tables.level", "changed", (("steps, from 50", "value: good", ""), ("steps, from 60", "", "value: good")),
    ),
    "a scale": (
        (("tables/line/scale", [[0, 0], [10, 6]]),),
        "tables.line", "changed", (("scale", "[0, 0], [10, 5]", "[0, 0], [10, 6]"),),
    ),
    "a function": ((("functions/half/value", "x / 3"),), "functions.half", "changed", (("value", "x / 2", "x / 3"),)),
    "a calendar": (
        (("calendars/office/makeup", ["2026-01-03"]),),
        "calendars.office", "changed", (("makeup", "", "2026-01-03"),),
    ),
    "a named value": (
        (("let/rate", "min(done / planned, 0.9)"),),
        "let.rate", "changed", (("value", "min(done / planned, 1)", "min(done / planned, 0.9)"),),
    ),
    "an exemption": (
        (("exemptions/absent/status", "away"),), "exemptions.absent", "changed", (("status", "not_rated", "away"),)
    ),
    "a formula": (
        (("criteria/results/criteria/amount/rate", "rate / 2"),),
        "criteria.amount", "changed", (("rate", "rate", "rate / 2"),),
    ),
    "a row": (
        (("criteria/results/criteria/speed/steps/0", {"from": 50, "points": 18}),),
        "criteria.speed", "changed", (("steps, from 50", "points: 20", "points: 18"),),
    ),
    "an undefined row": (
        (("criteria/results/criteria/speed/steps/1", {"undefined": True}),),
        "criteria.speed", "changed",
        (("steps, otherwise", "points: 0", "undefined: the regulation does not say"),),
    ),
    "thresholds": (
        (("criteria/passed/thresholds/from", [10, 30]),),
        "criteria.passed", "changed",
        (("thresholds", "from: [10, 20], each: 2", "from: [10, 30], each: 2"),),
    ),
    "steps of entered points": (
        (("criteria/conduct/entered/step", 2),), "criteria.conduct", "changed", (("entered", "step: 1", "step: 2"),)
    ),
    "how a leaf earns": (
        (("criteria/conduct", {"max": 6, "met": "done > 9"}),),
        "criteria.conduct", "changed", (("entered", "step: 1", ""), ("met", "", "done > 9")),
    ),
    "a criterion": (
        (("criteria/extra_work", {"max": 5, "extra": True, "points": 1}),),
        "criteria.extra_work", "added", (("points", "", "1"), ("max", "", "5"), ("extra", "", "true")),
    ),
    "a rounding": (
        (("score/round", {"places": 2}),),
        "score", "changed", (("round", "places: 1, mode: half_up", "places: 2, mode: half_up"),),
    ),
    "what is banded": ((("score/band_on", "exact"),), "score", "changed", (("band_on", "rounded", "exact"),)),
    "a limit": ((("score/limits/late/at_most", 50),), "score.limits.late", "changed", (("at_most", "60", "50"),)),
    "a band": ((("bands/good/from", 55),), "bands.good", "changed", (("from", "50", "55"),)),
    "a requirement": (
        (("bands/good/requires/enough/that", "done >= 6"),),
        "bands.good.requires.enough", "changed", (("that", "done >= 5", "done >= 6"),),
    ),
    "an override": (
        (("overrides/warned/when", "late and done < 4"),),
        "overrides.warned", "changed", (("when", "late and done < 3", "late and done < 4"),),
    ),
    "an output": (
        (("outputs/days_late", "days_in + 1"),),
        "outputs.days_late", "changed", (("value", "days_in", "days_in + 1"),),
    ),
    "an invariant": (
        (("invariants/bounded/that", "default(score, 0) <= 101"),),
        "invariants.bounded", "changed", (("that", "default(score, 0) <= 100", "default(score, 0) <= 101"),),
    ),
    "an example": (
        (("examples/0/expect", {"band": "good"}),),
        "examples.one", "changed", (("expect", "band: poor", "band: good"),),
    ),
    "a label": (
        (("criteria/results/label", "What was done"),),
        "criteria.results", "changed", (("label", "Results", "What was done"),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", some(PLANTED, 11))
def test_a_comparison_tells_of_a_single_change(what: str) -> None:
    planted, ref, change, keys = PLANTED[what]
    (found,) = compared(*planted).differences
    assert (found.ref, found.change) == (ref, change)
    assert tuple((one.key, one.old, one.new) for one in found.changes) == keys


# What a comparison makes of differences is tested above, and takes most of its time.


def told(old: Program, new: Program) -> list[Found]:
    """Return the differences of two rulebooks, without their significance."""
    return found_between(*(parts_of(one.rulebook) for one in (old, new)))


@pytest.mark.parametrize("what", PLANTED)
def test_a_single_change_is_told_where_it_was_made(what: str) -> None:
    planted, ref, change, keys = PLANTED[what]
    (found,) = told(program(), unproved(changed(*planted)))
    assert (found.ref, found.change) == (ref, change)
    assert tuple((one.key, one.old, one.new) for one in found.changes) == keys


@pytest.mark.parametrize("what", some(PLANTED, 3))
def test_what_was_added_one_way_was_removed_the_other(what: str) -> None:
    planted, ref, change, keys = PLANTED[what]
    (found,) = told(unproved(changed(*planted)), program())
    assert (found.ref, found.change) == (ref, {"added": "removed", "removed": "added"}.get(change, change))
    assert {(one.key, one.new, one.old) for one in found.changes} == set(keys)


def test_a_rulebook_differs_in_nothing_from_itself() -> None:
    found = compared()
    assert found.is_same
    assert found.differences == ()
    assert found.significance.kind == "wording"


def test_the_order_of_keys_is_no_difference() -> None:
    book = changed(("criteria", None), ("let", None))
    book["criteria"] = dict(reversed(BOOK["criteria"].items()))
    book["let"] = dict(reversed(BOOK["let"].items()))
    assert kr.compare(program(), unproved(book)).is_same


def test_an_order_that_means_something_is_told_once() -> None:
    book = changed(("overrides", None))
    book["overrides"] = dict(reversed(BOOK["overrides"].items()))
    (found,) = told(program(), unproved(book))
    assert (found.ref, found.kind, found.change) == ("overrides (order)", "order", "moved")
    assert [(one.old, one.new) for one in found.changes] == [("warned, zero", "zero, warned")]


def test_the_order_of_examples_is_wording() -> None:
    one = BOOK["examples"][0]
    other = {**one, "name": "two"}
    old, new = changed(("examples", [one, other])), changed(("examples", [other, one]))
    (found,) = kr.compare(unproved(old), unproved(new)).differences
    assert (found.ref, found.significance.kind) == ("examples (order)", "wording")


def test_the_order_of_bands_has_its_own_name() -> None:
    levels = {"a": {"from": 50, "below": 60}, "b": {"from": 0, "below": 50}}
    old = {
        "kpirules": 1,
        "criteria": {"x": {"max": 50, "entered": {}}},
        "score": {"better": "listed"},
        "bands": levels,
    }
    new = {**old, "bands": dict(reversed(levels.items()))}
    (found,) = told(unproved(old), unproved(new))
    assert found.ref == "bands (order)"


def test_a_criterion_that_moves_says_where_to() -> None:
    book = changed(("criteria/results/criteria/sort", None))
    book["criteria"]["sort"] = BOOK["criteria"]["results"]["criteria"]["sort"]
    (found,) = told(program(), unproved(book))
    assert (found.ref, found.change) == ("criteria.sort", "moved")
    assert [(one.key, one.old, one.new) for one in found.changes] == [("in", "criteria.results", "score")]


def test_a_criterion_that_moves_and_changes_has_changed() -> None:
    book = changed(("criteria/results/criteria/sort", None))
    book["criteria"]["sort"] = {**BOOK["criteria"]["results"]["criteria"]["sort"], "max": 11}
    (found,) = told(program(), unproved(book))
    assert found.change == "changed"
    assert [one.key for one in found.changes] == ["max", "in"]


def test_a_renamed_part_is_reported_on_both_sides() -> None:
    book = changed(("exemptions/new", None))
    book["exemptions"]["newcomer"] = BOOK["exemptions"]["new"]
    come, gone = kr.compare(program(), unproved(book)).differences
    assert (come.ref, come.change, come.twin) == ("exemptions.newcomer", "added", "exemptions.new")
    assert (gone.ref, gone.change, gone.twin) == ("exemptions.new", "removed", "exemptions.newcomer")
    assert come.together == ("exemptions.new",)


def test_with_two_candidates_no_renaming_is_reported() -> None:
    book = changed(("exemptions/new", None))
    book["exemptions"] |= {"one": BOOK["exemptions"]["new"], "two": BOOK["exemptions"]["new"]}
    found = told(program(), unproved(book))
    assert [one.twin for one in found] == ["", "", ""]


def test_a_list_comes_with_its_fields_as_one_difference() -> None:
    records = {"type": "list", "fields": {"n": {"type": "integer", "min": 0, "max": 9}}}
    (found,) = told(program(), unproved(changed(("inputs/more", records))))
    assert (found.ref, found.change) == ("inputs.more", "added")
    assert ("fields", "", "n") in [(one.key, one.old, one.new) for one in found.changes]


def test_a_difference_has_both_citations_its_own_or_those_of_what_it_belongs_to() -> None:
    book = changed(
        ("criteria/results/criteria/speed/max", 25),
        ("criteria/results/criteria/amount/source", {"document": "Decree 2", "article": "Article 3"}),
        ("criteria/results/source", "Article 2a"),
        ("parameters/most", 41),
    )
    sources = {one.ref: (one.old_source, one.new_source) for one in told(program(), unproved(book))}
    assert sources == {
        "criteria.results": ("Article 2", "Article 2a"),
        "criteria.speed": ("Article 2", "Article 2a"),
        "criteria.amount": ("Article 3", "Decree 2, Article 3"),
        "parameters.most": ("", ""),
    }


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        # Rows with one condition are told one by one, the rest all at once.
        (
            [{"from": 5, "points": 2}, {"from": 5, "points": 1}, {"points": 0}],
            [{"from": 5, "points": 2}, {"points": 0}],
            [
                (
                    "steps",
                    "[from: 5, points: 2], [from: 5, points: 1], [points: 0]",
                    "[from: 5, points: 2], [points: 0]",
                )
            ],
        ),
        (
            [{"from": 5, "points": 2}, {"from": 3, "points": 1}, {"points": 0}],
            [{"from": 3, "points": 1}, {"from": 5, "points": 2}, {"points": 0}],
            [("steps, order", "from 5; from 3; otherwise", "from 3; from 5; otherwise")],
        ),
    ],
)
def test_rows_are_told_by_their_condition(old: Any, new: Any, keys: Any) -> None:
    way = "criteria/results/criteria/speed/steps"
    books = [changed((way, rows)) for rows in (old, new)]
    (found,) = told(*map(unproved, books))
    assert [(one.key, one.old, one.new) for one in found.changes] == keys


def test_lists_inside_mappings_are_bracketed() -> None:
    assert text_of({"from": [1, 2], "each": {"a": True}}) == "from: [1, 2], each: [a: true]"
