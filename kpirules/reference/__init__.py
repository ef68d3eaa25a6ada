"""The reference engine: the definition of what a rulebook means, written to be read.

It walks the rulebook itself, in the order of an assessment, and evaluates each expression with
simpleeval on exact rationals. Every faster engine is tested to agree with it, bit for bit.

Read `engine` first (the order of an assessment), then `judging` (criteria) with `combining` (groups) and
`rows` (tables and scales), `steps` and `rating` (limits, bands and overrides), `knowledge` (the names an
expression can read) and `chains` (how long chains of `let` are computed).

Input: a rulebook, and exact values of inputs. Output: a record without the inputs, or a fault.
It must not know the plan or another engine: a mistake there must not be a mistake here.
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
