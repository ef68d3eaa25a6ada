"""Facts about several subjects: which products, quotients, floors and functions grow with their operands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from .linear import ZERO, Lin, form_of
from .terms import Bit, Terms, Unknown

__all__ = ["compared_copies"]

NEGATIVE = Fraction(-1)

MOST_PAIRS = 400
"""The most pairs of each kind: facts cost time, and most pairs are copies of unrelated formulas."""


def compared_copies(terms: Terms, numbers: Sequence[int]) -> Iterator[Bit]:
    """Yield facts about pairs of unknowns that are of one kind.

    Args:
        terms: the unknowns.
        numbers: those that a question reaches.
    """
    reached = [terms.unknowns[number] for number in numbers]
    for first, second in _pairs([unknown for unknown in reached if unknown.whole is not None]):
        yield from _floors(terms, first, second)
    for first, second in _pairs([unknown for unknown in reached if unknown.quotient is not None]):
        for less, more in ((first, second), (second, first)):
            yield from _quotients(terms, less, more)
    for first, second in _pairs([unknown for unknown in reached if unknown.equation and unknown.quotient is None]):
        yield from _products(terms, first, second)
    for first, second in _pairs([unknown for unknown in reached if unknown.grows is not None]):
        for less, more in ((first, second), (second, first)):
            yield from _functions(terms, less, more)


def _functions(terms: Terms, less: Unknown, more: Unknown) -> Iterator[Bit]:
    """Yield the fact that a function grows with its arguments."""
    assert less.grows is not None
    assert more.grows is not None
    (name, arguments), (other_name, others) = less.grows, more.grows
    if name == other_name:
        signs = {1: "<=", -1: ">=", 0: "=="}
        pairs = zip(arguments, others, strict=True)
        asked = [terms.compare(signs[trend], one, other) for (one, trend), (other, _) in pairs]
        yield terms.implies(terms.all(asked), terms.atom("le", _form(less).minus(_form(more))))


def _pairs(unknowns: Sequence[Unknown]) -> Sequence[tuple[Unknown, Unknown]]:
    return list(combinations(unknowns, 2))[:MOST_PAIRS]


def _form(unknown: Unknown) -> Lin:
    return form_of(unknown.number)


def _floors(terms: Terms, first: Unknown, second: Unknown) -> Iterator[Bit]:
    for less, more in ((first, second), (second, first)):
        assert less.whole is not None
        assert more.whole is not None
        grows = terms.compare("<=", less.whole, more.whole)
        yield terms.implies(grows, terms.atom("le", _form(less).minus(_form(more))))


def _quotients(terms: Terms, less: Unknown, more: Unknown) -> Iterator[Bit]:
    """Yield the fact that a quotient is not above another with a greater dividend or a smaller positive divisor."""
    assert less.quotient is not None
    assert more.quotient is not None
    (x, y), (u, v) = (_with_positive(terms, *found) for found in (less.quotient, more.quotient))
    same = terms.compare("==", y, v)
    smaller = terms.all([terms.compare(">=", u, ZERO), terms.compare(">=", y, v)])
    asked = [terms.compare(">", v, ZERO), terms.compare("<=", x, u), terms.any([same, smaller])]
    yield terms.implies(terms.all(asked), terms.atom("le", _form(less).minus(_form(more))))


def _with_positive(terms: Terms, dividend: Lin, divisor: Lin) -> tuple[Lin, Lin]:
    """Return the same quotient with a nonnegative divisor, if the divisor has one sign."""
    _, high = terms.range(divisor)
    return (
        (dividend.times(NEGATIVE), divisor.times(NEGATIVE)) if high is not None and high <= 0 else (dividend, divisor)
    )


def _products(terms: Terms, first: Unknown, second: Unknown) -> Iterator[Bit]:
    """Yield facts that order two products by their factors: with one in common, or with no negative one."""
    assert first.equation is not None
    assert second.equation is not None
    a, b = (first.equation.left, first.equation.right), (second.equation.left, second.equation.right)
    for x, y in (a, a[::-1]):
        for u, v in (b, b[::-1]):
            if y == v:
                for less, more, low, high in ((first, second, x, u), (second, first, u, x)):
                    is_less = terms.atom("le", _form(less).minus(_form(more)))
                    above = terms.all([terms.compare("<=", low, high), terms.compare(">=", y, ZERO)])
                    below = terms.all([terms.compare(">=", low, high), terms.compare("<=", y, ZERO)])
                    yield terms.implies(terms.any([above, below]), is_less)
                return
    lows = [terms.range(form)[0] for form in (*a, *b)]
    if all(low is not None and low >= 0 for low in lows):
        for less, more, factors, greater in ((first, second, a, b), (second, first, b, a)):
            grows = terms.all(terms.compare("<=", low, high) for low, high in zip(factors, greater, strict=True))
            yield terms.implies(grows, terms.atom("le", _form(less).minus(_form(more))))
