"""Values are shown exactly or marked as shortened, and replace their names in formulas."""

from datetime import date
from fractions import Fraction
from functools import cached_property

import pytest

import kpirules as kr
from kpirules.record import Assessment, Legend, Value
from kpirules.showing.explaining.numbers import exactly, put_in, tidy
from kpirules.showing.explaining.voice import Voice
from tests.records import computation
from tests.rules import program
from tests.unit.showing.test_letter import ABOUT

F = Fraction
shown = Voice(Legend()).shown


class TestExactly:
    @pytest.mark.parametrize(
        ("x", "text"),
        [
            (F(0), "0"),
            (F("89.58"), "89.58"),
            (F("0.000000001"), "0.000000001"),
            (F(715, 12), "715/12 (≈ 59.583333)"),
            (F(-1, 300), "-1/300 (≈ -0.003333)"),
            (F("0.7071067811865475244008443621"), "≈ 0.707107"),
            (F(10**30, 3), "≈ 333333333333333333333333333333.333333"),
        ],
    )
    def test_a_number_is_exact_while_it_can_be_read(self, x: Fraction, text: str) -> None:
        assert exactly(x) == text


class TestInFormula:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, "absent"),
            (True, "yes"),
            (False, "no"),
            (F("0.9"), "0.9"),
            (F(2, 3), "≈0.666667"),
            (F(-2, 3), "(≈-0.666667)"),
            (date(2026, 1, 1), "2026-01-01"),
            ('a "b"', r'"a \"b\""'),
        ],
    )
    def test_a_value_is_one_operand(self, value: Value, text: str) -> None:
        assert shown(value) == text


class TestPutIn:
    @pytest.mark.parametrize(
        ("formula", "readings", "filled"),
        [
            ("(a + b) / 3", {"a": F(1), "b": F(2)}, "(1 + 2) / 3"),
            ("a - b", {"a": F(1), "b": F(-2)}, "1 - (-2)"),
            ("results + results_old", {"results": F(1), "results_old": F(2)}, "1 + 2"),
            ("points.a + a", {"points__a": F(7), "a": F(1)}, "7 + 1"),
            ("points.a + a", {"a": F(1)}, "points.a + 1"),
            ("a.b + a", {"a": F(1)}, "a.b + 1"),
            ("ratio(n, d, if_zero=n)", {"n": F(1), "if_zero": F(5)}, "ratio(1, d, if_zero=1)"),
            ("n == 1 and n<=2", {"n": F(1)}, "1 == 1 and 1<=2"),
            ("n(n) + n (n)", {"n": F(1)}, "n(1) + n (1)"),
            ("kind == 'kind' or kind == \"kind\"", {"kind": "x"}, '"x" == \'kind\' or "x" == "kind"'),
            (r"kind == 'it\'s kind'", {"kind": "x"}, r'"x" == ' + r"'it\'s kind'"),
            ("a + b", {"a": F(1), "b": None}, "1 + absent"),
            ("a\n  + b", {"a": F(1), "b": F(2)}, "1 + 2"),
            ("a == True and b != 'True'", {"a": True, "b": "x"}, "yes == yes and \"x\" != 'True'"),
            ("True", {}, ""),
            ("x", {}, ""),
            ("1 + 2", {"x": F(1)}, ""),
            ("%a", {"": F(1)}, ""),
        ],
    )
    def test_values_take_the_place_of_whole_names(
        self, formula: str, readings: dict[str, Value], filled: str
    ) -> None:
        assert put_in(computation(formula, F(0), **readings), shown) == filled

    @pytest.mark.parametrize(
        ("formula", "readings", "filled"),
        [
            ("done / planned", {"done": F(38), "planned": F(40)}, "38 tasks / 40 tasks"),
            ("speed / speed", {"speed": F(60)}, "(60 km/h) / (60 km/h)"),
            ("done ** 2 + done", {"done": F(3)}, "(3 tasks) ** 2 + 3 tasks"),
            ("done**2", {"done": F(-3)}, "(-3 tasks)**2"),
            ("done ** 2 * n ** 2", {"done": F(2, 3), "n": F(5)}, "(≈0.666667 tasks) ** 2 * 5 ** 2"),
            ('done == "a b" ** 2', {"done": None, "x": F(1)}, 'absent == "a b" ** 2'),
        ],
    )
    def test_a_number_has_its_unit(self, formula: str, readings: dict[str, Value], filled: str) -> None:
        units = {"done": "tasks", "planned": "tasks", "speed": "km/h"}
        work = computation(formula, F(0), **readings)
        assert put_in(work, shown, lambda read: units.get(read, "")) == filled

    def test_an_aggregate_is_replaced_as_a_whole_also_over_several_lines(self) -> None:
        written = "sum(t.hours\n    for t in tasks) / hours"
        work = computation(written, F(2), **{"sum(t.hours\n    for t in tasks)": F(8), "hours": F(4)})
        assert put_in(work, shown) == "8 / 4"

    def test_a_value_that_looks_like_a_name_is_not_replaced_again(self) -> None:
        assert put_in(computation("a == b", True, a="b", b="a"), shown) == '"b" == "a"'

    def test_a_name_read_with_different_values_stays(self) -> None:
        work = computation("a + b", F(3), b=F(2))
        readings = (("a", F(1)), ("a", F(2)), ("a", F(1)), *work.readings)
        assert put_in(type(work)(work.formula, readings, work.value), shown) == "a + 2"


