"""From a measured value to points: step tables, scales, thresholds, look-ups."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from ..exact import to_text
from ..expressions import Fault, UndefinedRow
from ..model import Amount, Lookup, Row, Scale, Shape, Steps, Thresholds

__all__ = ["describe", "look_up"]


def look_up(
    shape: Shape, x: Fraction | str | bool, place: str, most: Fraction | None = None
) -> tuple[Fraction | str, str]:
    """What a shape gives for a value, and the row in words.

    Args:
        shape: the rows.
        x: the measured number, option or boolean.
        place: the way to the shape through the document, for an undefined row.
        most: the criterion's max, for rows that give a rate.

    Raises:
        UndefinedRow: where the row says that the regulation does not tell.
        Fault: `scale`, where no row or stretch holds the value.
    """
    match shape:
        case Steps(rows=rows):
            assert isinstance(x, Fraction)
            for row in rows:
                if row.holds(x):
                    return _give(row, place, most)
            raise Fault("scale", f"{to_text(x)} is in no row")
        case Lookup(rows=rows):
            named = [row for row in rows if row.option == x and not row.is_rest]
            rest = [row for row in rows if row.is_rest]
            return _give([*named, *rest][0], place, most)
        case Thresholds(comparison=comparison, thresholds=thresholds, each=each):
            assert isinstance(x, Fraction)
            passed = sum(_passes(x, comparison, threshold.value) for threshold in thresholds)
            return passed * each.value, f"{passed} of {len(thresholds)} thresholds"
        case Scale():
            assert isinstance(x, Fraction)
            return _interpolate(shape, x)


def _give(row: Row, place: str, most: Fraction | None) -> tuple[Fraction | str, str]:
    if row.gives is None:
        raise UndefinedRow(f"{place}: {describe(row)}")
    if isinstance(row.gives, str):
        return row.gives, describe(row)
    if row.is_rate:
        assert most is not None
        return row.gives.value * most, describe(row)
    return row.gives.value, describe(row)


def _passes(x: Fraction, comparison: str, threshold: Fraction) -> bool:
    match comparison:
        case "above":
            return x > threshold
        case "from":
            return x >= threshold
        case "below":
            return x < threshold
        case _:
            return x <= threshold


def _interpolate(scale: Scale, x: Fraction) -> tuple[Fraction, str]:
    knots = [(at.value, gives.value) for at, gives in scale.knots]
    first, last = knots[0], knots[-1]
    for beyond, (at, gives) in ((x < first[0], first), (x > last[0], last)):
        if beyond:
            if scale.is_clamped:
                return gives, f"beyond the end at {to_text(at)}"
            raise Fault(
                "scale",
                f"{to_text(x)} is outside the scale from {to_text(first[0])} to {to_text(last[0])}",
            )
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x <= x1:
            break
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0), f"between {to_text(x0)} and {to_text(x1)}"


def describe(row: Row) -> str:
    """The condition of a row in the words of the rulebook.

    >>> describe(Row(lower=Amount(Fraction(90)), upper=Amount(Fraction(95)), is_upper_open=True))
    'from 90 below 95'
    """
    if row.equals is not None:
        return f"equals {to_text(row.equals.value)}"
    if row.option is not None:
        return str(row.option).lower() if isinstance(row.option, bool) else row.option
    ends = []
    if row.lower is not None:
        ends.append(f"{'above' if row.is_lower_open else 'from'} {to_text(row.lower.value)}")
    if row.upper is not None:
        ends.append(f"{'below' if row.is_upper_open else 'to'} {to_text(row.upper.value)}")
    return " ".join(ends) or "otherwise"
