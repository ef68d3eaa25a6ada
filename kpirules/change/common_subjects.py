"""The subjects that both editions rate, found for a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import Any

from attrs import field, frozen

from ..analysis.proving.choosing import choosing, in_both, narrowed
from ..analysis.proving.examples import given_in_examples, hashable
from ..analysis.proving.goals import Arguments
from ..analysis.proving.search import Search
from ..analysis.proving.subjects import are_valid
from ..engines.scalar import Decision
from ..kernel.budget import spend
from ..language.model import ChoiceDomain, DateDomain, Domain, ListDomain, NumberDomain
from ..rating.assessing.values import take
from ..rating.program import Program
from .known import NOTHING_KNOWN, Given, KnownSubjects, near
from .proof import Prints, prints
from .sides import Side, Standing

__all__ = ["Subjects", "as_given", "valid_subjects"]

WITHOUT_DEFAULTS = 200
"""Subjects that are also rated without the inputs that have defaults."""

LEAST_SUBJECTS = 150
"""Minimum number of subjects, if domains allow it: a search may find the same ones again and again."""

NEAREST = 3
"""Written subjects whose values a subject takes over, to be plainer."""

COMPLETIONS = 3
"""Subjects that give a written one the inputs that it lacks: one has the least values, one the greatest."""

FEW_BASES, MOST_BASES = 2, 12
"""Subjects in which single numbers are exchanged: with none written down, and the most."""

GOLDEN = 2654435769
"""2**32 divided by the golden ratio: its multiples are spread evenly."""

OUTSIDE = 20
"""Subjects that are also rated outside the period of the other edition: the first ones vary enough."""


@frozen(slots=False, eq=False)
class Subjects:
    """Subjects that both editions rate, each with the inputs of both.

    Args:
        old, new: the sides of a comparison.
        known: the subjects that are tried first.
        does_prove: whether z3 is asked if all subjects that are tried have the same rating.
    """

    old: Side
    new: Side
    known: KnownSubjects = NOTHING_KNOWN
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
            admitted = (side.program.scalar.admit(side.given(_typed(given, side))) for given in self.written)
            found = [hashable(arguments) for arguments, _ in filter(None, admitted)]
            first = [arguments for arguments in found if are_valid(plan, arguments)]
            self._searches[key] = Search(plan, side.program.scalar, first)
            self._stands.setdefault(key, (side, {}))
        return self._searches[key]

    def tried(self, side: Side) -> list[dict[str, Any]]:
        """Return valid subjects of one side, as plain values."""
        if side.own is None:
            return []
        answers = self.search(side).subjects()
        return [as_given(side.program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]

    @cached_property
    def own(self) -> list[dict[str, Any]]:
        """The subjects of either side without duplicates, with the inputs of both; written ones come first."""
        old_subjects, new_subjects = self.tried(self.old), self.tried(self.new)
        found = [
            *self.written_alone,
            *(self.filled(_typed(given, self.old), self.old, new_subjects, 0) for given in self.written),
            *(self.filled(_typed(given, self.new), self.new, old_subjects, 0) for given in self.written),
            *self._completed(new_subjects),
            *(self.filled(subject, self.old, new_subjects, index) for index, subject in enumerate(old_subjects)),
            *(self.filled(subject, self.new, old_subjects, index) for index, subject in enumerate(new_subjects)),
        ]
        everything = found + self._without_defaults(found)
        spend("rating", sum(map(len, everything)))
        own = _each_once(everything)
        return _each_once([*own, *self._spread(own)]) if own else []

    def _completed(self, others: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield written subjects with the inputs that they lack, such as those of another variant."""
        for given in self.written_alone:
            for other in others[:COMPLETIONS]:
                yield {**other, **given}

    @cached_property
    def written(self) -> list[Given]:
        """The subjects that people wrote down: the known ones, then the examples of both editions."""
        rulebooks = [side.program.rulebook for side in (self.old, self.new)]
        return [*self.known.subjects, *(given for one in rulebooks for given in given_in_examples(one))]

    @cached_property
    def written_alone(self) -> list[dict[str, Any]]:
        """The written subjects as they are; most need no other inputs, so that no search is needed for them."""
        return _each_once([_typed(_typed(given, self.old), self.new) for given in self.written])

    @cached_property
    def written_of_both(self) -> list[dict[str, Any]]:
        """The same subjects, adjusted to belong to both sides; empty if none can."""
        return [] if self.both is None else [self.moved(subject) for subject in self.written_alone]

    def plain(self, subject: Given) -> list[dict[str, Any]]:
        """Return the written subjects that share most values with a subject; without any, the first one tried."""
        others = self.written_of_both or self.all[:1]
        return sorted(others, key=lambda other: -sum(other.get(id_) == value for id_, value in subject.items()))[
            :NEAREST
        ]

    @property
    def cohorts(self) -> list[dict[str, dict[str, Any]]]:
        """The known cohorts."""
        return [
            {name: _typed(_typed(given, self.old), self.new) for name, given in members.items()}
            for members in self.known.cohorts
        ]

    def near(self, side: Side, numbers: Sequence[Fraction]) -> Iterator[dict[str, Any]]:
        """Yield written subjects, or else the first others, with one of their numbers replaced.

        Args:
            side: declares the inputs.
            numbers: the numbers to put in.
        """
        bases = self.all[: min(max(len(self.written), FEW_BASES), MOST_BASES)]
        known = set(map(_key, self.all))
        yield from (one for one in near(side.program.rulebook, bases, numbers) if _key(one) not in known)

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
        """The subjects of either side, adjusted to belong to both; empty if none can."""
        return [] if self.both is None else [self.moved(subject) for subject in self.own]

    @cached_property
    def both(self) -> dict[str, Domain] | None:
        """The choosing inputs of both sides, with the values of common subjects; None if there are none."""
        if self.old.own is None or self.new.own is None:
            return None
        found = in_both(self.old.own, self.new.own)
        return None if found is None else self._meant | found

    @cached_property
    def _meant(self) -> dict[str, Domain]:
        """The choosing inputs of rules that were already chosen, with their values for common subjects."""
        old_domains, new_domains = self.old.meant, self.new.meant
        shared_domains = [
            in_both({name: old_domains[name]}, {name: new_domains[name]})
            for name in old_domains
            if name in new_domains
        ]
        return {name: domain for domains in shared_domains if domains is not None for name, domain in domains.items()}

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
        with_default = {input_.id for input_ in inputs if input_.default is not None}
        fields: dict[str, set[str]] = {}
        for input_ in inputs:
            if isinstance(input_.domain, ListDomain):
                with_default_fields = {part.id for part in input_.domain.fields if part.default is not None}
                fields[input_.id] = fields.get(input_.id, set()) | with_default_fields
        sample = (
            subjects[:: max(len(subjects) // WITHOUT_DEFAULTS, 1)] if with_default or any(fields.values()) else []
        )
        return [
            {id_: _bare(value, fields.get(id_, set())) for id_, value in subject.items() if id_ not in with_default}
            for subject in sample
        ]

    def filled(
        self, subject: Mapping[str, Any], side: Side, others: list[dict[str, Any]], index: int
    ) -> dict[str, Any]:
        """Return a subject of one side with the other side's own inputs added."""
        if not others:
            return dict(subject)
        other = others[index % len(others)]
        return {**{id_: value for id_, value in other.items() if id_ not in side.inputs}, **subject}

    def results_by(self, side: Side) -> Iterator[tuple[dict[str, Any], Standing]]:
        """Yield every common subject with its result under a side's rules, from a cache."""
        _, known = self._stands.setdefault(id(side.program), (side, {}))
        for index, subject in enumerate(self._all_lazily()):
            if index not in known:
                known[index] = side.standing(subject)
            yield subject, known[index]

    def _all_lazily(self) -> Iterator[dict[str, Any]]:
        """Yield all subjects, the written ones first; a search starts only when these are used up."""
        yield from self.written_of_both
        yield from self.all[len(self.written_of_both) :]


def _each_once(subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({_key(subject): subject for subject in subjects}.values())


def _key(subject: Mapping[str, Any]) -> str:
    return repr(sorted(subject.items()))


def _spread_out(value: Any, domain: Domain, number: int) -> Any:
    """Return a different number or day of a domain for each number; any other value unchanged."""
    match domain:
        case NumberDomain(grid=grid) if isinstance(value, Fraction):
            return (grid.low + _part_of(number, grid.high - grid.low + 1)) * grid.unit
        case DateDomain(minimum=first, maximum=last) if first is not None and last is not None:
            return first + timedelta(_part_of(number, (last - first).days + 1))
        case _:
            return value


def _part_of(number: int, count: int) -> int:
    """Return a whole number below `many`; consecutive numbers are spread evenly."""
    return (number % 2**32) * count >> 32


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
    return [as_given(program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]


def as_given(program: Program, arguments: Arguments) -> dict[str, Any]:
    """Return the arguments of an engine as a subject, without absent inputs.

    Args:
        program: the rules.
        arguments: the values of the inputs as the engine takes them.
    """
    return {id_: value for id_, value in program.scalar.unpack(arguments).items() if value is not None}


def _typed(given: Mapping[str, Any], side: Side) -> dict[str, Any]:
    """Return the given values as the types of their inputs, such as days; invalid ones unchanged."""
    values = take(side.program.rulebook.inputs, side.given(given), is_whole=False).given
    return {**given, **{id_: value for id_, value in values.items() if value is not None}}


def _bare(value: Any, with_default: Set[str]) -> Any:
    """Return the records of a list without fields that have a default; any other value unchanged."""
    if not with_default or not isinstance(value, list | tuple):
        return value
    return [{id_: part for id_, part in record.items() if id_ not in with_default} for record in value]


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
