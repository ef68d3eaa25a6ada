"""Criteria in generated code: leaves, limits, absence, and groups with excluded children."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from kpirules import SubjectError, assess
from tests.budget import some
from tests.rules import F, agreed, decided, faulted, unproved

INPUTS = """
inputs:
  x: {type: number, min: -10, max: 20, decimals: 1}
  y: {type: number, min: 0, max: 10, decimals: 1}
  p: {type: integer, min: 1, max: 9}
  o: {type: number, min: -10, max: 10, decimals: 1, optional: true}
  asked: {type: boolean, optional: true}
  has: {type: boolean}
  level: {type: choice, options: [low, high], optional: true}
tables: {t: {steps: [{from: 5, value: 1}, {undefined: true}]}}
"""
SUBJECTS: list[dict[str, Any]] = [
    {"x": F(str(x)), "y": F(str(y)), "p": p, "o": o, "asked": asked, "has": has, "level": level}
    for (x, y, p), o, (asked, has, level) in product(
        [("2.5", 7, 3), (0, 0, 1), (9, "4.5", 7)],
        [None, F(3), F("0.5")],
        [(None, True, None), (True, False, "low"), (False, True, "high"), (True, True, None)],
    )
]
TRIED = some(SUBJECTS, 9)
"""In the fixed budget each value at least once, in other company."""


def book(criteria: str, score: str = "rescale: false, round: {places: 2}", more: str = "") -> str:
    return f"{INPUTS}criteria:\n  b: {{max: 10, points: y}}\n{criteria}\nscore: {{{score}}}\n{more}"


def everywhere(text: str) -> None:
    """Check that both engines agree on every subject: its rating, its fault, or its problems."""
    kinds = set()
    for subject in TRIED:
        decision = decided(unproved(text), subject)
        if decision is None:
            with pytest.raises(SubjectError):
                assess(unproved(text), subject)
        elif hasattr(decision, "path"):
            faulted(text, **subject)
        else:
            agreed(text, **subject)
            kinds.add(decision.status)
    assert kinds


# -- leaves ---------------------------------------------------------------------------------------

LEAVES = [
    "{points: x}", "{max: 20, points: y}", "{points: x, min: -5, outside: clamp}", "{points: x / p, min: 1, max: 5, outside: clamp}",
    "{max: 5, points: x, outside: clamp}", "{min: -9, max: -1, points: x, outside: clamp}", "{max: 30, rate: y / 7}", "{max: 3, rate: x / p, outside: clamp}",
    "{min: -2, max: 8, met: x > 0}", "{max: 8, met: x > y}", "{max: 20, points: x, min: -10, round: {to: 3}}", "{max: 9, points: x, outside: clamp, round: {places: 0, mode: half_even}}",
    "{max: 9, measure: x, steps: [{from: 5, points: 9}, {from: 2, rate: 50%}, {points: 0}]}",
    "{max: 9, measure: x / p, scale: [[-10, 0], [0, 4], [30, 9]], outside: clamp}", "{max: 9, measure: x, thresholds: {above: [1, 2, 5], each: 3}}",
    "{max: 9, measure: x > 2, lookup: {true: 9, false: 1}}", "{max: 4, points: 4, round: {to: 3}}", "{min: -5, max: 0, points: -y / 2}",
    "{max: 9, rate: 0.5}", "{max: 0, min: -3, met: x < 0}", "{points: -1, min: 0, outside: clamp, max: 2}",
]  # fmt: skip
OPTIONAL_LEAVES = [
    "max: 10, points: o", "max: 20, points: 'o / p + 10'", "max: 10, rate: o / 10", "max: 10, met: o > 1", "max: 10, points: y, applies: asked",
    "max: 10, measure: o, steps: [{from: 2, points: 9}, {points: 0}]", "max: 10, measure: level, lookup: {low: 3, high: 10}",
    "max: 10, points: o, outside: clamp, applies: asked, round: {to: 3}", "max: 10, points: 'y / p', applies: asked and has",
    "max: 10, points: o, outside: clamp, applies: o > 2", "max: 12, measure: o / p, scale: [[-10, 0], [0, 4], [30, 9]], outside: clamp",
    "max: 10, points: 3, applies: asked",
]  # fmt: skip
POLICIES = ["unrated", "zero", "full", "exclude"]


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_leaf_of_every_form(leaf: str) -> None:
    everywhere(book(f"  a: {leaf}"))


@pytest.mark.parametrize(("leaf", "policy"), some(product(OPTIONAL_LEAVES, POLICIES), 5))
def test_a_leaf_that_may_be_absent_or_not_apply(leaf: str, policy: str) -> None:
    everywhere(book(f"  a: {{{leaf}, missing: {policy}}}"))


@pytest.mark.parametrize(
    "leaf",
    [
        "{max: 5, points: x}",
        "{min: 1, max: 5, points: x / p}",
        "{max: 5, points: o, missing: zero}",
        "{points: x, min: 0}",
    ],
)
def test_points_beyond_their_limits_are_a_fault_of_the_criterion(leaf: str) -> None:
    text = book(f"  a: {leaf}")
    assert faulted(text, **(SUBJECTS[0] | {"x": -1, "o": -1})) == "criteria.a"
    if "max" in leaf:
        assert faulted(text, **(SUBJECTS[0] | {"x": 20, "p": 1, "o": 6})) == "criteria.a"
    agreed(text, **(SUBJECTS[0] | {"x": 4, "p": 2, "o": 5}))


def test_a_formula_without_an_answer_is_a_fault_of_its_key() -> None:
    for key, way in (
        ("points: 1 / x", "points"),
        ("rate: 1 / x", "rate"),
        ("met: 1 / x > 1", "met"),
        ("measure: 1 / x, thresholds: {above: [1]}", "measure"),
    ):
        assert faulted(book(f"  a: {{max: 9, {key}}}"), **(SUBJECTS[0] | {"x": 0})) == f"criteria.a.{way}"
    assert (
        faulted(book("  a: {max: 9, points: y, applies: 1 / x > 0, missing: zero}"), **(SUBJECTS[0] | {"x": 0}))
        == "criteria.a.applies"
    )


def test_what_is_beyond_a_scale_is_a_fault_of_the_criterion_that_measures() -> None:
    text = book("  a: {max: 9, measure: x, scale: [[0, 0], [5, 9]]}")
    assert faulted(text, **(SUBJECTS[0] | {"x": 6})) == "criteria.a"


def test_entered_points() -> None:
    text = """
