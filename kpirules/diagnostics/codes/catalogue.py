"""The mechanism of the code table: one function a mistake, which is its message, its help and its page."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from functools import cache
from inspect import cleandoc, getsource
from typing import Concatenate, ParamSpec

from attrs import frozen

from ..report import Diagnostic, Severity
from ..spans import Span

__all__ = ["CATALOGUE", "At", "Code", "Say", "error", "note", "warning"]

P = ParamSpec("P")


@frozen
class At:
    """Where a mistake stands: in the text, and on the way through the document or the subject."""

    span: Span | None
    path: str = ""


@frozen
class Say:
    """What is said of a mistake: the fact, and the way out."""

    message: str
    help: str = ""
    label: str = ""
    notes: tuple[str, ...] = ()


@frozen
class Code:
    """One row of the table of codes.

    Args:
        code: `KR` and three digits, never reused.
        name: the mistake in kebab case.
        severity: what it weighs unless it is allowed.
        page: its reference page, from the docstring: title, then *What it checks*, *Why it matters*,
            *Fails*, *Passes*.
        can_be_allowed: False where nothing sensible is left to compile once it stands.
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
    """The docstring of a function, from the source where `python -OO` has left it out."""
    if words.__doc__ is not None:
        return cleandoc(words.__doc__)
    return _pages(words.__module__).get(words.__name__, "")


@cache
def _pages(module: str) -> Mapping[str, str]:
    """The docstrings of a module's functions by name; none where there is no source."""
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
            return Diagnostic(code, severity, say.message, at.span, at.path, say.label, say.help, say.notes)

        diagnose.__name__ = words.__name__
        diagnose.__doc__ = CATALOGUE[code].page
        return diagnose

    return enter


def error(
    code: str, *, can_be_allowed: bool = False
) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Enter a mistake that stops compilation; `can_be_allowed` where the rest still has one meaning."""
    return _entry(Severity.ERROR, code, can_be_allowed)


def warning(code: str) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Enter a mistake that somebody should decide about."""
    return _entry(Severity.WARNING, code, True)


def note(code: str) -> Callable[[Callable[P, Say]], Callable[Concatenate[At, P], Diagnostic]]:
    """Enter a fact worth telling, which is no finding."""
    return _entry(Severity.NOTE, code, True)
