"""The parts of a record that the scalar engine provides, from its decision and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import Any

from attrs import frozen

from ...engines.scalar import Decision, exact
from ...kernel.certain import given
from ...kernel.exact import text_of, to_text
from ...kernel.mappings import FrozenMap
from ...language.model import Band, Group
from ...language.model.order import by_id
from ...record import (
    Computation,
    Condition,
    Contribution,
    LimitOutcome,
    Outcome,
    Outcomes,
    OverrideOutcome,
    Requirement,
    Run,
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

Line = tuple[str, str, Pair]
"""A contribution: its kind, its id and its points."""

NOTHING: FrozenMap[str, Any] = FrozenMap()


@frozen
class Formulas:
    """The formulas of one part of a record with values, which only the reference engine provides.

    Args:
        run: returns the run of that engine.
        kind: its attribute that holds the part.
        place: the index of the part, None if there is only one.
    """

    run: Callable[[], Run]
    kind: str
    place: int | str | None = None

    def fill(self, name: str) -> Mapping[str, Any]:
        part = getattr(self.run(), self.kind)
        return {name: getattr(part if self.place is None else part[self.place], name)}


def _pair(place: Place, parts: tuple[Any, ...]) -> Pair | None:
    at, denominator, below = place
    n = parts[at]
    return None if n is None else (n, denominator if below is None else parts[below])


def _sure(place: Place, parts: tuple[Any, ...]) -> Pair:
    return given(_pair(place, parts), "the outline proves that it exists")


def _times(x: Pair, y: Pair) -> Pair:
    return x[0] * y[0], x[1] * y[1]


def _add_difference(lines: list[Line], kind: str, before: Pair, after: Pair) -> None:
    """Add a line for the difference between two numbers, if any."""
    if n := after[0] * before[1] - before[0] * after[1]:
        lines.append((kind, "", (n, before[1] * after[1])))


@frozen(slots=False, eq=False)
class Details:
    """The details of a record.

    Args:
        program: the rules.
        arguments: the values of the subject.
        decision: the decision.
        run: returns the run of the reference engine.
    """

    program: Program
    arguments: tuple[Any, ...]
    decision: Decision
    run: Callable[[], Run]

    @cached_property
    def notes(self) -> Decision:
        """The decision with notes."""
        return self.program.scalar.detail(self.arguments)

    @cached_property
    def parts(self) -> tuple[Any, ...]:
        """The notes by index."""
        return self.notes.parts

    def noted(self, key: str) -> Any:
        """Return a note, None if there is none."""
        slot = self.notes.slots.get(key)
        return None if slot is None else self.notes.parts[slot.place]

    @cached_property
    def open_row(self) -> str:
        """The place of an `undefined` row after judging the criteria, or empty."""
        steps = ("exemptions", "limits", "bands", "overrides", "outputs")
        return next((place for step in steps if (place := self.noted(f"open.{step}"))), "")

    @cached_property
    def because(self) -> tuple[str, ...]:
        if self.decision.status == "rated":
            return ()
        if self.open_row:
            return (self.open_row,)
        if self.decision.is_early:
            return (f"exemptions.{self.noted('exempted')}",)
        if any(override.kind == "unrated" for override in self.overrides):
            return tuple(f"overrides.{override.id}" for override in self.overrides if override.decided)
        status = self.decision.status
        if status == "insufficient":
            return tuple(f"criteria.{id_}" for id_ in self._judged if self._is_insufficient(id_))
        if status == "undefined":
            rows = [self.noted(f"open.{id_}") for id_ in self._judged]
            return tuple(dict.fromkeys(filter(None, rows))) or self._banding.because
        raise AssertionError(f"nothing gives the status {status!r}")

    @property
    def _judged(self) -> Iterator[str]:
        """The criteria in the order in which they are judged."""
        return (key.removeprefix("outcome.") for key in self.decision.slots if key.startswith("outcome."))

    def _is_insufficient(self, id_: str) -> bool:
        return self.noted(f"outcome.{id_}") == LACKING and self.noted(f"why.{id_}") in ABSENCE

    # -- criteria ---------------------------------------------------------------------------------

    @cached_property
    def outcomes(self) -> FrozenMap[str, Outcome]:
        if self.program.rulebook.root is None or self.decision.is_early:
            return NOTHING
        parts = {outline.criterion.id: outline for outline in self.program.outlines}
        return Outcomes(parts, self._outcome, self._plain)

    def _outcome(self, outline: Outline) -> Outcome:
        known, points, lines = self._judged_as(outline)
        known = {**outline.known, **known}
        known["points"] = None if points is None else exact(*points)
        known["share"] = None if points is None or outline.share is None else exact(*_times(points, outline.share))
        known["contributions"] = tuple(Contribution(kind, id_, exact(*line)) for kind, id_, line in lines)
        return Outcome.deferred(Formulas(self.run, "outcomes", outline.criterion.id), known)

    def _plain(self, outline: Outline) -> dict[str, Any]:
        """Return the outcome as plain data without formulas."""
        known, points, lines = self._judged_as(outline)
        found = {**outline.plain, **known}
        if "remains" in known:
            found |= {"remains": to_text(known["remains"]), "required": to_text(known["required"])}
        found["computations"] = {}
        if points is not None:
            found["points"] = text_of(*points)
            if outline.share is not None:
                n, d = outline.share
                found["share"] = text_of(points[0] * n, points[1] * d)
        found["contributions"] = [{"kind": kind, "id": id_, "points": text_of(n, d)} for kind, id_, (n, d) in lines]
        return found

    def _judged_as(self, outline: Outline) -> tuple[dict[str, Any], Pair | None, list[Line]]:
        """Return the result of a criterion: attributes, its points, and the lines that add up to them."""
        parts, criterion = self.parts, outline.criterion
        state = parts[outline.state]
        points = _pair(outline.points, parts)
        lines = [] if points is None else self._lines(outline, state, points)
        known: dict[str, Any] = {"outcome": OUTCOMES[state]}
        if criterion.id == "score" and self.open_row:
            return {"outcome": "missing", "why": "undefined"}, None, []
        if criterion.id == "score" and points is not None and (score := self.decision.pair("score")) is not None:
            points = self._published(points, score, lines)
        if state == SCORED:
            if outline.rows:
                known["row"] = outline.rows[0 if outline.row is None else parts[outline.row[0]]]
            return known, points, lines
        assert outline.why is not None
        why = known["why"] = parts[outline.why]
        if why in ABSENCE:
            known["policy"] = criterion.missing or "unrated"
        if why == "too_little_remains":
            assert isinstance(criterion.body, Group)
            assert criterion.body.require_share is not None
            remaining = [child for child in criterion.children if self.noted(f"outcome.{child.id}") != EXCLUDED]
            known["remains"] = part_that_remains(criterion.body, remaining)
            known["required"] = criterion.body.require_share.value
        return known, points, lines

    def _lines(self, outline: Outline, state: int, points: Pair) -> list[Line]:
        """Return the lines that add up to the points of a criterion, before limits and rounding of the score."""
        if state == SETTLED:
            return [("own", "", points)]
        parts = self.parts
        earned = within = points
        if outline.is_adjusted:
            earned = _sure(outline.earned, parts)
            within = points if outline.within is None else _sure(outline.within, parts)
        if outline.lines is None:
            lines = [("own", "", earned)]
        else:
            lines = [
                ("criterion", id_, line) for id_, place in outline.lines if (line := _pair(place, parts)) is not None
            ]
            if outline.rescale is not None and (line := _pair(outline.rescale, parts)) is not None:
                lines.append(("rescale", "", line))
        if outline.is_adjusted:
            _add_difference(lines, "clamp", earned, within)
            _add_difference(lines, "rounding", within, points)
        return lines

    def _published(self, total: Pair, score: Pair, lines: list[Line]) -> Pair:
        """Return the score, and add a line for a limit that lowers it, and one for its rounding."""
        if holding := tuple(self._limits()):
            _, cut = limited(Fraction(*total), holding)
            if cut is not None:
                lines.append(("limit", cut.id, cut.points.as_integer_ratio()))
                total = (Fraction(*total) + cut.points).as_integer_ratio()
        _add_difference(lines, "rounding", total, score)
        return score

    def _limits(self) -> Iterator[tuple[str, Fraction]]:
        """Yield the limits of the score that hold, in order."""
        for limit in by_id(self.program.rulebook.score_limits):
            if (at_most := self.notes.number(f"at_most.{limit.id}")) is not None:
                yield limit.id, at_most

    @cached_property
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
            found.append(LimitOutcome.deferred(Formulas(self.run, "limits", place), known))
        return tuple(found)

    @property
    def _is_totalled(self) -> bool:
        return not any(self.noted(f"open.{id_}") or self._is_insufficient(id_) for id_ in self._judged)

    # -- bands ------------------------------------------------------------------------------------

    @property
    def _is_banded(self) -> bool:
        """Whether bands are decided: no row leaves them open, and their number exists."""
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

        def look(level: Band) -> list[Requirement]:
            found = []
            for requirement in level.requires:
                known = {
                    "band": level.id,
                    "id": requirement.id,
                    "held": self.noted(f"requires.{level.id}.{requirement.id}"),
                }
                found.append(Requirement.deferred(Formulas(self.run, "requirements", next(places)), known))
            return found

        return band(bands, number, look)

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

    @cached_property
    def overrides(self) -> tuple[OverrideOutcome, ...]:
        fired = [*self.decision.fired()]
        if not fired:
            return ()
        formulas = {override.id: override.when for override in self.program.rulebook.overrides}
        bands = self.program.plan.bands
        decided = self.decision.decided
        return tuple(
            OverrideOutcome.deferred(
                Formulas(self.run, "overrides", place),
                {
                    "id": override.id,
                    "kind": override.kind,
                    "target": override.target if isinstance(override.target, str) else bands[override.target],
                    "decided": override.id in decided,
                    **({"computation": None} if formulas[override.id] is None else {}),
                },
            )
            for place, override in enumerate(fired)
        )

    @cached_property
    def exemption(self) -> Condition | None:
        id_ = self.noted("exempted")
        if id_ is None:
            return None
        return Condition.deferred(Formulas(self.run, "exemption"), {"id": id_, "held": True})

    @cached_property
    def invariants(self) -> tuple[Condition, ...]:
        if self.decision.is_early:
            return ()
        return tuple(
            Condition.deferred(
                Formulas(self.run, "invariants", place),
                {"id": invariant.id, "held": self.noted(f"held.{invariant.id}")},
            )
            for place, invariant in enumerate(self.program.rulebook.invariants)
        )

    # -- formulas with values ---------------------------------------------------------------------

    @cached_property
    def let_computations(self) -> FrozenMap[str, Computation]:
        is_needed = any(self.decision.has(f"let.{let.id}") for let in self.program.rulebook.let)
        return self.run().let_computations if is_needed else NOTHING

    @cached_property
    def output_computations(self) -> FrozenMap[str, Computation]:
        return self.run().output_computations if self.program.rulebook.outputs else NOTHING

    @cached_property
    def band_measure(self) -> Computation | None:
        bands = self.program.rulebook.bands
        return None if bands is None or bands.measure is None else self.run().band_measure
