"""Files of subjects: rows with their places and values."""

from .csv_rows import Cells
from .reading import column_names, read_cells, read_subjects
from .rows import Row, Subjects

__all__ = ["Cells", "Row", "Subjects", "column_names", "read_cells", "read_subjects"]
