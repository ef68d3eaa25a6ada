"""Rules that compare subjects, once the values of their cohorts are known: these are inputs like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import evolve

from ...language.expressions import Type
from ...language.model import NumberDomain
from ...plan import Plan
from ...plan.steps import CohortValue, Variable
from .steps import Step

if TYPE_CHECKING:
    from .program import IntegerProgram

__all__ = ["Pairs", "parts_of", "with_cohort", "with_fractions"]

Pairs = Sequence[tuple[int | None, int]]
"""The numerator and denominator of a value for each subject; (None, 1) if it is absent."""


def parts_of(value: CohortValue) -> tuple[str, str]:
    """Return the names of the inputs for the numerator and denominator of a value of the cohort.

    Args:
        value: the value.
    """
    name = f"kpirules {value.id.replace('.', ' ')}"
    return name, f"{name} below"


def with_cohort(plan: Plan, known: Mapping[str, Pairs]) -> Plan:
    """Return a plan that reads known values of the cohort as inputs, within the limits that they have.

    Args:
        plan: the steps of an assessment.
        known: the values of all subjects, by the id of the value; at least one.
    """
    added: list[Variable] = []
    for value in plan.cohort:
        pairs = known[value.id]
        number, below = parts_of(value)
        added.append(_variable(number, [n for n, _ in pairs if n is not None], is_optional=value.type.is_optional))
        added.append(_variable(below, [d for _, d in pairs], is_optional=False))
    return evolve(plan, inputs=(*plan.inputs, *added))


def with_fractions(
    program: IntegerProgram, names: Sequence[str]
) -> tuple[IntegerProgram, dict[str, tuple[str, ...]]]:
    """Return a program that also gives numerators and denominators of some numbers, and the names of these results.

    Args:
        program: the steps of an assessment.
        names: the names of results; one that is not a number is a part by itself.
    """
    steps = (*program.steps, Step("constant", value=1, low=1, high=1))
    one, results, parts = len(program.steps), dict(program.results), dict[str, tuple[str, ...]]()
    for name in names:
        result = results[name]
        parts[name] = (name,)
        if result.kind == "number":
            parts[name] = f"{name} above", f"{name} below"
            results[parts[name][0]] = evolve(result, denominator=one)
            results[parts[name][1]] = evolve(result, value=result.denominator, denominator=one)
    return evolve(program, steps=steps, results=results), parts


def _variable(id_: str, values: list[int], *, is_optional: bool) -> Variable:
    low, high = Fraction(min(values, default=0)), Fraction(max(values, default=0))
    domain = NumberDomain(minimum=low, maximum=high, is_integer=True)
    return Variable(id_, domain, Type("number", is_optional=is_optional))
