"""Small rulebooks for tests, written as the body of a document, and assessments by them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from textwrap import dedent

import pytest
from attrs import evolve

from kpirules import Assessment, Diagnostic, FaultError, Program, Report, SubjectError, assess, loads
from kpirules.documents import build, read_text
from kpirules.engines.scalar.engine import Decision, Fault
from kpirules.kernel.mappings import FrozenMap
from kpirules.rating.assessing.by_reference import recorded_inputs
from kpirules.rating.assessing.deferred import Deferred
from kpirules.rating.assessing.values import take

from .budget import by_budget
from .integers import checked

__all__ = ["F", "agreed", "assessed", "fault", "faulted", "problems", "program", "unproved", "unproved_fault"]

F = Fraction


@cache
def program(text: str) -> Program:
    """Return the program of a rulebook written without its first lines; warnings are ignored."""
    return loads(f"kpirules: 1\nid: rules\n{dedent(text)}", name="rules.kpi.yaml")


@cache
def unproved(text: str) -> Program:
    """Return the program of a rulebook that the check would refuse."""
    document, _ = read_text(f"kpirules: 1\nid: rules\n{dedent(text)}", "rules.kpi.yaml")
    assert document is not None
    rulebook, _ = build(document)
    assert rulebook is not None
    return Program(rulebook, Report(()))


def unproved_fault(text: str, **subject: object) -> Diagnostic:
    """Return the fault of an assessment by a rulebook that the check would refuse."""
    with pytest.raises(FaultError) as caught:
        assess(unproved(text), subject, engine="reference")
    (diagnostic,) = caught.value.report
    return diagnostic


def _rules(text: str) -> Program:
    """Return a program to assess by; that the check accepts its rulebook is seen in the long budget."""
    return by_budget(unproved, program)(text)


def assessed(text: str, **subject: object) -> Assessment:
    return assess(_rules(text), subject)


def fault(text: str, **subject: object) -> Diagnostic:
    """Return the fault of an assessment."""
    with pytest.raises(FaultError) as caught:
        assessed(text, **subject)
    (diagnostic,) = caught.value.report
    return diagnostic


def problems(text: str, subject: object = None, /, **inputs: object) -> list[tuple[str, str]]:
    """Return the code and path of every problem of a subject."""
    with pytest.raises(SubjectError) as caught:
        assess(_rules(text), inputs if subject is None else subject)
    return [(diagnostic.code, diagnostic.path) for diagnostic in caught.value.report]


def decided(book: Program, subject: object) -> Decision | Fault | None:
    """Return the decision of the scalar engine about a valid subject."""
    values = take(book.rulebook.inputs, subject)
    assert (values.problems, values.missing) == ([], [])
    return book.scalar.decide(book.scalar.pack(values.given))


def agreed(text: str | Program, **subject: object) -> Assessment:
    """Return an assessment on which the generated code and the reference engine agree.

    The check is left out: what the code does with a formula is seen without a proof of what that can come to.
    """
    book = text if isinstance(text, Program) else unproved(text)
    found = assess(book, subject)
    deferred = vars(found)["_loader"]
    assert isinstance(deferred, Deferred), found
    values = take(book.rulebook.inputs, subject)
    assert book.scalar.pack(values.given) == deferred.arguments
    # It compares the decision with the record of the reference engine as soon as it has made it.
    record = deferred.by_reference.record
    assert found == evolve(record, assumed=FrozenMap(values.assumed), **recorded_inputs(book, values.given))
    checked(book, values.given, found)
    return found


def faulted(text: str | Program, **subject: object) -> str:
    """Return the path at which both engines fault."""
    book = text if isinstance(text, Program) else unproved(text)
    decision = decided(book, subject)
    assert isinstance(decision, Fault), decision
    with pytest.raises(FaultError) as caught:
        assess(book, subject)
    (diagnostic,) = caught.value.report
    assert decision.path == diagnostic.path
    checked(book, take(book.rulebook.inputs, subject).given, None)
    return decision.path
