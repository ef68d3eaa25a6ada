"""Functions of the language as code: integer forms where there are such, else a call of their definition."""

from __future__ import annotations

from collections.abc import Callable
from math import lcm
from typing import TYPE_CHECKING

from attrs import evolve

from .emitted import Emitted, Other
from .numbers import ANY, NOT_NEGATIVE, POSITIVE, Num, compare, either, fixed, over, same
from .writing import times

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["emit"]


def emit(to: Operations, function: str, values: list[Emitted]) -> Emitted:
    """A function of values that are all there."""
    numbers = [value for value in values if isinstance(value, Num)]
    if function in INTEGER_FORMS:
        return INTEGER_FORMS[function](to, numbers)
    if function in DATES:
        return dated(to, function, [value.code for value in values if isinstance(value, Other)])
    arguments = ", ".join(f"R({one.n}, {one.d})" for one in numbers)
    target = to.writer.fresh()
    to.writer.line(f"{target} = f_{function}({arguments})")
    to.writer.put(f"if {target} is None:", [to.fault("date" if function == "date" else "domain")])
    if function == "date":
        return Other(target)
    # The definition works on exact numbers as objects: theirs is what goes on.
    sign = NOT_NEGATIVE if function in ("sqrt", "exp", "normal_cdf") else ANY
    name = to.writer.fresh()
    to.writer.line(f"{name} = {target}.numerator; {name}d = {target}.denominator")
    return Num(name, f"{name}d", sign)


# -- integer forms --------------------------------------------------------------------------------


def _least(to: Operations, numbers: list[Num]) -> Num:
    found = to.held(numbers[0])
    for one in numbers[1:]:
        other = to.held(one)
        chosen = either(to.writer, compare("<=", found, other), found, other)
        found = evolve(chosen, sign=min(found.sign, other.sign))
    return found


def _greatest(to: Operations, numbers: list[Num]) -> Num:
    found = to.held(numbers[0])
    for one in numbers[1:]:
        other = to.held(one)
        chosen = either(to.writer, compare(">=", found, other), found, other)
        found = evolve(chosen, sign=max(found.sign, other.sign))
    return found


def _clamp(to: Operations, numbers: list[Num]) -> Num:
    x, low, high = (to.held(one) for one in numbers)
    # Below `low` is looked at first, so a `high` beneath it may come out as well.
    sign = min(low.sign, high.sign)
    asks_low = not (low.n == 0 and x.sign >= NOT_NEGATIVE)
    below, above = compare("<", x, low), compare(">", x, high)
    common = fixed([x, low, high])
    if common is not None:
        a, b, c = (over(one, common) for one in (x, low, high))
        code = f"{c} if {above} else {a}"
        return Num(to.writer.hold(f"{b} if {below} else {code}" if asks_low else code), common, sign)
    target = to.writer.fresh()
    word = "if"
    if asks_low:
        to.writer.put(f"if {below}:", [f"{target} = {low.n}; {target}d = {low.d}"])
        word = "elif"
    to.writer.put(f"{word} {above}:", [f"{target} = {high.n}; {target}d = {high.d}"])
    to.writer.put("else:", [f"{target} = {x.n}; {target}d = {x.d}"])
    return Num(target, f"{target}d", sign)


def _abs(to: Operations, numbers: list[Num]) -> Num:
    (x,) = numbers
    if x.sign >= NOT_NEGATIVE:
        return x
    x = to.held(x)
    return Num(f"({x.n} if {x.n} >= 0 else -{x.n})", x.d, NOT_NEGATIVE)


def _floor(to: Operations, numbers: list[Num]) -> Num:
    (x,) = numbers
    return Num(f"({x.n} // {x.d})", 1, min(x.sign, NOT_NEGATIVE))


def _ceil(to: Operations, numbers: list[Num]) -> Num:
    (x,) = numbers
    return Num(f"(-(-{x.n} // {x.d}))", 1, x.sign)


def _trunc(to: Operations, numbers: list[Num]) -> Num:
    (x,) = numbers
    if x.sign >= NOT_NEGATIVE:
        return _floor(to, numbers)
    x = to.held(x)
    return Num(f"({x.n} // {x.d} if {x.n} >= 0 else -(-{x.n} // {x.d}))", 1)


def _mod(to: Operations, numbers: list[Num]) -> Num:
    x, y = numbers
    if y.sign < POSITIVE:
        y = to.held(y)
        to.writer.put(f"if not {y.n}:", [to.fault("division")])
    a, b = same(x, y)
    sign = min(y.sign, NOT_NEGATIVE)
    if x.d == y.d:
        denominator = x.d
    elif isinstance(x.d, int) and isinstance(y.d, int):
        denominator = lcm(x.d, y.d)
    else:
        denominator = times(x.d, y.d)
    return Num(f"({a} % {b})", denominator, sign)


def _sign(to: Operations, numbers: list[Num]) -> Num:
    x = to.held(numbers[0])
    return Num(f"(({x.n} > 0) - ({x.n} < 0))", 1, x.sign)


INTEGER_FORMS: dict[str, Callable[[Operations, list[Num]], Num]] = {
    "min": _least,
    "max": _greatest,
    "clamp": _clamp,
    "abs": _abs,
    "floor": _floor,
    "ceil": _ceil,
    "trunc": _trunc,
    "mod": _mod,
    "sign": _sign,
}

# -- dates ----------------------------------------------------------------------------------------

DATES = {
    "days": False,
    "months": False,
    "years": False,
    "workdays": True,
    "year": False,
    "month": False,
    "day": False,
}
"""Functions of dates, and whether they can fault."""


def dated(to: Operations, function: str, codes: list[str]) -> Num:
    """A whole number from dates."""
    if function in ("year", "month", "day"):
        return Num(f"{codes[0]}.{function}", 1, POSITIVE)
    target = to.writer.fresh()
    to.writer.line(f"{target} = f_{function}({', '.join(codes)})")
    if DATES[function]:
        to.writer.put(f"if {target} is None:", [to.fault("calendar")])
    return Num(target, 1)
