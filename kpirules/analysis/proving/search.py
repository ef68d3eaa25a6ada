"""Searches for subjects: at the ends of domains, at numbers in rules, and between other subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice
from math import floor
from typing import Any

from attrs import define, field

from ...engines.scalar import Decision, ScalarEngine
from ...kernel.budget import spend
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, TextDomain
from ...plan import Plan
from ...plan.ops import Bind, Cases, Chain, Const, Item, Local, Op, Read, written
from ...plan.steps import Variable
from .costs import cost_of
from .downhill import Downhill
from .examples import nearer
from .goals import Answer, Arguments, Goal
from .plainer import plainer
from .probing import Probe, probe, ties
from .records import counted, record_lists
from .subjects import every_subject

__all__ = ["Mentioned", "Search", "candidates", "mentioned_in"]

MOST_CANDIDATES = 12
TRIES, MOST_TRIES, LEAST_TRIES = 600, 1_500, 20
"""The most subjects tried at random besides those in order, the most in total, and the least number."""

MOST_IN_ALL = 4_000
"""The most subjects for which all are tried, so that an event none of them shows is impossible."""

MOST_COST = 6_000_000
"""The most that all subjects tried may cost, in operations: loading must not take long."""

Mentioned = dict[tuple[str, str], dict[object, None]]
"""Constants by the list and name they are compared with."""

MOST_STEPS = 60

MOST_MOVES = 4000
"""The most subjects that a downhill search may visit for one goal."""

MOVES_TO_A_TIE = 300
"""The most that it may visit for a tie of two formulas."""


@define(eq=False, slots=False)
class Search:
    """A search among subjects of one rulebook, each assessed once for all goals.

    Args:
        plan: the rules.
        engine: assesses subjects.
        first: valid subjects that are tried before any others.
    """

    plan: Plan
    engine: ScalarEngine
    first: Sequence[Arguments] = ()
    tried: list[tuple[Arguments, Answer]] = field(factory=list)
    _pools: list[list[Any]] = field(factory=list)
    _state: int = 1
    _left: int = MOST_COST

    def find(self, goal: Goal, accepts: Callable[[Arguments], bool] = lambda _: True) -> Arguments | None:
        """Return a valid subject that reaches a goal, or None if none was found.

        Args:
            goal: the goal to reach.
            accepts: a further condition on the subject.
        """
        subjects = self.subjects()
        spend("asking", len(subjects))
        for arguments, answer in subjects:
            if goal.reached(answer) and accepts(arguments):
                return arguments
        found = self._between(goal) if goal.number else None
        if found is not None and accepts(found):
            return found
        return None

    def descend(
        self, goal: Goal, accepts: Callable[[Arguments], bool] = lambda _: True, most: int | None = None
    ) -> Arguments | None:
        """Return a valid subject found by moving one input at a time towards a goal, or None.

        Args:
            goal: a goal that no subject tried so far reaches.
            accepts: a further condition on the subject.
            most: the most subjects to visit.
        """
        tried = self.subjects()
        moves = min(MOST_MOVES if most is None else most, self._left // self._cost)
        asked = probe(self.plan, goal) if moves > 0 and not self.is_whole else None
        if asked is None:
            return None
        for are_ties in (False, True):
            starts = self._ties if are_ties else [arguments for arguments, _ in tried]
            for arguments in self._towards(asked, starts, moves):
                if goal.reached(self._answer(arguments)) and accepts(arguments):
                    return self.simplified(goal, arguments, accepts)
        return None

    def _towards(self, asked: Probe, starts: Iterable[Arguments], moves: int) -> Iterator[Arguments]:
        """Yield subjects at distance zero from the target of a probe."""
        search = Downhill(self.plan, asked, self._pools, moves)
        try:
            yield from search.reached(starts)
        finally:
            spend("search", moves - search.left)
            self._left -= (moves - search.left) * self._cost

    @cached_property
    def _ties(self) -> list[Arguments]:
        """Subjects for whom compared formulas are equal."""
        starts = [arguments for arguments, _ in self.tried]
        found = (next(self._towards(asked, starts, MOVES_TO_A_TIE), None) for asked in ties(self.plan))
        return [arguments for arguments in found if arguments is not None]

    def subjects(self) -> list[tuple[Arguments, Answer]]:
        """Return the subjects that are tried for every goal, each with its result."""
        if not self.tried and self.has_subjects:
            tries = self._tries() if self._every is None else dict.fromkeys(chain(self._in_order(), self._every))
            few = islice(chain(self.first, tries), None if self.is_whole else self._most)
            self.tried += [(arguments, self._answer(arguments)) for arguments in few]
        return self.tried

    @property
    def is_whole(self) -> bool:
        """Whether the subjects tried are all subjects, as far as rules distinguish them."""
        return self._every is not None

    @cached_property
    def _most(self) -> int:
        return min(MOST_TRIES, max(LEAST_TRIES, MOST_COST // 2 // self._cost))

    @cached_property
    def _every(self) -> list[Arguments] | None:
        return every_subject(self.plan, max(self._most, min(MOST_IN_ALL, MOST_COST // 2 // self._cost)))

    @cached_property
    def _cost(self) -> int:
        return cost_of(self.plan)

    def _answer(self, arguments: Arguments) -> Answer:
        self._left -= self._cost
        spend("search", 1 + self._cost // 25)
        return self.engine.alone(arguments)

    @property
    def has_subjects(self) -> bool:
        """Whether every input has a value to try, so that there is a subject at all."""
        if not self._pools:
            self._fill()
        return all(self._pools)

    def _fill(self) -> None:
        mentioned = mentioned_in(self.plan)
        self._pools += [pool(self.plan, variable, mentioned) for variable in self.plan.inputs]

    # -- subjects in order, and at random -----------------------------------------------------------

    @cached_property
    def _bases(self) -> list[Arguments]:
        return [tuple(pool[index % len(pool)] for pool in self._pools) for index in range(3)]

    def _in_order(self) -> Iterator[Arguments]:
        yield from self._bases
        for base in self._bases[:2]:
            for place, candidates in enumerate(self._pools):
                for value in candidates:
                    if value != base[place]:
                        yield (*base[:place], value, *base[place + 1 :])

    def _tries(self) -> Iterator[Arguments]:
        yield from self._in_order()
        bases = self._bases
        for _ in range(TRIES):
            base = bases[self._chance(2)]
            few = self._chance(4) == 0
            yield tuple(
                base[place] if few and self._chance(3) else candidates[self._chance(len(candidates))]
                for place, candidates in enumerate(self._pools)
            )

    def _chance(self, below: int) -> int:
        """Return the next pseudo-random number; every run has the same sequence, so that reports repeat."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % below

    # -- from one subject to another ----------------------------------------------------------------

    def _between(self, goal: Goal) -> Arguments | None:
        """Return a subject on the way from one below an interval to one above it."""
        spend("asking", len(self.tried))
        below, above = [], []
        low, high = goal.stretch.lower, goal.stretch.upper
        for arguments, answer in self.tried:
            x = _number(answer, goal.number)
            if x is not None and low is not None and x < low:
                below.append(arguments)
            elif x is not None and high is not None and x > high:
                above.append(arguments)
        for start, end in list(zip(below[:MOST_STEPS:5] or below, reversed(above), strict=False))[:8]:
            found = self._walk(goal, start, end)
            if found is not None:
                return found
        return None

    def _walk(self, goal: Goal, start: Arguments, end: Arguments) -> Arguments | None:
        """Move one input after the other, and bisect the one that crosses the interval."""
        current = start
        for place, target in enumerate(end):
            if self._left < 0:
                return None
            if current[place] == target:
                continue
            following = (*current[:place], target, *current[place + 1 :])
            answer = self._answer(following)
            if goal.reached(answer):
                return following
            x = _number(answer, goal.number)
            if x is None:
                continue
            if goal.stretch.lower is not None and x < goal.stretch.lower:
                current = following
                continue
            if not (isinstance(target, int) and isinstance(current[place], int)) or isinstance(target, bool):
                continue
            found, current = self._halve(goal, current, place, target)
            if found is not None:
                return found
        return None

    def _halve(self, goal: Goal, current: Arguments, place: int, target: int) -> tuple[Arguments | None, Arguments]:
        """Return the wanted subject, or else the one nearest below the interval, by moving one input."""
        near, far = current[place], target
        step = _step(self.plan.inputs[place].domain)
        for _ in range(MOST_STEPS):
            middle = (near + far) // 2 // step * step
            if middle in (near, far):
                break
            following = (*current[:place], middle, *current[place + 1 :])
            answer = self._answer(following)
            if goal.reached(answer):
                return following, current
            x = _number(answer, goal.number)
            if x is not None and goal.stretch.lower is not None and x < goal.stretch.lower:
                near = middle
            else:
                far = middle
        return None, (*current[:place], near, *current[place + 1 :])

    # -- simple subjects ------------------------------------------------------------------------------

    def simplified(
        self, goal: Goal, arguments: Arguments, accepts: Callable[[Arguments], bool] = lambda _: True
    ) -> Arguments:
        """Return a subject that also reaches a goal, near the first ones; if there are none, a simple one.

        Args:
            goal: the goal to reach.
            arguments: a subject that reaches it.
            accepts: a further condition on the subject.
        """
        if not self.first:
            return plainer(self.plan, self.engine, goal, arguments, accepts)
        return nearer(arguments, self.first, lambda other: goal.reached(self._answer(other)) and accepts(other))

    def plain(self, goal: Goal, arguments: Arguments) -> Arguments:
        """Return the subject with as many inputs as possible at a simple value."""
        if not self.has_subjects:
            return arguments
        for place, candidates in enumerate(self._pools):
            for value in candidates[:1]:
                if arguments[place] != value:
                    following = (*arguments[:place], value, *arguments[place + 1 :])
                    if self._left > 0 and goal.reached(self._answer(following)):
                        arguments = following
        return arguments


