"""Stages whose rulebook has variants and editions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

import kpirules as kr

from .books import loaded

STAFF: dict[str, Any] = {
    "kpirules": 1,
    "id": "staff",
    "effective": {"from": "2026-01-01"},
    "inputs": {
        "post": {"type": "choice", "options": ["officer", "head"]},
        "done": {"type": "integer", "min": 0, "max": 9},
    },
    "criteria": {"work": {"max": 9, "points": "done"}},
    "bands": {"good": {"from": 5}, "poor": {"from": 0}},
    "outputs": {"grade": "band"},
    "variant_by": "post",
    "variants": {
        "officer": {},
        "head": {
            "inputs": {"led": {"type": "number", "min": 0, "max": 9, "decimals": 2}},
            "criteria": {"work": {"points": "(done + led) / 2"}},
            "bands": {"replace": True, "good": {"from": 5}, "fair": {"from": 3}, "poor": {"from": 0}},
        },
    },
    "amendments": [
        {"from": "2026-07-01", "source": "Article 9", "change": {"criteria": {"work": {"points": "done / 2"}}}}
    ],
    "allow": {"KR242": "The post picks the variant"},
}
PLAIN = {
    "kpirules": 1,
    "id": "plain",
    "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
    "criteria": {"work": {"max": 9, "points": "done"}},
}
LED = {"stage": "plain", "value": "score", "match": ["unit"]}
STAGES: dict[str, Any] = {
    "plain": {"rulebook": "plain", "key": ["unit"]},
    "staff": {"rulebook": "staff", "key": ["person", "unit", "day"], "on": "day", "take": {"led": LED}},
}


def program(**stages: Any) -> kr.AppraisalProgram:
    appraisal = {"kpirules": 1, "appraisal": "versions", "stages": {**STAGES, **stages}}
    return loaded(appraisal, staff=STAFF, plain=PLAIN)


def row(post: str, day: object, done: int = 6) -> dict[str, Any]:
    return {"person": post, "unit": "A", "day": day, "post": post, "done": done}


def scores(*rows: dict[str, Any]) -> dict[tuple[str, ...], str]:
    done = kr.appraise(program(), {"plain": [{"unit": "A", "done": 2}], "staff": rows})
    found = {key: str(one.score) for key, one in done.stages["staff"].assessments.items()}
    return found | {error.key: error.report.errors[0].code for _, error in done.errors}


def test_each_row_is_rated_by_its_variant_on_its_day() -> None:
    assert scores(row("officer", "2026-03-31"), row("head", date(2026, 3, 31)), row("officer", "2026-07-01")) == {
        ("officer", "A", "2026-03-31"): "6",
        ("head", "A", "2026-03-31"): "4",
        ("officer", "A", "2026-07-01"): "3",
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"day": "2026"}, "KR858"),
        ({"day": datetime(2026, 1, 2, 10)}, "KR858"),
        ({"day": "2025-12-31"}, "KR536"),
        ({"post": "boss"}, "KR604"),
    ],
)
def test_a_row_that_does_not_tell_its_rules_is_an_error(changed: dict[str, Any], code: str) -> None:
    (found,) = scores({**row("head", "2026-03-31"), **changed}).values()
    assert found == code


def test_a_day_that_is_not_in_force_is_told_at_every_row() -> None:
    found = scores(row("head", "2025-12-31"), row("officer", "2025-12-31"))
    assert list(found.values()) == ["KR536", "KR536"]


def test_what_is_taken_of_several_variants_may_be_any_of_their_bands() -> None:
    last = {
        "kpirules": 1,
        "inputs": {"of_staff": {"type": "choice", "options": ["good", "poor"]}},
        "outputs": {"is_good": "of_staff == 'good'"},
    }
    for value in ("band", "grade"):
        take = {"of_staff": {"stage": "staff", "value": value, "match": ["person", "unit", "day"]}}
        appraisal = {
            "kpirules": 1,
            "appraisal": "versions",
            "stages": {**STAGES, "last": {"rulebook": "last", "key": ["person", "unit", "day"], "take": take}},
        }
        with pytest.raises(kr.RulebookError) as refusal:
            loaded(appraisal, staff=STAFF, plain=PLAIN, last=last)
        (found,) = refusal.value.report.errors
        assert (found.code, "`fair`" in found.message) == ("KR808", True)


def test_a_stage_may_name_one_variant() -> None:
    stage = {**STAGES["staff"], "variant": "officer", "take": {}}
    tables = {"plain": [], "staff": [row("officer", "2026-01-01")]}
    done = kr.appraise(program(staff=stage), tables)
    assert not done.errors


def test_a_choice_that_nothing_makes_is_requested() -> None:
    for stage, told in (({"on": None}, "KR535"), ({"variant": "boss"}, "KR530")):
        staff = {key: part for key, part in {**STAGES["staff"], **stage}.items() if part is not None}
        with pytest.raises(kr.RulebookError) as refusal:
            program(staff=staff)
        assert told in str(refusal.value)


COMPARED: dict[str, Any] = {
    **STAFF,
    "variants": {"officer": {}, "head": {}},
    "outputs": {"rank": "cohort_rank(done)"},
    "cohort": {
        "quotas": {
            "best": {
                "band": "good",
                "at_most": "50%",
                "of": "all",
                "base": "before",
                "round": "down",
                "minimum": 0,
                "order": ["score"],
                "ties": "keep",
                "demote_to": "poor",
            }
        }
    },
}


def test_variants_are_compared_and_allocated_together() -> None:
    stages = {"staff": {"rulebook": "staff", "key": ["person", "day"], "on": "day"}}
    appraisal = {"kpirules": 1, "appraisal": "versions", "stages": stages}
    rows = [
        {"person": f"{post} {done}", "day": "2026-02-01", "post": post, "done": done}
        for post, done in (("head", 9), ("head", 8), ("officer", 7), ("officer", 6))
    ]
    done = kr.appraise(loaded(appraisal, staff=COMPARED), {"staff": rows})
    found = {key[0]: (one.outputs["rank"], one.band) for key, one in done.stages["staff"].assessments.items()}
    assert found == {
        "head 9": (1, "good"),
        "head 8": (2, "good"),
        "officer 7": (3, "poor"),
        "officer 6": (4, "poor"),
    }
    rows.append({"person": "x", "day": "2025-02-01", "post": "head", "done": 1})
    done = kr.appraise(loaded(appraisal, staff=COMPARED), {"staff": rows})
    assert [error.report.errors[0].code for _, error in done.errors] == ["KR857"] * 4 + ["KR536"]


def test_a_field_that_only_other_variants_have_is_left_out_of_records() -> None:
    last: dict[str, Any] = {
        "kpirules": 1,
        "inputs": {
            "kind": {"type": "choice", "options": ["short", "long"]},
            "units": {"type": "list", "fields": {"score": {"type": "number", "min": 0, "max": 9, "decimals": 1}}},
        },
        "outputs": {"total": "sum(u.score for u in units)"},
        "variant_by": "kind",
        "variants": {
            "short": {},
            "long": {
                "inputs": {"units": {"fields": {"again": {"type": "number", "min": 0, "max": 9, "decimals": 1}}}},
                "outputs": {"total": "sum(u.score + u.again for u in units)"},
            },
        },
        "allow": {"KR242": "The kind picks the variant"},
    }
    each = {"score": "score", "again": "score"}
    stages = {
        "plain": STAGES["plain"],
        "last": {
            "rulebook": "last",
            "key": ["unit", "kind"],
            "take": {"units": {"stage": "plain", "each": each, "match": ["unit"]}},
        },
    }
    appraisal = {"kpirules": 1, "appraisal": "fields", "stages": stages}
    rows = [{"unit": "A", "kind": "short"}, {"unit": "A", "kind": "long"}]
    done = kr.appraise(loaded(appraisal, plain=PLAIN, last=last), {"plain": [{"unit": "A", "done": 2}], "last": rows})
    totals = {key[1]: one.outputs["total"] for key, one in done.stages["last"].assessments.items()}
    assert totals == {"short": 2, "long": 4}
