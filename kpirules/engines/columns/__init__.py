"""The column engine: the integer program of a plan on the columns of a data frame.

Comes in: an integer program and a data frame. Goes out: the results as columns, and which rows the scalar engine must
rate. It knows no rulebook and no record. Its module `rating` needs narwhals, the extra `table`.
"""

from .planning import ColumnPlan, Obstacle, column_plan

__all__ = ["ColumnPlan", "Obstacle", "column_plan"]
