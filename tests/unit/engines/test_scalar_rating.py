"""Ratings in generated code: exemptions, limits, bands, overrides, outputs, invariants."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from kpirules import Assessment, Program, Report, SubjectError, assess
from kpirules.engines.scalar import Decision, Fault
from kpirules.engines.scalar.runtime import UNKNOWN
from tests.budget import some
from tests.rules import F, agreed, decided, faulted, unproved

INPUTS = """
inputs:
  x: {type: number, min: -100, max: 200, decimals: 1}
  p: {type: integer, min: 1, max: 9}
  o: {type: number, min: 0, max: 9, optional: true}
  yes: {type: boolean}
  maybe: {type: boolean, optional: true}
  grade: {type: choice, options: bands}
tables: {t: {steps: [{from: 50, value: 1}, {undefined: true}]}}
"""
WITHOUT_GRADE = INPUTS.replace("  grade: {type: choice, options: bands}\n", "")
SUBJECTS: list[dict[str, Any]] = [
    {"x": F(str(x)), "p": p, "o": o, "yes": yes, "maybe": maybe, "grade": grade}
    for (x, grade), (p, o), (yes, maybe) in product(
        [("95.5", "c"), (60, "a"), (30, "b"), (-5, "c"), (50, "b")],
        [(1, None), (3, F(2))],
        [(True, None), (False, True), (True, False)],
    )
]
TRIED = some(SUBJECTS, 7)
"""In the fixed budget each value at least once, in other company."""
ONE = "criteria: {a: {points: x / p}}\nscore: {round: {places: 1}%s}\n"
UNSURE = "criteria: {a: {points: x}, m: {max: 9, points: o, missing: unrated, extra: true}}\nscore: {round: {places: 0}%s}\n"
OPEN = "criteria: {a: {max: 10, points: t(x), outside: clamp}, m: {max: 9, points: o, missing: unrated, extra: true}}\nscore: {round: {places: 0}%s}\n"
HEADS = [ONE, UNSURE, OPEN]
BANDS = "bands: {a: {from: 75}, b: {from: 25}, c: {below: 25}}\n"
HOLE = "bands: {a: {from: 75}, b: {from: 40}, c: {below: 20}}\n"


def everywhere(text: str, subjects: list[dict[str, Any]] = TRIED) -> set[str]:
    """Check that both engines agree on every subject; return the statuses."""
    book, kinds = unproved(text), set()
    declared = {one.id for one in book.rulebook.inputs}
    for full in subjects:
        subject = {name: value for name, value in full.items() if name in declared}
        decision = decided(book, subject)
        if decision is None:
            with pytest.raises(SubjectError):
                assess(book, subject)
        elif isinstance(decision, Fault):
            faulted(book, **subject)
        else:
            kinds.add(agreed(book, **subject).status)
    return kinds


def came(book: Program, subject: object, engine: str) -> Assessment | Report:
    """Return the assessment, or the problems of the subject."""
    try:
        return assess(book, subject, engine=engine)
    except SubjectError as wrong:
        return wrong.report


# -- before anything is judged --------------------------------------------------------------------


def test_exemptions() -> None:
    text = f"""{WITHOUT_GRADE}
let: {{read: x / p, more: read + 1, other: 'maybe', text: '"red" if yes else "green"', late: x * 2, third: x + 1}}
exemptions:
  e: {{when: given(maybe) and yes, status: spared}}
  f: {{when: 'more > 50 and text == "red"', status: other}}
  g: {{when: 'default(other, False) and third > 30', status: spared}}
{ONE % ""}outputs: {{o: late, p: text, q: other}}
"""
    assert everywhere(text) == {"rated", "spared", "other"}
    program = unproved(text)
    decision = decided(program, {"x": 95, "p": 1, "yes": True})
    assert decision is not None
    assert not isinstance(decision, Fault)
    assert decision.group("let") == {"read": 95, "more": 96, "text": "red"}
    assert decision.number("score") is None
    assert decision.band("band") is None
    assert program.scalar.points(decision) == program.scalar.shares(decision) == {}
    assert repr(UNKNOWN) == "UNKNOWN"


def test_an_exemption_that_is_left_open_or_faults() -> None:
    text = f"{WITHOUT_GRADE}let: {{l: x + 1}}\nexemptions: {{e: {{when: l > 90, status: spared}}, f: {{when: t(x) > 0 and given(maybe), status: other}}}}\n{ONE % ''}"
    assert everywhere(text, SUBJECTS) == {"rated", "spared", "other", "undefined"}
    faulting = f"{WITHOUT_GRADE}exemptions: {{e: {{when: 1 / x > 3, status: spared}}}}\n{ONE % ''}"
    assert faulted(faulting, x=0, p=1, yes=True) == "exemptions.e.when"


def test_validations_of_inputs_and_of_records() -> None:
    text = f"""{WITHOUT_GRADE.replace("tables:", "  r: {type: list, fields: {n: {type: integer, min: 0, max: 9}}, let: {v: item.n / 3}, validations: {each: {that: item.v < 2}}}" + chr(10) + "  s: {type: list, optional: true, fields: {n: {type: integer, min: 0, max: 99}}, validations: {w: {that: t(item.n) > 0 or yes}}}" + chr(10) + "tables:")}
