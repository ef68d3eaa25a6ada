"""Aggregates as loops over records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import evolve

from ...language.expressions import BOOLEAN, FUNCTIONS
from ...plan import Plan
from ...plan.ops import Call, Const, Item, Op, Over, Read, Stop, Undefined, divisors, walk
from . import names
from .emitted import ABSENT, Emitted, Other
from .numbers import ANY, NOT_NEGATIVE, POSITIVE, Num, compare, pair

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["emit", "fused"]


def emit(operations: Operations, op: Over) -> Emitted:
    """Write an aggregate; absent if its list is."""
    owner, _, group = op.records.name.partition(".")
    if group:
        return aggregated(operations, [op], children(operations, group))[0]
    if id(op) in operations.aggregated:
        return operations.aggregated[id(op)]
    records = operations.values[owner]
    assert isinstance(records, Other)
    if not records.is_optional:
        # Other aggregates over the same records that can't fault share the loop.
        others = (
            []
            if operations.loop
            else [
                aggregate
                for aggregate in operations.fused.get(owner, ())
                if id(aggregate) not in operations.aggregated
            ]
        )
        is_among = any(aggregate is op for aggregate in others)
        fused = [op, *(aggregate for aggregate in others if aggregate is not op)] if is_among else [op]
        results = aggregated(operations, fused, records.code)
        operations.aggregated |= {id(aggregate): result for aggregate, result in zip(fused, results, strict=True)}
        return results[0]
    with operations.branch() as lines:
        (result,) = aggregated(operations, [op], records.code)
    absent = ABSENT if isinstance(result, Num) else Other("None", True)
    return operations.merge([f"if {records.code} is None:", "else:"], [([], absent), (lines, result)])


def fused(plan: Plan) -> dict[str, list[Over]]:
    """Return the aggregates that can't fault with any records, by list."""
    found: dict[str, list[Over]] = {}
    for _, op in plan.operations():
        for part in walk(op):
            if isinstance(part, Over) and part.records.name in plan.records and _is_total(plan, part):
                found.setdefault(part.records.name, []).append(part)
    return found


def _is_total(plan: Plan, over: Over) -> bool:
    inputs = {variable.id for variable in plan.inputs}
    fields = {value.id: value.op for value in plan.records[over.records.name].let}
    pending: list[Op] = [over.body] if over.condition is None else [over.condition, over.body]
    seen: set[str] = set()
    while pending:
        op = pending.pop()
        if any(divisors(op)):
            return False
        for part in walk(op):
            match part:
                case Stop() | Undefined() | Over():
                    return False
                case Read(name=name) if name not in inputs:
                    return False
                case Call(function=function) if FUNCTIONS[function].fault:
                    return False
                case Item(name=name, is_let=True) if name not in seen:
                    seen.add(name)
                    pending.append(fields[name])
    return True


def children(operations: Operations, group: str) -> str:
    """Write the remaining children of a group as records: points, share, max and weight, each as two integers."""
    target = operations.writer.fresh("c")
    operations.writer.line(f"{target} = []")
    for child in operations.plan.children[group]:
        points = operations.values[f"points.{child.id}"]
        assert isinstance(points, Num)
        share = "None, 1"
        if child.has_share:
            found = names.read(operations, f"share.{child.id}")
            assert isinstance(found, Num)
            share = f"{found.n}, {found.d}"
        most = "None, 1" if child.max is None else pair(child.max)
        weight = pair(child.weight)
        line = f"{target}.append(({points.n}, {points.d}, {share}, {most}, {weight}))"
        if points.is_optional:
            operations.writer.put(f"if {points.n} is not None:", [line])
        else:
            operations.writer.line(line)
    return target


