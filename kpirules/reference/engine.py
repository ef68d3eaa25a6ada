"""The order of an assessment (§2), step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ..kernel.certain import certain, given
from ..kernel.mappings import FrozenMap
from ..language.expressions import COHORT_FUNCTIONS, Expression, Meter, UndefinedRow, evaluate
from ..language.expressions.tree import OfCohort
from ..language.model import Band, Compared, Condition, Criterion, Entered, ListDomain, Named, Override, Rulebook
from ..language.model.order import by_id, judging_order, output_order
from ..record import Computation, Contribution, LimitOutcome, OverrideOutcome, Requirement, Run
from ..record import Condition as ConditionOutcome
from .judging import Judging
from .knowledge import Knowledge, MissingInput, StepFault
from .rating import band, limited, overrule

__all__ = ["ReferenceEngine"]

Cohort = Mapping[OfCohort, Fraction | None]


@frozen
class ReferenceEngine:
    """What a rulebook means, walked step by step on exact rationals.

    An assessment calls `know`, then `exempted`, `failed_validations`, `applicable` and `rate`, in this
    order, all on what is known of the one subject.

    Args:
        rulebook: a rulebook whose report has no errors.
    """

    rulebook: Rulebook
    _criteria: tuple[Criterion, ...] = field(init=False, repr=False, eq=False)
    _outputs_in_order: tuple[Named, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_criteria", judging_order(self.rulebook))
        object.__setattr__(self, "_outputs_in_order", output_order(self.rulebook))

    def know(
        self,
        values: Mapping[str, Any],
        meter: Meter | None = None,
        cohort: Cohort | None = None,
        partial: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> Knowledge:
        """What is known of a subject at first.

        Args:
            values: inputs by id, inside their domains: exact numbers, booleans, strings, dates, None for
                absent, and sequences of mappings for lists. What is missing or not valid is left out.
            meter: counts the work.
            cohort: what functions over the cohort came to; nothing while its members are still compared.
            partial: of lists that are not valid, the records with what is valid of each. Only the validations of
                single records read them.
        """
        return Knowledge(self.rulebook, values, meter or Meter(), cohort or {}, partial or {})

    # -- exemptions -------------------------------------------------------------------------------

    @cached_property
    def _constants(self) -> Knowledge:
        """What constants of functions over the cohort read: parameters."""
        return self.know({})

    def exempted(self, knowledge: Knowledge) -> Run | None:
        """The end of an assessment by the first exemption that holds, or None.

        Raises:
            MissingInput: where an exemption reads an input that is missing or not valid.
            StepFault: on a fault.
        """
        for exemption in self.rulebook.exemptions:
            try:
                computation = knowledge.compute(exemption.when, f"{exemption.words.path}.when")
            except UndefinedRow as row:
                return self._ended(Run("undefined", because=(row.place,)), knowledge)
            if computation.value is True:
                run = Run(
                    exemption.status,
                    because=(f"exemptions.{exemption.id}",),
                    exemption=ConditionOutcome(exemption.id, True, computation),
                )
                return self._ended(run, knowledge)
        return None

    # -- validations, and what assessors enter ----------------------------------------------------

    def failed_validations(
        self, knowledge: Knowledge
    ) -> tuple[list[tuple[str, Condition]], Run | None, StepFault | None]:
        """The validations that do not hold, each with the way to it through the subject.

        What reads an input that is missing or not valid is passed over: that is reported by itself.

        Returns:
            The validations, the end of the assessment where a row leaves one of them open, and the first fault.
        """
        failed: list[tuple[str, Condition]] = []
        rows: list[str] = []
        faults: list[StepFault] = []
        for way, validation, variables in self._validations(knowledge):
            try:
                computation = knowledge.compute(validation.that, validation.words.path, variables)
            except MissingInput:
                continue
            except UndefinedRow as row:
                rows.append(row.place)
            except StepFault as fault:
                faults.append(fault)
            else:
                if computation.value is not True:
                    failed.append((way, validation))
        run = Run("undefined", because=tuple(dict.fromkeys(rows)))
        return failed, self._ended(run, knowledge) if rows else None, faults[0] if faults else None

    def _validations(self, knowledge: Knowledge) -> Iterator[tuple[str, Condition, Mapping[str, Mapping[str, Any]]]]:
        """Every validation with the way to the record it is about and that record."""
        for declared in by_id(self.rulebook.inputs):
            if isinstance(declared.domain, ListDomain):
                for index, record in enumerate(knowledge.records(declared)):
                    for validation in by_id(declared.domain.validations):
                        yield f"{declared.id}[{index}]", validation, {"item": record}
        for validation in by_id(self.rulebook.validations):
            yield "", validation, {}

    def applicable(self, knowledge: Knowledge) -> tuple[dict[str, bool | None], StepFault | None]:
        """Whether each entered criterion, and every group above it, applies.

        Returns:
            By criterion, False also where that is absent; None where a row leaves it open, it reads an input that is
            missing or not valid, or it faults. And the first fault.
        """
        judging = Judging(knowledge)
        applicable: dict[str, bool | None] = {}
        faults: list[StepFault] = []
        for criterion in self._criteria:
            if isinstance(criterion.body, Entered):
                try:
                    applicable[criterion.id] = judging.asked(criterion) is True
                except (MissingInput, UndefinedRow):
                    applicable[criterion.id] = None
                except StepFault as fault:
                    applicable[criterion.id] = None
                    faults.append(fault)
        return applicable, faults[0] if faults else None

    # -- the rating -------------------------------------------------------------------------------

    def rate(self, knowledge: Knowledge) -> Run:
        """The rating of a valid subject that no exemption holds for.

        Raises:
            StepFault: on a fault, the first in the order of the assessment.
        """
        run = self.rate_alone(knowledge)
        run = self._outputs(run, knowledge)
        run = self._invariants(run, knowledge)
        return self._ended(run, knowledge)

    def rate_alone(self, knowledge: Knowledge) -> Run:
        """The rating without outputs, which may compare it with those of other members.

        Raises:
            StepFault: on a fault, the first in the order of the assessment.
        """
        judging = Judging(knowledge)
        for criterion in self._criteria:
            judging.judge(criterion)
        run = self._score(Run("rated"), knowledge, judging)
        run = self._band(run, knowledge)
        run = self._overrule(run, knowledge)
        self._publish(run, knowledge)
        return run

    # -- cohorts ----------------------------------------------------------------------------------

    def compared(self, knowledge: Knowledge, asked: Sequence[Compared]) -> dict[OfCohort, Any]:
        """What functions over the cohort compare of a member.

        Args:
            knowledge: of a valid member, rated where its rating is compared.
            asked: the functions.

        Raises:
            StepFault: on a fault, the first in their order.
        """
        return {
            one.node: True
            if one.node.body is None
            else knowledge.compute(Expression(one.text, one.node.body), one.path).value
            for one in asked
        }

    def come_to(self, members: Sequence[Mapping[OfCohort, Any]]) -> list[dict[OfCohort, Fraction | None]]:
        """What functions over a cohort come to for each of its members: the definition (§8).

        Args:
            members: what is compared of each; absent values are left out.
        """
        found: list[dict[OfCohort, Fraction | None]] = [{} for _ in members]
        for node in members[0] if members else ():
            row = COHORT_FUNCTIONS[node.function]
            values = [member[node] for member in members if member[node] is not None]
            constants = [evaluate(Expression("", argument), self._constants) for argument in node.arguments]
            shared = None if row.is_own else row.meaning(values, *constants)
            for member, results in zip(members, found, strict=True):
                own = member[node]
                results[node] = shared if not row.is_own or own is None else row.meaning(values, own)
        return found

    def _score(self, run: Run, knowledge: Knowledge, judging: Judging) -> Run:
        """Total → score limits → rounding."""
        root = self.rulebook.root
        if root is None:
            return run
        outcomes = {criterion.id: judging.outcomes[criterion.id] for criterion in root.walk()}
        run = evolve(run, outcomes=FrozenMap(outcomes))
        if judging.insufficient:
            return evolve(run, status="insufficient", because=tuple(judging.insufficient))
        if judging.undefined:
            return evolve(run, status="undefined", because=tuple(judging.undefined))
        total = given(outcomes["score"].points, "what has no points is insufficient or undefined")
        lines = list(outcomes["score"].contributions)
        looked_at: list[LimitOutcome] = []
        for limit in by_id(self.rulebook.score_limits):
            try:
                when = Computation("", value=True)
                if limit.when is not None:
                    when = knowledge.compute(limit.when, f"{limit.words.path}.when")
                at_most: Any = None
                if when.value is True:
                    found = knowledge.compute(limit.at_most, f"{limit.words.path}.at_most").value
                    at_most = certain(found, Fraction, "the check has shown it")
            except UndefinedRow as row:
                return _undefined(run, row.place)
            looked_at.append(LimitOutcome(limit.id, at_most is not None, False, at_most, when))
        holding = [(one.id, one.at_most) for one in looked_at if one.at_most is not None]
        decided, cut = limited(total, holding)
        limits = tuple(evolve(one, decided=one.id in decided) for one in looked_at)
        if cut is not None:
            lines.append(cut)
            total += cut.points
        score = total if root.round is None else root.round.apply(total)
        if score != total:
            lines.append(Contribution("rounding", "", score - total))
        outcomes["score"] = evolve(
            outcomes["score"],
            points=score,
            share=score / root.max if root.max else None,
            contributions=tuple(lines),
        )
        knowledge.known.update(score=score, exact_score=total)
        return evolve(run, exact_score=total, score=score, limits=limits, outcomes=FrozenMap(outcomes))

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
                number = certain(measure.value, Fraction, "the check has shown it")
            banding = band(bands, number, lambda level: _look(level, knowledge))
        except UndefinedRow as row:
            return _undefined(run, row.place)
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

    def _overrule(self, run: Run, knowledge: Knowledge) -> Run:
        """What outranks the score; a forced band settles what is undefined or insufficient."""
        self._publish(run, knowledge)
        fired: list[OverrideOutcome] = []
        rows: list[str] = []
        for override in self.rulebook.overrides:
            try:
                outcome = _fire(override, knowledge)
            except UndefinedRow as row:
                rows.append(row.place)
            else:
                fired += [] if outcome is None else [outcome]
        if rows:
            return _undefined(evolve(run, overrides=tuple(fired)), rows[0])
        bands = self.rulebook.bands
        final, status, marked = overrule(run.band, fired, bands.ids if bands is not None else ())
        run = evolve(run, overrides=marked, band_before_overrides=run.band)
        if status is not None:
            because = tuple(f"overrides.{one.id}" for one in marked if one.decided)
            return evolve(run, band=None, status=status, because=because)
        if final is not None:
            return evolve(run, band=final, status="rated", because=())
        return run

    def _publish(self, run: Run, knowledge: Knowledge) -> None:
        """Let later steps read the score and the band."""
        knowledge.known.update(score=run.score, exact_score=run.exact_score)
        knowledge.learn("band", run.band)

    def _outputs(self, run: Run, knowledge: Knowledge) -> Run:
        """Named values after the rating, where there is one."""
        self._publish(run, knowledge)
        absent = {named.id: None for named in self.rulebook.outputs}
        knowledge.outputs.update(absent)
        if not run.is_rated:
            return run
        computations: dict[str, Computation] = {}
        for named in self._outputs_in_order:
            try:
                value, computation = knowledge.work(named.value, named.words.path)
            except UndefinedRow as row:
                knowledge.outputs.update(absent)
                run = _undefined(run, row.place)
                self._publish(run, knowledge)
                return run
            knowledge.outputs[named.id] = value
            computations[named.id] = computation
        ordered = {named.id: computations[named.id] for named in self.rulebook.outputs}
        return evolve(
            run,
            outputs=FrozenMap({id_: computation.value for id_, computation in ordered.items()}),
            output_computations=FrozenMap(ordered),
        )

    def allot(self, run: Run, knowledge: Knowledge, band: str | None) -> Run:
        """A rated subject with the band that quotas leave, and what follows from the band computed again.

        Args:
            run: the rating, all of which is known.
            knowledge: of the subject.
            band: that the subject has in the end, or None where people decide.

        Raises:
            StepFault: on a fault.
        """
        status = "rated" if band is not None else "undecided"
        run = evolve(run, band=band, status=status, outputs=FrozenMap(), output_computations=FrozenMap())
        run = self._outputs(run, knowledge)
        run = self._invariants(run, knowledge)
        return self._ended(run, knowledge)

    def _invariants(self, run: Run, knowledge: Knowledge) -> Run:
        """Whether what must hold for every valid subject holds; what a row leaves open does not."""
        outcomes = {}
        for invariant in by_id(self.rulebook.invariants):
            try:
                computation = knowledge.compute(invariant.that, invariant.words.path)
            except UndefinedRow:
                computation = Computation(invariant.that.text)
            held = computation.value is True
            outcomes[invariant.id] = ConditionOutcome(invariant.id, held, computation)
        return evolve(run, invariants=tuple(outcomes[one.id] for one in self.rulebook.invariants))

    def _ended(self, run: Run, knowledge: Knowledge) -> Run:
        """The run with the named values that were computed, and those that nothing needed."""
        computations = knowledge.let_computations
        ids = [named.id for named in self.rulebook.let]
        ordered = {id_: computations[id_] for id_ in ids if id_ in computations}
        return evolve(
            run,
            let=FrozenMap({id_: computation.value for id_, computation in ordered.items()}),
            let_computations=FrozenMap(ordered),
            not_needed=tuple(id_ for id_ in ids if id_ not in computations),
        )


def _undefined(run: Run, place: str) -> Run:
    """A rating that a row leaves open: no score, no band, and the row named."""
    outcomes = dict(run.outcomes)
    if "score" in outcomes:
        outcomes["score"] = evolve(
            outcomes["score"],
            outcome="missing",
            why="undefined",
            policy="",
            remains=None,
            required=None,
            points=None,
            share=None,
            contributions=(),
        )
    return evolve(
        run,
        status="undefined",
        because=(place,),
        score=None,
        exact_score=None,
        band=None,
        banded_on=None,
        band_before_overrides=None,
        outcomes=FrozenMap(outcomes),
        overrides=tuple(evolve(one, decided=False) for one in run.overrides),
    )


def _look(level: Band, knowledge: Knowledge) -> list[Requirement]:
    """The requirements of a band, each looked at."""
    computations = {
        requirement.id: knowledge.compute(requirement.that, requirement.words.path)
        for requirement in by_id(level.requires)
    }
    return [
        Requirement(level.id, one.id, computations[one.id].value is True, computations[one.id])
        for one in level.requires
    ]


def _fire(override: Override, knowledge: Knowledge) -> OverrideOutcome | None:
    """An override that fires, or None."""
    when = None
    if override.when is not None:
        when = knowledge.compute(override.when, f"{override.words.path}.when")
        if when.value is not True:
            return None
    target: Any = override.target
    if isinstance(target, Expression):
        target = knowledge.compute(target, f"{override.words.path}.{override.kind}").value
    return OverrideOutcome(override.id, override.kind, target, False, when)
