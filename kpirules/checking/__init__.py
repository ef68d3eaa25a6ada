"""Structural checks: what a rulebook's form shows without any subject."""

from .allow import apply_allow
from .checks import CHECKS, DEDUCTIONS, check
from .measurability import measurability

__all__ = ["CHECKS", "DEDUCTIONS", "apply_allow", "check", "measurability"]
