"""The limits of quotas: how many members of a group may have a band, in closed form."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from ....kernel.exact import round_places

__all__ = ["largest", "rounded"]

HALF = Fraction(1, 2)


def rounded(share: Fraction, base: int, mode: str) -> int:
    """Return a share of a base as a whole number of members.

    >>> rounded(Fraction(1, 5), 22, "down"), rounded(Fraction(1, 5), 22, "up")
    (4, 5)
    """
    return int(round_places(share * base, 0, mode))


def largest(share: Fraction, total: int, mode: str) -> int:
    """Return the largest x with x ≤ round(share · (total − x)): members who keep the band are not in the base.

    Args:
        share: the share of the base, at least 0.
        total: the base if all moved: its members, and all who have the band.
        mode: the rounding mode.

    Write r for the share, T for the total and y = r(T − x) ≥ 0, as x ≤ T. A whole x is at most round(y)

    - where parts are dropped (`down`, `floor`): exactly if x ≤ y, which is x ≤ rT/(1+r);
    - where parts count in full (`up`, `ceiling`): exactly if x − 1 < y, which is x < (1+rT)/(1+r);
    - where halves rise (`half_up`): exactly if x − 1/2 ≤ y, which is x ≤ (1/2+rT)/(1+r);
    - where halves fall (`half_down`): exactly if x − 1/2 < y, the same without its end;
    - where halves go to even (`half_even`): if x − 1/2 < y, and at x − 1/2 = y exactly if x is even.

    Each is one end of a ray, since the left side grows with x and the right side does not; so the largest whole
    number before the end is the answer, and every smaller one satisfies the rule too. At the end itself
    `half_even` takes an even number and leaves an odd one for the next below, which lies inside the ray. The
    answer is never above T: each end lies at T or before it wherever T ≥ 1, and before 1 where T = 0.

    >>> [largest(Fraction(1, 5), total, "down") for total in (4, 5, 6, 7, 12, 30, 35, 100)]
    [0, 0, 1, 1, 2, 5, 5, 16]
    """
    if mode in ("down", "floor"):
        return floor(share * total / (1 + share))
    if mode in ("up", "ceiling"):
        return ceil((1 + share * total) / (1 + share)) - 1
    end = (HALF + share * total) / (1 + share)
    if mode == "half_up":
        return floor(end)
    if mode == "half_even" and end.denominator == 1 and end.numerator % 2 == 0:
        return int(end)
    return ceil(end) - 1
