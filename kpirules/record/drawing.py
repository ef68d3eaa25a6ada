"""Pictures of a record: the ladder of its bands, and the waterfall of its score."""

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

MAX_RUNGS = 12
"""The most bands that are drawn: those around the rating."""

MAX_BARS = 30
"""The most contributions with their own bar; all others share one."""

EDGE = 0.06
"""The least distance of the mark from the end of a band, so that it never seems to be in the next one."""

# The pattern matches a band's interval in the legend.
_INTERVAL = re.compile(r"(?:(from|above) (\S+))? ?(?:(to|below) (\S+))?")
_SIGNS = {"from": "≥", "above": ">", "to": "≤", "below": "<"}


@frozen
class _Interval:
    """The interval of a band: its ends, and a short text."""

    low: Fraction | None
    high: Fraction | None
    text: str


def drawn_ladder(assessment: Assessment, name: Callable[[str], str], title: str, **look: str) -> Html:
    """Return a picture of the bands with a mark at the banded number; empty without such a number.

    Args:
        assessment: the record.
        name: returns the name of a band.
        title: the rating in words.
        look: as for `drawing`.
    """
    number, bands = banded_number(assessment), assessment.legend.bands
    if number is None or not bands:
        return Html("")
    intervals = {band: _interval(assessment, band) for band in bands}
    inside = next((band for band in bands if band in assessment.bands_inside), None)
    middle = bands.index(inside or assessment.band) if inside or assessment.band in bands else 0
    first = max(0, min(middle - MAX_RUNGS // 2, len(bands) - MAX_RUNGS))
    shown = bands[first : first + MAX_RUNGS]
    rungs = [
        Rung(name(band), intervals[band].text, _distance(assessment, band), band == assessment.band) for band in shown
    ]
    place = None
    if inside is not None:
        interval = _closed(assessment, intervals[inside])
        place = shown.index(inside) + _depth(interval, number, _is_descending([*intervals.values()]))
    rungs_in_words = "; ".join(f"{rung.name} {rung.reach}".rstrip() for rung in rungs)
    return ladder(rungs, approximate_text(number), place, f"{title}. {rungs_in_words}", **look)


def drawn_waterfall(assessment: Assessment, name: Callable[[Contribution], str], title: str, **look: str) -> Html:
    """Return a picture of the contributions to the score and their sum; empty for fewer than two.

    Args:
        assessment: the record.
        name: returns the name of a contribution.
        title: the name of the sum.
        look: as for `drawing`.
    """
    whole = assessment.outcomes.get("score")
    if whole is None or whole.points is None or len(whole.contributions) < 2:
        return Html("")
    lines, rest = whole.contributions[:MAX_BARS], whole.contributions[MAX_BARS:]
    bars = [Bar(name(line), line.points, approximate_text(line.points)) for line in lines]
    if rest:
        points = sum((line.points for line in rest), Fraction(0))
        bars.append(Bar(f"… {len(rest):,}", points, approximate_text(points)))
    total = Bar(title, whole.points, approximate_text(whole.points))
    sum_text = " + ".join(f"{bar.name} {bar.amount}" for bar in bars)
    return waterfall(bars, total, f"{sum_text} = {title} {total.amount}", **look)


def _interval(assessment: Assessment, band: str) -> _Interval:
    entry = assessment.legend.entries.get(f"bands.{band}")
    found = _INTERVAL.fullmatch("" if entry is None else entry.formula)
    if found is None:
        return _Interval(None, None, "")
    lower, low, upper, high = found.groups()
    ends = (lower, _number(low)), (upper, _number(high))
    text = ", ".join(f"{_SIGNS[word]} {approximate_text(end)}" for word, end in ends if end is not None)
    return _Interval(ends[0][1], ends[1][1], text)


def _closed(assessment: Assessment, interval: _Interval) -> _Interval:
    """Return an interval with its missing ends set to the limits of the score, if the score is banded."""
    whole = assessment.outcomes.get("score")
    if whole is None or assessment.band_measure is not None:
        return interval
    low = whole.min if interval.low is None else interval.low
    return evolve(interval, low=low, high=whole.max if interval.high is None else interval.high)


def _number(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except (ValueError, ZeroDivisionError):
        # A record from elsewhere may hold any text.
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


def _is_descending(intervals: list[_Interval]) -> bool:
    """Return whether better bands have smaller numbers."""
    lows = [interval.low for interval in intervals if interval.low is not None]
    highs = [interval.high for interval in intervals if interval.high is not None]
    ends = lows if len(lows) > 1 else highs
    return len(ends) > 1 and ends[0] < ends[-1]


def _depth(interval: _Interval, number: Fraction, is_descending: bool) -> float:
    """Return how far below the better end of its band a number is, from 0 to 1."""
    if interval.low is None or interval.high is None or interval.low == interval.high:
        return 0.5
    height = float((number - interval.low) / (interval.high - interval.low))
    return min(max(height if is_descending else 1 - height, EDGE), 1 - EDGE)