def aggregated(operations: Operations, ops: list[Over], records: str) -> list[Emitted]:
    """Write one loop for several aggregates, and return their values."""
    before = operations.values, operations.items, operations.loop
    name = ops[0].records.name
    # Each loop visits the records again: only an expression used twice in one loop is worth a function.
    counted = {key: operations.emitted.pop(key, 0) for key in operations.fields if key.startswith(f"{name}.")}
    operations.values, operations.items, operations.loop = dict(operations.values), {}, name
    gathered: list[Gathered] = []
    with operations.writer.capture() as lines:
        _unpack(operations, name)
        empty = len(operations.writer.lines)
        for op in ops:
            if op.function == "count" and op.condition is None and op.body == EVERY:
                gathered.append(([], lambda _: Num(f"f_len({records})", 1, NOT_NEGATIVE)))
            elif op.condition is None:
                gathered.append(_gathered(operations, op))
            else:
                condition = operations.flag(op.condition)
                items = dict(operations.items)
                with operations.writer.capture() as inside:
                    gathered.append(_gathered(operations, op))
                operations.items = items
                operations.writer.put(f"if {condition.code}:", inside)
        is_empty = len(operations.writer.lines) == empty
    operations.values, operations.items, operations.loop = before
    operations.emitted.update({key: max(count, operations.emitted.get(key, 0)) for key, count in counted.items()})
    for start, _ in gathered:
        operations.writer.lines += start
    if not is_empty:
        operations.writer.put(f"for r in {records}:", lines)
    return [end(operations) for _, end in gathered]


def _unpack(operations: Operations, records: str) -> None:
    if not records.startswith("children."):
        names.start_record(operations)
        return
    parts = [operations.writer.fresh("f") for _ in range(8)]
    operations.writer.line(f"{', '.join(parts)} = r")
    members = operations.plan.children[records.partition(".")[2]]
    is_optional = {
        "share": any(not member.has_share for member in members),
        "max": any(member.max is None for member in members),
    }
    for index, name in enumerate(("points", "share", "max", "weight")):
        sign = POSITIVE if name == "weight" else ANY
        operations.items[name] = Num(parts[2 * index], parts[2 * index + 1], sign, is_optional.get(name, False))


Gathered = tuple[list[str], "Callable[[Operations], Emitted]"]
"""The lines before a loop, and a function that returns the value after it."""


EVERY = Const(True, BOOLEAN)
"""The body of `count(tasks)`."""


def _gathered(operations: Operations, op: Over) -> Gathered:
    """Write the lines for one record."""
    match op.function:
        case "sum":
            return _sum(operations, operations.number(op.body))
        case "avg":
            return _mean(operations, operations.number(op.body))
        case "min" | "max":
            return _extreme(operations, operations.number(op.body), "<" if op.function == "min" else ">")
        case "median" | "quantile" | "largest" | "smallest" | "sum_largest" | "sum_smallest" | "trimmed_avg":
            return _ordered(operations, operations.number(op.body), op)
        case "any" | "all":
            return _quantified(operations, operations.flag(op.body), op.function)
        case _:
            return _counted(operations, operations.flag(op.body), op.function)


def _sum(operations: Operations, body: Num) -> Gathered:
    total = operations.writer.fresh("s")
    if isinstance(body.d, int):
        if body.n != 0:
            operations.writer.line(f"{total} += {body.n}")
        sign = min(body.sign, NOT_NEGATIVE)
        return [f"{total} = 0"], lambda _: Num(total, body.d, sign)
    n, d = operations.writer.hold(body.n), operations.writer.hold(body.d)
    operations.writer.put(f"if {d} == {total}d:", [f"{total} += {n}"])
    # Denominators multiply as values are added: common factors are divided out at once.
    operations.writer.put(
        "else:",
        [
            f"{total} = {total} * {d} + {n} * {total}d; {total}d = {total}d * {d}",
            f"g = f_gcd({total}, {total}d); {total} //= g; {total}d //= g",
        ],
    )
    sign = min(body.sign, NOT_NEGATIVE)
    return [f"{total} = 0; {total}d = 1"], lambda _: Num(total, f"{total}d", sign)


def _mean(operations: Operations, body: Num) -> Gathered:
    start, end = _sum(operations, body)
    count = operations.writer.fresh("s")
    operations.writer.line(f"{count} += 1")

    def after(operations: Operations) -> Emitted:
        total = end(operations)
        assert isinstance(total, Num)
        return _unless_none(operations, count, evolve(total, d=_times(total.d, count)))

    return [*start, f"{count} = 0"], after


def _times(d: object, count: str) -> str:
    return count if d == 1 else f"({d} * {count})"


def _unless_none(operations: Operations, count: str, result: Num) -> Num:
    """Return a number that is absent if nothing was counted."""
    target = operations.writer.fresh()
    operations.writer.put(f"if {count}:", [f"{target} = {result.n}; {target}d = {result.d}"])
    operations.writer.put("else:", [f"{target} = None; {target}d = 1"])
    return Num(target, f"{target}d", result.sign, True)


