"""Every code the project can report, by family: the one place where messages are worded."""

from . import banding, cases, deciding, document, expression, inputs, overlays, proving, scoring, structure, versions
from .catalogue import CATALOGUE, At, Code, Say

__all__ = [
    "CATALOGUE",
    "At",
    "Code",
    "Say",
    "banding",
    "cases",
    "deciding",
    "document",
    "expression",
    "inputs",
    "overlays",
    "proving",
    "scoring",
    "structure",
    "versions",
]
