"""What a difference means for subjects: whose ratings differ, who is accepted, which invariants hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import Any

from attrs import define

from ..analysis.proving.goals import Arguments
from ..analysis.proving.prover import as_json
from ..errors import KpirulesError
from ..kernel.exact import to_text
from .aiming import aimed, solved
from .common_subjects import Subjects, as_given
from .demanding import allowances, demands, is_sure
from .sides import Side, Standing, has_choice_of, is_refused
from .significance import Refused, Significance
from .standings import is_together

__all__ = ["compared", "reasons_of", "signified", "told_words"]

MOST_PROMISES = 100
"""Subjects whose invariants are compared: each needs the reference engine."""


# -- one subject ----------------------------------------------------------------------------------


def compared(found: Standing) -> object:
    """Return the values that must be equal in both editions.

    Args:
        found: the result of an edition that accepts the subject.
    """
    if isinstance(found, KpirulesError):
        return "fault"
    return found.status, found.band, found.score, found.exact_score, found.outputs


def _promised(found: Standing) -> dict[str, bool]:
    """Return which invariants hold for a subject."""
    return (
        {} if isinstance(found, KpirulesError) else {invariant.id: invariant.held for invariant in found.invariants}
    )


def told_words(found: Standing, other: Standing) -> str:
    """Return the rating of a subject in words, with the outputs that differ.

    Args:
        found: the result of one edition.
        other: the result of the other edition.
    """
    if isinstance(found, KpirulesError):
        return f"no answer ({', '.join(diagnostic.code for diagnostic in found.report)})"
    score = found.score if found.score is not None else found.exact_score
    parts = [] if score is None else [f"score {to_text(Fraction(score))}"]
    if not isinstance(other, KpirulesError) and found.score == other.score and found.exact_score != other.exact_score:
        parts += [] if found.exact_score is None else [f"before rounding {to_text(found.exact_score)}"]
    parts.append(f"band `{found.band}`" if found.band is not None else f"status `{found.status}`")
    others = {} if isinstance(other, KpirulesError) else other.outputs
    parts += [f"`{id_}` {_text(value)}" for id_, value in found.outputs.items() if others.get(id_) != value]
    return ", ".join(parts)


def _text(value: object) -> str:
    return to_text(value) if isinstance(value, Fraction) else str(value)


def reasons_of(standing: Standing) -> str:
    """Return why a subject is refused, in words.

    Args:
        standing: the refusal.
    """
    return (
        "; ".join(diagnostic.message for diagnostic in standing.report) if isinstance(standing, KpirulesError) else ""
    )


# -- two editions ---------------------------------------------------------------------------------


def signified(old: Side, new: Side, subjects: Subjects) -> Significance:
    """Return what it means to replace one edition by the other.

    Args:
        old, new: two sides; the new one may be the old one with some parts replaced.
        subjects: the subjects that are rated.
    """
    return _Meaning(old, new, subjects).found()


@define(eq=False)
class _Meaning:
    """Compares two sides.

    Args:
        old, new: the sides.
        subjects: the subjects that are rated.
    """

    old: Side
    new: Side
    subjects: Subjects

    def found(self) -> Significance:
        was, now = self.subjects.prints(self.old), self.subjects.prints(self.new)
        is_chosen_alike = self.old.choice == self.new.choice
        accepts_alike = was.accepted == now.accepted and is_chosen_alike
        promises_alike = was.promised == now.promised
        rulebooks = self.old.program.rulebook, self.new.program.rulebook
        is_same = rulebooks[0].scoring_hash == rulebooks[1].scoring_hash and has_choice_of(*rulebooks)
        if is_same and accepts_alike and promises_alike:
            return Significance("wording")
        parts: dict[str, Any] = {"ratings": "same"} if was.ratings == now.ratings else self._of_ratings()
        if not accepts_alike:
            parts |= self._of_acceptance()
        if not promises_alike:
            parts |= self._of_promises(was.promised, now.promised)
        return Significance(**parts)

    # -- ratings ------------------------------------------------------------------------------------

    def _of_ratings(self) -> dict[str, Any]:
        tried = 0
        for subject, before in chain(self.subjects.by(self.old), self._aimed()):
            after = self.new.standing(subject)
            if is_refused(before) or is_refused(after):
                continue
            tried += 1
            if compared(before) != compared(after) and self._is_seen(subject):
                return self._shown(self._plainer(subject)) | {"tried": tried}
        return {"ratings": "possible", "tried": tried, "setting": _setting(self.old, self.new)}

    def _is_seen(self, subject: Mapping[str, Any]) -> bool:
        """Whether the whole rulebooks rate a subject by the rules of both sides, and differently."""
        mine, theirs = self.old.given(subject), self.new.given(subject)
        if not (self.old.rates(mine) and self.new.rates(theirs)):
            return False
        before, after = self.old.taken(mine), self.new.taken(theirs)
        return not (is_refused(before) or is_refused(after)) and compared(before) != compared(after)

    def _shown(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """Return the evidence of a subject that both rulebooks rate differently."""
        before, after = (side.taken(side.given(subject)) for side in (self.old, self.new))
        words = told_words(before, after), told_words(after, before)
        found = {"ratings": "differ", "witness": self._json(subject), "setting": _setting(self.old, self.new)}
        return found | {"old": words[0], "new": words[1]}

    def _plainer(self, subject: dict[str, Any]) -> dict[str, Any]:
        """Return the subject with as many inputs as possible equal to the first one, to isolate what matters."""
        plain = self.subjects.all[0] if self.subjects.all else {}
        waiting = [[id_ for id_ in subject if id_ in plain and subject[id_] != plain[id_]]]
        while waiting:
            ids = waiting.pop()
            other = {**subject, **{id_: plain[id_] for id_ in ids}}
            if self._differs(other):
                subject = other
            elif len(ids) > 1:
                # Few inputs matter, so the others are replaced many at a time.
                middle = len(ids) // 2
                waiting += [ids[middle:], ids[:middle]]
        return subject

    def _differs(self, subject: Mapping[str, Any]) -> bool:
        """Whether both sides rate a subject differently, and so do the whole rulebooks."""
        before, after = self.old.standing(subject), self.new.standing(subject)
        if isinstance(before, KpirulesError) or isinstance(after, KpirulesError):
            return False
        return compared(before) != compared(after) and self._is_seen(subject)

    def _aimed(self) -> Iterator[tuple[dict[str, Any], Standing]]:
        """Yield subjects near the differences: there may be few, and random search seldom finds them."""
        old, new, subjects = self.old, self.new, self.subjects
        if subjects.both is None:
            return
        others = subjects.tried(subjects.new)

        def whole(arguments: Arguments) -> dict[str, Any]:
            return subjects.moved(subjects.filled(as_given(old.program, arguments), old, others, 0))

        def differs(arguments: Arguments) -> bool:
            subject = whole(arguments)
            before, after = old.standing(subject), new.standing(subject)
            return not is_refused(before) and not is_refused(after) and compared(before) != compared(after)

        solver = subjects.solver(old)
        asked = () if solver is None else solved(old.program, new.program, solver, differs)
        for arguments in chain(aimed(old.program, new.program, subjects.search(old), differs), asked):
            subject = whole(arguments)
            yield subject, old.standing(subject)

    # -- who is accepted ----------------------------------------------------------------------------

    def _of_acceptance(self) -> dict[str, Any]:
        old, new = self.old, self.new
        asked, allowed = demands(old, new), allowances(old, new)
        refused, admitted = self._refused_by(old, new), self._refused_by(new, old)
        is_shown = refused is not None or admitted is not None or is_sure(old, new)
        return {
            "accepted": "differ" if is_shown else "possible",
            "demands": asked,
            "allows": allowed,
            "refused": refused,
            "admitted": admitted,
        }

    def _refused_by(self, side: Side, other_side: Side) -> Refused | None:
        """Return a subject of one side that the other rulebook refuses."""
        for subject in (*self.subjects.own, *self.subjects.outside(side, other_side)):
            given = side.given(subject)
            if is_refused(side.standing(given)):
                continue
            refusal = other_side.taken(given)
            if is_refused(refusal) and side.rates(given) and not is_refused(side.taken(given)):
                return Refused(as_json(given), reasons_of(refusal))
        return None

    # -- invariants ---------------------------------------------------------------------------------

    def _of_promises(self, was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, Any]:
        told = [f"`{id_}` is a new invariant" for id_ in now if id_ not in was]
        told += [f"`{id_}` is no longer an invariant" for id_ in was if id_ not in now]
        is_shown = bool(told)
        changed = [id_ for id_ in now if id_ in was and was[id_] != now[id_]]
        for id_ in changed:
            shown = self._promised_otherwise(id_)
            told.append(shown or f"`{id_}` says something else")
            is_shown |= bool(shown)
        return {"promised": "differ" if is_shown else "possible", "promises": tuple(told)}

    def _promised_otherwise(self, id_: str) -> str:
        """Return a subject for which an invariant holds in one edition only, in words; empty if none was found."""
        for subject in self.subjects.all[:MOST_PROMISES]:
            before, after = self.old.standing(subject), self.new.standing(subject)
            held = [_promised(standing).get(id_) for standing in (before, after)]
            if None in held or held[0] == held[1]:
                continue
            mine, theirs = self.old.given(subject), self.new.given(subject)
            if self.old.rates(mine) and self.new.rates(theirs):
                words = "holds now, and did not" if held[1] else "does not hold now, and did"
                return f"`{id_}` {words}: {self._json(subject)}"
        return ""

    def _json(self, subject: Mapping[str, Any]) -> str:
        return as_json(_declared(self.old, self.new, subject))


def _declared(old: Side, new: Side, subject: Mapping[str, Any]) -> dict[str, Any]:
    return {id_: value for id_, value in subject.items() if id_ in old.inputs or id_ in new.inputs}


def _setting(old: Side, new: Side) -> str:
    return "alone" if is_together(old.program) or is_together(new.program) else ""
