"""The significance of a difference for ratings: proved, shown, or possible."""

from __future__ import annotations

import json
from typing import Any

import pytest
from books import BOOK, changed, compared, unproved

import kpirules as kr
from kpirules.change import Significance
from kpirules.change.demanding import demands
from kpirules.change.sides import Side
from tests.budget import some

SMALL: dict[str, Any] = {
    "kpirules": 1,
    "id": "small",
    "inputs": {"done": {"type": "number", "min": 0, "max": 10, "decimals": 1}},
    "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    "score": {"round": {"places": 2}, "band_on": "rounded"},
    "bands": {"good": {"from": 50}, "poor": {"from": 0}},
}


def meaning(old: dict[str, Any], new: dict[str, Any]) -> Significance:
    return kr.compare(unproved(old), unproved(new)).significance


def of_inputs(old: Any, new: Any) -> tuple[str, ...]:
    """Return the demands of new declarations of an input."""
    books = (unproved({**SMALL, "inputs": SMALL["inputs"] | inputs}) for inputs in (old, new))
    return demands(*(Side(book, book) for book in books))


@pytest.mark.parametrize(
    "change",
    [
        ("title", "All of it"),
        ("criteria/results/label", "Done"),
        ("examples", []),
        ("criteria/results/criteria/amount/rate", " rate "),
        ("overrides/zero/note", "Nothing was done."),
    ],
)
def test_words_are_wording(change: tuple[str, Any]) -> None:
    found = compared(change)
    assert found.old.scoring_hash == found.new.scoring_hash
    assert found.old.content_hash != found.new.content_hash
    assert {found.significance.kind, *(one.significance.kind for one in found.differences)} == {"wording"}
    assert found.significance.evidence == "proved"


@pytest.mark.parametrize(
    "changes",
    some(
        [
            (("let/part", "done / planned"), ("let/rate", "min(part, 1)")),
            (("edition", "2"),),
            (("parameters/most", None), ("criteria/results/criteria/amount/max", 40)),
            (("invariants/bounded/that", "default(score, 0) <= 500"),),
            (("let/unread", "done + 1"),),
            (("criteria/results/criteria/amount/rate", "(rate)"),),
        ],
        2,
    ),
)
def test_formulas_that_come_to_the_same_rate_alike(changes: tuple[tuple[str, Any], ...]) -> None:
    found = compared(*changes)
    assert found.significance.ratings in ("same", "wording")
    assert not found.significance.demands


def test_another_score_is_shown_with_a_subject() -> None:
    found = meaning(SMALL, SMALL | {"criteria": {"work": {"max": 100, "rate": "done / 20"}}})
    assert (found.kind, found.evidence) == ("ratings", "shown")
    subject = json.loads(found.witness)
    assert found.old != found.new
    assert subject["done"] > 0


def test_a_subject_between_the_ends_of_bands_is_aimed_at() -> None:
    """No end of a domain and no number in the rules is in that range."""
    book = SMALL | {"inputs": {"done": {"type": "number", "min": 0, "max": 10, "decimals": 6}}}
    narrower = book | {"bands": {"good": {"from": "50.0001"}, "poor": {"from": 0}}}
    narrower["bands"] = {"good": {"from": 50.00001}, "poor": {"from": 0}}
    found = meaning(book, narrower)
    assert found.ratings == "differ"
    assert json.loads(found.witness) == {"done": 5}


def test_a_subject_in_a_narrow_stretch_is_solved_for() -> None:
    rate = "(done * 7 + 3) / 73"
    book = SMALL | {"criteria": {"work": {"max": 100, "rate": rate}}}
    narrower = book | {"bands": {"good": {"from": 51}, "poor": {"from": 0}}}
    found = meaning(book, narrower)
    assert found.ratings == "differ"
    (done,) = json.loads(found.witness).values()
    assert 49.995 <= 100 * (done * 7 + 3) / 73 < 50.995


def test_bands_that_only_one_edition_has_are_shown_by_any_subject() -> None:
    without = {key: value for key, value in SMALL.items() if key != "bands"}
    assert meaning(SMALL, without).ratings == "differ"


