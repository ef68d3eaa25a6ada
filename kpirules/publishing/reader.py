"""The reader of a page: the rulebook's own texts, formulas and tables as HTML, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from ..diagnostics.phrases import phrases
from ..kernel.exact import Rounding, to_text
from ..kernel.markup import Html, element, hyperlink, joined
from ..kernel.visible import neutral
from ..language.expressions import Expression
from ..language.expressions.syntax import parse
from ..language.expressions.tree import Node
from ..language.model import Amount, Condition, Rulebook, Words
from ..language.wording import Label
from ..rating.legend import legend
from ..showing.explaining.voice import Voice
from .mathematics import Mathematics, is_mathematical
from .names import Names
from .wording import Wording, joined_words, rounding_in_words

__all__ = ["NOTHING", "Cell", "Reader", "Section", "facts", "table"]

Cell = str | Html

NOTHING = Html("")

MAX_SHORT = 24
"""Characters of a cell that is not broken into lines."""


@frozen
class Section:
    """A section of a page; one without content is left out.

    Args:
        id: its anchor, and the key of its heading.
        heading: its heading.
        content: what stands below it.
        intro: a sentence before that.
    """

    id: str
    heading: str
    content: Html
    intro: str = ""

    @property
    def html(self) -> Html:
        above = [element("h2", self.heading), element("p", self.intro, classes="soft") if self.intro else ""]
        return element("section", joined((*above, self.content), "\n"), id=self.id)


@frozen
class Reader:
    """The words of one rulebook for one reader.

    Args:
        rulebook: the rules.
        names: what the names of formulas stand for.
    """

    rulebook: Rulebook
    names: Names

    @classmethod
    def of(cls, rulebook: Rulebook, language: str | None) -> Reader:
        """Return the reader of a rulebook.

        Args:
            rulebook: the rules.
            language: the language of the reader, None for the first one of each label.
        """
        return cls(rulebook, Names(Voice(legend(rulebook), language, is_letter=True)))

    def within(self, variable: str, of: str) -> Reader:
        """Return the reader of formulas about the records of a list."""
        return evolve(self, names=self.names.within(variable, of))

    def with_arguments(self, names: Iterable[str]) -> Reader:
        """Return the reader of formulas inside a function or table."""
        return evolve(self, names=self.names.with_arguments(names))

    @property
    def voice(self) -> Voice:
        return self.names.voice

    @property
    def language(self) -> str:
        """The language of the page's own words."""
        return phrases(self.voice.language)[0]

    def say(self, phrase: str, **gaps: str) -> str:
        """Return a phrase of the page."""
        return self.voice.say(f"page_{phrase}", **gaps)

    def section(self, id_: str, *content: Cell) -> Section:
        """Return a section, with the introduction that the phrases have for it."""
        has_intro = f"page_{id_}_intro" in phrases(None)[1]
        return Section(id_, self.say(id_), joined(content, "\n"), self.say(f"{id_}_intro") if has_intro else "")

    # -- texts of the rulebook ------------------------------------------------------------------

    def label(self, label: Label) -> Cell:
        """Return a text of the rulebook, marked if its language is not that of the page."""
        tag, _ = self.voice.found(label)
        read = self.voice.read(label)
        return read if tag.lower().partition("-")[0] == self.language else element("span", read, lang=tag)

    def title(self, kind: str, id_: str) -> Cell:
        """Return the label of a part of the rulebook, or its id in words."""
        label = self.voice.entry(kind, id_).label
        return self.label(label) if label is not None else self.voice.title(kind, id_)

    def name(self, words: Words, id_: str) -> Cell:
        """Return the label of a part that has these words, or its id in words."""
        return self.label(words.label) if words.label is not None else neutral(id_.replace("_", " "))

    def note(self, words: Words) -> Html:
        return element("p", self.label(words.note), classes="note") if words.note is not None else NOTHING

    def source(self, words: Words) -> Html:
        """Return the citation of a part."""
        if words.source is None or not str(words.source):
            return NOTHING
        # A rulebook does not name the language of a citation.
        return element("cite", hyperlink(str(words.source), words.source.url), lang="")

    def title_with_unit(self, kind: str, id_: str, words: Words) -> Html:
        return joined((self.title(kind, id_), f"({words.unit})" if words.unit else ""), " ")

    def inputs(self, names: Iterable[str]) -> str:
        """Return the labels of inputs, or of fields with their lists, in one text."""
        return self.listed([self.voice.name("inputs", name) for name in names])

    def condition(self, condition: Condition, of: str = "") -> Html:
        """Return a condition: its label, its formula in words, its citation and its note.

        Args:
            condition: the condition.
            of: words before the formula.
        """
        label = "" if condition.words.label is None else element("strong", self.label(condition.words.label))
        words = ": ".join(filter(None, (of, self.words(condition.that))))
        formula = element("span", words, classes="soft" if label else "")
        return joined((label, formula, self.source(condition.words), self.note(condition.words)), " ")

    def block(self, title: Cell, words: Words, *content: Cell, id_: str | None = None) -> Html:
        """Return a part of the rulebook with its heading, citation and note."""
        parts = (element("h3", title), self.source(words), *content, self.note(words))
        return element("article", joined(parts, "\n"), id=id_, classes="item")

    # -- numbers and formulas -------------------------------------------------------------------

    def amount(self, number: Amount) -> str:
        """Return a number, with the name of the constant that gives it."""
        named = number.parameter and f" («{self.voice.title('parameters', number.parameter)}»)"
        return f"{to_text(number.value)}{named or ''}"

    def rounding(self, rounding: Rounding) -> str:
        """Return how a number is rounded, in words."""
        if rounding.to is not None:
            return rounding_in_words(self.names, to_text(rounding.to), rounding.mode, is_multiple=True)
        return rounding_in_words(self.names, str(rounding.places), rounding.mode)

    def tree(self, expression: Expression) -> Node:
        """Return the tree of a formula as its author wrote it, with the rulebook's own functions by their names."""
        if not self.rulebook.functions:
            return expression.tree
        found = parse(expression.text, [])
        return expression.tree if found is None else found.tree

    def words(self, expression: Expression | Node) -> str:
        """Return a formula in words."""
        return Wording(self.names).text(self.tree(expression) if isinstance(expression, Expression) else expression)

    def formula(self, expression: Expression | Node) -> Html:
        """Return a formula in words and, where that says more, as mathematics."""
        tree = self.tree(expression) if isinstance(expression, Expression) else expression
        wording = Wording(self.names)
        drawn = Mathematics(wording).formula(tree) if is_mathematical(tree) else NOTHING
        return joined((element("p", wording.text(tree)), drawn))

    def listed(self, parts: Sequence[str]) -> str:
        """Return texts joined as a list in words, such as `a, b and c`."""
        return joined_words(parts, self.names)


