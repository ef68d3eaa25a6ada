"""Subjects that a finding shows are valid for the rulebook of the finding."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import islice, product
from pathlib import Path

import pytest
from attrs import evolve

from kpirules import FaultError, Program, assess, check, load, loads
from kpirules.analysis.proving import Prover
from kpirules.analysis.proving.examples import given_in_examples, nearer, subjects_of_examples
from kpirules.analysis.proving.records import all_values, record_lists
from kpirules.analysis.proving.subjects import are_valid, of_its_subjects
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.model import Example
from kpirules.loading.loading import load_whole
from kpirules.plan import plan
from tests.budget import by_budget, some

ROOT = Path(__file__).parents[3]

LIST = """
kpirules: 1
inputs:
  t:
    type: list
    min_items: {least}
    max_items: {most}
    unique: {unique}
    fields:
      k: {field}
      n: {{type: boolean, optional: true}}
      x: {{type: integer, min: 0, max: 3}}
outputs: {{y: 1 / (count(t) - {least})}}
"""


LEAST = (0, 1, 2, 3, 4, 7, 40)
UNIQUE = ("[k]", "[k, n]", "[x, k]")
FIELDS = (
    "{type: text}",
    "{type: text, max_length: 1}",
    "{type: integer, min: 0, max: 99}",
    "{type: number, min: 0, max: 1, step: 0.01}",
    "{type: date}",
    "{type: date, min: 2026-01-01, max: 2026-12-31}",
    "{type: date, max: 2026-12-31, optional: true}",
)


@pytest.mark.parametrize(("least", "unique", "field"), some(product(LEAST, UNIQUE, FIELDS), 5))
def test_records_of_a_subject_that_is_shown_differ_in_their_unique_fields(
    least: int, unique: str, field: str
) -> None:
    program = loads(LIST.format(least=least, most=max(least, 6), unique=unique, field=field))
    (one,) = [one for one in program.report if one.code == "KR350"]
    assert one.evidence == "shown"
    with pytest.raises(FaultError):
        assess(program, json.loads(one.witness), engine="reference")


@pytest.mark.parametrize(
    ("field", "unique", "enough"),
    [("{type: boolean}", "[k]", 2), ("{type: boolean}", "[k, n]", 6), ("{type: boolean, optional: true}", "[k]", 3)],
)
def test_a_list_that_no_subject_can_fill_is_an_error_and_the_longest_one_is_not(
    field: str, unique: str, enough: int
) -> None:
    text = LIST.format(least=enough, most=enough, unique=unique, field=field)
    (one,) = [one for one in check(text=text) if one.code == "KR350"]
    assert one.evidence == "shown"
    text = LIST.format(least=enough + 1, most=enough + 1, unique=unique, field=field)
    assert [one.code for one in check(text=text)] == ["KR135"]


MANY = by_budget(2_000, 10_000)
"""Records of a long list; in the long budget as many as a list may have."""


def test_many_records_are_made_different_in_good_time() -> None:
    program = loads(LIST.format(least=MANY, most=MANY, unique="[k]", field="{type: text, max_length: 1}"))
    (variable,) = program.plan.inputs
    fields = program.plan.records["t"].fields
    pools = [list(islice(all_values(one), 3)) for one in fields]
    found = next(record_lists(variable.domain, fields, pools))  # type: ignore[arg-type]
    assert are_valid(program.plan, (found,))
    assert not are_valid(program.plan, ([*found[:-1], found[0]],))
    assert not are_valid(program.plan, (found[:-1],))


# -- variants and editions --------------------------------------------------------------------------


def parts(program: Program) -> list[Program]:
    return list(program.whole)


def test_a_subject_that_shows_something_of_a_variant_is_rated_by_it() -> None:
    """For each position of «Quyết định 1923/QĐ-CĐKT», the shown subject has that position."""
    program = load_whole(ROOT / "examples/kontum1923/positions.kpi.yaml")
    assert not [one for one in program.report if one.is_finding]
    shown = 0
    for part in parts(program):
        for one in part.report:
            if one.evidence == "shown":
                shown += 1
                witness = json.loads(one.witness, parse_float=Decimal)
                assert witness["position"] == part.rulebook.version.variant
                assert assess(program, witness).variant == part.rulebook.version.variant
    assert shown >= 6


EDITIONS = """
kpirules: 1
effective: {from: 2025-01-01, until: 2027-01-01}
edition_by: since
inputs:
  since: {type: date, min: 2020-01-01}
  x: {type: integer, min: 0, max: 3}
