"""The names each stage of an assessment can read (§2), and which may be absent (§3)."""

from __future__ import annotations

from itertools import product

import pytest
from checked import codes, diagnostics, messages, only

from tests.budget import some

GIVEN = """
inputs:
  rate: {type: number, min: 0, max: 1}
  note: {type: number, min: 0, max: 1, optional: true}
  grade: {type: choice, options: [high, low]}
  tasks:
    type: list
    fields: {hours: {type: number, min: 0, max: 10}}
    let: {double: 2 * item.hours}
parameters: {factor: 2}
calendars: {office: {weekend: [sat, sun], from: 2026-01-01, until: 2027-01-01}}
let:
  early: factor * rate
  late: points.quality / 2
criteria:
  quality: {max: 60, rate: rate}
  speed: {max: 30, rate: rate}
  extra: {points: rate, min: 0}
  penalties: {min: -5, max: 0, points: -rate}
score: {min: -5, round: {places: 2}, band_on: rounded}
bands: {good: {from: 50}, poor: {to: 50}}
outputs: {pay: 1, more: pay + 1}
allow: {KR242: not what this is about, KR330: same, KR331: same, KR312: same, KR243: same}
"""
EVERYWHERE = "early == 0 and grade == 'high' and sum(t.double for t in tasks) > 0"
POINTS = "points.quality + share.quality + max.quality + late > 0"
SCORE = "score > 0 and exact_score > 0"
BAND = "default(band, 'poor') == 'good'"

PLACES = {
    "validation": 'validations: {v: {that: "X"}}',
    "exemption": 'exemptions: {e: {when: "X", status: left}}',
    "entered": '  entry: {max: 1, applies: "X", entered: {step: 1}}',
    "criterion": '  c: {max: 1, met: "X"}',
    "let": 'LET x: "X"',
    "limit": 'score: {min: -5, round: {places: 2}, band_on: rounded, limits: {l: {when: "X", at_most: 1}}}',
    "requirement": 'bands: {good: {from: 50, requires: "X"}, poor: {to: 50}}',
    "override": 'overrides: {o: {when: "X", band: poor}}',
    "output": 'outputs: {pay: 1, more: pay + 1, y: "X"}',
    "invariant": 'invariants: {i: {that: "X"}}',
}
REACH = {
    "validation": 0,
    "exemption": 0,
    "entered": 0,
    "criterion": 1,
    "let": 1,
    "limit": 1,
    "requirement": 2,
    "override": 3,
    "output": 3,
    "invariant": 4,
}


def placed(place: str, formula: str) -> str:
    """Return the rulebook with a formula at a place."""
    line = PLACES[place].replace("X", formula)
    if line.startswith("  "):
        return GIVEN.replace("criteria:\n", f"criteria:\n{line}\n").replace(
            "score: {min", "score: {rescale: false, min" if "applies" in line else "score: {min"
        )
    if line.startswith("LET"):
        return GIVEN.replace("let:\n", f"let:\n  {line[4:]}\n")
    key = line.partition(":")[0]
    kept = [old for old in GIVEN.splitlines() if not old.startswith(f"{key}:")]
    return "\n".join([*kept, line])


STAGES = {0: EVERYWHERE, 1: POINTS, 2: SCORE, 3: BAND, 4: "default(more, 0) > 0"}


@pytest.mark.parametrize(("place", "stage"), some(product(PLACES, STAGES), 3))
def test_a_place_reads_what_is_known_before_it(place: str, stage: int) -> None:
    errors = {d.code for d in diagnostics(placed(place, STAGES[stage])) if d.is_error}
    may_read = REACH[place] >= stage or (place == "output" and stage == 4)
    assert errors == (set() if may_read else {"KR240"})


def test_a_name_that_comes_too_late_is_reported_with_the_reason() -> None:
    found = [d for d in diagnostics(placed("exemption", "late > 1")) if d.is_error]
    assert [(d.message, d.label) for d in found] == [
        ("`late` can't be read here", "it reads points, and criteria are judged after this")
    ]


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("share.extra > 0", "`extra` has no max, so it has no share of it"),
        ("max.extra > 0", "`extra` has no max"),
        ("share.penalties > 0", "the max of `penalties` is 0, so it has no share of it"),
        ("status == 'rated'", "the status is what this decides, and is read by nothing"),
    ],
)
def test_what_does_not_exist_is_reported_with_the_reason(formula: str, reason: str) -> None:
    found = [d for d in diagnostics(placed("override", formula)) if d.is_error]
    assert [d.label for d in found] == [reason]


