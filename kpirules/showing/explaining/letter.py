"""A rating as a letter to the rated person: rules, reasons, what would change it, and how to object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

from attrs import Attribute, evolve, field, frozen

from ...kernel.brief import fielded
from ...kernel.visible import neutral
from ...record import Assessment
from ...record.deciding import deciders
from .bands import override_lines
from .criteria import criteria_lines
from .inputs import input_lines
from .lines import Line
from .numbers import tidy
from .quotas import quota_lines
from .values import let_lines, output_lines
from .verdict import margin_lines
from .voice import Voice

__all__ = ["LetterDetails", "letter_head", "letter_sections"]


def _check_text(details: object, attribute: Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"`{attribute.name}` of a letter must be a non-empty text, not {value!r}")


def _check_date(details: object, attribute: Attribute[date], value: object) -> None:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"`issued_on` of a letter must be a date, not {value!r}")


def _stripped(text: Any) -> Any:
    return neutral(tidy(text)) if isinstance(text, str) else text


class LeastChange(Protocol):
    """The least change of some inputs that reaches a band."""

    @property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """The inputs that change, each with its value and the new one."""

    @property
    def assessment(self) -> Assessment | None:
        """The subject as it is changed; None if no change reaches the band."""


@frozen
class LetterDetails:
    """The details of a letter that neither rulebook nor record has, in the letter's language.

    Args:
        name: the name of the rated person or organisation.
        period: the period rated, such as `2026` or `Quarter 3 of 2026`.
        issued_by: the office that decides.
        issued_on: the date of the letter.
        objections: where, how and until when to object.
        needed: the least change that reaches a better band, from `kpirules.needed`, to stand in the letter.

    Raises:
        ValueError: a text is empty, or `issued_on` is not a date.
    """

    name: str = field(converter=_stripped, validator=_check_text)
    period: str = field(converter=_stripped, validator=_check_text)
    issued_by: str = field(converter=_stripped, validator=_check_text)
    issued_on: date = field(validator=_check_date)
    objections: str = field(converter=_stripped, validator=_check_text)
    needed: LeastChange | None = None

    def __repr__(self) -> str:
        return fielded(self)


def letter_head(head: Line, about: LetterDetails, voice: Voice) -> Line:
    """Return the first lines of a letter.

    Args:
        head: the rulebook.
        about: the details of the letter.
        voice: the language.
    """
    day = about.issued_on
    issued = voice.say("date", year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")
    details = (
        ("letter_rules", head.label),
        ("letter_period", about.period),
        ("letter_issued_by", about.issued_by),
        ("letter_issued_on", issued),
    )
    lines = (Line("detail", label=voice.say(phrase), amount=text) for phrase, text in details if text)
    return evolve(head, label=voice.say("letter_title", name=about.name), children=tuple(lines))


def letter_sections(assessment: Assessment, about: LetterDetails, voice: Voice) -> list[Line]:
    """Return the sections of a letter, without empty ones.

    Args:
        assessment: the record.
        about: the details of the letter.
        voice: the language of the letter.
    """
    sections: tuple[tuple[str, Callable[[Assessment, Voice], tuple[Line, ...]]], ...] = (
        ("criteria", criteria_lines),
        ("overrides", override_lines),
        ("quotas", _quotas),
        ("let", _values),
        ("outputs", output_lines),
        ("letter_given", input_lines),
        ("letter_changes", partial(_changes, about.needed)),
        ("letter_objections", lambda *_: (Line("fact", label=about.objections),)),
    )
    found = []
    for name, lines in sections:
        if children := lines(assessment, voice):
            heads = _heads(name, voice)
            if not any(child.remark or child.citation for child in children):
                heads = (*heads[:3], "") if heads else ()
            found.append(Line("section", name, voice.say(name), children=children, cells=heads))
    return found


def _heads(section: str, voice: Voice) -> tuple[str, ...]:
    """Return the column heads of a section."""
    match section:
        case "criteria":
            heads = ("head_criterion", "head_points", "head_out_of", "head_remark")
        case "let" | "outputs" | "letter_given":
            heads = ("head_name", "head_value", "", "head_remark")
        case _:
            return ()
    return tuple(voice.say(head) if head else "" for head in heads)


def _quotas(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the quotas that acted, without the names of other members."""
    acted = quota_lines(assessment, voice)[: len(assessment.quotas)]
    return tuple(evolve(line, children=tuple(fact for fact in line.children if fact.id != "last")) for line in acted)


def _values(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the named values that have a label in the rulebook."""
    labelled = [voice.title("let", id_) for id_ in assessment.let if voice.entry("let", id_).label is not None]
    return tuple(line for line in let_lines(assessment, voice) if line.label in labelled)


def _changes(needed: LeastChange | None, assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the changes that would have led to another rating, as far as the record tells, or what was needed."""
    says = [
        *_needed(needed, voice),
        *_by_number(assessment, voice),
        *(line.label for line in margin_lines(assessment, voice)),
        *_failed(assessment, voice),
        *_lost(assessment, voice),
    ]
    return tuple(Line("fact", label=text) for text in says)


def _needed(needed: LeastChange | None, voice: Voice) -> list[str]:
    """Return the least change that reaches a better band, if the letter has one."""
    if needed is None or needed.assessment is None or needed.assessment.band is None or not needed.changes:
        return []
    changes = []
    for id_, values in needed.changes.items():
        was, now = (voice.option(id_, value, voice.entry("inputs", id_).unit) for value in values)
        changes.append(voice.say("needed_change", input=voice.name("inputs", id_), was=was, now=now))
    joined = f" {voice.say('and')} ".join(changes)
    return [voice.say("letter_needed", changes=joined, band=voice.name("bands", needed.assessment.band))]


def _by_number(assessment: Assessment, voice: Voice) -> list[str]:
    """Return the band that the number alone gives, if overrides or quotas decided."""
    decided = deciders(assessment)
    if not (decided.overrides or decided.quotas) or len(assessment.bands_inside) != 1:
        return []
    (band,) = assessment.bands_inside
    if any(requirement.band == band and not requirement.held for requirement in assessment.requirements):
        return []
    phrase = "alone" if assessment.band_measure is None else "alone_measure"
    return [voice.say(phrase, band=voice.name("bands", band))]


def _failed(assessment: Assessment, voice: Voice) -> list[str]:
    """Return the failed requirements of better bands, for a rated subject."""
    bands = assessment.legend.bands
    better = bands[: bands.index(assessment.band)] if assessment.band in bands else ()
    return [
        voice.say(
            "requirement_failed",
            band=voice.name("bands", requirement.band),
            requirement=voice.name("requires", f"{requirement.band}.{requirement.id}"),
        )
        for requirement in assessment.requirements
        if requirement.band in better and not requirement.held
    ]


def _lost(assessment: Assessment, voice: Voice) -> list[str]:
    """Return the criteria below their maximum, largest loss first."""
    groups = {outcome.parent for outcome in assessment.outcomes.values()}
    lost = {
        outcome.id: (outcome.max - outcome.points, outcome.max)
        for outcome in assessment.outcomes.values()
        if outcome.id not in groups
        and outcome.id != "score"
        and outcome.points is not None
        and outcome.max is not None
        and outcome.points < outcome.max
    }
    ordered = sorted(lost.items(), key=lambda item: -item[1][0])
    parts = [
        voice.say(
            "letter_lost_part",
            criterion=voice.name("criteria", id_),
            points=voice.exactly(points),
            max=voice.exactly(Fraction(most)),
        )
        for id_, (points, most) in ordered
    ]
    return [voice.say("letter_lost", parts=", ".join(parts))] if parts else []
