"""The rulebook without the parts that could not be read, so that the rest can be checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from attrs import evolve, frozen

from ...diagnostics import Span
from ...language.model import (
    Band,
    BooleanDomain,
    Condition,
    Criterion,
    DateDomain,
    Exemption,
    Group,
    Input,
    Interval,
    Named,
    NumberDomain,
    Override,
    Points,
    Rulebook,
    TextDomain,
    Words,
)
from .draft import BLANK
from .names import RESERVED

__all__ = ["without_lost"]

OF_LEAF = frozenset(
    {"points", "rate", "met", "measure", "steps", "scale", "thresholds", "lookup", "cases", "unique", "round"}
)
"""Keys of a criterion that change only the points it earns within its limits."""

NAMED = frozenset({"inputs", "tables", "calendars", "parameters"})
"""Sections whose entries are names in formulas; the check knows which formulas read one that is gone."""

HARMLESS = frozenset({"effective", "require_sources", "invariants"})
"""Sections that change no score."""

SHARED = frozenset({"combine", "min", "max", "extra", "weight", "missing"})
"""Keys of a criterion that its limits or those of its group depend on."""

_STEP = re.compile(r"[.\[]")


def _named(id_: str, words: Words) -> Named:
    return Named(id_, BLANK, words)


def _condition(id_: str, words: Words) -> Condition:
    return Condition(id_, BLANK, words)


def _exemption(id_: str, words: Words) -> Exemption:
    return Exemption(id_, BLANK, "", words)


def _override(id_: str, words: Words) -> Override:
    return Override(id_, "band", BLANK, BLANK, words)


PLACEHOLDERS: Mapping[str, Callable[[str, Words], Any]] = {
    "let": _named,
    "outputs": _named,
    "validations": _condition,
    "exemptions": _exemption,
    "overrides": _override,
}
"""Sections of formulas, each with an entry of which nothing is known."""


def without_lost(
    rulebook: Rulebook, lost: Sequence[str], spans: Mapping[str, Span], bands: Sequence[str]
) -> Rulebook | None:
    """Return the rulebook with placeholders for the parts that could not be built.

    Args:
        rulebook: the rulebook as far as it could be built.
        lost: the paths of missing parts.
        spans: the place of each section.
        bands: the ids of all bands, best first.

    Returns:
        The rulebook; None if the rest has no meaning without a lost part.
    """
    changes: dict[str, Any] = {}
    names: set[str] = set()
    sections = (rulebook.inputs, rulebook.parameters, rulebook.tables, rulebook.functions, rulebook.calendars)
    taken = {*RESERVED, *(one.id for section in sections for one in section)}
    for path in (one for one in lost if not one.endswith(".column")):
        section, _, rest = path.partition(".")
        id_ = _STEP.split(rest)[0]
        if section == "let" and id_ in taken:
            return None  # it has the name of something else
        if section in PLACEHOLDERS and id_:
            entries = changes.get(section, getattr(rulebook, section))
            empty = PLACEHOLDERS[section](id_, Words(path=f"{section}.{id_}", span=spans.get(section)))
            changes[section] = _replaced(entries, id_, empty)
        elif section == "bands" and id_ and rulebook.bands is not None:
            levels = changes.get("bands", rulebook.bands).levels
            changes["bands"] = evolve(rulebook.bands, levels=_with_all(levels, bands))
        elif section == "cohort" and rest.startswith("quotas.") and rulebook.cohort is not None:
            quotas = changes.get("cohort", rulebook.cohort).quotas
            left = tuple(one for one in quotas if one.id != _STEP.split(rest)[1])
            changes["cohort"] = evolve(rulebook.cohort, quotas=left)
        elif section in NAMED and id_:
            names.add(id_)
            entries = changes.get(section, getattr(rulebook, section))
            changes[section] = tuple(kept for one in entries if (kept := _free(one) if one.id == id_ else one))
        elif section not in HARMLESS and not (section in ("criteria", "score") and rulebook.root is not None):
            return None
    tree = tuple(path for path in lost if path.startswith(("criteria", "score")))
    if tree and rulebook.root is not None:
        if "criteria" in tree:
            return None
        changes["root"] = root = _Tree(tree).of(rulebook.root)
        entered = {one.id for one in root.walk() if isinstance(one.body, Points) and one.body.value is BLANK}
        inputs = changes.get("inputs", rulebook.inputs)
        changes["inputs"] = tuple(_free(one) or one if one.id in entered else one for one in inputs)
    found = evolve(rulebook, **changes)
    return None if names & _selecting(found) else found


def _replaced(entries: Sequence[Any], id_: str, empty: Any) -> tuple[Any, ...]:
    """Return the entries of a section with one of them empty, or with an empty one if it could not be built."""
    if any(one.id == id_ for one in entries):
        return tuple(evolve(empty, words=one.words) if one.id == id_ else one for one in entries)
    return (*entries, empty)


def _free(entry: Any) -> Any:
    """Return an input of the same type whose values have no limits; None for any other entry, and for a list."""
    match entry:
        case Input(domain=NumberDomain(is_integer=is_integer)):
            return evolve(entry, domain=NumberDomain(is_integer=is_integer), default=None)
        case Input(domain=DateDomain()):
            return evolve(entry, domain=DateDomain(), default=None)
        case Input(domain=BooleanDomain() | TextDomain()):
            return evolve(entry, default=None)
    return None


def _selecting(rulebook: Rulebook) -> set[str]:
    """Return the inputs that select the rules of a subject, its cohort, or the share of a quota."""
    cohort = rulebook.cohort
    groups = () if cohort is None else (cohort.within, *((*one.within, *one.uniform) for one in cohort.quotas))
    directed = ((*one.never_lowers, *one.never_raises) for one in rulebook.directions)
    return {rulebook.variant_by, rulebook.edition_by, *(name for group in (*groups, *directed) for name in group)}


def _with_all(levels: tuple[Band, ...], ids: Sequence[str]) -> tuple[Band, ...]:
    """Return the bands with those that could not be built, since other parts may name them."""
    built = {band.id: band for band in levels}
    return tuple(built.get(id_) or Band(id_, interval=Interval(), words=Words(path=f"bands.{id_}")) for id_ in ids)


@frozen
class _Tree:
    """Criteria without their lost parts.

    Args:
        lost: the paths of these parts.
    """

    lost: tuple[str, ...]

    def of(self, root: Criterion) -> Criterion:
        return self.without(root, "criteria", [path for path in self.lost if path.startswith("score")])

    def without(self, criterion: Criterion, children: str, own: list[str]) -> Criterion:
        """Return a criterion without the lost parts in it and below it.

        Args:
            criterion: the criterion.
            children: the path of its children.
            own: the paths of lost parts that are its own, not those of a child.
        """
        path = criterion.words.path
        keys = {_STEP.split(one.removeprefix(path).removeprefix("."))[0] for one in own}
        body = criterion.body
        if not isinstance(body, Group) or (keys & {"", "criteria"} and criterion.id != "score"):
            if not keys:
                return criterion
            found = evolve(criterion, body=Points(BLANK))
            return found if keys <= OF_LEAF else _without_limits(found, keys)
        known = [
            self.without(child, f"{child.words.path}.criteria", self._own(child.words.path))
            for child in body.children
        ]
        ids = {child.id for child in known}
        below = [one for one in self.lost if one.startswith(f"{children}.")]
        missing = dict.fromkeys(_STEP.split(one.removeprefix(f"{children}."))[0] for one in below)
        known += [_unknown(id_, f"{children}.{id_}") for id_ in missing if id_ not in ids]
        found = evolve(criterion, body=evolve(body, children=tuple(known)))
        is_loose = body.combine == "sum" and any(new.max is None for new in known if not new.is_extra)
        if keys & SHARED or (is_loose and found.written_max is None):
            return _without_limits(found, keys)
        return found

    def _own(self, path: str) -> list[str]:
        """Return the lost parts of a criterion itself."""
        inside = (one for one in self.lost if one == path or one.startswith((f"{path}.", f"{path}[")))
        return [one for one in inside if not one.startswith(f"{path}.criteria.")]


def _without_limits(criterion: Criterion, lost: Set[str]) -> Criterion:
    """Return a criterion without its max, and without its min if a lost part may change it."""
    low = None if lost & {"", "criteria", "min"} else criterion.min
    return evolve(criterion, min=low, max=None, written_min=None, written_max=None)


def _unknown(id_: str, path: str) -> Criterion:
    return Criterion(id_, Points(BLANK), words=Words(path=path))
