"""Program × members → assessments: cohorts are compared first, then rated, then ratings are compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...diagnostics import Diagnostic, Report
from ...diagnostics.codes import At, inputs, quotas
from ...diagnostics.report import MOST_REPORTED, cut_short
from ...errors import FaultError, KpirulesError, SubjectError
from ...kernel.calendars import period_in_words
from ...kernel.mappings import FrozenMap
from ...language.model import DEFAULT_MAX_MEMBERS, ComparingRules, Version, comparing_rules
from ...record import Assessment
from ..program import Program
from .allocating import allocate, check_names, member_label
from .choosing import part_of
from .cohort_steps import ENGINES, StartedMember

__all__ = ["assess_cohort", "assess_members"]


def assess_cohort(
    program: Program,
    members: Mapping[str, object] | Iterable[object],
    *,
    engine: str = "scalar",
    is_allocated: bool = True,
) -> FrozenMap[str, Assessment]:
    """Rate subjects that are compared with each other, with explanations.

    Subjects with equal values in the inputs `within` of the rulebook's `cohort` form a cohort. In each cohort, the
    values for functions such as `cohort_avg` are computed first, then every member is rated, then outputs that
    compare ratings are computed; last, the quotas of the rulebook decide who keeps a band. Exempt members are
    assessed but do not count.

    Args:
        program: a compiled rulebook.
        members: subjects by name, or an iterable; then each is named by its index.
        engine: `scalar` or `reference`, as for `assess`.
        is_allocated: False to skip the rulebook's quotas; `allocate` does that step alone.

    Returns:
        The records of all members by name, in the given order. Members of several variants or editions are compared
        with each other if their compared values have the same meaning.

    Raises:
        RulebookError: if nothing chooses the edition of members.
        SubjectError: with every problem of every member, if a cohort has more than `max_members`, or if members of
            one cohort are compared by different formulas.
        FaultError: if all members are valid, and a number of one has no value.
        TypeError: if a name is not a text.

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
    >>> [(name, str(found.outputs["rank"]), str(found.outputs["of"])) for name, found in assessed.items()]
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
    """Rate members that are compared with each other, without allocating them.

    Args:
        program: the program with all its variants and editions.
        members: each with the program that rates it.
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
        raise TypeError(f"members must be a mapping by name or an iterable, not {type(members).__name__}")
    return {str(index): subject for index, subject in enumerate(members)}


class _Assessing:
    """A call of `assess_cohort`.

    Args:
        program: the rules.
        whole: the programs that may rate members.
        engine: the class that does each step by one program.
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
        """Assess members by the given parts, or else by the parts that their values choose."""
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
        return FrozenMap({name: assessment for name, assessment in found.items() if assessment is not None})

    def refuse(self, name: str, refusal: KpirulesError) -> None:
        """Collect the problems of a member, with its name."""
        self.problems += [diagnostic.about(member_label(name)) for diagnostic in refusal.report]
        self.has_invalid |= isinstance(refusal, SubjectError)
        if len(self.problems) >= MOST_REPORTED:
            cut_short(self.problems, member_label(name))
            self.stop()

    def stop(self) -> None:
        """Raise the collected problems, if there are any."""
        if self.problems:
            raise (SubjectError if self.has_invalid else FaultError)(Report(tuple(self.problems)))

    def check_rules(self, cohorts: Mapping[Any, Sequence[_Placed]]) -> None:
        """Refuse members of one cohort that are compared by formulas with different meanings (§8)."""
        if not self.rules:
            return
        cohorts_together = list(cohorts.values())
        # If cohorts are separated differently, no cohort is complete.
        separating = {id(part): rules.separating for part, rules in self._present(cohorts_together)}
        if any(names != next(iter(separating.values())) for names in separating.values()):
            cohorts_together = [[placed for cohort in cohorts_together for placed in cohort]]
        for cohort in cohorts_together:
            firsts: dict[int, tuple[Program, StartedMember[Any]]] = {}
            for engine, member in cohort:
                firsts.setdefault(id(engine), (engine.program, member))
            (first, _), *others = firsts.values()
            for program, member in others:
                if self.rules[id(program)] != self.rules[id(first)]:
                    versions = first.rulebook.version, program.rulebook.version
                    found = quotas.other_quotas(At(None, ""), *map(_version_in_words, versions), are_compared=True)
                    self.problems.append(found.about(member_label(member.name)))
                    self.has_invalid = True
                    break

    def _present(self, cohorts: Sequence[Sequence[_Placed]]) -> Iterator[tuple[Program, ComparingRules]]:
        """Yield the programs that rate members, with their comparing rules."""
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
                    self.problems.append(found.about(member_label(name)))
                self.has_invalid = True

    def rated(self, cohort: Sequence[_Placed]) -> Iterator[tuple[StartedMember[Any], Assessment]]:
        """Yield the assessments of a cohort, and collect problems."""
        engines = {id(engine): engine for engine, _ in cohort}.values()
        compares = [(engine, member.compares) for engine, member in cohort]
        for engine in engines:
            own_members = [member for other, member in cohort if other is engine]
            engine.compare(own_members, _values_of_other_rules(engine, compares, is_rated=False))
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
                own_members, own_rated = (
                    [member for other, member in many if other is engine] for many in (cohort, rated)
                )
                engine.compare_ratings(
                    own_members, own_rated, _values_of_other_rules(engine, compares, is_rated=True)
                )
        for engine, member in cohort:
            try:
                yield member, engine.assess(member)
            except KpirulesError as refusal:
                self.refuse(member.name, refusal)


def _version_in_words(version: Version) -> str:
    """Return a variant, an edition, or both, in words."""
    is_whole = version.from_ is None and version.until is None
    period = "" if is_whole else period_in_words(version.from_, None if version.from_ else version.until)
    if version.variant:
        return f"`{version.variant}` {period}".rstrip()
    return "the rulebook" if is_whole else f"the edition {period.replace('to ', 'that ends on ')}"


_Placed = tuple[Any, "StartedMember[Any]"]
"""A member and the engine that rates it."""


def _values_of_other_rules(engine: Any, compares: Sequence[tuple[Any, Any]], *, is_rated: bool) -> list[Any]:
    """Return the values of members that other rules rate, as an engine takes them."""
    found, places = [], {}
    for other, values in compares:
        if other is engine:
            continue
        if id(other) not in places:
            places[id(other)] = _matching_indexes(engine.program, other.program, is_rated=is_rated)
        found.append(engine.taken(values, other, places[id(other)]))
    return found


def _matching_indexes(program: Program, other: Program, *, is_rated: bool) -> list[int | None]:
    """Return for each cohort function of a program the index of the same in another; None for plain counting."""
    other_bodies = [function.node.body for function in other.compared if function.is_rated is is_rated]
    own_bodies = [function.node.body for function in program.compared if function.is_rated is is_rated]
    return [None if body is None else other_bodies.index(body) for body in own_bodies]
