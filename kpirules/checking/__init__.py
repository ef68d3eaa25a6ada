"""What the structure of a rulebook shows, and whether an error stands in the way."""

from .allow import apply_allow
from .checks import check
from .facts import Facts

__all__ = ["Facts", "apply_allow", "check"]
