"""What quotas made of a member of a cohort: the limit, the base, the place, and who holds the last one."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics.widths import neutral
from ..exact import to_text
from ..record import Assessment, QuotaOutcome
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["quota_lines"]

EFFECTS = ("kept", "moved", "undecided", "over")
"""What a quota does; a record that was read from elsewhere may hold anything."""


def quota_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """The quotas that limit a band the member had, in the order they acted.

    Args:
        assessment: the record.
        voice: the language.
    """
    return tuple(_quota(voice, one) for one in assessment.quotas)


def _quota(voice: Voice, one: QuotaOutcome) -> Line:
    band, target = voice.name("bands", one.band), voice.name("bands", one.target)
    facts = [Line("fact", name, says) for name, says in _facts(voice, one, band)]
    return voice.line(
        "quota",
        "quotas",
        one.id,
        state=one.effect if one.effect in EFFECTS else "",
        remark=voice.word("quota", one.effect, band=band, target=target),
        children=tuple(facts),
    )


def _facts(voice: Voice, one: QuotaOutcome, band: str) -> Iterator[tuple[str, str]]:
    limit = {"limit": str(one.limit), "share": _share(one), "base": str(one.base), "mode": voice.mode(one.mode)}
    yield "limit", voice.say("quota_minimum" if one.is_minimum else "quota_limit", **limit)
    yield "base", voice.say("quota_after" if one.is_after else "quota_before")
    rank = {"rank": str(one.rank), "held": str(one.held)}
    if one.tied > 1:
        yield "rank", voice.say("quota_rank_tied", tied=str(one.tied), **rank)
    else:
        yield "rank", voice.say("quota_rank", **rank)
    if one.effect == "undecided":
        yield "places", voice.say("quota_places", places=str(one.places), tied=str(one.tied))
    if not one.last:
        yield "last", voice.say("quota_nobody")
        return
    names = ", ".join(neutral(tidy(name)) for name in one.last)
    phrase = "quota_open" if one.is_last_open else "quota_last"
    more = "" if one.sharing == len(one.last) else "_more"
    yield "last", voice.say(f"{phrase}{more}", names=names, sharing=str(one.sharing))


def _share(one: QuotaOutcome) -> str:
    """The share in per cent, or as a quotient where that would not end."""
    percent = to_text(one.at_most * 100)
    return to_text(one.at_most) if "/" in percent else f"{percent} %"
