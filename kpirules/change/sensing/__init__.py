"""Sensitivity: how far each number of a rulebook may move before a band changes, and how stable ranks are.

Input: a program and a table of subjects. Output: ranges of numbers, and ranks under drawn weights.
"""

from . import showing as showing  # registers the forms of what follows
from .ranges import FirstChange, NumberRange, Sensitivity, sensitivity, sensitivity_on
from .stability import RankedSubject, RankStability, rank_stability

__all__ = [
    "FirstChange",
    "NumberRange",
    "RankStability",
    "RankedSubject",
    "Sensitivity",
    "rank_stability",
    "sensitivity",
    "sensitivity_on",
]
