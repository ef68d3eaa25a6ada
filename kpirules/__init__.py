"""Rules that rate people and organisations, exactly and with reasons.

A rulebook is a pure function from what is known about a subject to an explained rating::

     text ──read──▶ Document ──build──▶ Rulebook ──check──▶ Report
       (positions)                        │
                                       compile          refuses a Report with errors
                                          ▼
     subject ─────────────────────────▶ Program ──assess──▶ Assessment ──explain──▶ Explanation
                                          │                           (text, Markdown, HTML, data)
     table ──────────────────────────────assess_table──▶ the same kind of table, rated
     file ────────────────────────────────assess_file──▶ a file with the same rows, rated
     table ──────────────────────────────plots.distribution, plots.bands_by_group, …──▶ a picture
     another edition ─────────────────────compare──▶ Comparison, and with a table ──impact──▶ Impact

     Appraisal, Programs ──load_appraisal──▶ AppraisalProgram ──appraise──▶ Appraised

Every arrow is one pure function, every box a frozen value, and no arrow points left. `load` (a path or a
mapping) and `loads` (a text) go the whole way to a Program; `check` stops at the Report.
Where a part lives: `documents` (text → Rulebook), `analysis` (Rulebook → Report), `rating` (compile, assess, cohorts,
tables), `showing` (explain), `change` (compare, impact, prove), `plots` (pictures of many), `appraising` (several
stages), `loading` (files of rules), `files` (files of subjects), `testing`; below them `plan` and `engines`,
`reference` (what a rulebook means), `record` (assessments), `language` (formulas, and the model of a rulebook),
`diagnostics`, and at the bottom `kernel` (exact numbers). `cli` is the command line, `editor` a language
server, `notebook` the magics of IPython and a widget.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import plots
    from .appraising import AppraisalProgram, Appraised, AppraisedStage, appraise
    from .change import Comparison, Impact, Proofs, compare, impact, prove, prove_change
    from .change.rewriting import with_changes
    from .change.sensing import RankStability, Sensitivity, rank_stability, sensitivity
    from .change.wishing import Needed, WhatIf, needed, what_if
    from .diagnostics import Diagnostic, Report, Severity, Source, Span
    from .errors import FaultError, KpirulesError, RulebookError, SubjectError
    from .files import FileRatings, assess_file
    from .language.model import Appraisal, Rulebook
    from .loading.appraisals import load_appraisal
    from .loading.loading import check, load, loads
    from .notebook import widget
    from .rating.assessing import Allocation, QuotaGroup, allocate, assess, assess_cohort
    from .rating.program import Program, compile
    from .rating.tables import assess_table
    from .record import Assessment, Contribution, Margin, Outcome
    from .showing.explaining import Explanation, LetterDetails, explain
else:
    # A part is imported when it is first used: who collects tests, or only reads rules, takes nothing of the rest.
    _PARTS = {
        ".appraising": ("AppraisalProgram", "Appraised", "AppraisedStage", "appraise"),
        ".rating.assessing": ("Allocation", "QuotaGroup", "allocate", "assess", "assess_cohort"),
        ".change": ("Comparison", "Impact", "Proofs", "compare", "impact", "prove", "prove_change"),
        ".change.rewriting": ("with_changes",),
        ".change.sensing": ("RankStability", "Sensitivity", "rank_stability", "sensitivity"),
        ".change.wishing": ("Needed", "WhatIf", "needed", "what_if"),
        ".diagnostics": ("Diagnostic", "Report", "Severity", "Source", "Span"),
        ".files": ("FileRatings", "assess_file"),
        ".errors": ("FaultError", "KpirulesError", "RulebookError", "SubjectError"),
        ".showing.explaining": ("Explanation", "LetterDetails", "explain"),
        ".loading.appraisals": ("load_appraisal",),
        ".loading.loading": ("check", "load", "loads"),
        ".notebook": ("load_ipython_extension", "widget"),
        ".language.model": ("Appraisal", "Rulebook"),
        ".rating.program": ("Program", "compile"),
        ".record": ("Assessment", "Contribution", "Margin", "Outcome"),
        ".rating.tables": ("assess_table",),
    }
    _ROOMS = ("plots",)
    _HOME = {name: part for part, names in _PARTS.items() for name in names}

    def __getattr__(name):
        if name in _ROOMS:
            return importlib.import_module(f".{name}", __name__)
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(_HOME[name], __name__), name)
        return value

    def __dir__():
        return sorted({*globals(), *_HOME, *_ROOMS})


del TYPE_CHECKING

__all__ = [
    "Allocation",
    "Appraisal",
    "AppraisalProgram",
    "Appraised",
    "AppraisedStage",
    "Assessment",
    "Comparison",
    "Contribution",
    "Diagnostic",
    "Explanation",
    "FaultError",
    "FileRatings",
    "Impact",
    "KpirulesError",
    "LetterDetails",
    "Margin",
    "Needed",
    "Outcome",
    "Program",
    "Proofs",
    "QuotaGroup",
    "RankStability",
    "Report",
    "Rulebook",
    "RulebookError",
    "Sensitivity",
    "Severity",
    "Source",
    "Span",
    "SubjectError",
    "WhatIf",
    "allocate",
    "appraise",
    "assess",
    "assess_cohort",
    "assess_file",
    "assess_table",
    "check",
    "compare",
    "compile",
    "explain",
    "impact",
    "load",
    "load_appraisal",
    "loads",
    "needed",
    "plots",
    "prove",
    "prove_change",
    "rank_stability",
    "sensitivity",
    "what_if",
    "widget",
    "with_changes",
]

__version__ = "0.1.0"
