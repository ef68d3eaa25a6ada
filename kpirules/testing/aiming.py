"""Subjects likely to reveal mistakes: where rules change, where values tie, and where special rules apply.

Values of single inputs come from the candidates of the prover. A search looks for ties of compared
formulas, and for subjects at each end of a band and under an exemption, an override or a limit. The file is
long since one class holds the aims of all kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from attrs import define, evolve, frozen

from ..analysis.proving.examples import subjects_of_examples
from ..analysis.proving.goals import Answer, Arguments, Goal
from ..analysis.proving.search import Mentioned, Search, candidates, mentioned_in
from ..engines.scalar import Decision, Fault, ScalarEngine
from ..language.expressions import BOOLEAN, NUMBER
from ..language.model import DateDomain, Interval, ListDomain, NumberDomain
from ..plan import Plan
from ..plan.ops import (
    MEASURED,
    Bind,
    Call,
    Cases,
    Chain,
    Const,
    Default,
    Item,
    Local,
    Op,
    Read,
    is_closed,
    walk,
    written,
)
from ..plan.steps import Applies, Banding, Exempt, Output, Override, Step, Total, Variable
from ..rating.program import Program

__all__ = ["Aim", "aims"]

BUDGET, EACH, MOST_MISSED = 10_000, 1_000, 4
"""Maximum search steps for all goals and for one goal, and the misses in a row after which a kind is given up, so
that drawing begins soon."""

MOST_TIES = 60

RATED = ("score", "exact_score")

Made = TypeVar("Made")


@frozen(slots=False, eq=False, repr=False)
class Aim:
    """The subjects that are likely to reveal mistakes in one rulebook.

    Args:
        program: the rules, of one variant and edition.
        variant_by, edition_by: the inputs that choose these rules, or empty.
        range: the least and the greatest expected score, if different from the rules' own.
    """

    program: Program
    variant_by: str = ""
    edition_by: str = ""
    range: tuple[Fraction | None, Fraction | None] = (None, None)

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The first and last day that subjects can have and on which the rules are in force."""
        rulebook = self.program.rulebook
        domain = next((input_.domain for input_ in rulebook.inputs if input_.id == self.edition_by), None)
        first, last = (domain.minimum, domain.maximum) if isinstance(domain, DateDomain) else (None, None)
        starts = [day for day in (first, rulebook.effective_from, rulebook.version.from_) if day is not None]
        ends = [day - timedelta(days=1) for day in (rulebook.effective_until, rulebook.version.until) if day]
        ends += [] if last is None else [last]
        return max(starts, default=None), min(ends, default=None)

    @property
    def has_any_subject(self) -> bool:
        """Whether the rules can rate any subject."""
        first, last = self.days
        return not self.edition_by or first is None or last is None or first <= last

    def own(self, arguments: Arguments) -> Arguments:
        """Return the subject with the variant of the rules, and a day on which they are in force.

        Args:
            arguments: a subject, valid or not.
        """
        if not self.variant_by and not self.edition_by:
            return arguments
        inputs = self.program.plan.inputs
        return tuple(self._own_value(input_.id, value) for input_, value in zip(inputs, arguments, strict=True))

    def _own_value(self, id_: str, value: Any) -> Any:
        if id_ == self.variant_by:
            return self.program.rulebook.version.variant
        if id_ != self.edition_by:
            return value
        first, last = self.days
        day = value or first or last or date.min
        day = first if first is not None and day < first else day
        return last if last is not None and day > last else day

    @cached_property
    def mentioned(self) -> Mentioned:
        """The constants that inputs and fields are compared with, also inside `default`."""
        found = mentioned_in(self.program.plan)
        for op, value in self._comparisons:
            part = op.operand if isinstance(op, Default) else op
            if isinstance(part, Read | Item):
                found.setdefault(("item" if isinstance(part, Item) else "", part.name), {})[value] = None
        return found

    def candidates(self, variable: Variable, owner: str = "") -> list[Any]:
        """Return values of an input, or of a field of a list, that the rules mention, with its default."""
        return self.cached("candidates", variable, owner, lambda: self._candidates(variable, owner))

    def cached(self, what: str, variable: Variable, of: Hashable, make: Callable[[], Made]) -> Made:
        """Return a value that is computed once for an input or field.

        Args:
            what: the name of the value.
            variable: an input or field of the plan, identified by `id` to avoid comparing it.
            of: other values it depends on.
            make: computes it.
        """
        key = what, id(variable), of
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    @cached_property
    def _made(self) -> dict[tuple[str, int, Hashable], Any]:
        return {}

    def _candidates(self, variable: Variable, owner: str) -> list[Any]:
        found = candidates(self.program.plan, variable, self.mentioned, owner)
        default = variable.default
        if isinstance(variable.domain, NumberDomain) and isinstance(default, Fraction):
            default = default * variable.domain.denominator
            found.append(default.numerator)
        elif default is not None:
            found.append(default)
        return list(dict.fromkeys(found))

    def __repr__(self) -> str:
        return f"Aim({self.program.id})"

    def _repr_pretty_(self, printer: Any, is_cycle: bool) -> None:
        """Print a short form, because Hypothesis would print the whole rulebook."""
        printer.text(repr(self))

    def decide(self, arguments: Arguments) -> Answer:
        """Return the outcome of a subject; cohort values are zero, which does not affect validity."""
        return self.program.scalar.decide((*arguments, *(0, 1) * len(self.program.plan.cohort)))

    def is_valid(self, arguments: Arguments) -> bool:
        """Whether a subject is valid; one that meets a fault still is."""
        return self.decide(arguments) is not None

    @cached_property
    def seeds(self) -> list[Arguments]:
        """Valid subjects: a plain one first, then those at the edges of rules; empty if none was found."""
        plan, engine = self.program.plan, self.program.scalar
        search = Search(plan, engine)
        plain = search.find(Goal(_is_valid)) or search.descend(Goal(_is_valid))
        if not plain and plan.inputs:
            return []
        examples = subjects_of_examples(self.program.rulebook, plan, engine)
        found = [plain or (), *examples, *_one_of_each(search)]
        budget = _Budget()
        for goals in (_ends(plan.steps, self.program.rulebook.bands_on_exact), self._numbers()):
            found += budget.reach(search, goals)
        conditions = self._conditions()
        ties = [(Chain((op, Const(value, NUMBER)), ("==",), (), BOOLEAN), op, value) for op, value in self._ties()]
        for wanted in (conditions, [(tie, True, _tie_goal(op, value)) for tie, op, value in ties]):
            probing = Search(plan, ScalarEngine(_with_probes(plan, [op for op, _, _ in wanted])))
            goals = [
                (evolve(goal, reached=_probed(number, is_so, goal.reached)), True)
                for number, (_, is_so, goal) in enumerate(wanted)
            ]
            found += budget.reach(probing, goals)
        # The search gives lists as lists or as tuples.
        count = len(plan.inputs)
        candidates_ = (
            tuple(tuple(part) if isinstance(part, list) else part for part in arguments[:count])
            for arguments in found
        )
        return [seed for seed in dict.fromkeys(map(self.own, candidates_)) if self.is_valid(seed)]

    @cached_property
    def rated(self) -> list[Arguments]:
        """The seeds that are rated."""
        return [seed for seed in self.seeds if self.is_rated(seed)]

    def is_rated(self, arguments: Arguments) -> bool:
        """Whether a valid subject gets a rating."""
        decision = self.decide(arguments)
        return isinstance(decision, Decision) and not decision.is_early and decision.status == "rated"

    def _conditions(self) -> list[tuple[Op, bool, Goal]]:
        """Return conditions with the wanted outcome, each with a goal for when outputs can't show the outcome."""
        found: list[tuple[Op, bool, Goal]] = []
        for step in self.program.plan.steps:
            match step:
                case Exempt(when=op, status=status):
                    found.append((op, True, Goal(_ends_with(status, is_early=True), outcomes=((op, True),))))
                case Override(when=op, kind=kind, target=target) if op is not None:
                    is_status = kind == "unrated"
                    reached = _ends_with(str(target), is_early=False) if is_status else _never_reached
                    found.append((op, True, Goal(reached, outcomes=((op, True),))))
                case Applies(when=op):
                    found.append((op, False, Goal(_never_reached, outcomes=((op, False),))))
                case Total(limits=limits):
                    conditions = [limit.when for limit in limits if limit.when is not None]
                    found += [(op, True, Goal(_never_reached, outcomes=((op, True),))) for op in conditions]
                case _:
                    pass
        return found

    def _numbers(self) -> list[tuple[Goal, bool]]:
        """Return goals at the limits of the score, beyond them, and at numbers that it is compared with."""
        root = self.program.rulebook.root
        ranges = [self.range] if root is None else [(root.min, root.max), self.range]
        wanted = dict.fromkeys(interval for low, high in ranges for interval in _beyond(low, high))
        return [(Goal(_inside("exact_score", interval), "exact_score", interval), True) for interval in wanted] + [
            (Goal(_at(op.name, value), op.name, Interval(value, False, value, False)), False)
            for op, value in self.compared
            if isinstance(op, Read) and op.name in RATED and isinstance(value, Fraction)
        ]

    def _ties(self) -> list[tuple[Op, Fraction]]:
        """Return formulas that can be evaluated at any point, with the numbers they are compared with."""
        lets = self.program.plan.let
        ties = [
            (op, value)
            for op, value in self.compared
            if isinstance(value, Fraction) and is_closed(op) and not (isinstance(op, Read) and op.name not in lets)
        ]
        return ties[:MOST_TIES]

    @cached_property
    def _comparisons(self) -> list[tuple[Op, object]]:
        """The operations that are compared with a constant, with that constant."""
        formulas = (formula for _, formula in self.program.plan.operations())
        found = (pair for formula in formulas for part in written(formula) for pair in _comparisons(part))
        return list({(id(op), value): (op, value) for op, value in found}.values())

    @cached_property
    def compared(self) -> list[tuple[Op, object]]:
        """The operations compared with constants, without plain inputs, whose candidates cover them."""
        inputs = {variable.id for variable in self.program.plan.inputs}
        return [
            (op, value)
            for op, value in self._comparisons
            if not (isinstance(op, Item) or (isinstance(op, Read) and op.name in inputs))
        ]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """The indexes of numeric inputs that are compared with each other and may be equal."""
        places = {
            variable.id: place
            for place, variable in enumerate(self.program.plan.inputs)
            if isinstance(variable.domain, NumberDomain)
        }
        found: dict[tuple[int, int], None] = {}
        for _, formula in self.program.plan.operations():
            for part in walk(formula):
                found_names = [read.name for read in walk(part) if isinstance(read, Read) and read.name in places]
                names = list(dict.fromkeys(found_names)) if isinstance(part, Chain) else []
                if len(names) == 2:
                    found[places[names[0]], places[names[1]]] = None
        return list(found)

    def repaired(
        self, arguments: Arguments, valid: Arguments, is_good: Callable[[Arguments], bool] | None = None
    ) -> Arguments:
        """Return the subject made valid by a few values of a valid one.

        Args:
            arguments: the subject.
            valid: a valid subject.
            is_good: a stronger condition than validity, which `valid` meets and the result must meet.
        """
        is_good = is_good or self.is_valid
        for place, value in enumerate(valid):
            following = (*arguments[:place], value, *arguments[place + 1 :])
            if is_good(following):
                return self._with_records(arguments, following, place, is_good)
        current = arguments
        replaced = []
        for place, value in enumerate(valid):
            current = (*current[:place], value, *current[place + 1 :])
            replaced.append(place)
            if is_good(current):
                break
        for place in replaced:
            following = (*current[:place], arguments[place], *current[place + 1 :])
            if is_good(following):
                current = following
        return current

    def _with_records(
        self, arguments: Arguments, valid: Arguments, place: int, is_good: Callable[[Arguments], bool]
    ) -> Arguments:
        """Return the records of a list that are valid alone, if all together are not."""
        domain = self.program.plan.inputs[place].domain
        if not isinstance(domain, ListDomain):
            return valid
        kept = [record for record in arguments[place] if is_good((*valid[:place], (record,), *valid[place + 1 :]))]
        following = (*valid[:place], tuple(kept), *valid[place + 1 :])
        return following if len(kept) >= domain.min_items and is_good(following) else valid


