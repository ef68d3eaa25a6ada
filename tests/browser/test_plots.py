"""Pictures of many subjects in a browser: no text over text on a phone, and labels that are no markup."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

import kpirules as kr

from .test_views import HERE, browser, in_notebook, in_page  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser

BANDS = {
    "top": {"from": 92.5, "label": {"en": "Excellent", "vi": "Hoàn thành xuất sắc nhiệm vụ được giao trong năm"}},
    "good": {"from": 90, "label": {"en": "Good", "vi": "Hoàn thành tốt nhiệm vụ"}},
    "fair": {"from": 50},
    "poor": {"from": 0},
}
HOSTILE = (
    "<b>bold</b>",
    "<a href='zqx:1'>link</a>",
    "a<br>b",
    "$x^2$",
    "%{y}",
    "&lt;i&gt;",
    "{x} <sub>1</sub>",
)


def book(bands: dict[str, Any], label: str = "Work") -> kr.Program:
    return kr.load(
        {
            "kpirules": 1,
            "inputs": {
                "done": {"type": "number", "min": 0, "max": 100, "decimals": 2},
                "months": {"type": "integer", "min": 0, "max": 12},
            },
            "criteria": {
                "work": {"max": 90, "points": "done * 0.9", "label": label},
                "more": {"max": 10, "points": "done / 10"},
            },
            "exemptions": {"short": {"when": "months < 2", "status": "too_short_a_time_in_office"}},
            "score": {"round": {"places": 1}, "band_on": "rounded"},
            "bands": bands,
        }
    )


def staff(units: list[str]) -> list[dict[str, Any]]:
    draw = random.Random("staff")
    return [
        {"unit": draw.choice(units), "done": round(100 * draw.betavariate(6, 2), 2), "months": draw.randint(0, 13)}
        for _ in range(400)
    ]


@cache
def drawings() -> dict[str, kr.plots.Picture]:
    rows = staff(
        [f"Department of Education, Training, Culture and Sports {'of the Province ' * at}" for at in range(30)]
    )
    many = {f"b{at}": {"from": at} for at in range(99, -1, -1)}
    found = {}
    for name, program in (("few", book(BANDS)), ("many", book(many))):
        for language in ("en", "vi"):
            options: dict[str, Any] = {"static": True, "language": language}
            found[f"distribution {name} {language}"] = kr.plots.distribution(program, rows, ignore="unit", **options)
            found[f"groups {name} {language}"] = kr.plots.bands_by_group(program, rows, by="unit", **options)
    found["nobody"] = kr.plots.distribution(book(BANDS), [], static=True)
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", ["notebook", "page"])
def test_drawings_fit_the_narrowest_telephone(browser: Any, host: str, theme: str) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 320, "height": 900}, color_scheme=theme if host == "page" else "light")
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    faults = {}
    for name, picture in drawings().items():
        view = picture._repr_html_()
        page.set_content(in_page(view) if host == "page" else in_notebook(view, is_dark=theme == "dark"))
        if found := page.query_selector("figure").evaluate(measure):
            faults[name] = found
        # A colour that the browser does not know would be black.
        fills = page.evaluate("[...document.querySelectorAll('path')].map(part => getComputedStyle(part).fill)")
        assert len({*fills, "rgb(0, 0, 0)"}) == len(fills) + 1, name
    page.close()
    assert faults == {}


@cache
def figures() -> dict[str, Any]:
    """Return each figure with the hostile texts that it has."""
    bands = {f"b{at}": {"from": 10 * (9 - at), "label": text} for at, text in enumerate(HOSTILE)}
    old = book(bands, HOSTILE[0])
    new = kr.with_changes(old, {"bands.b0.from": 85})
    rows = staff(list(HOSTILE))
    return {
        "distribution": kr.plots.distribution(old, rows, ignore="unit"),
        "groups": kr.plots.bands_by_group(old, rows, by="unit"),
        "migration": kr.plots.migration(old, new, rows, ignore="unit"),
        "icicle": kr.plots.icicle(old, rows, ignore="unit"),
        "heat map": kr.plots.heat_map(old, rows, by="unit"),
    }


@pytest.mark.parametrize("name", ["distribution", "groups", "migration", "icicle", "heat map"])
def test_labels_of_figures_are_texts(browser: Any, name: str) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 1100, "height": 700})
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.set_content(figures()[name].to_html(include_plotlyjs=True))
    page.wait_for_selector(".main-svg text", state="attached")
    assert page.locator(".main-svg a").count() == 0
    shown = " ".join(page.evaluate("[...document.querySelectorAll('.main-svg text')].map(text => text.textContent)"))
    expected = HOSTILE[:1] if name == "icicle" else HOSTILE[:4] if name == "migration" else HOSTILE
    assert [text for text in expected if text not in shown] == []
    x, y = {"migration": (550, 200), "icicle": (300, 400), "distribution": (570, 600)}.get(name, (450, 300))
    page.mouse.move(x, y)
    page.wait_for_selector(".hoverlayer text")
    assert page.locator(".hoverlayer a").count() == 0
    assert "%{" not in str(page.text_content(".hoverlayer")).replace("%{y}", "")
    page.close()
    assert told == []
