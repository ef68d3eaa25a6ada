"""Every public value has a one-line representation, and completion offers all its attributes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from attrs import fields, has
from hypothesis import given, settings

import kpirules as kr
import kpirules.testing as kt
from kpirules import publishing
from kpirules.kernel.brief import brief, fielded, mapped
from kpirules.kernel.mappings import FrozenMap
from tests.budget import examples
from tests.strategies import Case, cases

EXAMPLES = Path(__file__).parents[3] / "examples"
LONGEST = 300

SHARED = """
kpirules: 1
id: demo.shared
inputs: {x: {type: integer, min: 0, max: 100}, unit: {type: text}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, low: {from: 0}}
cohort:
  within: [unit]
  quotas:
    few: {band: top, at_most: 20%, of: all, base: before, round: down, minimum: 0, order: [score], ties: undecided,
      demote_to: low}
"""


MANY = ", ".join(f"p{place}: {place}" for place in range(40))

MUTATED = """
kpirules: 1
inputs: {x: {type: boolean}}
criteria: {main: {max: 1, met: x}}
examples: [{name: met, given: {x: true}, expect: {score: 1}}]
"""


def values(folder: Path) -> Iterator[Any]:
    """Return large values of every public class."""
    staff = kr.load(EXAMPLES / "nd335" / "staff.kpi.yaml")
    case_file = kt.read_cases(EXAMPLES / "nd335" / "staff.cases.yaml")
    yield from (staff, staff.rulebook, staff.report, case_file, *case_file.cases)
    outcomes = [kt.run_case(staff, case) for case in case_file.cases]
    yield from outcomes
    yield publishing.Book("staff " * 90, staff, tuple(outcomes))
    assessments = [one.assessment for one in outcomes if one.assessment is not None]
    yield from assessments
    for assessment in assessments:
        yield from (kr.explain(assessment), assessment.margin, *assessment.outcomes.values())
        yield from (line for outcome in assessment.outcomes.values() for line in outcome.contributions)
        yield from (getattr(assessment, field.name) for field in fields(kr.Assessment))
    wrong = kt.run_case(staff, kt.Case("wrong", case_file.cases[0].given, FrozenMap({"score": "1"})))
    yield from (wrong, *wrong.differences)
    old, new = (kr.loads(f"{SHARED}parameters: {{{parameters}}}\n") for parameters in ("", MANY))
    yield from (kr.compare(old, new), kr.impact(old, new, []))
    yield kr.prove(kr.loads("kpirules: 1\ninputs: {x: {type: boolean}}\ncriteria: {a: {max: 1, met: x}}\n"))
    wished = kr.loads(
        "kpirules: 1\ninputs: {x: {type: boolean}}\ncriteria: {a: {max: 1, met: x}}\nbands: {b: {from: 1}}\n"
    )
    yield from (kr.needed(wished, {"x": False}, "b", changing=["x"]), kr.what_if(wished, {"x": False}, x=True))
    yield kr.sensitivity(wished, [{"x": False}])
    halves = {"a": {"max": 1, "met": "x"}, "b": {"max": 1, "points": 1}}
    weighed = kr.load({"kpirules": 1, "inputs": {"x": {"type": "boolean"}}, "criteria": halves})
    yield kr.rank_stability(weighed, [{"x": False}], seed=1, draws=1)
    shared = kr.loads(SHARED)
    members = {f"member {place}": {"x": place % 100, "unit": "A" * 100} for place in range(500)}
    assessed = kr.assess_cohort(shared, members, is_allocated=False)
    allocation = kr.allocate(shared, members, assessed)
    yield from (assessed, allocation, *allocation.groups, allocation.moved)
    appraisal = kr.load_appraisal(EXAMPLES / "commune2026" / "commune.appraisal.yaml", root=EXAMPLES)
    appraised = kr.appraise(appraisal, {stage.id: [] for stage in appraisal.appraisal.stages})
    yield from (appraisal, appraisal.appraisal, appraised, *appraised.stages.values())
    for subject in ({}, dict.fromkeys(("a\n" * 50, "b", "c"), "x\x1b" * 100)):
        with pytest.raises(kr.SubjectError) as caught:
            kr.assess(shared, subject)
        yield from (caught.value, caught.value.report, *caught.value.report, kr.Severity.ERROR)
    with pytest.raises(kr.RulebookError) as mistaken:
        kr.loads("kpirules: 1\nid: x\noutputs: {a: b, c: 1 / 0}\n")
    yield mistaken.value
    for diagnostic in mistaken.value.report:
        assert diagnostic.span is not None
        yield from (diagnostic, diagnostic.span, diagnostic.span.source)
    with pytest.raises(kr.FaultError) as fault:
        kr.assess(
            kr.loads("{kpirules: 1, inputs: {x: {type: integer, min: 0, max: 9}}, outputs: {y: 1 / x}}"), {"x": 0}
        )
    yield fault.value
    yield kr.FileRatings(1_000_000, 3)
    yield kr.plots.Picture("Distribution of score " * 20, "<svg></svg>")
    yield kr.KpirulesError(kr.Report())
    yield kr.LetterDetails("An " * 90, "2026", "Office", date(2026, 12, 31), "Office " * 90)
    yield from (kt.Gate(1, ()), kt.ChangedCase("An " * 90, "x:1", ("score: 1 → 2",) * 90))
    (folder / "mutated.kpi.yaml").write_text(MUTATED, encoding="utf-8")
    mutation = kt.mutate(folder / "mutated.kpi.yaml")
    yield from (mutation, *mutation.verdicts)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return list(values(tmp_path_factory.mktemp("shown")))


def test_the_values_are_of_every_public_class(shown: list[Any]) -> None:
    named = [getattr(module, name) for module in (kr, kr.plots, kt, publishing) for name in module.__all__]
    assert {one for one in named if inspect.isclass(one)} <= {type(value) for value in shown}


def test_every_value_says_what_it_is_in_one_short_line(shown: list[Any]) -> None:
    for value in shown:
        line = repr(value)
        if isinstance(value, tuple):  # of Python itself; what is in it is looked at by its own
            continue
        assert len(line) <= LONGEST, (type(value), line)
        assert line.isprintable(), (type(value), line)


def test_representations_distinguish_values() -> None:
    program = kr.loads(SHARED)
    members = {name: {"x": x, "unit": "A"} for name, x in (("An", 95), ("Bình", 90))}
    assessed = kr.assess_cohort(program, members, is_allocated=False)
    allocation = kr.allocate(program, members, assessed)
    with pytest.raises(kr.SubjectError) as caught:
        kr.assess(program, {"x": 101})
    assert list(
        map(repr, (program, program.rulebook, assessed["An"], allocation, caught.value, *caught.value.report))
    ) == [
        "<Program demo.shared · 2 inputs · 1 criterion · 2 bands · 1 quota>",
        "<Rulebook demo.shared · 2 inputs · 1 criterion · 2 bands · 1 quota>",
        "<Assessment demo.shared · rated · score 95 · band top>",
        "<Allocation 2 members · 1 group · 2 moved · 0 undecided>",
        "<SubjectError 2 problems · KR604 `x` is 101, above 100>",
        "<Diagnostic KR604 · error · x · `x` is 101, above 100>",
        "<Diagnostic KR602 · error · unit · `unit` is not given>",
    ]
    assert repr(assessed) == (
        "{'An': <Assessment demo.shared · rated · score 95 · band top>, "
        "'Bình': <Assessment demo.shared · rated · score 90 · band top>}"
    )


@settings(max_examples=examples(100))
@given(cases())
def test_nothing_that_a_generated_rulebook_gives_is_longer_than_a_line(case: Case) -> None:
    found: list[Any] = [case.program, case.program.rulebook, case.program.report]
    try:
        assessment = kr.assess(case.program, case.subject)
        found += [assessment, assessment.points, assessment.let, assessment.margin, kr.explain(assessment)]
    except kr.KpirulesError as refusal:
        found += [refusal, *refusal.report]
    for value in found:
        assert len(repr(value)) <= LONGEST
        assert repr(value).isprintable()


# -- the parts ------------------------------------------------------------------------------------


def test_a_number_that_python_does_not_write_is_no_reason_to_fail() -> None:
    margin = kr.Margin(up=Fraction(10**6000, 7), down=Decimal(1))
    assert len(repr(margin)) <= LONGEST
    assert repr(kr.Margin(up=None, down=Decimal("3.67"), worse="fair")) == (
        "Margin(up=None, down=Decimal('3.67'), rounding_decided=False, better='', worse='fair', "
        "is_up_open=False, is_down_open=False)"
    )


def test_a_mapping_shows_as_many_of_its_items_as_fit() -> None:
    assert repr(FrozenMap({"a": 1})) == "{'a': 1}"
    assert repr(FrozenMap()) == "{}"
    many = repr(FrozenMap({f"member {place}": place for place in range(1000)}))
    assert many.startswith("{'member 0': 0, 'member 1': 1, ")
    assert many.endswith(" more}")
    assert len(many) <= LONGEST
    assert mapped({"x" * 500: "y" * 500}) != ""
    assert len(mapped({"x" * 500: "y" * 500})) <= LONGEST


def test_a_fact_that_is_long_or_commands_a_terminal_is_cut() -> None:
    assert brief(1, "a\nb\x1b[1m", "c" * 100) == f"<int a b [1m · {'c' * 59}…>"
    assert len(brief(1, *["fact"] * 100)) <= LONGEST
    assert fielded(kr.Contribution("own", "x" * 500, Fraction(1))).endswith("points=Fraction(1, 1))")


# -- completion -----------------------------------------------------------------------------------


def test_completion_offers_every_attribute_of_an_assessment_that_is_not_computed_yet() -> None:
    assessment = kr.assess(kr.loads(SHARED), {"x": 95, "unit": "A"})
    offered = set(dir(assessment))
    assert {field.name for field in fields(kr.Assessment)} <= offered
    assert {"points", "share", "is_rated", "to_data", "to_json"} <= offered
    whole = {name for name in dir(kr.Assessment.from_data(assessment.to_data())) if not name.startswith("_")}
    assert whole <= offered


def test_completion_offers_every_public_attribute_of_every_value(shown: list[Any]) -> None:
    for value in shown:
        kind = type(value)
        if kind.__module__.startswith("kpirules.") and has(kind):
            declared = {field.name for field in fields(kind) if not field.name.startswith("_")}
            public = {name for class_ in kind.__mro__ for name in vars(class_) if not name.startswith("_")}
            assert declared | public <= set(dir(value)), kind