inputs: {y: {type: number, min: 0, max: 10}, asked: {type: boolean, optional: true}}
criteria:
  g:
    applies: y > 2
    rescale: true
    criteria:
      e: {max: 5, entered: {step: 1}, applies: y > 5}
      f: {max: 5, entered: {step: 1}, missing: zero}
  h: {max: 5, entered: {step: 0.5}, round: {to: 1}}
  i: {max: 5, entered: {step: 1}, missing: zero}
  j: {max: 5, entered: {step: 1}, applies: asked, missing: full}
score: {rescale: false, round: {places: 2}}
"""
    for y, asked, e, f, h, i, j in product(
        (0, 3, 7), (None, False, True), (None, 2), (None, 4), (F("2.5"),), (None, 1), (None, 3)
    ):
        subject = {"y": y, "asked": asked, "e": e, "f": f, "h": h, "i": i, "j": j}
        if decided(unproved(text), subject) is None:
            with pytest.raises(SubjectError):
                assess(unproved(text), subject)
        else:
            agreed(text, **subject)
    assert decided(unproved(text), {"y": 7, "h": 1}) is None
    assert decided(unproved(text), {"y": 3, "h": 1, "e": 2}) is None


def test_criteria_read_each_other() -> None:
    text = book(
        "  a: {max: 30, points: 'points.b + default(share.c, 2) + max.b / 10'}\n"
        "  c: {max: 8, points: y / 2, applies: asked, missing: zero}\n"
        "  d: {max: 90, points: 'share.b + points.a + share.a + default(points.c, 7)'}",
        more="outputs: {o: 'default(points.c, 0) + points.a', p: 'share.c', q: 'given(share.c) and given(score)'}\n"
        "let: {l: 'default(points.c, 3) / p'}\ninvariants: {i: {that: l >= 0}}\n",
    )
    everywhere(text)


# -- groups ---------------------------------------------------------------------------------------

CHILDREN = {
    "sure": "a: {max: 10, rate: y / 10}\n      c: {max: 20, rate: 1 / p}",
    "leaving": "a: {max: 10, rate: y / 10}\n      c: {max: 20, rate: 1 / p, applies: has}\n      d: {max: 5, rate: 0.5, applies: y > 2}",
    "all_leaving": "a: {max: 10, rate: y / 10, applies: asked, missing: exclude}\n      c: {max: 20, rate: 1 / p, applies: has}",
    "settled": "a: {max: 10, rate: y / 10}\n      c: {max: 20, points: o + 10, missing: zero}\n      d: {max: 5, rate: 1, applies: asked, missing: full}",
    "lacking": "a: {max: 10, rate: y / 10, applies: has}\n      c: {max: 20, points: o + 10, missing: unrated}",
    "only_lacking": "a: {max: 10, rate: y / 10}\n      c: {max: 20, points: o + 10, missing: unrated}",
}
EXTRAS = "\n      e: {max: 4, rate: y / 10, extra: true}\n      f: {points: x, extra: true, applies: has}\n      m: {min: -5, max: 0, points: -y / 2}"
KEYS = [
    "missing: unrated",
    "missing: zero",
    "missing: full",
    "missing: exclude",
    "require_share: 60%",
    "require_share: 25%, missing: zero",
]


def group(keys: str, children: str) -> str:
    lines = children.replace("\n      ", ", ")
    return f"  g: {{{keys}, criteria: {{{lines}}}}}"


def leaves(name: str) -> bool:
    return name in ("leaving", "all_leaving", "lacking", "settled")


COMBINED = ["mean", "geometric_mean", "harmonic_mean", "min", "max", "product"]


@pytest.mark.parametrize(("combine", "name", "keys"), some(product(COMBINED, CHILDREN, KEYS), 11))
def test_groups_that_combine_shares(combine: str, name: str, keys: str) -> None:
    everywhere(book(group(f"combine: {combine}, {keys}", CHILDREN[name])))


@pytest.mark.parametrize(
    ("rescale", "name", "keys"), some(product(["", "rescale: true", "rescale: false"], CHILDREN, KEYS), 11)
)
def test_sums(rescale: str, name: str, keys: str) -> None:
    if not rescale and leaves(name):
        return  # a sum of what can leave says what becomes of the rest
    found = f"{rescale}, {keys}" if rescale else keys
    everywhere(book(group(found, CHILDREN[name])))
    if "full" not in keys and "require" not in keys:
        everywhere(book(group(found, CHILDREN[name] + EXTRAS)))


FURTHER_KEYS = [
    "rescale: true, require_share: 26%",
    "max: 12, outside: clamp, rescale: false",
    "rescale: true, round: {to: 3}",
    "rescale: false, applies: asked, missing: zero",
]


@pytest.mark.parametrize(
    ("keys", "name", "rescale"),
    some(product(FURTHER_KEYS, ["leaving", "all_leaving", "lacking"], ["false", "true"]), 5),
)
def test_sums_with_limits_rounding_and_conditions(keys: str, name: str, rescale: str) -> None:
    everywhere(book(group(keys, CHILDREN[name]), f"rescale: {rescale}, round: {{places: 2}}"))


@pytest.mark.parametrize("share", ["50%", "100%"])
def test_a_share_of_nothing_is_always_there(share: str) -> None:
    """Extras and deductions do not count in what must remain."""
    children = "e: {max: 4, rate: y / 10, extra: true}, f: {max: 4, rate: y / 10, extra: true, applies: has}"
    everywhere(book(group(f"require_share: {share}, missing: zero", children)))


@pytest.mark.parametrize("weights", [("50%", "30%", "20%"), ("1", "2", "3")])
@pytest.mark.parametrize("combine", ["mean", "geometric_mean", "harmonic_mean"])
def test_means_with_weights(combine: str, weights: tuple[str, str, str]) -> None:
    keys = f"combine: {combine}, max: 20" + ("" if "%" in weights[0] else ", weights: relative")
    a, c, d = weights
    children = f"a: {{weight: {a}, rate: y / 10}}\n      c: {{weight: {c}, max: 7, rate: 1 / p, applies: has}}\n      d: {{weight: {d}, max: 9, rate: 0.5, applies: asked, missing: exclude}}"
    everywhere(book(group(keys, children)))
    everywhere(book(group(keys + ", require_share: 60%", children)))


def test_a_geometric_mean_of_what_is_irrational_and_of_a_zero() -> None:
    everywhere(
        book(group("combine: geometric_mean", "a: {rate: y / 10}\n      c: {rate: 1 / p}\n      d: {rate: 0.5}"))
    )


OVER_CHILDREN = [
    "sum(one.points * one.weight for one in children.g if one.share > 0.4) + 1",
    "default(points.a, 3) + default(max(one.share for one in children.g), 0)",
    "count(children.g) + share(one.points > 1 for one in children.g)",
    "avg(one.points / one.max for one in children.g)",
    "10 * avg(one.points for one in children.g if one.points > 5)",
]


@pytest.mark.parametrize(
    ("name", "formula"), some(product(["sure", "leaving", "lacking", "settled"], OVER_CHILDREN), 3)
)
def test_groups_with_points_of_their_own(name: str, formula: str) -> None:
    everywhere(book(group(f"points: '{formula}', max: 500, outside: clamp, missing: zero", CHILDREN[name])))


def test_children_without_a_max_or_share_as_records() -> None:
    text = book(
        "  g:\n    criteria:\n      a: {points: x, extra: true}\n      c: {min: -4, max: 0, points: -y / 4}\n      d: {max: 5, rate: y / 10, applies: has}\n    rescale: true",
        more="outputs:\n  a: sum(default(one.max, 1) + default(one.share, 2) for one in children.g)\n  b: count(given(one.share) for one in children.g)\n  c: sum(one.weight for one in children.score)\n  d: any(one.points > 3 for one in children.g)\n",
    )
    everywhere(text)


def test_groups_below_groups_that_may_not_apply() -> None:
    text = book(
        "  g:\n    applies: asked\n    missing: zero\n    rescale: true\n    criteria:\n"
        "      h: {applies: y > 2, rescale: true, criteria: {a: {max: 10, points: 1 / y, outside: clamp}, k: {max: 10, points: o, missing: unrated, applies: has, outside: clamp}}}\n"
        "      c: {max: 10, points: y}\n      d: {max: 3, met: has}",
        "rescale: true, round: {places: 2}",
    )
    everywhere(text)


def test_many_children() -> None:
    """More parts than fit one expression, with and without a common denominator."""
    for formula in some(("y / 10 / p", "y / 10", "1 / p"), 3):
        children = "\n      ".join(f"c{n}: {{max: {n + 1}, rate: {formula}}}" for n in range(50))
        everywhere(book(group("note: many", children)))
        children = "\n      ".join(
            f"c{n}: {{max: {n + 1}, rate: {formula}, applies: y > {n % 9}}}" for n in range(50)
        )
        everywhere(book(group("rescale: true", children)))
        everywhere(book(group("combine: mean", children)))


@pytest.mark.parametrize("policy", ["zero", "full", "unrated"])
def test_the_score_itself_may_be_missing(policy: str) -> None:
    text = f"{INPUTS}criteria: {{a: {{max: 15, points: y, applies: has and y > 3}}}}\nscore: {{missing: {policy}, rescale: true, round: {{to: 3, mode: down}}, limits: {{cap: {{at_most: 10.5}}}}}}\n"
    everywhere(text)


def test_a_score_of_an_expression() -> None:
    everywhere(f"{INPUTS}score: {{points: 100 * x / p, round: {{places: 1}}}}\n")
    everywhere(f"{INPUTS}score: {{points: 'default(o, 0) / p', round: {{places: 1}}}}\n")
    everywhere(f"{INPUTS}score: {{points: o / p, missing: unrated, round: {{places: 1}}}}\n")


# -- rows that leave it open ----------------------------------------------------------------------


OPEN_LEAVES = [
    "points: t(x)", "points: 't(x) / p'", "rate: 't(x) / 2'", "met: t(x) > 0", "points: 't(x) * o', missing: zero", "points: 't(x) * o / p', missing: exclude", "points: y, applies: t(x) > 0",
    "points: y, applies: t(x) > 0 and asked, missing: zero", "measure: x, steps: [{from: 5, points: 1}, {above: 2, undefined: true}, {points: 0}]", "measure: x > 5, lookup: {true: 3, false: {undefined: true}}",
    "measure: o, steps: [{from: 1, points: 1}, {undefined: true}], missing: unrated", "measure: level, lookup: {low: 1, high: {undefined: true}}, missing: exclude",
]  # fmt: skip
AROUND_OPEN = [
    "  LEAF",
    "  g:\n    rescale: true\n    criteria:\n      LEAF\n      c: {max: 5, points: o, missing: unrated, outside: clamp}",
    "  g:\n    applies: t(y) > 0\n    rescale: true\n    criteria:\n      LEAF",
]


@pytest.mark.parametrize(
    ("leaf", "rescale", "criteria"), some(product(OPEN_LEAVES, ["true", "false"], AROUND_OPEN), 5)
)
def test_a_row_that_leaves_a_criterion_open(leaf: str, rescale: str, criteria: str) -> None:
    text = criteria.replace("LEAF", f"a: {{max: 10, outside: clamp, {leaf}}}")
    everywhere(book(text, f"rescale: {rescale}, round: {{places: 2}}"))


def test_a_let_or_field_that_a_row_leaves_open() -> None:
    text = f"""{INPUTS.replace("tables:", "  r: {type: list, fields: {n: {type: integer, min: 0, max: 9}}, let: {v: t(item.n), w: item.v + 1}}" + chr(10) + "tables:")}
