"""Sums of fractions over the least common denominator that their choices allow."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from .steps import Building

__all__ = ["added"]

Ratio = tuple[int, int]
"""A number by the steps of its numerator and its denominator."""

Leaf = tuple[int, int | None]
"""A possible value of a denominator: a constant, times a step if there is one."""

MOST_LEAVES = 16
"""Maximum number of values of a denominator that are treated separately."""


def added(to: Building, path: int, x: Ratio, y: Ratio) -> Ratio | None:
    """Return the sum of two fractions, or None if a common denominator is no smaller than the product of theirs.

    A denominator is often a choice of a few constants and of multiples of one number, as in the mean of quotients by
    the same total. Then a multiple of that number serves for all of them.

    Args:
        to: takes the steps.
        path: the flag under which they are added.
        x, y: numerators with denominators above zero.
    """
    x, y = ((above, _under(to, path, below)) for above, below in (x, y))
    leaves = [leaf for _, below in (x, y) for leaf in _leaves(to, below)]
    of = {step for _, step in leaves if step is not None}
    if len(leaves) > MOST_LEAVES or len(of) > 1 or any(constant < 1 for constant, _ in leaves):
        return None
    multiple = lcm(*(constant for constant, _ in leaves))
    (number,) = of or (to.integer(1),)
    zero, one = to.integer(0), to.integer(1)
    # A denominator of zero is never chosen.
    number = to.choose(to.compare("==", number, zero), one, number)
    most = multiple * to.steps[number].high
    if to.steps[number].low < 1 or most >= to.steps[x[1]].high * to.steps[y[1]].high:
        return None
    parts = [_product(to, above, _cofactor(to, below, multiple, number)) for above, below in (x, y)]
    return to.arithmetic("+", *parts), to.arithmetic("*", to.integer(multiple), number)


def _under(to: Building, path: int, number: int) -> int:
    """Return a denominator without the choices that a path has made."""
    step = to.steps[number]
    if step.operation == "select":
        flag, then, otherwise = step.operands
        for one in _conditions(to, path):
            if to.implies(one, flag) or to.implies(one, to.negate(flag)):
                return _under(to, path, then if to.implies(one, flag) else otherwise)
        return to.choose(flag, _under(to, path, then), _under(to, path, otherwise))
    if factors := _factors(to, number):
        return to.arithmetic("*", to.integer(factors[0]), _under(to, path, factors[1]))
    return number


def _conditions(to: Building, path: int) -> Iterator[int]:
    """Yield the flags that hold on a path."""
    yield path
    if to.steps[path].operation == "and":
        for one in to.steps[path].operands:
            yield from _conditions(to, one)


def _leaves(to: Building, number: int) -> Iterator[Leaf]:
    """Yield the possible values of a denominator."""
    step = to.steps[number]
    if step.operation == "select":
        for one in step.operands[1:]:
            yield from _leaves(to, one)
    elif (constant := to.constant(number)) is not None:
        yield constant, None
    elif factors := _factors(to, number):
        yield from ((factors[0] * constant, of) for constant, of in _leaves(to, factors[1]))
    else:
        yield 1, number


def _factors(to: Building, number: int) -> tuple[int, int] | None:
    """Return the constant factor of a product, and the other one."""
    step = to.steps[number]
    if step.operation == "*":
        for place, one in enumerate(step.operands):
            if (constant := to.constant(one)) is not None:
                return constant, step.operands[1 - place]
    return None


def _cofactor(to: Building, below: int, multiple: int, number: int, factor: int = 1) -> int:
    """Return the number that turns `factor` times a denominator into a multiple of another number."""
    step = to.steps[below]
    if step.operation == "select":
        flag, *ways = step.operands
        return to.choose(flag, *(_cofactor(to, one, multiple, number, factor) for one in ways))
    if (constant := to.constant(below)) is not None:
        return to.arithmetic("*", to.integer(multiple // (factor * constant)), number)
    if factors := _factors(to, below):
        return _cofactor(to, factors[1], multiple, number, factor * factors[0])
    return to.integer(multiple // factor)


def _product(to: Building, x: int, y: int) -> int:
    """Return a product with a cofactor: if that is a choice, a choice of products, whose interval is smaller."""
    a, b = to.steps[x], to.steps[y]
    if factors := _factors(to, x):
        return to.arithmetic("*", to.integer(factors[0]), _product(to, factors[1], y))
    if b.operation != "select":
        return to.arithmetic("*", x, y)
    flag, *ways = b.operands
    is_same = a.operation == "select" and a.operands[0] == flag
    numbers = a.operands[1:] if is_same else (x, x)
    return to.choose(flag, *(_product(to, one, other) for one, other in zip(numbers, ways, strict=True)))