def test_a_verdict_without_a_witness_is_possible() -> None:
    rare = SMALL | {"criteria": {"work": {"max": 100, "rate": "done / 10 if done != 3.7 or done > 3.8 else 0.1"}}}
    rarer = SMALL | {"inputs": SMALL["inputs"] | {"n": {"type": "integer", "min": 0, "max": 10**9}}}
    hidden = "done / 10 if mod(n * 7919 + 13, 1000003) != 77 else 0.1"
    open_ = "done / 10 if mod(n * 7919 + 13, 1000003) != 78 else 0.1"
    old, new = ({**rarer, "criteria": {"work": {"max": 100, "rate": rate}}} for rate in (hidden, open_))
    found = meaning(old, new)
    assert (found.kind, found.evidence, found.witness) == ("ratings_possible", "possible", "")
    assert found.tried > 100
    assert f"{found.tried:,} subjects have the same ratings" in str(found)
    # A number that the rules compare with is found.
    assert meaning(SMALL, rare).ratings == "differ"


def test_a_fault_instead_of_a_score_is_another_answer() -> None:
    found = meaning(SMALL, SMALL | {"criteria": {"work": {"max": 100, "rate": "done / 10 + 0 / (done - 5)"}}})
    assert found.ratings == "differ"
    assert found.new.startswith("no answer (KR") or found.old != found.new


def test_another_output_is_another_answer() -> None:
    old, new = SMALL | {"outputs": {"pay": "done * 2"}}, SMALL | {"outputs": {"pay": "done * 3"}}
    found = meaning(old, new)
    assert found.ratings == "differ"
    assert "`pay`" in found.old
    assert "`pay`" in found.new


def test_another_score_before_rounding_is_another_answer() -> None:
    old = SMALL | {"score": {"round": {"places": 0}, "band_on": "rounded"}}
    new = old | {"criteria": {"work": {"max": 100, "rate": "done / 10 - done / 1000000"}}}
    found = meaning(old, new)
    assert found.ratings == "differ"
    assert "before rounding" in found.old


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"more": {"type": "boolean"}}, ("`more` is new and must be given: true or false",)),
        ({}, {"more": {"type": "boolean", "optional": True}}, ()),
        ({}, {"more": {"type": "boolean", "default": True}}, ()),
        ({"more": {"type": "boolean"}}, {}, ("`more` is no longer an input",)),
        (
            {"more": {"type": "boolean", "optional": True}},
            {"more": {"type": "boolean"}},
            ("`more` is now required",),
        ),
        (
            {"more": {"type": "boolean"}},
            {"more": {"type": "integer", "min": 0, "max": 1}},
            ("`more` is now a whole number from 0 to 1, and was true or false",),
        ),
        (
            {"more": {"type": "integer", "min": 0, "max": 9}},
            {"more": {"type": "integer", "min": 0, "max": 8}},
            ("`more` is now a whole number from 0 to 8, and was a whole number from 0 to 9",),
        ),
        ({"more": {"type": "integer", "min": 0, "max": 9}}, {"more": {"type": "integer", "min": -1, "max": 9}}, ()),
        (
            {"more": {"type": "number", "min": 0, "max": 9, "decimals": 1}},
            {"more": {"type": "integer", "min": 0, "max": 9}},
            ("`more` is now a whole number from 0 to 9, and was a number from 0 to 9 with at most 1 decimal",),
        ),
        (
            {"more": {"type": "integer", "min": 0, "max": 9}},
            {"more": {"type": "number", "min": 0, "max": 9, "decimals": 1}},
            (),
        ),
        # Of a single value the steps say nothing, and of none nothing can be lost.
        (
            {"more": {"type": "integer", "min": 4, "max": 4}},
            {"more": {"type": "integer", "min": 0, "max": 8, "step": 2}},
            (),
        ),
        (
            {"more": {"type": "choice", "options": ["a", "b"]}},
            {"more": {"type": "choice", "options": ["a", "c"]}},
            ("`more` is now `a` or `c`, and was `a` or `b`",),
        ),
        (
            {"more": {"type": "date", "min": "2026-01-01"}},
            {"more": {"type": "date", "min": "2026-02-01"}},
            ("`more` is now a date from 2026-02-01, and was a date from 2026-01-01",),
        ),
        (
            {"more": {"type": "date", "max": "2026-02-01"}},
            {"more": {"type": "date", "max": "2026-01-01"}},
            ("`more` is now a date to 2026-01-01, and was a date to 2026-02-01",),
        ),
        ({"more": {"type": "date", "min": "2026-01-01", "max": "2026-02-01"}}, {"more": {"type": "date"}}, ()),
        (
            {"more": {"type": "text"}},
            {"more": {"type": "text", "max_length": 5}},
            ("`more` is now a text of at most 5 characters, and was a text of at most 200 characters",),
        ),
        (
            {"more": {"type": "list", "fields": {"x": {"type": "boolean"}}, "max_items": 5}},
            {"more": {"type": "list", "fields": {"y": {"type": "boolean"}}, "max_items": 4, "unique": ["y"]}},
            (
                "`more.y` is new and must be given: true or false",
                "`more.x` is no longer an input",
                "`more` now has at most 4 records of `y`, and had at most 5 records of `x`",
                "records of `more` must now differ in y",
            ),
        ),
        (
            {"more": {"type": "list", "fields": {"x": {"type": "boolean"}}, "unique": ["x"]}},
            {"more": {"type": "list", "fields": {"x": {"type": "boolean"}}, "unique": ["x"]}},
            (),
        ),
    ],
)
def test_what_the_new_edition_demands_is_said(old: Any, new: Any, said: tuple[str, ...]) -> None:
    assert of_inputs(old, new) == said


