"""The column engine: the integer program of a plan on the columns of a data frame.

Input: an integer program and a data frame. Output: the results as columns, and the rows that the scalar engine must
rate. It knows no rulebook and no record. Its module `rating` needs narwhals, the extra `table`.

`entering` turns cells into integers, `printing` steps into stages of columns (`values` their operations, `records`
those of lists), `leaving` results into the last stage; `running` computes the stages with the `library`.
"""

from .widths import plan_of_columns

__all__ = ["plan_of_columns"]
