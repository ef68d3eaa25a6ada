"""Which values are known to be there once a condition came out, and which may still be absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import tree
from .functions import AGGREGATES
from .tree import Node
from .types import Scope

__all__ = ["NOTHING", "Present", "optional_names", "presence"]

Present = frozenset[str]
"""Dotted names whose value is known to be there."""

NOTHING: Present = frozenset()


def presence(node: Node, outcome: bool) -> Present:
    """The names that are certainly there once a condition came out as `outcome`.

    >>> from kpirules.expressions.syntax import parse
    >>> sorted(presence(parse("given(a) and given(t.b) and x > 0", []).tree, True))
    ['a', 't.b', 'x']
    """
    return _presence(node, outcome, {})


Known = dict[tuple[int, bool], Present]
"""What was found out of parts of one condition, by identity and outcome: what nests is looked at once."""


def _presence(node: Node, outcome: bool, known: Known) -> Present:
    key = id(node), outcome
    if key not in known:
        known[key] = _found(node, outcome, known)
    return known[key]


def _found(node: Node, outcome: bool, known: Known) -> Present:
    match node:
        case tree.Call(function="given", arguments=(tree.Name() | tree.Field() as part,)):
            return frozenset({part.dotted}) if outcome else NOTHING
        case tree.Not(operand=operand):
            return _presence(operand, not outcome, known)
        case tree.Logic(operator=operator, operands=operands):
            goes_on = operator == "and"
            if goes_on == outcome:
                return NOTHING.union(*(_presence(operand, outcome, known) for operand in operands))
            return _where_it_stops(operands, goes_on, known)
        case tree.Comparison(operands=operands):
            # A comparison with an absent side is absent; a chain stops at its first pair that fails.
            compared = operands if outcome else operands[:2]
            return NOTHING.union(*map(_strict, compared))
        case tree.Membership(operand=operand):
            return _strict(operand)
        case tree.Name() | tree.Field():
            return frozenset({node.dotted})
        case _:
            return NOTHING


def _where_it_stops(operands: Iterable[Node], goes_on: bool, known: Known) -> Present:
    """What is there wherever `and` stops at a False operand, or `or` at a True one."""
    before, found = NOTHING, None
    for operand in operands:
        stops = before | _presence(operand, not goes_on, known)
        found = stops if found is None else found & stops
        before |= _presence(operand, goes_on, known)
    return found or NOTHING


def _strict(node: Node) -> Present:
    """The names without which an operand would be absent."""
    match node:
        case tree.Name() | tree.Field():
            return frozenset({node.dotted})
        case tree.Call(function="given" | "default"):
            return NOTHING
        case tree.Call(arguments=arguments, named=named):
            parts = (*arguments, *(part for name, part in named if name != "if_zero"))
            return NOTHING.union(*map(_strict, parts))
        case tree.Sign() | tree.Arithmetic() | tree.Raised():
            return NOTHING.union(*map(_strict, tree.children(node)))
        case _:
            return NOTHING


def optional_names(node: Node, scope: Scope, present: Present = NOTHING) -> tuple[str, ...]:
    """The names for which an expression may be absent, for a message.

    Args:
        node: an expression that may be.
        scope: what it reads.
        present: names known to be there.
    """
    return tuple(dict.fromkeys(_optional(node, scope, present))) or ("it",)


def _optional(node: Node, scope: Scope, present: Present) -> Iterator[str]:
    match node:
        case tree.Name() | tree.Field():
            if node.dotted not in present and _is_optional(node, scope):
                yield node.dotted
        case tree.Aggregate(function=function, collection=collection):
            yield from _optional(collection, scope, present)
            if AGGREGATES[function].of_nothing == "absent":
                yield f"{function} of nothing"
        case tree.OfCohort(function=function, body=body):
            yield f"{function} of nothing" if body is None or function == "cohort_stdev" else f"{function}(…)"
        case tree.Call(function="given"):
            return
        case tree.Call(function="default"):
            yield from _optional(tree.children(node)[-1], scope, present)
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from _optional(condition, scope, present)
            yield from _optional(then, scope, present | presence(condition, True))
            yield from _optional(otherwise, scope, present | presence(condition, False))
        case tree.Logic(operator=operator, operands=operands):
            for operand in operands:
                yield from _optional(operand, scope, present)
                present |= presence(operand, operator == "and")
        case _:
            for child in tree.children(node):
                yield from _optional(child, scope, present)


def _is_optional(node: tree.Name | tree.Field, scope: Scope) -> bool:
    found = scope.names.get(node.dotted)
    if isinstance(node, tree.Field) and node.owner in scope.variables:
        found = scope.variables[node.owner].fields.get(node.name)
    return found is not None and found.is_optional
