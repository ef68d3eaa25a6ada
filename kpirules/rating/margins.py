"""The distances from a number to the bands around its own."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import lcm

from attrs import frozen

from ..kernel.exact import decimal_of
from ..language.model import Bands
from ..record import Margin

__all__ = ["Margins", "Ratio", "margins"]

Ratio = tuple[int, int]
"""A numerator and a positive denominator, not always in lowest terms."""

Ends = tuple[int | None, bool, int | None, bool]
"""A lower end and whether it is open, an upper end and whether it is open; None for no end."""


@frozen
class Margins:
    """The ends of bands, prepared for measuring.

    Args:
        ids: the ids of the bands, best first.
        unit: the common denominator of all ends.
        ends: the ends of each band, in units.
        can_differ: whether the banded number is a rounded score, so that the exact one may be in another band.
        overlap: which of several bands counts: `best` or `worst`; empty if undefined.
    """

    ids: tuple[str, ...]
    unit: int
    ends: tuple[Ends, ...]
    can_differ: bool
    overlap: str = ""

    def of(self, band: str, banded_on: Ratio, exact: Ratio | None) -> Margin:
        """Return the margin of a rating.

        Args:
            band: the band by the number and requirements alone.
            banded_on: the banded number.
            exact: the score before rounding, if there is one.
        """
        place = self.ids.index(band)
        n, d = banded_on[0] * self.unit, banded_on[1]
        own_ends = self.ends[place] if _holds(self.ends[place], n, d) else None
        # If the worst of several bands counts, a better one begins where this one ends; and the reverse.
        first = place if self.overlap == "worst" else self._reached(place, n, d)
        above = own_ends if self.overlap == "worst" else None
        below = own_ends if self.overlap == "best" else None
        up, is_up_open, better = self._nearest(range(first - 1, -1, -1), n, d, above)
        down, is_down_open, worse = self._nearest(range(place + 1, len(self.ids)), n, d, below)
        decided = False
        if self.can_differ and exact is not None:
            m, e = exact[0] * self.unit, exact[1]
            decided = any(_holds(ends, n, d) != _holds(ends, m, e) for ends in self.ends)
        return Margin(up, down, decided, better, worse, is_up_open, is_down_open)

    def inside(self, n: int, d: int) -> tuple[str, ...]:
        """Return the bands whose interval contains the number n/d."""
        scaled = n * self.unit
        return tuple(id_ for id_, ends in zip(self.ids, self.ends, strict=True) if _holds(ends, scaled, d))

    def _reached(self, place: int, n: int, d: int) -> int:
        """Return the index of the best band that the number reaches, even if its requirements fail.

        Only better bands are further up: a subject that failed a band's requirement does not lack any number. A band
        without ends needs no number.
        """
        holding = (index for index in range(place) if _has_end(self.ends[index]) and _holds(self.ends[index], n, d))
        return next(holding, place)

    def _nearest(
        self, places: range, n: int, d: int, covering: Ends | None
    ) -> tuple[Decimal | Fraction | None, bool, str]:
        """Return the distance to the nearest of some bands, whether its end is excluded, and the band.

        A band that contains the number is no neighbour, except for its part outside a covering band. At equal
        distances, a band that includes its end is nearer.
        """
        nearest: tuple[int, bool] | None = None
        found = ""
        for place in places:
            ends = self.ends[place]
            for stretch in [ends] if covering is None else _outside(ends, covering):
                if _holds(stretch, n, d):
                    continue
                distance = _distance(stretch, n, d)
                if nearest is None or distance < nearest:
                    nearest, found = distance, self.ids[place]
        return (None, False, "") if nearest is None else (decimal_of(nearest[0], d * self.unit), nearest[1], found)


def _has_end(ends: Ends) -> bool:
    return ends[0] is not None or ends[2] is not None


def _holds(ends: Ends, n: int, d: int) -> bool:
    low, is_low_open, high, is_high_open = ends
    if low is not None and (n < low * d or (is_low_open and n == low * d)):
        return False
    return high is None or not (n > high * d or (is_high_open and n == high * d))


def _distance(ends: Ends, n: int, d: int) -> tuple[int, bool]:
    """Return the distance from a number to the nearer end of a band, and whether that end is excluded."""
    low, is_low_open, high, is_high_open = ends
    if low is not None and (high is None or n <= low * d):
        return low * d - n, is_low_open
    assert high is not None, "a number outside a band is beyond one of its ends"
    return n - high * d, is_high_open


def _outside(ends: Ends, covering: Ends) -> list[Ends]:
    """Return the parts of a band below and above a covering band."""
    low, is_low_open, high, is_high_open = ends
    first, is_first_open, last, is_last_open = covering
    found: list[Ends] = []
    if first is not None:
        cuts = (first, is_first_open) if high is None else min((first, is_first_open), (high, not is_high_open))
        found.append((low, is_low_open, cuts[0], not cuts[1]))
    if last is not None:
        cuts = (last, not is_last_open) if low is None else max((last, not is_last_open), (low, is_low_open))
        found.append((cuts[0], cuts[1], high, is_high_open))
    return [part for part in found if not _is_empty(part)]


def _is_empty(ends: Ends) -> bool:
    low, is_low_open, high, is_high_open = ends
    return low is not None and high is not None and (low, is_low_open or is_high_open) >= (high, True)


def margins(bands: Bands, *, can_differ: bool) -> Margins:
    """Return the margins of a rulebook's bands.

    Args:
        bands: the rating scale.
        can_differ: whether the banded number is a rounded score.
    """
    stretches = [band.interval for band in bands.levels]
    unit = lcm(
        *(end.denominator for stretch in stretches for end in (stretch.lower, stretch.upper) if end is not None)
    )

    def units(end: Fraction | None) -> int | None:
        return None if end is None else int(end * unit)

    ends = tuple(
        (units(stretch.lower), stretch.is_lower_open, units(stretch.upper), stretch.is_upper_open)
        for stretch in stretches
    )
    return Margins(bands.ids, unit, ends, can_differ, bands.overlap or "")
