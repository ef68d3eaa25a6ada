"""Texts of the rulebook among the phrases of the explanation: the choice of language, and its marks."""

from __future__ import annotations

import kpirules as kr
from kpirules.kernel.mappings import FrozenMap
from kpirules.language.wording import Label
from tests.rules import program

RULES = """
title: {en: Yearly review, vi: Đánh giá hằng năm}
inputs: {x: {type: integer, min: 0, max: 9}}
criteria: {work: {max: 9, points: x, label: {en: Task results, fr: Résultats}, note: Written by hand}}
bands: {good: {from: 5, label: {en: Well done & more}}, poor: {from: 0, label: {vi: Chưa đạt}}}
overrides: {warned: {when: x > 8, band: poor, label: Bị cảnh cáo}}
"""


def explained(x: int, language: str | None) -> kr.Explanation:
    return kr.explain(kr.assess(program(RULES), {"x": x}), language=language)


def test_a_label_without_the_language_is_in_that_of_the_phrases_else_in_the_first_one() -> None:
    label = Label(FrozenMap({"fr": "Bien", "en-GB": "Good", "vi": "Tốt"}))
    assert label.text("de", "en") == label.text("en") == label.text("en-GB") == "Good"
    assert label.text("de", "it") == label.text() == "Bien"
    assert label.found("vi-VN") == ("vi", "Tốt")
    assert "Task results" in explained(6, "de").text()
    assert "Résultats" in explained(6, "fr").text()


def test_html_marks_what_is_in_another_language() -> None:
    page = explained(6, "vi").html()
    assert '<span lang="en">Task results</span>' in page
    assert 'Xếp loại «good — <span lang="en">Well done &amp; more</span>»' in page
    assert '<p class="note"><span lang="">Written by hand</span></p>' in page
    assert "<h1>Đánh giá hằng năm</h1>" in page
    assert "«poor · Chưa đạt»" in page
    assert 'do «warned · <span lang="">Bị cảnh cáo</span>» quyết định' in explained(9, "vi").html()


def test_labels_in_the_first_language_are_marked_beside_english_words() -> None:
    assert '<span lang="vi">Chưa đạt</span>' in explained(3, None).html()
    assert "lang" not in explained(3, None).text()


def test_the_data_of_an_explanation_names_other_languages() -> None:
    assert explained(6, "vi").data()["other_languages"] == {
        "Task results": "en",
        "Written by hand": "",
        "Well done & more": "en",
        "Bị cảnh cáo": "",
    }
    assert explained(6, "en").data()["other_languages"] == {
        "Written by hand": "",
        "Chưa đạt": "vi",
        "Bị cảnh cáo": "",
    }


def test_the_day_of_an_amendment_is_reported_in_the_language() -> None:
    rules = kr.loads(
        """
        {kpirules: 1, id: demo, inputs: {at: {type: date, min: 2026-01-01, max: 2027-12-31}}, edition_by: at,
         criteria: {work: {max: 1, points: 1}}, edition: first,
         amendments: [{from: 2027-01-01, change: {criteria: {work: {points: 0}}}}]}
        """
    )
    assessment = kr.assess(rules, {"at": "2027-05-01"})
    assert assessment.edition == "first, amended 2027-01-01"
    assert kr.explain(assessment, language="vi").head.remark == "phiên bản first, sửa đổi ngày 2027-01-01"
    assert kr.explain(assessment).head.remark == "edition first, amended 2027-01-01"
