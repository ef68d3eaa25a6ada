"""Proves statements about every subject of a rulebook."""

from __future__ import annotations

from ...analysis.proving.solving import require_z3
from ...rating.program import Program
from .claims import Proofs

__all__ = ["prove"]


def prove(program: Program) -> Proofs:
    """Prove what holds for every valid subject of a rulebook, or refute it with a subject.

    Each claim is proved, refuted, or unknown with the reason: no valid subject faults; the score is in its range;
    each band is reached; no score is without a band or has two; vetoes dominate; invariants hold; rows and overrides
    act for some subject. For every input: whether more of it alone can lower or raise the rating.

    Args:
        program: the rules, with all their variants and editions.

    Raises:
        ModuleNotFoundError: the extra `prove` is not installed.

    >>> from kpirules import load
    >>> found = prove(load({
    ...     "kpirules": 1,
    ...     "inputs": {"late": {"type": "integer", "min": 0, "max": 9}},
    ...     "criteria": {"work": {"max": 100, "points": "100 - 10 * late"}},
    ...     "score": {"round": {"places": 0}, "band_on": "rounded"},
    ...     "bands": {"good": {"from": 50}, "poor": {"from": 0}},
    ... }))
    >>> found.is_good, [(one.input, one.effect) for one in found.parts[0].directions]
    (True, [('late', 'lowers')])
    """
    require_z3()
    from .parts import part_proofs

    whole = program.whole
    name = " ".join(filter(None, (program.id, program.rulebook.edition)))
    return Proofs(name, tuple(part_proofs(part, is_only=len(whole) == 1) for part in whole))
