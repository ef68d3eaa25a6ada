"""A report for programs: JSON, GitHub annotations, SARIF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..kernel.visible import seen
from .fixes import Fix
from .report import Diagnostic, Report, Severity
from .spans import Span

if TYPE_CHECKING:
    from .codes.catalogue import Code

__all__ = ["render_github", "render_json", "render_sarif"]

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_json(report: Report) -> str:
    """Return a JSON list of objects; lines and columns count from 1 in code points, and `end_column` is exclusive.

    >>> render_json(Report())
    '[]'
    """
    return json.dumps(report.to_data(), ensure_ascii=False, indent=2)


def render_github(report: Report) -> str:
    """Return workflow commands, one a line, for GitHub annotations, without allowed diagnostics."""
    lines = [_annotation(d) for d in report if d.allowed is None]
    return "".join(f"{line}\n" for line in lines)


def render_sarif(report: Report, catalogue: Mapping[str, Code]) -> str:
    """Return SARIF 2.1.0, with the reference page of each code that occurs and the reasons of allowed diagnostics.

    Args:
        report: what was found.
        catalogue: every code by its number.
    """
    codes = sorted({d.code for d in report})
    driver = {"name": "kpirules", "rules": [_rule(code, catalogue.get(code)) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(d, codes.index(d.code)) for d in report],
    }
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _whole_text(diagnostic: Diagnostic) -> str:
    """Return the words of a diagnostic for a format without source lines."""
    lines = [diagnostic.message, diagnostic.label, *(f"note: {note}" for note in diagnostic.notes)]
    return "\n".join([*filter(None, lines), *([f"help: {diagnostic.help}"] if diagnostic.help else [])])


def _annotation(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    fields: dict[str, object] = {}
    if span:
        fields |= {"file": span.source.name, "line": span.line, "endLine": span.end_line}
        # GitHub accepts columns only for annotations of one line.
        if span.line == span.end_line:
            fields |= {"col": span.column, "endColumn": span.end_column}
    fields["title"] = diagnostic.code
    command = "notice" if diagnostic.severity is Severity.NOTE else diagnostic.severity.value
    properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in fields.items())
    return f"::{command} {properties}::{_escaped(_whole_text(diagnostic))}"


def _escaped(text: str, also: str = "") -> str:
    lines = "\n".join(map(seen, text.split("\n")))
    return "".join(f"%{ord(c):02X}" if c in "%\n" or c in also else c for c in lines)


def _rule(number: str, code: Code | None) -> dict[str, Any]:
    if code is None:
        return {"id": number}
    return {
        "id": number,
        "name": "".join(word.capitalize() for word in code.name.split("-")),
        "shortDescription": {"text": code.title},
        "help": {"text": code.page, "markdown": code.page},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _sarif_result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": _whole_text(diagnostic)},
    }
    location: dict[str, Any] = {}
    if diagnostic.span:
        location["physicalLocation"] = _physical(diagnostic.span)
    if diagnostic.path:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.path}]
    if location:
        result["locations"] = [location]
    if diagnostic.fix is not None:
        result["fixes"] = [_sarif_fix(diagnostic.fix, diagnostic.help)]
    if diagnostic.allowed is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": diagnostic.allowed}]
    return result


def _sarif_fix(fix: Fix, help_: str) -> dict[str, Any]:
    place = _physical(fix.span)
    edit = {"deletedRegion": place["region"], "insertedContent": {"text": fix.text}}
    return {
        "description": {"text": help_},
        "artifactChanges": [{"artifactLocation": place["artifactLocation"], "replacements": [edit]}],
        "properties": {"safe": fix.is_safe},
    }


def _physical(span: Span) -> dict[str, Any]:
    # Only this format needs the import, and importing the package should not pay for it.
    from urllib.parse import quote

    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": quote(span.source.name.replace("\\", "/"))}, "region": region}
