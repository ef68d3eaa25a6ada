"""An explanation shows the record: the rating, its margins, and the reasons against other bands."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from kpirules.kernel.mappings import FrozenMap
from kpirules.language.wording import Citation, Label
from kpirules.record import (
    Assessment,
    Computation,
    Condition,
    Contribution,
    Entry,
    Legend,
    LimitOutcome,
    Margin,
    Outcome,
    OverrideOutcome,
    Requirement,
)
from kpirules.showing.explaining import Explanation, Line, explain
from kpirules.showing.explaining.lines import KINDS
from tests.records import adding, computation, exempt, scored, staff, unit

F = Fraction


def lines(explanation: Explanation, kind: str) -> list[Line]:
    return [line for line in explanation.walk() if line.kind == kind]


def facts(record: Assessment, language: str | None = None) -> list[str]:
    return [fact.label for fact in explain(record, language=language).verdict.children]


def line(record: Assessment, kind: str, id_: str) -> Line:
    return next(line for line in lines(explain(record), kind) if line.id == id_)


def bands(record: Assessment) -> dict[str, str]:
    return {band.id: band.remark for band in lines(explain(record), "band")}


def record(*outcomes: Outcome, **fields: Any) -> Assessment:
    by_id = FrozenMap({outcome.id: outcome for outcome in outcomes})
    return Assessment("demo", "", "", "aa", "bb", fields.pop("status", "rated"), outcomes=by_id, **fields)


class TestHead:
    def test_it_names_the_rulebook_its_edition_and_where_it_comes_from(self) -> None:
        head = explain(staff()).head
        assert (head.id, head.label) == ("vn.nd335_2025.staff", "Đánh giá, xếp loại chất lượng công chức")
        assert head.remark == "edition 2026-01"
        assert str(head.citation) == "Nghị định 335/2025/NĐ-CP"

    def test_the_language_picks_labels_and_words(self) -> None:
        assert explain(staff(), language="en").head.label == "Rating of civil servants"
        assert explain(staff(), language="vi-VN").head.remark == "phiên bản 2026-01"

    def test_a_variant_is_named(self) -> None:
        assert explain(unit()).head.remark == "variant head"

    def test_hashes_are_at_the_foot_and_shortened_numbers_are_explained_there(self) -> None:
        hashes = ["scoring rules 5c0e", "whole rulebook c0de"]
        assert [fact.label for fact in explain(exempt()).foot.children] == hashes
        shortened, *others = (fact.label for fact in explain(staff()).foot.children)
        assert shortened.startswith("≈ marks a number")
        assert others == hashes


class TestVerdict:
    def test_a_rating_shows_band_score_and_margins(self) -> None:
        verdict = explain(staff()).verdict
        assert (verdict.id, verdict.state, verdict.amount) == ("good", "rated", "89.21")
        assert verdict.label == "Rated good — Hoàn thành tốt nhiệm vụ"
        assert facts(staff()) == [
            "score 89.21 of 100; 2141/24 (≈ 89.208333) before it is rounded to 2 places, half_up",
            "0.79 short of «excellent · Hoàn thành xuất sắc nhiệm vụ»",
            "19.21 clear of «fair · Hoàn thành nhiệm vụ»",
        ]

    def test_words_are_vietnamese_where_that_is_asked_for(self) -> None:
        assert facts(staff(), "vi")[:2] == [
            "điểm 89.21 trên 100; 2141/24 (≈ 89.208333) trước khi làm tròn đến 2 chữ số thập phân, chính giữa thì ra xa số 0",
            "còn thiếu 0.79 để đạt «excellent · Hoàn thành xuất sắc nhiệm vụ»",
        ]

    def test_an_override_that_decides_is_named_before_the_margins_of_the_score(self) -> None:
        decided, _, short_of, _ = facts(staff(disciplined=True))
        assert decided == "decided by «discipline»"
        assert short_of.startswith("by the score alone: 0.79 short of")

    def test_neighbours_that_the_record_does_not_name_are_still_reported(self) -> None:
        margin = Margin(F(1, 3), Decimal("0.5"), rounding_decided=True, is_down_open=True)
        assert facts(record(margin=margin, band="b")) == [
            "1/3 (≈ 0.333333) short of the next better band",
            "0.5 clear of the next worse band",
            "rounding decided: before it, the score lies in another band",
        ]

    def test_a_score_without_bands_is_a_rating(self) -> None:
        rated = record(score=Decimal(90), exact_score=F(90))
        assert explain(rated).verdict.label == "Rated by score, without a band"
        assert facts(rated) == ["score 90"]

    def test_the_exact_score_is_said_to_decide_where_it_does(self) -> None:
        legend = Legend(bands=("a", "b"), band_on="exact", rounding="to multiples of 0.5, up")
        rated = record(score=Decimal(90), exact_score=F("89.9"), band="b", bands_inside=("b",), legend=legend)
        assert facts(rated) == [
            "score 90; 89.9 before it is rounded to multiples of 0.5, up",
            "bands are compared with the score before rounding",
        ]
        assert bands(rated)["a"] == "89.9 is outside"

    def test_a_rounding_in_other_words_is_shown_as_it_is(self) -> None:
        legend = Legend(rounding="by the clerk")
        rated = record(score=Decimal(90), exact_score=F("89.9"), legend=legend)
        assert facts(rated) == ["score 90; 89.9 before it is rounded by the clerk"]

    def test_a_measure_of_the_bands_is_shown_at_work(self) -> None:
        legend = Legend(bands=("a", "b"), band_on="measure")
        measure = computation("late / planned", F("0.1"), late=F(1), planned=F(10))
        rated = record(band="b", bands_inside=("b",), band_measure=measure, legend=legend)
        (fact,) = explain(rated).verdict.children
        assert fact.label == "bands are compared with 0.1, not with the score"
        assert (fact.formula, fact.working) == ("late / planned", ("= 1 / 10", "= 0.1"))
        assert bands(rated) == {"a": "0.1 is outside", "b": "given"}

    def test_a_measure_that_has_no_number_decides_nothing(self) -> None:
        assert facts(record(band_measure=computation("x", None))) == []


class TestNoRating:
    def test_an_exemption_is_named_and_shown_at_work(self) -> None:
        verdict = explain(exempt()).verdict
        assert verdict.label == "No rating: not_classified"
        (fact,) = verdict.children
        assert fact.label == "exempt by «short_service»"
        assert fact.working == ("→ 5 < 6", "→ holds")
        assert str(fact.citation) == "Điều 11"

    def test_a_failed_requirement_is_named_and_shown_at_work(self) -> None:
        fact, score, limit = explain(unit()).verdict.children
        assert fact.label == (
            "«a · Outstanding» requires «exceeds · Three in ten tasks exceed the target», which does not hold"
        )
        assert fact.working == ("→ 0.28 >= 30%", "→ does not hold")
        assert score.label == "score 90 of 100"
        assert limit.label == "lowered by 4.375, limited by «late_report · Report was late»"

    @pytest.mark.parametrize(
        ("because", "says"),
        [
            (("bands",), "79.5 lies in no band"),
            (("bands.a", "bands.b"), "several bands apply: «a» and «b»"),
            (("bands.a", "bands.b", "bands.c"), "several bands apply: «a», «b» and «c»"),
            (("requires.a.x",), "«a» requires «x», which does not hold"),
            (("criteria.gone",), "because of «criteria.gone»"),
            (("exemptions.gone",), "because of «exemptions.gone»"),
            (("outputs.pay",), "because of «outputs.pay»"),
            (
                ("criteria.results: from 50",),
                "the rulebook gives nothing for the row «from 50» of «results»",
            ),
            (("bands.measure: low",), "the rulebook gives nothing for the row «low» of «bands.measure»"),
        ],
    )
    def test_every_reason_has_its_sentence(self, because: tuple[str, ...], says: str) -> None:
        undefined = record(score=Decimal("79.5"), exact_score=F("79.5"), because=because, status="undefined")
        assert facts(undefined)[0] == says
        assert explain(undefined).verdict.label == "No rating: the rulebook does not say which one"

    def test_a_hole_without_a_number_is_a_bare_reason(self) -> None:
        assert facts(record(because=("bands",), status="undefined")) == ["because of «bands»"]

    def test_a_criterion_that_lacks_a_value_is_named_with_the_value(self) -> None:
        absent = Computation("answered / asked", (("answered", None), ("asked", F(3))))
        lacking = Outcome(
            "surveys",
            "missing",
            parent="score",
            why="absent",
            policy="unrated",
            computations=FrozenMap({"rate": absent}),
        )
        root = Outcome("score", "missing", why="unrated_child")
        insufficient = record(lacking, root, status="insufficient", because=("criteria.surveys",))
        assert explain(insufficient).verdict.label == "No rating: something it needs is missing"
        assert facts(insufficient) == [
            "«surveys»: absent: answered; without it there is no rating",
        ]
        assert line(insufficient, "criterion", "score").amount == "missing"
        assert line(insufficient, "criterion", "score").remark == "a part of it has no points"

    def test_an_override_that_forbids_a_rating_is_named(self) -> None:
        fired = OverrideOutcome("suspended", "unrated", "postponed", True)
        unrated = record(status="postponed", because=("overrides.suspended",), overrides=(fired,))
        assert facts(unrated) == ["decided by «suspended»"]
        assert line(unrated, "override", "suspended").remark == "no rating: «postponed»; decided"


class TestCriteria:
    def test_contributions_are_below_their_group_and_add_up(self) -> None:
        (score,) = explain(staff()).sections[0].children
        assert (score.id, score.amount, score.out_of) == ("score", "89.21", "100")
        assert score.working == ("= 26.5 + 1505/24 + 1/600",)
        assert [child.id for child in score.children] == ["general", "results", ""]
        assert score.children[-1].label == "rounded to 2 places, half_up"
        assert score.children[-1].amount == "1/600 (≈ 0.001667)"

    def test_criteria_are_in_the_order_of_the_rulebook(self) -> None:
        swapped = evolve(staff(), outcomes=FrozenMap(reversed(list(staff().outcomes.items()))))
        (score,) = explain(swapped).sections[0].children
        assert [child.id for child in score.children] == ["general", "results", ""]

    def test_a_rate_is_shown_down_to_its_points(self) -> None:
        (rate,) = line(staff(), "criterion", "results").children
        assert (rate.id, rate.formula) == ("rate", "(quantity + quality + progress) / 3")
        assert rate.working == (
            "= (≈0.916667 + ≈0.895833 + 0.875) / 3",
            "= 43/48 (≈ 0.895833)",
            "→ 70 × 43/48 = 1505/24 (≈ 62.708333)",
        )

    def test_a_negative_rate_is_in_brackets(self) -> None:
        rate = FrozenMap({"rate": computation("x", F(-1, 2), x=F(-1, 2))})
        root = scored("score", -5, 10, "", computations=rate)
        (shown,) = line(record(root), "criterion", "score").children
        assert shown.working == ("= -0.5", "→ 10 × (-0.5) = -5")

    def test_points_without_max_are_out_of_nothing(self) -> None:
        root = scored("score", 12, None, "", computations=FrozenMap({"points": computation("x", F(12), x=F(12))}))
        shown = line(record(root), "criterion", "score")
        assert (shown.amount, shown.out_of) == ("12", "")
        assert shown.children == (Line("formula", "points", formula="x", working=("= 12",)),)
        rate = evolve(root, computations=FrozenMap({"rate": computation("x", F(12), x=F(12))}))
        assert line(record(rate), "criterion", "score").children[0].working == ("= 12",)

    def test_a_constant_is_not_said_twice(self) -> None:
        root = scored("score", 5, 10, "", computations=FrozenMap({"points": computation("5", F(5))}))
        assert line(record(root), "criterion", "score").children == (Line("formula", "points", formula="5"),)

    def test_a_row_has_its_measure(self) -> None:
        measure, before, rounded = line(unit(), "criterion", "delivery").children
        assert measure.working == ("= 0.97 %", "→ 96.6: row «from 0.95 below 1»")
        assert (before.label, before.amount) == ("before limits and rounding", "96.6")
        assert (rounded.label, rounded.amount) == ("rounded", "-1.6")

    def test_an_excluded_criterion_shows_why(self) -> None:
        shown = line(unit(), "criterion", "digital")
        assert (shown.amount, shown.out_of, shown.state) == ("left out", "", "excluded")
        assert shown.remark == "does not apply; weight 0.2"
        assert shown.note == "If any."

    def test_a_missing_criterion_shows_what_is_absent_and_what_becomes_of_it(self) -> None:
        shown = line(unit(), "criterion", "surveys")
        assert (shown.amount, shown.out_of) == ("0", "100")
        assert shown.remark == "absent: answered; missing data counts as 0; weight 0.1"

    def test_a_part_of_a_mean_shows_what_it_adds(self) -> None:
        assert line(unit(), "criterion", "complaints").remark == "weight 0.2; adds 25"
        assert line(unit(), "criterion", "score").remark == "mean of the shares"

    def test_limits_of_the_score_are_in_the_sum_with_their_citation(self) -> None:
        limit = next(one for one in lines(explain(unit()), "contribution") if one.state == "limit")
        assert (limit.id, limit.label, limit.amount) == ("late_report", "Report was late", "-4.375")
        assert str(limit.citation) == "Art. 9"
        root = scored(
            "score",
            1,
            2,
            "",
            contributions=(Contribution("own", "", F(2)), Contribution("limit", "cap", F(-1))),
        )
        assert lines(explain(record(root)), "contribution")[-1].label == "limited"

    @pytest.mark.parametrize(
        ("row", "remark"),
        [("entered", "entered by an assessor"), ("otherwise", "otherwise"), ("a to b", "row «a to b»")],
    )
    def test_rows_have_their_words(self, row: str, remark: str) -> None:
        assert line(record(scored("score", 1, 2, "", row=row)), "criterion", "score").remark == remark

    def test_an_expression_that_is_called_like_a_combination_is_none(self) -> None:
        legend = Legend(entries=FrozenMap({"criteria.score": Entry(formula="min")}))
        by_formula = scored(
            "score", 1, 2, "", computations=FrozenMap({"points": computation("min", F(1))}),
            contributions=adding(("a", 1)),
        )  # fmt: skip
        assert line(record(by_formula, scored("a", 1, 2), legend=legend), "criterion", "score").remark == ""
        assert line(record(scored("score", 1, 2, ""), legend=legend), "criterion", "score").remark == ""

    def test_words_that_have_no_phrase_are_shown_as_they_are(self) -> None:
        odd = Outcome("score", "missing", why="postponed", policy="later")
        assert line(record(odd), "criterion", "score").remark == "postponed; later"

    def test_very_long_numbers_are_shortened_in_sums_too(self) -> None:
        long = F(1, 10**25 + 1)
        root = scored("score", 1 + long, 2, "", contributions=(*adding(("a", 1)), Contribution("clamp", "", long)))
        assert line(record(root), "criterion", "score").working == ("= 1 + (≈ 0)",)


class TestBands:
    def test_the_band_given_and_all_better_ones_have_a_reason(self) -> None:
        assert bands(staff()) == {"excellent": "89.21 is outside", "good": "given"}

    def test_all_bands_have_a_reason_where_none_is_given(self) -> None:
        assert bands(unit()) == {
            "a": "a requirement does not hold",
            "b": "90 is outside",
            "c": "90 is outside",
        }

    def test_the_best_band_needs_no_other(self) -> None:
        assert bands(staff("30")) == {"excellent": "given"}

    def test_a_band_that_an_override_ruled_out_says_so(self) -> None:
        assert bands(staff(disciplined=True)) == {
            "excellent": "89.21 is outside",
            "good": "applies, but «poor · Không hoàn thành nhiệm vụ» is given by «discipline»",
            "fair": "89.21 is outside",
            "poor": "given by «discipline»",
        }

    def test_requirements_that_were_evaluated_are_below_their_band(self) -> None:
        first, *_ = lines(explain(unit()), "band")
        assert [(one.id, one.remark, one.working) for one in first.children] == [
            ("exceeds", "does not hold", ("→ 0.28 >= 30%",)),
            ("settled", "holds", ("→ yes",)),
        ]

    def test_falling_to_the_next_band_is_said(self) -> None:
        failed = Requirement("a", "x", False, computation("x", False, x=False))
        fallen = record(
            band="c",
            bands_inside=("a",),
            requirements=(failed,),
            score=Decimal(95),
            legend=Legend(bands=("a", "b", "c")),
        )
        assert bands(fallen) == {
            "a": "a requirement does not hold",
            "b": "95 is outside",
            "c": "given: the best lower band whose requirements hold",
        }

    def test_of_several_that_apply_the_taken_one_is_named(self) -> None:
        worst = record(band="b", bands_inside=("a", "b"), score=Decimal(95), legend=Legend(bands=("a", "b")))
        assert bands(worst)["a"] == "applies too, but «b» is taken"

    def test_an_overlap_that_the_rulebook_leaves_open_is_said_of_each(self) -> None:
        open_ = record(
            bands_inside=("a", "b"),
            because=("bands.a", "bands.b"),
            score=Decimal(95),
            status="undefined",
            legend=Legend(bands=("a", "b", "c")),
        )
        assert bands(open_) == {
            "a": "applies, as others do",
            "b": "applies, as others do",
            "c": "95 is outside",
        }

    def test_a_hole_shows_every_band(self) -> None:
        hole = record(because=("bands",), score=Decimal("79.5"), status="undefined", legend=Legend(bands=("a", "b")))
        assert bands(hole) == {"a": "79.5 is outside", "b": "79.5 is outside"}

    def test_without_a_score_only_a_forced_band_can_be_given(self) -> None:
        forced = OverrideOutcome("veto", "band", "b", True)
        given = record(band="b", overrides=(forced,), legend=Legend(bands=("a", "b")))
        assert bands(given) == {"a": "there is no score to compare", "b": "given by «veto»"}

    def test_where_all_apply_to_everyone_only_the_forced_one_is_shown(self) -> None:
        forced = OverrideOutcome("matrix", "band", "b", True)
        given = record(band="b", bands_inside=("a", "b"), overrides=(forced,), legend=Legend(bands=("a", "b")))
        assert bands(given) == {"b": "given by «matrix»"}

    def test_an_undefined_or_insufficient_rating_shows_no_bands(self) -> None:
        legend = Legend(bands=("a", "b"))
        assert bands(record(status="undefined", because=("criteria.x: low",), legend=legend)) == {}
        assert bands(record(status="insufficient", legend=legend)) == {}


class TestOverrides:
    @pytest.mark.parametrize(
        ("kind", "says"),
        [
            ("band", "gives «b»; changed nothing"),
            ("band_at_most", "at most «b»; changed nothing"),
            ("band_at_least", "at least «b»; changed nothing"),
            ("unrated", "no rating: «b»; changed nothing"),
            ("other", "other «b»; changed nothing"),
        ],
    )
    def test_an_override_without_effect_is_shown(self, kind: str, says: str) -> None:
        fired = OverrideOutcome("o", kind, "b", False, computation("x > 1", True, x=F(2)))
        shown = line(record(overrides=(fired,)), "override", "o")
        assert (shown.remark, shown.state) == (says, "unchanged")
        assert (shown.formula, shown.working) == ("x > 1", ("→ 2 > 1",))
        assert facts(record(overrides=(fired,))) == []

    def test_the_deciding_override_has_its_citation(self) -> None:
        shown = line(staff(disciplined=True), "override", "discipline")
        assert str(shown.citation) == "Điều 20 khoản 4"
        assert (shown.formula, shown.working) == ("disciplined", ("→ yes",))

    def test_limits_of_the_score_are_shown_whether_they_hold_or_not(self) -> None:
        held, passed = lines(explain(unit()), "limit")
        assert (held.remark, held.state) == ("at most cap = 90; lowers the score by 4.375", "held")
        assert (passed.remark, passed.state) == ("does not hold", "failed")

    def test_a_limit_without_condition_shows_no_formula(self) -> None:
        limit = LimitOutcome("cap", True, False, None, Computation("", (), True))
        shown = line(record(limits=(limit,)), "limit", "cap")
        assert (shown.formula, shown.working) == ("", ())


class TestValues:
    def test_named_values_are_shown_with_formula_and_values_put_in(self) -> None:
        shown = line(staff(), "let", "quantity")
        assert shown.amount == "11/12 (≈ 0.916667)"
        assert shown.working == ("= min(ratio(11, 12, if_zero=0), 1)",)

    def test_unneeded_named_values_are_listed(self) -> None:
        section = next(one for one in explain(unit()).sections if one.id == "let")
        assert section.children[-1].label == "not needed: spare, other"

    def test_units_and_long_texts_have_their_place(self) -> None:
        assert line(unit(), "let", "attainment").amount == "0.97 %"
        assert line(unit(), "let", "since").amount == "2026-01-01"
        remark = line(unit(), "let", "remark")
        assert remark.amount == ""
        assert remark.working[0] == "→ 'long' if yes else y"
        assert remark.working[1].startswith("→ long long")

    def test_a_long_text_without_formula_is_shown_too(self) -> None:
        shown = line(record(assumed=FrozenMap({"place": "x" * 40})), "assumed", "place")
        assert (shown.amount, shown.working) == ("", ("→ " + "x" * 40,))

    def test_assumed_inputs_are_shown(self) -> None:
        shown = {one.id: one.amount for one in lines(explain(unit()), "assumed")}
        assert shown == {"tasks[3].failures": "0", "place": "Hà Nội", "checked": "no"}

    def test_outputs_are_shown_absent_ones_too(self) -> None:
        outputs = FrozenMap({"pay": F(1500), "since": date(2026, 1, 1), "extra": None, "same": F(2)})
        work = FrozenMap({"pay": computation("base", F(1500), base=F(1500)), "same": computation("2", F(2))})
        legend = Legend(entries=FrozenMap({"outputs.pay": Entry(unit="VND")}))
        rated = record(outputs=outputs, output_computations=work, legend=legend)
        assert [(one.id, one.amount, one.working) for one in lines(explain(rated), "output")] == [
            ("pay", "1500 VND", ("= 1500",)),
            ("since", "2026-01-01", ()),
            ("extra", "absent", ()),
            ("same", "2", ()),
        ]

    def test_only_invariants_that_fail_are_shown(self) -> None:
        (shown,) = lines(explain(unit()), "invariant")
        assert (shown.id, shown.working) == ("sane", ("→ 3 <= 2", "→ does not hold"))

    def test_an_absent_condition_is_absent_and_not_false(self) -> None:
        failed = Condition("x", False, Computation("a > 1", (("a", None),)))
        shown = line(record(invariants=(failed,)), "invariant", "x")
        assert shown.working == ("→ absent > 1", "→ absent")


class TestWords:
    def test_every_line_is_of_a_known_kind(self) -> None:
        for one in (staff(), unit(), exempt()):
            assert {line.kind for line in explain(one).walk()} <= set(KINDS)

    def test_control_and_direction_characters_are_made_visible(self) -> None:
        label = Label(FrozenMap({"": "red\x1b[31m\u202e\nline"}))
        shown = explain(record(legend=Legend(title=label)))
        assert shown.head.label == "red␛[31m<U+202E> line"

    def test_a_citation_that_says_nothing_is_left_out(self) -> None:
        assert explain(record(legend=Legend(source=Citation()))).head.citation is None

    def test_data_leaves_out_what_is_empty(self) -> None:
        data = explain(exempt()).data()
        assert data["foot"]["children"][1] == {"kind": "fact", "label": "whole rulebook c0de"}
        assert data["head"]["citation"] == {
            "text": "Nghị định 335/2025/NĐ-CP",
            "url": "https://example.org/nd335?a=1&b=2",
        }
        assert data["verdict"]["children"][0]["working"] == ["→ 5 < 6", "→ holds"]
        assert data["language"] == "en"
        assert data["sections"] == []


def test_walking_visits_every_line() -> None:
    def count(line: Line) -> Iterator[int]:
        yield 1
        for child in line.children:
            yield from count(child)

    explanation = explain(unit())
    tops = (explanation.head, explanation.verdict, *explanation.sections, explanation.foot)
    assert len(list(explanation.walk())) == sum(n for top in tops for n in count(top))
