"""Find subjects near the differences between two rulebooks: ends of bands, and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any

from ..analysis.proving.goals import Answer, Arguments, Goal
from ..analysis.proving.search import Search
from ..engines.scalar import Decision
from ..language.model import Bands, Interval
from ..plan import Plan
from ..plan.ops import Op, Read, walk
from ..plan.steps import Applies, Banding, Override, Total
from ..rating.program import Program

__all__ = ["aimed"]

MOST_GOALS = 12


def aimed(old: Program, new: Program, search: Search, differs: Callable[[Arguments], bool]) -> Iterator[Arguments]:
    """Yield valid subjects of the old edition that the new one may rate differently.

    Args:
        old, new: two editions.
        search: a search over the old edition.
        differs: whether the new edition rates a subject differently.
    """
    for goal in islice(_goals(old, new), MOST_GOALS):
        # The caller already tried known subjects; only a search satisfies conditions.
        arguments = None if goal.outcomes else search.find(goal, differs)
        arguments = search.descend(goal, differs) if arguments is None else arguments
        if arguments is not None:
            yield arguments


def _goals(old: Program, new: Program) -> Iterator[Goal]:
    for stretch in _stretches(old.rulebook.bands, new.rulebook.bands):
        yield Goal(_inside(stretch), "banded_on", stretch)
    before, after = dict(_conditions(old.plan)), dict(_conditions(new.plan))
    known = _names(old.plan)
    for key, (condition, stretch) in before.items():
        if key not in after or after[key][0] == condition:
            continue
        new_condition = after[key][0]
        if any(isinstance(part, Read) and part.name not in known for part in walk(new_condition)):
            continue
        number = "" if stretch == Interval() else "banded_on"
        for holds in (True, False):
            yield Goal(_inside(stretch), number, stretch, ((condition, holds), (new_condition, not holds)))


def _inside(stretch: Interval) -> Any:
    """Return a test for the banded number being in an interval; for the whole line, a test for having a score."""

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        if stretch == Interval():
            return True
        number = answer.number("banded_on")
        return number is not None and number in stretch

    return reached


def _names(plan: Plan) -> set[str]:
    """Return the names that formulas of a plan may read."""
    read = {part.name for _, op in plan.operations() for part in walk(op) if isinstance(part, Read)}
    return read | {input_.id for input_ in plan.inputs} | set(plan.let)


def _conditions(plan: Plan) -> Iterator[tuple[str, tuple[Op, Interval]]]:
    """Yield the conditions that apply once there is a score, each with the interval where it matters."""
    for step in plan.steps:
        match step:
            case Banding(levels=levels):
                for level in levels:
                    for requirement in level.requires:
                        yield requirement.path, (requirement.that, level.interval)
            case Override(when=when, path=path) if when is not None:
                yield path, (when, Interval())
            case Applies(when=when, path=path):
                yield path, (when, Interval())
            case Total(limits=limits):
                for limit in limits:
                    if limit.when is not None:
                        yield limit.path, (limit.when, Interval())


# -- bands ----------------------------------------------------------------------------------------


def _stretches(old: Bands | None, new: Bands | None) -> list[Interval]:
    """Return the intervals where the bands of two editions differ."""
    if old is None or new is None:
        return []
    intervals = [level.interval for level in (*old.levels, *new.levels)]
    ends = sorted({end for interval in intervals for end in (interval.lower, interval.upper) if end is not None})
    stretches = [Interval(end, False, end, False) for end in ends]
    stretches += [Interval(low, True, high, True) for low, high in pairwise(ends)]
    return [stretch for stretch in stretches if _levels(old, stretch) != _levels(new, stretch)]


def _levels(bands: Bands, stretch: Interval) -> list[str]:
    assert stretch.lower is not None, "every stretch has both ends"
    assert stretch.upper is not None, "every stretch has both ends"
    middle = (stretch.lower + stretch.upper) / 2
    return [level.id for level in bands.levels if middle in level.interval]
