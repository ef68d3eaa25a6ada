"""Adds the formulas of quotas to a rulebook as outputs, so that the check covers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve

from ..expressions import Expression
from ..expressions.tree import Call, Conditional, Literal, Logic, Membership, Name, Node
from .cohorts import Quota
from .nodes import Named, Words
from .rulebook import Rulebook

__all__ = ["bands_before", "with_formulas_of_quotas"]


def with_formulas_of_quotas(rulebook: Rulebook) -> Rulebook:
    """Return the rulebook with the formulas of its quotas as further outputs, or unchanged without quotas.

    Conditions of quotas are named values, so that a mistake in one is reported once, at its place.

    Args:
        rulebook: the rules.
    """
    if not rulebook.quotas:
        return rulebook
    flat = (rulebook.inputs, rulebook.parameters, rulebook.calendars, rulebook.let, rulebook.outputs)
    stem = "of_quotas"
    while any(part.id.startswith(stem) for parts in flat for part in parts):
        stem += "_"
    conditions = {
        quota.id: Named(f"{stem}_when{place}", quota.when, Words(path=f"{quota.words.path}.when"))
        for place, quota in enumerate(rulebook.quotas)
        if quota.when is not None
    }
    formulas = [pair for quota in rulebook.quotas for pair in _formulas(quota, rulebook.quotas, conditions)]
    found = (Named(f"{stem}{place}", formula, Words(path=path)) for place, (path, formula) in enumerate(formulas))
    return evolve(rulebook, let=(*rulebook.let, *conditions.values()), outputs=(*rulebook.outputs, *found))


def bands_before(quotas: Sequence[Quota], band: str) -> frozenset[str]:
    """Return the bands from which members can reach a band: the band itself, and those whose quotas move to it.

    Args:
        quotas: all quotas of a rulebook.
        band: the id of the band.
    """
    found, above = {band}, {band}
    while above:
        above = {quota.band for quota in quotas if quota.demote_to in above} - found
        found |= above
    return frozenset(found)


def _formulas(
    quota: Quota, quotas: Sequence[Quota], conditions: Mapping[str, Named]
) -> Iterator[tuple[str, Expression]]:
    """Yield the formulas of a quota, each with its path and guarded by the condition under which it is evaluated."""
    path, condition = quota.words.path, conditions.get(quota.id)
    if condition is not None:
        tree = condition.value.tree
        yield f"{path}.when", evolve(condition.value, tree=Conditional(tree, tree, Literal(False), part=tree.part))
    yield f"{path}.at_most", _when_active(condition, quota.at_most)
    yield f"{path}.minimum", _when_active(condition, quota.minimum)
    other_ids = sorted(other.id for other in quotas if other.band == quota.band)
    if other_ids[0] == quota.id:  # quotas of one band share their order
        bands, limits = bands_before(quotas, quota.band), [conditions.get(id_) for id_ in other_ids]
        for place, expression in enumerate(quota.order):
            yield f"{path}.order[{place}]", _when_limited(bands, limits, expression)


def _when_active(condition: Named | None, formula: Expression) -> Expression:
    """Return a formula that is evaluated only if the condition of its quota holds."""
    if condition is None:
        return formula
    part = formula.tree.part
    condition_name, nothing = Name(condition.id, part=part), Literal(Fraction(0), part=part)
    return evolve(formula, tree=Conditional(condition_name, formula.tree, nothing, part=part))


def _when_limited(bands: frozenset[str], conditions: Sequence[Named | None], formula: Expression) -> Expression:
    """Return a formula that is evaluated only for members whom a quota of the band limits."""
    part = formula.tree.part
    options = tuple(Literal(band, part=part) for band in sorted(bands))
    tests: list[Node] = [Membership(Name("band", part=part), options, False, part=part)]
    limits = tuple(Name(condition.id, part=part) for condition in conditions if condition is not None)
    if len(limits) == len(conditions):
        tests.append(limits[0] if len(limits) == 1 else Logic("or", limits, part=part))
    return evolve(formula, tree=Logic("and", (*tests, Call("given", (formula.tree,), part=part)), part=part))
