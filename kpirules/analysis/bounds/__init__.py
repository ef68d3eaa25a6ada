"""Static bounds: what every operation of a plan can come to on any valid subject, and what that takes."""

from .bounding import bounds
from .result import Bound, Bounds, CriterionBound, Decided, PossibleFault, RatingBound, Untaken

__all__ = ["Bound", "Bounds", "CriterionBound", "Decided", "PossibleFault", "RatingBound", "Untaken", "bounds"]
