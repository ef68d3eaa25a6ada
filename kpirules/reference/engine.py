"""The order of an assessment (§2), step by step."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any

from attrs import evolve, field, frozen

from ..expressions import Expression, Meter, UndefinedRow, reads
from ..mappings import FrozenMap
from ..model import (
    Band,
    Condition,
    Criterion,
    Entered,
    Group,
    ListDomain,
    Measure,
    Met,
    Override,
    Points,
    Rate,
    Rulebook,
)
from ..record import Computation, Contribution, OverrideOutcome, Requirement, Run
from ..record import Condition as ConditionOutcome
from .judging import Judging
from .knowledge import Knowledge
from .rating import band, overrule

__all__ = ["ReferenceEngine"]


@frozen
class ReferenceEngine:
    """What a rulebook means, walked step by step on exact rationals.

    Values of inputs are exact numbers, booleans, strings, dates, None for absent, and sequences of
    mappings for lists. They are inside their domains: that was seen to before.

    Args:
        rulebook: a rulebook whose report has no errors.
    """

    rulebook: Rulebook
    _order: tuple[Criterion, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_order", judging_order(self.rulebook))

    def exempted(self, values: Mapping[str, Any], meter: Meter | None = None) -> Run | None:
        """The end of an assessment by the first exemption that holds, or None.

        Args:
            values: inputs; a required one that is missing is left out.

        Raises:
            MissingInput: where an exemption reads a required input that is missing.
            StepFault: on a fault.
        """
        knowledge = Knowledge(self.rulebook, values, meter=meter or Meter())
        for exemption in self.rulebook.exemptions:
            try:
                computation = knowledge.compute(exemption.when, f"{exemption.words.path}.when")
            except UndefinedRow as row:
                return Run("undefined", because=(row.place,), **self._let(knowledge))
            if computation.value is True:
                return Run(
                    exemption.status,
                    because=(f"exemptions.{exemption.id}",),
                    exemption=ConditionOutcome(exemption.id, True, computation),
                    **self._let(knowledge),
                )
        return None

    def failed_validations(
        self, values: Mapping[str, Any], meter: Meter | None = None
    ) -> list[tuple[str, Condition]]:
        """The validations that do not hold, each with the way to it through the subject.

        Args:
            values: all inputs.
        """
        knowledge = Knowledge(self.rulebook, values, meter=meter or Meter())
        failed: list[tuple[str, Condition]] = []
        for declared in self.rulebook.inputs:
            if isinstance(declared.domain, ListDomain):
                for index, record in enumerate(knowledge.read(declared.id) or ()):
                    item = {"item": record}
                    failed += [
                        (f"{declared.id}[{index}]", validation)
                        for validation in declared.domain.validations
                        if not knowledge.holds(validation.that, validation.words.path, item)
                    ]
        failed += [
            ("", validation)
            for validation in self.rulebook.validations
            if not knowledge.holds(validation.that, validation.words.path)
        ]
        return failed

    def applicable(
        self, values: Mapping[str, Any], meter: Meter | None = None
    ) -> dict[str, bool | None]:
        """Whether each entered criterion, and every group above it, applies; None where that is absent.

        Args:
            values: all inputs.
        """
        knowledge = Knowledge(self.rulebook, values, meter=meter or Meter())
        parents = {
            child.id: group for group in self.rulebook.groups() for child in group.children
        }
        applicable: dict[str, bool | None] = {}
        for criterion in self.rulebook.criteria():
            if isinstance(criterion.body, Entered):
                applies: bool | None = True
                above: Criterion | None = criterion
                while above is not None and applies is not False:
                    if above.applies is not None:
                        path = f"{above.words.path}.applies"
                        here = knowledge.look(above.applies, path).value
                        applies = None if here is None else applies if here else False
                    above = parents.get(above.id)
                applicable[criterion.id] = applies
        return applicable

    def rate(self, values: Mapping[str, Any], meter: Meter | None = None) -> Run:
        """The rating of a subject that no exemption holds for.

        Args:
            values: all inputs, valid.

        Raises:
            StepFault: on a fault, the first in the order of the assessment.
        """
        knowledge = Knowledge(self.rulebook, values, meter=meter or Meter())
        judging = Judging(knowledge)
        for criterion in self._order:
            judging.outcome(criterion)
        run = self._score(Run("rated"), knowledge, judging)
        run = self._band(run, knowledge)
        run = self._overrule(run, knowledge)
        run = self._outputs(run, knowledge)
        run = self._invariants(run, knowledge)
        return evolve(run, outcomes=FrozenMap(judging.outcomes), **self._let(knowledge))

    # -- total, limits, rounding ------------------------------------------------------------------

    def _score(self, run: Run, knowledge: Knowledge, judging: Judging) -> Run:
        """Total → score limits → rounding."""
        root = self.rulebook.root
        if root is None:
            return run
        outcome = judging.outcomes["score"]
        total = outcome.points
        if judging.insufficient:
            return evolve(run, status="insufficient", because=tuple(judging.insufficient))
        if judging.undefined or total is None:
            return evolve(run, status="undefined", because=tuple(judging.undefined))
        lines, looked_at = list(outcome.contributions), []
        for limit in self.rulebook.score_limits:
            try:
                computation = (
                    Computation("", (), True)
                    if limit.when is None
                    else knowledge.compute(limit.when, f"{limit.words.path}.when")
                )
                held = computation.value is True
                if held:
                    at_most = knowledge.compute(limit.at_most, f"{limit.words.path}.at_most").value
                    assert isinstance(at_most, Fraction)
                    if at_most < total:
                        lines.append(Contribution("limit", limit.id, at_most - total))
                        total = at_most
            except UndefinedRow as row:
                return _undefined(run, row)
            looked_at.append(ConditionOutcome(limit.id, held, computation))
        score = total if root.round is None else root.round.apply(total)
        if score != total:
            lines.append(Contribution("rounding", "", score - total))
        judging.outcomes["score"] = evolve(
            outcome,
            points=score,
            share=score / root.max if root.max else None,
            contributions=tuple(lines),
        )
        knowledge.known.update(score=score, exact_score=total)
        return evolve(run, exact_score=total, score=score, limits=tuple(looked_at))

    # -- bands ------------------------------------------------------------------------------------

    def _band(self, run: Run, knowledge: Knowledge) -> Run:
        """Bands and their requirements, on the score or on a number of their own."""
        bands = self.rulebook.bands
        if bands is None or not run.is_rated:
            return run
        number = run.exact_score if self.rulebook.bands_on_exact else run.score
        measure = None
        try:
            if bands.measure is not None:
                measure = knowledge.compute(bands.measure, f"{bands.words.path}.measure")
                assert isinstance(measure.value, Fraction)
                number = measure.value
            banding = band(bands, number, lambda level: _look(level, knowledge))
        except UndefinedRow as row:
            return _undefined(run, row)
        return evolve(
            run,
            status="rated" if banding.band is not None else "undefined",
            band=banding.band,
            because=banding.because,
            band_measure=measure,
            banded_on=number,
            bands_inside=banding.inside,
            requirements=banding.requirements,
        )

    # -- overrides --------------------------------------------------------------------------------

    def _overrule(self, run: Run, knowledge: Knowledge) -> Run:
        """What outranks the score; a forced band settles what is undefined or insufficient."""
        bands = self.rulebook.bands
        ids = bands.ids if bands is not None else ()
        self._publish(run, knowledge)
        fired = []
        for override in self.rulebook.overrides:
            try:
                outcome = _fire(override, knowledge)
            except UndefinedRow as row:
                return _undefined(run, row)
            if outcome is not None:
                fired.append(outcome)
        final, status, marked = overrule(run.band, fired, ids)
        run = evolve(run, overrides=marked, band_before_overrides=run.band)
        if status is not None:
            because = tuple(f"overrides.{o.id}" for o in marked if o.kind == "unrated")[:1]
            return evolve(run, band=None, status=status, because=because)
        if final is not None:
            return evolve(run, band=final, status="rated", because=())
        return run

    def _publish(self, run: Run, knowledge: Knowledge) -> None:
        """Let later steps read the score and the band."""
        knowledge.known.update(score=run.score, exact_score=run.exact_score)
        if self.rulebook.bands is not None:
            knowledge.known["band"] = knowledge.as_band(run.band)

    # -- outputs, invariants ------------------------------------------------------------------------

    def _outputs(self, run: Run, knowledge: Knowledge) -> Run:
        """Named values after the rating, where there is one."""
        self._publish(run, knowledge)
        knowledge.outputs.update({named.id: named for named in self.rulebook.outputs})
        computations: dict[str, Computation] = {}
        if run.is_rated:
            try:
                for named in self.rulebook.outputs:
                    computations[named.id] = knowledge.output(named)
            except UndefinedRow as row:
                computations = {}
                run = _undefined(run, row)
                self._publish(run, knowledge)
        if not run.is_rated:
            knowledge.outputs.clear()
            for named in self.rulebook.outputs:
                knowledge.known.setdefault(named.id, None)
        return evolve(
            run,
            outputs=FrozenMap({id_: c.value for id_, c in computations.items()}),
            output_computations=FrozenMap(computations),
        )

    def _invariants(self, run: Run, knowledge: Knowledge) -> Run:
        """Whether what must hold for every valid subject holds for this one."""
        outcomes = []
        for invariant in self.rulebook.invariants:
            computation = knowledge.look(invariant.that, invariant.words.path)
            outcomes.append(
                ConditionOutcome(invariant.id, computation.value is True, computation)
            )
        return evolve(run, invariants=tuple(outcomes))

    def _let(self, knowledge: Knowledge) -> dict[str, Any]:
        """The named values that were computed, and those that nothing needed."""
        computations = knowledge.let_computations
        ids = [named.id for named in self.rulebook.let]
        ordered = {id_: computations[id_] for id_ in ids if id_ in computations}
        return {
            "let": FrozenMap({id_: computation.value for id_, computation in ordered.items()}),
            "let_computations": FrozenMap(ordered),
            "not_needed": tuple(id_ for id_ in ids if id_ not in computations),
        }


def _undefined(run: Run, row: UndefinedRow) -> Run:
    """A rating that a row leaves open: no score, no band, and the row named."""
    return evolve(
        run, status="undefined", score=None, exact_score=None, band=None, because=(row.place,)
    )


def _look(level: Band, knowledge: Knowledge) -> list[Requirement]:
    """The requirements of a band, each looked at."""
    computations = [
        (requirement, knowledge.compute(requirement.that, requirement.words.path))
        for requirement in level.requires
    ]
    return [
        Requirement(level.id, requirement.id, computation.value is True, computation)
        for requirement, computation in computations
    ]


def _fire(override: Override, knowledge: Knowledge) -> OverrideOutcome | None:
    """An override that fires, or None."""
    computation = None
    if override.when is not None:
        computation = knowledge.compute(override.when, f"{override.words.path}.when")
        if computation.value is not True:
            return None
    target: Any = override.target
    if isinstance(target, Expression):
        target = knowledge.compute(target, f"{override.words.path}.{override.kind}").value
    return OverrideOutcome(override.id, override.kind, target, False, computation)


def judging_order(rulebook: Rulebook) -> tuple[Criterion, ...]:
    """Criteria in the order they are judged: each after all it reads, otherwise by id."""
    if rulebook.root is None:
        return ()
    criteria = {criterion.id: criterion for criterion in rulebook.root.walk()}
    lets = {named.id: named.value for named in rulebook.let}

    def needed(expression: Expression, seen: set[str]) -> set[str]:
        """The criteria an expression reads, also through `let`."""
        found: set[str] = set()
        for name in reads(expression.tree):
            owner, _, id_ = name.rpartition(".")
            if owner in ("points", "share"):
                found.add(id_)
            elif owner == "children":
                found.update(child.id for child in criteria[id_].children)
            elif name in lets and name not in seen:
                seen.add(name)
                found |= needed(lets[name], seen)
        return found

    waits: dict[str, set[str]] = {}
    for id_, criterion in criteria.items():
        waits[id_] = {child.id for child in criterion.children}
        for expression in expressions(criterion):
            waits[id_] |= needed(expression, set())
    ready = [id_ for id_, on in waits.items() if not on]
    heapify(ready)
    order = []
    while ready:
        done = heappop(ready)
        order.append(criteria[done])
        for id_, on in waits.items():
            if done in on:
                on.remove(done)
                if not on:
                    heappush(ready, id_)
    return tuple(order)


def expressions(criterion: Criterion) -> list[Expression]:
    """The expressions of one criterion itself."""
    found = [criterion.applies]
    match criterion.body:
        case Group(points=points):
            found.append(points)
        case Points(value=value) | Rate(value=value):
            found.append(value)
        case Met(condition=condition):
            found.append(condition)
        case Measure(measure=measure):
            found.append(measure)
    return [expression for expression in found if expression is not None]
