"""Builds decision tables, whose conditions on names become expressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from attrs import evolve

from ...diagnostics import Span
from ...diagnostics.codes import At
from ...diagnostics.codes import expression as words
from ...diagnostics.codes import structure as say
from ...kernel.calendars import parse_date
from ...language.expressions import ID, NUMBER, Excerpt, Expression, Type
from ...language.expressions.tree import (
    Call,
    Comparison,
    Field,
    Literal,
    Logic,
    Membership,
    Name,
    Node,
    Part,
    Sign,
)
from ...language.model import Case, Cases, Constant, Need
from ..document import Mapping as MapNode
from .draft import NONE, Draft
from .fields import Fields, Written
from .scalars import exact_number
from .tables import read_gives

__all__ = ["build_cases"]

_LOWER = {"from": "<=", "above": "<"}
_UPPER = {"to": "<=", "below": "<"}


def build_cases(draft: Draft, fields: Fields, gives: Type = NUMBER, args: tuple[str, ...] | None = None) -> Cases:
    """Return the decision table of a criterion, or of a table of the rulebook.

    Args:
        draft: the rulebook built so far.
        fields: a mapping with `cases`.
        gives: the type of the value that a case gives.
        args: the names that the cases of a table can use; None for a criterion.
    """
    written: tuple[Fields, ...] = fields.items("cases")
    rows = tuple(_case(draft, number, row, gives, args) for number, row in enumerate(written, start=1))
    for row, source in zip(rows[:-1], written, strict=False):
        if not source.has("when") and not source.has_unknown:
            draft.report(say.rest_before_the_end(source.at, row.number, "case"))
    return Cases(rows, fields.flag("unique"))


def _case(draft: Draft, number: int, fields: Fields, gives: Type, args: tuple[str, ...] | None) -> Case:
    value, is_rate = read_gives(draft, fields, gives)
    when = fields.values.get("when")
    case = Case(number, gives=value, is_rate=is_rate, words=fields.words)
    if isinstance(when, Written):
        return evolve(case, condition=draft.expression(when))
    return evolve(case, needs=tuple(sorted(_needs(draft, fields, args), key=lambda need: need.name)))


def _needs(draft: Draft, fields: Fields, args: tuple[str, ...] | None) -> Iterator[Need]:
    """Yield the conditions on names that can be read."""
    node = fields.nodes.get("when")
    wanted = fields.entries("when")
    for entry in node if isinstance(node, MapNode) else ():
        name, span = entry.key.text, entry.key.span
        found: object = wanted.get(name)
        read = _name(draft, name, At(span, f"{fields.path}.when.{name}"), args)
        if read is None or found is None:
            draft.decoding.is_broken = True
        elif isinstance(found, Fields):
            yield _interval(draft, name, read, found, span)
        else:
            several = found if isinstance(found, tuple) else (found,)
            yield _among(draft, name, read, several, span)


def _name(draft: Draft, name: str, at: At, args: tuple[str, ...] | None) -> Node | None:
    """Return a name as a node of an expression; None if it can't be read."""
    part = Part(Excerpt(name, at.span), 0, len(name))
    if args is not None:
        if name in args:
            return Name(name, part=part)
        draft.report(words.unknown_name(at, name, args, "a case of a table can only name its `args`"))
        return None
    owner, _, rest = name.rpartition(".")
    if ID.match(rest) and not owner:
        return Name(name, part=part)
    if ID.match(rest) and owner in ("points", "share"):
        return Field(owner, rest, part=part)
    way_out = "a case can name inputs, parameters, `let`, `points.x` and `share.x`"
    draft.report(words.unknown_name(at, name, (), "", way_out))
    return None


def _among(draft: Draft, name: str, read: Node, written: Iterable[Written], span: Span) -> Need:
    values = [_constant(draft, name, value) for value in written]
    constants = tuple(constant for constant, _ in values)
    nodes = [node for _, node in values]
    tree: Node
    literals = tuple(node for node in nodes if isinstance(node, Literal))
    if len(nodes) == 1:
        tree = Comparison((read, nodes[0]), ("==",))
    elif len(literals) == len(nodes):
        tree = Membership(read, literals, False)
    else:
        tree = Logic("or", tuple(Comparison((read, node), ("==",)) for node in nodes))
    return _need(Need(name, Expression("", tree), constants), span)


def _interval(draft: Draft, name: str, read: Node, fields: Fields, span: Span) -> Need:
    operands: list[Node] = [read]
    signs: list[str] = []
    ends: list[tuple[str, Constant]] = []
    for key in ("from", "above", "to", "below"):
        written = fields.written(key)
        if written is None:
            continue
        constant, node = _constant(draft, name, written)
        ends.append((key, constant))
        if key in _LOWER:
            operands.insert(0, node)
            signs.insert(0, _LOWER[key])
        else:
            operands.append(node)
            signs.append(_UPPER[key])
    _check_ends(draft, fields, dict(ends))
    return _need(Need(name, Expression("", Comparison(tuple(operands), tuple(signs))), (), tuple(ends)), span)


def _check_ends(draft: Draft, fields: Fields, ends: dict[str, Constant]) -> None:
    lower, upper = ends.get("from", ends.get("above")), ends.get("to", ends.get("below"))
    if lower is None or upper is None or type(lower.value) is not type(upper.value):
        return
    low, high = lower.value, upper.value
    if isinstance(low, str | bool):
        return  # the order of options is known once they are typed
    is_open = "above" in ends or "below" in ends
    if low > high or (low == high and is_open):  # type: ignore[operator]
        draft.report(say.ends_reversed(fields.at, "the interval", str(lower), str(upper)))


def _need(need: Need, span: Span) -> Need:
    """Return a condition on a name, with an expression whose text is that of the case."""
    text = str(need)
    part = Part(Excerpt(text, span), 0, len(text))
    return evolve(need, condition=Expression(text, evolve(need.condition.tree, part=part), span))


def _constant(draft: Draft, name: str, written: Written) -> tuple[Constant, Node]:
    """Return a value that a name is compared with, and its expression."""
    scalar = written.scalar
    part = Part(Excerpt(scalar.text, scalar.span), 0, len(scalar.text))
    kind = draft.kinds.get(name, "number" if "." in name else "")
    if isinstance(scalar.value, bool):
        return Constant(scalar.value), Literal(scalar.value, part=part)
    number = exact_number(scalar)
    if number is not None and not (isinstance(scalar.value, str) and kind in ("choice", "text")):
        literal = Literal(abs(number), part=part)
        return Constant(number), Sign("-", literal, part=part) if number < 0 else literal
    parameter = draft.parameters.get(scalar.text)
    if parameter is not None and (kind not in ("choice", "text") or isinstance(parameter.value, str)):
        return Constant(parameter.value, scalar.text), Name(scalar.text, part=part)
    if scalar.text in draft.unknown_parameters and kind not in ("choice", "text"):
        draft.decoding.is_broken = True
    day = parse_date(scalar.text) if kind in ("date", "") else None
    if day is not None:
        return Constant(day), _date(day, part)
    if kind in ("number", "integer"):
        draft.amount(written)  # which reports the mistake
        return Constant(scalar.text), Literal(NONE.value, part=part)
    return Constant(scalar.text), Literal(scalar.text, part=part)


def _date(day: date, part: Part) -> Node:
    numbers = tuple(Literal(Fraction(number), part=part) for number in (day.year, day.month, day.day))
    return Call("date", numbers, part=part)
