"""Tells which results are computed by columns, and the obstacles for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from ..integers import IntegerProgram, Step

__all__ = ["MOST_BITS", "ColumnPlan", "Obstacle", "column_plan"]

MOST_BITS = 62
"""Maximum bits of a step: a 64-bit integer holds them with a sign, and their sum with another."""

MOST_DENOMINATOR_BITS = 53
"""Maximum bits of a denominator: a data frame holds the nearest double of a quotient of doubles."""


@frozen
class Obstacle:
    """A step without a column form.

    Args:
        path: the part of the rulebook.
        why: the reason.
        help: a change that would give it one, or empty.
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
        bits: the width of the widest of these.
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
        lines = [f"{self.steps} steps of at most {self.bits} bits"] if self.columns else []
        lines += [f"by columns: {name}" for name in self.columns]
        by_obstacles: dict[tuple[Obstacle, ...], list[str]] = {}
        for name, obstacles in self.obstacles.items():
            by_obstacles.setdefault(obstacles, []).append(name)
        for obstacles, names in by_obstacles.items():
            if obstacles:
                lines.append(f"row by row: {', '.join(names)}")
                lines += [f"  {obstacle}" for obstacle in obstacles]
        return "\n".join(lines) + "\n"


def column_plan(program: IntegerProgram) -> ColumnPlan:
    """Return which results of a program have a column form, and the obstacles for the others.

    Args:
        program: the steps on integers.
    """
    found = {name: tuple(dict.fromkeys(_against(program, name))) for name in program.results}
    needed = program.needed([name for name in found if not found[name]])
    kept = [step for step in (program.steps[number] for number in needed) if step.operation != "constant"]
    return ColumnPlan(found, len(kept), max((step.bits for step in kept), default=1))


def _against(program: IntegerProgram, name: str) -> Iterator[Obstacle]:
    failed: set[int] = set()
    wide: dict[str, Step] = {}
    for number in program.needed([name]):
        step = program.steps[number]
        if step.operation == "opaque":
            failed.add(number)
            yield Obstacle(step.path, str(step.value))
        elif failed.intersection(step.operands):
            failed.add(number)
        elif step.bits > MOST_BITS:
            failed.add(number)
            if step.bits > wide.get(step.path, step).bits or step.path not in wide:
                wide[step.path] = step
    for path, step in wide.items():
        told = f"a step needs {step.bits} bits, and 64-bit integers hold {MOST_BITS}"
        yield Obstacle(path, told, "round the parts of it, or declare narrower limits or fewer `decimals`")
    result = program.results[name]
    below = program.steps[result.denominator]
    if result.kind == "number" and below.operation == "constant" and MOST_DENOMINATOR_BITS < below.bits <= MOST_BITS:
        why = f"its denominator needs {below.bits} bits, and a double has {MOST_DENOMINATOR_BITS}"
        yield Obstacle(name, why, "round it")
