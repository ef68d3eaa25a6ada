"""The definitions that names refer to."""

from __future__ import annotations

from attrs import frozen

__all__ = ["BUILT_IN", "PREFIXES", "Symbol"]


@frozen
class Symbol:
    """The definition that a name refers to, the same in a document and in all that it extends.

    Args:
        kind: name (an input, parameter, table, function, calendar or `let`), criterion, output, field, argument,
            variable, band, override, or built_in.
        id: its id.
        owner: of a field its list, of an argument its function or table, of a variable the place of its formula.
    """

    kind: str
    id: str
    owner: str = ""


PREFIXES = {
    "points": "the points of a criterion",
    "share": "the part of its max that a criterion earned",
    "max": "the most points of a criterion",
    "children": "the children of a group, as records with points, share, max and weight",
}
"""Words before the dot of a criterion."""

BUILT_IN = {
    "score": "the published score",
    "exact_score": "the score before rounding",
    "band": "the band",
    "item": "the record that is being computed",
    **PREFIXES,
}
"""Names that every rulebook has."""
