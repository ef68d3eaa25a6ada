"""How far a score is from the neighbouring bands, and what a fault says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kpirules import RulebookError
from kpirules.record import Margin
from tests.rules import F, assessed, fault, program, unproved_fault

HEAD = "inputs: {x: {type: number, min: -100, max: 200}, y: {type: number, min: 0, max: 9}}\n"


def margin(bands: str, x: str | int, score: str = "round: {places: 1}", y: int = 1) -> Margin | None:
    text = f"{HEAD}criteria: {{a: {{points: x + y * 0}}}}\nscore: {{{score}}}\nbands: {bands}\n"
    return assessed(text, x=F(x), y=y).margin


UP = "{best: {from: 90}, good: {from: 70}, poor: {below: 70}}"
DOWN = "{best: {to: 5}, good: {to: 20}, poor: {above: 20}}"


@pytest.mark.parametrize(
    ("bands", "x", "expected"),
    [
        (UP, 95, Margin(None, Decimal(5), worse="good", is_down_open=True)),
        (UP, 90, Margin(None, Decimal(0), worse="good", is_down_open=True)),
        (UP, 72, Margin(Decimal(18), Decimal(2), better="best", worse="poor", is_down_open=True)),
        (UP, "69.9", Margin(Decimal("0.1"), None, better="good")),
        (DOWN, 3, Margin(None, Decimal(2), worse="good", is_down_open=True)),
        (DOWN, 5, Margin(None, Decimal(0), worse="good", is_down_open=True)),
        (DOWN, "5.1", Margin(Decimal("0.1"), Decimal("14.9"), better="best", worse="poor", is_down_open=True)),
        (DOWN, 25, Margin(Decimal(5), None, better="good")),
        ("{best: {above: 90}, poor: {to: 90}}", 90, Margin(Decimal(0), None, better="best", is_up_open=True)),
        ("{best: {from: 90}, poor: {below: 50}}", 40, Margin(Decimal(50), None, better="best")),
    ],
)
def test_the_distance_to_the_band_above_and_below(bands: str, x: str | int, expected: Margin) -> None:
    direction = "better: lower, " if bands == DOWN else ""
    assert margin(bands, x, f"{direction}round: {{places: 1}}") == expected


@pytest.mark.parametrize(
    ("x", "rounding_decided"), [("89.96", True), ("89.94", False), ("69.95", True), ("90.04", False)]
)
def test_it_tells_whether_rounding_decided(x: str, rounding_decided: bool) -> None:
    found = margin(UP, x)
    assert found is not None
    assert found.rounding_decided is rounding_decided


def test_rounding_decides_nothing_where_the_exact_score_is_banded() -> None:
    found = margin(UP, "89.96", "round: {places: 1}, band_on: exact")
    assert found == Margin(Decimal("0.04"), Decimal("19.96"), better="best", worse="poor", is_down_open=True)


def test_a_distance_that_is_no_decimal_stays_a_fraction() -> None:
    bands = "{measure: score / 3, levels: {best: {from: 10}, poor: {below: 10}}}"
    assert margin(bands, 31) == Margin(None, F(1, 3), worse="poor", is_down_open=True)


def test_the_nearest_of_several_bands_is_the_neighbour() -> None:
    """The next band is the one that begins at 0, though the one that begins at 70 is written earlier."""
    bands = "{best: {from: 90}, odd: {from: 0, below: 10}, good: {from: 70, below: 90}, poor: {from: 10, below: 70}}"
    score = "better: listed, round: {places: 1}"
    assert margin(bands, 95, score) == Margin(None, Decimal(5), worse="good", is_down_open=True)
    assert margin(bands, 5, score) == Margin(Decimal(85), Decimal(5), better="best", worse="poor")


def test_a_band_that_holds_the_number_is_no_neighbour() -> None:
    bands = "{fall: next, levels: {best: {from: 90}, good: {from: 70, requires: y > 5}, poor: {below: 70}}}"
    assert margin(bands, 75) == Margin(Decimal(15), None, better="best")


def test_a_band_without_ends_is_no_neighbour() -> None:
    bands = "{overlap: worst, levels: {best: {from: 90}, good: {below: 90}, star: {requires: y > 5}}}"
    assert margin(bands, 75) == Margin(Decimal(15), None, better="best")


def test_a_forced_band_leaves_the_margin_of_the_score() -> None:
    text = f"{HEAD}criteria: {{a: {{points: x}}}}\nscore: {{round: {{places: 1}}}}\nbands: {UP}\noverrides: {{o: {{band: poor}}}}\n"
    found = assessed(text, x=95, y=1)
    assert (found.band, found.margin) == ("poor", Margin(None, Decimal(5), worse="good", is_down_open=True))


# -- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "code", "message", "part"),
    [
        ("x / y", "KR620", "a number is divided by zero (x = 2.5, y = 0)", "x / y"),
        ("1 + mod(x, y)", "KR620", "a number is divided by zero (x = 2.5, y = 0)", "mod(x, y)"),
        ("x / 3 + sqrt(y - x)", "KR621", None, "sqrt(y - x)"),
        ("ln(y)", "KR621", None, "ln(y)"),
        ("days(date(2026, y, 1), d)", "KR622", None, "date(2026, y, 1)"),
        ("day(date(2026, 1, x))", "KR622", None, "date(2026, 1, x)"),
        ("workdays(d, date(2027, 1, 1), office)", "KR623", None, "workdays(d, date(2027, 1, 1), office)"),
        ("sum(1 / t.n for t in tasks)", "KR620", "a number is divided by zero", "1 / t.n"),
        (
            "1 / (1 if given(m) else count(tasks) - 1)",
            "KR620",
            "a number is divided by zero (m = absent, count(tasks) = 1)",
            "1 / (1 if given(m) else count(tasks) - 1)",
        ),
    ],
)
def test_a_fault_names_the_code_the_part_and_what_was_read(
    formula: str, code: str, message: str | None, part: str
) -> None:
    text = f"""
