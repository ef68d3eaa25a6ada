"""What a record gives to draw: the ladder of its bands, and the waterfall of its score."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from attrs import evolve, frozen

from ..kernel.exact import approximate_text
from ..kernel.markup import Html
from ..kernel.pictures import Bar, Rung, ladder, waterfall
from .assessment import Assessment
from .deciding import banded_number
from .parts import Contribution

__all__ = ["drawn_ladder", "drawn_waterfall"]

MOST_RUNGS = 12
"""Bands that are drawn: of more, those around the rating."""

MOST_BARS = 30
"""Contributions that are drawn one by one; the others are one bar."""

EDGE = 0.06
"""The least distance of the mark from an edge, so that it never seems to stand in the next band."""

# As the legend has the stretch of a band.
_STRETCH = re.compile(r"(?:(from|above) (\S+))? ?(?:(to|below) (\S+))?")
_SIGNS = {"from": "≥", "above": ">", "to": "≤", "below": "<"}


@frozen
class _Stretch:
    """The stretch of a band: its ends, and how it is written in short."""

    low: Fraction | None
    high: Fraction | None
    text: str


def drawn_ladder(assessment: Assessment, name: Callable[[str], str], title: str) -> Html:
    """Return the bands with the place of the number that decided among them; nothing where there is none.

    Args:
        assessment: the record.
        name: what a band is called.
        title: the rating in words.
    """
    number, bands = banded_number(assessment), assessment.legend.bands
    if number is None or not bands:
        return Html("")
    stretches = {band: _stretch(assessment, band) for band in bands}
    inside = next((band for band in bands if band in assessment.bands_inside), None)
    middle = bands.index(inside or assessment.band) if inside or assessment.band in bands else 0
    first = max(0, min(middle - MOST_RUNGS // 2, len(bands) - MOST_RUNGS))
    shown = bands[first : first + MOST_RUNGS]
    rungs = [
        Rung(name(band), stretches[band].text, _distance(assessment, band), band == assessment.band) for band in shown
    ]
    place = None
    if inside is not None:
        stretch = _closed(assessment, stretches[inside])
        place = shown.index(inside) + _depth(stretch, number, _is_descending([*stretches.values()]))
    reaches = "; ".join(f"{rung.name} {rung.reach}".rstrip() for rung in rungs)
    return ladder(rungs, approximate_text(number), place, f"{title}. {reaches}")


def drawn_waterfall(assessment: Assessment, name: Callable[[Contribution], str], title: str) -> Html:
    """Return the contributions to the score and their sum; nothing where there are fewer than two.

    Args:
        assessment: the record.
        name: what a contribution is called.
        title: what the sum is called.
    """
    whole = assessment.outcomes.get("score")
    if whole is None or whole.points is None or len(whole.contributions) < 2:
        return Html("")
    lines, rest = whole.contributions[:MOST_BARS], whole.contributions[MOST_BARS:]
    bars = [Bar(name(line), line.points, approximate_text(line.points)) for line in lines]
    if rest:
        points = sum((line.points for line in rest), Fraction(0))
        bars.append(Bar(f"… {len(rest):,}", points, approximate_text(points)))
    total = Bar(title, whole.points, approximate_text(whole.points))
    told = " + ".join(f"{bar.name} {bar.amount}" for bar in bars)
    return waterfall(bars, total, f"{told} = {title} {total.amount}")


def _stretch(assessment: Assessment, band: str) -> _Stretch:
    entry = assessment.legend.entries.get(f"bands.{band}")
    found = _STRETCH.fullmatch("" if entry is None else entry.formula)
    if found is None:
        return _Stretch(None, None, "")
    lower, low, upper, high = found.groups()
    ends = (lower, _number(low)), (upper, _number(high))
    text = ", ".join(f"{_SIGNS[word]} {approximate_text(end)}" for word, end in ends if end is not None)
    return _Stretch(ends[0][1], ends[1][1], text)


def _closed(assessment: Assessment, stretch: _Stretch) -> _Stretch:
    """A stretch whose missing ends are the limits of the score, where bands are about the score."""
    whole = assessment.outcomes.get("score")
    if whole is None or assessment.band_measure is not None:
        return stretch
    low = whole.min if stretch.low is None else stretch.low
    return evolve(stretch, low=low, high=whole.max if stretch.high is None else stretch.high)


def _number(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except (ValueError, ZeroDivisionError):
        # A record from elsewhere may say anything.
        return None


def _distance(assessment: Assessment, band: str) -> str:
    margin = assessment.margin
    if margin is None:
        return ""
    if band == margin.better and margin.up is not None:
        return f"↑ {'> ' if margin.is_up_open else ''}{approximate_text(Fraction(margin.up))}"
    if band == margin.worse and margin.down is not None:
        return f"↓ {approximate_text(Fraction(margin.down))}"
    return ""


def _is_descending(stretches: list[_Stretch]) -> bool:
    """Whether better bands have smaller numbers."""
    lows = [stretch.low for stretch in stretches if stretch.low is not None]
    highs = [stretch.high for stretch in stretches if stretch.high is not None]
    ends = lows if len(lows) > 1 else highs
    return len(ends) > 1 and ends[0] < ends[-1]


def _depth(stretch: _Stretch, number: Fraction, is_descending: bool) -> float:
    """How far below the better end of its band a number stands, from 0 to 1."""
    if stretch.low is None or stretch.high is None or stretch.low == stretch.high:
        return 0.5
    up = float((number - stretch.low) / (stretch.high - stretch.low))
    return min(max(up if is_descending else 1 - up, EDGE), 1 - EDGE)