def test_reading_points_through_a_named_value_is_too_late() -> None:
    text = placed("exemption", "later > 1").replace("late: points", "later: late + 1\n  late: points")
    assert [d.code for d in diagnostics(text) if d.is_error] == ["KR240"]


def test_children_are_reported_as_later() -> None:
    found = [d for d in diagnostics(placed("exemption", "count(children.score) > 1")) if d.is_error]
    assert [(d.code, d.message) for d in found] == [("KR240", "`children.score` can't be read here")]


def test_there_is_no_score_and_no_band_where_none_is_declared() -> None:
    found = diagnostics("outputs: {a: score, b: band}")
    assert [d.label for d in found] == [
        "nothing earns points in this rulebook",
        "the rulebook has no bands",
    ]


def test_an_output_of_the_name_of_a_named_value_hides_nothing() -> None:
    assert codes("let: {a: 1}\noutputs: {a: a + 1, b: a}") == []


def test_calendars_are_read_where_days_are_counted() -> None:
    text = """
    inputs: {sent: {type: date}}
    calendars: {office: {weekend: [sat], from: 2026-01-01, until: 2027-01-01}}
    outputs: {wait: "workdays(sent, sent, office)", wrong: office}
    """
    assert messages(text, "KR220") == [
        "the output `wrong` must be a single value, not a calendar",
    ]


RECORDS = """
inputs:
  rate: {type: number, min: 0, max: 1}
  tasks:
    type: list
    fields: {hours: {type: number, min: 0, max: 10}, note: {type: number, optional: true}}
    let: {a: LET}
    validations: {v: {that: THAT}}
parameters: {factor: 2}
let: {x: 1}
outputs: {pay: "sum(default(t.a, 0) + t.hours + default(t.note, 0) for t in tasks) + rate + factor + x"}
allow: {KR231: not what this is about, KR243: same}
"""


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("item.hours * factor * rate", []),
        ("x", ["KR240"]),
        ("count(tasks)", ["KR240"]),
        ("item.hour", ["KR201"]),
        ("points.x", ["KR201"]),
        ("item", ["KR201"]),
        ("tasks.hours", ["KR240"]),
    ],
)
def test_a_computed_field_reads_its_record_inputs_and_parameters(formula: str, expected: list[str]) -> None:
    text = RECORDS.replace("LET", formula).replace("THAT", "item.hours > 0")
    assert [d.code for d in diagnostics(text) if d.is_error] == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("item.a > 0", []), ("item.note > 0", ["KR230"]), ("given(item.note) and item.note > 0", [])],
)
def test_a_validation_of_records_settles_absence(formula: str, expected: list[str]) -> None:
    text = RECORDS.replace("LET", "item.hours").replace("THAT", formula)
    assert [d.code for d in diagnostics(text) if d.is_error] == expected


def test_computed_fields_read_each_other_in_any_order() -> None:
    text = RECORDS.replace("LET", "item.b + 1, b: item.hours").replace("THAT", "item.hours > 0")
    assert [d.code for d in diagnostics(text) if d.is_error] == []


# -- absence ----------------------------------------------------------------------------------

ABSENT = """
inputs:
  x: {type: number, min: 0, max: 1, optional: true}
  is_late: {type: boolean}
criteria:
  c: {max: 10, CRITERION}
  d: {max: 10, rate: 0.5}
score: {rescale: false, round: {places: 2}, band_on: rounded}
bands: {good: {from: 10}, poor: {from: 0}}
outputs: {o: OUTPUT}
"""


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("rate: x", ["KR230"]),
        ("rate: x, missing: zero", []),
        ("rate: x, missing: exclude", []),
        ('rate: "default(x, 0)"', []),
        ("rate: x, applies: given(x)", []),
        ("rate: 0.5, applies: x > 0", ["KR230"]),
        ("rate: x, applies: x > 0, missing: exclude", []),
        ("rate: x if given(x) else 0", []),
    ],
)
def test_a_criterion_says_what_absence_means(criterion: str, expected: list[str]) -> None:
    text = ABSENT.replace("CRITERION", criterion).replace("OUTPUT", '"1 if is_late else default(x, 0)"')
    assert [d.code for d in diagnostics(text) if d.is_error] == expected


