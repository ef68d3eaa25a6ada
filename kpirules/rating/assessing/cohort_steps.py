"""The steps of a cohort's assessment by one program, as each engine does them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from attrs import define, evolve

from ...engines.scalar import Decision, Mark, Pair, comparison, flat
from ...kernel.certain import certain
from ...kernel.mappings import FrozenMap
from ...language.expressions.tree import OfCohort
from ...plan.steps import CohortValue
from ...record import Assessment, Comparison
from ..program import Program
from .agreement import stop_for_disagreement
from .by_reference import begun_by_reference, by_reference, initial_knowledge, rated_by_reference
from .deferred import Deferred
from .values import Values, take

__all__ = ["ENGINES", "StartedMember", "assess_compared"]

ABSENT: Pair = (None, 1)

HELD: Pair = (1, 1)
"""The value of a member that is only counted."""

Compares = TypeVar("Compares")
"""The values that an engine compares for a member."""


@define
class StartedMember(Generic[Compares]):
    """A valid member that is not exempt.

    Args:
        name: the member's name.
        known: its values, as the engine takes them.
        assumed: its inputs that took their default, as the engine marks them.
        compares: its values for the cohort.
        cohort: the cohort functions' values for it.
    """

    name: str
    known: Any
    assumed: Any
    compares: Compares
    cohort: Any = None


# -- by the reference engine ----------------------------------------------------------------------


class ByReference:
    """The steps of a cohort's assessment by the reference engine."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.early = [function for function in program.compared if not function.is_rated]
        self.late = [function for function in program.compared if function.is_rated]
        self.ids = () if program.rulebook.cohort is None else program.rulebook.cohort.within

    @property
    def compares_ratings(self) -> bool:
        return bool(self.late)

    def begin(self, name: str, subject: object) -> StartedMember[dict[OfCohort, Any]] | Assessment:
        values = take(self.program.rulebook.inputs, subject)
        record, compares = begun_by_reference(self.program, values)
        return StartedMember(name, values, values.assumed, compares) if record is None else record

    def within(self, member: StartedMember[Any]) -> tuple[Any, ...]:
        return tuple(member.known.given[id_] for id_ in self.ids)

    def taken(self, compares: dict[OfCohort, Any], other: ByReference, places: list[int | None]) -> list[Any]:
        """Return the values of a member that other rules rated, in the order of this program's cohort functions."""
        values = list(compares.values())
        return [True if place is None else values[place] for place in places]

    def compare(self, cohort: list[StartedMember[Any]], foreign: list[list[Any]]) -> None:
        nodes = [function.node for function in self.early]
        all_compared = [
            *(member.compares for member in cohort),
            *(dict(zip(nodes, values, strict=True)) for values in foreign),
        ]
        results = self.program.reference.cohort_values(all_compared)
        counts = _counts([list(compares.values()) for compares in all_compared])
        for member, result in zip(cohort, results, strict=False):
            member.cohort = {node: (result[node], counts[node_index]) for node_index, node in enumerate(nodes)}

    def rate(self, member: StartedMember[Any]) -> bool:
        found = rated_by_reference(self.program, member.known, _values(member.cohort))
        if found is not None:
            member.compares = found
        return found is not None

    def compare_ratings(
        self, cohort: list[StartedMember[Any]], rated: list[StartedMember[Any]], foreign: list[list[Any]]
    ) -> None:
        nodes = [function.node for function in self.late]
        all_compared = [
            *(member.compares for member in rated),
            *(dict(zip(nodes, values, strict=True)) for values in foreign),
        ]
        results = self.program.reference.cohort_values(all_compared)
        counts = _counts([list(compares.values()) for compares in all_compared]) or [0] * len(nodes)
        for member in cohort:
            member.cohort |= {node: (None, counts[index]) for index, node in enumerate(nodes)}
        for member, result in zip(rated, results, strict=False):
            member.cohort |= {node: (result[node], counts[index]) for index, node in enumerate(nodes)}

    def assess(self, member: StartedMember[Any]) -> Assessment:
        knowledge = initial_knowledge(self.program, member.known, _values(member.cohort))
        record = by_reference(self.program, member.known, knowledge)
        found = tuple(Comparison(function.text, *member.cohort[function.node]) for function in self.program.compared)
        return evolve(record, compared=found)


