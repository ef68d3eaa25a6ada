"""Checks for declarations that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression
from ...language.expressions import tree, walk
from ...language.model import Input, ListDomain, TextDomain, Words
from .facts import Facts
from .places import ITEM

__all__ = ["check_unused"]

ROUNDED_TO = re.compile(r"""\b(?:places|to)["']?\s*:\s*["']?([a-z][a-z0-9_]*)""")
CALL = re.compile(r"(\w+)\s*\(")


def check_unused(facts: Facts) -> Iterator[Diagnostic]:
    """Report inputs, fields, parameters, named values, tables, functions and calendars that nothing reads.

    Texts are excluded: the name of a task, or a remark, is there for people.
    """
    rulebook = facts.rulebook
    if any(problem.code == "KR201" for problem in facts.problems):
        # A misspelt name would make the intended one look unused.
        return
    read, fields = _read_names(facts), _fields_read(facts)
    for declared in rulebook.inputs:
        if declared.id not in read and declared.entered_for is None and not _is_for_people(declared):
            yield _unused("input", declared.id, declared.words)
        if declared.id in read and isinstance(declared.domain, ListDomain):
            yield from _check_fields(fields.get(declared.id, set()), declared.domain)
    named: list[tuple[str, str, Words]] = [
        *(("parameter", parameter.id, parameter.words) for parameter in rulebook.parameters),
        *(("named value", named.id, named.words) for named in rulebook.let),
        *(("table", table.id, table.words) for table in rulebook.tables),
        *(("calendar", calendar.id, calendar.words) for calendar in rulebook.calendars),
    ]
    yield from (_unused(*part) for part in named if part[1] not in read)
    called = _called_functions(facts)
    for function in rulebook.functions:
        if function.id not in called:
            yield _unused("function", function.id, function.words)


def _is_for_people(declared: Input) -> bool:
    return isinstance(declared.domain, TextDomain)


def _unused(kind: str, id_: str, words: Words) -> Diagnostic:
    return expression.unused(At(words.span, words.path), kind, id_)


def _read_names(facts: Facts) -> set[str]:
    """Return every name that a formula, an amount or a worked example reads."""
    rulebook = facts.rulebook
    read: set[str] = set()
    for place in facts.places:
        # A named value read only by itself is unused.
        names = place.expression.called.union(place.expression.names)
        read |= names - {place.owner}
    for parameter in rulebook.parameters:
        read |= set(parameter.formula.names) - {parameter.id}
    read |= {amount.parameter for amount in facts.amounts if amount.parameter is not None}
    read |= _rounded_to(facts)
    read |= {rulebook.variant_by, rulebook.edition_by}
    if rulebook.cohort is not None:
        read |= set(rulebook.cohort.within)
        read |= {name for quota in rulebook.cohort.quotas for name in quota.within}
    for example in rulebook.examples:
        of_members = example.expect.get("members")
        members = of_members.values() if isinstance(of_members, Mapping) else ()
        for expect in (example.expect, *members):
            expected = expect.get("let") if isinstance(expect, Mapping) else None
            if isinstance(expected, Mapping):
                read |= set(expected)
    return read


def _rounded_to(facts: Facts) -> set[str]:
    """Return the words after `places` and `to` in formulas, since a rounding keeps the number and not its name."""
    if not facts.rulebook.parameters:
        return set()
    sources = {words.span.source for words in facts.wordings if words.span is not None}
    return {word for source in sources for word in ROUNDED_TO.findall(source.text)}


def _check_fields(read: set[str], domain: ListDomain) -> Iterator[Diagnostic]:
    """Report fields of a list's records, computed ones included, that nothing reads."""
    fields = [(field.id, field.words) for field in domain.fields if not _is_for_people(field)]
    fields += [(named.id, named.words) for named in domain.let]
    known = read | set(domain.unique)
    yield from (_unused("field", id_, words) for id_, words in fields if id_ not in known)


def _fields_read(facts: Facts) -> Mapping[str, set[str]]:
    """Return the fields that expressions read, by list."""
    read: dict[str, set[str]] = {}
    for place in facts.places:
        if place.stage.startswith(ITEM):
            list_ = place.stage.removeprefix(ITEM)
            own = place.owner.removeprefix(f"{list_}.")
            names = [name.partition(".") for name in place.expression.names]
            # A computed field read only by itself is unused.
            inside = {inner for owner, _, inner in names if owner == "item" and inner != own}
            read.setdefault(list_, set()).update(inside)
        for part in place.expression.nodes:
            if isinstance(part, tree.Aggregate) and isinstance(part.collection, tree.Name):
                found = [inner for inner in walk(part) if isinstance(inner, tree.Field)]
                fields = {inner.name for inner in found if inner.owner == part.variable}
                read.setdefault(part.collection.id, set()).update(fields)
    return read


def _called_functions(facts: Facts) -> set[str]:
    """Return the functions that texts of formulas call; trees do not keep calls of the rulebook's functions."""
    rulebook = facts.rulebook
    written = [
        *(("", place.expression.text) for place in facts.places),
        *(("", parameter.formula.text) for parameter in rulebook.parameters),
        *((function.id, function.value.text) for function in rulebook.functions),
    ]
    return {word for owner, text in written for word in CALL.findall(text) if word != owner}
