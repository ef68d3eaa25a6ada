"""Exact numbers: reading, writing, rounding, and irrational functions that are correctly rounded."""

from .irrational import DomainError, TooWide, exp, geometric_mean, ln, normal_cdf, power, root, sqrt
from .numbers import (
    WIDEST_BITS,
    approximate_text,
    decimal_of,
    from_text,
    from_value,
    is_finite_decimal,
    parse_text,
    text_of,
    to_decimal,
    to_text,
    widened,
)
from .rounding import MODE_TABLE, MODES, Mode, Rounding, round_multiple, round_places

__all__ = [
    "MODES",
    "MODE_TABLE",
    "WIDEST_BITS",
    "DomainError",
    "Mode",
    "Rounding",
    "TooWide",
    "approximate_text",
    "decimal_of",
    "exp",
    "from_text",
    "from_value",
    "geometric_mean",
    "is_finite_decimal",
    "ln",
    "normal_cdf",
    "parse_text",
    "power",
    "root",
    "round_multiple",
    "round_places",
    "sqrt",
    "text_of",
    "to_decimal",
    "to_text",
    "widened",
]
