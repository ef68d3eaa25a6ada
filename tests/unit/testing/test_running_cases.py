"""Cases of files and examples of rulebooks, and how they are compared."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from kpirules import KpirulesError, Program, Report, compile, load, loads
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.model import Words
from kpirules.testing import Case, CaseFile, check_cases, examples_of, is_case_file, read_cases, run_case
from kpirules.testing.cases import shown
from kpirules.testing.expectations import number
from kpirules.testing.updating import update_of

RULEBOOK = """
kpirules: 1
id: demo
inputs:
  done: {type: integer, min: 0, max: 12}
  level: {type: choice, options: [low, high], optional: true}
  late: {type: boolean, default: false}
  end: {type: date, optional: true}
criteria:
  results: {max: 70, rate: done / 12}
  manners: {max: 30, points: "30 if default(level, 'low') == 'high' else 10", applies: not late}
score: {rescale: true, round: {places: 2, mode: half_up}}
bands: {good: {from: 70}, poor: {from: 0}}
overrides: {lateness: {when: late, band: poor}}
let: {half: done / 2}
outputs:
  bonus: half * 10
  until: end
  third: "1 / 3"
  is_late: late
"""

CASES = """
rulebook: demo.kpi.yaml
cases:
  - name: first
    label: of all
    given: {done: 12, level: high, end: 2026-03-31}
    expect: {score: 100, band: good}
  - name: second
    like: first
    given: {level: null, done: 6}
    expect: {score: 45, points: {results: 35, manners: 10}}
  - name: third
    like: second
    given: {late: true}
    expect: {points: {manners: null}, band: poor}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return loads(RULEBOOK)


def written(folder: Path, text: str = CASES, name: str = "demo.cases.yaml") -> CaseFile:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_cases(path)


def outcome_of(program: Program, expect: dict[str, object], **given: object) -> list[tuple[str, object]]:
    """Return the differences of a case with the actual results."""
    known = {"done": Fraction(6), **given}
    case = Case("case", FrozenMap(known), FrozenMap(expect))
    return [(one.what, one.got) for one in run_case(program, case).differences]


def test_a_case_file_is_known_by_its_name() -> None:
    names = ["a.cases.yaml", "A.CASES.YML", "a.cases.json", "a.kpi.yaml", "cases.yaml"]
    assert [is_case_file(name) for name in names] == [True, True, True, False, False]


