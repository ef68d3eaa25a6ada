"""Conditions that can't have given outcomes together for any values, because one is the opposite of another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from ...plan import ops
from ...plan.ops import Op

__all__ = ["contradicts"]

Literal = tuple[Hashable, bool]
"""A condition and its outcome; equal conditions have equal forms."""

_OPPOSITES = {">=": "<", ">": "<=", "!=": "=="}

_BEFORE, _SAME, _AFTER = 1, 2, 4
_WAYS = {"<": _BEFORE, "<=": _BEFORE | _SAME, "==": _SAME}
"""The possible orders of two values for which a comparison holds."""


def contradicts(outcomes: Iterable[tuple[Op, bool]]) -> bool:
    """Return whether no subject can have these outcomes.

    Args:
        outcomes: conditions that are never absent, each with its outcome.
    """
    wanted = {part for op, outcome in outcomes for part in _parts(_literal(op, outcome))}
    return not _can_compare(wanted) or any(
        (asked, not outcome) in wanted
        or (isinstance(asked, bool) and asked is not outcome)
        or (not outcome and _all_hold(asked, wanted))
        for asked, outcome in wanted
    )


def _can_compare(wanted: set[Literal]) -> bool:
    """Return whether two values can satisfy all their comparisons."""
    ways: dict[Hashable, int] = {}
    for asked, outcome in wanted:
        if isinstance(asked, tuple) and asked[0] == "compare":
            left = _WAYS[asked[1]] if outcome else ~_WAYS[asked[1]]
            ways[asked[2:]] = ways.get(asked[2:], _BEFORE | _SAME | _AFTER) & left
    return all(ways.values())


def _all_hold(asked: Hashable, wanted: set[Literal]) -> bool:
    """Return whether all operands of an `and` have an outcome."""
    return isinstance(asked, tuple) and asked[0] == "and" and all(part in wanted for part in asked[1:])


def _parts(literal: Literal) -> Iterator[Literal]:
    """Yield the parts that all hold if a condition holds."""
    asked, outcome = literal
    if outcome and isinstance(asked, tuple) and asked[0] == "and":
        for part in asked[1:]:
            yield from _parts(part)
    else:
        yield literal


def _literal(op: Op, outcome: bool) -> Literal:
    """Return a condition in terms of `not`, `and`, `any`, `<`, `<=`, `==` alone."""
    match op:
        case ops.Not(operand=operand):
            return _literal(operand, not outcome)
        case ops.Const(value=bool() as value):
            return value, outcome
        case ops.Chain(operands=(left, right), operators=(sign,), ranks=ranks):
            return ("compare", _OPPOSITES.get(sign, sign), left, right, ranks), outcome is (sign not in _OPPOSITES)
        case ops.Member(operand=operand, options=options, is_negated=is_negated):
            return ("in", operand, options), outcome is not is_negated
        case ops.Logic(operator=word, operands=operands):
            is_and = word == "and"
            parts = [part for operand in operands for part in _parts(_literal(operand, is_and))]
            return ("and", *parts), outcome is is_and
        case ops.Over(function="any" | "all" as function, records=records, condition=condition, body=body):
            return ("any", records, condition, _literal(body, function == "any")), outcome is (function == "any")
        case _:
            return op, outcome
