"""Rules with other values, by path: what a variant or an amendment would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from ..diagnostics import Report
from ..documents import build, read_mapping
from ..errors import RulebookError
from ..kernel.mappings import FrozenMap
from ..rating.program import Program, compile
from .hybrids import document_of
from .writing import Part, parts_of

__all__ = ["rewritten", "with_changes", "written_at"]

VALUED = ("parameters", "let", "outputs")
"""Sections whose parts have one main value, for which the path of the part stands."""


def with_changes(program: Program, changes: Mapping[str, Any]) -> Program:
    """Return rules with other weights, maxima, thresholds, parameters, bands or rounding.

    Args:
        program: the rules; of several variants and editions, each that has a changed part is changed.
        changes: new values by path, such as `criteria.work.max`, `bands.good.from` or `score.round.places`, or a
            mapping in the shape of the rulebook: `{"score": {"round": {"places": 1}}}`. None removes a key.

    Raises:
        ValueError: a path leads to no part of the rulebook.
        RulebookError: the changed rules have errors.

    >>> from kpirules import assess, load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "points": "10 * done"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> assess(with_changes(program, {"bands.good.from": 50}), {"done": 6}).band
    'good'
    """
    paths = dict(_paths(changes))
    if not program.parts:
        return _changed(program, paths)
    known = {path for part in program.whole for path in paths if _place(parts_of(part.rulebook), path) is not None}
    _require(set(paths) - known, program.whole)
    parts = {key: _changed(part, paths, is_every=False) for key, part in program.parts.items()}
    first = next(iter(parts.values()))
    report = Report.of([one for part in parts.values() for one in part.report])
    return Program(first.rulebook, report, FrozenMap(parts), program.variant_by, program.edition_by)


def written_at(program: Program, path: str) -> tuple[Part, tuple[str, ...], Any]:
    """Return the part of the rules that a path leads to, the keys in it, and the value that is written there.

    Args:
        program: the rules; of several variants and editions, the first that has the part.
        path: as `with_changes` takes it.

    Returns:
        The part, the keys, and the value: None if the rulebook does not write it, all values for a whole part.

    Raises:
        ValueError: a path leads to no part of the rulebook.

    >>> from kpirules import load
    >>> program = load({"kpirules": 1, "parameters": {"most": 9}, "outputs": {"twice": "2 * most"}})
    >>> written_at(program, "parameters.most")[1:]
    (('value',), Fraction(9, 1))
    """
    for part in program.whole:
        parts = parts_of(part.rulebook)
        is_whole = path in parts and parts[path].section not in VALUED
        if (place := (path, []) if is_whole else _place(parts, path)) is not None:
            ref, keys = place
            value: Any = parts[ref].keys
            for key in keys:
                value = value.get(key) if isinstance(value, Mapping) else None
            return parts[ref], tuple(keys), value
    raise _no_part(path, program.whole)


def _paths(changes: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value with its path."""
    for key, value in changes.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            yield from _paths(value, path)
        else:
            yield path, value


def _changed(program: Program, paths: Mapping[str, Any], *, is_every: bool = True) -> Program:
    parts = parts_of(program.rulebook)
    placed = {path: place for path in paths if (place := _place(parts, path)) is not None}
    if is_every:
        _require(paths.keys() - placed, [program])
    for path, (ref, keys) in placed.items():
        parts[ref] = evolve(parts[ref], keys=_set(parts[ref].keys, keys, paths[path]))
    return rewritten(program, parts.values(), "<changes>") if placed else program


def _require(unknown: Iterable[str], programs: Iterable[Program]) -> None:
    for path in sorted(unknown):
        raise _no_part(path, programs)


def _no_part(path: str, programs: Iterable[Program]) -> ValueError:
    known = sorted({ref for program in programs for ref in parts_of(program.rulebook) if ref})
    return ValueError(f"`{path}` is in no part of the rulebook; parts are {', '.join(known)}")


def _place(parts: Mapping[str, Part], path: str) -> tuple[str, list[str]] | None:
    """Return the part that a path leads to, and the keys in it; None if there is none."""
    keys = path.split(".")
    if path in parts and parts[path].section in VALUED:
        return path, ["value"]
    for end in range(len(keys) - 1, 0, -1):
        ref = ".".join(keys[:end])
        if ref in parts:
            return ref, keys[end:]
    is_section = any(ref.startswith(f"{keys[0]}.") for ref in parts)
    return None if is_section or len(keys) > 1 else ("", keys)


def _set(value: Any, keys: list[str], new: Any) -> dict[str, Any]:
    """Return a mapping with another value at a path; None removes it."""
    first, *rest = keys
    found = dict(value) if isinstance(value, Mapping) else {}
    if rest:
        found[first] = _set(found.get(first), rest, new)
    elif new is None:
        found.pop(first, None)
    else:
        found[first] = new
    return found


def rewritten(program: Program, parts: Iterable[Part], name: str) -> Program:
    """Return the program of changed parts, for the same subjects.

    Args:
        program: the rules before the change.
        parts: those of the changed rules, each after its parent.
        name: the name of the change in diagnostics.

    Raises:
        RulebookError: if they have errors.
    """
    written = document_of(parts)
    assert written is not None, "parts of one rulebook fit together"
    document, found = read_mapping(written, name)
    rulebook, more = (None, ()) if document is None else build(document)
    if rulebook is None:
        raise RulebookError(Report.of((*found, *more)))
    compiled = compile(rulebook, found=(*found, *more))
    # A document has neither the variant nor the period that it was chosen for.
    chosen = compiled.chosen_as(program.rulebook)
    version = evolve(chosen.rulebook, version=program.rulebook.version)
    return Program.made(version, chosen.report, chosen.scalar)
