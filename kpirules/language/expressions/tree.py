"""The expression tree: a formula after the allow-list, with functions substituted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, cast

from attrs import evolve, field, fields, frozen

from ...diagnostics import Span

__all__ = [
    "Aggregate",
    "Arithmetic",
    "Call",
    "Comparison",
    "Conditional",
    "Excerpt",
    "Field",
    "Literal",
    "Logic",
    "Membership",
    "Name",
    "Node",
    "Not",
    "OfCohort",
    "Part",
    "Raised",
    "Sign",
    "canonical",
    "children",
    "depth",
    "reads",
    "size",
    "substitute",
    "walk",
]


@frozen
class Excerpt:
    """The text of a whole expression, with the places of its characters in the document.

    Args:
        text: as the author wrote it, after unquoting.
        whole: the place of the whole text.
        offsets: the offset of each character in the document; empty if unknown.
    """

    text: str
    whole: Span | None = None
    offsets: Sequence[int] = field(default=(), repr=False)

    def span(self, start: int, end: int) -> Span | None:
        """Return the place of `text[start:end]`, or of the whole text if that is unknown."""
        if self.whole is None or start >= min(end, len(self.offsets)):
            return self.whole
        last = self.offsets[min(end, len(self.offsets)) - 1]
        return Span(self.whole.source, self.offsets[start], last + 1)


@frozen
class Part:
    """A part of an expression's text."""

    excerpt: Excerpt
    start: int
    end: int

    @property
    def span(self) -> Span | None:
        return self.excerpt.span(self.start, self.end)

    @property
    def text(self) -> str:
        return self.excerpt.text[self.start : self.end]


@frozen
class Placed:
    """The base of all nodes: the part of the text that a node was read from."""

    part: Part | None = field(default=None, eq=False, repr=False, kw_only=True)

    @property
    def span(self) -> Span | None:
        return self.part.span if self.part else None


@frozen
class Literal(Placed):
    """A number, quoted string or boolean."""

    value: Fraction | str | bool


@frozen
class Name(Placed):
    """A bare name: an input, parameter, `let`, calendar, or one of `score`, `band` …"""

    id: str

    @property
    def dotted(self) -> str:
        return self.id


@frozen
class Field(Placed):
    """`owner.name`: a field of a record, or `points.x`, `share.x`, `max.x`."""

    owner: str
    name: str

    @property
    def dotted(self) -> str:
        return f"{self.owner}.{self.name}"


@frozen
class Sign(Placed):
    """Unary `-` or `+`."""

    operator: str
    operand: Node


@frozen
class Arithmetic(Placed):
    """`+ - * /` of two numbers."""

    operator: str
    left: Node
    right: Node


@frozen
class Raised(Placed):
    """`base ** exponent`, the exponent a literal 0…16."""

    base: Node
    exponent: int


