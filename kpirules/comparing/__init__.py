"""Two editions of a rulebook: what differs, what it means for ratings, and who is rated otherwise."""

from .comparison import Comparison, Difference, Edition, compare
from .differing import Change
from .impact import Effect, Impact, Move, impact
from .meaning import Significance

__all__ = [
    "Change",
    "Comparison",
    "Difference",
    "Edition",
    "Effect",
    "Impact",
    "Move",
    "Significance",
    "compare",
    "impact",
]
