"""The one table of every mapping of a rulebook: reading, the editor's schema and the reference read it."""

from . import cohorts, criteria, inputs, rating
from .kinds import Key, Kind, Shape

__all__ = ["SHAPES", "Key", "Kind", "Shape"]

SHAPES: dict[str, Shape] = {
    shape.name: shape for shape in (*rating.SHAPES, *inputs.SHAPES, *criteria.SHAPES, *cohorts.SHAPES)
}
"""Every shape by name."""
