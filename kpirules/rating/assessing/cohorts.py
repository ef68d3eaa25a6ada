"""Program × members → an assessment of each: cohorts are compared first, then rated, then ratings are compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

from attrs import define, evolve

from ...diagnostics import Diagnostic, Report
from ...diagnostics.codes import At, inputs, quotas
from ...diagnostics.report import MOST_REPORTED, cut_short
from ...engines.scalar import Decision, Mark, Pair, comparison, flat
from ...errors import FaultError, KpirulesError, SubjectError
from ...kernel.calendars import told_period
from ...kernel.certain import certain
from ...kernel.mappings import FrozenMap
from ...language.expressions.tree import OfCohort
from ...language.model import DEFAULT_MAX_MEMBERS, ComparingRules, Version, comparing_rules
from ...plan.steps import CohortValue
from ...record import Assessment, Comparison
from ..program import Program
from .allocating import allocate, check_names, member_told
from .assessing import Deferred, begun_by_reference, by_reference, disagreed, rated_by_reference, recorded
from .choosing import part_of
from .values import Values, take

__all__ = ["assess_cohort", "assess_members"]

ABSENT: Pair = (None, 1)

HELD: Pair = (1, 1)
"""What is compared of a member that is merely counted."""

Compares = TypeVar("Compares")
"""What an engine compares of a member."""


def assess_cohort(
    program: Program,
    members: Mapping[str, object] | Iterable[object],
    *,
    engine: str = "scalar",
    is_allocated: bool = True,
) -> FrozenMap[str, Assessment]:
    """The explained ratings of subjects that are compared with each other.

    Subjects whose values of the inputs in `within` of the rulebook's `cohort` are equal make a cohort. In each, what
    functions such as `cohort_avg` compare of the members comes first, then every member is rated, then outputs that
    compare ratings are computed; last, the quotas of the rulebook decide who keeps a band. Members that an exemption
    holds for are assessed and do not count.

    Args:
        program: a compiled rulebook.
        members: subjects by name, or one after the other; then each is named by its place, counted from 0.
        engine: `scalar` or `reference`, as for `assess`.
        is_allocated: False where the quotas of the rulebook are left aside; `allocate` is that step alone.

    Returns:
        The record of every member by name, in the order given. Members of several variants or editions are compared
        with each other where what they are compared by means the same in all of these.

    Raises:
        RulebookError: where nothing tells which edition members are rated by.
        SubjectError: with every problem of every member, where a cohort has more than `max_members`, or where members
            of one cohort are of variants or editions that compare them by other formulas.
        FaultError: where all members are valid, and a number of one has no answer.
        TypeError: where a name is no text.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"unit": {"type": "text"}, "done": {"type": "integer", "min": 0, "max": 100}},
    ...     "cohort": {"within": ["unit"]},
    ...     "outputs": {"rank": "cohort_rank(done)", "of": "cohort_count()"},
    ... })
    >>> assessed = assess_cohort(program, {
    ...     "An": {"unit": "A", "done": 12},
    ...     "Bình": {"unit": "A", "done": 30},
    ...     "Chi": {"unit": "B", "done": 9},
    ... })
    >>> [(name, str(one.outputs["rank"]), str(one.outputs["of"])) for name, one in assessed.items()]
    [('An', '2', '2'), ('Bình', '1', '2'), ('Chi', '1', '1')]
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine `{engine}`: there are scalar and reference")
    program, subjects = program.settled(), _named(members)
    found = _Assessing(program, program.whole, ENGINES[engine]).run(subjects)
    return allocate(program, subjects, found).assessments if is_allocated else found


def assess_members(
    program: Program, members: Sequence[tuple[Program, object]], *, engine: str
) -> tuple[Assessment, ...]:
    """The ratings of members that are compared with each other, without allocating them.

    Args:
        program: of the rulebook with all its variants and editions.
        members: each with the program of the variant and edition that it is rated by.
        engine: `scalar` or `reference`.

    Raises:
        SubjectError: as `assess_cohort` does.
        FaultError: likewise.
    """
    parts = {str(index): part for index, (part, _) in enumerate(members)}
    subjects = {str(index): subject for index, (_, subject) in enumerate(members)}
    whole = tuple({id(part): part for part in parts.values()}.values())
    return tuple(_Assessing(program, whole, ENGINES[engine]).run(subjects, parts).values())


