"""Static bounds: the possible values of every operation of a plan, and the work it takes."""

from .bounding import bounds
from .result import Bound, Bounds, CriterionBound, Decided, PossibleFault, RatingBound, Untaken

__all__ = ["Bound", "Bounds", "CriterionBound", "Decided", "PossibleFault", "RatingBound", "Untaken", "bounds"]
