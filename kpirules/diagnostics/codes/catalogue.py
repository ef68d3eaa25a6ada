"""The table of codes: one function for each mistake, with its message, its help and its page."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from inspect import cleandoc, getsource
from typing import Concatenate, ParamSpec

from attrs import frozen

from ..phrases import Phrase
from ..report import Diagnostic, Severity
from ..spans import Span

__all__ = ["CATALOGUE", "At", "Code", "Say", "error", "note", "warning"]

P = ParamSpec("P")


@frozen
class At:
    """The place of a mistake: in the text, and its path in the document or the subject."""

    span: Span | None
    path: str = ""


@frozen
class Say:
    """The words for a mistake: the fact, the help, and the message for people who do not know the rulebook."""

    message: str
    help: str = ""
    label: str = ""
    notes: tuple[str, ...] = ()
    wording: Phrase | None = None


@frozen
class Code:
    """A row of the table of codes.

    Args:
        code: `KR` and three digits, never reused.
        name: the mistake in kebab case.
        severity: its severity unless it is allowed.
        page: its reference page, from the docstring: title, then *What it checks*, *Why it matters*,
            *Fails*, *Passes*.
        can_be_allowed: False if the rulebook has no meaning with this mistake.
    """

    code: str
    name: str
    severity: Severity
    page: str
    can_be_allowed: bool

    @property
    def title(self) -> str:
        return self.page.partition("\n")[0].rstrip(".")


CATALOGUE: dict[str, Code] = {}
"""Every code by its number; filled while the modules of this package are imported, read-only afterwards."""


def _page(words: Callable[..., Say]) -> str:
    """Return the docstring of a function; from the source if `python -OO` has removed it."""
    if words.__doc__ is not None:
        return cleandoc(words.__doc__)
    return _pages(words.__module__).get(words.__name__, "")


@cache
def _pages(module: str) -> Mapping[str, str]:
    """Return the docstrings of a module's functions by name; empty without its source."""
    try:
        source = getsource(sys.modules[module])
    except (OSError, TypeError):
        return {}
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) or "" for node in functions}


def _entry(
    severity: Severity, code: str, can_be_allowed: bool
) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    def enter(words: Callable[P, Say]) -> Callable[Concatenate[At, P], Diagnostic]:
        if code in CATALOGUE:
            raise AssertionError(f"{code} is used twice")
        name = words.__name__.rstrip("_").replace("_", "-")
        CATALOGUE[code] = Code(code, name, severity, _page(words), can_be_allowed)

        def diagnose(at: At, /, *args: P.args, **kwargs: P.kwargs) -> Diagnostic:
            say = words(*args, **kwargs)
            found = Diagnostic(
                code, severity, say.message, at.span, at.path, say.label, say.help, say.notes, wording=say.wording
            )
            return _with_near_word(found)

        diagnose.__name__ = words.__name__
        diagnose.__doc__ = CATALOGUE[code].page
        return diagnose

    return enter


_NEAR = re.compile(r"did you mean `([^`]+)`\?")
_NAME = re.compile(r"`([^`]+)`")


def _with_near_word(diagnostic: Diagnostic) -> Diagnostic:
    """Return a diagnostic about a misspelt word with an edit that writes the nearest one: a guess, never safe."""
    near, name, span = _NEAR.match(diagnostic.help), _NAME.search(diagnostic.message), diagnostic.span
    if near is None or name is None or span is None or not span.text.startswith(name[1]):
        return diagnostic
    return diagnostic.with_fix(near[1], is_safe=False, span=Span(span.source, span.start, span.start + len(name[1])))


def error(
    code: str, *, can_be_allowed: bool = False
) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Register a mistake that stops compilation; `can_be_allowed` if the rulebook still has one meaning."""
    return _entry(Severity.ERROR, code, can_be_allowed)


def warning(code: str) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Register a mistake that needs a decision."""
    return _entry(Severity.WARNING, code, True)


def note(code: str) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Register a fact that is not a finding."""
    return _entry(Severity.NOTE, code, True)