def _named(members: Mapping[str, object] | Iterable[object]) -> Mapping[str, object]:
    if isinstance(members, Mapping):
        check_names(members)
        return members
    if isinstance(members, str | bytes) or not isinstance(members, Iterable):
        raise TypeError(f"members are subjects by name, or one after the other, not {type(members).__name__}")
    return {str(index): subject for index, subject in enumerate(members)}


@define
class Begun(Generic[Compares]):
    """A valid member that is not exempt.

    Args:
        name: of the member.
        known: of the member, as the engine takes it.
        assumed: the inputs that took their default, as the engine tells them.
        compares: what the cohort compares of it.
        cohort: what functions over the cohort came to for it.
    """

    name: str
    known: Any
    assumed: Any
    compares: Compares
    cohort: Any = None


class _Assessing:
    """One call of `assess_cohort`.

    Args:
        program: the rules.
        whole: the programs of the variants and editions that members may be rated by.
        engine: makes each step, by the rules of one of them.
    """

    def __init__(self, program: Program, whole: Sequence[Program], engine: Any) -> None:
        self.program = program
        self.engines = {id(part): engine(part) for part in whole}
        are_several = len(whole) > 1 and any(part.is_compared for part in whole)
        self.rules = {id(part): comparing_rules(part.rulebook) for part in whole if are_several}
        self.problems: list[Diagnostic] = []
        self.has_invalid = False

    def run(
        self, members: Mapping[str, object], parts: Mapping[str, Program] | None = None
    ) -> FrozenMap[str, Assessment]:
        """The assessments of members, by the parts given or by those that they tell themselves."""
        found: dict[str, Assessment | None] = {}
        cohorts: defaultdict[tuple[Any, ...], list[_Placed]] = defaultdict(list)
        for name, subject in members.items():
            found[name] = None
            try:
                if parts is not None:
                    part, own = parts[name], subject
                else:
                    part, own = part_of(self.program, subject) if self.program.parts else (self.program, subject)
                engine = self.engines[id(part)]
                begun = engine.begin(name, own)
            except KpirulesError as refusal:
                self.refuse(name, refusal)
                continue
            if isinstance(begun, Assessment):
                found[name] = begun
            else:
                cohorts[engine.within(begun)].append((engine, begun))
        self.check_sizes(cohorts)
        self.check_rules(cohorts)
        self.stop()
        for cohort in cohorts.values():
            for member, assessment in self.rated(cohort):
                found[member.name] = assessment
        self.stop()
        return FrozenMap({name: one for name, one in found.items() if one is not None})

    def refuse(self, name: str, refusal: KpirulesError) -> None:
        """Take what stands in the way of a member, with its name."""
        self.problems += [one.about(member_told(name)) for one in refusal.report]
        self.has_invalid |= isinstance(refusal, SubjectError)
        if len(self.problems) >= MOST_REPORTED:
            cut_short(self.problems, member_told(name))
            self.stop()

    def stop(self) -> None:
        """End with what stands in the way, where something does."""
        if self.problems:
            raise (SubjectError if self.has_invalid else FaultError)(Report(tuple(self.problems)))

    def check_rules(self, cohorts: Mapping[Any, Sequence[_Placed]]) -> None:
        """Refuse members that are compared with others by formulas that do not mean the same (§8)."""
        if not self.rules:
            return
        together = list(cohorts.values())
        # Where cohorts are separated in different ways, no member is in a cohort that is whole.
        separating = {id(part): rules.separating for part, rules in self._present(together)}
        if any(one != next(iter(separating.values())) for one in separating.values()):
            together = [[placed for cohort in together for placed in cohort]]
        for cohort in together:
            firsts: dict[int, tuple[Program, Begun[Any]]] = {}
            for engine, member in cohort:
                firsts.setdefault(id(engine), (engine.program, member))
            (first, _), *others = firsts.values()
            for program, member in others:
                if self.rules[id(program)] != self.rules[id(first)]:
                    versions = first.rulebook.version, program.rulebook.version
                    found = quotas.other_quotas(At(None, ""), *map(_version_told, versions), are_compared=True)
                    self.problems.append(found.about(member_told(member.name)))
                    self.has_invalid = True
                    break

    def _present(self, cohorts: Sequence[Sequence[_Placed]]) -> Iterator[tuple[Program, ComparingRules]]:
        """The programs that some member is rated by, with what each compares members by."""
        programs = {id(engine): engine.program for cohort in cohorts for engine, _ in cohort}.values()
        return ((program, self.rules[id(program)]) for program in programs)

    def check_sizes(self, cohorts: Mapping[Any, Sequence[_Placed]]) -> None:
        declared = self.program.rulebook.cohort
        most = DEFAULT_MAX_MEMBERS if declared is None else declared.max_members
        for cohort in cohorts.values():
            if len(cohort) > most:
                name = cohort[0][1].name
                if len(cohorts) == 1:
                    self.problems.append(inputs.too_many_members(At(None, "members"), len(cohort), most, ""))
                else:
                    place = f" of {' '.join(name.split())}"
                    found = inputs.too_many_members(At(None, ""), len(cohort), most, place)
                    self.problems.append(found.about(member_told(name)))
                self.has_invalid = True

    def rated(self, cohort: Sequence[_Placed]) -> Iterator[tuple[Begun[Any], Assessment]]:
        """The assessments of a cohort; what stands in the way is kept."""
        engines = {id(engine): engine for engine, _ in cohort}.values()
        compares = [(engine, member.compares) for engine, member in cohort]
        for engine in engines:
            own = [member for one, member in cohort if one is engine]
            engine.compare(own, _foreign(engine, compares, is_rated=False))
        if any(engine.compares_ratings for engine in engines):
            rated: list[_Placed] = []
            for engine, member in cohort:
                try:
                    if engine.compares_ratings and engine.rate(member):
                        rated.append((engine, member))
                except KpirulesError as refusal:
                    self.refuse(member.name, refusal)
            if self.problems:
                return
            compares = [(engine, member.compares) for engine, member in rated]
            for engine in engines:
                own, own_rated = ([member for one, member in many if one is engine] for many in (cohort, rated))
                engine.compare_ratings(own, own_rated, _foreign(engine, compares, is_rated=True))
        for engine, member in cohort:
            try:
                yield member, engine.assess(member)
            except KpirulesError as refusal:
                self.refuse(member.name, refusal)


