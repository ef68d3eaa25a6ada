"""Structural checks: what a rulebook's form shows without any subject."""

from .allow import apply_allow
from .checks import CHECKS, check
from .facts import Facts

__all__ = ["CHECKS", "Facts", "apply_allow", "check"]
