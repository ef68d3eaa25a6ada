"""What is known at one point of an assessment: of every name, and more where a condition was passed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from ...plan.ops import Item, Local, Op, Read
from .ends import End
from .numbers import Num
from .values import Value

__all__ = ["LOCAL", "Context", "key_of"]

LOCAL = "$"
"""What the key of a value that a `Bind` holds begins with."""

MOST_FACTS = 8
"""Operations that conditions may say something of at one point; each is compared with all others."""

Difference = tuple[End, End, bool]
"""The ends of a difference, and whether it can be zero."""

Fact = tuple[str, Op, Num]


@define
class Layer:
    """What conditions say.

    Args:
        names: by key.
        differences: ends of `x - y` by the keys of x and y.
        facts: numbers that operations come to, each with the list whose record they are about.
    """

    names: dict[str, Value] = field(factory=dict)
    differences: dict[tuple[str, str], Difference] = field(factory=dict)
    facts: list[Fact] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self.names or self.differences or self.facts)


@define(eq=False)
class Context:
    """What is known of names.

    The key of a name is the name; that of a field has the list in front, as in `tasks.hours`.

    Args:
        names: what holds at every point from here on.
        lasting: what conditions said that hold from here on.
        passing: what conditions say that hold only here.
        scope: the list whose record is at hand, with a point, or empty.
        is_lasting: True while a condition holds from here on.
        only_fields: True while a condition is about each record of a list that may be empty.
    """

    names: dict[str, Value] = field(factory=dict)
    lasting: Layer = field(factory=Layer)
    passing: Layer = field(factory=Layer)
    scope: str = ""
    is_lasting: bool = False
    only_fields: bool = False
    _log: list[tuple[dict[Any, Any] | None, object, object]] = field(factory=list)

    def look(self, key: str) -> Value | None:
        """What is known of a name."""
        return self.passing.names.get(key) or self.names.get(key)

    def learn(self, key: str, value: Value) -> None:
        """Know more of a name."""
        if self.only_fields and not key.startswith(self.scope):
            return
        if self.is_lasting:
            self.names[key] = value
            return
        names = self.passing.names
        self._log.append((names, key, names.get(key)))
        names[key] = value

    def learn_difference(self, one: str, other: str, low: End, high: End, *, has_zero: bool) -> None:
        """Know more of what one name is less another."""
        if self.only_fields and not (one.startswith(self.scope) or other.startswith(self.scope)):
            return
        there = self.difference(one, other)
        if there is not None:
            low = there[0] if low is None or (there[0] is not None and there[0] > low) else low
            high = there[1] if high is None or (there[1] is not None and there[1] < high) else high
            has_zero = has_zero and there[2]
        differences = (self.lasting if self.is_lasting else self.passing).differences
        if not self.is_lasting:
            self._log.append((differences, (one, other), differences.get((one, other))))
        differences[one, other] = (low, high, has_zero)

    @property
    def has_room(self) -> bool:
        """Whether one more operation may be remembered."""
        return len(self.passing.facts) + len(self.lasting.facts) < MOST_FACTS

    def learn_fact(self, op: Op, value: Num) -> None:
        """Know more of what an operation comes to."""
        if self.is_lasting:
            self.lasting.facts.append((self.scope, op, value))
        else:
            self._log.append((None, None, None))
            self.passing.facts.append((self.scope, op, value))

    def difference(self, one: str, other: str) -> Difference | None:
        """The ends of what one name is less another, where a condition said something of it."""
        for layer in (self.passing, self.lasting):
            if layer.differences:
                there = layer.differences.get((one, other))
                if there is not None:
                    return there
                there = layer.differences.get((other, one))
                if there is not None:
                    low, high, has_zero = there
                    return None if high is None else -high, None if low is None else -low, has_zero
        return None

    def facts(self, op: Op) -> Iterator[Num]:
        """What conditions said of an operation."""
        for layer in (self.passing, self.lasting):
            for scope, about, value in layer.facts:
                if (not scope or scope == self.scope) and type(about) is type(op) and about == op:
                    yield value

    # -- for how long -----------------------------------------------------------------------------

    def mark(self) -> int:
        """A point to which `back` leads."""
        return len(self._log)

    def back(self, mark: int) -> None:
        """Forget what was learnt since a point."""
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
        """What is learnt inside holds for all that follows."""
        self.is_lasting, self.only_fields = True, only_fields
        yield
        self.is_lasting = self.only_fields = False

    @contextmanager
    def anywhere(self, scope: str) -> Iterator[None]:
        """Without what conditions say that hold only here."""
        passing, log, old = self.passing, self._log, self.scope
        self.passing, self._log, self.scope = Layer(), [], scope
        yield
        self.passing, self._log, self.scope = passing, log, old

    @contextmanager
    def inside(self, scope: str) -> Iterator[None]:
        """With a record of a list at hand; what is learnt inside is forgotten."""
        mark, old = self.mark(), self.scope
        self.scope = scope
        yield
        self.back(mark)
        self.scope = old


def key_of(op: Op, scope: str) -> str:
    """The key of a name, empty for any other operation."""
    if isinstance(op, Read):
        return op.name
    if isinstance(op, Item):
        return scope + op.name
    return LOCAL + op.name if isinstance(op, Local) else ""
