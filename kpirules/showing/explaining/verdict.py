"""The rating, its margins, and the reasons if there is none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ...kernel.exact import to_text
from ...kernel.visible import neutral
from ...record import Assessment
from ...record.deciding import banded_number, deciders, has_requirements
from .criteria import why
from .lines import Line
from .voice import Voice

__all__ = ["margin_lines", "verdict_line"]


def verdict_line(assessment: Assessment, voice: Voice) -> Line:
    """Return the line of the rating, with the most important facts below it.

    Args:
        assessment: the record.
        voice: the language; a letter gives the margins elsewhere.
    """
    margins = [] if voice.is_letter else margin_lines(assessment, voice)
    facts = (*_reasons(assessment, voice), *_score(assessment, voice), *margins)
    band = assessment.band
    if band is not None:
        label = voice.say("rated", band=voice.title("bands", band))
    elif assessment.is_rated:
        label = voice.say("scored" if assessment.score is not None else "determined")
    elif assessment.status in ("undefined", "insufficient", "undecided"):
        label = voice.say(assessment.status)
    else:
        label = voice.say("no_rating", status=neutral(assessment.status))
    score = "" if assessment.score is None else to_text(Fraction(assessment.score))
    return Line("rating", neutral(band or ""), label, assessment.status, score, children=facts)


def _score(assessment: Assessment, voice: Voice) -> list[Line]:
    """Return the score, its value before rounding and limits, and the number that is banded instead."""
    if assessment.score is None:
        return []
    score, exact = Fraction(assessment.score), assessment.exact_score
    root = assessment.outcomes.get("score")
    says = voice.say("score", score=voice.exactly(score))
    if root is not None and root.max is not None:
        says = voice.say("score_of", score=voice.exactly(score), max=to_text(root.max))
    if exact is not None and exact != score:
        says += f"; {voice.say('unrounded', exact=voice.exactly(exact), rounding=voice.rounding()).strip()}"
    facts = [Line("fact", "score", says)]
    lines = () if root is None else root.contributions
    cut = sum((-line.points for line in lines if line.kind == "limit"), Fraction(0))
    if cut:
        limits = voice.names("limits", deciders(assessment).limits)
        facts.append(Line("fact", "limited_by", voice.say("limited_by", limits=limits, points=voice.exactly(cut))))
    if assessment.legend.band_on == "exact" and exact != score:
        facts.append(Line("fact", "banded_on", voice.say("banded_on_exact")))
    return facts


def margin_lines(assessment: Assessment, voice: Voice) -> list[Line]:
    """Return the distances to the neighbouring bands, with a note if not the number alone decided.

    Args:
        assessment: the record.
        voice: the language.
    """
    facts = []
    is_measured = assessment.band_measure is not None
    if assessment.band_measure is not None and (number := banded_number(assessment)) is not None:
        says = voice.say("banded_on_measure", number=voice.exactly(number))
        facts.append(Line("fact", "banded_on", says, **voice.work(assessment.band_measure)))
    phrase = "by_measure" if is_measured else "by_score"
    for name, says in _distances(assessment, voice):
        facts.append(Line("fact", name, voice.say(phrase, fact=says) if deciders(assessment) else says))
    return facts


def _distances(assessment: Assessment, voice: Voice) -> Iterator[tuple[str, str]]:
    """Yield the facts of a margin; an open end needs more than the distance."""
    margin, number = assessment.margin, banded_number(assessment)
    if margin is None:
        return
    form = "letter_" if voice.is_letter else ""
    sides: list[tuple[str, Decimal | Fraction | None, bool, str, str]] = [
        ("short_of", margin.up, margin.is_up_open, margin.better, "better_band"),
        ("clear_of", margin.down, not margin.is_down_open, margin.worse, "worse_band"),
    ]
    for phrase, distance, is_inexact, id_, unnamed in sides:
        if distance is None:
            continue
        band = voice.name("bands", id_) if id_ else voice.say(unnamed)
        if distance == 0 and number is not None:
            says = voice.say(f"{phrase}_at", band=band, number=voice.exactly(number))
        else:
            says = voice.say(
                f"{form}{phrase}{'_open' if is_inexact else ''}",
                distance=voice.exactly(Fraction(distance)),
                band=band,
            )
        if phrase == "short_of" and has_requirements(assessment, id_):
            says = voice.say("demanding_at" if distance == 0 else "demanding", fact=says)
        yield phrase, says
    if margin.rounding_decided:
        yield "rounding_decided", voice.say("rounding_decided")


def _reasons(assessment: Assessment, voice: Voice) -> list[Line]:
    """Return why there is no rating; several bands that apply are one reason."""
    bands = [ref for ref in assessment.because if ref.startswith("bands.") and ": " not in ref]
    several = [reference.partition(".")[2] for reference in bands]
    reasons = [_reason(assessment, voice, ref) for ref in assessment.because if ref not in bands]
    decided = deciders(assessment)
    if assessment.is_rated or decided.quotas:
        phrase = "before_quotas" if decided.quotas else "because_override"
        for id_ in decided.overrides:
            says = voice.say(phrase, override=voice.name("overrides", id_))
            reasons.append(voice.line("fact", "overrides", id_, label=says))
    if assessment.is_rated:
        reasons += [_reason(assessment, voice, f"quotas.{id_}") for id_ in decided.quotas]
    if several:
        says = voice.say("overlap", bands=voice.names("bands", several))
        reasons.append(Line("fact", "overlap", says))
    return reasons


def _reason(assessment: Assessment, voice: Voice, reference: str) -> Line:
    place, _, row = reference.partition(": ")
    kind, _, id_ = place.partition(".")
    if row:
        named = voice.name(kind, id_) if kind == "criteria" else f"«{neutral(place)}»"
        label = voice.read(voice.entry("rows", reference).label)
        measure = assessment.outcomes[id_].computations.get("measure") if id_ in assessment.outcomes else None
        written = voice.row(row, None if measure is None else measure.value)
        words = f"{written} · {label}" if label else written
        says = voice.say("row_undefined", row=words, place=named)
        return voice.line("fact", "rows", reference, label=says)
    if reference == "bands" and (number := banded_number(assessment)) is not None:
        return Line("fact", "hole", voice.say("hole", number=voice.exactly(number)))
    if kind == "requires":
        return _failed_requirement(assessment, voice, id_)
    if kind == "criteria" and id_ in assessment.outcomes:
        outcome = assessment.outcomes[id_]
        says = voice.say("because_criterion", criterion=voice.name("criteria", id_), why=why(outcome, voice))
        return voice.line("fact", "criteria", id_, label=says)
    if kind == "exemptions" and assessment.exemption is not None:
        says = voice.say("because_exemption", exemption=voice.name("exemptions", id_))
        fields = voice.condition(assessment.exemption.computation)
        return voice.line("fact", "exemptions", id_, label=says, **fields)
    if kind == "quotas":
        says = voice.say("because_quota", quota=voice.name("quotas", id_))
        return voice.line("fact", "quotas", id_, label=says)
    if kind == "overrides":
        says = voice.say("because_override", override=voice.name("overrides", id_))
        return voice.line("fact", "overrides", id_, label=says)
    return Line("fact", "because", voice.say("because_other", reference=f"«{neutral(reference)}»"))


def _failed_requirement(assessment: Assessment, voice: Voice, id_: str) -> Line:
    band, _, requirement = id_.partition(".")
    label = voice.read(voice.entry("requires", id_).label)
    named = f"«{neutral(requirement)} · {label}»" if label else f"«{neutral(requirement)}»"
    if voice.is_letter:
        named = voice.name("requires", id_)
    says = voice.say("requirement_failed", band=voice.name("bands", band), requirement=named)
    looked_at = [r for r in assessment.requirements if (r.band, r.id) == (band, requirement)]
    fields = voice.condition(looked_at[0].computation) if looked_at else {}
    return voice.line("fact", "requires", id_, label=says, **fields)
