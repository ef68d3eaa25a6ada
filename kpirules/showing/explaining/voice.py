"""The phrases of one language, filled with the labels of a rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from ...diagnostics.phrases import phrases
from ...kernel.calendars import ISO_DATE
from ...kernel.exact import approximate_text
from ...kernel.exact.grammar import EXACT
from ...kernel.visible import neutral
from ...language.wording import Citation, Label, beside
from ...record import Computation, Entry, Legend, Value
from .lines import Line
from .names import measured_name
from .numbers import exactly, in_formula, put_in, tidy
from .terms import terms_line

__all__ = ["Voice"]

_NO_ENTRY = Entry()

_READ, _CALLED = ("inputs", "let", "parameters", "outputs", "calendars"), ("functions", "tables")
"""The kinds of parts that formulas read by an id, and those they call."""

# The patterns match what `Rounding.describe` writes.
_ROUNDINGS = (
    ("to_place", re.compile(r"to (?P<to>1) place, (?P<mode>[a-z_]+)")),
    ("to_places", re.compile(r"to (?P<to>-?[0-9]+) places, (?P<mode>[a-z_]+)")),
    ("to_multiples", re.compile(r"to multiples of (?P<to>[0-9./]+), (?P<mode>[a-z_]+)")),
)

# The patterns match the rows of tables and bands in a record.
_ROWS = tuple(
    (re.compile(pattern.replace("#", EXACT)), phrase)
    for pattern, phrase in (
        (r"(?P<lower>from|above) (?P<low>#)", ""),
        (r"(?P<upper>to|below) (?P<high>#)", ""),
        (r"(?P<lower>from|above) (?P<low>#) (?P<upper>to|below) (?P<high>#)", ""),
        (r"equals (?P<value>#)", "equals"),
        (r"between (?P<low>#) and (?P<high>#)", "between"),
        (r"beyond the end at (?P<end>#)", "beyond_end"),
        (r"(?P<passed>[0-9]+) of (?P<count>[0-9]+) thresholds", "thresholds"),
        (r"[Tt]rue", "yes"),
        (r"[Ff]alse", "no"),
        (r"otherwise", "otherwise"),
    )
)

# An argument of a table of cases with the interval of its values.
_CONDITION = re.compile(
    rf"((?:(?<=^)|(?<=, ))[a-z][a-z0-9_]*) ((?:from|above|to|below) {EXACT}(?: (?:to|below) {EXACT})?)(?=$|, )"
)

# A case of a table, after the name of the table.
_CASE = re.compile(r"[a-z][a-z0-9_]*: .+", re.DOTALL)

# The pattern matches what `Rulebook.edition_in_force` writes.
_AMENDED = re.compile(rf"(?:(?<=^)|(?<=, ))amended (?P<day>{ISO_DATE})\Z")

# A longer text does not fit a column of amounts.
_LONGEST_AMOUNT = 24

_DIGITS_OF_LETTER = 4
"""Decimal places in a letter: enough to see the distance to a band, and easy to read."""


@frozen
class Voice:
    """The language of an explanation and the labels of its rulebook.

    Args:
        legend: the labels of the rulebook.
        language: the tag asked for, or None for the first language of each label.
        is_letter: True for a reader who does not know the rulebook: labels instead of ids, and no formulas.
    """

    legend: Legend
    language: str | None = None
    is_letter: bool = False

    def say(self, phrase: str, **parts: str) -> str:
        """Return a phrase with its gaps filled."""
        return phrases(self.language)[1][phrase].format(**parts)

    def word(self, family: str, word: str, **parts: str) -> str:
        """Return the phrase for a word of the record, or the word itself if it has none.

        >>> Voice(Legend()).word("policy", "zero"), Voice(Legend()).word("why", "postponed")
        ('missing data counts as 0', 'postponed')
        """
        phrase = f"{family}_{word}"
        if phrase in phrases(self.language)[1]:
            return self.say(phrase, **parts)
        return " ".join([neutral(tidy(word)), *parts.values()])

    def read(self, label: Label | None) -> str:
        """Return a label in the language, safe to print."""
        return "" if label is None else neutral(tidy(self.found(label)[1]))

    def found(self, label: Label) -> tuple[str, str]:
        """Return the tag and text of a label in the language asked for, else in the language of the phrases."""
        return label.found(self.language, phrases(self.language)[0]) if self.language else label.found()

    def entry(self, kind: str, id_: str) -> Entry:
        """Return the rulebook's label, note and citation of one of its parts."""
        key = f"{kind}.{id_}"
        for entries in (self.legend.entries, self.legend.names):
            if key in entries:
                return entries[key]
        return _NO_ENTRY

    def part(self, name: str) -> tuple[str, str]:
        """Return the kind and id of what a formula reads by a name; the kind is empty if the legend has no such part.

        Args:
            name: a name of a formula, with the list before a field (`tasks.done`) and `(` after a function.

        >>> from kpirules.kernel.mappings import FrozenMap
        >>> voice = Voice(Legend(names=FrozenMap({"parameters.plan": Entry(unit="h")})))
        >>> voice.part("plan"), voice.part("share.results"), voice.part("tasks.done"), voice.part("abs(")
        (('parameters', 'plan'), ('criteria', 'results'), ('inputs', 'tasks.done'), ('', 'abs'))
        """
        head, dot, rest = name.partition(".")
        if dot:
            return ("criteria", rest) if head in ("points", "share", "max") else ("inputs", name)
        id_ = name.removesuffix("(")
        for kind in _CALLED if id_ != name else _READ:
            if (key := f"{kind}.{id_}") in self.legend.entries or key in self.legend.names:
                return kind, id_
        return "", id_

    def unit(self, read: str) -> str:
        """Return the unit of what a formula reads: of a name, or of an aggregate over a name or field.

        >>> from kpirules.kernel.mappings import FrozenMap
        >>> voice = Voice(Legend(entries=FrozenMap({"inputs.tasks.spent": Entry(unit="h")})))
        >>> voice.unit("sum(t.spent for t in tasks if t.late)"), voice.unit("count(tasks)")
        ('h', '')
        """
        name = measured_name(read)
        return neutral(tidy(self.entry(*self.part(name)).unit)) if name else ""

    def name(self, kind: str, id_: str) -> str:
        """Return id and label as a sentence quotes them.

        >>> Voice(Legend()).name("bands", "good")
        '«good»'
        """
        if self.is_letter:
            return f"«{self.title(kind, id_)}»"
        label = beside(id_, self.read(self.entry(kind, id_).label))
        return f"«{id_} · {label}»" if label else f"«{neutral(id_)}»"

    def title(self, kind: str, id_: str) -> str:
        """Return id and label; in a letter the label, else the id in words.

        >>> Voice(Legend(), is_letter=True).title("bands", "very_good")
        'very good'
        """
        label = self.read(self.entry(kind, id_).label)
        if self.is_letter:
            return label or neutral(id_.rpartition(".")[2].replace("_", " "))
        label = beside(id_, label)
        return f"{neutral(id_)} — {label}" if label else neutral(id_)

    def reading(self, text: str) -> str:
        """Return the name that a formula reads, in a letter as its label."""
        kinds = [kind for kind in ("inputs", "let") if self.is_letter and f"{kind}.{text}" in self.legend.entries]
        return self.title(kinds[0], text) if kinds else neutral(tidy(text))

    def option(self, input_: str, value: Value, unit: str = "") -> str:
        """Return a value of an input; an option with its label, in a letter only the label."""
        entry = self.legend.entries.get(f"options.{input_}: {value}") if isinstance(value, str) else None
        if entry is None:
            return self.value(value, unit)
        if self.is_letter:
            return self.read(entry.label)
        return " · ".join(part for part in (self.value(value), beside(f"{value}", self.read(entry.label))) if part)

    def exactly(self, number: Fraction) -> str:
        """Return a number with its exact value; a letter shortens a fraction.

        >>> Voice(Legend(), is_letter=True).exactly(Fraction(715, 12))
        '≈59.5833'
        """
        return approximate_text(number, _DIGITS_OF_LETTER).replace("≈ ", "≈") if self.is_letter else exactly(number)

    def names(self, kind: str, ids: Iterable[str]) -> str:
        """Return several ids with labels, joined for a sentence."""
        named = [self.name(kind, id_) for id_ in ids]
        return f" {self.say('and')} ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)

    def rounding(self) -> str:
        """Return how the score is rounded, in words; empty in a letter or without rounding."""
        if self.is_letter:
            return ""
        written = self.legend.rounding
        for phrase, pattern in _ROUNDINGS:
            if found := pattern.fullmatch(written):
                return self.say(phrase, to=found["to"], mode=self.mode(found["mode"]))
        return neutral(written)

    def edition(self, written: str) -> str:
        """Return an edition as the record writes it, with the date of an amendment translated.

        >>> Voice(Legend(), "vi").edition("2026, amended 2027-01-01")
        '2026, sửa đổi ngày 2027-01-01'
        """
        return _AMENDED.sub(lambda found: self.say("amended", day=found["day"]), written)

    def mode(self, mode: str) -> str:
        """Return a rounding mode in words."""
        return self.word("mode", mode)

    def row(self, written: str, measured: Value = None) -> str:
        """Return a row of a table, or the interval of a band, translated.

        Args:
            written: the row as the record writes it.
            measured: the value looked up; if it is a text, the row is an option and stays as it is.

        >>> Voice(Legend(), "vi").row("from 70 below 90"), Voice(Legend(), "vi").row("to 3", "to 3")
        ('từ 70 đến dưới 90', 'to 3')
        >>> Voice(Legend(), "en").row("True")  # a row of `cases` whose condition always holds
        'yes'
        >>> Voice(Legend(), "vi").row("x from 10, grade good, y below 30")  # a case of a table
        'x từ 10, grade good, y dưới 30'
        """
        if not isinstance(measured, str):
            for pattern, phrase in _ROWS:
                if found := pattern.fullmatch(written):
                    parts = {name: part for name, part in found.groupdict().items() if part is not None}
                    ends = [parts.pop(end) for end in ("lower", "upper") if end in parts]
                    return self.say(phrase or "_".join(ends), **parts)
            written = _CONDITION.sub(lambda found: f"{found[1]} {self.row(found[2])}", written)
        return neutral(tidy(written))

    def line(self, kind: str, of: str, id_: str, **fields: Any) -> Line:
        """Return a line about a part of the rulebook, with its label, note and citation.

        Args:
            kind: the kind of the line.
            of: the kind of the part in the legend (`criteria`, `let`, …).
            id_: the id of the part in the legend.
            fields: further fields of the line, which override these.
        """
        entry = self.entry(of, id_)
        citation = cited(entry.source)
        if self.is_letter:
            line = Line(kind, label=self.title(of, id_), citation=citation)
            return evolve(line, **{name: part for name, part in fields.items() if name != "id"})
        label = beside(id_, self.read(entry.label))
        line = Line(kind, neutral(id_), label, note=self.read(entry.note), citation=citation)
        return evolve(line, **fields)

    def value(self, value: Value, unit: str = "") -> str:
        """Return a value on its own."""
        match value:
            case None:
                return self.say("absent")
            case bool():
                return self.say("yes" if value else "no")
            case Fraction():
                return f"{self.exactly(value)} {neutral(tidy(unit))}".strip()
            case str():
                return neutral(tidy(value))
        return value.isoformat()

    def shown(self, value: Value, unit: str = "") -> str:
        """Return a value as a formula shows it.

        Args:
            value: the value.
            unit: its unit, if it is a number.

        >>> Voice(Legend(), "vi").shown(False), Voice(Legend()).shown("good")
        ('không', '"good"')
        """
        if value is None:
            return self.say("absent")
        if isinstance(value, bool):
            return self.value(value)
        return neutral(in_formula(value, unit))

    def amount(self, value: Value, unit: str = "") -> str:
        """Return a value for the column of amounts; empty if it is too long."""
        text = self.value(value, unit)
        return text if isinstance(value, Fraction) or self.fits(text) else ""

    def fits(self, text: str) -> bool:
        """Return whether a text is short enough for the column of amounts."""
        return len(text) <= _LONGEST_AMOUNT

    def holds(self, is_held: bool) -> str:
        return self.say("holds" if is_held else "fails")

    def work(self, computation: Computation | None, *, gives: str | None = None) -> dict[str, Any]:
        """Return the fields of a line that shows a formula with its values.

        Args:
            computation: the formula.
            gives: the result in words, empty if the line says it elsewhere, None for the value.
        """
        if computation is None or self.is_letter:
            return {}
        formula = neutral(tidy(computation.formula))
        if not formula:
            return {}
        sign = "=" if isinstance(computation.value, Fraction) else "→"
        value = self.value(computation.value, self.unit(formula))
        result = value if gives is None else gives
        lines = [
            line
            for terms in computation.terms
            if (line := terms_line(terms, self.say, formula, self.unit(tidy(terms.formula))))
        ]
        filled = neutral(put_in(computation, self.shown, self.unit))
        if filled and filled in (self.shown(computation.value, self.unit(formula)), value):
            # The formula with its values is the value already.
            filled, result = "", result or value
        steps = [step for step in (filled, *self.cases(computation), result) if step and step != formula]
        working = tuple(f"{sign} {step}" for step in steps)
        if len(lines) == 1 and not lines[0].formula and lines[0].working:
            # The formula is one aggregate: its terms are the values put in.
            working, lines = lines[0].working, [evolve(lines[0], working=())] if lines[0].remark else []
        fields: dict[str, Any] = {"formula": formula, "working": working}
        return fields | {"children": tuple(lines)} if lines else fields

    def cases(self, computation: Computation) -> list[str]:
        """Return the cases that decided tables, each with its value."""
        found = ((tidy(text), self.shown(value)) for text, value in computation.readings)
        cases = ((*case.partition(": "), shown) for case, shown in found if _CASE.fullmatch(case))
        return [f"{self.say('row', row=f'{table}: {self.row(row)}')}: {shown}" for table, _, row, shown in cases]

    def condition(self, computation: Computation | None) -> dict[str, Any]:
        """Return the fields of a line that shows a condition with its values."""
        if computation is None:
            return {}
        gives = self.holds(computation.value is True) if computation.value is not None else None
        return self.work(computation, gives=gives)


def cited(citation: Citation | None) -> Citation | None:
    """Return a citation that is safe to print, None if it is empty."""
    if citation is None or not str(citation):
        return None
    return Citation(text=neutral(tidy(str(citation))), url=neutral(tidy(citation.url)))
