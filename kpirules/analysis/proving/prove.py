"""Finds what can happen to the subjects of a rulebook without errors."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, comparing, proving
from ...language.expressions import MAX_BITS, MAX_MEMBER_WORK, MAX_WORK
from ...language.expressions.tree import Aggregate
from ..checking.bands import check_bands
from ..checking.checks import by_structure
from ..checking.facts import Facts
from .bands import check_band_on_with_witness, check_bands_with_witnesses, check_requirements
from .decided import check_decided, check_shadowed
from .decisions import DecisionTables, called, check_cases, decided
from .effects import check_effects
from .faults import check_faults, nearest, spans_of
from .invariants import check_invariants
from .limits import check_score_limits
from .missing import check_missing
from .prover import Prover
from .quotas import check_terms
from .rows import check_untaken
from .scales import check_scales

__all__ = ["prove"]


def prove(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report exceeded limits of work and width; if there are none, all other findings about subjects.

    Args:
        facts: the facts of the rulebook.
        prover: the prover of its plan, in which unresolved parts are unknown.
    """
    limits = list(check_limits(facts, prover))
    yield from limits
    if limits:
        # A rulebook that may exceed the limits is not run; its structure gives the rest.
        yield from by_structure(facts)
        return
    tables = DecisionTables(decided(facts, prover), called(facts, prover))
    found = [*_about_rules(facts, prover, tables), *_about_subjects(facts, prover, tables)]
    yield from found
    if prover.does_prove and prover.has_rating:
        reported = {(one.code, one.path) for one in found}
        yield from (one for one in check_effects(facts, prover) if (one.code, one.path) not in reported)


def _about_rules(facts: Facts, prover: Prover, tables: DecisionTables) -> Iterator[Diagnostic]:
    """Yield the findings that are proved for every subject, even if parts are unresolved."""
    yield from check_decided(facts, prover)
    yield from check_untaken(facts, prover)
    yield from check_cases(facts, prover, tables)
    yield from check_shadowed(facts)
    yield from check_scales(facts, prover)


def _about_subjects(facts: Facts, prover: Prover, tables: DecisionTables) -> Iterator[Diagnostic]:
    """Yield the findings about subjects that depend on nothing unresolved."""
    left = facts.unresolved
    if not left.has_subjects:
        yield from check_bands(facts) if left.has_ends else ()
        return
    if left.has_bands:
        yield from check_bands_with_witnesses(facts, prover)
        yield from check_requirements(facts, prover)
    elif left.has_ends:
        yield from check_bands(facts)
    if left.has_score:
        yield from check_band_on_with_witness(facts, prover)
    yield from check_score_limits(facts, prover)
    yield from check_faults(facts, prover, tables)
    yield from check_terms(facts, prover)
    yield from check_missing(facts, prover)
    if left.is_nothing:
        yield from check_invariants(facts, prover)


def check_limits(facts: Facts, prover: Prover) -> Iterator[Diagnostic]:
    """Report numbers and work beyond the limits of an assessment (§4.6)."""
    bounds, spans = prover.bounds, spans_of(facts)
    if bounds.widest > MAX_BITS:
        path, bits = bounds.wide
        at, lists = At(nearest(spans, path), path), _lists(facts, path)
        yield proving.may_be_too_wide(at, f"{bits:,}", f"{MAX_BITS:,}", lists)
    elif bounds.work > MAX_WORK:
        path, work = bounds.heavy
        heaviest = f" ({work:,})" if work < bounds.work else ""
        at = At(nearest(spans, path), path)
        yield proving.may_be_too_much_work(at, f"{bounds.work:,}", f"{MAX_WORK:,}", heaviest)
    elif bounds.comparing[0] > MAX_MEMBER_WORK * prover.plan.max_members:
        (work, path), members = bounds.comparing, prover.plan.max_members
        at, of_one = At(nearest(spans, path), path), -(-work // members)
        yield comparing.may_be_too_much_work_a_cohort(at, f"{of_one:,}", f"{MAX_MEMBER_WORK:,}")


def _lists(facts: Facts, path: str) -> list[str]:
    """Return the lists that a formula visits."""
    inputs = {one.id for one in facts.rulebook.inputs}
    nodes = (node for place in facts.places if place.path == path for node in place.expression.nodes)
    found = (node.collection.dotted for node in nodes if isinstance(node, Aggregate))
    return [name for name in dict.fromkeys(found) if name in inputs]
