"""The parts that errors leave without a value, and the rulebook without them, so that the rest can be checked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import define, evolve, field, fields, frozen, has

from ...diagnostics import Diagnostic
from ...language.expressions import Expression
from ...language.expressions.tree import Unreadable
from ...language.model import Criterion, Group, Points, Rulebook
from .graph import Graph, node_of
from .places import BAND, CRITERIA, GIVEN, ITEM, ORDER, SCORE, Place

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "Unresolved",
    "claims_never_absent",
    "claims_of_bands",
    "resolved",
    "unresolved",
]

UNKNOWN_KEY = "KR103"
"""The codes of keys that may stand for any other key of their mapping."""

HARMLESS = frozenset({"KR140", "KR145", "KR146", "KR147", "KR148", "KR151", "KR154", "KR510"})
"""The codes of errors that change no value."""

OF_ABSENCE = frozenset({"KR306", "KR310"})
"""Keys without effect as long as nothing is absent."""

OF_FORM = "KR1"
"""The family of errors of form: the part that has one could not be read."""

OF_FORMULAS = "KR2"
"""The family of errors in formulas."""

UNREAD = ("invariants", "effective", "require_sources")
"""Sections that no other part reads."""

OF_OVERRIDES = frozenset({"KR401", "KR402"})
"""Overrides that always decide, or never."""

DECLARED = ("inputs", "calendars", "tables", "parameters")
"""Sections whose entries are names in formulas."""

FORMULAS = ("let", "outputs", "invariants", "validations", "exemptions", "overrides", "cohort")
"""Sections of formulas."""

OF_OUTPUT = "output "
"""The prefix of an output's node."""

_CUT = re.compile(r"[.\[]")
"""The separators of a path."""

KINDS = frozenset({"number", "boolean"})
"""The kinds that a place gives an unknown value: at all other places the type stays unknown."""


@frozen
class Unresolved:
    """The parts of a rulebook without a value: those with an error, and all that depend on them.

    Args:
        formulas: the kinds that their places need, by the identity of the formula.
        criteria: the ids of criteria, including the score.
        paths: the paths of these formulas and criteria.
        has_score: whether the score and its limits are still known.
        has_bands: whether the bands that apply are still known.
        has_subjects: whether it is still known which subjects are valid and not exempt.
        has_ends: whether the ends of all bands could be read.
    """

    formulas: Mapping[int, str] = field(factory=dict)
    criteria: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    has_score: bool = True
    has_bands: bool = True
    has_subjects: bool = True
    has_ends: bool = True

    @property
    def is_nothing(self) -> bool:
        return self == NOTHING


NOTHING = Unresolved()

EVERYTHING = Unresolved(has_score=False, has_bands=False, has_subjects=False)
"""The result if an error may concern any part."""


def unresolved(
    rulebook: Rulebook, places: tuple[Place, ...], graph: Graph, errors: Iterable[Diagnostic]
) -> Unresolved:
    """Return the parts that errors leave unresolved; `EVERYTHING` if one may concern any part.

    Args:
        rulebook: the rules.
        places: all its formulas.
        graph: the dependency graph.
        errors: all errors of the rules.
    """
    errors = [error for error in errors if error.code not in HARMLESS]
    finding = _UnresolvedFinder(rulebook, places, graph)
    if not all(map(finding.blame, errors)):
        return EVERYTHING
    return finding.found() if errors else NOTHING


