"""Subjects by two rulebooks whose variants and editions are not chosen alike: a subject may change its part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..analysis.proving.choosing import choosing
from ..analysis.proving.prover import as_json
from ..errors import KpirulesError
from ..language.model import ChoiceDomain, DateDomain, Domain
from ..rating.assessing import assess, part_of
from ..rating.program import Program
from .meaning import Refused, Significance, compared, reasons_of, told_words, valid_subjects
from .proof import prints
from .sides import Standing, is_refused

__all__ = ["meaning_across"]

MOST_OF_A_PART = 60
"""Subjects of each part that are tried by both rulebooks."""


def meaning_across(old: Program, new: Program) -> Significance | None:
    """What it means that subjects choose their rules in another way.

    Args:
        old, new: two rulebooks, of which one has several variants or editions.

    Returns:
        The verdicts on all subjects of all parts; None where parts are chosen alike, or there is only one in each.
    """
    if _choice(old) == _choice(new) or len(old.whole) == len(new.whole) == 1:
        return None
    rules = [prints(part) for part in (*old.whole, *new.whole)]
    is_rated_alike = len({one.ratings for one in rules}) == 1
    promises = [dict(one.promised) for one in rules]
    shown: dict[str, Any] = {}
    tried = 0
    for subject in _crossed(old, new):
        mine, theirs = _given(old, subject), _given(new, subject)
        before, after = _taken(old, mine), _taken(new, theirs)
        if "refused" not in shown and not is_refused(before) and is_refused(refusal := _taken(new, mine)):
            shown["refused"] = Refused(as_json(mine), reasons_of(refusal))
        if "admitted" not in shown and not is_refused(after) and is_refused(refusal := _taken(old, theirs)):
            shown["admitted"] = Refused(as_json(theirs), reasons_of(refusal))
        if is_refused(before) or is_refused(after) or is_rated_alike:
            continue
        tried += 1
        if "witness" not in shown and compared(before) != compared(after):
            words = told_words(before, after), told_words(after, before)
            shown |= {"witness": as_json(mine | theirs), "old": words[0], "new": words[1]}
        if len(shown) == len(("refused", "admitted", "witness", "old", "new")):
            break
    return Significance(
        "same" if is_rated_alike else "differ" if "witness" in shown else "possible",
        "differ" if "refused" in shown or "admitted" in shown else "possible",
        "same" if all(one == promises[0] for one in promises) else "possible",
        tried=tried,
        **shown,
    )


def _choice(program: Program) -> tuple[object, ...]:
    return program.variant_by, program.edition_by, tuple(sorted(program.variants))


def _crossed(old: Program, new: Program) -> Iterator[Mapping[str, Any]]:
    """Subjects of all parts, also with other values of the inputs that choose: these may lead to any two parts."""
    ends = [one for program in (old, new) for one in _ends(program)]
    for subject in _subjects(old, new):
        yield subject
        for name, value in ends:
            if subject.get(name) != value:
                yield {**subject, name: value}


def _subjects(old: Program, new: Program) -> Iterator[dict[str, Any]]:
    """Subjects of each part, with the inputs that only parts of the other rulebook have."""
    mine, theirs = ([valid_subjects(part)[:MOST_OF_A_PART] for part in one.whole] for one in (old, new))
    for these, those in ((mine, theirs), (theirs, mine)):
        others = [one for part in those for one in part]
        for part in these:
            for index, subject in enumerate(part):
                yield {**(others[index % len(others)] if others else {}), **subject}


def _ends(program: Program) -> Iterator[tuple[str, Any]]:
    """One value of each choosing input for each part."""
    seen: dict[tuple[str, Any], None] = {}
    for part in program.whole:
        domains = choosing(part.rulebook, variant_by=program.variant_by, edition_by=program.edition_by)
        for name, domain in (domains or {}).items():
            seen |= dict.fromkeys((name, value) for value in _some(domain))
    yield from seen


def _some(domain: Domain) -> list[Any]:
    match domain:
        case ChoiceDomain(options=options):
            return list(options[:1])
        case DateDomain(minimum=first, maximum=last):
            return [day for day in (first, last) if day is not None]
        case _:
            return []


def _given(program: Program, subject: Mapping[str, Any]) -> dict[str, Any]:
    """What the part of a subject takes of it; where there is none, what any part takes."""
    rulebook = program.gathered
    if program.parts:
        declared = {one.id for one in rulebook.inputs}
        try:
            part, _ = part_of(program, {id_: value for id_, value in subject.items() if id_ in declared})
            rulebook = part.rulebook
        except KpirulesError:
            pass
    return {one.id: subject[one.id] for one in rulebook.inputs if one.id in subject}


def _taken(program: Program, given: Mapping[str, Any]) -> Standing:
    try:
        return assess(program, given)
    except KpirulesError as refusal:
        return refusal
