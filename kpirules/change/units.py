"""Splits two editions into differences, each applied alone to the old rules and left out of the new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from ..rating.program import Program
from .differing import Found
from .hybrids import merged, ordered_like, program_of
from .writing import WORDING, Part

__all__ = ["Split", "Unit", "split"]

DEFINITIONS = frozenset({"inputs", "fields", "parameters", "tables", "functions", "calendars", "let"})
"""Sections without an effect of their own: other rules read them."""

MOST_UNITS = 60
"""Maximum number of differences examined one by one; nobody reads more."""

Parts = Mapping[str, Part]


@frozen
class Unit:
    """Differences that can only be applied together; usually one.

    Args:
        refs: the refs of the differences.
        base: the old rules, with the new definitions that the differences need.
        alone: the base with the differences, or None if these don't fit together.
        without: the new rules without the differences, or None.
    """

    refs: tuple[str, ...]
    base: Program = field(eq=False, repr=False)
    alone: Program | None = field(eq=False, repr=False)
    without: Program | None = field(eq=False, repr=False)


@frozen
class Split:
    """Two editions, and the steps from one to the other.

    Args:
        old, new: the programs, each with the other's own definitions if possible.
        units: the differences that change ratings, in order.
        definitions: refs of added and removed definitions.
        is_whole: True if there are too many differences to examine each.
    """

    old: Program = field(eq=False, repr=False)
    new: Program = field(eq=False, repr=False)
    units: tuple[Unit, ...]
    definitions: tuple[str, ...]
    is_whole: bool = False


def split(old: Program, new: Program, parts: Parts, others: Parts, found: Iterable[Found]) -> Split:
    """Return the differences that can be applied one by one.

    Args:
        old, new: two editions.
        parts, others: their parts.
        found: their differences.
    """
    parts, others = _of_rules(parts), _of_rules(others)
    matters = [difference for difference in found if not is_wording(difference)]
    added = [
        difference.ref
        for difference in matters
        if difference.change == "added" and _is_definition(difference.ref, others)
    ]
    removed = [
        difference.ref
        for difference in matters
        if difference.change == "removed" and _is_definition(difference.ref, parts)
    ]
    base, added = _with(old, parts, others, added)
    end, removed = _with(new, others, parts, removed)
    moved_definitions = {*added, *removed}
    transition = _Transition(
        merged(parts, others, added),
        merged(others, parts, removed),
        {difference.ref: difference.section for difference in matters},
    )
    refs = tuple(difference.ref for difference in matters if difference.ref not in moved_definitions)
    if len(refs) > MOST_UNITS:
        return Split(base, end, (Unit(refs, base, end, base),), tuple(moved_definitions), is_whole=True)
    twins = {difference.ref: {difference.ref, difference.twin} for difference in matters if difference.twin}
    bare = evolve(transition, parts=parts) if added else transition
    units = tuple(_units(refs, bare, transition, (old, base, end), twins))
    return Split(base, end, units, (*added, *removed))


def _of_rules(parts: Parts) -> Parts:
    """Return parts without examples, which change nothing."""
    return {ref: part for ref, part in parts.items() if part.section != "examples"}


def is_wording(found: Found) -> bool:
    """Return whether a difference can change no rating: labels, notes, citations, examples, the edition's name."""
    if found.kind in ("example", "rulebook") or found.section == "examples":
        return True
    return found.change == "changed" and all(change.key in WORDING for change in found.changes)


def _is_definition(ref: str, parts: Parts) -> bool:
    return parts[ref].section in DEFINITIONS


def _with(program: Program, parts: Parts, others: Parts, refs: list[str]) -> tuple[Program, list[str]]:
    """Return a program with definitions of the other edition, and the definitions it accepted."""
    if not refs:
        return program, []
    program_ = program_of(merged(parts, others, refs).values())
    return (program, []) if program_ is None else (program_, refs)


@frozen
class _Transition:
    """Steps from one edition to the other, difference by difference.

    Args:
        parts, others: parts of both, each with the other's own definitions.
        sections: the section of each difference in order.
    """

    parts: Parts
    others: Parts
    sections: Mapping[str, str]

    def old_with(self, refs: Iterable[str]) -> Program | None:
        return program_of(self._applied(self.parts, self.others, refs).values())

    def new_without(self, refs: Iterable[str]) -> Program | None:
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
    bare: _Transition,
    transition: _Transition,
    programs: tuple[Program, Program, Program],
    twins: Mapping[str, set[str]],
) -> Iterator[Unit]:
    """Yield the units of some differences.

    Args:
        refs: the refs of the differences.
        bare: the steps without the other edition's definitions.
        transition: the steps with them.
        programs: the old rules, the old rules with the new definitions, and the new rules with the old definitions.
        twins: pairs that look like a renaming.
    """
    old, base, end = programs
    plain = {ref: bare.old_with([ref]) for ref in refs} if bare is not transition else dict.fromkeys(refs)
    alone = {ref: plain[ref] or transition.old_with([ref]) for ref in refs}
    # A renaming is one change: half of it would be a change that nobody made.
    groups = [twins.get(ref, {ref}) for ref in refs if alone[ref] is not None]
    for ref in refs:
        if alone[ref] is None:
            groups.append(_least(ref, refs, transition))
    whole = _together([group & set(refs) for group in groups])
    for group in sorted(whole, key=lambda group: min(map(refs.index, group))):
        ordered = tuple(ref for ref in refs if ref in group)
        single = plain[ordered[0]] if len(ordered) == 1 else None
        if len(ordered) == len(refs) and single is None:
            yield Unit(ordered, base, end, base)
        elif len(ordered) == 1:
            yield Unit(ordered, base if single is None else old, alone[ordered[0]], transition.new_without(ordered))
        else:
            yield Unit(ordered, base, transition.old_with(ordered), transition.new_without(ordered))


def _least(ref: str, refs: tuple[str, ...], transition: _Transition) -> set[str]:
    """Return a difference with as few others as possible, found by leaving out half after half."""
    others = [other for other in refs if other != ref]
    size = max(len(others) // 2, 1)
    while others:
        for start in range(0, len(others), size):
            fewer = others[:start] + others[start + size :]
            if transition.old_with([other for other in refs if other == ref or other in fewer]) is not None:
                others = fewer
                break
        else:
            if size == 1:
                break
            size //= 2
        size = max(min(size, len(others) // 2), 1)
    return {ref, *others}


def _together(groups: list[set[str]]) -> list[set[str]]:
    """Merge groups that share a difference."""
    found: list[set[str]] = []
    for group in groups:
        near = [other for other in found if other & group]
        found = [*(other for other in found if not other & group), group.union(*near)]
    return found
