"""What the generated function of a rulebook decides about a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import frozen

from ..exact import decimal_of
from ..mappings import FrozenMap
from ..plan import Plan
from .admitting import Admission, Mark, admission, assumed, packed, unpacked
from .core import Core, Slot, core
from .rating import INSUFFICIENT, RATED, UNDEFINED
from .runtime import UNKNOWN, Faulted

__all__ = ["Decision", "Fault", "ScalarEngine"]

STATUSES = {RATED: "rated", INSUFFICIENT: "insufficient", UNDEFINED: "undefined"}


@frozen
class Fault:
    """No number answers.

    Args:
        path: the way to the step that faults.
    """

    path: str


@frozen(eq=False)
class Decision:
    """Everything that is decided about one subject.

    Args:
        slots: where its parts stand.
        parts: what the function gave.
        bands: ids, best first.
    """

    slots: Mapping[str, Slot]
    parts: tuple[Any, ...]
    bands: tuple[str, ...] = ()

    @property
    def is_early(self) -> bool:
        """Whether an exemption ended the assessment."""
        return self.parts[0] is None

    @property
    def status(self) -> str:
        status = self.parts[self.slots["status"].place]
        return STATUSES[status] if isinstance(status, int) else status

    def pair(self, key: str) -> tuple[int, int] | None:
        """A number as numerator and denominator, not in lowest terms; None where it is absent."""
        slot = self.slots.get(key)
        if slot is None:
            return None
        n = self.parts[slot.place]
        if n is None:
            return None
        return n, slot.denominator if slot.at is None else self.parts[slot.at]

    def part(self, key: str) -> Any:
        """A value as it is recorded."""
        slot = self.slots[key]
        if slot.is_number and self.parts[slot.place] is not UNKNOWN:
            pair = self.pair(key)
            return None if pair is None else Fraction(*pair)
        return self.parts[slot.place]

    def number(self, key: str) -> Fraction | None:
        pair = self.pair(key)
        return None if pair is None else Fraction(*pair)

    def decimal(self, key: str) -> Decimal | None:
        """A number whose decimal ends."""
        pair = self.pair(key)
        if pair is None:
            return None
        found = decimal_of(*pair)
        assert isinstance(found, Decimal)
        return found

    def points(self, criteria: Mapping[str, Fraction | None]) -> FrozenMap[str, Fraction]:
        """Points of the criteria that have any; none are known where the assessment ended early."""
        if self.is_early:
            return FrozenMap()
        pairs = {id_: self.pair(f"points.{id_}") for id_ in criteria}
        return FrozenMap({id_: Fraction(*pair) for id_, pair in pairs.items() if pair is not None})

    def shares(self, criteria: Mapping[str, Fraction | None]) -> FrozenMap[str, Fraction]:
        """The same over their max, of those that have one."""
        points = self.points(criteria)
        maxima = {id_: most for id_, most in criteria.items() if most and id_ in points}
        return FrozenMap({id_: points[id_] / most for id_, most in maxima.items()})

    def band(self, key: str) -> str | None:
        slot = self.slots.get(key)
        place = None if slot is None else self.parts[slot.place]
        return None if place is None else self.bands[place]

    def group(self, kind: str) -> dict[str, Any]:
        """The parts of a kind such as `points`, by id; a `let` that was not needed is left out."""
        found = {}
        for key in self.slots:
            head, _, id_ = key.partition(".")
            if head == kind:
                value = self.part(key)
                if value is not UNKNOWN:
                    found[id_] = value
        return found



@frozen(slots=False, eq=False)
class ScalarEngine:
    """The scalar engine for one plan: its functions are generated when they are first asked for.

    Args:
        plan: the steps.
    """

    plan: Plan

    @cached_property
    def core(self) -> Core:
        return core(self.plan)

    @cached_property
    def _admission(self) -> tuple[str, Admission]:
        return admission(self.plan)

    @property
    def text(self) -> str:
        """The generated code."""
        return f"{self._admission[0]}\n{self.core.text}"

    def admit(self, subject: object) -> tuple[tuple[Any, ...], list[Mark]] | None:
        """The arguments of a plainly valid subject, and marks of the inputs that took their default.

        None where it must be looked at with care.
        """
        return self._admission[1](subject)

    def assumed(self, marks: Sequence[Mark]) -> FrozenMap[str, Any]:
        """The inputs that took their default, by the way to them."""
        return assumed(self.plan, marks)

    def pack(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments from exact values inside their domains."""
        return packed(self.plan, values)

    def unpack(self, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Exact values from arguments."""
        return unpacked(self.plan, arguments)

    def decide(self, arguments: tuple[Any, ...]) -> Decision | Fault | None:
        """What is decided; None where validations or entered points stand in the way."""
        generated = self.core
        try:
            parts = generated.run(*arguments)
        except Faulted as fault:
            return Fault(generated.sites[fault.args[0]])
        if parts is None:
            return None
        slots = generated.early if parts[0] is None else generated.slots
        return Decision(slots, parts, self.plan.bands)
