"""From text to tree: an allow-list over Python's expression syntax, which refuses everything else.

The file is long since nodes of all kinds contain each other: one class, a method for each kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from attrs import define, field, frozen

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, expression
from ...diagnostics.report import with_point
from ...kernel.budget import spend
from ...kernel.certain import given
from ...kernel.exact import from_text
from ...kernel.exact.grammar import MAX_EXPONENT
from . import tree
from .expression import Expression
from .functions import AGGREGATES, COHORT_FUNCTIONS, FUNCTIONS
from .python import one_at_a_time
from .tree import Excerpt, Node, Part, depth, size, substitute
from .unparsed import MAX_DEPTH, MAX_NESTING, MAX_NODES, RefusedExpression, Unparsed

__all__ = ["CASED_ID", "ID", "MAX_DIGITS", "Formula", "parse"]

MAX_DIGITS = 20
"""The most digits of a literal number."""

_DECIMAL_COMMA = re.compile(r"(?<![\w.,])[0-9]+,[0-9]+(?![\w.,])")

ID = re.compile(r"[a-z][a-z0-9_]*\Z")

CASED_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
"""An id that no expression reads by itself, such as that of a band."""

_FIRST_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"\w*\Z")
_STRING = re.compile(r"""(["'])(.*)\1\Z""", re.DOTALL)

_FOREIGN = {"true": "write `True`", "false": "write `False`", "null": "ask `given(x)`"}
"""Names of other languages, with what to write."""

_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lambda: ("`lambda`", "write the formula under `functions`"),
    ast.NamedExpr: ("`:=`", "give the value a name under `let`"),
    ast.Subscript: ("`[…]` after a value", "read a field with a dot, or use an aggregate over the list"),
    ast.List: ("a list", "after `in`, write options in parentheses: `in (1, 2)`"),
    ast.ListComp: ("a list", "write the aggregate without brackets: `sum(t.hours for t in tasks)`"),
    ast.Dict: ("`{…}`", "use a table or a lookup"),
    ast.Set: ("`{…}`", "after `in`, write options in parentheses: `in (1, 2)`"),
    ast.SetComp: ("`{…}`", "write the aggregate without brackets: `sum(t.hours for t in tasks)`"),
    ast.DictComp: ("`{…}`", "use a table or a lookup"),
    ast.Tuple: ("a list in parentheses", "it is allowed only after `in` or `not in`"),
    ast.GeneratorExp: ("`… for … in …` by itself", "it is allowed only inside an aggregate such as `sum(…)`"),
    ast.JoinedStr: ("a formatted string", "write a string in plain quotes"),
    ast.Await: ("`await`", ""),
    ast.Yield: ("`yield`", ""),
    ast.YieldFrom: ("`yield`", ""),
    ast.Starred: ("`*` before a value", "name each argument"),
    ast.Slice: ("`:`", ""),
}
_REFUSED_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.FloorDiv: ("`//`", "write `floor(a / b)`"),
    ast.MatMult: ("`@`", "write `*`"),
    ast.LShift: ("`<<`", ""),
    ast.RShift: ("`>>`", ""),
    ast.BitOr: ("`|`", "write `or`"),
    ast.BitAnd: ("`&`", "write `and`"),
    ast.BitXor: ("`^`", "write `**` to raise to a power"),
    ast.Invert: ("`~`", "write `not`"),
    ast.Is: ("`is`", "write `==`"),
    ast.IsNot: ("`is not`", "write `!=`"),
}


@frozen
class Formula:
    """One of the rulebook's own functions: its arguments and the tree that replaces a call."""

    args: tuple[str, ...]
    value: Expression


PARSING_COST = 4
"""The cost of parsing an expression besides its nodes, as a number of nodes."""


def parse(
    text: str | Excerpt,
    problems: list[Diagnostic],
    path: str = "",
    formulas: Mapping[str, Formula] | None = None,
) -> Expression | None:
    """Return the expression of a text, or None after adding the mistakes to `problems`.

    Args:
        text: as the author wrote it, with its place in the document if known.
        problems: collects the diagnostics.
        path: the path of the expression in the document.
        formulas: the rulebook's own functions, which replace their calls.

    >>> problems = []
    >>> parse("20% * points.results", problems).tree.left.value
    Fraction(1, 5)
    >>> parse("x.y.z", problems), problems[0].code
    (None, 'KR202')
    """
    excerpt = text if isinstance(text, Excerpt) else Excerpt(text)
    reader = _Reader(excerpt, problems, path, formulas or {})
    try:
        node = reader.read()
    except RefusedExpression:
        return None
    return Expression(excerpt.text, node, excerpt.whole)


