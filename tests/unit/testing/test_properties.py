"""Properties of rulebooks: they hold for correct rules, and find planted faults."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kpirules import Program, assess, compare, load, loads
from kpirules.testing import (
    always_in_range,
    invariants_hold,
    monotone,
    never_lower_than,
    read_cases,
    run_case,
    unaffected_by,
    veto_dominates,
)
from tests.budget import by_budget
from tests.rules import unproved

FEW, MANY, EACH = by_budget((6, 10, 20), (300, 300, 300))
"""Subjects drawn where a property holds, and of each variant where one of them has a fault.

Where a fault was planted, the search ends as soon as it is found.
"""

STAFF = Path(__file__).parents[3] / "examples" / "nd335" / "staff.kpi.yaml"

RULEBOOK = """\
inputs:
  planned: {type: integer, min: 1, max: 100}
  done:    {type: integer, min: 0, max: 100}
  warned:  {type: boolean, default: false}
  grade:   {type: choice, options: [low, high], ordered: worst_first}
  joined:  {type: date, min: 2000-01-01, max: 2030-12-31}
  remark:  {type: text, optional: true, max_length: 40}
  tasks:   {type: list, max_items: 4, fields: {hours: {type: number, min: 0, max: 40, decimals: 1}}}
criteria:
  results: {max: 60, rate: 'min(done / planned, 1)'}
  effort:  {max: 30, points: 'min(sum(t.hours for t in tasks), 30)'}
  grade_points: {max: 10, measure: grade, lookup: {low: 5, high: 10}}
  bonus: {max: 5, extra: true, met: 'joined < date(2010, 1, 1) and default(remark, "") != "no bonus"'}
score: {max: 100, outside: clamp, round: {places: 2, mode: half_up}}
bands: {best: {from: 90}, good: {from: 60}, poor: {from: 0}}
overrides:
  warning: {when: warned, band_at_most: good}
  nothing: {when: done == 0, band: poor}
  lift:    {when: grade == "high" and not warned and done > 0, band_at_least: good}
  paused:  {when: 'warned and joined > date(2026, 1, 1)', unrated: paused}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return unproved(RULEBOOK)


def planted(old: str, new: str) -> Program:
    """Return the rules with a fault, without their check: a property says nothing of it."""
    assert old in RULEBOOK
    return unproved(RULEBOOK.replace(old, new))


def found(run: Any, *args: Any, **options: Any) -> str:
    """Return the message of a property that fails."""
    with pytest.raises(AssertionError) as caught:
        run(*args, **{"examples": by_budget(40, 300), **options})
    return str(caught.value)


# -- sound rules ----------------------------------------------------------------------------------


def test_properties_hold_of_sound_rules(program: Program) -> None:
    always_in_range(program, examples=FEW)
    monotone(program, "done", examples=FEW)
    monotone(program, "planned", "down", examples=FEW)
    monotone(program, "tasks.hours", examples=FEW)
    monotone(program, "grade", examples=FEW)
    monotone(program, "joined", "down", examples=FEW)
    unaffected_by(planted(' and default(remark, "") != "no bonus"', ""), "remark", examples=FEW)
    veto_dominates(program, "warning", examples=FEW)
    veto_dominates(
        program, "nothing", when=lambda subject: subject["done"] == 0 and not subject.get("warned"), examples=FEW
    )
    veto_dominates(program, "paused", examples=FEW)
    never_lower_than(program, program, examples=FEW)


def test_properties_hold_of_a_decree() -> None:
    staff = load(STAFF)
    always_in_range(staff, examples=MANY)
    monotone(staff, "tasks.completed", examples=MANY)
    monotone(staff, "tasks.failures", "down", examples=MANY)
    # The last of them applies to hardly anybody who is drawn at random: to six of a hundred, or to nobody.
    for veto in ("degradation", "forbidden_act", "bad_example", "duty_discipline"):
        veto_dominates(staff, veto, examples=FEW)


# -- planted faults -------------------------------------------------------------------------------


def test_a_score_above_its_range_is_found() -> None:
    said = found(always_in_range, planted("max: 100, outside: clamp, ", "rescale: false, "))
    assert re.match(r"the score \S+ is outside 0 to 100\n", said)


def test_a_range_of_ones_own_is_compared(program: Program) -> None:
    assert found(always_in_range, program, most=99).startswith("the score ")
    assert found(always_in_range, program, least=6).startswith("the score ")


def test_a_subject_without_an_answer_is_found() -> None:
    said = found(always_in_range, planted("min: 1, max: 100}", "min: 0, max: 100}"))
    assert said.startswith("a valid subject has no answer: ")
    assert "planned: 0" in said
    assert "expect: {error: KR620}" in said


