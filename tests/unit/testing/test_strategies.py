"""Drawn subjects and cohorts: all valid, and near everything that the rules mention."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpirules import FaultError, Program, assess, assess_cohort, load, loads
from kpirules.testing import cohorts, rulebooks, subjects
from kpirules.testing.aiming import aims
from kpirules.testing.strategies import MANY, NONE, SOME, changed, input_place, plainly, subjects_of, values_of
from tests.budget import by_budget, examples, some

ROOT = Path(__file__).parents[3]

RULEBOOK = """\
kpirules: 1
id: edges
inputs:
  planned: {type: integer, min: 1, max: 1000}
  done:    {type: integer, min: 0, max: 1000}
  quality: {type: number, min: 0, max: 10, step: 0.25}
  served:  {type: integer, min: 0, max: 12}
  warned:  {type: boolean, default: false}
  level:   {type: choice, options: [junior, senior], optional: true}
  joined:  {type: date, min: 2000-01-01, max: 2030-12-31, optional: true}
  tasks:
    type: list
    max_items: 3
    unique: [id]
    fields: {id: {type: integer, min: 1, max: 9}, hours: {type: number, min: 0, max: 40, decimals: 1}}
validations:
  within_plan: {that: done <= planned}
exemptions:
  short: {when: served < 6, status: not_rated}
criteria:
  results: {max: 60, rate: done / planned}
  quality_points:
    max: 20
    measure: quality
    steps: [{from: 8, points: 20}, {above: 5, points: 10}, {points: 0}]
  effort: {max: 20, met: "sum(t.hours for t in tasks) >= 30"}
score: {round: {places: 1}, limits: {warned: {when: warned and joined_late, at_most: 70}}}
let: {joined_late: "default(joined, date(2000, 1, 1)) >= date(2024, 7, 1)"}
bands: {best: {from: 90}, good: {from: 60}, poor: {from: 0}}
overrides: {slip: {when: done / planned < 0.5 and quality == 10, band_at_most: poor}}
"""

DRAWS, FEWER, COHORTS = by_budget((600, 60, 20), (1_600, 400, 60))
"""So many that chance leaves nothing out: what Hypothesis draws depends on its version and on Python's."""


