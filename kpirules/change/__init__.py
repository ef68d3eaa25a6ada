"""Compare two editions of a rulebook: the differences, their meaning for ratings, and the subjects affected.

Input: programs of two editions, and subjects. Output: a comparison, or the impact on those subjects; for one edition,
the decisions that subjects cover; for one or two, what is proved of every subject. It knows neither files nor the
command line.
"""

from . import coverage_pages as coverage_pages  # registers the forms of what follows, as does the next line
from . import showing as showing
from .by_part import ByPart, Part, compare_parts, impact_parts
from .comparison import Comparison, Difference, Edition, compare
from .coverage import Coverage, coverage
from .decisions import Decision, Point
from .differing import Change
from .effects import Effect, Impact, Move, Refusal
from .known import KnownSubjects
from .population import impact
from .proofs import Claim, InputDirection, PartProofs, Proofs, prove, prove_change
from .significance import Significance

__all__ = [
    "ByPart",
    "Change",
    "Claim",
    "Comparison",
    "Coverage",
    "Decision",
    "Difference",
    "Edition",
    "Effect",
    "Impact",
    "InputDirection",
    "KnownSubjects",
    "Move",
    "Part",
    "PartProofs",
    "Point",
    "Proofs",
    "Refusal",
    "Significance",
    "compare",
    "compare_parts",
    "coverage",
    "impact",
    "impact_parts",
    "prove",
    "prove_change",
]
