"""The record of an assessment, and its form as plain data.

Comes in: what an engine decided. Goes out: the record as a frozen value, and as plain data without loss.
It knows no engine and no rulebook: a record explains itself by the words that it carries.
"""

from . import glance as glance  # registers how an assessment is shown
from .assessment import Assessment, Run
from .parts import (
    Comparison,
    Computation,
    Condition,
    Contribution,
    Entry,
    Later,
    Legend,
    LimitOutcome,
    Margin,
    Outcome,
    OverrideOutcome,
    QuotaOutcome,
    Requirement,
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
    "Later",
    "Legend",
    "LimitOutcome",
    "Margin",
    "Outcome",
    "OverrideOutcome",
    "QuotaOutcome",
    "Requirement",
    "Run",
    "Value",
    "WrittenMap",
]