def _values(cohort: Mapping[OfCohort, tuple[Fraction | None, int]]) -> dict[OfCohort, Fraction | None]:
    return {node: value for node, (value, _) in cohort.items()}


def _counts(members: list[list[Any]]) -> list[int]:
    """Return the number of members with a value, by cohort function."""
    return [sum(value is not None for value in column) for column in zip(*members, strict=True)]


# -- by the scalar engine -------------------------------------------------------------------------


class ByScalar:
    """Assesses a cohort by the scalar engine, which computes each value of the cohort once for all members."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.scalar = program.scalar
        self.comparing, self.rating = self.scalar.comparing, self.scalar.rating
        cohort = program.plan.cohort
        self.early = [function for function in cohort if not function.is_rated]
        self.late = [function for function in cohort if function.is_rated]
        self.are_rated = [function.is_rated for function in cohort]
        ids = () if program.rulebook.cohort is None else program.rulebook.cohort.within
        places = {variable.id: index for index, variable in enumerate(program.plan.inputs)}
        self.places = [places[id_] for id_ in ids]

    @property
    def compares_ratings(self) -> bool:
        return self.rating is not None

    def begin(self, name: str, subject: object) -> StartedMember[tuple[Pair, ...]] | Assessment:
        admitted = self.scalar.admit(subject)
        assumed: list[Mark] | FrozenMap[str, Any]
        if admitted is not None:
            arguments, assumed = admitted
        else:
            values = take(self.program.rulebook.inputs, subject)
            if values.problems or values.missing:
                # An exemption may hold all the same, or they are reported.
                return by_reference(self.program, values)
            arguments, assumed = self.scalar.pack(values.given), FrozenMap(values.assumed)
        decision = self.comparing.decide(arguments)
        if isinstance(decision, Decision) and not decision.is_early:
            return StartedMember(name, arguments, assumed, self.comparing_of(decision, is_rated=False))
        member: StartedMember[tuple[Pair, ...]] = StartedMember(name, arguments, assumed, ())
        if isinstance(decision, Decision):
            arguments = (*arguments, *flat([ABSENT] * len(self.are_rated)))
            ended = certain(self.scalar.decide(arguments), Decision, "an exemption holds whatever others do")
            return Assessment.deferred(Deferred(self.program, arguments, ended, assumed))
        values = self.values(member)
        record, _ = begun_by_reference(self.program, values)
        if record is None:
            stop_for_disagreement("whether there is a decision")
        return record

    def comparing_of(self, decision: Decision, *, is_rated: bool) -> tuple[Pair, ...]:
        return self.scalar.compared(decision, is_rated=is_rated)

    def values(self, member: StartedMember[Any]) -> Values:
        """Return the values of a member, as the reference engine takes them."""
        assumed = member.assumed
        defaults = assumed if isinstance(assumed, FrozenMap) else self.scalar.assumed(assumed)
        return Values(self.scalar.unpack(member.known), dict(defaults))

    def within(self, member: StartedMember[Any]) -> tuple[Any, ...]:
        return tuple(member.known[place] for place in self.places)

    def taken(self, compares: tuple[Pair, ...], other: ByScalar, places: list[int | None]) -> tuple[Pair, ...]:
        """Return the values of a member that other rules rated, in the order of this program's cohort functions."""
        return tuple(HELD if place is None else compares[place] for place in places)

    def compare(self, cohort: list[StartedMember[Any]], foreign: list[tuple[Pair, ...]]) -> None:
        columns = _columns(self.early, [*(member.compares for member in cohort), *foreign])
        for member, results in zip(cohort, columns, strict=False):
            member.cohort = results

    def rate(self, member: StartedMember[Any]) -> bool:
        assert self.rating is not None
        pairs = [pair for pair, _ in member.cohort]
        decision = self.rating.decide((*member.known, *flat(pairs)))
        if not isinstance(decision, Decision):
            rated_by_reference(self.program, self.values(member), self.known(pairs, is_rated=False))
            stop_for_disagreement("the fault")
        if decision.status == "rated":
            member.compares = self.comparing_of(decision, is_rated=True)
            return True
        return False

    def compare_ratings(
        self, cohort: list[StartedMember[Any]], rated: list[StartedMember[Any]], foreign: list[tuple[Pair, ...]]
    ) -> None:
        all_compared = [*(member.compares for member in rated), *foreign]
        counts = _counts([[n for n, _ in compares] for compares in all_compared]) or [0] * len(self.late)
        rated_results: dict[int, list[tuple[Pair, int]]] = {
            id(member): results for member, results in zip(rated, _columns(self.late, all_compared), strict=False)
        }
        absent_values = [(ABSENT, count) for count in counts]
        for member in cohort:
            first, second = iter(member.cohort), iter(rated_results.get(id(member), absent_values))
            member.cohort = [next(second if is_rated else first) for is_rated in self.are_rated]

    def known(self, pairs: Iterable[Pair], *, is_rated: bool = True) -> dict[OfCohort, Fraction | None]:
        """Return values of the cohort functions, as the reference engine takes them."""
        nodes = [function.node for function in self.program.compared if is_rated or not function.is_rated]
        return {node: _exact(pair) for node, pair in zip(nodes, pairs, strict=True)}

    def assess(self, member: StartedMember[Any]) -> Assessment:
        pairs = [pair for pair, _ in member.cohort]
        arguments = (*member.known, *flat(pairs))
        decision = self.scalar.decide(arguments)
        if not isinstance(decision, Decision):
            values = self.values(member)
            by_reference(self.program, values, initial_knowledge(self.program, values, self.known(pairs)))
            stop_for_disagreement("the fault")
        counts = tuple(count for _, count in member.cohort)
        return Assessment.deferred(Deferred(self.program, arguments, decision, member.assumed, counts))


