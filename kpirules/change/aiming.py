"""Find subjects near the differences between two rulebooks: ends of bands, and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from attrs import evolve

from ..analysis.proving.goals import Answer, Arguments, Goal
from ..analysis.proving.search import Search
from ..engines.scalar import Decision
from ..language.model import Bands, Interval, Rulebook
from ..plan import Plan
from ..plan.ops import Op, Read, walk
from ..plan.steps import Applies, Banding, Override, Total
from ..rating.program import Program

if TYPE_CHECKING:
    from ..analysis.proving.solving.solver import Solver

__all__ = ["aimed", "goals", "solved"]

MOST_GOALS = 12

MOST_ASKED = 6
"""Goals of which z3 is asked: each may take a second."""


def aimed(old: Program, new: Program, search: Search, differs: Callable[[Arguments], bool]) -> Iterator[Arguments]:
    """Yield valid subjects of the old edition that the new one may rate differently.

    Args:
        old, new: two editions.
        search: a search over the old edition.
        differs: whether the new edition rates a subject differently.
    """
    for goal in islice(goals(old, new), MOST_GOALS):
        # The caller already tried known subjects; only a search satisfies conditions.
        arguments = None if goal.outcomes else search.find(goal, differs)
        arguments = search.descend(goal, differs) if arguments is None else arguments
        if arguments is not None:
            yield arguments


def solved(old: Program, new: Program, solver: Solver, differs: Callable[[Arguments], bool]) -> Iterator[Arguments]:
    """Likewise, as z3 finds them: nothing outranks the band, and its requirements hold.

    Args:
        old, new: two editions.
        solver: asks z3 about the old one.
        differs: whether the new edition does judge otherwise of a subject.
    """
    plain = list(goals(old, new))
    for goal in islice((*_ties(old.rulebook, new.rulebook), *(_sharp(old, new, plain)), *plain), MOST_ASKED):
        found = solver.find(goal)
        if found.status == "shown" and differs(found.arguments):
            yield found.arguments


def _sharp(old: Program, new: Program, plain: Iterable[Goal]) -> Iterator[Goal]:
    """Return the goals with all further conditions of each edition, so that the number gives a band."""
    vetoes = [(one.when, False) for one in old.plan.steps if isinstance(one, Override) and one.when is not None]
    for goal in plain:
        inside = goal.stretch.lower
        if inside is None or goal.outcomes:
            continue
        for edition in (new, old):
            levels = [level for one in edition.plan.steps if isinstance(one, Banding) for level in one.levels]
            held = [(one.that, True) for level in levels if inside in level.interval for one in level.requires]
            yield evolve(goal, outcomes=(*held, *vetoes))


def goals(old: Program, new: Program) -> Iterator[Goal]:
    """Yield goals for subjects that two editions may rate differently: where bands or conditions differ.

    Args:
        old, new: two editions.
    """
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


def _ties(old: Rulebook, new: Rulebook) -> Iterator[Goal]:
    """Scores just between two published ones, below ends of bands and in the middle, where rounding differs."""
    before, after = old.root, new.root
    if before is None or after is None or before.round is None or before.round == after.round:
        return
    places = before.round.places
    unit = before.round.to or Fraction(1, 10) ** (places or 0)
    ends = [level.lower.value for level in old.bands.levels if level.lower is not None] if old.bands else []
    for end in [*ends[:2], (before.max or 0) // (2 * unit) * unit]:
        for number in (end - unit / 2, end - 3 * unit / 2):
            exact = Interval(number, False, number, False)
            yield Goal(_inside(exact, "exact_score"), "exact_score", exact)


def _inside(stretch: Interval, name: str = "banded_on") -> Any:
    """Return a test for a number being in an interval; for the whole line, a test for having a score."""

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        if stretch == Interval():
            return True
        number = answer.number(name)
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