def test_cases_are_read_with_the_rulebook_beside_their_file(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert [case.name for case in file.cases] == ["first", "second", "third"]
    assert file.rulebook == tmp_path / "demo.kpi.yaml"
    assert file.cases[1].place == f"{tmp_path / 'demo.cases.yaml'}:8"


def test_a_case_takes_over_what_another_gives_and_changes_some(tmp_path: Path) -> None:
    second, third = written(tmp_path).cases[1:]
    assert second.given == {"done": 6, "end": "2026-03-31"}
    assert third.given == {"done": 6, "end": "2026-03-31", "late": True}


def test_an_input_that_is_taken_over_stands_where_it_is_written(tmp_path: Path) -> None:
    third = written(tmp_path).cases[2]
    places = [third.at(f"given.{name}").span for name in ("done", "end", "late")]
    assert [(span.line, span.text) for span in places if span] == [(10, "6"), (6, "2026-03-31"), (14, "true")]


def test_what_is_removed_has_no_place_of_its_own(tmp_path: Path) -> None:
    third = written(tmp_path).cases[2]
    span = third.at("given.level").span
    assert span is not None
    assert span.text != "high"


def test_cases_may_be_json(tmp_path: Path) -> None:
    case = '{"name": "a", "given": {"done": 1.5}, "expect": {"score": 1}}'
    text = f'{{"rulebook": "demo.kpi.yaml", "cases": [{case}]}}'
    assert written(tmp_path, text, "demo.cases.json").cases[0].given == {"done": Fraction(3, 2)}


def test_a_text_that_is_no_yaml_is_reported_as_such(tmp_path: Path) -> None:
    with pytest.raises(KpirulesError, match="KR101"):
        written(tmp_path, "rulebook: [")


def test_a_file_without_cases_is_reported(tmp_path: Path) -> None:
    with pytest.raises(KpirulesError, match="`cases` must be a list of cases, but it is missing"):
        written(tmp_path, "rulebook: demo.kpi.yaml")


def test_all_cases_of_a_file_pass_where_everything_is_as_expected(program: Program, tmp_path: Path) -> None:
    outcomes = [run_case(program, case) for case in written(tmp_path).cases]
    assert [outcome.passed for outcome in outcomes] == [True, True, True]
    assert outcomes[0].text() == ""
    assert outcomes[0].assessment is not None


@pytest.mark.parametrize(
    "expect",
    [
        {"score": Fraction(45)},
        {"score": "45"},
        {"score": "90/2"},
        {"score": "45.0"},
        {"share": {"results": "50%", "manners": "1/3"}},
        {"points": {"results": Fraction(35)}},
        {"let": {"half": 3}, "outputs": {"bonus": Fraction(30), "third": "1/3"}},
        {"outputs": {"is_late": False, "until": None}},
        {"overrides": ()},
        {"status": "rated", "band": "poor"},
    ],
)
def test_numbers_are_the_same_however_they_are_written(program: Program, expect: dict[str, object]) -> None:
    exact = {key: _exact(part) for key, part in expect.items()}
    assert outcome_of(program, exact) == []


def _exact(part: object) -> object:
    if isinstance(part, dict):
        return FrozenMap({name: _exact(each) for name, each in part.items()})
    return Fraction(part) if isinstance(part, int) and not isinstance(part, bool) else part


@pytest.mark.parametrize(
    ("expect", "what", "got"),
    [
        ({"score": "45.000001"}, "score", Fraction(45)),
        ({"score": None}, "score", Fraction(45)),
        ({"band": None}, "band", "poor"),
        ({"status": "undefined"}, "status", "rated"),
        ({"share": {"manners": Fraction("0.3333")}}, "share.manners", Fraction(1, 3)),
        ({"let": {"half": "three"}}, "let.half", Fraction(3)),
        ({"outputs": {"is_late": Fraction(0)}}, "outputs.is_late", False),
        ({"outputs": {"third": True}}, "outputs.third", Fraction(1, 3)),
        ({"outputs": {"until": "2026-01-01"}}, "outputs.until", None),
        ({"overrides": ("lateness",)}, "overrides", ()),
    ],
)
def test_what_differs_is_told_with_what_came_out(
    program: Program, expect: dict[str, object], what: str, got: object
) -> None:
    assert outcome_of(program, {key: _exact(part) for key, part in expect.items()}) == [(what, got)]


def test_dates_are_compared_as_dates(program: Program) -> None:
    expect: dict[str, object] = {"outputs": FrozenMap({"until": "2026-03-31"})}
    assert outcome_of(program, expect, end="2026-03-31") == []
    assert outcome_of(program, expect, end="2026-03-30") == [("outputs.until", date(2026, 3, 30))]


@pytest.mark.parametrize(
    ("code", "done", "passed"),
    [("KR604", 13, True), ("KR6", 13, True), ("KR602", 13, False), ("KR6", 12, False)],
)
def test_an_expected_error_is_known_by_the_beginning_of_its_code(
    program: Program, code: str, done: int, passed: bool
) -> None:
    case = Case("case", FrozenMap({"done": Fraction(done)}), FrozenMap({"error": code}))
    assert run_case(program, case).passed is passed


def test_the_text_of_a_failure_has_place_expectation_result_and_reason(program: Program, tmp_path: Path) -> None:
    file = written(tmp_path, CASES.replace("results: 35", "results: 36"))
    text = run_case(program, file.cases[1]).text()
    assert f"{tmp_path / 'demo.cases.yaml'}:11:" in text
    assert "`points.results` is 35" in text
    assert "^^ expected 36" in text
    assert "rate: done / 12 = 6 / 12 = 0.5" in text


def test_colours_are_added_where_they_are_asked_for(program: Program, tmp_path: Path) -> None:
    file = written(tmp_path, CASES.replace("score: 45", "score: 46"))
    outcome = run_case(program, file.cases[1])
    assert "\x1b[" in outcome.text(color=True)
    assert "\x1b[" not in outcome.text()


def test_names_that_the_rulebook_lacks_are_found_without_running(program: Program, tmp_path: Path) -> None:
    file = written(tmp_path, CASES.replace("manners: null", "maners: null"))
    report = check_cases(program, file.cases)
    assert [(d.code, d.span.text if d.span else "") for d in report] == [("KR710", "maners")]
    assert not run_case(program, file.cases[2]).passed


def test_a_fault_is_shown_where_the_rulebook_has_it() -> None:
    program = loads(
        "{kpirules: 1, id: a, inputs: {x: {type: number, min: 0, max: 1}}, outputs: {y: 1 / x}}",
        name="a.kpi.yaml",
    )
    outcome = run_case(program, Case("none", FrozenMap({"x": Fraction(0)}), FrozenMap({"status": "rated"})))
    assert "--> a.kpi.yaml:1:" in outcome.text()


EXAMPLES = """examples:
  - name: twelve
    given: {done: 12, level: high}
    expect: {score: 100}
  - {name: "six", like: twelve, given: {done: 6, level: null}, expect: {score: 44}}
"""


def test_examples_are_cases_that_know_their_place() -> None:
    program = loads(RULEBOOK + EXAMPLES, name="demo.kpi.yaml")
    twelve, six = examples_of(program)
    assert dict(twelve.given) == {"done": 12, "level": "high"}
    assert dict(six.given) == {"done": 6}
    assert run_case(program, twelve).passed
    (difference,) = run_case(program, six).differences
    assert difference.span is not None
    assert (difference.what, difference.got, difference.span.text) == ("score", 45, "44")


def test_examples_of_a_mapping_have_a_place_too() -> None:
    given: dict[str, object] = {
        "kpirules": 1,
        "id": "demo",
        "inputs": {"x": {"type": "number", "min": 0, "max": 9}},
        "outputs": {"y": "x * 2"},
        "examples": [{"name": "a\tb", "given": {"x": 2}, "expect": {"outputs": {"y": 5}}}],
    }
    program = load(given)
    (case,) = examples_of(program)
    (difference,) = run_case(program, case).differences
    assert difference.span is not None
    assert difference.span.text == "5"


def test_examples_of_a_flow_mapping_have_a_place_too() -> None:
    text = "{kpirules: 1, id: a, outputs: {y: 2 + 3}, examples: [{name: b, expect: {outputs: {y: 6}}}]}"
    program = loads(text)
    (difference,) = run_case(program, examples_of(program)[0]).differences
    assert difference.span is not None
    assert difference.span.text == "6"


def test_examples_of_a_rulebook_without_text_run_without_a_place() -> None:
    program = loads(RULEBOOK + EXAMPLES)
    bare = tuple(evolve(example, words=Words()) for example in program.rulebook.examples)
    cases = examples_of(compile(evolve(program.rulebook, examples=bare)))
    assert [case.place for case in cases] == ["", ""]
    assert [run_case(program, case).passed for case in cases] == [True, False]


def test_an_example_that_expects_nothing_is_refused() -> None:
    program = loads(RULEBOOK + EXAMPLES.replace("{score: 100}", "{}"))
    with pytest.raises(KpirulesError, match="nothing is expected"):
        examples_of(program)


def test_a_rulebook_without_examples_has_no_cases(program: Program) -> None:
    assert examples_of(program) == ()


def test_an_outcome_without_errors_has_passed(program: Program) -> None:
    outcome = run_case(program, Case("a", FrozenMap({"done": Fraction(1)}), FrozenMap({"status": "rated"})))
    assert (outcome.report, outcome.differences) == (Report(), ())


def test_values_are_shown_as_people_read_them() -> None:
    values = [Fraction(1, 3), Fraction(1, 8), True, False, None, date(2026, 1, 2), ("a", Fraction(1)), "good"]
    texts = ["1/3 (≈ 0.333333)", "0.125", "true", "false", "nothing", "2026-01-02", "[a, 1]", "good"]
    assert [shown(value) for value in values] == texts


def test_expected_numbers_are_exact() -> None:
    written_ = ["385/6", "-12.50%", "0.1", "x", "1/0", None, True]
    exact = [Fraction(385, 6), Fraction(-1, 8), Fraction(1, 10), None, None, None, None]
    assert [number(value) for value in written_] == exact


def test_an_invariant_that_does_not_hold_fails_the_case() -> None:
    rules = (
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {x: n}\n"
        "invariants: {small: {that: n < 5}, sane: {that: n >= 0}}\n"
    )
    program = loads(rules)
    outcomes = [
        run_case(program, Case("a", FrozenMap({"n": Fraction(n)}), FrozenMap({"status": "rated"}))) for n in (4, 5)
    ]
    assert [one.passed for one in outcomes] == [True, False]
    assert outcomes[1].assessment is not None
    assert (outcomes[1].assessment.status, outcomes[1].assessment.outputs["x"]) == ("rated", 5)
    (found,) = outcomes[1].report
    assert (found.code, found.message) == ("KR720", "`invariants.small` is false")
    assert any("n < 5" in note for note in found.notes), found.notes
    assert update_of(outcomes[1]).refused == (
        "`invariants.small`: the rules break what they promise: correct the rules or the invariant",
    )
