"""The documentation in a browser: pages fit a telephone, and the first one shows an explanation at once.

The tests build the site and need Chromium, so that they run where `-m browser` asks for them, as `.ci/run` does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NARROW, WIDE, HEIGHT = 390, 1280, 900
THEMES = ("light", "dark")

TOO_WIDE = """() => {
  const shown = "figure.explained, .kpirules-explanation, .explanation pre";
  const wide = element => element.scrollWidth > element.clientWidth + 1;
  return [document.documentElement, ...document.querySelectorAll(shown)].filter(wide)
    .map(element => `${element.tagName.toLowerCase()}.${element.className}: ${element.scrollWidth} px wide`);
}"""
"""What scrolls sideways, or is cut off: the page itself, explanations; code and tables of many columns may scroll in their box."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built from this checkout."""
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(built)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200)
    assert ran.returncode == 0, ran.stderr
    return built


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


def pages(site: Path) -> list[Path]:
    """Return all pages, but only every twentieth page of a code, since these are made alike."""
    found = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    codes = [path for path in found if path.parent.name == "codes" and path.name.startswith("KR")]
    return [path for path in found if path not in codes or codes.index(path) % 20 == 0]


def test_no_page_scrolls_sideways_on_a_telephone(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": NARROW, "height": HEIGHT})
    found = {}
    for path in pages(site):
        page.goto(path.as_uri())
        if faults := page.evaluate(TOO_WIDE):
            found[str(path.relative_to(site))] = faults
    assert not found


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_page_shows_how_to_install_and_an_explanation_above_the_fold(
    site: Path, browser: Any, theme: str
) -> None:
    page = browser.new_page(viewport={"width": WIDE, "height": HEIGHT}, color_scheme=theme)
    page.goto((site / "index.html").as_uri())
    for shown in ("text=pip install .", "figure.explained .verdict", "figure.explained >> text=min(completed"):
        box = page.locator(shown).first.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= HEIGHT, shown
    assert page.locator("figure.explained").get_attribute("aria-label").startswith("Explanation of a rating: good")


@pytest.mark.parametrize("theme", THEMES)
def test_the_explanation_can_be_read_in_both_themes(site: Path, browser: Any, theme: str) -> None:
    page = browser.new_page(viewport={"width": WIDE, "height": HEIGHT}, color_scheme=theme)
    page.goto((site / "index.html").as_uri())
    luminances = page.evaluate(
        """() => {
          const luminance = text => {
            const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(Number)
              .map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const text = getComputedStyle(document.querySelector("figure.explained .verdict")).color;
          return [luminance(text), luminance(getComputedStyle(document.body).backgroundColor)];
        }"""
    )
    darker, lighter = sorted(luminances)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
    assert (luminances[0] > luminances[1]) is (theme == "dark")


def test_every_example_shows_its_rules_and_folds_long_ones_away(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": WIDE, "height": HEIGHT})
    for path in sorted((site / "examples").glob("*.html")):
        if path.name == "index.html":
            continue
        page.goto(path.as_uri())
        names = page.locator("details summary code").all_inner_texts()
        wanted = [one for one in (ROOT / "examples" / path.stem).rglob("*.yaml") if ".cases." not in one.name]
        files = [one for one in wanted if one.name.endswith((".kpi.yaml", ".appraisal.yaml"))]
        assert sorted(names) == sorted(one.relative_to(ROOT / "examples" / path.stem).as_posix() for one in files)
        for place, name in enumerate(names):
            lines = (ROOT / "examples" / path.stem / name).read_text("utf-8").count("\n")
            is_open = page.locator("details").nth(place).get_attribute("open") is not None
            assert is_open is (lines <= 60), (path.name, name)


def test_tables_have_no_boxes_and_code_has_a_button_that_leaves_prompts_behind(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": WIDE, "height": HEIGHT})
    page.goto((site / "reference" / "python.html").as_uri())
    borders = page.evaluate(
        """() => [...document.querySelectorAll("table.docutils td, table.docutils th")]
          .flatMap(cell => [getComputedStyle(cell).borderLeftWidth, getComputedStyle(cell).borderRightWidth])"""
    )
    assert set(borders) == {"0px"}
    blocks = page.locator("div.highlight")
    assert page.locator("button.copybtn").count() == blocks.count()
    assert "copybutton_prompt_text" not in page.content()
    script = (site / "_static" / "copybutton.js").read_text("utf-8")
    assert r">>> |\\.\\.\\. |\\$ " in script or r">>> |\.\.\. |\$ " in script
