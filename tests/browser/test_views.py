"""Views in a browser: no text over text, edges in line, no scrolling sideways, colours that can be read.

They stand in a page of their own, and in an output of a notebook with the rules that JupyterLab has for it. The tests
need Chromium, which no package of Python brings, so that they run where `-m browser` asks for them, as `.ci/run` does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kpirules as kr
from kpirules.record import Assessment
from kpirules.testing import read_cases
from tests.records import exempt, staff, unit

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

QUOTAS = """
kpirules: 1
id: demo.quotas
title: Quotas
inputs: {x: {type: integer, min: 0, max: 100}}
criteria: {main: {max: 100, points: x}}
bands: {top: {from: 90, label: The best}, good: {from: 70}, fair: {from: 0}}
cohort:
  quotas:
    few: {label: A third of all, source: Article 5, note: So it is., band: top, at_most: 1/3, of: all, base: before,
          round: half_up, minimum: 0, order: [score], ties: undecided, demote_to: good}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("there is no Chromium: install it (`apt-get install chromium`), or name it in CHROMIUM")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


# -- the views -------------------------------------------------------------------------------------


def first_assessments() -> Iterator[tuple[str, Assessment]]:
    """Return the assessment of the first subject of each example without a cohort."""
    for path in sorted(EXAMPLES.rglob("*.cases.yaml")):
        file = read_cases(path, root=EXAMPLES)
        program = kr.load(file.rulebook, root=EXAMPLES)
        for case in file.cases:
            if case.members or "error" in case.expect:
                continue
            yield f"{path.parent.name}/{path.name}", kr.assess(program.narrowed(case.variant, case.on), case.given)
            break


@cache
def views() -> dict[str, str]:
    """Return the HTML of each view, as a notebook shows it."""
    shown: dict[str, Any] = {}
    for name, assessment in first_assessments():
        shown[f"explanation of {name}"] = kr.explain(assessment, language="vi")
        shown[f"card of {name}"] = assessment
    for number, record in enumerate((staff(), staff(disciplined=True), unit(), exempt())):
        shown[f"explanation of record {number}"] = kr.explain(record)
    path = EXAMPLES / "nd335" / "staff.kpi.yaml"
    text = path.read_text(encoding="utf-8")
    old = kr.loads(text)
    new = kr.loads(text.replace("from: 90", "from: 92").replace("from: 70", "from: 72"))
    subjects = [
        case.given for case in read_cases(path.parent / "staff.cases.yaml").cases if "error" not in case.expect
    ]
    shown |= {
        "program": old,
        "comparison": kr.compare(old, new),
        "impact": kr.impact(old, new, subjects),
        "report": kr.check(
            text=text.replace("(quantity + quality", "(quantty + quality").replace("weight:", "wieght:")
        ),
        "clean report": kr.check(path),
    }
    cohort = kr.assess_cohort(kr.loads(QUOTAS), {f"m{at}": {"x": x} for at, x in enumerate((95, 92, 92, 80))})
    for name, assessment in cohort.items():
        shown[f"explanation of {name} by quota"] = kr.explain(assessment)
    return {name: value._repr_mimebundle_()["text/html"] for name, value in shown.items()}


def in_notebook(view: str, *, is_dark: bool) -> str:
    style = (HERE / "jupyterlab.css").read_text(encoding="utf-8")
    classes = "jp-RenderedHTMLCommon jp-RenderedHTML jp-OutputArea-output"
    return (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<style>{style}</style><body class="jp-Notebook" data-jp-theme-light="{str(not is_dark).lower()}">'
        f'<div class="jp-OutputArea-child"><div class="jp-OutputPrompt">[1]:</div><div class="{classes}">{view}</div>'
    )


def in_page(view: str) -> str:
    return (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><body style="margin: 1rem">{view}'
    )


def faults_of(
    browser: Any,
    host: str,
    theme: str,
    width: int,
    of: str = ".kpirules-explanation, .kpirules-card, .kpirules-report",
) -> dict[str, list[str]]:
    """Return the layout faults of each view."""
    # A notebook has its theme by itself, whatever the reader's system prefers.
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=theme if host == "page" else "light"
    )
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    found = {}
    for name, view in views().items():
        page.set_content(in_page(view) if host == "page" else in_notebook(view, is_dark=theme == "dark"))
        parts = page.query_selector_all(of)
        assert parts or of == "figure", name
        if faults := [fault for part in parts for fault in part.evaluate(measure)]:
            found[name] = faults
    page.close()
    return found


@pytest.mark.parametrize("width", [1280, 420, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", ["notebook", "page"])
def test_every_view_is_in_shape(browser: Any, host: str, theme: str, width: int) -> None:
    assert faults_of(browser, host, theme, width) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_fit_the_narrowest_telephone(browser: Any, theme: str) -> None:
    assert sum("<figure" in view for view in views().values()) > 40
    assert faults_of(browser, "page", theme, 320, "figure") == {}


def test_pages_fit_a_telephone(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True)
    path = EXAMPLES / "nd335" / "staff.kpi.yaml"
    text = path.read_text(encoding="utf-8")
    changed = kr.compare(kr.loads(text), kr.loads(text.replace("from: 90", "from: 92")))
    for html in (kr.explain(staff(), language="vi").html(), changed.html(is_page=True)):
        page.set_content(html)
        assert page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    page.close()


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<p style="margin: 0">over</p><p style="margin: -1em 0 0">text</p>', "overlap"),
        ('<p style="color: #999">faint</p>', "contrast of 2.85"),
        ('<p style="width: 2000px; white-space: nowrap">' + "wide " * 300 + "</p>", "reaches beyond"),
        ('<div style="width: 1em; overflow-wrap: anywhere">one_by_one_by_one</div>', "runs over"),
        ("<p>in</p><p style='margin-left: 9px'>out</p>", "paragraphs are 9.0 pixels out of line"),
        ("<h1>a</h1><h2 style='margin-left: 5px'>b</h2>", "headings are 5.0 pixels out of line"),
    ],
)
def test_faults_are_seen(browser: Any, html: str, fault: str) -> None:
    """The detection finds planted faults."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(in_page(f'<div class="view">{html}</div>'))
    found = page.query_selector(".view").evaluate((HERE / "measure.js").read_text(encoding="utf-8"))
    page.close()
    assert any(fault in one for one in found), found
