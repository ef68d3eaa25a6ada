"""Checks of leaves: constants outside the limits, and steps that miss their ends."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...diagnostics import Diagnostic, Span
from ...diagnostics.codes import At, scoring
from ...kernel.exact import to_text
from ...language.expressions import Expression
from ...language.expressions.tree import Name
from ...language.model import Amount, Cases, Criterion, Entered, Lookup, Measure, Points, Rate, Scale, Shape, Steps
from .facts import Facts

__all__ = ["check_constants", "check_entered"]

Given = tuple[str, Fraction, Span | None, str]
"""The part that gives points, the points, its place and its path."""


def check_constants(facts: Facts) -> Iterator[Diagnostic]:
    """Report constant points outside the limits, unless they are clamped."""
    parameters = {p.id: p.value for p in facts.rulebook.parameters if isinstance(p.value, Fraction)}
    for criterion in facts.rulebook.criteria():
        low, high = criterion.min, criterion.max
        if criterion.is_clamped:
            continue
        for what, points, span, path in _given(criterion, parameters):
            if (low is not None and points < low) or (high is not None and points > high):
                limits = " to ".join("…" if end is None else to_text(end) for end in (low, high))
                yield scoring.points_beyond_limits(At(span, path), criterion.id, what, to_text(points), limits)


def _given(criterion: Criterion, parameters: dict[str, Fraction]) -> Iterator[Given]:
    span, path = criterion.words.span, criterion.words.path
    match criterion.body:
        case Points(value=value):
            constant = _constant(value, parameters)
            if constant is not None:
                yield f"`{value.text}`", constant, value.span or span, f"{path}.points"
        case Rate(value=value):
            constant = _constant(value, parameters)
            if constant is not None and criterion.max is not None:
                yield f"`rate: {value.text}`", constant * criterion.max, value.span or span, f"{path}.rate"
        case Cases(rows=rows):
            for row in rows:
                if isinstance(row.gives, Amount):
                    factor = (criterion.max or Fraction(0)) if row.is_rate else Fraction(1)
                    yield "a case", row.gives.value * factor, row.gives.span or row.words.span or span, path
        case Measure(shape=shape):
            for what, points, where in _of_shape(shape, criterion.max):
                yield what, points, where or span, path


def _of_shape(shape: Shape, most: Fraction | None) -> Iterator[tuple[str, Fraction, Span | None]]:
    match shape:
        case Steps(rows=rows) | Lookup(rows=rows):
            for row in rows:
                if isinstance(row.gives, Amount):
                    factor = (most or Fraction(0)) if row.is_rate else Fraction(1)
                    yield "a row", row.gives.value * factor, row.gives.span or row.words.span
        case Scale(knots=knots):
            for x, points in knots:
                yield f"the scale at {to_text(x.value)}", points.value, points.span
        case _:
            count, points_each = len(shape.thresholds), shape.each
            yield f"{count} thresholds passed", count * points_each.value, points_each.span
            yield "no threshold passed", Fraction(0), points_each.span


def _constant(expression: Expression, parameters: dict[str, Fraction]) -> Fraction | None:
    if isinstance(expression.tree, Name):
        return parameters.get(expression.tree.id)
    value = expression.constant
    return value if isinstance(value, Fraction) else None


def check_entered(facts: Facts) -> Iterator[Diagnostic]:
    """Check steps, which are counted from zero, against the least and the most that can be entered."""
    for criterion in facts.rulebook.criteria():
        if not isinstance(criterion.body, Entered) or criterion.body.step is None:
            continue
        step = criterion.body.step
        for key, end in (("min", criterion.min), ("max", criterion.max)):
            if end is not None and step.value > 0 and (end / step.value).denominator != 1:
                at = At(step.span or criterion.words.span, f"{criterion.words.path}.entered")
                yield scoring.step_misses_the_end(at, criterion.id, to_text(step.value), key, to_text(end))
