"""Sensitivity: how far each number of a rulebook may move before a band changes, and how stable ranks are.

Input: a program and a table of subjects. Output: ranges of numbers, and ranks under drawn weights.
"""

from .sensitivity import FirstChange, NumberRange, Sensitivity, sensitivity

__all__ = ["FirstChange", "NumberRange", "Sensitivity", "sensitivity"]
