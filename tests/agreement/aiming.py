"""Subjects of drawn rulebooks, often near the numbers at which the rulebook decides."""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from kpirules import Assessment, FaultError, Program, SubjectError, assess
from kpirules.language.model import (
    BooleanDomain,
    ChoiceDomain,
    DateDomain,
    Entered,
    Input,
    ListDomain,
    NumberDomain,
    TextDomain,
)

from .drafting import Mapped

__all__ = ["INVALID", "Aim", "subject"]

INVALID = 0.1
"""How often something about a subject is made wrong on purpose."""

CLIMBS = 0.4
"""How often one input is moved until the score is at an end of a band."""

TRIES = 4
"""Moves of a climb; each costs an assessment."""

FAR = 10**6
"""How many units a number without limits goes in either direction, most of the time."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_DATE = re.compile(r"date\((\d{4}), (\d{1,2}), (\d{1,2})\)|(\d{4})-(\d\d)-(\d\d)")
_TEXT = re.compile(r"[\"']([^\"']*)[\"']")


def subject(random: random.Random, book: Mapped, program: Program) -> Mapped:
    """Return the values of a random subject, which is usually valid."""
    return _aim(book, program).draw(random)


def _aim(book: Mapped, program: Program) -> Aim:
    """Return the aim of a rulebook; that of the last rulebook is cached."""
    if not _latest or _latest[0].program is not program:
        _latest[:] = [Aim(book, program)]
    return _latest[0]


def _renamed(record: Any, fields: Mapping[str, str]) -> Any:
    if not isinstance(record, dict):
        return record
    return {fields.get(name) or name: value for name, value in record.items()}


_latest: list[Aim] = []


@frozen
class _Grid:
    """The values of a number input as multiples of a unit.

    Args:
        unit: the distance between two neighbours.
        low, high: the least and the greatest multiple.
        near: multiples that the rulebook mentions.
    """

    unit: Fraction
    low: int
    high: int
    near: tuple[int, ...]

    def place(self, number: Fraction) -> int:
        """Return the greatest multiple not above a number, moved into the domain."""
        return min(max(number // self.unit, self.low), self.high)


@define(eq=False)
class Aim:
    """Draws subjects of one rulebook.

    Args:
        book: the rulebook as a mapping.
        program: its program.
    """

    book: Mapped
    program: Program
    numbers: tuple[Fraction, ...] = ()
    dates: tuple[date, ...] = ()
    texts: tuple[str, ...] = ()
    edges: list[Fraction] = field(factory=list)
    may_not_apply: bool = False
    _grids: dict[int, _Grid] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        rulebook = self.program.rulebook
        words = list(_words({key: part for key, part in self.book.items() if key != "kpirules"}))
        numbers = {Fraction(found) for word in words for found in _NUMBER.findall(word)}
        self.numbers = tuple(sorted(numbers | {Fraction(0)}))
        days = [parts for word in words for parts in _DATE.findall(word)]
        self.dates = tuple(sorted({day for parts in days if (day := _day(*parts)) is not None}))
        self.texts = tuple(sorted({found for word in words for found in _TEXT.findall(word)}))
        bands = rulebook.bands
        if bands is not None and bands.measure is None and rulebook.root is not None:
            intervals = [level.interval for level in bands.levels]
            ends = {end for i in intervals for end in (i.lower, i.upper) if end is not None}
            self.edges = sorted(ends)
        self.may_not_apply = any(isinstance(c.body, Entered) for c in rulebook.criteria()) and any(
            c.applies is not None for c in rulebook.criteria()
        )

    # -- one subject ------------------------------------------------------------------------------

    def draw(self, random: random.Random) -> Mapped:
        """Return the values of a random subject."""
        absence = random.choice((0.0, 0.3, 0.6, 1.0))
        drawn: Mapped = {}
        for declared in self.program.rulebook.inputs:
            if (declared.is_optional or declared.default is not None) and random.random() < absence:
                if random.random() < 0.1:
                    drawn[declared.id] = None
                continue
            drawn[declared.id] = self.value(random, declared, drawn)
        if self.may_not_apply and random.random() < 0.4:
            self.leave_out(drawn)
        if self.edges and random.random() < CLIMBS:
            drawn = self.climbed(random, drawn)
        if random.random() < INVALID:
            self.spoil(random, drawn)
        return self.called(random, drawn)

    def called(self, random: random.Random, drawn: Mapped) -> Mapped:
        """Return the values, sometimes by the columns of their inputs."""
        inputs = self.program.rulebook.inputs
        found: Mapped = {}
        for one in inputs:
            if one.id not in drawn:
                continue
            value = drawn[one.id]
            if isinstance(one.domain, ListDomain) and isinstance(value, list):
                fields = {field.id: field.column for field in one.domain.fields}
                if any(fields.values()) and random.random() < 0.5:
                    value = [_renamed(record, fields) for record in value]
            found[one.column if one.column and random.random() < 0.5 else one.id] = value
        ids = {one.id for one in inputs}
        return found | {name: value for name, value in drawn.items() if name not in ids}

    def value(self, random: random.Random, declared: Input, others: Mapped) -> Any:
        """Return a random value of an input or a field."""
        match declared.domain:
            case NumberDomain():
                return self.number(random, declared, others)
            case BooleanDomain():
                return random.random() < 0.5
            case ChoiceDomain(options=options):
                return random.choice(options)
            case DateDomain() as domain:
                return self.day(random, domain, others)
            case TextDomain(max_length=longest):
                text = random.choice((*self.texts, "", "north", "another", "ñ" * longest))
                return text[:longest]
            case domain:
                return self.records(random, domain)

    def number(self, random: random.Random, declared: Input, others: Mapped) -> Any:
        grid = self.grid(declared)
        drawn = random.random()
        if drawn < 0.25:
            multiple = random.randint(grid.low, grid.high)
        elif drawn < 0.45:
            multiple = random.choice((grid.low, grid.low, grid.high, grid.high, grid.low + 1, grid.high - 1))
        elif drawn < 0.85 and grid.near:
            multiple = random.choice(grid.near) + random.choice((-1, 0, 0, 0, 1))
        else:
            ties = [value for value in others.values() if isinstance(value, int | Decimal)]
            multiple = grid.place(Fraction(random.choice(ties))) if ties else random.randint(grid.low, grid.high)
        value = min(max(multiple, grid.low), grid.high) * grid.unit
        return given(random, value)

    def grid(self, declared: Input) -> _Grid:
        """Return the values of a number input, from a cache."""
        found = self._grids.get(id(declared))
        if found is None:
            domain = declared.domain
            assert isinstance(domain, NumberDomain)
            found = self._grids[id(declared)] = self._grid(domain)
        return found

    def _grid(self, domain: NumberDomain) -> _Grid:
        if domain.step is not None:
            unit = domain.step
        elif domain.is_integer:
            unit = Fraction(1)
        else:
            unit = Fraction(1, 10 ** (3 if domain.decimals is None else domain.decimals))
        low, high = -FAR, FAR
        if domain.minimum is not None:
            low = -(-domain.minimum // unit)
        elif domain.above is not None:
            low = domain.above // unit + 1
        if domain.maximum is not None:
            high = domain.maximum // unit
        elif domain.below is not None:
            high = -(-domain.below // unit) - 1
        multiples = (number // unit for number in (*self.numbers, *(-number for number in self.numbers)))
        return _Grid(unit, low, high, tuple(sorted({n for n in multiples if low <= n <= high})))

    def day(self, random: random.Random, domain: DateDomain, others: Mapped) -> Any:
        low = domain.minimum or date(2023, 1, 1)
        high = domain.maximum or date(2028, 12, 31)
        drawn = random.random()
        if drawn < 0.2:
            found = low + timedelta(random.randrange((high - low).days + 1))
        elif drawn < 0.35:
            found = random.choice((low, high, date(2026, 2, 28), date(2024, 2, 29), date(2026, 1, 31)))
        elif drawn < 0.85 and self.dates:
            found = random.choice(self.dates) + timedelta(random.choice((-1, 0, 0, 1)))
        else:
            ties = [value for value in others.values() if isinstance(value, date)]
            found = random.choice(ties) if ties else low
        found = min(max(found, low), high)
        return found.isoformat() if random.random() < 0.1 else found

    def records(self, random: random.Random, domain: ListDomain) -> list[Mapped]:
        lengths = (domain.min_items, 1, 1, 2, 3, domain.max_items)
        length = min(max(random.choice(lengths), domain.min_items), domain.max_items)
        records: list[Mapped] = []
        seen = set()
        for _ in range(length):
            record: Mapped = {}
            for one in domain.fields:
                if (one.is_optional or one.default is not None) and random.random() < 0.4:
                    continue
                record[one.id] = self.value(random, one, record)
            key = tuple(str(record.get(name)) for name in domain.unique)
            if not domain.unique or key not in seen:
                records.append(record)
                seen.add(key)
        return records

    # -- entered points ---------------------------------------------------------------------------

    def leave_out(self, drawn: Mapped) -> None:
        """Remove points that an assessor must not enter, and add missing ones."""
        try:
            assess(self.program, drawn, engine="reference")
        except SubjectError as problem:
            for diagnostic in problem.report:
                if diagnostic.code == "KR606":
                    del drawn[diagnostic.path]
                elif diagnostic.code == "KR602" and "[" not in diagnostic.path:
                    drawn[diagnostic.path] = 0
        except FaultError:
            pass

    # -- towards the ends of bands ----------------------------------------------------------------

    def score(self, drawn: Mapped) -> Fraction | None:
        try:
            found: Assessment = assess(self.program, drawn, engine="reference")
        except (SubjectError, FaultError):
            return None
        return found.exact_score

    def climbed(self, random: random.Random, drawn: Mapped) -> Mapped:
        """Return the subject after a few secant steps of one input towards the end of a band."""
        movable = [
            declared
            for declared in self.program.rulebook.inputs
            if isinstance(declared.domain, NumberDomain) and drawn.get(declared.id) is not None
        ]
        score = self.score(drawn) if movable else None
        if score is None:
            return drawn
        edge = self.nearest(score)
        declared = random.choice(movable)
        slope: Fraction | None = None
        for _ in range(TRIES):
            if score == edge:
                break
            if not slope:
                # It does not move the score: perhaps another does.
                declared = random.choice(movable)
            grid = self.grid(declared)
            here = grid.place(Fraction(drawn[declared.id]))
            step = (
                (edge - score) / slope if slope else Fraction(random.choice((-1, 1)) * random.choice((1, 1, 5, 20)))
            )
            there = min(max(here + (int(step) or (1 if step > 0 else -1)), grid.low), grid.high)
            if there == here:
                slope = None
                continue
            moved = {**drawn, declared.id: given(random, there * grid.unit)}
            found = self.score(moved)
            if found is None:
                break
            slope = (found - score) / (there - here)
            if abs(found - edge) <= abs(score - edge):
                drawn, score = moved, found
        return drawn

    def nearest(self, score: Fraction) -> Fraction:
        """Return the end of a band nearest to a score."""
        place = bisect_left(self.edges, score)
        return min(self.edges[max(place - 1, 0) : place + 1], key=lambda edge: abs(edge - score))

    # -- what is not valid ------------------------------------------------------------------------

    def spoil(self, random: random.Random, drawn: Mapped) -> None:
        """Make one value of a subject invalid."""
        declared = self.program.rulebook.inputs
        if not declared or random.random() < 0.15:
            drawn["nowhere"] = 1
            return
        lists = [one for one in declared if isinstance(one.domain, ListDomain) and drawn.get(one.id)]
        if lists and random.random() < 0.5:
            one = random.choice(lists)
            assert isinstance(one.domain, ListDomain)
            self.spoil_records(random, one.domain, drawn[one.id])
            return
        for one in random.sample(declared, min(len(declared), random.choice((1, 1, 2)))):
            if random.random() < 0.35:
                drawn.pop(one.id, None)
            else:
                drawn[one.id] = self.wrong(random, one)

    def spoil_records(self, random: random.Random, domain: ListDomain, records: list[Mapped]) -> None:
        record = random.choice(records)
        one = random.choice(domain.fields)
        match random.choice(("lacking", "wrong", "unknown", "repeated", "repeated", "repeated", "many")):
            case "lacking":
                record.pop(one.id, None)
            case "wrong":
                record[one.id] = self.wrong(random, one)
            case "unknown":
                record["nowhere"] = True
            case "repeated" if domain.unique and len(records) < domain.max_items:
                records.append(dict(record))
            case _:
                records.extend(dict(record) for _ in range(domain.max_items))

    def wrong(self, random: random.Random, declared: Input) -> Any:
        """Return a value that an input does not allow."""
        if random.random() < 0.1:
            return None
        match declared.domain:
            case NumberDomain():
                grid = self.grid(declared)
                outside = (grid.low - 1, grid.high + 1, Fraction(2 * grid.low + 1, 2), grid.high + 1)
                kinds = ("1", True, float("nan"), Fraction(1, 3))
                return random.choice((*(multiple * grid.unit for multiple in outside), *kinds))
            case DateDomain():
                return random.choice((datetime(2026, 1, 1, 8), date(1999, 1, 1), "1999-01-01", "2026-02-30", 2026))
            case ChoiceDomain() | TextDomain():
                return random.choice((Decimal(1), "none of these, and it is long", "none of these", [], True))
        return random.choice((1, "true", [], {}, [1], date(2026, 1, 1)))


def given(random: random.Random, value: Fraction) -> Any:
    """Return a number as an int, Decimal, Fraction or float."""
    drawn = random.random()
    if value.denominator == 1 and drawn < 0.85:
        return int(value)
    if drawn > 0.97:
        return value
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return float(decimal) if drawn > 0.93 else decimal


def _words(part: object) -> Iterator[str]:
    """Yield every scalar and key of a mapping as text."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield str(key)
            yield from _words(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _words(value)
    else:
        yield str(part)


def _day(*parts: str) -> date | None:
    year, month, day = (int(found) for found in parts if found)
    try:
        return date(year, month, day)
    except ValueError:
        return None
