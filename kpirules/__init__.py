"""Rules that rate people and organisations, exactly and with reasons.

A rulebook is a pure function from what is known about a subject to an explained rating::

     text ──read──▶ Document ──build──▶ Rulebook ──check──▶ Report
       (positions)                        │
                                       compile          refuses a Report with errors
                                          ▼
     subject ─────────────────────────▶ Program ──assess──▶ Assessment ──explain──▶ Explanation
                                                                      (text, Markdown, HTML, data)

Every arrow is one pure function, every box a frozen value, and no arrow points left. `load` (a path or a
mapping) and `loads` (a text) go the whole way to a Program; `check` stops at the Report.
Where a part lives: `reading` (text → Rulebook), `checking` (Rulebook → Report), `program` (compile),
`assessing`, `explaining`; below them `model` (rulebooks), `record` (assessments), `expressions` (the
formula language), `reference` (what a rulebook means), and at the bottom `exact`, `calendars`,
`diagnostics`. `cli` is the command line.
"""

from .assessing import assess
from .diagnostics import Diagnostic, Report, Severity, Source, Span
from .errors import FaultError, KpirulesError, RulebookError, SubjectError
from .explaining import Explanation, explain
from .loading import check, load, loads
from .model import Rulebook
from .program import Program, compile
from .record import Assessment, Contribution, Margin, Outcome

__all__ = [
    "Assessment",
    "Contribution",
    "Diagnostic",
    "Explanation",
    "FaultError",
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
    "check",
    "compile",
    "explain",
    "load",
    "loads",
]

__version__ = "0.1.0"
