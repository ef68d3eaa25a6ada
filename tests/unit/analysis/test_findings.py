"""Findings about subjects, with their evidence."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules import Diagnostic, FaultError, assess, check, loads
from kpirules.analysis.checking.score import carried
from kpirules.kernel.exact import MODES, Rounding


def found(text: str, code: str) -> list[Diagnostic]:
    """Return the findings of one code."""
    report = check(text=f"kpirules: 1\n{dedent(text)}")
    assert not report.errors
    return [one for one in report if one.code == code]


# -- faults ---------------------------------------------------------------------------------------

INPUTS = """
inputs:
  done: {type: integer, min: 0, max: 10}
  planned: {type: integer, min: 0, max: 10}
  on: {type: date, min: 2026-01-01, max: 2026-12-31}
calendars: {office: {weekend: [sat, sun], from: 2026-02-01, until: 2027-01-01}}
"""


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("done / planned", "KR350"),
        ("mod(done, planned)", "KR350"),
        ("1 / (done - planned)", "KR350"),
        ("sqrt(done - planned)", "KR351"),
        ("ln(done)", "KR351"),
        ("day(date(2026, done, 1))", "KR351"),
        ("workdays(on, date(2026, 12, 31), office)", "KR351"),
    ],
)
def test_a_fault_is_shown_with_a_subject(formula: str, code: str) -> None:
    (one,) = found(f"{INPUTS}outputs: {{o: '{formula}'}}\n", code)
    assert one.evidence == "shown"
    assert set(json.loads(one.witness)) == {"done", "planned", "on"}


@pytest.mark.parametrize("step", ["1.5", "2.5", "7/2", "0.25"])
@pytest.mark.parametrize("divisor", ["x - 1", "x - 3", "x - 5", "x - 7"])
def test_a_subject_that_shows_something_is_valid_whatever_the_step(step: str, divisor: str) -> None:
    text = f"""
        inputs: {{x: {{type: integer, min: 0, max: 10, step: {step}}}}}
        outputs: {{o: 1 / ({divisor})}}
        """
    shown = found(text, "KR350")
    is_possible = any(n == int(divisor[-1]) for n in range(11) if n % Fraction(step) == 0)
    assert [one.evidence for one in shown] == ["shown"] * is_possible
    program = loads(f"kpirules: 1\n{dedent(text)}")
    for one in shown:
        with pytest.raises(FaultError):
            assess(program, json.loads(one.witness))


@pytest.mark.parametrize(
    "formula",
    [
        "done / planned if planned > 0 else 0",
        "done / planned if planned != 0 and done > 0 else 0",
        "ratio(done, planned, if_zero=0)",
        "1 / (done + 1)",
        "sqrt(done)",
        "done / max(planned, 1)",
    ],
)
def test_a_guarded_fault_is_not_reported(formula: str) -> None:
    text = f"{INPUTS}outputs: {{o: '{formula}'}}\n"
    assert found(text, "KR350") == found(text, "KR351") == []


def test_each_divisor_of_a_formula_is_evaluated() -> None:
    text = f"{INPUTS}outputs: {{o: '1 / (done * 2 + 1) + 1 / (planned * 2 - 4)'}}\n"
    (one,) = found(text, "KR350")
    assert json.loads(one.witness)["planned"] == 2


def test_points_that_validations_keep_inside_are_not_reported() -> None:
    text = """
inputs:
  a: {type: integer, min: 0, max: 9}
  b: {type: integer, min: 0, max: 9}
  c: {type: integer, min: 1, max: 9}
  d: {type: integer, min: 0, max: 9}
validations: {first: {that: a <= c}, second: {that: b <= d}}
let: {done: a + b, planned: c + d}
criteria: {work: {max: 10, rate: done / planned}}
score: {round: {places: 2}}
"""
    assert found(text, "KR352") == []
    (one,) = found(text.replace("second: {that: b <= d}", "second: {that: b <= d + 1}"), "KR352")
    assert one.evidence == "shown"


# -- bands ----------------------------------------------------------------------------------------


def test_a_hole_between_impossible_scores_is_not_reported() -> None:
    text = """
