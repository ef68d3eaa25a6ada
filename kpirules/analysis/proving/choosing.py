"""Subjects of one variant and edition: the values of the inputs that select it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import evolve, frozen

from ...kernel.calendars import parse_date
from ...language.model import ChoiceDomain, DateDomain, Domain, Rulebook
from ...plan import Plan

__all__ = ["Period", "choosing", "holds", "in_both", "in_force", "narrowed"]


@frozen
class Period:
    """A half-open period of days, None for no end."""

    from_: date | None = None
    until: date | None = None

    @property
    def is_empty(self) -> bool:
        return self.from_ is not None and self.until is not None and self.from_ >= self.until

    def __and__(self, other: Period) -> Period:
        """Return the days in both periods."""
        firsts = [one for one in (self.from_, other.from_) if one is not None]
        ends = [one for one in (self.until, other.until) if one is not None]
        return Period(max(firsts, default=None), min(ends, default=None))

    def __str__(self) -> str:
        parts = [f"from {self.from_}"] * bool(self.from_) + [f"until before {self.until}"] * bool(self.until)
        return " ".join(parts) or "on every day"


def in_force(rulebook: Rulebook) -> Period:
    """Return the days on which a rulebook is in force, by its `effective` and its edition.

    Args:
        rulebook: the rules of one variant and edition.
    """
    version = rulebook.version
    return Period(rulebook.effective_from, rulebook.effective_until) & Period(version.from_, version.until)


def choosing(
    rulebook: Rulebook, *, variant_by: str = "", edition_by: str = "", period: Period | None = None
) -> dict[str, Domain] | None:
    """Return the inputs that select a rulebook, each with the values of the subjects it rates.

    Args:
        rulebook: the rules of one variant and edition.
        variant_by: the input that selects the variant, or empty.
        edition_by: the input that selects the edition, or empty.
        period: the days to consider; by default those on which the rulebook is in force.

    Returns:
        Domains by input; None if the rulebook rates no subject.
    """
    declared = {one.id: one.domain for one in rulebook.inputs}
    found: dict[str, Domain] = {}
    variant, domain = rulebook.version.variant, declared.get(variant_by)
    if variant and isinstance(domain, ChoiceDomain):
        if variant not in domain.options:
            return None
        found[variant_by] = evolve(domain, options=(variant,))
    dates = declared.get(edition_by)
    if isinstance(dates, DateDomain):
        last = None if dates.maximum is None or dates.maximum == date.max else dates.maximum + timedelta(1)
        days = (in_force(rulebook) if period is None else period) & Period(dates.minimum, last)
        if days.is_empty or days.until == date.min:
            return None
        end = dates.maximum if days.until is None else days.until - timedelta(1)
        found[edition_by] = DateDomain(days.from_, end)
    return found


def in_both(mine: Mapping[str, Domain], second: Mapping[str, Domain]) -> dict[str, Domain] | None:
    """Return the values of selecting inputs that select both of two rulebooks, None if there are none.

    Args:
        mine, second: domains by input.
    """
    found = {**mine, **second}
    for name in mine.keys() & second.keys():
        match mine[name], second[name]:
            case ChoiceDomain() as one, ChoiceDomain() as other:
                if one.options != other.options:
                    return None
            case DateDomain() as one, DateDomain() as other:
                first = max((day for day in (one.minimum, other.minimum) if day is not None), default=None)
                last = min((day for day in (one.maximum, other.maximum) if day is not None), default=None)
                if first is not None and last is not None and first > last:
                    return None
                found[name] = DateDomain(first, last)
            case _:
                return None
    return found


def holds(domain: Domain, value: object) -> bool:
    """Return whether a selecting input may have a value.

    Args:
        domain: the narrowed domain of the input.
        value: the exact value.
    """
    match domain:
        case ChoiceDomain(options=options):
            return value in options
        case DateDomain(minimum=first, maximum=last):
            day = parse_date(value) if isinstance(value, str) else value
            if not isinstance(day, date):
                return False
            return (first is None or first <= day) and (last is None or day <= last)
        case _:
            return True


def narrowed(plan: Plan, domains: Mapping[str, Domain]) -> Plan:
    """Return a plan with narrower inputs, for a search among fewer subjects.

    Args:
        plan: the rules.
        domains: the narrower domains by input.
    """
    if not domains:
        return plan
    return evolve(plan, inputs=tuple(evolve(one, domain=domains.get(one.id, one.domain)) for one in plan.inputs))
