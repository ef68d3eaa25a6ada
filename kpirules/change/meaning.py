"""What a difference means for subjects: whose ratings differ, who is accepted, which invariants hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from ..analysis.proving.choosing import choosing, in_both, narrowed
from ..analysis.proving.goals import Arguments
from ..analysis.proving.prover import as_json
from ..analysis.proving.search import Search
from ..analysis.proving.solving import Forms, solver_for
from ..engines.scalar import Decision
from ..errors import KpirulesError
from ..kernel.budget import spend
from ..kernel.exact import to_text
from ..kernel.widths import told_apart
from ..language.model import ChoiceDomain, DateDomain, Domain, ListDomain, NumberDomain, Rulebook
from ..rating.assessing.values import take
from ..rating.program import Program
from .aiming import aimed, solved
from .demanding import allowances, demands, is_sure
from .proof import Prints, prints
from .sides import Side, Standing, has_choice_of, is_refused
from .standings import is_together
from .verdicts import VERDICTS, gravest_first

if TYPE_CHECKING:
    from ..analysis.proving.solving.solver import Solver

__all__ = [
    "UNKNOWN",
    "Refused",
    "Significance",
    "Subjects",
    "compared",
    "reasons_of",
    "signified",
    "told_words",
    "valid_subjects",
]

WITHOUT_DEFAULTS = 200
"""Subjects that are also rated without the inputs that have defaults."""

LEAST_SUBJECTS = 150
"""Minimum number of subjects, if domains allow it: a search may find the same ones again and again."""

GOLDEN = 2654435769
"""2**32 divided by the golden ratio: its multiples are spread evenly."""

OUTSIDE = 20
"""Subjects that are also rated outside the period of the other edition: the first ones vary enough."""

MOST_PROMISES = 100
"""Subjects whose invariants are compared: each needs the reference engine."""


@frozen
class Refused:
    """A subject that one edition accepts and the other refuses.

    Args:
        witness: its values, as JSON.
        why: the reasons of the edition that refuses it.
    """

    witness: str
    why: str


@frozen
class Significance:
    """What a difference means for subjects.

    Args:
        ratings: `wording` if only words differ; `same` if every subject that both editions accept has the same
            rating; `differ` if one has not; `possible` if none was found.
        accepted: `same` if both accept the same subjects; `differ` if only one edition accepts some subject;
            `possible` if none was found.
        promised: `same` if the invariants are the same; `differ` if one was added or removed, or holds in one edition
            only; `possible` if no such subject was found.
        demands: requirements of the new edition only, one sentence each.
        allows: requirements of the old edition only, one sentence each.
        promises: invariants that differ, one sentence each.
        refused: a subject that only the old edition accepts, or None.
        admitted: a subject that only the new edition accepts, or None.
        witness: the inputs of a subject whose rating differs, as JSON, or empty.
        old, new: its rating by each edition.
        tried: the number of subjects that were rated.
        setting: if other subjects or quotas affect ratings: `alone` if each was rated alone, before quotas, or
            `together` with a population; else empty.
    """

    ratings: str
    accepted: str = "same"
    promised: str = "same"
    demands: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    refused: Refused | None = None
    admitted: Refused | None = None
    witness: str = ""
    old: str = ""
    new: str = ""
    tried: int = 0
    setting: str = ""

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts, gravest first."""
        states = {"ratings": self.ratings, "accepted": self.accepted, "promised": self.promised}
        names = {"differ": "{}", "possible": "{}_possible"}
        found = {names[state].format(name) for name, state in states.items() if state in names}
        found |= {self.ratings} & {"same", "wording"}
        return gravest_first(found)

    @property
    def kind(self) -> str:
        """The gravest verdict."""
        return self.verdicts[0]

    @property
    def is_quiet(self) -> bool:
        """Whether it is proved that no subject is affected, and that the invariants are the same."""
        return self.verdicts[0] in ("same", "wording")

    @property
    def evidence(self) -> str:
        """The evidence for the verdict on ratings: `proved`, `shown` or `possible`."""
        return {"differ": "shown", "possible": "possible"}.get(self.ratings, "proved")

    def __str__(self) -> str:
        told = [(VERDICTS[name].short, self._detail(name)) for name in self.verdicts]
        return "; ".join(": ".join(filter(None, parts)) for parts in told)

    def _detail(self, verdict: str) -> str:
        match verdict:
            case "ratings":
                return f"{' → '.join(told_apart(self.old, self.new))}, {self.shown_with}"
            case "ratings_possible":
                return self.looked_at
            case "accepted" | "accepted_possible":
                return "; ".join(self.reasons)
            case "promised" | "promised_possible":
                return "; ".join(self.promises)
            case _:
                return ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the editions accept different subjects, one sentence each; the last ones show a subject."""
        shown = []
        if self.refused is not None:
            why = "" if self.demands else f": {self.refused.why}"
            shown.append(f"{self.refused.witness} is now refused{why}")
        if self.admitted is not None:
            why = "" if self.demands or self.allows else f": {self.admitted.why}"
            shown.append(f"{self.admitted.witness} is now accepted, and was refused{why}")
        return (*self.demands, *self.allows, *shown)

    @property
    def shown_with(self) -> str:
        """The witness, and how it was rated if that matters."""
        return f"shown with {self.witness}{self.how}"

    @property
    def looked_at(self) -> str:
        """The number of subjects that were rated without finding a difference."""
        return f"{self.tried:,} subjects have the same ratings{self.how}" if self.tried else NONE_TRIED

    @property
    def how(self) -> str:
        """How subjects were rated, if that matters."""
        told = {"alone": ", each alone and before quotas", "together": ", rated together with the population"}
        return told.get(self.setting, "")


NONE_TRIED = "no subject could be rated alone"

UNKNOWN = Significance("possible", "possible", "possible")
"""The significance of a difference that can't be applied alone."""


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


