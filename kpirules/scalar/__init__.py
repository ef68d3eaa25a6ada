"""The scalar engine: a plan as one generated function on integers."""

from .admitting import Mark
from .comparing import Pair, comparison
from .engine import Decision, Fault, ScalarEngine, flat

__all__ = ["Decision", "Fault", "Mark", "Pair", "ScalarEngine", "comparison", "flat"]