@pytest.mark.parametrize(
    ("criterion", "is_optional"),
    [
        ("rate: 0.5", False),
        ("rate: 0.5, applies: is_late", True),
        ("rate: x, missing: exclude", True),
        ("rate: x, missing: unrated", True),
        ("rate: x, missing: zero", False),
        ("rate: x, missing: full", False),
        ("entered: {step: 1}", False),
        ("entered: {step: 1}, missing: exclude", True),
        ("entered: {step: 1}, missing: zero", False),
        ("entered: {step: 1}, applies: is_late", True),
        ("measure: default(is_late, is_late), lookup: {true: 1, false: {undefined: true}}", True),
        ("criteria: {e: {max: 10, applies: is_late, rate: 1}}, rescale: false", True),
        ("criteria: {e: {max: 10, applies: is_late, rate: 1}}, rescale: false, missing: zero", False),
        ("criteria: {e: {max: 5, applies: is_late, rate: 1}, f: {max: 5, rate: 1}}, rescale: false", False),
        (
            "criteria: {e: {max: 5, applies: is_late, rate: 1}, f: {max: 5, rate: 1}}, rescale: false, "
            "require_share: 60%",
            True,
        ),
        (
            "criteria: {e: {max: 5, applies: is_late, rate: 1}, f: {max: 5, rate: 1}}, rescale: false, "
            "require_share: 50%",
            False,
        ),
        ("criteria: {e: {max: 10, missing: unrated, rate: x}}, missing: zero", True),
    ],
)
def test_points_are_optional_where_a_criterion_can_be_excluded_or_missing(criterion: str, is_optional: bool) -> None:
    text = ABSENT.replace("CRITERION", criterion).replace("OUTPUT", "1")
    text += "invariants: {i: {that: points.c >= 0 or is_late or given(x)}}"
    assert ("KR230" in [d.code for d in diagnostics(text) if d.path == "invariants.i"]) == is_optional


def test_what_is_below_a_group_that_may_not_apply_is_optional_too() -> None:
    text = """
    inputs: {is_late: {type: boolean}}
    criteria:
      g: {applies: is_late, criteria: {a: {max: 10, rate: 0.5}}}
      h: {max: 10, points: points.a}
      i: {max: 10, applies: is_late, points: points.h / 2}
    score: {rescale: false}
    """
    assert [d.path for d in diagnostics(text)] == ["criteria.h.points"]


def test_applies_of_the_groups_above_guards_what_is_below() -> None:
    text = """
    inputs: {x: {type: number, min: 0, max: 1, optional: true}}
    criteria:
      g: {applies: given(x), criteria: {a: {max: 10, rate: x}}}
    score: {rescale: false, round: {places: 2}}
    """
    assert codes(text) == []


RATED = """
inputs:
  x: {type: number, min: 0, max: 1, optional: true}
  is_late: {type: boolean}
criteria: {c: {max: 10, rate: x, missing: POLICY}}
score: {rescale: false, round: {places: 2}, band_on: rounded}
bands: {good: {from: 5}, poor: {from: 0}}
"""


@pytest.mark.parametrize(
    ("policy", "place", "expected"),
    [
        ("zero", "overrides: {o: {when: score > 5, band: poor}}", []),
        ("unrated", "overrides: {o: {when: score > 5, band: poor}}", ["KR230"]),
        ("exclude", "overrides: {o: {when: exact_score > 5, band: poor}}", ["KR230"]),
        ("unrated", "overrides: {o: {when: band == 'good', band: poor}}", ["KR230"]),
        ("zero", "overrides: {o: {when: band == 'good', band: poor}}", []),
        ("unrated", "bands: {good: {from: 5, requires: score > 1}, poor: {from: 0}}", []),
        ("unrated", "invariants: {i: {that: score > 5}}", ["KR230"]),
        ("zero", "invariants: {i: {that: score > 5}}", []),
        ("unrated", "invariants: {i: {that: band == 'good'}}", ["KR230"]),
        (
            "unrated",
            "outputs: {o: 1 + score}\ninvariants: {i: {that: given(score) and o > 5}}",
            ["KR230"],
        ),
        ("zero", "outputs: {o: 1 + score}\ninvariants: {i: {that: o > 5}}", []),
        (
            "zero",
            "outputs: {o: 1}\noverrides: {v: {when: is_late, unrated: left}}\ninvariants: {i: {that: o > 5}}",
            ["KR230"],
        ),
    ],
)
def test_score_band_and_outputs_are_optional_where_there_may_be_none(
    policy: str, place: str, expected: list[str]
) -> None:
    text = RATED.replace("POLICY", policy)
    if place.startswith("bands"):
        text = text.replace("bands: {good: {from: 5}, poor: {from: 0}}\n", "")
    found = [d.code for d in diagnostics(f"{text}{place}\n") if d.is_error]
    assert found == expected


