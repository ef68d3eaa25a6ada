"""The result of a mutant: a subject distinguishes it from its rulebook, it is proved equivalent, or neither."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from attrs import evolve, frozen

from ..analysis.proving.goals import Goal
from ..analysis.proving.prover import as_json
from ..documents import Document
from ..errors import KpirulesError, RulebookError, budgeted
from ..language.model import Bands, Input, ListDomain, NumberDomain
from ..rating.program import Program
from ..rating.versions import Asked, assembled, composed
from .aiming import goals
from .common_subjects import Subjects
from .meaning import signified
from .mutants import Mutant
from .sides import Side, sides
from .significance import Significance

__all__ = ["Apart", "find_difference", "is_never_reached", "mutated"]


DIVISOR = "KR350"
"""The code of a divisor that may be zero."""


MOST_BASES = 3
"""Subjects in which single numbers are exchanged: more of them seldom show more."""


@frozen
class Apart:
    """Whether a subject distinguishes two rulebooks.

    Args:
        outcome: `differ`, `same` (for every subject) or `unknown`.
        how: what shows it, in words.
        given: what is given of a subject that they treat differently; empty where there is none.
        variant, on: the variant and the day of that subject, where it does not tell them itself.
    """

    outcome: str
    how: str
    given: Mapping[str, Any]
    variant: str | None = None
    on: date | None = None


def mutated(mutant: Mutant, documents: Sequence[Document]) -> Program | None:
    """Return the program of a mutant, None if the check rejects it: then it needs no case.

    Args:
        mutant: of these documents.
        documents: the one that is asked for, then the one that it extends, and so on.
    """
    try:
        with budgeted(None, documents[0].source.name):
            return assembled(*composed(mutant.documents(documents), Asked()), Asked())
    except RulebookError:
        return None


def is_never_reached(mutant: Mutant, documents: Sequence[Document], program: Program) -> bool:
    """Return whether the check proves that what a mutant changes is never reached: a divisor that is never zero.

    Args:
        mutant: of these documents.
        documents: as for `mutated`.
        program: the rules without the fault.
    """
    if mutant.plain is None:
        return False
    other = mutated(evolve(mutant, edit=mutant.plain), documents)
    found = [sum(one.code == DIVISOR for one in each.report) for each in (program, other or program)]
    return other is not None and found[0] == found[1]


def find_difference(
    program: Program, other: Program, subjects: Sequence[Mapping[str, Any]], numbers: Sequence[Fraction] = ()
) -> Apart:
    """Return whether some subject is treated differently by two rulebooks, found as `compare` finds it.

    Args:
        program: the rules, with all their variants and editions.
        other: the same with a small fault.
        subjects: that are worth asking about, such as those of cases; their numbers are exact.
        numbers: that may matter where an input has them.
    """
    pairs = [(program, other)]
    if program.parts or other.parts:
        if program.parts.keys() != other.parts.keys():
            return Apart("unknown", "it has other variants or editions", {})
        pairs = [(part, other.parts[key]) for key, part in program.parts.items()]
    found = Apart("same", "no rule differs", {})
    for one, two in pairs:
        if one.rulebook.scoring_hash == two.rulebook.scoring_hash:
            continue
        try:
            with budgeted(None, one.id):
                asked = [*subjects, *_beside(one, subjects[:MOST_BASES], numbers)]
                now = _compared(one, two, (program, other), asked)
        except RulebookError:
            now = Apart("unknown", "the budget of the search is spent", {})
        if now.outcome == "differ":
            return now
        if found.outcome == "same":
            found = now
    return found


def _beside(
    program: Program, subjects: Sequence[Mapping[str, Any]], numbers: Sequence[Fraction]
) -> Iterator[dict[str, Any]]:
    """Yield subjects with one of their numbers replaced."""
    for subject in subjects:
        for one in program.rulebook.inputs:
            for domain, put in _places_of(one, subject):
                grid = domain.grid
                near = dict.fromkeys(min(max(number // grid.unit, grid.low), grid.high) for number in numbers)
                yield from (put(steps * grid.unit) for steps in near)


Put = Callable[[Fraction], dict[str, Any]]


def _places_of(one: Input, subject: Mapping[str, Any]) -> Iterator[tuple[NumberDomain, Put]]:
    """Where a subject has a number of an input, or of the first record of a list, each with a way to exchange it."""
    match one.domain:
        case NumberDomain() as domain:
            yield domain, lambda number: {**subject, one.id: number}
        case ListDomain(fields=fields) if subject.get(one.id):
            first, *others = subject[one.id]
            for part in fields:
                if isinstance(part.domain, NumberDomain):
                    yield part.domain, lambda number, id_=part.id: {  # type: ignore[misc]
                        **subject, one.id: [{**first, id_: number}, *others],
                    }  # fmt: skip


def _compared(
    one: Program, two: Program, wholes: tuple[Program, Program], subjects: Sequence[Mapping[str, Any]]
) -> Apart:
    """Whether a subject of one variant and edition is treated differently."""
    version = one.rulebook.version
    variant = None if wholes[0].variant_by else version.variant or None
    day = version.from_ or (None if version.until is None else version.until - timedelta(1))
    on = None if wholes[0].edition_by else day
    chosen = wholes[0].narrowed(variant, on), wholes[1].narrowed(variant, on)
    old, new = sides(one, two, chosen if chosen[0].parts else None)
    does_prove = find_spec("z3") is not None
    asked = Subjects(old, new, subjects, does_prove)
    found = signified(old, new, asked)
    if witness := _witness(found) or _shown_by_parts(asked):
        given = json.loads(witness, parse_float=Decimal)
        return Apart("differ", "shown with a subject", given, variant, on)
    if found.ratings in ("same", "wording") and found.accepted == "same":
        return Apart("same", "its steps are the same, so that no subject is treated differently", {})
    if one.is_compared or one.has_quotas or two.is_compared or two.has_quotas:
        return Apart("unknown", "quotas and comparisons need a cohort", {})
    if does_prove and _only_ends_differ(one, two) and _are_impossible(asked, old, goals(one, two)):
        return Apart("same", "z3 proves that no subject lies where the bands differ", {})
    search = asked.search(old)
    if not chosen[0].parts and search.is_whole and asked.search(new).is_whole:
        return Apart("same", f"all {len(search.subjects()):,} subjects are treated alike", {})
    return Apart("unknown", found.looked_at, {})


def _shown_by_parts(asked: Subjects) -> str:
    """A subject that is rated alike, with other points, shares or named values, which cases may expect; or empty."""
    for subject, before in asked.by(asked.old):
        after = asked.new.standing(subject)
        if not isinstance(before, KpirulesError) and not isinstance(after, KpirulesError):
            parts = [(one.points, one.share, one.let) for one in (before, after)]
            if parts[0] != parts[1] and asked.old.rates(asked.old.given(subject)):
                return as_json(asked.old.given(subject))
    return ""


def _only_ends_differ(one: Program, two: Program) -> bool:
    """Return whether two rulebooks differ only in the ends of bands."""
    other = evolve(two.rulebook, bands=one.rulebook.bands, scoring_hash="", content_hash="")
    if other != evolve(one.rulebook, scoring_hash="", content_hash=""):
        return False
    return _without_ends(one.rulebook.bands) == _without_ends(two.rulebook.bands)


def _without_ends(bands: Bands | None) -> object:
    bare = [
        evolve(level, lower=None, upper=None, is_lower_open=False, is_upper_open=False)
        for level in (() if bands is None else bands.levels)
    ]
    return bands if bands is None else evolve(bands, levels=tuple(bare))


def _are_impossible(asked: Subjects, side: Side, wanted: Iterable[Goal]) -> bool:
    solver = asked.solver(side)
    return solver is not None and all(solver.find(goal).status == "impossible" for goal in wanted)


def _witness(found: Significance) -> str:
    """A subject that both rate, and differently, or that one of them refuses."""
    other = found.admitted or found.refused
    return found.witness or ("" if other is None else other.witness)
