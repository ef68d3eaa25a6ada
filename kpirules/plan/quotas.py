"""The parts of a rulebook on which its quotas depend, as a value: rulebooks with equal values share quotas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import fields

from ..language.expressions import Expression, Type
from ..language.model import Quota, Rulebook
from .lowering import Lowering
from .ops import Op, walk
from .planning import lowering

__all__ = ["quota_rules"]


def quota_rules(rulebook: Rulebook) -> object:
    """Return bands, their direction and quotas, with all tables, parameters and calendars they read.

    Values of a member's assessment that an order reads, such as points or a `let`, belong to the member; their
    types tell whether they compare. Without quotas, nothing is shared.

    Args:
        rulebook: the rules, whose report has no errors.
    """
    cohort, bands = rulebook.cohort, rulebook.bands
    if cohort is None or bands is None or not cohort.quotas:
        return ()
    lowered = lowering(rulebook)
    kinds = {declared.id: declared.type.kind for declared in rulebook.inputs}
    in_order = sorted(cohort.quotas, key=lambda quota: quota.id)
    better = rulebook.better or "higher"
    return bands.ids, better, _kinds(cohort.within, kinds), tuple(_quota(quota, lowered, kinds) for quota in in_order)


def _quota(quota: Quota, lowered: Lowering, kinds: Mapping[str, str]) -> object:
    plain = (quota.id, quota.band, quota.of, quota.base, quota.round, quota.ties, quota.demote_to)
    terms = (quota.at_most, quota.minimum, *(() if quota.when is None else (quota.when,)))
    groups = (_kinds(quota.within, kinds), _kinds(quota.uniform, kinds))
    return plain, groups, _formula_values(terms, lowered), _formula_values(quota.order, lowered)


def _kinds(ids: Iterable[str], kinds: Mapping[str, str]) -> object:
    """Return input ids with their kinds, since equal values of different kinds differ."""
    return frozenset((id_, kinds[id_]) for id_ in ids)


def _formula_values(formulas: Iterable[Expression], lowered: Lowering) -> object:
    return tuple(_formula_value(lowered.lower(formula)) for formula in formulas)


def _formula_value(op: Op) -> object:
    """Return a formula as a comparable value: its operations, and the order of its values."""
    compared = () if op.type.order is None else (op.type.options, op.type.order)
    return compared, tuple(_operation_value(part) for part in walk(op))


def _operation_value(op: Op) -> object:
    kind: Any = type(op)
    return (kind.__name__, *(_attribute_value(getattr(op, attribute.name)) for attribute in fields(kind)))


def _attribute_value(value: object) -> object:
    """Return an attribute of an operation as a comparable value, without operands, which are listed separately."""
    if isinstance(value, Op):
        return "operand"
    if isinstance(value, Type):
        return value.kind
    if isinstance(value, tuple):
        return tuple(_attribute_value(part) for part in value)
    return type(value).__name__, value
