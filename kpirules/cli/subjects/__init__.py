"""Files of subjects: rows with their places and values."""

from .reading import column_names, read_subjects
from .rows import Row, Subjects

__all__ = ["Row", "Subjects", "column_names", "read_subjects"]
