"""What a difference means for ratings: proved, shown with a subject, or possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

from attrs import field, frozen

from ..assessing import assess
from ..diagnostics import Report
from ..errors import FaultError, SubjectError
from ..exact import to_text
from ..model import Rulebook
from ..program import Program
from ..proving.goals import Arguments
from ..proving.prover import as_json
from ..proving.search import Search
from ..record import Assessment
from ..scalar import Decision
from .aiming import aimed
from .demanding import demanded
from .proof import fingerprint
from .standings import is_together

__all__ = ["Significance", "Subjects", "given_to", "shown_by", "signified", "standing"]

WITHOUT_DEFAULTS = 200
"""Subjects that are tried without what has a default as well."""


@frozen
class Significance:
    """What a difference means for ratings.

    Args:
        ratings: `wording` where nothing that can change a rating differs; `same` where every valid subject is rated
            alike; `differ` where one is not; `possible` where none was found.
        demands: why subjects of the old edition are none of the new one, a sentence each.
        witness: the inputs of a subject that is rated otherwise, as JSON, or empty.
        old, new: what it comes to by each edition.
        tried: subjects that were tried.
        setting: where others or quotas count for a rating: `alone` where each was rated by itself, before quotas, or
            `together` with a population; else empty.
    """

    ratings: str
    demands: tuple[str, ...] = ()
    witness: str = ""
    old: str = ""
    new: str = ""
    tried: int = 0
    setting: str = ""

    @property
    def kind(self) -> str:
        """`wording`, `same`, `scores` or `inputs`: the gravest."""
        if self.demands:
            return "inputs"
        return self.ratings if self.ratings in ("wording", "same") else "scores"

    @property
    def evidence(self) -> str:
        """`proved`, `shown` or `possible`, of what is said of ratings."""
        return {"differ": "shown", "possible": "possible"}.get(self.ratings, "proved")

    def __str__(self) -> str:
        asked = [f"inputs change: {'; '.join(self.demands)}"] if self.demands else []
        return "; ".join((*asked, self._rated))

    @property
    def _rated(self) -> str:
        match self.ratings:
            case "wording":
                return "wording only, proved: nothing that can change a rating differs"
            case "same":
                return "same scores, proved: whoever is valid is rated alike"
            case "differ":
                return f"scores change, {self.shown_with}: {self.old} → {self.new}"
            case _:
                return f"scores may change, possible, not shown: {self.looked_at}"

    @property
    def shown_with(self) -> str:
        """The witness, and how it was rated where that matters."""
        return f"shown with {self.witness}{self.how}"

    @property
    def looked_at(self) -> str:
        """What was tried where nothing was shown."""
        return (
            f"{self.tried:,} subjects are rated alike{self.how}" if self.tried else "it was not looked at by itself"
        )

    @property
    def how(self) -> str:
        """How subjects were rated, where that matters."""
        told = {"alone": ", each alone and before quotas", "together": ", rated together with the population"}
        return told.get(self.setting, "")


# -- one subject ----------------------------------------------------------------------------------


def given_to(rulebook: Rulebook, subject: Mapping[str, Any]) -> dict[str, Any]:
    """What a rulebook takes of a subject that has the inputs of two."""
    return {one.id: subject[one.id] for one in rulebook.inputs if one.id in subject}


def standing(program: Program, subject: Mapping[str, Any]) -> Assessment | Report:
    """What becomes of a subject by one edition, or why it can't be assessed."""
    try:
        return assess(program, given_to(program.rulebook, subject))
    except (SubjectError, FaultError) as refusal:
        return refusal.report


def _compared(found: Assessment | Report) -> object:
    """What must be equal in both editions."""
    if isinstance(found, Report):
        return "refused"
    return found.status, found.band, found.score, found.exact_score, found.outputs


