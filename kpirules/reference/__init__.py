"""The reference engine: the definition of what a rulebook means, written to be read in one sitting.

It walks the rulebook itself, in the order of an assessment, and evaluates each expression by
simpleeval on exact rationals. Every faster engine is tested to agree with it, bit for bit.

Read `engine` first (the order of an assessment), then `judging` (criteria), `rows` (tables and
scales), `rating` (bands and overrides), `knowledge` (what an expression can read).
"""

from .engine import ReferenceEngine
from .knowledge import MissingInput, StepFault

__all__ = ["MissingInput", "ReferenceEngine", "StepFault"]
