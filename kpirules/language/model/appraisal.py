"""An appraisal: rulebooks connected in stages, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from ...diagnostics import Span
from ...kernel.brief import brief, counted
from ...kernel.mappings import FrozenMap
from .nodes import NOWHERE, Words

__all__ = ["Appraisal", "Stage", "Take", "cycle", "units"]


@frozen
class Take:
    """An input that comes from assessments of other stages.

    Args:
        input: the input to fill.
        stages: the stages to search.
        value: the name read from the one assessment that matches, or None.
        each: for a list input, the name read from every match, by field.
        match: names whose values must be equal on both sides.
        spans: the places of its parts, by path.
    """

    input: str
    stages: tuple[str, ...]
    value: str | None = None
    each: FrozenMap[str, str] = field(factory=FrozenMap)
    match: tuple[str, ...] = ()
    words: Words = field(default=NOWHERE, metadata={"wording": True})
    spans: FrozenMap[str, Span] = field(factory=FrozenMap, eq=False, repr=False)

    @property
    def reads(self) -> tuple[str, ...]:
        """The names read from each assessment that matches."""
        return (*((self.value,) if self.value is not None else ()), *self.each.values())


@frozen
class Stage:
    """Subjects of one kind, and the rulebook that rates them.

    Args:
        id: its name.
        rulebook: the path of its file, as written.
        variant: the variant of the rulebook, or None.
        key: the columns that identify its subjects.
        on: the column or input whose date selects the edition, or None.
        take: the inputs that come from other stages.
        allocate_with: the stages that share its quotas.
        spans: the places of its parts, by path.
    """

    id: str
    rulebook: str
    variant: str | None = None
    key: tuple[str, ...] = ()
    on: str | None = None
    take: tuple[Take, ...] = ()
    allocate_with: tuple[str, ...] = ()
    words: Words = field(default=NOWHERE, metadata={"wording": True})
    spans: FrozenMap[str, Span] = field(factory=FrozenMap, eq=False, repr=False)

    @property
    def sources(self) -> tuple[str, ...]:
        """The stages that it takes inputs from."""
        return tuple(dict.fromkeys(name for take in self.take for name in take.stages))


@frozen
class Appraisal:
    """Rulebooks connected in stages: each rates its subjects, with inputs taken from other stages.

    Args:
        id: its own id, possibly dotted.
        stages: in the order of the file, which has no meaning.
    """

    id: str
    stages: tuple[Stage, ...]
    words: Words = field(default=NOWHERE, metadata={"wording": True})

    def __repr__(self) -> str:
        return brief(self, self.id, counted(len(self.stages), "stage"))

    def stage(self, id_: str) -> Stage:
        """Return the stage with an id.

        Args:
            id_: the name.

        Raises:
            KeyError: there is no such stage.
        """
        for stage in self.stages:
            if stage.id == id_:
                return stage
        raise KeyError(id_)

    @property
    def order(self) -> tuple[tuple[str, ...], ...]:
        """The stages in running order; those allocated together form one group."""
        return units(self.stages)


def units(stages: Sequence[Stage]) -> tuple[tuple[str, ...], ...]:
    """Return groups of stages in running order: each after those it takes from, otherwise by name.

    Args:
        stages: the stages, which form no cycle.
    """
    pending = _needs(stages)
    order: list[tuple[str, ...]] = []
    known: set[str] = set()
    while pending:
        ready = min(unit for unit, needed in pending.items() if needed <= known)
        del pending[ready]
        known.update(ready)
        order.append(ready)
    return tuple(order)


def cycle(stages: Sequence[Stage]) -> tuple[str, ...]:
    """Return a cycle of stages that take from each other, with the first repeated at the end; empty if none.

    Args:
        stages: the stages, which name only existing ones.
    """
    needs = _needs(stages)
    unit_of = {name: unit for unit in needs for name in unit}
    settled: set[tuple[str, ...]] = set()

    def walk(unit: tuple[str, ...], path: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        if unit in path:
            names = [" with ".join(group) for group in (*path[path.index(unit) :], unit)]
            yield tuple(names)
        elif unit not in settled:
            for name in sorted(needs[unit]):
                yield from walk(unit_of[name], [*path, unit])
            settled.add(unit)

    for unit in sorted(needs):
        for found in walk(unit, []):
            return found
    return ()


def _needs(stages: Sequence[Stage]) -> dict[tuple[str, ...], set[str]]:
    """Return the stages that each group takes from; a group is allocated together."""
    units_by_stage = _together(stages)
    found: dict[tuple[str, ...], set[str]] = {}
    for stage in stages:
        found.setdefault(units_by_stage[stage.id], set()).update(stage.sources)
    return found


def _together(stages: Sequence[Stage]) -> Mapping[str, tuple[str, ...]]:
    """Return for each stage itself and those it is allocated with, sorted by name."""
    unit = {stage.id: {stage.id} for stage in stages}
    for stage in stages:
        for other in stage.allocate_with:
            merged = unit[stage.id] | unit[other]
            for name in merged:
                unit[name] = merged
    return {name: tuple(sorted(members)) for name, members in unit.items()}
