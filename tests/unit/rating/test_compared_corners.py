"""Rulebooks that compare members, at places where few of them go."""

from __future__ import annotations

import json

import pytest

import kpirules as kr
from kpirules.diagnostics.display import render_html

INPUTS = "kpirules: 1\nid: a\ninputs: {x: {type: integer, min: 0, max: 9}, unit: {type: text}}\n"


def codes(text: str) -> list[str]:
    return [one.code for one in kr.check(text=INPUTS + text)]


@pytest.mark.parametrize("formula", ["cohort_rank(x)", "cohort_avg(x)", "cohort_sum(x)", "cohort_percentile(x)"])
def test_a_score_of_compared_members_is_banded_by_what_it_can_be(formula: str) -> None:
    found = kr.check(
        text=f"{INPUTS}cohort: {{max_members: 10, within: [unit]}}\n"
        f"criteria: {{c: {{min: 0, max: 90, points: 'default({formula}, 0)'}}}}\n"
        "score: {round: {places: 0}, band_on: rounded}\nbands: {good: {from: 5}, poor: {from: 0, to: 4}}"
    )
    assert "KR330" not in {one.code for one in found}


def test_a_whole_number_of_compared_members_leaves_no_hole_between_whole_ends() -> None:
    text = "cohort: {max_members: 10, within: [unit]}\ncriteria: {c: {max: 90, points: cohort_rank(x)}}\n"
    assert "KR330" not in codes(f"{text}bands: {{good: {{from: 5}}, poor: {{from: 0, to: 4}}}}")
    other = text.replace("points: cohort_rank(x)", "points: default(cohort_avg(x), 0)")
    assert "KR330" in codes(f"{other}score: {{round: {{places: 1}}}}\nbands: {{good: {{from: 5}}, poor: {{to: 4}}}}")


def test_a_comparison_without_values_may_be_absent() -> None:
    for formula, named in (("cohort_stdev(x)", "cohort_stdev of nothing"), ("cohort_avg(y)", "cohort_avg(…)")):
        text = INPUTS.replace("unit: {type: text}", "y: {type: integer, min: 0, max: 9, optional: true}")
        (found,) = [
            d for d in kr.check(text=f"{text}criteria: {{c: {{max: 9, points: {formula}}}}}") if d.code == "KR230"
        ]
        assert named in found.message


def test_functions_of_a_rulebook_take_and_hold_compared_values() -> None:
    program = kr.loads(
        f"{INPUTS.replace(', unit: {type: text}', '')}functions: {{f: {{args: [a], value: a + cohort_count()}}}}\n"
        "let: {a: cohort_count(), b: a + 1, c: a + 2, d: b + c}\noutputs: {y: 'f(default(cohort_max(x), 0))', z: d}"
    )
    one, _ = kr.assess_cohort(program, [{"x": 3}, {"x": 7}]).values()
    assert (one.outputs["y"], one.outputs["z"]) == (9, 7)


def test_inputs_and_bands_are_named_once() -> None:
    quota = (
        "{band: good, at_most: 50%, of: [good, good], base: before, round: down, minimum: 0, order: [score], ties: keep,"
        " demote_to: poor}"
    )
    rest = "criteria: {c: {max: 9, points: x}}\nbands: {good: {from: 5}, poor: {from: 0}}"
    found = codes(f"cohort: {{within: [unit, unit], quotas: {{q: {quota}}}}}\n{rest}")
    assert found == ["KR140", "KR140"]


def test_members_of_an_example_have_names_of_their_own() -> None:
    members = "[{name: An, given: {x: 1}}, {name: An, given: {x: 2}}, {given: {x: 3}}]"
    found = kr.check(
        text=f"{INPUTS}outputs: {{y: cohort_rank(x)}}\nexamples: [{{name: two, members: {members}, expect: {{}}}}]"
    )
    assert [one for one in found.errors if "An" in one.message]
    assert [one for one in found.errors if "name" in one.message]


def test_a_count_in_a_record_is_the_text_of_a_whole_number() -> None:
    program = kr.loads(f"{INPUTS.replace(', unit: {type: text}', '')}outputs: {{y: cohort_rank(x)}}")
    (one,) = kr.assess_cohort(program, [{"x": 3}]).values()
    data = one.to_data()
    assert kr.Assessment.from_json(one.to_json()) == one
    text = json.dumps(data).replace('"members": "1"', '"members": "many"')
    assert text != json.dumps(data)
    with pytest.raises(ValueError, match="the text of a whole number"):
        kr.Assessment.from_json(text)


def test_a_finding_without_a_place_is_shown_without_one() -> None:
    report = kr.Report((kr.Diagnostic("KR601", kr.Severity.ERROR, "nobody knows where"),))
    assert "nobody knows where" in str(render_html(report))


def test_a_program_without_outputs_shows_none() -> None:
    program = kr.loads(f"{INPUTS.replace(', unit: {type: text}', '')}criteria: {{c: {{max: 9, points: x}}}}")
    assert "outputs" not in program._repr_mimebundle_()["text/plain"]


def test_a_program_without_inputs_shows_none() -> None:
    program = kr.load({"kpirules": 1, "id": "a", "outputs": {"half": "1 / 2"}})
    assert "inputs" not in program._repr_mimebundle_()["text/plain"]