def test_a_step_down_at_one_number_is_found() -> None:
    dip = planted("rate: 'min(done / planned, 1)'", "rate: '0.5 if done == 73 else min(done / planned, 1)'")
    said = found(monotone, dip, "done")
    assert said.startswith("more of `done` lowers the rating from ")
    assert "done: 73" in said


def test_a_fault_that_few_subjects_show_is_looked_for(program: Program) -> None:
    dip = unproved("""\
inputs: {done: {type: integer, min: 0, max: 1000000}}
criteria: {results: {max: 60, rate: '0.5 if done == 7331 else min(done / 100, 1)'}}
""")
    assert "done: 7331" in found(monotone, dip, "done", examples=30)
    code = planted('"no bonus"', '"b7331"')
    assert "remark: b7331" in found(unaffected_by, code, "remark", examples=30)
    assert found(always_in_range, program, least=6, examples=10).startswith("the score ")


def test_more_that_makes_better_is_found_where_less_should(program: Program) -> None:
    assert found(monotone, program, "done", "down").startswith("more of `done` raises the rating from ")
    assert found(monotone, program, "grade", "down").startswith("more of `grade` raises")
    assert found(monotone, program, "warned").startswith("more of `warned` lowers")


def test_an_influence_is_found(program: Program) -> None:
    said = found(unaffected_by, program, "remark")
    assert said.startswith("`remark` changes the rating from ")
    assert "no bonus" in said
    assert found(unaffected_by, program, "tasks.hours").startswith("`tasks.hours` changes")


def test_a_veto_with_an_exception_is_found() -> None:
    often_best = RULEBOOK.replace("best: {from: 90}", "best: {from: 65}")
    weak = unproved(often_best.replace("warning: {when: warned,", "warning: {when: 'warned and grade != \"low\"',"))
    veto_dominates(weak, "warning", examples=MANY)
    said = found(veto_dominates, weak, "warning", when=lambda subject: bool(subject.get("warned")))
    assert said.startswith("`warning` (band_at_most: good) applies, and the rating is best ")
    assert "grade: low" in said


def test_a_veto_that_unrates_with_an_exception_is_found(program: Program) -> None:
    said = found(veto_dominates, program, "paused", when=lambda subject: bool(subject.get("warned")))
    assert said.startswith("`paused` (unrated: paused) applies, and the rating is ")


def test_a_ceiling_that_is_computed_must_have_fired() -> None:
    computed = planted("band_at_most: good", 'band_at_most: \'"good" if grade == "high" else "poor"\'')
    veto_dominates(computed, "warning", examples=MANY)
    said = found(veto_dominates, computed, "warning", when=lambda subject: True)
    assert said.startswith("`warning` (band_at_most: ")


def test_a_veto_that_nobody_meets_tests_nothing() -> None:
    never = planted(
        "when: done == 0,", "when: done == 0 and planned == 2 and grade == 'high' and warned and done > 0,"
    )
    assert found(veto_dominates, never, "nothing", examples=MANY).endswith("nothing was tested")


def test_a_change_that_lowers_somebody_is_found(program: Program) -> None:
    laxer = planted("best: {from: 90}", "best: {from: 65}")
    said = found(never_lower_than, program, laxer)
    assert re.match(r"the rating was best .* and is good ", said)
    never_lower_than(laxer, program, examples=MANY)


def test_rulebooks_that_share_no_subject_are_not_compared(program: Program) -> None:
    other = loads("kpirules: 1\nid: a\ninputs: {x: {type: boolean}}\ncriteria: {k: {max: 1, met: x}}\n")
    assert found(never_lower_than, program, other, examples=MANY).endswith("nothing was compared")


# -- a counterexample is plain, and a case --------------------------------------------------------


@pytest.mark.parametrize("property", ["range", "monotone", "unaffected"])
def test_a_counterexample_can_be_pasted_and_passes(tmp_path: Path, program: Program, property: str) -> None:
    if property == "range":
        said = found(always_in_range, program, most=99)
    elif property == "monotone":
        said = found(monotone, program, "tasks.hours", "down")
    else:
        said = found(unaffected_by, program, "remark")
    path = tmp_path / "found.cases.yaml"
    path.write_text("rulebook: any.kpi.yaml\n" + said.partition("\n\n")[2], encoding="utf-8")
    cases = read_cases(path).cases
    assert len(cases) == (1 if property == "range" else 2)
    for case in cases:
        assert run_case(program, case).passed, said


