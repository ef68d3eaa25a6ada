"""Finds the values that are certainly present after a condition, and those that may still be absent."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import field, frozen

from . import tree
from .functions import AGGREGATES
from .tree import Node
from .types import Definition, Present, Scope

__all__ = ["NOTHING", "constant_of", "defined", "has_records", "is_filled", "is_known", "optional_names", "presence"]

NOTHING: Present = frozenset()

MAX_KEYS = 200
"""The most facts kept for one definition: a chain of thousands would otherwise carry all of them along."""

NO_DEFINITIONS: Mapping[str, Definition] = {}

COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def presence(node: Node, outcome: bool, definitions: Mapping[str, Definition] = NO_DEFINITIONS) -> Present:
    """Return what is certainly present if a condition is `outcome`.

    Args:
        node: a condition.
        outcome: True or False.
        definitions: the formulas of names, such as `let`.

    Returns:
        Dotted names; keys of other expressions, and of lists that are not empty.

    >>> from kpirules.language.expressions.syntax import parse
    >>> sorted(presence(parse("given(a) and given(t.b) and x > 0", []).tree, True))
    ['a', 't.b', 'x']
    >>> is_filled(parse("avg(t.hours for t in tasks)", []).tree, presence(parse("count(tasks) > 0", []).tree, True))
    True
    """
    return _PresenceFinder(definitions).presence(node, outcome)


def defined(node: Node, definitions: Mapping[str, Definition]) -> Definition:
    """Return the definition of a name: its formula, and what its value tells about presence.

    Args:
        node: the formula of the name.
        definitions: the definitions of the names that it reads.
    """
    finding = _PresenceFinder(definitions)
    found = (finding.strict(node), finding.presence(node, True), finding.presence(node, False))
    strict, if_true, if_false = (keys if len(keys) <= MAX_KEYS else NOTHING for keys in found)
    return Definition(finding.resolved(node), strict, if_true, if_false)


def is_known(node: Node, present: Present, definitions: Mapping[str, Definition] = NO_DEFINITIONS) -> bool:
    """Return whether the value of an expression is certainly present.

    Args:
        node: the expression.
        present: what is certainly present.
        definitions: the formulas of names.
    """
    if isinstance(node, tree.Name | tree.Field):
        if node.dotted in present:
            return True
        named = definitions.get(node.dotted)
        if named is None or not isinstance(named.tree, tree.Aggregate):
            return False
        node = named.tree
        if is_filled(node, present):
            return True
    return any(key[:1] == "=" for key in present) and _key(node) in present


def is_filled(node: tree.Aggregate, present: Present) -> bool:
    """Return whether an aggregate certainly has at least one record."""
    return _selection(node, node.condition) in present


def _key(node: Node) -> str:
    """Return a key that is equal for expressions that differ only in layout."""
    return f"={tree.canonical(node)}"


def _selection(node: tree.Aggregate, condition: Node | None) -> str:
    """Return a key of the records that an aggregate selects, independent of its variable's name."""
    if condition is None:
        return f"#{node.collection.dotted}"
    return f"#{node.collection.dotted} {_unnamed(tree.canonical(condition), f'str:{node.variable}')}"


def _unnamed(part: object, variable: str) -> object:
    if not isinstance(part, list):
        return part
    if part[:2] == ["Field", variable]:
        return ["Field", "", *part[2:]]
    return [_unnamed(child, variable) for child in part]


