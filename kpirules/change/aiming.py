"""Find subjects near the differences between two rulebooks: ends of bands, and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

from ..analysis.proving.goals import Answer, Arguments, Goal
from ..analysis.proving.search import Search
from ..engines.scalar import Decision
from ..language.expressions import BOOLEAN, NUMBER, Type
from ..language.model import Bands, Interval, Rulebook
from ..plan import Plan
from ..plan.ops import Arithmetic, Call, Chain, Const, Op, is_closed
from ..plan.steps import Applies, Banding, Combination, Judge
from ..rating.program import Program
from .altered import Altered, altered, only_in_one, records_apart

__all__ = ["aimed", "goals"]

MOST_GOALS = 16
"""The most goals of one comparison: each is a search."""


def aimed(old: Program, new: Program, search: Search, differs: Callable[[Arguments], bool]) -> Iterator[Arguments]:
    """Yield valid subjects of the old edition that the new one may rate differently.

    Args:
        old, new: two editions.
        search: a search over the old edition.
        differs: returns whether the new edition rates a subject differently.
    """
    for goal in islice(goals(old, new), MOST_GOALS):
        # The caller already tried known subjects; only a search satisfies conditions.
        arguments = None if goal.outcomes else search.find(goal, differs)
        arguments = search.descend(goal, differs) if arguments is None else arguments
        if arguments is not None:
            yield arguments


def goals(old: Program, new: Program) -> Iterator[Goal]:
    """Yield goals for subjects that two editions may rate differently.

    The number banded on is put where bands differ, and at ties of rounding; points of criteria are put at ties too.
    Operations that differ are put where their values do, in criteria that apply, and in records of lists.

    Args:
        old, new: two editions.
    """
    for stretch in _stretches(old.rulebook.bands, new.rulebook.bands):
        yield Goal(_inside(stretch), "banded_on", stretch)
    yield from _ties(old.rulebook, new.rulebook)
    guards = {step.id: step.when for step in old.plan.steps if isinstance(step, Applies)}
    needed = {
        step.key: guards[step.guard] for step in old.plan.steps if isinstance(step, Judge) and step.guard in guards
    }
    stretches = {
        requirement.path: level.interval
        for step in old.plan.steps
        if isinstance(step, Banding)
        for level in step.levels
        for requirement in level.requires
    }
    for pair in altered(old.plan, new.plan):
        stretch = stretches.get(pair.path, Interval())
        number = "" if stretch == Interval() else "banded_on"
        guard = ((needed[pair.path], True),) if pair.path in needed else ()
        for outcomes in _apart(pair):
            yield Goal(_inside(stretch), number, stretch, (*guard, *outcomes))
    yield from _ties_of_criteria(old.plan, new.plan)
    yield from (Goal(_inside(Interval()), outcomes=((op, True),)) for op in records_apart(old.plan, new.plan))
    for path, condition in only_in_one(old.plan, new.plan):
        stretch = stretches.get(path, Interval())
        number = "" if stretch == Interval() else "banded_on"
        yield from (Goal(_inside(stretch), number, stretch, ((condition, holds),)) for holds in (True, False))


Outcomes = tuple[tuple[Op, bool], ...]


def _apart(pair: Altered) -> Iterator[Outcomes]:
    """Yield outcomes of conditions for which two operations have different values."""
    old, new = pair.old, pair.new
    if old.type.kind == new.type.kind == "boolean":
        yield from (((old, holds), (new, not holds)) for holds in (True, False))
    elif isinstance(old, Const) and isinstance(new, Const):
        return
    elif old.type.kind == new.type.kind == "number":
        yield ((Chain((old, new), ("!=",), (), _boolean(old, new)), True),)


def _boolean(*operands: Op) -> Type:
    return BOOLEAN.optional if any(one.type.is_optional for one in operands) else BOOLEAN


def _ties(old: Rulebook, new: Rulebook) -> Iterator[Goal]:
    """Yield goals for scores below the ends of bands, and halfway between published ones, where roundings differ."""
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


def _ties_of_criteria(old: Plan, new: Plan) -> Iterator[Goal]:
    """Yield goals for points of a criterion halfway between rounded ones, if it is rounded differently."""
    others = {step.id: step for step in new.steps if isinstance(step, Judge)}
    for step in old.steps:
        if not isinstance(step, Judge) or isinstance(step.body, Combination) or not is_closed(step.body):
            continue
        other = others.get(step.id)
        if other is None or step.round == other.round:
            continue
        unit = next(one.step for one in (step.round, other.round) if one is not None)
        # Modes also differ by whether the number below the tie is even.
        pairs = Arithmetic("/", step.body, Const(2 * unit, NUMBER), step.body.type)
        part = Arithmetic("-", pairs, Call("floor", (pairs,), step.body.type), step.body.type)
        for quarter in (Fraction(1, 4), Fraction(3, 4)):
            tie = Chain((part, Const(quarter, NUMBER)), ("==",), (), _boolean(step.body))
            yield Goal(_inside(Interval()), outcomes=((tie, True),))


def _inside(stretch: Interval, name: str = "banded_on") -> Any:
    """Return a predicate: whether a number is in an interval; for the whole line, whether there is a number."""

    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        if stretch == Interval():
            return True
        number = answer.number(name)
        return number is not None and number in stretch

    return reached


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