def test_an_empty_domain_loses_nothing() -> None:
    none = {"more": {"type": "number", "above": 0, "below": 0.5, "decimals": 0, "optional": True}}
    assert of_inputs(none, {"more": {"type": "integer", "min": 3, "max": 5, "optional": True}}) == ()


def test_a_change_of_acceptance_is_graver_than_equal_ratings() -> None:
    found = meaning(SMALL, SMALL | {"inputs": SMALL["inputs"] | {"more": {"type": "boolean"}}})
    assert (found.kind, found.ratings) == ("accepted", "same")
    assert str(found).startswith("accepted subjects change, shown: `more` is new")


def test_a_validation_that_refuses_somebody_is_shown() -> None:
    found = meaning(SMALL, SMALL | {"validations": {"some": {"that": "done > 0"}}})
    assert found.verdicts == ("accepted", "same")
    (sentence,) = found.reasons
    assert sentence.startswith('{"done": 0} is now refused: ')


def test_dependent_differences_are_examined_together() -> None:
    halves = {"a": {"max": 50, "weight": 0.5, "rate": 1}, "b": {"max": 50, "weight": 0.5, "rate": "done / 10"}}
    old = SMALL | {"criteria": halves, "score": {"combine": "mean", **SMALL["score"]}}
    other = {"a": {**halves["a"], "weight": 0.4}, "b": {**halves["b"], "weight": 0.6}}
    new = old | {"criteria": other, "bands": {"good": {"from": 60}, "poor": {"from": 0}}}
    found = {one.ref: one for one in kr.compare(unproved(old), unproved(new)).differences}
    assert found["criteria.a"].together == ("criteria.b",)
    assert found["criteria.b"].together == ("criteria.a",)
    assert found["bands.good"].together == ()
    assert found["criteria.a"].significance == found["criteria.b"].significance


def test_a_removed_group_takes_its_children_with_it() -> None:
    old = SMALL | {"criteria": {**SMALL["criteria"], "extra": {"criteria": {"one": {"max": 5, "points": 1}}}}}
    found = {one.ref: one.together for one in kr.compare(unproved(old), unproved(SMALL)).differences}
    assert found == {"criteria.extra": ("criteria.one",), "criteria.one": ("criteria.extra",)}


def test_a_definition_that_takes_a_name_of_another_kind_comes_with_what_reads_it() -> None:
    old = SMALL | {"let": {"part": "done / 10"}, "criteria": {"work": {"max": 100, "rate": "part"}}}
    new = SMALL | {"parameters": {"part": 0.5}, "criteria": {"work": {"max": 100, "rate": "part"}}}
    found = kr.compare(unproved(old), unproved(new))
    assert {one.ref: one.change for one in found.differences} == {"parameters.part": "added", "let.part": "removed"}
    assert all(one.together for one in found.differences)


