"""The SQL printer: the integer program of a plan as one query.

Comes in: an integer program, the name of a table and a dialect. Goes out: the text of a query that returns the
results of every row. It knows no rulebook, no record and no database.
"""

from .cohorts import MOST_WITHIN
from .comparing import Comparison, Early
from .dialects import DIALECTS, Dialect
from .obstacles import NoSqlForm
from .printing import Part, query
from .quotas import Limited, Places, Quotas
from .tables import Source
from .together import Together
from .words import name_in

__all__ = [
    "DIALECTS",
    "MOST_WITHIN",
    "Comparison",
    "Dialect",
    "Early",
    "Limited",
    "NoSqlForm",
    "Part",
    "Places",
    "Quotas",
    "Source",
    "Together",
    "name_in",
    "query",
]