# -- many subjects --------------------------------------------------------------------------------


@frozen(slots=False, eq=False)
class Subjects:
    """Subjects that both editions rate, each with the inputs of both.

    Args:
        old, new: the sides of a comparison.
        asked: what is given of subjects that are tried first.
        does_prove: whether z3 is asked for subjects that a search does not find.
    """

    old: Side
    new: Side
    asked: Sequence[Mapping[str, Any]] = ()
    does_prove: bool = False
    _stands: dict[int, tuple[Side, dict[int, Standing]]] = field(factory=dict)
    _searches: dict[int, Search] = field(factory=dict)
    _prints: dict[int, tuple[Side, Prints]] = field(factory=dict)

    def prints(self, side: Side) -> Prints:
        """Return the fingerprints of a side's rules, from a cache."""
        key = id(side.program)
        if key not in self._prints:
            self._prints[key] = side, prints(side.program)
        return self._prints[key][1]

    def search(self, side: Side) -> Search:
        """Return the search over a side, from a cache."""
        key = id(side.program)
        if key not in self._searches:
            plan = narrowed(side.program.plan, self._meant | (side.own or {}))
            self._searches[key] = Search(plan, side.program.scalar)
            self._stands.setdefault(key, (side, {}))
        return self._searches[key]

    def solver(self, side: Side) -> Solver | None:
        """What asks z3 about the subjects of one side, where that is wanted."""
        if not self.does_prove:
            return None
        return solver_for(Forms(self.search(side).plan), side.program.scalar)

    def tried(self, side: Side) -> list[dict[str, Any]]:
        """Return valid subjects of one side, as plain values."""
        if side.own is None:
            return []
        answers = self.search(side).subjects()
        return [_named(side.program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]

    @cached_property
    def own(self) -> list[dict[str, Any]]:
        """Subjects of either side without duplicates, with the inputs of both; examples come first."""
        mine, theirs = self.tried(self.old), self.tried(self.new)
        first = [*self.asked, *_examples(self.old.program.rulebook)]
        found = [
            *(self.filled(_typed(one, self.old), self.old, theirs, 0) for one in first),
            *(self.filled(_typed(one, self.new), self.new, mine, 0) for one in _examples(self.new.program.rulebook)),
            *(self.filled(one, self.old, theirs, index) for index, one in enumerate(mine)),
            *(self.filled(one, self.new, mine, index) for index, one in enumerate(theirs)),
        ]
        everything = found + self._without_defaults(found)
        spend("rating", sum(map(len, everything)))
        own = _each_once(everything)
        return _each_once([*own, *self._spread(own)]) if own else []

    def _spread(self, subjects: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield more subjects, if there are few, with numbers and days spread over their domains."""
        domains = {
            input_.id: input_.domain for side in (self.new, self.old) for input_ in side.program.rulebook.inputs
        }
        for number in range(max(LEAST_SUBJECTS - len(subjects), 0)):
            base = subjects[number % len(subjects)]
            yield {
                id_: _spread_out(value, domains[id_], number * step) if id_ in domains else value
                for step, (id_, value) in zip(count(GOLDEN, 2), base.items(), strict=False)
            }

    @cached_property
    def all(self) -> list[dict[str, Any]]:
        """The same subjects, adjusted to belong to both sides; empty if none can."""
        return [] if self.both is None else [self.moved(subject) for subject in self.own]

    @cached_property
    def both(self) -> dict[str, Domain] | None:
        """The choosing inputs of both sides, with the values of their common subjects; None without any."""
        if self.old.own is None or self.new.own is None:
            return None
        found = in_both(self.old.own, self.new.own)
        return None if found is None else self._meant | found

    @cached_property
    def _meant(self) -> dict[str, Domain]:
        """The same for rules that were already chosen, as far as both apply to the same subjects."""
        mine, theirs = self.old.meant, self.new.meant
        alike = [in_both({name: mine[name]}, {name: theirs[name]}) for name in mine if name in theirs]
        return {name: domain for domains in alike if domains is not None for name, domain in domains.items()}

    def outside(self, side: Side, other_side: Side) -> list[dict[str, Any]]:
        """Return subjects on the day before and the day after the other side's period.

        The input for the day may have no ends, so that the search does not try these days.
        """
        day = side.whole.edition_by
        if not day or side.days == other_side.days:
            return []
        first, end = other_side.days.from_, other_side.days.until
        days = [first - timedelta(1)] if first is not None and first > date.min else []
        days += [] if end is None else [end]
        return [{**subject, day: when} for when in days for subject in self.own[:OUTSIDE]]

    def moved(self, subject: Mapping[str, Any]) -> dict[str, Any]:
        """Return a subject with its choosing inputs set for the rules of both sides."""
        found = dict(subject)
        for name, domain in (self.both or {}).items():
            if name in found:
                found[name] = _nearest(found[name], domain)
        return found

    def _without_defaults(self, subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return some of the subjects without their inputs that have defaults."""
        inputs = [*self.old.program.rulebook.inputs, *self.new.program.rulebook.inputs]
        usual = {input_.id for input_ in inputs if input_.default is not None}
        fields: dict[str, set[str]] = {}
        for input_ in inputs:
            if isinstance(input_.domain, ListDomain):
                own = {part.id for part in input_.domain.fields if part.default is not None}
                fields[input_.id] = fields.get(input_.id, set()) | own
        few = subjects[:: max(len(subjects) // WITHOUT_DEFAULTS, 1)] if usual or any(fields.values()) else []
        return [
            {id_: _bare(value, fields.get(id_, set())) for id_, value in subject.items() if id_ not in usual}
            for subject in few
        ]

    def filled(
        self, subject: Mapping[str, Any], of: Side, others: list[dict[str, Any]], index: int
    ) -> dict[str, Any]:
        """Return a subject of one side with the other side's own inputs added."""
        if not others:
            return dict(subject)
        other = others[index % len(others)]
        return {**{id_: value for id_, value in other.items() if id_ not in of.inputs}, **subject}

    def by(self, side: Side) -> Iterator[tuple[dict[str, Any], Standing]]:
        """Yield every common subject with its result under a side's rules, from a cache."""
        _, known = self._stands.setdefault(id(side.program), (side, {}))
        for index, subject in enumerate(self.all):
            if index not in known:
                known[index] = side.standing(subject)
            yield subject, known[index]


def _each_once(subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({repr(sorted(subject.items())): subject for subject in subjects}.values())


def _spread_out(value: Any, domain: Domain, number: int) -> Any:
    """Return a different number or day of a domain for each number; any other value unchanged."""
    match domain:
        case NumberDomain(grid=grid) if isinstance(value, Fraction):
            return (grid.low + _part_of(number, grid.high - grid.low + 1)) * grid.unit
        case DateDomain(minimum=first, maximum=last) if first is not None and last is not None:
            return first + timedelta(_part_of(number, (last - first).days + 1))
        case _:
            return value


def _part_of(number: int, many: int) -> int:
    """Return a whole number below `many`; consecutive numbers are spread evenly."""
    return (number % 2**32) * many >> 32


def valid_subjects(program: Program) -> list[dict[str, Any]]:
    """Return valid subjects of one variant and edition, as plain values.

    Args:
        program: the rules.
    """
    rules = program.rulebook
    own = choosing(rules, variant_by=rules.variant_by, edition_by=rules.edition_by)
    if own is None:
        return []
    answers = Search(narrowed(program.plan, own), program.scalar).subjects()
    return [_named(program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]


def _named(program: Program, arguments: Arguments) -> dict[str, Any]:
    return {id_: value for id_, value in program.scalar.unpack(arguments).items() if value is not None}


def _examples(rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    by_name = {example.name: example for example in rulebook.examples}
    for example in rulebook.examples:
        given: dict[str, Any] = {}
        like: str | None = example.name
        while like is not None:
            given = {**by_name[like].given, **given}
            like = by_name[like].like
        yield {id_: value for id_, value in given.items() if value is not None}


def _typed(given: Mapping[str, Any], side: Side) -> dict[str, Any]:
    """What is given, with values such as days as rules take them; what is not valid stays as it is."""
    values = take(side.program.rulebook.inputs, side.given(given), is_whole=False).given
    return {**given, **{id_: value for id_, value in values.items() if value is not None}}


def _bare(value: Any, usual: Set[str]) -> Any:
    """Return the records of a list without fields that have a default; any other value unchanged."""
    if not usual or not isinstance(value, list | tuple):
        return value
    return [{id_: part for id_, part in record.items() if id_ not in usual} for record in value]


def _nearest(value: Any, domain: Domain) -> Any:
    match domain:
        case ChoiceDomain(options=options):
            return value if value in options else options[0]
        case DateDomain(minimum=first, maximum=last):
            if first is not None and value < first:
                return first
            return last if last is not None and value > last else value
        case _:
            return value


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
            return subjects.moved(subjects.filled(_named(old.program, arguments), old, others, 0))

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
            told.append(shown or f"`{id_}` has another condition")
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