def test_among_very_many_differences_none_is_looked_at_by_itself() -> None:
    criteria = {f"c{index}": {"max": 1, "rate": "done / 10"} for index in range(61)}
    others = {id_: {"max": 1, "rate": "done / 11"} for id_ in criteria}
    old, new = SMALL | {"criteria": criteria}, SMALL | {"criteria": others}
    found = kr.compare(unproved(old), unproved(new))
    assert found.significance.ratings == "differ"
    assert {one.significance.ratings for one in found.differences} == {"possible"}
    assert "no subject could be rated alone" in str(found.differences[0].significance)


def test_worked_examples_are_tried_first() -> None:
    like = [
        {"name": "a", "given": {"done": 7.3}, "expect": {}},
        {"name": "b", "like": "a", "given": {}, "expect": {}},
    ]
    old = SMALL | {"examples": like}
    new = old | {"criteria": {"work": {"max": 100, "rate": "done / 20"}}}
    assert json.loads(meaning(old, new).witness) == {"done": 7.3}


@pytest.mark.parametrize(
    "change",
    some(
        [
            ("functions/half/value", "x / 3"),
            ("calendars/office/holidays", ["2026-01-01", "2026-01-02"]),
            ("tables/by_kind/lookup/urgent", 5),
            ("exemptions/absent/status", "away"),
            ("inputs/late/default", True),
            ("inputs/tasks/let/double", "item.hours * 1.5"),
            ("score/limits/late/at_most", 10),
            ("bands/good/requires/enough/that", "done >= 9"),
            ("overrides/zero/band", "good"),
        ],
        3,
    ),
)
def test_every_kind_of_change_is_shown(change: tuple[str, Any]) -> None:
    found = compared(change)
    assert found.significance.ratings == "differ", str(found)
    assert [one.significance.ratings for one in found.differences] == ["differ"]


def test_a_default_that_nothing_reads_changes_nothing() -> None:
    old, new = ({"more": {"type": "integer", "min": 0, "max": 9, "default": usual}} for usual in (1, 2))
    found = meaning({**SMALL, "inputs": SMALL["inputs"] | old}, {**SMALL, "inputs": SMALL["inputs"] | new})
    assert (found.ratings, found.demands) == ("same", ())


def test_a_change_that_fits_only_with_all_others_is_the_whole() -> None:
    book = changed(("let/rate", None), ("criteria/results/criteria/amount/rate", "done / 100"))
    found = kr.compare(unproved(BOOK), unproved(book))
    assert {one.ref: one.significance.ratings for one in found.differences} == {
        "criteria.amount": "differ",
        "let.rate": "same",
    }


def test_a_subject_of_both_editions_is_counted_once() -> None:
    old = {
        "kpirules": 1,
        "inputs": {"x": {"type": "integer", "min": 0, "max": 10}},
        "criteria": {"a": {"max": 10, "points": "x"}},
    }
    new = {**old, "criteria": {"a": {"max": 10, "points": "x if x > 4 else x"}}}
    (found,) = kr.compare(unproved(old), unproved(new)).differences
    assert found.significance.tried <= 11


def test_days_are_spread_over_their_domain() -> None:
    """No rule mentions the day that differs, and it is no end of the domain."""
    old = {
        "kpirules": 1,
        "inputs": {
            "at": {"type": "date", "min": "2026-01-01", "max": "2026-02-28"},
            "free": {"type": "date", "optional": True},
        },
        "criteria": {"a": {"max": 40, "points": "1 if month(at) * 31 + 0 > 40 else 2"}},
    }
    new = {**old, "criteria": {"a": {"max": 40, "points": "1 if month(at) * 31 + day(at) > 40 else 2"}}}
    found = meaning(old, new)
    assert found.ratings == "differ"