criteria: {quality: {max: 100, entered: {step: 5}}}
bands: {good: {from: 50}, poor: {to: 48}}
"""
    assert found(text, "KR330") == []
    (one,) = found(text.replace("step: 5", "step: 1"), "KR330")
    assert (one.evidence, one.witness) == ("shown", '{"quality": 49}')


def test_extras_lead_beyond_the_scale() -> None:
    text = """
criteria:
  work: {max: 10, entered: {step: 1}}
  more: {criteria: {a: {max: 2, extra: true, entered: {step: 1}}, b: {max: 3, entered: {step: 1}}}}
bands: {good: {from: 5, to: 13}, poor: {below: 5}}
"""
    (one,) = found(text, "KR330")
    assert one.evidence == "shown"
    assert sum(json.loads(one.witness).values()) > 13


def test_excluded_children_and_a_min_can_lead_below_the_scale() -> None:
    text = """
inputs: {is_new: {type: boolean}}
criteria:
  work: {min: 5, max: 10, entered: {step: 1}, applies: not is_new}
  more: {max: 10, entered: {step: 1}}
score: {rescale: false}
bands: {good: {from: 10}, poor: {from: 5, below: 10}}
"""
    (one,) = found(text, "KR330")
    assert one.evidence == "shown"
    assert json.loads(one.witness)["is_new"] is True


def test_requirements_that_exclude_each_other_leave_no_gap() -> None:
    text = """
inputs: {x: {type: boolean}}
criteria: {quality: {max: 100, entered: {step: 1}}}
bands: {good: {from: 0, requires: x}, poor: {from: 0, requires: not x}}
"""
    assert found(text, "KR334") == found(text, "KR331") == []


def test_rounding_that_moves_no_score_over_an_end_is_not_reported() -> None:
    text = """
