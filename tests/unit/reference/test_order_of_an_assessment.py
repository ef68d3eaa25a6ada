"""Inputs → exemptions → missing, validations → criteria → total → limits → rounding → bands → overrides → outputs (§2)."""

from __future__ import annotations

import pytest

from kpirules import FaultError, SubjectError, assess
from tests.rules import F, assessed, fault, problems, program

BOOK = """
inputs:
  x: {type: number, min: -10, max: 100}
  y: {type: number, min: -10, max: 100}
  z: {type: number, min: -10, max: 100}
let:
  read_by_exemption: x + 1
  read_by_validation: x + 2
  read_by_criterion: x + 3
  read_by_limit: x + 4
  read_by_requirement: x + 5
  read_by_override: x + 6
  read_by_output: x + 7
  read_by_let: x + 8
  read_by_another: read_by_let + 1
  read_by_condition: x + 9
  read_where_it_applies: x + 10
  read_by_nothing: 1 / 0 * x
exemptions:
  first: {when: read_by_exemption > 50, status: spared, source: Art. 1}
  second: {when: x > 30, status: other}
validations:
  sane: {that: read_by_validation > 0, label: x is not too small}
criteria:
  a: {max: 100, points: read_by_criterion}
  b: {max: 100, points: read_by_another, applies: read_by_condition > 0}
score:
  rescale: true
  round: {to: 5, mode: down}
  limits:
    cap: {when: read_by_limit > 4, at_most: 12.5}
    other: {when: x < 0, at_most: 3}
bands:
  good: {from: 10, requires: {enough: {that: read_by_requirement > 0}}}
  poor: {below: 10}
overrides:
  never: {when: read_by_override < 0, band: poor}
outputs:
  pay: read_by_output * 2 if score > 5 else read_where_it_applies
  band_again: band
invariants:
  in_range: {that: 0 <= score <= 200 and exact_score < 200}
"""


def test_a_whole_assessment() -> None:
    found = assessed(BOOK, x=5, y=0, z=0)
    assert found.points == {"a": 8, "b": 14}
    assert (found.exact_score, str(found.score), found.band, found.status) == (
        F("12.5"),
        "10",
        "good",
        "rated",
    )
    assert [(line.kind, line.id, line.points) for line in found.outcomes["score"].contributions] == [
        ("criterion", "a", 8),
        ("criterion", "b", 14),
        ("limit", "cap", F("-9.5")),
        ("rounding", "", F("-2.5")),
    ]
    assert (found.outcomes["score"].points, found.outcomes["score"].share) == (10, F(1, 20))
    assert [(limit.id, limit.held) for limit in found.limits] == [("cap", True), ("other", False)]
    assert [(one.band, one.id, one.held) for one in found.requirements] == [("good", "enough", True)]
    assert (found.bands_inside, found.overrides, found.because) == (("good",), (), ())
    assert found.outputs == {"pay": 24, "band_again": "good"}
    assert [(one.id, one.held) for one in found.invariants] == [("in_range", True)]
    assert type(found.outputs["band_again"]) is str


def test_a_let_is_computed_where_something_reads_it() -> None:
    found = assessed(BOOK, x=5, y=0, z=0)
    assert found.not_needed == ("read_where_it_applies", "read_by_nothing")
    assert list(found.let) == [
        "read_by_exemption",
        "read_by_validation",
        "read_by_criterion",
        "read_by_limit",
        "read_by_requirement",
        "read_by_override",
        "read_by_output",
        "read_by_let",
        "read_by_another",
        "read_by_condition",
    ]
    assert found.let["read_by_another"] == 14
    assert found.let_computations["read_by_another"].readings == (("read_by_let", 13),)


def test_the_first_exemption_that_holds_ends_it() -> None:
    found = assessed(BOOK, x=60)
    assert (found.status, found.because) == ("spared", ("exemptions.first",))
    assert found.exemption is not None
    assert (found.exemption.id, found.exemption.held) == ("first", True)
    assert found.exemption.computation.readings == (("read_by_exemption", 61),)
    assert (found.score, found.band, found.outcomes, found.outputs, found.invariants) == (
        None,
        None,
        {},
        {},
        (),
    )
    assert found.let == {"read_by_exemption": 61}
    assert assessed(BOOK, x=40).status == "other"


