"""Allocating: undecided members, refused input, and values that follow from another band."""

from __future__ import annotations

import pickle
import re
from fractions import Fraction
from typing import Any

import pytest

import kpirules as kr
from tests.rules import program

HEAD = """
inputs:
  unit: {type: text}
  x: {type: integer, min: 0, max: 100}
  divisor: {type: integer, min: 0, max: 9, default: 1}
  outstanding: {type: boolean, default: false}
  grade: {type: choice, options: ["9", "10", "x"], ordered: worst_first, default: "9"}
let: {half: x / 2}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90}, good: {from: 70}, fair: {from: 0}}
"""

QUOTA = """
cohort:
  within: [unit]
  quotas:
    top:
      {band: top, at_most: 50%, of: [top], base: before, round: down, minimum: 0, order: [score], ties: undecided,
       demote_to: good}
"""


def quota(**changes: str) -> str:
    """Return the quota with other policies."""
    text = QUOTA
    for key, value in changes.items():
        before = {"at_most": "50%", "order": "[score]", "minimum": "0", "ties": "undecided"}[key]
        text = text.replace(f"{key}: {before}", f"{key}: {value}")
    return text


def cohort(*xs: int, **others: Any) -> dict[str, dict[str, Any]]:
    return {f"m{place}": {"unit": "A", "x": x, **others} for place, x in enumerate(xs)}


def allocated(rules: kr.Program, members: dict[str, dict[str, Any]]) -> kr.Allocation:
    return kr.allocate(rules, members, kr.assess_cohort(rules, members, is_allocated=False))


def test_a_rulebook_without_quotas_leaves_everybody_as_they_are() -> None:
    rules = program(HEAD)
    members = cohort(95, 80)
    before = kr.assess_cohort(rules, members)
    assert kr.allocate(rules, members, before) == kr.Allocation(before, ())


def test_a_cohort_of_nobody_has_no_groups() -> None:
    allocation = allocated(program(HEAD + QUOTA), {})
    assert allocation == kr.Allocation({}, ())


def test_a_group_tells_its_numbers_and_names() -> None:
    allocation = allocated(program(HEAD + QUOTA), cohort(99, 95, 95, 91, 80))
    (group,) = allocation.groups
    assert group == kr.QuotaGroup(
        quota="top",
        band="top",
        within={"unit": "A"},
        at_most=Fraction(1, 2),
        minimum=0,
        base=4,
        limit=2,
        held=4,
        kept=1,
        moved=("m3",),
        undecided=("m1", "m2"),
        places=1,
        last=("m1", "m2"),
    )
    assert allocation.moved == {"m3": ("top",)}
    assert allocation.undecided == {"m1": ("top",), "m2": ("top",)}


def test_members_and_assessments_are_the_same_people() -> None:
    rules = program(HEAD + QUOTA)
    before = kr.assess_cohort(rules, cohort(95), is_allocated=False)
    with pytest.raises(ValueError, match="each member must have one assessment"):
        kr.allocate(rules, cohort(95, 94), before)


def test_programs_of_other_members_have_the_same_quotas() -> None:
    rules, other = program(HEAD + QUOTA), program(HEAD + quota(at_most="40%"))
    members = cohort(95, 94)
    before = {"m0": kr.assess(rules, members["m0"]), "m1": kr.assess(other, members["m1"])}
    with pytest.raises(kr.RulebookError, match="have different bands or quotas") as caught:
        kr.allocate(rules, members, before, programs={"m0": rules, "m1": other})
    assert [one.code for one in caught.value.report] == ["KR652"]


def test_members_of_other_variants_are_placed_together() -> None:
    rules = program(HEAD + QUOTA)
    variant = program(
        (HEAD + QUOTA).replace("points: x", "points: x + 5").replace("max: 100, points", "max: 105, points")
    )
    members = cohort(95, 94, 93)
    before = {name: kr.assess(variant if name == "m2" else rules, one) for name, one in members.items()}
    after = kr.allocate(rules, members, before, programs={"m2": variant}).assessments
    assert {name: one.band for name, one in after.items()} == {"m0": "good", "m1": "good", "m2": "top"}