@frozen
class _PresenceFinder:
    """A search for what is present.

    Args:
        definitions: the formulas of names.
        known: results by part and outcome, so that nested parts are searched once.
    """

    definitions: Mapping[str, Definition]
    known: dict[tuple[int, bool], Present] = field(factory=dict)

    def presence(self, node: Node, outcome: bool) -> Present:
        key = id(node), outcome
        if key not in self.known:
            self.known[key] = self.find(node, outcome)
        return self.known[key]

    def find(self, node: Node, outcome: bool) -> Present:
        match node:
            case tree.Call(function="given", arguments=(part,)):
                return self.of_operand(part) if outcome else NOTHING
            case tree.Not(operand=operand):
                return self.presence(operand, not outcome)
            case tree.Logic(operator=operator, operands=operands):
                goes_on = operator == "and"
                if goes_on == outcome:
                    return NOTHING.union(*(self.presence(operand, outcome) for operand in operands))
                return self.at_any_stop(operands, goes_on)
            case tree.Comparison(operands=operands, operators=operators):
                # A comparison with an absent side is absent; a chain stops at its first pair that fails.
                compared = operands if outcome else operands[:2]
                present_operands = NOTHING.union(*map(self.strict, compared))
                pairs = zip(operators, pairwise(operands), strict=True) if outcome or len(operators) == 1 else ()
                return present_operands.union(*(self.counted(sign, *pair, outcome) for sign, pair in pairs))
            case tree.Membership(operand=operand, options=options, is_negated=is_negated):
                values = [option.value for option in options]
                return self.strict(operand) | self.not_empty(
                    operand, lambda nothing: ((nothing in values) != is_negated) == outcome
                )
            case tree.Name() | tree.Field():
                named = self.definitions.get(node.dotted)
                present_operands = frozenset({node.dotted})
                return (
                    present_operands
                    if named is None
                    else present_operands | (named.if_true if outcome else named.if_false)
                )
            case tree.Aggregate():
                return self.strict(node) | self.not_empty(node, lambda nothing: nothing is outcome)
            case _:
                return NOTHING

    def at_any_stop(self, operands: Iterable[Node], goes_on: bool) -> Present:
        """Return what is present wherever `and` stops at a False operand, or `or` at a True one."""
        before, found = NOTHING, None
        for operand in operands:
            stops = before | self.presence(operand, not goes_on)
            found = stops if found is None else found & stops
            before |= self.presence(operand, goes_on)
        return found or NOTHING

    def of_operand(self, node: Node) -> Present:
        """Return what is present if an expression is."""
        return self.strict(node) | ({_key(node)} if not isinstance(node, tree.Name | tree.Field) else NOTHING)

    def strict(self, node: Node) -> Present:
        """Return what is present if all operands of an expression are."""
        match node:
            case tree.Name() | tree.Field():
                named = self.definitions.get(node.dotted)
                names = frozenset({node.dotted})
                return names if named is None else names | named.strict
            case tree.Call(function="given" | "default"):
                return NOTHING
            case tree.Call(function=function) if f"{function}()" in self.definitions:
                return NOTHING  # a table of cases, which may do without an argument
            case tree.Call(arguments=arguments, named=named_):
                parts = (*arguments, *(part for name, part in named_ if name != "if_zero"))
                return NOTHING.union(*map(self.strict, parts))
            case tree.Sign() | tree.Arithmetic() | tree.Raised():
                return NOTHING.union(*map(self.strict, tree.children(node)))
            case tree.Aggregate(function=function, collection=collection):
                names = self.strict(collection)
                if AGGREGATES[function].is_sure:
                    return names
                return names | {_key(node), *self.selections(node)}
            case tree.OfCohort():
                return frozenset({_key(node)})
            case _:
                return NOTHING

    # -- lists that have a record -------------------------------------------------------------

    def selections(self, node: tree.Aggregate) -> Present:
        """Return the selections that are not empty if an aggregate's own selection is not."""
        return frozenset({_selection(node, None), _selection(node, node.condition)})

    def counted(self, sign: str, left: Node, right: Node, outcome: bool) -> Present:
        """Return the selections that are not empty if a comparison with a constant has an outcome."""
        found = NOTHING
        compare = COMPARED[sign]
        for side, other, is_left in ((left, right, True), (right, left, False)):
            limit = self.constant(other)
            if limit is not None:

                def holds(of_empty: object, limit: Fraction = limit, is_left: bool = is_left) -> bool:
                    sides = (of_empty, limit) if is_left else (limit, of_empty)
                    return not isinstance(of_empty, Fraction) or compare(*sides) == outcome

                found |= self.not_empty(side, holds)
        return found

    def not_empty(self, node: Node, could_be: Callable[[object], bool]) -> Present:
        """Return the selections that are not empty, if the outcome is impossible for an empty aggregate."""
        node = self.resolved(node)
        if not isinstance(node, tree.Aggregate) or not AGGREGATES[node.function].is_sure:
            return NOTHING
        if could_be(AGGREGATES[node.function].of_no_record):
            return NOTHING
        found = self.selections(node)
        if node.function in ("count", "any") and node.body is not None:
            # Some record satisfies the counted condition.
            conditions = (part for part in (node.condition, node.body) if part is not None)
            found |= {_selection(node, node.body), _selection(node, _all_of(tuple(conditions)))}
        return found

    def constant(self, node: Node) -> Fraction | None:
        """Return the number that an expression is, if it is a single literal."""
        node = self.resolved(node)
        if isinstance(node, tree.Sign):
            inner = self.constant(node.operand)
            return inner if inner is None or node.operator == "+" else -inner
        is_number = isinstance(node, tree.Literal) and isinstance(node.value, Fraction)
        return node.value if is_number else None  # type: ignore[union-attr, return-value]

    def resolved(self, node: Node) -> Node:
        """Return the formula of a name, or the expression itself."""
        named = self.definitions.get(node.id) if isinstance(node, tree.Name) else None
        return node if named is None else named.tree


