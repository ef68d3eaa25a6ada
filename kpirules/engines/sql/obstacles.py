"""The obstacles to printing a program in a dialect, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...language.model import ListDomain
from ..integers import OVER_RECORDS, Obstacle, Step
from .dialects import NARROW_BITS, Dialect
from .numbers import places_of
from .tables import Source
from .wanted import Wanted

__all__ = ["NoSqlForm", "obstacles"]

MOST_DOUBLE_BITS = 53
"""Maximum bits of the parts of a fraction: then its quotient is the nearest double."""


class NoSqlForm(ValueError):
    """A query can't be printed; the argument says which obstacles there are."""

    def __init__(self, obstacles: Iterable[Obstacle]) -> None:
        self.obstacles = tuple(dict.fromkeys(obstacles))
        super().__init__("\n".join(map(str, self.obstacles)))


def obstacles(wanted: Wanted, dialect: Dialect, source: Source) -> list[Obstacle]:
    """Return the obstacles to printing a query.

    Args:
        wanted: the results.
        dialect: the forms of the database.
        source: the table.
    """
    found = [*_unnamed_lists(wanted, source), *_texts_compared(wanted)]
    for refusal in wanted.refusals:
        if not refusal.kind:  # the scalar engine may rate such a row
            found.append(Obstacle(refusal.path, "a function in it is no arithmetic on integers"))
    steps = wanted.program.steps
    failed: set[int] = set()
    late: set[int] = set()
    wide: dict[str, Step] = {}
    for number in wanted.numbers:
        step = steps[number]
        if step.operation == "window" or late.intersection(step.operands):
            late.add(number)
            if step.records or step.operation in OVER_RECORDS:
                found.append(Obstacle(step.path, "records read what quotas decide"))
        if step.operation in ("opaque", "irrational"):
            failed.add(number)
            is_opaque = step.operation == "opaque"
            why = str(step.value) if is_opaque else f"`{step.value}` is no arithmetic on integers"
            found.append(Obstacle(step.path, why))
        elif failed.intersection(step.operands):
            failed.add(number)
        elif step.bits > dialect.bits and number not in wanted.texts:
            failed.add(number)
            wide.setdefault(step.path, step)
    for path, step in wide.items():
        why = f"a step needs {step.bits} bits, and integers of {dialect.title} hold {dialect.bits}"
        help = "round the parts of it, or declare narrower limits or fewer `decimals`"
        found.append(Obstacle(path, why, help))
    for name, result in wanted.results.items():
        value, below = steps[result.value], steps[result.denominator]
        if result.kind == "number" and result.value not in failed and not _is_held(dialect, value, below):
            bits = max(value.bits, below.bits)
            why = f"it is a fraction with parts of {bits} bits, and a double has {MOST_DOUBLE_BITS}"
            found.append(Obstacle(name, why, "round it, or choose other columns"))
    return found


def _unnamed_lists(wanted: Wanted, source: Source) -> Iterator[Obstacle]:
    """Yield lists without a table of their records."""
    for variable in wanted.program.inputs:
        if isinstance(variable.domain, ListDomain) and variable.id not in {*source.absent, *source.records}:
            help = f"`records={{'{variable.id}': 'TABLE:KEY'}}` (`--records {variable.id}=TABLE:KEY`) names it"
            yield Obstacle(f"inputs.{variable.id}", "its records are in a table of their own", help)


def _texts_compared(wanted: Wanted) -> Iterator[Obstacle]:
    """Yield uses of texts other than comparisons with texts of the rulebook."""
    steps = wanted.program.steps
    for number in wanted.numbers:
        step = steps[number]
        for operand in wanted.texts.intersection(step.operands):
            other = [one for one in step.operands if one != operand]
            if step.operation != "==" or steps[other[0]].operation != "constant":
                yield Obstacle(step.path, f"it compares `{steps[operand].value}` with other cells")
    for name, result in wanted.results.items():
        if result.value in wanted.texts:
            yield Obstacle(name, "it is a text of the table")


def _is_held(dialect: Dialect, value: Step, below: Step) -> bool:
    """Return whether a fraction is a decimal, or has the nearest double."""
    is_decimal = below.operation == "constant" and places_of(below.low) is not None
    if is_decimal and "." not in dialect.decimal:
        return value.bits <= NARROW_BITS
    return max(value.bits, 0 if is_decimal else below.bits) <= MOST_DOUBLE_BITS
