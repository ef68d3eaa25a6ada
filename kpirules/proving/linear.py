"""Subjects that reach a goal, found by solving the rules for them; or the proof that there are none."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from typing import Literal

from attrs import define, evolve, field, frozen

from ..plan import Plan
from ..scalar import ScalarEngine
from .goals import Arguments, Goal
from .linear_forms import Beyond, Dead, Demand
from .linear_inputs import MOST_RECORDS, Inputs
from .linear_model import Model
from .linear_ops import Evaluator
from .linear_plain import plainer
from .linear_reading import constants_of, places_of
from .linear_registry import Registry
from .linear_steps import Steps
from .records import texts_of

__all__ = ["Found", "find"]

BUDGET = 30_000
"""What is worked through unless a caller says otherwise."""

COEFFICIENTS = 150_000
"""What the solving of one attempt may take."""

MOST_UNSOLVED = 3
"""Attempts whose solving is given up, after which the search is as well."""

MOST_OTHERS = 10
"""Further solutions that are tried where those found are not accepted, of all attempts together."""

MOST_VALUES = 24
"""Values of a variable up to which all of them are gone through."""

SIMPLE = (1, 10, 2, 100, 3, 0, 5, 20, 4, 50, 1000)


@frozen
class Found:
    """What the search for a subject came to.

    Args:
        status: shown with a subject, impossible for every valid subject, or unknown.
        arguments: the subject, as the core of the scalar engine takes it.
        spent: of the budget.
    """

    status: Literal["shown", "impossible", "unknown"]
    arguments: Arguments = ()
    spent: int = 0


def find(plan: Plan, engine: ScalarEngine, goal: Goal, *, budget: int = BUDGET) -> Found:
    """A valid subject that reaches a goal.

    Inputs are variables of a linear program as far as that can be; the others get values, one attempt each.
    It is impossible where all attempts are, and they leave nothing out.

    Args:
        plan: the rules.
        engine: says what comes of a subject.
        goal: what is looked for.
        budget: what is worked through: work of models over twenty-five; solving counts by its rows, their terms,
            and the coefficients that it takes.
    """
    search = _Search(plan, engine, goal)
    try:
        return search.run(budget)
    except RecursionError:
        return Found("unknown", spent=search.spent)


@define(order=False)
class _Node:
    """An attempt to be made.

    Args:
        decisions: values of variables.
        hit_at: the step in which the goal's operation is reached.
        is_strict: whether nothing is left out.
        level: the band that the subject comes to by its number, None for any.
        forced: which of the overrides that force a band does so, None for any or none.
    """

    decisions: dict[int, int]
    hit_at: int | None = None
    is_strict: bool = False
    level: int | None = None
    forced: int | None = None


@define(eq=False)
class _Search:
    plan: Plan
    engine: ScalarEngine
    goal: Goal
    registry: Registry = field(factory=Registry)
    is_complete: bool = True
    shown: Arguments | None = None
    unsolved: int = 0
    _waiting: list[tuple[int, int, _Node]] = field(factory=list)
    _count: int = 0
    _others_left: int = MOST_OTHERS
    spent: int = 0
    _constants: tuple[Fraction, ...] = ()
    _texts: tuple[str, ...] = ()

    def run(self, budget: int) -> Found:
        goal = self.goal
        self._texts = texts_of(self.plan)
        self._constants = constants_of(self.plan)
        # Of an operation that is looked for, or nothing that a model could be about, a proof says too little.
        if len(goal.faulting) > 1 or not (goal.number or goal.outcomes or goal.faulting or goal.criterion):
            self.is_complete = False
        places: list[int | None] = [None]
        if goal.faulting:
            places = list(places_of(self.plan, goal.faulting[0][0]))
        for place in places:
            self._push(0, _Node({}, place))
        while self._waiting:
            if self.spent >= budget or self.unsolved >= MOST_UNSOLVED:
                return Found("unknown", spent=self.spent)
            cost, _, node = heappop(self._waiting)
            model = Model(self.registry, node.decisions)
            try:
                self._attempt(cost, node, model)
            except Dead:
                continue
            except Demand as demand:
                self._divide(cost, node, model, demand)
            except Beyond:
                self.is_complete = False
            if self.shown is not None:
                return Found("shown", self.shown, self.spent)
        return Found("impossible" if self.is_complete else "unknown", spent=self.spent)

    def _push(self, cost: int, node: _Node) -> None:
        self._count += 1
        heappush(self._waiting, (cost, self._count, node))

    # -- one attempt ------------------------------------------------------------------------------------

    def _attempt(self, cost: int, node: _Node, model: Model) -> None:
        target = self.goal.faulting[0] if self.goal.faulting else None
        to = Evaluator(model, self.plan, target=target)
        inputs = Inputs(self.plan, to, self._texts)
        steps = Steps(inputs, self.plan, self.goal, node.hit_at, node.is_strict, node.level, node.forced)
        try:
            steps.run()
        finally:
            self.spent += 1 + model.work // 25
            # A quotient by what is looked for has no value then; of several records, others may need theirs.
            self.is_complete = self.is_complete and len(to.hit_in) < 2
        if not self._solved(steps):
            return
        # The model allows what is not accepted: overrides stand in the way, or something was left out.
        if node.level is None and node.forced is None:
            for level in range(steps.levels):
                self._push(cost + 1 + level, evolve(node, level=level))
            for forced in range(len(steps.forcing)):
                self._push(cost + 1 + forced, evolve(node, forced=forced))
            if steps.levels and steps.is_by_level:
                return
        self.is_complete = False
        if steps.is_loose and not node.is_strict:
            self._push(cost + 1, evolve(node, is_strict=True))
        rows, boxes = list(model.rows), dict(model.boxes)
        if steps.quieten():
            if not self._solved(steps):
                return
        else:
            model.rows, model.boxes = rows, boxes
        self._others(steps)

    def _solved(self, steps: Steps) -> bool:
        """Whether there is a solution that is not accepted."""
        model = steps.to.model
        solution = model.solution(COEFFICIENTS)
        terms = sum(len(row[0]) for row in model.rows)
        self.spent += len(model.rows) + terms // 40 + solution.spent // 400
        if solution.status == "impossible":
            return False
        if solution.status == "unknown":
            self.is_complete = False
            self.unsolved += 1
            return False
        arguments = steps.inputs.arguments(dict(zip(model.boxes, solution.point, strict=True)))
        if not self.goal.reached(self.engine.alone(arguments)):
            return True
        self.shown = plainer(self.plan, self.engine, self.goal, arguments)
        return False

    def _others(self, steps: Steps) -> None:
        """Solutions with another value of one input, of those that have few."""
        model = steps.to.model
        for number in list(model.boxes)[:60]:
            low, high = model.boxes[number]
            for value in (high, low):
                if self._others_left == 0:
                    return
                self._others_left -= 1
                before = dict(model.boxes)
                model.boxes[number] = (value, value)
                self._solved(steps)
                model.boxes = before
                if self.shown is not None:
                    return

    # -- variables that need values -----------------------------------------------------------------------

    def _divide(self, cost: int, node: _Node, model: Model, demand: Demand) -> None:
        free = [number for number in self._with_sources(demand.numbers) if number in model.boxes]
        if not free:
            self.is_complete = False
            return
        number = min(free, key=lambda one: self._size(one, model))
        values, is_all = self._values(number, model)
        self.is_complete = self.is_complete and is_all
        for index, value in enumerate(values):
            self._push(cost + index, evolve(node, decisions={**node.decisions, number: value}))

    def _with_sources(self, numbers: tuple[int, ...]) -> list[int]:
        """Variables, and those that they are computed from."""
        found, waiting = dict.fromkeys(numbers), list(numbers)
        while waiting:
            more = [number for number in self.registry.sources.get(waiting.pop(0), ()) if number not in found]
            found |= dict.fromkeys(more)
            waiting += more
        return list(found)

    def _size(self, number: int, model: Model) -> tuple[int, bool]:
        """The fewer values there are to go through the better, and rather those of an input."""
        low, high = model.boxes[number]
        return min(high - low, MOST_VALUES), number in self.registry.sources

    def _values(self, number: int, model: Model) -> tuple[list[int], bool]:
        """Values worth trying, the simplest first, and whether these are all."""
        low, high = model.boxes[number]
        unit = self.registry.units.get(number, Fraction(1))
        is_all = high - low < MOST_VALUES
        if number in self.registry.sizes:
            few = range(low, min(high, low + MOST_RECORDS) + 1)
            return sorted(few, key=lambda size: (size != 1, size)), high <= low + MOST_RECORDS
        wanted = [value / unit for value in map(Fraction, SIMPLE if high > 1 else (0, 1))]
        wanted += [Fraction(low), Fraction(high)]
        wanted += [value / unit for value in self._constants]
        found = dict.fromkeys(int(value) for value in wanted if value.denominator == 1 and low <= value <= high)
        if is_all:
            found |= dict.fromkeys(range(low, high + 1))
        return list(found), is_all
