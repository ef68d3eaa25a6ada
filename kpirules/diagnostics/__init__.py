"""Spans, diagnostics, reports, and their renderings.

Input: places and problems. Output: reports, with a place, a reason and help.
It knows spans and texts, but no rulebooks.
"""

from . import display as display  # registers how a report is shown
from .fixes import Fix
from .limits import Limits
from .report import Diagnostic, Report, Severity, did_you_mean, listed
from .spans import Source, Span

__all__ = ["Diagnostic", "Fix", "Limits", "Report", "Severity", "Source", "Span", "did_you_mean", "listed"]