def _version_told(version: Version) -> str:
    """A variant, an edition, or both, in words."""
    is_whole = version.from_ is None and version.until is None
    period = "" if is_whole else told_period(version.from_, None if version.from_ else version.until)
    if version.variant:
        return f"`{version.variant}` {period}".rstrip()
    return "the rulebook" if is_whole else f"the edition {period.replace('to ', 'that ends on ')}"


_Placed = tuple[Any, "Begun[Any]"]
"""A member, after the engine that rates it."""


def _foreign(engine: Any, compares: Sequence[tuple[Any, Any]], *, is_rated: bool) -> list[Any]:
    """What is compared of members that other rules rate, as an engine takes it."""
    found, places = [], {}
    for other, one in compares:
        if other is engine:
            continue
        if id(other) not in places:
            places[id(other)] = _places(engine.program, other.program, is_rated=is_rated)
        found.append(engine.taken(one, other, places[id(other)]))
    return found


def _places(program: Program, other: Program, *, is_rated: bool) -> list[int | None]:
    """For each function of a program the place of one that compares the same in another; None for mere counting."""
    theirs = [one.node.body for one in other.compared if one.is_rated is is_rated]
    mine = [one.node.body for one in program.compared if one.is_rated is is_rated]
    return [None if body is None else theirs.index(body) for body in mine]


# -- by the reference engine ----------------------------------------------------------------------


