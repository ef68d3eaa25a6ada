"""A site: its pages by file name, what each holds, and what is refused."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
import yaml

import kpirules as kr
from kpirules.diagnostics.page_phrases import PAGE_PHRASES
from kpirules.diagnostics.phrases import PHRASES
from kpirules.loading.loading import load_whole
from kpirules.publishing import Book, site
from kpirules.publishing.examples import MAX_EXAMPLES
from kpirules.publishing.pages import SCRIPT, own_language
from kpirules.rating.program import Program
from kpirules.testing import CaseOutcome, examples_of, run_case

from .kit import RULES, kit, text_of
from .test_wording import SAID, tree, wording

REVIEW = {
    "kpirules": 1,
    "id": "demo.review",
    "title": {"en": "Review", "vi": "Đánh giá"},
    "variant_by": "post",
    "inputs": {
        "post": {"type": "choice", "options": {"head": {"en": "The head", "vi": "Trưởng"}, "deputy": {"en": "A deputy", "vi": "Phó"}}},
        "done": {"type": "integer", "min": 0, "max": 10, "label": {"en": "Visits made", "vi": "Đã làm"}},
    },
    "criteria": {"work": {"max": 10, "points": "done", "label": {"en": "All work", "vi": "Công việc"}}},
    "bands": {"good": {"from": 5, "label": {"en": "Good", "vi": "Tốt"}}, "poor": {"from": 0, "label": {"en": "Poor", "vi": "Kém"}}},
    "variants": {"head": {}, "deputy": {"bands": {"good": {"from": 4}}}},
    "examples": [
        {"name": "a head of <5>", "given": {"post": "head", "done": 5}, "expect": {"band": "good"}},
        {"name": "a deputy of 4", "given": {"post": "deputy", "done": 4}, "expect": {"band": "good"}},
        {"name": "refused", "variant": "head", "given": {"post": "head", "done": 11}, "expect": {"error": "KR604"}},
        {"name": "together", "variant": "head", "members": [{"name": "An", "given": {"post": "head", "done": 9}}],
         "expect": {"members": {"An": {"band": "good"}}}},
    ],
}  # fmt: skip


def outcomes(program: Program) -> tuple[CaseOutcome, ...]:
    return tuple(run_case(program, case) for case in examples_of(program))


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    program = load_whole(REVIEW)
    return site([Book("review", program, outcomes(program))])


class Outline(HTMLParser):
    """The headings, landmarks, anchors and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.depth: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def test_each_variant_and_language_has_a_page_and_all_are_listed(pages: dict[str, str]) -> None:
    assert list(pages) == [
        "review-head.html", "review-head.vi.html", "review-deputy.html", "review-deputy.vi.html", "index.html",
    ]  # fmt: skip
    assert '<html lang="vi">' in pages["review-head.vi.html"]
    assert set(outline(pages["index.html"]).links) == pages.keys() - {"index.html"}
    assert "Review · The head" in text_of(pages["index.html"])
    assert "Đánh giá · Phó" in text_of(pages["index.html"])


