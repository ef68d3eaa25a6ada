"""A report as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel.shown import as_text
from ..kernel.visible import neutral
from ..kernel.widths import Excerpt, excerpt
from .report import Diagnostic, Report, Severity
from .spans import Span

__all__ = ["MOST_SHOWN", "excerpt_of", "render_text", "summary"]

MOST_SHOWN = 1_000
"""Maximum number of diagnostics in a text for people."""

_BOLD, _BLUE, _PLAIN = "\x1b[1m", "\x1b[1;34m", "\x1b[0m"
_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}


@as_text.register
def render_text(report: Report, *, color: bool = False) -> str:
    """Return the report with source lines and carets, short lines for allowed diagnostics, and a count.

    Args:
        report: what was found.
        color: True for ANSI colours; source text can't add its own.

    Returns:
        Lines, each with a line break.

    >>> print(render_text(Report()), end="")
    no findings
    """
    shown = [d for d in report if d.allowed is None]
    blocks = ["\n".join(_block(d, color)) for d in shown[:MOST_SHOWN]]
    if len(shown) > MOST_SHOWN:
        blocks.append(f"… and {len(shown) - MOST_SHOWN:,} more; the report as JSON has them all")
    allowed = [
        f"allowed[{d.code}]: {neutral(d.message)} = reason: {neutral(d.allowed or '')}" for d in report.allowed
    ]
    if allowed:
        blocks.append("\n".join(allowed))
    return "\n\n".join([*blocks, summary(report)]) + "\n"


def summary(report: Report) -> str:
    """Return the number of errors, warnings and notes, in words.

    >>> summary(Report())
    'no findings'
    """
    open_ = [d for d in report if d.allowed is None]
    counts = [(sum(d.severity is severity for d in open_), severity.value) for severity in Severity]
    words = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    if not report.findings:
        words.insert(0, "no findings")
    return ", ".join([*words, *([f"{len(report.allowed)} allowed"] if report.allowed else [])])


def _block(diagnostic: Diagnostic, color: bool) -> Iterator[str]:
    def paint(text: str, ansi: str) -> str:
        return f"{ansi}{text}{_PLAIN}" if color else text

    tint = _COLORS[diagnostic.severity]
    span = diagnostic.span
    margin = " " * (len(str(span.line)) if span else 2)
    head = paint(f"{diagnostic.severity.value}[{diagnostic.code}]", tint)
    yield head + paint(f": {_indented(diagnostic.message, '  ')}", _BOLD)
    if span:
        yield f"{margin}{paint('-->', _BLUE)} {neutral(span.source.name)}:{span.line}:{span.column}"
        shown = excerpt_of(span)
        bar = paint("|", _BLUE)
        yield f"{margin} {bar}"
        yield f"{paint(str(span.line), _BLUE)} {bar} {shown.text}".rstrip()
        carets = "^" * shown.carets + (f" {neutral(diagnostic.label)}" if diagnostic.label else "")
        yield f"{margin} {bar} {' ' * shown.indent}{paint(carets, tint)}"
    elif diagnostic.path:
        yield f"{margin}{paint('-->', _BLUE)} {neutral(diagnostic.path)}"
    for word, text in [("note", note) for note in diagnostic.notes] + [("help", diagnostic.help)]:
        if text:
            lead = f"{margin} = {word}: "
            yield f"{margin} {paint('=', _BLUE)} {paint(word, _BOLD)}: {_indented(text, ' ' * len(lead))}"


def excerpt_of(span: Span) -> Excerpt:
    """Return the first line of a span as shown, with the columns to underline."""
    line = span.source.line(span.line)
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    return excerpt(line, start, end)


def _indented(text: str, margin: str) -> str:
    return f"\n{margin}".join(neutral(line) for line in text.split("\n"))
