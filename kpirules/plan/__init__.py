"""A rulebook lowered once to an ordered, typed list of steps, for engines and checks to read.

Input: a rulebook. Output: its plan, in which names, tables and parameters are resolved.
It knows no engine, no subject and no record.
"""

from . import ops, steps
from .outcomes import Outcomes, combination, outcomes
from .plan import Member, Plan, formulas
from .planning import plan
from .quotas import quota_rules
from .showing import show

__all__ = [
    "Member",
    "Outcomes",
    "Plan",
    "combination",
    "formulas",
    "ops",
    "outcomes",
    "plan",
    "quota_rules",
    "show",
    "steps",
]
