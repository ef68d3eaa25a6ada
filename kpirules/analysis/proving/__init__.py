"""Findings about valid subjects of a rulebook without errors: proved, shown with one of them, or possible."""

from .prove import prove
from .prover import Prover
from .subjects import of_its_subjects

__all__ = ["Prover", "of_its_subjects", "prove"]
