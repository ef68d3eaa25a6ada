"""Cards: a value at a glance, as a notebook shows it: text, Markdown, HTML without script."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from .diagnostics.report import shortened
from .diagnostics.widths import neutral, width
from .markup import bundle, code, element, escape, plain

__all__ = ["Card", "Table"]

MOST_ROWS = 60
"""Rows of a table that are shown: a card is a glance."""

WIDEST_CELL = 60
"""Columns of a cell in a text; the other forms break long cells into lines."""

# Colours are mixed from the surrounding text colour, so that a card fits a notebook of any theme.
_STYLE = """
.kpirules-card { --soft: color-mix(in srgb, currentColor 62%, transparent);
  --line: color-mix(in srgb, currentColor 16%, transparent);
  --tint: color-mix(in srgb, currentColor 5%, transparent);
  --good: light-dark(#3355aa, #8fb0ff); --bad: light-dark(#b42318, #ff8a7a);
  font: 14px/1.45 system-ui, sans-serif; max-width: 56rem; border: 1px solid var(--line);
  border-inline-start: 4px solid var(--soft); border-radius: 6px; padding: .6rem 1rem .7rem; text-align: start; }
.kpirules-card.good { border-inline-start-color: var(--good); }
.kpirules-card.bad { border-inline-start-color: var(--bad); }
.kpirules-card p { margin: .1rem 0; }
.kpirules-card .lead { font-size: 1.15rem; font-weight: 600; }
.kpirules-card .soft, .kpirules-card caption { color: var(--soft); }
.kpirules-card code { font: .92em ui-monospace, monospace; background: none; padding: 0; color: inherit; }
.kpirules-card table { border-collapse: collapse; margin: .6rem 0 0; font: inherit; }
.kpirules-card caption { text-align: start; padding: 0 0 .15rem; font-size: .9em; caption-side: top; }
.kpirules-card tr { background: none; border-top: 1px solid var(--line); }
.kpirules-card th, .kpirules-card td { padding: .2rem .9rem .2rem 0; text-align: start; vertical-align: top;
  font-weight: inherit; border: 0; white-space: normal; }
.kpirules-card th:first-child { padding-inline-start: calc(1.2rem * var(--depth, 0)); }
.kpirules-card .number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
"""


@frozen
class Table:
    """Rows below a caption; the first cell of each is a name of the rulebook.

    Args:
        caption: what the rows are.
        rows: cells, as many in each.
        numbers: the columns that are set flush right.
        depths: how far each row is indented; none is where there are none.
        more: how many rows there are besides.
        head: what stands in each column, or nothing.
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
        """A table of the first rows, without the columns in which nothing stands."""
        kept = [tuple(neutral(" ".join(cell.split())) for cell in row) for row in rows[:MOST_ROWS]]
        columns = [column for column in range(len(kept[0])) if not column or any(row[column] for row in kept)]
        return cls(
            caption,
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
        """A table below a head, with all its rows and columns."""
        kept = tuple(tuple(neutral(" ".join(cell.split())) for cell in row) for row in rows)
        return cls(caption, kept, frozenset(numbers), (0,) * len(kept), more, head)

    def text(self) -> str:
        """Aligned columns."""
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
        """A table as GitHub writes them."""
        marks = ["--:" if index in self.numbers else "---" for index in range(len(self.head or self.rows[0]))]
        head = [*map(plain, self.head)] or [plain(self.caption), *[""] * (len(marks) - 1)]
        above = [f"**{plain(self.caption)}**", ""] if self.head else []
        lines = [*above, f"| {' | '.join(head)} |", f"|{'|'.join(marks)}|"]
        for row, depth in zip(self.rows, self.depths, strict=True):
            cells = ["\u2003" * depth + code(row[0]).replace("|", "\\|"), *map(plain, row[1:])]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join([*lines, *(["", self._more] if self.more else [])])

    def html(self) -> str:
        """A table element."""
        rows = []
        for row, depth in zip(self.rows, self.depths, strict=True):
            name = f'<th scope="row" style="--depth: {depth}"><code>{escape(row[0])}</code></th>'
            cells = [
                element("td", escape(cell), "number" if index in self.numbers else "")
                for index, cell in enumerate(row[1:], 1)
            ]
            rows.append(element("tr", name + "".join(cells)))
        more = element("p", escape(self._more), "soft") if self.more else ""
        caption = element("caption", escape(self.caption))
        names = [
            f'<th scope="col"{" class=number" if index in self.numbers else ""}>{escape(name)}</th>'
            for index, name in enumerate(self.head)
        ]
        head = element("thead", element("tr", "".join(names), "soft")) if names else ""
        return element("table", caption + head + element("tbody", "\n".join(rows))) + more

    @property
    def _more(self) -> str:
        return f"… and {self.more:,} more"


@frozen
class Card:
    """A value at a glance.

    Args:
        id: what it is about.
        title: its name for people, or empty.
        remark: what belongs to its name.
        lead: the sentence that matters most, or empty.
        state: `good`, `bad`, or empty where neither can be said.
        facts: further sentences.
        tables: below them.
    """

    id: str
    title: str = ""
    remark: str = ""
    lead: str = ""
    state: str = ""
    facts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()

    def text(self) -> str:
        """Plain text, without a line break at its end."""
        parts = [*filter(None, (self.title, self._identity)), *([self.lead] if self.lead else [])]
        parts += [f"  {fact}" for fact in self.facts]
        return "\n".join([*parts, *(table.text() for table in self.tables)])

    def markdown(self) -> str:
        """CommonMark with tables."""
        identity = " · ".join(filter(None, (code(self.id), plain(self.remark))))
        parts = [" — ".join(filter(None, (f"**{plain(self.title)}**" if self.title else "", identity)))]
        parts += [f"**{plain(self.lead)}**"] if self.lead else []
        parts += ["\n".join(f"- {plain(fact)}" for fact in self.facts)] if self.facts else []
        return "\n\n".join([*parts, *(table.markdown() for table in self.tables)]) + "\n"

    def html(self) -> str:
        """One element that stands in a page."""
        identity = " · ".join(filter(None, (element("code", escape(self.id)), escape(self.remark))))
        parts = [
            f"<style>{_STYLE}</style>",
            element("p", " — ".join(filter(None, (escape(self.title), identity))), "soft"),
            element("p", escape(self.lead), "lead") if self.lead else "",
            *(element("p", escape(fact)) for fact in self.facts),
            *(table.html() for table in self.tables),
        ]
        return element("div", "\n".join(filter(None, parts)), f"kpirules-card {self.state}".strip())

    def bundle(self) -> dict[str, str]:
        """The three forms by media type."""
        return bundle(self.text(), self.markdown(), self.html())

    @property
    def _identity(self) -> str:
        return " · ".join(filter(None, (self.id, self.remark)))
