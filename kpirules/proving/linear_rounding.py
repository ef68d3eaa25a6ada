"""Rounding as a variable: the multiple that a mode chooses."""

from __future__ import annotations

from fractions import Fraction

from ..exact import round_multiple
from ..model import Interval
from .linear_forms import ONE, ZERO, Form, constant
from .linear_model import Model

__all__ = ["before", "rounded"]


def rounded(model: Model, form: Form, step: Fraction, mode: str) -> Form:
    """The multiple of a step that a mode chooses."""
    scaled = form.times(1 / step)
    n, d = scaled.times(Fraction(scaled.denominator)), scaled.denominator
    if d == 1:
        return form
    low, high = model.range(scaled)
    first, last = (int(round_multiple(Fraction(end, d), Fraction(1), mode)) for end in (low, high))
    k = model.computed(("rounded", scaled.key, mode), first, last, form)
    if first != last:
        _between(model, k, n, d, mode, low, high)
    return k.times(step)


def _between(model: Model, k: Form, n: Form, d: int, mode: str, low: int, high: int) -> None:
    """Constrain a multiple to the one that a mode chooses for n/d."""
    if mode.startswith("half"):
        # Ties are where this is 0 (to the lower side) or 2d; it lies in between everywhere else.
        rest = n.times(Fraction(2)).plus(constant(d)).minus(k.times(Fraction(2 * d)))
        if d % 2:
            open_below = ZERO
        elif mode == "half_even":
            half = model.computed(("half", k.key), low // (2 * d) - 1, high // (2 * d) + 1, n)
            odd = model.computed(("odd", k.key), 0, 1, n)
            model.within(k.minus(half.times(Fraction(2))).minus(odd), 0, 0)
            model.within(rest.minus(odd), 0, None)
            model.within(rest.plus(odd), None, 2 * d)
            return
        else:
            negative = ONE if high < 0 else ZERO if low >= 0 else model.compare(n, "<")
            open_below = negative if mode == "half_up" else model.opposite(negative)
        model.within(rest.minus(open_below), 0, None)
        model.within(rest.minus(open_below), None, 2 * d - 1)
        return
    rest = n.minus(k.times(Fraction(d)))
    negative = ONE if high < 0 else ZERO if low >= 0 else model.compare(n, "<")
    down = {"floor": ONE, "ceiling": ZERO, "down": model.opposite(negative), "up": negative}[mode]
    model.within(rest.plus(model.opposite(down).times(Fraction(d - 1))), 0, d - 1)


def before(interval: Interval, step: Fraction, mode: str) -> Interval:
    """The numbers that are rounded into a stretch."""
    lower, is_lower_open, upper, is_upper_open = None, False, None, False
    if interval.lower is not None:
        k = -((-interval.lower) // step)
        if interval.is_lower_open and k * step == interval.lower:
            k += 1
        lower, is_lower_open = _start(Fraction(k), step, mode)
    if interval.upper is not None:
        k = interval.upper // step
        if interval.is_upper_open and k * step == interval.upper:
            k -= 1
        upper, is_open = _start(Fraction(k + 1), step, mode)
        # What begins here belongs to the multiple above.
        is_upper_open = not is_open
    return Interval(lower, is_lower_open, upper, is_upper_open)


def _start(k: Fraction, step: Fraction, mode: str) -> tuple[Fraction, bool]:
    """Where the numbers begin that are rounded to a multiple or higher, and whether that itself is not one."""
    for place in ((k - 1) * step, (k - Fraction(1, 2)) * step, k * step):
        if round_multiple(place, step, mode) >= k * step:
            return place, False
        if round_multiple(place + step / 4, step, mode) >= k * step:
            return place, True
    raise AssertionError(k)