@cache
def drawn(text: str = RULEBOOK, count: int = DRAWS) -> list[dict[str, Any]]:
    """Return many subjects of a rulebook, always the same."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(subjects(loads(text)))
    def draw(subject: dict[str, Any]) -> None:
        found.append(subject)

    draw()
    return found


def test_every_subject_is_valid_and_none_is_thrown_away() -> None:
    program = _program()
    assert len(drawn()) == DRAWS
    for subject in drawn():
        assess(program, subject)


@pytest.mark.parametrize(
    ("input", "values"),
    [
        ("planned", [1, 2, 999, 1000]),
        ("done", [0, 1, 1000]),
        (
            "quality",
            [0, Decimal("0.25"), 5, Decimal("5.25"), Decimal("4.75"), 8, Decimal("7.75"), Decimal("8.25"), 10],
        ),
        ("served", [0, 5, 6, 7, 12]),
        ("joined", [date(2000, 1, 1), date(2024, 6, 30), date(2024, 7, 1), date(2024, 7, 2), date(2030, 12, 31)]),
    ],
)
def test_every_threshold_is_drawn_often_with_one_unit_to_either_side(input: str, values: list[Any]) -> None:
    counted = Counter(subject.get(input) for subject in drawn())
    print({str(value): counted[value] for value in values})
    assert all(counted[value] >= 3 for value in values)


def test_ties_absence_and_lists_of_every_length_are_drawn() -> None:
    found = drawn()
    assert sum(subject.get("done") == subject.get("planned") for subject in found) >= 10
    assert sum("level" not in subject for subject in found) >= 10
    assert sum("joined" not in subject and "level" not in subject for subject in found) >= 5
    assert sum("warned" not in subject for subject in found) >= 10
    assert set(Counter(len(subject.get("tasks", [])) for subject in found)) == {0, 1, 2, 3}


def test_ends_of_bands_and_formulas_that_tie_are_drawn() -> None:
    program = _program()
    rated = [assess(program, subject) for subject in drawn()]
    scores = Counter(one.score for one in rated)
    assert all(scores[Decimal(end)] >= 1 for end in (0, 60, 90, 100))
    assert {one.band for one in rated} == {"best", "good", "poor", None}
    assert any(one.overrides for one in rated)
    assert any(limit.id == "warned" for one in rated for limit in one.limits)
    hours = Counter(sum(task["hours"] for task in subject.get("tasks", [])) for subject in drawn())
    assert hours[30] >= 1


def test_exempt_subjects_may_lack_inputs() -> None:
    exempt = [subject for subject in drawn() if subject["served"] < 6]
    assert any("planned" not in subject for subject in exempt)
    assert all("planned" in subject for subject in drawn() if subject["served"] >= 6)


def test_validations_are_met_by_repair_and_not_by_chance() -> None:
    text = RULEBOOK.replace("done <= planned}", "done == planned * 2 and quality == 3.25}")
    count, different = by_budget((100, 10), (400, 20))
    assert len(drawn(text, count)) == count
    assert len({subject.get("planned") for subject in drawn(text, count)}) > different


EACH = by_budget(3, 60)
"""Subjects of a regulation."""

EXAMPLES = ["nd335/staff", "kontum1923/person", "nutriscore2023/nutriscore", "hcmc2026/period"]


@pytest.mark.parametrize("name", some(EXAMPLES, 2))
def test_subjects_of_a_regulation_are_valid(name: str) -> None:
    program = load(ROOT / "examples" / f"{name}.kpi.yaml")
    count = 0

    @settings(max_examples=EACH, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(subjects(program))
    def draw(subject: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        with suppress(FaultError):
            assess(program, subject)

    draw()
    assert count >= EACH
    print(f"{name}: {len(aims(program)[0].seeds)} subjects at edges")


def test_a_rulebook_that_no_subject_fits_draws_none() -> None:
    program = loads("kpirules: 1\nid: a\ninputs: {x: {type: boolean}}\noutputs: {y: x}\n")
    assert aims(program)[0].seeds
    empty = loads("kpirules: 1\nid: a\noutputs: {y: 1 / 2}\n")

    @settings(max_examples=5, derandomize=True, database=None)
    @given(subjects(empty))
    def draw(subject: dict[str, Any]) -> None:
        assert subject == {}

    draw()


def test_most_drawn_subjects_meet_the_wanted_condition() -> None:
    (aimed,) = aims(load(ROOT / "examples" / "nd335" / "staff.kpi.yaml"))
    counted: Counter[bool] = Counter()

    def is_disciplined(subject: dict[str, Any]) -> bool:
        return any(one.id == "duty_discipline" for one in assess(aimed.program, subject).overrides)

    def wanted(arguments: Any) -> bool:
        return aimed.is_valid(arguments) and is_disciplined(plainly(aimed.program, arguments))

    @settings(
        max_examples=FEWER, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(subjects_of(aimed, wanted))
    def draw(subject: dict[str, Any]) -> None:
        counted[is_disciplined(subject)] += 1

    draw()
    assert counted[True] >= FEWER // 2
    assert counted[False] >= FEWER // 20


def test_other_subjects_are_drawn_if_none_meets_the_condition() -> None:
    (aimed,) = aims(_program())

    @settings(
        max_examples=20, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(subjects_of(aimed, lambda arguments: False))
    def draw(subject: dict[str, Any]) -> None:
        assess(aimed.program, subject)

    draw()


def test_zero_is_not_absent_where_an_input_changes() -> None:
    text = "kpirules: 1\nid: a\ninputs: {x: {type: integer, min: 0, max: 1}, y: {type: integer, min: 0, max: 999}}\ncriteria: {k: {max: 1, points: x}}\n"
    (aimed,) = aims(loads(text))
    counted: Counter[int] = Counter()

    @settings(max_examples=FEWER, derandomize=True, database=None)
    @given(changed(aimed, "x", lambda pair: True))
    def draw(pair: Any) -> None:
        if pair is not None:
            counted[pair[2]] += 1

    draw()
    assert counted[0] > sum(counted.values()) / 3


def test_what_is_optional_is_absent_as_often_as_meant() -> None:
    text = (
        "kpirules: 1\nid: a\ninputs: {x: {type: integer, min: 0, max: 999, optional: true}}\noutputs: {y: given(x)}\n"
    )
    (aimed,) = aims(loads(text))

    def share(absence: int) -> float:
        absent: list[bool] = []

        @settings(max_examples=FEWER, derandomize=True, database=None)
        @given(values_of(aimed, aimed.program.plan.inputs[0], absence), st.integers())
        def draw(value: Any, other: int) -> None:
            # Without the other, Hypothesis would draw nothing twice, so absence once.
            absent.append(value is None)

        draw()
        return sum(absent) / len(absent)

    assert share(NONE) == 0
    # One of six, and half.
    assert 0 < share(SOME) < 0.25 < share(MANY)


# -- cohorts --------------------------------------------------------------------------------------


@cache
def _program() -> Program:
    return loads(RULEBOOK)


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_members_of_a_cohort_are_valid_and_equal_in_what_makes_it(data: st.DataObject) -> None:
    program = _program()
    members = data.draw(cohorts(program, within=["served", "planned"], min_size=2, max_size=5))
    assert 2 <= len(members) <= 5
    assert list(members) == [f"m{number}" for number in range(1, len(members) + 1)]
    assessments = [assess(program, given) for given in members.values()]
    if all(one.exemption is None for one in assessments):
        assert len({(given["served"], given["planned"]) for given in members.values()}) == 1


def test_ties_between_members_are_drawn_often() -> None:
    program = _program()
    ties = Counter[bool]()

    @settings(max_examples=COHORTS, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(cohorts(program, min_size=3))
    def draw(members: dict[str, Any]) -> None:
        scores = [assess(program, given).score for given in members.values()]
        ties[len(set(scores)) < len(scores)] += 1

    draw()
    assert ties[True] >= COHORTS // 3


def test_the_cohort_of_the_rulebook_says_what_is_equal() -> None:
    text = "kpirules: 1\nid: a\ninputs: {unit: {type: text}, x: {type: integer, min: 0, max: 9}}\ncriteria: {k: {max: 9, points: x}}\ncohort: {within: [unit]}\n"

    @settings(max_examples=by_budget(10, 30), derandomize=True, database=None)
    @given(cohorts(loads(text), min_size=2))
    def draw(members: dict[str, Any]) -> None:
        assert len({given["unit"] for given in members.values()}) == 1

    draw()


# -- rulebooks ------------------------------------------------------------------------------------


@settings(max_examples=by_budget(2, 5), suppress_health_check=list(HealthCheck), deadline=None)
@given(rulebooks())
def test_a_drawn_rulebook_loads(book: dict[str, Any]) -> None:
    assert isinstance(load(book), Program)


# -- names, and what is missing -------------------------------------------------------------------


def test_the_place_of_an_input_is_found_by_its_name() -> None:
    program = _program()
    assert input_place(program, "done") == (1, None)
    assert input_place(program, "tasks.hours") == (7, 1)
    for way in ("dome", "tasks.hour", "done.x"):
        with pytest.raises(ValueError, match="there is no input"):
            input_place(program, way)


def test_cases_run_without_hypothesis_and_it_is_said_what_to_install() -> None:
    code = (
        "import sys, kpirules.testing\n"
        "print({'hypothesis', 'pytest'} & set(sys.modules))\n"
        "sys.modules['hypothesis'] = None\n"
        "assert 'subjects' in dir(kpirules.testing)\n"
        "try: kpirules.testing.subjects\n"
        "except ModuleNotFoundError as missing: print(missing)\n"
        "try: kpirules.testing.nothing\n"
        "except AttributeError as missing: print(missing)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "set()",
        "kpirules.testing.subjects needs Hypothesis: pip install 'kpirules[test]'",
        "module 'kpirules.testing' has no attribute 'nothing'",
    ]


# -- variants, editions and quotas ----------------------------------------------------------------

QUOTAS = """\
kpirules: 1
id: shared
inputs:
  post: {type: choice, options: [deputy, head]}
  at: {type: date, min: 2025-01-01, max: 2028-12-31}
  unit: {type: choice, options: [a, b, c]}
  size: {type: integer, min: 0, max: 9}
  done: {type: integer, min: 0, max: 100}
  away: {type: boolean, default: false}
