"""The seven rounding modes, and rounding to places or to multiples."""

from collections.abc import Callable
from fractions import Fraction

from attrs import field, frozen

from .numbers import to_text

LARGEST_PLACES = 1_000


@frozen
class Mode:
    """A rounding mode: its name, meaning and rule.

    Args:
        name: As rulebooks write it.
        meaning: Its meaning, for people.
        rule: Maps a numerator and a positive denominator to the chosen integer.

    >>> MODE_TABLE["half_even"].rule(5, 2)
    2
    """

    name: str
    meaning: str
    rule: Callable[[int, int], int] = field(repr=False)


def _half_up(n: int, d: int) -> int:
    return (2 * n + d) // (2 * d) if n >= 0 else -((d - 2 * n) // (2 * d))


def _half_even(n: int, d: int) -> int:
    below, rest = divmod(n, d)
    return below + (2 * rest > d or (2 * rest == d and below % 2 == 1))


def _half_down(n: int, d: int) -> int:
    return -((d - 2 * n) // (2 * d)) if n >= 0 else (2 * n + d) // (2 * d)


def _up(n: int, d: int) -> int:
    return -(-n // d) if n >= 0 else n // d


def _down(n: int, d: int) -> int:
    return n // d if n >= 0 else -(-n // d)


def _ceiling(n: int, d: int) -> int:
    return -(-n // d)


def _floor(n: int, d: int) -> int:
    return n // d


MODE_TABLE: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("half_up", "to the nearest; ties away from zero", _half_up),
        Mode("half_even", "to the nearest; ties to the even neighbour", _half_even),
        Mode("half_down", "to the nearest; ties towards zero", _half_down),
        Mode("up", "away from zero", _up),
        Mode("down", "towards zero (the digits beyond are dropped)", _down),
        Mode("ceiling", "towards positive infinity", _ceiling),
        Mode("floor", "towards negative infinity", _floor),
    )
}
"""Every mode by name, in the order of the documentation."""

MODES: tuple[str, ...] = tuple(MODE_TABLE)
"""The names of the modes."""


def round_multiple(x: Fraction, to: Fraction, mode: str) -> Fraction:
    """Return a number rounded to a multiple of another.

    Args:
        x: The number.
        to: The positive step whose multiples are allowed.
        mode: One of `MODES`.

    Returns:
        The multiple of `to` that the mode chooses.

    Raises:
        ValueError: `to` is not positive, or no mode has that name.

    Rounding:
        This is the rounding of the language: exact, of the quotient `x / to`.

    >>> round_multiple(Fraction("7.25"), Fraction("0.5"), "half_up")
    Fraction(15, 2)
    """
    if to.numerator <= 0:
        raise ValueError(f"the multiple to round to is not positive: {to_text(to)}")
    if mode not in MODE_TABLE:
        raise ValueError(f"no rounding mode {mode!r}: there are {', '.join(MODES)}")
    chosen = MODE_TABLE[mode].rule(x.numerator * to.denominator, x.denominator * to.numerator)
    return Fraction(to.numerator * chosen, to.denominator)


def round_places(x: Fraction, places: int, mode: str) -> Fraction:
    """Return a number rounded to places after the decimal point.

    Args:
        x: The number.
        places: How many, at most 1,000; negative ones round to tens, hundreds, and so on.
        mode: One of `MODES`.

    Returns:
        The multiple of 10^-places that the mode chooses.

    Raises:
        ValueError: More than 1,000 places, or no mode has that name.

    Rounding:
        Exact: 89.995 to 2 places is a tie.

    >>> round_places(Fraction("89.995"), 2, "half_up")
    Fraction(90, 1)
    """
    return round_multiple(x, _step(places), mode)


def _step(places: int) -> Fraction:
    if abs(places) > LARGEST_PLACES:
        raise ValueError(f"{places} places are outside ±{LARGEST_PLACES:,}")
    return Fraction(1, 10**places) if places >= 0 else Fraction(10**-places)


@frozen
class Rounding:
    """A rounding as a rulebook writes it, to places or to a multiple.

    Args:
        places: Places after the point, or None where `to` is given.
        to: The step whose multiples are allowed, or None where `places` is given.
        mode: One of `MODES`.
        parameter: The name by which the rulebook gives the places or the step, or empty.

    Raises:
        ValueError: Both or neither of `places` and `to` are given, or one of the three is out of range.

    >>> Rounding(places=2, to=None, mode="half_up").apply(Fraction(2, 3))
    Fraction(67, 100)
    """

    places: int | None
    to: Fraction | None
    mode: str
    parameter: str = field(default="", eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if (self.places is None) == (self.to is None):
            raise ValueError("a rounding has either places or a multiple")
        self.apply(Fraction(0))

    def apply(self, x: Fraction) -> Fraction:
        """Return a number rounded.

        Args:
            x: The number.

        Returns:
            The allowed number that the mode chooses.

        >>> Rounding(places=None, to=Fraction(5), mode="floor").apply(Fraction(99))
        Fraction(95, 1)
        """
        return round_multiple(x, self.step, self.mode)

    @property
    def step(self) -> Fraction:
        """Distance between two allowed numbers.

        Returns:
            The multiple, or the power of ten for the places.

        >>> Rounding(places=-1, to=None, mode="up").step
        Fraction(10, 1)
        """
        return _step(self.places or 0) if self.to is None else self.to

    def describe(self) -> str:
        """Return this rounding in a few words.

        Returns:
            The step, and the mode.

        >>> Rounding(places=2, to=None, mode="half_up").describe()
        'to 2 places, half_up'
        """
        if self.to is not None:
            return f"to multiples of {to_text(self.to)}, {self.mode}"
        return f"to {self.places} {'place' if self.places == 1 else 'places'}, {self.mode}"
