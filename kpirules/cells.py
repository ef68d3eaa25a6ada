"""What the cells of a CSV file mean: every one is a text, and the input it is for says of what."""

from __future__ import annotations

import re
from fractions import Fraction

from .exact import from_text, parse_text
from .model import BooleanDomain, DateDomain, Domain, NumberDomain

__all__ = ["typed"]

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
"""Digits in groups of three: where whole numbers are meant, `1.000` is a thousand to its writer."""

_QUOTIENT = re.compile(r"-?[0-9]+/[0-9]+")


def typed(domain: Domain, cell: str) -> object:
    """What a cell means; one that means nothing stays a text, and assessing reports it.

    Args:
        domain: of the input.
        cell: its text.

    Returns:
        None where the cell is empty: the input is not given.

    >>> typed(NumberDomain(), "140/3"), typed(BooleanDomain(), "true"), typed(NumberDomain(), "")
    (Fraction(140, 3), True, None)
    """
    bare = cell.strip()
    match domain:
        case NumberDomain(is_integer=True) if _GROUPED.fullmatch(bare):
            return bare
        case NumberDomain():
            return _number(bare) if bare else None
        case BooleanDomain():
            return {"true": True, "false": False, "": None}.get(bare.lower(), bare)
        case DateDomain():
            return bare or None
        case _:
            return str(cell) or None


def _number(cell: str) -> Fraction | str:
    try:
        number = parse_text(cell) if _QUOTIENT.fullmatch(cell) else from_text(cell)
    except ValueError:
        return cell
    return cell if number is None else number