def _words(found: Assessment | Report, other: Assessment | Report) -> str:
    """What a subject comes to, with the outputs that differ."""
    if isinstance(found, Report):
        return f"no answer ({', '.join(one.code for one in found)})"
    score = found.score if found.score is not None else found.exact_score
    parts = [] if score is None else [f"score {to_text(Fraction(score))}"]
    if not isinstance(other, Report) and found.score == other.score and found.exact_score != other.exact_score:
        parts += [] if found.exact_score is None else [f"before rounding {to_text(found.exact_score)}"]
    parts.append(f"band `{found.band}`" if found.band is not None else f"status `{found.status}`")
    others = {} if isinstance(other, Report) else other.outputs
    parts += [f"`{id_}` {_text(value)}" for id_, value in found.outputs.items() if others.get(id_) != value]
    return ", ".join(parts)


def _text(value: object) -> str:
    return to_text(value) if isinstance(value, Fraction) else str(value)


# -- many subjects --------------------------------------------------------------------------------


@frozen(slots=False, eq=False)
class Subjects:
    """Subjects on which two editions are tried, each with the inputs of both.

    Args:
        old, new: the editions.
    """

    old: Program
    new: Program
    _stands: dict[int, tuple[Program, dict[int, Assessment | Report]]] = field(factory=dict)
    _searches: dict[int, Search] = field(factory=dict)

    def search(self, program: Program) -> Search:
        """The subjects of one program; a search is the same every time, so it is made once."""
        if id(program) not in self._searches:
            self._searches[id(program)] = Search(program.plan, program.scalar)
            self._stands.setdefault(id(program), (program, {}))
        return self._searches[id(program)]

    def tried(self, program: Program) -> list[dict[str, Any]]:
        """Valid subjects of one program, as plain values."""
        answers = self.search(program).subjects()
        return [_named(program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]

    @cached_property
    def all(self) -> list[dict[str, Any]]:
        """Those of worked examples first, for somebody thought of them."""
        mine, theirs = self.tried(self.old), self.tried(self.new)
        found = [*_examples(self.old.rulebook), *_examples(self.new.rulebook)]
        found = [self.filled(one, self.old, theirs, index) for index, one in enumerate(found)]
        found += [self.filled(one, self.old, theirs, index) for index, one in enumerate(mine)]
        found += [self.filled(one, self.new, mine, index) for index, one in enumerate(theirs)]
        return [one | self.told for one in found + self._without_defaults(found)]

    @cached_property
    def told(self) -> dict[str, str]:
        """What a subject tells of the variant that rates it: others are no subjects of its rules."""
        rulebooks = (self.old.rulebook, self.new.rulebook)
        found = {(one.variant_by, one.version.variant) for one in rulebooks if one.variant_by and one.version.variant}
        return dict(found) if len(found) == 1 else {}

    def _without_defaults(self, subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Some of them with nothing given where a default stands in."""
        inputs = (*self.old.rulebook.inputs, *self.new.rulebook.inputs)
        usual = {one.id for one in inputs if one.default is not None}
        few = subjects[:: max(len(subjects) // WITHOUT_DEFAULTS, 1)] if usual else []
        return [{id_: value for id_, value in one.items() if id_ not in usual} for one in few]

    def filled(
        self, subject: Mapping[str, Any], of: Program, others: list[dict[str, Any]], index: int
    ) -> dict[str, Any]:
        """A subject of one edition with the inputs that only the other one has."""
        if not others:
            return dict(subject)
        declared = {one.id for one in of.rulebook.inputs}
        other = others[index % len(others)]
        return {**{id_: value for id_, value in other.items() if id_ not in declared}, **subject}

    def by(self, program: Program) -> Iterator[tuple[dict[str, Any], Assessment | Report]]:
        """Every subject with what becomes of it by a program; of each program it is worked out once."""
        _, known = self._stands.setdefault(id(program), (program, {}))
        for index, subject in enumerate(self.all):
            if index not in known:
                known[index] = standing(program, subject)
            yield subject, known[index]


def _named(program: Program, arguments: Arguments) -> dict[str, Any]:
    return {id_: value for id_, value in program.scalar.unpack(arguments).items() if value is not None}


def _examples(rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    by_name = {one.name: one for one in rulebook.examples}
    for example in rulebook.examples:
        given: dict[str, Any] = {}
        like: str | None = example.name
        while like is not None:
            given = {**by_name[like].given, **given}
            like = by_name[like].like
        yield {id_: value for id_, value in given.items() if value is not None}


# -- two editions ---------------------------------------------------------------------------------


def signified(old: Program, new: Program, subjects: Subjects) -> Significance:
    """What it means that there is one edition instead of the other.

    Args:
        old, new: two editions, or one and the same with a part of the other.
        subjects: on which they are tried.
    """
    asked = tuple(demanded(old.rulebook, new.rulebook))
    if old.rulebook.scoring_hash == new.rulebook.scoring_hash:
        return Significance("wording", asked)
    if fingerprint(old) == fingerprint(new):
        return Significance("same", asked)
    tried = 0
    for subject, before in chain(subjects.by(old), _aimed(old, new, subjects)):
        after = standing(new, subject)
        if _is_refusal(before) or _is_refusal(after):
            # What only one of them takes shows no other score; that it is refused is news where no input tells.
            if not asked and isinstance(after, Report) and not isinstance(before, Report):
                asked = (f"{as_json(given_to(new.rulebook, subject))} is refused now: {_why(after)}",)
            continue
        tried += 1
        if _compared(before) != _compared(after):
            return _shown(old, new, subject, subjects, asked, tried)
    return Significance("possible", asked, tried=tried, setting=_setting(old, new))


def _setting(old: Program, new: Program) -> str:
    """Whether it matters that subjects are tried one by one."""
    return "alone" if is_together(old) or is_together(new) else ""


def _why(refusal: Report) -> str:
    return "; ".join(one.message for one in refusal)


def _is_refusal(found: Assessment | Report) -> bool:
    """Whether a subject is not valid; a fault is an answer, if none that anybody wants."""
    return isinstance(found, Report) and any(one.span is None for one in found)


def _shown(
    old: Program, new: Program, subject: dict[str, Any], subjects: Subjects, asked: tuple[str, ...], tried: int
) -> Significance:
    return shown_by(old, new, _plainer(old, new, subject, subjects.all[0]), asked, tried)


def shown_by(
    old: Program, new: Program, subject: Mapping[str, Any], asked: tuple[str, ...] = (), tried: int = 0
) -> Significance:
    """What it means, shown by a subject that is rated otherwise by itself.

    Args:
        old, new: two editions.
        subject: its exact values, with the inputs of both.
        asked: what the new edition demands.
        tried: subjects that were tried.
    """
    before, after = standing(old, subject), standing(new, subject)
    assert _compared(before) != _compared(after), "whoever shows a difference is rated otherwise"
    declared = {one.id for one in (*old.rulebook.inputs, *new.rulebook.inputs)}
    witness = as_json({id_: value for id_, value in subject.items() if id_ in declared})
    words = _words(before, after), _words(after, before)
    return Significance("differ", asked, witness, *words, tried, _setting(old, new))


def _plainer(old: Program, new: Program, subject: dict[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The subject with as much as possible of the first one, so that what matters stands out."""
    for id_ in list(subject):
        if id_ not in plain or subject[id_] == plain[id_]:
            continue
        other = {**subject, id_: plain[id_]}
        before, after = standing(old, other), standing(new, other)
        if isinstance(before, Assessment) and isinstance(after, Assessment) and _compared(before) != _compared(after):
            subject = other
    return subject


def _aimed(old: Program, new: Program, subjects: Subjects) -> Iterator[tuple[dict[str, Any], Assessment | Report]]:
    """Subjects for whom just what differs comes out otherwise: there may be few, and chance seldom finds them."""

    def whole(arguments: Arguments) -> dict[str, Any]:
        return subjects.filled(_named(old, arguments), old, subjects.all, 0) | subjects.told

    def differs(arguments: Arguments) -> bool:
        subject = whole(arguments)
        before, after = standing(old, subject), standing(new, subject)
        return not _is_refusal(before) and not _is_refusal(after) and _compared(before) != _compared(after)

    for arguments in aimed(old, new, subjects.search(old), differs):
        subject = whole(arguments)
        yield subject, standing(old, subject)
