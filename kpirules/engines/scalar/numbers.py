"""Numbers in generated code: an integer numerator over a positive denominator, constant where it can be."""

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
    "pair",
    "quotient",
    "same",
]

ANY, NOT_NEGATIVE, POSITIVE = 0, 1, 2

WIDEST_DENOMINATOR = 1 << 256
"""Constant denominators up to which numbers are brought to a common one."""


@frozen
class Num:
    """A number as code.

    Args:
        n: its numerator; a name where it may be None for absent.
        d: its denominator, positive.
        sign: what is known of it: `ANY`, `NOT_NEGATIVE` or `POSITIVE`.
        is_optional: whether it may be absent.
        is_not_zero: whether it is known not to be zero, though its sign is not known.
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
    """A constant."""
    sign = POSITIVE if value > 0 else NOT_NEGATIVE if value == 0 else ANY
    return Num(literal(value.numerator), literal(value.denominator), sign)


def pair(value: Fraction) -> str:
    """A constant as its two integers, however wide."""
    return f"{literal(value.numerator)}, {literal(value.denominator)}"


def fixed(numbers: list[Num]) -> int | None:
    """The common constant denominator of some numbers, or None where there is none that is narrow."""
    found = 1
    for one in numbers:
        if not isinstance(one.d, int):
            return None
        found = lcm(found, one.d)
    return found if found < WIDEST_DENOMINATOR or len({one.d for one in numbers}) == 1 else None


def over(x: Num, denominator: int) -> Code:
    """The numerator of a number over a multiple of its constant denominator."""
    assert isinstance(x.d, int)
    return times(x.n, denominator // x.d)


def same(x: Num, y: Num) -> tuple[Code, Code]:
    """The numerators of two numbers brought to a common denominator, for comparing them."""
    if x.d == y.d:
        return x.n, y.n
    if isinstance(x.d, int) and isinstance(y.d, int):
        common = lcm(x.d, y.d)
        return over(x, common), over(y, common)
    return times(x.n, y.d), times(y.n, x.d)


def compare(sign: str, x: Num, y: Num) -> str:
    """A comparison as code; `True` or `False` where what is known of signs decides it."""
    if isinstance(x.n, int) and not isinstance(y.n, int):
        x, y, sign = y, x, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    if y.n == 0 and (known := _beside_zero(sign, x)) is not None:
        return str(known)
    a, b = same(x, y)
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
    """How a comparison with zero comes out, None where its sign does not tell."""
    if sign in ("<", ">=") and x.sign >= NOT_NEGATIVE:
        return sign == ">="
    if (sign in ("<=", ">") and x.sign == POSITIVE) or (sign in ("==", "!=") and is_never_zero(x)):
        return sign in (">", "!=")
    return None


def is_never_zero(x: Num) -> bool:
    return x.sign == POSITIVE or x.is_not_zero


def learnt(x: Num, sign: str) -> Num:
    """A number of which a comparison with zero holds."""
    if sign == ">" or (sign == "!=" and x.sign >= NOT_NEGATIVE):
        return evolve(x, sign=POSITIVE)
    if sign in ("!=", "<"):
        return evolve(x, is_not_zero=True)
    return evolve(x, sign=max(x.sign, NOT_NEGATIVE)) if sign == ">=" else x


def either(writer: Writer, condition: str, x: Num, y: Num) -> Num:
    """`x` where a condition holds, else `y`."""
    common, sign = fixed([x, y]), min(x.sign, y.sign)
    if common is not None:
        return Num(writer.hold(f"{over(x, common)} if {condition} else {over(y, common)}"), common, sign)
    target = writer.fresh()
    writer.put(f"if {condition}:", [f"{target} = {x.n}; {target}d = {x.d}"])
    writer.put("else:", [f"{target} = {y.n}; {target}d = {y.d}"])
    return Num(target, f"{target}d", sign)


def add(writer: Writer, x: Num, y: Num, sign: str = "+") -> Num:
    """The sum or difference."""
    known = max(x.sign, y.sign) if sign == "+" and min(x.sign, y.sign) >= NOT_NEGATIVE else ANY
    if x.d == y.d:
        return Num(plus(x.n, y.n, sign), x.d, known)
    if (common := fixed([x, y])) is not None:
        return Num(plus(over(x, common), over(y, common), sign), common, known)
    x, y = evolve(x, d=writer.hold(x.d)), evolve(y, d=writer.hold(y.d))
    n = plus(times(x.n, y.d), times(y.n, x.d), sign)
    return Num(n, times(x.d, y.d), known)


def multiply(x: Num, y: Num) -> Num:
    """The product; constants are reduced against each other."""
    known = min(x.sign, y.sign)
    return Num(*_reduced([x.n, y.n], [x.d, y.d]), known)


def _reduced(above: list[Code], below: list[Code]) -> tuple[Code, Code]:
    """Products above and below a line, their constant factors in lowest terms."""
    top, bottom = 1, 1
    for one in above:
        top *= one if isinstance(one, int) else 1
    for one in below:
        bottom *= one if isinstance(one, int) else 1
    if top == 0:
        return 0, 1
    shared = gcd(top, bottom)
    n: Code = 1
    for one in above:
        n = n if isinstance(one, int) else times(n, one)
    d: Code = 1
    for one in below:
        d = d if isinstance(one, int) else times(d, one)
    return times(n, top // shared), times(d, bottom // shared)


def quotient(writer: Writer, x: Num, y: Num) -> Num:
    """The quotient by a number that is not zero."""
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
