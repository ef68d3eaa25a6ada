"""An explanation as plain text: a tree with aligned amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, product

from attrs import frozen

from ...kernel.widths import width
from .lines import Line

__all__ = ["as_text"]

NARROWEST = 60
"""The least line width at which columns are readable."""

_INDENT = "  "

_NARROWEST_HEAD = 8
"""The least width of a readable column head."""

_WIDEST_REMARK = 30

# A sign such as `=` and the number after it stay on one line.
_SPACES = re.compile(r"(?<!≈)\s+")

_BELOW = ("fact", "formula", "terms")
"""Kinds of lines without columns."""

# Deep in a tree no width may be left: then lines get longer instead of empty.
_SHORTEST_PART = 8


def as_text(head: Line, verdict: Line, sections: tuple[Line, ...], foot: Line, columns: int) -> str:
    """Return the explanation as plain text.

    Args:
        head: the rulebook.
        verdict: the rating with its facts.
        sections: the reasons for the rating.
        foot: the hashes of the rules.
        columns: line width; a longer word is broken.
    """
    columns = max(columns, NARROWEST)
    blocks = [_head(head, columns), _verdict(verdict, columns)]
    blocks += [_section(section, columns) for section in sections]
    blocks.append([line for fact in foot.children for line in _wrapped(fact.label, columns)])
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _head(head: Line, columns: int) -> list[str]:
    identity = " · ".join(part for part in (head.id, head.remark, _citation(head)) if part)
    return [
        *_wrapped(head.label, columns),
        *_wrapped(identity, columns),
        *_note(head, "", columns),
        *_details(head, columns),
    ]


def _details(head: Line, columns: int) -> list[str]:
    widest = max((width(detail.label) for detail in head.children), default=0)
    indent = " " * (widest + 2)
    return [
        line
        for detail in head.children
        for line in _hanging(detail.amount, f"{_pad(detail.label, widest)}  ", indent, columns)
    ]


def _verdict(verdict: Line, columns: int) -> list[str]:
    lines = _wrapped(verdict.label, columns)
    for fact in verdict.children:
        lines += _fact(fact, columns)
    return lines


def _fact(fact: Line, columns: int) -> list[str]:
    sentence = " ".join(part for part in (fact.label, _citation(fact)) if part)
    return [
        *_hanging(sentence, _INDENT, _INDENT * 2, columns),
        *_formula(fact, _INDENT * 3, columns),
        *(line for formula in fact.formulas for line in _formula(formula, _INDENT * 3, columns)),
        *_note(fact, _INDENT * 3, columns),
    ]


def _section(section: Line, columns: int) -> list[str]:
    lines = [f"── {section.label} ".ljust(columns, "─")]
    for table in section.children:
        if table.kind == "table":
            lines += _table(table, columns)
    rows = [row for child in section.children if child.kind != "table" for row in _rows(child, "", "")]
    layout = _Layout.of([row for row in rows if row.line.kind not in _BELOW], columns)
    for row in rows:
        lines += layout.lines(row)
    return lines


def _table(table: Line, columns: int) -> list[str]:
    """Return records in columns below wrapped heads, or each as a sentence if the columns do not fit."""
    shown = table.table
    found = _wrapped(f"{shown.caption}:", columns)
    cells = [max(map(width, column)) for column in zip(*shown.rows, strict=True)]
    words = [max(map(width, (*head.split(), ""))) for head in shown.head]
    # Heads are wrapped between words, and inside a word only where there is no room otherwise.
    for least, widest in product((words, [0] * len(words)), range(columns, _NARROWEST_HEAD - 1, -1)):
        widths = [max(*most, min(width(head), widest)) for *most, head in zip(cells, least, shown.head, strict=True)]
        if sum(widths) + len(_INDENT) * len(widths) <= columns:
            heads = [_hanging(head, "", "", most) for head, most in zip(shown.head, widths, strict=True)]
            above = zip(*([""] * (max(map(len, heads)) - len(head)) + head for head in heads), strict=True)
            return [*found, *(_cells(row, widths, shown.numbers) for row in (*above, *shown.rows))]
    for record in table.children:
        named = (f"{name}: {cell}" for name, cell in zip(table.cells, record.cells, strict=True) if cell)
        found += _hanging("; ".join(named), _INDENT, _INDENT * 2, columns)
    return found


def _cells(row: Sequence[str], widths: list[int], numbers: frozenset[int]) -> str:
    padded = [
        _pad_left(cell, most) if index in numbers else _pad(cell, most)
        for index, (cell, most) in enumerate(zip(row, widths, strict=True))
    ]
    return _INDENT + _INDENT.join(padded)


@frozen
class _Row:
    """A line, with the texts that draw the tree before it.

    Args:
        line: the line to show.
        branch: the text before it, which draws the tree.
        stem: the text before all its further lines.
    """

    line: Line
    branch: str
    stem: str

    @property
    def name(self) -> str:
        line = self.line
        return " · ".join(part for part in (line.id, line.label) if part)

    @property
    def beside(self) -> str:
        return " ".join(part for part in (self.line.remark, _citation(self.line)) if part)


def _rows(line: Line, branch: str, stem: str) -> Iterator[_Row]:
    parts = line.parts
    below = stem + ("│  " if parts else "   ")
    yield _Row(line, branch, below)
    for formula in line.formulas:
        yield _Row(formula, below, below)
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        yield from _rows(part, stem + ("└─ " if is_last else "├─ "), stem + ("   " if is_last else "│  "))


@frozen
class _Layout:
    """The column widths of a section: name, amount, maximum; remarks take the rest."""

    columns: int
    name: int
    amount: int
    out_of: int

    @classmethod
    def of(cls, rows: list[_Row], columns: int) -> _Layout:
        # A very long amount is not aligned: it would move all others away from their names.
        amounts = [width(row.line.amount) for row in rows]
        amount = max((needed for needed in amounts if needed <= columns // 2), default=0)
        out_of = max((width(_out_of(row.line)) for row in rows), default=0)
        name = max((width(row.branch + row.name) for row in rows), default=0)
        remark = min(max((width(row.beside) for row in rows), default=0), _WIDEST_REMARK)
        room = columns - amount - out_of - remark - 2 * bool(amount) - 2 * bool(remark)
        return cls(columns, min(name, max(room, columns // 4)), amount, out_of)

    def lines(self, row: _Row) -> list[str]:
        if row.line.kind == "fact":
            return _fact(row.line, self.columns)
        own = [] if row.line.kind in _BELOW else self.cells(row)
        return [*own, *_formula(row.line, row.stem, self.columns), *_note(row.line, row.stem, self.columns)]

    def cells(self, row: _Row) -> list[str]:
        """Return the line itself; name and remark are wrapped inside their columns."""
        amount = _pad_left(row.line.amount, self.amount) + _pad(_out_of(row.line), self.out_of)
        amount = f"  {amount}" if self.amount else ""
        remark_at = self.name + width(amount) + 2
        names = _hanging(row.name, row.branch, row.stem, self.name)
        remarks = _beside(row, max(self.columns - remark_at, self.columns // 5))
        lines = []
        for index in range(max(len(names), len(remarks))):
            name = names[index] if index < len(names) else row.stem
            beside = remarks[index] if index < len(remarks) else ""
            between = amount if index == 0 else " " * width(amount)
            lines.append(f"{_pad(name, self.name)}{between}  {beside}")
        return lines


def _beside(row: _Row, room: int) -> list[str]:
    """Return remark and citation, on separate lines if one is too narrow."""
    if width(row.beside) <= room:
        return [row.beside]
    return [*_wrapped(row.line.remark, room), *_wrapped(_citation(row.line), room)]


def _out_of(line: Line) -> str:
    return f" / {line.out_of}" if line.out_of else ""


def _citation(line: Line) -> str:
    return f"[{line.citation}]" if line.citation is not None else ""


def _note(line: Line, stem: str, columns: int) -> list[str]:
    return _hanging(line.note, stem, stem, columns) if line.note else []


def _formula(line: Line, stem: str, columns: int) -> list[str]:
    """Return the formula and its working, on one line if they fit and can't be mistaken for one equation."""
    formula = f"{line.label or line.id}: {line.formula}" if line.kind == "formula" else line.formula
    if line.kind == "terms":
        return _terms(line, stem + _INDENT, columns)
    whole = " ".join(part for part in (formula, *line.working) if part)
    if not whole:
        return []
    is_clear = len(line.working) < 2 or all(step.startswith("→") for step in line.working)
    if is_clear and width(stem + whole) <= columns:
        return [stem + whole]
    lines = _hanging(formula, stem, stem + _INDENT * 2, columns) if formula else []
    for _, equal in groupby(line.working, key=lambda step: step[0]):
        steps = list(equal)
        chain = " ".join(steps)
        for step in [chain] if width(stem + _INDENT + chain) <= columns else steps:
            lines += _hanging(step, stem + _INDENT, stem + _INDENT * 2, columns)
    return lines


