"""The integer program of a plan, which tables and other printers read.

Input: a plan with its generated function. Output: steps on integers, each with its interval.
It knows no data frame and no record.
"""

from .lifting import Refusal
from .limiting import limit_of, order_of
from .planning import MOST_BITS, ColumnPlan, Obstacle, column_plan
from .program import IntegerProgram, integer_program
from .regions import with_regions
from .results import Result
from .steps import FALSE, OVER_RECORDS, TRUE, Building, Step, depends

__all__ = [
    "FALSE",
    "MOST_BITS",
    "OVER_RECORDS",
    "TRUE",
    "Building",
    "ColumnPlan",
    "IntegerProgram",
    "Obstacle",
    "Refusal",
    "Result",
    "Step",
    "column_plan",
    "depends",
    "integer_program",
    "limit_of",
    "order_of",
    "with_regions",
]
