"""Compare two rulebooks that choose variants or editions differently, so that a subject may change its part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..analysis.proving.choosing import choosing
from ..analysis.proving.prover import as_json
from ..errors import KpirulesError
from ..language.model import ChoiceDomain, DateDomain, Domain
from ..rating.assessing import assess, part_of
from ..rating.program import Program
from .common_subjects import valid_subjects
from .meaning import compared, rating_in_words, reasons_of
from .proof import prints
from .sides import Standing, is_refused
from .significance import Refused, Significance

__all__ = ["meaning_across"]

MOST_OF_A_PART = 60
"""Subjects of each part that both rulebooks rate."""


def meaning_across(old: Program, new: Program) -> Significance | None:
    """Return the verdicts on a change in how subjects choose their variant or edition.

    Args:
        old, new: two rulebooks, one of them with several variants or editions.

    Returns:
        The verdicts over all parts; None if parts are chosen in the same way, or each rulebook has only one.
    """
    if _choice(old) == _choice(new) or len(old.whole) == len(new.whole) == 1:
        return None
    rules = [prints(part) for part in (*old.whole, *new.whole)]
    is_rated_alike = len({part_prints.ratings for part_prints in rules}) == 1
    promises = [dict(part_prints.promised) for part_prints in rules]
    shown: dict[str, Any] = {}
    tried = 0
    for subject in _crossed(old, new):
        old_given, new_given = _given(old, subject), _given(new, subject)
        before, after = _standing(old, old_given), _standing(new, new_given)
        if "refused" not in shown and not is_refused(before) and is_refused(refusal := _standing(new, old_given)):
            shown["refused"] = Refused(as_json(old_given), reasons_of(refusal))
        if "admitted" not in shown and not is_refused(after) and is_refused(refusal := _standing(old, new_given)):
            shown["admitted"] = Refused(as_json(new_given), reasons_of(refusal))
        if is_refused(before) or is_refused(after) or is_rated_alike:
            continue
        tried += 1
        if "witness" not in shown and compared(before) != compared(after):
            words = rating_in_words(before, after), rating_in_words(after, before)
            shown |= {"witness": as_json(old_given | new_given), "old": words[0], "new": words[1]}
        if len(shown) == len(("refused", "admitted", "witness", "old", "new")):
            break
    return Significance(
        "same" if is_rated_alike else "differ" if "witness" in shown else "possible",
        "differ" if "refused" in shown or "admitted" in shown else "possible",
        "same" if all(promised == promises[0] for promised in promises) else "possible",
        tried=tried,
        **shown,
    )


def _choice(program: Program) -> tuple[object, ...]:
    return program.variant_by, program.edition_by, tuple(sorted(program.variants))


def _crossed(old: Program, new: Program) -> Iterator[Mapping[str, Any]]:
    """Yield subjects of all parts, with every combination of values of the choosing inputs."""
    ends = [end for program in (old, new) for end in _choosing_values(program)]
    for subject in _subjects(old, new):
        yield subject
        for name, value in ends:
            if subject.get(name) != value:
                yield {**subject, name: value}


def _subjects(old: Program, new: Program) -> Iterator[dict[str, Any]]:
    """Yield subjects of each part, with the inputs that only the other rulebook has."""
    old_subjects, new_subjects = (
        [valid_subjects(part)[:MOST_OF_A_PART] for part in program.whole] for program in (old, new)
    )
    for parts, other_parts in ((old_subjects, new_subjects), (new_subjects, old_subjects)):
        others = [subject for part in other_parts for subject in part]
        for part in parts:
            for index, subject in enumerate(part):
                yield {**(others[index % len(others)] if others else {}), **subject}


def _choosing_values(program: Program) -> Iterator[tuple[str, Any]]:
    """Yield a few values of each choosing input that select each part."""
    seen: dict[tuple[str, Any], None] = {}
    for part in program.whole:
        domains = choosing(part.rulebook, variant_by=program.variant_by, edition_by=program.edition_by)
        for name, domain in (domains or {}).items():
            seen |= dict.fromkeys((name, value) for value in _few_values(domain))
    yield from seen


def _few_values(domain: Domain) -> list[Any]:
    match domain:
        case ChoiceDomain(options=options):
            return list(options[:1])
        case DateDomain(minimum=first, maximum=last):
            return [day for day in (first, last) if day is not None]
        case _:
            return []


def _given(program: Program, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return a subject's values for the inputs of its part; if no part rates it, for the inputs of all parts."""
    rulebook = program.gathered
    if program.parts:
        declared = {input_.id for input_ in rulebook.inputs}
        try:
            part, _ = part_of(program, {id_: value for id_, value in subject.items() if id_ in declared})
            rulebook = part.rulebook
        except KpirulesError:
            pass
    return {input_.id: subject[input_.id] for input_ in rulebook.inputs if input_.id in subject}


def _standing(program: Program, given: Mapping[str, Any]) -> Standing:
    try:
        return assess(program, given)
    except KpirulesError as refusal:
        return refusal
