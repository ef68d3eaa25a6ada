"""One language's way of saying what a record holds, in the rulebook's own names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from attrs import evolve, frozen

from ..diagnostics.widths import neutral
from ..record import Computation, Entry, Legend, Value
from ..wording import Citation, Label, beside
from .lines import Line
from .numbers import exactly, in_formula, put_in, tidy
from .phrases import phrases

__all__ = ["Voice"]

_NOTHING = Entry()

# As `Rounding.describe` writes them.
_ROUNDINGS = (
    ("to_place", re.compile(r"to (?P<to>1) place, (?P<mode>[a-z_]+)")),
    ("to_places", re.compile(r"to (?P<to>-?[0-9]+) places, (?P<mode>[a-z_]+)")),
    ("to_multiples", re.compile(r"to multiples of (?P<to>[0-9./]+), (?P<mode>[a-z_]+)")),
)

# A longer text does not fit a column of amounts.
_LONGEST_AMOUNT = 24


@frozen
class Voice:
    """The language of an explanation and the words of its rulebook.

    Args:
        legend: the words of the rulebook.
        language: the tag asked for, or None for the first that each label has.
    """

    legend: Legend
    language: str | None = None

    def say(self, phrase: str, **parts: str) -> str:
        """A phrase with its gaps filled."""
        return phrases(self.language)[1][phrase].format(**parts)

    def word(self, family: str, word: str, **parts: str) -> str:
        """The phrase for a word of the record, or the word itself where there is no phrase for it.

        >>> Voice(Legend()).word("policy", "zero"), Voice(Legend()).word("why", "postponed")
        ('what is absent counts as 0', 'postponed')
        """
        phrase = f"{family}_{word}"
        if phrase in phrases(self.language)[1]:
            return self.say(phrase, **parts)
        return " ".join([neutral(tidy(word)), *parts.values()])

    def read(self, label: Label | None) -> str:
        """A label in the language, safe to print."""
        return "" if label is None else neutral(tidy(label.text(self.language)))

    def entry(self, kind: str, id_: str) -> Entry:
        """What the rulebook says about one of its parts."""
        return self.legend.entries.get(f"{kind}.{id_}", _NOTHING)

    def name(self, kind: str, id_: str) -> str:
        """Id and label in a sentence.

        >>> Voice(Legend()).name("bands", "good")
        '«good»'
        """
        label = beside(id_, self.read(self.entry(kind, id_).label))
        return f"«{id_} · {label}»" if label else f"«{neutral(id_)}»"

    def names(self, kind: str, ids: Iterable[str]) -> str:
        """Several ids and labels in a sentence."""
        named = [self.name(kind, id_) for id_ in ids]
        return f" {self.say('and')} ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)

    def rounding(self) -> str:
        """How the score is rounded, in words, or empty."""
        written = self.legend.rounding
        for phrase, pattern in _ROUNDINGS:
            if found := pattern.fullmatch(written):
                return self.say(phrase, to=found["to"], mode=found["mode"])
        return neutral(written)

    def line(self, kind: str, of: str, id_: str, **fields: Any) -> Line:
        """A line about a part of the rulebook, with its label, note and citation.

        Args:
            kind: of the line.
            of: where the legend has it (`criteria`, `let`, …).
            id_: of the part, as the legend has it.
            fields: further fields of the line, or others in place of these.
        """
        entry = self.entry(of, id_)
        note = self.read(entry.note)
        label = beside(id_, self.read(entry.label))
        line = Line(kind, neutral(id_), label, note=note, citation=cited(entry.source))
        return evolve(line, **fields)

    def value(self, value: Value, unit: str = "") -> str:
        """A value on its own."""
        match value:
            case None:
                return self.say("absent")
            case bool():
                return self.say("yes" if value else "no")
            case Fraction():
                return f"{exactly(value)} {neutral(tidy(unit))}".strip()
            case str():
                return neutral(tidy(value))
        return value.isoformat()

    def amount(self, value: Value, unit: str = "") -> str:
        """A value for a column of amounts, empty where it is too long for one."""
        text = self.value(value, unit)
        return text if isinstance(value, Fraction) or len(text) <= _LONGEST_AMOUNT else ""

    def holds(self, is_held: bool) -> str:
        return self.say("holds" if is_held else "fails")

    def work(self, computation: Computation | None, *, gives: str | None = None) -> dict[str, Any]:
        """Fields of a line that show a formula at work.

        Args:
            computation: the formula.
            gives: what it gave in words, empty where the line says so elsewhere, None for the value.
        """
        if computation is None:
            return {}
        formula = neutral(tidy(computation.formula))
        if not formula:
            return {}
        sign = "=" if isinstance(computation.value, Fraction) else "→"
        result = self.value(computation.value) if gives is None else gives
        steps = [step for step in (neutral(put_in(computation)), result) if step]
        if steps and steps[0] == in_formula(computation.value):
            steps = [result or self.value(computation.value)]
        if steps[-1:] == [formula]:
            steps = steps[:-1]
        return {"formula": formula, "working": tuple(f"{sign} {step}" for step in steps)}

    def condition(self, computation: Computation | None) -> dict[str, Any]:
        """Fields of a line that show a condition at work."""
        if computation is None:
            return {}
        gives = self.holds(computation.value is True) if computation.value is not None else None
        return self.work(computation, gives=gives)


def cited(citation: Citation | None) -> Citation | None:
    """A citation that is safe to print, None where it says nothing."""
    if citation is None or not str(citation):
        return None
    return Citation(text=neutral(tidy(str(citation))), url=neutral(tidy(citation.url)))