@frozen
class Comparison(Placed):
    """A chain such as `0 <= x < 10`."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@frozen
class Membership(Placed):
    """`operand in (a, b)`, or `not in`."""

    operand: Node
    options: tuple[Literal, ...]
    is_negated: bool


@frozen
class Logic(Placed):
    """`and` or `or` of two or more conditions."""

    operator: str
    operands: tuple[Node, ...]


@frozen
class Not(Placed):
    """`not` of a condition."""

    operand: Node


@frozen
class Conditional(Placed):
    """`then if condition else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@frozen
class Call(Placed):
    """A call of a built-in function or of a table of the rulebook."""

    function: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


@frozen
class Aggregate(Placed):
    """`function(body for variable in collection if condition)`; `body` is None in `count(tasks)`.

    `function(…arguments, (body for …))` where the function takes constants.
    """

    function: str
    body: Node | None
    variable: str
    collection: Name | Field
    condition: Node | None
    arguments: tuple[Node, ...] = field(default=(), metadata={"newer": True})


@frozen
class OfCohort(Placed):
    """`function(…arguments, body)` over the members of the cohort; `body` is None in `cohort_count()`."""

    function: str
    body: Node | None
    arguments: tuple[Node, ...] = field(default=(), metadata={"newer": True})


@frozen
class Unreadable(Placed):
    """Stands for a formula with an error, so that the rest of the rulebook can be checked.

    Args:
        kind: the kind of value that its place needs: number, boolean, or unknown.
    """

    kind: str = "unknown"


Node = (
    Literal
    | Name
    | Field
    | Sign
    | Arithmetic
    | Raised
    | Comparison
    | Membership
    | Logic
    | Not
    | Conditional
    | Call
    | Aggregate
    | OfCohort
    | Unreadable
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node, in the order they are evaluated."""
    match node:
        # The most common first: every check walks every formula.
        case Name() | Literal() | Field() | Unreadable():
            return ()
        case Sign(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Raised(base=base):
            return (base,)
        case Comparison(operands=operands) | Logic(operands=operands):
            return operands
        case Membership(operand=operand, options=options):
            return (operand, *options)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Call(arguments=arguments, named=named):
            return (*arguments, *(argument for _, argument in named))
        case OfCohort(body=compared, arguments=arguments):
            return arguments if compared is None else (*arguments, compared)
        case _:
            parts = (node.collection, node.condition, node.body)
            return (*node.arguments, *(part for part in parts if part is not None))


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, from left to right."""
    pending = [node]
    while pending:
        part = pending.pop()
        yield part
        pending += children(part)[::-1]


def size(node: Node) -> int:
    """Return the number of nodes."""
    return sum(1 for _ in walk(node))


def depth(node: Node) -> int:
    """Return the depth of nesting; a chain of `+`, `*`, `and` or `or` counts as one level.

    >>> from kpirules.language.expressions.syntax import parse
    >>> depth(parse("a + b + c + d", []).tree)
    2
    """
    below = 0
    for child in children(node):
        is_chained = (
            isinstance(node, Arithmetic)
            and isinstance(child, Arithmetic)
            and (node.operator in "+-") == (child.operator in "+-")
        ) or (isinstance(node, Logic) and isinstance(child, Logic))
        below = max(below, depth(child) - is_chained)
    return below + 1


def reads(node: Node) -> Iterator[str]:
    """Yield the dotted names an expression reads from its scope, without loop variables and calendars."""

    def visit(part: Node, bound: str) -> Iterator[str]:
        match part:
            case Name(id=id_):
                yield id_
            case Field(owner=owner, name=name):
                if owner != bound:
                    yield f"{owner}.{name}"
            case Aggregate(variable=variable):
                for child in children(part):
                    yield from visit(child, variable)
            case OfCohort(body=compared, arguments=arguments) if compared is not None:
                for child in arguments:
                    yield from visit(child, bound)
                # Every member is evaluated by itself, whatever the current record is.
                yield from visit(compared, "")
            case _:
                for child in children(part):
                    yield from visit(child, bound)

    yield from visit(node, "")


def substitute(node: Node, arguments: dict[str, Node]) -> Node:
    """Return the tree with names replaced by expressions, to inline a call of the rulebook's own function."""
    if isinstance(node, Name):
        return arguments.get(node.id, node)
    return rebuild(node, lambda child: substitute(child, arguments))


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with every direct child changed."""
    match node:
        case Literal() | Name() | Field() | Unreadable():
            return node
        case Sign(operand=operand) | Not(operand=operand):
            return evolve(node, operand=change(operand))
        case Arithmetic(left=left, right=right):
            return evolve(node, left=change(left), right=change(right))
        case Raised(base=base):
            return evolve(node, base=change(base))
        case Comparison(operands=operands) | Logic(operands=operands):
            return evolve(node, operands=tuple(map(change, operands)))
        case Membership(operand=operand):
            return evolve(node, operand=change(operand))
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return evolve(node, condition=change(condition), then=change(then), otherwise=change(otherwise))
        case Call(arguments=arguments, named=named):
            return evolve(
                node,
                arguments=tuple(map(change, arguments)),
                named=tuple((name, change(argument)) for name, argument in named),
            )
        case OfCohort(body=compared, arguments=arguments):
            changed = tuple(map(change, arguments))
            return evolve(node, body=None if compared is None else change(compared), arguments=changed)
        case _:
            # A collection that is not a list is reported after substitution.
            return evolve(
                node,
                collection=cast(Name | Field, change(node.collection)),
                body=None if node.body is None else change(node.body),
                condition=None if node.condition is None else change(node.condition),
                arguments=tuple(map(change, node.arguments)),
            )


def canonical(node: Node) -> object:
    """Return the tree as nested lists of strings, equal for formulas that differ only in layout."""
    kind: Any = type(node)
    attributes = ((getattr(node, name), is_newer) for name, is_newer in _canonical_fields(kind))
    return [kind.__name__, *(_canonical_value(value) for value, is_newer in attributes if value or not is_newer)]


@cache
def _canonical_fields(kind: type[Placed]) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a node class besides its place, and whether each is written only if it is set."""
    return tuple((field.name, field.metadata.get("newer", False)) for field in fields(kind) if field.eq)


def _canonical_value(value: object) -> object:
    if isinstance(value, tuple):
        return [_canonical_value(part) for part in value]
    if isinstance(value, Node):
        return canonical(value)
    return None if value is None else f"{type(value).__name__}:{value}"
