"""Named values as code: `let` and computed fields, inline or as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from ...plan.ops import Item, Read, walk
from ...plan.steps import Value
from .emitted import Emitted, input_value
from .numbers import Num, number, quotient

if TYPE_CHECKING:
    from .operations import Operations

__all__ = ["MAX_CHAIN_LENGTH", "WrittenTooOften", "item", "read", "start_record"]

MAX_INLINE_DEPTH = 12
"""The deepest inline nesting of `let`; beyond it a `let` gets a function."""

MAX_CHAIN_LENGTH = 20
"""The longest chain of `let`; beyond it one of them gets a function."""

MAX_COPIES = 64
"""The most copies of a named value in code that is thrown away, since such a value gets a function."""


class WrittenTooOften(Exception):
    """A named value would be copied too often, since both branches of a condition read it."""


def read(operations: Operations, name: str) -> Emitted:
    """Return a value by name; a `let` is written where it is first read."""
    if name in operations.values:
        return operations.values[name]
    if name not in operations.places:
        return _share(operations, name)
    index = operations.places[name]
    if name in operations.memo:
        for below in _below(operations, name):
            operations.shapes[below] = _function_of(operations, below)
        operations.writer.line(f"if a{index} is U: l{index}()")
        result = operations.shapes[name]
    else:
        is_apart = bool(operations.loop) or operations.writer.depth > MAX_INLINE_DEPTH
        _count(operations, name, 1 + is_apart)
        result = _let(operations, name, _computed(operations, operations.plan.let[name]))
    operations.values[name] = result
    return result


def _count(operations: Operations, name: str, copies: int) -> None:
    """Count a copy of a named value.

    Raises:
        WrittenTooOften: if there are too many.
    """
    operations.emitted[name] = operations.emitted.get(name, 0) + copies
    if operations.emitted[name] > MAX_COPIES:
        raise WrittenTooOften(name)


def _share(operations: Operations, name: str) -> Emitted:
    """Return points divided by max, written where it is first read."""
    id_ = name.partition(".")[2]
    most = operations.maxima[id_]
    result = operations.strict(
        [operations.values[f"points.{id_}"]], lambda x: quotient(operations.writer, x, number(most))
    )
    operations.values[name] = operations.held(result) if result.is_optional else result
    return operations.values[name]


def _function_of(operations: Operations, name: str) -> Emitted:
    """Write the function that computes a `let`."""
    signature = f"l{operations.places[name]}()"
    return _function(operations, signature, operations.plan.let[name], lambda part: _let(operations, name, part))


def _function_of_record(operations: Operations, place: int, key: str) -> Emitted:
    """Write the function that computes a field of a record."""
    index, value = operations.fields[key]
    return _function(operations, f"i{place}_{index}(r, m)", value, lambda part: _kept(operations, index, part))


def _below(operations: Operations, name: str) -> list[str]:
    """Return the `let` or fields to write for a named value, itself last, without those already written."""
    known: Mapping[str, object] = operations.places if name in operations.places else operations.fields
    prefix = "" if name in operations.places else f"{operations.loop}."
    found, pending = {name}, [name]
    while pending:
        key = pending.pop()
        op = operations.fields[key][1].op if prefix else operations.plan.let[key].op
        for part in walk(op):
            if isinstance(part, Item if prefix else Read):
                read = f"{prefix}{part.name}"
                if read in known and read not in found and read not in operations.shapes:
                    found.add(read)
                    pending.append(read)
    return [key for key in known if key in found and key in operations.memo and key not in operations.shapes]


def item(operations: Operations, name: str) -> Emitted:
    """Return a field of the current record; a computed one is written where it is first read."""
    if name in operations.items:
        return operations.items[name]
    key = f"{operations.loop}.{name}"
    index, value = operations.fields[key]
    if key in operations.memo:
        place = list(operations.plan.records).index(operations.loop)
        for below in _below(operations, key):
            operations.shapes[below] = _function_of_record(operations, place, below)
        operations.writer.line(f"if m[{index}] is U: i{place}_{index}(r, m)")
        result = _fetched(operations, index, operations.shapes[key])
    else:
        _count(operations, key, 1)
        result = operations.held(_computed(operations, value))
    operations.items[name] = result
    return result


def _computed(operations: Operations, value: Value) -> Emitted:
    """Return a named value, written inline."""
    before, operations.path = operations.path, value.path
    result = operations.emit(value.op)
    operations.path = before
    return result


def _let(operations: Operations, name: str, part: Emitted) -> Emitted:
    """Return a `let` as the code stores it."""
    operations.kept_lets[name] = _named(operations, f"a{operations.places[name]}", part)
    return operations.kept_lets[name]


def _named(operations: Operations, name: str, part: Emitted) -> Emitted:
    """Store a `let` under a name of its own."""
    operations.assigned.append(name)
    if isinstance(part, Num):
        operations.writer.line(f"{name} = {part.n}")
        if isinstance(part.d, int):
            return evolve(part, n=name)
        operations.assigned.append(f"{name}d")
        operations.writer.line(f"{name}d = {part.d}")
        return evolve(part, n=name, d=f"{name}d")
    operations.writer.line(f"{name} = {part.code}")
    return evolve(part, code=name)


def _function(operations: Operations, signature: str, value: Value, keep: Callable[[Emitted], Emitted]) -> Emitted:
    """Write a function that computes a named value on first use; return the shape of the stored value."""
    saved = operations.values, operations.items, operations.assigned, operations.local, operations.aggregated
    is_of_record = signature.startswith("i")
    operations.values, operations.items, operations.assigned, operations.local = dict(operations.base), {}, [], {}
    operations.aggregated = {}
    if not is_of_record:
        loop, operations.loop = operations.loop, ""
    with operations.writer.capture() as lines:
        if is_of_record:
            _unpack(operations, "r")
        shape = keep(_computed(operations, value))
    if not is_of_record:
        operations.loop = loop
    assigned = list(dict.fromkeys(operations.assigned))
    if assigned:
        lines.insert(0, f"nonlocal {', '.join(assigned)}")
    operations.values, operations.items, operations.assigned, operations.local, operations.aggregated = saved
    if not is_of_record:
        operations.assigned += assigned
    with operations.writer.capture() as definition:
        operations.writer.put(f"def {signature}:", lines)
    operations.pending += definition
    return shape


def start_record(operations: Operations) -> None:
    """Write the fields of the record `r`, and storage for those that functions compute."""
    _unpack(operations, "r")
    if any(key in operations.memo for key in operations.fields if key.startswith(f"{operations.loop}.")):
        operations.writer.line(f"m = [U] * {len(operations.plan.records[operations.loop].let)}")


def _unpack(operations: Operations, record: str) -> None:
    """Write the fields of a record as variables."""
    names = []
    for variable in operations.plan.records[operations.loop].fields:
        name = operations.writer.fresh("f")
        names.append(name)
        operations.items[variable.id] = input_value(name, variable)
    operations.writer.line(f"{', '.join(names)}, = {record}")


def _kept(operations: Operations, index: int, part: Emitted) -> Emitted:
    """Store a computed field for one record."""
    if isinstance(part, Num) and not isinstance(part.d, int):
        operations.writer.line(f"m[{index}] = {part.n}, {part.d}")
    else:
        operations.writer.line(f"m[{index}] = {part.n if isinstance(part, Num) else part.code}")
    return part


def _fetched(operations: Operations, index: int, shape: Emitted) -> Emitted:
    held = operations.writer.fresh()
    if isinstance(shape, Num) and not isinstance(shape.d, int):
        operations.writer.line(f"{held}, {held}d = m[{index}]")
        return evolve(shape, n=held, d=f"{held}d")
    operations.writer.line(f"{held} = m[{index}]")
    return evolve(shape, n=held) if isinstance(shape, Num) else evolve(shape, code=held)
