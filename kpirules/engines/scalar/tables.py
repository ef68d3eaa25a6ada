"""Tables and thresholds as code."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import evolve

from ...language.expressions import NUMBER
from ...plan.ops import Cases, Const, If, Op, Stop, walk
from .emitted import Emitted, Other, name_of
from .numbers import Num

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["MAX_INLINE_ROWS", "cases", "looked_up", "numbered"]

MAX_INLINE_ROWS = 12
"""The most rows of a table that are written inline."""


def looked_up(operations: Operations, body: Cases, local: tuple[str, Emitted]) -> Emitted:
    """Write a call of a long table, whose function is written once for each form of its argument."""
    bound, x = local
    form = x.d if isinstance(x, Num) and isinstance(x.d, int) else type(x).__name__
    key = (id(body), form, isinstance(x, Num) and x.sign)
    if key not in operations.lookups:
        name = f"w{len(operations.lookups)}"
        with operations.branch() as lines:
            given: Emitted = Other("q")
            if isinstance(x, Num):
                given = Num("q", x.d if isinstance(x.d, int) else "qd", x.sign)
            before, operations.local = operations.local, {bound: given}
            operations.stops.append("return None")
            shape = cases(operations, body)
            operations.stops.pop()
            operations.local = before
            is_pair = isinstance(shape, Num) and not isinstance(shape.d, int)
            found = f"{shape.n}, {shape.d}" if is_pair and isinstance(shape, Num) else name_of(shape)
            operations.writer.line(f"return {found}")
        with operations.writer.capture() as definition:
            operations.writer.put(f"def {name}(q, qd):", lines)
        operations.pending += definition
        stop = next((part for part in walk(body) if isinstance(part, Stop)), None)
        operations.lookups[key] = name, shape, stop
    name, shape, stop = operations.lookups[key]
    target = operations.writer.fresh()
    arguments = f"{x.n}, {x.d}" if isinstance(x, Num) else f"{x.code}, 1"
    operations.writer.line(f"{target} = {name}({arguments})")
    if stop is not None:
        operations.writer.put(f"if {target} is None:", [operations.fault(stop.kind, stop.path)])
    if isinstance(shape, Num):
        if isinstance(shape.d, int):
            return evolve(shape, n=target)
        operations.writer.line(f"{target}, {target}d = {target}")
        return evolve(shape, n=target, d=f"{target}d")
    return evolve(shape, code=target)


def numbered(shape: Op) -> Op:
    """Return a table whose values are the indexes of its rows; for thresholds, how many are passed."""
    match shape:
        case If(then=cases):
            return evolve(shape, then=numbered(cases))  # at most one case holds
        case Cases(cases=cases):
            rows = ((condition, Const(Fraction(row), NUMBER)) for row, (condition, _) in enumerate(cases))
            return evolve(shape, cases=tuple(rows), type=NUMBER)
    raise AssertionError(f"{shape!r} has no rows")


def cases(operations: Operations, op: Cases) -> Emitted:
    """Write the first case that holds: as branches, or for many cases as a loop that ends early."""
    conditions, branches = [], []
    for condition, value in op.cases:
        test, test_code = ([], Other("True")) if condition is None else operations.written(condition)
        if test_code == Other("False") and not test:
            continue
        conditions.append((test, test_code))
        branches.append(operations.written(value))
        if test_code == Other("True") and not test:
            break
    are_plain = not any(lines for lines, _ in conditions)
    codes = [condition.code for _, condition in conditions if isinstance(condition, Other)]
    if len(branches) == 1:
        operations.writer.lines.extend(branches[0][0])
        return branches[0][1]
    if len(branches) == 2 and are_plain:
        return operations.choose(Other(codes[0]), branches)
    if are_plain and len(branches) <= MAX_INLINE_ROWS:
        heads = [f"if {codes[0]}:", *(f"elif {code}:" for code in codes[1:-1]), "else:"]
        return operations.merge(heads, branches)
    heads = [f"if {code}:" for code in codes]
    with operations.writer.capture() as written:
        result = operations.merge(heads, branches)
    body: list[str] = []
    blocks = _blocks(written)
    for (test, _), block in zip(conditions, blocks, strict=True):
        body += [*test, *block, "    break"]
    operations.writer.put("while True:", body)
    return result


def _blocks(lines: list[str]) -> list[list[str]]:
    """Return top-level blocks, each with its head."""
    found: list[list[str]] = []
    for line in lines:
        if not line.startswith(" "):
            found.append([])
        found[-1].append(line)
    return found
