"""`kpirules schema`."""

from __future__ import annotations

import json
from argparse import Namespace

from ..documents.schema import json_schema
from .terminal import output

__all__ = ["run", "schema_text"]


def schema_text() -> str:
    """Return the JSON Schema of rulebooks as the text of a file."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def run(options: Namespace) -> int:
    """Write the JSON Schema.

    Args:
        options: of the command line.
    """
    with output(options.output) as stream:
        stream.write(schema_text())
    return 0