def test_a_rulebook_without_bands_or_a_cohort_has_the_same_quotas_as_another_such() -> None:
    rules, other = program("inputs: {x: {type: integer}}"), program("outputs: {one: 1}\ninputs: {x: {type: integer}}")
    members = {"a": {"x": 1}, "b": {"x": 2}}
    before = {"a": kr.assess(rules, members["a"]), "b": kr.assess(other, members["b"])}
    assert kr.allocate(rules, members, before, programs={"b": other}).groups == ()


def test_inputs_that_must_be_equal_and_are_not_are_named_with_two_members() -> None:
    rules = program(
        HEAD + quota(at_most="10% if outstanding else 50%").replace("good}", "good, uniform: [outstanding]}")
    )
    members = cohort(95, 94) | {"m1": {"unit": "A", "x": 94, "outstanding": True}}
    with pytest.raises(kr.SubjectError) as caught:
        kr.assess_cohort(rules, members)
    (found,) = caught.value.report
    assert (found.code, found.path) == ("KR650", "members[m1].outstanding")
    assert "`outstanding` is false for m0 and true for m1" in found.message


@pytest.mark.parametrize(
    ("declared", "one", "other", "told"),
    [
        ("{type: number, decimals: 1}", 1.5, 2, "1.5 for m0 and 2 for m1"),
        ("{type: date}", "2026-01-01", "2026-01-02", "2026-01-01 for m0 and 2026-01-02 for m1"),
        ("{type: text}", "a", "b", '"a" for m0 and "b" for m1'),
    ],
)
def test_values_that_differ_are_told_as_they_are_written(declared: str, one: Any, other: Any, told: str) -> None:
    text = HEAD.replace("inputs:", f"inputs:\n  same: {declared}", 1) + QUOTA.replace(
        "good}", "good, uniform: [same]}"
    )
    members = cohort(95, 94)
    members["m0"]["same"], members["m1"]["same"] = one, other
    with pytest.raises(kr.SubjectError, match=told):
        kr.assess_cohort(program(text), members)


@pytest.mark.parametrize("key", ["order", "at_most"])
def test_a_quota_that_has_no_answer_for_a_member_is_a_fault_that_names_it(key: str) -> None:
    text = quota(**{key: "[1 / divisor]" if key == "order" else "1 / divisor"})
    rules = program(HEAD + text.replace("good}", "good, uniform: [divisor]}"))
    with pytest.raises(kr.FaultError) as caught:
        kr.assess_cohort(rules, cohort(95, 94, divisor=0))
    (found,) = caught.value.report
    assert (found.code, found.path) == (
        "KR620",
        "cohort.quotas.top.order[0]" if key == "order" else "cohort.quotas.top.at_most",
    )
    assert found.notes == ("for members[m0]",)


@pytest.mark.parametrize("key", ["at_most", "minimum"])
def test_a_limit_that_is_none_is_told_of_a_member_of_its_group(key: str) -> None:
    text = quota(**{key: "(divisor - 2) / 2"}).replace("good}", "good, uniform: [divisor]}")
    members = {"an": {"unit": "A", "x": 95, "divisor": 2}, "bình": {"unit": "B", "x": 95, "divisor": 1}}
    with pytest.raises(kr.SubjectError) as caught:
        kr.assess_cohort(program(HEAD + text), members)
    (found,) = caught.value.report
    assert (found.code, found.subject, found.notes) == ("KR651", "members[bình]", ("for members[bình]",))


