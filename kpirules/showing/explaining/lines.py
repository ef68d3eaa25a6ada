"""What an explanation is made of: lines of text, each of which may rest on others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from attrs import frozen

from ...kernel.cards import Table
from ...language.wording import Citation

__all__ = ["KINDS", "STATES", "Line"]

KINDS = (
    "rulebook",
    "rating",
    "fact",
    "section",
    "detail",
    "criterion",
    "contribution",
    "formula",
    "limit",
    "band",
    "requirement",
    "override",
    "quota",
    "let",
    "cohort",
    "assumed",
    "output",
    "invariant",
    "input",
    "table",
    "record",
    "foot",
)
"""What a line can be about."""

STATES = (
    *("scored", "excluded", "missing"),
    *("held", "failed", "given", "decided", "unchanged"),
    *("kept", "moved", "undecided", "over"),
    *("own", "rescale", "clamp", "limit", "rounding"),
)
"""What can have come out of what a line is about, besides the status of a rating."""


_NUMBER = re.compile("(?:≈ ?)?-?[0-9]")


@frozen
class Line:
    """One line of an explanation. All its texts are ready to be shown, on one line each.

    Args:
        kind: one of `KINDS`.
        id: of what it is about, as the rulebook writes it.
        label: what it is called, or the whole sentence of a `fact`.
        state: the outcome in a word (`scored`, `excluded`, `missing`, `held`, `failed`, `given`, `decided`,
            the status for a `rating`), or empty.
        amount: the number or value it comes to.
        out_of: the most that amount could be.
        remark: what is to be said about it.
        formula: as the author wrote it.
        working: the formula with values put in and what it gave, each with its sign (`= 0.9 / 3`, `= 0.3`).
        note: a remark of the rulebook.
        citation: where the rule comes from.
        children: lines that it rests on.
        cells: of a record its values, of a table or section what stands in each column.
    """

    kind: str
    id: str = ""
    label: str = ""
    state: str = ""
    amount: str = ""
    out_of: str = ""
    remark: str = ""
    formula: str = ""
    working: tuple[str, ...] = ()
    note: str = ""
    citation: Citation | None = None
    children: tuple[Line, ...] = ()
    cells: tuple[str, ...] = ()

    def walk(self) -> Iterator[Line]:
        """The line and all that it rests on, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()

    def texts(self) -> Iterator[str]:
        """Everything it says, without its children."""
        yield from (self.id, self.label, self.amount, self.out_of, self.remark, self.formula, self.note)
        yield from self.working
        yield from self.cells
        if self.citation is not None:
            yield from (str(self.citation), self.citation.url)

    @property
    def table(self) -> Table:
        """The records of a table below its head."""
        rows = [record.cells for record in self.children]
        columns = range(1, len(self.cells))
        numbers = tuple(at for at in columns if all(_NUMBER.match(row[at]) for row in rows if row[at]))
        caption = " · ".join(part for part in (self.id, self.label) if part)
        return Table.whole(caption, self.cells, rows, numbers=numbers)

    def data(self) -> dict[str, Any]:
        """The line in dicts, lists and strings; what is empty is left out."""
        fields = {f.name: getattr(self, f.name) for f in attrs.fields(Line)}
        if self.citation is not None:
            fields["citation"] = {"text": str(self.citation), "url": self.citation.url}
        fields["working"], fields["cells"] = list(self.working), list(self.cells)
        fields["children"] = [child.data() for child in self.children]
        return {name: part for name, part in fields.items() if part}