def _columns(functions: Sequence[CohortValue], cohort: Sequence[tuple[Pair, ...]]) -> list[list[tuple[Pair, int]]]:
    """Return for each member the values of functions, each with the number of members that have a value.

    Args:
        functions: over the cohort.
        cohort: the compared values of each member, by function.
    """
    results: list[list[tuple[Pair, int]]] = [[] for _ in cohort]
    for index, function in enumerate(functions):
        values = [compares[index] for compares in cohort]
        count = sum(n is not None for n, _ in values)
        found = comparison(function.function, values, function.constants)
        results_of_members = found if isinstance(found, list) else [found] * len(cohort)
        for result, pair in zip(results, results_of_members, strict=True):
            result.append((pair, count))
    return results


def _exact(pair: Pair) -> Fraction | None:
    return None if pair[0] is None else Fraction(pair[0], pair[1])


def assess_compared(program: Program, subject: object, cohort: Sequence[Pair]) -> Assessment:
    """Assess a member of a cohort whose values are known; the record does not say how many members have a value.

    Args:
        program: rules that compare subjects, one variant and one edition.
        subject: the member's values.
        cohort: the values of the cohort functions for it, in the order of the plan.

    Raises:
        SubjectError: with every problem of the inputs.
    """
    engine = ByScalar(program)
    begun = engine.begin("", subject)
    if isinstance(begun, Assessment):
        return begun
    begun.cohort = [(pair, 0) for pair in cohort]
    return engine.assess(begun)


ENGINES: dict[str, Any] = {"scalar": ByScalar, "reference": ByReference}
