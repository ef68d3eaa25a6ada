"""Formulas as mathematics: MathML, which browsers draw and screen readers read."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from string import Formatter
from textwrap import wrap

from attrs import evolve, frozen

from ..diagnostics.phrases import phrases
from ..kernel.markup import Html, element, joined
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
    children,
    walk,
)
from .wording import OPERATORS, SAID, Wording, level, pairs, template, written_day

__all__ = ["Mathematics", "is_mathematical"]

MAX_LINE, MIN_LINE, MAX_ROW = 30, 12, 48
"""Characters in a line of a name, and in all names beside each other: a sheet of A4 and a narrow phone have room for
so many. Names are broken into shorter lines where there are more."""

MAX_NAMES = 4
"""Names in a row of a sum; a longer sum has several rows."""

_SIGNS = {"+": "+", "-": "−", "*": "×"}
_COMPARED = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_FENCES = {"floor": "⌊⌋", "ceil": "⌈⌉", "abs": "||"}
_SIGNED = frozenset({"min", "max", "sqrt", "root", "power", "exp", "ln", "ratio", *_FENCES})
_SPACE = Html('<mspace width="0.3em"></mspace>')


def is_mathematical(node: Node) -> bool:
    """Return whether an expression reads better as mathematics than in words."""
    parts = list(walk(node))
    if any(isinstance(part, Arithmetic | Raised) or _has_sign(part) for part in parts):
        return True
    has_words = any(isinstance(part, Call | Aggregate | OfCohort | Membership) for part in parts)
    return not has_words and any(isinstance(part, Comparison | Conditional) for part in parts)


def _has_sign(node: Node) -> bool:
    """Return whether a function is written by a sign of mathematics, not by its words."""
    match node:
        case Call(function=function):
            return function in _SIGNED
        case Aggregate(function=function):
            return function in ("sum", "avg")
    return False


@frozen
class Mathematics:
    """Writes expressions as MathML.

    Args:
        wording: says names, and what has no sign of its own.
    """

    wording: Wording
    line: int = MAX_LINE

    def formula(self, node: Node) -> Html:
        """Return a formula on a line of its own, which scrolls where it is too wide."""
        line = min(MAX_LINE, max(MIN_LINE, MAX_ROW // max(_names_across(node), 1)))
        written = evolve(self, line=line).row(node)
        return element("div", element("math", written, display="block"), classes="math", tabindex="0")

    def row(self, node: Node, least: int = 0) -> Html:
        """Return an expression, in brackets if it binds less tightly than its place needs.

        Args:
            node: the expression.
            least: how tightly it has to hold together.
        """
        written = self._written(node)
        return _fenced("()", written) if level(node) < least and not _is_whole(node) else written

    def _written(self, node: Node) -> Html:
        """Return an expression as MathML. This is long since it has one case for each kind."""
        match node:
            case Literal(value=value):
                kind = "mn" if isinstance(value, Fraction) else "mtext"
                return element(kind, self.wording.names.literal(node))
            case Name() | Field():
                return self._label(self.wording.names.said(node, "{}"))
            case Sign(operator=operator, operand=operand):
                sign = element("mo", _SIGNS[operator], form="prefix")
                return _row(sign, self.row(operand, level(node)))
            case Arithmetic(operator="/", left=left, right=right):
                return element("mfrac", self.row(left), self.row(right))
            case Arithmetic(operator="+" | "-") if len(rows := _rows_of_terms(node)) > 1:
                lines = [_row(*(self._term(sign, term) for sign, term in row)) for row in rows]
                return element("mtable", *(element("mtr", element("mtd", line)) for line in lines), classes="lines")
            case Arithmetic(operator=operator, left=left, right=right):
                own = OPERATORS[operator][1]
                tighter = own + (operator == "-")
                return _row(self.row(left, own), _sign(_SIGNS[operator]), self.row(right, tighter))
            case Raised(base=base, exponent=exponent):
                return element("msup", self.row(base, level(node) + 1), element("mn", str(exponent)))
            case Comparison():
                return self._chain(node)
            case Logic(operator=operator, operands=operands):
                word = _words(self.wording.names.voice.say(f"said_{operator}"))
                return _row(*_between([self.row(operand, level(node) + 1) for operand in operands], word))
            case Conditional():
                return self._cases(node)
            case Call() if day := written_day(node):
                return element("mtext", day)
            case Call(function=function):
                return self._called(node if function == "round" else positional(node))
            case Aggregate() | OfCohort():
                return self._called(node)
            case Not() | Membership():
                return self._label(self.wording.text(node))
        return Html("")

    def _term(self, sign: str, term: Node) -> Html:
        """Return a term of a sum, with its sign unless it begins the sum."""
        written = self.row(term, OPERATORS["*"][1])
        return written if not sign else _row(_sign(_SIGNS[sign]), written)

    def _chain(self, node: Comparison) -> Html:
        parts = [self._beside(node.operands[0], node.operands[1])]
        for left, operator, right in pairs(node):
            parts += [_sign(_COMPARED[operator]), self._beside(right, left)]
        return _row(*parts)

    def _beside(self, node: Node, other: Node) -> Html:
        if isinstance(node, Literal) and isinstance(node.value, str):
            return self._label(self.wording.names.literal(node, other))
        return self.row(node, SAID)

    def _cases(self, node: Node) -> Html:
        """Return the cases of a condition, one below the other."""
        say = self.wording.names.voice.say
        rows = []
        while isinstance(node, Conditional):
            gaps = {"when": self.row(node.condition)}
            rows.append((self.row(node.then), self._filled(say("said_case_if", when="{when}"), gaps)))
            node = node.otherwise
        rows.append((self.row(node), _words(say("said_case_otherwise"))))
        return _one_of(rows)

    def _called(self, node: Call | Aggregate | OfCohort) -> Html:
        """Return a call by its sign in mathematics, else in words with the mathematics of its arguments."""
        match node:
            case Call(function="min" | "max" as function, arguments=arguments):
                listed = _between([self.row(argument) for argument in arguments], element("mo", ","))
                return _row(element("mi", function), _fenced("()", _row(*listed)))
            case Call(function="floor" | "ceil" | "abs" as function, arguments=(argument,)):
                return _fenced(_FENCES[function], self.row(argument))
            case Call(function="sqrt", arguments=(argument,)):
                return element("msqrt", self.row(argument))
            case Call(function="root", arguments=(argument, degree)):
                return element("mroot", self.row(argument), self.row(degree))
            case Call(function="power", arguments=(base, exponent)):
                return element("msup", self.row(base, level(Name(""))), self.row(exponent))
            case Call(function="exp", arguments=(exponent,)):
                return element("msup", element("mi", "e"), self.row(exponent))
            case Call(function="ln", arguments=(argument,)):
                return _row(element("mi", "ln"), _fenced("()", self.row(argument)))
            case Call(function="ratio", arguments=(above, below, at_zero)):
                return self._ratio(above, below, at_zero)
            case Aggregate(function="sum", body=body) if body is not None:
                inside = evolve(self, wording=self.wording.inside(node))
                sign = element("munder", element("mo", "∑", classes="sum"), self._over(node))
                return _row(sign, inside.row(body, OPERATORS["*"][1]))
            case Aggregate(function="avg"):
                whole = self._called(evolve(node, function="sum"))
                return element("mfrac", whole, self._label(self.wording.names.voice.say("said_of_these")))
        return self._in_words(node)

    def _ratio(self, above: Node, below: Node, at_zero: Node) -> Html:
        whole = self.row(Arithmetic("/", above, below))
        gaps = {"when": _row(self.row(below), _sign("≠"), element("mn", "0"))}
        say = self.wording.names.voice.say
        case = self._filled(say("said_case_if", when="{when}"), gaps)
        return _one_of([(whole, case), (self.row(at_zero), _words(say("said_case_otherwise")))])

    def _in_words(self, node: Call | Aggregate | OfCohort) -> Html:
        inside = evolve(self, wording=self.wording.inside(node))
        every = _row(*_between([inside.row(argument) for argument in node.arguments], element("mo", ",")))
        found = template(node, self.wording.names)
        if found is None:
            name = self._label(self.wording.names.called(node.function))
            return _row(name, _fenced("()", every)) if node.arguments else name
        gaps = {gap: inside.row(part, least) for gap, (part, least) in found.parts.items()}
        texts = {gap: _words(text) for gap, text in found.texts.items()}
        written = phrases(self.wording.names.voice.language)[1][found.key]
        return self._filled(written, gaps | texts | {"all": every, "over": self._over(node)})

    def _over(self, node: Call | Aggregate | OfCohort) -> Html:
        return self._label(self.wording.over(node))

    def _label(self, text: str) -> Html:
        """Return a name; a long one has several lines, since a formula is never broken."""
        lines = wrap(text, self.line) or [text]
        if len(lines) == 1:
            return element("mtext", text)
        rows = (element("mtr", element("mtd", element("mtext", line))) for line in lines)
        return element("mtable", *rows, classes="name")

    def _filled(self, phrase: str, gaps: dict[str, Html]) -> Html:
        """Return a phrase with mathematics in its gaps."""
        parts: list[Html] = []
        for text, gap, _, _ in Formatter().parse(phrase):
            parts += [_words(text)] if text else []
            parts += [gaps[gap]] if gap is not None else []
        return _row(*parts)


def _is_whole(node: Node) -> bool:
    """Return whether an expression never needs brackets: a fraction, cases, or a function with its own."""
    match node:
        case Conditional() | Arithmetic(operator="/"):
            return True
        case Call(function=function):
            # The rulebook's own functions are written with brackets as well.
            return function not in FUNCTIONS or function in ("ratio", "min", "max", "sqrt", "root", "ln", *_FENCES)
    return False


def _row(*parts: Html) -> Html:
    return element("mrow", *parts)


def _sign(sign: str) -> Html:
    """Return a sign between two operands; the room around it does not depend on the browser's fonts."""
    return joined((_SPACE, element("mo", sign, lspace="0", rspace="0"), _SPACE))


