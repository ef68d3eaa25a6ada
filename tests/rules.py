"""Small rulebooks for tests, written as the body of a document, and what comes of a subject by them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from textwrap import dedent

import pytest

from kpirules import Assessment, Diagnostic, FaultError, Program, SubjectError, assess, loads

__all__ = ["F", "assessed", "fault", "problems", "program"]

F = Fraction


@cache
def program(text: str) -> Program:
    """The program of a rulebook without its first lines; warnings are as they may be."""
    return loads(f"kpirules: 1\nid: rules\n{dedent(text)}", name="rules.kpi.yaml")


def assessed(text: str, **subject: object) -> Assessment:
    return assess(program(text), subject)


def fault(text: str, **subject: object) -> Diagnostic:
    """The one fault of an assessment."""
    with pytest.raises(FaultError) as caught:
        assessed(text, **subject)
    (diagnostic,) = caught.value.report
    return diagnostic


def problems(text: str, subject: object = None, /, **inputs: object) -> list[tuple[str, str]]:
    """Code and path of everything that is wrong with a subject."""
    with pytest.raises(SubjectError) as caught:
        assess(program(text), inputs if subject is None else subject)
    return [(diagnostic.code, diagnostic.path) for diagnostic in caught.value.report]
