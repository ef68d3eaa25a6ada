"""Rules that rate people and organisations, exactly and with reasons.

A rulebook is a pure function from what is known about a subject to an explained rating::

     text ──read──▶ Document ──build──▶ Rulebook ──check──▶ Report
       (positions)                        │
                                       compile          refuses a Report with errors
                                          ▼
     subject ─────────────────────────▶ Program ──assess──▶ Assessment ──explain──▶ Explanation
                                          │                           (text, Markdown, HTML, data)
     table ──────────────────────────────assess_table──▶ the same kind of table, rated
     another edition ─────────────────────compare──▶ Comparison, and with a table ──impact──▶ Impact

Every arrow is one pure function, every box a frozen value, and no arrow points left. `load` (a path or a
mapping) and `loads` (a text) go the whole way to a Program; `check` stops at the Report.
Where a part lives: `reading` (text → Rulebook), `checking` (Rulebook → Report), `program` (compile),
`assessing`, `tables`, `explaining`, `comparing`; below them `model` (rulebooks), `record` (assessments),
`expressions` (the formula language), `reference` (what a rulebook means), and at the bottom `exact`,
`calendars`, `diagnostics`. `cli` is the command line.
"""

import importlib
from typing import TYPE_CHECKING

from .assessing import assess
from .diagnostics import Diagnostic, Report, Severity, Source, Span
from .errors import FaultError, KpirulesError, RulebookError, SubjectError
from .model import Rulebook
from .program import Program, compile
from .record import Assessment, Contribution, Margin, Outcome

if TYPE_CHECKING:
    from .comparing import Comparison, Impact, compare, impact
    from .explaining import Explanation, explain
    from .loading import check, load, loads
    from .tables import assess_table
else:
    # Reading and explaining are the half of the package that rating somebody takes nothing of.
    _LATER = {
        "Comparison": ".comparing",
        "Explanation": ".explaining",
        "Impact": ".comparing",
        "assess_table": ".tables",
        "check": ".loading",
        "compare": ".comparing",
        "explain": ".explaining",
        "impact": ".comparing",
        "load": ".loading",
        "loads": ".loading",
    }

    def __getattr__(name):
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(_LATER[name], __name__), name)
        return value

    def __dir__():
        return sorted({*globals(), *_LATER})


del TYPE_CHECKING

__all__ = [
    "Assessment",
    "Comparison",
    "Contribution",
    "Diagnostic",
    "Explanation",
    "FaultError",
    "Impact",
    "KpirulesError",
    "Margin",
    "Outcome",
    "Program",
    "Report",
    "Rulebook",
    "RulebookError",
    "Severity",
    "Source",
    "Span",
    "SubjectError",
    "assess",
    "assess_table",
    "check",
    "compare",
    "compile",
    "explain",
    "impact",
    "load",
    "loads",
]

__version__ = "0.1.0"
