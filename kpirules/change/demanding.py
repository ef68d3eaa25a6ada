"""The requirements that two rulebooks declare for subjects, and how these differ."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..kernel.widths import distinguishable
from ..language.model import (
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
from .sides import Side

__all__ = ["allowances", "demands", "is_sure", "sure_allowances", "sure_demands"]


def demands(old: Side, new: Side) -> tuple[str, ...]:
    """Return what the new rules require of a subject and the old ones do not, one sentence each.

    Args:
        old, new: the sides of a comparison.
    """
    mine, theirs = old.program.rulebook, new.program.rulebook
    return (*_demanded(mine.inputs, theirs.inputs), *_chosen_by(old, new), *sure_demands(old, new))


def allowances(old: Side, new: Side) -> tuple[str, ...]:
    """Return what the old rules require of a subject and the new ones do not, one sentence each.

    Args:
        old, new: the sides of a comparison.
    """
    mine, theirs = old.program.rulebook, new.program.rulebook
    return (*_allowed(mine.inputs, theirs.inputs), *_no_longer_chosen_by(old, new), *sure_allowances(old, new))


# -- independent of the rules -----------------------------------------------------------------------


def is_sure(old: Side, new: Side) -> bool:
    """Whether the declared cohorts and days alone prove that different subjects are accepted.

    Args:
        old, new: the sides of a comparison.
    """
    return bool(sure_demands(old, new) or sure_allowances(old, new))


def sure_demands(old: Side, new: Side) -> tuple[str, ...]:
    """Return what the new rules require of cohorts and days and the old ones do not."""
    return (*_members(old.program.rulebook, new.program.rulebook, -1), *_days(old, new, is_narrower=True))


def sure_allowances(old: Side, new: Side) -> tuple[str, ...]:
    """Return what the old rules require of cohorts and days and the new ones do not."""
    return (*_members(old.program.rulebook, new.program.rulebook, 1), *_days(old, new, is_narrower=False))


def _members(old: Rulebook, new: Rulebook, sign: int) -> Iterator[str]:
    was, most = (
        DEFAULT_MAX_MEMBERS if rulebook.cohort is None else rulebook.cohort.max_members for rulebook in (old, new)
    )
    if (most - was) * sign > 0:
        yield f"a cohort now has at most {most:,} members, and had at most {was:,}"


def _days(old: Side, new: Side, *, is_narrower: bool) -> Iterator[str]:
    """Yield the change of the rules' period, if `on` and not an input chooses the day."""
    was, now = old.days, new.days
    if was == now or old.whole.edition_by or new.whole.edition_by or (was.is_empty and now.is_empty):
        return
    loses = (was & now) != was and not was.is_empty
    if loses == is_narrower:
        yield f"the rules are now in force {now}, and were {was}"


def _chosen_by(old: Side, new: Side) -> Iterator[str]:
    for key in ("variant_by", "edition_by"):
        was, now = getattr(old.whole, key), getattr(new.whole, key)
        if now and was != now:
            yield f"`{key}` is now `{now}`, and was {f'`{was}`' if was else 'not written'}"
    if old.days != new.days and new.whole.edition_by and (old.days & new.days) != old.days:
        yield f"the rules are now in force {new.days}, and were {old.days}"


def _no_longer_chosen_by(old: Side, new: Side) -> Iterator[str]:
    for key in ("variant_by", "edition_by"):
        was, now = getattr(old.whole, key), getattr(new.whole, key)
        if was and not now:
            yield f"`{key}` was `{was}`, and is not written any more"
    chosen = (new.whole.edition_by or old.whole.edition_by) and old.days != new.days
    if chosen and not (new.whole.edition_by and (old.days & new.days) != old.days):
        yield f"the rules are now in force {new.days}, and were {old.days}"


# -- inputs ---------------------------------------------------------------------------------------


def _demanded(old: tuple[Input, ...], new: tuple[Input, ...], prefix: str = "") -> Iterator[str]:
    """Yield the requirements of new inputs, or of the fields of a list with its `prefix`."""
    before, after = ({input_.id: input_ for input_ in those} for those in (old, new))
    for id_, input_ in after.items():
        name = f"`{prefix}{id_}`"
        if id_ not in before:
            if not _may_lack(input_):
                yield f"{name} is new and must be given: {allowed(input_.domain)}"
            continue
        was = before[id_]
        if _may_lack(was) and not _may_lack(input_):
            yield f"{name} is now required"
        yield from _narrowed(name, was.domain, input_.domain, f"{prefix}{id_}.")
    for id_ in before:
        if id_ not in after:
            yield f"`{prefix}{id_}` is no longer an input"


def _allowed(old: tuple[Input, ...], new: tuple[Input, ...], prefix: str = "") -> Iterator[str]:
    """Yield what new inputs allow; `_demanded` reports what they require."""
    before, after = ({input_.id: input_ for input_ in those} for those in (old, new))
    for id_, input_ in after.items():
        name = f"`{prefix}{id_}`"
        if id_ not in before:
            if _may_lack(input_):
                yield f"{name} is new and may be given: {allowed(input_.domain)}"
            continue
        was = before[id_]
        if _may_lack(input_) and not _may_lack(was):
            yield f"{name} is now optional"
        yield from _widened(name, was.domain, input_.domain, f"{prefix}{id_}.")


def _may_lack(input_: Input) -> bool:
    return input_.is_optional or input_.default is not None


def _narrowed(name: str, old: Domain, new: Domain, prefix: str) -> Iterator[str]:
    if type(old) is not type(new):
        yield _differs(name, old, new)
        return
    if isinstance(old, ListDomain) and isinstance(new, ListDomain):
        yield from _demanded(old.fields, new.fields, prefix)
        if new.min_items > old.min_items or new.max_items < old.max_items:
            yield f"{name} now has {allowed(new)}, and had {allowed(old)}"
        if new.unique and not (old.unique and set(old.unique) <= set(new.unique)):
            yield f"records of {name} must now differ in {', '.join(new.unique)}"
    elif not _contains(new, old):
        yield _differs(name, old, new)


def _widened(name: str, old: Domain, new: Domain, prefix: str) -> Iterator[str]:
    if type(old) is not type(new):
        return
    if isinstance(old, ListDomain) and isinstance(new, ListDomain):
        yield from _allowed(old.fields, new.fields, prefix)
        is_told = new.min_items > old.min_items or new.max_items < old.max_items
        if not is_told and (new.min_items, new.max_items) != (old.min_items, old.max_items):
            yield f"{name} now has {allowed(new)}, and had {allowed(old)}"
        if old.unique and not (new.unique and set(new.unique) <= set(old.unique)):
            yield f"records of {name} no longer need to differ in {', '.join(old.unique)}"
    elif _contains(new, old) and not _contains(old, new):
        yield _differs(name, old, new)


def _differs(name: str, old: Domain, new: Domain) -> str:
    was, now = distinguishable(allowed(old), allowed(new))
    return f"{name} is now {now}, and was {was}"


def _contains(new: Domain, old: Domain) -> bool:
    """Whether the new domain contains every value of the old one."""
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
