"""What of a rulebook decides how its quotas act, as a value: equal ones share their places."""

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
    """Bands, their direction and quotas, with all that these read but the members: tables, parameters and calendars.

    What an order reads of a member's assessment, such as points or a `let`, is the member's own; that it can be
    compared is told by its type. Where there are no quotas, nothing is shared.

    Args:
        rulebook: whose report has no errors.
    """
    cohort, bands = rulebook.cohort, rulebook.bands
    if cohort is None or bands is None or not cohort.quotas:
        return ()
    lowered = lowering(rulebook)
    kinds = {declared.id: declared.type.kind for declared in rulebook.inputs}
    in_order = sorted(cohort.quotas, key=lambda quota: quota.id)
    better = rulebook.better or "higher"
    return bands.ids, better, _kinds(cohort.within, kinds), tuple(_quota(one, lowered, kinds) for one in in_order)


def _quota(quota: Quota, lowered: Lowering, kinds: Mapping[str, str]) -> object:
    plain = (quota.id, quota.band, quota.of, quota.base, quota.round, quota.ties, quota.demote_to)
    terms = (quota.at_most, quota.minimum, *(() if quota.when is None else (quota.when,)))
    groups = (_kinds(quota.within, kinds), _kinds(quota.uniform, kinds))
    return plain, groups, _meanings(terms, lowered), _meanings(quota.order, lowered)


def _kinds(ids: Iterable[str], kinds: Mapping[str, str]) -> object:
    """Inputs with their kinds: of other kinds, equal values would mean nothing."""
    return frozenset((id_, kinds[id_]) for id_ in ids)


def _meanings(formulas: Iterable[Expression], lowered: Lowering) -> object:
    return tuple(_meaning(lowered.lower(formula)) for formula in formulas)


def _meaning(op: Op) -> object:
    """A formula as what it does, part by part, and how its values are compared."""
    compared = () if op.type.order is None else (op.type.options, op.type.order)
    return compared, tuple(_said(part) for part in walk(op))


def _said(op: Op) -> object:
    kind: Any = type(op)
    return (kind.__name__, *(_plain(getattr(op, attribute.name)) for attribute in fields(kind)))


def _plain(value: object) -> object:
    """A part of an operation that can be compared; operands come by themselves."""
    if isinstance(value, Op):
        return "operand"
    if isinstance(value, Type):
        return value.kind
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return type(value).__name__, value
