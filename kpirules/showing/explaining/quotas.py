"""Quotas in words, and their effect on a member: the limit, the base, its rank, and the last place."""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.exact import to_text
from ...kernel.visible import neutral
from ...record import Assessment, QuotaOutcome
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["quota_lines"]

EFFECTS = ("kept", "moved", "undecided", "over")
"""The effects of a quota; a record from elsewhere may hold any text."""


def quota_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the quotas on the member's band in the order they acted, then those that did not affect it.

    Args:
        assessment: the record.
        voice: the language.
    """
    acted = [_quota(voice, quota) for quota in assessment.quotas]
    if assessment.band is None and assessment.status != "undecided":
        return tuple(acted)  # a member without a band is not counted
    keys = (key.partition(".")[2] for key in voice.legend.entries if key.startswith("quotas."))
    others = [
        id_ for id_ in keys if id_ not in {quota.id for quota in assessment.quotas} and _policy(voice, id_, "band")
    ]
    return (*acted, *(_rule(voice, id_) for id_ in others))


def _rule(voice: Voice, id_: str) -> Line:
    """Return the line of a quota that did not affect the member, since it did not act or limits another band."""
    bands = [band for band in _policy(voice, id_, "of").split(", ") if band]
    share = {
        "share": neutral(voice.entry("quotas", id_).formula),
        "of": voice.say("quota_of_all") if bands == ["all"] else voice.names("bands", bands),
        "mode": voice.mode(_policy(voice, id_, "round")),
        "minimum": _policy(voice, id_, "minimum"),
    }
    limit = voice.say("quota_terms" if share["minimum"] == "0" else "quota_terms_minimum", **share)
    base = voice.say("quota_after" if _policy(voice, id_, "base") == "after" else "quota_before")
    facts = [("limit", limit), ("base", base), *_comparing(voice, id_)]
    for policy in ("within", "when"):
        if said := _policy(voice, id_, policy):
            facts.append((policy, voice.say(f"quota_{policy}", said=said)))
    return voice.line(
        "quota",
        "quotas",
        id_,
        remark=voice.say("quota_rule", band=voice.name("bands", _policy(voice, id_, "band"))),
        children=tuple(Line("fact", name, says) for name, says in facts),
    )


def _comparing(voice: Voice, id_: str) -> Iterator[tuple[str, str]]:
    """Yield the order of members and the policy for ties; nothing if the record lacks them."""
    if order := _policy(voice, id_, "order"):
        yield "order", voice.say("quota_order", order=order)
    if ties := _policy(voice, id_, "ties"):
        band, target = (voice.name("bands", _policy(voice, id_, policy)) for policy in ("band", "demote_to"))
        yield "ties", voice.word("quota_ties", ties, band=band, target=target)


def _policy(voice: Voice, id_: str, policy: str) -> str:
    return neutral(tidy(voice.entry("quotas", f"{id_}: {policy}").formula))


def _quota(voice: Voice, outcome: QuotaOutcome) -> Line:
    band, target = voice.name("bands", outcome.band), voice.name("bands", outcome.target)
    facts = [Line("fact", name, says) for name, says in _facts(voice, outcome, band)]
    return voice.line(
        "quota",
        "quotas",
        outcome.id,
        state=outcome.effect if outcome.effect in EFFECTS else "",
        remark=voice.word("quota", outcome.effect, band=band, target=target),
        children=tuple(facts),
    )


def _facts(voice: Voice, outcome: QuotaOutcome, band: str) -> Iterator[tuple[str, str]]:
    limit = {
        "limit": str(outcome.limit),
        "share": _share(outcome),
        "base": str(outcome.base),
        "mode": voice.mode(outcome.mode),
    }
    yield "limit", voice.say("quota_minimum" if outcome.is_minimum else "quota_limit", **limit)
    yield "base", voice.say("quota_after" if outcome.is_after else "quota_before")
    yield from _comparing(voice, outcome.id)
    rank = {"rank": str(outcome.rank), "held": str(outcome.held)}
    if outcome.tied > 1:
        yield "rank", voice.say("quota_rank_tied", tied=str(outcome.tied), **rank)
    else:
        yield "rank", voice.say("quota_rank", **rank)
    if outcome.effect == "undecided":
        yield "places", voice.say("quota_places", places=str(outcome.places), tied=str(outcome.tied))
    if not outcome.last:
        yield "last", voice.say("quota_nobody")
        return
    names = ", ".join(neutral(tidy(name)) for name in outcome.last)
    phrase = "quota_open" if outcome.is_last_open else "quota_last"
    more = "" if outcome.sharing == len(outcome.last) else "_more"
    yield "last", voice.say(f"{phrase}{more}", names=names, sharing=str(outcome.sharing))


def _share(outcome: QuotaOutcome) -> str:
    """Return the share in per cent, or as a fraction if the percentage would not end."""
    percent = to_text(outcome.at_most * 100)
    return to_text(outcome.at_most) if "/" in percent else f"{percent} %"
