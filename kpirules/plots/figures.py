"""Parts that all figures of plotly share: the library, escaped texts, colours, and the layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from importlib.util import find_spec
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..kernel.visible import neutral
from .levels import Level, Levels, share_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["GREY", "blended", "figure", "grey", "library", "shown", "tone", "uncounted_in_words", "wrapped"]

MISSING = 'figures need plotly: pip install "kpirules[plot]"'

GOOD, BAD = (0x3B, 0x76, 0xF0), (0xE0, 0x3A, 0x2C)
"""The ends of the colours of bands; colours between them differ from both on white and on black."""

GREY = "rgba(128,128,128,.35)"

INK = "#7a7a7a"
"""The colour of texts: it can be read on white and on black, which the figure does not choose."""

MOST_LISTED = 4
"""The most facts of a subtitle, which is one line."""

LONGEST = 40
"""Characters of a label: plotly gives a longer one all the room there is."""


def library(other: str = "") -> Any:
    """Return the module of plotly that has figures.

    Args:
        other: what else can be done without it.
    """
    if find_spec("plotly") is None:
        raise ImportError(MISSING + other)
    import plotly.graph_objects as go

    return go


def shown(text: str, most: int = LONGEST) -> str:
    """Return a text for a figure, where it is no markup, no formula and no template.

    Args:
        text: any text.
        most: the most characters that are shown.

    >>> shown("<b>a</b> $x$ %{y}", 99)
    '&lt;b&gt;a&lt;/b&gt; &#36;x&#36; %&#123;y}'
    """
    text = neutral(" ".join(text.split()))
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return escape(cut, quote=False).replace("$", "&#36;").replace("{", "&#123;")


def wrapped(text: str, columns: int, lines: int = 3) -> str:
    """Return a text for a figure in several short lines.

    >>> wrapped("Results of the year", 12, 2)
    'Results of<br>the year'
    """
    broken = wrap(neutral(text), columns, max_lines=lines, placeholder="…")
    return "<br>".join(shown(line) for line in broken)


def blended(share: float) -> str:
    """Return a colour between bad, 0, and good, 1."""
    parts = (round(bad + (good - bad) * share) for good, bad in zip(GOOD, BAD, strict=True))
    return f"rgb({','.join(map(str, parts))})"


def grey(place: int, count: int) -> str:
    """Return the grey of a level without a rating, by its place among them."""
    light = 100 + 50 * place // max(count, 1)
    return f"rgb({light},{light},{light})"


def tone(levels: Levels, level: Level) -> str:
    """Return the colour of a level: from good to bad for ratings, grey for others."""
    place, count = levels.place(level)
    return blended(1 - place / max(count - 1, 1)) if level.is_rated else grey(place, count)


def uncounted_in_words(levels: Levels, counts: Counter[Level], without: Mapping[Level, int] | None = None) -> str:
    """Return who is not rated, or has no number, as a text for a figure; empty if nobody."""
    parts = [
        f"{shown(name)}: {counts[level]:,} ({shown(share_text(counts[level], levels.total))})"
        for level, name in levels.names.items()
        if not level.is_rated
    ]
    parts += [
        f"{shown(levels.names[level])} without a number: {count:,}"
        for level, count in (without or {}).items()
        if level.is_rated
    ]
    rest = [f"… {len(parts) - MOST_LISTED} more"] if len(parts) > MOST_LISTED else []
    return " · ".join([*parts[:MOST_LISTED], *rest])


def figure(traces: list[Any], title: str, subtitle: str, **layout: Any) -> Figure:
    """Return a figure that fits light and dark pages.

    Args:
        traces: what it shows.
        title, subtitle: texts that are escaped already.
        layout: more of its layout.
    """
    heading = {"text": title, "subtitle": {"text": subtitle}, "x": 0, "xref": "paper"}
    common = {
        "template": "none",
        "title": heading,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": INK, "family": "system-ui, sans-serif"},
        "hoverlabel": {"align": "left"},
        "margin": {"l": 60, "r": 30, "t": 90 if subtitle else 60, "b": 50},
    }
    return library().Figure(traces, {**common, **layout})
