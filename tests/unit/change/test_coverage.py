"""Decision points of a rulebook, and which of them subjects cover."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

import kpirules as kr
from kpirules.change import Coverage, coverage
from kpirules.change.coverage import Covering, together
from kpirules.change.coverage_pages import coverage_page, percent, summary
from kpirules.loading.loading import load_whole

Book = dict[str, Any]

N = {"type": "integer", "min": 0, "max": 10}
YES = {"type": "boolean"}
INPUTS = {"n": N, "m": N, "late": YES}
SICK = {**INPUTS, "sick": {"type": "boolean", "optional": True}}


def book(**sections: Any) -> Book:
    base: Book = {"kpirules": 1, "id": "t", "inputs": INPUTS, "allow": {"KR242": "tests", "KR243": "tests"}}
    if "bands" in sections or "overrides" in sections:
        base["criteria"] = {"work": {"max": 10, "points": "n"}}
        base["score"] = {"round": {"places": 0}, "band_on": "rounded"}
        base["bands"] = {"good": {"from": 5}, "poor": {"from": 0}}
    return base | sections


def subject(**given: Any) -> Book:
    return {"n": 0, "m": 0, "late": False, **given}


def seen(rules: Mapping[str, Any], *subjects: Mapping[str, Any], about: str = "") -> list[str]:
    """Return the points below a path that subjects cover."""
    found = coverage(load_whole(rules), subjects)
    told = [f"{one.decision.kind} {one.decision.text}: {one.outcome}" for one in found.points if one in found.covered]
    paths = [one.decision.path for one in found.points if one in found.covered]
    return [text for text, path in zip(told, paths, strict=True) if path.startswith(about)]


def output(formula: str, *subjects: Mapping[str, Any], **sections: Any) -> list[str]:
    return seen(book(outputs={"x": formula}, **sections), *subjects, about="outputs.x")


def test_conditions_are_taken_apart_down_to_those_without_any_inside() -> None:
    formula = "1 if late and not (n > 3 or m == 2) else 0"
    assert output(formula, subject()) == ["condition late: false"]
    found = output(formula, subject(late=True, n=4), subject(late=True, m=2), subject(late=True))
    assert found == [
        "condition late: true", "condition n > 3: true", "condition n > 3: false", "condition m == 2: true",
        "condition m == 2: false",
    ]  # fmt: skip


def test_what_a_comparison_or_membership_says_counts_wherever_it_stands() -> None:
    assert output('"a" if n in (1, 2) else "b"', subject(n=1)) == ["condition n in (1, 2): true"]
    assert output("n > 3", subject(n=4)) == ["condition n > 3: true"]


def test_conditions_inside_aggregates_are_seen_of_every_record() -> None:
    tasks = {"type": "list", "fields": {"x": N, "ok": YES}, "max_items": 5}
    rules = book(
        inputs={"tasks": tasks},
        outputs={"x": "sum(t.x for t in tasks if t.x > 2) if any(t.ok for t in tasks) else 0"},
    )
    one = {"tasks": [{"x": 3, "ok": True}, {"x": 1, "ok": False}]}
    assert seen(rules, one, about="outputs.x") == [
        "condition t.x > 2: true", "condition t.x > 2: false", "condition any(t.ok for t in tasks): true",
        "condition t.ok: true", "condition t.ok: false",
    ]  # fmt: skip


def test_functions_that_choose_have_a_point_for_each_way() -> None:
    assert output("min(n, m + 0)", subject(n=1, m=2)) == ["function min(n, m + 0): `n` decides"]
    both = ["function max(n, +m): `n` decides", "function max(n, +m): `+m` decides"]
    assert output("max(n, +m)", subject(n=2, m=2)) == both
    told = ["below", "inside", "above"]
    found = output("clamp(n, 2, 5)", subject(n=1), subject(n=3), subject(n=6))
    assert found == [f"function clamp(n, 2, 5): {word}" for word in told]
    found = output("clamp(hi=5, x=n, lo=2)", subject(n=6))
    assert [one.rpartition(": ")[2] for one in found] == ["above"]
    found = output("ratio(b=m, a=n, if_zero=0)", subject())
    assert [one.rpartition(": ")[2] for one in found] == ["by zero"]
    assert output("ratio(n, m, if_zero=0)", subject(), subject(m=1)) == [
        "function ratio(n, m, if_zero=0): divided", "function ratio(n, m, if_zero=0): by zero",
    ]  # fmt: skip
    found = output("1 if default(sick, False) else 0", subject(), subject(sick=True), inputs=SICK)
    assert [one.rpartition(": ")[2] for one in found] == ["true", "false", "given", "absent"]
    assert output("abs(n)", subject()) == []


def test_an_absent_value_chooses_no_branch() -> None:
    optional = {"type": "integer", "min": 0, "max": 3, "optional": True}
    for formula in ("min(o, 2)", "clamp(o, 1, 2)", "ratio(o, 2, if_zero=0)", "o > 2"):
        rules = book(inputs={"o": optional}, outputs={"x": formula})
        assert seen(rules, {}, about="outputs.x") == []


def test_rows_and_both_sides_of_their_ends() -> None:
    steps = [{"from": 5, "points": 10}, {"above": 2, "below": 4, "points": 5}, {"points": 0}]
    rules = book(criteria={"work": {"max": 10, "measure": "n", "steps": steps}})
    assert seen(rules, subject(n=5), about="criteria.work") == [
        "criterion : scored", "row from 5: reached", "edge from 5: from 5", "edge above 2: above 2",
        "edge below 4: from 4",
    ]  # fmt: skip
    found = coverage(load_whole(rules), [subject(n=n) for n in range(11)])
    assert found.share == 1
    assert len(found.points) == 10


def test_options_stretches_and_thresholds() -> None:
    level = {"type": "choice", "options": ["a", "b", "c"]}
    rules = book(
        inputs={"n": N, "level": level},
        criteria={
            "level": {"max": 4, "measure": "level", "lookup": {"a": 4, "else": 0}},
            "line": {"max": 4, "measure": "n", "scale": [[2, 0], [4, 2], [6, 4]], "outside": "clamp"},
            "count": {"max": 4, "measure": "n", "thresholds": {"from": [3, 5], "each": 2}},
        },
    )
    rules["criteria"]["grade"] = rules["criteria"].pop("level")
    found = seen(rules, {"n": 4, "level": "c"}, about="criteria")
    assert found == [
        "criterion : scored", "limit : not cut", "row between 2 and 4: reached", "edge from 2: from 2",
        "row between 4 and 6: reached", "edge to 6: to 6", "criterion : scored", "edge from 3: from 3",
        "edge from 5: below 5", "criterion : scored", "row otherwise: reached",
    ]  # fmt: skip
    assert "row a: reached" in seen(rules, {"n": 4, "level": "a"})


def test_cases_of_a_table_and_what_they_ask() -> None:
    cases = [{"when": {"x": {"from": 2}, "late": True}, "value": 4}, {"when": "x > 5", "value": 2}, {"value": 0}]
    tables = {"grid": {"args": ["x", "late"], "cases": cases}}
    rules = book(tables=tables, outputs={"y": "grid(n, late) + grid(m, False)"})
    assert [text for text in seen(rules, subject(n=3, late=True), about="tables") if text.startswith("row")] == [
        "row late true, x from 2: reached", "row otherwise: reached",
    ]  # fmt: skip
    assert set(seen(rules, subject(n=6), about="tables")) == {
        "row x > 5: reached", "row otherwise: reached", "condition late true: false", "condition x from 2: true",
        "condition x from 2: false", "condition x > 5: true", "condition x > 5: false",
    }  # fmt: skip


def test_cases_and_what_they_ask() -> None:
    cases = [{"when": {"n": {"from": 2}, "late": True}, "points": 4}, {"when": "m > 5", "points": 2}, {"points": 0}]
    rules = book(criteria={"work": {"max": 4, "cases": cases}})
    assert seen(rules, subject(n=3, late=True), about="criteria") == [
        "criterion : scored", "row late true, n from 2: reached", "condition n from 2: true",
        "condition late true: true",
    ]  # fmt: skip
    assert seen(rules, subject(), about="criteria.work.cases[1]") == ["condition m > 5: false"]
    assert coverage(load_whole(rules), [subject(n=n, m=m, late=n > 2) for n in (0, 3) for m in (0, 9)]).share == 1


def test_tables_are_seen_wherever_they_are_called() -> None:
    tables = {"pay": {"steps": [{"from": 5, "value": 10}, {"value": 0}]}}
    found = seen(book(tables=tables, outputs={"x": "pay(n) + pay(+m)"}), subject(n=5, m=4), about="tables")
    assert found == [
        "row from 5: reached", "edge from 5: from 5", "edge from 5: below 5", "row otherwise: reached",
    ]  # fmt: skip


def test_outcomes_of_criteria() -> None:
    optional = {"type": "integer", "min": 0, "max": 5, "optional": True}
    rules = book(
        inputs={"n": N, "late": YES, "o": optional},
        criteria={
            "a": {"max": 10, "points": "n"},
            "b": {"max": 5, "points": "o", "applies": "not late", "missing": "zero"},
            "c": {"max": 5, "points": "o", "missing": "exclude"},
        },
        score={"rescale": True, "require_share": "80%", "round": {"places": 0}},
    )
    assert seen(rules, {"n": 1, "o": 1, "late": False}, about="criteria.b") == ["criterion : scored"]
    assert seen(rules, {"n": 1, "late": False}, about="criteria.b") == ["criterion : missing"]
    assert seen(rules, {"n": 1, "late": True, "o": 2}, about="criteria.b") == ["criterion : excluded"]
    assert seen(rules, {"n": 1, "late": False}, about="criteria.c") == ["criterion : excluded"]
    assert seen(rules, {"n": 1, "late": False}, about="inputs.o") == ["input : absent"]
    assert seen(rules, {"n": 1, "late": True, "o": 2}, about="inputs.o") == ["input : given"]


def test_a_group_of_which_enough_or_too_little_remains() -> None:
    rules = book(
        inputs={"late": YES},
        criteria={
            "g": {
                "rescale": True,
                "require_share": "60%",
                "missing": "zero",
                "criteria": {
                    "a": {"max": 5, "points": 5, "applies": "not late"},
                    "b": {"max": 5, "points": 5},
                },
            }
        },
        score={"round": {"places": 0}},
    )
    found = [one for late in (False, True) for one in seen(rules, {"late": late}) if one.startswith("edge")]
    assert found == ["edge require_share 0.6: enough remains", "edge require_share 0.6: too little remains"]


def test_caps_of_criteria_of_the_score_and_its_limits() -> None:
    rules = book(
        criteria={
            "a": {"max": 3, "points": "n", "outside": "clamp"},
            "b": {"max": 3, "extra": True, "points": "m / 4"},
        },
        score={
            "max": 3,
            "outside": "clamp",
            "round": {"places": 2},
            "limits": {"lateness": {"when": "late", "at_most": 2}, "always": {"at_most": 9}},
        },
    )
    assert "limit : cut" in seen(rules, subject(n=4), about="criteria.a.outside")
    assert seen(rules, subject(n=3), about="criteria.a.outside") == ["limit : not cut"]
    assert seen(rules, subject(n=3, m=4), about="score.limits") == ["limit : did not hold"]
    assert seen(rules, subject(n=3, m=4, late=True), about="score.limits") == ["limit : decided"]
    assert seen(rules, subject(n=1, late=True), about="score.limits") == []
    assert [one for one in seen(rules, subject(n=3, m=4)) if one.startswith("limit : cut")]


def test_bands_requirements_and_ends() -> None:
    bands = {
        "good": {"from": 5, "requires": {"calm": {"that": "not late"}, "few": {"that": "m < 3"}}},
        "poor": {"from": 0, "below": 5},
    }
    rules = book(bands=bands)
    assert seen(rules, subject(n=5), about="bands") == [
        "band : given", "edge from 5: from 5", "requirement : held", "requirement : held", "edge from 0: from 0",
        "edge below 5: from 5",
    ]  # fmt: skip
    assert "requirement : failed" in seen(rules, subject(n=5, late=True), about="bands.good.requires.calm")
    total = coverage(
        load_whole(rules), [subject(n=n, late=late, m=m) for n in (4, 5) for late in (0 > 1, 1 > 0) for m in (2, 3)]
    )
    assert [str(one) for one in total.never] == []


def test_an_end_that_no_score_is_beyond_has_one_side() -> None:
    points = coverage(load_whole(book(bands={"good": {"above": 0, "to": 10}, "poor": {"to": 0}})), []).points
    told = [(one.decision.text, one.outcome) for one in points if one.decision.kind == "edge"]
    assert told == [
        ("above 0", "above 0"),
        ("above 0", "to 0"),
        ("to 10", "to 10"),
        ("to 0", "to 0"),
        ("to 0", "above 0"),
    ]
    own = book(bands={"measure": "m", "levels": {"good": {"from": 0}}})
    points = coverage(load_whole(own), []).points
    assert [one.outcome for one in points if one.decision.kind == "edge"] == ["from 0", "below 0"]


def test_overrides_that_fire_and_that_decide() -> None:
    rules = book(overrides={"late": {"when": "late", "band_at_most": "poor"}, "cap": {"band_at_most": "good"}})
    assert seen(rules, subject(n=9), about="overrides") == ["override : did not fire", "override : fired"]
    assert seen(rules, subject(n=9, late=True), about="overrides.late") == ["override : fired", "override : decided"]
    assert seen(rules, subject(n=1, late=True), about="overrides.late") == ["override : fired"]
    points = coverage(load_whole(rules), []).points
    assert [one.outcome for one in points if one.decision.path == "overrides.cap"] == ["fired", "decided"]


def test_exemptions_and_their_order() -> None:
    exemptions = {
        "first": {"when": "n == 0", "status": "a"},
        "second": {"when": "late", "status": "b"},
        "third": {"when": "default(sick, late) and n / m > 1", "status": "c"},
    }
    rules = book(inputs=SICK, exemptions=exemptions, outputs={"x": "n"})
    own = "exemptions.second"
    assert seen(rules, subject(n=1), about=own) == ["exemption : did not hold"]
    assert seen(rules, subject(n=1, late=True), about=own) == ["exemption : held"]
    assert seen(rules, subject(n=0, late=True), about=own) == ["exemption : held behind first"]
    assert seen(rules, subject(n=0), about=own) == []
    assert seen(rules, subject(n=0), about="exemptions.third") == []
    # A condition that has no answer for a subject held neither before nor behind the others.
    assert seen(rules, subject(n=1, late=True, m=0), about="exemptions.third") == []
    assert seen(rules, subject(n=2, late=True, m=1), about="exemptions.third") == ["exemption : held behind second"]


def test_a_refused_subject_covers_what_refuses_it() -> None:
    rules = book(validations={"sane": {"that": "n <= m"}, "calm": {"that": "not late"}}, outputs={"x": "n"})
    assert seen(rules, subject(n=1)) == ["validation : failed", "validation : held"]
    assert seen(rules, subject(n=0)) == ["validation : held", "validation : held"]
    assert seen(rules, {"n": 1, "late": True}) == ["validation : failed"]


def test_inputs_with_a_default() -> None:
    rules = book(inputs={"n": {**N, "default": 3}}, outputs={"x": "n"})
    assert seen(rules, {}, about="inputs") == ["input : absent"]
    assert seen(rules, {"n": 3}, about="inputs") == ["input : given"]


VARIANTS = {
    "inputs": {"n": N, "post": {"type": "choice", "options": ["head", "deputy"]}},
    "criteria": {"work": {"max": 10, "points": "n"}},
    "variants": {"head": {}, "deputy": {"criteria": {"work": {"points": "n if n > 3 else 0"}}}},
    "variant_by": "post",
}


def test_variants_share_what_they_have_in_common() -> None:
    rules = book(**VARIANTS)
    found = coverage(load_whole(rules), [{"n": 1, "post": "head"}])
    told = [f"{one.decision.kind} {one.decision.text}: {one.outcome}" for one in found.points]
    assert told == [
        "version head: used", "version deputy: used", "criterion : scored", "condition n > 3: true",
        "condition n > 3: false",
    ]  # fmt: skip
    assert [one.decision.text for one in found.covered if one.decision.kind == "version"] == ["head"]
    assert coverage(load_whole(rules), [{"n": 1, "post": "nobody"}]).covered == frozenset()


def test_editions_have_a_point_each() -> None:
    rules = book(
        inputs={"n": N, "on": {"type": "date"}},
        outputs={"x": "n"},
        edition_by="on",
        amendments=[{"from": "2026-07-01", "change": {"outputs": {"x": "n + 1"}}}],
    )
    found = coverage(load_whole(rules), [{"n": 1, "on": "2026-08-01"}])
    points = [(one.decision.text, one in found.covered) for one in found.points]
    assert points == [("first", False), ("from 2026-07-01", True)]


QUOTA = {
    "inputs": {"n": N},
    "criteria": {"work": {"max": 10, "points": "n"}},
    "score": {"round": {"places": 0}, "band_on": "rounded"},
    "bands": {"good": {"from": 5}, "poor": {"from": 0}},
    "cohort": {
        "quotas": {
            "few": {
                "band": "good", "at_most": "50%", "of": "all", "base": "before", "round": "down", "minimum": 0,
                "order": ["score"], "ties": "demote", "demote_to": "poor",
            }
        }
    },
    "outputs": {"rank": "cohort_rank(n)"},
}  # fmt: skip


def of_cohort(rules: Book, members: Mapping[str, Mapping[str, Any]]) -> Coverage:
    program = load_whole(rules)
    covering = Covering(program)
    for name, assessment in kr.assess_cohort(program, members).items():
        covering.add(program, members[name], assessment)
    return covering.found()


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ((9, 1), ["not cut"]),
        ((9, 8), ["cut"]),
        ((9, 8, 8, 8), ["cut", "tie across the line"]),
        ((9, 9, 8, 1), ["cut"]),
    ],
)
def test_quotas_cut_uncut_and_tied(scores: tuple[int, ...], told: list[str]) -> None:
    found = of_cohort(book(**QUOTA), {f"m{index}": {"n": n} for index, n in enumerate(scores)})
    assert [one.outcome for one in found.points if one in found.covered and one.decision.kind == "quota"] == told


def test_a_compared_member_covers_nothing_alone() -> None:
    rules = book(**QUOTA)
    assert coverage(load_whole(rules), [{"n": 9}]).covered == frozenset()
    rules["exemptions"] = {"none": {"when": "n == 0", "status": "away"}}
    found = of_cohort(rules, {"a": {"n": 0}, "b": {"n": 4}})
    told = [str(one) for one in found.points if one in found.covered]
    assert {"exemption exemptions.none: held", "exemption exemptions.none: did not hold"} < set(told)


def test_invariants_and_literals_decide_nothing() -> None:
    rules = book(outputs={"x": "1 if True else 0"}, invariants={"sane": {"that": "n >= 0"}})
    assert coverage(load_whole(rules), []).points == ()


# -- forms ----------------------------------------------------------------------------------------


def example() -> Coverage:
    text = (
        "kpirules: 1\nid: t\ninputs: {n: {type: integer, min: 0, max: 9}}\noutputs:\n  x: min(n, 5) if n > 3 else 0\n"
    )
    return coverage(kr.loads(text, name="<b>.kpi.yaml"), [{"n": 4}])


def test_text_names_the_place_of_each_point_that_was_never_seen() -> None:
    found = example()
    assert found.text() == (
        "<b>.kpi.yaml: 2 of 4 decision points covered, 50 %\n"
        "  <b>.kpi.yaml:5:6: function outputs.x `min(n, 5)`: `5` decides\n"
        "  <b>.kpi.yaml:5:19: condition outputs.x `n > 3`: false\n"
    )
    assert repr(found) == "<Coverage <b>.kpi.yaml · 2 of 4 decision points>"
    assert found.markdown().startswith("\\<b\\>.kpi.yaml: 2 of 4 decision points covered, 50 %\n\n- ")
    assert found.data()["never"][1] == {
        "place": "<b>.kpi.yaml:5:19", "kind": "condition", "path": "outputs.x", "text": "n > 3", "outcome": "false",
    }  # fmt: skip
    assert (found.data()["definition"], found.data()["points"], found.data()["covered"]) == (1, 4, 2)


def test_html_colours_the_text_of_the_rulebook() -> None:
    page = coverage_page([example()])
    assert page.startswith("<!doctype html>")
    assert "<title>Coverage: 50 %</title>" in page
    assert '<mark class="some" title="never: function outputs.x `min(n, 5)`: `5` decides">min(n, 5)</mark> if' in page
    assert '<mark class="some" title="never: condition outputs.x `n &gt; 3`: false">n &gt; 3</mark>' in page
    assert "<b>" not in page
    nothing = coverage(kr.loads("kpirules: 1\nid: t\noutputs: {x: 1}", name="t"), [])
    assert (nothing.share, together([]), nothing.sources) == (1, 1, ())
    assert 'class="none"' in coverage(kr.loads(example().sources[0].text, name="u"), []).html()


def test_a_share_is_rounded_down() -> None:
    assert [percent(Fraction(*one)) for one in ((1, 1), (1999, 2000), (2, 3), (0, 1))] == [
        "100 %", "99.9 %", "66.6 %", "0 %",
    ]  # fmt: skip
    assert summary([example()]) == "coverage 50 % of the decision points (definition 1)"
