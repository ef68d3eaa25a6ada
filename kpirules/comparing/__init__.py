"""Two editions of a rulebook: what differs, what it means for ratings, and who is rated otherwise."""

from .comparison import Comparison, Difference, Edition, compare
from .differing import Change
from .meaning import Significance
from .population import Effect, Impact, Move, Refusal, impact

__all__ = [
    "Change",
    "Comparison",
    "Difference",
    "Edition",
    "Effect",
    "Impact",
    "Move",
    "Refusal",
    "Significance",
    "compare",
    "impact",
]