def _fenced(signs: str, inside: Html) -> Html:
    first, last = (element("mo", sign, form=form) for sign, form in zip(signs, ("prefix", "postfix"), strict=True))
    return _row(first, inside, last)


def _between(parts: Iterable[Html], sign: Html) -> list[Html]:
    """Return parts joined by a sign."""
    found = [both for part in parts for both in (sign, part)]
    return found[1:]


def _words(text: str) -> Html:
    """Return words beside mathematics, with room around them."""
    return joined((_SPACE, element("mtext", text.strip()), _SPACE))


def _rows_of_terms(node: Node) -> list[list[tuple[str, Node]]]:
    """Return the terms of a sum with their signs, in rows of few names."""
    terms: list[tuple[str, Node]] = []
    while isinstance(node, Arithmetic) and node.operator in "+-":
        terms.append((node.operator, node.right))
        node = node.left
    rows: list[list[tuple[str, Node]]] = []
    for sign, term in (("", node), *reversed(terms)):
        across = sum(_names_across(other) for _, other in rows[-1]) if rows else 0
        if not rows or across + _names_across(term) > MAX_NAMES:
            rows.append([])
        rows[-1].append((sign, term))
    return rows


def _names_across(node: Node) -> int:
    """Return how many names of a formula stand beside each other."""
    match node:
        case Arithmetic(operator="+" | "-"):
            return max(sum(_names_across(term) for _, term in row) for row in _rows_of_terms(node))
        case Name() | Field():
            return 1
        case Arithmetic(operator="/", left=left, right=right):
            return max(_names_across(left), _names_across(right))
        case Call(function="ratio", arguments=(above, below, _)):
            return max(_names_across(above), _names_across(below)) + _names_across(below)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return max(_names_across(then), _names_across(otherwise)) + _names_across(condition)
        case Aggregate(body=body) if _has_sign(node) and body is not None:
            return 1 + _names_across(body)
        case Aggregate():
            # The words around it take as much room as two names.
            return 2 + sum(map(_names_across, children(node)))
    return sum(map(_names_across, children(node)))


def _one_of(rows: Iterable[tuple[Html, Html]]) -> Html:
    """Return a row for each case; a line holds them together, since not every font has a brace of any height."""
    cases = (element("mtr", *(element("mtd", cell) for cell in row)) for row in rows)
    return element("mtable", *cases, classes="cases")
