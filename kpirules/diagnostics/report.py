"""Diagnostics as values: a code, a place, a message and help."""

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
from ..kernel.shown import Displayed, as_text
from .fixes import Fix
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
    """The severity of a diagnostic: an error stops compilation, a warning is a finding, a note is information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Diagnostic:
    """One finding about a rulebook, a subject or a case.

    Args:
        code: stable code, `KR` and three digits.
        severity: error, warning or note.
        message: the fact, without the remedy.
        span: its place, or None if there is no text (a value given by a program).
        path: its path in the document (`criteria.results.rate`) or the subject (`tasks[3].completed`).
        label: the text under the caret.
        help: what to write instead.
        notes: more facts.
        allowed: the reason in the rulebook's `allow`, or None.
        evidence: for a finding about subjects: `proved` for every subject, `shown` with one, or `possible`.
        witness: the inputs of a valid subject that shows it, as JSON, or empty.
        subject: the subject it is about, such as `members[An]`, or empty; its path begins with it, or its last note
            names it if there is a span.
        limits: the limits of the input that a subject's problem is about, or None.
        wording: the message for people who do not know the rulebook, or None.
        fix: an edit that resolves it, or None.
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
    fix: Fix | None = field(default=None, eq=False, repr=False)

    def with_fix(self, text: str, *, is_safe: bool, span: Span | None = None) -> Diagnostic:
        """Return the same diagnostic with an edit; without a place in a text, it has none.

        Args:
            text: the new text.
            is_safe: whether the edit can't change a rating.
            span: the text that is replaced; that of the diagnostic unless given.
        """
        place = span or self.span
        return self if place is None else evolve(self, fix=Fix(place, text, is_safe))

    def message_in(self, language: str | None = None) -> str:
        """Return the message for people who do not know the rulebook, with labels instead of ids, in their language.

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
        """Return the same diagnostic about one of several subjects.

        Args:
            subject: the subject, such as `members[An]`.

        >>> one = Diagnostic("KR602", Severity.ERROR, "`done` is not given", path="done").about("members[An]")
        >>> one.path, one.alone.path
        ('members[An].done', 'done')
        """
        if self.span is not None:
            return evolve(self, subject=subject, notes=(*self.notes, f"for {subject}"))
        return evolve(self, subject=subject, path=f"{subject}.{self.path}" if self.path else subject)

    @property
    def alone(self) -> Diagnostic:
        """The same diagnostic without the subject."""
        if not self.subject:
            return self
        if self.span is not None:
            return evolve(self, subject="", notes=self.notes[:-1])
        return evolve(self, subject="", path=self.path.removeprefix(self.subject).removeprefix("."))

    @property
    def is_finding(self) -> bool:
        """True for an error or warning that was not allowed."""
        return self.allowed is None and self.severity is not Severity.NOTE

    @property
    def is_error(self) -> bool:
        """True for an error that was not allowed."""
        return self.allowed is None and self.severity is Severity.ERROR

    def to_data(self) -> dict[str, Any]:
        """Return the diagnostic as a dict of strings, numbers and None, ready for JSON.

        Lines and columns count from 1 in code points; `end_column` is exclusive.
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
            **({} if self.fix is None else {"fix": self.fix.to_data()}),
        }


def document_order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    place = (span.source.name, span.start, span.end) if span else ("", 0, 0)
    return (*place, diagnostic.code, diagnostic.path)


@frozen
class Report(Displayed):
    """All diagnostics of one check, in document order."""

    diagnostics: tuple[Diagnostic, ...] = field(default=())

    def __repr__(self) -> str:
        active = [diagnostic for diagnostic in self if diagnostic.allowed is None]
        counts = [counted(sum(diagnostic.severity is kind for diagnostic in active), kind.value) for kind in Severity]
        allowed = f"{len(self) - len(active)} allowed" if len(active) < len(self) else ""
        parts = [*counts, allowed] if len(self) else ["empty"]
        return brief(self, *parts, next((diagnostic.code for diagnostic in (*active, *self)), ""))

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> Report:
        """Return a report in document order, without duplicates."""
        return cls(tuple(sorted(dict.fromkeys(diagnostics), key=document_order)))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Errors that were not allowed; `load` and `assess` raise if there are any."""
        return tuple(d for d in self.diagnostics if d.is_error)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Errors and warnings that were not allowed."""
        return tuple(d for d in self.diagnostics if d.is_finding)

    @property
    def allowed(self) -> tuple[Diagnostic, ...]:
        """Diagnostics that were allowed, each with its reason."""
        return tuple(d for d in self.diagnostics if d.allowed is not None)

    @property
    def is_clean(self) -> bool:
        """True if there are no findings."""
        return not self.findings

    def to_data(self) -> list[dict[str, Any]]:
        """Return every diagnostic as a dict, ready for JSON.

        >>> Report().to_data()
        []
        """
        return [diagnostic.to_data() for diagnostic in self]

    def __str__(self) -> str:
        return as_text(self).rstrip()

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __len__(self) -> int:
        return len(self.diagnostics)


