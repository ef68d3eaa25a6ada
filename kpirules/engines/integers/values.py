"""Values of generated code, each as steps on integers: constants, inputs, selects, arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import define, field, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ...plan.steps import Variable
from ..scalar.runtime import UNKNOWN
from .meanings import Ratio, Share, part_of_date
from .steps import BEYOND, FALSE, TRUE, Building

__all__ = ["NOTHING", "SIGNS", "UNREAD", "Parts", "Value", "Values"]

Parts = Mapping[str, tuple[int, Any]]

SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

ORDINARY = ("integer", "flag", "text", "date")

MOST_TEXTS = 1 << 31
"""Maximum number of different texts of a table."""

Member = tuple[int, "Value"]
"""A value, with the flag under which it is present."""


@frozen
class Value:
    """The possible values of a name: by kind, the flag under which it has that kind, and its value.

    Kinds are `integer`, `flag`, `text` (its number among the texts), `date` (its day number), `pair` (of values),
    `members` (values, each with the flag under which it is present), `records` (the id of a list), `none` and
    `unknown`. Exactly one flag holds.
    """

    parts: Parts

    def when(self, kind: str) -> int:
        """Return the flag under which the value has a kind."""
        return self.parts[kind][0] if kind in self.parts else FALSE


NOTHING = Value({"none": (TRUE, None)})
UNREAD = Value({"unknown": (TRUE, None)})


@define(eq=False)
class Values:
    """Makes values and combines them.

    Args:
        build: takes the steps.
    """

    build: Building
    texts: dict[str, int] = field(init=False, factory=dict)

    def input(self, variable: Variable, records: str = "") -> Value:
        """Return an input, absent if it is not given; or a field of a list's records."""
        self.build.path = f"inputs.{records or variable.id}"
        domain = variable.domain
        name = f"{records}.{variable.id}" if records else variable.id
        low, high, kind = 0, 0, "text"
        match domain:
            case NumberDomain():
                scale = (domain.grid.unit * domain.denominator).numerator
                low, high, kind = domain.grid.low * scale, domain.grid.high * scale, "integer"
            case DateDomain(minimum=minimum, maximum=maximum):
                low, high, kind = (minimum or date.min).toordinal(), (maximum or date.max).toordinal(), "date"
            case BooleanDomain():
                return self.optional(
                    variable, "flag", self.build.add("input", value=name, records=records), name, records
                )
            case ChoiceDomain(options=options):
                codes = [self.text(option) for option in options]
                low, high = min(codes), max(codes)
            case TextDomain():
                low, high = 0, MOST_TEXTS
            case ListDomain(max_items=most):
                self.build.most[name] = most
                return self.optional(variable, "records", variable.id, name, records)
        number = self.build.add("input", value=name, within=(low, high), records=records)
        return self.optional(variable, kind, number, name, records)

    def optional(self, variable: Variable, kind: str, part: int | str, name: str, records: str) -> Value:
        if not variable.type.is_optional:
            return Value({kind: (TRUE, part)})
        given = self.build.add("given", value=name, records=records)
        return Value({kind: (given, part), "none": (self.build.negate(given), None)})

    def text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def integer(self, value: int) -> Value:
        return Value({"integer": (TRUE, self.build.integer(value))})

    def flag(self, flag: int) -> Value:
        return Value({"flag": (TRUE, flag)})

    def opaque(self, why: str) -> Value:
        """Return a value of unknown kind, with the reason."""
        parts: dict[str, tuple[int, Any]] = {
            kind: (self.build.opaque(why, is_flag=True), self.build.opaque(why, is_flag=kind == "flag"))
            for kind in ORDINARY
        }
        return Value(parts | {kind: (self.build.opaque(why, is_flag=True), None) for kind in ("none", "unknown")})

    def constant(self, value: object) -> Value | None:
        match value:
            case bool():
                return self.flag(TRUE if value else FALSE)
            case None:
                return NOTHING
            case int():
                return self.integer(value)
            case str():
                return Value({"text": (TRUE, self.build.integer(self.text(value)))})
            case date():
                return Value({"date": (TRUE, self.build.integer(value.toordinal()))})
        return UNREAD if value is UNKNOWN else None

    def number(self, value: Value) -> int:
        """Return the integer of a value, if it is one; a flag counts as 0 or 1."""
        for kind in ("integer", "date", "text"):
            if kind in value.parts:
                return int(value.parts[kind][1])
        if "flag" not in value.parts:
            return self.build.integer(0)
        return self.build.count(value.parts["flag"][1])

    def truth(self, value: Value) -> int:
        """Return the flag under which a value is true: a flag that holds, or an integer other than 0."""
        found = FALSE
        for kind, (when, part) in value.parts.items():
            if kind == "flag":
                found = self.build.either(found, self.build.both(when, part))
            elif kind == "integer":
                is_zero = self.build.compare("==", part, self.build.integer(0))
                found = self.build.either(found, self.build.both(when, self.build.negate(is_zero)))
        return found

    def merged(self, flag: int, x: Value, y: Value) -> Value:
        """Return the first value where a flag is true, else the second."""
        if flag in (FALSE, TRUE) or x is y or x == y:
            return x if flag == TRUE else y
        parts = {}
        for kind in dict.fromkeys((*x.parts, *y.parts)):
            when = self.build.choose(flag, x.when(kind), y.when(kind))
            one, other = (value.parts[kind][1] if kind in value.parts else None for value in (x, y))
            if one is None or other is None:
                part = one if other is None else other
            elif kind == "members":
                part = self.joined_members(flag, one, other)
            elif kind == "records":
                part = one
            elif kind == "pair":
                part = tuple(self.merged(flag, *both) for both in zip(one, other, strict=True))
            else:
                part = self.build.choose(flag, one, other)
            parts[kind] = when, part
        return Value(parts)

    def joined_members(self, flag: int, x: tuple[Member, ...], y: tuple[Member, ...]) -> tuple[Member, ...]:
        """Return the members after two branches, with those that only one of them added."""
        count = min(len(x), len(y))
        added = [(self.build.both(flag, own), value) for own, value in x[count:]]
        added += [(self.build.both(self.build.negate(flag), own), value) for own, value in y[count:]]
        return (*x[:count], *added)

    def shares(self, members: Value) -> list[Share]:
        """Return the shares and weights of the members of a group."""
        return [(flag, *map(self.ratio, member.parts["pair"][1])) for flag, member in members.parts["members"][1]]

    def rounded(self, name: str, operands: list[int]) -> Value:
        """Return the value of a function as the language rounds it; none outside its domain."""
        if name == "sqrt":
            name, operands = "root", [*operands, self.build.integer(2), self.build.integer(1)]
        flag = TRUE if name in ("exp", "normal_cdf") else self.build.add("defined", *operands, value=name)
        number = self.build.add("irrational", *operands, value=name, within=(-BEYOND, BEYOND))
        pair = (Value({"integer": (TRUE, number)}), self.integer(1))
        return Value({"pair": (flag, pair), "none": (self.build.negate(flag), None)})

    def attribute(self, value: Value, name: str) -> Value:
        if "pair" in value.parts and name in ("numerator", "denominator"):
            found: Value = value.parts["pair"][1][name == "denominator"]
            return found
        if "date" in value.parts and name in ("year", "month", "day"):
            return Value({"integer": (TRUE, part_of_date(self.build, name, value.parts["date"][1]))})
        return value

    def ratio(self, value: Value) -> Ratio:
        """Return a number as numerator and denominator."""
        if "pair" not in value.parts:
            return self.number(value), self.build.integer(1)
        n, d = value.parts["pair"][1]
        return self.number(n), self.number(d)

    def arithmetic(self, op: ast.operator, x: Value, y: Value) -> Value:
        a, b = self.number(x), self.number(y)
        if not isinstance(op, ast.Pow):
            return Value({"integer": (TRUE, self.build.arithmetic(SIGNS[type(op)], a, b))})
        found = self.build.integer(1)
        for _ in range(self.build.constant(b) or 0):
            found = self.build.arithmetic("*", found, a)
        return Value({"integer": (TRUE, found)})

    def same(self, x: Value, y: Value) -> int:
        """Return the flag of `is None`, `is U`, `is True` or `is False`."""
        (kind, (_, part)) = next(iter(y.parts.items()))
        if kind not in x.parts:
            return FALSE
        when, own = x.parts[kind]
        if kind != "flag":
            return when
        return self.build.both(when, own if part == TRUE else self.build.negate(own))

    def equal(self, x: Value, y: Value) -> int:
        """Return the flag under which two values are equal; the code compares them only if both are present."""
        if "flag" in x.parts and "flag" in y.parts:
            a, b = x.parts["flag"][1], y.parts["flag"][1]
            return self.build.choose(a, b, self.build.negate(b))
        kinds = [{kind for kind in value.parts if kind in ORDINARY} for value in (x, y)]
        counted, others = ({"integer" if kind == "flag" else kind for kind in own} for own in kinds)
        if counted and others and not counted & others:
            return FALSE  # such as a text and a number
        result = self.build.compare("==", self.number(x), self.number(y))
        for value, own in zip((x, y), kinds, strict=True):
            if len(own) > 1:
                result = self.build.both(value.when("integer"), result)
        return result

    def looked_up(self, table: Any, index: int) -> Value:
        """Return a row of a table by its number or text."""
        rows = table.items() if isinstance(table, dict) else enumerate(table)
        found: Value | None = None
        for key, row in reversed(list(rows)):
            value = self.constant(row) or self.opaque("it looks up objects")
            at = self.build.integer(self.text(key) if isinstance(key, str) else key)
            found = value if found is None else self.merged(self.build.compare("==", index, at), value, found)
        return found or NOTHING
