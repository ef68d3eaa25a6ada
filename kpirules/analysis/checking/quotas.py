"""Checks of quotas that act together, and of the values they read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At
from ...diagnostics.codes import quotas as say
from ...language.expressions import canonical
from ...language.model import Quota
from .facts import Facts
from .places import ORDER, QUOTA

__all__ = ["check_quotas"]


def check_quotas(facts: Facts) -> Iterator[Diagnostic]:
    """Report quotas that contradict each other or change each other's base, and undefined rows they read."""
    cohort, bands = facts.rulebook.cohort, facts.rulebook.bands
    if cohort is None or bands is None:
        return
    rank = {band: place for place, band in enumerate(bands.ids)}
    known = [quota for quota in cohort.quotas if {quota.band, quota.demote_to} <= rank.keys()]
    in_order = sorted(known, key=lambda quota: rank[quota.band])
    for band, group in groupby(in_order, key=lambda quota: quota.band):
        first, *others = group
        for other in others:
            if keys := _disagreements(first, other):
                yield say.disagree(_at(other), first.id, other.id, band, keys)
    for quota in in_order:
        yield from _later(quota, in_order, rank)
    for place in facts.places:
        if place.stage.startswith((ORDER, QUOTA)) and facts.may_be_undefined(place.expression):
            yield say.left_open(At(place.expression.span, place.path), place.what)


def _disagreements(one: Quota, other: Quota) -> list[str]:
    orders = [[canonical(formula.tree) for formula in quota.order] for quota in (one, other)]
    keys = [] if orders[0] == orders[1] else ["order"]
    return keys + [key for key in ("ties", "demote_to") if getattr(one, key) != getattr(other, key)]


def _later(quota: Quota, others: list[Quota], rank: dict[str, int]) -> Iterator[Diagnostic]:
    """Report lower quotas that change a base after it was counted, by moving members out of it."""
    if quota.base != "after" or quota.of is None:
        return
    for other in others:
        if rank[other.band] > rank[quota.band] and other.band in quota.of and other.demote_to not in quota.of:
            yield say.base_moves_later(_at(quota), quota.id, other.id, other.band, other.demote_to)


def _at(quota: Quota) -> At:
    return At(quota.words.span, quota.words.path)