def _number(answer: Answer, key: str) -> Fraction | None:
    return answer.number(key) if isinstance(answer, Decision) and not answer.is_early else None


# -- values to try ---------------------------------------------------------------------------------


def pool(plan: Plan, variable: Variable, mentioned: Mentioned) -> list[Any]:
    """Return values of an input to try: the least, the greatest, then those in rules."""
    found = list(dict.fromkeys(_values(plan, variable, mentioned, "")))[:MOST_CANDIDATES]
    if variable.type.is_optional:
        found.insert(2, None)
    return found


def candidates(plan: Plan, variable: Variable, mentioned: Mentioned, owner: str = "") -> list[Any]:
    """Return all values of an input to try, the simplest first; `owner` is `item` for a field of a list."""
    return list(dict.fromkeys(_values(plan, variable, mentioned, owner)))


def _values(plan: Plan, variable: Variable, mentioned: Mentioned, owner: str) -> Iterator[Any]:
    beside = list(mentioned.get((owner, variable.id), ()))
    match variable.domain:
        case NumberDomain() as domain:
            yield from _numbers(domain, [one for one in beside if isinstance(one, Fraction)])
        case BooleanDomain():
            yield from (False, True)
        case ChoiceDomain(options=options):
            yield from (options[0], options[-1], *options)
        case TextDomain(max_length=longest):
            texts = ("", "x", *(one for one in beside if isinstance(one, str)))
            yield from (text for text in texts if len(text) <= longest)
        case DateDomain(minimum=first, maximum=last) if first is None or last is None or first <= last:
            days = [one for one in (first, last) if one is not None]
            found = [one for one in beside if isinstance(one, date)]
            yield from days
            for day in found or ([] if days else SOME_DAYS):
                near = (day, day + timedelta(1), day - timedelta(1))
                yield from (one for one in near if (first or one) <= one <= (last or one))
        case ListDomain() as many:
            yield from _lists(plan, variable, many, mentioned)


