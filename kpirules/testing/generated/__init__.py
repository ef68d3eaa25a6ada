"""Random rulebooks without errors, as plain mappings, for authors of tools."""

from .books import drawn_rulebooks, rulebooks
from .formulas import conditions, numbers

__all__ = ["conditions", "drawn_rulebooks", "numbers", "rulebooks"]
