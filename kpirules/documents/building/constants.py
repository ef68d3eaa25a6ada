"""The rulebook's own functions, substituted in order, and its parameters, computed once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At
from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...language.expressions import Expression, Fault, Formula, Scope, Type, Typing, Value, evaluate, walk
from ...language.expressions.tree import Call
from ...language.model import Function, Parameter
from .draft import BLANK, Draft, read_expression, repeated
from .fields import Fields
from .names import check_bare
from .order import dependency_order

__all__ = ["build_functions", "build_parameters"]


# -- functions --------------------------------------------------------------------------------


def build_functions(draft: Draft, entries: Mapping[str, Fields]) -> tuple[Function, ...]:
    """Build the functions, and add their formulas to the draft."""
    calls = {id_: _called_names(fields) & set(entries) for id_, fields in entries.items()}
    order, cycles = dependency_order(calls)
    for cycle in cycles:
        at = entries[cycle[0]].at
        draft.report(words.recursive_function(at, cycle[0], cycle))
    made = {id_: _function(draft, id_, entries[id_]) for id_ in order}
    return tuple(made[id_] for id_ in entries if id_ in made)


def _called_names(fields: Fields) -> set[str]:
    """Return the names that a formula calls; its mistakes are reported later, after substitution."""
    written = fields.written("value")
    found = read_expression(written, [], {}) if written else None
    return {node.function for node in walk(found.tree) if isinstance(node, Call)} if found else set()


def _function(draft: Draft, id_: str, fields: Fields) -> Function:
    args: tuple[str, ...] = fields.items("args")
    for index, arg in enumerate(args):
        check_bare(draft.decoding, arg, fields.at_value("args", index))
    for index in repeated(args):
        draft.report(say.named_twice(fields.at_value("args", index), "argument", args[index]))
    value = draft.expression(fields.written("value"))
    draft.formulas[id_] = Formula(args, value)
    return Function(id_, args, value, fields.words)


# -- parameters -------------------------------------------------------------------------------


@frozen
class _Constants:
    """The scope in which a parameter is computed: the parameters before it."""

    values: Mapping[str, Parameter]

    def read(self, name: str) -> Value:
        return self.values[name].value

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:  # pragma: no cover
        raise AssertionError("a parameter that reads a group has no type")

    def table(self, name: str) -> Callable[[Any], Value] | None:
        return None

    def decide(self, table_call: object) -> tuple[Value, str]:  # pragma: no cover
        raise AssertionError("a parameter that calls a table has no type")

    def of_cohort(self, node: object) -> Fraction | None:  # pragma: no cover
        raise AssertionError("a parameter that compares members has no type")

    def ranks(self, nodes: object, variables: object) -> dict[str, int]:  # pragma: no cover
        raise AssertionError("no parameter is an ordered choice")


def build_parameters(
    draft: Draft, entries: Mapping[str, Fields], others: Collection[str], tables: Collection[str]
) -> tuple[Parameter, ...]:
    """Build the parameters, and add their values to the draft.

    Args:
        draft: the rulebook built so far.
        entries: the parameters as written.
        others: other names of the rulebook.
        tables: the names of its tables.
    """
    formulas = {id_: draft.expression(fields.written("value")) for id_, fields in entries.items()}
    order, cycles = dependency_order(
        {id_: [name for name in formula.names if name in entries] for id_, formula in formulas.items()}
    )
    draft.unknown_parameters.update(entries)
    for cycle in cycles:
        draft.report(words.cycle(entries[cycle[0]].at, cycle))
    types: dict[str, Type] = {}
    values: dict[str, Value] = {}
    elsewhere = dict.fromkeys((*others, *tables), "a parameter reads only parameters")
    # The scope grows with the parameters: each reads only those before it.
    scope = Scope(types, elsewhere=elsewhere, constants=values, no_cohort="a parameter reads only parameters")
    for id_ in order:
        formula, fields = formulas[id_], entries[id_]
        if formula is BLANK or not draft.unknown_parameters.isdisjoint(formula.names):
            # Parameters that read it would report an unknown name.
            draft.decoding.is_broken |= formula is BLANK
            continue
        parameter = _parameter(draft, id_, formula, fields, scope, tables)
        if parameter is not None:
            draft.parameters[id_] = parameter
            draft.unknown_parameters.discard(id_)
            types[id_], values[id_] = parameter.type, parameter.value
    return tuple(draft.parameters[id_] for id_ in entries if id_ in draft.parameters)


def _parameter(
    draft: Draft,
    id_: str,
    formula: Expression,
    fields: Fields,
    scope: Scope,
    tables: Collection[str],
) -> Parameter | None:
    written = fields.written("value")
    path = written.path if written else fields.path
    type_ = _type(draft, formula, path, scope, tables)
    if type_ is None:
        return None
    try:
        value = evaluate(formula, _Constants(draft.parameters))
    except Fault as fault:
        node = fault.node or formula.tree
        draft.report(say.no_constant(At(node.span, path), id_, fault.reason))
        return None
    return Parameter(id_, value, type_, formula, fields.words)


def _type(draft: Draft, formula: Expression, path: str, scope: Scope, tables: Collection[str]) -> Type | None:
    """Return the type of a constant, or None if the formula is not one."""
    called = [node for node in walk(formula.tree) if isinstance(node, Call) and node.function in tables]
    for node in called:
        reason = "a parameter reads only parameters"
        draft.report(words.not_readable_here(At(node.span, path), node.function, reason))
    if called:
        return None
    found: list[Diagnostic] = []
    type_ = Typing(scope, found, path).infer(formula.tree)
    for diagnostic in found:
        draft.report(diagnostic)
    return None if any(diagnostic.is_error for diagnostic in found) else type_
