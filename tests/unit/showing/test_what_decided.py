"""The deciding parts of a rating on cards and in explanations, and the distances to the next bands."""

from __future__ import annotations

from kpirules import Assessment, assess, assess_cohort, explain
from kpirules.record.glance import glance
from tests.rules import assessed, program

BOOK = """
inputs:
  x: {{type: number, min: 0, max: 100}}
  late: {{type: boolean, default: false}}
criteria: {{s: {{max: 100, points: x}}}}
score: {{{score}}}
bands: {bands}
overrides: {{{overrides}}}
"""
BANDS = "{good: {from: 70}, fair: {from: 50}, poor: {from: 0}}"


def rated(x: int, *, bands: str = BANDS, overrides: str = "", score: str = "") -> Assessment:
    return assessed(BOOK.format(bands=bands, overrides=overrides, score=score), x=x, late=True)


def facts(found: Assessment, language: str | None = None) -> list[str]:
    return [fact.label for fact in explain(found, language=language).verdict.children]


def remarks(found: Assessment, kind: str) -> list[str]:
    return [line.remark for line in explain(found).walk() if line.kind == kind]


def test_two_overrides_of_one_effect_both_decide() -> None:
    found = rated(95, overrides="a: {band: poor}, b: {when: late, band: poor}, c: {band_at_most: fair}")
    assert facts(found)[:2] == ["decided by «a»", "decided by «b»"]
    assert "by the score alone: 45 clear of «poor»" not in facts(found)
    assert facts(found)[-1] == "by the score alone: 25 clear of «fair»"
    assert remarks(found, "override") == [
        "gives «poor»; decided",
        "gives «poor»; decided",
        "at most «fair»; changed nothing",
    ]
    assert remarks(found, "band") == [
        "applies, but «poor» is given by «a» and «b»",
        "95 is outside",
        "given by «a» and «b»",
    ]
    assert glance(found).facts == (
        "score 95 of 100",
        "decided by a, b",
        "by the score alone: 25 clear of fair",
    )


def test_two_statuses_of_one_name_are_both_the_reason() -> None:
    found = rated(95, overrides="a: {unrated: away}, b: {unrated: away}, c: {unrated: ill}")
    assert found.because == ("overrides.a", "overrides.b")
    assert facts(found)[:2] == ["decided by «a»", "decided by «b»"]
    assert glance(found).facts[:2] == ("score 95 of 100", "because of overrides.a, overrides.b")
    assert all(fact.startswith("by the score alone: ") for fact in glance(found).facts[2:])


def test_what_a_limit_takes_is_reported_with_its_equals() -> None:
    limits = "limits: {a: {at_most: 50}, b: {at_most: 20}, c: {when: late, at_most: x - 50}, d: {at_most: 80}}"
    found = rated(70, score=limits)
    assert facts(found) == [
        "score 20 of 100",
        "lowered by 50, limited by «b» and «c»",
        "by the score alone: 30 short of «fair»",
    ]
    assert remarks(found, "limit") == [
        "at most 50; changed nothing",
        "at most 20; lowers the score by 50, as «c» would alone",
        "at most 20; lowers the score by 50, as «b» would alone",
        "at most 80; changed nothing",
    ]
    assert glance(found).facts == (
        "score 20 of 100",
        "the score is limited by b, c",
        "by the score alone: 30 short of fair",
    )


OPEN = "{good: {above: 5}, fair: {from: 2}, poor: {from: 0}}"


def test_an_end_that_a_band_excludes_must_be_passed() -> None:
    at, below, above = rated(5, bands=OPEN), rated(4, bands=OPEN), rated(7, bands=OPEN)
    assert at.margin is not None
    assert (at.margin.up, at.margin.is_up_open) == (0, True)
    assert facts(at)[1:] == ["just short of «good»: 5 itself is not enough", "3 clear of «poor»"]
    assert facts(below)[1:] == ["more than 1 short of «good»", "2 clear of «poor»"]
    assert facts(above)[1:] == ["less than 2 clear of «fair»"]
    assert facts(rated(2, bands=OPEN))[2:] == ["just clear of «poor»: 2 itself is still enough"]
    assert facts(at, "vi")[1] == "sát dưới «good»: đúng 5 thì chưa đạt"
    assert facts(below, "vi")[1] == "còn thiếu hơn 1 để đạt «good»"
    assert facts(above, "vi")[1] == "cách «fair» chưa đến 2"
    assert glance(at).facts[1:] == ("just short of good: 5 itself is not enough", "3 clear of poor")
    assert glance(below).facts[1:] == ("more than 1 short of good", "2 clear of poor")
    assert glance(above).facts[1:] == ("less than 2 clear of fair",)
    assert glance(rated(2, bands=OPEN)).facts[2:] == ("just clear of poor: 2 itself is still enough",)
    for found in (at, below, above):
        assert Assessment.from_json(found.to_json()).margin == found.margin


