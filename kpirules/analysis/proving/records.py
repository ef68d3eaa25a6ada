"""Lists of records to try: short ones, as many records as required, and distinct if `unique` requires it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, cycle, islice, product
from typing import Any

from ...language.expressions import AGGREGATES
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ...plan import Plan
from ...plan.ops import Chain, Const, Member, Over, walk
from ...plan.steps import Variable

__all__ = ["Record", "all_values", "counted", "made_different", "record_lists", "some_texts", "texts_of"]

Record = tuple[Any, ...]
"""The values of all fields of a record."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_LETTERS = 3
MOST_COUNTED = 20
"""Rules about the best records count fewer of them; lists of so many are tried."""

FURTHER_LETTERS = range(0x4E00, 0x9FA6)
"""Ideographs: lists of 10,000 distinct texts of one character need more than one alphabet."""

SOME_DAY = date(2026, 1, 1)


def counted(plan: Plan, list_: str) -> list[int]:
    """Return the lengths of a list at which a rank such as the third best first exists, and one more.

    Args:
        plan: the rules.
        list_: the list of the records.
    """
    parts = (part for _, op in plan.operations() for part in walk(op))
    sorting = [part for part in parts if isinstance(part, Over) and AGGREGATES[part.function].is_sorting]
    constants = {one for part in sorting if part.records.name == list_ for one in part.constants}
    return sorted({int(one) + more for one in constants if 2 <= one < MOST_COUNTED for more in (0, 1)})


def record_lists(
    domain: ListDomain, fields: Sequence[Variable], pools: Sequence[list[Any]], counts: Iterable[int] = ()
) -> Iterator[list[Record]]:
    """Yield valid lists of a domain; none if no list is valid.

    Args:
        domain: the number of records, and the fields that make them distinct.
        fields: of a record.
        pools: the values of each field to try, at least one.
        counts: further numbers of records.
    """
    ends = [tuple(pool[min(index, len(pool) - 1)] for pool in pools) for index in range(2)]
    middle = [tuple(pool[index % len(pool)] for pool in pools) for index in range(2, 6)]
    shapes: list[list[Record]] = [[], [ends[1]], [ends[0]], *([one] for one in middle)]
    shapes += [[ends[0], ends[1]], [ends[1], *middle[:2]]]
    shapes += [[one] * count for count in counts for one in ends]
    for shape in shapes:
        if len(shape) > domain.max_items:
            continue
        records = list(islice(cycle(shape or [ends[1]]), max(len(shape), domain.min_items)))
        found = made_different(records, domain, fields, pools)
        if found is not None:
            yield found


def made_different(
    records: list[Record], domain: ListDomain, fields: Sequence[Variable], pools: Sequence[list[Any]]
) -> list[Record] | None:
    """Return records made distinct by other values of unique fields; None if there are too few values.

    Args:
        records: records that are each valid.
        domain: the fields that make them distinct.
        fields: of a record.
        pools: the values of each field to try.
    """
    if not domain.unique:
        return records
    ids = [one.id for one in fields]
    places = [ids.index(name) for name in domain.unique]
    enough = len(records)
    keys = product(
        *(dict.fromkeys(islice(chain(pools[at], all_values(fields[at])), len(pools[at]) + enough)) for at in places)
    )
    used: set[tuple[Any, ...]] = set()
    found = []
    for record in records:
        key: tuple[Any, ...] | None = tuple(record[at] for at in places)
        if key in used:
            key = next((one for one in keys if one not in used), None)
            if key is None:
                return None
        assert key is not None
        used.add(key)
        own = dict(zip(places, key, strict=True))
        found.append(tuple(own.get(at, value) for at, value in enumerate(record)))
    return found


def all_values(variable: Variable) -> Iterator[Any]:
    """Yield every value of an input or field, as the core of the scalar engine takes it; the simplest first."""
    match variable.domain:
        case NumberDomain() as domain:
            step = int(domain.grid.unit * domain.denominator)
            yield from (one * step for one in _outwards(domain.grid.low, domain.grid.high, 0))
        case BooleanDomain():
            yield from (False, True)
        case ChoiceDomain(options=options):
            yield from options
        case DateDomain(minimum=first, maximum=last):
            ends = (first or date.min).toordinal(), (last or date.max).toordinal()
            yield from map(date.fromordinal, _outwards(*ends, SOME_DAY.toordinal()))
        case TextDomain(max_length=longest):
            yield ""
            yield from some_texts(longest)
        case domain:
            raise TypeError(domain)
    if variable.type.is_optional:
        yield None


def _outwards(low: int, high: int, near: int) -> Iterator[int]:
    """Yield the integers of a range: from one of them upwards, then those below it."""
    start = min(max(low, near), high)
    yield from range(start, high + 1)
    yield from range(start - 1, low - 1, -1)


def some_texts(longest: int) -> Iterator[str]:
    """Yield distinct nonempty texts, the shortest first."""
    if longest == 0:
        return
    short = range(1, min(longest, MOST_LETTERS) + 1)
    yield from ("".join(letters) for length in short for letters in product(LETTERS, repeat=length))
    yield from map(chr, FURTHER_LETTERS)


@lru_cache(maxsize=2)
def texts_of(plan: Plan) -> tuple[str, ...]:
    """Return the texts that the rules compare with."""
    operations = [op for _, op in plan.operations()]
    values = (value for op in operations for part in walk(op) for value in _compared_texts(part))
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str)))


def _compared_texts(part: object) -> Iterator[object]:
    match part:
        case Chain(operands=operands):
            yield from (one.value for one in operands if isinstance(one, Const))
        case Member(options=options):
            yield from options
        case Const(value=str() as value):
            yield value
        case _:
            return
