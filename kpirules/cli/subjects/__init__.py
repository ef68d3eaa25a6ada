"""Files of subjects: each as a row that says where it stands and what is given of it."""

from .reading import column_names, read_subjects
from .rows import Row, Subjects

__all__ = ["Row", "Subjects", "column_names", "read_subjects"]
