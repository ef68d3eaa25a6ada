"""Results in the formats of the command line."""

from __future__ import annotations

import json

from ..change import ByPart, Comparison, Impact, Proofs
from ..change.sensing import Sensitivity
from ..change.wishing import Needed

__all__ = ["FORMATS", "rendered"]

FORMATS = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
"""Formats by the ending of the output."""


def rendered(found: Comparison | Impact | ByPart | Proofs | Needed | Sensitivity, format_: str) -> str:
    """Return a result in one of the formats of the command line."""
    match format_:
        case "markdown":
            return found.markdown().rstrip("\n") + "\n"
        case "html":
            return found.html(is_page=True)
        case "json":
            return json.dumps(found.data(), ensure_ascii=False, indent=2) + "\n"
        case _:
            return found.text()
