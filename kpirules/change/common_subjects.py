"""The subjects that both editions rate, found for a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ..analysis.proving.choosing import choosing, in_both, narrowed
from ..analysis.proving.goals import Arguments
from ..analysis.proving.search import Search
from ..analysis.proving.solving import Forms, solver_for
from ..engines.scalar import Decision
from ..kernel.budget import spend
from ..language.model import ChoiceDomain, DateDomain, Domain, ListDomain, NumberDomain, Rulebook
from ..rating.assessing.values import take
from ..rating.program import Program
from .proof import Prints, prints
from .sides import Side, Standing

if TYPE_CHECKING:
    from ..analysis.proving.solving.solver import Solver

__all__ = ["Subjects", "as_given", "valid_subjects"]

WITHOUT_DEFAULTS = 200
"""Subjects that are also rated without the inputs that have defaults."""

LEAST_SUBJECTS = 150
"""Minimum number of subjects, if domains allow it: a search may find the same ones again and again."""

GOLDEN = 2654435769
"""2**32 divided by the golden ratio: its multiples are spread evenly."""

OUTSIDE = 20
"""Subjects that are also rated outside the period of the other edition: the first ones vary enough."""


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
        """Return the solver that asks z3 about the subjects of one side, if proofs are requested."""
        if not self.does_prove:
            return None
        return solver_for(Forms(self.search(side).plan), side.program.scalar)

    def tried(self, side: Side) -> list[dict[str, Any]]:
        """Return valid subjects of one side, as plain values."""
        if side.own is None:
            return []
        answers = self.search(side).subjects()
        return [as_given(side.program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]

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
    return [as_given(program, arguments) for arguments, answer in answers if isinstance(answer, Decision)]


def as_given(program: Program, arguments: Arguments) -> dict[str, Any]:
    """Return the arguments of an engine as a subject, without absent inputs.

    Args:
        program: the rules.
        arguments: the values of the inputs as the engine takes them.
    """
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
    """Return the given values as rules read them, such as days; invalid ones stay as they are."""
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
