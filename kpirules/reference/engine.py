"""The order of an assessment (§2), step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from ..kernel.certain import certain, given
from ..kernel.exact import to_decimal
from ..kernel.mappings import FrozenMap
from ..language.expressions import COHORT_FUNCTIONS, Expression, Meter, UndefinedRow, evaluate
from ..language.expressions.tree import OfCohort
from ..language.model import (
    Compared,
    Condition,
    Criterion,
    Entered,
    ListDomain,
    Named,
    Rulebook,
)
from ..language.model.order import by_id, judging_order, output_order
from ..record import Assessment, Computation, Contribution, OverrideOutcome
from ..record import Condition as ConditionOutcome
from .judging import Judging
from .knowledge import Knowledge, MissingInput, StepFault
from .rating import band, limited, overrule
from .steps import evaluate_limit, evaluate_requirements, exact, fire, undefined

__all__ = ["ReferenceEngine"]

Cohort = Mapping[OfCohort, Fraction | None]


@frozen
class ReferenceEngine:
    """Assesses a subject step by step, on exact rationals.

    An assessment calls `know`, `exempted`, `failed_validations`, `applicable` and `rate`, in this
    order, all with the knowledge of the one subject.

    Args:
        rulebook: a rulebook whose report has no errors.
        template: a rated record with what all records by the rulebook share; the caller adds the subject's inputs
            and margin.
    """

    rulebook: Rulebook
    template: Assessment = field(repr=False)
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
        """Return the initial knowledge of a subject.

        Args:
            values: inputs by id, inside their domains: exact numbers, booleans, strings, dates, None for
                absent, and sequences of mappings for lists. Missing and invalid inputs are left out.
            meter: counts the work.
            cohort: the values of functions over the cohort; None while its members are still compared.
            partial: for invalid lists, the records with their valid fields. Only the validations of
                single records read them.
        """
        return Knowledge(self.rulebook, values, meter or Meter(), cohort or {}, partial or {})

    # -- exemptions -------------------------------------------------------------------------------

    @cached_property
    def _constants(self) -> Knowledge:
        """The knowledge for constants of functions over the cohort, which read parameters only."""
        return self.know({})

    def exempted(self, knowledge: Knowledge) -> Assessment | None:
        """Return the assessment of the first exemption that holds, or None.

        Raises:
            MissingInput: an exemption reads a missing or invalid input.
            StepFault: a fault.
        """
        for exemption in self.rulebook.exemptions:
            try:
                computation = knowledge.compute(exemption.when, f"{exemption.words.path}.when")
            except UndefinedRow as row:
                return self._ended(evolve(self.template, status="undefined", because=(row.place,)), knowledge)
            if computation.value is True:
                assessment = evolve(
                    self.template,
                    status=exemption.status,
                    because=(f"exemptions.{exemption.id}",),
                    exemption=ConditionOutcome(exemption.id, True, computation),
                )
                return self._ended(assessment, knowledge)
        return None

    # -- validations, and what assessors enter ----------------------------------------------------

    def failed_validations(
        self, knowledge: Knowledge
    ) -> tuple[list[tuple[str, Condition]], Assessment | None, StepFault | None]:
        """Return the validations that do not hold, each with its path in the subject.

        A validation that reads a missing or invalid input is skipped: the input is reported instead.

        Returns:
            The validations, the assessment if a row leaves one of them undefined, and the first fault.
        """
        failed: list[tuple[str, Condition]] = []
        rows: list[str] = []
        faults: list[StepFault] = []
        for path, validation, variables in self._validations(knowledge):
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
                    failed.append((path, validation))
        ended = None
        if rows:
            assessment = evolve(self.template, status="undefined", because=tuple(dict.fromkeys(rows)))
            ended = self._ended(assessment, knowledge)
        return failed, ended, faults[0] if faults else None

    def _validations(self, knowledge: Knowledge) -> Iterator[tuple[str, Condition, Mapping[str, Mapping[str, Any]]]]:
        """Yield every validation with the path of its record, and that record."""
        for declared in by_id(self.rulebook.inputs):
            if isinstance(declared.domain, ListDomain):
                for index, record in enumerate(knowledge.records(declared)):
                    for validation in by_id(declared.domain.validations):
                        yield f"{declared.id}[{index}]", validation, {"item": record}
        for validation in by_id(self.rulebook.validations):
            yield "", validation, {}

    def applicable(self, knowledge: Knowledge) -> tuple[dict[str, bool | None], StepFault | None]:
        """Return whether each entered criterion, and every group above it, applies.

        Returns:
            By criterion, False if the condition is absent; None if a row leaves it undefined, it reads a
            missing or invalid input, or it faults. Then the first fault.
        """
        judging = Judging(knowledge)
        applicable: dict[str, bool | None] = {}
        faults: list[StepFault] = []
        for criterion in self._criteria:
            if isinstance(criterion.body, Entered):
                try:
                    applicable[criterion.id] = judging.evaluate_applies(criterion) is True
                except (MissingInput, UndefinedRow):
                    applicable[criterion.id] = None
                except StepFault as fault:
                    applicable[criterion.id] = None
                    faults.append(fault)
        return applicable, faults[0] if faults else None

    # -- the rating -------------------------------------------------------------------------------

    def rate(self, knowledge: Knowledge) -> Assessment:
        """Return the rating of a valid subject that no exemption holds for.

        Raises:
            StepFault: the first fault, in the order of the assessment.
        """
        assessment = self.rate_alone(knowledge)
        assessment = self._outputs(assessment, knowledge)
        assessment = self._invariants(assessment, knowledge)
        return self._ended(assessment, knowledge)

    def rate_alone(self, knowledge: Knowledge) -> Assessment:
        """Return the rating without outputs, which may compare it with those of other members.

        Raises:
            StepFault: the first fault, in the order of the assessment.
        """
        judging = Judging(knowledge)
        for criterion in self._criteria:
            judging.judge(criterion)
        assessment = self._score(self.template, knowledge, judging)
        assessment = self._band(assessment, knowledge)
        assessment = self._overrule(assessment, knowledge)
        self._publish(assessment, knowledge)
        return assessment

    # -- cohorts ----------------------------------------------------------------------------------

    def compared(self, knowledge: Knowledge, functions: Sequence[Compared]) -> dict[OfCohort, Any]:
        """Return the values of a member that functions over the cohort compare.

        Args:
            knowledge: the knowledge of a valid member, rated if its rating is compared.
            functions: the functions.

        Raises:
            StepFault: the first fault, in the order of the functions.
        """
        return {
            value.node: True
            if value.node.body is None
            else knowledge.compute(Expression(value.text, value.node.body), value.path).value
            for value in functions
        }

    def cohort_values(self, members: Sequence[Mapping[OfCohort, Any]]) -> list[dict[OfCohort, Fraction | None]]:
        """Return the values of functions over a cohort for each member: the definition (§8).

        Args:
            members: the compared values of each member; absent values are left out.
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

    def _score(self, assessment: Assessment, knowledge: Knowledge, judging: Judging) -> Assessment:
        """Apply score limits, then rounding."""
        root = self.rulebook.root
        if root is None:
            return assessment
        outcomes = {criterion.id: judging.outcomes[criterion.id] for criterion in root.walk()}
        assessment = evolve(assessment, outcomes=FrozenMap(outcomes))
        if judging.insufficient:
            return evolve(assessment, status="insufficient", because=tuple(judging.insufficient))
        if judging.undefined:
            return evolve(assessment, status="undefined", because=tuple(judging.undefined))
        total = given(outcomes["score"].points, "a score without points is insufficient or undefined")
        lines = list(outcomes["score"].contributions)
        try:
            evaluated = [evaluate_limit(limit, knowledge) for limit in by_id(self.rulebook.score_limits)]
        except UndefinedRow as row:
            return undefined(assessment, knowledge, row.place)
        in_effect = [(limit.id, limit.at_most) for limit in evaluated if limit.at_most is not None]
        decided, cut = limited(total, in_effect)
        limits = tuple(evolve(limit, decided=limit.id in decided) for limit in evaluated)
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
        return evolve(
            assessment, exact_score=total, score=to_decimal(score), limits=limits, outcomes=FrozenMap(outcomes)
        )

    def _band(self, assessment: Assessment, knowledge: Knowledge) -> Assessment:
        """Find the band, by the score or by the measure of the bands, and its requirements."""
        bands = self.rulebook.bands
        if bands is None or not assessment.is_rated:
            return assessment
        number = assessment.exact_score if self.rulebook.bands_on_exact else exact(assessment.score)
        measure = None
        try:
            if bands.measure is not None:
                measure = knowledge.compute(bands.measure, f"{bands.words.path}.measure")
                number = certain(measure.value, Fraction, "the check guarantees it")
            banding = band(bands, number, lambda level: evaluate_requirements(level, knowledge))
        except UndefinedRow as row:
            return undefined(assessment, knowledge, row.place)
        knowledge.banded_on = number
        return evolve(
            assessment,
            status="rated" if banding.band is not None else "undefined",
            band=banding.band,
            because=banding.because,
            band_measure=measure,
            bands_inside=banding.inside,
            requirements=banding.requirements,
        )

    def _overrule(self, assessment: Assessment, knowledge: Knowledge) -> Assessment:
        """Apply overrides; a forced band also rates an undefined or insufficient subject."""
        self._publish(assessment, knowledge)
        fired: list[OverrideOutcome] = []
        rows: list[str] = []
        for override in self.rulebook.overrides:
            try:
                outcome = fire(override, knowledge)
            except UndefinedRow as row:
                rows.append(row.place)
            else:
                fired += [] if outcome is None else [outcome]
        if rows:
            return undefined(evolve(assessment, overrides=tuple(fired)), knowledge, rows[0])
        bands = self.rulebook.bands
        final, status, marked = overrule(assessment.band, fired, bands.ids if bands is not None else ())
        assessment = evolve(assessment, overrides=marked)
        knowledge.band_before_overrides = assessment.band
        if status is not None:
            because = tuple(f"overrides.{override.id}" for override in marked if override.decided)
            return evolve(assessment, band=None, status=status, because=because)
        if final is not None:
            return evolve(assessment, band=final, status="rated", because=())
        return assessment

    def _publish(self, assessment: Assessment, knowledge: Knowledge) -> None:
        """Let later steps read the score and the band."""
        knowledge.known.update(score=exact(assessment.score), exact_score=assessment.exact_score)
        knowledge.learn("band", assessment.band)

    def _outputs(self, assessment: Assessment, knowledge: Knowledge) -> Assessment:
        """Compute the outputs, if there is a rating."""
        self._publish(assessment, knowledge)
        absent = {named.id: None for named in self.rulebook.outputs}
        knowledge.outputs.update(absent)
        if not assessment.is_rated:
            return assessment
        computations: dict[str, Computation] = {}
        for named in self._outputs_in_order:
            try:
                value, computation = knowledge.work(named.value, named.words.path)
            except UndefinedRow as row:
                knowledge.outputs.update(absent)
                assessment = undefined(assessment, knowledge, row.place)
                self._publish(assessment, knowledge)
                return assessment
            knowledge.outputs[named.id] = value
            computations[named.id] = computation
        ordered = {named.id: computations[named.id] for named in self.rulebook.outputs}
        return evolve(
            assessment,
            outputs=FrozenMap({id_: computation.value for id_, computation in ordered.items()}),
            output_computations=FrozenMap(ordered),
        )

    def with_final_band(self, assessment: Assessment, knowledge: Knowledge, band: str | None) -> Assessment:
        """Return a rated subject with the band that quotas leave, and recompute what follows from the band.

        Args:
            assessment: the complete rating.
            knowledge: the knowledge of the subject.
            band: the final band of the subject, or None if people decide.

        Raises:
            StepFault: a fault.
        """
        status = "rated" if band is not None else "undecided"
        assessment = evolve(
            assessment, band=band, status=status, outputs=FrozenMap(), output_computations=FrozenMap()
        )
        assessment = self._outputs(assessment, knowledge)
        assessment = self._invariants(assessment, knowledge)
        return self._ended(assessment, knowledge)

    def _invariants(self, assessment: Assessment, knowledge: Knowledge) -> Assessment:
        """Record whether each invariant holds; one that a row leaves undefined does not."""
        outcomes = {}
        for invariant in by_id(self.rulebook.invariants):
            try:
                computation = knowledge.compute(invariant.that, invariant.words.path)
            except UndefinedRow:
                computation = Computation(invariant.that.text)
            is_held = computation.value is True
            outcomes[invariant.id] = ConditionOutcome(invariant.id, is_held, computation)
        return evolve(assessment, invariants=tuple(outcomes[invariant.id] for invariant in self.rulebook.invariants))

    def _ended(self, assessment: Assessment, knowledge: Knowledge) -> Assessment:
        """Return the assessment with the named values that were computed, and the names of the others."""
        computations = knowledge.let_computations
        ids = [named.id for named in self.rulebook.let]
        ordered = {id_: computations[id_] for id_ in ids if id_ in computations}
        return evolve(
            assessment,
            let=FrozenMap({id_: computation.value for id_, computation in ordered.items()}),
            let_computations=FrozenMap(ordered),
            computed_fields=FrozenMap(knowledge.computed_fields),
            not_needed=tuple(id_ for id_ in ids if id_ not in computations),
        )
