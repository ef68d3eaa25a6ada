"""Marks the diagnostics that a rulebook accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import define, evolve, field

from ...diagnostics import Diagnostic
from ...diagnostics.codes import CATALOGUE, At, expression
from ...language.model import Rulebook, Words
from .parts import parts

__all__ = ["apply", "apply_allow", "enclosing_places"]

UNUSED_ALLOW = "KR243"

ONLY_PROVED = frozenset({"KR332", "KR336", "KR402"})
"""Findings that only `check --prove` may add: without it, an `allow` of them can't be called unused."""


def apply_allow(rulebook: Rulebook, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics, marked if an `allow` at their place or above accepts them.

    Args:
        rulebook: the rules, with every `allow` in their words.
        diagnostics: all diagnostics of the rules.

    Returns:
        The same diagnostics, marked, and a warning for each unused `allow`, unless there is an error.
    """
    return apply(tuple(part for part in parts(rulebook) if isinstance(part, Words)), diagnostics)


def apply(
    all_words: Iterable[Words], diagnostics: Iterable[Diagnostic], refuted: Sequence[Diagnostic] | None = None
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics, marked by the `allow` of all parts of a rulebook.

    Args:
        all_words: the wording of all parts.
        diagnostics: all diagnostics of the rules.
        refuted: findings that only a proof removed, whose `allow` is not reported; None without
            proofs.
    """
    marking = _Marking([words for words in all_words if words.allow], refuted is not None)
    marked = [marking.mark(diagnostic) for diagnostic in diagnostics]
    for diagnostic in refuted or ():
        marking.mark(diagnostic)
    # An error stops further checks, so a finding that is missing now may still exist.
    if any(diagnostic.is_error for diagnostic in marked):
        return tuple(marked)
    # An `allow` of such warnings can only be judged after them.
    for is_about_itself in (False, True):
        unused = list(marking.unused(is_about_itself))
        marked += unused if is_about_itself else [marking.mark(diagnostic) for diagnostic in unused]
    return tuple(marked)


@define
class _Marking:
    allowing: list[Words]
    is_proved: bool
    used: set[tuple[str, str]] = field(factory=set)
    reasons: dict[tuple[str, str], str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.reasons = {
            (words.path, accepted.code): accepted.reason for words in self.allowing for accepted in words.allow
        }

    def mark(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a diagnostic, accepted with the reason of the nearest `allow` of its code."""
        if not self.reasons:
            return diagnostic
        row = CATALOGUE.get(diagnostic.code)
        if row is None or not row.can_be_allowed:
            return diagnostic
        for path in enclosing_places(diagnostic.path):
            reason = self.reasons.get((path, diagnostic.code))
            if reason is not None:
                self.used.add((path, diagnostic.code))
                return evolve(diagnostic, allowed=reason)
        return diagnostic

    def unused(self, is_about_itself: bool) -> Iterator[Diagnostic]:
        """Yield a warning for each unused `allow`."""
        for words in self.allowing:
            for accepted in words.allow:
                if accepted.code in ONLY_PROVED and not self.is_proved:
                    continue
                if (accepted.code == UNUSED_ALLOW) == is_about_itself and (
                    words.path,
                    accepted.code,
                ) not in self.used:
                    at = At(accepted.span or words.span, f"{words.path}.allow.{accepted.code}".removeprefix("."))
                    yield expression.unused_allow(at, accepted.code)


def enclosing_places(path: str) -> Iterator[str]:
    """Yield a place in the document and all places around it, the nearest first and the root last.

    >>> list(enclosing_places("tables.t.steps[1].value"))
    ['tables.t.steps[1].value', 'tables.t.steps[1]', 'tables.t.steps', 'tables.t', 'tables', '']
    """
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    yield ""
