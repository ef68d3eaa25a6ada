"""Pictures of a rating as inline SVG: a ladder of bands, and a waterfall of contributions.

A picture is 320 units wide, so that its text is legible on a narrow phone. It uses the colours of the view around
it (`--good`, `--bad`, `--soft`). It has no script, and a title describes it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from .markup import Html, element, joined
from .visible import neutral
from .widths import width

__all__ = [
    "LETTER",
    "RULE",
    "SMALL",
    "WIDTH",
    "Bar",
    "Rung",
    "box",
    "drawing",
    "figure",
    "ladder",
    "length",
    "line_of_text",
    "shade",
    "waterfall",
]

WIDTH, MARGIN = 320, 10
RUNG, LINE = 34, 22
"""Heights of a band and of a contribution."""

LETTER, SMALL = 12, 10.5
"""Font sizes. A character is taken to be 0.57 as wide as high, 0.65 in bold: few are wider."""


@frozen
class Rung:
    """A band of the ladder.

    Args:
        name: its label.
        reach: its interval, in short.
        distance: the distance from the number to the band, or empty.
        is_given: whether it is the rating.
    """

    name: str
    reach: str = ""
    distance: str = ""
    is_given: bool = False


@frozen
class Bar:
    """A line of a sum.

    Args:
        name: its label.
        points: the points that it adds.
        amount: the same as a text.
    """

    name: str
    points: Fraction
    amount: str


def ladder(rungs: Sequence[Rung], number: str, place: float | None, title: str, **look: str) -> Html:
    """Draw the bands, best on top, with a mark where a number lies.

    Args:
        rungs: the bands, best first.
        number: the number as a text.
        place: its distance from the top in bands, 1.5 for the middle of the second; None if no band contains it.
        title: a description of the picture.
        look: attributes of the drawing, and its `colours`, as for `drawing`.
    """
    parts: list[Html] = []
    for index, rung in enumerate(rungs):
        top = MARGIN + index * RUNG
        middle = top + RUNG / 2
        parts.append(box(0, top + 1, 8, RUNG - 2, style=f"fill:{shade(index, len(rungs))}"))
        if rung.is_given:
            parts.append(box(74, top + 1, WIDTH - 74, RUNG - 2, rx="5", opacity=".1"))
        weight = "600" if rung.is_given else None
        lines = [line for line in (rung.reach, rung.distance) if line]
        room = WIDTH - 82 - 10 - max((length(line, SMALL) for line in lines), default=0)
        names = _broken(rung.name, room, weight)
        for name, height in zip(names, _heights(middle, names), strict=True):
            parts.append(line_of_text(82, height, name, room, weight=weight))
        for line, height in zip(lines, _heights(middle, lines), strict=True):
            parts.append(line_of_text(WIDTH - 5, height, line, WIDTH / 2, size=SMALL, anchor="end", is_faint=True))
    if place is not None:
        height = MARGIN + place * RUNG
        points = f"10,{height:.1f} 18,{height - 5:.1f} 18,{height + 5:.1f}"
        parts += [element("polygon", points=points)]
        parts += [line_of_text(21, height + 4, number, 52, weight="600")]
    return drawing(parts, 2 * MARGIN + RUNG * len(rungs), title, **look)


def waterfall(bars: Sequence[Bar], total: Bar, title: str, **look: str) -> Html:
    """Draw the terms of a sum as bars, each starting where the previous one ends, and the total.

    Args:
        bars: in the order in which they are added.
        total: the sum.
        title: a description of the picture.
        look: attributes of the drawing, and its `colours`, as for `drawing`.
    """
    ends = [Fraction(0)]
    for bar in bars:
        ends.append(ends[-1] + bar.points)
    low, high = min(*ends, total.points), max(*ends, total.points)
    amounts = max(length(bar.amount, SMALL) for bar in (*bars, total))
    left, right = 128.0, WIDTH - 12 - min(amounts, WIDTH / 3)

    def across(value: Fraction) -> float:
        return left + float((value - low) / (high - low or 1)) * (right - left)

    zero = f"{across(Fraction(0)):.1f}"
    parts = [element("line", x1=zero, x2=zero, y1="4", y2=f"{LINE * len(ends) + 6}", **RULE)]
    for index, (bar, start) in enumerate(zip([*bars, total], [*ends[:-1], Fraction(0)], strict=True)):
        top = 6 + index * LINE
        x, y = sorted((across(start), across(start + bar.points)))
        is_total = index == len(bars)
        tone = "currentColor" if is_total else f"var(--{'good' if bar.points >= 0 else 'bad'},currentColor)"
        parts.append(line_of_text(0, top + 13, bar.name, left - 8, weight="600" if is_total else None))
        parts.append(box(x, top + 2, max(y - x, 1.5), LINE - 7, rx="2", style=f"fill:{tone}"))
        weight = "600" if is_total else None
        parts.append(
            line_of_text(WIDTH - 4, top + 13, bar.amount, WIDTH / 3, size=SMALL, anchor="end", weight=weight)
        )
    return drawing(parts, LINE * (len(bars) + 1) + 10, title, **look)


RULE = {"stroke": "currentColor", "stroke_opacity": ".35", "stroke_dasharray": "2 3"}


def figure(drawn: Html) -> Html:
    """Return a drawing as a figure that fits beside others; nothing without a drawing."""
    if not drawn:
        return drawn
    return element("figure", drawn, style="margin:.8rem 0;padding:0;flex:1 1 15rem;max-width:25rem")


def drawing(
    parts: Sequence[Html], height: float, title: str, description: str = "", *, colours: str = "", **attributes: str
) -> Html:
    """Return a drawing of the usual width.

    Args:
        parts: its elements.
        height: its height in units.
        title: a description of the picture in a line.
        description: more of it, for those who don't see the picture.
        colours: definitions of the colours that the elements use, if nothing around the drawing has them.
        attributes: others of the drawing.
    """
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else "",
        joined(parts, "\n"),
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        role="img",
        style="display:block;width:100%;max-width:25rem;height:auto;fill:currentColor;"
        f"font-family:system-ui,sans-serif{colours}",
        **attributes,
    )


def shade(index: int, count: int) -> str:
    """Return the colour of a band.

    Args:
        index: its place, the best first.
        count: the number of bands.
    """
    share = round(100 * index / max(count - 1, 1))
    return f"color-mix(in srgb,var(--bad,currentColor) {share}%,var(--good,currentColor))"


def box(x: float, y: float, across: float, down: float, **attributes: str) -> Html:
    """Return a rectangle."""
    return element("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{across:.1f}", height=f"{down:.1f}", **attributes)


def line_of_text(
    x: float,
    y: float,
    text: str,
    room: float,
    *,
    size: float = LETTER,
    anchor: str | None = None,
    weight: str | None = None,
    is_faint: bool = False,
) -> Html:
    """Return a line of text; one that does not fit is cut and has the whole text as its title."""
    text = neutral(text)
    shown = text
    while shown and length(shown, size, weight) > room:
        shown = shown[:-2].rstrip() + "…" if len(shown) > 2 else ""
    return element(
        "text",
        element("title", text) if shown != text else "",
        shown,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        font_size=f"{size:g}",
        text_anchor=anchor,
        font_weight=weight,
        style="color:var(--soft,currentColor)" if is_faint else None,
    )


def _heights(middle: float, lines: Sequence[str]) -> Sequence[float]:
    return ((), (middle + 4,), (middle - 3, middle + 10))[len(lines)]


def _broken(text: str, room: float, weight: str | None) -> list[str]:
    """Return a text in two lines, broken at a blank, if it is too long for one."""
    if length(text, LETTER, weight) <= room:
        return [text]
    fits = [at for at, letter in enumerate(text) if letter == " " and length(text[:at], LETTER, weight) <= room]
    return [text[: fits[-1]], text[fits[-1] + 1 :]] if fits else [text]


def length(text: str, size: float, weight: str | None = None) -> float:
    """Return an estimate of the length of a text; few texts are longer."""
    return width(text) * size * (0.57 if weight is None else 0.65)
