"""The results of an integer program, one for each column of a table."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from .steps import FALSE

__all__ = ["Coding", "Result"]


@frozen
class Coding:
    """The meaning of a code: an integer made of a few small ones.

    Args:
        sizes: how many values each of them has, counted from 0; the first one counts units.
        text: returns the text for their values.
    """

    sizes: tuple[int, ...]
    text: Callable[[tuple[int, ...]], str]

    def of(self, code: int) -> str:
        """Return the text for a code.

        Args:
            code: the integer.
        """
        parts = []
        for size in self.sizes:
            code, part = divmod(code, size)
            parts.append(part)
        return self.text(tuple(parts))


@frozen
class Result:
    """The result for a column, each part by the number of its step.

    Args:
        kind: `number`, `boolean`, `text` (the number of a text), `date` (the number of a day) or `code`.
        given: the flag under which there is a value.
        value: the value; for a number, its numerator.
        denominator: for a number, above zero.
        is_refused: the flag under which only the scalar engine tells it.
        coding: the meaning of a code.
    """

    kind: str
    given: int
    value: int
    denominator: int
    is_refused: int = FALSE
    coding: Coding | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The steps that it needs."""
        return (self.given, self.value, self.is_refused, *([self.denominator] if self.kind == "number" else []))

    @property
    def is_given_by_steps(self) -> bool:
        """Whether steps alone give its value, for every subject."""
        return self.kind != "code" and self.is_refused == FALSE
