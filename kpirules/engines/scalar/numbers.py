"""Numbers in generated code: an integer numerator over a positive denominator, constant if possible."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm

from attrs import evolve, frozen

from .writing import Code, Writer, literal, plus, times

__all__ = [
    "Num",
    "add",
    "compare",
    "either",
    "fixed",
    "is_never_zero",
    "learnt",
    "multiply",
    "number",
    "over_common_denominator",
    "pair",
    "quotient",
]

ANY, NOT_NEGATIVE, POSITIVE = 0, 1, 2

MAX_DENOMINATOR = 1 << 256
"""The largest constant denominator that numbers are brought to."""


@frozen
class Num:
    """A number as code.

    Args:
        n: its numerator; a name if it may be None for absent.
        d: its denominator, positive.
        sign: the known sign: `ANY`, `NOT_NEGATIVE` or `POSITIVE`.
        is_optional: whether it may be absent.
        is_not_zero: whether it is known to be nonzero although its sign is unknown.
    """

    n: Code
    d: Code = 1
    sign: int = ANY
    is_optional: bool = False
    is_not_zero: bool = False

    @property
    def present(self) -> Num:
        return evolve(self, is_optional=False)


def number(value: Fraction) -> Num:
    """Return a constant."""
    sign = POSITIVE if value > 0 else NOT_NEGATIVE if value == 0 else ANY
    return Num(literal(value.numerator), literal(value.denominator), sign)


def pair(value: Fraction) -> str:
    """Return a constant as its two integers, however wide."""
    return f"{literal(value.numerator)}, {literal(value.denominator)}"


def fixed(numbers: list[Num]) -> int | None:
    """Return the common constant denominator of some numbers, or None if it would be too wide."""
    found = 1
    for number in numbers:
        if not isinstance(number.d, int):
            return None
        found = lcm(found, number.d)
    return found if found < MAX_DENOMINATOR or len({number.d for number in numbers}) == 1 else None


def over(x: Num, denominator: int) -> Code:
    """Return the numerator of a number over a multiple of its constant denominator."""
    assert isinstance(x.d, int)
    return times(x.n, denominator // x.d)


def over_common_denominator(x: Num, y: Num) -> tuple[Code, Code]:
    """Return the numerators of two numbers over a common denominator, for comparison."""
    if x.d == y.d:
        return x.n, y.n
    if isinstance(x.d, int) and isinstance(y.d, int):
        common = lcm(x.d, y.d)
        return over(x, common), over(y, common)
    return times(x.n, y.d), times(y.n, x.d)


def compare(sign: str, x: Num, y: Num) -> str:
    """Return a comparison as code; `True` or `False` if the known signs decide it."""
    if isinstance(x.n, int) and not isinstance(y.n, int):
        x, y, sign = y, x, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    if y.n == 0 and (known := _beside_zero(sign, x)) is not None:
        return str(known)
    a, b = over_common_denominator(x, y)
    if isinstance(a, int) and isinstance(b, int):
        return str(COMPARE[sign](a, b))
    if b == 0 and sign == "==":
        return f"(not {a})"
    return f"({a} {sign} {b})"


COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _beside_zero(sign: str, x: Num) -> bool | None:
    """Return the outcome of a comparison with zero, None if the sign does not decide it."""
    if sign in ("<", ">=") and x.sign >= NOT_NEGATIVE:
        return sign == ">="
    if (sign in ("<=", ">") and x.sign == POSITIVE) or (sign in ("==", "!=") and is_never_zero(x)):
        return sign in (">", "!=")
    return None


def is_never_zero(x: Num) -> bool:
    return x.sign == POSITIVE or x.is_not_zero


def learnt(x: Num, sign: str) -> Num:
    """Return a number, given that its comparison with zero holds."""
    if sign == ">" or (sign == "!=" and x.sign >= NOT_NEGATIVE):
        return evolve(x, sign=POSITIVE)
    if sign in ("!=", "<"):
        return evolve(x, is_not_zero=True)
    return evolve(x, sign=max(x.sign, NOT_NEGATIVE)) if sign == ">=" else x


def either(writer: Writer, condition: str, x: Num, y: Num) -> Num:
    """Return `x` if a condition holds, else `y`."""
    common, sign = fixed([x, y]), min(x.sign, y.sign)
    if common is not None:
        return Num(writer.hold(f"{over(x, common)} if {condition} else {over(y, common)}"), common, sign)
    target = writer.fresh()
    writer.put(f"if {condition}:", [f"{target} = {x.n}; {target}d = {x.d}"])
    writer.put("else:", [f"{target} = {y.n}; {target}d = {y.d}"])
    return Num(target, f"{target}d", sign)


def add(writer: Writer, x: Num, y: Num, sign: str = "+") -> Num:
    """Return the sum or difference."""
    known = max(x.sign, y.sign) if sign == "+" and min(x.sign, y.sign) >= NOT_NEGATIVE else ANY
    if x.d == y.d:
        return Num(plus(x.n, y.n, sign), x.d, known)
    if (common := fixed([x, y])) is not None:
        return Num(plus(over(x, common), over(y, common), sign), common, known)
    x, y = evolve(x, d=writer.hold(x.d)), evolve(y, d=writer.hold(y.d))
    n = plus(times(x.n, y.d), times(y.n, x.d), sign)
    return Num(n, times(x.d, y.d), known)


def multiply(x: Num, y: Num) -> Num:
    """Return the product; constants are reduced against each other."""
    known = min(x.sign, y.sign)
    return Num(*_reduced([x.n, y.n], [x.d, y.d]), known)


def _reduced(above: list[Code], below: list[Code]) -> tuple[Code, Code]:
    """Return products above and below the fraction bar, with constant factors in lowest terms."""
    top, bottom = 1, 1
    for factor in above:
        top *= factor if isinstance(factor, int) else 1
    for factor in below:
        bottom *= factor if isinstance(factor, int) else 1
    if top == 0:
        return 0, 1
    shared = gcd(top, bottom)
    n: Code = 1
    for factor in above:
        n = n if isinstance(factor, int) else times(n, factor)
    d: Code = 1
    for factor in below:
        d = d if isinstance(factor, int) else times(d, factor)
    return times(n, top // shared), times(d, bottom // shared)


def quotient(writer: Writer, x: Num, y: Num) -> Num:
    """Return the quotient by a nonzero number."""
    known = min(x.sign, y.sign)
    if isinstance(y.n, int):
        if y.n < 0:
            return quotient(writer, Num(plus(0, x.n, "-"), x.d), Num(-y.n, y.d, POSITIVE))
        return Num(*_reduced([x.n, y.d], [x.d, y.n]), known)
    n, d = _reduced([x.n, y.d], [x.d, y.n])
    if y.sign >= NOT_NEGATIVE:
        return Num(n, writer.hold(d), known)
    top, bottom = writer.fresh(), writer.fresh()
    writer.line(f"{top} = {n}; {bottom} = {d}")
    with writer.block(f"if {bottom} < 0:"):
        writer.line(f"{top} = -{top}; {bottom} = -{bottom}")
    return Num(top, bottom)