@lru_cache(maxsize=16)
def aims(program: Program) -> tuple[Aim, ...]:
    """Return an aim for each variant and edition of a program, which takes a moment to compute.

    Args:
        program: the rules.
    """
    if not program.parts:
        return (Aim(program),)
    found = (Aim(part, program.variant_by, program.edition_by) for part in program.whole)
    return tuple(aim for aim in found if aim.has_any_subject)


def _is_valid(answer: Answer) -> bool:
    return isinstance(answer, Decision | Fault)


def _never_reached(answer: Answer) -> bool:
    return False


def _ends_with(status: str, *, is_early: bool) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early != is_early:
            return False
        # An early end does not tell which exemption it was; the first that holds will do.
        return is_early or answer.status == status

    return reached


@define
class _Budget:
    """The number of search steps left."""

    left: int = BUDGET

    def reach(self, search: Search, goals: list[tuple[Goal, bool]]) -> list[Arguments]:
        """Return subjects that reach goals of one kind; each goal is paired with whether a search is promising."""
        found, missed = [], 0
        for goal, is_promising in goals:
            arguments = search.find(goal)
            if arguments is None and is_promising and self.left > 0 and missed < MOST_MISSED:
                self.left -= EACH
                arguments = search.descend(goal, most=EACH)
                # Rules of one kind are alike: if some are too hard, so are the others.
                missed = missed + 1 if arguments is None else 0
            found += [] if arguments is None else [arguments]
        return found


