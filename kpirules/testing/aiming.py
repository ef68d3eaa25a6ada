"""What subjects of a rulebook should be like to find its mistakes: where rules change, ties, and who is special.

Values that single inputs are compared with come from the candidates of the prover. Where a formula is compared, a
subject for whom it ties is looked for; so are subjects at each end of a band, and for whom an exemption, an override
or a limit holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from attrs import frozen

from ..model import Interval, ListDomain, NumberDomain
from ..plan.ops import Bind, Cases, Chain, Const, Item, Local, Op, Passed, Read, walk
from ..plan.steps import Applies, Banding, Exempt, Override, Step, Total, Variable
from ..program import Program
from ..proving.goals import Answer, Arguments, Goal
from ..proving.linear import find
from ..proving.search import Mentioned, Search, candidates, mentioned_in
from ..scalar import Decision, Fault

__all__ = ["Aim", "aim"]

BUDGET, EACH, MOST_MISSED = 4_000, 400, 4
"""What is worked through for all goals and for one, and how many of a kind are missed in a row: drawing has to begin
soon."""

RATED = ("score", "exact_score")


@frozen(slots=False, eq=False)
class Aim:
    """One rulebook, with the subjects that its rules make special.

    Args:
        program: the rules.
    """

    program: Program

    @cached_property
    def mentioned(self) -> Mentioned:
        return mentioned_in(self.program.plan)

    def candidates(self, variable: Variable, owner: str = "") -> list[Any]:
        """Values of an input, or of a field of a list, that rules look at; the default is one of them."""
        found = candidates(self.program.plan, variable, self.mentioned, owner)
        default = variable.default
        if isinstance(variable.domain, NumberDomain) and isinstance(default, Fraction):
            default = default * variable.domain.denominator
            found.append(default.numerator)
        elif default is not None:
            found.append(default)
        return list(dict.fromkeys(found))

    def is_valid(self, arguments: Arguments) -> bool:
        """Whether a subject is valid: a fault of the rules does not make it otherwise."""
        return self.program.scalar.decide(arguments) is not None

    @cached_property
    def seeds(self) -> list[Arguments]:
        """Valid subjects: a plain one first, then those at an edge of the rules; none where none was found."""
        search = Search(self.program.plan, self.program.scalar)
        plain = search.find(Goal(_is_valid)) or self._solved(Goal(_is_valid), BUDGET)[0]
        if plain is None:
            return []
        found, left = [plain, *_one_of_each(search)], BUDGET
        for number, kind in enumerate(self._goals()):
            missed = 0
            for goal, is_easy in kind:
                arguments = search.find(goal) if goal.number else None
                if arguments is None and is_easy and left > 0 and (number == 0 or missed < MOST_MISSED):
                    arguments, spent = self._solved(goal, EACH)
                    left -= spent
                    # Rules of one kind are alike: where some are too hard, so are the others.
                    missed = missed + 1 if arguments is None else 0
                found += [] if arguments is None else [arguments]
        # Lists come as lists from the solver and as tuples from the search.
        plainly = (tuple(tuple(one) if isinstance(one, list) else one for one in each) for each in found)
        return list(dict.fromkeys(plainly))

    def _solved(self, goal: Goal, budget: int) -> tuple[Arguments | None, int]:
        found = find(self.program.plan, self.program.scalar, goal, budget=budget)
        return (found.arguments if found.status == "shown" else None), found.spent

    @cached_property
    def rated(self) -> list[Arguments]:
        """Those of the seeds that are rated."""
        return [one for one in self.seeds if self.is_rated(one)]

    def is_rated(self, arguments: Arguments) -> bool:
        """Whether a valid subject gets a rating."""
        decision = self.program.scalar.decide(arguments)
        return isinstance(decision, Decision) and not decision.is_early and decision.status == "rated"

    def _goals(self) -> Iterator[list[tuple[Goal, bool]]]:
        """What is worth reaching, by kind, each with whether solving for it is promising."""
        steps = self.program.plan.steps
        yield list(_ends(steps, self.program.rulebook.bands_on_exact))
        firing, excluding = [], []
        for step in steps:
            match step:
                case Exempt(when=op) | Override(when=op):
                    firing += [] if op is None else [(Goal(_is_valid, outcomes=((op, True),)), True)]
                case Applies(when=op):
                    excluding.append((Goal(_is_valid, outcomes=((op, False),)), True))
                case Total(limits=limits):
                    firing += [
                        (Goal(_is_valid, outcomes=((one.when, True),)), True)
                        for one in limits
                        if one.when is not None
                    ]
                case _:
                    pass
        yield firing
        yield excluding
        yield [
            (Goal(_at(op.name, value), op.name, Interval(value, False, value, False)), False)
            for op, value in self.compared
            if isinstance(op, Read) and op.name in RATED
        ]
        yield [
            (Goal(_is_valid, faulting=((op, value),)), True)
            for op, value in self.compared
            if not (isinstance(op, Read) and op.name not in self.program.plan.let)
        ]

    @cached_property
    def compared(self) -> list[tuple[Op, Fraction]]:
        """Formulas with the numbers they are compared with; those of inputs alone are candidates already."""
        found: dict[tuple[int, Fraction], tuple[Op, Fraction]] = {}
        inputs = {variable.id for variable in self.program.plan.inputs}
        for _, formula in self.program.plan.operations():
            for part in walk(formula):
                for op, value in _comparisons(part):
                    is_plain = isinstance(op, Item) or (isinstance(op, Read) and op.name in inputs)
                    if isinstance(value, Fraction) and not is_plain:
                        found.setdefault((id(op), value), (op, value))
        return list(found.values())

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Places of numbers that are compared with each other and may tie."""
        places = {
            variable.id: place
            for place, variable in enumerate(self.program.plan.inputs)
            if isinstance(variable.domain, NumberDomain)
        }
        found: dict[tuple[int, int], None] = {}
        for _, formula in self.program.plan.operations():
            for part in walk(formula):
                read = [one.name for one in walk(part) if isinstance(one, Read) and one.name in places]
                names = list(dict.fromkeys(read)) if isinstance(part, Chain) else []
                if len(names) == 2:
                    found[places[names[0]], places[names[1]]] = None
        return list(found)

    def repaired(
        self, arguments: Arguments, valid: Arguments, is_good: Callable[[Arguments], bool] | None = None
    ) -> Arguments:
        """The subject made valid by as few values of a valid one as is found out quickly.

        Args:
            arguments: the subject.
            valid: another.
            is_good: what the other is, and the subject shall be, where that is more than valid.
        """
        is_good = is_good or self.is_valid
        for place, value in enumerate(valid):
            following = (*arguments[:place], value, *arguments[place + 1 :])
            if is_good(following):
                return self._with_records(arguments, following, place, is_good)
        now = arguments
        replaced = []
        for place, value in enumerate(valid):
            now = (*now[:place], value, *now[place + 1 :])
            replaced.append(place)
            if is_good(now):
                break
        for place in replaced:
            following = (*now[:place], arguments[place], *now[place + 1 :])
            if is_good(following):
                now = following
        return now

    def _with_records(
        self, arguments: Arguments, valid: Arguments, place: int, is_good: Callable[[Arguments], bool]
    ) -> Arguments:
        """The records of a list that are valid by themselves, where all together are not."""
        domain = self.program.plan.inputs[place].domain
        if not isinstance(domain, ListDomain):
            return valid
        kept = [one for one in arguments[place] if is_good((*valid[:place], (one,), *valid[place + 1 :]))]
        following = (*valid[:place], tuple(kept), *valid[place + 1 :])
        return following if len(kept) >= domain.min_items and is_good(following) else valid


