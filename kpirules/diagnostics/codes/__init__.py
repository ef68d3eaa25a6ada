"""Every code the project can report, by family: the one place where messages are worded."""

from . import document, expression, inputs, structure, versions
from .catalogue import CATALOGUE, At, Code, Say

__all__ = ["CATALOGUE", "At", "Code", "Say", "document", "expression", "inputs", "structure", "versions"]
