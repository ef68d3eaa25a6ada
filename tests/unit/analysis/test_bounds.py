"""Static bounds: exact expectations for each operation and each combination of criteria."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from kpirules import load
from kpirules.analysis.bounds import Bound, Bounds, bounds
from kpirules.analysis.bounds.assuming import _comparable
from kpirules.analysis.bounds.values import Options, Truth, compared
from kpirules.documents import build, read_mapping
from kpirules.language.expressions import MAX_BITS, MAX_WORK
from kpirules.plan import plan

INPUTS: dict[str, Any] = {
    "n": {"type": "integer", "min": 0, "max": 10},
    "m": {"type": "integer", "min": -5, "max": 20},
    "d": {"type": "number", "min": 0, "max": 100, "decimals": 2},
    "p": {"type": "number", "above": 0, "max": 10, "decimals": 1},
    "free": {"type": "number"},
    "maybe": {"type": "integer", "min": 0, "max": 9, "optional": True},
    "yes": {"type": "boolean"},
    "c": {"type": "choice", "options": ["low", "middle", "high"], "ordered": "worst_first"},
    "t": {"type": "text"},
    "on": {"type": "date", "min": "2026-01-01", "max": "2026-12-31"},
    "tasks": {
        "type": "list",
        "max_items": 1000,
        "fields": {
            "a": {"type": "integer", "min": 0, "max": 1000},
            "b": {"type": "integer", "min": 1, "max": 1000},
            "z": {"type": "integer", "min": 0, "max": 1000},
            "w": {"type": "number", "min": 0, "max": 5, "decimals": 2, "optional": True},
        },
        "let": {"part": "item.a / item.b"},
    },
}
CALENDARS = {"office": {"weekend": ["sat", "sun"], "from": "2026-01-01", "until": "2026-07-01"}}


def found(book: dict[str, Any]) -> Bounds:
    """Return the bounds of an unchecked rulebook, since the check would refuse many of these."""
    document, _ = read_mapping({"kpirules": 1, "id": "bounded", **book})
    assert document is not None
    rulebook, _ = build(document)
    assert rulebook is not None
    return bounds(plan(rulebook))


def of(text: str, **more: Any) -> Bounds:
    """Return the bounds of a rulebook with one output."""
    return found({"inputs": INPUTS, "calendars": CALENDARS, "outputs": {"x": text}, **more})


def interval(bound: Bound) -> tuple[Any, ...]:
    assert bound.kind == "number"
    return bound.low, bound.high, bound.denominator


def faults(bounds_: Bounds) -> list[tuple[str, str, bool]]:
    return [(one.path, one.kind, one.is_certain) for one in bounds_.faults]


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "low", "high", "denominator"),
    [
        ("n", 0, 10, 1),
        ("d", 0, 100, 100),
        ("p", Fraction(1, 10), 10, 10),
        (
            "free",
            -(10**18) + Fraction(1, 10**18),
            10**18 - Fraction(1, 10**18),
            10**18,
        ),
        ("1 / 3", Fraction(1, 3), Fraction(1, 3), 3),
        ("n + m", -5, 30, 1),
        ("n - m", -20, 15, 1),
        ("n + d", 0, 110, 100),
        ("n * m", -50, 200, 1),
        ("n * d", 0, 1000, 100),
        ("-m", -20, 5, 1),
        ("n / 4", 0, Fraction(5, 2), 4),
        ("20% * n", 0, 2, 5),
        ("n / 30 * 100", 0, Fraction(100, 3), 3),
        ("n / p", 0, 100, None),
        ("d / 100 * 100", 0, 100, 100),
        ("m ** 2", 0, 400, 1),
        ("m ** 3", -125, 8000, 1),
        ("m ** 0", 1, 1, 1),
        ("abs(m)", 0, 20, 1),
        ("min(m, n)", -5, 10, 1),
        ("max(m, n)", 0, 20, 1),
        ("max(m, n, 15)", 15, 20, 1),
        ("clamp(m, 0, 5)", 0, 5, 1),
        ("clamp(d, 0, 1)", 0, 1, 100),
        ("floor(d)", 0, 100, 1),
        ("ceil(d / 7)", 0, 15, 1),
        ("trunc(m / 2)", -2, 10, 1),
        ("sign(m)", -1, 1, 1),
        ("sign(n + 1)", 1, 1, 1),
        ("mod(m, 7)", 0, 6, 1),
        ("mod(d, 7)", 0, Fraction(699, 100), 100),
        ("mod(n + 20, 50)", 20, 30, 1),
        ("mod(-7, 3)", 2, 2, 1),
        ("mod(d, n - 20)", -20, 0, 100),
        ("round(n / 4, mode='half_even')", 0, 2, 1),
        ("round(n / p)", 0, 100, 1),
        ("round(n / p, 2)", 0, 100, 100),
        ("round(d, to=0.5)", 0, 100, 2),
        ("round(n / 3, -1)", 0, 0, 1),
        ("sqrt(d)", 0, 10, 10**40),
        ("sqrt(n * 4 + 9)", 3, 7 + Fraction(1, 10**9), 10**40),
        ("ratio(n, m + 6, if_zero=0)", 0, 10, None),
        ("ratio(n, m, if_zero=3)", -10, 10, None),
        ("n if yes else 20", 0, 20, 1),
        ("default(maybe, 12)", 0, 12, 1),
        ("days(date(2026, 1, 1), on)", 0, 364, 1),
        ("months(date(2026, 1, 1), on)", 0, 11, 1),
        ("years(date(2000, 6, 30), on)", 25, 26, 1),
        ("workdays(date(2026, 1, 1), date(2026, 1, 31), office)", 21, 21, 1),
        ("year(on)", 2026, 2026, 1),
        ("day(on)", 1, 31, 1),
        ("day(date(2026, 2, n + 1))", 1, 11, 1),
        ("month(on)", 1, 12, 1),
        ("count(tasks)", 0, 1000, 1),
        ("sum(r.a for r in tasks)", 0, 1_000_000, 1),
        ("count(r.a > 5 for r in tasks)", 0, 1000, 1),
        ("default(share(r.a > 5 for r in tasks), 0)", 0, 1, None),
        ("default(max(r.a for r in tasks), -1)", -1, 1000, 1),
        ("default(avg(r.a for r in tasks), 0)", 0, 1000, None),
        ("sum(default(r.w, 1) for r in tasks)", 0, 5000, 100),
        ("sum(1 / (r.a * 0) for r in tasks)", 0, 0, 1),  # no record gets so far: that of nothing
        ("sum_largest(2, (1 / (r.a * 0) for r in tasks))", 0, 0, 1),
        ("sum_smallest(2, (1 / (r.a * 0) for r in tasks))", 0, 0, 1),
    ],
)
def test_numbers_have_an_interval_and_a_denominator(
    text: str, low: Fraction, high: Fraction, denominator: int | None
) -> None:
    bound = of(text).names["x"]
    least, most, fixed = interval(bound)
    assert least is not None
    assert most is not None
    assert (least, fixed) == (low, denominator)
    assert high - Fraction(1, 1000) <= most <= high if text.startswith("sqrt(n") else most == high


def test_irrational_functions_stay_close() -> None:
    names = of(
        "1", let={"e": "exp(-p)", "l": "ln(p)", "r": "root(n, 3)", "w": "power(p, 0.5)", "f": "normal_cdf(n)"}
    ).names
    for name, low, high in (
        ("e", 4.5e-5, 0.9049),
        ("l", -2.3026, 2.3026),
        ("r", 0, 2.1545),
        ("w", 0.3162, 3.1623),
        ("f", 0.5, 1),
    ):
        bound = names[name]
        assert bound.low is not None
        assert bound.high is not None
        assert abs(bound.low - Fraction(low)) < Fraction(1, 1000)
        assert abs(bound.high - Fraction(high)) < Fraction(1, 1000)


# -- other types ----------------------------------------------------------------------------------


def test_booleans_options_and_dates() -> None:
    names = of(
        "yes",
        let={
            "sure": "n <= 10",
            "never": "m > 20",
            "open": "m > 19",
            "some": "'low' if yes else 'high'",
            "word": "t",
            "due": "on if yes else date(2027, 2, 1)",
        },
    ).names
    assert (names["sure"].can_be_true, names["sure"].can_be_false) == (True, False)
    assert (names["never"].can_be_true, names["never"].can_be_false) == (False, True)
    assert (names["open"].can_be_true, names["open"].can_be_false) == (True, True)
    assert names["some"].options == {"low", "high"}
    assert names["word"].options is None
    assert (names["due"].earliest, names["due"].latest) == (date(2026, 1, 1), date(2027, 2, 1))


def test_what_may_be_absent_and_what_a_row_leaves_open() -> None:
    tables = {"open": {"steps": [{"from": 5, "value": 1}, {"undefined": True}]}}
    names = of("open(n)", tables=tables, let={"more": "maybe + 1", "less": "maybe + 1 if given(maybe) else 0"}).names
    assert names["maybe"].can_be_absent
    assert names["more"].can_be_absent
    assert not names["less"].can_be_absent
    assert names["x"].can_be_undefined
    assert names["tasks.w"].can_be_absent


# -- faults and guards ----------------------------------------------------------------------------

DIVISION = [("outputs.x", "division", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d / n", DIVISION),
        ("d / (n + 1)", []),
        ("d / p", []),
        ("d / 0", [("outputs.x", "division", True)]),
        ("d / n if n > 0 else 0", []),
        ("0 if n == 0 else d / n", []),
        ("1 if n != 0 and d / n > 1 else 0", []),
        ("1 if n == 0 or d / n > 1 else 0", []),
        ("1 if not (n < 1) and d / n > 1 else 0", []),
        ("d / m if m != 0 else 0", []),
        ("d / m if 0 < m < 5 else 0", []),
        ("d / m if m > -1 else 0", DIVISION),
        ("d / (n + d) if n + d > 0 else 0", []),
        ("d / (n - m) if n != m else 0", []),
        ("d / (n - m) if n > m else 0", []),
        ("d / (m - 3) if m > 3 else 0", []),
        ("d / n if n in (1, 2) else 0", []),
        ("d / n if n not in (0,) else 0", []),
        ("d / default(maybe, 1)", DIVISION),
        ("d / maybe if given(maybe) and maybe > 0 else 0", []),
        ("d / default(maybe, 0) if default(maybe, 0) > 0 else 0", []),
        ("d / max(n, 1)", []),
        ("d / count(tasks) if count(tasks) > 0 else 0", []),
        ("d / sum(r.a for r in tasks) if sum(r.a for r in tasks) > 0 else 0", []),
        ("sum(r.a / r.z for r in tasks)", DIVISION),
        ("sum(r.a / r.z for r in tasks if r.z > 0)", []),
        ("count(r.z > 0 and r.a / r.z > 1 for r in tasks)", []),
        ("ratio(d, n, if_zero=0)", []),
        ("ratio(d, n, if_zero=d / n)", [("outputs.x", "division", True)]),
        ("d / (n / p) if n / p > 0 else 0", []),
        ("d / (n * m) if n * m != 0 else 0", []),
        ("mod(d, n)", DIVISION),
        ("sqrt(m)", [("outputs.x", "domain", False)]),
        ("sqrt(m) if m >= 0 else 0", []),
        ("ln(n)", [("outputs.x", "domain", False)]),
        ("ln(p)", []),
        ("power(n, -1)", [("outputs.x", "domain", False)]),
        ("day(date(2026, n + 1, 1))", []),
        ("day(date(2026, n, 1))", [("outputs.x", "date", False)]),
        ("workdays(date(2026, 1, 5), on, office)", [("outputs.x", "calendar", False)]),
        ("workdays(date(2026, 1, 5), on, office) if on < date(2026, 7, 1) else 0", []),
    ],
)
def test_faults_are_found_unless_they_are_guarded(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert faults(of(text)) == expected


def test_a_named_value_is_guarded_where_it_is_read() -> None:
    let = {"part": "d / n", "half": "part / 2"}
    assert faults(of("half", let=let)) == [("let.part", "division", False)]
    assert faults(of("half if n > 0 else 0", let=let)) == []
    assert faults(of("1", let=let)) == []
    assert faults(of("half if able else 0", let={**let, "able": "n > 0"})) == []


def test_a_criterion_that_does_not_apply_does_not_fault() -> None:
    leaf = {"max": 100, "rate": "clamp(d / n, 0, 1)"}
    score = {"rescale": False, "round": {"places": 2}, "band_on": "rounded", "missing": "zero"}
    book = {"inputs": INPUTS, "score": score}
    assert faults(found({**book, "criteria": {"k": leaf}})) == [("criteria.k.rate", "division", False)]
    assert faults(found({**book, "criteria": {"k": {**leaf, "applies": "n > 0"}}})) == []
    group = {"criteria": {"k": leaf}, "applies": "n > 0"}
    assert faults(found({**book, "criteria": {"g": group}})) == []


def test_exemptions_and_validations_hold_afterwards() -> None:
    book: dict[str, Any] = {"inputs": INPUTS, "outputs": {"x": "d / n"}}
    assert faults(found({**book, "exemptions": {"none": {"when": "n == 0", "status": "none"}}})) == []
    assert faults(found({**book, "validations": {"some": {"that": "n > 0"}}})) == []
    named = {"let": {"total": "sum(r.a for r in tasks)"}, "outputs": {"x": "d / total"}, "inputs": INPUTS}
    assert faults(found(named)) == [("outputs.x", "division", False)]
    assert faults(found({**named, "validations": {"some": {"that": "total > 0"}}})) == []
    assert faults(found({**named, "exemptions": {"none": {"when": "total == 0", "status": "none"}}})) == []
    ordered = {"validations": {"order": {"that": "n <= m"}}, "outputs": {"x": "ratio(n, m, if_zero=0)"}}
    assert interval(found({"inputs": {**INPUTS}, **ordered}).names["x"])[1] == 1
    between = {"validations": {"b": {"that": "d / n <= 50"}, "c": {"that": "n > 0"}}, "outputs": {"x": "n"}}
    assert faults(found({"inputs": INPUTS, **between})) == []


def test_validations_of_records_hold_afterwards() -> None:
    tasks = {**INPUTS["tasks"], "validations": {"done": {"that": "item.a <= item.b"}, "some": {"that": "item.z > 0"}}}
    book = {
        "inputs": {"tasks": tasks},
        "outputs": {"x": "default(max(r.a / r.b for r in tasks), 0)", "y": "sum(r.a / r.z for r in tasks)"},
    }
    bounds_ = found(book)
    assert bounds_.names["x"].high == 1
    assert faults(bounds_) == []


def test_an_output_may_have_the_name_of_a_let_or_an_input() -> None:
    book = {
        "inputs": INPUTS,
        "let": {"total": "n + 1"},
        "criteria": {"leaf": {"max": 10, "points": "n"}},
        "bands": {"high": {"from": 5}},
        "outputs": {"total": "n + 100", "m": "n + 100"},
        "invariants": {"small": {"that": "1 / total + 1 / (m - 100) < 50"}},
    }
    bounds_ = found(book)
    assert interval(bounds_.names["total"]) == (1, 11, 1)
    assert faults(bounds_) == []


@pytest.mark.parametrize("operand", ["n", "free", "default(maybe, 0)", "yes", "c", "t", "on"])
def test_no_value_is_among_no_options(operand: str) -> None:
    for holds in (f"{operand} in ()", f"not ({operand} not in ())"):
        bounds_ = of("d / n", validations={"v": {"that": holds}})
        assert ("validations.v", "that", False) in {(one.path, one.part, one.outcome) for one in bounds_.decided}
    assert faults(of("d / n", validations={"v": {"that": f"{operand} not in ()"}})) == [
        ("outputs.x", "division", False)
    ]


def test_rows_of_tables_are_taken_in_order() -> None:
    tables = {
        "steps": {"steps": [{"from": 5, "value": 3}, {"from": 20, "value": 9}, {"value": 1}]},
        "line": {"scale": [[0, 0], [10, 4]]},
        "passed": {"thresholds": {"from": [1, 5, 50], "each": 2}},
    }
    bounds_ = of("steps(n)", tables=tables, let={"l": "line(n)", "q": "passed(n)"})
    assert interval(bounds_.names["x"]) == (1, 3, 1)
    assert [(one.path, one.index) for one in bounds_.untaken if one.path == "outputs.x"] == [("outputs.x", 1)]
    assert interval(bounds_.names["l"]) == (0, 4, 5)
    assert interval(bounds_.names["q"]) == (0, 4, 1)
    assert faults(bounds_) == []
    assert faults(of("line(m)", tables=tables)) == [("outputs.x", "scale", False)]


# -- criteria -------------------------------------------------------------------------------------

SCORE = {"round": {"places": 2}, "band_on": "rounded"}


def judged(criteria: dict[str, Any], **more: Any) -> Bounds:
    return found({"inputs": INPUTS, "criteria": criteria, "score": {**SCORE, **more}})


def test_points_are_within_their_limits() -> None:
    bounds_ = judged({"a": {"max": 20, "points": "m", "outside": "clamp"}, "b": {"max": 8, "points": "n"}})
    assert interval(bounds_.criteria["a"].points) == (0, 20, 1)
    assert interval(bounds_.criteria["b"].points) == (0, 8, 1)
    assert faults(bounds_) == [("criteria.b", "points", False)]
    assert interval(bounds_.names["score"]) == (0, 28, 100)
    assert interval(bounds_.names["share.a"]) == (0, 1, 20)


def test_a_leaf_of_every_kind() -> None:
    criteria = {
        "met": {"max": 5, "met": "yes"},
        "entered": {"max": 10, "entered": {"step": 0.5}},
        "looked": {"max": 4, "measure": "c", "lookup": {"low": 0, "middle": 1, "high": 4}},
        "rounded": {"max": 10, "rate": "n / 30", "round": {"places": 1}},
        "extra": {"max": 3, "extra": True, "rate": "n / 10"},
        "minus": {"min": -5, "max": 0, "points": "-n / 2"},
    }
    bounds_ = judged(criteria)
    assert interval(bounds_.names["points.met"]) == (0, 5, 1)
    assert interval(bounds_.names["points.entered"]) == (0, 10, 2)
    assert interval(bounds_.names["points.looked"]) == (0, 4, 1)
    assert interval(bounds_.names["points.rounded"]) == (0, Fraction(33, 10), 10)
    assert interval(bounds_.names["points.minus"]) == (-5, 0, 2)
    assert interval(bounds_.names["exact_score"]) == (-5, Fraction(253, 10), 10)


@pytest.mark.parametrize(
    ("combine", "low", "high", "denominator"),
    [
        ("mean", Fraction(25), Fraction(75), 1),
        ("min", 0, 50, 1),
        ("max", 50, 100, 1),
        ("product", 0, 50, 1),
        ("harmonic_mean", 0, 100, None),
        ("geometric_mean", 0, 100, 10**38),
    ],
)
def test_groups_of_shares(combine: str, low: Fraction, high: Fraction, denominator: int | None) -> None:
    criteria = {"a": {"max": 100, "rate": "n / 10"}, "b": {"max": 100, "rate": "50%"}}
    exact = judged(criteria, combine=combine, max=100).names["exact_score"]
    assert (exact.low, exact.high) == (low, high)
    if denominator is None:
        assert exact.denominator is None
    else:
        assert exact.denominator is not None
        assert exact.denominator <= max(denominator, 20)


def test_groups_with_excluded_children_are_bounded() -> None:
    criteria = {"a": {"max": 60, "rate": "50% + n / 20"}, "b": {"max": 40, "rate": "0", "applies": "yes"}}
    lacking = judged(criteria, rescale=False, allow={"KR301": "x"}).names["exact_score"]
    assert interval(lacking) == (30, 60, 1)
    rescaled = judged(criteria, rescale=True).names["exact_score"]
    assert interval(rescaled)[:2] == (30, 100)
    assert rescaled.denominator is not None
    alone = judged({"b": {"max": 40, "rate": "n / 10", "applies": "yes"}}, rescale=True, missing="unrated")
    assert alone.rating.statuses == {"rated", "insufficient"}
    criterion = alone.criteria["b"]
    assert (criterion.scored, criterion.excluded, criterion.missing, criterion.lacking) == (True, True, False, False)


def test_missing_criteria_are_bounded() -> None:
    leaf = {"max": 9, "points": "maybe"}
    for policy, statuses, missing in (("zero", {"rated"}, True), ("unrated", {"rated", "insufficient"}, False)):
        bounds_ = judged({"a": {**leaf, "missing": policy}})
        assert bounds_.rating.statuses == statuses
        assert bounds_.criteria["a"].missing is missing
    assert judged(
        {"a": {**leaf, "missing": "unrated", "applies": "given(maybe)"}}, rescale=True, missing="zero"
    ).rating.statuses == {"rated"}


# -- the rating -----------------------------------------------------------------------------------


def rated(bands: Any, **more: Any) -> Bounds:
    criteria = {"a": {"max": 100, "points": "d"}}
    return found({"inputs": INPUTS, "criteria": criteria, "score": SCORE, "bands": bands, **more})


def test_bands_cover_the_scale_or_leave_a_gap() -> None:
    full = rated({"good": {"from": 50}, "poor": {"from": 0}})
    assert full.rating.bands == {"good", "poor"}
    assert full.rating.statuses == {"rated"}
    assert not full.rating.has_gap
    grid = rated({"good": {"from": 50}, "poor": {"from": 0, "to": 49.99}})
    assert not grid.rating.has_gap
    hole = rated({"good": {"from": 50}, "poor": {"from": 0, "to": 49.98}})
    assert hole.rating.statuses == {"rated", "undefined"}
    beyond = rated({"best": {"above": 100}, "good": {"from": 50}, "poor": {"from": 0}})
    assert beyond.rating.bands == {"good", "poor"}
    needs = rated({"good": {"from": 50, "requires": "yes"}, "poor": {"from": 0}})
    assert needs.rating.has_gap
    falls = rated({"levels": {"good": {"from": 50, "requires": "yes"}, "poor": {"from": 0}}, "fall": "next"})
    assert not falls.rating.has_gap


def test_overrides_move_bands() -> None:
    bands = {"good": {"from": 50}, "fair": {"from": 20}, "poor": {"from": 0}}
    capped = rated(bands, overrides={"cap": {"band_at_most": "fair"}})
    assert capped.rating.bands == {"fair", "poor"}
    forced = rated(bands, overrides={"all": {"band": "good"}})
    assert forced.rating.bands == {"good"}
    raised = rated(bands, overrides={"floor": {"when": "yes", "band_at_least": "fair"}})
    assert raised.rating.bands == {"good", "fair", "poor"}
    aside = rated(bands, overrides={"out": {"when": "yes", "unrated": "aside"}})
    assert aside.rating.statuses == {"rated", "aside"}


def test_limits_on_the_score() -> None:
    criteria = {"a": {"max": 100, "points": "d"}}
    limits = {"cap": {"at_most": 70}, "seldom": {"when": "yes", "at_most": 30}}
    bounds_ = found({"inputs": INPUTS, "criteria": criteria, "score": {**SCORE, "limits": limits}})
    assert interval(bounds_.names["exact_score"]) == (0, 70, 100)


# -- what it takes --------------------------------------------------------------------------------


def test_sums_of_quotients_are_bounded_by_the_least_common_multiple() -> None:
    sum_ = of("sum(r.a / r.b for r in tasks)").names["x"]
    assert 1438 <= sum_.denominator_bits <= 1440
    assert sum_.bits < 1460
    product = of("sum(r.a / r.b for r in tasks) * sum(r.a / r.b for r in tasks)").names["x"]
    assert 2876 <= product.denominator_bits <= 2880
    rest = of("sum(r.part / r.b for r in tasks)").names["x"]
    assert rest.denominator_bits <= 2880
    both = of("sum(r.part for r in tasks) + sum(r.part for r in tasks if r.a > 5)").names["x"]
    assert both.denominator_bits <= 1440


def test_work_and_width_have_the_path_of_their_formula() -> None:
    bounds_ = of("sum(r.a / r.b for r in tasks)")
    assert bounds_.heavy[0] == "outputs.x"
    assert bounds_.wide == ("outputs.x", bounds_.widest)
    assert 30_000 < bounds_.work < 100_000
    assert bounds_.work < MAX_WORK
    assert bounds_.widest < MAX_BITS
    assert of("n + 1").work == 3
    assert of("round(n + 1, 2)").work <= 8


def test_powers_of_powers_are_too_wide() -> None:
    let = {"e": "(d / 3) ** 16", "f": "e ** 16", "g": "f ** 16"}
    assert of("g", let=let).widest > MAX_BITS


# -- what is decided ------------------------------------------------------------------------------


def test_conditions_that_always_come_out_the_same() -> None:
    bounds_ = of("1 if n <= 10 and yes else 2", let={"a": "3 if m > 50 else 4"}, validations={"v": {"that": "p > 0"}})
    decided = {(one.path, one.part, one.outcome) for one in bounds_.decided}
    assert decided == {
        ("outputs.x", "operand", True),
        ("let.a", "condition", False),
        ("validations.v", "that", True),
    }


def test_operations_are_found_by_themselves() -> None:
    rulebook = load({"kpirules": 1, "id": "o", "inputs": INPUTS, "outputs": {"x": "n + 1"}}).rulebook
    lowered = plan(rulebook)
    bounds_ = bounds(lowered)
    (_, op), *_ = [one for one in lowered.operations() if one[0] == "outputs.x"]
    bound = bounds_.of(op)
    assert bound is not None
    assert interval(bound) == (1, 11, 1)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_options_are_narrowed_by_comparisons(sign: str) -> None:
    """It is tested for each option alone, and for all at once."""
    ranks = ("a", "b", "c", "d")
    sets = [frozenset(some) for size in range(1, 5) for some in combinations(ranks, size)]
    for among in sets:
        assert _comparable(among, sign, None, ranks) == among
        assert _comparable(among, sign, frozenset({"else"}), ranks) == among
        for other in sets:
            left = {
                one
                for one in among
                if isinstance(found := compared(sign, Options(frozenset({one}), 0), Options(other, 0), ranks), Truth)
                and found.mask & 1
            }
            assert _comparable(among, sign, other, ranks) == left


WEIGHTS = "sum(t.z for t in tasks)"


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("sum(t.z * min(t.b, 120) for t in tasks)", f"{WEIGHTS} == 100", (100, 12000)),
        ("sum(t.z / 100 * min(t.b, 120) for t in tasks)", f"{WEIGHTS} == 100", (1, 120)),
        ("sum(t.z * (min(t.b, 120) - 200) for t in tasks)", f"{WEIGHTS} == 100", (-19900, -8000)),
        ("sum(t.z * min(t.b, 120) for t in tasks)", f"50 <= {WEIGHTS} <= 100", (50, 12000)),
        ("sum(t.z * min(t.b, 120) for t in tasks if t.a > 5)", f"{WEIGHTS} == 100", (0, 12000)),
        ("sum(t.z * min(t.b, 120) for t in tasks)", "total == 100", (100, 12000)),
        ("sum(t.z * (-0.5) * t.b for t in tasks)", f"{WEIGHTS} >= 100", (-500000000, -50)),
        ("sum(t.a * t.b for t in tasks)", f"{WEIGHTS} == 100", (0, 10**9)),
        ("sum(t.z / n * t.b for t in tasks)", f"{WEIGHTS} == 100", (0, 10**9)),
        ("sum(t.z * min(t.b, 120) for t in tasks)", "sum(t.z - 1 for t in tasks) == 100", (0, 120000000)),
        ("sum(t.z * min(t.b, 120) for t in tasks)", "sum(t.z * t.b for t in tasks) == 100", (0, 120000000)),
    ],
)
def test_a_sum_of_weighted_numbers_is_bounded_by_the_sum_of_the_weights(
    text: str, known: str, expected: tuple[Any, Any]
) -> None:
    book = of(text, let={"total": WEIGHTS}, validations={"known": known})
    bound = book.names["x"]
    assert (bound.low, bound.high) == expected
