"""Pictures of one rating: the ladder of bands, and the waterfall of the score."""

from __future__ import annotations

from fractions import Fraction

from ..kernel.exact import to_text
from ..record import Assessment
from ..showing.explaining.pictures import ladder_of, waterfall_of
from ..showing.explaining.verdict import verdict_line
from ..showing.explaining.voice import Voice
from .picture import LOOK, Picture

__all__ = ["ladder", "waterfall"]


def ladder(assessment: Assessment, *, language: str | None = None) -> Picture:
    """Draw the bands, best on top, with a mark at the score and the distances to the next bands.

    Args:
        assessment: the rating, as `assess` returns it.
        language: of the labels of bands; by default the first one of each.

    Returns:
        A drawing, which needs no extra.

    Raises:
        ValueError: if the assessment has no number, or the rulebook has no bands.

    >>> from kpirules import assess, load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> plots.ladder(assess(program, {"done": 6}))
    <Picture Rated poor>
    """
    voice = Voice(assessment.legend, language, False)
    rating = verdict_line(assessment, voice).label
    drawn = ladder_of(assessment, voice, rating, **LOOK)
    if not drawn:
        raise ValueError("a ladder needs bands, and a number that they divide; this assessment lacks one of them")
    return Picture(rating, str(drawn))


def waterfall(assessment: Assessment, *, language: str | None = None) -> Picture:
    """Draw the points of each top-level criterion, one after the other, and their sum.

    Args:
        assessment: the rating, as `assess` returns it.
        language: of the labels of criteria; by default the first one of each.

    Returns:
        A drawing, which needs no extra.

    Raises:
        ValueError: if the score is not a sum of two or more parts.

    >>> from kpirules import assess, load, plots
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 70, "rate": "done / 10"}, "conduct": {"max": 30, "entered": {"step": 1}}},
    ... })
    >>> plots.waterfall(assess(program, {"done": 6, "conduct": 25}))
    <Picture score 67>
    """
    voice = Voice(assessment.legend, language, False)
    drawn = waterfall_of(assessment, voice, **LOOK)
    if not drawn:
        raise ValueError("a waterfall needs a score that is the sum of two or more parts")
    score = assessment.score
    title = voice.say("whole") if score is None else voice.say("score", score=to_text(Fraction(score)))
    return Picture(title, str(drawn))
