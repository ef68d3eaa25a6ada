"""What quotas read, where the check can look at it as at anything that is computed of a rated subject."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from ..expressions import Expression
from ..expressions.tree import Conditional, Literal
from .cohorts import Quota
from .nodes import Named, Words
from .rulebook import Rulebook

__all__ = ["with_formulas_of_quotas"]


def with_formulas_of_quotas(rulebook: Rulebook) -> Rulebook:
    """The rulebook with what its quotas read as further outputs, itself where it has no quotas.

    Args:
        rulebook: any.
    """
    if not rulebook.quotas:
        return rulebook
    formulas = [pair for quota in rulebook.quotas for pair in _formulas(quota)]
    flat = (rulebook.inputs, rulebook.parameters, rulebook.calendars, rulebook.let, rulebook.outputs)
    stem = "of_quotas"
    while any(part.id.startswith(stem) for parts in flat for part in parts):
        stem += "_"
    found = (Named(f"{stem}{place}", one, Words(path=path)) for place, (path, one) in enumerate(formulas))
    return evolve(rulebook, outputs=(*rulebook.outputs, *found))


def _formulas(quota: Quota) -> Iterator[tuple[str, Expression]]:
    """The formulas of a quota, each with the way to it; the share is asked for only where the quota is there."""
    path = quota.words.path
    if quota.when is not None:
        yield f"{path}.when", _if_there(quota, quota.when)
    yield f"{path}.at_most", _if_there(quota, quota.at_most)
    yield f"{path}.minimum", _if_there(quota, quota.minimum)
    for place, formula in enumerate(quota.order):
        yield f"{path}.order[{place}]", formula


def _if_there(quota: Quota, formula: Expression) -> Expression:
    """A formula where the `when` of the quota holds; the condition itself is one that decides something."""
    if quota.when is None:
        return formula
    part = formula.tree.part
    nothing = Literal(False if formula is quota.when else Fraction(0), part=part)
    return evolve(formula, tree=Conditional(quota.when.tree, formula.tree, nothing, part=part))