score: {combine: mean, round: {places: 2}}
criteria: {a: {entered: {step: 1}}, b: {entered: {step: 1}}, c: {entered: {step: 1}}}
bands: {good: {from: 50}, poor: {from: 0}}
"""
    assert found(text, "KR321") == []
    (one,) = found(text.replace("from: 50", "from: 66.67"), "KR321")
    assert one.evidence == "shown"


@given(
    st.sampled_from(MODES),
    st.fractions(Fraction(1, 10), 5, max_denominator=10),
    st.fractions(-20, 20, max_denominator=12),
    st.booleans(),
    st.lists(st.fractions(-3, 3, max_denominator=16), max_size=12),
)
def test_what_rounding_carries_over_an_end_is_one_interval(
    mode: str, step: Fraction, edge: Fraction, begins_above: bool, distances: list[Fraction]
) -> None:
    rounding = Rounding(None, step, mode)
    stretch = carried(rounding, edge, begins_above)

    def is_above(x: Fraction) -> bool:
        return x > edge if begins_above else x >= edge

    for distance in distances:
        x = edge + distance * step
        is_carried = is_above(x) != is_above(rounding.apply(x))
        assert is_carried == (stretch is not None and x in stretch)


# -- what is decided for good ---------------------------------------------------------------------


def test_a_condition_that_always_holds_is_reported() -> None:
    text = "inputs: {late: {type: integer, min: 0, max: 10}}\noutputs: {pay: 100 if late >= 0 else 50}\n"
    (one,) = found(text, "KR341")
    assert (one.evidence, one.message) == ("proved", "`late >= 0` is always true")


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("(1 if a < 7 else 2) + b > 3", ["`a < 7` is always true"]),
        ("(a > 3 if a < 7 else b > 9) or b > 9", ["`a < 7` is always true"]),
        ("a > 3 if b > 2 else (a > 4 if b <= 2 else b > 4)", ["`b <= 2` is always true where it is evaluated"]),
        ("a > 3 if f(a) > 5 else b > 2", ["`x > -1` is always true"]),
        ("a > 3 and 3 < 5", ["`3 < 5` is always true"]),
        ("a > 3 or 'x' == 'y'", ["`'x' == 'y'` is always false"]),
        ("a > 3 if strict else b > 3", []),
        ("a < 7", ["the condition is always true"]),
    ],
)
def test_a_condition_inside_a_formula_is_reported_at_its_place(formula: str, told: list[str]) -> None:
    text = f"""
        parameters: {{strict: true}}
        functions: {{f: {{args: [x], value: x if x > -1 else 0}}}}
        inputs: {{a: {{type: integer, min: 0, max: 6}}, b: {{type: integer, min: 0, max: 6}}}}
        criteria: {{k: {{max: 10, met: "{formula}"}}}}
        """
    findings = found(text, "KR341")
    assert [one.message for one in findings] == told
    for one in findings:
        assert one.span is not None
        stands = one.span.source.text[one.span.start : one.span.end].strip('"')
        assert stands == (formula if "the condition" in one.message else one.message.split("`")[1])


@pytest.mark.parametrize(
    ("validation", "is_told"),
    [
        ("a <= 6", True),
        ("a < 6", False),
        ("b >= a", True),
        ("a <= b or a > 5", True),
        ("a + b <= 9", False),
        ("c in ('x', 'y')", True),
        ("c == 'x' or a < 6", False),
    ],
)
def test_a_validation_that_the_domains_and_the_others_imply_is_reported(validation: str, is_told: bool) -> None:
    text = f"""
        inputs:
          a: {{type: integer, min: 0, max: 6}}
          b: {{type: integer, min: 0, max: 6}}
          c: {{type: choice, options: [x, y]}}
        validations: {{first: {{that: a <= b}}, second: {{that: "{validation}"}}}}
        outputs: {{o: a + b if c == 'x' else a}}
        """
    assert [one.path for one in found(text, "KR341")] == ["validations.second"] * is_told


def test_a_condition_on_parameters_is_not_a_finding() -> None:
    text = """
parameters: {strict: true}
inputs: {late: {type: integer, min: 0, max: 10}}
outputs: {pay: late if strict else 50}
"""
    assert found(text, "KR341") == []


def test_an_invariant_that_always_holds_is_not_a_finding() -> None:
    text = "inputs: {n: {type: integer, min: 0, max: 9}}\noutputs: {o: n}\ninvariants: {sane: {that: n >= 0}}\n"
    assert found(text, "KR341") == []
    (one,) = found(text.replace("n >= 0", "n > 9"), "KR341")
    assert one.message == "the condition is always false"


def test_a_row_beyond_what_is_measured_is_reported() -> None:
    text = """
