"""The grammar of numbers, as regular expressions.

JSON, spreadsheets and Python have grammars of their own, which are not here.
"""

import re

__all__ = ["DECIMAL", "EXACT", "MAX_EXPONENT", "PLAIN", "QUOTIENT", "SIGNED"]

MAX_EXPONENT = 30
"""The largest exponent of ten, up or down, and the most places of rounding: no measured amount needs more."""

SIGNED = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
"""A number as people write it, without an exponent: `12`, `-0.5`, `+3`, `.5`, `1.`."""

PLAIN = re.compile(rf"{SIGNED}(?:[eE]([-+]?[0-9]+))?")
"""The same, possibly with an exponent, which is the group."""

DECIMAL = r"-?[0-9]+(?:\.[0-9]+)?"
"""A decimal as `to_text` writes it."""

QUOTIENT = r"-?[0-9]+/[0-9]+"
"""A number without a finite decimal as `to_text` writes it."""

EXACT = r"-?[0-9]+(?:[./][0-9]+)?"
"""A decimal or a quotient."""
