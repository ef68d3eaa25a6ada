"""The objects that generated code refers to, besides those of its rulebook."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Any

from ...kernel.calendars import OutsideCalendar
from ...kernel.exact import DomainError, TooWide
from ...kernel.exact.irrational import geometric_mean
from ...language.expressions import FUNCTIONS
from ...language.expressions.functions import ImpossibleDate

__all__ = ["RUNTIME", "UNKNOWN", "Faulted", "Undecided"]


class Faulted(Exception):
    """A fault; the argument is the index of the site."""


class Undecided(Exception):
    """An undefined row; the argument is its place."""

    @property
    def place(self) -> str:
        place: str = self.args[0]
        return place


class _Unknown:
    """Marks a `let` that was not needed."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


def _none_on_fault(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of exact numbers that returns None instead of raising a fault."""

    def answer(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (DomainError, TooWide, ImpossibleDate, OutsideCalendar, ZeroDivisionError):
            return None

    return answer


ONE, ZERO = Fraction(1), Fraction(0)

Shares = list[tuple[Fraction, Fraction]]


def _harmonic_mean(shares: Shares) -> Fraction:
    """Return Σw/Σ(w/s), or zero if a share is zero."""
    if not all(share for share, _ in shares):
        return ZERO
    return sum((weight for _, weight in shares), ZERO) / sum((weight / share for share, weight in shares), ZERO)


def _product(shares: Shares) -> Fraction:
    result = ONE
    for share, _ in shares:
        result *= share
    return result


_BY_MEANING = [row for row in FUNCTIONS.values() if not (row.formula or row.is_lazy or row.name in ("min", "max"))]
"""Functions that generated code calls by their meaning."""

RUNTIME: dict[str, object] = {
    "F": Faulted,
    "W": Undecided,
    "U": UNKNOWN,
    "R": Fraction,
    "f_len": len,
    "f_gcd": gcd,
    "f_sum": sum,
    "f_sorted": sorted,
    "f_geometric_mean": _none_on_fault(geometric_mean),
    "f_harmonic_mean": _harmonic_mean,
    "f_product": _product,
    "f_min": lambda shares: min(share for share, _ in shares),
    "f_max": lambda shares: max(share for share, _ in shares),
    **{f"f_{row.name}": _none_on_fault(row.meaning) if row.fault else row.meaning for row in _BY_MEANING},
}
"""Objects by their names in generated code."""
