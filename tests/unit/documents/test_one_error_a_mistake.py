"""A mistaken key gives one error: the key it was meant to be is not reported as missing."""

from __future__ import annotations

import pytest

import kpirules as kr
from kpirules.analysis.checking.consequences import without_consequences
from kpirules.diagnostics import Diagnostic, Severity

X = "inputs: {x: {type: integer, min: 0, max: 9}, b: {type: boolean}}\n"
QUALITY = "criteria: {q: {max: 100, entered: {step: 1}}}\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("score: {round: {places: 0}}\ncritera: {a: {max: 9, entered: {}}}\n", ["KR103"]),
        (X + "criteria: {a: {max: 9, measure: x, stps: [{from: 5, points: 9}, {points: 0}]}}\n", ["KR103"]),
        (X + "criteria: {a: {mx: 9, points: x}}\n", ["KR103"]),
        ("score: {round: {places: 0}}\nzzzzzz: {a: {max: 9}}\n", ["KR103"]),
        ("score: {round: {places: 0}, zzzzzz: 1}\n", ["KR103"]),
        (X + "criteria: {a: {max: 9, measure: x, zzzzzz: 1}}\n", ["KR103"]),
        (X + "criteria: {a: {zzzzzz: 9, points: x}}\n", ["KR103"]),
        (X + "criteria: {a: {max: 9, zzzzzz: x}}\n", ["KR103"]),
        (X + "criteria: {a: {zzzzzz: 9, rate: x / 9}}\n", ["KR103"]),
        (X + QUALITY + "exemptions: {e: {when: b, zzzzzz: new}}\n", ["KR103"]),
        (
            X + QUALITY + "bands: {good: {from: 5}, poor: {from: 0}}\noverrides: {v: {when: b, zzzzzz: poor}}\n",
            ["KR103"],
        ),
        (X + "criteria: {a: {max: 9, pionts: x}}\n", ["KR103"]),
        (QUALITY + "bands: {better: lower, good: {to: 5}, poor: {above: 5}}\n", ["KR103"]),
        ("inputs: {b: {type: boolean, max: 5}}\noutputs: {o: b}\n", ["KR103"]),
        ("inputs: {b: {type: boolean, max_items: 5}}\noutputs: {o: b}\n", ["KR103"]),
        (
            X + QUALITY + "bands: {good: {from: 5}, poor: {from: 0}}\noverrides: {v: {when: b, bnd: poor}}\n",
            ["KR103"],
        ),
        (
            "inputs:\n  t: {type: list, min_items: 3, unique: [n], fields: {n: {type: number, min: 0, max: 2, step: 0}}}\n"
            "outputs: {o: count(t)}\n",
            ["KR137"],
        ),
    ],
)
def test_a_mistaken_key_is_reported_alone(text: str, codes: list[str]) -> None:
    assert [one.code for one in kr.check(text=f"kpirules: 1\n{text}").errors] == codes


def error(code: str, path: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, f"{code} at {path}", path=path)


@pytest.mark.parametrize(
    ("unknown", "finding", "is_kept"),
    [
        ("bands.good.form", error("KR333", "bands.poor"), False),
        ("bnads", error("KR335", "bands"), False),
        ("bnads", error("KR304", "criteria.a"), True),
        ("bnads", error("KR201", "outputs.o"), False),
        ("criteria.a.mx", error("KR313", "criteria.a.max"), False),
        ("criteria.a.criteria.b.wieght", error("KR304", "criteria.a"), False),
        ("criteria.a.wieght", error("KR320", "score"), False),
        ("inputs.x.lable", error("KR304", "criteria.a"), True),
        ("outputs.o.vlaue", error("KR201", "criteria.a.points"), True),
    ],
)
def test_what_follows_from_a_mistaken_key_is_left_out(unknown: str, finding: Diagnostic, is_kept: bool) -> None:
    found = without_consequences([error("KR103", unknown)], [finding])
    assert found == ([finding] if is_kept else [])


def test_a_group_out_of_its_limits_for_two_reasons_is_reported_once() -> None:
    text = f"""
kpirules: 1
{X}criteria:
  g:
    max: 10
    combine: mean
    criteria:
      c: {{max: 10, criteria: {{c1: {{max: 10, rate: x / 9}}, c2: {{max: 5, extra: true, rate: x / 9}}}}}}
      d: {{max: 10, criteria: {{d1: {{max: 10, rate: x / 9}}, d2: {{max: 5, extra: true, rate: x / 9}}}}}}
score: {{round: {{places: 2}}}}
outputs: {{o: b}}
"""
    assert [one.code for one in kr.check(text=text)].count("KR312") == 1


def test_a_direction_of_an_input_that_could_not_be_read_is_no_further_error() -> None:
    text = """
kpirules: 1
inputs: {x: 7, grade: {type: choice, options: [a, b], ordered: best_first}}
criteria: {a: {max: 1, points: 1}}
invariants: {fair: {never_lowers: [x, grade]}, other: {never_raises: [no_such]}}
"""
    broken = kr.check(text=text)
    assert [one.code for one in broken.errors] == ["KR121", "KR201"]


@pytest.mark.parametrize(
    "rest", ["", "inputs: {x: {type: boolean}}\n", "parameters: {x: 1}\n", "criteria: {a: {max: 1, points: 1}}\n"]
)
@pytest.mark.parametrize("name", ["x", "score"])
def test_a_named_value_without_a_formula_may_have_the_name_of_something_else(rest: str, name: str) -> None:
    assert [one.code for one in kr.check(text=f"kpirules: 1\n{rest}let: {{{name}: }}\n").errors] == ["KR122"]


def test_a_unique_field_that_could_not_be_read_is_no_further_error() -> None:
    text = "kpirules: 1\ninputs: {t: {type: list, unique: [k], fields: {k: 7, l: {type: number}}}}\ncriteria: {a: {max: 1, points: 1}}\n"
    assert [one.code for one in kr.check(text=text).errors] == ["KR121"]


def test_a_missing_comma_in_brackets_is_told_where_it_belongs() -> None:
    (found,) = kr.check(text="kpirules: 1\ninputs: [1, 2 {a: 1}]\n").errors
    assert found.message == "a comma or `]` is missing before this"
