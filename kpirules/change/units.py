"""Differences one by one: each applied alone to the old rules, and left out of the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from ..rating.program import Program
from .differing import Found
from .hybrids import merged, ordered_like, program_of
from .writing import WORDING, Part

__all__ = ["Split", "Unit", "split"]

DEFINITIONS = frozenset({"inputs", "fields", "parameters", "tables", "functions", "calendars", "let"})
"""What does nothing by itself: it is there for what reads it."""

MOST_UNITS = 60
"""Differences up to which each is looked at by itself; among more nobody reads them one by one."""

Parts = Mapping[str, Part]


@frozen
class Unit:
    """Differences that can only be applied together; mostly one.

    Args:
        refs: of the differences.
        base: the old rules, with what the new ones define where the differences need that.
        alone: the same with the differences, or None where those don't fit together.
        without: the new rules but for them, or None.
    """

    refs: tuple[str, ...]
    base: Program = field(eq=False, repr=False)
    alone: Program | None = field(eq=False, repr=False)
    without: Program | None = field(eq=False, repr=False)


@frozen
class Split:
    """Two editions, and the ways from one to the other.

    Args:
        old, new: the programs, each with what only the other one defines, where that can be.
        units: what changes ratings, in the order of the differences.
        definitions: refs of what was added and removed that does nothing by itself.
        is_whole: True where there are too many differences to look at each.
    """

    old: Program = field(eq=False, repr=False)
    new: Program = field(eq=False, repr=False)
    units: tuple[Unit, ...]
    definitions: tuple[str, ...]
    is_whole: bool = False


def split(old: Program, new: Program, parts: Parts, others: Parts, found: Iterable[Found]) -> Split:
    """Which of the differences can be applied one by one.

    Args:
        old, new: two editions.
        parts, others: what they are made of.
        found: how they differ.
    """
    parts, others = _of_rules(parts), _of_rules(others)
    matters = [one for one in found if not is_wording(one)]
    added = [one.ref for one in matters if one.change == "added" and _is_definition(one.ref, others)]
    removed = [one.ref for one in matters if one.change == "removed" and _is_definition(one.ref, parts)]
    base, added = _with(old, parts, others, added)
    end, removed = _with(new, others, parts, removed)
    aside = {*added, *removed}
    ways = _Ways(
        merged(parts, others, added),
        merged(others, parts, removed),
        {one.ref: one.section for one in matters},
    )
    refs = tuple(one.ref for one in matters if one.ref not in aside)
    if len(refs) > MOST_UNITS:
        return Split(base, end, (Unit(refs, base, end, base),), tuple(aside), is_whole=True)
    twins = {one.ref: {one.ref, one.twin} for one in matters if one.twin}
    bare = evolve(ways, parts=parts) if added else ways
    units = tuple(_units(refs, bare, ways, (old, base, end), twins))
    return Split(base, end, units, (*added, *removed))


def _of_rules(parts: Parts) -> Parts:
    """Without worked examples, which change nothing."""
    return {ref: part for ref, part in parts.items() if part.section != "examples"}


def is_wording(found: Found) -> bool:
    """Whether what differs can change no rating: labels, notes, citations, examples, the name of the edition."""
    if found.kind in ("example", "rulebook") or found.section == "examples":
        return True
    return found.change == "changed" and all(change.key in WORDING for change in found.changes)


def _is_definition(ref: str, parts: Parts) -> bool:
    return parts[ref].section in DEFINITIONS


def _with(program: Program, parts: Parts, others: Parts, refs: list[str]) -> tuple[Program, list[str]]:
    """A program with definitions of the other edition, and those that it could take."""
    if not refs:
        return program, []
    whole = program_of(merged(parts, others, refs).values())
    return (program, []) if whole is None else (whole, refs)


@frozen
class _Ways:
    """From one edition to the other, difference by difference.

    Args:
        parts, others: of both, each with what only the other one defines.
        sections: of the differences that are an order.
    """

    parts: Parts
    others: Parts
    sections: Mapping[str, str]

    def forth(self, refs: Iterable[str]) -> Program | None:
        return program_of(self._applied(self.parts, self.others, refs).values())

    def back(self, refs: Iterable[str]) -> Program | None:
        return program_of(self._applied(self.others, self.parts, refs).values())

    def _applied(self, parts: Parts, others: Parts, refs: Iterable[str]) -> Parts:
        refs = list(refs)
        found: Parts = merged(parts, others, [ref for ref in refs if not self.sections[ref]])
        for ref in refs:
            if self.sections[ref]:
                found = ordered_like(found, others, self.sections[ref])
        return found


def _units(
    refs: tuple[str, ...],
    bare: _Ways,
    ways: _Ways,
    programs: tuple[Program, Program, Program],
    twins: Mapping[str, set[str]],
) -> Iterator[Unit]:
    """The units of some differences.

    Args:
        refs: of the differences.
        bare: the ways without what the other edition defines.
        ways: the ways with that.
        programs: the old rules, the same with what the new ones define, and the new rules with what the old ones do.
        twins: differences that look like one change.
    """
    old, base, end = programs
    plain = {ref: bare.forth([ref]) for ref in refs} if bare is not ways else dict.fromkeys(refs)
    alone = {ref: plain[ref] or ways.forth([ref]) for ref in refs}
    # What looks renamed is one change: half of it would be none that anybody wrote.
    groups = [twins.get(ref, {ref}) for ref in refs if alone[ref] is not None]
    for ref in refs:
        if alone[ref] is None:
            groups.append(_least(ref, refs, ways))
    whole = _together([one & set(refs) for one in groups])
    for group in sorted(whole, key=lambda group: min(map(refs.index, group))):
        ordered = tuple(ref for ref in refs if ref in group)
        bare_one = plain[ordered[0]] if len(ordered) == 1 else None
        if len(ordered) == len(refs) and bare_one is None:
            yield Unit(ordered, base, end, base)
        elif len(ordered) == 1:
            yield Unit(ordered, base if bare_one is None else old, alone[ordered[0]], ways.back(ordered))
        else:
            yield Unit(ordered, base, ways.forth(ordered), ways.back(ordered))


def _least(ref: str, refs: tuple[str, ...], ways: _Ways) -> set[str]:
    """A difference with as few others as it takes: all that can be left out, half after half, are."""
    kept = [one for one in refs if one != ref]
    size = max(len(kept) // 2, 1)
    while kept:
        for start in range(0, len(kept), size):
            fewer = kept[:start] + kept[start + size :]
            if ways.forth([one for one in refs if one == ref or one in fewer]) is not None:
                kept = fewer
                break
        else:
            if size == 1:
                break
            size //= 2
        size = max(min(size, len(kept) // 2), 1)
    return {ref, *kept}


def _together(groups: list[set[str]]) -> list[set[str]]:
    """Groups without those that share a difference: these become one."""
    found: list[set[str]] = []
    for group in groups:
        near = [one for one in found if one & group]
        found = [*(one for one in found if not one & group), group.union(*near)]
    return found
