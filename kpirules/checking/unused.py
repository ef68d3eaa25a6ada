"""What is declared and read by nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..diagnostics import Diagnostic
from ..diagnostics.codes import At, expression
from ..expressions import Expression, reads, tree, walk
from ..model import Amount, Input, ListDomain, Words
from .facts import Facts
from .parts import parts
from .places import ITEM, Place

__all__ = ["check_unused"]


def check_unused(facts: Facts) -> Iterator[Diagnostic]:
    """Inputs, fields, parameters, named values, tables, functions and calendars that nothing reads."""
    rulebook = facts.rulebook
    if any(problem.code == "KR201" for problem in facts.problems):
        # A misspelt name would make what it means look unused.
        return
    read = _read_names(facts)
    for declared in rulebook.inputs:
        if declared.entered_for is None and declared.id not in read:
            yield _unused("input", declared.id, declared.words)
        elif isinstance(declared.domain, ListDomain):
            yield from _check_fields(facts, declared, declared.domain)
    named: list[tuple[str, str, Words]] = [
        *(("parameter", parameter.id, parameter.words) for parameter in rulebook.parameters),
        *(("named value", named.id, named.words) for named in rulebook.let),
        *(("table", table.id, table.words) for table in rulebook.tables),
        *(("calendar", calendar.id, calendar.words) for calendar in rulebook.calendars),
    ]
    yield from (_unused(*part) for part in named if part[1] not in read)
    texts = _texts(facts)
    for function in rulebook.functions:
        others = [text for owner, text in texts if owner != function.id]
        if not any(re.search(rf"\b{function.id}\s*\(", text) for text in others):
            yield _unused("function", function.id, function.words)


def _unused(kind: str, id_: str, words: Words) -> Diagnostic:
    return expression.unused(At(words.span, words.path), kind, id_)


def _read_names(facts: Facts) -> set[str]:
    """Every name that a formula, an amount or a worked example reads."""
    rulebook = facts.rulebook
    read: set[str] = set()
    for place in facts.places:
        # A named value that only reads itself is read by nothing.
        names = set(reads(place.expression.tree)) | _called(place.expression)
        read |= names - {place.owner}
    for parameter in rulebook.parameters:
        read |= set(reads(parameter.formula.tree)) - {parameter.id}
    amounts = [part for part in parts(rulebook) if isinstance(part, Amount)]
    read |= {amount.parameter for amount in amounts if amount.parameter is not None}
    for example in rulebook.examples:
        expected = example.expect.get("let")
        if isinstance(expected, Mapping):
            read |= set(expected)
    return read


def _called(formula: Expression) -> set[str]:
    return {part.function for part in walk(formula.tree) if isinstance(part, tree.Call)}


def _check_fields(facts: Facts, declared: Input, domain: ListDomain) -> Iterator[Diagnostic]:
    """Fields of a list's records, computed ones included, that nothing reads."""
    read = set(domain.unique)
    for place in facts.places:
        read |= set(_fields_read(place, declared.id))
    fields = [*((f.id, f.words) for f in domain.fields), *((named.id, named.words) for named in domain.let)]
    yield from (_unused("field", id_, words) for id_, words in fields if id_ not in read)


def _fields_read(place: Place, list_: str) -> Iterator[str]:
    """The fields of one list's records that an expression reads."""
    if place.stage == f"{ITEM}{list_}":
        own = place.owner.removeprefix(f"{list_}.")
        for name in reads(place.expression.tree):
            owner, _, inner = name.partition(".")
            if owner == "item" and inner != own:
                yield inner
    for part in walk(place.expression.tree):
        if isinstance(part, tree.Aggregate) and part.collection == tree.Name(list_):
            for inside in walk(part):
                if isinstance(inside, tree.Field) and inside.owner == part.variable:
                    yield inside.name


def _texts(facts: Facts) -> list[tuple[str, str]]:
    """Every formula as its author wrote it, with the function it defines: calls leave no trace in trees."""
    rulebook = facts.rulebook
    return [
        *(("", place.expression.text) for place in facts.places),
        *(("", parameter.formula.text) for parameter in rulebook.parameters),
        *((function.id, function.value.text) for function in rulebook.functions),
    ]
