"""What can happen to valid subjects of a sound rulebook: proved, shown with one of them, or possible."""

from .prove import prove
from .prover import Prover
from .subjects import of_its_subjects

__all__ = ["Prover", "of_its_subjects", "prove"]