def test_a_page_links_to_its_languages_and_variants_and_into_itself(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        found = outline(page)
        outside = [link for link in found.links if not link.startswith(("#", "https://"))]
        assert set(outside) <= pages.keys()
        assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
        assert len(found.ids) == len(set(found.ids)), name
    links = outline(pages["review-head.html"]).links
    assert links[:3] == ["index.html", "review-head.vi.html", "review-deputy.html"]


def test_headings_are_in_order_and_landmarks_are_there(pages: dict[str, str]) -> None:
    for page in pages.values():
        found = outline(page)
        assert found.headings[0] == 1
        assert found.headings.count(1) == 1
        steps = zip(found.headings, found.headings[1:], strict=False)
        # An embedded explanation has headings of level 4 below the section of examples.
        assert all(later <= earlier + 1 or (earlier, later) == (2, 4) for earlier, later in steps)
        assert found.tags.count("main") == 1
    assert {"nav", "header", "footer", "form"} <= set(outline(pages["review-head.html"]).tags)


def test_an_example_stands_on_the_page_of_its_variant_with_its_rating(pages: dict[str, str]) -> None:
    head, deputy = text_of(pages["review-head.html"]), text_of(pages["review-deputy.vi.html"])
    assert "a head of <5> — Rated Good, score 5" in head
    assert "refused — refused Visits made is 11, above 10" in head
    assert "together An — Rated Good, score 9" in head
    assert "a deputy of 4" not in head
    assert "a deputy of 4 — Xếp loại «Tốt», điểm 4" in deputy
    assert "An —" not in deputy
    # Labels stand in the place of ids, in formulas too.
    assert "All work 5 / 10 points: «Visits made» = 5" in head
    assert '<code class="id">work</code>' not in pages["review-head.html"]
    assert pages["review-head.html"].count("<svg") == 2
    assert pages["review-head.html"].count("<style>") == 3


def test_a_share_is_told_from_points_in_the_formula_of_an_example() -> None:
    criteria = {"work": {"max": 10, "points": "done", "label": "All work"}}
    outputs = {"part": {"value": "100 * share.work + points.work", "label": "Part of it"}}
    rules = {"kpirules": 1, "id": "a", "criteria": criteria, "outputs": outputs, "inputs": REVIEW["inputs"]}
    given = {"given": {"post": "head", "done": 5}, "expect": {"score": 5}}
    program = kr.load({**rules, "examples": [{"name": "five", **given}]})
    said = text_of(site([Book("a", program, outcomes(program))])["a.html"])
    assert "100 * share «All work» + points «All work» = 100 * 0.5 + 5" in said


def test_an_example_that_fails_is_refused() -> None:
    wrong = {
        **REVIEW,
        "examples": [{"name": "wrong", "given": {"post": "head", "done": 5}, "expect": {"band": "poor"}}],
    }
    program = load_whole(wrong)
    with pytest.raises(kr.KpirulesError, match="KR720") as refused:
        site([Book("review", program, outcomes(program))])
    assert "for the example wrong" in str(refused.value)


def test_the_one_script_is_the_only_one_that_may_run(pages: dict[str, str]) -> None:
    page = pages["review-head.html"]
    assert page.count("<script>") == 1
    assert f"<script>{SCRIPT}</script>" in page
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert "script" not in outline(pages["index.html"]).tags


def test_more_examples_than_a_page_holds_are_counted() -> None:
    program = load_whole({key: part for key, part in REVIEW.items() if key not in ("variants", "variant_by")})
    first = outcomes(program)[0]
    page = site([Book("review", program, (first,) * (MAX_EXAMPLES + 2))])["review.html"]
    assert page.count("<summary>") == MAX_EXAMPLES + len(["the form"])
    assert "2 more are in the files of cases." in text_of(page)


def test_what_changed_between_editions_is_told_by_the_comparison() -> None:
    page = site([Book("kit", kit())])["kit.html"]
    assert "from 2027-01-01 Ratings change name change what before after what it means" in text_of(page)
    assert "most changed value 40 45 ratings change" in text_of(page)
    # The evidence is below, in English.
    assert "parameters.most parameter changed value 40 45 ratings change, shown:" in text_of(page)
    assert "Edition 1, amended 2027-01-01" in text_of(page)
    assert "In force from 2027-01-01, before 2030-01-01" in text_of(page)


AMENDED = """
kpirules: 1
id: demo.amended
inputs:
  done: {type: integer, min: 0, max: 10, label: {en: Work done, vi: Đã làm}}
  late: {type: boolean, label: {en: Late, vi: Trễ hạn}}
criteria:
  work: {max: 60, rate: done / 10, label: {en: Work, vi: Công việc}, source: Article 1}
  care: {max: 40, entered: {step: 1}, label: {en: Care, vi: Chu đáo}}
score: {band_on: exact}
bands: {good: {from: 50, label: {en: Good, vi: Tốt}}, poor: {from: 0, label: {en: Poor, vi: Kém}}}
overrides: {slow: {when: late, band: poor, label: {en: Slow, vi: Chậm}}}
outputs: {pay: {value: 10 * score, label: {en: Pay, vi: Thưởng}}}
amendments:
  - from: 2027-01-01
    source: Decision 2
    change:
      criteria: {work: {rate: "min(done / 8, 1)", label: {en: All work, vi: Mọi việc}}}
      overrides: {slow: null, lazy: {when: done < 2, band_at_most: poor, label: {en: Lazy, vi: Lười}}}
      outputs: {pay: null}
"""


def test_changes_are_told_in_the_language_of_the_reader() -> None:
    pages = site([Book("a", load_whole(yaml.safe_load(AMENDED)))])
    heads = "nội dung thay đổi mục trước sau căn cứ ý nghĩa"
    told = text_of(pages["a.vi.html"].partition('id="changes"')[2])
    assert f"từ 2027-01-01 Kết quả thay đổi {heads}" in told
    rate = "«Đã làm» chia cho 10 số nhỏ nhất trong «Đã làm» chia cho 8 và 1"
    assert f"Mọi việc sửa Tỷ lệ đạt {rate} Article 1 kết quả thay đổi nội dung Công việc Mọi việc" in told
    assert "Lười thêm khi «Đã làm» nhỏ hơn 2 kết quả có thể thay đổi mức không quá Kém" in told
    assert "Chậm bỏ khi «Trễ hạn» kết quả thay đổi mức Kém" in told
    assert "Thưởng bỏ giá trị 10 nhân điểm chung kết quả thay đổi" in told
    english = text_of(pages["a.html"].partition('id="changes"')[2])
    assert "ratings change name Work All work" in english


def test_the_form_stands_in_the_page_and_is_that_of_the_command() -> None:
    program = load_whole(REVIEW)
    page = site([Book("review", program)])["review-head.vi.html"]
    (written,) = re.findall(r'<iframe [^>]*srcdoc="([^"]*)"', page)
    form = unescape(written)
    assert form == program.form(language="vi")
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', page.replace(written, ""))
    (own,) = re.findall(r"script-src ('sha256-[^']*')", form)
    assert own in policy
    # Nothing chooses the variant: the form of a page is that of its own rules.
    alone = load_whole({key: part for key, part in REVIEW.items() if key != "variant_by"})
    page = site([Book("review", alone)])["review-head.html"]
    assert unescape(re.findall(r'srcdoc="([^"]*)"', page)[0]) == alone.part("head").form(language="en")


def test_why_rules_have_no_form_is_told() -> None:
    rules = {**REVIEW, "outputs": {"place": {"value": "cohort_rank(done)", "label": "Place"}}}
    page = site([Book("review", load_whole({key: part for key, part in rules.items() if key != "examples"}))])
    assert "a browser can't compute these steps: Place : it compares subjects" in text_of(page["review-head.html"])
    assert "<iframe" not in page["review-head.html"]


def test_pages_of_equal_names_are_told_apart() -> None:
    plain = kr.load({"kpirules": 1, "id": "a", "outputs": {"one": "1"}})
    assert list(site([Book("index", plain), Book("Index", plain)])) == ["index-2.html", "Index-3.html", "index.html"]
    assert list(site([Book("only", plain)])) == ["only.html"]


@pytest.mark.parametrize(
    ("effective", "expected"),
    [
        ({"from": "2026-01-01"}, "In force from 2026-01-01"),
        ({"until": "2026-01-01"}, "In force before 2026-01-01"),
        ({}, ""),
    ],
)
def test_the_period_is_told(effective: dict[str, str], expected: str) -> None:
    rules = {"kpirules": 1, "id": "a", "outputs": {"one": "1"}} | ({"effective": effective} if effective else {})
    said = text_of(site([Book("a", kr.load(rules))])["a.html"])
    assert expected in said
    assert ("In force" in said) == bool(expected)


def test_how_much_is_measured_is_told() -> None:
    for entered, expected in ((0, "all points"), (30, "70 % of the attainable points; assessors enter the rest")):
        judged = {"ethics": {"max": entered, "entered": {"step": 1}}} if entered else {}
        rules = {"kpirules": 1, "id": "a", "criteria": judged | {"work": {"max": 70, "rate": 1}}}
        assert f"Measured {expected}" in text_of(site([Book("a", kr.load(rules))])["a.html"])


def test_languages_without_phrases_have_their_tag_and_english_words() -> None:
    assert [own_language(tag) for tag in (None, "vi-VN", "fr")] == ["English", "Tiếng Việt", "fr"]
    rules = {"kpirules": 1, "id": "a", "title": {"fr": "Règles", "EN": "Rules", "en": "x"}, "outputs": {"one": "1"}}
    pages = site([Book("a", kr.load(rules))])
    assert list(pages) == ["a.html", "a.EN.html", "index.html"]
    assert '<h1><span lang="fr">Règles</span></h1>' in pages["a.html"]


def test_every_phrase_of_pages_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            asked.add(key)
            return super().__getitem__(key)

    asked: set[str] = set()
    monkeypatch.setitem(PHRASES, "en", Asked(PHRASES["en"]))
    program = load_whole(REVIEW)
    site(
        [
            Book("kit", kit()),
            Book("amended", load_whole(yaml.safe_load(AMENDED))),
            Book("review", program, (*outcomes(program), *outcomes(program) * MAX_EXAMPLES)),
        ]
    )
    for text, _, _ in SAID:
        wording().text(tree(text))
    # The others differ from these in a word only: of a mode, a day, a function, a kind of mean, an end.
    rest = {key for key in PAGE_PHRASES.keys() - asked if not key.startswith(("said_fn_", "said_all_", "said_of_"))}
    days = {f"page_{day}" for day in ("mon", "tue", "wed", "thu", "fri")}
    modes = {f"page_mode_{mode}" for mode in ("ceiling", "floor", "half_down")}
    elsewhere = {
        key
        for key in rest
        if key.startswith(
            ("page_combine_", "page_overlap_", "page_clamped_", "page_missing_", "page_verdict_", "page_open_")
        )
    }
    told = {
        "page_banded_number",
        "page_bands_no_fall",
        "page_measured_all",
        "page_no_rescale",
        "page_period_until",
        "page_band_on_rounded",
        "page_band_at_least",
        "page_change_moved",
        "page_try_none",
    }
    assert rest - days - modes - elsewhere <= told | {"domain_boolean"}


def test_the_kit_loads_alone() -> None:
    assert kr.loads(RULES).report.errors == ()
