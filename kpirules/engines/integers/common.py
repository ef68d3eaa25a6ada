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


def added(build: Building, path: int, x: Ratio, y: Ratio) -> Ratio | None:
    """Return the sum of two fractions, or None if a common denominator is no smaller than the product of theirs.

    A denominator is often a choice of a few constants and of multiples of one number, as in the mean of quotients by
    the same total. Then a multiple of that number serves for all of them.

    Args:
        build: takes the steps.
        path: the flag under which they are added.
        x, y: numerators with denominators above zero.
    """
    x, y = ((above, _under(build, path, below)) for above, below in (x, y))
    leaves = [leaf for _, below in (x, y) for leaf in _leaves(build, below)]
    of = {step for _, step in leaves if step is not None}
    if len(leaves) > MOST_LEAVES or len(of) > 1 or any(constant < 1 for constant, _ in leaves):
        return None
    multiple = lcm(*(constant for constant, _ in leaves))
    (number,) = of or (build.integer(1),)
    zero, one = build.integer(0), build.integer(1)
    # A denominator of zero is never chosen.
    number = build.choose(build.compare("==", number, zero), one, number)
    most = multiple * build.steps[number].high
    if build.steps[number].low < 1 or most >= build.steps[x[1]].high * build.steps[y[1]].high:
        return None
    parts = [_product(build, above, _cofactor(build, below, multiple, number)) for above, below in (x, y)]
    return build.arithmetic("+", *parts), build.arithmetic("*", build.integer(multiple), number)


def _under(build: Building, path: int, number: int) -> int:
    """Return a denominator without the choices that a path has made."""
    step = build.steps[number]
    if step.operation == "select":
        flag, then, otherwise = step.operands
        for condition in _conditions(build, path):
            if build.implies(condition, flag) or build.implies(condition, build.negate(flag)):
                return _under(build, path, then if build.implies(condition, flag) else otherwise)
        return build.choose(flag, _under(build, path, then), _under(build, path, otherwise))
    if factors := _factors(build, number):
        return build.arithmetic("*", build.integer(factors[0]), _under(build, path, factors[1]))
    return number


def _conditions(build: Building, path: int) -> Iterator[int]:
    """Yield the flags that hold on a path."""
    yield path
    if build.steps[path].operation == "and":
        for one in build.steps[path].operands:
            yield from _conditions(build, one)


def _leaves(build: Building, number: int) -> Iterator[Leaf]:
    """Yield the possible values of a denominator."""
    step = build.steps[number]
    if step.operation == "select":
        for one in step.operands[1:]:
            yield from _leaves(build, one)
    elif (constant := build.constant(number)) is not None:
        yield constant, None
    elif factors := _factors(build, number):
        yield from ((factors[0] * constant, of) for constant, of in _leaves(build, factors[1]))
    else:
        yield 1, number


def _factors(build: Building, number: int) -> tuple[int, int] | None:
    """Return the constant factor of a product, and the other one."""
    step = build.steps[number]
    if step.operation == "*":
        for place, one in enumerate(step.operands):
            if (constant := build.constant(one)) is not None:
                return constant, step.operands[1 - place]
    return None


def _cofactor(build: Building, below: int, multiple: int, number: int, factor: int = 1) -> int:
    """Return the number that turns `factor` times a denominator into a multiple of another number."""
    step = build.steps[below]
    if step.operation == "select":
        flag, *ways = step.operands
        return build.choose(flag, *(_cofactor(build, one, multiple, number, factor) for one in ways))
    if (constant := build.constant(below)) is not None:
        return build.arithmetic("*", build.integer(multiple // (factor * constant)), number)
    if factors := _factors(build, below):
        return _cofactor(build, factors[1], multiple, number, factor * factors[0])
    return build.integer(multiple // factor)


def _product(build: Building, x: int, y: int) -> int:
    """Return a product with a cofactor: if that is a choice, a choice of products, whose interval is smaller."""
    a, b = build.steps[x], build.steps[y]
    if factors := _factors(build, x):
        return build.arithmetic("*", build.integer(factors[0]), _product(build, factors[1], y))
    if b.operation != "select":
        return build.arithmetic("*", x, y)
    flag, *ways = b.operands
    is_same = a.operation == "select" and a.operands[0] == flag
    numbers = a.operands[1:] if is_same else (x, x)
    return build.choose(flag, *(_product(build, one, other) for one, other in zip(numbers, ways, strict=True)))
