"""Rulebooks as plain mappings, drawn so that they are correct: for those who write tools for rulebooks."""

from .books import drawn_rulebooks, rulebooks
from .formulas import conditions, numbers

__all__ = ["conditions", "drawn_rulebooks", "numbers", "rulebooks"]