def test_a_band_that_demands_more_than_a_number_is_said_to() -> None:
    found = rated(
        60, bands="{good: {from: 70, requires: not late}, fair: {from: 50, requires: late}, poor: {from: 0}}"
    )
    assert facts(found)[1:] == ["10 short of «good», which also has requirements", "10 clear of «poor»"]
    assert glance(found).facts[1:] == ("10 short of good, which also has requirements", "10 clear of poor")


def test_distances_by_a_measure_are_not_those_of_the_score() -> None:
    bands = f"{{measure: x / 2, levels: {BANDS}}}"
    found = rated(80, bands=bands, overrides="a: {band: good}")
    assert facts(found)[2:] == [
        "bands are compared with 40, not with the score",
        "by the measure of the bands alone: 10 short of «fair»",
    ]
    assert glance(found).facts[2:] == ("by the measure alone: 10 short of fair",)


def test_no_band_competes_with_another_where_a_row_leaves_the_rating_open() -> None:
    text = """
inputs: {x: {type: number, min: 0, max: 100}}
criteria: {s: {max: 100, points: x}}
tables: {t: {steps: [{from: 50, undefined: true}, {value: 1}]}}
bands: {good: {from: 70}, poor: {from: 0}}
overrides: {a: {when: t(x) > 0, band: poor}}
"""
    found = assessed(text, x=80)
    assert found.status == "undefined"
    assert remarks(found, "band") == []


QUOTA = """
inputs: {x: {type: number, min: 0, max: 100}, lifted: {type: boolean}}
criteria: {s: {max: 100, points: x}}
bands: {good: {from: 70}, fair: {from: 50}, poor: {from: 0}}
overrides: {lift: {when: lifted, band_at_least: good}}
cohort:
  quotas:
    few: {band: good, at_most: 50%, of: all, base: before, round: down, minimum: 0, order: [score], ties: TIES,
          demote_to: fair}
"""


def allocated(ties: str, *xs: int, lifted: bool = False) -> list[Assessment]:
    subjects = [{"x": x, "lifted": lifted} for x in xs]
    return list(assess_cohort(program(QUOTA.replace("TIES", ties)), subjects).values())


def test_a_quota_decides_only_what_it_changes() -> None:
    kept, over = allocated("keep", 90, 90)
    assert [one.quotas[0].effect for one in (kept, over)] == ["over", "over"]
    for one in (kept, over):
        assert facts(one)[-1] == "20 clear of «fair»"
        assert not any("decided" in fact for fact in (*facts(one), *glance(one).facts))


def test_overrides_decide_before_quotas_do() -> None:
    first, moved = allocated("demote", 60, 55, lifted=True)
    assert facts(first)[0] == "decided by «lift»"
    assert facts(moved)[:2] == ["decided before quotas by «lift»", "decided by the quota «few»"]
    assert remarks(moved, "override") == ["at least «good»; decided before quotas"]
    assert glance(moved).facts[1:3] == ("decided before quotas by lift", "decided by the quota few")
    assert all(fact.startswith("by the score alone: ") for fact in glance(moved).facts[3:])


def test_people_deciding_between_equals_leave_no_distance_but_the_score_s() -> None:
    for one in allocated("undecided", 90, 90):
        assert one.status == "undecided"
        assert facts(one)[-1] == "by the score alone: 20 clear of «fair»"
        assert glance(one).facts[-1] == "by the score alone: 20 clear of fair"


def test_the_verdict_of_a_civil_servant_with_two_vetoes() -> None:
    """95 points and two vetoes: each alone would do, so both decided."""
    book = program(
        BOOK.format(bands=BANDS, score="", overrides="article_20_4: {band: poor}, article_20_5: {band: poor}")
    )
    found = assess(book, {"x": 95, "late": False})
    assert [one.decided for one in found.overrides] == [True, True]
    assert "given: the best lower band whose requirements hold" not in str(explain(found))


def test_a_band_with_requirements_whose_end_is_excluded_is_reported_in_whole_sentences() -> None:
    found = rated(70, bands="{good: {above: 70, requires: not late}, fair: {to: 70}}")
    told = "just short of {}: 70 itself is not enough; that band also has requirements"
    assert facts(found)[1] == told.format("«good»")
    assert glance(found).facts[1] == told.format("good")
    assert "đúng 70 thì chưa đạt; mức đó còn có điều kiện riêng" in str(explain(found, language="vi"))
