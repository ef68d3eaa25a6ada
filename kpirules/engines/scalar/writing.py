"""The text of a function while it is written: lines, blocks, fresh names, and objects it refers to.

Everything written is one of our own words: a mangled name, an integer, or a keyword. Texts, options and
dates of a rulebook are handed to the function as objects under mangled names.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from attrs import define, field

__all__ = ["LONGEST", "MANY", "Code", "Writer", "divided", "literal", "plus", "times"]

Code = str | int
"""An integer, or the text of an expression."""

LONGEST = 300
"""Characters of an expression beyond which it gets a name."""

WIDEST = 2_048
"""Bits up to which integers are folded; Python writes no wider ones than 4,300 digits in decimal."""

INDENT = "    "

MANY = 40
"""Terms of a sum that are written as one expression."""


@define(eq=False)
class Writer:
    """Lines of a function, and what it refers to.

    Args:
        lines: as far as they are written.
        objects: what the function refers to, by mangled name.
    """

    lines: list[str] = field(factory=list)
    objects: dict[str, object] = field(factory=dict)
    _names: dict[Hashable, str] = field(factory=dict)
    _count: int = 0
    _depth: int = 0

    def line(self, text: str) -> None:
        self.lines.append(text)

    def fresh(self, prefix: str = "t") -> str:
        """A name that stands nowhere else."""
        self._count += 1
        return f"{prefix}{self._count}"

    def refer(self, value: Hashable, key: Hashable = None) -> str:
        """The mangled name of an object; equal ones of a type share it, as do those of equal `key`."""
        known = (type(value), value if key is None else key)
        if known not in self._names:
            name = f"k{len(self._names)}"
            self._names[known] = name
            self.objects[name] = value
        return self._names[known]

    @property
    def depth(self) -> int:
        """How many parts are written apart, and so may come to stand in each other."""
        return self._depth

    @contextmanager
    def apart(self) -> Iterator[list[str]]:
        """Lines that are written apart, for whoever puts them in their place."""
        before, self.lines = self.lines, []
        self._depth += 1
        try:
            yield self.lines
        finally:
            self.lines = before
            self._depth -= 1

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """An indented block under a head such as `if t1:`."""
        with self.apart() as inside:
            yield
        self.put(head, inside)

    def put(self, head: str, inside: list[str]) -> None:
        self.lines.append(head)
        self.lines.extend(INDENT + line for line in inside or ["pass"])

    def total(self, codes: list[str]) -> str:
        """The sum of codes, in parts that Python's compiler can nest."""
        while len(codes) > MANY:
            parts = [codes[start : start + MANY] for start in range(0, len(codes), MANY)]
            codes = [str(self.hold(f"({' + '.join(part)})")) for part in parts]
        return f"({' + '.join(codes)})"

    def hold(self, code: Code, prefix: str = "t") -> Code:
        """The code as a name or integer, so that it can stand in several places."""
        if isinstance(code, int) or code.isidentifier():
            return code
        name = self.fresh(prefix)
        self.line(f"{name} = {code}")
        return name


_TIMES = re.compile(r"\((\w+) \* (\d+)\)")


def literal(n: int) -> Code:
    """An integer as code; a wide one is no longer reckoned with while code is written."""
    return n if n.bit_length() <= WIDEST else hex(n) if n > 0 else f"({hex(n)})"


def times(a: Code, b: Code) -> Code:
    """The product of two codes."""
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
    """The sum or difference of two codes."""
    if isinstance(a, int) and isinstance(b, int):
        return literal(a + b if sign == "+" else a - b)
    if b == 0:
        return a
    if a == 0:
        return b if sign == "+" else opposite(b)
    return f"({a} {sign} {b})"


def opposite(a: Code) -> Code:
    """The code of a number with the other sign."""
    if isinstance(a, int):
        return -a
    is_opposite = a.startswith("(-") and a.endswith(")") and a[2:-1].isidentifier()
    return a[2:-1] if is_opposite else f"(-{a})"


def divided(a: Code, b: Code) -> Code:
    """The quotient of two codes without its rest."""
    if b == 1:
        return a
    if isinstance(a, int) and isinstance(b, int):
        return literal(a // b)
    return f"({a} // {b})"