def _all_of(conditions: tuple[Node, ...]) -> Node:
    return conditions[0] if len(conditions) == 1 else tree.Logic("and", conditions)


def optional_names(node: Node, scope: Scope, present: Present = NOTHING) -> tuple[str, ...]:
    """Return the names because of which an expression may be absent, for a message.

    Args:
        node: an expression that may be absent.
        scope: what it can read.
        present: names that are certainly present.
    """
    return tuple(dict.fromkeys(_optional(node, scope, present))) or ("it",)


def _optional(node: Node, scope: Scope, present: Present) -> Iterator[str]:
    if is_known(node, present, scope.definitions):
        return
    match node:
        case tree.Name() | tree.Field():
            if _is_optional(node, scope):
                yield node.dotted
        case tree.Aggregate(function=function, collection=collection):
            yield from _optional(collection, scope, present)
            if not has_records(node, scope, present):
                yield f"{function} of {'nothing' if AGGREGATES[function].of_nothing == 'absent' else 'too few'}"
        case tree.OfCohort(function=function, body=body):
            yield f"{function} of nothing" if body is None or function == "cohort_stdev" else f"{function}(…)"
        case tree.Call(function="given"):
            return
        case tree.Call(function="default"):
            yield from _optional(tree.children(node)[-1], scope, present)
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            yield from _optional(condition, scope, present)
            yield from _optional(then, scope, present | presence(condition, True, scope.definitions))
            yield from _optional(otherwise, scope, present | presence(condition, False, scope.definitions))
        case tree.Logic(operator=operator, operands=operands):
            for operand in operands:
                yield from _optional(operand, scope, present)
                present |= presence(operand, operator == "and", scope.definitions)
        case _:
            for child in tree.children(node):
                yield from _optional(child, scope, present)


def _is_optional(node: tree.Name | tree.Field, scope: Scope) -> bool:
    found = scope.names.get(node.dotted)
    if isinstance(node, tree.Field) and node.owner in scope.variables:
        found = scope.variables[node.owner].fields.get(node.name)
    return found is not None and found.is_optional


def has_records(node: tree.Aggregate, scope: Scope, present: Present) -> bool:
    """Return whether an aggregate certainly has as many records as its result needs.

    Args:
        node: the aggregate.
        scope: what it can read.
        present: what is certainly present.
    """
    constants = [constant_of(argument, scope) for argument in node.arguments]
    if None in constants:
        return False
    needed: Fraction = AGGREGATES[node.function].needed(*constants)
    declared = scope.names.get(node.collection.dotted)
    least = declared.least_records if declared is not None and node.condition is None else 0
    return least >= needed or (needed <= 1 and is_filled(node, present))


def constant_of(node: Node, scope: Scope) -> Fraction | None:
    """Return the number of a literal, or of a parameter.

    Args:
        node: an argument.
        scope: has the values of parameters.
    """
    if isinstance(node, tree.Sign):
        inner = constant_of(node.operand, scope)
        return -inner if inner is not None and node.operator == "-" else inner
    value = scope.constants.get(node.id) if isinstance(node, tree.Name) else None
    if isinstance(node, tree.Literal):
        value = node.value
    return value if isinstance(value, Fraction) else None