validations: {{v: {{that: x > -50}}, w: {{that: 'default(maybe, False) or x > 0'}}, u: {{that: t(x) > 0 or x < 100}}}}
outputs: {{o: x}}
"""
    book = unproved(text)
    for x, maybe, yes, r, s in product(
        (-60, -5, 60),
        (None, True, False),
        (True, False),
        ([], [{"n": 1}], [{"n": 8}]),
        (None, [{"n": 50}], [{"n": 2}]),
    ):
        subject = {"x": x, "maybe": maybe, "yes": yes, "r": r, "s": s, "p": 1}
        expected = came(book, subject, "reference")
        assert came(book, subject, "scalar") == expected
        is_decided = decided(book, subject) is not None
        assert is_decided is (isinstance(expected, Assessment) and expected.is_rated)
    assert (
        faulted(f"{WITHOUT_GRADE}validations: {{v: {{that: 1 / x > 0}}}}\noutputs: {{o: x}}\n", x=0, p=1, yes=True)
        == "validations.v"
    )


# -- the score ------------------------------------------------------------------------------------

LIMITS = [
    "{cap: {at_most: 50}}", "{cap: {at_most: x / 7}}", "{cap: {when: yes, at_most: 12.5}}", "{cap: {when: yes, at_most: x / p}, b: {at_most: 70.25}}",
    "{cap: {when: 1 / (x + 5) > 0, at_most: 5}}", "{cap: {at_most: 1 / (x + 5)}}", "{cap: {when: t(x) > 0, at_most: 60}}", "{cap: {at_most: 70 * t(x)}}",
    "{cap: {when: yes and x > 50, at_most: 'x if x < 50 else 50'}}",
]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "head", "more"), some(product(LIMITS, HEADS, ["", f"{BANDS}outputs: {{o: score, b: band}}\n"]), 5)
)
def test_limits_of_the_score(limits: str, head: str, more: str) -> None:
    everywhere(WITHOUT_GRADE + head % f", limits: {limits}" + more)


def test_a_fault_of_a_limit_is_at_the_limit() -> None:
    text = (
        WITHOUT_GRADE
        + ONE % ", limits: {cap: {when: yes, at_most: 1 / x}, other: {when: 1 / (x - 1) > 0, at_most: 3}}"
    )
    assert faulted(text, x=0, p=1, yes=True) == "score.limits.cap.at_most"
    assert faulted(text, x=1, p=1, yes=True) == "score.limits.other.when"


@pytest.mark.parametrize("mode", ["half_up", "half_even", "down", "up"])
@pytest.mark.parametrize("step", ["places: 0", "places: 2", "to: 7", "to: 0.5"])
def test_rounding_of_the_score(step: str, mode: str) -> None:
    everywhere(f"{WITHOUT_GRADE}criteria: {{a: {{points: x / p}}}}\nscore: {{round: {{{step}, mode: {mode}}}}}\n")


# -- bands ----------------------------------------------------------------------------------------

SCALES = [
    BANDS, HOLE, "bands: {a: {to: 25}, b: {to: 75}, c: {above: 75}}\n", "bands: {a: {above: 50}, b: {to: 50, above: 20}, c: {to: 20}}\n",
    "bands: {measure: 'x / 3 + default(o, 1)', levels: {a: {from: 20}, b: {from: 10}, c: {below: 10}}}\n", "bands: {measure: score / 7 + exact_score, levels: {a: {from: 75}, b: {below: 75}, c: {below: -500}}}\n",
    "bands: {a: {from: 75, requires: yes}, b: {from: 25, requires: {u: {that: given(maybe)}, v: {that: x > 50}}}, c: {below: 25}}\n",
    "bands: {fall: next, levels: {a: {from: 60, requires: yes}, b: {from: 25, below: 60, requires: x / p > 40}, c: {below: 25}}}\n",
    "bands: {fall: next, levels: {a: {from: 60, requires: {u: {that: yes}, v: {that: given(maybe)}}}, b: {from: 25, below: 55, requires: given(maybe)}, c: {below: 20, requires: yes}}}\n",
    "bands: {overlap: best, levels: {a: {from: 50}, b: {from: 20, to: 90}, c: {below: 60}}}\n", "bands: {overlap: worst, levels: {a: {from: 50}, b: {from: 20, to: 90}, c: {below: 60}}}\n",
    "bands: {a: {from: 50}, b: {from: 20, to: 90}, c: {below: 60}}\n", "bands: {a: {requires: yes}, b: {requires: not yes and given(maybe)}, c: {requires: x < 0}}\n",
    "bands: {overlap: worst, levels: {a: {from: 75}, b: {from: 25, below: 75}, c: {requires: yes}}}\n", "bands: {fall: next, overlap: worst, levels: {a: {from: 50, requires: yes}, b: {from: 40, requires: given(maybe)}, c: {}}}\n",
    "bands: {a: {from: 75, requires: t(x) > 0}, b: {from: 25}, c: {below: 25}}\n", "bands: {a: {from: 75, requires: t(x) > 0 and yes}, b: {from: 25, requires: 'default(o, 1) > 1'}, c: {below: 25}}\n",
    "bands: {measure: t(x) * 80, levels: {a: {from: 75}, b: {from: 25}, c: {below: 25}}}\n", "bands: {a: {from: 75, requires: 'score > 80 and exact_score / p < 90'}, b: {from: 25}, c: {below: 25}}\n",
]  # fmt: skip


READING = "outputs: {b: band, c: 'band == \"a\"', s: score, e: exact_score}\ninvariants: {i: {that: given(band)}, j: {that: 'default(score, 0) < 90'}}\n"


@pytest.mark.parametrize(
    ("bands", "head", "on", "more"), some(product(SCALES, HEADS, ["", ", band_on: exact"], [READING, ""]), 11)
)
def test_bands(bands: str, head: str, on: str, more: str) -> None:
    if "measure" in bands and on:
        return
    everywhere(WITHOUT_GRADE + head % on + bands + more)


@pytest.mark.parametrize(
    ("bands", "x", "applying"),
    [(BANDS, 50, 1), (HOLE, 30, 0), (SCALES[11], 55, 3), (SCALES[11], 95, 1), (SCALES[12], 50, 1)],
)
def test_the_number_of_bands_that_apply_is_known(bands: str, x: int, applying: int) -> None:
    decision = decided(unproved(WITHOUT_GRADE + ONE % "" + bands), {"x": x, "p": 1, "yes": True})
    assert isinstance(decision, Decision)
    assert decision.applying == applying


def test_many_bands() -> None:
    levels = [f"b{n}: {{from: {96 - 2 * n}}}" for n in range(50)]
    for end, head in some(product((-2, -4), HEADS), 2):
        bands = f"bands: {{{', '.join(levels)}, last: {{below: {end}}}}}\n"
        everywhere(f"{WITHOUT_GRADE}{head % ''}{bands}outputs: {{b: band}}\n")


def test_bands_without_a_score() -> None:
    text = (
        WITHOUT_GRADE
        + "bands: {a: {requires: yes and x > 0}, b: {requires: not yes}, c: {requires: x < 0}}\noutputs: {b: band}\n"
    )
    assert everywhere(text, SUBJECTS) == {"rated", "undefined"}
    everywhere(text.replace("yes and x > 0", "t(x) > 0"))
    everywhere(WITHOUT_GRADE + "bands: {measure: x / p, levels: {a: {from: 50}, b: {from: 0}, c: {below: 0}}}\n")
    everywhere(
        WITHOUT_GRADE
        + "bands: {measure: x, levels: {a: {from: 50}, b: {from: 0}, c: {below: 0}}}\noverrides: {o: {when: yes, band_at_most: b}}\n"
    )


def test_faults_of_bands_are_at_the_faulting_part() -> None:
    text = (
        WITHOUT_GRADE
        + ONE % ""
        + "bands: {measure: 1 / x, levels: {a: {from: 75, requires: 1 / (x - 1) > 0}, b: {below: 75}}}\n"
    )
    assert faulted(text, x=0, p=1, yes=True) == "bands.measure"
    text = text.replace("measure: 1 / x", "measure: 80 / x")
    assert faulted(text, x=1, p=1, yes=True) == "bands.levels.a.requires"


# -- what outranks the score ----------------------------------------------------------------------

OVERRIDES = [
    "{o: {band: c}}", "{o: {when: yes, band: a}}", "{o: {when: given(maybe), band: b}, p: {when: yes, band: c}}", "{o: {band_at_most: b}}", "{o: {when: yes, band_at_least: b}}",
    "{o: {band_at_least: a}, p: {when: yes, band_at_most: b}, q: {when: given(maybe), band: a}}", "{o: {when: yes, unrated: away}}", "{o: {when: given(maybe), unrated: away}, p: {when: yes, unrated: other}, q: {band: c}}",
    "{o: {band_at_most: grade}}", "{o: {when: yes, band_at_least: grade}}", "{o: {when: x > 0, band_at_least: '\"b\" if given(maybe) else grade'}}", "{o: {band_at_most: '\"c\" if x > 50 else grade'}, p: {when: yes, band: b}}",
    "{o: {when: 'given(band) and default(score, 0) > 50', band_at_most: b}}", "{o: {when: not given(score), band: c}, p: {when: not given(band), unrated: away}}", "{o: {when: 'default(band, \"c\") <= \"b\"', band_at_most: b}}",
    "{o: {when: t(x) > 0, band_at_most: b}}", "{o: {band: b}, p: {when: t(x) > 0, band_at_most: c}}", "{o: {band_at_most: '\"a\" if t(x) > 0 else \"b\"'}, p: {when: yes, unrated: away}}",
    "{o: {when: t(x) > 0 and given(maybe), unrated: away}}",
    "{o: {when: 'default(points.a, 0) > 10', band_at_most: '\"a\" if default(points.a, 1) > 20 else \"b\"'}}",
]  # fmt: skip
AFTER = """outputs: {final: band, top: 'band == "a"', has: given(score), e: 'default(exact_score, 0) / p'}
invariants: {i: {that: given(band)}, j: {that: 'default(score, 0) < 90'}, k: {that: 'default(top, True)'}}
"""


@pytest.mark.parametrize(("overrides", "head", "bands"), some(product(OVERRIDES, HEADS, [BANDS, HOLE, SCALES[6]]), 8))
def test_overrides(overrides: str, head: str, bands: str) -> None:
    text = INPUTS if "grade" in overrides else WITHOUT_GRADE
    everywhere(f"{text}{head % ''}{bands}overrides: {overrides}\n{AFTER}")


def test_overrides_without_bands() -> None:
    for head in HEADS:
        everywhere(
            WITHOUT_GRADE
            + head % ""
            + "overrides: {o: {when: given(maybe), unrated: away}, p: {when: yes and x > 50, unrated: other}}\noutputs: {o: x}\n"
        )
        everywhere(
            WITHOUT_GRADE
            + head % ""
            + "overrides: {o: {when: t(x) > 0, unrated: away}}\noutputs: {o: x / p}\ninvariants: {i: {that: given(o)}}\n"
        )
    everywhere(WITHOUT_GRADE + "overrides: {o: {when: yes, unrated: away}}\noutputs: {o: x / p}\n")


def test_faults_of_overrides_are_at_the_faulting_part() -> None:
    text = (
        WITHOUT_GRADE
        + ONE % ""
        + BANDS
        + 'overrides: {o: {when: 1 / x > 0, band: c}, p: {band_at_most: \'"a" if 1 / (x - 1) > 0 else "b"\'}}\n'
    )
    assert faulted(text, x=0, p=1, yes=True) == "overrides.o.when"
    assert faulted(text, x=1, p=1, yes=True) == "overrides.p.band_at_most"


# -- what follows ---------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["", *HEADS])
@pytest.mark.parametrize("bands", ["", BANDS, HOLE])
def test_outputs_that_a_row_breaks_off_take_the_rating_with_them(head: str, bands: str) -> None:
    if bands and not head:
        return
    score = "score" if head else "x"
    text = f"""{WITHOUT_GRADE}{head % "" if head else ""}{bands}
