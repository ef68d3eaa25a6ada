"""What can happen to valid subjects of a sound rulebook: proved, shown with one of them, or possible."""

from .prove import prove
from .prover import Prover

__all__ = ["Prover", "prove"]
