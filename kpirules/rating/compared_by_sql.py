"""Prepares functions over cohorts for a query: the values they compare are outputs, and their results inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from attrs import define, evolve, field, frozen

from ..engines.integers import FALSE, TRUE, Building, IntegerProgram, Step, integer_program, order_of
from ..engines.integers.compared import parts_of
from ..engines.scalar import ScalarEngine
from ..engines.sql import Comparison, Early
from ..language.expressions import Type
from ..language.model import NumberDomain
from ..plan import Plan
from ..plan.steps import CohortValue, Holds, Output, Variable

__all__ = ["Comparing"]

ORDERED = ("cohort_rank", "cohort_percentile")
"""The functions that need no more of values than their order."""

FAULTS = ("division", "domain", "date", "calendar", "scale", "no_case", "several", "points", "width", "work")
"""The kinds of refusals of a value that is compared; other refusals are reported with the rating."""


@frozen
class _Ends:
    """The limits of a function's value.

    Args:
        low, high: of its numerator.
        below: the least and the greatest denominator.
    """

    low: int
    high: int
    below: tuple[int, int] = (1, 1)


@define(eq=False)
class Comparing:
    """A plan whose functions over cohorts become inputs.

    Args:
        plan: the steps; with an input for each function, and an output for each value that is compared late.
        program: the steps of the values that are compared early.
        early, late: the functions, by whether they are known before any row is rated.
        ends: the limits of each function, by its id; none of one that has no form as a window.
        refused: why the others have no form, by their path.
    """

    plan: Plan
    program: IntegerProgram | None = None
    early: list[CohortValue] = field(factory=list)
    late: list[CohortValue] = field(factory=list)
    ends: dict[str, _Ends] = field(factory=dict)
    refused: dict[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        scalar, cohort = ScalarEngine(self.plan), self.plan.cohort
        self.early, self.late = ([one for one in cohort if one.is_rated is is_late] for is_late in (False, True))
        added: list[Variable] = []
        if self.early:
            found = integer_program(scalar.comparing.plan)
            refusals = [one for one in found.refusals if one.kind in ("", *FAULTS) and not one.is_early]
            self.program = evolve(found, refusals=tuple(refusals), asked={}, is_early=FALSE)
            added += self._variables(self.early, found)
        if self.late and scalar.rating is not None:
            plan = scalar.rating.plan
            added += self._variables(self.late, integer_program(evolve(plan, inputs=(*plan.inputs, *added))))
        steps = list(self.plan.steps)
        at = next((place for place, step in enumerate(steps) if isinstance(step, Output | Holds)), len(steps))
        steps[at:at] = [Output(one.id, one.op, one.path) for one in self.late]
        self.plan = evolve(self.plan, inputs=(*self.plan.inputs, *added), steps=tuple(steps))

    # -- limits -----------------------------------------------------------------------------------

    def _variables(self, values: Sequence[CohortValue], program: IntegerProgram) -> Iterator[Variable]:
        """Yield the inputs of functions that have a form as windows."""
        for value in values:
            if why := self._refusal(value, program):
                self.refused.setdefault(value.path, why)
            else:
                yield from self._inputs(value, program)

    def _refusal(self, value: CohortValue, program: IntegerProgram) -> str:
        """Return why a function has no form; empty if it has one."""
        result = program.results.get(f"outputs.{value.id}")
        if value.function == "cohort_stdev":
            return "`cohort_stdev` is no arithmetic on integers"
        if result is None or not result.is_given_by_steps or not program.steps[result.value].is_known:
            return f"what `{value.function}` compares is no arithmetic on integers"
        if program.steps[result.value].is_real or program.steps[result.denominator].is_real:
            return f"what `{value.function}` compares is no arithmetic on integers"
        if value.function not in (*ORDERED, "cohort_count") and _constant(program, result.denominator) is None:
            return f"the numbers of `{value.function}` have no common denominator: round them"
        return ""

    def _inputs(self, value: CohortValue, program: IntegerProgram) -> Iterator[Variable]:
        """Yield the numerator and the denominator of a function as inputs."""
        result = program.results[f"outputs.{value.id}"]
        step, most = program.steps[result.value], self.plan.max_members
        below = _constant(program, result.denominator) or 1
        part = _part(value).denominator
        match value.function:
            case "cohort_count":
                ends = _Ends(0, most)
            case "cohort_sum":
                ends = _Ends(min(step.low, 0) * most, max(step.high, 0) * most, (below, below))
            case "cohort_avg":
                ends = _Ends(min(step.low, 0) * most, max(step.high, 0) * most, (below, below * most))
            case "cohort_rank":
                ends = _Ends(1, most)
            case "cohort_percentile":
                ends = _Ends(0, most, (1, most))
            case _:
                ends = _Ends(step.low * part, step.high * part, (below * part, below * part))
        self.ends[value.id] = ends
        number, under = parts_of(value)
        yield _variable(number, ends.low, ends.high, is_optional=value.type.is_optional)
        yield _variable(under, *ends.below, is_optional=False)

    # -- steps ------------------------------------------------------------------------------------

    def early_of(self, target: Building, inputs: Collection[str]) -> Early | None:
        """Return the functions that are known before any row is rated.

        Args:
            target: the steps of the ratings, whose inputs become the results of windows.
            inputs: the inputs of the rulebook.
        """
        if self.program is None:
            return None
        own = Building(steps=list(self.program.steps))
        early = [one for one in self.early if one.id in self.ends]
        found = tuple(self._comparison(one, self.program, own, target, "cohort") for one in early)
        read = tuple(one for one in self.program.inputs if one.id in inputs)
        return Early(evolve(self.program, inputs=read, steps=tuple(own.steps)), found)

    def late_of(self, program: IntegerProgram, target: Building) -> tuple[Comparison, ...]:
        """Return the functions that compare ratings.

        Args:
            program: the ratings.
            target: its steps, whose inputs become the results of windows.
        """
        for place, step in enumerate(target.steps):
            if step.operation == "opaque" and step.path in self.refused:
                target.steps[place] = evolve(step, value=self.refused[step.path])
        late = [one for one in self.late if one.id in self.ends]
        return tuple(self._comparison(one, program, target, target, "window") for one in late)

    def _comparison(
        self, value: CohortValue, program: IntegerProgram, own: Building, target: Building, operation: str
    ) -> Comparison:
        """Return a function; the inputs that hold its value become results of its window."""
        result, ends = program.results[f"outputs.{value.id}"], self.ends[value.id]
        own.path = value.path
        key = order_of(own, result.value, result.denominator) if value.function in ORDERED else TRUE
        number, under = parts_of(value)
        reads: dict[str, int] = {}
        for place, step in enumerate(target.steps):
            if step.operation in ("input", "given") and step.value in (number, under):
                if step.value == under and step.low == step.high:
                    target.steps[place] = Step("constant", value=step.low, low=step.low, high=step.low)
                    continue
                word = "given" if step.operation == "given" else "number" if step.value == number else "below"
                target.steps[place] = evolve(step, operation=operation, path=value.path)
                reads[word] = place
        title = value.path.rpartition(".")[2].split("[")[0]
        return Comparison(
            f"{title}_{value.function.removeprefix('cohort_')}",
            value.text,
            value.function,
            _part(value),
            result.given,
            result.value,
            key,
            ends.below[0],
            ends.low,
            Step("constant", low=ends.low, high=ends.high).bits,
            reads,
        )


def _constant(program: IntegerProgram, number: int) -> int | None:
    step = program.steps[number]
    return step.low if step.operation == "constant" else None


def _part(value: CohortValue) -> Fraction:
    """Return the share of the members below a quantile; 0 for other functions."""
    if value.function == "cohort_median":
        return Fraction(1, 2)
    return value.constants[0] if value.function == "cohort_quantile" else Fraction(0)


def _variable(id_: str, low: int, high: int, *, is_optional: bool) -> Variable:
    domain = NumberDomain(minimum=Fraction(low), maximum=Fraction(high), is_integer=True)
    return Variable(id_, domain, Type("number", is_optional=is_optional))
