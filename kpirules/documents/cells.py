"""What the cells of a CSV file mean: every one is a text, and the input it is for says of what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from ..kernel.exact import from_text, parse_text
from ..kernel.exact.grammar import QUOTIENT
from ..language.model import BooleanDomain, DateDomain, Domain, Input, ListDomain, NumberDomain

__all__ = ["Cell", "read_by", "typed"]

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
"""Digits in groups of three: where whole numbers are meant, `1.000` is a thousand to its writer."""

_QUOTIENT = re.compile(QUOTIENT)


class Cell(str):
    """The text of a cell, of which no input has said what it means."""

    __slots__ = ()


def read_by(inputs: Iterable[Input], cells: Mapping[str, object]) -> dict[str, object]:
    """What cells mean by the types of some inputs; what is no cell means what it is.

    Args:
        inputs: of a rulebook, or the fields of a list.
        cells: by input; of a list, its records.

    >>> read_by([Input("done", NumberDomain())], {"done": Cell("7"), "other": Cell("7")})
    {'done': Fraction(7, 1), 'other': '7'}
    """
    domains = {one.id: one.domain for one in inputs}
    found = {id_: _read(domains.get(id_), value) for id_, value in cells.items()}
    return {id_: value for id_, value in found.items() if value is not None}


def _read(domain: Domain | None, value: object) -> object:
    if isinstance(value, Cell):
        return str(value) if domain is None else typed(domain, value)
    if isinstance(value, tuple) and isinstance(domain, ListDomain):
        return tuple(read_by(domain.fields, one) if isinstance(one, Mapping) else one for one in value)
    return value


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
