"""Numbers in generated code equal those of the reference engine, for all known denominators and signs."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules.kernel.exact import MODES, round_multiple
from tests.budget import by_budget, some
from tests.rules import F, agreed, faulted

INPUTS = """
inputs:
  x: {type: number, min: -100, max: 100, decimals: 2}
  p: {type: number, above: 0, max: 100, decimals: 1}
  q: {type: number, min: 0, max: 100, step: 0.5}
  i: {type: integer, min: 1, max: 9}
  o: {type: number, min: -100, max: 100, decimals: 2, optional: true}
  u: {type: number, min: 1, max: 100, decimals: 2, optional: true}
  yes: {type: boolean}
  maybe: {type: boolean, optional: true}
parameters: {third: 1 / 3, minus: -2, none: 0}
"""

ARITHMETIC = """
x + p, x - p, p + q, q + 0, 0 + q, 0 - x, x - 0, x + x, p / i + q / i, p / i + q, p / i - q / p, x / 3 + p / 7,
x * p, x * 0, 0 * x, x * 1, 1 * x, x * third, x * minus, third * 6 * x, p / i * 3, p / i * i,
x / 4, x / minus, x / third, q / p, x / i / p, x / (p + q), 1 / i, 0 / i, -x / -2,
-x, -(-x), +x, -third, -(p / i), x ** 0, x ** 1, x ** 2, x ** 3, p ** 3, third ** 2, (p / i) ** 2, minus ** 3,
x + third, third - minus, 2 * 3 + 1, third * third, third / minus, 6 / 3, none * 5,
ratio(x, p, if_zero=1), ratio(x, q, if_zero=x + 1), ratio(x, x, if_zero=1 / i), ratio(x, 4, if_zero=1),
ratio(x, none, if_zero=x + 2), ratio(x, minus, if_zero=0), ratio(x, q, if_zero=ratio(1, i, if_zero=0)),
ratio(p, q - 3, if_zero=x)
"""

FUNCTIONS = """
abs(x), abs(p), abs(x / i), abs(-p), abs(0), min(x, p), min(x, p, q, 1), min(p / i, q / p), min(p / i, x, q),
max(x, p), max(x, 0), max(p / i, q / p), max(x, p / i, 1), max(p, 1), clamp(x, 0, 10), clamp(p, 0, 10), clamp(x, -p, p),
clamp(p / i, 0, q), clamp(x / i, 0, 1), clamp(x, q, 3), clamp(p / i, third, 1), clamp(x / i, q / i, 1 / i),
clamp(p / i, 0, 1), clamp(5, 0, x), floor(x), floor(p / i), floor(-x / i), floor(2.5), ceil(x), ceil(p / i), ceil(x / i),
trunc(x), trunc(p), trunc(x / i), trunc(-p / i), mod(x, p), mod(x, 3), mod(x, minus), mod(p / i, i), mod(x, p / i),
mod(p / i, q / i + 1), mod(i, 3), mod(p, third), sign(x), sign(p), sign(x / i), sign(0 * x), sign(q),
sqrt(p), sqrt(q / i), sqrt(i * i), root(p, 3), root(q, 2), power(p, x / 100), exp(x / 50), ln(p), normal_cdf(x / 50),
sqrt(p) + 1, ln(p) * 2, exp(0) - 1, max(sqrt(q), 1)
"""

CONDITIONS = """
x < p, x <= p / i, p / i > q / p, x == 1, x != p / i, x == third, x / 3 >= third, 0 <= x < 10, 0 < x <= p < q + 50,
p / i < 1 / i < x, not x > 0, yes and x > 0, yes or x > 0, yes or x > 0 or p > 5, yes and x > 0 and 1 / i < 1,
x in (1, 2.5, 3), x not in (1, 0.25), p / i in (1, 2), x in (1,), yes == (x > 0), yes in (True,), not yes,
(p if yes else q) > 1, x > 0 and sqrt(p) > 2, x > 0 or sqrt(p) > 2 or ln(p) > 1, yes and sqrt(p) > 2 and ln(p) > 1,
0 < sqrt(p) < ln(p) + 4 < 10
"""

BRANCHES = """
x if yes else p, x if yes else p / i, p / i if yes else q / p, 1 if yes else 2, x / 3 if x > 0 else 0.5, (x if yes else p) + 1,
sqrt(p) if yes else 1, sqrt(p) if yes else ln(p), 1 / 3 if x > 0 else 1 / 7 if yes else x, 0 if yes else 0,
ratio(1, q, if_zero=0) if yes else -1
"""

OPTIONAL = """
o + 1, o - p, o * u, o / 3, x / u, p / i + o, o + p / i, -o, o ** 2, o / u, o * 0 + 1, abs(o), min(o, p), max(o, u / i), clamp(o, 0, u),
floor(o), round(o, 1), round(o / i, 1), mod(o, u), sign(o), sqrt(u), ratio(o, q, if_zero=1), ratio(p, u, if_zero=0),
ratio(p, q, if_zero=o), default(o, p), default(o, p / i), default(o, u), default(default(o, u), 7), default(o + u, 1 / i),
default(p, 3), o if yes else p, o if yes else p / i, o if yes else u, p if maybe else q, p / i if maybe else q, o if maybe else u,
default(o, 0) if yes else u / i, sqrt(u) if maybe else 1, (o if yes else u) * 2, o if yes else x / 3, x / 7 if yes else u, given(o), given(o + u), given(x), not given(u)
"""

OPTIONAL_CONDITIONS = """
o > 1, o == u, 0 < o < 10, x < o < u, o < x < u, o < u < x, 0 < x < o < u, o in (1, 2), o not in (1, 2), not maybe, maybe and yes, yes and maybe, yes or maybe, maybe or yes,
maybe and o > 1, o > 1 or maybe, yes and o > 1 and maybe, maybe or o > 1 or yes, x > 0 and o > 0 or u > 2, default(maybe, yes),
default(maybe, False), default(o > 1, maybe), maybe if yes else x > 0, (x > 0) if maybe else yes, maybe if maybe else yes,
given(maybe), maybe == yes, maybe != yes, maybe in (True, False), sqrt(u) > 2 and maybe, x < sqrt(u) < o
"""

SUBJECTS = [
    {"x": F(str(x)), "p": F(str(p)), "q": F(str(q)), "i": i, "o": o, "u": u, "yes": yes, "maybe": maybe}
    for (x, p, q, i), (o, u), (yes, maybe) in zip(
        [
            ("2.5", "0.1", 0, 1),
            ("-7.25", 3, "4.5", 3),
            (0, "99.9", 100, 7),
            (1, 1, 1, 9),
            (-100, 6, 3, 2),
            (8, 2, 1, 2),
        ],
        [(None, None), (F("1.5"), None), (None, F("2.25")), (F(-3), F(1)), (F(2), F(50)), (F(1), F(1))],
        [(True, None), (False, True), (True, False), (False, None), (True, True), (False, False)],
        strict=True,
    )
]


def formulas(text: str) -> list[str]:
    """Return the formulas of a list separated by commas outside brackets."""
    found, depth = [""], 0
    for letter in " ".join(text.split()):
        depth += (letter in "(") - (letter in ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def outputs(formulas: list[str]) -> str:
    return "outputs:\n" + "".join(f'  o{n}: "{one}"\n' for n, one in enumerate(formulas))


@pytest.mark.parametrize("text", [ARITHMETIC, FUNCTIONS, CONDITIONS, BRANCHES, OPTIONAL, OPTIONAL_CONDITIONS])
@pytest.mark.parametrize("subject", SUBJECTS, ids=range(len(SUBJECTS)))
def test_every_form_of_a_formula(text: str, subject: dict[str, object]) -> None:
    found = agreed(INPUTS + outputs(formulas(text)), **subject)
    assert len(found.outputs) == len(formulas(text))


@pytest.mark.parametrize("text", [ARITHMETIC, FUNCTIONS, BRANCHES, OPTIONAL])
def test_every_pair_of_formulas_goes_together(text: str) -> None:
    """Each formula is nested in another, which uses its known denominator and sign."""
    numbers = [one for one in formulas(text) if "given" not in one]
    pairs = [
        f"({one}) {sign} ({other})"
        for one, other, sign in zip(numbers, numbers[7:] + numbers[:7], "+-*" * 30, strict=False)
    ]
    pairs += [f"max(min(({one}), 7), ({other}))" for one, other in zip(numbers, numbers[3:], strict=False)]
    for subject in some(SUBJECTS, 3):
        agreed(INPUTS + outputs(pairs), **subject)


@pytest.mark.parametrize(
    "formula",
    ["1 / x", "1 / (x / i)", "x / none", "x / (q - q)", "ratio(x, q, if_zero=1 / x)", "mod(p, x)", "mod(p, none * x)", "sqrt(x - 1)",
     "ln(x)", "power(x, 0.5 - 1)", "(1 if yes else 1 / x)", "o / x", "p / i / x", "p / (x / i)"],
)  # fmt: skip
def test_a_formula_without_a_value_faults_at_its_path(formula: str) -> None:
    subject = SUBJECTS[0] | {"x": 0, "q": 0, "yes": False, "o": 1}
    assert faulted(INPUTS + outputs(["1", formula]), **subject) == "outputs.o1"


@pytest.mark.parametrize(
    "formula",
    [
        "yes or 1 / x > 0",
        "x != 0 and 1 / x > 0",
        "0 < x < 1 / x",
        "1 if yes else 1 / x",
        "default(p, 1 / x)",
        "ratio(x, 1, if_zero=1 / x)",
    ],
)
def test_an_unevaluated_formula_does_not_fault(formula: str) -> None:
    assert len(agreed(INPUTS + outputs([formula]), **(SUBJECTS[0] | {"x": 0})).outputs) == 1


# -- rounding -------------------------------------------------------------------------------------

STEPS = ["1", "0.5", "3", "0.01", "2.5"]
OPERANDS = {
    "x": "decimals of two places, of any sign",
    "q": "halves, not negative",
    "p / 7": "a fixed denominator that is odd, positive",
    "x / 8": "a fixed denominator that is even, of any sign",
    "x / i": "a denominator that varies, of any sign",
    "p / i": "a denominator that varies, positive",
    "0 - q / i": "a denominator that varies, negative",
    "x * 100": "whole numbers of any sign",
}
ROUNDED = INPUTS + outputs(
    [f"round({operand}, to={step}, mode='{mode}')" for operand, step, mode in product(OPERANDS, STEPS, MODES)]
)


@settings(max_examples=by_budget(4, 100))
@given(st.integers(-10_000, 10_000), st.integers(1, 1000), st.integers(0, 200), st.integers(1, 9))
def test_rounding_is_that_of_exact_numbers(hundredths: int, tenths: int, halves: int, i: int) -> None:
    x, p, q = F(hundredths, 100), F(tenths, 10), F(halves, 2)
    values = (x, q, p / 7, x / 8, x / i, p / i, -q / i, x * 100)
    found = agreed(ROUNDED, **(SUBJECTS[0] | {"x": x, "p": p, "q": q, "i": i}))
    expected = [round_multiple(one, F(step), mode) for one, step, mode in product(values, STEPS, MODES)]
    assert list(found.outputs.values()) == expected


@pytest.mark.parametrize("mode", MODES)
def test_halves_of_every_sign_are_rounded_as_the_mode_says(mode: str) -> None:
    constants = ["2.5", "-2.5", "3.5", "-3.5", "0.25", "-0.25", "7", "-7", "0", "1 / 3", "-(1 / 3)", "2 / 3"]
    text = INPUTS + outputs([f"round({one}, mode='{mode}')" for one in (*constants, "q", "0 - q", "q / i", "x / i")])
    for halves in range(12):
        found = agreed(text, **(SUBJECTS[0] | {"q": F(halves, 2), "x": F(-halves, 2), "i": 1}))
        values = [F(2.5), F(-2.5), F(3.5), F(-3.5), F(1, 4), F(-1, 4), F(7), F(-7), F(0), F(1, 3), F(-1, 3), F(2, 3)]
        values += [F(halves, 2), F(-halves, 2), F(halves, 2), F(-halves, 2)]
        assert list(found.outputs.values()) == [round_multiple(one, F(1), mode) for one in values]


# -- wide constants -------------------------------------------------------------------------------

NINES = "9" * 20


def test_constants_that_are_too_wide_to_be_folded_are_computed_when_the_code_runs() -> None:
    text = f"""
