"""Formulas in words: "the least of «completed» and «assigned»"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from ..diagnostics.phrases import phrases
from ..language.expressions.arguments import positional
from ..language.expressions.functions import FUNCTIONS
from ..language.expressions.tree import (
    Aggregate,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Field,
    Literal,
    Logic,
    Membership,
    Name,
    Node,
    Not,
    OfCohort,
    Raised,
    Sign,
)
from .names import Names

__all__ = [
    "OPERATORS",
    "SAID",
    "Template",
    "Wording",
    "joined_words",
    "level",
    "pairs",
    "rounding_in_words",
    "template",
    "written_day",
]

CONDITIONAL, OR, AND, NOT, COMPARED, SAID, ADDED, MULTIPLIED, SIGNED, RAISED, ATOM = range(11)
"""How tightly an expression holds together; one inside a tighter one is put in brackets."""

OPERATORS = {
    "+": ("said_plus", ADDED),
    "-": ("said_minus", ADDED),
    "*": ("said_times", MULTIPLIED),
    "/": ("said_by", MULTIPLIED),
}
_COMPARED = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_RANKED = {"<": "worse", "<=": "no_better", ">": "better", ">=": "no_worse"}
"""The comparisons of choices, where greater is better."""

_DATED = {"<": "before", "<=": "no_later", ">": "after", ">=": "no_earlier"}
"""The comparisons with a day."""

_BRACKETED = ("said_all_any", "said_all_all", "said_all_count_if", "said_all_share", "said_of_count_if")
"""The phrases that put a condition in brackets themselves."""

_OPEN = ("ratio", "default", "clamp")
"""The functions whose phrase has a comma, so that what follows could belong to its end."""


def level(node: Node) -> int:
    """Return how tightly an expression binds."""
    match node:
        case Conditional():
            return CONDITIONAL
        case Logic(operator=operator):
            return OR if operator == "or" else AND
        case Not():
            return NOT
        case Comparison() | Membership():
            return COMPARED
        case Arithmetic(operator=operator):
            return OPERATORS[operator][1]
        case Sign():
            return SIGNED
        case Raised():
            return RAISED
        case Call() if written_day(node):
            return ATOM
        case Call(function=function) if function in _OPEN:
            return NOT
        case Call() | Aggregate() | OfCohort():
            return SAID
    return ATOM


def written_day(node: Node) -> str:
    """Return the day that `date(2026, 1, 31)` is; empty for any other expression."""
    if isinstance(node, Call) and node.function == "date" and not node.named:
        values = [
            part.value for part in node.arguments if isinstance(part, Literal) and isinstance(part.value, Fraction)
        ]
        if len(values) == len(node.arguments):
            return "-".join(f"{int(value):02}" for value in values)
    return ""


def _is_constant(node: Node) -> bool:
    return isinstance(node, Literal) or bool(written_day(node))


def pairs(node: Comparison) -> Iterator[tuple[Node, str, Node]]:
    """Yield the comparisons of a chain: `0 <= x < 10` is `0 <= x` and `x < 10`."""
    yield from zip(node.operands, node.operators, node.operands[1:], strict=False)


@frozen
class Template:
    """A phrase with the parts of an expression for its gaps.

    Args:
        key: the key of the phrase.
        parts: the expression of each gap, with how tightly it has to hold together.
        texts: the text of each other gap.
    """

    key: str
    parts: Mapping[str, tuple[Node, int]]
    texts: Mapping[str, str]


def template(node: Call | Aggregate | OfCohort, names: Names) -> Template | None:
    """Return the phrase of a function that has one of its own, else None.

    Args:
        node: the call.
        names: what names stand for.
    """
    parts = {gap: (argument, ATOM) for gap, argument in zip("abc", node.arguments, strict=False)}
    match node:
        case Call(function="round"):
            return Template("said_fn_round", {"a": parts["a"]}, {"how": _rounding(node, names)})
        case Call(function=function) if f"said_fn_{function}" in phrases(None)[1]:
            return Template(f"said_fn_{function}", parts, {})
        case Call():
            return None
    short = node.function.removeprefix("cohort_")
    short += "_if" if short == "count" and node.body is not None else ""
    keys = [f"said_of_{short}"] if isinstance(node, OfCohort) else []
    key = next((key for key in (*keys, f"said_all_{short}") if key in phrases(None)[1]), None)
    if key is None:
        return None
    body = node.body
    own = {} if body is None else {"body": (body, CONDITIONAL if key in _BRACKETED else ATOM)}
    return Template(key, parts | own, {})


def _rounding(node: Call, names: Names) -> str:
    """Return in words how `round` rounds."""
    named = dict(zip((parameter.name for parameter in FUNCTIONS["round"].parameters), node.arguments, strict=False))
    named |= dict(node.named)
    mode = named.get("mode")
    written = mode.value if isinstance(mode, Literal) and isinstance(mode.value, str) else "half_up"
    if "to" in named:
        return rounding_in_words(names, Wording(names).text(named["to"]), written, is_multiple=True)
    places = named.get("places")
    return rounding_in_words(names, "0" if places is None else Wording(names).text(places), written)


def rounding_in_words(names: Names, to: str, mode: str, *, is_multiple: bool = False) -> str:
    """Return how a number is rounded, in words.

    Args:
        names: the reader's language.
        to: the number of places, or the multiple.
        mode: the rounding mode.
        is_multiple: whether `to` is a multiple.
    """
    key = "multiples" if is_multiple else "place" if to == "1" else "places"
    return names.voice.say(f"page_round_{key}", to=to, mode=names.voice.say(f"page_mode_{mode}"))


def joined_words(parts: Sequence[str], names: Names, key: str = "said_list") -> str:
    """Return several texts in one: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return names.voice.say(key, first=", ".join(parts[:-1]), last=parts[-1])


