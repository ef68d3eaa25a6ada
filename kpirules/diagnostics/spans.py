"""Places in a source text."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from attrs import field, frozen

from ..kernel.brief import brief, counted

__all__ = ["Source", "Span"]


@frozen(slots=False)
class Source:
    """A text that was read, and its name.

    Lines and columns count from 1, in code points, as in editors.
    """

    name: str
    text: str = field(repr=False)

    def __repr__(self) -> str:
        return brief(self, self.name, counted(self.text.count("\n") + 1, "line"))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offsets of the starts of lines."""
        return tuple(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return the text of a line, without its end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def __getstate__(self) -> tuple[str, str]:
        return self.name, self.text

    def __setstate__(self, state: tuple[str, str]) -> None:
        object.__setattr__(self, "name", state[0])
        object.__setattr__(self, "text", state[1])


@frozen
class Span:
    """A range of a source text: `[start, end)` in code points."""

    source: Source
    start: int
    end: int

    def __repr__(self) -> str:
        place = f"{self.source.name}:{self.line}:{self.column}"
        return brief(self, place, self.source.text[self.start : self.end])

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.source.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]
