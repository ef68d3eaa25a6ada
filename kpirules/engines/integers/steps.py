"""Steps on integers, each used by number: constants, inputs, arithmetic, comparisons, logic and selects.

Every step is computed for every subject, so nothing branches. The interval of an integer step holds for all subjects
inside the declared domains, also if a select drops its value. A fault is a flag.
"""

from __future__ import annotations

from attrs import define, field, frozen

__all__ = ["FALSE", "TRUE", "Building", "Step", "depends"]

FALSE, TRUE = 0, 1
"""The numbers of the first two steps."""

BEYOND = 1 << 4096
"""The end of an unknown interval."""


@frozen
class Step:
    """One step of an integer program.

    Args:
        operation: `constant`, `input`, `given` (whether an input is there), `+ - * // %`, `== < <=`, `and or not`,
            `select`, `count` (a flag as 0 or 1), or `opaque` (no integer step computes it). `//` rounds down; a
            division by zero may give any integer in its interval.
        operands: the numbers of earlier steps.
        value: a constant; the id of an input; why the step is opaque.
        low, high: the interval of its integer; of a flag, 0 and 1.
        is_flag: whether it is true or false.
        path: the part of the rulebook that it computes.
    """

    operation: str
    operands: tuple[int, ...] = ()
    value: int | str = 0
    low: int = 0
    high: int = 1
    is_flag: bool = False
    path: str = ""

    @property
    def bits(self) -> int:
        """The bits of its largest absolute value."""
        return max(-self.low, self.high).bit_length()

    @property
    def is_known(self) -> bool:
        """Whether its interval is known."""
        return self.low > -BEYOND and self.high < BEYOND


def depends(steps: tuple[Step, ...], wanted: list[int]) -> list[int]:
    """Return the numbers of some steps and of all that they need, in order.

    Args:
        steps: the steps of a program.
        wanted: the numbers of some of them.
    """
    found, waiting = set(wanted), list(wanted)
    while waiting:
        for operand in steps[waiting.pop()].operands:
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return sorted(found)


