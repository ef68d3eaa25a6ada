"""Diagnostics for names that can't be read."""

from __future__ import annotations

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression
from . import tree
from .functions import FUNCTION_NAMES
from .types import Scope

__all__ = ["unreadable"]


YES_OR_NO = {"yes": "write `True`", "on": "write `True`", "no": "write `False`", "off": "write `False`"}
"""Booleans of older YAML, which may be used as names here."""


def unreadable(node: tree.Name | tree.Field, scope: Scope, at: At, *, suggests: bool = True) -> Diagnostic:
    """Return the diagnostic for a name that the scope does not have.

    Args:
        node: the name as written.
        scope: the names that can be read.
        at: its place.
        suggests: whether to suggest a similar name.
    """
    if node.dotted in scope.elsewhere:
        return expression.not_readable_here(at, node.dotted, scope.elsewhere[node.dotted])
    if isinstance(node, tree.Name):
        return _name(node, scope, at, suggests=suggests)
    return _field(node, scope, at, suggests=suggests)


def _name(node: tree.Name, scope: Scope, at: At, *, suggests: bool) -> Diagnostic:
    if node.id in scope.tables or node.id in FUNCTION_NAMES:
        return expression.function_by_itself(at, node.id)
    if node.id in scope.variables:
        return expression.unknown_name(at, node.id, (), "a record is read field by field", f"write `{node.id}.…`")
    known = [name for name in (*scope.names, *scope.tables) if "." not in name] if suggests else []
    points = f"points.{node.id}"
    help_ = f"write `{points}` for the points of a criterion" if points in scope.names else YES_OR_NO.get(node.id, "")
    return expression.unknown_name(at, node.id, known, "", help_)


def _field(node: tree.Field, scope: Scope, at: At, *, suggests: bool) -> Diagnostic:
    owner, found = node.owner, scope.names.get(node.owner)
    if owner in ("points", "share", "max"):
        known = [name for name in scope.names if name.startswith(f"{owner}.")] if suggests else []
        return expression.unknown_name(at, node.dotted, known, "no criterion of this name")
    if owner == "children":
        help_ = f"aggregate over them: `sum(c.points for c in {node.dotted})`"
        return expression.unknown_name(at, node.dotted, (), "it is a list", help_)
    if found is not None and found.kind == "list":
        help_ = f"aggregate over the list: `sum(t.{node.name} for t in {owner})`"
        return expression.unknown_name(at, node.dotted, (), "it is a list", help_)
    if owner in scope.elsewhere:
        return expression.not_readable_here(at, owner, scope.elsewhere[owner])
    if found is not None:
        return expression.unknown_name(at, node.dotted, (), f"`{owner}` has no fields")
    known = [*(name for name in scope.names if "." not in name), *scope.variables] if suggests else []
    return expression.unknown_name(at, owner, known)
