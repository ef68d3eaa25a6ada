"""The record of an assessment, and its form as plain data."""

from .assessment import (
    Assessment,
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
    Run,
    Value,
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
]
