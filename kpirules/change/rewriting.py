"""Rules with other values, by path, as a variant or an amendment would write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from ..analysis.checking import check
from ..diagnostics import Report
from ..documents import build, read_mapping
from ..errors import RulebookError
from ..kernel.mappings import FrozenMap
from ..language.model import Rulebook
from ..rating.program import Program, compile
from .hybrids import document_of
from .writing import KINDS, Part, parts_of

__all__ = ["rewritten", "unproved", "with_changes", "written_at"]

MAIN_KEYS = {
    "parameters": "value",
    "let": "value",
    "outputs": "value",
    "validations": "that",
    "requires": "that",
    "invariants": "that",
}
"""By section, the key of its parts for which the path of a part stands."""


def with_changes(program: Program, changes: Mapping[str, Any]) -> Program:
    """Return rules with other weights, maxima, thresholds, parameters, bands or rounding.

    Args:
        program: the rules; every variant and edition that has a changed part is changed.
        changes: new values by path, such as `criteria.work.max`, `bands.good.from` or `criteria.work.steps[0].points`
            (rows count from 0; an option may stand as `lookup["1.5"]`), or a mapping in the shape of the rulebook:
            `{"score": {"round": {"places": 1}}}`. None removes a key.

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


Path = tuple[str, ...]
"""The keys on the way to a value; a row of a list has its number."""


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
        is_whole = path in parts and parts[path].section not in MAIN_KEYS
        if (place := (path, ()) if is_whole else _place(parts, _keys(path))) is not None:
            ref, keys = place
            value: Any = parts[ref].keys
            for key in keys:
                is_row = isinstance(value, list)
                value = value[int(key)] if is_row else value.get(key) if isinstance(value, Mapping) else None
            return parts[ref], keys, value
    raise _no_part(_keys(path), program.whole)


def _paths(changes: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each value with its path. Only the keys of the outermost mapping may be paths themselves."""
    for key, value in changes.items():
        path = (*above, str(key)) if above else _keys(str(key))
        if isinstance(value, Mapping):
            yield from _paths(value, path)
        else:
            yield path, value


def _keys(path: str) -> Path:
    """Return the keys of a written path: `criteria.work.steps[0].points`, `criteria.skill.lookup["1.5"].points`."""
    return tuple(quoted or key for quoted, key in re.findall(r'\["([^"]+)"\]|([^.\[\]]+)', path))


def _changed(program: Program, paths: Mapping[Path, Any], *, is_every: bool = True) -> Program:
    placed = _placed(program, paths)
    if is_every:
        _require(paths.keys() - placed, [program])
    return rewritten(program, _parts(program, placed, paths), "<changes>") if placed else program


def _placed(program: Program, paths: Iterable[Path]) -> dict[Path, tuple[str, Path]]:
    """Return the part that each path leads to, and the keys in it."""
    parts = parts_of(program.rulebook)
    return {path: place for path in paths if (place := _place(parts, path)) is not None}


def _parts(program: Program, placed: Mapping[Path, tuple[str, Path]], new: Mapping[Path, Any]) -> list[Part]:
    """Return the parts with new values at some paths."""
    parts = parts_of(program.rulebook)
    # Rows are removed last, the last one first, so that every number still counts the rows that were written.
    kept = [path for path in placed if new[path] is not None]
    removed = [path for path in placed if new[path] is None]
    for path in [*kept, *sorted(removed, key=lambda path: _numbers(placed[path][1]), reverse=True)]:
        ref, keys = placed[path]
        parts[ref] = evolve(parts[ref], keys=_set(parts[ref].keys, keys, new[path]))
    return list(parts.values())


def _numbers(keys: Path) -> tuple[int, ...]:
    return tuple(int(key) if key.isdecimal() else -1 for key in keys)


LATER = frozenset({"outputs", "invariants", "examples", "cohort", "quotas"})
"""Sections on which the band of one subject does not depend."""


def unproved(program: Program, changes: Mapping[str, Any]) -> Rulebook | None:
    """Return changed rules for bands of single subjects, without proofs; None if they have errors.

    Args:
        program: the rules: one variant and edition.
        changes: as for `with_changes`.
    """
    paths = dict(_paths(changes))
    kept = [part for part in _parts(program, _placed(program, paths), paths) if part.section not in LATER]
    written = document_of(kept)
    assert written is not None, "parts of one rulebook fit together"
    document, found = read_mapping(written)
    rulebook, more = (None, ()) if document is None else build(document)
    return None if rulebook is None or Report.of(check(rulebook, (*found, *more))).errors else rulebook


def _require(unknown: Iterable[Path], programs: Iterable[Program]) -> None:
    for path in sorted(unknown):
        raise _no_part(path, programs)


def _no_part(path: Path, programs: Iterable[Program]) -> ValueError:
    known = sorted({ref for program in programs for ref in parts_of(program.rulebook) if ref})
    section = next(iter(path), "")
    beside = [ref for ref in known if ref.partition(".")[0] == section]
    advice = f"parts of `{section}` are" if beside else "write it there first, since changes add no parts; parts are"
    return ValueError(f"`{'.'.join(path)}` is in no part of the rulebook; {advice} {', '.join(beside or known)}")


def _place(parts: Mapping[str, Part], path: Path) -> tuple[str, Path] | None:
    """Return the part that a path leads to, and the keys in it; None if there is none."""
    if not path:
        return None
    if path[:2] == ("bands", "levels"):
        path = ("bands", *path[2:])
    ends = (end for end in range(len(path), 0, -1) if ".".join(path[:end]) in parts)
    if (end := next(ends, None)) is None:
        is_section = any(ref.startswith(f"{path[0]}.") for ref in parts)
        return None if is_section or len(path) > 1 else ("", path)
    ref, keys = ".".join(path[:end]), path[end:]
    while keys[:1] == ("criteria",) and len(keys) > 1:  # the ref of a criterion leaves out its groups
        below = f"criteria.{keys[1]}"
        if below not in parts or parts[below].above != ref:
            return None
        ref, keys = below, keys[2:]
    if not keys:
        main = MAIN_KEYS.get(parts[ref].section)
        return None if main is None else (ref, (main,))
    return (ref, keys) if keys[0] not in KINDS and _leads(parts[ref].keys, keys) else None


def _leads(value: Any, keys: Path) -> bool:
    """Return whether keys lead to a value, or to where one can be written."""
    for key in keys:
        if isinstance(value, list):
            if not key.isdecimal() or int(key) >= len(value):
                return False
            value = value[int(key)]
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return True


def _set(value: Any, keys: Path, new: Any) -> Any:
    """Return a mapping or list with another value at a path; None removes it."""
    first, *rest = keys
    found = dict(enumerate(value)) if isinstance(value, list) else dict(value) if isinstance(value, Mapping) else {}
    key: Any = int(first) if isinstance(value, list) else first
    if rest:
        found[key] = _set(found.get(key), tuple(rest), new)
    elif new is None:
        found.pop(key, None)
    else:
        found[key] = new
    return list(found.values()) if isinstance(value, list) else found


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
