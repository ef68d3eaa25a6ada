"""The form of a rulebook in Chromium: by keyboard, in the dark, on a telephone, and without any request."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.testing import read_cases
from tests.browser.test_views import EXAMPLES, HERE, browser
from tests.pace import calm_seconds, pace
from tests.sandbox.shown import ALL, HTML, MARK
from tests.sandbox.test_shown import readable, rulebook

__all__ = ["browser"]

pytestmark = pytest.mark.browser

STAFF = EXAMPLES / "nd335" / "staff.kpi.yaml"

SMALL = """
kpirules: 1
id: demo.small
title: {en: Visits, vi: Lượt thăm}
inputs:
  done:  {type: integer, min: 0, max: 10, label: {en: Done, vi: Đã làm}}
  post:  {type: choice, options: {a: Head, b: Other}}
  late:  {type: boolean}
  day:   {type: date, min: 2026-01-01, optional: true}
  notes: {type: text, optional: true, max_length: 9}
  visits: {type: list, max_items: 9, fields: {hours: {type: number, min: 0, max: 24, decimals: 1}}}
criteria:
  work:  {max: 70, rate: done / 10}
  hours: {max: 30, points: 'min(sum(v.hours for v in visits), 30)'}
score: {round: {places: 1}, band_on: rounded}
bands: {good: {from: 70, label: {en: Good, vi: Tốt}}, fair: {from: 0}}
overrides: {late: {when: late, band: fair, label: Late}}
"""

TEAM = """
kpirules: 1
id: demo.team
inputs:
  post: {type: choice, options: {staff: Staff, head: Heads}, label: Post}
  done: {type: integer, min: 0, max: 10, label: Done}
variant_by: post
criteria:
  work: {max: 70, rate: done / 10}
  conduct: {max: 30, entered: {step: 1}, label: Conduct}
score: {band_on: exact}
bands: {good: {from: 70}, fair: {from: 0}}
variants:
  staff: {}
  head:
    inputs: {units: {type: list, max_items: 5, label: Units, fields: {size: {type: integer, min: 0, max: 9}}}}
    criteria: {work: {max: 50}, team: {max: 20, points: 'min(sum(u.size for u in units), 20)', label: Team}}
    bands: {replace: true, best: {from: 90}, good: {from: 70}, fair: {from: 0}}
