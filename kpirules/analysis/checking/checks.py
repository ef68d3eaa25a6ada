"""The structural checks of a rulebook, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression
from ...language.model import Rulebook
from .allow import apply
from .bands import check_bands
from .consequences import (
    is_loss,
    rests_on_loss,
    without_consequences,
    without_consequences_of_band_order,
    without_type,
)
from .deciding import check_overrides
from .direction import check_direction
from .facts import Facts, facts
from .groups import (
    check_absence,
    check_keys,
    check_leaving,
    check_limits,
    check_remaining,
    check_shares,
    check_weights,
)
from .leaves import check_constants, check_entered
from .quotas import check_quotas
from .rows import check_rows
from .score import check_band_on, check_rounding
from .unresolved import EVERYTHING, claims_never_absent, claims_of_bands, unresolved
from .unused import check_unused

__all__ = ["CHECKS", "MAX_RULEBOOK_NODES", "by_structure", "check"]

MAX_RULEBOOK_NODES = 20_000
"""The most nodes of all expressions together: every later stage walks them."""


def _expressions(shared: Facts) -> Iterator[Diagnostic]:
    yield from shared.problems


def _check_cycles(shared: Facts) -> Iterator[Diagnostic]:
    places = {place.owner: place for place in shared.places}
    for names in shared.graph.cycles:
        # Groups alone can't form a cycle, so a cycle contains an expression.
        place = next(places[node] for node in names if node in places)
        yield expression.cycle(At(place.expression.span, place.path), names)


def _total_size(shared: Facts) -> Iterator[Diagnostic]:
    found = sum(len(place.expression.nodes) for place in shared.places)
    if found > MAX_RULEBOOK_NODES:
        remedy = "name repeated parts under `let`, or use tables"
        at = At(shared.rulebook.words.span)
        yield expression.expression_too_large(at, "parts of all expressions", found, MAX_RULEBOOK_NODES, remedy)


CHECKS: tuple[Callable[[Facts], Iterator[Diagnostic]], ...] = (
    _expressions,
    _check_cycles,
    _total_size,
    check_limits,
    check_weights,
    check_keys,
    check_shares,
    check_remaining,
    check_absence,
    check_constants,
    check_entered,
    check_rows,
    check_overrides,
    check_direction,
    check_quotas,
)
"""The structural checks; each reads facts that are computed once, and reports its findings."""


def by_structure(facts: Facts) -> Iterator[Diagnostic]:
    """Yield the findings that the structure alone supports, without a subject to show them."""
    yield from check_bands(facts) if facts.unresolved.has_ends else ()
    if facts.unresolved.has_score:
        yield from check_band_on(facts)
    yield from check_leaving(facts)


def check(
    rulebook: Rulebook,
    found: tuple[Diagnostic, ...] = (),
    prove: Callable[[Facts], Iterable[Diagnostic]] = by_structure,
    refuted: Sequence[Diagnostic] | None = None,
) -> tuple[Diagnostic, ...]:
    """Return all findings about a rulebook, without a subject.

    Args:
        rulebook: the rules as built.
        found: the diagnostics of reading it, so that the rulebook's `allow` applies to them too.
        prove: finds what can happen to subjects of a rulebook without errors.
        refuted: the findings that only a proof removed, once `prove` has run; None without proofs.

    Returns:
        `found` and the findings of every check, marked if the rulebook allows them.
    """
    shared = facts(rulebook)
    examined = [diagnostic for examine in CHECKS for diagnostic in examine(shared)]
    found = tuple(without_consequences_of_band_order(shared, found, examined))
    lost, untyped = (
        unresolved(rulebook, shared.places, shared.graph, some)
        for some in (filter(is_loss, found), without_type(shared, found))
    )
    examined = [one for one in examined if not rests_on_loss(one, lost, untyped)]
    findings = [*found, *without_consequences(found, examined)]
    if not any(diagnostic.is_error for diagnostic in apply(shared.wordings, found)):
        # An unread part may read a name that then looks unused.
        findings += check_unused(shared)
    errors = [diagnostic for diagnostic in apply(shared.wordings, (*found, *examined)) if diagnostic.is_error]
    shared = evolve(shared, unresolved=unresolved(rulebook, shared.places, shared.graph, errors))
    if shared.unresolved is EVERYTHING:
        of_bands = check_bands(shared) if lost.has_ends else ()
        return apply(shared.wordings, (*findings, *without_consequences(found, of_bands)))
    findings = [
        one
        for one in findings
        if not (claims_never_absent(one, shared.unresolved) or claims_of_bands(one, shared.unresolved))
    ]
    proved = (one for one in prove(shared) if not claims_of_bands(one, shared.unresolved))
    findings += without_consequences(found, (*check_rounding(shared), *proved))
    return apply(shared.wordings, findings, refuted)