def test_an_exemption_that_reads_what_is_missing_ends_with_the_missing_inputs() -> None:
    assert problems(BOOK, y=1) == [("KR602", "x"), ("KR602", "z")]


def test_an_exemption_makes_missing_inputs_needless_and_invalid_ones_not() -> None:
    assert problems(BOOK, x=60, y="1") == [("KR603", "y")]
    assert problems(BOOK, x=60, t=1) == [("KR601", "t")]


def test_missing_inputs_and_failed_validations_are_reported_together() -> None:
    """A validation is evaluated whenever the values it reads are present."""
    text = BOOK.replace("sane:", "both: {that: x <= y}\n  sane:")
    assert problems(text, x=-3, y=-4) == [("KR602", "z"), ("KR605", ""), ("KR605", "")]
    assert problems(text, x=-3) == [("KR602", "y"), ("KR602", "z"), ("KR605", "")]


def test_an_override_and_the_outputs_read_what_came_before() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}}
criteria: {a: {max: 100, points: x}}
score: {round: {to: 10}}
bands: {good: {from: 50, requires: 'score != 60 and exact_score < 90'}, poor: {below: 50}}
overrides: {o: {when: 'default(band, "poor") >= "good" and score == 50', band_at_most: poor}}
outputs: {p: 'points.a + 1 if band == "poor" else 0', q: p + 1, r: share.a}
"""
    assert assessed(text, x=47).outputs == {"p": 48, "q": 49, "r": F("0.47")}
    assert assessed(text, x=47).band == "poor"


# -- who faults first -----------------------------------------------------------------------------

FAULTS = """
inputs:
  x: {type: number, min: -10, max: 100}
  t: {type: list, fields: {n: {type: number, min: -10, max: 10}}, validations: {v: {that: 1 / (item.n - 1) < 5}}}
exemptions: {e: {when: 1 / x > 100, status: spared}}
validations: {w: {that: 1 / (x - 1) < 100}}
criteria:
  b: {max: 100, points: 'max(1 / (x - 2), 0)', outside: clamp}
  a: {max: 100, points: points.b + 1 / (x - 3), outside: clamp}
  g: {applies: 1 / (x - 9) < 100, criteria: {h: {max: 10, points: 1 / (x - 10), outside: clamp}}}
score:
  rescale: true
  round: {places: 1}
  limits: {l: {at_most: 1 / (x - 4)}, k: {at_most: 90 + 0 / (x - 11)}}
