"""Diagnostics that a rulebook accepts on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from ..diagnostics import Diagnostic
from ..diagnostics.codes import CATALOGUE, At, expression
from ..model import Rulebook, Words
from .parts import parts

__all__ = ["apply_allow", "is_at_or_below"]


def apply_allow(rulebook: Rulebook, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics, those marked that an `allow` at their place or above accepts.

    Args:
        rulebook: the rules, with every `allow` in their words.
        diagnostics: all that was found in them.

    Returns:
        The same diagnostics, marked, and a warning for each `allow` that accepts nothing.
    """
    allowing = [part for part in parts(rulebook) if isinstance(part, Words) and part.allow]
    used: set[tuple[str, str]] = set()
    marked = []
    for diagnostic in diagnostics:
        words = next(_around(allowing, diagnostic), None)
        if words is None:
            marked.append(diagnostic)
        else:
            used.add((words.path, diagnostic.code))
            marked.append(evolve(diagnostic, allowed=dict(words.allow)[diagnostic.code]))
    unused = [
        expression.unused_allow(At(words.span, f"{words.path}.allow".removeprefix(".")), code)
        for words in allowing
        for code, _ in words.allow
        if (words.path, code) not in used
    ]
    return (*marked, *unused)


def _around(allowing: list[Words], diagnostic: Diagnostic) -> Iterator[Words]:
    """The words that accept a diagnostic, the nearest first."""
    row = CATALOGUE.get(diagnostic.code)
    if row is None or not row.can_be_allowed:
        return
    for words in sorted(allowing, key=lambda words: -len(words.path)):
        if diagnostic.code in dict(words.allow) and is_at_or_below(diagnostic.path, words.path):
            yield words


def is_at_or_below(path: str, above: str) -> bool:
    """Whether a way through the document passes a place.

    >>> is_at_or_below("bands.good.requires", "bands.good"), is_at_or_below("bands.goods", "bands.good")
    (True, False)
    """
    return not above or path == above or path.startswith((f"{above}.", f"{above}["))
