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


def looked_up(to: Operations, body: Cases, local: tuple[str, Emitted]) -> Emitted:
    """Write a call of a long table, whose function is written once for each form of its argument."""
    bound, x = local
    form = x.d if isinstance(x, Num) and isinstance(x.d, int) else type(x).__name__
    key = (id(body), form, isinstance(x, Num) and x.sign)
    if key not in to.lookups:
        name = f"w{len(to.lookups)}"
        with to.branch() as lines:
            given: Emitted = Other("q")
            if isinstance(x, Num):
                given = Num("q", x.d if isinstance(x.d, int) else "qd", x.sign)
            before, to.local = to.local, {bound: given}
            to.stops.append("return None")
            shape = cases(to, body)
            to.stops.pop()
            to.local = before
            is_pair = isinstance(shape, Num) and not isinstance(shape.d, int)
            found = f"{shape.n}, {shape.d}" if is_pair and isinstance(shape, Num) else name_of(shape)
            to.writer.line(f"return {found}")
        with to.writer.capture() as definition:
            to.writer.put(f"def {name}(q, qd):", lines)
        to.pending += definition
        stop = next((part for part in walk(body) if isinstance(part, Stop)), None)
        to.lookups[key] = name, shape, stop
    name, shape, stop = to.lookups[key]
    target = to.writer.fresh()
    arguments = f"{x.n}, {x.d}" if isinstance(x, Num) else f"{x.code}, 1"
    to.writer.line(f"{target} = {name}({arguments})")
    if stop is not None:
        to.writer.put(f"if {target} is None:", [to.fault(stop.kind, stop.path)])
    if isinstance(shape, Num):
        if isinstance(shape.d, int):
            return evolve(shape, n=target)
        to.writer.line(f"{target}, {target}d = {target}")
        return evolve(shape, n=target, d=f"{target}d")
    return evolve(shape, code=target)


def numbered(shape: Op) -> Op:
    """Return the rows of a shape with their indexes as values; for thresholds, the number passed."""
    match shape:
        case If(then=cases):
            return evolve(shape, then=numbered(cases))  # at most one case holds
        case Cases(cases=cases):
            rows = ((condition, Const(Fraction(row), NUMBER)) for row, (condition, _) in enumerate(cases))
            return evolve(shape, cases=tuple(rows), type=NUMBER)
    raise AssertionError(f"{shape!r} has no rows")


def cases(to: Operations, op: Cases) -> Emitted:
    """Write the first case that holds: as branches, or for many cases as a loop that ends early."""
    conditions, branches = [], []
    for condition, value in op.cases:
        test, test_code = ([], Other("True")) if condition is None else to.written(condition)
        if test_code == Other("False") and not test:
            continue
        conditions.append((test, test_code))
        branches.append(to.written(value))
        if test_code == Other("True") and not test:
            break
    are_plain = not any(lines for lines, _ in conditions)
    codes = [condition.code for _, condition in conditions if isinstance(condition, Other)]
    if len(branches) == 1:
        to.writer.lines.extend(branches[0][0])
        return branches[0][1]
    if len(branches) == 2 and are_plain:
        return to.choose(Other(codes[0]), branches)
    if are_plain and len(branches) <= MAX_INLINE_ROWS:
        heads = [f"if {codes[0]}:", *(f"elif {code}:" for code in codes[1:-1]), "else:"]
        return to.merge(heads, branches)
    heads = [f"if {code}:" for code in codes]
    with to.writer.capture() as together:
        result = to.merge(heads, branches)
    body: list[str] = []
    blocks = _blocks(together)
    for (test, _), block in zip(conditions, blocks, strict=True):
        body += [*test, *block, "    break"]
    to.writer.put("while True:", body)
    return result


def _blocks(lines: list[str]) -> list[list[str]]:
    """Return top-level blocks, each with its head."""
    found: list[list[str]] = []
    for line in lines:
        if not line.startswith(" "):
            found.append([])
        found[-1].append(line)
    return found
