"""Laws of comparisons and impacts, on generated rulebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kpirules as kr
from kpirules.change.hybrids import program_of
from kpirules.change.writing import parts_of
from tests.agreement.generation import unshown
from tests.budget import by_budget
from tests.strategies import permuted, rulebooks, subjects

FEW = settings(max_examples=by_budget(2, 15), deadline=None)
"""Each example loads several rulebooks and tries hundreds of subjects."""


def loaded(book: dict[str, Any]) -> kr.Program:
    try:
        return unshown(book)
    except kr.RulebookError:
        assume(False)
        raise


def leaves(book: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the criteria that are not groups, by ref."""
    waiting = list(book["criteria"].items())
    while waiting:
        id_, criterion = waiting.pop()
        if "criteria" in criterion:
            waiting.extend(criterion["criteria"].items())
        else:
            yield f"criteria.{id_}", criterion


@st.composite
def planted(draw: Any) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return a rulebook, a copy with one change, and the ref of the change."""
    book = draw(rulebooks())
    other = deepcopy(book)
    kind = draw(st.sampled_from(["label", "criterion", "parameter", "let", "input", "output"]))
    if kind == "parameter":
        other["parameters"]["most"] = {"value": 21, "label": "the most"}
        return book, other, "parameters.most"
    if kind == "let":
        other.setdefault("let", {})["planted"] = "n0 + 1"
        return book, other, "let.planted"
    if kind == "output":
        other.setdefault("outputs", {})["planted"] = "n0 + 1"
        return book, other, "outputs.planted"
    if kind == "input":
        other["inputs"]["n0"]["max"] = 99
        return book, other, "inputs.n0"
    ref, criterion = draw(st.sampled_from(list(leaves(other))))
    if kind == "label":
        criterion["label"] = "planted"
    else:
        criterion["note"] = "planted"
        criterion["applies"] = "n0 >= 50" if criterion.get("applies") != "n0 >= 50" else "n0 >= 51"
    return book, other, ref


@FEW
@given(rulebooks())
def test_the_parts_of_a_rulebook_make_it_again(book: dict[str, Any]) -> None:
    program = loaded(book)
    again = program_of(parts_of(program.rulebook).values())
    assert again is not None
    assert again.rulebook.content_hash == program.rulebook.content_hash


@FEW
@given(st.data())
def test_nothing_differs_from_itself_in_whatever_order(data: st.DataObject) -> None:
    book = data.draw(rulebooks())
    other = data.draw(permuted(book, frozenset({"overrides", "exemptions", "bands", "levels", "options", "labels"})))
    program, permutation = loaded(book), loaded(other)
    assume(program.rulebook.content_hash == permutation.rulebook.content_hash)
    found = kr.compare(program, permutation)
    assert found.is_same
    assert found.differences == ()
    assert found.significance.kind == "wording"


@FEW
@given(planted())
def test_a_planted_change_alone_is_found_and_removed_in_the_other_direction(
    books: tuple[dict[str, Any], dict[str, Any], str],
) -> None:
    old, new = loaded(books[0]), loaded(books[1])
    there, back = kr.compare(old, new), kr.compare(new, old)
    assert [one.ref for one in there.differences] == [books[2]]
    turned = {"added": "removed", "removed": "added"}
    assert {(one.ref, turned.get(one.change, one.change)) for one in there.differences} == {
        (one.ref, one.change) for one in back.differences
    }
    assert {(c.key, c.old, c.new) for one in there.differences for c in one.changes} == {
        (c.key, c.new, c.old) for one in back.differences for c in one.changes
    }


@FEW
@given(planted(), st.data())
def test_verdicts_on_ratings_are_true(books: tuple[dict[str, Any], dict[str, Any], str], data: st.DataObject) -> None:
    """A witness is rated differently; if a proof says that nobody is, no drawn subject is."""
    old, new = loaded(books[0]), loaded(books[1])
    means = kr.compare(old, new).significance
    if means.ratings == "differ":
        witness = json.loads(means.witness)
        assert rating(old, witness) != rating(new, witness)
    if means.ratings in ("wording", "same"):
        subject = data.draw(subjects(books[0], old))
        if not means.demands:
            assert rating(old, subject) == rating(new, subject)


def rating(program: kr.Program, subject: dict[str, Any]) -> object:
    declared = {one.id for one in program.rulebook.inputs}
    try:
        found = kr.assess(program, {id_: value for id_, value in subject.items() if id_ in declared})
    except kr.KpirulesError as refusal:
        return type(refusal)
    return found.status, found.band, found.score, found.exact_score, dict(found.outputs), found.points


@FEW
@given(planted(), st.data())
def test_the_matrix_sums_to_the_population(
    books: tuple[dict[str, Any], dict[str, Any], str], data: st.DataObject
) -> None:
    old, new = loaded(books[0]), loaded(books[1])
    population = data.draw(st.lists(subjects(books[0], old), max_size=5))
    found = kr.impact(old, new, population)
    assert sum(found.matrix.values()) == found.count == len(population)
    assert {level for pair in found.matrix for level in pair} <= set(found.levels)
    assert len(found.rated_otherwise) == sum(n for (was, now), n in found.matrix.items() if was != now)
    for move in found.moves:
        if len(found.effects) == 1:
            assert not move.interacts
    if found.comparison.significance.ratings in ("wording", "same") and not found.comparison.significance.demands:
        assert found.moves == ()