# -- conditions as outputs, which show their results -------------------------------------------------


def _with_probes(plan: Plan, conditions: list[Op]) -> Plan:
    """Return the plan with an output for each condition."""
    probes = [Output(f"probe_{number}", op, f"probe_{number}") for number, op in enumerate(conditions)]
    return evolve(plan, steps=(*plan.steps, *probes))


def _probed(number: int, outcome: bool, otherwise: Callable[[Answer], bool]) -> Callable[[Answer], bool]:
    key = f"outputs.probe_{number}"

    def reached(answer: Answer) -> bool:
        if otherwise(answer):
            return True
        if not isinstance(answer, Decision) or answer.is_early or answer.status != "rated":
            return False
        return answer.part(key) is outcome

    return reached


def _tie_goal(op: Op, value: Fraction) -> Goal:
    return Goal(_never_reached, faulting=((op, value),))


def _one_of_each(search: Search) -> list[Arguments]:
    """Return a subject for each status, band and fault among those tried."""
    found: dict[tuple[str, str | None], Arguments] = {}
    for arguments, answer in search.tried:
        if isinstance(answer, Fault):
            found.setdefault(("fault", answer.path), arguments)
        elif isinstance(answer, Decision):
            kind = ("", None) if answer.is_early else (answer.status, answer.band("band"))
            found.setdefault(kind, arguments)
    return list(found.values())


