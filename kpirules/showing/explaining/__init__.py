"""Explanations of ratings, read from the record without running an engine."""

from .explanation import Explanation, explain
from .letter import LetterDetails
from .lines import Line

__all__ = ["Explanation", "LetterDetails", "Line", "explain"]
