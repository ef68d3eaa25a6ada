"""Stages whose subjects are compared, or share quotas."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import kpirules as kr

from .books import BANDS, loaded

QUOTA = {
    "band": "good",
    "at_most": "50%",
    "of": "all",
    "base": "before",
    "round": "down",
    "minimum": 0,
    "order": ["score"],
    "ties": "undecided",
    "demote_to": "poor",
}
STAFF: dict[str, Any] = {
    "kpirules": 1,
    "id": "staff",
    "inputs": {
        "unit": {"type": "text"},
        "done": {"type": "integer", "min": 0, "max": 9},
        "away": {"type": "boolean", "default": False},
    },
    "exemptions": {"away": {"when": "away", "status": "away"}},
    "criteria": {"work": {"max": 9, "points": "done"}},
    "bands": BANDS,
    "cohort": {"within": ["unit"], "quotas": {"best": QUOTA}},
}
RANKED: dict[str, Any] = {
    "kpirules": 1,
    "id": "ranked",
    "inputs": {**STAFF["inputs"], "of_staff": {"type": "integer", "min": 0, "max": 9}},
    "exemptions": STAFF["exemptions"],
    "cohort": {"within": ["unit"]},
    "outputs": {"rank": "cohort_rank(done)", "share": "1 / (1 + of_staff)"},
}
LAST: dict[str, Any] = {
    "kpirules": 1,
    "id": "last",
    "inputs": {
        "own": {"type": "choice", "options": ["good", "poor"], "optional": True},
        "state": {"type": "text"},
        "rank": {"type": "integer", "min": 1, "max": 99},
    },
    "outputs": {"told": "given(own) and state == 'rated' and rank < 3"},
}
APPRAISAL: dict[str, Any] = {
    "kpirules": 1,
    "appraisal": "quotas",
    "stages": {
        "staff": {"rulebook": "staff", "key": ["person"], "allocate_with": ["head"]},
        "head": {"rulebook": "staff", "key": ["person"], "allocate_with": ["staff"]},
        "ranked": {
            "rulebook": "ranked",
            "key": ["person"],
            "take": {"of_staff": {"stage": "staff", "value": "score", "match": ["person"]}},
        },
        "last": {
            "rulebook": "last",
            "key": ["person"],
            "take": {
                "own": {"stage": "staff", "value": "band", "match": ["person"]},
                "state": {"stage": "staff", "value": "status", "match": ["person"]},
                "rank": {"stage": "ranked", "value": "rank", "match": ["person"]},
            },
        },
    },
}


def row(name: str, done: int, unit: object = "A", **more: Any) -> dict[str, Any]:
    return {"person": name, "done": done, "unit": unit, **more}


STAFF_ROWS = [row("An", 7), row("Bình", 7), row("Chi", 6), row("Dung", 2), row("Em", 9, "B"), row("Giang", 8, "B")]


def appraised(**rows: Any) -> kr.Appraised:
    program = loaded(APPRAISAL, staff=STAFF, ranked=RANKED, last=LAST)
    given = {"staff": STAFF_ROWS, "head": [row("Hoa", 9)], "ranked": STAFF_ROWS, "last": [], **rows}
    return kr.appraise(program, deepcopy(given))


def statuses(done: kr.Appraised, stage: str) -> dict[str, tuple[str, str | None]]:
    return {key[0]: (one.status, one.band) for key, one in done.stages[stage].assessments.items()}


def codes(done: kr.Appraised) -> dict[tuple[str, str], list[str]]:
    return {(stage, error.key[0]): [one.code for one in error.report] for stage, error in done.errors}


def test_stages_that_are_allocated_together_share_their_quotas() -> None:
    done = appraised()
    assert loaded(APPRAISAL, staff=STAFF, ranked=RANKED, last=LAST).order[0] == ("head", "staff")
    assert statuses(done, "head") == {"Hoa": ("rated", "good")}
    assert statuses(done, "staff") == {
        "An": ("undecided", None),
        "Bình": ("undecided", None),
        "Chi": ("rated", "poor"),
        "Dung": ("rated", "poor"),
        "Em": ("rated", "good"),
        "Giang": ("rated", "poor"),
    }
    quotas = [dict(one) for one in done.summary.stages["head"].quotas]
    assert [(one["within"]["unit"], one["limit"], one["kept"], one["undecided"]) for one in quotas] == [
        ("A", 2, 1, ("staff: An", "staff: Bình")),
        ("B", 1, 1, ()),
    ]
    told = done.summary.text()
    assert "  quota best (unit A): 1 of 2 places for good used, 4 had it, 1 moved, 2 undecided" in told
    assert done.summary.stages["staff"].groups == {"unit A": {"good": 0, "poor": 2}, "unit B": {"good": 1, "poor": 1}}


def test_later_stages_read_what_quotas_have_left() -> None:
    done = appraised(last=[{"person": "Em"}, {"person": "An"}])
    told = {key[0]: one.outputs["told"] for key, one in done.stages["last"].assessments.items()}
    assert told == {"Em": True, "An": False}


def test_quotas_of_one_stage_act_without_the_others() -> None:
    alone = {"kpirules": 1, "appraisal": "alone", "stages": {"staff": {"rulebook": "staff", "key": ["person"]}}}
    done = kr.appraise(loaded(alone, staff=STAFF), {"staff": STAFF_ROWS})
    assert statuses(done, "staff")["An"] == ("rated", "good")
    assert done.summary.stages["staff"].quotas[0]["moved"] == ("Chi",)


def test_one_failed_member_leaves_its_cohort_unrated_except_exempt_members() -> None:
    done = appraised(staff=[*STAFF_ROWS, row("Kim", 99), row("Lan", 1, away=True)])
    found = codes(done)
    assert found["staff", "Kim"] == ["KR604"]
    assert found["staff", "An"] == ["KR857"]
    assert found["head", "Hoa"] == ["KR857"]
    assert statuses(done, "staff") == {"Em": ("rated", "good"), "Giang": ("rated", "poor"), "Lan": ("away", None)}


def test_members_are_compared_in_cohorts_and_an_error_stops_its_own() -> None:
    done = appraised(ranked=[*STAFF_ROWS, row("Kim", 99), row("Lan", 1, "B", away=True), row("Em", 1, "C")])
    found = codes(done)
    assert found["ranked", "Kim"] == ["KR604", "KR852"]
    assert found["ranked", "An"] == ["KR857"]
    assert found["ranked", "Em"] == ["KR851"]
    assert statuses(done, "ranked") == {"Lan": ("away", None)}
    done = appraised(ranked=STAFF_ROWS[2:])
    ranks = {key[0]: one.outputs["rank"] for key, one in done.stages["ranked"].assessments.items()}
    assert ranks == {"Chi": 1, "Dung": 2, "Em": 1, "Giang": 2}


def test_faults_and_invalid_members_are_told_where_they_are() -> None:
    ranked = deepcopy(RANKED)
    ranked["outputs"]["share"] = "1 / (of_staff - 2)"
    program = loaded(APPRAISAL, staff=STAFF, ranked=ranked, last=LAST)
    rows = {"staff": STAFF_ROWS, "head": [], "last": [], "ranked": [*STAFF_ROWS[:5], row("Giang", -1, "B")]}
    found = codes(kr.appraise(program, deepcopy(rows)))
    assert found == {
        ("ranked", "An"): ["KR857"],
        ("ranked", "Bình"): ["KR857"],
        ("ranked", "Chi"): ["KR857"],
        ("ranked", "Dung"): ["KR620"],
        ("ranked", "Em"): ["KR857"],
        ("ranked", "Giang"): ["KR604"],
    }


def test_a_given_and_taken_member_is_refused_even_where_an_exemption_holds() -> None:
    done = appraised(ranked=[row("An", 1, away=True, of_staff=3)])
    assert codes(done) == {("ranked", "An"): ["KR856"]}


def test_a_cohort_whose_quota_has_no_answer_stops_none_of_the_others() -> None:
    staff = deepcopy(STAFF)
    staff["inputs"]["rate"] = {"type": "number", "min": 0, "max": 1, "decimals": 2}
    staff["cohort"]["quotas"]["best"] |= {"at_most": "rate", "uniform": ["rate"]}
    alone = {"kpirules": 1, "appraisal": "alone", "stages": {"staff": {"rulebook": "staff", "key": ["person"]}}}
    rows = [{**one, "rate": 1 if one["person"] == "An" else 0} for one in STAFF_ROWS]
    done = kr.appraise(loaded(alone, staff=staff), {"staff": rows})
    assert {key for _, key in codes(done)} == {"An", "Bình", "Chi", "Dung"}
    assert statuses(done, "staff") == {"Em": ("rated", "poor"), "Giang": ("rated", "poor")}


def test_a_cohort_that_is_too_large_is_refused_as_a_whole() -> None:
    ranked = deepcopy(RANKED)
    ranked["cohort"]["max_members"] = 1
    program = loaded(APPRAISAL, staff=STAFF, ranked=ranked, last=LAST)
    done = kr.appraise(program, {"staff": STAFF_ROWS, "head": [], "last": [], "ranked": STAFF_ROWS[:2]})
    assert codes(done) == {("ranked", "An"): ["KR641"], ("ranked", "Bình"): ["KR641"]}
    assert not done.stages["ranked"].assessments


def test_a_row_that_does_not_tell_its_cohort_leaves_everybody_without_a_rating_but_the_exempt() -> None:
    for unit in (None, 7):
        done = appraised(staff=[*STAFF_ROWS, row("Kim", 3, unit), row("Lan", 1, away=True)])
        assert statuses(done, "staff") == {"Lan": ("away", None)}
        (told,) = {one.report.errors[0].message for _, one in done.errors if one.report.errors[0].code == "KR857"}
        assert told == "not rated: `staff: Kim`, which may be of the same cohort, could not be assessed"


def test_a_row_without_a_key_is_named_by_its_number() -> None:
    done = appraised(staff=[{"done": 3, "unit": "B"}, *STAFF_ROWS])
    told = {one.key: one.report.errors[0].message for stage, one in done.errors if stage == "staff"}
    assert told == {
        (): "`person` is part of the key, but missing",
        ("Em",): "not rated: `staff: row 1`, of the same cohort, could not be assessed",
        ("Giang",): "not rated: `staff: row 1`, of the same cohort, could not be assessed",
    }


def test_a_cohort_is_told_by_what_was_taken() -> None:
    staff = deepcopy(STAFF)
    staff["inputs"]["unit"] = {"type": "choice", "options": ["good", "poor"]}
    unit = {
        "kpirules": 1,
        "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
        "bands": BANDS,
        "criteria": {"work": {"max": 9, "points": "done"}},
    }
    appraisal = {
        "kpirules": 1,
        "appraisal": "levels",
        "stages": {
            "office": {"rulebook": "office", "key": ["office"]},
            "staff": {
                "rulebook": "staff",
                "key": ["person"],
                "take": {"unit": {"stage": "office", "value": "band", "match": ["office"]}},
            },
        },
    }
    staff["inputs"]["office"] = {"type": "text"}
    staff["outputs"] = {"of_a": "office == 'A'"}
    program = loaded(appraisal, staff=staff, office=unit)
    rows: list[dict[str, Any]] = [
        {"person": name, "done": done, "office": office}
        for name, done, office in (("An", 9, "A"), ("Bình", 8, "A"), ("Chi", 7, "B"), ("Dung", 6, "B"))
    ]
    offices = [{"office": "A", "done": 9}, {"office": "B", "done": 1}]
    done = kr.appraise(program, {"office": offices, "staff": rows})
    assert done.summary.stages["staff"].groups == {
        "unit good": {"good": 1, "poor": 1},
        "unit poor": {"good": 1, "poor": 1},
    }
    # Two rows of one key are of the cohort that they would have been of.
    done = kr.appraise(program, {"office": offices, "staff": [*rows, rows[3]]})
    assert codes(done) == {("staff", "Chi"): ["KR857"], ("staff", "Dung"): ["KR851"]}
    assert statuses(done, "staff") == {"An": ("rated", "good"), "Bình": ("rated", "poor")}


def test_keys_that_read_alike_are_two_members() -> None:
    alone = {
        "kpirules": 1,
        "appraisal": "alone",
        "stages": {"staff": {"rulebook": "staff", "key": ["person", "post"]}},
    }
    rows = [row("An, B", 9, post="C"), row("An", 5, post="B, C"), row("Bình", 6, post="D"), row("Chi", 7, post="E")]
    done = kr.appraise(loaded(alone, staff=STAFF), {"staff": rows})
    assert [one.band for one in done.stages["staff"].assessments.values()] == ["good", "poor", "poor", "good"]
    assert done.summary.stages["staff"].quotas[0]["moved"] == ("Bình, D", "row 2 (An, B, C)")
    rows[3]["post"], rows[3]["person"] = "B, C)", "row 2 (An"
    done = kr.appraise(loaded(alone, staff=STAFF), {"staff": rows})
    assert done.summary.stages["staff"].quotas[0]["moved"] == ("row 3 (Bình, D)", "row 2 (An, B, C)")


def test_two_rows_of_one_key_leave_their_cohort_without_ratings() -> None:
    done = appraised(staff=[*STAFF_ROWS, row("Em", 1, "B")])
    assert [codes(done)["staff", name] for name in ("Em", "Giang")] == [["KR851"], ["KR857"]]
