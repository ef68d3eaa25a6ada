"""Compare two editions of a rulebook: what differs, what it means for ratings, and whose ratings differ.

Input: programs of two editions, and subjects. Output: a comparison, or the impact on those subjects; for one edition,
the decisions that subjects cover. It knows neither files nor the command line.
"""

from . import coverage_pages as coverage_pages  # registers the forms of what follows, as does the next line
from . import showing as showing
from .by_part import ByPart, Part, compare_parts, impact_parts
from .comparison import Comparison, Difference, Edition, compare
from .coverage import Coverage, coverage
from .decisions import Decision, Point
from .differing import Change
from .effects import Effect, Impact, Move, Refusal
from .population import impact
from .significance import Significance

__all__ = [
    "ByPart",
    "Change",
    "Comparison",
    "Coverage",
    "Decision",
    "Difference",
    "Edition",
    "Effect",
    "Impact",
    "Move",
    "Part",
    "Point",
    "Refusal",
    "Significance",
    "compare",
    "compare_parts",
    "coverage",
    "impact",
    "impact_parts",
]
