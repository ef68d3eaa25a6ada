"""What is proved of every subject of a rulebook, and of two editions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from textwrap import dedent
from typing import Any

import pytest

import kpirules as kr
from kpirules.change import Claim, InputDirection, Proofs
from kpirules.change.asked import APART
from tests.budget import some
from tests.shipped import EXAMPLES, shipped

RULES = """
inputs:
  done: {type: integer, min: 0, max: 20}
  late: {type: integer, min: 0, max: 20}
  warned: {type: boolean}
criteria:
  work: {max: 100, points: 5 * done - late, outside: clamp}
score: {max: 100, round: {places: 0}, band_on: rounded}
bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
overrides: {warning: {when: warned, band_at_most: fair}}
"""

ONE = """
inputs: {done: {type: integer, min: 0, max: 20}}
criteria: {work: {max: 100, points: 5 * done}}
score: {max: 100, round: {places: 0}, band_on: rounded}
bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
"""
"""Rules of one input, for what is said of any input or of none."""


@cache
def program(text: str, **changes: str) -> kr.Program:
    text = dedent(text)
    for old, new in changes.items():
        text = text.replace(old, new)
    return kr.loads(f"kpirules: 1\n{text}")


@cache
def proved(text: str) -> Proofs:
    return kr.prove(program(text))


def claims(found: Proofs) -> dict[str, Claim]:
    return {claim.says: claim for claim in found.claims}


def direction(found: Proofs, input_: str) -> InputDirection:
    return next(one for part in found.parts for one in part.directions if one.input == input_)


def given(claim: Claim) -> list[Mapping[str, Any]]:
    return [json.loads(subject, parse_float=Decimal) for subject in claim.subjects]


# -- one rulebook ---------------------------------------------------------------------------------


def test_what_holds_for_everybody_is_proved_and_what_there_is_is_shown() -> None:
    rules, found = program(RULES), proved(RULES)
    assert (found.is_good, found.count("proved"), found.count("unknown")) == (True, 9, 0)
    known = claims(found)
    assert known["every score has a band"].subjects == ()
    (good,) = given(known["some subject gets `good`"])
    assert kr.assess(rules, good).band == "good"
    assert {one.input: one.effect for one in found.parts[0].directions} == {
        "done": "raises",
        "late": "lowers",
        "warned": "lowers",
    }


def test_a_direction_is_refuted_by_two_subjects_that_differ_in_nothing_else() -> None:
    rules = program(RULES)
    less, more = given(direction(proved(RULES), "late").never_lowers)
    assert {**less, "late": more["late"]} == more
    assert less["late"] < more["late"]
    assert kr.assess(rules, less).exact_score > kr.assess(rules, more).exact_score  # type: ignore[operator]


def test_the_same_is_answered_again() -> None:
    assert kr.prove(program(RULES)) == proved(RULES)


def test_a_gap_is_refuted_and_may_be_allowed() -> None:
    text = ONE.replace("poor: {from: 0}", "poor: {from: 0, below: 40}")
    found = claims(kr.prove(program(text)))["every score has a band"]
    assert (found.answer, found.is_good) == ("refuted", False)
    (subject,) = given(found)
    assert kr.assess(program(text), subject).status == "undefined"
    allowed = program(f"{text}\nallow: {{KR330: the regulation leaves it}}")
    found = claims(kr.prove(allowed))["every score has a band"]
    assert (found.answer, found.is_good, found.allowed) == ("refuted", True, "the regulation leaves it")


def test_two_bands_at_once() -> None:
    text = ONE.replace("fair: {from: 50}", "fair: {from: 50, to: 80}")
    assert claims(kr.prove(program(text)))["no score has two bands"].answer == "refuted"


def test_a_band_that_nobody_gets_is_refuted_without_a_subject() -> None:
    text = ONE.replace("good: {from: 70}", "good: {from: 70, requires: done < 5}")
    found = claims(kr.prove(program(text)))["some subject gets `good`"]
    assert (found.answer, found.subjects) == ("refuted", ())


def test_a_fault_is_found_where_it_is() -> None:
    text = RULES.replace("5 * done - late", "100 / (3 * done - 2 * late - 1)")
    (found,) = [claim for claim in kr.prove(program(text)).claims if claim.kind == "no_fault"]
    assert (found.answer, found.path) == ("refuted", "criteria.work.points")
    (subject,) = given(found)
    assert 3 * subject["done"] == 2 * subject["late"] + 1


def test_a_score_outside_its_range() -> None:
    text = "inputs: {x: {type: integer, min: 0, max: 9}}\ncriteria: {a: {max: 5, points: 'min(x, 5)'}}\n" + dedent("""
    score: {round: {to: 3}, band_on: rounded}
    """)
    found = claims(kr.prove(program(text)))["the score is at least 0 and at most 5"]
    assert (found.answer, found.ratings) == ("refuted", ("score 6, status `rated`",))


def test_invariants_are_proved_or_refuted() -> None:
    text = RULES + dedent("""
    invariants:
      late_counts: {that: "score >= 50 or done < 10 or late > 0"}
      wrong: {that: score <= 90}
      fair: {never_lowers: [done], never_raises: [late]}
      unfair: {never_raises: [done]}
    """)
    found = kr.prove(program(text))
    answers = {claim.path: claim.answer for claim in found.claims if claim.kind == "invariant"}
    assert answers == {
        "invariants.late_counts": "proved",
        "invariants.wrong": "refuted",
        "invariants.fair": "proved",
        "invariants.unfair": "refuted",
    }
    wrong = next(claim for claim in found.claims if claim.path == "invariants.wrong")
    assert not kr.assess(program(text), given(wrong)[0]).invariants[1].held


def test_a_text_that_is_too_long_is_no_subject() -> None:
    found = program("""
    inputs: {post: {type: text, max_length: 3}, done: {type: integer, min: 0, max: 9}}
    criteria: {work: {max: 9, points: done}}
    invariants: {nobody: post != "head" or done < 3}
    """)
    assert claims(kr.prove(found))['the invariant `nobody` holds: post != "head" or done < 3'].answer == "proved"


def test_an_override_that_never_decides_and_a_row_that_is_never_reached() -> None:
    text = ONE + dedent("""
    overrides: {warning: {when: done < 9, band_at_most: fair}}
    outputs: {pay: 100 if done > 15 and done < 3 else 50}
    """)
    found = claims(kr.prove(program(text)))
    assert found["the override `warning` decides for some subject"].answer == "refuted"
    condition = found["`done < 3` in `outputs.pay` is true for some subject"]
    assert (condition.answer, condition.is_good) == ("refuted", True)


def test_what_only_decides_whether_there_is_a_rating() -> None:
    text = ONE + "\nexemptions: {short: {when: served < 6, status: not_rated}}\n"
    rules = program(text.replace("inputs: {", "inputs: {served: {type: integer, min: 0, max: 12}, "))
    assert direction(kr.prove(rules), "served").effect == "status"


def test_values_without_an_order_matter_or_do_not() -> None:
    text = ONE.replace("inputs: {", "inputs: {post: {type: choice, options: [a, b]}, ")
    assert direction(kr.prove(program(text)), "post").effect == "none"
    mattering = text.replace("5 * done", "'5 * done if post == \"a\" else done'")
    found = direction(kr.prove(program(mattering)), "post")
    assert (found.effect, found.is_ordered) == ("matters", False)


def test_a_lower_score_may_be_better() -> None:
    text = """
    inputs: {faults: {type: integer, min: 0, max: 9}}
    criteria: {faults: {max: 9, points: faults}}
    score: {better: lower}
    bands: {good: {to: 3}, poor: {to: 9}}
    """
    found = direction(kr.prove(program(text)), "faults")
    assert found.effect == "lowers"
    assert found.never_lowers.says == "more of `faults` never makes the rating worse"
    assert (found.never_raises.says, found.never_raises.answer) == (
        "more of `faults` never makes the rating better",
        "proved",
    )


LISTS = """
inputs:
  tasks:
    type: list
    max_items: 50
    fields:
      weight:   {type: integer, min: 1, max: 10}
      planned:  {type: integer, min: 1, max: 100}
      done:     {type: integer, min: 0, max: 100}
      failures: {type: integer, min: 0, max: 100}
    let: {good: "item.weight * max(item.done - 25% * item.failures, 0)"}
