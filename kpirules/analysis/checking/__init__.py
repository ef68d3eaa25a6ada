"""Structural checks: findings from the form of a rulebook, without any subject."""

from .allow import apply_allow
from .checks import CHECKS, check
from .facts import Facts

__all__ = ["CHECKS", "Facts", "apply_allow", "check"]