def _step(domain: object) -> int:
    """Return the difference of numerators between neighbouring valid numbers."""
    return int(domain.grid.unit * domain.denominator) if isinstance(domain, NumberDomain) else 1


SOME_DAYS = (date(2026, 1, 1), date(2026, 12, 31), date(2024, 2, 29))


def _numbers(domain: NumberDomain, mentioned: Sequence[Fraction]) -> Iterator[int]:
    """Return numerators: the ends, the middle, simple numbers, and those in rules with one unit to each side."""
    denominator, grid = domain.denominator, domain.grid
    step = _step(domain)
    low, high = grid.low * step, grid.high * step
    wanted = [low, high, 0, denominator, (low + high) // 2 // step * step, low + step, high - step]
    for number in mentioned:
        near = floor(number * denominator) // step * step
        wanted += [near, near + step, near - step]
    wanted += [10 * denominator, 100 * denominator]
    yield from (one for one in wanted if low <= one <= high and one % step == 0)


def _lists(plan: Plan, variable: Variable, domain: ListDomain, mentioned: Mentioned) -> Iterator[tuple[Any, ...]]:
    fields = plan.records[variable.id].fields
    pools = [
        list(dict.fromkeys(_values(plan, one, mentioned, "item")))[:MOST_CANDIDATES]
        + ([None] if one.type.is_optional else [])
        for one in fields
    ]
    yield from map(tuple, record_lists(domain, fields, pools, counted(plan, variable.id)))


def mentioned_in(plan: Plan) -> Mentioned:
    """Return constants compared with an input or field, also in tables, by list (or empty) and name."""
    found: Mentioned = {}

    def about(part: Op, values: Iterable[object]) -> None:
        if isinstance(part, Read):
            found.setdefault(("", part.name), {}).update(dict.fromkeys(values))
        elif isinstance(part, Item):
            # Fields of one name are treated alike, whatever their list.
            found.setdefault(("item", part.name), {}).update(dict.fromkeys(values))

    for _, op in plan.operations():
        for part in written(op):
            if isinstance(part, Chain):
                constants = [operand.value for operand in part.operands if isinstance(operand, Const)]
                if constants:
                    for operand in part.operands:
                        about(operand, constants)
            elif isinstance(part, Bind):
                for operand in part.values:
                    about(operand, _of_table(part.body))
    return found


def _of_table(body: Op) -> Iterator[object]:
    if isinstance(body, Cases):
        for condition, _ in body.cases:
            if isinstance(condition, Chain) and any(isinstance(one, Local) for one in condition.operands):
                yield from (one.value for one in condition.operands if isinstance(one, Const))
