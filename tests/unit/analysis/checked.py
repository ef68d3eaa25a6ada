"""Return the rulebook of a text, or the diagnostics of reading and checking it."""

from __future__ import annotations

from textwrap import dedent

from kpirules.analysis.checking import check
from kpirules.diagnostics import Diagnostic, Report
from kpirules.documents import build, read_text
from kpirules.language.model import Rulebook


def built(text: str) -> Rulebook:
    """Return the rulebook of a text, with `kpirules: 1` before it."""
    document, found = read_text(f"kpirules: 1\n{dedent(text)}", "rules.kpi.yaml")
    assert document is not None, found
    rulebook, more = build(document)
    assert rulebook is not None, [d.message for d in more]
    return rulebook


def report(text: str, name: str = "rules.kpi.yaml") -> Report:
    """Return all diagnostics of a whole text."""
    document, found = read_text(text, name)
    rulebook, more = (None, []) if document is None else build(document)
    if rulebook is None:
        return Report.of((*found, *more))
    return Report.of(check(rulebook, (*found, *more)))


def diagnostics(text: str) -> list[Diagnostic]:
    """Return the diagnostics of a rulebook."""
    return list(report(f"kpirules: 1\n{dedent(text)}"))


def codes(text: str) -> list[str]:
    """Return the codes of all diagnostics, in document order."""
    return [d.code for d in diagnostics(text)]


def messages(text: str, code: str) -> list[str]:
    """Return the messages of one code."""
    return [d.message for d in diagnostics(text) if d.code == code]


def only(text: str) -> Diagnostic:
    """Return the only diagnostic."""
    (found,) = diagnostics(text)
    return found