RULES = """
inputs:
  done: {type: integer, min: 0, max: 99, unit: tasks, label: {en: Tasks completed, vi: Việc đã xong}}
  months: {type: integer, min: 0, max: 12, unit: months, label: Months of service}
  start: {type: date, min: 2026-01-01, max: 2026-12-31, label: First day}
  grade: {type: choice, options: [a, b], label: The grade}
  trips:
    type: list
    max_items: 9
    fields: {km: {type: integer, min: 0, max: 99, unit: km, label: Length}, days: {type: integer, min: 0, max: 9}}
    let: {far: item.km > limit}
parameters:
  plan: {value: 40, unit: tasks, label: {en: Tasks planned, vi: Việc theo kế hoạch}, source: Article 4}
  limit: 50
  least: {value: 6, unit: months, note: Literal reading.}
  half: 50%
functions: {halved: {args: [x], value: x * half, label: Half of it}}
tables: {rank: {args: [x, g], cases: [{when: {x: {from: 9}, g: a}, value: 1}, {value: 0}], label: The ranks}}
let:
  farthest: {value: "default(max(t.km for t in trips), 0)", unit: km}
criteria:
  service: {label: Service, max: 12, measure: months, steps: [{from: least, points: 12}, {points: 0}]}
  work: {max: 10, points: "min(halved(done / plan), 10)"}
  ranked: {max: 1, cases: [{when: {done: {from: 2}, months: 1}, points: 1}, {points: 0}]}
outputs:
  gone: months(start, date(2026, 12, 31))
  far: count(t.far for t in trips)
  again: {value: farthest + sum(t.km for t in trips) + points.service, unit: km}
  place: rank(done, grade)
"""


class TestUnitsAndLabels:
    @cached_property
    def record(self) -> Assessment:
        given = {"done": 38, "months": 12, "start": date(2026, 3, 1), "grade": "a"}
        return kr.assess(program(RULES), given | {"trips": [{"km": 7, "days": 1}]})

    def working(self, id_: str) -> list[tuple[str, ...]]:
        lines = [line for line in kr.explain(self.record, language="en").walk() if line.id == id_]
        return [line.working for line in lines for line in (line, *line.formulas) if line.working]

    def test_values_in_formulas_have_units(self) -> None:
        assert self.working("work") == [("= min(halved(38 tasks / 40 tasks), 10)", "= 0.475")]
        assert self.working("service") == [("= 12 months", "→ 12: row «from 6»")]
        assert self.working("farthest") == [("= default(7 km, 0)",)]
        assert self.working("again") == [("= 7 km + 7 km + 12",)]
        (ranked,) = [line for line in kr.explain(self.record).walk() if line.id == "cases"]
        assert ranked.formula == "done = 38 tasks, months = 12 months"

    def test_a_letter_gives_the_unit_of_what_is_measured(self) -> None:
        letter = kr.explain(self.record, form="letter", about=ABOUT, language="en")
        (line,) = [line for line in letter.walk() if line.label == "Service"]
        assert line.remark == "measure: 12 months; row «from 6»"
        assert letter.labels == {}

    def test_names_have_labels_in_the_language_of_the_reader(self) -> None:
        labels = kr.explain(self.record, language="vi").labels
        assert labels == {
            "months": "Months of service",
            "halved(": "Half of it",
            "done": "Việc đã xong",
            "plan": "Việc theo kế hoạch",
            "trips.km": "Length",
            "start": "First day",
            "rank(": "The ranks",
            "grade": "The grade",
        }

    def test_html_has_them_for_a_pointer_and_for_a_screen_reader(self) -> None:
        html = kr.explain(self.record, language="vi").html()
        named = '<abbr title="Việc đã xong">done<span class="spoken"> (Việc đã xong)</span></abbr>'
        called = '<abbr title="Half of it" lang="">halved<span class="spoken"> (Half of it)</span></abbr>'
        assert f"min({called}({named} / " in html
        assert "<code>months(<abbr" in html  # the function `months` is not the input of that name
        assert "max(t.<abbr" not in html
        assert 'max(<abbr title="Length" lang="">t.km<span' in html

    def test_names_that_no_other_line_explains_are_listed(self) -> None:
        *_, names = kr.explain(self.record, language="en").sections
        told = [(line.id, line.label, line.amount, line.note, str(line.citation or "")) for line in names.children]
        assert (names.label, told) == (
            "Other names in formulas",
            [
                ("halved", "Half of it", "", "", ""),
                ("plan", "Tasks planned", "40 tasks", "", "Article 4"),
                ("limit", "", "50", "", ""),
                ("rank", "The ranks", "", "", ""),
            ],
        )

    def test_a_record_without_inputs_still_has_their_labels(self) -> None:
        *_, names = kr.explain(self.record.without_inputs(), language="en").sections
        assert [f"{line.id} · {line.label}" for line in names.children] == [
            "months · Months of service",
            "halved · Half of it",
            "done · Tasks completed",
            "plan · Tasks planned",
            "trips.km · Length",
            "start · First day",
            "rank · The ranks",
            "grade · The grade",
        ]

    def test_a_record_without_formulas_leaves_out_their_names(self) -> None:
        assert self.record.to_data(formulas=False)["legend"]["names"] == {}
        assert self.record.to_data()["legend"]["names"].keys() >= {"parameters.plan", "functions.halved"}