let: {planned: sum(t.weight * t.planned for t in tasks)}
criteria:
  quality: {max: 100, rate: 'min(ratio(sum(t.good for t in tasks), planned, if_zero=0), 1)'}
score: {round: {places: 2}, band_on: rounded}
bands: {good: {from: 70}, poor: {from: 0}}
"""


def test_directions_of_one_record_hold_for_lists_of_any_length() -> None:
    found = kr.prove(program(LISTS))
    assert found.is_good
    assert {one.input: one.effect for one in found.parts[0].directions} == {
        "tasks.weight": "both",
        "tasks.planned": "lowers",
        "tasks.done": "raises",
        "tasks.failures": "lowers",
    }


def test_what_z3_does_not_know_is_named() -> None:
    text = RULES.replace("5 * done - late", "5 * done - exp(late / 10) + late / 9")
    one = direction(kr.prove(program(text)), "late")
    assert one.effect in ("unknown", "both")
    cohort = RULES.replace("5 * done - late", "5 * done - cohort_avg(late)")
    found = kr.prove(program(cohort))
    assert not found.is_good
    unknown = claims(found)["some subject gets `good`"]
    assert (unknown.answer, bool(unknown.reason), bool(unknown.help)) == ("unknown", True, True)
    assert direction(found, "late").effect == "unknown"


def test_a_rulebook_with_variants_is_proved_part_by_part() -> None:
    variants = ONE.replace("inputs: {", "inputs: {post: {type: choice, options: [a, b]}, ") + dedent("""
    variant_by: post
    variants: {a: {}, b: {bands: {good: {from: 90}}}}
    """)
    parts = kr.prove(program(variants)).parts
    assert [part.name for part in parts] == ["a", "b"]
    assert "post" not in [one.input for one in parts[0].directions]


def test_nothing_is_proved_of_an_input_that_chooses_the_rules() -> None:
    variants = ONE.replace(
        "inputs: {", "inputs: {post: {type: choice, options: [a, b], ordered: worst_first}, "
    ) + dedent("""
    invariants: {fair: {never_lowers: [post]}}
    variant_by: post
    variants: {a: {}, b: {bands: {good: {from: 90}}}}
    """)
    found = kr.prove(program(variants))
    answers = [(one.answer, one.reason) for one in found.claims if one.kind == "invariant"]
    assert answers == 2 * [("unknown", "it chooses the rules, and each variant and edition is proved by itself")]
    assert not found.is_good


def test_the_forms_of_proofs() -> None:
    text = RULES.replace("poor: {from: 0}", "poor: {from: 0, below: 40}")
    found = kr.prove(program(text))
    assert str(found) == found.text()
    assert "  late     ↓ lowers" in found.text()
    assert found.markdown().count("refuted") == 2
    assert "<table" in found.html(is_page=True)
    assert json.loads(json.dumps(found.data()))["parts"][0]["directions"][0]["effect"] == "raises"


def test_a_long_chain_of_named_values_is_translated() -> None:
    lets = "".join(f"  a{n}: a{n - 1} + 1\n" for n in range(1, 300))
    text = f"inputs: {{x: {{type: integer, min: 0, max: 9}}}}\nlet:\n  a0: x\n{lets}criteria: {{w: {{max: 308, points: a299}}}}"
    assert direction(kr.prove(program(text)), "x").effect == "raises"


def test_a_condition_in_a_named_value_is_met_only_where_it_is_read() -> None:
    found = claims(
        kr.prove(
            program("""
            inputs: {a: {type: integer, min: 0, max: 900}, b: {type: integer, min: 0, max: 900}}
            let: {odd: 7 * a - 5 * b == 31 and b > 8, rest: odd or a > 500}
            criteria: {w: {max: 9, points: (9 if rest else 0) if a < 6 else 1}}
            """)
        )
    )
    assert found["`b > 8` in `let.odd` is false for some subject"].answer == "refuted"


AT_LEAST_SIX = """
inputs:
  tasks:
    type: list
    max_items: 50
    fields:
      points: {type: number, min: 0, max: 10, decimals: 1}
      best:   {type: boolean}
  small: {type: boolean}
