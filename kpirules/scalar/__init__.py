"""The scalar engine: a plan as one generated function on integers."""

from .admitting import Mark
from .engine import Decision, Fault, ScalarEngine

__all__ = ["Decision", "Fault", "Mark", "ScalarEngine"]
