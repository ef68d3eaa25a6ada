"""Edits of a text that resolve a diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from .spans import Source, Span

__all__ = ["Fix", "fixed", "without_overlaps"]


@frozen
class Fix:
    """An edit of the text that resolves a diagnostic.

    Args:
        span: the text that is replaced.
        text: the new text.
        is_safe: True if the edit can't change a rating, so `kpirules check --fix` applies it; False for a guess, such
            as the nearest name.
    """

    span: Span
    text: str
    is_safe: bool

    def to_data(self) -> dict[str, Any]:
        """Return the edit as a dict, ready for JSON; lines and columns as in a diagnostic."""
        return {
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
            "text": self.text,
            "safe": self.is_safe,
        }


def fixed(source: Source, fixes: Iterable[Fix]) -> str:
    """Return a text after edits; of two that overlap, only the first is made.

    Args:
        source: the text.
        fixes: its edits.

    >>> source = Source("a.kpi.yaml", "max: 1,5 # days")
    >>> fixed(source, [Fix(Span(source, 5, 8), "1.5", is_safe=True)])
    'max: 1.5 # days'
    """
    parts, place = [], 0
    for fix in without_overlaps(fixes):
        parts += [source.text[place : fix.span.start], fix.text]
        place = fix.span.end
    return "".join(parts) + source.text[place:]


def without_overlaps(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Return edits of one text in order; of two that overlap, only the first.

    Args:
        fixes: the edits.
    """
    kept: list[Fix] = []
    for fix in sorted(dict.fromkeys(fixes), key=lambda fix: (fix.span.start, fix.span.end)):
        if not kept or fix.span.start >= kept[-1].span.end:
            kept.append(fix)
    return tuple(kept)