@define(eq=False)
class Building:
    """Collects steps: equal ones once, constants folded.

    Args:
        steps: the steps so far.
        path: the part of the rulebook that the next step computes.
        numbers: the number of each step by its operation, operands and value.
    """

    steps: list[Step] = field(factory=lambda: [Step("constant", value=value, is_flag=True) for value in (0, 1)])
    path: str = ""
    numbers: dict[tuple[object, ...], int] = field(factory=dict)

    def add(self, operation: str, *operands: int, value: int | str = 0, within: tuple[int, int] | None = None) -> int:
        """Add a step and return its number.

        Args:
            operation: its kind.
            operands: numbers of steps.
            value: as for `Step`.
            within: the interval of an integer; None for a flag.
        """
        key = (operation, operands, value, within is None)
        if key not in self.numbers:
            low, high = within or (0, 1)
            if within is not None and (low <= -BEYOND or high >= BEYOND):
                low, high = -BEYOND, BEYOND
            self.numbers[key] = len(self.steps)
            self.steps.append(Step(operation, operands, value, low, high, within is None, self.path))
        return self.numbers[key]

    def integer(self, value: int) -> int:
        return self.add("constant", value=value, within=(value, value))

    def opaque(self, why: str, *, is_flag: bool = False) -> int:
        """Add a step of unknown value, with the reason; no two of them are known to be equal."""
        low, high = (0, 1) if is_flag else (-BEYOND, BEYOND)
        self.steps.append(Step("opaque", (), why, low, high, is_flag, self.path))
        return len(self.steps) - 1

    def constant(self, number: int) -> int | None:
        """Return the value of an integer step that has only one, else None."""
        step = self.steps[number]
        return step.low if step.low == step.high and not step.is_flag else None

    # -- integers ---------------------------------------------------------------------------------

    def arithmetic(self, sign: str, x: int, y: int) -> int:
        """Return `+ - * // %` of two integers; the result of a zero divisor is not used."""
        a, b = self.constant(x), self.constant(y)
        if b == 0 and sign in ("//", "%"):
            return self.integer(0)
        if a is not None and b is not None:
            return self.integer({"+": a + b, "-": a - b, "*": a * b}[sign] if sign in "+-*" else _divided(sign, a, b))
        if (b == 0 and sign in "+-") or (b == 1 and sign in ("*", "//")):
            return x
        if (a == 0 and sign == "+") or (a == 1 and sign == "*"):
            return y
        if sign == "*" and 0 in (a, b):
            return self.integer(0)
        if sign in "+*" and x > y:
            x, y = y, x
        return self.add(sign, x, y, within=self._within(sign, self.steps[x], self.steps[y]))

    def _within(self, sign: str, x: Step, y: Step) -> tuple[int, int]:
        if not (x.is_known and y.is_known):
            return -BEYOND, BEYOND
        if sign == "+":
            return x.low + y.low, x.high + y.high
        if sign == "-":
            return x.low - y.high, x.high - y.low
        if sign == "*":
            ends = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
            return min(ends), max(ends)
        if sign == "%":
            return (0, max(y.high - 1, 0)) if y.low >= 0 else (min(y.low, 0), max(y.high, 0))
        if y.low > 0:
            ends = [a // b for a in (x.low, x.high) for b in (y.low, y.high)]
            return min(ends), max(ends)
        most = max(-x.low, x.high) + 1
        return -most, most

    # -- flags ------------------------------------------------------------------------------------

    def compare(self, sign: str, x: int, y: int) -> int:
        """Return a comparison of two integers."""
        if sign in (">", ">="):
            return self.compare("<" if sign == ">" else "<=", y, x)
        if sign == "!=":
            return self.negate(self.compare("==", x, y))
        a, b = self.steps[x], self.steps[y]
        if x == y:
            return FALSE if sign == "<" else TRUE
        if a.is_known and b.is_known:
            if (sign == "<" and a.high < b.low) or (sign == "<=" and a.high <= b.low):
                return TRUE
            if (sign == "<" and a.low >= b.high) or (sign == "<=" and a.low > b.high):
                return FALSE
            if sign == "==" and (a.high < b.low or b.high < a.low):
                return FALSE
            if sign == "==" and a.low == a.high == b.low == b.high:
                return TRUE
        return self.add(sign, x, y)

    def negate(self, flag: int) -> int:
        if flag in (FALSE, TRUE):
            return TRUE - flag
        step = self.steps[flag]
        return step.operands[0] if step.operation == "not" else self.add("not", flag)

    def both(self, x: int, y: int) -> int:
        if FALSE in (x, y) or x == self.negate(y):
            return FALSE
        if x in (TRUE, y):
            return y
        return x if y == TRUE else self.add("and", min(x, y), max(x, y))

    def either(self, x: int, y: int) -> int:
        if TRUE in (x, y) or x == self.negate(y):
            return TRUE
        if x in (FALSE, y):
            return y
        return x if y == FALSE else self.add("or", min(x, y), max(x, y))

    # -- selects ----------------------------------------------------------------------------------

    def choose(self, flag: int, x: int, y: int) -> int:
        """Return the select of `x` if a flag holds, else `y`."""
        if flag in (FALSE, TRUE) or x == y:
            return x if flag == TRUE else y
        asked = self.steps[flag]
        if asked.operation == "not":
            return self.choose(asked.operands[0], y, x)
        if self.steps[x].is_flag:
            if TRUE in (x, y) or FALSE in (x, y):
                if x in (FALSE, TRUE):
                    return self.either(flag, y) if x == TRUE else self.both(self.negate(flag), y)
                return self.either(self.negate(flag), x) if y == TRUE else self.both(flag, x)
            return self.add("select", flag, x, y)
        then, otherwise = self.steps[x], self.steps[y]
        if then.operation == "select" and then.operands[0] == flag:
            return self.choose(flag, then.operands[1], y)
        if otherwise.operation == "select" and otherwise.operands[0] == flag:
            return self.choose(flag, x, otherwise.operands[2])
        (low, high), (least, most) = self._where(flag, x, holds=True), self._where(flag, y, holds=False)
        return self.add("select", flag, x, y, within=(min(low, least), max(high, most)))

    def _where(self, flag: int, number: int, *, holds: bool) -> tuple[int, int]:
        """Return the interval of a step if a comparison with it holds, or does not."""
        step, asked = self.steps[number], self.steps[flag]
        low, high = step.low, step.high
        if asked.operation not in ("<", "<=") or number not in asked.operands or not step.is_known:
            return low, high
        x, y = (self.steps[operand] for operand in asked.operands)
        is_left, is_strict = number == asked.operands[0], asked.operation == "<"
        if not holds:  # not x < y is y <= x
            x, y, is_left, is_strict = y, x, not is_left, not is_strict
        if is_left:
            high = min(high, y.high - is_strict)
        else:
            low = max(low, x.low + is_strict)
        return (low, high) if low <= high else (step.low, step.high)


def _divided(sign: str, a: int, b: int) -> int:
    return a // b if sign == "//" else a % b