@define
class _UnresolvedFinder:
    """The parts that are unresolved so far.

    Args:
        names: their names in formulas.
        nodes: their nodes in the graph.
        formulas: the kinds that their places need, by the identity of the formula.
        paths: the paths of these formulas.
    """

    rulebook: Rulebook
    places: tuple[Place, ...]
    graph: Graph
    names: set[str] = field(factory=set)
    nodes: set[str] = field(factory=set)
    formulas: dict[int, str] = field(factory=dict)
    paths: set[str] = field(factory=set)
    has_bands: bool = True
    has_subjects: bool = True
    has_ends: bool = True

    # -- places of errors ------------------------------------------------------------------------

    @cached_property
    def at(self) -> Mapping[str, list[Place]]:
        """The formulas by path."""
        found: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            found[place.path].append(place)
        return found

    @cached_property
    def inside(self) -> Mapping[str, list[Place]]:
        """The formulas in each part, by the path of the part."""
        found: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            for path in _enclosing_paths(place.path):
                found[path].append(place)
        return found

    def blame(self, error: Diagnostic) -> bool:
        """Note the part that an error concerns; return False if it is unknown."""
        path = error.path
        if error.code == UNKNOWN_KEY:
            path = path[: max(path.rfind("."), 0)]
        section, _, rest = path.partition(".")
        found = [place for part_path in _enclosing_paths(path) for place in self.at.get(part_path, ())]
        if not found and section in FORMULAS and rest:
            found = self.inside.get(path, [])
        for place in found:
            self.note(place)
        is_unread = section in UNREAD or section.startswith("examples") or path.endswith(".column")
        if found or is_unread or path.startswith("cohort.quotas."):
            return True
        match section:
            case "bands":
                self.has_bands = False
                self.has_ends = self.has_ends and (".requires" in path or not error.code.startswith(OF_FORM))
            case "criteria" | "score":
                # A part without limits leaves the score without a least number.
                is_limited = self.rulebook.root is not None and self.rulebook.root.min is not None
                self.has_ends = self.has_ends and (is_limited or error.code.startswith(OF_FORMULAS))
                # How a group combines its children decides about their max.
                is_unread = error.code.startswith(OF_FORM) and (path == "score" or path.endswith(".combine"))
                is_deep = error.code == UNKNOWN_KEY or is_unread
                self._criterion(path, is_deep=is_deep)
            case _ if section in DECLARED and rest:
                self.names.add(rest.partition(".")[0])
            case _:
                return False
        return True

    def _criterion(self, path: str, *, is_deep: bool) -> None:
        """Note the nearest criterion around a place, and all below it if any of its keys may be wrong."""
        root = self.rulebook.root
        enclosing = [
            criterion for criterion in ([] if root is None else root.walk()) if _is_inside(path, criterion.words.path)
        ]
        nearest = max(enclosing, key=lambda part: len(part.words.path), default=root)
        for part in [] if nearest is None else nearest.walk():
            if part is nearest or is_deep:
                self.nodes.add(node_of(part))
                self.names |= {f"max.{part.id}", part.id}

    def note(self, place: Place) -> None:
        """Note a formula, and the name it defines."""
        self.formulas[id(place.expression)] = place.expects if place.expects in KINDS else "unknown"
        self.paths.add(place.path)
        if place.owner:
            self.nodes.add(place.owner)
        elif place.stage == GIVEN or place.stage.startswith(ITEM):
            self.has_subjects = False

    # -- what depends on them ---------------------------------------------------------------------

    def found(self) -> Unresolved:
        """Return everything unresolved, in the order of an assessment."""
        self.nodes |= {node for cycle in self.graph.cycles for node in cycle}
        for place in self.places:
            if isinstance(place.expression.tree, Unreadable):
                self.note(place)
        owned: dict[str, list[Place]] = {}
        for place in self.places:
            owned.setdefault(place.owner, []).append(place)
        outputs = [node for node in self.graph.order if node.startswith(OF_OUTPUT)]
        for node in self.graph.order:
            if not node.startswith(OF_OUTPUT):
                self._note_dependent(node, owned.get(node, ()))
        self.names |= {name for name, nodes in self.graph.names.items() if not self.nodes.isdisjoint(nodes)}
        of_rating = {
            stage: [place for place in owned.get("", ()) if place.stage == stage] for stage in (CRITERIA, SCORE, BAND)
        }
        root, bands = self.rulebook.root, self.rulebook.bands
        limits_known = self._are_known(of_rating[CRITERIA])
        has_score = limits_known and (root is None or node_of(root) not in self.nodes)
        self.names |= set() if has_score else {"score", "exact_score"}
        bands_known = self._are_known(of_rating[SCORE])
        banded_on_score = bands is None or bands.measure is None
        self.has_bands = self.has_bands and bands_known and (has_score or not banded_on_score)
        self.names |= set() if self.has_bands else {"band"}
        if not self._are_known(of_rating[BAND]):
            self.names.add("band")
        for node in outputs:
            self._note_dependent(node, owned.get(node, ()))
            if node in self.nodes:
                self.names.add(node.removeprefix(OF_OUTPUT))
        self._are_known(owned.get("", ()))
        for place in owned.get("", ()) if "band" in self.names else ():
            if place.stage.startswith(ORDER):
                self.note(place)
        criteria = [
            criterion for criterion in ([] if root is None else root.walk()) if node_of(criterion) in self.nodes
        ]
        paths = frozenset((*self.paths, *(criterion.words.path for criterion in criteria)))
        ids = frozenset(criterion.id for criterion in criteria)
        return Unresolved(self.formulas, ids, paths, has_score, self.has_bands, self.has_subjects, self.has_ends)

    def _note_dependent(self, node: str, places: Iterable[Place]) -> None:
        """Note a node that depends on an unresolved part, with its formulas."""
        is_open = node in self.nodes or not self.nodes.isdisjoint(self.graph.reads[node])
        if is_open or any(map(self._reads_unresolved, places)):
            self.nodes.add(node)
            for place in places:
                self.note(place)

    def _are_known(self, places: Iterable[Place]) -> bool:
        """Return whether all formulas are resolved, and note those that are not."""
        left = [place for place in places if id(place.expression) in self.formulas or self._reads_unresolved(place)]
        for place in left:
            self.note(place)
        return not left

    def _reads_unresolved(self, place: Place) -> bool:
        """Return whether a formula, or a condition around it, reads an unresolved part."""
        if any(id(guard) in self.formulas for guard in place.guards):
            return True
        parts = (place.expression, *place.guards)
        return not all(self.names.isdisjoint((*part.names, *part.called)) for part in parts)


