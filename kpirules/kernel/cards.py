"""Cards: a value at a glance for a notebook: text, Markdown, HTML without script."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from .brief import shortened
from .markup import Html, bundle, cell_code, code, element, joined, plain, strong, style
from .visible import neutral
from .widths import width

__all__ = ["Card", "Table", "table_rules"]

MOST_ROWS = 60
"""Maximum rows of a table in a card."""

WIDEST_CELL = 60
"""Maximum columns of a cell in text; Markdown and HTML break long cells into lines."""

ROOM, MOST_TEXTS = 42, 2
"""Characters in a line of a phone, and how many columns of longer texts fit side by side."""

SHORT, LEAST = 8, 14
"""Characters of a cell that is never broken, and of the narrowest readable column of longer texts."""


def table_rules(table: str) -> str:
    """Return CSS for tables of this module, which narrow views show as blocks.

    Args:
        table: the selector of the tables; `&` is the view around them.
    """
    return _TABLE.replace("@table", table)


_TABLE = """
@table { margin: .6rem 0 0; }
@table caption { padding: 0 0 .15rem; font-size: .9em; }
@table caption, @table td::before { color: var(--soft); }
@table :is(th, td) { padding: .2rem .9rem .2rem 0; }
@table :is(th, td):last-child { padding-inline-end: 0; }
@table :is(th, th code) { overflow-wrap: break-word; }
@table td { min-width: 6em; }
@table td:is(.short, .number) { min-width: 0; white-space: nowrap; }
@table th:first-child { padding-inline-start: calc(1.2rem * var(--depth, 0)); }
@table .number { text-align: end; font-variant-numeric: tabular-nums; }
@container (max-width: 40rem) {
  @table td { min-width: 0; }
  @table.wide, @table.wide :is(caption, tbody) { display: block; }
  @table.wide thead, @table.wide td:empty { display: none; }
  @table.wide tr { display: flex; flex-wrap: wrap; column-gap: .9rem; padding: .2rem 0;
    padding-inline-start: calc(1.2rem * var(--depth, 0)); }
  @table.wide :is(th, td) { display: block; padding: 0; text-align: start; max-width: 100%; min-width: 0;
    white-space: normal; }
  @table.wide th { flex-basis: 100%; font-weight: 600; }
  @table.wide td[data-head]::before { content: attr(data-head) ": "; }
}
"""

_STYLE = style(
    "kpirules-card",
    """
& { font: 14px/1.45 system-ui, sans-serif; max-width: 62rem; border: 1px solid var(--line);
  border-inline-start: 4px solid var(--soft); border-radius: 6px; padding: .6rem 1rem .7rem; overflow-x: auto;
  margin: 0 0 .6rem; }
