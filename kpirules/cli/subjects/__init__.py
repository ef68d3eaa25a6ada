"""Files of subjects: each as a row that says where it stands and what is given of it."""

from .csv_rows import Cells
from .reading import column_names, read_cells, read_subjects
from .rows import Row, Subjects

__all__ = ["Cells", "Row", "Subjects", "column_names", "read_cells", "read_subjects"]
