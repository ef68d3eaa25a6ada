"""Building the values of the model from a document."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.documents import build, read_mapping, read_text
from kpirules.documents.building.order import dependency_order
from kpirules.documents.building.rating import resolved
from kpirules.kernel.exact import Rounding
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.expressions import BOOLEAN, NUMBER, Type
from kpirules.language.model import (
    Amount,
    Band,
    BooleanDomain,
    ChoiceDomain,
    Criterion,
    DateDomain,
    Entered,
    Group,
    Input,
    Interval,
    ListDomain,
    Lookup,
    Measure,
    Met,
    NumberDomain,
    Points,
    Rate,
    Row,
    Rulebook,
    Scale,
    Steps,
    TextDomain,
    Thresholds,
)

F = Fraction


def rulebook(text: str) -> Rulebook:
    document, problems = read_text("kpirules: 1\n" + text, "a.kpi.yaml")
    assert document is not None
    built, found = build(document)
    assert [*problems, *found] == []
    assert built is not None
    return built


def criterion(text: str) -> Criterion:
    return next(rulebook(f"criteria: {{a: {text}}}").criteria())


def inputs(text: str) -> tuple[Input, ...]:
    return rulebook(f"inputs: {text}").inputs


def band(id_: str, lower: str = "", upper: str = "") -> Band:
    """Return a band with the ends of a text such as `from 50`."""
    low, high = lower.split(), upper.split()
    return Band(
        id_,
        Amount(F(low[1])) if low else None,
        lower.startswith("above"),
        Amount(F(high[1])) if high else None,
        upper.startswith("below"),
    )


def intervals(*bands: tuple[str, str]) -> list[Interval]:
    return [b.interval for b in resolved(tuple(band(str(i), *ends) for i, ends in enumerate(bands)))]


# -- the whole --------------------------------------------------------------------------------


def test_a_rulebook_of_nothing_has_no_score_and_no_bands() -> None:
    built = rulebook("")
    assert (built.root, built.bands, built.inputs, built.id, built.edition) == (None, None, (), "", "")


def test_the_head_of_a_rulebook() -> None:
    built = rulebook("""
