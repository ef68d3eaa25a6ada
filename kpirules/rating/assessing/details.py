"""The details of a record that the scalar engine provides, from its decision and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import Any, Protocol

from attrs import frozen

from ...engines.scalar import Decision
from ...kernel.exact import FRACTIONS, TEXTS, RatioCache
from ...kernel.mappings import FrozenMap
from ...language.model import Band, Group
from ...language.model.order import by_id
from ...record import (
    Assessment,
    Computation,
    Condition,
    Contribution,
    LimitOutcome,
    Outcome,
    OverrideOutcome,
    Requirement,
    Value,
    WrittenMap,
)
from ...reference import Banding, band, limited, part_that_remains
from ..outlines import Outline, Place
from ..program import Program
from .agreement import OUTCOMES

__all__ = ["Details"]

SCORED, EXCLUDED, SETTLED, LACKING = range(len(OUTCOMES))

ABSENCE = ("absent", "nothing_remains", "nothing_to_rescale", "too_little_remains")
"""Reasons for which the `missing` policy of a criterion decides."""

Pair = tuple[int, int]
"""A number as numerator and denominator, not always in lowest terms."""

Line = dict[str, Any]
"""A contribution: its kind, its id and its points."""

NOTHING: FrozenMap[str, Any] = FrozenMap()


class ReferenceRecord(Protocol):
    """A record by the reference engine, made because an assessment's formulas are read."""

    @property
    def record(self) -> Assessment:
        """The record of the subject."""


@frozen
class Formulas:
    """The formulas of one part of a record, with their values; only the reference engine provides them.

    Args:
        by_reference: the record by that engine.
        kind: the attribute of the record that holds the part.
        place: the index of the part in that attribute, None if the attribute has one part only.
    """

    by_reference: ReferenceRecord
    kind: str
    place: int | str | None = None

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        part = getattr(self.by_reference.record, self.kind)
        found = part if self.place is None else part[self.place]
        return {name: getattr(found, name) for name in names}


def _pair(place: Place, parts: tuple[Any, ...]) -> Any:
    """Return the numerator (None without a number) and the denominator."""
    at, denominator, below = place
    return parts[at], denominator if below is None else parts[below]


def _add_difference(lines: list[Line], kind: str, before: Pair, after: Pair, numbers: RatioCache[Any]) -> None:
    """Add a line with the difference of two numbers, if they differ."""
    if n := after[0] * before[1] - before[0] * after[1]:
        lines.append({"kind": kind, "id": "", "points": numbers[n, before[1] * after[1]]})


