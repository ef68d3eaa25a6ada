"""The integer program of a plan: what tables and other printers read.

Comes in: a plan with its generated function. Goes out: steps on integers, each with its interval.
It knows no data frame and no record.
"""

from .program import IntegerProgram, Result, integer_program
from .steps import FALSE, TRUE, Step, depends

__all__ = ["FALSE", "TRUE", "IntegerProgram", "Result", "Step", "depends", "integer_program"]
