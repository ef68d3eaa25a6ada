"""The text of a generated function: lines, blocks, fresh names, and objects it refers to.

It consists of generated words only: mangled names, integers and keywords. Texts, options and
dates of a rulebook are passed to the function as objects under mangled names.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from attrs import define, field

__all__ = ["MAX_EXPRESSION_LENGTH", "MAX_TERMS", "Code", "Writer", "divided", "literal", "plus", "times"]

Code = str | int
"""An integer, or the text of an expression."""

MAX_EXPRESSION_LENGTH = 300
"""The longest expression that is written without a name, in characters."""

MAX_FOLDED_BITS = 2_048
"""The widest integer that is folded, in bits; Python prints at most 4,300 decimal digits."""

INDENT = "    "

MAX_TERMS = 40
"""The most terms of a sum that are written as one expression."""


@define(eq=False)
class Writer:
    """Lines of a function, and the objects they refer to.

    Args:
        lines: the lines written so far.
        objects: the objects the function refers to, by mangled name.
    """

    lines: list[str] = field(factory=list)
    objects: dict[str, object] = field(factory=dict)
    _names: dict[Hashable, str] = field(factory=dict)
    _count: int = 0
    _depth: int = 0

    def line(self, text: str) -> None:
        self.lines.append(text)

    def fresh(self, prefix: str = "t") -> str:
        """Return an unused name."""
        self._count += 1
        return f"{prefix}{self._count}"

    def refer(self, value: Hashable, key: Hashable = None) -> str:
        """Return the mangled name of an object; equal objects of a type share it, as do those of equal `key`."""
        known = (type(value), value if key is None else key)
        if known not in self._names:
            name = f"k{len(self._names)}"
            self._names[known] = name
            self.objects[name] = value
        return self._names[known]

    @property
    def depth(self) -> int:
        """The number of captures in progress, whose lines may be nested in each other."""
        return self._depth

    @contextmanager
    def capture(self) -> Iterator[list[str]]:
        """Collect lines separately, for the caller to insert."""
        before, self.lines = self.lines, []
        self._depth += 1
        try:
            yield self.lines
        finally:
            self.lines = before
            self._depth -= 1

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write an indented block under a head such as `if t1:`."""
        with self.capture() as inside:
            yield
        self.put(head, inside)

    def put(self, head: str, inside: list[str]) -> None:
        self.lines.append(head)
        self.lines.extend(INDENT + line for line in inside or ["pass"])

    def total(self, codes: list[str]) -> str:
        """Return Python code that adds terms, in parts short enough for Python's compiler."""
        while len(codes) > MAX_TERMS:
            parts = [codes[start : start + MAX_TERMS] for start in range(0, len(codes), MAX_TERMS)]
            codes = [str(self.hold(f"({' + '.join(part)})")) for part in parts]
        return f"({' + '.join(codes)})"

    def hold(self, code: Code, prefix: str = "t") -> Code:
        """Return code as a name or integer, so that it can be used in several places."""
        if isinstance(code, int) or code.isidentifier():
            return code
        name = self.fresh(prefix)
        self.line(f"{name} = {code}")
        return name


_TIMES = re.compile(r"\((\w+) \* (\d+)\)")


def literal(n: int) -> Code:
    """Return an integer as code; a wide one is not folded further."""
    return n if n.bit_length() <= MAX_FOLDED_BITS else hex(n) if n > 0 else f"({hex(n)})"


def times(a: Code, b: Code) -> Code:
    """Return the product of two codes."""
    if isinstance(a, int) and isinstance(b, int):
        return literal(a * b)
    if a in (0, 1):
        return b if a == 1 else 0
    if b in (0, 1):
        return a if b == 1 else 0
    if isinstance(b, int) and isinstance(a, str) and (found := _TIMES.fullmatch(a)):
        return times(found[1], literal(int(found[2]) * b))
    return f"({a} * {b})"


def plus(a: Code, b: Code, sign: str = "+") -> Code:
    """Return the sum or difference of two codes."""
    if isinstance(a, int) and isinstance(b, int):
        return literal(a + b if sign == "+" else a - b)
    if b == 0:
        return a
    if a == 0:
        return b if sign == "+" else opposite(b)
    return f"({a} {sign} {b})"


def opposite(a: Code) -> Code:
    """Return code for a number with its sign changed."""
    if isinstance(a, int):
        return -a
    is_opposite = a.startswith("(-") and a.endswith(")") and a[2:-1].isidentifier()
    return a[2:-1] if is_opposite else f"(-{a})"


def divided(a: Code, b: Code) -> Code:
    """Return the integer quotient of two codes."""
    if b == 1:
        return a
    if isinstance(a, int) and isinstance(b, int):
        return literal(a // b)
    return f"({a} // {b})"