@pytest.mark.parametrize("name", [1, None, ("a", "b"), b"an"])
@pytest.mark.parametrize("rest", ["", QUOTA])
def test_a_name_that_is_no_text_is_refused_with_or_without_quotas(name: Any, rest: str) -> None:
    rules = program(HEAD + rest)
    members: Any = {"an": {"unit": "A", "x": 95}, name: {"unit": "A", "x": 94}}
    told = f"names of members must be texts, not {name!r}: give `str(id)`"
    with pytest.raises(TypeError, match=re.escape(told)):
        kr.assess_cohort(rules, members)
    before: Any = {one: kr.assess(rules, given) for one, given in members.items()}
    with pytest.raises(TypeError, match=re.escape(told)):
        kr.allocate(rules, members, before)


def test_what_is_not_given_by_name_is_refused() -> None:
    rules = program(HEAD + QUOTA)
    members = cohort(95)
    before = kr.assess_cohort(rules, members, is_allocated=False)
    listed: Any = list(members.values())
    with pytest.raises(TypeError, match="members are given by name of member, not as list"):
        kr.allocate(rules, listed, before)
    listed = list(before.values())
    with pytest.raises(TypeError, match="assessments are given by name of member, not as list"):
        kr.allocate(rules, members, listed)
    none: Any = {"m0": None}
    with pytest.raises(TypeError, match="m0 has no assessment but NoneType"):
        kr.allocate(rules, members, none)


def test_rules_for_nobody_and_assessments_by_other_rules_are_refused() -> None:
    rules, other = program(HEAD + QUOTA), program((HEAD + QUOTA).replace("from: 90", "from: 91"))
    members = cohort(95)
    before = kr.assess_cohort(rules, members, is_allocated=False)
    with pytest.raises(ValueError, match="`programs` has rules for m9, but there is no such member"):
        kr.allocate(rules, members, before, programs={"m9": other})
    with pytest.raises(ValueError, match="m0 was assessed by different rules: give its rules"):
        kr.allocate(other, members, before)


@pytest.mark.parametrize("given", [{"x": 95}, {"unit": 3, "x": 95}, {"unit": "A"}, None])
def test_inputs_that_nobody_was_assessed_by_are_told_of_their_member(given: Any) -> None:
    rules = program(HEAD + QUOTA + 'outputs: {pay: x if band == "good" else 0}')
    members = cohort(95, 94)
    before = kr.assess_cohort(rules, members, is_allocated=False)
    with pytest.raises(kr.SubjectError) as caught:
        kr.allocate(rules, members | {"m1": given}, before)
    assert {one.subject for one in caught.value.report} == {"members[m1]"}
    assert {one.code for one in caught.value.report} <= {"KR600", "KR602", "KR603"}


def test_a_member_that_tells_no_variant_is_named() -> None:
    rules = program(VARIANTS + "variants: {head: {}, staff: {}}\nvariant_by: post")
    members = cohort(95, post="staff")
    before = kr.assess_cohort(rules, members, is_allocated=False)
    with pytest.raises(kr.SubjectError) as caught:
        kr.allocate(rules, cohort(95), before)
    (found,) = caught.value.report
    assert (found.code, found.subject) == ("KR602", "members[m0]")


def test_an_output_that_has_no_answer_for_the_final_band_is_a_fault_that_names_the_member() -> None:
    rules = program(HEAD + QUOTA + 'outputs: {pay: 1 / (0 if band == "good" and x > 90 else 1)}')
    with pytest.raises(kr.FaultError) as caught:
        kr.assess_cohort(rules, cohort(95, 94))
    (found,) = caught.value.report
    assert (found.code, found.notes) == ("KR620", ("for members[m1]",))


def test_outputs_invariants_and_named_values_follow_from_the_final_band() -> None:
    rules = program(
        HEAD
        + QUOTA
        + """
outputs: {pay: 'half if band == "good" else 0', twice: pay * 2}
invariants: {fine: {that: 'given(band) and (band == "top" or x < 95)'}}
"""
    )
    found = kr.assess_cohort(rules, cohort(99, 96, 96, 95))
    assert found["m0"].outputs == {"pay": 0, "twice": 0}
    assert (found["m1"].status, found["m1"].outputs) == ("undecided", {})
    moved = kr.assess_cohort(rules, cohort(99, 98, 96))["m1"]
    assert (moved.band, moved.outputs, moved.let) == ("good", {"pay": 49, "twice": 98}, {"half": 49})
    assert [one.held for one in moved.invariants] == [False]
    assert moved.not_needed == ()


