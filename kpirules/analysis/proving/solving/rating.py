"""An assessment over unknowns: every step in order, up to outputs and invariants."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, evolve, field

from ....language.model import Interval
from ....plan import Plan
from ....plan.steps import (
    Applies,
    Banding,
    Entered,
    Exempt,
    Holds,
    Judge,
    Level,
    Limit,
    Output,
    Override,
    Step,
    Total,
    Validate,
)
from .criteria import Criteria
from .inputs import Inputs
from .linear import ZERO, Lin, constant
from .operations import Operations
from .terms import Bit, Terms
from .values import ABSENT, OPEN, Options, Stop, Value, number_of

__all__ = ["Rating"]


@define(eq=False)
class Rating:
    """The assessment of an arbitrary subject.

    Args:
        plan: the rules.
        most: the number of records translated one by one; None for none, with any number of other records.
        shared: the terms of another rating, whose subject has the same inputs.
        texts: the texts that rules compare with; by default those of the plan.
        own: the input in which its subject may differ, and a name for its value; see `Inputs`.
        going: the condition that the subject is valid, not exempt, and nothing has faulted so far.
        faults: the possible first faults, each with its condition.
        rated: the condition that it is rated so far.
        before, after: conditions by band, for the band before and after overrides.
        banded_on: the banded number.
        lowers: by limit on the score, the condition that it lowers the score.
        unrated: the condition that an override gives a status.
        targets: by override and target, the condition that it fires with that target.
        gap, overlap: the conditions that no band applies, or that several do and nothing says which.
        held: by invariant, the condition that it holds.
        exempt_as: by exemption, the condition that it ends the assessment.
    """

    plan: Plan
    most: int | None
    shared: Terms | None = None
    own: tuple[str, str] = ("", "")
    texts: tuple[str, ...] | None = None
    operations: Operations = field(init=False)
    inputs: Inputs = field(init=False)
    criteria: Criteria = field(init=False)
    going: Bit = True
    faults: dict[Stop, Bit] = field(factory=dict)
    rated: Bit = True
    before: dict[str, Bit] = field(factory=dict)
    after: dict[str, Bit] = field(factory=dict)
    banded_on: Value = ABSENT
    lowers: dict[str, Bit] = field(factory=dict)
    unrated: Bit = False
    targets: dict[str, dict[str, Bit]] = field(factory=dict)
    gap: Bit = False
    overlap: Bit = False
    held: dict[str, Bit] = field(factory=dict)
    exempt_as: list[Bit] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.operations = Operations(plan=self.plan, terms=self.shared or Terms())
        self.inputs = Inputs(self.operations, self.most, self.own, self.texts)
        self.criteria = Criteria(self.operations)
        self.inputs.declare()
        self.going = self.terms.all(self.inputs.valid)
        steps = self.plan.steps
        overrides = [step for step in steps if isinstance(step, Override)]
        outputs = [step for step in steps if isinstance(step, Output)]
        for step in steps:
            if isinstance(step, Override):
                self._override(overrides if step is overrides[0] else [])
            elif isinstance(step, Output):
                self._output(outputs if step is outputs[0] else [])
            else:
                self._step(step)

    @property
    def terms(self) -> Terms:
        return self.operations.terms

    @property
    def exempt(self) -> Bit:
        """The condition that an exemption ends the assessment."""
        return self.terms.any(self.exempt_as)

    def _stop(self, stops: Mapping[Stop, Bit]) -> None:
        """Record the faults of an evaluation; each of them ends the assessment."""
        faults = {stop: bit for stop, bit in stops.items() if stop != OPEN}
        for stop, bit in faults.items():
            here = self.terms.all([self.going, bit])
            self.faults[stop] = self.terms.any([self.faults.get(stop, False), here])
        self._go_on(*(self.terms.opposite(bit) for bit in faults.values()))

    def _go_on(self, *conditions: Bit) -> None:
        self.going = self.terms.all([self.going, *conditions])

    def _step(self, step: Step) -> None:
        match step:
            case Exempt(when=op, path=path):
                found = self.operations.at(path, op)
                self._stop(found.stops)
                held = self.operations.is_true(found)
                self.exempt_as.append(self.terms.all([self.going, held]))
                self._go_on(self.terms.opposite(found.stops.get(OPEN, False)), self.terms.opposite(held))
            case Validate():
                self._validate(step)
            case Entered():
                self._entered(step)
            case Applies():
                self._stop(self.criteria.ask(step))
            case Judge():
                self._stop(self.criteria.judge(step))
            case Total():
                self._total(step)
            case Banding():
                self._banding(step)
            case Holds(id=id_, that=op, path=path):
                found = self.operations.at(path, op)
                self._stop(found.stops)
                self.held[id_] = self.operations.is_true(found)
            case _:
                raise TypeError(step)

    def _validate(self, step: Validate) -> None:
        if not step.records:
            found = self.operations.at(step.path, step.that)
            self._stop(found.stops)
            self._go_on(self.operations.is_true(found))
            return
        list_, records = self.operations.read(step.records), self.operations.records[step.records]
        each = list(records.each)
        if records.typical is not None:
            each.append((self.terms.compare(">", records.size, ZERO), records.typical))
        for present, record in each:
            here = self.terms.all([list_.there, present])
            before, self.operations.path = self.operations.path, step.path
            found = self.operations.in_record(step.records, record, step.that)
            self.operations.path = before
            self._stop(self.operations.under(here, found.stops))
            self._go_on(self.terms.implies(here, self.operations.is_true(found)))

    def _entered(self, step: Entered) -> None:
        given = self.operations.read(step.id).there
        applies = self.criteria.applies[step.guard] if step.guard else None
        if applies is not None:
            left = self.terms.any([applies.no, applies.absent])
            self._go_on(self.terms.opposite(self.terms.all([left, given])))
        if step.is_required:
            self._go_on(self.terms.implies(True if applies is None else applies.yes, given))

    # -- the rating -------------------------------------------------------------------------------------

    def _where_rated(self, stops: Mapping[Stop, Bit]) -> None:
        """Record the stops of a part that is evaluated only if the subject is rated so far."""
        here = self.operations.under(self.rated, stops)
        self._stop(here)
        self._undefine(here.get(OPEN, False))

    def _undefine(self, is_open: Bit) -> None:
        """Note that an undefined row leaves neither score nor band."""
        if is_open is False:
            return
        terms, kept = self.terms, self.terms.opposite(is_open)
        self.rated = terms.all([self.rated, kept])
        self.before = {band: terms.all([bit, kept]) for band, bit in self.before.items()}
        self.after = {band: terms.all([bit, kept]) for band, bit in self.after.items()}
        self.banded_on = self._only(kept, self.banded_on)
        for name in ("score", "exact_score"):
            if name in self.operations.names:
                self.operations.names[name] = self._only(kept, self.operations.read(name))

    def _only(self, condition: Bit, value: Value) -> Value:
        return evolve(value, there=self.terms.all([value.there, condition]))

    def _total(self, step: Total) -> None:
        terms, points = self.terms, number_of(self.operations.read("points.score").payload)
        self.rated = terms.opposite(terms.any([self.criteria.insufficient, self.criteria.undefined]))
        for limit in step.limits:
            points = self._limited(limit, points)
        score = points if step.round is None else self.operations.rounded(step.round, points)
        self.operations.names |= {"score": Value(score, self.rated), "exact_score": Value(points, self.rated)}

    def _limited(self, limit: Limit, points: Lin) -> Lin:
        asked = (
            Value(True) if limit.when is None else self.operations.at(f"{limit.path}.when", limit.when, self.rated)
        )
        most = self.operations.at(f"{limit.path}.at_most", limit.at_most)
        holds = self.operations.is_true(asked)
        self._where_rated(self.operations.joined(asked.stops, self.operations.under(holds, most.stops)))
        lowers = self.terms.compare("<", number_of(most.payload), points)
        self.lowers[limit.path] = self.terms.all([self.rated, holds, lowers])
        return self.terms.chosen(holds, self.terms.least(points, number_of(most.payload)), points)

    def _banding(self, step: Banding) -> None:
        terms = self.terms
        number: Lin | None = None
        if step.measure is not None:
            found = self.operations.at(f"{step.path}.measure", step.measure)
            self._where_rated(found.stops)
            number = number_of(found.payload)
        elif "score" in self.operations.names:
            number = number_of(self.operations.read("exact_score" if step.is_on_exact else "score").payload)
        inside = [True if number is None else self.inside(number, level.interval) for level in step.levels]
        held = [self._required(level, here) for level, here in zip(step.levels, inside, strict=True)]
        chosen = self._chosen(step, held)
        if step.falls_to_next:
            none = terms.opposite(terms.any(held))
            for index, level in enumerate(step.levels[1:], 1):
                is_below = terms.any(inside[:index])
                asked = terms.all([none, is_below, terms.opposite(inside[index])])
                chosen[index] = terms.any([chosen[index], self._required(level, asked)])
                none = terms.all([none, terms.opposite(chosen[index])])
        if number is not None:
            self.banded_on = Value(number, self.rated)
        several = terms.any(terms.all([bit, terms.any(held[:index])]) for index, bit in enumerate(held))
        self.overlap = False if step.overlap else terms.all([self.rated, several])
        self.gap = terms.all([self.rated, *map(terms.opposite, (*chosen, self.overlap))])
        self.rated = terms.all([self.rated, terms.any(chosen)])
        self.before = {level.id: terms.all([self.rated, bit]) for level, bit in zip(step.levels, chosen, strict=True)}
        self.after = self.before
        self.operations.names["band"] = Value(Options(self.before), self.rated)

    def inside(self, number: Lin, interval: Interval) -> Bit:
        """Return the condition that a number is in an interval."""
        ends = (
            (interval.lower, ">" if interval.is_lower_open else ">="),
            (interval.upper, "<" if interval.is_upper_open else "<="),
        )
        return self.terms.all(
            self.terms.compare(sign, number, constant(end)) for end, sign in ends if end is not None
        )

    def _required(self, level: Level, asked: Bit) -> Bit:
        """Return the condition that all requirements of a band hold."""
        held = asked
        if asked is False:
            return False
        for requirement in level.requires:
            found = self.operations.at(requirement.path, requirement.that, self.terms.all([self.rated, asked]))
            self._where_rated(self.operations.under(asked, found.stops))
            held = self.terms.all([held, self.operations.is_true(found)])
        return held

    def _chosen(self, step: Banding, held: list[Bit]) -> list[Bit]:
        """Return the band that applies, of those whose requirements hold."""
        terms = self.terms
        if step.overlap is None:
            return [
                terms.all([bit, *(terms.opposite(other) for other in held[:index] + held[index + 1 :])])
                for index, bit in enumerate(held)
            ]
        order = held if step.overlap == "best" else held[::-1]
        found = [terms.all([bit, terms.opposite(terms.any(order[:index]))]) for index, bit in enumerate(order)]
        return found if step.overlap == "best" else found[::-1]

    # -- what outranks the score --------------------------------------------------------------------------

    def _override(self, steps: list[Override]) -> None:
        terms = self.terms
        is_open: list[Bit] = []
        kinds: dict[str, dict[str, list[Bit]]] = {"band": {}, "band_at_most": {}, "band_at_least": {}, "unrated": {}}
        for step in steps:
            asked = Value(True) if step.when is None else self.operations.at(f"{step.path}.when", step.when)
            fired, stops = self.operations.is_true(asked), asked.stops
            chosen: Mapping[str, Bit] = {str(step.target): True}
            if not isinstance(step.target, str):
                given = self.operations.at(f"{step.path}.{step.kind}", step.target)
                stops = self.operations.joined(stops, self.operations.under(fired, given.stops))
                chosen = given.payload.conditions if isinstance(given.payload, Options) else {}
                fired = terms.all([fired, given.there])
            self._stop(stops)
            is_open.append(stops.get(OPEN, False))
            self.targets[step.id] = {target: terms.all([fired, bit]) for target, bit in chosen.items()}
            for target, bit in self.targets[step.id].items():
                kinds[step.kind].setdefault(target, []).append(bit)
        if not steps:
            return
        by_kind = {kind: {target: terms.any(bits) for target, bits in one.items()} for kind, one in kinds.items()}
        places = self._settled([by_kind[kind] for kind in ("band", "band_at_least", "band_at_most")])
        unrated = self.unrated = terms.any(by_kind["unrated"].values())
        self.after = {
            band: terms.all([bit, terms.opposite(unrated)]) for band, bit in zip(self.plan.bands, places, strict=True)
        }
        # A forced band rates a subject without a rating; without bands nothing does.
        is_banded = terms.any(places) if self.plan.bands else self.rated
        self.rated = terms.all([is_banded, terms.opposite(unrated)])
        self._undefine(terms.any(is_open))
        self.operations.names["band"] = Value(Options(self.after), terms.any(self.after.values()))

    def _settled(self, kinds: list[Mapping[str, Bit]]) -> list[Bit]:
        """Return the band, by index, after forced bands, floors and ceilings."""
        terms, bands = self.terms, self.plan.bands
        forced, floors, ceilings = ([one.get(band, False) for band in bands] for one in kinds)
        forcing = terms.any(forced)
        now = [
            terms.any(
                [
                    terms.all([forced[place], terms.opposite(terms.any(forced[place + 1 :]))]),
                    terms.all([terms.opposite(forcing), self._raised(floors, place)]),
                ]
            )
            for place in range(len(bands))
        ]
        settled = []
        for place in range(len(bands)):
            # The lowest ceiling lowers every band above it.
            is_lowest = terms.opposite(terms.any(ceilings[place + 1 :]))
            lowered = terms.all([ceilings[place], terms.any(now[:place])])
            settled.append(terms.all([is_lowest, terms.any([now[place], lowered])]))
        return settled

    def _raised(self, floors: list[Bit], place: int) -> Bit:
        """Return the condition for a band after floors: a floor raises only a worse one."""
        terms = self.terms
        before = [self.before.get(band, False) for band in self.plan.bands]
        raised = terms.all([floors[place], terms.any(before[place + 1 :])])
        return terms.all([terms.opposite(terms.any(floors[:place])), terms.any([before[place], raised])])

    # -- what follows -----------------------------------------------------------------------------------

    def _output(self, steps: list[Output]) -> None:
        hidden = {step.id for step in steps if step.id in self.operations.names or step.id in self.plan.let}
        found: dict[str, Value] = {}
        for step in steps:
            found[step.id] = self.operations.at(step.path, step.op, self.rated)
            self._where_rated(found[step.id].stops)
            if step.id not in hidden:
                self.operations.names[step.id] = found[step.id]
        for id_, value in found.items():
            kept = self._only(self.rated, value)
            self.operations.names |= (
                {f"outputs.{id_}": kept} if id_ in hidden else {f"outputs.{id_}": kept, id_: kept}
            )
        if found and "band" in self.operations.names:
            self.operations.names["band"] = Value(Options(self.after), self.terms.any(self.after.values()))