&.good { border-inline-start-color: var(--good); }
&.bad { border-inline-start-color: var(--bad); }
& p { margin: .1rem 0; }
& .lead { font-size: 1.15rem; font-weight: 600; }
& .soft { color: var(--soft); }
"""
    + table_rules("& table"),
)


_NO_PICTURE = Html("")


@frozen
class Table:
    """A table with a caption; the first cell of each row is a name of the rulebook.

    Args:
        caption: the title of the rows.
        rows: cells, equally many in each row.
        numbers: the columns that are aligned right.
        depths: the indentation of each row; empty for none.
        more: the number of rows not shown.
        head: the heading of each column, or empty.
    """

    caption: str
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    depths: tuple[int, ...] = ()
    more: int = 0
    head: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        caption: str,
        rows: Sequence[tuple[str, ...]],
        *,
        numbers: tuple[int, ...] = (),
        depths: tuple[int, ...] = (),
    ) -> Table:
        """Return a table of the first rows, without empty columns."""
        kept = [_cells(row) for row in rows[:MOST_ROWS]]
        columns = [column for column in range(len(kept[0])) if not column or any(row[column] for row in kept)]
        return cls(
            _cell(caption),
            tuple(tuple(row[column] for column in columns) for row in kept),
            frozenset(columns.index(column) for column in numbers if column in columns),
            depths[:MOST_ROWS] or (0,) * len(kept),
            len(rows) - len(kept),
        )

    @classmethod
    def whole(
        cls,
        caption: str,
        head: tuple[str, ...],
        rows: Sequence[tuple[str, ...]],
        *,
        numbers: tuple[int, ...] = (),
        more: int = 0,
    ) -> Table:
        """Return a table with a heading, with all its rows and columns."""
        kept = tuple(map(_cells, rows))
        return cls(_cell(caption), kept, frozenset(numbers), (0,) * len(kept), more, _cells(head))

    def text(self) -> str:
        """Return aligned columns."""
        names = [
            ("  " * depth + row[0], *(shortened(cell, WIDEST_CELL) for cell in row[1:]))
            for row, depth in zip(self.rows, self.depths, strict=True)
        ]
        names = [self.head, *names] if self.head else names
        widths = [max(map(width, column)) for column in zip(*names, strict=True)]
        lines = [f"{self.caption}:"]
        for row in names:
            cells = [
                " " * (most - width(cell)) + cell if index in self.numbers else cell + " " * (most - width(cell))
                for index, (cell, most) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append(f"  {'  '.join(cells)}".rstrip())
        return "\n".join([*lines, *([f"  {self._more}"] if self.more else [])])

    def markdown(self) -> str:
        """Return a table in GitHub's Markdown."""
        marks = ["--:" if index in self.numbers else "---" for index in range(len(self.head or self.rows[0]))]
        head = [*map(plain, self.head)] or [plain(self.caption), *[""] * (len(marks) - 1)]
        above = [strong(self.caption), ""] if self.head else []
        lines = [*above, f"| {' | '.join(head)} |", f"|{'|'.join(marks)}|"]
        for row, depth in zip(self.rows, self.depths, strict=True):
            cells = ["\u2003" * depth + cell_code(row[0]), *map(plain, row[1:])]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join([*lines, *(["", self._more] if self.more else [])])

    def html(self, shown: Callable[[str], str | Html] = str) -> Html:
        """Return a table element.

        Args:
            shown: converts the text of a cell, head or caption.
        """
        classes = [
            "number" if index in self.numbers else "short" if most <= SHORT else ""
            for index, most in enumerate(self._widths)
        ]
        rows = []
        for row, depth in zip(self.rows, self.depths, strict=True):
            cells = [element("th", element("code", row[0]), scope="row")]
            for index, cell in enumerate(row[1:], 1):
                named = self.head[index] or None if self.head else None
                cells.append(element("td", shown(cell), classes=classes[index], data_head=named))
            rows.append(element("tr", *cells, style=f"--depth: {depth}"))
        names = [
            element("th", shown(name), classes=classes[index], scope="col") for index, name in enumerate(self.head)
        ]
        head = element("thead", element("tr", *names, classes="soft")) if names else ""
        body = element("tbody", joined(rows, "\n"))
        table = element(
            "table", element("caption", shown(self.caption)), head, body, classes="wide" if self._is_wide else ""
        )
        return joined((table, element("p", self._more, classes="soft") if self.more else ""))

    @property
    def _is_wide(self) -> bool:
        """Whether the columns don't fit side by side in a narrow view."""
        name, *others = self._widths
        texts = [most for at, most in enumerate(others, 1) if at not in self.numbers and most > SHORT]
        heads = [max(map(width, head.split()), default=0) for head in self.head[1:]] or [0] * len(others)
        least = [max(head, min(most, LEAST)) for most, head in zip(others, heads, strict=True)]
        needed = 2 * max(self.depths, default=0) + name + sum(2 + most for most in least)
        return needed > ROOM or 1 + len(texts) > MOST_TEXTS

    @property
    def _widths(self) -> list[int]:
        """The width of the widest cell in each column, in terminal columns."""
        return [max(map(width, column)) for column in zip(*(self.rows or (self.head,)), strict=True)]

    @property
    def _more(self) -> str:
        return f"… and {self.more:,} more"


@frozen
class Card:
    """A value at a glance.

    Args:
        id: the id of the value.
        title: its name for people, or empty.
        remark: a remark after the title.
        lead: the most important sentence, or empty.
        state: `good`, `bad`, or empty if neither applies.
        facts: more sentences.
        tables: tables below them.
        picture: a picture beside the facts, in HTML only.
    """

    id: str
    title: str = ""
    remark: str = ""
    lead: str = ""
    state: str = ""
    facts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    picture: Html = _NO_PICTURE

    def text(self) -> str:
        """Return plain text, without a line break at its end."""
        parts = [*filter(None, (self.title, self._identity)), *([self.lead] if self.lead else [])]
        parts += [f"  {fact}" for fact in self.facts]
        return "\n".join([*map(neutral, parts), *(table.text() for table in self.tables)])

    def markdown(self) -> str:
        """Return CommonMark with tables."""
        identity = " · ".join(filter(None, (code(self.id), plain(self.remark))))
        parts = [" — ".join(filter(None, (strong(self.title), identity)))]
        parts += [strong(self.lead)] if self.lead else []
        parts += ["\n".join(f"- {plain(fact)}" for fact in self.facts)] if self.facts else []
        return "\n\n".join([*parts, *(table.markdown() for table in self.tables)]) + "\n"

    def html(self) -> Html:
        """Return one HTML element."""
        identity = joined((element("code", self.id), self.remark), " · ")
        parts = [
            _STYLE,
            element("p", joined((self.title, identity), " — "), classes="soft"),
            element("p", self.lead, classes="lead") if self.lead else "",
            *(element("p", fact) for fact in self.facts),
            self.picture,
            *(table.html() for table in self.tables),
        ]
        return element("div", joined(parts, "\n"), classes=f"kpirules-card {self.state}")

    def bundle(self) -> dict[str, str]:
        """Return the three forms by media type."""
        return bundle(self.text(), self.markdown(), self.html())

    @property
    def _identity(self) -> str:
        return " · ".join(filter(None, (self.id, self.remark)))


def _cells(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_cell, row))


def _cell(text: str) -> str:
    return neutral(" ".join(text.split()))