def table(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], *, depths: Sequence[int] = (), numbers: Sequence[int] = ()
) -> Html:
    """Return a table whose first column names its rows; nothing without rows.

    Args:
        heads: the heading of each column.
        rows: the cells of each row.
        depths: the indentation of each row.
        numbers: the columns that are aligned right.
    """
    if not rows:
        return NOTHING
    # A column without content would only take room.
    kept = [column for column in range(len(heads)) if not column or any(row[column] for row in rows)]
    classes = {
        at: "number" if at in numbers else "short" if _is_short([row[at] for row in rows]) else "" for at in kept
    }
    head = element("tr", *(element("th", heads[at], classes=classes[at], scope="col") for at in kept))
    written = []
    for at, row in enumerate(rows):
        first = element("th", row[0], scope="row")
        cells = (element("td", row[column], classes=classes[column], data_head=heads[column]) for column in kept[1:])
        written.append(element("tr", first, *cells, classes="item", style=f"--depth: {depths[at] if depths else 0}"))
    return element("table", element("thead", head), element("tbody", joined(written, "\n")), classes="rules wide")


def _is_short(cells: Sequence[Cell]) -> bool:
    """Return whether the cells of a column are texts that need no second line."""
    return all(isinstance(cell, str) and len(cell) <= MAX_SHORT for cell in cells)


def facts(pairs: Iterable[tuple[str, Cell]]) -> Html:
    """Return names with their values; nothing without a value."""
    kept = [(element("dt", name), element("dd", value)) for name, value in pairs if value]
    return element("dl", *(part for pair in kept for part in pair)) if kept else NOTHING
