"""The scalar engine: a plan as one generated function on integers."""

from .admitting import Mark, unpacked_value
from .comparing import Pair, comparison
from .core import Slot
from .engine import STATUSES, Decision, Fault, ScalarEngine, flat

__all__ = [
    "STATUSES",
    "Decision",
    "Fault",
    "Mark",
    "Pair",
    "ScalarEngine",
    "Slot",
    "comparison",
    "flat",
    "unpacked_value",
]
