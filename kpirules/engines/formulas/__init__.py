"""The formula printer: the integer program of a plan as the formulas of a spreadsheet.

Comes in: an integer program, and the cells of its inputs. Goes out: columns of formulas that compute the results of
each row. It knows no rulebook, no record and no file.
"""

from .printing import EXACT_BITS, ROW, Formula, Formulas, Wanted, formulas

__all__ = ["EXACT_BITS", "ROW", "Formula", "Formulas", "Wanted", "formulas"]
