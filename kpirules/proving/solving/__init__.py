"""Proofs and subjects by z3: the rules as formulas, and the questions asked of them.

Only this package knows z3, and only `solver` imports it: whoever asks for no proof needs no z3.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...plan import Plan
from ...scalar import ScalarEngine

if TYPE_CHECKING:
    from .solver import Solver

__all__ = ["require_z3", "solver"]

MISSING = 'proofs need z3: pip install "kpirules[prove]"'


def require_z3() -> None:
    """Refuse to go on without z3.

    Raises:
        ModuleNotFoundError: where the extra `prove` is not installed.
    """
    if find_spec("z3") is None:
        raise ModuleNotFoundError(MISSING, name="z3")


def solver(plan: Plan, engine: ScalarEngine) -> Solver:
    """What asks z3 about one rulebook.

    Args:
        plan: the rules.
        engine: confirms subjects.
    """
    from .solver import Solver

    return Solver(plan, engine)
