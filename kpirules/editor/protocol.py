"""Converts values of the editor package to those of the Language Server Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath

from attrs import evolve
from lsprotocol import types

from ..diagnostics import Diagnostic, Fix, Severity, Span
from ..diagnostics.fixes import without_overlaps
from ..kernel.visible import neutral, neutral_lines
from .checking import Checked, anchor, fixes, is_in, own
from .completing import Suggestion
from .hovering import Hover
from .places import Lines
from .renaming import Renaming
from .workspace import Workspace

__all__ = ["FIX_ALL", "actions", "as_completion", "as_hover", "as_location", "as_range", "edit_of", "published"]

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}

KINDS = {
    "input": types.CompletionItemKind.Variable,
    "parameter": types.CompletionItemKind.Constant,
    "table": types.CompletionItemKind.Function,
    "function": types.CompletionItemKind.Function,
    "named value": types.CompletionItemKind.Variable,
    "criterion": types.CompletionItemKind.Property,
    "field": types.CompletionItemKind.Field,
    "option": types.CompletionItemKind.EnumMember,
    "word of the syntax": types.CompletionItemKind.Keyword,
}
"""The kinds of completions by their first words."""

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.kpirules"
"""The kind of the action that makes all safe fixes."""

MAX_WITNESS = 300
"""The most characters of a subject that a message shows."""

Encoded = Callable[[str], Lines]
"""Returns the lines of a text in the encoding of the client."""


def as_range(span: Span, lines: Encoded) -> types.Range:
    """Return a place as a range."""
    found = lines(span.source.text)
    return types.Range(types.Position(*found.position(span.start)), types.Position(*found.position(span.end)))


def as_location(span: Span, uri: Callable[[str], str], lines: Encoded) -> types.Location:
    """Return a place with its file."""
    return types.Location(uri(span.source.name), as_range(span, lines))


def published(
    checked: Checked, workspace: Workspace, path: str, uri: Callable[[str], str], lines: Encoded
) -> list[types.Diagnostic]:
    """Return the findings about a file; those about a file that it names are shown at that name.

    Args:
        checked: the findings.
        workspace: the texts.
        path: the file.
        uri: returns the URI of a path.
        lines: the lines of a text.
    """
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))
    found = []
    for finding in checked.report.findings:
        span, related, shown = finding.span, None, finding
        if span is not None and not is_in(span, path):
            related = [types.DiagnosticRelatedInformation(as_location(span, uri, lines), neutral(finding.message))]
            place = f"{PurePath(span.source.name).name}:{span.line}"
            shown = evolve(finding, message=f"{place}: {finding.message}")
            span = anchor(workspace, path)
        found.append(_diagnostic(shown, nowhere if span is None else as_range(span, lines), related))
    return found


def _diagnostic(
    finding: Diagnostic, place: types.Range, related: list[types.DiagnosticRelatedInformation] | None
) -> types.Diagnostic:
    texts = [finding.message, *finding.notes]
    if finding.witness:
        cut = "…" if len(finding.witness) > MAX_WITNESS else ""
        texts.append(f"for example: {finding.witness[:MAX_WITNESS]}{cut}")
    if finding.help:
        texts.append(f"help: {finding.help}")
    return types.Diagnostic(
        range=place,
        message=neutral_lines("\n".join(texts)),
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        source="kpirules",
        related_information=related,
    )


def actions(checked: Checked, path: str, uri: str, wanted: types.Range, lines: Encoded) -> list[types.CodeAction]:
    """Return the fixes of findings that touch a range, and one action for all that can't change a rating.

    Args:
        checked: the findings.
        path: the file.
        uri: its URI.
        wanted: the range.
        lines: the lines of a text.
    """
    found = [
        _action(finding, finding.fix, uri, lines)
        for finding in own(checked.report, path)
        if finding.fix is not None and _touches(as_range(finding.span or finding.fix.span, lines), wanted)
    ]
    safe = without_overlaps(fixes(checked.report, path, only_safe=True))
    if safe:
        title = "Make every fix that can't change a rating"
        found.append(types.CodeAction(title=title, kind=FIX_ALL, edit=_edit(uri, safe, lines)))
    return found


def _action(finding: Diagnostic, fix: Fix, uri: str, lines: Encoded) -> types.CodeAction:
    written = f"Write `{neutral(fix.text)}`" if fix.text else f"Remove `{neutral(fix.span.text)}`"
    place = as_range(finding.span or fix.span, lines)
    return types.CodeAction(
        title=f"{written} ({finding.code})" if fix.is_safe else f"{written}, if that is meant ({finding.code})",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_diagnostic(finding, place, None)],
        is_preferred=fix.is_safe,
        edit=_edit(uri, (fix,), lines),
    )


def _touches(one: types.Range, other: types.Range) -> bool:
    ends = [(place.line, place.character) for place in (one.start, one.end, other.start, other.end)]
    return ends[0] <= ends[3] and ends[2] <= ends[1]


def _edit(uri: str, changes: Iterable[Fix], lines: Encoded) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(changes={uri: _edits(changes, lines)})


def _edits(changes: Iterable[Fix], lines: Encoded) -> list[types.TextEdit]:
    return [types.TextEdit(as_range(fix.span, lines), fix.text) for fix in without_overlaps(changes)]


def edit_of(renaming: Renaming, uri: Callable[[str], str], lines: Encoded) -> types.WorkspaceEdit:
    """Return the edits of a rename, by file."""
    return types.WorkspaceEdit(changes={uri(name): _edits(found, lines) for name, found in renaming.edits.items()})


def as_completion(suggestion: Suggestion, offset: int, text: str, lines: Encoded) -> types.CompletionItem:
    """Return a suggestion for a place of a text."""
    found = lines(text)
    start = types.Position(*found.position(offset - suggestion.start))
    place = types.Range(start, types.Position(*found.position(offset)))
    kind = next((kind for name, kind in KINDS.items() if suggestion.kind.startswith(name)), None)
    documentation = types.MarkupContent(types.MarkupKind.Markdown, suggestion.text) if suggestion.text else None
    return types.CompletionItem(
        label=suggestion.label,
        kind=kind,
        detail=neutral(suggestion.kind),
        documentation=documentation,
        text_edit=types.TextEdit(place, suggestion.label),
    )


def as_hover(hover: Hover, lines: Encoded) -> types.Hover:
    """Return a hover."""
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, hover.text), as_range(hover.span, lines))
