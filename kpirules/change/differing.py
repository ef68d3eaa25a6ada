"""What differs between the parts of two rulebooks, by id, in the words of the language."""

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
"""Where the order of a section is told, if not under its own name."""


@frozen
class Change:
    """What stands under a key, before and after.

    Args:
        key: of the rulebook; of a row or option, its condition behind it.
        old, new: what stands there, empty where nothing does.
    """

    key: str
    old: str
    new: str


@frozen
class Found:
    """One part that is not the same in both editions.

    Args:
        ref: the way to it.
        kind: what it is called.
        change: `added`, `removed`, `changed` or `moved`.
        changes: what stands under its keys.
        old_source, new_source: its citation, or that of what it belongs to.
        twin: of something added or removed: the ref of what equals it but for the id, or empty.
        section: whose order has changed, or empty.
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
    """Every part that was added, removed, changed or moved, in the order of the new edition; what is gone comes last.

    Args:
        old, new: parts by ref.
    """
    twins = _twins(old, new)
    found = [_compared(ref, old, new, twins) for ref in new]
    found += [_compared(ref, old, new, twins) for ref in old if ref not in new]
    return (*(one for one in found if one is not None), *_reordered(old, new))


def _compared(ref: str, old: Mapping[str, Part], new: Mapping[str, Part], twins: Mapping[str, str]) -> Found | None:
    before, after = old.get(ref), new.get(ref)
    part = after or before
    assert part is not None, "a ref is of one of them"
    if (
        (before is None or after is None)
        and part.section != "criteria"
        and (part.above in old) != (part.above in new)
    ):
        # It comes or goes with what it belongs to.
        return None
    changes = list(_changes(before.keys if before else {}, after.keys if after else {}))
    if before is None or after is None:
        parts = new if before is None else old
        below = _below(part, parts)
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


def _below(part: Part, parts: Mapping[str, Part]) -> dict[str, str]:
    """The ids of what belongs to a part, by section."""
    below: dict[str, list[str]] = {}
    for one in parts.values():
        if one.above == part.ref and one.ref and part.ref:
            below.setdefault(one.section, []).append(one.id)
    return {section: ", ".join(ids) for section, ids in below.items()}


def _sources(ref: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> tuple[str, str]:
    return _source(ref, old), _source(ref, new)


def _source(ref: str, parts: Mapping[str, Part]) -> str:
    """The citation of a part, or of the nearest it belongs to; that of the whole rulebook says nothing of a part."""
    while ref in parts and ref:
        source = parts[ref].keys.get("source")
        if source is not None:
            return source if isinstance(source, str) else ", ".join(source.values())
        ref = parts[ref].above
    return ""


# -- names and order ------------------------------------------------------------------------------


def _twins(old: Mapping[str, Part], new: Mapping[str, Part]) -> dict[str, str]:
    """What was removed and what was added that are equal but for their ids: only where each has one such twin."""
    gone = [part for ref, part in old.items() if ref not in new]
    come = [part for ref, part in new.items() if ref not in old]
    twins: dict[str, str] = {}
    for part in gone:
        same = [other for other in come if _is_twin(part, other)]
        if len(same) == 1 and sum(_is_twin(one, same[0]) for one in gone) == 1:
            twins[part.ref], twins[same[0].ref] = same[0].ref, part.ref
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
    """Rows by their condition; where two have the same one, all of them at once."""
    before, after = ({_condition(row): row for row in rows} for rows in (old, new))
    if len(before) < len(old) or len(after) < len(new):
        yield Change("steps", text_of(old), text_of(new))
        return
    for condition in dict.fromkeys((*before, *after)):
        one, other = before.get(condition, {}), after.get(condition, {})
        if not _is_equal(one, other):
            yield Change(f"steps, {condition}", _given(one), _given(other))
    common = [condition for condition in before if condition in after]
    if common != [condition for condition in after if condition in before]:
        yield Change("steps, order", "; ".join(before), "; ".join(after))


def _options(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for option in dict.fromkeys((*old, *new)):
        one, other = old.get(option, {}), new.get(option, {})
        if not _is_equal(one, other):
            yield Change(f"lookup, {option}", _given(one), _given(other))


def _condition(row: Mapping[str, Any]) -> str:
    return " ".join(f"{end} {text_of(row[end])}" for end in ENDS if end in row) or "otherwise"


def _given(row: Mapping[str, Any]) -> str:
    """What a row gives; empty where there is no row."""
    if row.get("undefined") is True:
        row = {**row, "undefined": "the regulation does not say"}
    return text_of({key: value for key, value in row.items() if key not in ENDS})


def text_of(value: Any) -> str:
    """A value of a rulebook for people.

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
            return ", ".join(f"[{text_of(one)}]" if isinstance(one, list | dict) else text_of(one) for one in value)
        case _:
            return ", ".join(
                f"{key}: {f'[{text_of(one)}]' if isinstance(one, list | dict) else text_of(one)}"
                for key, one in value.items()
            )
