"""Comparisons and impacts as text, Markdown, HTML, and in a notebook."""

from __future__ import annotations

import json

import pytest
from books import BOOK, changed, compared
from markdown_it import MarkdownIt

import kpirules as kr
from kpirules import Comparison, Impact
from kpirules.change.showing import MOST_MOVES


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compared(
        ("edition", "2"),
        ("overrides/zero", {"when": "done == 0", "unrated": "off"}),
        ("criteria/results/label", "<script>alert(1)</script> | `x`"),
        ("exemptions/new", None),
        ("exemptions/newcomer", BOOK["exemptions"]["new"]),
        ("inputs/extra", {"type": "boolean"}),
    )


@pytest.fixture(scope="module")
def impact() -> Impact:
    book = {
        "kpirules": 1,
        "id": "team",
        "inputs": {"done": {"type": "integer", "min": 0, "max": 100}},
        "criteria": {"work": {"max": 100, "points": "done"}},
        "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    }
    stricter = book | {"bands": {"good": {"from": 120 / 2}, "poor": {"from": 0}}, "title": "<b>|"}
    worse = stricter | {"criteria": {"work": {"max": 100, "points": "done / 2"}}}
    team = [{"who": f"<i>|{n}", "done": n} for n in range(101)]
    return kr.impact(kr.load(book), kr.load(worse), team, key="who")


def test_a_text_says_what_stood_there_and_what_stands_there_now(comparison: Comparison) -> None:
    text = comparison.text()
    assert str(comparison) == text
    assert text.startswith("unit.all 1 → unit.all 2\nratings change, shown; accepted subjects change, shown\n")
    assert "\nchanged rulebook\n    edition: 1 → 2\n    same ratings, proved\n" in text
    assert "\nadded input inputs.extra\n    type: + boolean\n" in text
    assert "\nchanged override overrides.zero\n    band: - poor\n    unrated: + off\n" in text
    assert "    equal to exemptions.new except for its name\n" in text
    assert "    together with exemptions.new\n" in text
    assert "    shown with the same subject\n" in text


def test_a_text_of_nothing_says_so() -> None:
    text = compared().text()
    assert text.splitlines()[1] == "nothing differs"


def test_a_text_says_how_many_were_tried_where_nothing_is_shown() -> None:
    text = compared(("criteria/results/criteria/speed/max", 25)).text()
    assert "subjects have the same ratings" in text


def test_nothing_in_a_rulebook_becomes_html(comparison: Comparison) -> None:
    for page in (comparison.html(), comparison.html(is_page=True)):
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert comparison.html(is_page=True).startswith("<!doctype html>")


def test_nothing_in_a_rulebook_becomes_markdown(comparison: Comparison) -> None:
    html = MarkdownIt("commonmark").enable("table").render(comparison.markdown())
    assert "<script>" not in html
    assert html.count("<table>") == 1
    cells = [line for line in html.splitlines() if line.startswith("<td>")]
    assert len(cells) % 7 == 0


def test_the_forms_of_a_notebook(comparison: Comparison, impact: Impact) -> None:
    for value in (comparison, impact):
        bundle = value._repr_mimebundle_()
        assert bundle == {"text/plain": value.text(), "text/markdown": value.markdown(), "text/html": value.html()}


def test_data_goes_through_json(comparison: Comparison, impact: Impact) -> None:
    data = comparison.data()
    assert json.loads(json.dumps(data)) == data
    assert data["old"]["scoring_hash"] == comparison.old.scoring_hash
    (zero,) = (one for one in data["differences"] if one["ref"] == "overrides.zero")
    assert zero["significance"]["kind"] == "ratings"
    assert zero["changes"][0] == {"key": "band", "old": "poor", "new": ""}
    assert json.loads(json.dumps(impact.data())) == impact.data()


def test_an_impact_names_some_and_counts_the_rest(impact: Impact) -> None:
    text = impact.text()
    assert f"{len(impact.rated_otherwise)} of 101 ratings in the population change" in text
    assert f"… and {len(impact.rated_otherwise) - MOST_MOVES} more" in text
    assert "scores change: 100, by -50 to -0.5" in text


def test_an_impact_in_markdown_is_a_table_whatever_names_hold(impact: Impact) -> None:
    html = MarkdownIt("commonmark").enable("table").render(impact.markdown())
    assert "<i>" not in html
    # The matrix, each change alone, the moves, and the differences.
    assert html.count("<table>") == 4
    assert "<i>" not in impact.html(is_page=True)


def test_an_impact_that_moves_only_scores_names_these(impact: Impact) -> None:
    book = {
        "kpirules": 1,
        "inputs": {"done": {"type": "integer", "min": 0, "max": 100}},
        "criteria": {"work": {"max": 200, "points": "done"}},
    }
    more = book | {"criteria": {"work": {"max": 200, "points": "done * 2"}}}
    text = kr.impact(kr.load(book), kr.load(more), [{"done": 5}, {"done": 0}]).text()
    assert "0 of 2 ratings in the population change" in text
    assert "+5" in text


def test_the_name_of_an_edition_is_part_of_both_names() -> None:
    found = kr.compare(kr.load(BOOK), kr.load(changed(("edition", None))))
    assert found.text().startswith("unit.all 1 → unit.all\n")


def test_texts_that_look_alike_are_shown_with_their_code_points() -> None:
    letters = chr(0x301), chr(0xE9)
    old, new = (
        changed(("inputs/kind/options", {"plain": f"caf{'e' * (one == letters[0])}{one}", "urgent": "U"}))
        for one in letters
    )
    found = kr.compare(kr.load(old), kr.load(new))
    assert "<U+0065 U+0301>" in found.text()
    assert "<U+00E9>" in found.text()
    assert "U+0065 U+0301" in found.markdown()
