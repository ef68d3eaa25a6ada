"""What two rulebooks demand of a subject: whether whoever was valid under the one is so under the other."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..model import (
    DEFAULT_MAX_MEMBERS,
    ChoiceDomain,
    DateDomain,
    Domain,
    Input,
    ListDomain,
    NumberDomain,
    Rulebook,
    TextDomain,
    allowed,
)

__all__ = ["demanded", "demands"]


def demanded(old: Rulebook, new: Rulebook) -> Iterator[str]:
    """Why subjects of the old rulebook are not subjects of the new one, by themselves or together; a sentence each.

    Args:
        old, new: two rulebooks.
    """
    yield from demands(old.inputs, new.inputs)
    was, most = (DEFAULT_MAX_MEMBERS if one.cohort is None else one.cohort.max_members for one in (old, new))
    if most < was:
        yield f"a cohort has at most {most:,} members now, and had at most {was:,}"


def demands(old: tuple[Input, ...], new: tuple[Input, ...], prefix: str = "") -> Iterator[str]:
    """Why subjects of the old inputs are not subjects of the new ones, a sentence each.

    Args:
        old, new: the inputs of two rulebooks, or the fields of a list in both.
        prefix: the list, with a point.
    """
    before = {one.id: one for one in old}
    after = {one.id: one for one in new}
    for id_, one in after.items():
        name = f"`{prefix}{id_}`"
        if id_ not in before:
            if not one.is_optional and one.default is None:
                yield f"{name} is new and must be given: {allowed(one.domain)}"
            continue
        was = before[id_]
        if (was.is_optional or was.default is not None) and not one.is_optional and one.default is None:
            yield f"{name} must be given now"
        yield from _narrowed(name, was.domain, one.domain, f"{prefix}{id_}.")
    for id_ in before:
        if id_ not in after:
            yield f"`{prefix}{id_}` is no longer an input"


def _narrowed(name: str, old: Domain, new: Domain, prefix: str) -> Iterator[str]:
    if type(old) is not type(new):
        yield f"{name} is {allowed(new)} now, and was {allowed(old)}"
        return
    if isinstance(old, ListDomain) and isinstance(new, ListDomain):
        yield from demands(old.fields, new.fields, prefix)
        if new.min_items > old.min_items or new.max_items < old.max_items:
            yield f"{name} has {allowed(new)} now, and had {allowed(old)}"
        if new.unique and not (old.unique and set(old.unique) <= set(new.unique)):
            yield f"{name} has records that differ in {', '.join(new.unique)} now"
    elif not _contains(new, old):
        yield f"{name} is {allowed(new)} now, and was {allowed(old)}"


def _contains(new: Domain, old: Domain) -> bool:
    """Whether every value of the old domain is one of the new."""
    match new, old:
        case NumberDomain(), NumberDomain():
            ours, theirs = new.grid, old.grid
            if theirs.low > theirs.high:
                return True
            if theirs.low == theirs.high:
                return _is_on(theirs.low * theirs.unit, new)
            is_finer = (theirs.unit / ours.unit).denominator == 1
            return is_finer and _is_on(theirs.low * theirs.unit, new) and _is_on(theirs.high * theirs.unit, new)
        case ChoiceDomain(), ChoiceDomain():
            return set(old.options) <= set(new.options)
        case DateDomain(), DateDomain():
            begins = new.minimum is None or (old.minimum is not None and old.minimum >= new.minimum)
            return begins and (new.maximum is None or (old.maximum is not None and old.maximum <= new.maximum))
        case TextDomain(), TextDomain():
            return old.max_length <= new.max_length
        case _:
            return True


def _is_on(number: Fraction, domain: NumberDomain) -> bool:
    grid = domain.grid
    place = number / grid.unit
    return place.denominator == 1 and grid.low <= place <= grid.high