inputs: {done: {type: integer, min: 0, max: 10}}
tables: {pay: {steps: [{from: 50, value: 3}, {from: 5, value: 2}, {value: 1}]}}
criteria: {work: {max: 9, measure: done * 2, steps: [{from: 30, points: 9}, {from: 10, points: 5}, {points: 0}]}}
outputs: {o: pay(done + 1)}
"""
    assert [one.message for one in found(text, "KR315")] == [
        "the row `from 50` of the table `pay` is never reached: no valid subject reaches it",
        "the row `from 30` of `work` is never reached: no valid subject reaches it",
    ]


SHADOWED = """
inputs: {{x: {{type: boolean}}, y: {{type: boolean}}}}
criteria: {{quality: {{max: 100, entered: {{step: 1}}}}}}
bands: {{good: {{from: 70}}, fair: {{from: 50}}, poor: {{from: 0}}}}
overrides: {{{overrides}}}
"""


@pytest.mark.parametrize(
    ("overrides", "shadowed"),
    [
        ("a: {when: x, band_at_most: fair}, b: {when: x, band: poor}", ["a"]),
        ("a: {when: x, band_at_most: fair}, b: {when: y, band: poor}", []),
        ("a: {when: x, band: fair}, b: {when: x, band: poor}", ["a"]),
        ("a: {when: x, band_at_least: fair}, b: {when: x, band_at_least: good}", ["a"]),
        ("a: {when: x, band_at_least: fair}, b: {when: x, band: good}", ["a"]),
        ("a: {when: x, band: poor}, b: {when: x, unrated: away}", ["a"]),
        ("a: {when: x, band: poor}, b: {when: x, band: poor}", []),
        ("a: {when: x, band_at_most: good}", ["a"]),
        ("a: {when: x, band_at_least: poor}", ["a"]),
        ("a: {when: x, band_at_most: fair}, b: {when: x, band_at_least: fair}", []),
        ("a: {when: x, band_at_most: fair}, b: {when: x, band: fair}", []),
        ("a: {when: x, band_at_least: fair}, b: {when: x, band: fair}", []),
        ("a: {when: x, band: good}, b: {when: x, band: fair}, c: {when: y, band_at_most: poor}", []),
        (
            "a: {when: x, band_at_least: fair}, b: {when: x, band_at_least: good}, c: {when: y, band_at_most: fair}",
            [],
        ),
        ("a: {when: x, unrated: away}, b: {when: x, unrated: ill}", ["b"]),
        ("a: {when: x, unrated: away}, b: {when: x, unrated: away}", []),
    ],
)
def test_an_override_that_never_decides_is_reported(overrides: str, shadowed: list[str]) -> None:
    said = found(SHADOWED.format(overrides=overrides), "KR402")
    assert [one.path.removeprefix("overrides.") for one in said] == shadowed
    assert all(one.evidence == "proved" for one in said)


# -- limits ---------------------------------------------------------------------------------------


def test_a_rulebook_that_could_exceed_a_limit_is_not_run() -> None:
    text = "kpirules: 1\ninputs: {x: {type: number, min: 0, max: 1}}\noutputs: {y: 1 / ((x ** 16) ** 16) ** 16}\n"
    report = check(text=text)
    assert [one.code for one in report] == ["KR260"]


def test_of_many_findings_the_first_are_shown() -> None:
    names = [f"n{index}" for index in range(60)]
    inputs = "".join(f"  {name}: {{type: integer, min: 0, max: 9}}\n" for name in names)
    outputs = "".join(f"  o_{name}: 1 / {name}\n" for name in names)
    program = loads(f"kpirules: 1\ninputs:\n{inputs}outputs:\n{outputs}")
    evidence = [one.evidence for one in program.report if one.code == "KR350"]
    assert evidence.count("shown") == 40
    assert evidence.count("possible") == 20


# -- what is shown happens, and what happens is told ----------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # The numbers of an input are those of its step, also halfway between two subjects.
        (
            """
            criteria: {c: {max: 9, entered: {step: 3}}, d: {max: 81, points: points.c * points.c}}
            score: {round: {places: 0}, band_on: exact}
            bands: {good: {from: 80}, poor: {to: 60}}
            """,
            "KR330",
        ),
        (
            """
            inputs: {x: {type: number, min: 0, max: 10, step: 2.5}}
            criteria: {c: {max: 100, points: x * x}}
            score: {round: {places: 0}, band_on: rounded}
            bands: {good: {from: 43}, poor: {to: 42}}
            """,
            "KR321",
        ),
    ],
)
def test_numbers_off_the_step_are_never_reported(text: str, code: str) -> None:
    assert found(text, code) == []


def test_a_fault_in_one_validation_is_shown_by_nobody_whom_another_refuses() -> None:
    inputs = "inputs: {a: {type: integer, min: 0, max: 4}, b: {type: integer, min: 0, max: 4}}"
    (one,) = found(
        f"{inputs}\nvalidations: {{q: {{that: a / b < 9}}, r: {{that: a > b}}}}\noutputs: {{o: a}}", "KR350"
    )
    subject = json.loads(one.witness)
    assert subject["a"] > subject["b"] == 0
    text = f"{inputs}\nvalidations: {{q: {{that: 1 / (a * a - b) < 2}}, r: {{that: (a * a - b) ** 2 > 0}}}}"
    assert not found(f"{text}\noutputs: {{o: a}}", "KR350")
    (one,) = found(f"{text}\noutputs: {{o: a}}".replace("max: 4", "max: 400"), "KR350")
    assert one.evidence == "possible"


def test_a_fault_in_a_validation_of_records_is_shown_where_one_record_is_enough() -> None:
    text = """
        inputs:
          n: {type: integer, min: 0, max: 3}
          t: {type: list, max_items: 3, fields: {a: {type: integer, min: 0, max: 3}}, validations: {q: {that: 1 / item.a < 2}}}
        exemptions: {none: {when: n == 3, status: away}}
        validations: {some: {that: n > 0}}
        outputs: {o: 'n + count(t)'}
        """
    (one,) = found(text, "KR350")
    assert json.loads(one.witness) == {"n": 1, "t": [{"a": 0}]}


@pytest.mark.parametrize(
    ("formula", "shown", "possible"),
    [("sqrt(x * x - x) / y", "KR350", "KR351"), ("1 / (x * x - x + 1) + sqrt(y - 1)", "KR351", "KR350")],
)
def test_a_fault_of_one_kind_does_not_show_another(formula: str, shown: str, possible: str) -> None:
    inputs = "inputs: {x: {type: integer, min: 0, max: 3}, y: {type: integer, min: 0, max: 3}}"
    text = f"{inputs}\noutputs: {{o: '{formula}'}}"
    assert [one.evidence for one in found(text, shown)] == ["shown"]
    assert not found(text, possible)
    text = text.replace("max: 3", "max: 300")
    assert [one.evidence for one in found(text, shown)] == ["shown"]
    assert [one.evidence for one in found(text, possible)] == ["possible"]


ROUNDED_BEYOND = (
    "inputs: {x: {type: integer, min: 0, max: 4}}\ncriteria:\n  a: {max: 4, points: x, round: {to: 2.5}}\n"
)


@pytest.mark.parametrize(
    ("text", "code", "evidence"),
    [
        ("score: {combine: min, round: {places: 0}}", "KR312", "shown"),
        ("  b: {max: 6, points: 6}\nscore: {max: 10}", "KR352", "shown"),
        ("score: {max: 3, allow: {KR301: more than its max}}", "KR352", "shown"),
        ("  b: {max: 6, points: 6}\nbands: {good: {from: 6, to: 10}}", "KR330", "shown"),
    ],
)
def test_points_rounded_beyond_a_max_are_reported_for_the_group(text: str, code: str, evidence: str) -> None:
    (one,) = found(ROUNDED_BEYOND + text, code)
    assert one.evidence == evidence
    assert len(found(ROUNDED_BEYOND + text, "KR352")) == (code == "KR352")


def test_a_rescaled_sum_may_be_rounded_beyond_its_max_too() -> None:
    text = """