MOST_REPORTED = 1_000
"""Maximum number of problems of subjects, after which checking stops."""


def cut_short(problems: list[Diagnostic], last: str) -> None:
    """Add a note that nothing was checked after `last`, if very many problems end a list early.

    Args:
        problems: at least `MOST_REPORTED`; a text shows as many, and the last of these gets the note.
        last: the last subject that was checked.
    """
    shown = problems[MOST_REPORTED - 1]
    note = f"there are too many problems: nothing after {last} was checked"
    problems[MOST_REPORTED - 1] = evolve(shown, notes=(note, *shown.notes))


MOST_LETTERS = 60
"""Letters of a word that are compared; a longer word is not a misspelt name."""

MOST_KNOWN = 1_000
"""Known words that are searched, to keep thousands of mistakes among thousands of names cheap."""

MOST_COMPARED = 100
"""Known words that are compared letter by letter."""

MOST_SUGGESTIONS = 100
"""Maximum number of mistakes that get a suggestion; nobody reads more."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the help for a misspelt word: the nearest known word, or `otherwise`.

    >>> did_you_mean("complted", ["assigned", "completed"])
    'did you mean `completed`?'
    """
    known = tuple(islice(known, MOST_KNOWN))
    if similar := same_letters(word, known):
        return f"did you mean `{similar}`? ({OTHER_FORM})"
    nearest_word = nearest(word, known)
    return f"did you mean `{nearest_word}`?" if nearest_word else otherwise


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to a misspelt one; empty if none is near enough.

    Words of three to five letters may differ in one letter, of six to eight in two, longer ones in three: a letter
    may be wrong, missing, extra, or swapped with the next. A word and its prefix are near.

    >>> nearest("titel", ["title", "note"]), nearest("absolute", ["abs", "ln"]), nearest("len", ["ln", "min"])
    ('title', 'abs', '')
    """
    word = word.lower()[:MOST_LETTERS]
    candidates = [
        candidate for candidate in islice(known, MOST_KNOWN) if _may_be_near(word, candidate.lower()[:MOST_LETTERS])
    ]
    if len(candidates) > MOST_COMPARED:
        candidates = [candidate for candidate in candidates if candidate[:2].lower() == word[:2]][:MOST_COMPARED]
    distances = {
        candidate: distance
        for candidate in candidates
        if (distance := _distance(word, candidate.lower()[:MOST_LETTERS])) is not None
    }
    least = min(distances.values(), default=0)
    # Of equally near words, the most similar one.
    nearby = [candidate for candidate, distance in distances.items() if distance == least]
    same = [(-SequenceMatcher(None, word, candidate.lower()).ratio(), candidate) for candidate in nearby]
    return min(same, default=(0.0, ""))[1]


def _may_be_near(word: str, known: str) -> bool:
    shorter, longer = sorted((word, known), key=len)
    is_beginning = len(shorter) >= 3 and longer.startswith(shorter)
    return is_beginning or (len(longer) - len(shorter) <= 3 and (word[:1] == known[:1] or word[-1:] == known[-1:]))


def _distance(word: str, known: str) -> int | None:
    """Return the number of wrong letters, None if the words are too different."""
    shorter, longer = sorted((word, known), key=len)
    length = len(shorter)
    most = 0 if length < 3 else 1 if length < 6 else 2 if length < 9 else 3
    found = _edit_distance(word, known)
    is_swapped = sorted(word) == sorted(known)
    if found <= most and ((found == 1 and length > 3) or is_swapped or word[:1] == known[:1]):
        return found
    return MOST_LETTERS if length >= 3 and longer.startswith(shorter) else None


def _edit_distance(word: str, known: str) -> int:
    """Return the number of letters that are wrong, missing, extra, or swapped with the next."""
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


OTHER_FORM = "the letters are the same in another Unicode form (NFC, NFD)"
"""The note about texts that look alike but differ in their characters."""


def same_letters(word: str, known: Iterable[str]) -> str:
    """Return the known word with the same letters in another Unicode form; empty if there is none.

    >>> same_letters("To" + chr(0x302) + chr(0x301) + "t", ["Tốt"])
    'Tốt'
    """
    if word.isascii():
        return ""
    letters = normalize("NFC", word)
    return next(
        (candidate for candidate in known if candidate != word and normalize("NFC", candidate) == letters), ""
    )


_WITH_COMMA = re.compile(r"[+-]?[0-9]{1,18},[0-9]{1,18}")
"""A number with a decimal comma."""


def with_point(text: str) -> str:
    """Return the help for a number with a decimal comma; empty for anything else.

    >>> with_point("0,5"), with_point("0.5")
    ('write `0.5`, with a point', '')
    """
    number = text.strip()
    return f"write `{number.replace(',', '.')}`, with a point" if _WITH_COMMA.fullmatch(number) else ""


MOST_LISTED, LONGEST_LISTED = 50, 100
"""Maximum number of words in a sentence, and of characters in each."""


def listed(words: Iterable[object], last: str = "or") -> str:
    """Return words in a sentence, only the first ones if there are very many.

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