def _ends(steps: tuple[Step, ...], is_on_exact: bool) -> list[tuple[Goal, bool]]:
    """Return goals at every end of a band, and one unit of the rounded score to each side."""
    unit = next((step.round.step for step in steps if isinstance(step, Total) and step.round), None)
    found: list[tuple[Goal, bool]] = []
    for step in steps:
        if not isinstance(step, Banding):
            continue
        ends = {end for level in step.levels for end in (level.interval.lower, level.interval.upper)}
        near = (0,) if unit is None or is_on_exact or step.measure is not None else (0, -1, 1)
        for end in sorted(end for end in ends if end is not None):
            for count in near:
                wanted = end + count * (unit or 0)
                goal = Goal(_at("banded_on", wanted), "banded_on", Interval(wanted, False, wanted, False))
                found.append((goal, count == 0))
    return found


def _beyond(low: Fraction | None, high: Fraction | None) -> Iterator[Interval]:
    """Yield the intervals below and above a range, and its ends."""
    if low is not None:
        yield Interval(upper=low, is_upper_open=True)
    if high is not None:
        yield Interval(lower=high, is_lower_open=True)
    yield from (Interval(end, False, end, False) for end in (low, high) if end is not None)


def _at(number: str, wanted: Fraction) -> Callable[[Answer], bool]:
    return _inside(number, Interval(wanted, False, wanted, False))


def _inside(number: str, stretch: Interval) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        if not isinstance(answer, Decision) or answer.is_early:
            return False
        found = answer.number(number)
        return found is not None and found in stretch

    return reached


def _comparisons(part: Op) -> Iterator[tuple[Op, object]]:
    """Yield operations that are compared with a constant, with that constant."""
    if isinstance(part, Chain):
        constants = [value for operand in part.operands if (value := _constant(operand)) is not None]
        for operand in part.operands:
            if not isinstance(operand, Local) and _constant(operand) is None:
                yield from ((operand, value) for value in constants)
    elif isinstance(part, Bind) and part.names == (MEASURED,) and isinstance(part.body, Cases):
        for condition, _ in part.body.cases:
            if isinstance(condition, Chain):
                yield from (
                    (part.values[0], operand.value) for operand in condition.operands if isinstance(operand, Const)
                )


def _constant(op: Op) -> object:
    """Return the value of a constant, which may be a date, or None."""
    if isinstance(op, Const):
        return op.value
    if isinstance(op, Call) and op.function == "date":
        parts = [argument.value for argument in op.arguments if isinstance(argument, Const)]
        numbers = [int(part) for part in parts if isinstance(part, Fraction)]
        with suppress(ValueError):
            return date(*numbers) if len(numbers) == 3 else None
    return None
