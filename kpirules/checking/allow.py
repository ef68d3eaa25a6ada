"""Diagnostics that a rulebook accepts on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from ..diagnostics import Diagnostic
from ..diagnostics.codes import CATALOGUE, At, expression
from ..model import Rulebook, Words
from .parts import parts

__all__ = ["apply_allow", "is_at_or_below"]

UNUSED_ALLOW = "KR243"


def apply_allow(rulebook: Rulebook, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics, those marked that an `allow` at their place or above accepts.

    Args:
        rulebook: the rules, with every `allow` in their words.
        diagnostics: all that was found in them.

    Returns:
        The same diagnostics, marked, and a warning for each `allow` that accepts nothing.
    """
    marking = _Marking([part for part in parts(rulebook) if isinstance(part, Words) and part.allow])
    marked = [marking.mark(diagnostic) for diagnostic in diagnostics]
    # What accepts such warnings can itself only be judged after them.
    for is_about_itself in (False, True):
        unused = list(marking.unused(is_about_itself))
        marked += unused if is_about_itself else [marking.mark(diagnostic) for diagnostic in unused]
    return tuple(marked)


@define
class _Marking:
    allowing: list[Words]
    used: set[tuple[str, str]] = field(factory=set)

    def mark(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic, accepted with the reason of the nearest `allow` that speaks of it."""
        row = CATALOGUE.get(diagnostic.code)
        if row is None or not row.can_be_allowed:
            return diagnostic
        around = [
            words
            for words in self.allowing
            if diagnostic.code in dict(words.allow) and is_at_or_below(diagnostic.path, words.path)
        ]
        if not around:
            return diagnostic
        words = max(around, key=lambda words: len(words.path))
        self.used.add((words.path, diagnostic.code))
        return evolve(diagnostic, allowed=dict(words.allow)[diagnostic.code])

    def unused(self, is_about_itself: bool) -> Iterator[Diagnostic]:
        """A warning for each `allow` that accepted nothing."""
        for words in self.allowing:
            for code, _ in words.allow:
                if (code == UNUSED_ALLOW) == is_about_itself and (words.path, code) not in self.used:
                    at = At(words.span, f"{words.path}.allow".removeprefix("."))
                    yield expression.unused_allow(at, code)


def is_at_or_below(path: str, above: str) -> bool:
    """Whether a way through the document passes a place.

    >>> is_at_or_below("bands.good.requires", "bands.good"), is_at_or_below("bands.goods", "bands.good")
    (True, False)
    """
    return not above or path == above or path.startswith((f"{above}.", f"{above}["))
