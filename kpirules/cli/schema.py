"""`kpirules schema`."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from ..documents.schema import json_schema
from .assess import program_of
from .terminal import output

__all__ = ["run", "schema_text"]


def schema_text(schema: dict[str, Any] | None = None) -> str:
    """Return a JSON Schema as the text of a file.

    Args:
        schema: the schema; by default that of rulebooks.
    """
    return json.dumps(json_schema() if schema is None else schema, ensure_ascii=False, indent=2) + "\n"


def run(options: Namespace) -> int:
    """Write the JSON Schema of rulebooks, or of the subjects of one rulebook.

    Args:
        options: the options of the command line.
    """
    schema = None
    if options.rulebook is not None:
        schema = program_of(options).subject_schema(language=options.language)
    with output(options.output, *filter(None, [options.rulebook])) as stream:
        stream.write(schema_text(schema))
    return 0