PROMISING = {
    "kpirules": 1,
    "inputs": {
        "done": {"type": "integer", "min": 0, "max": 10},
        "warned": {"type": "boolean"},
        "banned": {"type": "boolean"},
    },
    "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    "overrides": {"warned": {"when": "warned", "band": "poor"}, "banned": {"when": "banned", "band": "poor"}},
    "invariants": {"lowest": {"that": 'default(band, "poor") == "poor" if warned or banned else True'}},
}


@pytest.mark.parametrize(
    ("was", "then", "says"),
    [("warned or banned", "warned", "would no longer forbid"), ("warned", "warned or banned", "would now forbid")],
)
def test_a_promise_that_the_rules_keep_is_told_apart_by_a_band(was: str, then: str, says: str) -> None:
    promises = ({"lowest": {"that": f'default(band, "poor") == "poor" if {one} else True'}} for one in (was, then))
    old, new = (PROMISING | {"invariants": one} for one in promises)
    found = meaning(old, new)
    assert (found.ratings, found.promised) == ("same", "differ")
    (promise,) = found.promises
    assert promise.startswith(f"`lowest` {says} `good`: ")
    subject = json.loads(promise.partition(": ")[2])
    assert subject["banned"]
    assert not subject["warned"]


def test_promises_that_say_the_same_in_other_words_are_not_told_apart() -> None:
    words = {"lowest": {"that": 'True if not (warned or banned) else default(band, "poor") == "poor"'}}
    found = meaning(PROMISING, PROMISING | {"invariants": words})
    assert (found.promised, found.promises) == ("possible", ("`lowest` says something else",))


def test_exempt_subjects_promise_nothing() -> None:
    exempt = PROMISING | {"exemptions": {"all": {"when": "done >= 0", "status": "exempt"}}}
    words = {"lowest": {"that": 'default(band, "poor") == "poor" if warned else True'}}
    assert meaning(exempt, exempt | {"invariants": words}).promised == "possible"


def of_records(formula: str, field: str = "item.r") -> dict[str, Any]:
    fields = {
        "p": {"type": "integer", "min": 0, "max": 997},
        "q": {"type": "integer", "min": 1, "max": 1009},
        "r": {"type": "number", "min": 0, "max": 100, "decimals": 2},
    }
    tasks = {"type": "list", "max_items": 5, "fields": fields, "let": {"s": field}}
    return {
        "kpirules": 1,
        "inputs": {"tasks": tasks},
        "criteria": {"work": {"max": 10_000, "points": formula, "outside": "clamp"}},
    }


SUM = "sum(t.s for t in tasks)"


@pytest.mark.parametrize(
    ("was", "then"),
    [
        (of_records("sum(1 for t in tasks if t.p * 3 - t.q > 701)"),
         of_records("sum(1 for t in tasks if t.p * 3 - t.q >= 701)")),
        (of_records("sum(t.r if t.p + t.q < 1313 else 0 for t in tasks)"),
         of_records("sum(t.r if t.p + t.q <= 1313 else 0 for t in tasks)")),
        (of_records(SUM, "item.r if item.p + item.q * 2 < 1313 else 0"),
         of_records(SUM, "item.r if item.p + item.q * 2 <= 1313 else 0")),
        (of_records(SUM), of_records(SUM, "item.r + 1 if item.p + item.q * 2 == 1313 else item.r")),
    ],
    ids=["selected", "gathered", "edge of a field", "case of a field"],
)  # fmt: skip
def test_a_change_inside_records_is_shown(was: dict[str, Any], then: dict[str, Any]) -> None:
    assert meaning(was, then).ratings == "differ"


@pytest.mark.parametrize("other", ["half_even", "floor"])
def test_another_rounding_of_one_criterion_is_shown_at_a_tie(other: str) -> None:
    number = {"type": "number", "min": 7, "max": 1000, "decimals": 2}

    def rounded(mode: str) -> dict[str, Any]:
        work = {"max": 100_000, "points": "(n - 0.031) * a", "outside": "clamp", "round": {"places": 1, "mode": mode}}
        inputs = {"n": number, "a": {"type": "integer", "min": 0, "max": 1000}}
        return {"kpirules": 1, "inputs": inputs, "criteria": {"work": work}}

    assert meaning(rounded("half_up"), rounded(other)).ratings == "differ"