class ByReference:
    """The steps, each walked by the reference engine."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.early = [one for one in program.compared if not one.is_rated]
        self.late = [one for one in program.compared if one.is_rated]
        self.ids = () if program.rulebook.cohort is None else program.rulebook.cohort.within

    @property
    def compares_ratings(self) -> bool:
        return bool(self.late)

    def begin(self, name: str, subject: object) -> Begun[dict[OfCohort, Any]] | Assessment:
        values = take(self.program.rulebook.inputs, subject)
        run, compares = begun_by_reference(self.program, values)
        if run is not None:
            return recorded(self.program, run, values)
        return Begun(name, values, values.assumed, compares)

    def within(self, member: Begun[Any]) -> tuple[Any, ...]:
        return tuple(member.known.given[id_] for id_ in self.ids)

    def taken(self, compares: dict[OfCohort, Any], other: ByReference, places: list[int | None]) -> list[Any]:
        """What is compared of a member that other rules rate, in the order of what these compare."""
        values = list(compares.values())
        return [True if place is None else values[place] for place in places]

    def compare(self, cohort: list[Begun[Any]], foreign: list[list[Any]]) -> None:
        of = [one.node for one in self.early]
        everybody = [*(member.compares for member in cohort), *(dict(zip(of, one, strict=True)) for one in foreign)]
        results = self.program.reference.come_to(everybody)
        counts = _counts([list(one.values()) for one in everybody])
        for member, result in zip(cohort, results, strict=False):
            member.cohort = {node: (result[node], counts[node_index]) for node_index, node in enumerate(of)}

    def rate(self, member: Begun[Any]) -> bool:
        found = rated_by_reference(self.program, member.known, _values(member.cohort))
        if found is not None:
            member.compares = found
        return found is not None

    def compare_ratings(self, cohort: list[Begun[Any]], rated: list[Begun[Any]], foreign: list[list[Any]]) -> None:
        of = [one.node for one in self.late]
        everybody = [*(member.compares for member in rated), *(dict(zip(of, one, strict=True)) for one in foreign)]
        results = self.program.reference.come_to(everybody)
        counts = _counts([list(one.values()) for one in everybody]) or [0] * len(of)
        for member in cohort:
            member.cohort |= {node: (None, counts[index]) for index, node in enumerate(of)}
        for member, result in zip(rated, results, strict=False):
            member.cohort |= {node: (result[node], counts[index]) for index, node in enumerate(of)}

    def assess(self, member: Begun[Any]) -> Assessment:
        run = by_reference(self.program, member.known, _values(member.cohort))
        found = tuple(Comparison(one.text, *member.cohort[one.node]) for one in self.program.compared)
        return evolve(recorded(self.program, run, member.known), compared=found)


def _values(cohort: Mapping[OfCohort, tuple[Fraction | None, int]]) -> dict[OfCohort, Fraction | None]:
    return {node: value for node, (value, _) in cohort.items()}


def _counts(members: list[list[Any]]) -> list[int]:
    """How many members have a value, by what is compared."""
    return [sum(value is not None for value in column) for column in zip(*members, strict=True)]


# -- by the scalar engine -------------------------------------------------------------------------


class ByScalar:
    """The steps, each decided by generated code; values of a cohort are computed once for all of its members."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.scalar = program.scalar
        self.comparing, self.rating = self.scalar.comparing, self.scalar.rating
        cohort = program.plan.cohort
        self.early = [one for one in cohort if not one.is_rated]
        self.late = [one for one in cohort if one.is_rated]
        self.are_rated = [one.is_rated for one in cohort]
        ids = () if program.rulebook.cohort is None else program.rulebook.cohort.within
        places = {variable.id: index for index, variable in enumerate(program.plan.inputs)}
        self.places = [places[id_] for id_ in ids]

    @property
    def compares_ratings(self) -> bool:
        return self.rating is not None

    def begin(self, name: str, subject: object) -> Begun[tuple[Pair, ...]] | Assessment:
        admitted = self.scalar.admit(subject)
        assumed: list[Mark] | FrozenMap[str, Any]
        if admitted is not None:
            arguments, assumed = admitted
        else:
            values = take(self.program.rulebook.inputs, subject)
            if values.problems or values.missing:
                # An exemption may hold all the same, or they are reported.
                return recorded(self.program, by_reference(self.program, values), values)
            arguments, assumed = self.scalar.pack(values.given), FrozenMap(values.assumed)
        decision = self.comparing.decide(arguments)
        if isinstance(decision, Decision) and not decision.is_early:
            return Begun(name, arguments, assumed, self.comparing_of(decision, is_rated=False))
        member: Begun[tuple[Pair, ...]] = Begun(name, arguments, assumed, ())
        if isinstance(decision, Decision):
            arguments = (*arguments, *flat([ABSENT] * len(self.are_rated)))
            ended = certain(self.scalar.decide(arguments), Decision, "an exemption holds whatever others do")
            return Assessment.deferred(Deferred(self.program, arguments, ended, assumed))
        values = self.values(member)
        run, _ = begun_by_reference(self.program, values)
        if run is None:
            disagreed("whether there is a decision")
        return recorded(self.program, run, values)

    def comparing_of(self, decision: Decision, *, is_rated: bool) -> tuple[Pair, ...]:
        return self.scalar.compared(decision, is_rated=is_rated)

    def values(self, member: Begun[Any]) -> Values:
        """What is known of a member, as the reference engine takes it."""
        assumed = member.assumed
        told = assumed if isinstance(assumed, FrozenMap) else self.scalar.assumed(assumed)
        return Values(self.scalar.unpack(member.known), dict(told))

    def within(self, member: Begun[Any]) -> tuple[Any, ...]:
        return tuple(member.known[place] for place in self.places)

    def taken(self, compares: tuple[Pair, ...], other: ByScalar, places: list[int | None]) -> tuple[Pair, ...]:
        """What is compared of a member that other rules rate, in the order of what these compare."""
        return tuple(HELD if place is None else compares[place] for place in places)

    def compare(self, cohort: list[Begun[Any]], foreign: list[tuple[Pair, ...]]) -> None:
        columns = _columns(self.early, [*(member.compares for member in cohort), *foreign])
        for member, results in zip(cohort, columns, strict=False):
            member.cohort = results

    def rate(self, member: Begun[Any]) -> bool:
        assert self.rating is not None
        pairs = [pair for pair, _ in member.cohort]
        decision = self.rating.decide((*member.known, *flat(pairs)))
        if not isinstance(decision, Decision):
            rated_by_reference(self.program, self.values(member), self.known(pairs, is_rated=False))
            disagreed("the fault")
        if decision.status == "rated":
            member.compares = self.comparing_of(decision, is_rated=True)
            return True
        return False

    def compare_ratings(
        self, cohort: list[Begun[Any]], rated: list[Begun[Any]], foreign: list[tuple[Pair, ...]]
    ) -> None:
        everybody = [*(member.compares for member in rated), *foreign]
        counts = _counts([[n for n, _ in compares] for compares in everybody]) or [0] * len(self.late)
        late: dict[int, list[tuple[Pair, int]]] = {
            id(member): results for member, results in zip(rated, _columns(self.late, everybody), strict=False)
        }
        nothing = [(ABSENT, count) for count in counts]
        for member in cohort:
            first, second = iter(member.cohort), iter(late.get(id(member), nothing))
            member.cohort = [next(second if is_rated else first) for is_rated in self.are_rated]

    def known(self, pairs: Iterable[Pair], *, is_rated: bool = True) -> dict[OfCohort, Fraction | None]:
        """Values of the cohort as the reference engine takes them."""
        nodes = [one.node for one in self.program.compared if is_rated or not one.is_rated]
        return {node: _exact(pair) for node, pair in zip(nodes, pairs, strict=True)}

    def assess(self, member: Begun[Any]) -> Assessment:
        pairs = [pair for pair, _ in member.cohort]
        arguments = (*member.known, *flat(pairs))
        decision = self.scalar.decide(arguments)
        if not isinstance(decision, Decision):
            by_reference(self.program, self.values(member), self.known(pairs))
            disagreed("the fault")
        counts = tuple(count for _, count in member.cohort)
        return Assessment.deferred(Deferred(self.program, arguments, decision, member.assumed, counts))


def _columns(functions: Sequence[CohortValue], cohort: Sequence[tuple[Pair, ...]]) -> list[list[tuple[Pair, int]]]:
    """For each member, what functions come to, each with the number of members that have a value.

    Args:
        functions: over the cohort.
        cohort: what is compared of each member, by function.
    """
    results: list[list[tuple[Pair, int]]] = [[] for _ in cohort]
    for index, function in enumerate(functions):
        values = [compares[index] for compares in cohort]
        count = sum(n is not None for n, _ in values)
        found = comparison(function.function, values, function.constants)
        each = found if isinstance(found, list) else [found] * len(cohort)
        for one, pair in zip(results, each, strict=True):
            one.append((pair, count))
    return results


def _exact(pair: Pair) -> Fraction | None:
    return None if pair[0] is None else Fraction(pair[0], pair[1])


ENGINES: dict[str, Any] = {"scalar": ByScalar, "reference": ByReference}
