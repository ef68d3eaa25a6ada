"""Many subjects at once: from a table to the same kind of table, with a rating in every row."""

from .assessing import assess_table
from .frames import rows_of
from .reading import Subject, read_table

__all__ = ["Subject", "assess_table", "read_table", "rows_of"]
