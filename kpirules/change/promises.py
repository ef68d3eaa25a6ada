"""Subjects for which an invariant holds in one edition only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..analysis.proving.prover import as_json
from ..errors import KpirulesError
from ..kernel.budget import spend
from ..language.expressions import UndefinedRow
from ..rating.assessing.values import take
from ..rating.program import Program
from ..reference import MissingInput, StepFault
from .common_subjects import Subjects
from .sides import Side, Standing, is_refused

__all__ = ["declared_only", "invariant_in_words"]

MOST_SUBJECTS = 100
"""Subjects whose invariants are compared: each needs the reference engine."""


def invariant_in_words(id_: str, old: Side, new: Side, subjects: Subjects) -> str:
    """Return a subject for which an invariant differs between the editions, in words; empty if none was found.

    First come subjects with which it holds in one edition only. Rules often keep what an invariant promises, so
    subjects follow to which one edition forbids a band, and the other does not.

    Args:
        id_: an invariant of both editions.
        old, new: the sides of a comparison.
        subjects: the subjects that are rated.
    """
    by_band = ""
    for subject in subjects.all[:MOST_SUBJECTS]:
        before, after = old.standing(subject), new.standing(subject)
        if is_refused(before) or is_refused(after) or not _is_rated_by(old, new, subject):
            continue
        held, holds = (_promised(standing).get(id_) for standing in (before, after))
        if held is not None and holds is not None and held != holds:
            words = "holds now, and did not" if holds else "does not hold now, and did"
            return f"`{id_}` {words}: {as_json(declared_only(old, new, subject))}"
        by_band = by_band or _of_bands(id_, old, new, subject)
    return by_band


def declared_only(old: Side, new: Side, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a subject that either edition declares."""
    return {id_: value for id_, value in subject.items() if id_ in old.inputs or id_ in new.inputs}


def _is_rated_by(old: Side, new: Side, subject: Mapping[str, Any]) -> bool:
    return old.rates(old.given(subject)) and new.rates(new.given(subject))


def _promised(standing: Standing) -> dict[str, bool]:
    """Return which invariants hold for a subject."""
    return (
        {}
        if isinstance(standing, KpirulesError)
        else {invariant.id: invariant.held for invariant in standing.invariants}
    )


def _of_bands(id_: str, old: Side, new: Side, subject: Mapping[str, Any]) -> str:
    """Return the first band that an invariant forbids to a subject in one edition only, in words."""
    forbade, forbids = (dict(_with_each_band(side.program, side.given(subject), id_)) for side in (old, new))
    for band, held in forbade.items():
        if forbids.get(band, held) != held:
            words = "would now forbid" if held else "would no longer forbid"
            return f"`{id_}` {words} `{band}`: {as_json(declared_only(old, new, subject))}"
    return ""


def _with_each_band(program: Program, given: Mapping[str, Any], id_: str) -> Iterator[tuple[str, bool]]:
    """Yield each band, and whether an invariant would hold if a subject had it."""
    if program.is_compared:
        return
    reference = program.reference
    with suppress(MissingInput, StepFault, UndefinedRow):
        knowledge = reference.know(take(program.rulebook.inputs, given).given)
        if reference.exempted(knowledge) is not None:
            return
        assessment = reference.rate(knowledge)
        for band in program.plan.bands:
            spend("rating", len(program.plan.steps))
            other = reference.with_final_band(assessment, knowledge, band)
            # A direction is no condition, so it is not among the outcomes.
            yield from ((band, one.held) for one in other.invariants if one.id == id_)
