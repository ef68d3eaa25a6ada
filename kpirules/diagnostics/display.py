"""A report as a notebook shows it: Markdown, and HTML without script."""

from __future__ import annotations

import re

from ..markup import element, escape, style
from .render import MOST_SHOWN, excerpt_of, render_text, summary
from .report import Diagnostic, Report
from .widths import neutral

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


def render_markdown(report: Report) -> str:
    """The report as a block of text, as it stands on a terminal.

    Args:
        report: what was found.

    >>> print(render_markdown(Report()), end="")
    ```text
    no findings
    ```
    """
    text = render_text(report)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}{fence}\n"


def render_html(report: Report) -> str:
    """The report as one element with source lines and carets, those allowed in short, and a count.

    Args:
        report: what was found.
    """
    shown = [diagnostic for diagnostic in report if diagnostic.allowed is None]
    parts = [_STYLE, *map(_block, shown[:MOST_SHOWN])]
    parts += [_allowed(diagnostic) for diagnostic in report.allowed]
    more = len(shown) - MOST_SHOWN
    counted = summary(report) + (f"; {more:,} more are not shown" if more > 0 else "")
    parts.append(element("p", escape(counted), "soft"))
    return element("div", "\n".join(parts), "kpirules-report")


def _block(diagnostic: Diagnostic) -> str:
    head = f"<b>{diagnostic.severity.value}[{diagnostic.code}]</b> {escape(_seen(diagnostic.message))}"
    parts = [element("p", head)]
    span = diagnostic.span
    if span is not None:
        place = f"{neutral(span.source.name)}:{span.line}:{span.column}"
        line = excerpt_of(span)
        under = " " * line.indent + "^" * line.carets + (f" {neutral(diagnostic.label)}" if diagnostic.label else "")
        parts += [element("p", escape(place), "soft"), element("pre", escape(f"{line.text}\n{under}"))]
    elif diagnostic.path:
        parts.append(element("p", escape(neutral(diagnostic.path)), "soft"))
    parts += [element("p", escape(_seen(note)), "soft") for note in diagnostic.notes]
    parts += [element("p", escape(_seen(diagnostic.help)))] if diagnostic.help else []
    return element("div", "\n".join(parts), diagnostic.severity.value)


def _allowed(diagnostic: Diagnostic) -> str:
    said = f"allowed[{diagnostic.code}]: {diagnostic.message} = reason: {diagnostic.allowed}"
    return element("p", escape(_seen(said)), "soft")


def _seen(text: str) -> str:
    return "\n".join(map(neutral, text.split("\n")))
