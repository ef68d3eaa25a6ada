"""The record of an assessment, also as plain data.

Input: the decisions of an engine. Output: the record as a frozen value, and as plain data without loss.
It knows no engine and no rulebook: a record carries all words that explain it.
"""

from . import glance as glance  # registers how an assessment is shown
from .assessment import Assessment
from .parts import (
    Comparison,
    Computation,
    Condition,
    Contribution,
    Entry,
    FieldLoader,
    Legend,
    LimitOutcome,
    Margin,
    Outcome,
    OverrideOutcome,
    QuotaOutcome,
    Requirement,
    Terms,
    Value,
    WrittenMap,
)

__all__ = [
    "Assessment",
    "Comparison",
    "Computation",
    "Condition",
    "Contribution",
    "Entry",
    "FieldLoader",
    "Legend",
    "LimitOutcome",
    "Margin",
    "Outcome",
    "OverrideOutcome",
    "QuotaOutcome",
    "Requirement",
    "Terms",
    "Value",
    "WrittenMap",
]