inputs: {x: {type: integer, min: 0, max: 4}, has_b: {type: boolean}}
criteria:
  a: {max: 4, points: x, round: {to: 2.5}}
  b: {max: 6, points: 6, applies: has_b}
score: {rescale: true, round: {places: 1}, band_on: rounded}
bands: {good: {from: 6, to: 11}, poor: {from: 0, below: 6}}
"""
    (one,) = found(text, "KR330")
    assert json.loads(one.witness) == {"x": 4, "has_b": False}
    assert assess(loads(f"kpirules: 1{text}"), json.loads(one.witness)).score == Fraction("12.5")


def test_a_written_max_of_a_sum_is_kept_where_a_child_is_rounded_beyond_its_own() -> None:
    text = f"kpirules: 1\n{ROUNDED_BEYOND}  b: {{max: 6, points: 6}}\n"
    with pytest.raises(FaultError, match="11 points are outside 0 to 10"):
        assess(loads(f"{text}score: {{max: 10}}"), {"x": 4})
    assert assess(loads(f"{text}score: {{max: 10, outside: clamp}}"), {"x": 4}).score == 10
    assert assess(loads(text), {"x": 4}).score == 11


def test_a_condition_that_can_fault_is_the_same_wherever_it_has_an_answer() -> None:
    text = """
        inputs: {late: {type: integer, min: 0, max: 10}, x: {type: integer, min: 0, max: 1}}
        criteria: {a: {max: 10, met: late >= 0}}
        outputs: {o: 1 if late >= 0 or 1 / x > 2 else 0, p: '1 if 1 / x >= 1 else 0'}
        """
    told = {one.path: one.message for one in found(text, "KR341")}
    assert told["criteria.a.met"] == "the condition is always true"
    assert told["outputs.p"] == "`1 / x >= 1` is always true wherever it has a value"


@pytest.mark.parametrize("keys", ["max: 10", "max: 10, extra: true"])
def test_groups_one_inside_the_other_are_each_evaluated_once(keys: str) -> None:
    """Twice for each level would be a quarter of a billion times."""
    inner = "{max: 10, points: x, round: {to: 3}}"
    for level in range(26):
        inner = f"{{{keys}, criteria: {{c{level}: {inner}}}}}"
    text = f"inputs: {{x: {{type: integer, min: 0, max: 10}}}}\ncriteria: {{top: {inner}}}\n"
    assert loads(f"kpirules: 1\n{text}").rulebook.root is not None


# -- bands that finite domains keep apart -----------------------------------------------------------

SPLIT = """
inputs: {{b: {{type: boolean}}, e: {{type: boolean}}, c: {{type: choice, options: [x, y, z]}}}}
let: {{both: b and e}}
allow: {{KR242: not every requirement reads every input}}
criteria: {{a: {{max: 20, entered: {{step: 1}}}}}}
bands: {{{bands}}}
"""


@pytest.mark.parametrize(
    ("requirements", "overlaps", "leaves_a_gap"),
    [
        (("b", "not b"), False, False),
        (('c == "x"', 'c in ("y", "z")'), False, False),
        (('c == "x"', 'c == "y"', 'c == "z"'), False, False),
        (('c == "x"', 'c == "y"'), False, True),
        (("both", "b and not e", "not b"), False, False),
        (("both", "b", "not b"), True, False),
        (('c == "x" and b', 'c != "x" and b', "not b"), False, False),
        (('c == "x" and b', 'c != "x"', "not b"), True, False),
        (("a >= 10 and b", "a < 10 or not b"), False, False),
    ],
)
def test_bands_that_ask_for_other_values_do_not_overlap(
    requirements: tuple[str, ...], overlaps: bool, leaves_a_gap: bool
) -> None:
    named = (f"l{index}: {{requires: '{one}'}}" for index, one in enumerate(requirements))
    text = SPLIT.format(bands=", ".join(named)).replace("a >=", "points.a >=").replace("a <", "points.a <")
    assert [one.evidence for one in found(text, "KR331")] == ["shown"] * overlaps
    assert [one.evidence for one in found(text, "KR334")] == ["shown"] * leaves_a_gap


@pytest.mark.parametrize(
    ("band", "is_told"),
    [
        ("from: 50, requires: score < 40", True),
        ("from: 50, requires: score < 60", False),
        ("from: 90, requires: points.k < 31", False),
        ("from: 50, requires: b and (score < 50 or not b)", True),
        ('from: 50, requires: b and (score < 50 or c == "x")', False),
    ],
)
def test_a_band_whose_requirement_nobody_meets_is_reported(band: str, is_told: bool) -> None:
    text = f"""
        inputs: {{b: {{type: boolean}}, c: {{type: choice, options: [x, y]}}}}
        allow: {{KR242: not every requirement reads every input}}
        criteria: {{k: {{max: 40, entered: {{step: 1}}}}, r: {{max: 60, entered: {{step: 1}}}}}}
        bands: {{overlap: best, levels: {{top: {{{band}}}, rest: {{from: 0, to: 100}}}}}}
        """
    told = [one for one in found(text, "KR332") if one.path.endswith("top")]
    assert [one.evidence for one in told] == ["proved"] * is_told


# -- averages without extremes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "stays_inside"),
    [
        ("(sum(t.s for t in ts) - default(min(t.s for t in ts), 0)) / (count(ts) - 1)", True),
        ("(total - default(max(t.s for t in ts), 0)) / (count(ts) - 1)", True),
        (
            "(total - default(max(t.s for t in ts), 0) - default(min(t.s for t in ts), 0)) / (count(ts) - 2)",
            True,
        ),
        ("(total - default(min(t.s for t in ts), 0)) / (count(ts) - 2)", False),
        ("(total - default(min(t.q for t in ts), 0)) / (count(ts) - 1)", False),
        ("(a + b + c - min(a, b, c)) / 2", True),
        ("(a + b + c - max(a, b, c) - min(a, c, b)) / 1", True),
        ("(a + b + c - max(a, b)) / 1", False),
        ("(a + b + c - max(a, b, c)) / 1", False),
    ],
)
def test_an_average_without_extremes_stays_inside(formula: str, stays_inside: bool) -> None:
    field = "{type: integer, min: 0, max: 10}"
    text = f"""
        inputs:
          ts: {{type: list, min_items: 3, max_items: 5, fields: {{s: {field}, q: {field}}}}}
          a: {field}
          b: {field}
          c: {field}
        allow: {{KR242: not every formula reads every input}}
        let: {{total: sum(t.s for t in ts)}}
        criteria: {{k: {{max: 10, points: "{formula}"}}}}
        score: {{round: {{places: 2}}}}
        """
    assert (found(text, "KR352") == []) == stays_inside


# -- invariants -----------------------------------------------------------------------------------


DIRECTED = """
kpirules: 1
inputs:
  done: {type: integer, min: 0, max: 20}
  tasks: {type: list, max_items: 9, fields: {late: {type: integer, min: 0, max: 9}}}