"""

KEYSTROKE = 50
"""Milliseconds after a key in which the rating of the largest example is there, on an undisturbed machine, often."""


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return a page with the form of a rulebook; it fails if the page makes a request or reports an error."""
    pages = []

    def open_page(text: str | Path | dict[str, Any], width: int = 1280, **options: Any) -> Any:
        program = kr.loads(text) if isinstance(text, str) else kr.load(text)
        path = tmp_path / "form.html"
        path.write_text(program.form(language="en"), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.on("console", lambda message: page.seen.append(message.text))
        page.goto(path.as_uri())
        pages.append((page, path.as_uri()))
        return page

    yield open_page
    for page, address in pages:
        assert page.seen == [address]
        page.close()


def at(path: str) -> str:
    return f'[id="f-{path}"]'


def fill(page: Any, given: Any) -> None:
    """Enter the values of a subject."""
    for id_, value in given.items():
        if isinstance(value, list | tuple):
            for number, record in enumerate(value):
                page.click(at(id_))
                for name, cell in record.items():
                    enter(page, f"{id_}[{number}].{name}", cell)
        elif value is not None:
            enter(page, id_, value)


def enter(page: Any, path: str, value: Any) -> None:
    match page.evaluate("path => document.getElementById(path).tagName", f"f-{path}"):
        case "DIV":
            page.click(f"{at(path)} label:nth-child({1 if value else 2})")
        case "SELECT":
            page.select_option(at(path), f"={value}")
        case _:
            page.fill(at(path), f"{float(value):g}" if isinstance(value, Fraction) else str(value))


def paste(page: Any, into: str, text: str) -> None:
    page.evaluate(
        """([into, text]) => {
            const data = new DataTransfer(); data.setData('text/plain', text);
            const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(into).dispatchEvent(event);
        }""",
        [into, text],
    )


def test_a_subject_is_entered_by_keyboard_alone(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    page.focus("#language")
    for key in ("Tab", "9", "Tab", "ArrowDown", "Tab", "ArrowRight"):
        page.keyboard.press(key)
    while page.evaluate("document.activeElement.id") != "f-visits":
        page.keyboard.press("Tab")
    for key in ("Enter", "7", ".", "5", "Tab"):
        page.keyboard.press(key)
    assert page.inner_text(".verdict").splitlines()[0] == "Rated Good"
    assert "Score 70.5 of 100" in page.inner_text(".verdict")
    page.wait_for_selector("[role=status]:text-is('Rated Good · 70.5')", state="attached")


def test_errors_are_at_their_fields(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    page.fill(at("done"), "11")
    page.fill(at("notes"), "much too long")
    page.click(at("visits"))
    page.fill(at("visits[0].hours"), "4,5")
    page.focus(at("post"))
    page.keyboard.press("Tab")

    def told(path: str) -> str:
        ids = page.get_attribute(at(path), "aria-describedby").split()
        assert page.get_attribute(at(path), "aria-invalid") == "true"
        return " ".join(page.inner_text(f'[id="{one}"]') for one in ids).strip()

    assert told("done") == "from 0 to 10 Done is 11, above 10"
    assert told("notes") == "may be left empty Notes is 13 characters long, which is too long"
    assert told("post") == "Post is missing"
    assert told("visits[0].hours") == (
        'Hours (no. 1) is the text "4,5"; a number is expected. Write it with a point: 4.5'
    )
    assert page.get_attribute(at("late"), "aria-invalid") is None
    assert "To correct: 3" in page.inner_text(".result")
    page.click(".result a")
    assert page.evaluate("document.activeElement.id") == "f-done"


def test_labels_and_the_form_are_in_each_language(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    fill(page, {"done": 9, "post": "a", "late": False, "visits": [{"hours": 8}]})
    page.select_option("#language", "vi")
    assert page.inner_text("h1") == "Lượt thăm"
    assert page.inner_text(".verdict").splitlines()[0] == "Xếp loại «Tốt»"
    assert page.input_value(at("done")) == "9"
    page.fill(at("done"), "12")
    assert page.inner_text('[id="f-done-error"]') == "Đã làm là 12, lớn hơn 10"
    assert page.get_attribute("html", "lang") == "vi"


@pytest.mark.parametrize(("done", "late"), [(9, False), (9, True), (5, False), (5, True)])
def test_distances_to_bands_are_told_as_an_explanation_tells_them(
    opened: Callable[..., Any], done: int, late: bool
) -> None:
    page, given = opened(SMALL), {"done": done, "post": "a", "late": late, "visits": [{"hours": 8}]}
    fill(page, given)
    facts = kr.explain(kr.assess(kr.loads(SMALL), given)).verdict.children
    told = [fact.label.replace("«", "").replace("»", "") for fact in facts if fact.id in ("short_of", "clear_of")]
    shown = page.inner_text(".verdict").lower().splitlines()
    assert told
    assert {line for line in shown if "clear of" in line or "short of" in line} == {fact.lower() for fact in told}


def test_changes_are_compared_and_undone(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    fill(page, {"done": 9, "post": "a", "late": False, "visits": [{"hours": 8}]})
    page.click("#keep")
    page.fill(at("done"), "5")
    assert "Good 71 → fair 43 −28" in page.inner_text(".basis .change")
    assert page.inner_text(".basis ul") == "Done: 9 → 5"
    page.click(".basis button")
    assert page.input_value(at("done")) == "9"
    assert page.inner_text(".verdict").splitlines()[0] == "Rated Good"


def test_rows_of_a_spreadsheet_fill_a_list(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    paste(page, ".list", "hours\tother\n7.5\tx\n2\ty\n")
    paste(page, ".list", "1\n2\n3\n")
    assert [page.input_value(at(f"visits[{number}].hours")) for number in range(5)] == ["7.5", "2", "1", "2", "3"]


def test_a_subject_chooses_its_variant_first(opened: Callable[..., Any]) -> None:
    page = opened(TEAM)
    assert page.locator(".field").count() == 1
    assert "Post is missing" in page.inner_text(".result")
    page.focus(at("post"))
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "f-post"
    fill(page, {"done": 8, "conduct": 25})
    assert "Rated good\nScore 81 of 100" in page.inner_text(".verdict").replace("\n\n", "\n")
    page.select_option(at("post"), "=head")
    assert page.input_value(at("done")) == "8"
    assert "Score 65 of 100" in page.inner_text(".verdict")
    page.click(at("units"))
    page.keyboard.type("9")
    assert "Score 74 of 100" in page.inner_text(".verdict")
    page.select_option(at("post"), "=staff")
    assert page.locator(at("units")).count() == 0
    assert "Score 81 of 100" in page.inner_text(".verdict")


def test_a_table_may_have_rows_of_several_variants(opened: Callable[..., Any]) -> None:
    page = opened(TEAM)
    page.click("details.table summary")
    paste(page, "#table", "name,post,done,conduct\nAn,staff,8,25\nBo,head,10,30\nCy,head,8,25\nDe,chief,1,1\n")
    paste(page, "#table-units", "name,size\nBo,9\nBo,9\n")
    page.click("#rate-table")
    page.wait_for_selector("#download")
    with page.expect_download() as download:
        page.click("#download")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert [(row["band"], row["score"], row["points.team"]) for row in rows] == [
        ("good", "81", ""),
        ("best", "98", "18"),
        ("fair", "65", "0"),
        ("", "", ""),
    ]
    assert rows[3]["error"] == 'post: Post is "chief", which is not an option'


def test_the_cases_of_an_example_are_rated_alike(opened: Callable[..., Any]) -> None:
    page = opened(STAFF)
    program = kr.load(STAFF)
    cases = [case for case in read_cases(STAFF.with_name("staff.cases.yaml")).cases if "error" not in case.expect]
    for case in cases[:5]:
        page.reload()
        page.seen.pop()
        fill(page, case.given)
        record = kr.assess(program, case.given)
        told = page.inner_text(".verdict")
        if record.band is not None:
            (label,) = [band.words.label for band in program.rulebook.bands.levels if band.id == record.band]
            assert label.text("en") in told
        if record.score is not None:
            assert f"Score {kr.kernel.exact.to_text(Fraction(record.score))} of 100" in told


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_filled_form_is_in_shape(opened: Callable[..., Any], theme: str, width: int) -> None:
    page = opened(STAFF, width, color_scheme=theme)
    page.select_option("#language", "vi")
    case = next(one for one in read_cases(STAFF.with_name("staff.cases.yaml")).cases if one.given.get("tasks"))
    fill(page, case.given)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    parts = page.query_selector_all("header, form, footer, .result figure, .verdict")
    faults = [fault for part in parts for fault in part.evaluate(measure)]
    assert faults == []
    assert page.query_selector_all("svg title")


def table_of(rows: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "done", "post", "late", "day", "notes"])
    for number in range(rows):
        writer.writerow([f"=n{number}", number % 12, "ab"[number % 2], ["true", "false"][number % 3 == 0], "", "'-x"])
    return out.getvalue()


def test_ten_thousand_pasted_rows_are_rated_and_downloaded(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    page.click("details.table summary")
    paste(page, "#table", table_of(10_000))
    paste(page, "#table-visits", "name,hours\n=n1,2.5\n=n1,0.5\n=n2,4\n")
    begun = time.monotonic()
    page.click("#rate-table")
    page.wait_for_selector("#download", timeout=60_000)
    took = time.monotonic() - begun
    print(
        f"10,000 rows in {took:.2f} s, {page.get_attribute('.rated-table', 'data-milliseconds')} ms of it in the page"
    )
    with page.expect_download() as download:
        page.click("#download")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 10_000
    assert rows[0]["name"] == "'=n0"
    assert rows[0]["notes"] == "'-x"
    assert [row["score"] for row in rows[:3]] == ["0", "10", "18"]
    assert rows[11]["score"] == ""
    assert rows[11]["error"] == "done: Done is 11, above 10"


def test_a_keystroke_is_answered_at_once(opened: Callable[..., Any]) -> None:
    page = opened(STAFF)
    case = next(one for one in read_cases(STAFF.with_name("staff.cases.yaml")).cases if one.given.get("tasks"))
    fill(page, case.given)
    before = pace()
    took = page.evaluate(
        """path => {
            const field = document.getElementById(path);
            const found = [];
            for (let at = 0; at < 40; at += 1) {
                field.value = String((at % 4) + 1);
                const begun = performance.now();
                field.dispatchEvent(new Event('input', {bubbles: true}));
                document.body.getBoundingClientRect();
                found.push(performance.now() - begun);
            }
            return found.sort((a, b) => a - b);
        }""",
        "f-g1_1",
    )
    print(f"a keystroke takes {took[20]:.1f} ms, at most {took[-1]:.1f}")
    assert calm_seconds(took[20], before, pace()) < KEYSTROKE


def test_hostile_texts_are_shown_as_texts(opened: Callable[..., Any]) -> None:
    hostile = readable(ALL)
    page = opened(rulebook(hostile))
    fill(page, {"post": hostile, "name": HTML, "done": 5})
    assert page.inner_text(".verdict").startswith("Rated ")
    page.click("#keep")
    page.fill(at("done"), "1")
    page.click("details.table summary")
    paste(page, "#table", f'post,done,"{HTML.replace(chr(34), chr(34) * 2)}"\nother,99,x\n')
    page.click("#rate-table")
    page.wait_for_selector("#download")
    assert page.evaluate(f"typeof {MARK}") == "undefined"
    assert page.query_selector_all(f"#{MARK}, .{MARK}, img, b.{MARK}, a[href^=javascript], #form script") == []
    assert HTML in page.inner_text("#form")
    assert not set("\u202e\u200b\u2066") & set(page.inner_text("#form"))


def test_the_policy_stops_what_is_added_to_the_page(opened: Callable[..., Any]) -> None:
    page = opened(SMALL)
    page.evaluate(
        """() => {
            const script = document.createElement('script'); script.textContent = 'window.bad = 1';
            document.body.append(script);
            return fetch('https://example.org/').catch(() => 0);
        }"""
    )
    assert page.evaluate("window.bad") is None
    # The console tells what was stopped; no request was made.
    assert len(page.seen) > 2
    assert all("Content Security Policy" in told for told in page.seen[1:])
    del page.seen[1:]
