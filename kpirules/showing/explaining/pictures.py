"""The pictures of one rating, with the labels of its rulebook: the ladder of bands and the waterfall of the score."""

from __future__ import annotations

from ...kernel.markup import Html
from ...record import Assessment, Contribution
from ...record.drawing import drawn_ladder, drawn_waterfall
from .voice import Voice

__all__ = ["ladder_of", "waterfall_of"]


def ladder_of(assessment: Assessment, voice: Voice, rating: str, **look: str) -> Html:
    """Return the bands with a mark at the number that decides; empty without such a number.

    Args:
        assessment: the record.
        voice: the language.
        rating: the rating in words.
        look: as for `drawing`.
    """

    def band(id_: str) -> str:
        return voice.read(voice.entry("bands", id_).label) or id_

    return drawn_ladder(assessment, band, rating, **look)


def waterfall_of(assessment: Assessment, voice: Voice, **look: str) -> Html:
    """Return the contributions to the score and their sum; empty for fewer than two.

    Args:
        assessment: the record.
        voice: the language.
        look: as for `drawing`.
    """

    def line(contribution: Contribution) -> str:
        kinds = {"criterion": "criteria", "limit": "limits"}
        label = voice.entry(kinds.get(contribution.kind, ""), contribution.id).label
        return voice.read(label) or contribution.id or voice.word("line", contribution.kind)

    return drawn_waterfall(assessment, line, voice.say("whole"), **look)
