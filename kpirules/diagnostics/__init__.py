"""Spans, diagnostics, reports, and their renderings."""

from .report import Diagnostic, Report, Severity, did_you_mean, listed
from .spans import Source, Span

__all__ = ["Diagnostic", "Report", "Severity", "Source", "Span", "did_you_mean", "listed"]
