"""The differences between the parts of two rulebooks, by id, in the words of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..kernel.exact import to_text
from .writing import ORDERED, Part

__all__ = ["Change", "Found", "found_between", "text_of"]

ENDS = ("from", "above", "to", "below", "equals")

ORDER = {"levels": "bands"}
"""Sections whose order is reported under another name."""


@frozen
class Change:
    """A key with its old and new value.

    Args:
        key: a key of the rulebook; for a row or option, with its condition.
        old, new: its values as texts, empty if there is none.
    """

    key: str
    old: str
    new: str


@frozen
class Found:
    """A part that differs between the editions.

    Args:
        ref: its path.
        kind: the kind of part.
        change: `added`, `removed`, `changed` or `moved`.
        changes: its keys that differ.
        old_source, new_source: its citation, or that of its nearest parent.
        twin: if added or removed: the ref of the part that is equal except for its id, or empty.
        section: the section whose order has changed, or empty.
    """

    ref: str
    kind: str
    change: str
    changes: tuple[Change, ...]
    old_source: str = ""
    new_source: str = ""
    twin: str = ""
    section: str = ""


def found_between(old: Mapping[str, Part], new: Mapping[str, Part]) -> tuple[Found, ...]:
    """Return every part that was added, removed, changed or moved, in the new edition's order; removed parts last.

    Args:
        old, new: parts by ref.
    """
    twins = _twins(old, new)
    found = [_compared(ref, old, new, twins) for ref in new]
    found += [_compared(ref, old, new, twins) for ref in old if ref not in new]
    return (*(part for part in found if part is not None), *_reordered(old, new))


def _compared(ref: str, old: Mapping[str, Part], new: Mapping[str, Part], twins: Mapping[str, str]) -> Found | None:
    before, after = old.get(ref), new.get(ref)
    part = after or before
    assert part is not None, "a ref is of one of them"
    if (
        (before is None or after is None)
        and part.section != "criteria"
        and (part.above in old) != (part.above in new)
    ):
        # It is added or removed with its parent.
        return None
    changes = list(_changes(before.keys if before else {}, after.keys if after else {}))
    if before is None or after is None:
        parts = new if before is None else old
        below = _child_ids(part, parts)
        changes += [Change(key, "", ids) if before is None else Change(key, ids, "") for key, ids in below.items()]
        change = "added" if before is None else "removed"
        return Found(ref, part.kind, change, tuple(changes), *_sources(ref, old, new), twins.get(ref, ""))
    if before.above != after.above:
        changes.append(Change("in", _owner(before.above), _owner(after.above)))
    if not changes:
        return None
    is_moved = before.above != after.above and len(changes) == 1
    return Found(ref, part.kind, "moved" if is_moved else "changed", tuple(changes), *_sources(ref, old, new))


def _owner(ref: str) -> str:
    return ref or "score"


def _child_ids(part: Part, parts: Mapping[str, Part]) -> dict[str, str]:
    """Return the ids of a part's children, by section."""
    below: dict[str, list[str]] = {}
    for child in parts.values():
        if child.above == part.ref and child.ref and part.ref:
            below.setdefault(child.section, []).append(child.id)
    return {section: ", ".join(ids) for section, ids in below.items()}


def _sources(ref: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> tuple[str, str]:
    return _source(ref, old), _source(ref, new)


def _source(ref: str, parts: Mapping[str, Part]) -> str:
    """Return the citation of a part or of its nearest parent, without that of the whole rulebook."""
    while ref in parts and ref:
        source = parts[ref].keys.get("source")
        if source is not None:
            return source if isinstance(source, str) else ", ".join(source.values())
        ref = parts[ref].above
    return ""


# -- names and order ------------------------------------------------------------------------------


def _twins(old: Mapping[str, Part], new: Mapping[str, Part]) -> dict[str, str]:
    """Return pairs of an added and a removed part that are equal except for their ids, if each has only one match."""
    removed = [part for ref, part in old.items() if ref not in new]
    added = [part for ref, part in new.items() if ref not in old]
    twins: dict[str, str] = {}
    for part in removed:
        matches = [other for other in added if _is_twin(part, other)]
        if len(matches) == 1 and sum(_is_twin(other, matches[0]) for other in removed) == 1:
            twins[part.ref], twins[matches[0].ref] = matches[0].ref, part.ref
    return twins


def _is_twin(part: Part, other: Part) -> bool:
    return bool(part.keys) and (part.section, part.above, part.keys) == (other.section, other.above, other.keys)


def _reordered(old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[Found]:
    for section in sorted(ORDERED):
        before = [part.id for part in old.values() if part.section == section]
        after = [part.id for part in new.values() if part.section == section]
        common = [id_ for id_ in before if id_ in set(after)]
        if common != [id_ for id_ in after if id_ in set(before)]:
            change = Change("order", ", ".join(before), ", ".join(after))
            ref = f"{ORDER.get(section, section)} (order)"
            yield Found(ref, "order", "moved", (change,), section=section)


# -- keys -----------------------------------------------------------------------------------------


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if _is_equal(before, after) and not (before and key == "options" and list(before) != list(after or ())):
            continue
        if key == "steps" and before and after:
            yield from _rows(before, after)
        elif key == "lookup" and before and after:
            yield from _options(before, after)
        else:
            yield Change(key, text_of(before), text_of(after))


def _is_equal(before: Any, after: Any) -> bool:
    # `True == 1`, wherever it stands.
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(_is_equal(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_is_equal, before, after))
    return isinstance(before, bool) == isinstance(after, bool) and bool(before == after)


def _rows(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    """Yield differences of rows by condition; of all rows at once if two share a condition."""
    before, after = ({_condition(row): row for row in rows} for rows in (old, new))
    if len(before) < len(old) or len(after) < len(new):
        yield Change("steps", text_of(old), text_of(new))
        return
    for condition in dict.fromkeys((*before, *after)):
        old_row, new_row = before.get(condition, {}), after.get(condition, {})
        if not _is_equal(old_row, new_row):
            yield Change(f"steps, {condition}", _given(old_row), _given(new_row))
    common = [condition for condition in before if condition in after]
    if common != [condition for condition in after if condition in before]:
        yield Change("steps, order", "; ".join(before), "; ".join(after))


def _options(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for option in dict.fromkeys((*old, *new)):
        old_row, new_row = old.get(option, {}), new.get(option, {})
        if not _is_equal(old_row, new_row):
            yield Change(f"lookup, {option}", _given(old_row), _given(new_row))


def _condition(row: Mapping[str, Any]) -> str:
    return " ".join(f"{end} {text_of(row[end])}" for end in ENDS if end in row) or "otherwise"


def _given(row: Mapping[str, Any]) -> str:
    """Return the value of a row as text; empty without a row."""
    if row.get("undefined") is True:
        row = {**row, "undefined": "the regulation does not say"}
    return text_of({key: value for key, value in row.items() if key not in ENDS})


def text_of(value: Any) -> str:
    """Return a value of a rulebook as text.

    >>> text_of({"places": 2, "mode": "half_up"}), text_of([Fraction(1, 3), True]), text_of(None)
    ('places: 2, mode: half_up', '1/3, true', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return to_text(Fraction(value))
        case date():
            return value.isoformat()
        case str():
            return value
        case list():
            return ", ".join(
                f"[{text_of(part)}]" if isinstance(part, list | dict) else text_of(part) for part in value
            )
        case _:
            return ", ".join(
                f"{key}: {f'[{text_of(part)}]' if isinstance(part, list | dict) else text_of(part)}"
                for key, part in value.items()
            )
