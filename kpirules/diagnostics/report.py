"""A complaint is a value: a code, a place, what is the matter and the way out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from enum import Enum
from itertools import islice
from typing import Any
from unicodedata import normalize

from attrs import evolve, field, frozen

from ..kernel.brief import brief, counted
from ..kernel.markup import bundle
from ..kernel.shown import as_html, as_markdown, as_text
from .limits import Limits
from .phrases import Phrase, phrases
from .spans import Span

__all__ = [
    "Diagnostic",
    "Report",
    "Severity",
    "did_you_mean",
    "listed",
    "nearest",
    "same_letters",
    "with_point",
]


class Severity(Enum):
    """How much a diagnostic weighs: an error stops compilation, a warning is a finding, a note is told."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Diagnostic:
    """One finding about a rulebook, a subject or a case.

    Args:
        code: stable code, `KR` and three digits.
        severity: error, warning or note.
        message: states the fact, without the remedy.
        span: where, or None where there is no text (a value given by a program).
        path: the way through the document (`criteria.results.rate`) or the subject (`tasks[3].completed`).
        label: what stands under the caret.
        help: the way out.
        notes: further facts.
        allowed: the reason given in the rulebook's `allow`, or None.
        evidence: of what a check says can happen: `proved` for every subject, `shown` with one, or `possible`.
        witness: the inputs of a valid subject with which it happens, as JSON, or empty.
        subject: the one of several subjects that it is about, such as `members[An]`, or empty; its path begins with
            it, or its last note names it where there is a span.
        limits: what the input allows that a problem of a subject is about, or None.
        wording: the message for people who do not know the rulebook, or None.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    path: str = ""
    label: str = ""
    help: str = ""
    notes: tuple[str, ...] = ()
    allowed: str | None = None
    evidence: str = ""
    witness: str = ""
    subject: str = ""
    limits: Limits | None = None
    wording: Phrase | None = None

    def message_in(self, language: str | None = None) -> str:
        """The message for people who do not know the rulebook: by labels instead of ids, in their language.

        Args:
            language: tag such as `vi`; English where there are no phrases in it. Problems of a subject
                (KR60x to KR64x) have such a message; any other diagnostic gives `message`.

        >>> from kpirules import SubjectError, assess, load
        >>> done = {"type": "integer", "min": 0, "label": {"en": "Visits done", "vi": "Số lượt"}}
        >>> try:
        ...     assess(load({"kpirules": 1, "inputs": {"done": done}, "outputs": {"n": "done"}}), {"done": -1})
        ... except SubjectError as refused:
        ...     (problem,) = refused.report
        >>> problem.message
        '`done` is -1, below 0'
        >>> problem.message_in("vi"), problem.path, problem.limits.to_data()["min"]
        ('Số lượt là -1, nhỏ hơn 0', 'done', '0')
        """
        if self.wording is not None:
            return self.wording.text(language)
        # A message without gaps is in the table by its code.
        return phrases(language)[1].get(f"problem_{self.code}", self.message)

    def __repr__(self) -> str:
        place = self.path if self.span is None else f"{self.span.source.name}:{self.span.line}"
        return brief(self, self.code, self.severity.value, place, self.message)

    def about(self, subject: str) -> Diagnostic:
        """The same about one of several subjects.

        Args:
            subject: which one, such as `members[An]`.

        >>> one = Diagnostic("KR602", Severity.ERROR, "`done` is not given", path="done").about("members[An]")
        >>> one.path, one.alone.path
        ('members[An].done', 'done')
        """
        if self.span is not None:
            return evolve(self, subject=subject, notes=(*self.notes, f"for {subject}"))
        return evolve(self, subject=subject, path=f"{subject}.{self.path}" if self.path else subject)

    @property
    def alone(self) -> Diagnostic:
        """The same without the subject, for whoever tells that otherwise."""
        if not self.subject:
            return self
        if self.span is not None:
            return evolve(self, subject="", notes=self.notes[:-1])
        return evolve(self, subject="", path=self.path.removeprefix(self.subject).removeprefix("."))

    @property
    def is_finding(self) -> bool:
        """True where somebody should act, for an error or warning that was not allowed."""
        return self.allowed is None and self.severity is not Severity.NOTE

    @property
    def is_error(self) -> bool:
        """True for an error that was not allowed."""
        return self.allowed is None and self.severity is Severity.ERROR

    def to_data(self) -> dict[str, Any]:
        """What it says in a dict of strings, numbers and None, ready for JSON.

        Lines and columns count from 1 in code points; `end_column` is the one after.
        """
        span = self.span
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "file": span.source.name if span else None,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "end_line": span.end_line if span else None,
            "end_column": span.end_column if span else None,
            "path": self.path,
            "help": self.help,
            "label": self.label,
            "notes": list(self.notes),
            "allowed": self.allowed,
            "evidence": self.evidence,
            "witness": self.witness or None,
            **({} if self.limits is None else {"limits": self.limits.to_data()}),
        }


def document_order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    place = (span.source.name, span.start, span.end) if span else ("", 0, 0)
    return (*place, diagnostic.code, diagnostic.path)


@frozen
class Report:
    """All that was found in one go, in document order."""

    diagnostics: tuple[Diagnostic, ...] = field(default=())

    def __repr__(self) -> str:
        told = [one for one in self if one.allowed is None]
        counts = [counted(sum(one.severity is kind for one in told), kind.value) for kind in Severity]
        allowed = f"{len(self) - len(told)} allowed" if len(told) < len(self) else ""
        parts = [*counts, allowed] if len(self) else ["empty"]
        return brief(self, *parts, next((one.code for one in (*told, *self)), ""))

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> Report:
        """A report in document order, each diagnostic once."""
        return cls(tuple(sorted(dict.fromkeys(diagnostics), key=document_order)))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Errors that were not allowed; `load` and `assess` raise where there is one."""
        return tuple(d for d in self.diagnostics if d.is_error)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Errors and warnings that were not allowed."""
        return tuple(d for d in self.diagnostics if d.is_finding)

    @property
    def allowed(self) -> tuple[Diagnostic, ...]:
        """Those accepted on purpose, each with its reason."""
        return tuple(d for d in self.diagnostics if d.allowed is not None)

    @property
    def is_clean(self) -> bool:
        """True where nobody has to act."""
        return not self.findings

    def to_data(self) -> list[dict[str, Any]]:
        """Every diagnostic as a dict, ready for JSON.

        >>> Report().to_data()
        []
        """
        return [diagnostic.to_data() for diagnostic in self]

    def __str__(self) -> str:
        return as_text(self).rstrip()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the forms among which a notebook chooses."""
        return bundle(str(self), as_markdown(self), as_html(self))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __len__(self) -> int:
        return len(self.diagnostics)