def _terms(line: Line, stem: str, columns: int) -> list[str]:
    """Return the lines of an aggregate: its values added up, and the remark on its records."""
    equation = " ".join(part for part in (line.formula, *line.working) if part)
    if line.formula and line.remark and not line.working:
        return _hanging(f"{line.formula}: {line.remark}", stem, stem + _INDENT, columns)
    return [
        *(_hanging(equation, stem, stem + _INDENT, columns) if equation else []),
        *(_hanging(line.remark, stem + _INDENT * bool(equation), stem + _INDENT * 2, columns) if line.remark else []),
    ]


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _pad_left(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def _wrapped(text: str, columns: int) -> list[str]:
    return _hanging(text, "", "", columns) if text else []


def _hanging(text: str, first: str, others: str, columns: int) -> list[str]:
    """Return words wrapped to a width, with one lead for the first line and another for the rest.

    A word that is longer than a line is broken.
    """
    lines, line, lead = [], "", first
    for word in _SPACES.split(text.strip()):
        joined = f"{line} {word}" if line else word
        if line and width(lead + joined) > columns:
            lines.append(lead + line)
            joined, lead = word, others
        rooms = [max(columns - width(text), _SHORTEST_PART) for text in (lead, others)]
        *full, line = _broken(joined, *rooms)
        for part in full:
            lines.append(lead + part)
            lead = others
    return [*lines, lead + line]


def _broken(word: str, room: int, further: int) -> list[str]:
    """Return a word in parts that fit, with one width for the first part and another for the rest."""
    if width(word) <= room:
        return [word]
    parts, start, used = [], 0, 0
    for end, character in enumerate(word):
        columns = width(character)
        if used + columns > room:
            parts.append(word[start:end])
            start, used, room = end, 0, further
        used += columns
    return [*parts, word[start:]]