let: {{l: x / p, late: t(x) + 1, x_too: x}}
outputs: {{a: {score}, b: a, c: 'late if yes else l', d: 'x / p', e: maybe, x: x + 1, l: l, f: l}}
invariants: {{i: {{that: given(c)}}, j: {{that: given({score})}}, k: {{that: x > 0}}, m: {{that: t(x) > 0}}, n: {{that: 'default(d, 0) > 1'}}, q: {{that: 'default(maybe, True)'}}}}
"""
    assert "undefined" in everywhere(text)


def test_invariants_by_themselves() -> None:
    text = f"{WITHOUT_GRADE}outputs: {{o: x}}\ninvariants: {{i: {{that: x > 0 and given(maybe)}}, j: {{that: not given(maybe)}}, k: {{that: yes}}}}\n"
    book = unproved(text)
    for subject in SUBJECTS:
        given = {name: value for name, value in subject.items() if name != "grade"}
        decision = decided(book, given)
        assert decision is not None
        assert not isinstance(decision, Fault)
        assert assess(book, given) == assess(book, given, engine="reference")
    assert (
        faulted(f"{WITHOUT_GRADE}outputs: {{o: x}}\ninvariants: {{i: {{that: 1 / x > 0}}}}\n", x=0, p=1, yes=True)
        == "invariants.i"
    )


def test_a_rulebook_with_outputs_alone_is_rated() -> None:
    assert agreed("inputs: {x: {type: integer}}\noutputs: {o: x}\n", x=1).status == "rated"
    assert agreed("outputs: {o: 1 / 3}\n").outputs == {"o": F(1, 3)}