outputs: {y: "1 / (x - month(since))"}
amendments:
  - {from: 2026-03-01, change: {outputs: {y: "1 / (x - 1)"}}}
"""


def test_a_subject_that_shows_something_of_an_edition_is_rated_by_it() -> None:
    program = loads(EDITIONS)
    first, second = parts(program)
    for part, period in (
        (first, (date(2025, 1, 1), date(2026, 3, 1))),
        (second, (date(2026, 3, 1), date(2027, 1, 1))),
    ):
        (one,) = [one for one in part.report if one.code == "KR350"]
        assert one.evidence == "shown"
        witness = json.loads(one.witness)
        assert period[0] <= date.fromisoformat(witness["since"]) < period[1]
        with pytest.raises(FaultError):
            assess(program, witness)


def test_findings_for_subjects_of_another_edition_are_not_reported() -> None:
    text = EDITIONS.replace("x - month(since)", "x + 1 + days(since, date(2026, 3, 1))")
    program = loads(text.replace("1 / (x - 1)", "1 / (x + 1 + days(since, date(2026, 3, 1)))"))
    first, second = parts(program)
    assert not [one for one in first.report if one.code == "KR350"]
    assert [one.evidence for one in second.report if one.code == "KR350"] == ["shown"]


def test_a_variant_that_no_option_names_is_picked_by_load_and_keeps_all_subjects() -> None:
    program = loads(
        """
        kpirules: 1
        variant_by: post
        inputs: {post: {type: choice, options: [head]}}
        outputs: {y: 1}
        variants: {head: {}, deputy: {}}
        """
    )
    domains = [of_its_subjects(plan(one.rulebook), one.rulebook).inputs[0].domain for one in parts(program)]
    assert domains[0] == domains[1] == program.rulebook.inputs[0].domain
    other = evolve(program.rulebook, version=evolve(program.rulebook.version, variant="deputy"))
    assert of_its_subjects(plan(other), other).inputs[0].domain == domains[0]


def test_an_edition_that_is_never_in_force_has_no_witnesses() -> None:
    text = EDITIONS.replace("until: 2027-01-01", "until: 2026-02-01")
    first, second = parts(loads(text))
    assert [one.evidence for one in first.report if one.code == "KR350"] == ["shown"]
    assert not [one for one in second.report if one.code == "KR350"]


def test_an_edition_that_no_day_of_the_input_reaches_is_picked_by_load_and_keeps_all_subjects() -> None:
    text = EDITIONS.replace("min: 2020-01-01", "min: 2025-01-01, max: 2025-12-31")
    _, second = parts(loads(text))
    (one,) = [one for one in second.report if one.code == "KR350"]
    assert one.evidence == "shown"
    with pytest.raises(FaultError):
        assess(loads(text, on="2026-04-01"), json.loads(one.witness))


def test_a_prover_for_other_steps_shows_the_same_subjects() -> None:
    _, second = parts(loads(EDITIONS))
    whole = plan(second.rulebook)
    prover = Prover(whole, of_its_subjects(whole, second.rulebook))
    assert prover.over(evolve(whole, steps=())).rated.inputs == prover.rated.inputs != whole.inputs


def test_a_subject_that_is_shown_has_everyday_numbers() -> None:
    report = check(Path(__file__).parents[2] / "drafts" / "reader_supplier.kpi.yaml")
    (crossing,) = [one for one in report.findings if one.code == "KR321"]
    given = json.loads(crossing.witness)
    assert all(value < 1_000_000 for value in given.values() if isinstance(value, int | float))
    assert "at 90" in crossing.message
    points = 50 * given["on_time"] / given["deliveries"] + 30 * (given["ppm"] <= 50) + 12 - 1.2 * given["price"]
    assert 89.95 <= points < 90


WRITTEN = {
    "kpirules": 1,
    "inputs": {
        "day": {"type": "date", "min": "2026-01-01"},
        "n": {"type": "number", "decimals": 2, "min": 0, "max": 100},
        "kind": {"type": "choice", "options": ["a", "b", "c"]},
        "tasks": {
            "type": "list",
            "max_items": 3,
            "fields": {"m": {"type": "integer", "min": 0}, "on": {"type": "date"}},
        },
    },
    "criteria": {"w": {"max": 100, "points": "n"}},
    "bands": {"good": {"from": 60}, "poor": {"from": 0, "below": 59}},
}
EXAMPLE = {"day": "2026-02-03", "n": 41.25, "kind": "b", "tasks": [{"m": 1, "on": "2026-03-03"}]}


def test_a_shown_subject_is_an_example_with_as_little_changed_as_possible() -> None:
    examples = [
        {"name": "far", "given": {"day": "2027-01-01", "n": 100, "kind": "a", "tasks": []}, "expect": {}},
        {"name": "base", "given": EXAMPLE | {"day": "2029-09-09"}, "expect": {}},
        {"name": "near", "like": "base", "given": {"day": "2026-02-03"}, "expect": {}},
    ]
    (hole,) = [one for one in check(WRITTEN | {"examples": examples[1:]}).findings if one.code == "KR330"]
    shown = json.loads(hole.witness)
    assert 59 <= shown.pop("n") < 60
    assert shown == {id_: value for id_, value in EXAMPLE.items() if id_ != "n"} | {"day": "2029-09-09"}
    (hole,) = [one for one in check(WRITTEN | {"examples": examples}).findings if one.code == "KR330"]
    assert json.loads(hole.witness)["kind"] in ("a", "b")


def test_examples_of_other_variants_and_invalid_ones_are_left_out() -> None:
    given = [EXAMPLE, EXAMPLE | {"n": 101}, EXAMPLE | {"kind": "d"}, {"n": 1}, EXAMPLE | {"day": "tomorrow"}]
    examples = [{"name": str(place), "given": one, "expect": {}} for place, one in enumerate(given)]
    program = load({**WRITTEN, "bands": {"poor": {"from": 0}}})
    rulebook = evolve(program.rulebook, examples=tuple(_example(one) for one in examples))
    found = subjects_of_examples(rulebook, program.plan, program.scalar)
    assert found == ((date(2026, 2, 3), 4125, "b", ((1, date(2026, 3, 3)),)),)


def _example(written: dict[str, object]) -> Example:
    given = written["given"]
    assert isinstance(given, dict)
    return Example(str(written["name"]), FrozenMap(given), FrozenMap())


def test_members_of_a_cohort_are_subjects_too() -> None:
    members = FrozenMap({"An": FrozenMap({"n": 1}), "Bình": FrozenMap({"n": 2})})
    rulebook = evolve(
        load({**WRITTEN, "bands": {"poor": {"from": 0}}}).rulebook,
        examples=(Example("both", FrozenMap({"kind": "a"}), FrozenMap(), members=members),),
    )
    assert list(given_in_examples(rulebook)) == [{"kind": "a", "n": 1}, {"kind": "a", "n": 2}]


def test_a_subject_takes_from_the_nearest_examples_what_it_can() -> None:
    examples = [(1, 1, 1, 1, 1), (7, 8, 9, 4, 5)]
    assert nearer((7, 8, 0, 4, 5), examples, lambda one: one[2] == 0) == (7, 8, 0, 4, 5)
    assert nearer((7, 8, 0, 0, 5), examples, lambda one: one[2] == 0) == (7, 8, 0, 4, 5)
    assert nearer((7, 2, 0, 0, 0), examples, lambda one: one[0] + one[4] < 8) == (7, 8, 9, 4, 0)
