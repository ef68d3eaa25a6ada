"""The arguments of a call, matched to the parameters of a function."""

from __future__ import annotations

from attrs import evolve

from . import tree
from .functions import FUNCTIONS, Function
from .tree import Node

__all__ = ["bind", "positional"]


def bind(node: tree.Call, row: Function, bound: dict[str, Node]) -> str:
    """Fill `bound` with the arguments by name; return the mismatch in words, or an empty text."""
    positional = [p for p in row.parameters if not p.is_named]
    for index, argument in enumerate(node.arguments):
        if index < len(positional):
            bound[positional[index].name] = argument
        elif row.is_variadic:
            bound[f"{positional[-1].name}{index}"] = argument
        else:
            return f"`{row.name}` takes no more than {len(positional)} without a name"
    known = {p.name for p in row.parameters}
    for name, argument in node.named:
        if name not in known:
            return f"`{row.name}` has no argument `{name}`"
        if name in bound:
            return f"`{name}` is given twice"
        bound[name] = argument
    missing = [p.name for p in row.parameters if p.is_required and p.name not in bound]
    if missing:
        return f"`{row.name}` takes two or more values" if row.is_variadic else f"`{missing[0]}` is not given"
    return "`places` and `to` exclude each other" if "to" in bound and "places" in bound else ""


def positional(node: tree.Call) -> tree.Call:
    """Return a call with its arguments in order, also those that are written by name."""
    row = FUNCTIONS.get(node.function)
    if row is None or not node.named:
        return node
    named = dict(node.named)
    rest = [named[parameter.name] for parameter in row.parameters[len(node.arguments) :] if parameter.name in named]
    return evolve(node, arguments=(*node.arguments, *rest), named=())
