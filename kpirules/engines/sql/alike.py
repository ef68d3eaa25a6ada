"""Problems of cells that all variants and editions find alike: a query looks for them once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

from ...language.model import NumberDomain
from ..integers import IntegerProgram
from .answers import of_cells
from .cells import Reading, add_problems, column_of
from .dialects import Dialect
from .numbers import unit_of
from .tables import Table
from .terms import Terms

__all__ = ["common", "leading"]

OWN = "\0"
"""The integer of a cell that only some rules read."""


def leading(
    dialect: Dialect, program: IntegerProgram, before: Mapping[str, str], skipped: Collection[str]
) -> list[tuple[str, str]]:
    """Return the problems of cells that come before those of inputs that only some rules read.

    Args:
        dialect: the forms of the database.
        program: the rules.
        before: the columns with the integers of inputs that all rules read alike, by input.
        skipped: the inputs whose cells they do not read.
    """
    read, terms = Reading(Table(""), Table(""), Table("")), Terms(program, dialect, [], set())
    for variable in program.inputs:
        if variable.id in skipped:
            continue
        is_whole = not isinstance(variable.domain, NumberDomain) or unit_of(variable.domain) == (1, 1)
        is_alike = variable.id in before and is_whole
        read.values[variable.id] = terms.name(before[variable.id]) if is_alike else OWN
        add_problems(terms, variable, variable.id, terms.name(column_of(variable)), read)
    return list(takewhile(lambda found: OWN not in found[0], of_cells(terms, read)))


def common(lists: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Return the longest common prefix of several lists.

    Args:
        lists: at least one.
    """
    pairs = takewhile(lambda same: len(set(same)) == 1, zip(*lists, strict=False))
    return [same[0] for same in pairs]
