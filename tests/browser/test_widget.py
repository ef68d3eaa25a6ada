"""The script of the widget in a page of its own, with Python behind a stub of its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

import kpirules as kr
from kpirules.testing import read_cases
from tests.browser.test_form import SMALL, STAFF
from tests.browser.test_views import HERE, browser
from tests.sandbox.shown import ALL, HTML, MARK
from tests.sandbox.test_shown import readable, rulebook

__all__ = ["browser"]

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><body></body>"""

MODEL = """async ({esm, css, state, dark}) => {
    const style = document.createElement('style');
    style.textContent = css + `body { margin: 8px; background: ${dark ? '#111' : '#fff'}; color: ${dark ? '#ddd' : '#222'} }`;
    document.head.append(style);
    const handlers = [];
    const told = (name) => handlers.filter(([event]) => event === `change:${name}`).forEach(([, handler]) => handler());
    window.model = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = value; told(name); },
        on: (event, handler) => handlers.push([event, handler]),
        off: (event, handler) => handlers.splice(handlers.findIndex((one) => one[1] === handler), 1),
        save_changes: async () => {
            window.sent = (window.sent ?? 0) + 1;
            await window.take(await window.answer(state._entered));
        },
    };
    window.take = (changed) => { for (const [name, value] of Object.entries(changed)) window.model.set(name, value); };
    const {default: widget} = await import(URL.createObjectURL(new Blob([esm], {type: 'text/javascript'})));
    window.display = () => {
        const el = document.createElement('div');
        document.body.append(el);
        return widget.render({model: window.model, el});
    };
    window.leave = window.display();
}"""


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a page with a widget; it fails if the page makes a request or reports an error."""
    pages = []

    def open_page(widget: Any, width: int = 1100, *, is_dark: bool = False) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.on("console", lambda message: page.seen.append(message.text))
        page.set_content(PAGE)

        def answer(entered: Any) -> dict[str, Any]:
            widget._entered = entered
            return {"_shown": widget._shown}

        page.expose_function("answer", answer)
        state = {name: getattr(widget, name) for name in ("_form", "_entered", "_shown")}
        page.evaluate(MODEL, {"esm": widget._esm, "css": widget._css, "state": state, "dark": is_dark})
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert [one for one in page.seen if not one.startswith("blob:")] == []
        page.close()


def field(page: Any, path: str) -> Any:
    """Return the control at a path; its id begins with a mark of the view."""
    return page.locator(f'[id$="-{path}"]')


def headline(page: Any, text: str) -> None:
    """Wait until the rating is there."""
    page.locator(".headline", has_text=text).wait_for()


def test_the_rating_follows_fields_and_sliders(opened: Callable[..., Any]) -> None:
    widget = kr.widget(kr.loads(SMALL), subject={"post": "a", "late": False}, changing=["bands.good.from"])
    page = opened(widget)
    headline(page, "Not rated yet")
    assert page.inner_text(".result li") == "Done is missing"
    page.click(".result .link")
    page.keyboard.type("8")
    headline(page, "Rated fair · 56")
    knob = page.get_by_role("slider", name="Done, slider")
    assert knob.get_attribute("aria-valuetext") == "8"
    knob.press("End")
    headline(page, "Rated good · 70")
    assert field(page, "done").input_value() == "10"
    page.get_by_role("slider", name="Good · from, slider").press("ArrowRight")
    headline(page, "Rated fair · 70")
    assert widget.program.rulebook.bands.levels[0].interval.lower == 71
    page.click(".reset")
    headline(page, "Not rated yet")
    assert widget.subject == {"post": "a", "late": False, "visits": []}


def test_a_subject_is_entered_by_keyboard_alone(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL)))
    # Each number has a slider after its field.
    for key in ("Tab", "9", "Tab", "Tab", "ArrowDown", "Tab", "ArrowRight"):
        page.keyboard.press(key)
    while not page.evaluate("document.activeElement.id.endsWith('-visits')"):
        page.keyboard.press("Tab")
    for key in ("Enter", "7", ".", "5"):
        page.keyboard.press(key)
    page.wait_for_selector("[role=status]:text-is('Rated good · 70.5')", state="attached")


def test_errors_are_at_their_fields_in_the_language_of_the_labels(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL), language="vi", changing=["bands.good.from"]))
    field(page, "done").fill("11")
    field(page, "visits").click()
    field(page, "visits[0].hours").fill("4,5")
    field(page, "post").focus()
    page.keyboard.press("Tab")
    page.locator(".result li", has_text="Giờ").or_(page.locator(".result li", has_text="4.5")).first.wait_for()

    def told(path: str) -> str:
        assert field(page, path).get_attribute("aria-invalid") == "true"
        return field(page, f"{path}-error").inner_text()

    assert told("done") == "Đã làm là 11, lớn hơn 10"
    assert told("post") == "Thiếu post"
    assert told("visits[0].hours").endswith("Hãy dùng dấu chấm thập phân: 4.5")
    assert field(page, "late").get_attribute("aria-invalid") is None
    assert page.get_attribute(".kpirules-widget", "lang") == "vi"
    field(page, "rules:bands.good.from").fill("a lot")
    field(page, "rules:bands.good.from-error").filter(has_text="`a lot`").wait_for()


def test_values_are_exact_texts(opened: Callable[..., Any]) -> None:
    rules = kr.loads(
        "kpirules: 1\ninputs: {x: {type: number, min: -1, max: 100, decimals: 2}, p: {type: number, above: 0, max: 1}}\n"
        "criteria: {work: {max: 100, min: -1, points: x}}\n"
    )
    widget = kr.widget(rules, subject={"p": Decimal("0.5")})
    page = opened(widget)
    field(page, "x").fill("89.58")
    headline(page, "89.58")
    assert widget.subject == {"x": Decimal("89.58"), "p": Decimal("0.5")}
    knob = page.get_by_role("slider", name="X, slider")
    seen = []
    for key in ("ArrowRight", "Home", "ArrowRight", "End", "ArrowLeft"):
        knob.press(key)
        seen.append(field(page, "x").input_value())
    assert seen == ["89.8", "-1", "-0.8", "100", "99.8"]
    page.get_by_role("slider", name="P, slider").press("Home")
    assert field(page, "p").input_value() == "0.001"


def test_rows_of_a_spreadsheet_fill_a_list(opened: Callable[..., Any]) -> None:
    widget = kr.widget(kr.loads(SMALL), subject={"done": 1, "post": "a", "late": False})
    page = opened(widget)
    page.evaluate(
        """() => {
            const data = new DataTransfer(); data.setData('text/plain', 'hours\\tother\\n7.5\\tx\\n2\\ty\\n');
            const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector('.list').dispatchEvent(event);
        }"""
    )
    headline(page, "16.5")
    assert widget.subject["visits"] == [{"hours": Decimal("7.5")}, {"hours": Decimal(2)}]
    page.get_by_role("button", name="Remove row 1").click()
    headline(page, "Rated fair · 9")
    assert field(page, "visits[0].hours").input_value() == "2"


def test_python_fills_the_fields(opened: Callable[..., Any]) -> None:
    widget = kr.widget(kr.loads(SMALL))
    page = opened(widget)
    widget.subject = {"done": 9, "post": "b", "late": True, "visits": [{"hours": 3}]}
    widget.language = "vi"
    page.evaluate(
        "state => window.take(state)", {name: getattr(widget, name) for name in ("_form", "_entered", "_shown")}
    )
    headline(page, "Xếp loại «fair» · 66")
    assert field(page, "done").input_value() == "9"
    assert page.locator(".name", has_text="Đã làm").count() == 1
    widget.subject = {"visits": 5}
    page.evaluate("state => window.take(state)", {name: getattr(widget, name) for name in ("_entered", "_shown")})
    assert page.locator(".row").count() == 0
    assert field(page, "visits").get_attribute("aria-invalid") == "true"


def test_two_views_of_a_widget_are_alike(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL), subject={"post": "a", "late": False}))
    page.evaluate("() => { window.display(); }")
    for one, other in ((0, 1), (1, 0)):
        field(page, "done").nth(one).fill(str(7 + one))
        page.locator(".headline", has_text=("49", "56")[one]).nth(other).wait_for()
        assert field(page, "done").nth(other).input_value() == str(7 + one)


def test_reasons_are_shown_on_demand(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL), subject={"done": 9, "post": "a", "late": False}))
    assert page.locator(".result table").count() == 0
    page.get_by_role("button", name="Show the reasons").click()
    page.locator(".result table").first.wait_for()
    assert page.get_by_role("button", name="Show the reasons").get_attribute("aria-expanded") == "true"


def test_a_quick_slider_waits_for_answers(opened: Callable[..., Any]) -> None:
    widget = kr.widget(kr.loads(SMALL), subject={"post": "a", "late": False})
    page = opened(widget)
    page.evaluate(
        """() => {
            const knob = document.querySelector('input[type=range]');
            for (let at = 0; at <= 10; at += 1) {
                knob.value = at;
                knob.dispatchEvent(new Event('input', {bubbles: true}));
            }
        }"""
    )
    headline(page, "Rated good · 70")
    # The first change, and the last one once the first was answered.
    assert page.evaluate("window.sent") == 2


def test_a_widget_that_is_removed_listens_no_more(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL)))
    page.evaluate("() => { window.leave(); document.querySelector('.headline').textContent = 'gone'; }")
    page.evaluate("() => window.take({_shown: {headline: 'back', problems: []}})")
    assert page.inner_text(".headline") == "gone"


def test_hostile_texts_are_shown_as_texts(opened: Callable[..., Any]) -> None:
    hostile = readable(ALL)
    widget = kr.widget(kr.load(rulebook(hostile)), subject={"post": hostile, "name": HTML, "done": 5})
    page = opened(widget)
    page.get_by_role("button", name="Show the reasons").click()
    page.locator(".result table").first.wait_for()
    assert page.evaluate(f"typeof {MARK}") == "undefined"
    assert page.query_selector_all(f"#{MARK}, .{MARK}, img, b.{MARK}, a[href^=javascript], body script") == []
    assert HTML in page.inner_text("body")
    assert not set("\u202e\u200b\u2066") & set(page.inner_text("body"))


@pytest.mark.parametrize("width", [1100, 400, 320])
@pytest.mark.parametrize("is_dark", [False, True])
def test_the_largest_example_is_in_shape(opened: Callable[..., Any], is_dark: bool, width: int) -> None:
    case = next(one for one in read_cases(STAFF.with_name("staff.cases.yaml")).cases if one.given.get("tasks"))
    changing = ["parameters.deduction", "bands.excellent.from", "criteria.results.max"]
    page = opened(
        kr.widget(kr.load(STAFF), subject=case.given, language="vi", changing=changing), width, is_dark=is_dark
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelector('.kpirules-widget').style.colorScheme") == (
        "dark" if is_dark else "light"
    )
    measure = (HERE / "measure.js").read_text(encoding="utf-8")
    parts = page.query_selector_all(".head, form, .result")
    assert [fault for part in parts for fault in part.evaluate(measure)] == []


def test_it_has_the_colours_of_the_theme_on_the_white_panel_of_vs_code(opened: Callable[..., Any]) -> None:
    page = opened(kr.widget(kr.loads(SMALL)), is_dark=True)
    page.add_style_tag(
        content=".cell-output-ipywidget-background { background: white !important }"
        ":root { --vscode-editor-background: #111; --vscode-editor-foreground: #ddd }"
    )
    colours = """() => {
        const root = document.querySelector('.kpirules-widget'), {color, backgroundColor} = getComputedStyle(root);
        return [color, backgroundColor, root.style.colorScheme];
    }"""
    assert page.evaluate(colours)[1] == "rgba(0, 0, 0, 0)"
    page.evaluate(
        "document.querySelector('.kpirules-widget').parentElement.className = 'cell-output-ipywidget-background'"
    )
    assert page.evaluate(colours) == ["rgb(221, 221, 221)", "rgb(17, 17, 17)", "dark"]
