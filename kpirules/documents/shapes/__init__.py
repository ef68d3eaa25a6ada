"""The table of every mapping of a rulebook, used by the reader, the editor's schema and the reference."""

from . import appraisal, cohorts, criteria, inputs, rating
from .kinds import Key, Kind, Shape
from .rating import NEVER_MERGED

__all__ = ["NEVER_MERGED", "SHAPES", "Key", "Kind", "Shape"]

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (*rating.SHAPES, *inputs.SHAPES, *criteria.SHAPES, *cohorts.SHAPES, *appraisal.SHAPES)
}
"""Every shape by name."""
