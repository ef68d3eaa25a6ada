"""Compare two editions of a rulebook: what differs, what it means for ratings, and whose ratings differ.

Input: programs of two editions, and subjects. Output: a comparison, or the impact on those subjects.
It knows neither files nor the command line.
"""

from . import showing as showing  # registers the forms of what follows
from .by_part import ByPart, Part, compare_parts, impact_parts
from .comparison import Comparison, Difference, Edition, compare
from .differing import Change
from .meaning import Significance
from .population import Effect, Impact, Move, Refusal, impact

__all__ = [
    "ByPart",
    "Change",
    "Comparison",
    "Difference",
    "Edition",
    "Effect",
    "Impact",
    "Move",
    "Part",
    "Refusal",
    "Significance",
    "compare",
    "compare_parts",
    "impact",
    "impact_parts",
]