exemptions: {away: {when: away, status: away}}
validations: {some: {that: done > 0 or size > 0}}
criteria: {work: {max: 100, points: done}}
bands: {top: {from: 50}, good: {from: 0}}
cohort:
  max_members: 5
  quotas:
    few: {band: top, at_most: size / 10, of: all, base: before, round: down, minimum: 0, order: [score], ties: demote,
          demote_to: good, within: [unit], uniform: [size]}
variant_by: post
edition_by: at
effective: {from: 2025-06-01, until: 2028-06-01}
variants: {deputy: {}, head: {inputs: {bonus: {type: integer, min: 0, max: 5}}}}
amendments:
  - {from: 2027-01-01, change: {bands: {top: {from: 60}}}}
  - {from: 2028-07-01, change: {bands: {top: {from: 70}}}}
"""


def test_every_subject_tells_its_variant_and_edition() -> None:
    program = loads(QUOTAS)
    counted: Counter[Any] = Counter()

    @settings(max_examples=FEWER, deadline=None, database=None, derandomize=True)
    @given(subjects(program))
    def draw(subject: dict[str, Any]) -> None:
        assess(program, subject)
        counted[subject["post"], subject["at"] >= date(2027, 1, 1)] += 1

    draw()
    # The last edition begins after the rulebook has ended.
    assert len(counted) == 4
    assert min(counted.values()) > FEWER // 10


def test_cohorts_are_such_that_quotas_take_them() -> None:
    program = loads(QUOTAS)
    sizes: Counter[int] = Counter()

    @settings(max_examples=FEWER, deadline=None, database=None, derandomize=True)
    @given(cohorts(program))
    def draw(members: dict[str, Any]) -> None:
        assert len(assess_cohort(program, members)) == len(members)
        sizes[len(members)] += 1

    draw()
    assert set(sizes) == {1, 2, 3, 4, 5}
    with pytest.raises(ValueError, match=r"^a cohort has at most 5 members, but `min_size` is 6$"):
        cohorts(program, min_size=6)


def test_the_subjects_of_examples_are_drawn_from() -> None:
    given = {"done": 417, "kind": "urgent"}
    rules = {
        "kpirules": 1,
        "inputs": {
            "done": {"type": "integer", "min": 0, "max": 1000},
            "kind": {"type": "choice", "options": ["plain", "urgent", "late"]},
        },
        "criteria": {"work": {"max": 1000, "points": "done"}},
        "examples": [{"name": "one", "given": given, "expect": {"score": 417}}],
    }
    (aimed,) = aims(load(rules))
    assert given in [plainly(aimed.program, seed) for seed in aimed.seeds]
