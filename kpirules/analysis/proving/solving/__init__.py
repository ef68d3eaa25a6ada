"""Proofs and subjects by z3: the rules as formulas, and the questions asked of them.

Only `solver` and `printing` import z3, and only `solver_for()` imports these: without a proof there is no need of it.
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
    """Refuse to go on without z3.

    Raises:
        ModuleNotFoundError: where the extra `prove` is not installed.
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