criteria: {work: {max: 100, points: 5 * done - sum(t.late for t in tasks), outside: clamp}}
invariants:
  fair: {never_lowers: [done], never_raises: [tasks.late]}
  unfair: {never_raises: [tasks.late, done], never_lowers: [done]}
"""


def test_a_direction_is_broken_by_two_subjects_that_differ_in_one_input() -> None:
    (one,) = check(text=DIRECTED)
    assert (one.code, one.path, one.evidence) == ("KR404", "invariants.unfair", "shown")
    less, more = (re.search(r"{.*}", note) for note in one.notes)
    assert less is not None
    assert more is not None
    subjects = [json.loads(found[0]) for found in (less, more)]
    assert subjects[0]["done"] < subjects[1]["done"]
    assert subjects[0]["tasks"] == subjects[1]["tasks"]
    program = loads(DIRECTED)
    assert assess(program, subjects[0]).score < assess(program, subjects[1]).score
    compared = DIRECTED.replace("5 * done", "5 * cohort_avg(done)")
    assert not any(found.code == "KR404" for found in check(text=compared))


def test_an_invariant_is_broken_by_a_subject_or_said_nothing_of() -> None:
    text = """
    kpirules: 1
    inputs: {x: {type: integer, min: 0, max: 900}, y: {type: integer, min: 0, max: 900}}
    outputs: {z: x + y}
    invariants: {few: x + y < 1700, known: x >= 0, all: x * y >= 0}
    """
    (one,) = check(text=dedent(text))
    assert (one.code, one.path, one.evidence) == ("KR404", "invariants.few", "shown")
    wrong = text.replace("z: x + y", "z: x + y, w: no_such_name")
    assert {found.code for found in check(text=dedent(wrong))} == {"KR201"}
