"""Rulebooks made of some parts of one edition and the other parts of another edition."""

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
    """Return the document made of some parts, or None if the parent of a part is missing.

    Args:
        parts: each after its parent, siblings in order.
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
        # Without criteria, an empty score would require some.
        del document["score"]
    return document


def program_of(parts: Iterable[Part]) -> Program | None:
    """Return the program of a document made of some parts, or None if they don't fit together.

    Args:
        parts: each after its parent, siblings in order.
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
    """Return parts with those of `refs`, and their children, replaced by the other edition's.

    Args:
        parts: parts of one edition.
        others: parts of the other edition.
        refs: parts to replace; those that the other edition lacks are removed.
    """
    taken = set(refs)
    for ref, part in (*parts.items(), *others.items()):
        # Children of an added or removed part follow it, except criteria.
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
    """Insert a part of the other edition after the sibling that it follows in that edition."""
    part = others[ref]
    before = [other.ref for other in others.values() if (other.above, other.section) == (part.above, part.section)]
    for other in reversed(before[: before.index(ref)]):
        if other in parts:
            found: dict[str, Part] = {}
            for key, kept in parts.items():
                found[key] = kept
                if key == other:
                    found[ref] = part
            return found
    return {ref: part, **parts}


def _in_order(parts: Mapping[str, Part]) -> dict[str, Part]:
    """Return parts in order, each after its parent; parts with a missing parent come last."""
    below: dict[str, list[Part]] = {}
    for part in parts.values():
        if part.ref:
            below.setdefault(part.above, []).append(part)
    found: dict[str, Part] = {"": parts[""]}
    pending = list(reversed(below.get("", [])))
    while pending:
        part = pending.pop()
        found[part.ref] = part
        pending.extend(reversed(below.get(part.ref, [])))
    return {**found, **parts}


def ordered_like(parts: Mapping[str, Part], others: Mapping[str, Part], section: str) -> dict[str, Part]:
    """Return parts with the entries of a section in the order of the other edition.

    Args:
        parts: parts of one edition.
        others: parts of the other edition.
        section: a mapping whose order matters.
    """
    own_refs = [ref for ref, part in parts.items() if part.section == section]
    place = {ref: index for index, ref in enumerate(others)}
    common = iter(sorted((ref for ref in own_refs if ref in others), key=place.__getitem__))
    follows = {ref: next(common) if ref in others else ref for ref in own_refs}
    return _in_order({follows.get(ref, ref): parts[follows.get(ref, ref)] for ref in parts})
