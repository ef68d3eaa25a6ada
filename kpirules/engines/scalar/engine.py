"""Runs the generated function of a rulebook, and reads its decisions about a subject.

The file is long since reading a result is the counterpart of writing it: one place for each decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import evolve, frozen

from ...kernel.certain import certain
from ...kernel.exact import FRACTIONS, decimal_of
from ...kernel.mappings import FrozenMap, LazyMap
from ...plan import Plan
from ...plan.steps import Applies, CohortValue, Entered, Exempt, Holds, Output, Override, Step, Validate
from .admitting import Admission, Defaults, Mark, admission, packed, unpacked
from .comparing import Pair, comparison
from .core import Core, Slot, core
from .deciding import Fired, deciding
from .rating import INSUFFICIENT, RATED, UNDEFINED
from .runtime import UNKNOWN, Faulted

__all__ = ["Decision", "Fault", "ScalarEngine", "flat"]

STATUSES = {RATED: "rated", INSUFFICIENT: "insufficient", UNDEFINED: "undefined"}


@frozen
class Fault:
    """A fault instead of a decision.

    Args:
        path: the path of the step that faults.
        kind: division, domain, date, calendar, scale or points.
    """

    path: str
    kind: str


@frozen(eq=False)
class Decision:
    """All decisions about one subject.

    Args:
        slots: the positions of its parts.
        parts: the result of the function.
        bands: the ids of the bands, best first.
        overrides: all overrides, in the order of the rulebook.
    """

    slots: Mapping[str, Slot]
    parts: tuple[Any, ...]
    bands: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def is_early(self) -> bool:
        """Whether an exemption ended the assessment."""
        return self.parts[0] is None

    @property
    def status(self) -> str:
        status = self.parts[self.slots["status"].place]
        return STATUSES[status] if isinstance(status, int) else status

    def pair(self, key: str) -> tuple[int, int] | None:
        """Return a number as numerator and denominator, not in lowest terms; None if it is absent."""
        slot = self.slots.get(key)
        if slot is None:
            return None
        n = self.parts[slot.place]
        if n is None:
            return None
        return n, slot.denominator if slot.at is None else self.parts[slot.at]

    def part(self, key: str) -> Any:
        """Return a value as it is recorded."""
        slot = self.slots[key]
        if slot.is_number and self.parts[slot.place] is not UNKNOWN:
            return self.number(key)
        return self.parts[slot.place]

    def number(self, key: str) -> Fraction | None:
        pair = self.pair(key)
        return None if pair is None else FRACTIONS[pair]

    def decimal(self, key: str) -> Decimal | None:
        """Return a number whose decimal expansion ends."""
        pair = self.pair(key)
        if pair is None:
            return None
        return certain(decimal_of(*pair), Decimal, "a number rounded to places has a finite decimal")

    def band(self, key: str) -> str | None:
        slot = self.slots.get(key)
        place = None if slot is None else self.parts[slot.place]
        return None if place is None else self.bands[place]

    def fired(self) -> Iterator[Fired]:
        """Yield the overrides that fired, in the order of the rulebook, with their targets."""
        for override in self.overrides:
            slot = self.slots.get(f"fired.{override.id}")
            if slot is not None and self.parts[slot.place]:
                yield Fired(override.id, override.kind, self._target(override))

    def _target(self, override: Override) -> int | str:
        if override.kind == "unrated" and isinstance(override.target, str):
            return override.target
        if isinstance(override.target, str):
            return self.bands.index(override.target)
        place: int = self.parts[self.slots[f"target.{override.id}"].place]
        return place

    @property
    def decided(self) -> set[str]:
        """The overrides that decided; none if there is no rating for another reason."""
        if self.is_early or self.status in ("undefined", "insufficient"):
            return set()
        before = self.slots.get("before")
        after = self.slots.get("band")
        return deciding(
            self.fired(),
            None if before is None else self.parts[before.place],
            None if after is None else self.parts[after.place],
        )

    @property
    def applying(self) -> int:
        """How many bands apply to the number itself."""
        slot = self.slots.get("applying")
        if slot is None:
            return int(self.band("before") is not None)
        applying: int = self.parts[slot.place]
        return applying

    def has(self, key: str) -> bool:
        """Return whether a value was computed, even if absent."""
        slot = self.slots.get(key)
        return slot is not None and self.parts[slot.place] is not UNKNOWN

    def named(self, kind: str, ids: Iterable[str]) -> dict[str, Any]:
        """Return the computed values of a kind, even absent ones, for the given ids."""
        found = {}
        for id_ in ids:
            slot = self.slots.get(f"{kind}.{id_}")
            if slot is not None and (value := self.parts[slot.place]) is not UNKNOWN:
                if slot.is_number and value is not None:
                    value = FRACTIONS[value, slot.denominator if slot.at is None else self.parts[slot.at]]
                found[id_] = value
        return found

    def group(self, kind: str) -> dict[str, Any]:
        """Return the parts of a kind such as `points`, by id; a `let` that was not needed is left out."""
        found = {}
        for key in self.slots:
            head, _, id_ = key.partition(".")
            if head == kind:
                value = self.part(key)
                if value is not UNKNOWN:
                    found[id_] = value
        return found


def flat(pairs: Iterable[Pair]) -> tuple[int | None, ...]:
    """Return values of the cohort as arguments."""
    return tuple(part for pair in pairs for part in pair)


def _denominator(slot: Slot, parts: tuple[Any, ...]) -> int:
    denominator: int = slot.denominator if slot.at is None else parts[slot.at]
    return denominator


def _with_needed(steps: Sequence[Step]) -> list[Step]:
    """Return steps without each `Applies` that no entered points depend on."""
    needed = {step.guard for step in steps if isinstance(step, Entered)}
    while above := {step.above for step in steps if isinstance(step, Applies) and step.id in needed} - needed:
        needed |= above
    return [step for step in steps if not isinstance(step, Applies) or step.id in needed]


def _compared(function: CohortValue) -> Output:
    """Return the compared value of a member, as an output."""
    return Output(function.id, function.op, function.path)


@frozen(slots=False, eq=False)
class ScalarEngine:
    """The scalar engine for one plan; its functions are generated when they are first needed.

    Args:
        plan: the steps.
    """

    plan: Plan

    @cached_property
    def core(self) -> Core:
        return core(self.plan)

    @cached_property
    def detailed(self) -> Core:
        """The function that also returns the details of a record, generated when first needed."""
        return core(self.plan, is_detailed=True)

    @cached_property
    def _admission(self) -> tuple[str, Admission]:
        return admission(self.plan)

    @cached_property
    def _overrides(self) -> tuple[Override, ...]:
        return tuple(step for step in self.plan.steps if isinstance(step, Override))

    @property
    def text(self) -> str:
        """The generated code."""
        return f"{self._admission[0]}\n{self.core.text}"

    def admit(self, subject: object) -> tuple[tuple[Any, ...], list[Mark]] | None:
        """Return the arguments and marks of a valid subject of usual types, or None.

        None means that the slow path must validate it.
        """
        return self._admission[1](subject)

    def assumed(self, marks: Sequence[Mark]) -> FrozenMap[str, Any]:
        """Return the inputs that took their default, by path."""
        return FrozenMap(map(self.defaults.__getitem__, marks))

    @cached_property
    def defaults(self) -> Defaults:
        """The path and default of each input that can take one, by its mark."""
        return Defaults(self.plan)

    def pack(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return the arguments for exact values inside their domains."""
        return packed(self.plan, values)

    def unpack(self, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Return exact values for arguments."""
        return unpacked(self.plan, arguments)

    @cached_property
    def comparing(self) -> ScalarEngine:
        """The engine that computes a member's compared values that need no rating."""
        kept = _with_needed(
            [step for step in self.plan.steps if isinstance(step, Exempt | Validate | Entered | Applies)]
        )
        early = [value for value in self.plan.cohort if not value.is_rated]
        return ScalarEngine(evolve(self.plan, steps=(*kept, *map(_compared, early)), cohort=()))

    @cached_property
    def rating(self) -> ScalarEngine | None:
        """The engine that rates a member and computes its compared values; None if there are none."""
        late = [value for value in self.plan.cohort if value.is_rated]
        if not late:
            return None
        kept = [step for step in self.plan.steps if not isinstance(step, Output | Holds)]
        early = tuple(value for value in self.plan.cohort if not value.is_rated)
        return ScalarEngine(evolve(self.plan, steps=(*kept, *map(_compared, late)), cohort=early))

    def compared(self, decision: Decision, *, is_rated: bool) -> tuple[Pair, ...]:
        """Return the compared values of a member.

        Args:
            decision: a decision of `comparing` or of `rating`.
            is_rated: whether `rating` made the decision.
        """
        found: list[Pair] = []
        for value in self.plan.cohort:
            if value.is_rated is is_rated:
                slot = decision.slots[f"outputs.{value.id}"]
                n = decision.parts[slot.place]
                found.append((None if n is None else int(n), 1 if n is None else _denominator(slot, decision.parts)))
        return tuple(found)

    def alone(self, arguments: tuple[Any, ...]) -> Decision | Fault | None:
        """Return the decision about a subject without other members; None if it is invalid.

        A failed validation makes it invalid, even if another one faults.
        """
        answer = self._alone(arguments)
        return None if isinstance(answer, Fault) and not self._is_surely_valid(arguments) else answer

    def _is_surely_valid(self, arguments: tuple[Any, ...]) -> bool:
        """Return whether a subject whose assessment faults is certainly valid."""
        if not self._gates or isinstance(self._exempting.decide(arguments), Fault):
            return True
        # If some of them fault, the first half and the rest are evaluated separately.
        pending = [(0, len(self._gates))]
        while pending:
            first, end = pending.pop()
            answer = self._gate_engine(first, end).decide(arguments)
            if answer is None:
                return False
            if not isinstance(answer, Fault):
                continue
            middle = (first + end) // 2
            if middle > first:
                pending += [(first, middle), (middle, end)]
            elif self._records_of(self._gates[first], arguments) > 1:
                return False
        return True

    def _records_of(self, gate: Validate | Entered, arguments: tuple[Any, ...]) -> int:
        given = dict(zip((input_.id for input_ in self.plan.inputs), arguments, strict=False))
        return len(given.get(gate.records) or ()) if isinstance(gate, Validate) else 0

    @cached_property
    def _exempting(self) -> ScalarEngine:
        return self._with_steps(*(step for step in self.plan.steps if isinstance(step, Exempt)))

    @cached_property
    def _gates(self) -> tuple[Validate | Entered, ...]:
        """The steps that a valid subject passes: validations and entered points."""
        return tuple(step for step in self.plan.steps if isinstance(step, Validate | Entered))

    @cached_property
    def _gate_engines(self) -> dict[tuple[int, int], ScalarEngine]:
        """Engines for ranges of the steps in `_gates`, created on demand."""
        return {}

    def _gate_engine(self, first: int, end: int) -> ScalarEngine:
        found = self._gate_engines.get((first, end))
        if found is None:
            gates = self._gates[first:end]
            steps = [step for step in self.plan.steps if step in gates or isinstance(step, Applies)]
            found = self._gate_engines[first, end] = self._with_steps(*_with_needed(steps))
        return found

    def _with_steps(self, *steps: Step) -> ScalarEngine:
        return ScalarEngine(evolve(self.plan, steps=steps, cohort=()))

    def _alone(self, arguments: tuple[Any, ...]) -> Decision | Fault | None:
        if not self.plan.cohort:
            return self.decide(arguments)
        decision = self.comparing.decide(arguments)
        if not isinstance(decision, Decision) or decision.is_early:
            return decision
        early = iter(self._single_member_values(decision, is_rated=False))
        if self.rating is None:
            return self.decide((*arguments, *flat(early)))
        known = tuple(early)
        rated = self.rating.decide((*arguments, *flat(known)))
        if not isinstance(rated, Decision):
            return rated
        late: Iterator[Pair] = iter(())
        if rated.status == "rated":
            late = iter(self._single_member_values(rated, is_rated=True))
        early = iter(known)
        pairs = [next(late, (None, 1)) if value.is_rated else next(early) for value in self.plan.cohort]
        return self.decide((*arguments, *flat(pairs)))

    def _single_member_values(self, decision: Decision, *, is_rated: bool) -> list[Pair]:
        """Return the cohort values of a member that is alone in its cohort."""
        functions = [value for value in self.plan.cohort if value.is_rated is is_rated]
        values = self.compared(decision, is_rated=is_rated)
        pairs = zip(functions, values, strict=True)
        found = [comparison(compared.function, [value], compared.constants) for compared, value in pairs]
        return [result[0] if isinstance(result, list) else result for result in found]

    @cached_property
    def _slots_of_points(self) -> tuple[tuple[str, Slot], ...]:
        """Every criterion below the score, with the slot of its points."""
        return tuple((id_, self.core.slots[f"points.{id_}"]) for id_ in self.plan.criteria)

    def points(self, decision: Decision) -> FrozenMap[str, Fraction]:
        """Return the points of the criteria that have points; empty if the assessment ended early."""
        parts = decision.parts
        if decision.is_early:
            return FrozenMap()
        return LazyMap(
            {
                id_: (n, slot.denominator if slot.at is None else parts[slot.at])
                for id_, slot in self._slots_of_points
                if (n := parts[slot.place]) is not None
            },
            FRACTIONS.__getitem__,
        )

    def shares(self, decision: Decision) -> FrozenMap[str, Fraction]:
        """Return points divided by max, of the criteria that have both."""
        parts = decision.parts
        if decision.is_early:
            return FrozenMap()
        return LazyMap(
            {
                id_: (n * below, above * (slot.denominator if slot.at is None else parts[slot.at]))
                for id_, slot, above, below in self._sharing
                if (n := parts[slot.place]) is not None
            },
            FRACTIONS.__getitem__,
        )

    @cached_property
    def _sharing(self) -> tuple[tuple[str, Slot, int, int], ...]:
        """Every criterion with a share: the slot of its points, then numerator and denominator of its max."""
        maxima = self.plan.criteria
        return tuple(
            (id_, slot, *most.as_integer_ratio()) for id_, slot in self._slots_of_points if (most := maxima[id_])
        )

    def detail(self, arguments: tuple[Any, ...]) -> Decision:
        """Return the decision about a subject, with the notes.

        Args:
            arguments: the arguments of the decision.
        """
        generated = self.detailed
        parts = generated.run(*arguments)
        return Decision(generated.early if parts[0] is None else generated.slots, parts, self.plan.bands)

    def decide(self, arguments: tuple[Any, ...]) -> Decision | Fault | None:
        """Return the decision, or None if a validation fails or entered points are missing or not allowed.

        Args:
            arguments: the inputs, then numerator and denominator of each value of the cohort.
        """
        generated = self.core
        try:
            parts = generated.run(*arguments)
        except Faulted as fault:
            return Fault(*generated.sites[fault.args[0]])
        if parts is None:
            return None
        slots = generated.early if parts[0] is None else generated.slots
        return Decision(slots, parts, self.plan.bands, self._overrides)
