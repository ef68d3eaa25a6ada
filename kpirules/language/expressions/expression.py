"""A formula: the author's text with its tree."""

from __future__ import annotations

import ast
from fractions import Fraction
from functools import cached_property

from attrs import field, frozen

from ...diagnostics import Span
from .python import syntax
from .tree import Call, Literal, Node, Sign, reads, walk

__all__ = ["Expression"]


@frozen(cache_hash=True)
class Expression:
    """A formula: the author's text and its tree, with the rulebook's own functions substituted."""

    text: str
    tree: Node
    span: Span | None = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        return self.text

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of the tree, from left to right."""
        return tuple(walk(self.tree))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The dotted names it reads from its scope, each once."""
        return tuple(dict.fromkeys(reads(self.tree)))

    @cached_property
    def called(self) -> frozenset[str]:
        """The functions and tables it calls, except aggregates."""
        return frozenset(node.function for node in self.nodes if isinstance(node, Call))

    @cached_property
    def python(self) -> ast.expr:
        """The expression as Python syntax nodes, cached with the expression."""
        return syntax(self.tree)

    @property
    def constant(self) -> Fraction | str | bool | None:
        """The value of an expression that is one literal, possibly with a sign; else None."""
        if isinstance(self.tree, Literal):
            return self.tree.value
        if isinstance(self.tree, Sign) and isinstance(self.tree.operand, Literal):
            value = self.tree.operand.value
            if isinstance(value, Fraction):
                return -value if self.tree.operator == "-" else value
        return None
