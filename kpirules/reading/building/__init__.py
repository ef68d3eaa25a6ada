"""Document to Rulebook."""

from .rulebook import build

__all__ = ["build"]