let:
  own: default(max(t.points + (1 if small else 0) for t in tasks if t.best), 0)
criteria:
  work:
    max: 100
    points: 'sum_largest(5, (t.points + (1 if small else 0) for t in tasks)) + min(own, default(largest(6, (t.points + (1 if small else 0) for t in tasks)), 0))'
"""


def test_the_best_of_many_records_are_compared_record_by_record() -> None:
    found = kr.prove(program(AT_LEAST_SIX))
    assert {one.input: one.effect for one in found.parts[0].directions} == {
        "tasks.points": "raises",
        "tasks.best": "raises",
        "small": "raises",
    }


def test_each_value_between_input_and_rating_is_a_step_of_the_proof() -> None:
    scale = ", ".join(f"[{10 * n}, {n * n}], [{10 * n + 5}, {n * n + n}]" for n in range(5))
    text = "".join(
        f"  c{n}: {{max: 60, measure: 'round(x{n}, 0, \"down\")', scale: [{scale}], outside: clamp, missing: exclude, round: {{places: 0}}}}\n"
        for n in range(2)
    )
    inputs = "".join(f"  x{n}: {{type: number, min: 0, max: 45, decimals: 3, optional: true}}\n" for n in range(2))
    rules = program(
        f"inputs:\n{inputs}criteria:\n{text}score: {{combine: max, max: 60}}\nbands: {{a: {{from: 30}}, b: {{from: 0}}}}"
    )
    assert [one.effect for one in kr.prove(rules).parts[0].directions] == 2 * ["raises"]


# -- two editions ---------------------------------------------------------------------------------


HARMLESS = {
    "a product in another order": {"5 * done - late": "done * 5 - late"},
    "a difference in other words": {"5 * done - late": "5 * (done - late / 5)"},
    "a negation of both": {"when: warned": "when: not not warned"},
    "a condition for a clamp": {"5 * done - late": "'max(5 * done - late, 0)'"},
    "a threshold between two scores": {"from: 70": "from: 69.5"},
}


@pytest.mark.parametrize("what", some(HARMLESS, 2))
def test_harmless_changes_are_proved_alike(what: str) -> None:
    old, new = program(RULES), program(RULES, **HARMLESS[what])
    assert [claim.answer for claim in kr.prove_change(old, new).claims] == ["proved", "proved"]


FAULTY = {
    "an edge": {"from: 70": "from: 71"},
    "a comparison": {"fair: {from: 50}": "fair: {above: 50}"},
    "a factor": {"5 * done": "4.999 * done"},
    "a rounding": {"places: 0": "places: 0, mode: half_even"},
    "a ceiling": {"band_at_most: fair": "band_at_most: poor"},
}


@pytest.mark.parametrize("what", some(FAULTY, 2))
def test_faulty_changes_are_shown_with_a_subject(what: str) -> None:
    text = RULES.replace("- late", "- late / 2")
    old, new = program(text), program(text, **FAULTY[what])
    claim = kr.prove_change(old, new).claims[0]
    assert claim.answer == "refuted"
    (subject,) = given(claim)
    was, now = (kr.assess(one, subject) for one in (old, new))
    assert (was.score, was.exact_score, was.band) != (now.score, now.exact_score, now.band)


def test_an_amendment_differs_only_where_it_should() -> None:
    old, new = program(RULES), program(RULES, **{"5 * done - late": "5 * done - (late if late > 3 else 0)"})
    for where, answer in (("late <= 3", "proved"), ("late < 3", "refuted"), ("0 < late <= 3", "proved")):
        (claim,) = kr.prove_change(old, new, only_where=where).claims
        assert (claim.says, claim.answer) == (f"ratings differ only where {where}", answer)
    with pytest.raises(kr.RulebookError, match="unknown name `lat`"):
        kr.prove_change(old, new, only_where="lat > 3")


def test_an_exempt_subject_can_be_where_editions_differ() -> None:
    old, new = program(RULES), program(RULES + "\nexemptions: {away: {when: done == 0, status: away}}\n")
    answers = [kr.prove_change(old, new, only_where=where).claims[0].answer for where in ("done == 0", "late == 0")]
    assert answers == ["proved", "refuted"]


def test_nobody_loses_a_band() -> None:
    old, new = program(RULES), program(RULES, **{"from: 70": "from: 65"})
    assert kr.prove_change(old, new, nobody_loses_a_band=True).is_good
    (claim,) = kr.prove_change(new, old, nobody_loses_a_band=True).claims
    assert claim.answer == "refuted"
    renamed = program(RULES, **{"good: {": "better: {"})
    assert not kr.prove_change(old, renamed, nobody_loses_a_band=True).is_good


@pytest.mark.parametrize(
    "changed",
    [
        {"overrides:": "exemptions: {rare: {when: '7 * done - 5 * late == 331', status: gone}}\noverrides:"},
        {"5 * done - late": "5 * done - late + 0 / (7 * done - 5 * late - 331)"},
    ],
    ids=["exempt", "faulty"],
)
def test_who_is_not_rated_any_more_loses_the_band(changed: dict[str, str]) -> None:
    wide = {"max: 20}": "max: 900}"}
    old, new = program(RULES, **wide), program(RULES, **wide, **changed)
    claim = kr.prove_change(old, new, nobody_loses_a_band=True).claims[0]
    assert claim.answer == "refuted"
    assert [7 * one["done"] - 5 * one["late"] for one in given(claim)] == [331]


def test_another_default_is_another_rating() -> None:
    def due(default: str, points: str = "done") -> kr.Program:
        return program(
            f"""
            inputs: {{done: {{type: integer, min: 0, max: 900, {default}}}, late: {{type: integer, min: 0, max: 900}}}}
            criteria: {{work: {{max: 900, points: '{points}'}}}}
            """
        )

    plain = kr.prove_change(due("default: 1"), due("default: 2")).claims[0]
    assert (plain.answer, plain.subjects) == ("refuted", ('{"late": 0}',))
    rare = "done if late * 7 == 3311 else 0"
    for new in (due("default: 2", rare), due("optional: true", "default(done, 2) if late * 7 == 3311 else 0")):
        assert kr.prove_change(due("default: 1", rare), new).claims[0].answer != "proved"


def test_a_condition_is_not_taken_for_an_invariant_of_the_rules() -> None:
    named = RULES + "invariants: {only_where: done >= 0, other: done <= 20}\n"
    old, new = program(named), program(named, **{"from: 70": "from: 71"})
    claim = kr.prove_change(old, new, only_where="score == 71").claims[0]
    assert (claim.says, claim.answer) == ("ratings differ only where score == 71", "refuted")
    assert kr.prove_change(old, new, only_where="score == 70").claims[0].answer == "proved"


def test_a_subject_that_shows_a_difference_has_a_day_of_both_editions() -> None:
    dated = RULES.replace("inputs:", "inputs:\n  day: {type: date, min: 2026-01-01, max: 2026-12-31}") + dedent("""
    edition_by: day
    amendments: [{from: 2026-07-01, change: {bands: {good: {from: 90}}}}]
    """)
    moved = kr.prove_change(program(dated), program(dated, **{"2026-07-01": "2026-08-01"}))
    answers = [
        (one.answer, [subject["day"][:7] for subject in given(one)]) for one in moved.claims if one.kind == "alike"
    ]
    assert answers == [("proved", []), ("refuted", ["2026-07"]), ("proved", [])]
    july = "day >= date(2026, 7, 1) and day < date(2026, 8, 1)"
    found = kr.prove_change(program(dated), program(dated, **{"2026-07-01": "2026-08-01"}), only_where=july)
    assert [one.answer for one in found.claims] == ["proved", "proved", "proved"]


def test_editions_that_no_subject_chooses_both_are_not_proved_alike() -> None:
    dated = RULES.replace("inputs:", "inputs:\n  day: {type: date, min: 2026-01-01, max: 2026-12-31}") + dedent("""
    edition_by: day
    amendments: [{from: 2026-07-01, change: {bands: {good: {from: 90}}}}]
    """)
    both = program(dated)
    old, new = both.part(on=date(2026, 6, 30)), both.part(on=date(2026, 7, 1))
    found = kr.prove_change(old, new).claims[0]
    assert found.answer == "refuted"
    (subject,) = given(found)
    assert kr.assess(old, subject).band != kr.assess(new, subject).band
    hidden = program(dated, **{"bands: {good: {from: 90}}": "outputs: {rare: 1 if done == 17 else 0}"})
    parts = hidden.part(on=date(2026, 6, 30)), hidden.part(on=date(2026, 7, 1))
    assert kr.compare(*parts, prove=True).significance.ratings != "same"
    asked = kr.prove_change(old, new, nobody_loses_a_band=True).claims[0]
    assert (asked.answer, asked.reason) == ("unknown", APART)


def test_an_option_more_of_an_ordered_choice() -> None:
    def rules(options: str, points: str) -> kr.Program:
        return program(
            f"""
            inputs: {{rank: {{type: choice, options: {options}, ordered: best_first}}}}
            criteria: {{work: {{max: 9, points: '{points}'}}}}
            """
        )

    old, new = rules("[a, b]", '9 if rank < "a" else 0'), rules("[a, b, c]", '9 if rank == "b" else 0')
    assert [one.answer for one in kr.prove_change(old, new).claims] == ["proved", "refuted"]


def test_other_domains_are_no_difference_of_ratings() -> None:
    old, new = (
        program(RULES),
        program(RULES, **{"late: {type: integer, min: 0, max: 20}": "late: {type: integer, min: 0, max: 9}"}),
    )
    alike, accepted = kr.prove_change(old, new).claims
    assert (alike.answer, accepted.answer) == ("proved", "refuted")
    assert given(accepted)[0]["late"] > 9


def test_a_list_of_other_records_is_named() -> None:
    old, new = program(LISTS), program(LISTS, **{"max_items: 50": "max_items: 60", "25%": "(20% + 5%)"})
    alike = kr.prove_change(old, new).claims[0]
    assert (alike.answer, "`tasks`" in alike.reason) == ("unknown", True)


def test_an_eased_step_of_many_means_lowers_nobody() -> None:
    steps = "[{from: 1, points: 5}, {from: 0.95, points: 4}, {from: 0.9, points: 3}, {points: 0}]"
    inputs = "".join(f"  x{n}: {{type: number, min: 0, max: 9, decimals: 2, optional: true}}\n" for n in range(6))
    criteria = "".join(
        f"  c{n}: {{max: 5, weight: {n + 1}, measure: x{n} / (m / 12), steps: {steps}, missing: exclude}}\n"
        for n in range(6)
    )
    text = (
        f"inputs:\n  m: {{type: integer, min: 1, max: 12}}\n{inputs}criteria:\n{criteria}"
        "score: {combine: mean, weights: relative, require_share: 50%, max: 100, round: {places: 2}, band_on: rounded}\n"
        "bands: {a: {from: 90}, b: {from: 60}, c: {from: 0}}\n"
    )
    old, new = program(text), program(text, **{"from: 0.95": "from: 0.94"})
    (claim,) = kr.prove_change(old, new, nobody_loses_a_band=True).claims
    assert claim.answer == "proved"
    assert kr.prove_change(old, new).claims[0].answer == "refuted"


def test_a_formula_over_records_in_other_words_is_proved_for_any_length() -> None:
    new = program(
        LISTS,
        **{
            "item.weight * max(item.done - 25% * item.failures, 0)": "max(item.done - item.failures / 4, 0) * item.weight"
        },
    )
    assert kr.prove_change(program(LISTS), new).is_good
    weaker = program(LISTS, **{"25%": "20%"})
    assert kr.prove_change(program(LISTS), weaker, nobody_loses_a_band=True).is_good
    where = "any(t.failures > 0 for t in tasks)"
    assert kr.prove_change(program(LISTS), weaker, only_where=where).is_good


def test_a_variant_of_one_side_is_named() -> None:
    variants = RULES.replace("inputs:", "inputs:\n  post: {type: choice, options: [a, b]}") + dedent("""
    variant_by: post
    variants: {a: {}, b: {}}
    """)
    fewer = variants.replace("[a, b]", "[a]").replace("a: {}, b: {}", "a: {}")
    found = kr.prove_change(program(variants), program(fewer))
    assert [part.notes for part in found.parts] == [(), ("only the old edition has it",)]


def test_a_comparison_can_ask_z3() -> None:
    old, new = program(RULES), program(RULES, **{"5 * done - late": "5 * (done - late / 5)"})
    assert kr.compare(old, new).significance.kind == "ratings_possible"
    assert kr.compare(old, new, prove=True).significance.kind == "same"
    rare = program(RULES, **{"5 * done - late": "5 * done - late - (1 if 7 * done - 5 * late == 31 else 0)"})
    found = kr.compare(old, rare, prove=True).significance
    assert (found.kind, found.evidence) == ("ratings", "shown")


SHIPPED = (
    "mips2024/quality", "news2/news2", "customs21169/year", "supplier_card/year", "saas_scorecard/quarter",
)  # fmt: skip


@pytest.mark.parametrize("path", some(SHIPPED, 5))
def test_no_question_about_a_shipped_rulebook_is_open(path: str) -> None:
    found = kr.prove(shipped(EXAMPLES / f"{path}.kpi.yaml"))
    assert not [claim for claim in found.claims if claim.answer == "unknown"]
    assert all(one.effect != "unknown" for part in found.parts for one in part.directions)
