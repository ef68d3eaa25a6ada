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


def read(to: Operations, name: str) -> Emitted:
    """Return a value by name; a `let` is written where it is first read."""
    if name in to.values:
        return to.values[name]
    if name not in to.places:
        return _share(to, name)
    index = to.places[name]
    if name in to.memo:
        for below in _below(to, name):
            to.shapes[below] = _function_of(to, below)
        to.writer.line(f"if a{index} is U: l{index}()")
        result = to.shapes[name]
    else:
        is_apart = bool(to.loop) or to.writer.depth > MAX_INLINE_DEPTH
        _count(to, name, 1 + is_apart)
        result = _let(to, name, _computed(to, to.plan.let[name]))
    to.values[name] = result
    return result


def _count(to: Operations, name: str, copies: int) -> None:
    """Count a copy of a named value.

    Raises:
        WrittenTooOften: if there are too many.
    """
    to.emitted[name] = to.emitted.get(name, 0) + copies
    if to.emitted[name] > MAX_COPIES:
        raise WrittenTooOften(name)


def _share(to: Operations, name: str) -> Emitted:
    """Return points divided by max, written where it is first read."""
    id_ = name.partition(".")[2]
    most = to.maxima[id_]
    result = to.strict([to.values[f"points.{id_}"]], lambda x: quotient(to.writer, x, number(most)))
    to.values[name] = to.held(result) if result.is_optional else result
    return to.values[name]


def _function_of(to: Operations, name: str) -> Emitted:
    """Write the function that computes a `let`."""
    signature = f"l{to.places[name]}()"
    return _function(to, signature, to.plan.let[name], lambda part: _let(to, name, part))


def _function_of_record(to: Operations, place: int, key: str) -> Emitted:
    """Write the function that computes a field of a record."""
    index, value = to.fields[key]
    return _function(to, f"i{place}_{index}(r, m)", value, lambda part: _kept(to, index, part))


def _below(to: Operations, name: str) -> list[str]:
    """Return the `let` or fields to write for a named value, itself last, without those already written."""
    known: Mapping[str, object] = to.places if name in to.places else to.fields
    prefix = "" if name in to.places else f"{to.loop}."
    found, pending = {name}, [name]
    while pending:
        key = pending.pop()
        op = to.fields[key][1].op if prefix else to.plan.let[key].op
        for part in walk(op):
            if isinstance(part, Item if prefix else Read):
                read = f"{prefix}{part.name}"
                if read in known and read not in found and read not in to.shapes:
                    found.add(read)
                    pending.append(read)
    return [key for key in known if key in found and key in to.memo and key not in to.shapes]


def item(to: Operations, name: str) -> Emitted:
    """Return a field of the current record; a computed one is written where it is first read."""
    if name in to.items:
        return to.items[name]
    key = f"{to.loop}.{name}"
    index, value = to.fields[key]
    if key in to.memo:
        place = list(to.plan.records).index(to.loop)
        for below in _below(to, key):
            to.shapes[below] = _function_of_record(to, place, below)
        to.writer.line(f"if m[{index}] is U: i{place}_{index}(r, m)")
        result = _fetched(to, index, to.shapes[key])
    else:
        _count(to, key, 1)
        result = to.held(_computed(to, value))
    to.items[name] = result
    return result


def _computed(to: Operations, value: Value) -> Emitted:
    """Return a named value, written inline."""
    before, to.path = to.path, value.path
    result = to.emit(value.op)
    to.path = before
    return result


def _let(to: Operations, name: str, part: Emitted) -> Emitted:
    """Return a `let` as the code stores it."""
    to.kept_lets[name] = _named(to, f"a{to.places[name]}", part)
    return to.kept_lets[name]


def _named(to: Operations, name: str, part: Emitted) -> Emitted:
    """Store a `let` under a name of its own."""
    to.assigned.append(name)
    if isinstance(part, Num):
        to.writer.line(f"{name} = {part.n}")
        if isinstance(part.d, int):
            return evolve(part, n=name)
        to.assigned.append(f"{name}d")
        to.writer.line(f"{name}d = {part.d}")
        return evolve(part, n=name, d=f"{name}d")
    to.writer.line(f"{name} = {part.code}")
    return evolve(part, code=name)


def _function(to: Operations, signature: str, value: Value, keep: Callable[[Emitted], Emitted]) -> Emitted:
    """Write a function that computes a named value on first use; return the shape of the stored value."""
    saved = to.values, to.items, to.assigned, to.local, to.aggregated
    is_of_record = signature.startswith("i")
    to.values, to.items, to.assigned, to.local = dict(to.base), {}, [], {}
    to.aggregated = {}
    if not is_of_record:
        loop, to.loop = to.loop, ""
    with to.writer.capture() as lines:
        if is_of_record:
            _unpack(to, "r")
        shape = keep(_computed(to, value))
    if not is_of_record:
        to.loop = loop
    assigned = list(dict.fromkeys(to.assigned))
    if assigned:
        lines.insert(0, f"nonlocal {', '.join(assigned)}")
    to.values, to.items, to.assigned, to.local, to.aggregated = saved
    if not is_of_record:
        to.assigned += assigned
    with to.writer.capture() as definition:
        to.writer.put(f"def {signature}:", lines)
    to.pending += definition
    return shape


def start_record(to: Operations) -> None:
    """Write the fields of the record `r`, and storage for those that functions compute."""
    _unpack(to, "r")
    if any(key in to.memo for key in to.fields if key.startswith(f"{to.loop}.")):
        to.writer.line(f"m = [U] * {len(to.plan.records[to.loop].let)}")


def _unpack(to: Operations, record: str) -> None:
    """Write the fields of a record as variables."""
    names = []
    for variable in to.plan.records[to.loop].fields:
        name = to.writer.fresh("f")
        names.append(name)
        to.items[variable.id] = input_value(name, variable)
    to.writer.line(f"{', '.join(names)}, = {record}")


def _kept(to: Operations, index: int, part: Emitted) -> Emitted:
    """Store a computed field for one record."""
    if isinstance(part, Num) and not isinstance(part.d, int):
        to.writer.line(f"m[{index}] = {part.n}, {part.d}")
    else:
        to.writer.line(f"m[{index}] = {part.n if isinstance(part, Num) else part.code}")
    return part


def _fetched(to: Operations, index: int, shape: Emitted) -> Emitted:
    held = to.writer.fresh()
    if isinstance(shape, Num) and not isinstance(shape.d, int):
        to.writer.line(f"{held}, {held}d = m[{index}]")
        return evolve(shape, n=held, d=f"{held}d")
    to.writer.line(f"{held} = m[{index}]")
    return evolve(shape, n=held) if isinstance(shape, Num) else evolve(shape, code=held)
