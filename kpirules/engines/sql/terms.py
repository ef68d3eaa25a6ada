"""The expressions of steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from attrs import define, field

from ..integers import TRUE, IntegerProgram, Step
from .dialects import NARROW_BITS, Dialect
from .words import name_in, text_in

__all__ = ["Terms"]

SMALL = 1 << 31
"""From here on a literal is not read as a 32-bit integer."""


@define(eq=False)
class Terms:
    """The expressions of steps, as far as they are printed.

    Args:
        program: the rules.
        dialect: the forms of the database.
        numbers: the steps of the query, in order.
        taken: the names in use; no two may differ by their case alone.
        prefix: what the names of tables begin with.
        columns: the column of a step.
        known: the expression of a step, how tightly it binds, and its depth.
    """

    program: IntegerProgram
    dialect: Dialect
    numbers: list[int]
    taken: set[str]
    prefix: str = ""
    columns: dict[int, str] = field(factory=dict)
    known: dict[int, tuple[str, int, int]] = field(factory=dict)

    def name(self, name: str) -> str:
        return name_in(self.dialect, name)

    def unused(self, wanted: str) -> str:
        """Return a name that is not in use."""
        found = next(
            name for n in count(1) if (name := wanted if n == 1 else f"{wanted}_{n}").lower() not in self.taken
        )
        self.taken.add(found.lower())
        return found

    def unused_table(self, wanted: str) -> str:
        """Return a name of a table that is not in use."""
        return self.unused(f"{self.prefix}{wanted}")

    def columns_in(self, number: int) -> set[int]:
        """Return the steps that are columns in the expression of a step."""
        found: set[int] = set()
        waiting = list(self.program.steps[number].operands)
        while waiting:
            operand = waiting.pop()
            if operand in self.columns:
                found.add(operand)
            else:
                waiting += self.program.steps[operand].operands
        return found

    def make_column(self, number: int, column: str) -> None:
        self.columns[number] = column
        name = self.name(column)
        if self.program.steps[number].is_flag and not self.dialect.has_booleans:
            self.known[number] = f"{name} = 1", 5, 0
        else:
            self.known[number] = name, 9, 0

    def within(self, number: int, least: int) -> str:
        """Return an expression, in brackets if it binds less tightly."""
        expression, binds, _ = self.known[number]
        return expression if binds >= least else f"({expression})"

    def expression(self, number: int) -> tuple[str, int, int]:
        """Return a step as text, how tightly it binds, and its depth.

        This is long since it has one case for each kind.
        """
        step = self.program.steps[number]
        depth = 1 + max((self.known[operand][2] for operand in step.operands), default=0)
        match step.operation:
            case "constant" if step.is_flag:
                return self.flag_literal(number == TRUE), 9, 0
            case "constant":
                return self.literal(step.low), 9 if step.low >= 0 else 0, 0
            case "not":
                return f"NOT {self.within(step.operands[0], 9)}", 4, depth
            case "and" | "or" as word:
                binds = 3 if word == "and" else 2
                expression = f" {word.upper()} ".join(self.within(operand, binds) for operand in step.operands)
                return expression, binds, depth
            case "count":
                return f"CASE WHEN {self.within(step.operands[0], 0)} THEN 1 ELSE 0 END", 9, depth
            case "select" if step.is_flag:
                flag, held, other = (self.within(operand, 4) for operand in step.operands)
                return f"{flag} AND {held} OR NOT ({flag}) AND {other}", 2, depth
            case "select":
                asked, then, otherwise = step.operands
                depth = max(1 + self.known[asked][2], 1 + self.known[then][2], self.known[otherwise][2])
                if step.bits <= NARROW_BITS and (self._is_wide(then) or self._is_wide(otherwise)):
                    parts = self.within(asked, 0), self.within(then, 0), self.within(otherwise, 0)
                    cases = "CASE WHEN {} THEN {} ELSE {} END".format(*parts)
                    return self.as_integer(cases), 9, depth
                return self._choice(number), 9, depth
            case "==" | "<" | "<=" as compared:
                left, right = self._pair(step, 6)
                return f"{left} {'=' if compared == '==' else compared} {right}", 5, depth
            case "//" | "%":
                return self._divided(step), 9, depth
        sign = step.operation
        binds = 7 if sign == "*" else 6
        left, right = self._pair(step, binds, binds + (sign == "-"))
        expression = f"{left} {sign} {right}"
        if step.bits <= NARROW_BITS and any(map(self._is_wide, step.operands)):
            return self.as_integer(expression), 9, depth
        return expression, binds, depth

    def conditions(self, asked: Sequence[int]) -> list[str]:
        """Return the conditions of cases, without the negations of earlier ones, which `CASE` implies.

        Args:
            asked: the flags, in order.
        """
        found: list[str] = []
        denied: list[str] = []
        for number in asked:
            expression = self.within(number, 0)
            while first := next(filter(expression.startswith, denied), ""):
                expression = expression.removeprefix(first)
            found.append(expression)
            denied.append(f"NOT {expression if ' ' not in expression else f'({expression})'} AND ")
        return found

    def _choice(self, number: int) -> str:
        """Return a choice between integers; nested choices in its last case become further cases."""
        step = self.program.steps[number]
        asked, expression, last = [], [], number
        # A narrowed choice begins with its conversion.
        while last == number or (
            self.program.steps[last].operation == "select"
            and last not in self.columns
            and self.known[last][0].startswith("CASE")
            and self._is_same_width(last, step)
        ):
            flag, then, otherwise = self.program.steps[last].operands
            asked.append(flag)
            expression.append(self._typed(then, step))
            last = otherwise
        cases = "".join(
            f" WHEN {one} THEN {then}" for one, then in zip(self.conditions(asked), expression, strict=True)
        )
        return f"CASE{cases} ELSE {self._typed(last, step)} END"

    def _is_wide(self, number: int) -> bool:
        return self.program.steps[number].bits > NARROW_BITS

    def _is_same_width(self, number: int, step: Step) -> bool:
        return self._is_wide(number) == (step.bits > NARROW_BITS)

    def is_small(self, number: int) -> bool:
        """Return whether an expression has no column, so that a database may give it a narrow type."""
        step = self.program.steps[number]
        if step.operation == "constant":
            return step.bits < 32
        if number in self.columns or step.operation in ("input", "given"):
            return False
        if step.operation == "count":
            return True
        return step.operation == "select" and all(self.is_small(one) for one in step.operands[1:])

    def _typed(self, number: int, step: Step) -> str:
        """Return an operand with the width of a step."""
        expression = self.within(number, 0)
        if step.bits > NARROW_BITS and not self._is_wide(number):
            return f"CAST({expression} AS {self.dialect.wide})"
        return expression

    def _pair(self, step: Step, least: int, right: int | None = None) -> tuple[str, str]:
        """Return two operands of one type, wide enough for the result."""
        x, y = step.operands
        is_wide = not step.is_flag and step.bits > NARROW_BITS
        is_wide = is_wide or self._is_wide(x) or self._is_wide(y)
        expression = [self.within(x, least), self.within(y, least if right is None else right)]
        if is_wide:
            for place, operand in enumerate((x, y)):
                if not self._is_wide(operand):
                    expression[place] = f"CAST({self.within(operand, 0)} AS {self.dialect.wide})"
        elif not step.is_flag and self.is_small(x) and self.is_small(y):
            expression[0] = self.as_integer(self.within(x, 0))
        return expression[0], expression[1]

    def _divided(self, step: Step) -> str:
        """Return a quotient rounded down, or its remainder; the result of a zero divisor is not used."""
        x, y = (self.program.steps[operand] for operand in step.operands)
        above, below = self._pair(step, 9)
        is_wide = any(self._is_wide(operand) for operand in step.operands)
        if self.is_small(step.operands[0]) and not is_wide:
            above = self.as_integer(self.within(step.operands[0], 0))
        if y.low <= 0 <= y.high:
            below = f"CASE WHEN {below} = 0 THEN 1 ELSE {below} END"
            below = f"({below})" if "{y}" in self.dialect.divided else below
        is_quotient = step.operation == "//"
        if x.low >= 0 and y.low >= 0:
            expression = self.divided(above, below, is_wide) if is_quotient else self.remainder(above, below)
            return self._narrowed(f"({expression})", step, is_wide)
        if is_quotient and y.low > 0:
            # A quotient from zero up is the same whether rounded down or truncated.
            shift = -(x.low // y.low)
            if (x.high + shift * y.high).bit_length() <= (self.dialect.bits if is_wide else NARROW_BITS):
                factor = self.literal(shift)
                if self.is_small(step.operands[1]) and not is_wide:
                    factor = self.as_integer(factor)
                added = self.literal(shift * y.low) if y.operation == "constant" else f"{factor} * {below}"
                raised = f"({above} + {added})"
                return self._narrowed(
                    f"({self.divided(raised, below, is_wide)} - {self.literal(shift)})", step, is_wide
                )
        rest = self.remainder(f"({self.remainder(above, below)} + {below})", below)
        if not is_quotient:
            return self._narrowed(f"({rest})", step, is_wide)
        return self._narrowed(f"({self.divided(f'({above} - {rest})', below, is_wide)})", step, is_wide)

    def _narrowed(self, expression: str, step: Step, is_wide: bool) -> str:
        return self.as_integer(expression) if is_wide and step.bits <= NARROW_BITS else expression

    def divided(self, x: str, y: str, is_wide: bool = False) -> str:
        template = self.dialect.wide_divided if is_wide else self.dialect.divided
        return template.format(x=x, y=y)

    def remainder(self, x: str, y: str) -> str:
        return self.dialect.remainder.format(x=x, y=y)

    def as_integer(self, expression: str) -> str:
        return f"CAST({expression} AS {self.dialect.integer})"

    def literal(self, value: int) -> str:
        expression = str(value)
        if value.bit_length() > NARROW_BITS:
            return f"CAST('{expression}' AS {self.dialect.wide})"
        return self.as_integer(expression) if abs(value) >= SMALL else expression

    def flag_literal(self, value: bool) -> str:
        if self.dialect.has_booleans:
            return "TRUE" if value else "FALSE"
        return "1 = 1" if value else "1 = 0"

    def text_literal(self, text: str) -> str:
        return text_in(self.dialect, text)
