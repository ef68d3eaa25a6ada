"""Values are shown exactly or marked as shortened, and replace their names in formulas."""

from datetime import date
from fractions import Fraction

import pytest

import kpirules as kr
from kpirules.record import Legend, Value
from kpirules.showing.explaining.numbers import exactly, put_in, tidy
from kpirules.showing.explaining.voice import Voice
from tests.records import computation

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
