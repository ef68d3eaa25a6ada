"""How far a number is from the bands around the one it is in."""

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
    """The ends of bands, ready to be measured from.

    Args:
        ids: of the bands, best first.
        unit: the common denominator of all ends.
        ends: of each band, in units.
        can_differ: whether the number banded on is a rounded score, so that the exact one may be elsewhere.
        overlap: which of several bands a number is in: `best` or `worst`; empty where that is undefined.
    """

    ids: tuple[str, ...]
    unit: int
    ends: tuple[Ends, ...]
    can_differ: bool
    overlap: str = ""

    def of(self, band: str, banded_on: Ratio, exact: Ratio | None) -> Margin:
        """The margin of a rating.

        Args:
            band: what the number alone gave, with the requirements of bands.
            banded_on: the number.
            exact: the score before it was rounded, where there is one.
        """
        place = self.ids.index(band)
        n, d = banded_on[0] * self.unit, banded_on[1]
        own = self.ends[place] if _holds(self.ends[place], n, d) else None
        # Where the worst of several bands counts, a better one begins where this one ends; and the other way round.
        first = place if self.overlap == "worst" else self._reached(place, n, d)
        above = own if self.overlap == "worst" else None
        below = own if self.overlap == "best" else None
        up, is_up_open, better = self._nearest(range(first - 1, -1, -1), n, d, above)
        down, is_down_open, worse = self._nearest(range(place + 1, len(self.ids)), n, d, below)
        decided = False
        if self.can_differ and exact is not None:
            m, e = exact[0] * self.unit, exact[1]
            decided = any(_holds(ends, n, d) != _holds(ends, m, e) for ends in self.ends)
        return Margin(up, down, decided, better, worse, is_up_open, is_down_open)

    def inside(self, n: int, d: int) -> tuple[str, ...]:
        """The bands whose stretch of the scale holds the number n/d."""
        scaled = n * self.unit
        return tuple(id_ for id_, ends in zip(self.ids, self.ends, strict=True) if _holds(ends, scaled, d))

    def _reached(self, place: int, n: int, d: int) -> int:
        """The best band that the number reaches, be it kept from it by a requirement.

        Only what is better still is further up: who fell past a band is not short of it by any number.
        One without ends asks for no number.
        """
        holding = (one for one in range(place) if _has_end(self.ends[one]) and _holds(self.ends[one], n, d))
        return next(holding, place)

    def _nearest(
        self, places: range, n: int, d: int, covering: Ends | None
    ) -> tuple[Decimal | Fraction | None, bool, str]:
        """The distance to the nearest of some bands, whether its end is excluded, and the band.

        A band that holds the number is no neighbour, but for what of it lies outside a band that covers it. At equal
        distances, one that includes its end is nearer.
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
    """How far a number outside a band is from its nearer end, and whether that end is excluded."""
    low, is_low_open, high, is_high_open = ends
    if low is not None and (high is None or n <= low * d):
        return low * d - n, is_low_open
    assert high is not None, "a number is outside, so there is an end"
    return n - high * d, is_high_open


def _outside(ends: Ends, covering: Ends) -> list[Ends]:
    """What of a band lies below and above a band that covers it."""
    low, is_low_open, high, is_high_open = ends
    first, is_first_open, last, is_last_open = covering
    found: list[Ends] = []
    if first is not None:
        cuts = (first, is_first_open) if high is None else min((first, is_first_open), (high, not is_high_open))
        found.append((low, is_low_open, cuts[0], not cuts[1]))
    if last is not None:
        cuts = (last, not is_last_open) if low is None else max((last, not is_last_open), (low, is_low_open))
        found.append((cuts[0], cuts[1], high, is_high_open))
    return [one for one in found if not _is_empty(one)]


def _is_empty(ends: Ends) -> bool:
    low, is_low_open, high, is_high_open = ends
    return low is not None and high is not None and (low, is_low_open or is_high_open) >= (high, True)


def margins(bands: Bands, *, can_differ: bool) -> Margins:
    """The ends of the bands of a rulebook.

    Args:
        bands: the rating scale.
        can_differ: whether what is banded is a rounded score.
    """
    stretches = [band.interval for band in bands.levels]
    unit = lcm(*(end.denominator for one in stretches for end in (one.lower, one.upper) if end is not None))

    def units(end: Fraction | None) -> int | None:
        return None if end is None else int(end * unit)

    ends = tuple((units(one.lower), one.is_lower_open, units(one.upper), one.is_upper_open) for one in stretches)
    return Margins(bands.ids, unit, ends, can_differ, bands.overlap or "")
