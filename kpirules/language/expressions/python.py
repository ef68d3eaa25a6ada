"""Calls Python's parser from one thread at a time, and converts expressions to Python syntax for simpleeval."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from . import tree
from .tree import Node

__all__ = ["one_at_a_time", "syntax"]

P = ParamSpec("P")
T = TypeVar("T")

_LOCK = Lock()


def one_at_a_time(convert: Callable[P, T], /, *arguments: P.args, **settings: P.kwargs) -> T:
    """Return the result of `ast.parse` or `compile`, called by one thread at a time.

    CPython 3.11 counts the depth of the syntax trees that it converts once for all threads. Two threads at once
    fail with `SystemError: AST constructor recursion depth mismatch`.

    Args:
        convert: the function of Python that reads or builds a syntax tree.
        arguments: its arguments.
        settings: its keyword arguments.
    """
    with _LOCK:
        return convert(*arguments, **settings)


_BINARY: dict[str, ast.operator] = {"+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div()}
_COMPARED: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
}


def syntax(node: Node) -> ast.expr:
    """Return an expression as Python syntax nodes for the evaluator, each with its origin."""
    made = _node(node)
    made.origin = node  # type: ignore[attr-defined]
    return made


def _node(node: Node) -> ast.expr:
    """Return the syntax of one node. This is long since it has one case for each kind."""
    match node:
        case tree.Literal(value=value):
            return ast.Constant(cast(Any, value))
        case tree.Name(id=name):
            return ast.Name(name)
        case tree.Field(owner=owner, name=name):
            return ast.Attribute(ast.Name(owner), name)
        case tree.Sign(operator=sign, operand=operand):
            return ast.UnaryOp(ast.USub() if sign == "-" else ast.UAdd(), syntax(operand))
        case tree.Not(operand=operand):
            return ast.UnaryOp(ast.Not(), syntax(operand))
        case tree.Arithmetic(operator=sign, left=left, right=right):
            return ast.BinOp(syntax(left), _BINARY[sign], syntax(right))
        case tree.Raised(base=base, exponent=exponent):
            power = syntax(tree.Literal(Fraction(exponent), part=node.part))
            return ast.BinOp(syntax(base), ast.Pow(), power)
        case tree.Comparison(operands=operands, operators=operators):
            first, *others = map(syntax, operands)
            return ast.Compare(first, [_COMPARED[sign] for sign in operators], others)
        case tree.Membership(operand=operand, options=options, is_negated=is_negated):
            listed = ast.Tuple([syntax(option) for option in options])
            listed.origin = node  # type: ignore[attr-defined]
            within = ast.NotIn() if is_negated else ast.In()
            return ast.Compare(syntax(operand), [within], [listed])
        case tree.Logic(operator=word, operands=operands):
            logic = ast.And() if word == "and" else ast.Or()
            return ast.BoolOp(logic, [syntax(operand) for operand in operands])
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            return ast.IfExp(syntax(condition), syntax(then), syntax(otherwise))
        case tree.Call(function=function, arguments=arguments, named=named):
            keywords = [ast.keyword(name, syntax(argument)) for name, argument in named]
            return ast.Call(ast.Name(function), [syntax(a) for a in arguments], keywords)
        case tree.OfCohort(function=function):
            return ast.Call(ast.Name(function), [], [])
        case tree.Unreadable():  # pragma: no cover
            raise AssertionError("a rulebook that can't be read is not evaluated")
        case _:
            over = ast.comprehension(
                target=ast.Name(node.variable),
                iter=ast.Name(""),
                ifs=[] if node.condition is None else [syntax(node.condition)],
                is_async=0,
            )
            counted = tree.Literal(True, part=node.part)
            found = ast.GeneratorExp(syntax(node.body or counted), [over])
            found.arguments = [syntax(argument) for argument in node.arguments]  # type: ignore[attr-defined]
            return found