def test_a_counterexample_is_as_plain_as_it_can_be(program: Program) -> None:
    said = found(monotone, program, "done", "down")
    assert "remark" not in said
    assert "warned" not in said
    assert "tasks: []" in said


def test_the_cases_of_a_counterexample_say_what_came_out() -> None:
    dip = planted("rate: 'min(done / planned, 1)'", "rate: '0 if done == 73 else min(done / planned, 1)'")
    assert said_of(found(monotone, dip, "done")) == ["less of done", "more of done"]


def said_of(text: str) -> list[str]:
    return re.findall(r"- name: (.*)", text)


# -- what cannot be asked -------------------------------------------------------------------------


def test_an_impossible_property_is_refused(program: Program) -> None:
    with pytest.raises(ValueError, match="there is no input `dome`"):
        monotone(program, "dome")
    with pytest.raises(ValueError, match="have no order"):
        monotone(program, "remark")
    with pytest.raises(ValueError, match='the direction is "up" or "down"'):
        monotone(program, "done", "more")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`none` does not exist: vetoes are warning, nothing, paused"):
        veto_dominates(program, "none")
    with pytest.raises(ValueError, match="`lift` is a floor"):
        veto_dominates(program, "lift")


def test_an_input_that_cannot_change_alone_is_not_compared() -> None:
    alone = loads(
        "kpirules: 1\nid: a\ninputs: {x: {type: boolean}}\nvalidations: {v: {that: x}}\ncriteria: {k: {max: 1, met: x}}\n"
    )
    assert found(unaffected_by, alone, "x", examples=MANY).endswith("nothing was compared")
    assert found(monotone, alone, "x", examples=MANY).endswith("nothing was compared")


def test_a_text_of_any_characters_is_written_so_that_it_is_read_back(tmp_path: Path) -> None:
    from kpirules.testing.writing import case_text

    text = loads("kpirules: 1\nid: a\ninputs: {x: {type: text}}\noutputs: {y: x}\n")
    for value in ("", "no", "a: b # c", " \u00a0x ", 'é "q" \\', "1e3", "\U0001f600"):
        path = tmp_path / "a.cases.yaml"
        written = case_text("x", {"x": value}, assess(text, {"x": value}))
        path.write_text(f"rulebook: a.kpi.yaml\ncases:\n{written}\n", encoding="utf-8")
        assert read_cases(path).cases[0].given["x"] == value


# -- variants and editions ------------------------------------------------------------------------

VARIED = """\
kpirules: 1
id: varied
inputs:
  post: {type: choice, options: [deputy, head]}
  at: {type: date, min: 2025-01-01, max: 2028-12-31}
  warned: {type: boolean, default: false}
  done: {type: integer, min: 0, max: 10}
criteria: {work: {max: 100, rate: done / 10}}
bands: {top: {from: 90}, poor: {from: 0}}
overrides: {veto: {when: warned, band: poor}}
variant_by: post
variants:
  deputy: {}
  head:
    inputs: {bonus: {type: integer, min: 0, max: 5}}
    criteria: {more: {max: 20, rate: bonus / 5}}
    bands: {replace: true, best: {from: 110}, mid: {from: 50}, low: {from: 0}}
    overrides: {veto: {band: low}}
edition_by: at
amendments:
  - {from: 2027-01-01, change: {criteria: {work: {max: 150}}}}
"""


def varied(old: str = "", new: str = "") -> Program:
    assert VARIED.count(old) == 1 or not old
    return _varied(VARIED.replace(old, new) if old else VARIED)


_varied = cache(loads)


def test_properties_hold_of_every_variant_and_edition() -> None:
    program = varied()
    always_in_range(program, examples=FEW)
    monotone(program, "done", examples=FEW)
    monotone(program, "bonus", examples=FEW)
    unaffected_by(varied("rate: bonus / 5", "points: 7"), "bonus", examples=FEW)
    veto_dominates(program, "veto", examples=FEW)
    never_lower_than(program, program, examples=FEW)


def test_a_fault_in_one_variant_is_found() -> None:
    said = found(monotone, varied("bonus / 5", "(5 - bonus) / 5"), "bonus", examples=EACH)
    assert said.startswith("more of `bonus` lowers the rating from ")
    assert "post: head" in said
    vetoed = varied("{band: low}", "{band: low, when: warned and done > 9}")
    said = found(veto_dominates, vetoed, "veto", when=_warned, examples=EACH)
    assert said.startswith("`veto` (band: low) applies, and the rating is ")
    assert found(never_lower_than, varied(), varied("from: 110", "from: 60"), examples=EACH).startswith(
        "the rating was best ("
    )
    assert found(always_in_range, varied(), most=100, examples=EACH).startswith("the score ")


