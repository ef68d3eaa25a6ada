"""A letter to a civil servant with twelve tasks, as Chromium shows and prints it."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

import kpirules as kr
from kpirules.testing import read_cases
from tests.browser.test_views import EXAMPLES, HERE, browser

__all__ = ["browser"]

pytestmark = pytest.mark.browser

LETTERS = {
    "vi": kr.LetterDetails(
        "Nguyễn Thị Minh An, chuyên viên Phòng Kinh tế",
        "năm 2026",
        "Ủy ban nhân dân phường Tân Lập",
        date(2027, 1, 5),
        "Trong 30 ngày kể từ ngày nhận thông báo, gửi đơn đến Phòng Văn hóa – Xã hội, số 12 đường Trần Phú.",
    ),
    "en": kr.LetterDetails(
        "Nguyễn Thị Minh An, Economic Affairs Division",
        "the year 2026",
        "People's Committee of Tân Lập ward",
        date(2027, 1, 5),
        "Within 30 days of receiving this notice, write to the Division of Culture and Society, 12 Trần Phú Street.",
    ),
}


@cache
def letter(language: str, *, disciplined: bool = False) -> str:
    """Return the letter to a person with twelve tasks who missed a band or is under a veto."""
    given = dict(read_cases(EXAMPLES / "nd335" / "staff.cases.yaml").cases[0].given)
    given |= {"g1_2": 3, "g2_4_public": 1.5, "months_worked": 10, "absence": "sick_leave"}
    given["concluded_bad_example"] = disciplined
    given["tasks"] = [
        {
            "product": f"VB-{number:02}",
            "coefficient": 1 + number % 3,
            "assigned": 4 + number,
            "completed": 3 + number - number % 2,
            "failures": number % 3,
            "delays": number % 2,
        }
        for number in range(12)
    ]
    record = kr.assess(kr.load(EXAMPLES / "nd335" / "staff.kpi.yaml"), given)
    return kr.explain(record, form="letter", about=LETTERS[language], language=language).html()


@pytest.mark.parametrize("disciplined", [False, True])
@pytest.mark.parametrize("language", LETTERS)
def test_it_is_printed_on_one_or_two_pages(browser: Any, language: str, disciplined: bool) -> None:
    page = browser.new_page()
    page.set_content(letter(language, disciplined=disciplined))
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in (1, 2)
    (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed))
    assert [round(float(side)) for side in box.split()] in ([0, 0, 595, 842], [0, 0, 596, 842], [0, 0, 594, 841])


def test_rows_stay_whole_and_heads_are_repeated(browser: Any) -> None:
    page = browser.new_page(color_scheme="dark")
    page.set_content(letter("vi"))
    page.emulate_media(media="print", color_scheme="dark")
    styles = page.evaluate(
        """() => ({
            rows: [...document.querySelectorAll("tr")].map(row => getComputedStyle(row).breakInside),
            heads: [...document.querySelectorAll("thead")].map(head => getComputedStyle(head).display),
            ink: getComputedStyle(document.querySelector("article")).color,
        })"""
    )
    assert set(styles["rows"]) == {"avoid"}
    assert set(styles["heads"]) == {"table-header-group"}
    assert styles["ink"] == "rgb(0, 0, 0)"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 794, 1280])
def test_nothing_overlaps_and_everything_can_be_read(browser: Any, theme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    for language in LETTERS:
        page.set_content(letter(language))
        assert page.query_selector(".kpirules-explanation").evaluate(measure) == []


def test_a_reader_of_the_screen_finds_the_main_part_and_the_heads_of_columns(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(letter("vi"))
    assert page.get_by_role("main").count() == 1
    heads = [head.inner_text() for head in page.get_by_role("columnheader").all()]
    assert heads[:4] == ["tiêu chí", "điểm", "tối đa", "ghi chú"]
    assert "Số lượng hoàn thành" in heads
    assert page.get_by_role("rowheader", name="Kỷ luật, kỷ cương", exact=True).count() == 1