def _extreme(operations: Operations, body: Num, sign: str) -> Gathered:
    best = operations.writer.fresh("s")
    if isinstance(body.d, int):
        n = operations.writer.hold(body.n)
        operations.writer.put(f"if {best} is None or {n} {sign} {best}:", [f"{best} = {n}"])
        return [f"{best} = None"], lambda _: Num(best, body.d, body.sign, True)
    n, d = operations.writer.hold(body.n), operations.writer.hold(body.d)
    is_better = compare(sign, Num(n, d), Num(best, f"{best}d"))
    operations.writer.put(f"if {best} is None or {is_better}:", [f"{best} = {n}; {best}d = {d}"])
    return [f"{best} = None; {best}d = 1"], lambda _: Num(best, f"{best}d", body.sign, True)


def _ordered(operations: Operations, body: Num, op: Over) -> Gathered:
    """Write a function of the sorted numbers: of numerators if they have one denominator, else of fractions.

    This is long since it has one case for each function.
    """
    values = operations.writer.fresh("s")
    is_one = isinstance(body.d, int)
    operations.writer.line(f"{values}.append({body.n if is_one else f'R({body.n}, {body.d})'})")
    constants = op.constants

    def after(operations: Operations) -> Emitted:
        """Write what comes after the loop. This is long since it has one case for each function."""
        count = operations.writer.fresh()
        operations.writer.line(f"{values} = f_sorted({values}); {count} = f_len({values})")
        k = int(constants[0]) if constants else 0
        match op.function:
            case "largest":
                code, below, needed = f"{values}[-{k}]", "1", k
            case "smallest":
                code, below, needed = f"{values}[{k - 1}]", "1", k
            case "sum_largest":
                code, below, needed = f"f_sum({values}[-{k}:])", "1", 0
            case "sum_smallest":
                code, below, needed = f"f_sum({values}[:{k}])", "1", 0
            case "trimmed_avg":
                low, high = k, int(constants[1])
                code, below, needed = (
                    f"f_sum({values}[{low}:{count} - {high}])",
                    f"({count} - {low + high})",
                    low + high + 1,
                )
            case "median":
                code, below, needed = f"{values}[({count} - 1) // 2] + {values}[{count} // 2]", "2", 1
            case _:
                part = constants[0]
                p, q = part.numerator, part.denominator
                place, rest = f"({count} - 1) * {p} // {q}", f"({count} - 1) * {p} % {q}"
                code = f"{values}[{place}] * ({q} - {rest}) + {values}[-(-({count} - 1) * {p} // {q})] * ({rest})"
                below, needed = str(q), 1
        target = operations.writer.fresh()
        if is_one:
            assignment = [f"{target} = {code}; {target}d = {below if body.d == 1 else f'{body.d} * {below}'}"]
        else:
            assignment = [
                f"{target} = R({code}, {below}); {target}d = {target}.denominator",
                f"{target} = {target}.numerator",
            ]
        sign = body.sign if op.function not in ("sum_largest", "sum_smallest") else min(body.sign, NOT_NEGATIVE)
        if not needed:
            operations.writer.lines += assignment
            return Num(target, f"{target}d", sign)
        operations.writer.put(f"if {count} >= {needed}:", assignment)
        operations.writer.put("else:", [f"{target} = None; {target}d = 1"])
        return Num(target, f"{target}d", sign, True)

    return [f"{values} = []"], after


def _quantified(operations: Operations, body: Other, function: str) -> Gathered:
    result_name = operations.writer.fresh("s")
    test = body.code if function == "any" else f"not {body.code}"
    operations.writer.put(f"if {test}:", [f"{result_name} = {function == 'any'}"])
    return [f"{result_name} = {function == 'all'}"], lambda _: Other(result_name)


def _counted(operations: Operations, body: Other, function: str) -> Gathered:
    true = operations.writer.fresh("s")
    operations.writer.put(f"if {body.code}:", [f"{true} += 1"])
    if function == "count":
        return [f"{true} = 0"], lambda _: Num(true, 1, NOT_NEGATIVE)
    whole = operations.writer.fresh("s")
    operations.writer.line(f"{whole} += 1")
    return [f"{true} = 0; {whole} = 0"], lambda operations: _unless_none(
        operations, whole, Num(true, whole, NOT_NEGATIVE)
    )
