"""Whether some subject distinguishes a mutant from its rulebook, or the two are proved equivalent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from attrs import evolve, frozen

from ..analysis.proving.prover import as_json
from ..documents import Document
from ..errors import KpirulesError, RulebookError, budgeted
from ..kernel.mappings import FrozenMap
from ..rating.program import Program
from ..rating.versions import Requested, assembled, composed
from .common_subjects import Subjects
from .known import NOTHING_KNOWN, KnownSubjects
from .meaning import signified
from .mutants import Mutant
from .sides import sides
from .significance import Significance

__all__ = ["Distinction", "find_difference", "is_never_reached", "mutated"]


STEPS_ALIKE = "its steps are the same, so that no subject is treated differently"

RATED_ALIKE = "z3 proves that every subject is rated alike"

DIVISOR = "KR350"
"""The code of a divisor that may be zero."""


@frozen
class Distinction:
    """The answer to whether some subject distinguishes two rulebooks.

    Args:
        outcome: `differ`, `same` (for every subject) or `unknown`.
        how: the evidence, in words.
        given: the values of a subject that they treat differently; empty if none was found.
        members: the values of the members of a cohort that they treat differently, by name; empty if there is none.
        variant, on: the variant and the day of that subject, unless its values choose them.
    """

    outcome: str
    how: str
    given: Mapping[str, Any]
    members: Mapping[str, Mapping[str, Any]] = FrozenMap()
    variant: str | None = None
    on: date | None = None


def mutated(mutant: Mutant, documents: Sequence[Document]) -> Program | None:
    """Return the program of a mutant; None if the check rejects it, so that it needs no case.

    Args:
        mutant: a mutant of these documents.
        documents: the requested one, then the one that it extends, and so on.
    """
    try:
        with budgeted(None, documents[0].source.name):
            return assembled(*composed(mutant.documents(documents), Requested()), Requested())
    except RulebookError:
        return None


def is_never_reached(mutant: Mutant, documents: Sequence[Document], program: Program) -> bool:
    """Return whether the check proves that a mutant changes only values that are never used.

    Args:
        mutant: a mutant of these documents.
        documents: as for `mutated`.
        program: the rules without the fault.
    """
    if mutant.plain is None:
        return False
    other = mutated(evolve(mutant, edit=mutant.plain), documents)
    found = [
        sum(diagnostic.code == DIVISOR for diagnostic in examined_program.report)
        for examined_program in (program, other or program)
    ]
    return other is not None and found[0] == found[1]


def find_difference(program: Program, other: Program, known: KnownSubjects = NOTHING_KNOWN) -> Distinction:
    """Search for a subject that two rulebooks treat differently, as `compare` does.

    Args:
        program: the rules, with all their variants and editions.
        other: the same rules with a small fault.
        known: subjects and cohorts to try first, such as those of cases; their numbers are exact.
    """
    pairs = [(program, other)]
    if program.parts or other.parts:
        if program.parts.keys() != other.parts.keys():
            return Distinction("unknown", "it has other variants or editions", {})
        pairs = [(part, other.parts[key]) for key, part in program.parts.items()]
    found = Distinction("same", "no rule differs", {})
    for rules, changed in pairs:
        if rules.rulebook.scoring_hash == changed.rulebook.scoring_hash:
            continue
        try:
            with budgeted(None, rules.id):
                distinction = _compared(rules, changed, (program, other), known)
        except RulebookError:
            distinction = Distinction("unknown", "the budget of the search is spent", {})
        if distinction.outcome == "differ":
            return distinction
        if found.outcome == "same":
            found = distinction
    return found


def _compared(one: Program, two: Program, wholes: tuple[Program, Program], known: KnownSubjects) -> Distinction:
    """Search for a subject of one variant and edition that two rulebooks treat differently."""
    version = one.rulebook.version
    variant = None if wholes[0].variant_by else version.variant or None
    day = version.from_ or (None if version.until is None else version.until - timedelta(1))
    on = None if wholes[0].edition_by else day
    chosen = wholes[0].narrowed(variant, on), wholes[1].narrowed(variant, on)
    old, new = sides(one, two, chosen if chosen[0].parts else None)
    common = Subjects(old, new, known, does_prove=find_spec("z3") is not None)
    found = signified(old, new, common)
    if found.cohort:
        members = json.loads(found.cohort, parse_float=Decimal)
        return Distinction("differ", "shown with a cohort", {}, members, variant, on)
    if witness := _witness(found) or _shown_by_parts(common):
        given = json.loads(witness, parse_float=Decimal)
        return Distinction("differ", "shown with a subject", given, FrozenMap(), variant, on)
    if found.ratings in ("same", "wording") and found.accepted == "same":
        is_alike = common.prints(old).ratings == common.prints(new).ratings
        return Distinction("same", STEPS_ALIKE if is_alike else RATED_ALIKE, {})
    if one.is_compared or one.has_quotas or two.is_compared or two.has_quotas:
        return Distinction("unknown", "quotas and comparisons need a cohort", {})
    search = common.search(old)
    if not chosen[0].parts and search.is_whole and common.search(new).is_whole:
        return Distinction("same", f"all {len(search.subjects()):,} subjects are treated alike", {})
    return Distinction("unknown", found.looked_at, {})


def _shown_by_parts(common: Subjects) -> str:
    """Return a subject with the same rating but other points, shares or named values, in words; empty if none."""
    for subject, before in common.results_by(common.old):
        after = common.new.standing(subject)
        if not isinstance(before, KpirulesError) and not isinstance(after, KpirulesError):
            parts = [(result.points, result.share, result.let) for result in (before, after)]
            if parts[0] != parts[1] and common.old.rates(common.old.given(subject)):
                return as_json(common.old.given(subject))
    return ""


def _witness(significance: Significance) -> str:
    """Return a subject that both rate differently, or that one of them refuses."""
    other = significance.admitted or significance.refused
    return significance.witness or ("" if other is None else other.witness)
