"""The cells of a CSV file: texts whose meaning depends on the input of their column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from ..kernel.exact import from_text, parse_text
from ..kernel.exact.grammar import QUOTIENT
from ..language.model import BooleanDomain, DateDomain, Domain, Input, ListDomain, NumberDomain

__all__ = ["Cell", "read_by", "typed"]

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
"""Digits in groups of three: for a whole number, `1.000` is probably meant as a thousand."""

_QUOTIENT = re.compile(QUOTIENT)


class Cell(str):
    """The text of a cell, not yet read as a value of an input."""

    __slots__ = ()


def read_by(inputs: Iterable[Input], cells: Mapping[str, object]) -> dict[str, object]:
    """Return the values of cells by the types of their inputs; other values are unchanged.

    Args:
        inputs: the inputs of a rulebook, or the fields of a list.
        cells: cells by input; for a list, its records.

    >>> read_by([Input("done", NumberDomain())], {"done": Cell("7"), "other": Cell("7")})
    {'done': Fraction(7, 1), 'other': '7'}
    """
    domains = {input_.id: input_.domain for input_ in inputs}
    found = {id_: _read(domains.get(id_), value) for id_, value in cells.items()}
    return {id_: value for id_, value in found.items() if value is not None}


def _read(domain: Domain | None, value: object) -> object:
    if isinstance(value, Cell):
        return str(value) if domain is None else typed(domain, value)
    if isinstance(value, tuple) and isinstance(domain, ListDomain):
        return tuple(read_by(domain.fields, record) if isinstance(record, Mapping) else record for record in value)
    return value


def typed(domain: Domain, cell: str) -> object:
    """Return the value of a cell; one that can't be read stays a text, and assessing reports it.

    Args:
        domain: the domain of the input.
        cell: the text of the cell.

    Returns:
        None for an empty cell: the input is absent.

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