def test_a_row_without_a_value_for_the_final_band_leaves_the_member_undefined() -> None:
    rules = program(
        HEAD
        + QUOTA
        + """
tables: {pay: {lookup: {top: 3, good: {undefined: true}, fair: 1}}}
outputs: {pay: pay(band)}
"""
    )
    moved = kr.assess_cohort(rules, cohort(99, 98))["m1"]
    assert (moved.status, moved.band, moved.outputs) == ("undefined", None, {})
    assert moved.because == ("tables.pay: good",)


def test_an_undecided_member_has_no_outputs() -> None:
    rules = program(HEAD + QUOTA + "outputs: {x: x}")
    found = kr.assess_cohort(rules, cohort(95, 95))["m0"]
    assert (found.status, found.band, found.outputs, found.output_computations) == ("undecided", None, {}, {})
    assert found.because == ("quotas.top",)
    assert found.points == {"main": 95}


def test_order_reads_shares_inputs_options_and_formulas() -> None:
    for order in ("[share.main]", "[x]", "[grade]", "[x / 3]", "[half]", "[exact_score]", "[outstanding, x]"):
        rules = program(HEAD + quota(order=order))
        members = cohort(95, 96)
        members["m1"]["grade"] = "10"
        assert {name: one.band for name, one in kr.assess_cohort(rules, members).items()} == {
            "m0": "good",
            "m1": "top",
        }


def test_options_that_look_like_numbers_stand_in_the_order_of_the_rulebook() -> None:
    rules = program(HEAD.replace('["9", "10", "x"]', '["10", "9"]') + quota(order="[grade]"))
    members = cohort(95, 95)
    members["m0"]["grade"] = "10"
    assert {name: one.band for name, one in kr.assess_cohort(rules, members).items()} == {"m0": "good", "m1": "top"}


def test_numbers_that_are_one_double_are_told_apart() -> None:
    rules = program(HEAD + quota(order="[x + divisor / 10 ** 16]"))
    members = cohort(95, 95)
    members["m1"]["divisor"] = 2
    assert {name: one.band for name, one in kr.assess_cohort(rules, members).items()} == {"m0": "good", "m1": "top"}


def test_numbers_beyond_all_doubles_have_an_order() -> None:
    rules = program(HEAD + quota(order="[(x + 10 ** 15) ** 16 * (x + 10 ** 15) ** 16]"))
    assert {n: one.band for n, one in kr.assess_cohort(rules, cohort(95, 96)).items()} == {"m0": "good", "m1": "top"}


def test_members_may_be_objects_and_leave_out_what_has_a_default() -> None:
    rules = program(HEAD + QUOTA.replace("within: [unit]", "within: [unit, outstanding]"))
    found = kr.assess_cohort(rules, cohort(95, 94) | {"other": {"unit": "A", "x": 93, "outstanding": True}})
    assert {name: one.band for name, one in found.items()} == {"m0": "top", "m1": "good", "other": "good"}


def test_members_of_a_quota_within_a_cohort_that_compares_keep_their_comparisons() -> None:
    rules = program(HEAD + QUOTA + 'outputs: {rank: cohort_rank(score), pay: 1 if band == "top" else 0}')
    found = kr.assess_cohort(rules, cohort(95, 94))
    assert found["m1"].outputs == {"rank": 2, "pay": 0}
    assert [(one.value, one.members) for one in found["m1"].compared] == [(2, 2)]


