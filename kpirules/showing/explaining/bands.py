"""Explains why the subject got its band and not a better one, and what overruled the score."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from ...kernel.exact import to_text
from ...kernel.visible import neutral
from ...language.wording import beside
from ...record import Assessment, Computation, LimitOutcome, OverrideOutcome, Requirement
from ...record.deciding import banded_number, deciders
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["band_lines", "limit_lines", "override_lines"]


def band_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return lines about the band given and every better one, with reasons; about all bands if none was given.

    Args:
        assessment: the record.
        voice: the language.
    """
    bands = assessment.legend.bands
    if assessment.band in bands:
        shown = bands[: bands.index(assessment.band) + 1]
        is_forced = any(one.kind == "band" and one.decided for one in assessment.overrides)
        have_ends = any(voice.entry("bands", band).formula for band in bands)
        if is_forced and set(assessment.bands_inside) == set(bands) and not (have_ends or assessment.requirements):
            shown = shown[-1:]  # where all bands apply to everybody, that a better one does says nothing
    else:
        # An undefined row leaves the rating open: then no band is compared with another.
        is_by_bands = any(ref.startswith(("bands", "requires.")) for ref in assessment.because)
        shown = bands if assessment.status == "undefined" and is_by_bands else ()
    return tuple(_band(assessment, voice, band) for band in shown)


def _band(assessment: Assessment, voice: Voice, band: str) -> Line:
    is_given = band == assessment.band
    line = voice.line("band", "bands", band, state="given" if is_given else "failed")
    reasons = [_given(assessment, voice)] if is_given else _obstacles(assessment, voice, band)
    requirements = [r for r in assessment.requirements if r.band == band]
    return evolve(
        line,
        amount=voice.row(voice.entry("bands", band).formula),
        remark="; ".join(reasons),
        children=tuple(_requirement(voice, requirement) for requirement in requirements),
    )


def _given(assessment: Assessment, voice: Voice) -> str:
    if changing := _deciding_names(assessment, voice):
        return voice.say("given_by", override=changing)
    return voice.say("given" if assessment.band in assessment.bands_inside else "given_next")


def _obstacles(assessment: Assessment, voice: Voice, band: str) -> list[str]:
    """Return every reason why a band was not given."""
    obstacles = []
    if band not in assessment.bands_inside:
        number = banded_number(assessment)
        says = voice.say("no_number") if number is None else voice.say("outside", number=voice.exactly(number))
        obstacles.append(says)
    if any(r.band == band and not r.held for r in assessment.requirements):
        obstacles.append(voice.say("requirements_failed"))
    return obstacles or [_reason_passed_over(assessment, voice)]


def _reason_passed_over(assessment: Assessment, voice: Voice) -> str:
    """Return why another band was given although this one applies."""
    if assessment.band is None:
        return voice.say("applies_too")
    given = voice.name("bands", assessment.band)
    if changing := _deciding_names(assessment, voice):
        return voice.say("ruled_out", override=changing, band=given)
    return voice.say("passed_over", band=given)


def _deciding_names(assessment: Assessment, voice: Voice) -> str:
    """Return the names of the quotas, else the overrides, that decided instead of the number; may be empty."""
    decided = deciders(assessment)
    if decided.quotas:
        return voice.names("quotas", decided.quotas)
    return voice.names("overrides", decided.overrides) if decided.overrides else ""


def _requirement(voice: Voice, requirement: Requirement) -> Line:
    return voice.line(
        "requirement",
        "requires",
        f"{requirement.band}.{requirement.id}",
        id=neutral(requirement.id),
        state="held" if requirement.held else "failed",
        remark=voice.holds(requirement.held),
        **voice.work(requirement.computation, gives=""),
    )


def limit_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return a line for each score limit that was evaluated.

    Args:
        assessment: the record.
        voice: the language.
    """
    whole = assessment.outcomes.get("score")
    lines = () if whole is None else whole.contributions
    cut = sum((-line.points for line in lines if line.kind == "limit"), Fraction(0))
    decided = deciders(assessment).limits
    return tuple(
        _limit(voice, limit, cut, [id_ for id_ in decided if id_ != limit.id]) for limit in assessment.limits
    )


def _limit(voice: Voice, limit: LimitOutcome, cut: Fraction, others: list[str]) -> Line:
    """Return the line of a limit.

    Args:
        voice: the language.
        limit: its outcome.
        cut: the points that limits take from the score.
        others: the other limits that decided, with the same maximum.
    """
    below = _below(voice, "at_most", limit.at_most_computation, None)
    at_most = "" if below else neutral(tidy(voice.entry("limits", limit.id).formula))
    if limit.at_most is not None and to_text(limit.at_most) != at_most:
        at_most = f"{at_most} = {voice.exactly(limit.at_most)}" if at_most else voice.exactly(limit.at_most)
    reach = voice.say("at_most", formula=at_most) if at_most else ""
    effect = voice.say("unchanged") if limit.held else voice.holds(False)
    if limit.decided and others:
        effect = voice.say("lowers_with", points=voice.exactly(cut), others=voice.names("limits", others))
    elif limit.decided:
        effect = voice.say("lowers", points=voice.exactly(cut))
    line = voice.line(
        "limit",
        "limits",
        limit.id,
        state="held" if limit.held else "failed",
        remark="; ".join(part for part in (reach, effect) if part),
        **voice.work(limit.computation, gives=""),
    )
    return evolve(line, children=(*line.children, *below))


def _below(voice: Voice, key: str, computation: Computation | None, gives: str | None) -> tuple[Line, ...]:
    """Return the line of the formula that gives a band or a maximum; none for a constant.

    Args:
        voice: the language.
        key: the key of the formula.
        computation: the formula.
        gives: the result in words, None for the value.
    """
    if computation is None or not computation.readings or voice.is_letter:
        return ()
    return (Line("formula", key, beside(key, voice.word("part", key)), **voice.work(computation, gives=gives)),)


def override_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return a line for each override that fired, including those that changed nothing.

    Args:
        assessment: the record.
        voice: the language.
    """
    phrase = "decided_before_quotas" if deciders(assessment).quotas else "decided"
    return tuple(_override(voice, override, phrase) for override in assessment.overrides)


def _override(voice: Voice, override: OverrideOutcome, phrase: str) -> Line:
    is_status = override.kind == "unrated"
    target = f"«{neutral(override.target)}»" if is_status else voice.name("bands", override.target)
    effect = voice.say(phrase if override.decided else "unchanged")
    line = voice.line(
        "override",
        "overrides",
        override.id,
        state="decided" if override.decided else "unchanged",
        remark=f"{voice.word('override', override.kind, target=target)}; {effect}",
        **voice.work(override.computation, gives=""),
    )
    below = _below(voice, override.kind, override.target_computation, target)
    return evolve(line, children=(*line.children, *below))
