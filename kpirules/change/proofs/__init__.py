"""Proofs about every subject: of one rulebook, and of two editions.

Input: programs. Output: claims, each proved, refuted by subjects that both engines confirm, or unknown for a reason.
Only what `prove` and `prove_change` import when they are called needs z3.
"""

from . import showing as showing  # registers the forms of what follows
from .changes import prove_change
from .claims import Claim, InputDirection, PartProofs, Proofs
from .proving import prove

__all__ = ["Claim", "InputDirection", "PartProofs", "Proofs", "prove", "prove_change"]
