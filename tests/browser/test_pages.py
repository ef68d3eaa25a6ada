"""Pages about rulebooks in a browser: no text over text, no scrolling sideways, a search, and paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kpirules.loading.loading import load_whole
from kpirules.publishing import Book, site
from kpirules.testing import read_cases, run_case

from .test_views import EXAMPLES, HERE, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

BOOKS = ("staff", "head", "organisation", "year")


@cache
def pages() -> dict[str, str]:
    folder = EXAMPLES / "nd335"
    books = []
    for name in BOOKS:
        program = load_whole(folder / f"{name}.kpi.yaml")
        cases = read_cases(folder / f"{name}.cases.yaml").cases
        books.append(Book(name, program, tuple(run_case(program, case) for case in cases[:4])))
    return site(books)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    for name, text in pages().items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_page_is_in_shape_and_asks_for_nothing(browser: Any, folder: Path, width: int, theme: str) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    faults = {}
    for name in pages():
        page.goto((folder / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        # Boxes of an explanation are its own views, which other tests measure.
        page.evaluate("document.querySelectorAll('details, math').forEach(part => part.remove())")
        parts = page.query_selector_all("main > .kpirules-docs, .contents")
        if found := [fault for part in parts for fault in part.evaluate(measure) if "out of line" not in fault]:
            faults[name] = found
    page.close()
    assert faults == {}
    assert told == []
    assert all(url.startswith("file://") for url in asked)
    assert len(asked) == len(pages())


def test_the_search_finds_without_diacritics_and_hides_the_rest(browser: Any, folder: Path) -> None:  # noqa: F811
    page = browser.new_page()
    page.goto((folder / "staff.html").as_uri())
    everything = page.locator("main section:visible").count()
    page.fill("#search", "KY LUAT dang hoac")
    assert page.inner_text("#found") == "số mục tìm thấy: 1"
    assert page.locator("main section:visible h2").all_inner_texts() == ["Quy định đứng trên điểm"]
    page.fill("#search", "")
    assert page.locator("main section:visible").count() == everything
    page.close()


def test_a_page_is_whole_without_scripts_and_reached_by_keyboard(browser: Any, folder: Path) -> None:  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "staff.en.html").as_uri())
    assert page.locator("#search").is_hidden()
    assert page.locator("main section").count() > 10
    context.close()
    page = browser.new_page()
    page.goto((folder / "staff.en.html").as_uri())
    page.locator("#examples summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] svg").first.is_visible()
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_form_in_a_page_rates_and_downloads_without_a_request(browser: Any, folder: Path, width: int) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": width, "height": 900})
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.goto((folder / "staff.html").as_uri())
    page.click("details.try > summary")
    form = page.frame_locator("details.try iframe")
    form.locator('[id="f-months_worked"]').fill("13")
    form.locator('[id="f-months_worked"]').blur()
    assert form.locator('[id="f-months_worked"]').get_attribute("aria-invalid") == "true"
    form.locator("details.table summary").click()
    form.locator("#table").fill("who,months_worked\nAn,13\n")
    form.locator("#rate-table").click()
    with page.expect_download() as download:
        form.locator("#download").click()
    assert "13" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [url for url in seen if not url.startswith("blob:")] == [(folder / "staff.html").as_uri()]
    page.close()


def test_formulas_have_a_height_and_fit_on_paper(browser: Any, folder: Path) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 680, "height": 970})
    page.emulate_media(media="print")
    for name in pages():
        page.goto((folder / name).as_uri())
        sizes = page.evaluate(
            "[...document.querySelectorAll('main math')].map(math => [math.getBoundingClientRect().right, math.clientHeight, math.textContent])"
        )
        assert [(name, *size) for size in sizes if size[0] > 680 or size[1] < 8] == []
        assert page.locator(".contents").count() == 0 or page.locator(".contents").is_hidden()
    page.close()
