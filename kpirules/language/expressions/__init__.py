"""The expression language: its syntax, types, table of functions, and evaluation."""

from .evaluation import (
    MAX_BITS,
    MAX_MEMBER_WORK,
    MAX_WORK,
    Environment,
    Fault,
    Gathered,
    Meter,
    Option,
    Reading,
    TableCall,
    UndefinedRow,
    Value,
    evaluate,
    work_of_rows,
    work_of_step,
)
from .expression import Expression
from .functions import AGGREGATES, COHORT_FUNCTIONS, FUNCTION_NAMES, FUNCTIONS, Aggregation, CohortFunction, Function
from .presence import defined, presence
from .python import one_at_a_time
from .syntax import CASED_ID, ID, Formula, parse
from .tree import Excerpt, canonical, reads, size, walk
from .types import BOOLEAN, CALENDAR, DATE, NUMBER, TEXT, UNKNOWN, Decision, Definition, Scope, Table, Type
from .typing import Typing
from .unparsed import MAX_DEPTH, MAX_LENGTH, MAX_NODES

__all__ = [
    "AGGREGATES",
    "BOOLEAN",
    "CALENDAR",
    "CASED_ID",
    "COHORT_FUNCTIONS",
    "DATE",
    "FUNCTIONS",
    "FUNCTION_NAMES",
    "ID",
    "MAX_BITS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_MEMBER_WORK",
    "MAX_NODES",
    "MAX_WORK",
    "NUMBER",
    "TEXT",
    "UNKNOWN",
    "Aggregation",
    "CohortFunction",
    "Decision",
    "Definition",
    "Environment",
    "Excerpt",
    "Expression",
    "Fault",
    "Formula",
    "Function",
    "Gathered",
    "Meter",
    "Option",
    "Reading",
    "Scope",
    "Table",
    "TableCall",
    "Type",
    "Typing",
    "UndefinedRow",
    "Value",
    "canonical",
    "defined",
    "evaluate",
    "one_at_a_time",
    "parse",
    "presence",
    "reads",
    "size",
    "walk",
    "work_of_rows",
    "work_of_step",
]
