"""Steps on integers, each used by number: constants, inputs, arithmetic, comparisons, logic and selects.

Every step is computed for every subject, so nothing branches. The interval of an integer step holds for all subjects
inside the declared domains, also if a select drops its value. A fault is a flag.
The file is long since one class adds steps of all kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, prod

from attrs import define, evolve, field, frozen

__all__ = ["BEYOND", "FALSE", "OVER_RECORDS", "TRUE", "Building", "Step", "depends"]

FALSE, TRUE = 0, 1
"""The numbers of the first two steps."""

OVER_RECORDS = ("any", "sum", "least", "greatest")
"""The operations that compute one value from all records of a list."""

BEYOND = 1 << 4096
"""The end of an unknown interval."""

MOST_BRANCHES = 3
"""Maximum number of nested selects whose branches are compared separately."""

MOST_PARTS = 8
"""Sums and selects within each other that are looked through for a common factor."""

MOST_CHOICES = 16
"""Selects within each other whose comparison with a constant is written as conditions."""


@frozen
class Step:
    """One step of an integer program.

    Args:
        operation: `constant`, `input`, `given` (whether an input is there), `+ - * // %`, `== < <=`, `and or not`,
            `select`, `count` (a flag as 0 or 1), `irrational` (the value of a function), `defined` (whether it has
            one), `length` (of a list; 0 if absent), `any` (whether a flag holds for a record), `sum`, `least` and
            `greatest` (of the records for which a flag holds; of none, 0 and any integer in the interval), or
            `opaque` (no integer step computes it). `//` rounds down; a division by zero may give any integer in its
            interval.
        operands: the numbers of earlier steps; of `any` the flag; of `sum`, `least` and `greatest` the flag and the
            integer; of `irrational` and `defined` the numerators and denominators of its arguments; those of
            `irrational` are within its domain where its value is used.
        value: a constant; the id of an input, or `list.field`; the name of a function; of `any`, `sum`, `least` and
            `greatest` the list; why the step is opaque.
        low, high: the interval of its integer; of a flag, 0 and 1.
        is_flag: whether it is true or false.
        path: the part of the rulebook that it computes.
        records: the list for each record of which it is computed; empty if once for the subject.
        is_real: whether it may be no integer: it is irrational, or made of such by `+ - * %` and selects.
    """

    operation: str
    operands: tuple[int, ...] = ()
    value: int | str = 0
    low: int = 0
    high: int = 1
    is_flag: bool = False
    path: str = ""
    records: str = ""
    is_real: bool = False

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
        wanted: the numbers of the wanted steps.
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
        most: the maximum number of records of each list.
        numbers: the number of each step by its operation, operands and value.
        has_fractions: whether irrational numbers may be summed and compared over records.
    """

    steps: list[Step] = field(factory=lambda: [Step("constant", value=value, is_flag=True) for value in (0, 1)])
    path: str = ""
    most: dict[str, int] = field(factory=dict)
    numbers: dict[tuple[object, ...], int] = field(factory=dict)
    has_fractions: bool = False

    @classmethod
    def after(cls, steps: Sequence[Step]) -> Building:
        """Return a collection that begins with the steps of a program."""
        known = ((number, step) for number, step in enumerate(steps) if number > TRUE and step.operation != "opaque")
        found = cls(list(steps))
        found.numbers = {(step.operation, step.operands, step.value, step.is_flag): number for number, step in known}
        return found

    def add(
        self,
        operation: str,
        *operands: int,
        value: int | str = 0,
        within: tuple[int, int] | None = None,
        records: str = "",
    ) -> int:
        """Add a step and return its number.

        Args:
            operation: its kind.
            operands: numbers of steps.
            value: as for `Step`.
            within: the interval of an integer; None for a flag.
            records: the list of a field.
        """
        key = (operation, operands, value, within is None)
        if key not in self.numbers:
            low, high = within or (0, 1)
            if within is not None and (low <= -BEYOND or high >= BEYOND):
                low, high = -BEYOND, BEYOND
            if operation not in OVER_RECORDS and (lists := {self.steps[one].records for one in operands} - {""}):
                (records,) = lists
            is_real = operation == "irrational" or (
                within is not None and operation != "//" and any(self.steps[one].is_real for one in operands)
            )
            self.numbers[key] = len(self.steps)
            self.steps.append(
                Step(operation, operands, value, low, high, within is None, self.path, records, is_real)
            )
        return self.numbers[key]

    def integer(self, value: int) -> int:
        return self.add("constant", value=value, within=(value, value))

    def opaque(self, why: str, *, is_flag: bool = False) -> int:
        """Add a step of unknown value, with the reason; no two of them are known to be equal."""
        low, high = (0, 1) if is_flag else (-BEYOND, BEYOND)
        self.steps.append(Step("opaque", (), why, low, high, is_flag, self.path))
        return len(self.steps) - 1

    def count(self, flag: int) -> int:
        """Return a flag as 0 or 1."""
        return self.integer(flag) if flag in (FALSE, TRUE) else self.add("count", flag, within=(0, 1))

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
        if (b == 0 and sign in "+-") or (b == 1 and (sign == "*" or (sign == "//" and not self.steps[x].is_real))):
            return x
        if (a == 0 and sign == "+") or (a == 1 and sign == "*"):
            return y
        if sign == "*" and 0 in (a, b):
            return self.integer(0)
        if sign == "*" and (a is not None or b is not None) and (folded := self._folded(x, y)):
            return folded
        if sign == "//" and (own := self._factor(y, MOST_PARTS)) > 1:
            factor = gcd(own, self._factor(x, MOST_PARTS))
            if factor > 1:
                return self.arithmetic("//", self._over(x, factor), self._over(y, factor))
        if sign in "+*" and x > y:
            x, y = y, x
        return self.add(sign, x, y, within=self._within(sign, self.steps[x], self.steps[y]))

    def _folded(self, x: int, y: int) -> int:
        """Return `(x * 2) * 3` as `x * 6`; 0 if there are no two constants."""
        product, factor = (y, x) if self.constant(x) is not None else (x, y)
        if self.steps[product].operation != "*":
            return 0
        for one, other in (self.steps[product].operands, self.steps[product].operands[::-1]):
            if self.constant(one) is not None:
                return self.arithmetic("*", other, self.arithmetic("*", one, factor))
        return 0

    def _factor(self, number: int, depth: int) -> int:
        """Return a constant factor of an integer, as far as its steps show one."""
        step = self.steps[number]
        if step.operation == "constant":
            return abs(int(step.value))
        if step.operation == "*" and not step.is_real:
            return prod(self._factor(one, 0) for one in step.operands)
        if depth and step.operation in ("+", "-", "select") and not step.is_real:
            first, second = step.operands[-2:]
            found = self._factor(first, depth - 1)
            return found if found == 1 else gcd(found, self._factor(second, depth - 1))
        return 1

    def _over(self, number: int, factor: int) -> int:
        """Return an integer divided by one of its constant factors."""
        step = self.steps[number]
        if step.operation == "constant":
            return self.integer(int(step.value) // factor)
        *flags, x, y = step.operands
        if step.operation != "*":
            parts = [self._over(one, factor) for one in (x, y)]
            return self.choose(flags[0], *parts) if flags else self.arithmetic(step.operation, *parts)
        own = gcd(factor, self._factor(x, 0))
        left = self._over(x, own) if own > 1 else x
        return self.arithmetic("*", left, self._over(y, factor // own) if factor > own else y)

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
            if x.is_real or y.is_real:
                return min(y.low, 0), max(y.high, 0)
            return (0, max(y.high - 1, 0)) if y.low >= 0 else (min(y.low, 0), max(y.high, 0))
        if y.low > 0:
            ends = [a // b for a in (x.low, x.high) for b in (y.low, y.high)]
            return min(ends), max(ends)
        if y.is_real and y.high > -1:
            return -BEYOND, BEYOND  # it may be as near to zero as its last place
        most = max(-x.low, x.high) + 1
        return -most, most

    # -- flags ------------------------------------------------------------------------------------

    def compare(self, sign: str, x: int, y: int) -> int:
        """Return a comparison of two integers."""
        if sign in (">", ">="):
            return self.compare("<" if sign == ">" else "<=", y, x)
        if sign == "!=":
            return self.negate(self.compare("==", x, y))
        b = self.steps[y]
        if (decided := self._decided(sign, x, y, {}, MOST_BRANCHES)) is not None:
            return decided
        chosen, limit = (x, y) if b.operation == "constant" else (y, x)
        if self.steps[limit].operation == "constant" and self._is_choice(chosen, MOST_CHOICES):
            flag, then, otherwise = self.steps[chosen].operands
            parts = [(one, limit) if chosen == x else (limit, one) for one in (then, otherwise)]
            return self.choose(flag, *(self.compare(sign, *pair) for pair in parts))
        return self.add(sign, x, y)

    def _decided(self, sign: str, x: int, y: int, assumed: dict[int, int], branches: int) -> int | None:
        """Return the outcome of a comparison if it is the same for all subjects, else None.

        Args:
            sign: `==`, `<` or `<=`.
            x, y: integers.
            assumed: the value of flags.
            branches: how many nested selects may be split into their branches.
        """
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
        own, opposite = (sign, (x, y), 0, True), ("<=" if sign == "<" else "<", (y, x), 0, True)
        if (number := self.numbers.get(own)) in assumed:
            return assumed[number]
        if sign != "==" and (number := self.numbers.get(opposite)) in assumed:
            return TRUE - assumed[number]
        flag = self._branch(x) or self._branch(y)
        if not branches or not flag:
            return None
        found: set[int | None] = set()
        for place, value in ((0, TRUE), (1, FALSE)):
            if assumed.get(flag, value) == value:
                one, other = (self._in_branch(number, flag)[place] for number in (x, y))
                found.add(self._decided(sign, one, other, assumed | {flag: value}, branches - 1))
        return found.pop() if len(found) == 1 else None

    def _branch(self, number: int) -> int:
        """Return the flag of a select, or of the select that a constant is added to or multiplied with; else 0."""
        step = self.steps[number]
        if step.operation in ("+", "-", "*") and any(
            self.steps[one].operation == "constant" for one in step.operands
        ):
            return max(map(self._branch, step.operands))
        return step.operands[0] if step.operation == "select" and not step.is_flag else 0

    def _in_branch(self, number: int, flag: int) -> tuple[int, int]:
        """Return an integer given that a flag holds, and given that it does not."""
        step = self.steps[number]
        if step.operation == "select" and step.operands[0] == flag:
            return step.operands[1], step.operands[2]
        if step.operation in ("+", "-", "*") and self._branch(number) == flag:
            (a, b), (c, d) = (self._in_branch(one, flag) for one in step.operands)
            return self.arithmetic(step.operation, a, c), self.arithmetic(step.operation, b, d)
        return number, number

    def _is_choice(self, number: int, most: int) -> bool:
        """Return whether an integer is a select of constants only."""
        step = self.steps[number]
        return step.operation == "select" and all(
            self.steps[one].operation == "constant" or (most > 1 and self._is_choice(one, most - 1))
            for one in step.operands[1:]
        )

    def negate(self, flag: int) -> int:
        if flag in (FALSE, TRUE):
            return TRUE - flag
        step = self.steps[flag]
        return step.operands[0] if step.operation == "not" else self.add("not", flag)

    def both(self, x: int, y: int) -> int:
        if FALSE in (x, y) or self.implies(x, self.negate(y)):
            return FALSE
        if y == TRUE or self.implies(x, y):
            return x
        return y if x == TRUE or self.implies(y, x) else self.add("and", min(x, y), max(x, y))

    def either(self, x: int, y: int) -> int:
        if TRUE in (x, y) or self.implies(self.negate(x), y):
            return TRUE
        if y == FALSE or self.implies(y, x):
            return x
        return y if x == FALSE or self.implies(x, y) else self.add("or", min(x, y), max(x, y))

    def implies(self, x: int, y: int) -> bool:
        """Return whether a flag holds wherever another does, as `8 <= n` implies `5 <= n`."""
        if x == y:
            return True
        one, other = self._limit(x), self._limit(y)
        if one is None or other is None or one[:2] != other[:2]:
            return False
        return one[2] >= other[2] if one[1] else one[2] <= other[2]

    def _limit(self, flag: int) -> tuple[int, bool, int] | None:
        """Return the integer that a flag limits, whether from below, and the limit; None for another flag."""
        step, holds = self.steps[flag], True
        if step.operation == "not":
            step, holds = self.steps[step.operands[0]], False
        if step.operation not in ("<", "<=") or any(self.steps[one].is_real for one in step.operands):
            return None
        (x, y), is_strict = step.operands, step.operation == "<"
        if (high := self.constant(y)) is not None:
            return (x, False, high - is_strict) if holds else (x, True, high - is_strict + 1)
        if (low := self.constant(x)) is not None:
            return (y, True, low + is_strict) if holds else (y, False, low + is_strict - 1)
        return None

    # -- records ----------------------------------------------------------------------------------

    def any(self, records: str, flag: int) -> int:
        """Return whether a flag holds for a record of a list."""
        if flag == FALSE:
            return FALSE
        if self.steps[flag].records:
            return self.add("any", flag, value=records)
        return self.both(flag, self.compare("<", self.integer(0), self.length(records)))

    def length(self, records: str) -> int:
        """Return the number of records of a list."""
        return self.add("length", value=records, within=(0, self.most[records]))

    def over(self, operation: str, records: str, flag: int, x: int) -> int:
        """Return the `sum`, the `least` or the `greatest` of an integer over the records for which a flag holds."""
        if flag == FALSE:
            return self.integer(0)
        step, most = self.steps[x], self.most[records]
        if step.is_real and step.records and not self.has_fractions:
            return self.opaque("it goes through irrational numbers of records")
        if operation == "sum":
            if not self.steps[flag].records and not step.records:
                whole = self.arithmetic("*", x, self.length(records))
                return self.choose(flag, whole, self.integer(0))
            within = min(step.low, 0) * most, max(step.high, 0) * most
        elif not step.records:
            return x
        else:
            within = step.low, step.high
        return self.add(operation, flag, x, value=records, within=within)

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
        if then.operation == "//" and then.low < 0 and (quotient := self._opposite(flag, then, otherwise)):
            return self.choose(flag, quotient, self.arithmetic("-", self.integer(0), quotient))
        (low, high), (least, most) = self._where(flag, x, holds=True), self._where(flag, y, holds=False)
        low, high = min(low, least), max(high, most)
        if then.operation == "+" and y in then.operands:
            # A sum with an optional part reads what it adds to once.
            added = then.operands[then.operands[0] == y]
            part, zero = self.steps[added], self.integer(0)
            if otherwise.low + min(part.low, 0) >= low and otherwise.high + max(part.high, 0) <= high:
                return self.arithmetic("+", y, self.choose(flag, added, zero))
        return self.add("select", flag, x, y, within=(low, high))

    def _opposite(self, flag: int, x: Step, y: Step) -> int:
        """Return `±(a // b)` as one quotient of a chosen dividend, as for a number rounded by its size; else 0."""
        if y.operation != "-" or self.constant(y.operands[0]) != 0:
            return 0
        negated = self.steps[y.operands[1]]
        if negated is x or negated.operation != "//" or negated.operands[1] != x.operands[1]:
            return 0
        return self.arithmetic("//", self.choose(flag, x.operands[0], negated.operands[0]), x.operands[1])

    def _where(self, flag: int, number: int, *, holds: bool) -> tuple[int, int]:
        """Return the interval of a step, given the outcome of a comparison that its operands take part in."""
        asked = self.steps[flag]
        if asked.operation not in ("==", "<", "<="):
            return self.steps[number].low, self.steps[number].high
        small, great = asked.operands if holds else asked.operands[::-1]  # not x < y is y <= x
        x, y = self.steps[small], self.steps[great]
        if asked.operation == "==":
            known = {small: (y.low, y.high), great: (x.low, x.high)} if holds else self._unequal(small, great)
        else:
            is_strict = (asked.operation == "<") == holds and not (x.is_real or y.is_real)
            known = {small: (x.low, min(x.high, y.high - is_strict)), great: (max(y.low, x.low + is_strict), y.high)}
        return self._interval(number, known, MOST_BRANCHES)

    def _unequal(self, x: int, y: int) -> dict[int, tuple[int, int]]:
        """Return the intervals of two integers that differ, where one is a constant."""
        known = {}
        for one, other in ((x, y), (y, x)):
            step, constant = self.steps[one], self.constant(other)
            if constant is not None and not step.is_real:
                known[one] = step.low + (constant == step.low), step.high - (constant == step.high)
        return known

    def _interval(self, number: int, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
        """Return the interval of a step, given the intervals of its operands."""
        step = self.steps[number]
        low, high = step.low, step.high
        if not step.is_known:
            return low, high
        if number in known:
            least, most = known[number]
        elif depth and step.operation in ("+", "-", "*") and not step.is_real:
            parts = [self._interval(one, known, depth - 1) for one in step.operands]
            x, y = (evolve(self.steps[one], low=a, high=b) for one, (a, b) in zip(step.operands, parts, strict=True))
            least, most = self._within(step.operation, x, y)
        else:
            return low, high
        least, most = max(low, least), min(high, most)
        return (least, most) if least <= most else (low, high)


def _divided(sign: str, a: int, b: int) -> int:
    return a // b if sign == "//" else a % b
