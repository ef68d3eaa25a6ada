"""Every code of the project, by family: the only place with the words of messages."""

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
