"""The scalar engine: a plan as one generated function on integers."""

from .admitting import Mark
from .emitted import denominator_of
from .engine import Decision, Fault, ScalarEngine

__all__ = ["Decision", "Fault", "Mark", "ScalarEngine", "denominator_of"]
