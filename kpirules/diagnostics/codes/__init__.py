"""Every code the project can report, by family: the one place where messages are worded."""

from . import (
    appraisals,
    banding,
    cases,
    comparing,
    deciding,
    document,
    expression,
    inputs,
    overlays,
    proving,
    quotas,
    scoring,
    structure,
    versions,
)
from .catalogue import CATALOGUE, At, Code, Say

__all__ = [
    "CATALOGUE",
    "At",
    "Code",
    "Say",
    "appraisals",
    "banding",
    "cases",
    "comparing",
    "deciding",
    "document",
    "expression",
    "inputs",
    "overlays",
    "proving",
    "quotas",
    "scoring",
    "structure",
    "versions",
]
