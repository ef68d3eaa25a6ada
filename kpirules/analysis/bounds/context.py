"""The bounds of names at one point of an assessment, narrowed by the conditions that were passed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from ...plan.ops import Item, Local, Op, Over, Read
from .ends import End
from .numbers import Num
from .values import Value

__all__ = ["LOCAL", "Context", "key_of"]

LOCAL = "$"
"""The prefix of the key of a value bound by a `Bind`."""

MOST_FACTS = 8
"""The most operations that conditions can bound at one point; each is compared with all others."""

Difference = tuple[End, End, bool]
"""The ends of a difference, and whether it can be zero."""

Fact = tuple[str, Op, Num]


@define
class Layer:
    """The bounds that conditions give.

    Args:
        names: bounds by key.
        differences: ends of `x - y` by the keys of x and y.
        facts: bounds of operations, each with the list whose record it concerns.
    """

    names: dict[str, Value] = field(factory=dict)
    differences: dict[tuple[str, str], Difference] = field(factory=dict)
    facts: list[Fact] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self.names or self.differences or self.facts)


@define(eq=False)
class Context:
    """The bounds of names.

    The key of a name is the name; that of a field starts with the list, as in `tasks.hours`.

    Args:
        names: the bounds that hold from here on.
        lasting: the bounds from conditions that hold from here on.
        passing: the bounds from conditions that hold only here.
        scope: the list of the current record, with a point, or empty.
        is_lasting: True while a condition is assumed from here on.
        only_fields: True while a condition concerns each record of a list that may be empty.
    """

    names: dict[str, Value] = field(factory=dict)
    lasting: Layer = field(factory=Layer)
    passing: Layer = field(factory=Layer)
    scope: str = ""
    is_lasting: bool = False
    only_fields: bool = False
    _log: list[tuple[dict[Any, Any] | None, object, object]] = field(factory=list)

    def bounds_of(self, key: str) -> Value | None:
        """Return the bounds of a name."""
        return self.passing.names.get(key) or self.names.get(key)

    def learn(self, key: str, value: Value) -> None:
        """Narrow the bounds of a name."""
        if self.only_fields and not key.startswith(self.scope):
            return
        if self.is_lasting:
            self.names[key] = value
            return
        names = self.passing.names
        self._log.append((names, key, names.get(key)))
        names[key] = value

    def learn_difference(self, one: str, other: str, low: End, high: End, *, has_zero: bool) -> None:
        """Narrow the bounds of the difference of two names."""
        if self.only_fields and not (one.startswith(self.scope) or other.startswith(self.scope)):
            return
        known = self.difference(one, other)
        if known is not None:
            low = known[0] if low is None or (known[0] is not None and known[0] > low) else low
            high = known[1] if high is None or (known[1] is not None and known[1] < high) else high
            has_zero = has_zero and known[2]
        differences = (self.lasting if self.is_lasting else self.passing).differences
        if not self.is_lasting:
            self._log.append((differences, (one, other), differences.get((one, other))))
        differences[one, other] = (low, high, has_zero)

    @property
    def has_room(self) -> bool:
        """Whether one more operation can be stored."""
        return len(self.passing.facts) + len(self.lasting.facts) < MOST_FACTS

    def learn_fact(self, op: Op, value: Num) -> None:
        """Narrow the bounds of an operation."""
        if self.is_lasting:
            self.lasting.facts.append((self.scope, op, value))
        else:
            self._log.append((None, None, None))
            self.passing.facts.append((self.scope, op, value))

    def difference(self, one: str, other: str) -> Difference | None:
        """Return the ends of the difference of two names, if a condition bounded it."""
        for layer in (self.passing, self.lasting):
            if layer.differences:
                known = layer.differences.get((one, other))
                if known is not None:
                    return known
                known = layer.differences.get((other, one))
                if known is not None:
                    low, high, has_zero = known
                    return None if high is None else -high, None if low is None else -low, has_zero
        return None

    def facts(self, op: Op) -> Iterator[Num]:
        """Yield the bounds that conditions imply for an operation."""
        for layer in (self.passing, self.lasting):
            for scope, about, value in layer.facts:
                if (not scope or scope == self.scope) and type(about) is type(op) and about == op:
                    yield value

    def known_sums(self) -> Iterator[tuple[Over, Num]]:
        """Yield the sums over records whose bounds follow from conditions, with these bounds."""
        for layer in (self.passing, self.lasting):
            for scope, about, value in layer.facts:
                if not scope and isinstance(about, Over) and about.function == "sum":
                    yield about, value

    # -- for how long -----------------------------------------------------------------------------

    def mark(self) -> int:
        """Return the current point, to which `back` can return."""
        return len(self._log)

    def back(self, mark: int) -> None:
        """Restore the bounds of an earlier point."""
        while len(self._log) > mark:
            changed, key, before = self._log.pop()
            if changed is None:
                self.passing.facts.pop()
            elif before is None:
                del changed[key]
            else:
                changed[key] = before

    @contextmanager
    def from_here_on(self, *, only_fields: bool = False) -> Iterator[None]:
        """Keep everything learnt inside the block for all later evaluations."""
        self.is_lasting, self.only_fields = True, only_fields
        yield
        self.is_lasting = self.only_fields = False

    @contextmanager
    def anywhere(self, scope: str) -> Iterator[None]:
        """Ignore the conditions of the current formula inside the block; its bounds then hold for every reader."""
        passing, log, old = self.passing, self._log, self.scope
        self.passing, self._log, self.scope = Layer(), [], scope
        yield
        self.passing, self._log, self.scope = passing, log, old

    @contextmanager
    def inside(self, scope: str) -> Iterator[None]:
        """Evaluate the block inside a record of a list, and forget everything learnt there."""
        mark, old = self.mark(), self.scope
        self.scope = scope
        yield
        self.back(mark)
        self.scope = old


def key_of(op: Op, scope: str) -> str:
    """Return the key of a name, empty for any other operation."""
    if isinstance(op, Read):
        return op.name
    if isinstance(op, Item):
        return scope + op.name
    return LOCAL + op.name if isinstance(op, Local) else ""
