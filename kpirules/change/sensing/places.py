"""The places of numbers in tables of rows, scales and thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ...language.model import Amount, Cases, Lookup, Scale, Shape, Steps, Thresholds
from .spans import End, Span

__all__ = ["Place", "between", "places"]


@frozen
class Place:
    """A number in a table.

    Args:
        path: its path below the table.
        kind: points, each, height, edge or knot.
        amount: the number.
        index: the place of its row.
        is_rate: whether it is multiplied by the maximum.
        domain: the values that it may have.
        replace: returns the table with another number there.
    """

    path: str
    kind: str
    amount: Amount
    index: int
    is_rate: bool = False
    domain: Span = field(factory=Span)
    replace: Callable[[Any, Amount], Any] = field(default=lambda shape, _: shape)


def between(current: Fraction, others: Iterable[Fraction]) -> Span:
    """Return the values between the nearest other numbers."""
    known = list(others)
    below = max((other for other in known if other < current), default=None)
    above = min((other for other in known if other > current), default=None)
    return Span(*(None if end is None else End(end, True, "") for end in (below, above)))


def places(shape: Shape | Cases, gives: str) -> Iterator[Place]:
    """Yield the numbers of a table.

    Args:
        shape: the table.
        gives: the key of its results: points or value.
    """
    match shape:
        case Steps(rows=rows):
            yield from _steps(shape, gives)
        case Lookup(rows=rows):
            for index, row in enumerate(sorted(rows, key=lambda row: row.is_rest)):
                if isinstance(row.gives, Amount):
                    key = "rate" if row.is_rate else gives
                    option = "else" if row.is_rest else row.condition
                    yield Place(f'lookup["{option}"].{key}', "points", row.gives, index, row.is_rate)
        case Cases(rows=cases):
            for index, case in enumerate(cases):
                if isinstance(case.gives, Amount):
                    key = "rate" if case.is_rate else gives
                    yield Place(f"cases[{index}].{key}", "points", case.gives, index, case.is_rate)
        case Scale(knots=knots):
            for index, (at, height) in enumerate(knots):
                domain = between(at.value, (other.value for other, _ in knots))
                yield Place(f"scale[{index}][0]", "knot", at, index, domain=domain)
                yield Place(f"scale[{index}][1]", "height", height, index)
        case Thresholds():
            yield from _thresholds(shape)


def _steps(shape: Steps, gives: str) -> Iterator[Place]:
    ends = [end.value for row in shape.rows for end in (row.lower, row.upper, row.equals) if end is not None]
    for index, row in enumerate(shape.rows):
        keys = {
            "lower": "above" if row.is_lower_open else "from",
            "upper": "below" if row.is_upper_open else "to",
            "equals": "equals",
        }
        for name, key in keys.items():
            amount = getattr(row, name)
            if amount is not None:
                domain, replace = between(amount.value, ends), _replacing_row(index, name)
                yield Place(f"steps[{index}].{key}", "edge", amount, index, domain=domain, replace=replace)
        if isinstance(row.gives, Amount):
            yield Place(f"steps[{index}].{'rate' if row.is_rate else gives}", "points", row.gives, index, row.is_rate)


def _replacing_row(index: int, name: str) -> Callable[[Steps, Amount], Steps]:
    def replace(shape: Steps, amount: Amount) -> Steps:
        rows, other = list(shape.rows), {name: amount}
        rows[index] = evolve(rows[index], **other)  # type: ignore[arg-type]
        return evolve(shape, rows=tuple(rows))

    return replace


def _thresholds(shape: Thresholds) -> Iterator[Place]:
    def replacing(index: int) -> Callable[[Thresholds, Amount], Thresholds]:
        def replace(shape: Thresholds, amount: Amount) -> Thresholds:
            passed = list(shape.thresholds)
            passed[index] = amount
            return evolve(shape, thresholds=tuple(passed))

        return replace

    for index, amount in enumerate(shape.thresholds):
        path, domain = (
            f"thresholds.{shape.comparison}[{index}]",
            between(amount.value, (t.value for t in shape.thresholds)),
        )
        yield Place(path, "edge", amount, index, domain=domain, replace=replacing(index))
    yield Place("thresholds.each", "each", shape.each, 0)
