"""Proofs and subjects found by z3, from the rules as formulas.

Only `solver` and `printing` import z3, and only `solver_for()` imports these: other checks need no z3.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from ....engines.scalar import ScalarEngine
from .forms import Forms

if TYPE_CHECKING:
    from .solver import Solver

__all__ = ["Forms", "require_z3", "solver_for"]

MISSING = 'proofs need z3: pip install "kpirules[prove]"'


def require_z3() -> None:
    """Check that z3 is installed.

    Raises:
        ModuleNotFoundError: the extra `prove` is not installed.
    """
    if find_spec("z3") is None:
        raise ModuleNotFoundError(MISSING, name="z3")


def solver_for(forms: Forms, engine: ScalarEngine) -> Solver:
    """Return the solver of one rulebook.

    Args:
        forms: the rules as formulas.
        engine: confirms subjects.
    """
    from .solver import Solver

    return Solver(forms, engine)