@frozen(slots=False, eq=False)
class Details:
    """The details of a record.

    Args:
        program: the rules.
        arguments: the values of the subject.
        decision: the decision of the scalar engine.
        by_reference: the record by the reference engine.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    by_reference: ReferenceRecord

    @cached_property
    def notes(self) -> Decision:
        """The decision with its notes."""
        return self.program.scalar.detail(self.arguments)

    def noted(self, key: str) -> Any:
        """Return a note, None if there is none."""
        slot = self.notes.slots.get(key)
        return None if slot is None else self.notes.parts[slot.place]

    @cached_property
    def open_row(self) -> str:
        """The place of the `undefined` row that was reached after judging the criteria, or an empty text."""
        steps = ("exemptions", "limits", "bands", "overrides", "outputs")
        return next((place for step in steps if (place := self.noted(f"open.{step}"))), "")

    @property
    def because(self) -> tuple[str, ...]:
        if self.decision.status == "rated":
            return ()
        if self.open_row and self.decision.status == "undefined":
            return (self.open_row,)  # else an override settled it
        if self.decision.is_early:
            return (f"exemptions.{self.noted('exempted')}",)
        overrides = self.overrides
        if any(override.kind == "unrated" for override in overrides):
            return tuple(f"overrides.{override.id}" for override in overrides if override.decided)
        status = self.decision.status
        if status == "insufficient":
            return tuple(f"criteria.{id_}" for id_ in self._judged if self._is_insufficient(id_))
        if status == "undefined":
            rows = [self.noted(f"open.{id_}") for id_ in self._judged]
            return tuple(dict.fromkeys(filter(None, rows))) or self._banding.because
        raise AssertionError(f"nothing gives the status {status!r}")

    @property
    def _judged(self) -> Iterator[str]:
        """Yield the criteria in the order in which they are judged."""
        return (key.removeprefix("outcome.") for key in self.decision.slots if key.startswith("outcome."))

    def _is_insufficient(self, id_: str) -> bool:
        return self.noted(f"outcome.{id_}") == LACKING and self.noted(f"why.{id_}") in ABSENCE

    # -- criteria ---------------------------------------------------------------------------------

    @property
    def outcomes(self) -> FrozenMap[str, Outcome]:
        if self.program.rulebook.root is None or self.decision.is_early:
            return NOTHING
        return WrittenMap(self.program.outlines, self._outcome, self._plain)

    def _outcome(self, outline: Outline) -> Outcome:
        known = self._judged_as(outline, outline.known, FRACTIONS)
        known["contributions"] = tuple(Contribution(**line) for line in known["contributions"])
        return Outcome.deferred(Formulas(self.by_reference, "outcomes", outline.criterion.id), known)

    def _plain(self) -> dict[str, dict[str, Any]]:
        """Return the outcomes as plain data, without formulas."""
        judged = self._judged_as
        found = {id_: judged(outline, outline.plain, TEXTS) for id_, outline in self.program.outlines.items()}
        for outcome in found.values():
            outcome["computations"] = {}
        return found

    def _judged_as(self, outline: Outline, scored: dict[str, Any], numbers: RatioCache[Any]) -> dict[str, Any]:
        """Return the outcome of a criterion without its formulas.

        Args:
            outline: the outline of the criterion.
            scored: its outcome if it is scored, without points; the other attributes are added to a copy.
            numbers: converts numbers to the form of the outcome.
        """
        found = scored.copy()
        lines: list[Line] = []
        found["contributions"] = lines
        if outline.is_score and self.open_row:
            return found | {"outcome": "missing", "why": "undefined"}
        parts = self.notes.parts
        state = parts[outline.state]
        n, d = _pair(outline.points, parts)
        if n is not None:
            self._add_lines(lines, outline, state, (n, d), numbers)
            if outline.is_score and (score := self.decision.pair("score")) is not None:
                self._add_cuts(lines, (n, d), score, numbers)
                n, d = score
            found["points"] = numbers[n, d]
            if outline.share is not None:
                above, below = outline.share
                found["share"] = numbers[n * above, d * below]
        if state != SCORED:
            found |= self._lacking(outline, state, numbers)
        elif outline.row is not None:
            found["row"] = outline.rows[parts[outline.row]]
        return found

    def _lacking(self, outline: Outline, state: int, numbers: RatioCache[Any]) -> dict[str, Any]:
        """Return the attributes of a criterion that is not scored."""
        criterion = outline.criterion
        assert outline.why is not None
        why = self.notes.parts[outline.why]
        known: dict[str, Any] = {"outcome": OUTCOMES[state], "why": why, "row": ""}
        if why in ABSENCE:
            known["policy"] = criterion.missing or "unrated"
        if why == "too_little_remains":
            assert isinstance(criterion.body, Group)
            assert criterion.body.require_share is not None
            remaining = [child for child in criterion.children if self.noted(f"outcome.{child.id}") != EXCLUDED]
            known["remains"] = numbers[part_that_remains(criterion.body, remaining).as_integer_ratio()]
            known["required"] = numbers[criterion.body.require_share.value.as_integer_ratio()]
        return known

    def _add_lines(
        self, lines: list[Line], outline: Outline, state: int, points: Pair, numbers: RatioCache[Any]
    ) -> None:
        """Add the lines that sum to the points of a criterion, without the limits and rounding of the score."""
        if state == SETTLED:
            lines.append({"kind": "own", "id": "", "points": numbers[points]})
            return
        parts = self.notes.parts
        earned = _pair(outline.earned, parts) if outline.is_adjusted else points
        if outline.lines is None:
            lines.append({"kind": "own", "id": "", "points": numbers[earned]})
        else:
            for id_, (at, d, below) in outline.lines:
                n = parts[at]
                if n is not None:
                    lines.append(
                        {"kind": "criterion", "id": id_, "points": numbers[n, d if below is None else parts[below]]}
                    )
            if outline.rescale is not None and parts[outline.rescale[0]] is not None:
                rescaled = _pair(outline.rescale, parts)
                lines.append({"kind": "rescale", "id": "", "points": numbers[rescaled]})
        if outline.is_adjusted:
            within = points if outline.within is None else _pair(outline.within, parts)
            _add_difference(lines, "clamp", earned, within, numbers)
            _add_difference(lines, "rounding", within, points, numbers)

    def _add_cuts(self, lines: list[Line], total: Pair, score: Pair, numbers: RatioCache[Any]) -> None:
        """Add a line for the limit that lowers the score, and one for its rounding."""
        if holding := tuple(self._limits()):
            _, cut = limited(Fraction(*total), holding)
            if cut is not None:
                lines.append({"kind": "limit", "id": cut.id, "points": numbers[cut.points.as_integer_ratio()]})
                total = (Fraction(*total) + cut.points).as_integer_ratio()
        _add_difference(lines, "rounding", total, score, numbers)

    def _limits(self) -> Iterator[tuple[str, Fraction]]:
        """Yield the limits of the score that hold, in order."""
        for limit in by_id(self.program.rulebook.score_limits):
            if (at_most := self.notes.number(f"at_most.{limit.id}")) is not None:
                yield limit.id, at_most

    @property
    def limits(self) -> tuple[LimitOutcome, ...]:
        limits = self.program.rulebook.score_limits
        if not limits or self.decision.is_early or self.noted("open.limits") or not self._is_totalled:
            return ()
        holding = dict(self._limits())
        total = self.notes.number("points.score")
        decided = frozenset[str]() if total is None else limited(total, tuple(holding.items()))[0]
        found = []
        for place, limit in enumerate(by_id(limits)):
            at_most = holding.get(limit.id)
            known = {"id": limit.id, "held": at_most is not None, "decided": limit.id in decided, "at_most": at_most}
            if limit.when is None:
                known["computation"] = Computation("", value=True)
            found.append(LimitOutcome.deferred(Formulas(self.by_reference, "limits", place), known))
        return tuple(found)

    @property
    def _is_totalled(self) -> bool:
        return not any(self.noted(f"open.{id_}") or self._is_insufficient(id_) for id_ in self._judged)

    # -- bands ------------------------------------------------------------------------------------

    @property
    def _is_banded(self) -> bool:
        """Whether bands are decided: the number exists, and no row left it undefined."""
        if self.decision.is_early or self.noted("open.bands"):
            return False
        return "number" not in self.notes.slots or self.notes.pair("number") is not None

    @cached_property
    def _banding(self) -> Banding:
        bands = self.program.rulebook.bands
        if bands is None or not self._is_banded:
            return Banding(None)
        number = self.notes.number("number")
        places = count()

        def requirements_of(level: Band) -> list[Requirement]:
            found = []
            for requirement in level.requires:
                known = {
                    "band": level.id,
                    "id": requirement.id,
                    "held": self.noted(f"requires.{level.id}.{requirement.id}"),
                }
                found.append(Requirement.deferred(Formulas(self.by_reference, "requirements", next(places)), known))
            return found

        return band(bands, number, requirements_of)

    @property
    def bands_inside(self) -> tuple[str, ...]:
        margins = self.program.margins
        if margins is None or not self._is_banded:
            return ()
        number = self.notes.pair("number")
        return margins.ids if number is None else margins.inside(*number)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        bands = self.program.rulebook.bands
        is_asked = bands is not None and any(level.requires for level in bands.levels)
        return self._banding.requirements if is_asked else ()

    # -- overrides and invariants -----------------------------------------------------------------

    @property
    def overrides(self) -> tuple[OverrideOutcome, ...]:
        fired = [*self.decision.fired()]
        if not fired:
            return ()
        overrides = {override.id: override for override in self.program.rulebook.overrides}
        bands = self.program.plan.bands
        decided = self.decision.decided
        return tuple(
            OverrideOutcome.deferred(
                Formulas(self.by_reference, "overrides", place),
                {
                    "id": override.id,
                    "kind": override.kind,
                    "target": override.target if isinstance(override.target, str) else bands[override.target],
                    "decided": override.id in decided,
                    **({"computation": None} if overrides[override.id].when is None else {}),
                    **({"target_computation": None} if isinstance(overrides[override.id].target, str) else {}),
                },
            )
            for place, override in enumerate(fired)
        )

    @property
    def exemption(self) -> Condition | None:
        id_ = self.noted("exempted")
        if id_ is None:
            return None
        return Condition.deferred(Formulas(self.by_reference, "exemption"), {"id": id_, "held": True})

    @property
    def invariants(self) -> tuple[Condition, ...]:
        if self.decision.is_early:
            return ()
        return tuple(
            Condition.deferred(
                Formulas(self.by_reference, "invariants", place),
                {"id": invariant.id, "held": self.noted(f"held.{invariant.id}")},
            )
            for place, invariant in enumerate(self.program.rulebook.invariants)
        )

    # -- formulas with values ---------------------------------------------------------------------

    @cached_property
    def let_computations(self) -> FrozenMap[str, Computation]:
        is_needed = any(self.decision.has(f"let.{let.id}") for let in self.program.rulebook.let)
        return self.by_reference.record.let_computations if is_needed else NOTHING

    @cached_property
    def computed_fields(self) -> FrozenMap[str, tuple[FrozenMap[str, Value], ...]]:
        has_any = any(records.let for records in self.program.plan.records.values())
        return self.by_reference.record.computed_fields if has_any else NOTHING

    @cached_property
    def output_computations(self) -> FrozenMap[str, Computation]:
        return self.by_reference.record.output_computations if self.program.rulebook.outputs else NOTHING

    @cached_property
    def band_measure(self) -> Computation | None:
        bands = self.program.rulebook.bands
        return None if bands is None or bands.measure is None else self.by_reference.record.band_measure