def test_an_allocated_record_is_a_value_as_any_other() -> None:
    rules = program(HEAD + QUOTA)
    for one in kr.assess_cohort(rules, cohort(99, 95, 95, 91)).values():
        assert pickle.loads(pickle.dumps(one)) == one
        assert kr.Assessment.from_json(one.to_json()) == one


def test_of_many_who_hold_the_last_place_a_record_names_some_and_counts_all() -> None:
    rules = program(HEAD + quota(ties="keep"))
    found = kr.assess_cohort(rules, cohort(*[95] * 6, 90))
    (outcome,) = found["m6"].quotas
    assert (outcome.effect, outcome.last, outcome.sharing) == ("moved", ("m0", "m1", "m2"), 6)
    assert [one.effect for one in found["m0"].quotas] == ["over"]


def test_an_undecided_last_place_is_held_by_nobody() -> None:
    rules = program(HEAD + QUOTA)
    found = kr.assess_cohort(rules, cohort(99, 95, 95, 91, 80))
    for name in ("m1", "m2", "m3"):
        (outcome,) = found[name].quotas
        assert (outcome.last, outcome.sharing, outcome.is_last_open) == (("m1", "m2"), 2, True)
    (outcome,) = kr.assess_cohort(rules, cohort(99, 95, 91, 80))["m2"].quotas
    assert (outcome.effect, outcome.last, outcome.is_last_open) == ("moved", ("m0",), False)


def test_an_undecided_member_takes_a_place_in_a_group_with_room() -> None:
    text = HEAD.replace("inputs:", "inputs:\n  kind: {type: text}\n", 1) + QUOTA
    text += (
        QUOTA.partition("quotas:")[2]
        .replace("top:", "each:", 1)
        .replace("50%", "1/2")
        .replace("good}", "good, within: [kind]}")
    )
    members = cohort(95, 95, kind="k") | {
        "m2": {"unit": "A", "x": 94, "kind": "l"},
        "m3": {"unit": "A", "x": 93, "kind": "l"},
    }
    found = kr.assess_cohort(program(text), members)
    assert {name: one.status for name, one in found.items()} == dict.fromkeys(
        ("m0", "m1"), "undecided"
    ) | dict.fromkeys(("m2", "m3"), "rated")
    last = {one.id: (one.last, one.is_last_open) for one in found["m2"].quotas}
    assert last == {"top": (("m0", "m1"), False)}


def test_a_group_whose_condition_does_not_hold_has_no_quota() -> None:
    rules = program(HEAD + QUOTA.replace("good}", "good, when: not outstanding, uniform: [outstanding]}"))
    allocation = allocated(rules, cohort(95, 94, outstanding=True))
    assert allocation.groups == ()
    assert {one.band for one in allocation.assessments.values()} == {"top"}


VARIANTS = HEAD.replace("inputs:", "inputs:\n  post: {type: choice, options: [head, staff]}\n", 1) + QUOTA


def test_variants_of_one_rulebook_are_allocated_together() -> None:
    rules = program(
        VARIANTS + "variants: {head: {criteria: {main: {points: x / 2 + 50}}}, staff: {}}\nvariant_by: post"
    )
    members = cohort(95, 94, post="staff") | {"boss": {"unit": "A", "x": 96, "post": "head"}}
    found = kr.assess_cohort(rules, members)
    assert {name: (one.variant, one.band) for name, one in found.items()} == {
        "m0": ("staff", "good"),
        "m1": ("staff", "good"),
        "boss": ("head", "top"),
    }


def test_variants_with_other_quotas_share_no_places() -> None:
    text = VARIANTS + "variants: {head: {cohort: {quotas: {top: {at_most: 30%}}}}, staff: {}}\nvariant_by: post"
    members = cohort(95, 94, post="staff") | {"boss": {"unit": "A", "x": 96, "post": "head"}}
    with pytest.raises(kr.RulebookError, match="`staff` and `head` have different bands or quotas"):
        kr.assess_cohort(program(text), members)


