"""A report for a notebook: Markdown, and HTML without script."""

from __future__ import annotations

from ..kernel.markup import Html, bundle, element, fenced, joined, style
from ..kernel.shown import as_bundle, as_html, as_markdown
from .render import MOST_SHOWN, excerpt_of, render_text, summary
from .report import Diagnostic, Report

__all__ = ["render_html", "render_markdown"]

_STYLE = style(
    "kpirules-report",
    """
& { font: 14px/1.45 system-ui, sans-serif; max-width: 62rem; }
& > div { border: 1px solid var(--line); border-inline-start: 4px solid var(--soft); border-radius: 6px;
  padding: .4rem .9rem .5rem; margin: 0 0 .5rem; }
& > p { padding-inline: calc(.9rem + 4px) .9rem; }
& .error { border-inline-start-color: var(--bad); }
& .warning { border-inline-start-color: var(--warn); }
& .note { border-inline-start-color: var(--good); }
& .error b { color: var(--bad); }
& .warning b { color: var(--warn); }
& .note b { color: var(--good); }
& p { margin: .1rem 0; white-space: pre-wrap; }
& .soft { color: var(--soft); }
& pre { font: .92em/1.4 ui-monospace, monospace; background: var(--tint); color: inherit; border: 0;
  margin: .25rem 0; padding: .25rem .5rem; overflow-x: auto; white-space: pre; word-break: normal; }
""",
)


@as_bundle.register
def _bundle(report: Report) -> dict[str, str]:
    return bundle(str(report), render_markdown(report), render_html(report))


@as_markdown.register
def render_markdown(report: Report) -> str:
    """Return the report as a block of text, as on a terminal.

    Args:
        report: what was found.

    >>> print(render_markdown(Report()), end="")
    ```text
    no findings
    ```
    """
    return fenced(render_text(report))


@as_html.register
def render_html(report: Report) -> Html:
    """Return the report as one element with source lines and carets, allowed diagnostics in short, and a count.

    Args:
        report: what was found.
    """
    shown = [diagnostic for diagnostic in report if diagnostic.allowed is None]
    parts = [_STYLE, *map(_block, shown[:MOST_SHOWN])]
    parts += [_allowed(diagnostic) for diagnostic in report.allowed]
    more = len(shown) - MOST_SHOWN
    counted = summary(report) + (f"; {more:,} more are not shown" if more > 0 else "")
    parts.append(element("p", counted, classes="soft"))
    return element("div", joined(parts, "\n"), classes="kpirules-report")


def _block(diagnostic: Diagnostic) -> Html:
    head = element("b", f"{diagnostic.severity.value}[{diagnostic.code}]")
    parts = [element("p", head, f" {diagnostic.message}")]
    span = diagnostic.span
    if span is not None:
        line = excerpt_of(span)
        carets = " " * line.indent + "^" * line.carets + (f" {diagnostic.label}" if diagnostic.label else "")
        parts.append(element("p", f"{span.source.name}:{span.line}:{span.column}", classes="soft"))
        parts.append(element("pre", f"{line.text}\n{carets}"))
    elif diagnostic.path:
        parts.append(element("p", diagnostic.path, classes="soft"))
    parts += [element("p", note, classes="soft") for note in diagnostic.notes]
    parts += [element("p", diagnostic.help)] if diagnostic.help else []
    return element("div", joined(parts, "\n"), classes=diagnostic.severity.value)


def _allowed(diagnostic: Diagnostic) -> Html:
    line = f"allowed[{diagnostic.code}]: {diagnostic.message} = reason: {diagnostic.allowed}"
    return element("p", line, classes="soft")
