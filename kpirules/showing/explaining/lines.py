"""The lines of an explanation, each with the lines that support it."""

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
    "terms",
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
    "field",
    "name",
    "table",
    "record",
    "foot",
)
"""The subject of a line."""

STATES = (
    *("scored", "excluded", "missing"),
    *("held", "failed", "given", "decided", "unchanged"),
    *("kept", "moved", "undecided", "over"),
    *("own", "rescale", "clamp", "limit", "rounding"),
)
"""The outcomes a line can state, besides the status of a rating."""


_NUMBER = re.compile("(?:≈ ?)?-?[0-9]")


@frozen
class Line:
    """One line of an explanation, with texts that are ready to show and have no line breaks.

    Args:
        kind: one of `KINDS`.
        id: the id of the part it describes, as the rulebook writes it.
        label: the label of the part, or the whole sentence of a `fact`.
        state: the outcome in a word (`scored`, `excluded`, `missing`, `held`, `failed`, `given`, `decided`,
            the status for a `rating`), or empty.
        amount: the number or value.
        out_of: the maximum of `amount`.
        remark: a comment on the line.
        formula: the formula as the author wrote it.
        working: the formula with values put in and its result, each with its sign (`= 0.9 / 3`, `= 0.3`).
        note: the rulebook's own note.
        citation: the source of the rule.
        children: the lines that support it.
        cells: the values of a record, or the column heads of a table or section.
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
        """Yield the line and all lines below it, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def formulas(self) -> Iterator[Line]:
        """The lines of formulas below it, each with the lines of its aggregates."""
        for child in self.children:
            if child.kind in ("formula", "terms"):
                yield child
                yield from child.formulas

    @property
    def parts(self) -> tuple[Line, ...]:
        """The lines below it that are not formulas."""
        return tuple(child for child in self.children if child.kind not in ("formula", "terms"))

    def texts(self) -> Iterator[str]:
        """Yield all its texts, without those of its children."""
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
        """Return the line as dicts, lists and strings, without empty fields."""
        fields = {f.name: getattr(self, f.name) for f in attrs.fields(Line)}
        if self.citation is not None:
            fields["citation"] = {"text": str(self.citation), "url": self.citation.url}
        fields["working"], fields["cells"] = list(self.working), list(self.cells)
        fields["children"] = [child.data() for child in self.children]
        return {name: part for name, part in fields.items() if part}
