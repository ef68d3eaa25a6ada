"""Values in generated code."""

from __future__ import annotations

from attrs import evolve, frozen

from ...language.model import NumberDomain
from ...plan.steps import CohortValue, Variable
from .numbers import ANY, NOT_NEGATIVE, POSITIVE, Num
from .writing import times

__all__ = ["ABSENT", "Emitted", "Other", "assigned", "cohort_value", "input_value", "name_of"]


@frozen
class Other:
    """A boolean, text or date as code; None in the code if it is absent."""

    code: str
    is_optional: bool = False

    @property
    def present(self) -> Other:
        return evolve(self, is_optional=False)


Emitted = Num | Other

NEVER_NEGATIVE = ("cohort_count", "cohort_percentile", "cohort_stdev")

ABSENT = Num("None", 1, POSITIVE, True)


def name_of(part: Emitted) -> str:
    return str(part.n) if isinstance(part, Num) else part.code


def assigned(target: str, number: Num, common: int | None) -> list[str]:
    if number is ABSENT:
        return [f"{target} = None"] if common is not None else [f"{target} = None; {target}d = 1"]
    if common is None:
        return [f"{target} = {number.n}; {target}d = {number.d}"]
    assert isinstance(number.d, int)
    factor = common // number.d
    if number.is_optional and factor != 1:
        return [f"{target} = None if {number.n} is None else {times(number.n, factor)}"]
    return [f"{target} = {times(number.n, factor)}"]


def input_value(name: str, variable: Variable) -> Emitted:
    """Return the code of an input or field; a number is its numerator over its domain's denominator."""
    is_optional = variable.type.is_optional
    if isinstance(variable.domain, NumberDomain):
        return Num(name, variable.domain.denominator, sign_of(variable.domain), is_optional)
    return Other(name, is_optional)


def cohort_value(name: str, function: CohortValue) -> Num:
    """Return the code of a cohort value: its numerator, and its denominator unless that is always 1."""
    is_whole = function.function in ("cohort_count", "cohort_rank")
    sign = (
        POSITIVE
        if function.function == "cohort_rank"
        else NOT_NEGATIVE
        if function.function in NEVER_NEGATIVE
        else ANY
    )
    return Num(name, 1 if is_whole else f"{name}d", sign, function.type.is_optional)


def sign_of(domain: NumberDomain) -> int:
    low = domain.grid.low
    return POSITIVE if low > 0 else NOT_NEGATIVE if low == 0 else ANY
