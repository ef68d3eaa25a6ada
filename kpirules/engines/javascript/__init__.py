"""The JavaScript printer: the integer program of a plan as functions on numbers and BigInt.

Comes in: a plan. Goes out: the text of functions that rate the integers of a subject, and the file that reads
subjects and writes results. It knows no rulebook, no record and no browser.
"""

from .literals import literal, one_line
from .printing import NoJavaScriptForm, Printed, printed

__all__ = ["NoJavaScriptForm", "Printed", "literal", "one_line", "printed"]