READS = {
    "a table": ("tables: {part: {steps: [{from: 5, value: 50%}, {value: 20%}]}}", "part(divisor)"),
    "a limit of a table": (
        "parameters: {cut: 5}\ntables: {part: {steps: [{from: cut, value: 50%}, {value: 20%}]}}",
        "part(divisor)",
    ),
    "a function of a table": (
        "functions: {less: {args: [n], value: part(n) / 2}}\n"
        "tables: {part: {steps: [{from: 5, value: 50%}, {value: 20%}]}}",
        "less(divisor)",
    ),
}


@pytest.mark.parametrize(
    ("read", "change"),
    [
        ("a table", "tables: {part: {steps: [{from: 5, value: 50%}, {value: 100%}]}}"),
        ("a limit of a table", "parameters: {cut: 1}"),
        ("a function of a table", "tables: {part: {steps: [{from: 5, value: 50%}, {value: 100%}]}}"),
    ],
)
def test_editions_whose_quotas_read_other_values_are_apart_in_whatever_order_members_come(
    read: str, change: str
) -> None:
    declared, share = READS[read]
    text = HEAD.replace("inputs:", "inputs:\n  ends: {type: date}\n", 1) + declared
    text += quota(at_most=share).replace("good}", "good, uniform: [divisor]}")
    text += f"amendments: [{{from: 2026-01-01, source: x, change: {{{change}}}}}]\nedition_by: ends"
    rules = program(text)
    members = {f"old {x}": {"unit": "A", "x": x, "ends": "2025-06-01"} for x in (91, 92)}
    members |= {f"new {x}": {"unit": "A", "x": x, "ends": "2026-06-01"} for x in (95, 96)}
    there = allocated(rules, members)
    back = allocated(rules, dict(reversed(members.items())))
    assert there.assessments == back.assessments
    assert sorted((g.at_most, g.base, g.limit) for g in there.groups) == sorted(
        (g.at_most, g.base, g.limit) for g in back.groups
    )
    assert [group.base for group in there.groups] == [2, 2]


def test_a_table_that_no_quota_reads_may_differ() -> None:
    text = HEAD.replace("inputs:", "inputs:\n  ends: {type: date}\n", 1) + QUOTA
    text += "tables: {pay: {steps: [{from: 90, value: 2}, {value: 1}]}}\noutputs: {pay: pay(x)}\n"
    text += "amendments: [{from: 2026-01-01, source: x, change: "
    text += "{tables: {pay: {steps: [{from: 90, value: 3}, {value: 1}]}}}}]\nedition_by: ends"
    members = cohort(95, ends="2025-06-01") | {"new": {"unit": "A", "x": 96, "ends": "2026-06-01"}}
    (group,) = allocated(program(text), members).groups
    assert (group.base, group.limit, group.moved) == (2, 1, ("m0",))


@pytest.mark.parametrize(
    ("order", "change"),
    [
        ("[grade]", "inputs: {grade: {replace: true, type: date}}"),
        ("[grade]", "inputs: {grade: {ordered: best_first}}"),
        ("[grade]", 'inputs: {grade: {options: ["9", "x", "10"]}}'),
        ("[divisor]", "inputs: {divisor: {replace: true, type: boolean}}"),
        ("[half]", "let: {half: x > 50}"),
        ("[part(x)]", "tables: {part: {steps: [{from: 5, value: 1}, {value: 0}]}}"),
    ],
)
def test_variants_whose_orders_are_not_comparable_share_no_places(order: str, change: str) -> None:
    text = VARIANTS.replace("order: [score]", f"order: {order}")
    text += "tables: {part: {steps: [{from: 5, value: 2}, {value: 0}]}}\n"
    text += f"variants: {{head: {{{change}}}, staff: {{}}}}\nvariant_by: post\nallow: {{KR242: a test}}"
    members = {"an": {"unit": "A", "x": 95, "post": "staff", "grade": "9"}}
    members["boss"] = {**members["an"], "x": 96, "post": "head", "grade": "10"}
    if "replace" in change:
        members["boss"] |= {"grade": "2026-01-01"} if "date" in change else {"divisor": True}
    with pytest.raises(kr.RulebookError, match="`staff` and `head` have different bands or quotas"):
        kr.assess_cohort(program(text), members)