MOST_REPORTED = 1_000
"""Problems of subjects after which no further one is looked at."""


def cut_short(problems: list[Diagnostic], last: str) -> None:
    """Say, where very many problems end a list before its end, that nothing was looked at after `last`.

    Args:
        problems: at least `MOST_REPORTED`; a text shows as many, and the last of these says it.
        last: the subject that was looked at last.
    """
    shown = problems[MOST_REPORTED - 1]
    note = f"there are too many problems: nothing after {last} was looked at"
    problems[MOST_REPORTED - 1] = evolve(shown, notes=(note, *shown.notes))


MOST_LETTERS = 60
"""Letters of a word that are compared: a longer one is no misspelt name."""

MOST_KNOWN = 1_000
"""Known words that are looked through: thousands of mistakes among thousands of names stay cheap."""

MOST_COMPARED = 100
"""Known words that are compared letter by letter."""

MOST_SUGGESTIONS = 100
"""Mistakes up to which each gets a suggestion where there may be very many: nobody reads as many."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The help line for a misspelt word: the nearest known one, or `otherwise`.

    >>> did_you_mean("complted", ["assigned", "completed"])
    'did you mean `completed`?'
    """
    known = tuple(islice(known, MOST_KNOWN))
    if same := same_letters(word, known):
        return f"did you mean `{same}`? ({OTHER_FORM})"
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else otherwise


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one most likely is; empty where none is near enough.

    A word of three to five letters may have one wrong, of six to eight two, a longer one three: a letter that is
    another, missing, too many, or two that changed places. Words of which one begins with the whole other are near.

    >>> nearest("titel", ["title", "note"]), nearest("absolute", ["abs", "ln"]), nearest("len", ["ln", "min"])
    ('title', 'abs', '')
    """
    word = word.lower()[:MOST_LETTERS]
    alike = [one for one in islice(known, MOST_KNOWN) if _may_be_near(word, one.lower()[:MOST_LETTERS])]
    if len(alike) > MOST_COMPARED:
        alike = [one for one in alike if one[:2].lower() == word[:2]][:MOST_COMPARED]
    apart = {one: found for one in alike if (found := _apart(word, one.lower()[:MOST_LETTERS])) is not None}
    least = min(apart.values(), default=0)
    # Of those with as many wrong letters, the one that has most letters in common.
    nearby = [one for one, found in apart.items() if found == least]
    same = [(-SequenceMatcher(None, word, one.lower()).ratio(), one) for one in nearby]
    return min(same, default=(0.0, ""))[1]


def _may_be_near(word: str, known: str) -> bool:
    shorter, longer = sorted((word, known), key=len)
    is_beginning = len(shorter) >= 3 and longer.startswith(shorter)
    return is_beginning or (len(longer) - len(shorter) <= 3 and (word[:1] == known[:1] or word[-1:] == known[-1:]))


def _apart(word: str, known: str) -> int | None:
    """How many letters are wrong, None where it is another word."""
    shorter, longer = sorted((word, known), key=len)
    length = len(shorter)
    most = 0 if length < 3 else 1 if length < 6 else 2 if length < 9 else 3
    found = _wrong_letters(word, known)
    is_swapped = sorted(word) == sorted(known)
    if found <= most and ((found == 1 and length > 3) or is_swapped or word[:1] == known[:1]):
        return found
    return MOST_LETTERS if length >= 3 and longer.startswith(shorter) else None


def _wrong_letters(word: str, known: str) -> int:
    """How many letters are other, missing, too many, or have changed places with the next."""
    before: list[int] = []
    above = list(range(len(known) + 1))
    for row, letter in enumerate(word, 1):
        line = [row]
        for column, other in enumerate(known, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == known[column - 2] and word[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]


OTHER_FORM = "the letters are the same, written in another way (NFC, NFD)"
"""What is said of texts that look alike and are not: they are compared by their characters."""


def same_letters(word: str, known: Iterable[str]) -> str:
    """The known word that has the letters of another, written in another way; empty where there is none.

    >>> same_letters("To" + chr(0x302) + chr(0x301) + "t", ["Tốt"])
    'Tốt'
    """
    if word.isascii():
        return ""
    letters = normalize("NFC", word)
    return next((one for one in known if one != word and normalize("NFC", one) == letters), "")


_WITH_COMMA = re.compile(r"[+-]?[0-9]{1,18},[0-9]{1,18}")
"""A number as many languages write it."""


def with_point(text: str) -> str:
    """The way out for a number with a decimal comma; empty for anything else.

    >>> with_point("0,5"), with_point("0.5")
    ('write `0.5`, with a point', '')
    """
    number = text.strip()
    return f"write `{number.replace(',', '.')}`, with a point" if _WITH_COMMA.fullmatch(number) else ""


MOST_LISTED, LONGEST_LISTED = 50, 100
"""Words of a sentence, and characters of each: a list of thousands would be told with thousands of mistakes."""


def listed(words: Iterable[object], last: str = "or") -> str:
    """Words in a sentence, the first ones where there are very many.

    >>> listed(["a", "b", "c"])
    '`a`, `b` or `c`'
    """
    every = list(words)
    quoted = [f"`{word}`" for word in map(_cut, map(str, every[:MOST_LISTED]))]
    if len(every) > MOST_LISTED:
        quoted = [", ".join(quoted), f"{len(every) - MOST_LISTED:,} more"]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST_LISTED else f"{word[: LONGEST_LISTED - 1]}…"
