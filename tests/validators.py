"""Validators of JSON Schema, imported without a grammar of internationalized addresses that no schema here asks for.

Building that grammar takes a second in each process.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)

from jsonschema import Draft202012Validator, FormatChecker  # noqa: E402 # after the line above

__all__ = ["Draft202012Validator", "FormatChecker"]