@pytest.mark.parametrize("key", ["within", "uniform"])
def test_equal_values_of_other_kinds_make_no_common_group(key: str) -> None:
    text = VARIANTS.replace("good}", f"good, {key}: [divisor]}}")
    text += "variants: {head: {inputs: {divisor: {replace: true, type: boolean}}}, staff: {}}\nvariant_by: post"
    members = {"an": {"unit": "A", "x": 95, "post": "staff", "divisor": 1}}
    members["boss"] = {"unit": "A", "x": 96, "post": "head", "divisor": True}
    with pytest.raises(kr.RulebookError, match="`staff` and `head` have different bands or quotas"):
        kr.assess_cohort(program(text), members)


def test_what_is_an_input_of_one_variant_and_computed_by_another_stands_in_one_order() -> None:
    text = VARIANTS.replace("let: {half: x / 2}", "").replace("order: [score]", "order: [half]")
    text = text.replace("inputs:", "inputs:\n  half: {type: integer, min: 0, max: 100, default: 0}", 1)
    text += "variants: {head: {inputs: {half: null}, let: {half: x / 2}}, staff: {}}\nvariant_by: post"
    members = {"an": {"unit": "A", "x": 95, "post": "staff", "half": 47}}
    members["boss"] = {"unit": "A", "x": 95, "post": "head"}
    for given in (members, dict(reversed(members.items()))):
        found = kr.assess_cohort(program(text), given)
        assert {name: one.band for name, one in found.items()} == {"an": "good", "boss": "top"}


def test_variants_without_quotas_share_nothing_and_may_have_other_bands() -> None:
    text = VARIANTS.replace(QUOTA, "") + "variants: {head: {bands: {good: {from: 80}}}, staff: {}}\nvariant_by: post"
    found = kr.assess_cohort(
        program(text + "\ncohort: {within: [unit]}"),
        {"an": {"unit": "A", "x": 75, "post": "staff"}, "boss": {"unit": "A", "x": 75, "post": "head"}},
    )
    assert {name: one.band for name, one in found.items()} == {"an": "good", "boss": "fair"}


def test_rulebooks_without_an_id_are_named_by_their_members() -> None:
    rules, other = program(HEAD + QUOTA), program(HEAD + quota(at_most="40%"))
    members = cohort(95, 94)
    before = {"m0": kr.assess(rules, members["m0"]), "m1": kr.assess(other, members["m1"])}
    with pytest.raises(kr.RulebookError) as caught:
        kr.allocate(rules, members, before, programs={"m1": other})
    (found,) = caught.value.report
    assert found.message == (
        "the rulebook of m0 and the rulebook of m1 have different bands or quotas, but their members share places"
    )
    assert found.subject == "members[m1]"


def test_members_of_editions_with_other_quotas_are_apart() -> None:
    text = HEAD.replace("inputs:", "inputs:\n  ends: {type: date}\n", 1) + QUOTA
    amended = "amendments: [{from: 2026-01-01, source: x, change: {cohort: {quotas: {top: {at_most: 100%}}}}}]\n"
    rules = program(text + amended + "edition_by: ends")
    members = cohort(95, 94, ends="2025-06-01")
    members |= {f"new {name}": {**one, "ends": "2026-06-01"} for name, one in members.items()}
    allocation = allocated(rules, members)
    assert {name: one.band for name, one in allocation.assessments.items()} == {
        "m0": "top",
        "m1": "good",
        "new m0": "top",
        "new m1": "top",
    }
    assert [group.at_most for group in allocation.groups] == [Fraction(1, 2), 1]
