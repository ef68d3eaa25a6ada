"""The subjects of a rulebook: those inside all domains that its variant and edition rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice, product
from math import prod
from typing import Any

from attrs import evolve

from ...language.model import (
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Domain,
    ListDomain,
    NumberDomain,
    Rulebook,
    TextDomain,
)
from ...plan import Plan
from ...plan.steps import Variable
from .goals import Arguments
from .records import all_values, some_texts, texts_of

__all__ = ["are_valid", "every_subject", "of_its_subjects"]


def of_its_subjects(plan: Plan, rulebook: Rulebook) -> Plan:
    """Return a plan restricted to subjects that its rulebook rates, without other variants or editions.

    If no value of `variant_by` or `edition_by` selects the rulebook, `load(variant=…)` or `load(on=…)` does,
    and all subjects are its own. An edition that is never in force rates nobody: its domain of dates is empty.

    Args:
        plan: the plan of the rulebook.
        rulebook: the rules of one variant and edition.
    """
    return evolve(plan, inputs=tuple(evolve(one, domain=_narrowed(one, rulebook)) for one in plan.inputs))


def _narrowed(variable: Variable, rulebook: Rulebook) -> Domain:
    variant = rulebook.version.variant
    match variable.domain:
        case ChoiceDomain(options=options) as domain if variable.id == rulebook.variant_by and variant in options:
            return evolve(domain, options=(variant,))
        case DateDomain() as domain if variable.id == rulebook.edition_by:
            return _days(domain, rulebook)
        case domain:
            return domain


def _days(domain: DateDomain, rulebook: Rulebook) -> DateDomain:
    """Return the dates of a domain on which the rulebook is in force."""
    period = _both(
        DateDomain(rulebook.effective_from, _day_before(rulebook.effective_until)),
        DateDomain(rulebook.version.from_, _day_before(rulebook.version.until)),
    )
    days = _both(domain, period)
    return domain if _is_empty(days) and not _is_empty(period) else days


def _both(one: DateDomain, other: DateDomain) -> DateDomain:
    firsts = [day for day in (one.minimum, other.minimum) if day is not None]
    lasts = [day for day in (one.maximum, other.maximum) if day is not None]
    return DateDomain(max(firsts, default=None), min(lasts, default=None))


def _is_empty(days: DateDomain) -> bool:
    return days.minimum is not None and days.maximum is not None and days.minimum > days.maximum


def _day_before(end: date | None) -> date | None:
    return None if end is None or end == date.min else end - timedelta(1)


def are_valid(plan: Plan, arguments: Arguments) -> bool:
    """Return whether the values of all inputs are in their domains, without validations.

    Args:
        plan: the plan with the inputs.
        arguments: the values as the core of the scalar engine takes them.
    """
    return len(arguments) == len(plan.inputs) and all(
        _is_valid(plan, variable, value) for variable, value in zip(plan.inputs, arguments, strict=True)
    )


def _is_valid(plan: Plan, variable: Variable, value: Any) -> bool:
    if value is None:
        return variable.type.is_optional
    match variable.domain:
        case NumberDomain() as domain:
            grid = domain.grid
            count, rest = divmod(value, int(grid.unit * domain.denominator))
            is_on_grid: bool = rest == 0 and grid.low <= count <= grid.high
            return is_on_grid
        case BooleanDomain():
            return isinstance(value, bool)
        case ChoiceDomain(options=options):
            return any(value == option for option in options)
        case DateDomain(minimum=first, maximum=last):
            is_inside: bool = (first or date.min) <= value <= (last or date.max)
            return is_inside
        case TextDomain(max_length=longest):
            return len(value) <= longest
        case ListDomain() as domain:
            fields = plan.records[variable.id].fields
            are_valid = all(
                _is_valid(plan, one, part) for record in value for one, part in zip(fields, record, strict=True)
            )
            return are_valid and domain.min_items <= len(value) <= domain.max_items and _differ(value, domain, fields)


def _differ(records: Sequence[tuple[Any, ...]], domain: ListDomain, fields: Sequence[Variable]) -> bool:
    places = [index for index, one in enumerate(fields) if one.id in domain.unique]
    return not places or len(set(_keys(records, places))) == len(records)


def _keys(records: Sequence[tuple[Any, ...]], places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for record in records:
        yield tuple(record[at] for at in places)


# -- all of them ------------------------------------------------------------------------------------


def every_subject(plan: Plan, most: int) -> list[Arguments] | None:
    """Return all subjects that rules distinguish, without validations; None if there are more than `most`.

    Args:
        plan: the plan with the inputs.
        most: the most subjects.
    """
    pools: list[list[Any]] = []
    count = 1
    for variable in plan.inputs:
        values = _every_value(plan, variable, most // max(count, 1))
        if values is None:
            return None
        pools.append(values)
        count *= len(values)
    return list(product(*pools))


def _every_value(plan: Plan, variable: Variable, most: int) -> list[Any] | None:
    """Return all values of an input that rules distinguish, None if there are more than `most`."""
    found: list[Any]
    match variable.domain:
        case TextDomain(max_length=longest):
            # Rules only compare texts for equality: besides the texts in rules, each text may be distinct.
            known = [text for text in texts_of(plan) if len(text) <= longest]
            others = (text for text in chain(some_texts(longest), [""]) if text not in known)
            found = [*islice(others, sum(isinstance(one.domain, TextDomain) for one in plan.inputs)), *known]
        case ListDomain() as domain:
            lists = _every_list(plan, variable, domain, most)
            if lists is None:
                return None
            found = lists
        case _:
            return _few(all_values(variable), most)
    found += [None] if variable.type.is_optional else []
    return _few(found, most)


def _every_list(plan: Plan, variable: Variable, domain: ListDomain, most: int) -> list[Any] | None:
    fields = plan.records[variable.id].fields
    if any(isinstance(one.domain, TextDomain) for one in fields):
        return None
    pools = [_few(all_values(one), most) for one in fields]
    records = prod(len(pool) if pool is not None else most + 1 for pool in pools)
    if domain.max_items * min(records, 2) > most or records**domain.max_items > most:
        return None
    every = list(product(*(pool for pool in pools if pool is not None)))
    sizes = range(domain.min_items, domain.max_items + 1)
    lists = (records for size in sizes for records in product(every, repeat=size))
    return [one for one in lists if not domain.unique or _differ(one, domain, fields)]


def _few(values: Iterable[Any], most: int) -> list[Any] | None:
    found = list(islice(values, most + 1))
    return None if len(found) > most else found
