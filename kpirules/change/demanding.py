"""The differences between the requirements that two rulebooks declare for subjects."""

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
    """Return what only the new rules require of a subject, one sentence each.

    Args:
        old, new: the sides of a comparison.
    """
    old_rules, new_rules = old.program.rulebook, new.program.rulebook
    return (*_demanded(old_rules.inputs, new_rules.inputs), *_chosen_by(old, new), *sure_demands(old, new))


def allowances(old: Side, new: Side) -> tuple[str, ...]:
    """Return what only the old rules require of a subject, one sentence each.

    Args:
        old, new: the sides of a comparison.
    """
    old_rules, new_rules = old.program.rulebook, new.program.rulebook
    return (
        *_allowed(old_rules.inputs, new_rules.inputs),
        *_no_longer_chosen_by(old, new),
        *sure_allowances(old, new),
    )


# -- independent of the rules -----------------------------------------------------------------------


def is_sure(old: Side, new: Side) -> bool:
    """Return whether cohorts and days alone prove that the two rulebooks accept different subjects.

    Args:
        old, new: the sides of a comparison.
    """
    return bool(sure_demands(old, new) or sure_allowances(old, new))


def sure_demands(old: Side, new: Side) -> tuple[str, ...]:
    """Return the requirements of cohorts and days that only the new rules have."""
    return (*_members(old.program.rulebook, new.program.rulebook, -1), *_days(old, new, is_narrower=True))


def sure_allowances(old: Side, new: Side) -> tuple[str, ...]:
    """Return the requirements of cohorts and days that only the old rules have."""
    return (*_members(old.program.rulebook, new.program.rulebook, 1), *_days(old, new, is_narrower=False))


def _members(old: Rulebook, new: Rulebook, sign: int) -> Iterator[str]:
    old_maximum, new_maximum = (
        DEFAULT_MAX_MEMBERS if rulebook.cohort is None else rulebook.cohort.max_members for rulebook in (old, new)
    )
    if (new_maximum - old_maximum) * sign > 0:
        yield f"a cohort now has at most {new_maximum:,} members, and had at most {old_maximum:,}"


def _days(old: Side, new: Side, *, is_narrower: bool) -> Iterator[str]:
    """Yield the change of the rules' period, unless an input chooses the day."""
    old_days, new_days = old.days, new.days
    if (
        old_days == new_days
        or old.whole.edition_by
        or new.whole.edition_by
        or (old_days.is_empty and new_days.is_empty)
    ):
        return
    loses_days = (old_days & new_days) != old_days and not old_days.is_empty
    if loses_days == is_narrower:
        yield f"the rules are now in force {new_days}, and were {old_days}"


def _chosen_by(old: Side, new: Side) -> Iterator[str]:
    for key in ("variant_by", "edition_by"):
        old_name, new_name = getattr(old.whole, key), getattr(new.whole, key)
        if new_name and old_name != new_name:
            yield f"`{key}` is now `{new_name}`, and was {f'`{old_name}`' if old_name else 'not written'}"
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
    before, after = ({input_.id: input_ for input_ in inputs} for inputs in (old, new))
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
    """Yield the values that changed inputs additionally allow; `_demanded` yields requirements."""
    before, after = ({input_.id: input_ for input_ in inputs} for inputs in (old, new))
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
        is_reported = new.min_items > old.min_items or new.max_items < old.max_items
        if not is_reported and (new.min_items, new.max_items) != (old.min_items, old.max_items):
            yield f"{name} now has {allowed(new)}, and had {allowed(old)}"
        if old.unique and not (new.unique and set(new.unique) <= set(old.unique)):
            yield f"records of {name} no longer need to differ in {', '.join(old.unique)}"
    elif _contains(new, old) and not _contains(old, new):
        yield _differs(name, old, new)


def _differs(name: str, old: Domain, new: Domain) -> str:
    was, now = distinguishable(allowed(old), allowed(new))
    return f"{name} is now {now}, and was {was}"


def _contains(new: Domain, old: Domain) -> bool:
    """Return whether the new domain contains every value of the old one."""
    match new, old:
        case NumberDomain(), NumberDomain():
            new_grid, old_grid = new.grid, old.grid
            if old_grid.low > old_grid.high:
                return True
            if old_grid.low == old_grid.high:
                return _is_on(old_grid.low * old_grid.unit, new)
            is_finer = (old_grid.unit / new_grid.unit).denominator == 1
            return (
                is_finer and _is_on(old_grid.low * old_grid.unit, new) and _is_on(old_grid.high * old_grid.unit, new)
            )
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
