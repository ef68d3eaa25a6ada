"""Rewrites flags and choices as tests of the numbers and flags that they depend on.

The band of a score follows from a few limits and conditions, but its steps count the bands that apply and remember
whether one was found. Between two limits all of these are constants: the value in each such region is computed, and
the steps that only choose between regions take the place of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod

from attrs import evolve, field, frozen

from .program import IntegerProgram
from .results import Result
from .steps import FALSE, TRUE, Building, Step

__all__ = ["with_regions"]

MOST_REGIONS = 64
"""Regions that a value is computed in; with more, the steps that choose are seldom fewer."""

MOST_PARTS = 40
"""Steps of a choice between constants; a larger one, such as a sum of points, is a number with limits."""

COMPARED = ("==", "<", "<=")
ARITHMETIC = ("+", "-", "*")


def with_regions(program: IntegerProgram, names: Collection[str]) -> IntegerProgram:
    """Return a program with the same results, whose flags and texts test regions where that takes fewer steps.

    Args:
        program: the rules.
        names: the results to rewrite.
    """
    regions = _Regions(program)
    results = {name: regions.result(one) if name in names else one for name, one in program.results.items()}
    refusals = tuple(evolve(one, flag=regions.rewritten(one.flag)) for one in program.refusals)
    asked = {id_: regions.rewritten(flag) for id_, flag in program.asked.items()}
    is_early = regions.rewritten(program.is_early)
    return evolve(
        program,
        steps=tuple(regions.build.steps),
        results=results,
        refusals=refusals,
        asked=asked,
        is_early=is_early,
    )


@frozen
class _Asked:
    """What a step depends on.

    Args:
        inner: the steps between it and what follows, in order.
        limits: by integer, the last numbers before a limit, and whether the limit itself is the next number.
        flags: the flags that are not compared here.
    """

    inner: list[int] = field(factory=list)
    limits: dict[int, dict[int, bool]] = field(factory=dict)
    flags: list[int] = field(factory=list)

    @property
    def regions(self) -> int:
        """The number of regions."""
        return prod(len(ends) + 1 for ends in self.limits.values()) << len(self.flags)


class _Regions:
    def __init__(self, program: IntegerProgram) -> None:
        self.build = Building.after(program.steps)
        self.parts: dict[int, int] = {}
        self.known: dict[int, int] = {}

    def result(self, result: Result) -> Result:
        """Return a result with its flags and texts rewritten."""
        given = self.rewritten(result.given)
        is_choice = result.kind in ("text", "boolean")
        return evolve(result, given=given, value=self.rewritten(result.value) if is_choice else result.value)

    def rewritten(self, number: int) -> int:
        """Return a step of equal value, made of fewer steps if tests of regions allow that."""
        if number not in self.known:
            self.known[number] = self._rewritten(number)
        return self.known[number]

    def _rewritten(self, number: int) -> int:
        step = self.build.steps[number]
        if number in (FALSE, TRUE) or not (step.is_flag or self._is_choice(number)):
            return number
        asked = self._asked(number)
        if asked.regions > MOST_REGIONS:
            return number
        self.build.path = step.path
        # The number with the most limits is tested first, after or before the flags.
        limits = sorted(asked.limits, key=lambda one: (-len(asked.limits[one]), one))
        flags = sorted(asked.flags)
        orders = [[*limits, *flags], [*flags, *limits]]
        found = [number, *(self._by_regions(number, asked, order, {}) for order in orders)]
        return min(found, key=lambda one: len(self._asked(one).inner))

    def _is_choice(self, number: int) -> bool:
        """Return whether an integer is one of a few constants, as flags decide."""
        return self._parts(number) <= MOST_PARTS

    def _parts(self, number: int) -> int:
        """Return the number of steps of a choice, up to a limit; beyond the limit for any other integer."""
        if number not in self.parts:
            step = self.build.steps[number]
            is_choice = step.operation in ("constant", "count", "select", *ARITHMETIC) and not step.is_flag
            operands = {"count": (), "select": step.operands[1:]}.get(step.operation, step.operands)
            found = 1 + sum(map(self._parts, operands)) if is_choice else MOST_PARTS + 1
            self.parts[number] = min(found, MOST_PARTS + 1)
        return self.parts[number]

    def _asked(self, root: int) -> _Asked:
        """Return the limits and flags that a flag or choice depends on."""
        found, seen, waiting = _Asked(), set[int](), [root]
        while waiting:
            number = waiting.pop()
            step = self.build.steps[number]
            if number in seen or step.operation == "constant":
                continue
            seen.add(number)
            limit = self._limit(step)
            if limit is not None:
                integer, ends = limit
                found.limits.setdefault(integer, {}).update(ends)
            elif step.operation in ("not", "and", "or", "count", "select", *ARITHMETIC, *COMPARED) and (
                step.operation not in COMPARED or all(map(self._is_choice, step.operands))
            ):
                waiting += step.operands
            else:
                found.flags.append(number)
                continue
            found.inner.append(number)
        found.inner.sort()
        return found

    def _limit(self, step: Step) -> tuple[int, dict[int, bool]] | None:
        """Return the integer that a step compares with a constant, and the ends of its regions; None for others."""
        if step.operation not in COMPARED:
            return None
        for place, constant in enumerate(map(self.build.constant, step.operands)):
            integer = step.operands[1 - place]
            if constant is None or self.build.steps[integer].is_real or self._is_choice(integer):
                continue
            if step.operation == "==":
                return integer, {constant - 1: True, constant: False}
            is_next = (step.operation == "<") == (place == 1)
            return integer, {constant - is_next: is_next}
        return None

    def _by_regions(self, root: int, asked: _Asked, order: list[int], known: Mapping[int, int]) -> int:
        """Return the step that computes a value from the remaining numbers and flags that it depends on."""
        if not order:
            value = self._value(root, asked, known)
            return value if self.build.steps[root].is_flag else self.build.integer(value)
        number, *others = order
        if number not in asked.limits:
            holds, fails = (
                self._by_regions(root, asked, others, {**known, number: value}) for value in (TRUE, FALSE)
            )
            return self.build.choose(number, holds, fails)
        ends = sorted(asked.limits[number])
        parts = [self._by_regions(root, asked, others, {**known, number: end}) for end in (*ends, ends[-1] + 1)]
        choice = parts[-1]
        for place in reversed(range(len(ends))):
            if parts[place] != parts[place + 1]:
                is_next = asked.limits[number][ends[place]]
                limit = self.build.integer(ends[place] + is_next)
                flag = self.build.compare("<" if is_next else "<=", number, limit)
                choice = self.build.choose(flag, parts[place], choice)
        return choice

    def _value(self, root: int, asked: _Asked, known: Mapping[int, int]) -> int:
        """Return the value of a step in a region."""
        values = dict(known)
        for number in asked.inner:
            step = self.build.steps[number]
            parts = [self._part(one, values) for one in step.operands]
            values[number] = _computed(step.operation, parts)
        return self._part(root, values)

    def _part(self, number: int, values: Mapping[int, int]) -> int:
        if number in values:
            return values[number]
        constant = self.build.constant(number)  # also of a choice between equal numbers
        return int(self.build.steps[number].value) if constant is None else constant


def _computed(operation: str, parts: list[int]) -> int:
    """Return the value of a step; flags are 0 and 1."""
    match operation:
        case "not":
            return 1 - parts[0]
        case "count":
            return parts[0]
        case "and":
            return min(parts)
        case "or":
            return max(parts)
        case "select":
            return parts[1] if parts[0] else parts[2]
        case "==" | "<" | "<=":
            x, y = parts
            return int({"==": x == y, "<": x < y, "<=": x <= y}[operation])
    x, y = parts
    return {"+": x + y, "-": x - y, "*": x * y}[operation]