def test_an_undefined_row_in_a_table_makes_the_score_optional_through_named_values() -> None:
    text = """
    inputs: {x: {type: number, min: 0, max: 1}}
    tables: {t: {steps: [{from: 0.5, value: 1}, {undefined: true}]}}
    let: {y: t(x), z: y + 1}
    criteria: {c: {max: 10, points: z}}
    overrides: {o: {when: score > 5, unrated: left}}
    """
    assert "KR230" in codes(text)
    assert "KR230" not in codes(text.replace("{undefined: true}", "{value: 0}"))


def test_an_undefined_row_in_a_computed_field_or_an_output_counts_too() -> None:
    text = """
    inputs: {tasks: {type: list, fields: {x: {type: number, min: 0, max: 1}}, let: {y: t(item.x)}}}
    tables: {t: {steps: [{from: 0.5, value: 1}, {undefined: true}]}}
    criteria: {c: {max: 10, points: "min(sum(r.y for r in tasks), 10)"}}
    outputs: {o: "t(1)"}
    overrides: {o: {when: score > 5, unrated: left}}
    """
    assert "KR230" in codes(text)


def test_an_output_may_be_optional_and_is_not_where_a_band_can_be_forced() -> None:
    text = RATED.replace("POLICY", "unrated")
    forced = f"{text}overrides: {{o: {{when: is_late, band: poor}}}}\n"
    found = codes(forced + 'outputs: {o: "default(score, 0)"}')
    assert [code for code in found if code != "KR306"] == []
    plain = 'outputs: {o: "default(score, 0)", p: 1 if is_late else 0}'
    assert [code for code in codes(text + plain) if code != "KR306"] == ["KR231"]


# -- kinds ------------------------------------------------------------------------------------

KINDS = """
inputs:
  n: {type: number, min: 0, max: 1}
  b: {type: boolean}
  g: {type: choice, options: [good, poor]}
  tasks: {type: list, fields: {h: {type: number, min: 0, max: 1}}}
let: {used: "(n if b else 0) if g == 'good' else count(tasks)"}
criteria:
  c: {max: 1, CRITERION}
score: {round: {places: 2}, band_on: rounded}
bands: {good: {from: 0.5}, poor: {from: 0}}
outputs: {o: used, p: sum(t.h for t in tasks)}
"""


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("rate: b", "`rate` of `c` must be a number, not a yes/no value"),
        ("met: n", "`met` of `c` must be a condition, not a number"),
        ("points: g", "`points` of `c` must be a number, not a choice of good, poor"),
        (
            "measure: b, scale: [[0, 0], [1, 1]]",
            "`measure` of `c` must be a number, not a yes/no value",
        ),
        (
            "measure: n, lookup: {a: 1, else: 0}",
            "`measure` of `c` must be a choice or a condition, not a number",
        ),
        ("rate: 1, applies: n", "`applies` of `c` must be a condition, not a number"),
    ],
)
def test_expressions_are_of_the_kind_their_place_asks_for(criterion: str, expected: str) -> None:
    assert expected in messages(KINDS.replace("CRITERION", criterion), "KR220")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("g", []),
        ("'good' if b else 'poor'", []),
        ("band", []),
        ("'best' if b else 'poor'", ["KR223"]),
        ("n + 1", ["KR220"]),
        ("unknown + 1", ["KR201", "KR220"]),
    ],
)
def test_a_ceiling_is_a_band(target: str, expected: list[str]) -> None:
    text = KINDS.replace("CRITERION", "rate: 1") + f'overrides: {{o: {{band_at_most: "{target}"}}}}'
    assert [d.code for d in diagnostics(text) if d.is_error] == expected


def test_a_named_value_is_not_a_list() -> None:
    text = "inputs: {tasks: {type: list, fields: {h: {type: number}}}}\nlet: {x: tasks}\noutputs: {o: x + 1}"
    assert messages(text, "KR220") == ["the value of `x` must be a single value, not a list"]


def test_the_guard_of_an_override_and_of_a_limit_settles_its_siblings() -> None:
    text = """
    inputs:
      best: {type: choice, options: bands, optional: true}
      most: {type: number, min: 0, max: 10, optional: true}
    criteria: {c: {max: 10, rate: 0.5}}
    score: {limits: {l: {when: given(most), at_most: most}}}
    bands: {good: {from: 5}, poor: {from: 0}}
    overrides: {o: {when: given(best), band_at_most: best}}
    """
    assert codes(text) == []
    unguarded = text.replace("when: given(most), ", "").replace("when: given(best), ", "")
    assert codes(unguarded) == ["KR230", "KR230"]


def test_a_limit_is_known_by_its_place() -> None:
    text = """
    inputs: {late: {type: boolean}}
    criteria: {c: {max: 10, rate: 0.5}}
    score: {limits: {l: {when: late, at_most: late}}}
    """
    assert only(text).path == "score.limits.l.at_most"