bands: {good: {from: 50, requires: {r: {that: 1 / (x - 5) > -9}, q: {that: 1 / (x - 12) > -9}}}, poor: {below: 50}}
overrides: {o: {when: 1 / (x - 6) > 100, band: poor}}
outputs: {p: 1 / (x - 7), n: 1 / (x - 8), m: p}
invariants: {i: {that: 1 / (x - 13) < 100}}
"""


@pytest.mark.parametrize(
    ("x", "path"),
    [
        (0, "exemptions.e.when"),
        (1, "validations.w"),
        (2, "criteria.b.points"),
        (3, "criteria.a.points"),
        (4, "score.limits.l.at_most"),
        (6, "overrides.o.when"),
        (7, "outputs.p"),
        (8, "outputs.n"),
        (9, "criteria.g.applies"),
        (10, "criteria.g.criteria.h.points"),
        (11, "score.limits.k.at_most"),
        (13, "invariants.i"),
    ],
)
def test_a_fault_names_its_step(x: int, path: str) -> None:
    diagnostic = fault(FAULTS, x=x, t=[])
    assert (diagnostic.code, diagnostic.path) == ("KR620", path)
    assert diagnostic.span is not None
    assert diagnostic.span.text.endswith(f"/ (x - {x})" if x else "/ x")
    assert diagnostic.message.endswith(f"x = {x})")


def test_a_requirement_faults_only_where_its_band_is_in_question() -> None:
    text = FAULTS.replace("bands: {good: {from: 50", "bands: {good: {from: 0").replace(
        "poor: {below: 50}", "poor: {below: 0}"
    )
    text = text.replace("1 / (x - 4)", "50")
    assert fault(text, x=5, t=[]).path == "bands.good.requires.r"
    assert fault(text, x=12, t=[]).path == "bands.good.requires.q"


def test_a_record_faults_before_the_validations_of_the_whole() -> None:
    diagnostic = fault(FAULTS, x=1, t=[{"n": 0}, {"n": 1}])
    assert diagnostic.path == "inputs.t.validations.v"
    assert "(item.n = 1)" in diagnostic.message


@pytest.mark.parametrize("keys", ["b, a", "a, b"])
def test_of_two_that_fault_in_one_step_the_first_by_id_is_reported(keys: str) -> None:
    """Keys of a map have no order, so theirs can't decide which one it is."""
    first, second = keys.split(", ")

    def entries(text: str) -> str:
        return f"{{{first}: {text}, {second}: {text}}}"

    def faults(text: str) -> str:
        return fault(f"inputs: {{x: {{type: number, min: 0, max: 1}}}}\n{text}\n", x=0).path

    scored = "criteria: {c: {max: 1, points: x}}\nscore: {round: {places: 1}"
    assert faults("outputs: " + entries("1 / x")) == "outputs.a"
    assert faults(f"outputs: {{o: x}}\nvalidations: {entries('{that: 1 / x > 0}')}") == "validations.a"
    assert faults(f"criteria: {entries('{points: 1 / x}')}\nscore: {{round: {{places: 1}}}}") == "criteria.a.points"
    assert faults(f"{scored}, limits: {entries('{at_most: 1 / x}')}}}") == "score.limits.a.at_most"
    requires = entries("{that: 1 / x > 0}")
    assert faults(f"{scored}}}\nbands: {{good: {{from: 0, requires: {requires}}}}}") == "bands.good.requires.a"
    assert faults(f"{scored}}}\ninvariants: {entries('{that: 1 / x > 0}')}") == "invariants.a"


def test_dependencies_come_before_ids() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 1}}
let: {late: points.z}
criteria:
  a: {points: late / x}
  m: {points: 1 / (1 - x)}
  z: {points: 1 / (x - 1)}
score: {round: {places: 1}}
outputs: {a: z, z: 1 / (x + 0)}
"""
    assert fault(text, x=1).path == "criteria.m.points"
    assert fault(text, x=0).path == "criteria.a.points"


def test_groups_are_evaluated_before_their_children() -> None:
    """`a` waits for what the condition of its group reads, so `b` is judged, and faults, before `z` lets it."""
    text = """
inputs: {x: {type: number, min: 0, max: 1}}
criteria:
  g: {applies: points.z > 0, criteria: {a: {points: 1 / x}}}
  b: {points: 1 / x}
  z: {points: 1 / x}
score: {rescale: false, round: {places: 1}}
"""
    assert fault(text, x=0).path == "criteria.b.points"


def test_criteria_are_read_through_children_and_let() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 1}}
let: {sum_of_g: sum(c.points for c in children.g), again: sum_of_g + sum_of_g}
criteria:
  a: {points: again + share.z}
  g: {combine: mean, criteria: {p: {rate: x}, q: {rate: x}}}
  z: {max: 2, points: x}
score: {round: {places: 1}}
"""
    assert assessed(text, x=1).points["a"] == 400 + F(1, 2)


def test_a_mistake_in_the_inputs_outranks_a_fault_that_may_follow_from_it() -> None:
    with pytest.raises(FaultError):
        assess(program(FAULTS), {"x": 0})
    with pytest.raises(SubjectError) as caught:
        assess(program(FAULTS), {"x": 0, "t": [{"n": 99}]})
    assert [d.code for d in caught.value.report] == ["KR604"]
    assert problems(FAULTS, x=1) == [("KR602", "t")]
    assert problems(FAULTS, x=1, t=[{"n": F("1.1")}]) == [("KR605", "t[0]")]


def test_a_fault_in_applies_of_an_entered_criterion() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 1}, y: {type: number, min: 0, max: 1}}
criteria: {e: {max: 1, entered: {}, applies: 1 / x > 0}}
score: {rescale: true, missing: zero, round: {places: 1}}
outputs: {o: y}
"""
    assert fault(text, x=0, y=1).path == "criteria.e.applies"
    assert problems(text, x=0) == [("KR602", "y")]
    assert problems(text, y=1) == [("KR602", "x")]