@lru_cache(maxsize=16)
def aim(program: Program) -> Aim:
    """The aim of a program, which takes a moment to find out."""
    return Aim(program)


def _is_valid(answer: Answer) -> bool:
    return isinstance(answer, Decision | Fault)


def _one_of_each(search: Search) -> list[Arguments]:
    """Of what was tried, a subject for each status and band."""
    found: dict[tuple[str, str | None], Arguments] = {}
    for arguments, answer in search.tried:
        if isinstance(answer, Decision):
            kind = ("", None) if answer.is_early else (answer.status, answer.band("band"))
            found.setdefault(kind, arguments)
    return list(found.values())


def _ends(steps: tuple[Step, ...], is_on_exact: bool) -> Iterator[tuple[Goal, bool]]:
    """At every end of a band and one unit of the rounded score to each side."""
    unit = next((step.round[0] for step in steps if isinstance(step, Total) and step.round), None)
    for step in steps:
        if not isinstance(step, Banding):
            continue
        ends = {end for level in step.levels for end in (level.interval.lower, level.interval.upper)}
        near = (0,) if unit is None or is_on_exact or step.measure is not None else (0, -1, 1)
        for end in sorted(one for one in ends if one is not None):
            for count in near:
                wanted = end + count * (unit or 0)
                goal = Goal(_at("banded_on", wanted), "banded_on", Interval(wanted, False, wanted, False))
                yield goal, count == 0


def _at(number: str, wanted: Fraction) -> Callable[[Answer], bool]:
    def reached(answer: Answer) -> bool:
        return isinstance(answer, Decision) and not answer.is_early and answer.number(number) == wanted

    return reached


def _comparisons(part: Op) -> Iterator[tuple[Op, object]]:
    """What is compared with a constant, each with that."""
    if isinstance(part, Chain):
        constants = [one.value for one in part.operands if isinstance(one, Const)]
        for one in part.operands:
            if not isinstance(one, Const | Local):
                yield from ((one, value) for value in constants)
    elif isinstance(part, Bind):
        if isinstance(part.body, Passed):
            yield from ((part.value, value) for value in part.body.thresholds)
        elif isinstance(part.body, Cases):
            for condition, _ in part.body.cases:
                if isinstance(condition, Chain):
                    yield from ((part.value, one.value) for one in condition.operands if isinstance(one, Const))