def _warned(subject: Any) -> bool:
    return bool(subject.get("post") == "head" and subject.get("warned"))


@pytest.mark.parametrize("name", ["post", "at"])
def test_what_tells_the_rules_is_compared_within_one_part(name: str) -> None:
    said = f"`{name}` chooses the rules of a subject: compare within one `program.part`"
    with pytest.raises(ValueError, match=re.escape(said)):
        unaffected_by(varied(), name)


def test_an_input_or_a_veto_that_no_variant_has_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("there is no input `bones`: there are post, at, warned, done")):
        monotone(varied(), "bones")
    with pytest.raises(ValueError, match=re.escape("the override `vote` does not exist: vetoes are veto")):
        veto_dominates(varied(), "vote")


# -- what cannot be tested so ---------------------------------------------------------------------


def test_rules_that_need_a_cohort_are_refused_at_once() -> None:
    program = planted("done / planned", "done / max(cohort_max(done), 1)")
    for run in (always_in_range, lambda one: monotone(one, "done"), lambda one: unaffected_by(one, "done"),
                lambda one: veto_dominates(one, "warning"), lambda one: never_lower_than(one, one)):  # fmt: skip
        with pytest.raises(ValueError, match=r"^the rules compare members of a cohort, so no subject is rated alone"):
            run(program)


def test_rules_that_nobody_is_valid_by_are_no_success() -> None:
    program = unproved("inputs: {x: {type: boolean}}\nvalidations: {never: {that: x and not x}}\noutputs: {y: x}\n")
    assert found(always_in_range, program, examples=FEW) == "no valid subject was drawn: nothing was tested"


def test_a_subject_unrated_by_another_override_does_not_break_a_veto() -> None:
    both = planted("paused:  {", "gone: {when: warned, unrated: gone}\n  paused:  {")
    veto_dominates(both, "paused", examples=MANY)
    assert "`paused` (unrated: paused) applies" in found(
        veto_dominates, both, "paused", when=lambda subject: subject["done"] > 50
    )


def test_records_that_must_differ_stay_so() -> None:
    program = loads("""\
kpirules: 1
id: unique
inputs: {tasks: {type: list, max_items: 3, unique: [k], fields: {k: {type: integer, min: 0, max: 3}}}}
criteria: {work: {max: 9, points: sum(t.k for t in tasks)}}
""")
    monotone(program, "tasks.k", examples=2 * MANY)
    assert found(unaffected_by, program, "tasks.k").startswith("`tasks.k` changes the rating from ")


# -- invariants -----------------------------------------------------------------------------------

FAIR = """\
inputs:
  done: {type: integer, min: 0, max: 10}
  late: {type: integer, min: 0, max: 5}
  tasks: {type: list, max_items: 2, fields: {h: {type: integer, min: 0, max: 5}}}
criteria: {work: {min: 0, max: 20, points: "max(0, done + sum(t.h for t in tasks) - 2 * late)"}}
bands: {good: {from: 10}, poor: {below: 10}}
invariants:
  fair: {never_lowers: [done, tasks.h], never_raises: [late]}
  full: score <= 20
"""


def fair(old: str = "", new: str = "") -> Program:
    assert old in FAIR
    return unproved(FAIR.replace(old, new) if old else FAIR)


def test_invariants_that_hold_are_passed() -> None:
    invariants_hold(fair(), examples=MANY)
    invariants_hold(fair("criteria:", "validations: {few: done <= 5}\ncriteria:"), examples=FEW)


def test_an_invariant_that_is_broken_is_shown_with_a_case() -> None:
    both = "never_lowers: [done, tasks.h], never_raises: [late]"
    said = found(invariants_hold, fair(both, "never_raises: [done]"))
    assert said.startswith("the invariant `fair` does not hold: more of `done` raises the rating from ")
    said = found(invariants_hold, fair(both, "never_lowers: [done, late]"), examples=EACH)
    assert said.startswith("the invariant `fair` does not hold: more of `late` lowers the rating from ")
    said = found(invariants_hold, fair("<= 20", "< 20"))
    assert said.startswith("the invariant `full` does not hold\n\ncases:\n")


def test_a_changed_direction_is_a_change_of_what_is_promised() -> None:
    old = fair()
    fewer = compare(old, fair("never_lowers: [done, tasks.h], ", ""))
    assert "`fair` says something else" in str(fewer)
    assert "`fair` is no longer an invariant" in str(
        compare(old, fair("  fair: {never_lowers: [done, tasks.h], never_raises: [late]}\n", ""))
    )
    assert old.rulebook.scoring_hash == fair("[late]", "[done]").rulebook.scoring_hash
