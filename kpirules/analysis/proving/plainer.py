"""Simplifies the subjects that show a finding, since people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...engines.scalar import ScalarEngine
from ...language.model import BooleanDomain, ChoiceDomain, ListDomain, NumberDomain
from ...plan import Plan
from ...plan.steps import Variable
from .costs import cost_of
from .goals import Arguments, Goal

__all__ = ["is_everyday", "plainer"]

EVALUATIONS, LEAST_EVALUATIONS = 600, 20
"""The most subjects that are tried, and the least number if each costs much."""

MOST_COST = 200_000
"""The most that further subjects may cost, in operations."""

ROUNDS = 2

EVERYDAY = 6
"""The most digits before and after the point of a number that nobody wonders at."""


def plainer(
    plan: Plan,
    engine: ScalarEngine,
    goal: Goal,
    arguments: Arguments,
    accepts: Callable[[Arguments], bool] = lambda _: True,
) -> Arguments:
    """Return a subject that also reaches a goal, with each input as simple as possible.

    Args:
        plan: the plan with the inputs.
        engine: assesses subjects.
        goal: the goal to reach.
        arguments: the subject.
        accepts: a further condition on the subject.
    """
    left = max(LEAST_EVALUATIONS, min(EVALUATIONS, MOST_COST // cost_of(plan)))
    for following in _smaller_together(plan, arguments):
        left -= 1
        if goal.reached(engine.alone(following)) and accepts(following):
            arguments = following
            break
    for _ in range(ROUNDS):
        before = arguments
        for place, variable in enumerate(plan.inputs):
            for value in _plain(plan, variable, arguments[place]):
                if left <= 0:
                    return arguments
                left -= 1
                following = (*arguments[:place], value, *arguments[place + 1 :])
                if goal.reached(engine.alone(following)) and accepts(following):
                    arguments = following
                    break
        if arguments == before:
            break
    return arguments


def is_everyday(plan: Plan, arguments: Arguments) -> bool:
    """Return whether every number of a subject has few digits; numbers in lists are ignored."""
    pairs = zip(plan.inputs, arguments, strict=False)
    return all(
        _length(value, variable.domain.denominator) <= EVERYDAY
        and _weight(value, variable.domain.denominator)[0] <= EVERYDAY
        for variable, value in pairs
        if isinstance(variable.domain, NumberDomain) and value is not None
    )


def _length(value: int, denominator: int) -> int:
    """Return the number of digits before the decimal point."""
    return len(str(abs(value) // denominator))


def _smaller_together(plan: Plan, arguments: Arguments) -> Iterator[Arguments]:
    """Yield the subject with all long numbers moved down together, each as near to a smaller power of ten.

    Their differences stay the same, and with them properties such as a ratio just below 1.
    """
    for digits in (2, 3, 4, 5, EVERYDAY):
        following = list(arguments)
        for place, variable in enumerate(plan.inputs):
            value = arguments[place]
            if isinstance(variable.domain, NumberDomain) and value is not None:
                d, length = variable.domain.denominator, _length(value, variable.domain.denominator)
                if value > 0 and length > EVERYDAY:
                    following[place] = value - (10**length - 10**digits) * d
        if tuple(following) != arguments and all(
            _fits(one, value) for one, value in zip(plan.inputs, following, strict=False)
        ):
            yield tuple(following)


def _fits(variable: Variable, value: Any) -> bool:
    """Return whether a number is inside its domain; True for any other value."""
    if not isinstance(variable.domain, NumberDomain) or value is None:
        return True
    step = (variable.domain.grid.unit * variable.domain.denominator).numerator
    return bool(value % step == 0 and variable.domain.grid.low * step <= value <= variable.domain.grid.high * step)


def _plain(plan: Plan, variable: Variable, current: Any) -> Iterator[Any]:
    """Yield values simpler than the current one, the simplest first."""
    domain = variable.domain
    if variable.type.is_optional:
        if current is None:
            return
        yield None
    match domain:
        case NumberDomain():
            yield from _numbers(domain, current)
        case BooleanDomain():
            if current:
                yield False
        case ChoiceDomain(options=options):
            yield from options[: options.index(current)]
        case ListDomain():
            yield from _lists(plan, variable, domain, current)
        case _:
            return


def _numbers(domain: NumberDomain, current: int) -> Iterator[int]:
    """Yield numerators with fewer digits, and nearer to zero or to the least value."""
    d, grid = domain.denominator, domain.grid
    step = (grid.unit * d).numerator
    least, greatest = grid.low * step, grid.high * step
    wanted = [0, least, d, 10 * d, 100 * d]
    wanted += [current // unit * unit for unit in (100 * d, 10 * d, 5 * d, d)]
    wanted += [-(-current // unit) * unit for unit in (10 * d, 5 * d, d)]
    wanted += [current // unit * unit for unit in (d // 2, d // 4, d // 10, d // 100) if unit]
    weight = _weight(current, d)
    tried = set()
    for value in wanted:
        if value in tried or value % step or not least <= value <= greatest or _weight(value, d) >= weight:
            continue
        tried.add(value)
        yield value


def _weight(value: int, denominator: int) -> tuple[int, int, int]:
    """Return the complexity of a number: digits after the point, digits without trailing zeros, size."""
    digits = 0
    whole = abs(value)
    while whole % denominator and digits < 20:
        whole, digits = whole * 10, digits + 1
    return digits, len(str(whole // denominator).rstrip("0")), abs(value)


def _lists(plan: Plan, variable: Variable, domain: ListDomain, current: Any) -> Iterator[Any]:
    if len(current) > domain.min_items:
        yield current[:-1]
        yield current[1:]
    fields = plan.records[variable.id].fields
    places = [[one.id for one in fields].index(id_) for id_ in domain.unique]
    for index, record in enumerate(current):
        for place, one in enumerate(fields):
            for value in _plain(plan, one, record[place]):
                records = [*current]
                records[index] = (*record[:place], value, *record[place + 1 :])
                if not places or len({tuple(one[at] for at in places) for one in records}) == len(records):
                    yield records
