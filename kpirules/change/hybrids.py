"""From parts back to rules: a rulebook that is one edition in some parts and the other in the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..analysis.checking import check
from ..diagnostics import Report
from ..documents import build, read_mapping
from ..rating.program import Program
from .writing import Part

__all__ = ["document_of", "merged", "ordered_like", "program_of"]

LISTS = frozenset({"examples"})
"""Sections that are lists; their entries have a name instead of a key."""


def document_of(parts: Iterable[Part]) -> dict[str, Any] | None:
    """The document that parts make, or None where one of them belongs to what is not there.

    Args:
        parts: each after the part it belongs to, siblings in their order.
    """
    document: dict[str, Any] = {"kpirules": 1}
    made: dict[str, dict[str, Any]] = {"": document}
    for part in parts:
        if not part.ref:
            document |= part.keys
            continue
        node = dict(part.keys)
        made[part.ref] = node
        if part.section in LISTS:
            document.setdefault(part.section, []).append({"name": part.id, **node})
        elif part.section == part.ref:
            document[part.section] = node
        elif part.above in made:
            made[part.above].setdefault(part.section, {})[part.id] = node
        else:
            return None
    if not document.get("score", True):
        # Without criteria, an empty score would say that there must be some.
        del document["score"]
    return document


def program_of(parts: Iterable[Part]) -> Program | None:
    """The program that parts make, or None where they don't fit together.

    Args:
        parts: each after the part it belongs to, siblings in their order.
    """
    written = document_of(parts)
    if written is None:
        return None
    document, found = read_mapping(written)
    if document is None:
        return None
    rulebook, more = build(document)
    if rulebook is None:
        return None
    report = Report.of(check(rulebook, (*found, *more)))
    return None if report.errors else Program(rulebook, report)


def merged(parts: Mapping[str, Part], others: Mapping[str, Part], refs: Iterable[str]) -> dict[str, Part]:
    """Parts with some of the other edition instead: those of `refs`, and what belongs to them.

    Args:
        parts: of one edition.
        others: of the other edition.
        refs: what is taken from the other edition; what that has not is left out.
    """
    taken = set(refs)
    for ref, part in (*parts.items(), *others.items()):
        # What belongs to a part that comes or goes as a whole comes or goes with it; criteria stand for themselves.
        if part.above in taken and part.section != "criteria" and (part.above in parts) != (part.above in others):
            taken.add(ref)
    found: dict[str, Part] = {}
    for ref, part in parts.items():
        if ref not in taken:
            found[ref] = part
        elif ref in others:
            found[ref] = others[ref]
    missing = [ref for ref in others if ref in taken and ref not in found]
    for ref in missing:
        found = _inserted(found, others, ref)
    return _in_order(found)


def _inserted(parts: dict[str, Part], others: Mapping[str, Part], ref: str) -> dict[str, Part]:
    """A part of the other edition put behind the sibling that it follows there."""
    part = others[ref]
    before = [one.ref for one in others.values() if (one.above, one.section) == (part.above, part.section)]
    for other in reversed(before[: before.index(ref)]):
        if other in parts:
            found: dict[str, Part] = {}
            for key, one in parts.items():
                found[key] = one
                if key == other:
                    found[ref] = part
            return found
    return {ref: part, **parts}


def _in_order(parts: Mapping[str, Part]) -> dict[str, Part]:
    """Each part after the one it belongs to; those that belong to what is not there come last."""
    below: dict[str, list[Part]] = {}
    for part in parts.values():
        if part.ref:
            below.setdefault(part.above, []).append(part)
    found: dict[str, Part] = {"": parts[""]}
    waiting = list(reversed(below.get("", [])))
    while waiting:
        part = waiting.pop()
        found[part.ref] = part
        waiting.extend(reversed(below.get(part.ref, [])))
    return {**found, **parts}


def ordered_like(parts: Mapping[str, Part], others: Mapping[str, Part], section: str) -> dict[str, Part]:
    """Parts with the entries of a section in the order in which the other edition has them.

    Args:
        parts: of one edition.
        others: of the other edition.
        section: a map whose order means something.
    """
    mine = [ref for ref, part in parts.items() if part.section == section]
    place = {ref: index for index, ref in enumerate(others)}
    common = iter(sorted((ref for ref in mine if ref in others), key=place.__getitem__))
    follows = {ref: next(common) if ref in others else ref for ref in mine}
    return _in_order({follows.get(ref, ref): parts[follows.get(ref, ref)] for ref in parts})