id: vn.nd335
title: {vi: Đánh giá, en: Rating}
edition: 2026.10
source: {document: Nghị định 335, article: 14, clause: 2, url: https://example.org}
note: A remark
effective: {from: 2026-01-01, until: 2027-01-01}
allow: {KR242: kept}
""")
    assert built.id == "vn.nd335"
    assert built.edition == "2026.10"
    assert (built.effective_from, built.effective_until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert built.words.label is not None
    assert built.words.label.text("en") == "Rating"
    assert str(built.words.source) == "Nghị định 335, 14, 2"
    assert [(one.code, one.reason) for one in built.words.allow] == [("KR242", "kept")]
    assert built.words.path == ""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("criteria.a", 4),
        ("criteria.a.criteria.b", 6),
        ("criteria.a.criteria.b.steps[1]", 9),
        ("bands.levels.good", 12),
        ("bands.levels.good.requires.fair", 14),
        ("inputs.t.fields.hours", 17),
    ],
)
def test_every_node_knows_its_path_and_its_place(path: str, line: int) -> None:
    built = rulebook("""
criteria:
  a:
    criteria:
      b:
        {max: 1, measure: 1, steps: [
          {from: 1, points: 1},
          {points: 0}]}
bands:
  levels:
    good:
      requires:
        fair: {that: 1 > 0}
inputs:
  t:
    {type: list, fields: {hours: {type: number}}}
""")
    words = [c.words for c in built.criteria()]
    body = list(built.criteria())[1].body
    assert isinstance(body, Measure)
    assert isinstance(body.shape, Steps)
    words += [row.words for row in body.shape.rows]
    assert built.bands is not None
    words += [b.words for b in built.bands.levels] + [r.words for b in built.bands.levels for r in b.requires]
    domain = built.inputs[0].domain
    assert isinstance(domain, ListDomain)
    words += [f.words for f in domain.fields]
    assert {w.path: w.span.line for w in words if w.span}[path] == line


# -- named values and constants ---------------------------------------------------------------


def test_a_number_or_boolean_is_an_expression_and_spelled_alike() -> None:
    built = rulebook("let: {a: 0.50, b: -1e2, c: true, d: {value: 3, unit: points, label: Three}, e: '0.5'}")
    assert [named.value.text for named in built.let] == ["0.5", "-100", "True", "3", "0.5"]
    assert [named.value.constant for named in built.let] == [F(1, 2), -100, True, 3, F(1, 2)]
    assert built.let[3].words.unit == "points"
    assert built.let[0].value == built.let[4].value


def test_parameters_are_computed_whatever_their_order() -> None:
    built = rulebook("""
parameters:
  third: part / 3
  part: {value: 20%, source: Article 1}
  start: "date(2026, 1, 31)"
  strict: part > 0.1
  mode: '"half_up"'
""")
    values = {p.id: p.value for p in built.parameters}
    assert values == {
        "third": F(1, 15),
        "part": F(1, 5),
        "start": date(2026, 1, 31),
        "strict": True,
        "mode": "half_up",
    }
    assert list(values) == ["third", "part", "start", "strict", "mode"]


def test_functions_are_substituted_whatever_their_order() -> None:
    built = rulebook("""
functions:
  outer: {args: [x], value: inner(x) * 2}
  inner: {args: [y], value: y + step}
parameters: {step: 1, total: outer(3)}
""")
    assert built.parameters[1].value == 8
    assert [f.args for f in built.functions] == [("x",), ("y",)]


def test_an_amount_may_be_a_percentage_a_quotient_or_a_parameter() -> None:
    built = rulebook("""
parameters: {most: 70}
score: {combine: mean}
criteria:
  a: {weight: 25%, max: most, rate: 1}
  b: {weight: -1/3, rate: 1}
  c: {weight: +.5%, rate: 1}
  d: {weight: 5.%, rate: 1}
  e: {weight: -5%, rate: 1}
""")
    weights = [c.weight for c in built.criteria()]
    assert [w and w.value for w in weights] == [F(1, 4), F(-1, 3), F(1, 200), F(1, 20), F(-1, 20)]
    first = next(built.criteria())
    assert first.written_max == Amount(F(70), "most")
    assert first.max == 70


def test_an_exact_third_comes_out_of_a_python_mapping() -> None:
    document, _ = read_mapping({"kpirules": 1, "criteria": {"a": {"max": F(1, 3), "rate": F(1, 3)}}})
    assert document is not None
    built, problems = build(document)
    assert problems == []
    assert built is not None
    assert built.root is not None
    assert built.root.max == F(1, 3)


@pytest.mark.parametrize("text", ["1/0", "1" * 200 + "%", "1//2"])
def test_a_text_that_is_no_number_is_not_an_amount(text: str) -> None:
    document, _ = read_mapping({"kpirules": 1, "criteria": {"a": {"max": text, "rate": 1}}})
    assert document is not None
    built, problems = build(document)
    assert built is not None
    assert built.root is not None
    assert [criterion.max for criterion in built.root.walk()] == [None, None]
    assert [p.code for p in problems] == ["KR136"]


# -- inputs -----------------------------------------------------------------------------------


def test_domains() -> None:
    found = inputs(
        """
  number: {type: number, above: 0, max: 100%, decimals: 2, step: 0.25, unit: kg, default: 0.5}
  whole: {type: integer, min: 0, below: 10, optional: true}
  flag: {type: boolean, default: false}
  plain: {type: choice, options: [high, low], default: low}
  named: {type: choice, options: {high: Cao, low: {vi: Thấp}}, ordered: best_first}
  borrowed: {type: choice, options: named, ordered: worst_first}
  day_of: {type: date, min: 2026-01-01, default: 2026-02-01}
  words: {type: text}
  short: {type: text, max_length: 3}
""".replace("\n  ", "\n  ")
    )
    domains = {i.id: i.domain for i in found}
    assert domains["number"] == NumberDomain(above=F(0), maximum=F(1), decimals=2, step=F(1, 4))
    assert domains["whole"] == NumberDomain(minimum=F(0), below=F(10), is_integer=True)
    assert domains["flag"] == BooleanDomain()
    assert domains["plain"] == ChoiceDomain(("high", "low"))
    named = domains["named"]
    assert isinstance(named, ChoiceDomain)
    assert (named.options, named.order, named.labels["low"].text("vi")) == (
        ("high", "low"),
        "best_first",
        "Thấp",
    )
    assert domains["borrowed"] == ChoiceDomain(named.options, named.labels, "worst_first")
    assert domains["day_of"] == DateDomain(date(2026, 1, 1), None)
    assert domains["words"] == TextDomain(200)
    assert domains["short"] == TextDomain(3)
    assert [i.default for i in found] == [
        F(1, 2),
        None,
        False,
        "low",
        None,
        None,
        date(2026, 2, 1),
        None,
        None,
    ]
    assert [i.is_optional for i in found][:3] == [False, True, False]
    assert found[0].words.unit == "kg"


def test_a_list_has_fields_computed_fields_and_limits() -> None:
    found = inputs("""
  tasks:
    type: list
    fields:
      class: {type: choice, options: [a, b]}
      again: {type: choice, options: size}
      hours: {type: number, min: 0, max: 10}
    let: {double: 2 * item.hours}
    unique: [class, hours]
    min_items: 1
    validations: {some: {that: item.hours > 0}}
  size: {type: choice, options: [small, large]}
""")
    domain = found[0].domain
    assert isinstance(domain, ListDomain)
    assert [f.id for f in domain.fields] == ["class", "again", "hours"]
    assert domain.fields[1].domain == ChoiceDomain(("small", "large"))
    assert domain.unique == ("class", "hours")
    assert (domain.min_items, domain.max_items) == (1, 10_000)
    assert [n.id for n in domain.let] == ["double"]
    assert [v.id for v in domain.validations] == ["some"]


def test_a_choice_takes_over_the_bands_with_their_labels_and_order() -> None:
    built = rulebook("""
inputs: {before: {type: choice, options: bands}}
bands: {good: {label: Tốt, from: 50}, poor: {from: 0}}
""")
    domain = built.inputs[0].domain
    assert isinstance(domain, ChoiceDomain)
    assert (domain.options, domain.order) == (("good", "poor"), "best_first")
    assert domain.labels["good"].text() == "Tốt"


# -- tables -----------------------------------------------------------------------------------


def test_tables_know_what_they_take_and_give() -> None:
    built = rulebook("""
inputs: {size: {type: choice, options: [small, middle, large], ordered: worst_first}}
bands: {good: {from: 50}, poor: {from: 0}}
tables:
  stepped:
    steps: [{above: 5, below: 9, value: good}, {equals: 3, value: poor}, {value: undefined}]
    gives: bands
  scaled: {scale: [[0, 0], [10, 1]], outside: clamp}
  counted: {thresholds: {below: [1, 2], each: 5}}
  asked: {lookup: {true: 1, false: {undefined: true}}}
  whole: {lookup: {small: 1, middle: 2, large: 3}}
  part: {lookup: {small: a, else: b}, gives: {options: [a, b], ordered: best_first}}
  other: {lookup: {x: 1, y: 2}}
  some: {lookup: {x: 1, else: 2}}
  borrowed: {steps: [{value: a}], gives: {options: part}}
""")
    tables = {t.id: t for t in built.tables}
    size = Type("choice", ("small", "middle", "large"), "worst_first")
    given = Type("choice", ("a", "b"), "best_first")
    assert {id_: (t.takes, t.gives) for id_, t in tables.items()} == {
        "stepped": (NUMBER, Type("choice", ("good", "poor"), "best_first")),
        "scaled": (NUMBER, NUMBER),
        "counted": (NUMBER, NUMBER),
        "asked": (BOOLEAN, NUMBER),
        "whole": (size, NUMBER),
        "part": (size, given),
        "other": (Type("choice", ("x", "y")), NUMBER),
        "some": (Type("string", ("x",)), NUMBER),
        "borrowed": (NUMBER, given),
    }
    shape = tables["stepped"].shape
    assert isinstance(shape, Steps)
    first, second, last = shape.rows
    assert (first.lower, first.is_lower_open, first.upper, first.is_upper_open) == (
        Amount(F(5)),
        True,
        Amount(F(9)),
        True,
    )
    assert (first.gives, second.equals, last.is_undefined, last.is_rest) == ("good", Amount(F(3)), True, True)
    assert tables["scaled"].shape == Scale(
        ((Amount(F(0)), Amount(F(0))), (Amount(F(10)), Amount(F(1)))), is_clamped=True
    )
    assert tables["counted"].shape == Thresholds("below", (Amount(F(1)), Amount(F(2))), Amount(F(5)))
    asked = tables["asked"].shape
    assert isinstance(asked, Lookup)
    assert [(r.option, r.is_undefined) for r in asked.rows] == [(True, False), (False, True)]


# -- criteria ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "body", "limits"),
    [
        ("{points: 5}", Points, (None, None)),
        ("{points: 5, min: -5}", Points, (-5, None)),
        ("{points: 5, max: 10}", Points, (0, 10)),
        ("{rate: 0.5, max: 10}", Rate, (0, 10)),
        ("{met: 1 > 0, min: -5, max: 0}", Met, (-5, 0)),
        ("{measure: 1, scale: [[0, 0], [1, 1]], max: 1}", Measure, (0, 1)),
        ("{entered: {step: 0.25}, max: 10}", Entered, (0, 10)),
        ("{entered: {}, max: 10}", Entered, (0, 10)),
    ],
)
def test_a_leaf_of_a_sum_has_the_limits_it_writes(
    text: str, body: type, limits: tuple[int | None, int | None]
) -> None:
    found = criterion(text)
    assert isinstance(found.body, body)
    assert (found.min, found.max) == limits


def test_the_rows_of_a_criterion() -> None:
    found = criterion("{max: 9, measure: 1, lookup: {a: 9, b: {rate: 50%, label: half}, c: undefined, else: 0}}")
    assert isinstance(found.body, Measure)
    assert isinstance(found.body.shape, Lookup)
    rows = found.body.shape.rows
    assert [(r.option, r.gives, r.is_rate) for r in rows] == [
        ("a", Amount(F(9)), False),
        ("b", Amount(F(1, 2)), True),
        ("c", None, False),
        (None, Amount(F(0)), False),
    ]
    assert Row(option="a", gives=Amount(F(9))) == Row(option="a", gives=Amount(F(9)), words=rows[0].words)


def test_a_criterion_keeps_what_else_it_says() -> None:
    built = rulebook("""
inputs: {x: {type: boolean}}
score: {combine: mean, weights: relative, require_share: 60%, missing: zero, outside: clamp, unit: pt}
criteria:
  a: {weight: 1, rate: 1, applies: x, missing: full, outside: clamp, round: {to: 5, mode: down}, extra: true}
  b: {weight: 1, rate: 1, round: {places: -1}}
""")
    assert built.root is not None
    assert built.root.body == Group(built.root.children, "mean", None, None, Amount(F(3, 5)), True)
    assert (built.root.missing, built.root.is_clamped, built.root.words.unit) == ("zero", True, "pt")
    first, second = built.root.children
    assert (first.missing, first.is_clamped, first.is_extra) == ("full", True, True)
    assert first.applies is not None
    assert first.round == Rounding(None, F(5), "down")
    assert second.round == Rounding(-1, None, "half_up")


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("{criteria: {b: {max: 5, rate: 1}, c: {max: 7, min: -2, rate: 1}}}", (-2, 12)),
        ("{criteria: {b: {max: 5, rate: 1}, c: {max: 7, rate: 1, extra: true}}}", (0, 5)),
        ("{criteria: {b: {max: 5, rate: 1}, c: {points: 1}}}", (None, None)),
        ("{criteria: {b: {max: 5, rate: 1}, c: {points: 1, extra: true}}}", (None, 5)),
        ("{max: 3, outside: clamp, criteria: {b: {max: 5, rate: 1}}}", (0, 3)),
        ("{max: 3, min: -1, criteria: {b: {max: 5, rate: 1}}}", (-1, 3)),
        ("{min: -1, criteria: {b: {max: 5, rate: 1}}}", (-1, 5)),
        ("{combine: mean, criteria: {b: {rate: 1}}}", (0, 100)),
        ("{combine: max, max: 7, min: -7, criteria: {b: {rate: 1}}}", (-7, 7)),
        ("{points: points.b / 2, criteria: {b: {rate: 1}}}", (0, 100)),
    ],
)
def test_the_limits_of_a_group(text: str, limits: tuple[int | None, int | None]) -> None:
    found = criterion(text)
    assert (found.min, found.max) == limits


def test_a_child_of_a_mean_reaches_a_hundred_unless_it_is_a_sum() -> None:
    built = rulebook("""
score: {combine: mean}
criteria:
  leaf: {rate: 1}
  summed: {criteria: {b: {max: 30, rate: 1}}}
  mean: {combine: mean, criteria: {c: {rate: 1}}}
  free: {points: 5}
""")
    assert {c.id: (c.min, c.max) for c in built.criteria()} == {
        "leaf": (0, 100),
        "summed": (0, 30),
        "b": (0, 30),
        "mean": (0, 100),
        "c": (0, 100),
        "free": (0, 100),
    }


def test_the_score_is_the_root_with_its_limits() -> None:
    built = rulebook("""
score:
  {max: 5, rescale: false, band_on: exact, limits: {capped: {when: 1 > 0, at_most: 3}, l: {at_most: 4}}}
criteria: {a: {max: 5, rate: 1}}
""")
    assert built.root is not None
    assert (built.root.id, built.root.words.path) == ("score", "score")
    assert isinstance(built.root.body, Group)
    assert built.root.body.rescale is False
    assert [(limit.id, limit.when is None) for limit in built.score_limits] == [
        ("capped", False),
        ("l", True),
    ]
    assert (built.bands_on_exact, built.bands_on_written) == (True, True)


def test_criteria_without_a_score_are_summed() -> None:
    built = rulebook("criteria: {a: {max: 5, rate: 1}}")
    assert built.root is not None
    assert (built.root.id, built.root.max, built.root.words.path) == ("score", 5, "criteria")
    assert (built.bands_on_exact, built.bands_on_written) == (False, False)


def test_a_score_may_be_an_expression_alone() -> None:
    built = rulebook("score: {points: 5}")
    assert built.root is not None
    assert built.root.body == Group((), None, built.root.body.points)  # type: ignore[union-attr]
    assert built.root.max == 100


def test_an_entered_criterion_declares_an_input() -> None:
    built = rulebook("""
inputs: {x: {type: boolean}}
criteria:
  a: {max: 10, entered: {step: 0.25}, label: Ethics}
  b: {max: 10, entered: {}, applies: x}
  c: {max: 10, entered: {}, missing: zero}
  g: {applies: x, criteria: {d: {max: 10, min: -1, entered: {}}}}
""")
    entered = {i.id: i for i in built.inputs if i.entered_for}
    assert {id_: i.is_optional for id_, i in entered.items()} == {"a": False, "b": True, "c": True, "d": True}
    assert entered["a"].domain == NumberDomain(F(0), F(10), step=F(1, 4))
    assert entered["d"].domain == NumberDomain(F(-1), F(10))
    assert entered["a"].words.label is not None
    assert entered["a"].entered_for == "a"


# -- rating -----------------------------------------------------------------------------------


def test_bands_in_the_long_form() -> None:
    built = rulebook("""
inputs: {x: {type: number, min: 0, max: 9}}
bands:
  measure: x
  fall: next
  overlap: worst
  label: Levels
  levels:
    good: {from: 5, requires: x > 1}
    poor: {below: 5, requires: {low: {that: x > 0, label: Low}}}
    rest: {}
""")
    bands = built.bands
    assert bands is not None
    assert bands.measure is not None
    assert (bands.falls_to_next, bands.overlap, bands.words.path) == (True, "worst", "bands")
    good, poor, rest = bands.levels
    assert [r.id for r in good.requires] == ["requires"]
    assert [r.id for r in poor.requires] == ["low"]
    assert good.requires[0].words.path == "bands.levels.good.requires"
    assert rest.interval == Interval()


def test_bands_in_the_short_form() -> None:
    bands = rulebook("bands: {good: {from: 5}, poor: {from: 0}}").bands
    assert bands is not None
    assert (bands.ids, bands.measure, bands.falls_to_next, bands.overlap) == (
        ("good", "poor"),
        None,
        False,
        None,
    )
    assert [b.words.path for b in bands.levels] == ["bands.good", "bands.poor"]


def test_a_missing_upper_end_is_the_next_lower_end_and_the_reverse() -> None:
    assert intervals(("from 90", ""), ("from 70", ""), ("above 50", "")) == [
        Interval(F(90)),
        Interval(F(70), False, F(90), True),
        Interval(F(50), True, F(70), True),
    ]
    assert intervals(("", "to 10"), ("", "below 20"), ("", "to 30")) == [
        Interval(None, False, F(10)),
        Interval(F(10), True, F(20), True),
        Interval(F(20), False, F(30)),
    ]


def test_of_equal_ends_from_lies_below_above_and_below_lies_below_to() -> None:
    assert intervals(("above 50", ""), ("from 50", "")) == [
        Interval(F(50), True),
        Interval(F(50), False, F(50), False),
    ]
    assert intervals(("", "below 50"), ("", "to 50")) == [
        Interval(None, False, F(50), True),
        Interval(F(50), False, F(50), False),
    ]


def test_ends_that_are_written_stay_and_a_band_without_ends_has_none() -> None:
    assert intervals(("from 5", "to 7"), ("", ""), ("from 6", "")) == [
        Interval(F(5), False, F(7), False),
        Interval(),
        Interval(F(6)),
    ]


ENDS = st.sampled_from([f"{word} {n}" for word in ("from", "above") for n in range(6)])


@given(st.lists(ENDS, min_size=1, max_size=5, unique=True), st.integers(-1, 7))
def test_bands_with_lower_ends_alone_never_overlap_and_leave_no_hole(lowers: list[str], twice: int) -> None:
    found = intervals(*((lower, "") for lower in lowers))
    for x in (F(twice), F(twice) + F(1, 2)):
        reached = [lower for lower in lowers if x > int(lower[-1]) or (x == int(lower[-1]) and lower[0] == "f")]
        assert sum(x in interval for interval in found) == bool(reached)


def test_the_order_of_bands_changes_no_interval() -> None:
    ends = (("from 5", ""), ("above 5", ""), ("", "to 2"))
    expected = set(zip(ends, intervals(*ends), strict=True))
    for other in permutations(ends):
        assert set(zip(other, intervals(*other), strict=True)) == expected


def test_exemptions_and_overrides_are_in_order() -> None:
    built = rulebook("""
inputs: {x: {type: boolean}, before: {type: choice, options: bands}}
exemptions: {z: {when: x, status: away}, a: {when: not x, status: gone}}
bands: {good: {from: 5}, pass: {from: 0}}
overrides:
  o: {when: x, band: pass, source: Article 1}
  n: {band_at_most: pass}
  m: {band_at_least: before}
  l: {unrated: not_classified}
  k: {band_at_most: '"good" if x else before'}
  j: {band_at_most: band}
""")
    assert [(e.id, e.status) for e in built.exemptions] == [("z", "away"), ("a", "gone")]
    assert [(o.id, o.kind, str(o.target)) for o in built.overrides] == [
        ("o", "band", "pass"),
        ("n", "band_at_most", "pass"),
        ("m", "band_at_least", "before"),
        ("l", "unrated", "not_classified"),
        ("k", "band_at_most", '"good" if x else before'),
        ("j", "band_at_most", "band"),
    ]
    assert isinstance(built.overrides[1].target, str)
    assert built.overrides[1].when is None
    assert not isinstance(built.overrides[2].target, str)


def test_outputs_validations_invariants() -> None:
    built = rulebook("""
inputs: {x: {type: number, min: 0, max: 1}}
validations: {v: {that: x > 0, label: Some}}
outputs: {o: x * 2, p: {value: 1, label: One}}
invariants: {i: {that: x < 2}}
""")
    assert [v.id for v in built.validations] == ["v"]
    assert [o.id for o in built.outputs] == ["o", "p"]
    assert [i.id for i in built.invariants] == ["i"]


def test_calendars() -> None:
    built = rulebook("""
calendars:
  office:
    {weekend: [sat, sun], holidays: [2026-09-02], makeup: [2026-08-29], from: 2026-01-01, until: 2027-01-01}
  daily: {weekend: [], from: 2026-01-01, until: 2026-02-01}
""")
    office, daily = (c.calendar for c in built.calendars)
    assert (office.weekend, office.holidays) == (frozenset({5, 6}), frozenset({date(2026, 9, 2)}))
    assert daily.works(date(2026, 1, 4))


def test_examples_are_plain_values() -> None:
    built = rulebook("""
criteria: {a: {max: 1, points: 1}}
examples:
  - name: first
    given: {a: 0.1, on_leave: null, tasks: [{hours: 1, done: true}], day_of: 2026-01-01}
    expect: {score: "385/6", points: {a: 1}, overrides: [veto], band: null, error: KR6}
    note: A remark
  - {name: second, like: first, given: {b: x}, expect: {}}
  - {name: third, expect: {status: rated}}
""")
    first, second, third = built.examples
    assert first.given == {
        "a": F(1, 10),
        "on_leave": None,
        "tasks": (FrozenMap({"hours": F(1), "done": True}),),
        "day_of": "2026-01-01",
    }
    assert first.expect == {
        "score": "385/6",
        "points": {"a": F(1)},
        "overrides": ("veto",),
        "band": None,
        "error": "KR6",
    }
    assert (second.like, second.given, third.given, third.like) == ("first", {"b": "x"}, {}, None)
    assert hash(first) == hash(built.examples[0])


# -- order ------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(0, 8).map(str), st.lists(st.integers(0, 8).map(str), max_size=3)))
def test_each_part_follows_what_it_reads_or_depends_on_a_cycle(reads: dict[str, list[str]]) -> None:
    order, cycles = dependency_order(reads)
    known = {id_: {other for other in others if other in reads} for id_, others in reads.items()}
    for index, id_ in enumerate(order):
        assert known[id_] <= set(order[:index])
    for cycle in cycles:
        assert cycle[0] == cycle[-1]
        assert all(after in known[before] for before, after in pairwise(cycle))
    assert bool(cycles) == (len(order) < len(known))
