"""The meaning of a difference for subjects: changed ratings, accepted subjects, and invariants."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import Any, TypeVar

from attrs import define

from ..analysis.proving.goals import Arguments
from ..analysis.proving.prover import as_json
from ..errors import KpirulesError
from ..kernel.budget import current
from ..kernel.exact import to_text
from .aiming import aimed
from .altered import numbers_apart
from .cohorts import rated_differently
from .common_subjects import Subjects, as_given
from .demanding import allowances, demands, is_sure
from .promises import declared_only, invariant_in_words
from .sides import Side, Standing, has_choice_of, is_refused
from .significance import Refused, Significance
from .standings import is_together

__all__ = ["compared", "rating_in_words", "reasons_of", "signified"]

SHARE = 3
"""A verdict may spend one part in so many of the budget left on rating, so that a large rulebook has them all."""


# -- one subject ----------------------------------------------------------------------------------


def compared(standing: Standing) -> object:
    """Return the values that must be equal in both editions.

    Args:
        standing: the result of an edition that accepts the subject.
    """
    if isinstance(standing, KpirulesError):
        return "fault"
    return standing.status, standing.band, standing.score, standing.exact_score, standing.outputs


def rating_in_words(standing: Standing, other: Standing) -> str:
    """Return the rating of a subject in words, with the outputs that differ.

    Args:
        standing: the result of one edition.
        other: the result of the other edition.
    """
    if isinstance(standing, KpirulesError):
        return f"no answer ({', '.join(diagnostic.code for diagnostic in standing.report)})"
    score = standing.score if standing.score is not None else standing.exact_score
    parts = [] if score is None else [f"score {to_text(Fraction(score))}"]
    if (
        not isinstance(other, KpirulesError)
        and standing.score == other.score
        and standing.exact_score != other.exact_score
    ):
        parts += [] if standing.exact_score is None else [f"before rounding {to_text(standing.exact_score)}"]
    parts.append(f"band `{standing.band}`" if standing.band is not None else f"status `{standing.status}`")
    others = {} if isinstance(other, KpirulesError) else other.outputs
    parts += [f"`{id_}` {_text(value)}" for id_, value in standing.outputs.items() if others.get(id_) != value]
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
    """Return the significance of replacing one edition by the other.

    Args:
        old, new: two sides; the new one may be the old one with some parts replaced.
        subjects: the subjects that are rated.
    """
    return _SignificanceFinder(old, new, subjects).found()


@define(eq=False)
class _SignificanceFinder:
    """Computes the significance of the differences between two sides.

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
        parts: dict[str, Any] = {"ratings": "same"} if was.ratings == now.ratings else self._rating_verdict()
        if not accepts_alike:
            parts |= self._acceptance_verdict()
        if not promises_alike:
            parts |= self._invariant_verdict(was.promised, now.promised)
        return Significance(**parts)

    # -- ratings ------------------------------------------------------------------------------------

    def _rating_verdict(self) -> dict[str, Any]:
        tried = 0
        for subject, before in _affordable(chain(self.subjects.results_by(self.old), self._near(), self._aimed())):
            after = self.new.standing(subject)
            if is_refused(before) or is_refused(after):
                continue
            tried += 1
            if compared(before) != compared(after) and self._is_seen(subject):
                return self._shown(self._plainer(subject)) | {"tried": tried}
        return (
            self._proved()
            or self._together()
            or {"ratings": "possible", "tried": tried, "setting": _setting(self.old, self.new)}
        )

    def _proved(self) -> dict[str, Any]:
        """Return what z3 finds, if it is asked: a subject, or that all ratings are the same; empty if neither.

        With quotas it finds no subject, since a cohort has many.
        """
        if not self.subjects.does_prove:
            return {}
        from .asked import are_alike_before_quotas, ask_both

        old, new = self.old.program, self.new.program
        if is_together(old) or is_together(new):
            was, now = self.subjects.prints(self.old), self.subjects.prints(self.new)
            is_open = old.is_compared or new.is_compared or was.quotas != now.quotas
            return {} if is_open or not are_alike_before_quotas(old, new) else {"ratings": "same"}
        found = ask_both(
            old,
            new,
            lambda both: both.rated_differently(),
            lambda given: self._differs(self.subjects.moved(given)),
        )
        if found.shown is not None:
            return self._shown(self._plainer(self.subjects.moved(found.shown)))
        return {"ratings": "same"} if found.status == "impossible" else {}

    def _together(self) -> dict[str, Any]:
        """Return the evidence of a cohort that both rulebooks rate differently; empty if none was found."""
        found = rated_differently(self.old, self.new, self.subjects)
        if found is None:
            return {}
        evidence = {"ratings": "differ", "witness": self._json(found.members[found.name]), "setting": "together"}
        members = ", ".join(f"{json.dumps(name)}: {self._json(given)}" for name, given in found.members.items())
        evidence |= {"member": found.name, "cohort": f"{{{members}}}"}
        words = rating_in_words(found.old, found.new), rating_in_words(found.new, found.old)
        return evidence | {"old": words[0], "new": words[1]}

    def _is_seen(self, subject: Mapping[str, Any]) -> bool:
        """Return whether the whole rulebooks rate a subject by the rules of both sides, and differently."""
        old_given, new_given = self.old.given(subject), self.new.given(subject)
        if not (self.old.rates(old_given) and self.new.rates(new_given)):
            return False
        before, after = self.old.taken(old_given), self.new.taken(new_given)
        return not (is_refused(before) or is_refused(after)) and compared(before) != compared(after)

    def _shown(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """Return the evidence of a subject that both rulebooks rate differently."""
        before, after = (side.taken(side.given(subject)) for side in (self.old, self.new))
        words = rating_in_words(before, after), rating_in_words(after, before)
        found = {"ratings": "differ", "witness": self._json(subject), "setting": _setting(self.old, self.new)}
        return found | {"old": words[0], "new": words[1]}

    def _plainer(self, subject: dict[str, Any]) -> dict[str, Any]:
        """Return the subject with as many inputs as possible taken from a few written ones, the nearest first."""
        plain: set[str] = set()
        for other in self.subjects.plain(subject):
            subject = self._like(subject, {id_: value for id_, value in other.items() if id_ not in plain})
            plain |= {id_ for id_, value in other.items() if subject.get(id_) == value}
        return subject

    def _like(self, subject: dict[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
        """Return the subject with as many inputs as possible taken from another one."""
        pending = [[id_ for id_ in subject if id_ in plain and subject[id_] != plain[id_]]]
        while pending:
            ids = pending.pop()
            other = {**subject, **{id_: plain[id_] for id_ in ids}}
            if self._differs(other):
                subject = other
            elif len(ids) > 1:
                # Few inputs matter, so the others are replaced many at a time.
                middle = len(ids) // 2
                pending += [ids[middle:], ids[:middle]]
        return subject

    def _differs(self, subject: Mapping[str, Any]) -> bool:
        """Return whether both sides rate a subject differently, and so do the whole rulebooks."""
        before, after = self.old.standing(subject), self.new.standing(subject)
        if isinstance(before, KpirulesError) or isinstance(after, KpirulesError):
            return False
        return compared(before) != compared(after) and self._is_seen(subject)

    def _near(self) -> Iterator[tuple[dict[str, Any], Standing]]:
        """Yield written subjects with one of their numbers replaced by a number from the rules that differ."""
        old, new = self.old.program, self.new.program
        numbers = numbers_apart(old.plan, new.plan, old.rulebook, new.rulebook)
        for subject in self.subjects.near(self.new, numbers):
            yield subject, self.old.standing(subject)

    def _aimed(self) -> Iterator[tuple[dict[str, Any], Standing]]:
        """Yield subjects at the differences, which random search seldom finds."""
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

        for arguments in aimed(old.program, new.program, subjects.search(old), differs):
            subject = whole(arguments)
            yield subject, old.standing(subject)

    # -- who is accepted ----------------------------------------------------------------------------

    def _acceptance_verdict(self) -> dict[str, Any]:
        old, new = self.old, self.new
        demanded, allowed = demands(old, new), allowances(old, new)
        refused, admitted = self._refused_by(old, new), self._refused_by(new, old)
        is_shown = refused is not None or admitted is not None or is_sure(old, new)
        return {
            "accepted": "differ" if is_shown else "possible",
            "demands": demanded,
            "allows": allowed,
            "refused": refused,
            "admitted": admitted,
        }

    def _refused_by(self, side: Side, other_side: Side) -> Refused | None:
        """Return a subject of one side that the other rulebook refuses."""
        for subject in _affordable((*self.subjects.own, *self.subjects.outside(side, other_side))):
            given = side.given(subject)
            if is_refused(side.standing(given)):
                continue
            refusal = other_side.taken(given)
            if is_refused(refusal) and side.rates(given) and not is_refused(side.taken(given)):
                return Refused(as_json(given), reasons_of(refusal))
        return None

    # -- invariants ---------------------------------------------------------------------------------

    def _invariant_verdict(self, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Any]:
        sentences = [f"`{id_}` is a new invariant" for id_ in new if id_ not in old]
        sentences += [f"`{id_}` is no longer an invariant" for id_ in old if id_ not in new]
        is_shown = bool(sentences)
        changed = [id_ for id_ in new if id_ in old and old[id_] != new[id_]]
        for id_ in changed:
            shown = invariant_in_words(id_, self.old, self.new, self.subjects)
            sentences.append(shown or f"`{id_}` says something else")
            is_shown |= bool(shown)
        return {"promised": "differ" if is_shown else "possible", "promises": tuple(sentences)}

    def _json(self, subject: Mapping[str, Any]) -> str:
        return as_json(declared_only(self.old, self.new, subject))


Asked = TypeVar("Asked")


def _affordable(subjects: Iterable[Asked]) -> Iterator[Asked]:
    """Yield subjects until their rating has taken its share of the budget."""
    budget = current()
    least_left = 0 if budget is None else budget.left - budget.left // SHARE
    for subject in subjects:
        if budget is not None and budget.left < least_left:
            return
        yield subject


def _setting(old: Side, new: Side) -> str:
    return "alone" if is_together(old.program) or is_together(new.program) else ""
