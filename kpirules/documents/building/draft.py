"""A rulebook while it is being built: its names so far, and the reading of its expressions and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import overload

from attrs import define, field

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At
from ...diagnostics.codes import structure as say
from ...diagnostics.codes.expression import number_form
from ...kernel.certain import certain
from ...kernel.exact import to_text
from ...language.expressions import ID, Excerpt, Expression, Formula, parse
from ...language.expressions.syntax import MAX_DIGITS
from ...language.expressions.tree import Literal, Node, Part, Sign, Unreadable
from ...language.model import Amount, Condition, Named, Parameter
from ..document import Scalar
from .decoding import Decoding
from .fields import Fields, Written
from .scalars import exact_number

__all__ = ["BLANK", "NONE", "Draft", "differing_in_case", "literal", "read_expression", "repeated"]

BLANK = Expression("", Unreadable())
"""The placeholder of an expression that could not be read; no program is made of it."""

NONE = Amount(Fraction(0))
"""The placeholder of an amount that could not be read; no program is made of it."""

MANY_NAMES, FEW_NAMES = 300, 10
"""The most names that are searched for a similar one, and fewer once there are many problems."""

MANY_PROBLEMS = 1_000
"""Nobody reads so many problems, and a search for each would take time."""


@define
class Draft:
    """A rulebook while it is being built.

    Args:
        decoding: collects the diagnostics.
        formulas: the rulebook's own functions.
        parameters: the parameters with a known value, by id.
        unknown_parameters: the parameters without a usable value.
        bands: the ids of the bands, best first.
        weighed: the groups whose unused weights were already reported.
        has_unread_bands, has_unread_inputs, has_unread_parameters, has_unread_tables: whether a mistake hides the
            whole section.
        unread_inputs: the ids of inputs that a mistake hides.
        kinds: the declared kinds of inputs, by id: `number`, `choice` and so on.
    """

    decoding: Decoding
    formulas: dict[str, Formula] = field(factory=dict)
    parameters: dict[str, Parameter] = field(factory=dict)
    unknown_parameters: set[str] = field(factory=set)
    bands: tuple[str, ...] = ()
    weighed: set[str] = field(factory=set)
    has_unread_bands: bool = False
    has_unread_inputs: bool = False
    has_unread_parameters: bool = False
    has_unread_tables: bool = False
    unread_inputs: frozenset[str] = frozenset()
    kinds: dict[str, str] = field(factory=dict)

    def unknown_band(self, at: At, name: str) -> None:
        """Report an unknown band, unless no band could be read."""
        if self.has_unread_bands:
            self.decoding.is_broken = True
        else:
            self.report(say.unknown_band(at, name, self.some(self.bands)))

    def report(self, diagnostic: Diagnostic) -> None:
        self.decoding.report(diagnostic)

    def some(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return some of the names, in which to search for a similar one."""
        has_many = len(self.decoding.problems) >= MANY_PROBLEMS
        return tuple(islice(names, FEW_NAMES if has_many else MANY_NAMES))

    # -- expressions --------------------------------------------------------------------------

    def expression(self, written: Written | None) -> Expression:
        """Return the expression that is written, or a placeholder if it can't be read."""
        if written is None:
            return BLANK
        found: list[Diagnostic] = []
        read = read_expression(written, found, self.formulas)
        # Other mistakes can still be reported: the checks skip unreadable expressions.
        self.decoding.problems += found
        return read or BLANK

    def optional(self, fields: Fields, key: str) -> Expression | None:
        """Return the expression under a key, or None without the key."""
        return self.expression(fields.written(key)) if fields.has(key) else None

    def named(self, entries: Mapping[str, Fields]) -> tuple[Named, ...]:
        return tuple(
            Named(id_, self.expression(fields.written("value")), fields.words) for id_, fields in entries.items()
        )

    def conditions(self, entries: Mapping[str, Fields]) -> tuple[Condition, ...]:
        return tuple(
            Condition(id_, self.expression(fields.written("that")), fields.words) for id_, fields in entries.items()
        )

    # -- amounts ------------------------------------------------------------------------------

    def amount(self, written: Written | None) -> Amount:
        """Return the number that is written or named, or a placeholder if it is unknown."""
        if written is None:
            return NONE
        value = exact_number(written.scalar)
        if value is not None:
            return Amount(value, None, written.scalar.span)
        name = written.scalar.text
        if name in self.unknown_parameters or (self.has_unread_parameters and ID.match(name)):
            self.decoding.is_broken = True
            return NONE
        parameter = self.parameters.get(name)
        if parameter is None:
            numbers = (id_ for id_, known in self.parameters.items() if known.type.kind == "number")
            self.report(say.no_amount(written.at, name, self.some(numbers)))
            return NONE
        if not isinstance(parameter.value, Fraction):
            self.report(say.parameter_of_another_kind(written.at, name, str(parameter.type)))
            return NONE
        return Amount(parameter.value, name, written.scalar.span)

    @overload
    def optional_amount(self, fields: Fields, key: str) -> Amount | None: ...
    @overload
    def optional_amount(self, fields: Fields, key: str, otherwise: Amount) -> Amount: ...
    def optional_amount(self, fields: Fields, key: str, otherwise: Amount | None = None) -> Amount | None:
        """Return the amount under a key, or another without the key."""
        return self.amount(fields.written(key)) if fields.has(key) else otherwise

    def positive(self, fields: Fields, key: str) -> Amount | None:
        """Return the amount under a key, which must be above zero."""
        amount = self.optional_amount(fields, key)
        if amount is not None and amount is not NONE and amount.value <= 0:
            allowed = "a number above zero"
            self.report(say.number_outside(fields.at_value(key), f"`{key}`", to_text(amount.value), allowed))
        return amount


def differing_in_case(names: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the names that differ from an earlier one only in capital letters: index, name, and the earlier one."""
    met: dict[str, str] = {}
    for index, name in enumerate(names):
        first = met.get(name.casefold())
        if first is None:
            met[name.casefold()] = name
        else:
            yield index, name, first


def repeated(parts: Sequence[object]) -> Iterator[int]:
    """Yield the indices of duplicates."""
    met = set()
    for index, part in enumerate(parts):
        if part in met:
            yield index
        met.add(part)


def read_expression(
    written: Written, problems: list[Diagnostic], formulas: Mapping[str, Formula]
) -> Expression | None:
    """Return the expression of one value: a text, or a number or boolean."""
    scalar = written.scalar
    if isinstance(scalar.value, str):
        excerpt = Excerpt(scalar.value, scalar.span, scalar.offsets)
        return parse(excerpt, problems, written.path, formulas)
    value = scalar.value
    if isinstance(value, Fraction) and len(to_text(value).strip("-").replace(".", "").strip("0")) > MAX_DIGITS:
        problems.append(number_form(written.at, scalar.text, f"a number has at most {MAX_DIGITS} digits"))
        return None
    return literal(scalar)


def literal(scalar: Scalar) -> Expression:
    """Return the expression of a number or boolean, spelled alike in YAML and JSON."""
    value: bool | Fraction
    if isinstance(scalar.value, bool):
        value, text = scalar.value, str(scalar.value)
    else:
        value = certain(scalar.value, Fraction, "nothing else is an expression without being a text")
        text = to_text(value)
    part = Part(Excerpt(text, scalar.span), 0, len(text))
    tree: Node
    if isinstance(value, Fraction) and value < 0:
        tree = Sign("-", Literal(-value, part=part), part=part)
    else:
        tree = Literal(value, part=part)
    return Expression(text, tree, scalar.span)