let: {{open: t(x), more: open / p, tried: 'more if has else 0'}}
criteria:
  a: {{max: 10, points: 'tried + y', outside: clamp}}
  c: {{max: 10, points: 'sum(r.w for r in r)', outside: clamp}}
  d: {{max: 10, points: 'sum(r.n for r in r)', outside: clamp}}
score: {{round: {{places: 2}}}}
outputs: {{o: 'more if x > 6 else 1'}}
invariants: {{i: {{that: open > 0}}, j: {{that: 'sum(r.w for r in r) > 0'}}, k: {{that: 'default(o, 1) > 0'}}}}
""".replace("for r in r)", "for i in r)").replace("sum(r.", "sum(i.")
    for subject in TRIED:
        for x in (1, 6, 9):
            for records in ([], [{"n": 7}], [{"n": 7}, {"n": 1}]):
                agreed(text, **(subject | {"x": x, "r": records, "o": 1}))


def test_a_group_with_points_that_a_row_leaves_open() -> None:
    for formula in ("t(x) + points.a", "t(x) / p * default(o, 1)", "t(x) * o"):
        everywhere(book(group(f"points: '{formula}', max: 500, outside: clamp, missing: zero", CHILDREN["sure"])))
        everywhere(
            book(
                group(
                    f"points: '{formula.replace('points.a', 'default(points.a, 0)')}', max: 500, outside: clamp, missing: zero",
                    CHILDREN["leaving"],
                )
            )
        )


def test_constants_may_have_more_digits_than_python_writes() -> None:
    text = """
inputs: {x: {type: integer, min: 0, max: 5}}
parameters: {c: 100000000000000000, most: (c ** 16) ** 16, weight: 1 / most, rest: 1 - weight}
criteria:
  whole: {max: most, criteria: {a: {max: 100, rate: x / 5}}, points: sum(k.max * k.weight for k in children.whole)}
  least:
    combine: min
    max: most
    criteria: {e: {max: most, rate: x / 5}, f: {max: most, rate: x / 5}}
  root:
    combine: geometric_mean
    max: 1
    criteria: {g: {max: 1, rate: 1, weight: weight}, h: {max: 1, rate: 1, weight: rest}}
  mean:
    combine: mean
    max: 1
    rescale: true
    missing: zero
    criteria: {i: {max: 1, rate: x / 5, weight: weight}, j: {max: 1, rate: 1, weight: rest, applies: x > 1}}
score: {round: {to: most}}
outputs: {o: sum(k.max for k in children.least)}
"""
    for x in (0, 1, 3):
        agreed(text, x=x)