@define
class _Reader(Unparsed):
    formulas: Mapping[str, Formula]
    lines: list[tuple[int, bytes]] = field(factory=list)
    level: int = 0
    parsed: ast.AST | None = None

    def read(self) -> Node:
        prepared = self.prepare()
        try:
            parsed = one_at_a_time(ast.parse, f"({prepared}\n)", mode="eval").body
        except SyntaxError as mistake:
            raise self.refuse(self.explain(mistake)) from None
        except (RecursionError, MemoryError):
            raise self.refuse(self.too_deep()) from None
        offset = -len("(")
        for line in f"({prepared}\n)".split("\n"):
            self.lines.append((offset, line.encode()))
            offset += len(line) + 1
        self.parsed = parsed
        node = self.convert(parsed)
        nodes = list(tree.walk(node))
        spend("parsing", PARSING_COST + len(nodes))
        self.check_aggregates(nodes)
        # A tree is at most as deep as its number of nodes, and few have that many.
        if len(nodes) > MAX_DEPTH and (found := depth(node)) > MAX_DEPTH:
            raise self.refuse(
                expression.expression_too_large(
                    self.whole, "levels of nesting", found, MAX_DEPTH, "name parts of it under `let`"
                )
            )
        if len(nodes) > MAX_NODES:
            raise self.refuse(self.too_long(len(nodes)))
        return node

    def too_deep_or_long(self) -> Diagnostic:
        """Return the diagnostic for a tree that is too deep, perhaps by a long chain such as `a + b + c + …`."""
        assert self.parsed is not None, "the tree was parsed before it is walked"
        found = sum(isinstance(node, ast.expr) for node in ast.walk(self.parsed))
        return self.too_long(found) if found > MAX_NODES else self.too_deep()

    def check_aggregates(self, nodes: Iterable[Node]) -> None:
        """Refuse mistakes that appear only after substitution: nested aggregates, and aggregates over no list."""
        for part in nodes:
            if not isinstance(part, tree.Aggregate):
                continue
            example = AGGREGATES[part.function].example[0]
            at = At(part.span, self.path)
            if any(isinstance(inner, tree.Aggregate) for inner in tree.walk(part) if inner is not part):
                raise self.refuse(
                    expression.aggregate_form(at, part.function, "an aggregate can't be nested in another", example)
                )
            if not isinstance(part.collection, tree.Name | tree.Field):
                raise self.refuse(
                    expression.aggregate_form(
                        at, part.function, "expected a list input or `children.<group>`", example
                    )
                )

    # -- nodes --------------------------------------------------------------------------------

    def start(self, node: ast.AST) -> int:
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def offset(self, line: int, column: int) -> int:
        """Convert Python's line and UTF-8 column to an offset in the author's text."""
        start, encoded = self.lines[line - 1]
        offset = start + (column if encoded.isascii() else len(encoded[:column].decode()))
        # A list without parentheses of its own starts and ends with those around the author's text.
        return min(max(offset, 0), len(self.text))

    def where(self, node: ast.AST) -> At:
        return self.at(self.start(node), self.end(node))

    def part(self, node: ast.AST) -> Part:
        start = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        return Part(self.excerpt, start, self.end(node))

    def convert(self, node: ast.AST) -> Node:
        self.level += 1
        if self.level > MAX_NESTING:
            raise self.refuse(self.too_deep_or_long())
        try:
            return self.node(node)
        finally:
            self.level -= 1

    def node(self, node: ast.AST) -> Node:
        part = self.part(node)
        match node:
            case ast.Constant():
                return self.literal(node, part)
            case ast.Name():
                return self.name(node, part)
            case ast.Attribute():
                return self.attribute(node, part)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return tree.Not(self.convert(operand), part=part)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
                return tree.Sign("-" if isinstance(op, ast.USub) else "+", self.convert(operand), part=part)
            case ast.BinOp(op=ast.Pow()):
                return self.raised(node, part)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
                return tree.Arithmetic(_ARITHMETIC[type(op)], self.convert(left), self.convert(right), part=part)
            case ast.BinOp(op=ast.Mod(), left=left, right=right):
                between = self.at(self.end(left), self.start(right))
                raise self.refuse(expression.percent_sign(between))
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return tree.Logic(word, tuple(self.convert(value) for value in values), part=part)
            case ast.Compare():
                return self.comparison(node, part)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                then = self.convert(body)
                condition = self.convert(test)
                return tree.Conditional(condition, then, self.convert(orelse), part=part)
            case ast.Call():
                return self.call(node, part)
        operator = getattr(node, "op", node)
        what, help_ = _REFUSED_OPERATORS.get(type(operator)) or _REFUSED.get(type(node), ("this", ""))
        if isinstance(node, ast.Tuple) and (comma := _DECIMAL_COMMA.search(self.text)):
            help_ = with_point(comma[0])
        raise self.refuse(expression.not_in_the_language(self.where(node), what, help_))

    def literal(self, node: ast.Constant, part: Part) -> Node:
        text = part.text
        if isinstance(node.value, bool):
            return tree.Literal(node.value, part=part)
        if isinstance(node.value, str):
            plain = _STRING.match(text)
            if plain is None or "\\" in text or plain[1] in plain[2]:
                raise self.refuse(self.odd_string(self.where(node)))
            return tree.Literal(plain[2], part=part)
        if isinstance(node.value, int | float):
            return self.number(part)
        what = f"`{text}`"
        help_ = "test it with `given(x)`, or replace it with `default(x, v)`" if node.value is None else ""
        raise self.refuse(expression.not_in_the_language(self.where(node), what, help_))

    def number(self, part: Part) -> Node:
        text, is_percent = part.text, part.end in self.percents
        if is_percent:
            part = Part(self.excerpt, part.start, part.end + 1)
        if sum(map(str.isdigit, text.partition("e")[0].partition("E")[0])) > MAX_DIGITS:
            at = At(part.span, self.path)
            raise self.refuse(expression.number_form(at, text, f"a number has at most {MAX_DIGITS} digits"))
        try:
            value = from_text(text)
        except ValueError:
            at = At(part.span, self.path)
            raise self.refuse(
                expression.number_form(at, text, f"an exponent is from -{MAX_EXPONENT} to {MAX_EXPONENT}")
            ) from None
        value = given(value, "`prepare` refuses numbers of another form")
        return tree.Literal(value / 100 if is_percent else value, part=part)

    def identifier(self, start: int, end: int) -> str:
        """Return a name as the author wrote it, since Python would normalise look-alike characters."""
        text = self.text[start:end]
        if not ID.match(text):
            raise self.refuse(expression.unknown_name(self.at(start, end), text, (), "", _small_letters(text)))
        return text

    def name(self, node: ast.Name, part: Part) -> tree.Name:
        if node.id in _FOREIGN:
            raise self.refuse(expression.unknown_name(self.where(node), node.id, (), "", _FOREIGN[node.id]))
        return tree.Name(self.identifier(part.start, part.end), part=part)

    def attribute(self, node: ast.Attribute, part: Part) -> tree.Field:
        if not isinstance(node.value, ast.Name):
            raise self.refuse(
                expression.not_in_the_language(
                    self.where(node), "a dot after this", "only a record has fields: `t.hours`"
                )
            )
        owner = self.identifier(self.start(node.value), self.end(node.value))
        start = part.end - len(_LAST_WORD.search(self.text[: part.end]).group())  # type: ignore[union-attr]
        return tree.Field(owner, self.identifier(start, part.end), part=part)

    def raised(self, node: ast.BinOp, part: Part) -> Node:
        exponent = node.right
        value = exponent.value if isinstance(exponent, ast.Constant) else None
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or not 0 <= value <= 16
            or self.end(exponent) in self.percents
        ):
            raise self.refuse(
                expression.not_in_the_language(
                    self.where(exponent),
                    "this exponent",
                    "the exponent is a whole number from 0 to 16; for others write `power(x, y)`",
                )
            )
        return tree.Raised(self.convert(node.left), value, part=part)

    def comparison(self, node: ast.Compare, part: Part) -> Node:
        if any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            return self.membership(node, part)
        self.check_absence(node)
        operators = []
        for op in node.ops:
            if type(op) not in _COMPARISONS:
                what, help_ = _REFUSED_OPERATORS[type(op)]
                raise self.refuse(expression.not_in_the_language(self.where(node), what, help_))
            operators.append(_COMPARISONS[type(op)])
        operands = tuple(self.convert(operand) for operand in (node.left, *node.comparators))
        return tree.Comparison(operands, tuple(operators), part=part)

    def check_absence(self, node: ast.Compare) -> None:
        """Refuse a comparison with `None`: a function tests for absence."""
        left, op, right = node.left, node.ops[0], node.comparators[0]
        is_none = isinstance(right, ast.Constant) and right.value is None
        if len(node.ops) > 1 or not is_none or not isinstance(left, ast.Name | ast.Attribute):
            return
        suggestion = f"given({self.text[self.start(left) : self.end(left)]})"
        if isinstance(op, ast.Is | ast.Eq):
            suggestion = f"not {suggestion}"
        raise self.refuse(expression.not_in_the_language(self.where(node), "`None`", f"write `{suggestion}`"))

    def membership(self, node: ast.Compare, part: Part) -> Node:
        options = node.comparators[0]
        if len(node.ops) > 1 or not isinstance(options, ast.Tuple):
            raise self.refuse(
                expression.not_in_the_language(
                    self.where(options),
                    "`in` before this",
                    'after `in`, write literals in parentheses: `in ("a", "b")`, `in (1,)` for one',
                )
            )
        operand = self.convert(node.left)
        literals = []
        for option in options.elts:
            converted = self.convert(option)
            if isinstance(converted, tree.Sign) and isinstance(converted.operand, tree.Literal):
                value = converted.operand.value
                if isinstance(value, Fraction):
                    signed = -value if converted.operator == "-" else value
                    converted = tree.Literal(signed, part=converted.part)
            if not isinstance(converted, tree.Literal):
                raise self.refuse(
                    expression.not_a_constant(self.where(option), "an option after `in`", "write `x == a or x == b`")
                )
            literals.append(converted)
        return tree.Membership(operand, tuple(literals), isinstance(node.ops[0], ast.NotIn), part=part)

    # -- calls --------------------------------------------------------------------------------

    def call(self, node: ast.Call, part: Part) -> Node:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(
                expression.not_in_the_language(self.where(node.func), "a call of this", "call a function by its name")
            )
        name = self.identifier(self.start(node.func), self.end(node.func))
        if name in COHORT_FUNCTIONS:
            return self.of_cohort(node, name, part)
        if name in AGGREGATES and (
            name not in FUNCTIONS or any(isinstance(argument, ast.GeneratorExp) for argument in node.args)
        ):
            return self.aggregate(node, name, part)
        if name not in FUNCTIONS and any(isinstance(argument, ast.GeneratorExp) for argument in node.args):
            raise self.refuse(expression.unknown_function(self.where(node.func), name, AGGREGATES))
        arguments = tuple(self.convert(argument) for argument in node.args)
        named = tuple(self.named(argument) for argument in node.keywords)
        if name in self.formulas:
            return self.substituted(node, name, arguments, named)
        return tree.Call(name, arguments, named, part=part)

    def of_cohort(self, node: ast.Call, name: str, part: Part) -> Node:
        row = COHORT_FUNCTIONS[name]
        most = len(row.parameters) + 1
        least = 0 if name == "cohort_count" else most
        if node.keywords or not least <= len(node.args) <= most:
            first = "".join(f"`{parameter}`, then " for parameter in row.parameters)
            problem = f"`{name}` takes {first}one expression, which is evaluated for every member"
            raise self.refuse(expression.wrong_arguments(self.where(node), row.signature, problem))
        *arguments, body = map(self.convert, node.args) if node.args else (None,)
        return tree.OfCohort(name, body, tuple(arguments), part=part)

    def named(self, part: ast.keyword) -> tuple[str, Node]:
        if part.arg is None:
            raise self.refuse(
                expression.not_in_the_language(self.where(part), "`**` before a value", "name each argument")
            )
        start = self.start(part)
        name = _FIRST_WORD.match(self.text, start)
        assert name is not None, "Python parses a named argument only after a word"
        return self.identifier(start, name.end()), self.convert(part.value)

    def substituted(
        self, node: ast.Call, name: str, arguments: tuple[Node, ...], named: tuple[tuple[str, Node], ...]
    ) -> Node:
        formula = self.formulas[name]
        signature = f"{name}({', '.join(formula.args)})"
        given = dict(zip(formula.args, arguments, strict=False))
        twice = [word for word, _ in named if word in given]
        given.update(named)
        if (
            len(arguments) > len(formula.args)
            or twice
            or len({word for word, _ in named}) != len(named)
            or set(given) != set(formula.args)
        ):
            raise self.refuse(
                expression.wrong_arguments(self.where(node), signature, f"the arguments of `{name}` do not fit")
            )
        replaced = substitute(formula.value.tree, given)
        if (found := size(replaced)) > MAX_NODES:
            raise self.refuse(
                expression.expression_too_large(
                    self.where(node),
                    "parts, with functions substituted",
                    found,
                    MAX_NODES,
                    "name parts of it under `let`",
                )
            )
        return replaced

    def aggregate(self, node: ast.Call, name: str, part: Part) -> Node:
        row = AGGREGATES[name]
        example = row.example[0]

        def refuse(problem: str, place: ast.AST = node) -> RefusedExpression:
            return self.refuse(
                expression.aggregate_form(self.where(place), name, problem, example, _of_several(node))
            )

        if len(node.args) != len(row.parameters) + 1 or node.keywords:
            first = "".join(f"`{parameter}`, " for parameter in row.parameters)
            raise refuse(f"`{name}` takes {first}{'then ' * bool(first)}one `… for … in …`")
        *constants, argument = node.args
        if not isinstance(argument, ast.GeneratorExp):
            if name != "count":
                raise refuse(f"`{name}` needs `for … in …`")
            return tree.Aggregate(name, None, "", self.collection(argument, refuse), None, part=part)
        if len(argument.generators) != 1 or len(argument.generators[0].ifs) > 1:
            raise refuse("an aggregate has one `for` and at most one `if`", argument)
        generator = argument.generators[0]
        if not isinstance(generator.target, ast.Name) or generator.is_async:
            raise refuse("`for` is followed by one name", generator.target)
        variable = self.identifier(self.start(generator.target), self.end(generator.target))
        collection = self.collection(generator.iter, refuse)
        condition = self.convert(generator.ifs[0]) if generator.ifs else None
        body = self.convert(argument.elt)
        arguments = tuple(map(self.convert, constants))
        return tree.Aggregate(name, body, variable, collection, condition, arguments, part=part)

    def collection(self, node: ast.AST, refuse: Callable[..., RefusedExpression]) -> tree.Name | tree.Field:
        part = self.part(node)
        if isinstance(node, ast.Name):
            return tree.Name(self.identifier(part.start, part.end), part=part)
        if isinstance(node, ast.Attribute):
            field_ = self.attribute(node, part)
            if field_.owner == "children":
                return field_
        raise refuse("expected a list input or `children.<group>`", node)


def _of_several(node: ast.Call) -> str:
    """Return the help for `largest` or `smallest` in place of a list; empty for any other call."""
    calls = (
        part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    )
    found = next((name for name in calls if name in ("largest", "smallest")), "")
    return found and f"`{found}(k, (…))` is one number, the k-th; `sum_{found}(k, (…))` adds up the first k"


def _small_letters(text: str) -> str:
    """Return the help for a misspelt name; spreadsheets write capital letters."""
    word = text.lower()
    if word == "if":
        return "write `a if condition else b`"
    if word in ("true", "false"):
        return f"write `{word.capitalize()}`"
    if word in FUNCTIONS or word in AGGREGATES or word in COHORT_FUNCTIONS or word in ("and", "or", "not"):
        return f"write `{word}`"
    return "names have lowercase letters a-z, digits and `_`; write a string in quotes"