def _enclosing_paths(path: str) -> list[str]:
    """Return the paths of a part and of everything around it."""
    return [*(path[: cut.start()] for cut in _CUT.finditer(path)), path]


def _is_inside(path: str, part_path: str) -> bool:
    return path == part_path or path.startswith((f"{part_path}.", f"{part_path}["))


def claims_never_absent(finding: Diagnostic, left: Unresolved) -> bool:
    """Return whether a finding claims that a criterion is never absent although that is unknown."""
    return finding.code in OF_ABSENCE and finding.path.rpartition(".")[0] in left.paths


def claims_of_bands(finding: Diagnostic, left: Unresolved) -> bool:
    """Return whether a finding claims that an override changes nothing although the bands are unknown."""
    return finding.code in OF_OVERRIDES and not left.has_ends


# -- without it -----------------------------------------------------------------------------------


def resolved(rulebook: Rulebook, left: Unresolved) -> Rulebook:
    """Return the rulebook with a formula of unknown value in place of everything unresolved.

    Args:
        rulebook: the rules.
        left: its unresolved parts.
    """
    if not left.formulas and not left.criteria:
        return rulebook
    found: Rulebook = _without_reads(rulebook, left)
    # The band that such an override would give is unknown.
    overrides = tuple(
        override for override in found.overrides if not isinstance(getattr(override.target, "tree", None), Unreadable)
    )
    return evolve(found, overrides=overrides)


def _without_reads(part: Any, left: Unresolved) -> Any:
    """Return a part of the model without reads of unresolved parts."""
    found = part
    if isinstance(part, Expression):
        if id(part) in left.formulas:
            found = _blank(left.formulas[id(part)])
    elif isinstance(part, tuple):
        inside = [_without_reads(item, left) for item in part]
        if any(new is not old for new, old in zip(inside, part, strict=True)):
            found = tuple(inside)
    elif has(type(part)):
        found = evolve(part, **dict(_changes(part, left)))
        if isinstance(found, Criterion) and found.id in left.criteria:
            found = _with_any_points(found)
    return found


def _changes(part: Any, left: Unresolved) -> Iterator[tuple[str, Any]]:
    for attribute in fields(type(part)):
        old = getattr(part, attribute.name)
        new = _without_reads(old, left)
        if new is not old:
            yield attribute.name, new


def _with_any_points(criterion: Criterion) -> Criterion:
    """Return a criterion that may have any points within its limits."""
    points = _blank("number")
    found = evolve(criterion, round=None, missing=None)
    if not isinstance(criterion.body, Group):
        return evolve(found, body=Points(points), is_clamped=True)
    # Extras may take a sum beyond its max.
    return evolve(
        found, body=Group(criterion.children, "sum", points), written_min=None, written_max=None, is_clamped=False
    )


def _blank(kind: str) -> Expression:
    return Expression("", Unreadable(kind))