class TestSteps:
    @pytest.mark.parametrize(
        ("formula", "value", "readings", "working"),
        [
            ("-x", F(-2), {"x": F(2)}, ("= -2",)),
            ("x", F(-2), {"x": F(-2)}, ("= -2",)),
            ("x", F(2, 3), {"x": F(2, 3)}, ("= 2/3 (≈ 0.666667)",)),
            ("-x", F(-2, 3), {"x": F(2, 3)}, ("= -≈0.666667", "= -2/3 (≈ -0.666667)")),
            ("a", True, {"a": True}, ("→ yes",)),
            ("a and b", True, {"a": True, "b": True}, ("→ yes and yes", "→ yes")),
            ("2 + 3", F(5), {}, ("= 5",)),
            ("5", F(5), {}, ()),
        ],
    )
    def test_no_step_repeats_the_one_before(
        self, formula: str, value: Value, readings: dict[str, Value], working: tuple[str, ...]
    ) -> None:
        shown_at_work = Voice(Legend()).work(computation(formula, value, **readings))
        assert shown_at_work == {"formula": formula, "working": working}

    def test_a_step_that_the_line_gives_elsewhere_is_left_out(self) -> None:
        work = computation("-x", F(-2), x=F(2))
        assert Voice(Legend()).work(work, gives="")["working"] == ("= -2",)
        assert Voice(Legend()).condition(computation("a", True, a=True))["working"] == ("→ holds",)


def test_a_formula_is_tidied_onto_one_line() -> None:
    assert tidy(" a\n\t+ b ") == "a + b"


def test_a_table_of_cases_shows_the_values_and_the_case() -> None:
    cases = [{"when": {"x": {"from": 3}, "level": ["low", "high"]}, "value": 2}, {"value": 0}]
    rules = {
        "kpirules": 1,
        "inputs": {
            "years": {"type": "integer", "min": 0, "max": 9},
            "level": {"type": "choice", "options": ["low", "high"]},
            "marks": {"type": "list", "fields": {"mark": {"type": "integer", "min": 0, "max": 9}}},
        },
        "tables": {"grid": {"args": ["x", "level"], "cases": cases}},
        "outputs": {"days": "grid(years + 1, level) * 2", "each": 'sum(grid(m.mark, "low") for m in marks)'},
    }
    rated = kr.assess(kr.load(rules), {"years": 2, "level": "high", "marks": [{"mark": 3}]})
    readings = rated.output_computations["days"].readings
    assert readings == (("years", 2), ("level", "high"), ("grid: level low or high, x from 3", 2))
    assert [text for text, _ in rated.output_computations["each"].readings] == [
        'sum(grid(m.mark, "low") for m in marks)'
    ]
    told = kr.explain(rated, language="en").text()
    assert 'grid(2 + 1, "high") * 2 = row «grid: level low or high, x from 3»: 2' in told
    other = kr.assess(kr.load(rules), {"years": 1, "level": "low", "marks": []})
    assert "dòng «grid: còn lại»" in kr.explain(other, language="vi").text()
