"""The values that static bounds consist of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import field, frozen

from ...kernel.mappings import FrozenMap
from ...language.model import Interval
from ...plan import Plan
from ...plan.ops import Cases, Op
from .ends import End
from .numbers import ABSENT, UNDEFINED, Nothing, Num
from .supposing import can_come_out, is_decided
from .values import Count, Days, Options, Truth, Value

if TYPE_CHECKING:
    from .evaluating import Evaluation

__all__ = [
    "Bound",
    "Bounds",
    "CriterionBound",
    "Decided",
    "Names",
    "PossibleFault",
    "RatingBound",
    "Untaken",
    "bound_of",
]


@frozen
class Bound:
    """The bounds of a value.

    Args:
        kind: number, boolean, option (a choice or a text), date, list, or nothing if it is never present.
        low, high: the ends of a number's interval, included; for a list, its number of records. None
            for no end.
        denominator: a denominator of every value; None if it varies.
        multiple: every value is a whole multiple of this over the denominator; 0 for the constant zero.
        numerator_bits, denominator_bits: the most bits in lowest terms.
        can_be_zero: whether a number may be zero.
        can_be_true, can_be_false: for a boolean.
        options: the possible options of a choice or text, None for any.
        earliest, latest: for a date.
        can_be_absent: whether it may be absent.
        can_be_undefined: whether a row may leave it undefined.
    """

    kind: str
    low: Fraction | None = None
    high: Fraction | None = None
    denominator: int | None = None
    numerator_bits: int = 0
    denominator_bits: int = 0
    can_be_zero: bool = False
    can_be_true: bool = False
    can_be_false: bool = False
    options: frozenset[str] | None = None
    earliest: date | None = None
    latest: date | None = None
    can_be_absent: bool = False
    can_be_undefined: bool = False
    multiple: int = 1

    @property
    def bits(self) -> int:
        """The most bits of numerator and denominator."""
        return max(self.numerator_bits, self.denominator_bits)


@frozen
class PossibleFault:
    """A possible fault.

    Args:
        path: the path of the formula or criterion in the document.
        kind: division, domain, date, calendar, scale or points; of a table of cases, no_case or several.
        is_certain: whether it happens in every evaluation.
        op: the identity of the operation.
    """

    path: str
    kind: str
    is_certain: bool
    op: int = field(default=0, eq=False, repr=False)


@frozen
class Decided:
    """A condition that has the same outcome in every evaluation.

    Args:
        path: the path of the formula.
        op: the condition.
        part: the part with the condition: `when`, `that`, `applies`, `requires`, `condition` or `operand`.
        outcome: its outcome.
    """

    path: str
    op: Op
    part: str
    outcome: bool


@frozen
class Untaken:
    """A case that is never the first to hold.

    Args:
        path: the path of the formula.
        op: the cases.
        index: its index among the cases.
    """

    path: str
    op: Cases
    index: int


@frozen
class CriterionBound:
    """The possible outcomes of a criterion.

    Args:
        id: the id of the criterion.
        scored: it can be scored.
        excluded: it can be excluded.
        missing: it can be missing with points that its policy gives.
        lacking: it can be missing without points.
        points: its points after limits and rounding, or those of its policy.
    """

    id: str
    scored: bool
    excluded: bool
    missing: bool
    lacking: bool
    points: Bound


@frozen
class RatingBound:
    """The possible ratings.

    Args:
        statuses: the possible statuses of an assessment.
        inside: the bands whose interval can contain the number.
        bands: the possible bands after overrides.
        has_gap: whether no band may apply, or several.
        banded_on: the banded number.
    """

    statuses: frozenset[str]
    inside: frozenset[str]
    bands: frozenset[str]
    has_gap: bool
    banded_on: Bound


@frozen(eq=False)
class Bounds:
    """The bounds of a rulebook for all valid subjects.

    Args:
        names: the bounds of every name that formulas read, and of `list.field`, by name.
        criteria: by id.
        rating: the bounds of the rating.
        faults: the possible faults.
        work: the most work units of an assessment by the reference engine.
        widest: the most bits of any intermediate number.
        heavy: the path of the formula with most work, and its work.
        wide: the path of the first formula whose number may be too wide, else of the widest, and its bits.
        decided: the conditions that always have the same outcome.
        untaken: the cases that are never taken, such as rows of a table.
        comparing: the most work units of comparing the members of a cohort, and the path where that starts.
        implied: the validations that hold for every subject that is valid without them.
        outside: by criterion whose points may leave their limits, whether below and whether above.
        idle_limits: by path of a limit that never lowers the score, the greatest score there.
        leaving: the criteria that can be excluded while those above them apply.
        unrated: the criteria that can themselves lack a needed value, and then have no points.
    """

    names: Mapping[str, Bound]
    criteria: Mapping[str, CriterionBound]
    rating: RatingBound
    faults: tuple[PossibleFault, ...]
    work: int
    widest: int
    heavy: tuple[str, int]
    wide: tuple[str, int]
    decided: tuple[Decided, ...]
    untaken: tuple[Untaken, ...]
    _plan: Plan = field(repr=False)
    _evaluation: Evaluation = field(repr=False)
    comparing: tuple[int, str] = (0, "")
    implied: tuple[Decided, ...] = ()
    outside: Mapping[str, tuple[bool, bool]] = field(factory=FrozenMap)
    idle_limits: Mapping[str, Fraction] = field(factory=FrozenMap)
    leaving: frozenset[str] = frozenset()
    unrated: frozenset[str] = frozenset()

    def of(self, op: Op) -> Bound | None:
        """Return the bounds of an operation of the plan over all evaluations; None if it is never evaluated."""
        value = self._evaluation.values.get(id(op))
        return None if value is None else bound_of(value)

    def can_come_out(
        self, outcomes: Sequence[tuple[Op, bool]], numbers: Mapping[str, Interval] | None = None
    ) -> bool:
        """Return whether some subject may have these outcomes; False if none can.

        Args:
            outcomes: conditions, each with its outcome.
            numbers: intervals that must contain named numbers.
        """
        return can_come_out(self._evaluation, outcomes, numbers or {})

    def is_decided(self, op: Op, outcome: bool) -> bool:
        """Return whether a condition has an outcome for every subject, even where it is not evaluated."""
        return is_decided(self._evaluation, op, outcome)


class Names(Mapping[str, Bound]):
    """Bounds by name, each built when it is first read."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self._bounds: dict[str, Bound] = {}

    def __getitem__(self, name: str) -> Bound:
        if name not in self._bounds:
            self._bounds[name] = bound_of(self._values[name])
        return self._bounds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def bound_of(value: Value) -> Bound:
    """Return the bounds of a value, for people and checks."""
    absent, undefined = bool(value.flags & ABSENT), bool(value.flags & UNDEFINED)
    match value:
        case Num(low, high, denominator, factors, top, bottom, has_zero, _, multiple):
            return Bound(
                "number",
                _end(low),
                _end(high),
                None if factors else denominator,
                top,
                bottom,
                has_zero,
                can_be_absent=absent,
                can_be_undefined=undefined,
                multiple=multiple,
            )
        case Truth(mask):
            return Bound(
                "boolean",
                can_be_true=bool(mask & 1),
                can_be_false=bool(mask & 2),
                can_be_absent=absent,
                can_be_undefined=undefined,
            )
        case Options(among):
            return Bound("option", options=among, can_be_absent=absent, can_be_undefined=undefined)
        case Days(first, last):
            ends = date.fromordinal(first), date.fromordinal(last)
            return Bound("date", earliest=ends[0], latest=ends[1], can_be_absent=absent, can_be_undefined=undefined)
        case Count(least, most):
            return Bound("list", Fraction(least), Fraction(most), can_be_absent=absent, can_be_undefined=undefined)
        case Nothing():
            return Bound("nothing", can_be_absent=absent, can_be_undefined=undefined)
        case _:
            return Bound("thing")


def _end(x: End) -> Fraction | None:
    return None if x is None else Fraction(x)
