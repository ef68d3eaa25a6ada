"""Tells which results 64-bit columns can hold, and the obstacles for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import frozen

from .program import IntegerProgram
from .steps import Step

__all__ = ["MOST_BITS", "ColumnPlan", "Obstacle", "Widths", "column_plan"]

MOST_BITS = 62
"""Maximum bits of an integer that 64 bits hold: with a sign, and with its sum with another."""

Widths = Callable[[IntegerProgram, Step], "Iterator[Obstacle | tuple[int, int]]"]
"""Yields why a printer can't hold a step: an obstacle, or bits that are needed with their maximum."""


@frozen
class Obstacle:
    """A step without a column form.

    Args:
        path: the part of the rulebook.
        why: the reason.
        help: a change that would remove the obstacle, or empty.
    """

    path: str
    why: str
    help: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.why}" + (f"; {self.help}" if self.help else "")


@frozen
class ColumnPlan:
    """The results that are computed by columns, and the obstacles for the others.

    Args:
        obstacles: the obstacles for each result; none if it has a column form.
        steps: the number of steps that the results with a column form take.
        bits: the width of the widest of these steps.
    """

    obstacles: Mapping[str, tuple[Obstacle, ...]]
    steps: int
    bits: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The results that have a column form."""
        return tuple(name for name, obstacles in self.obstacles.items() if not obstacles)

    def against(self, names: Sequence[str]) -> tuple[Obstacle, ...]:
        """Return the obstacles for some results.

        Args:
            names: the names of the results.
        """
        found: list[Obstacle] = []
        for name in names:
            found += self.obstacles.get(name, (Obstacle(name, "it is made row by row"),))
        return tuple(dict.fromkeys(found))

    def __str__(self) -> str:
        lines = [f"{self.steps} steps of at most {self.bits} bits"] if self.steps else []
        lines += [f"by columns: {', '.join(self.columns)}"] if self.columns else []
        by_obstacles: dict[tuple[Obstacle, ...], list[str]] = {}
        for name, obstacles in self.obstacles.items():
            by_obstacles.setdefault(obstacles, []).append(name)
        for obstacles, names in by_obstacles.items():
            if obstacles:
                lines.append(f"row by row: {', '.join(names)}")
                lines += [f"  {obstacle}" for obstacle in obstacles]
        return "\n".join(lines) + "\n"


def column_plan(program: IntegerProgram, widths: Widths, denominator_bits: int) -> ColumnPlan:
    """Return which results of a program have a column form, and the obstacles for the others.

    Args:
        program: the steps on integers.
        widths: what a printer can't hold.
        denominator_bits: the maximum bits of a constant denominator.
    """
    found = {
        name: tuple(dict.fromkeys(_against(program, name, widths, denominator_bits))) for name in program.results
    }
    needed = program.needed([name for name in found if not found[name]])
    kept = [step for step in (program.steps[number] for number in needed) if step.operation != "constant"]
    return ColumnPlan(found, len(kept), max((step.bits for step in kept), default=1))


def _against(program: IntegerProgram, name: str, widths: Widths, denominator_bits: int) -> Iterator[Obstacle]:
    failed: set[int] = set()
    wide: dict[tuple[str, int], int] = {}
    for number in program.needed([name]):
        step = program.steps[number]
        if step.operation == "opaque":
            failed.add(number)
            yield Obstacle(step.path, str(step.value))
        elif failed.intersection(step.operands):
            failed.add(number)
        else:
            for one in widths(program, step):
                if isinstance(one, Obstacle):
                    failed.add(number)
                    yield one
                elif one[0] > one[1]:
                    failed.add(number)
                    wide[step.path, one[1]] = max(one[0], wide.get((step.path, one[1]), 0))
    for (path, most), bits in wide.items():
        reason = f"a step needs {bits} bits, and a column holds {most} for it"
        yield Obstacle(path, reason, "round the parts of it, or declare narrower limits or fewer `decimals`")
    result = program.results[name]
    if result.kind == "number" and any(
        program.steps[number].is_real for number in (result.value, result.denominator)
    ):
        yield Obstacle(name, "the nearest double of an irrational number may be uncertain", "round it")
    below = program.steps[result.denominator]
    if result.kind == "number" and below.operation == "constant" and below.bits > denominator_bits:
        why = f"its denominator needs {below.bits} bits, and a double has {denominator_bits}"
        yield Obstacle(name, why, "round it")
