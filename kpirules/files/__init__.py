"""Files of subjects, rated batch by batch.

Comes in: a program and the path of a file. Goes out: the same rows with their ratings in another file, which is
written whole or not at all. It knows formats and batches; ratings are those of `assess_table`.
"""

from .rating import FileRatings, assess_file

__all__ = ["FileRatings", "assess_file"]