@frozen
class Wording:
    """Says expressions in words.

    Args:
        names: what names stand for.
    """

    names: Names

    def text(self, node: Node, least: int = CONDITIONAL) -> str:
        """Return an expression in words, in brackets if it binds less tightly than its place needs.

        Args:
            node: the expression.
            least: how tightly it has to hold together.
        """
        said = self._said(node)
        return f"({said})" if level(node) < least else said

    def _said(self, node: Node) -> str:
        """Return an expression in words. This is long since it has one case for each kind."""
        say = self.names.voice.say
        match node:
            case Literal():
                return self.names.literal(node)
            case Name() | Field():
                return self.names.said(node)
            case Sign(operator="-", operand=Literal() as number):
                return f"−{self.names.literal(number)}"
            case Sign(operator=operator, operand=operand):
                inside = self.text(operand, SIGNED)
                return say("said_negative", a=inside) if operator == "-" else inside
            case Arithmetic(operator=operator, left=left, right=right):
                key, own = OPERATORS[operator]
                # The right side of a difference or quotient is no part of the chain.
                tighter = own + (operator in "-/")
                return say(key, a=self.text(left, own), b=self.text(right, tighter))
            case Raised(base=base, exponent=exponent):
                return say("said_raised", a=self.text(base, ATOM), b=str(exponent))
            case Comparison():
                return joined_words([self._compared(*pair) for pair in pairs(node)], self.names)
            case Membership(operand=operand, options=options, is_negated=is_negated):
                literals = [self.names.literal(option, operand) for option in options]
                listed = joined_words(literals, self.names, "said_one_of")
                return say("said_not_in" if is_negated else "said_in", a=self.text(operand, SAID), b=listed)
            case Logic(operator=operator, operands=operands):
                tighter = level(node) + 1
                return f" {say(f'said_{operator}')} ".join(self.text(operand, tighter) for operand in operands)
            case Not(operand=operand):
                return say("said_not", a=self.text(operand, ATOM))
            case Conditional(condition=condition, then=then, otherwise=Literal(value=True)):
                return say("said_implies", when=self.text(condition, OR), a=self.text(then, OR))
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                first = say("said_if", a=self.text(then, COMPARED), when=self.text(condition, OR))
                return f"{first}, {say('said_otherwise', a=self.text(otherwise))}"
            case Call() if day := written_day(node):
                return day
            case Call(function=function):
                return self._called(node if function == "round" else positional(node))
            case Aggregate() | OfCohort():
                return self._called(node)
        return ""

    def _compared(self, left: Node, operator: str, right: Node) -> str:
        if _is_constant(left) and not _is_constant(right):
            left, operator, right = right, _TURNED[operator], left
        key = _COMPARED[operator]
        if operator in _RANKED and (self.names.is_choice(left) or self.names.is_choice(right)):
            key = _RANKED[operator]
        elif operator in _DATED and written_day(right):
            key = _DATED[operator]
        return self.names.voice.say(f"said_{key}", a=self._beside(left, right), b=self._beside(right, left))

    def _beside(self, node: Node, other: Node) -> str:
        return self.names.literal(node, other) if isinstance(node, Literal) else self.text(node, SAID)

    def _called(self, node: Call | Aggregate | OfCohort) -> str:
        inside = self.inside(node)
        found = template(node, self.names)
        every = joined_words([inside.text(argument, MULTIPLIED) for argument in node.arguments], self.names)
        if found is None:
            name = self.names.called(node.function)
            return self.names.voice.say("said_called", name=f"«{name}»", all=every) if every else f"«{name}»"
        gaps = {gap: inside.text(part, least) for gap, (part, least) in found.parts.items()}
        return self.names.voice.say(found.key, **gaps, **found.texts, all=every, over=self.over(node))

    def inside(self, node: Call | Aggregate | OfCohort) -> Wording:
        """Return the wording for the inside of a call; an aggregate has a variable of its own."""
        if not isinstance(node, Aggregate) or not node.variable:
            return self
        return evolve(self, names=self.names.within(node.variable, node.collection.dotted))

    def over(self, node: Call | Aggregate | OfCohort) -> str:
        """Return the words for the records or members that are combined."""
        if not isinstance(node, Aggregate):
            return self.names.voice.say("said_members")
        over = self.names.said(node.collection)
        if node.condition is None:
            return over
        return self.names.voice.say("said_where", over=over, when=self.inside(node).text(node.condition))