inputs:
  x: {{type: number, min: -5, max: 5}}
  y: {{type: integer, min: 0, max: 5}}
  d: {{type: date}}
  m: {{type: number, min: 0, max: 1, optional: true}}
  tasks: {{type: list, fields: {{n: {{type: integer, min: 0, max: 1}}}}}}
calendars: {{office: {{weekend: [sat, sun], from: 2026-01-01, until: 2027-01-01}}}}
outputs:
  o: >-
    {formula}
"""
    diagnostic = fault(text, x=F("2.5"), y=0, d="2026-01-01", tasks=[{"n": 0}])
    assert (diagnostic.code, diagnostic.path) == (code, "outputs.o")
    assert diagnostic.span is not None
    assert diagnostic.span.source.name == "rules.kpi.yaml"
    assert diagnostic.span.text == part
    assert message in (None, diagnostic.message)


def test_the_definition_stops_at_a_number_that_is_too_wide() -> None:
    """The check refuses such a rulebook, so that only an unchecked one reaches this."""
    text = "inputs: {x: {type: number, min: -5, max: 5}}\noutputs: {o: 1 + (((x + 1e-18) ** 16) ** 16) ** 16}\n"
    diagnostic = unproved_fault(text, x=F("2.5"))
    assert (diagnostic.code, diagnostic.path) == ("KR630", "outputs.o")
    assert diagnostic.span is not None
    assert diagnostic.span.text == "(((x + 1e-18) ** 16) ** 16) ** 16"
    with pytest.raises(RulebookError, match="KR260"):
        program(text)


def test_a_fault_shows_at_most_eight_values_as_people_write_them() -> None:
    names = "abcdefghij"
    inputs = ", ".join(f"{name}: {{type: integer, min: 0, max: 9}}" for name in names)
    text = f"inputs: {{{inputs}}}\noutputs: {{o: 1 / ({' * '.join(names)})}}\n"
    assert fault(text, **dict.fromkeys(names, 0)).message.count(" = 0") == 8
    text = """
inputs: {c: {type: choice, options: [p, q]}, d: {type: date}, b: {type: boolean}, m: {type: number, optional: true}, t: {type: text}}
outputs: {o: '1 / (0 if c == "p" and d == date(2026, 1, 1) and b and t == "so" and default(m, 1) == 1 else 1)'}
"""
    assert fault(text, c="p", d="2026-01-01", b=True, t="so").message == (
        'a number is divided by zero (c = "p", d = 2026-01-01, b = True, t = "so", m = absent)'
    )


def test_equal_formulas_at_two_places_each_fault_at_their_own() -> None:
    """A cached result for one of them must not be used for the other."""
    text = "inputs: {x: {type: integer, min: 0, max: 1}}\noutputs:\n  a: x + 1\n  %s: 1 / x\n"
    first, second = fault(text % "b", x=0), fault(f"\n\n{text % 'c'}", x=0)
    assert first.span is not None
    assert second.span is not None
    assert (first.path, first.span.line) == ("outputs.b", 6)
    assert (second.path, second.span.line) == ("outputs.c", 8)
    both = "inputs: {x: {type: integer, min: 0, max: 1}}\noutputs:\n  b: 'x if x > 5 else 1 / x'\nlet:\n  c: 1 / x\ninvariants: {i: {that: c > 0}}\n"
    assert fault(both, x=0).path == "outputs.b"
