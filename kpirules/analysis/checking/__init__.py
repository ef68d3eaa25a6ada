"""Structural checks: what a rulebook's form shows without any subject."""

from .allow import apply_allow
from .checks import CHECKS, DEDUCTIONS, check
from .facts import Facts

__all__ = ["CHECKS", "DEDUCTIONS", "Facts", "apply_allow", "check"]
