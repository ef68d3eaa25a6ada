"""The reference engine: the definition of what a rulebook means, written to be read in one sitting.

It walks the rulebook itself, in the order of an assessment, and evaluates each expression by
simpleeval on exact rationals. Every faster engine is tested to agree with it, bit for bit.

Read `engine` first (the order of an assessment), then `judging` (criteria) with `combining` (groups) and
`rows` (tables and scales), `rating` (bands and overrides), `knowledge` (what an expression can read) and
`order` (what comes first where nothing else says so).

Comes in: a rulebook, and exact values of inputs. Goes out: a run, or a fault.
It may not know the plan or another engine, so that a mistake there is never a mistake here.
"""

from .combining import part_that_remains
from .engine import ReferenceEngine
from .knowledge import Knowledge, MissingInput, StepFault
from .rating import Banding, band, limited
from .rows import words

__all__ = [
    "Banding",
    "Knowledge",
    "MissingInput",
    "ReferenceEngine",
    "StepFault",
    "band",
    "limited",
    "part_that_remains",
    "words",
]