inputs: {{x: {{type: number, min: -9, max: 9, decimals: 1}}, yes: {{type: boolean}}}}
parameters: {{wide: {NINES}, flat: 1 / {NINES}, minus: -{NINES}}}
outputs:
  a: x * (wide ** 16) ** 2
  b: x + (minus ** 11) ** 3 * 2
  c: x / (wide ** 16) ** 2
  d: (flat ** 16) ** 2 * x
  e: '(wide ** 16) ** 2 < x'
  f: 'x < (wide ** 16) ** 2 <= (wide ** 16) ** 2'
  g: '(flat ** 16) ** 2 + x'
  h: '(minus ** 11) ** 3 / 3'
  i: 'round((wide ** 16) ** 2 / 7)'
  j: '(wide ** 16) ** 2 if yes else x'
  k: '(flat ** 16) ** 2 if yes else x / 3'
  l: 'min((wide ** 16) ** 2, x)'
  m: 'clamp(x, (minus ** 11) ** 3, (wide ** 16) ** 2)'
  n: 'ratio(x, (wide ** 16) ** 2, if_zero=0)'
  o: '1 / (minus ** 11) ** 3'
  p: '(wide ** 16) ** 2 - (wide ** 16) ** 2'
  q: '((wide ** 16) ** 2) in (1, 2)'
  r: '1 / (wide ** 16) ** 2 if x > 0 else 1 / ((wide ** 16) ** 2 + 1)'
"""
    for x, yes in ((F("2.5"), True), (F("-0.1"), False), (F(0), True)):
        assert len(agreed(text, x=x, yes=yes).outputs) == 18


def test_a_long_chain_is_written_in_parts() -> None:
    terms = " + ".join(f"x * {n} / p" for n in range(1, 60))
    text = f"{INPUTS}{outputs([terms, terms.replace('+', '-'), ' and '.join(['x > 1 or x < 99'] * 60), ' + '.join(['x'] * 140)])}"
    agreed(text, **SUBJECTS[1])
