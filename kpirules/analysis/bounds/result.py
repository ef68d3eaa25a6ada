"""What static bounds are made of."""

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
    """What a value can be.

    Args:
        kind: number, boolean, option (a choice or a text), date, list, or nothing where it is never there.
        low, high: the ends of a number's interval, which belong to it; of a list, its number of records. None
            for no end.
        denominator: every value is a whole multiple of one over it; None where it varies.
        multiple: every value is a whole multiple of it over the denominator; 0 of zero alone.
        numerator_bits, denominator_bits: the most in lowest terms.
        can_be_zero: whether a number may be zero.
        can_be_true, can_be_false: of a boolean.
        options: those of a choice or text that are possible, None for any.
        earliest, latest: of a date.
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
    """Something that can go wrong.

    Args:
        path: the way to the formula or criterion through the document.
        kind: division, domain, date, calendar, scale or points; of a table of cases, no_case or several.
        is_certain: whether it goes wrong whenever it comes to that.
        op: the identity of the operation.
    """

    path: str
    kind: str
    is_certain: bool
    op: int = field(default=0, eq=False, repr=False)


@frozen
class Decided:
    """A condition that always comes out the same where it is asked.

    Args:
        path: the way to the formula.
        op: the condition.
        part: what asks it: `when`, `that`, `applies`, `requires`, `condition` or `operand`.
        outcome: what it comes out as.
    """

    path: str
    op: Op
    part: str
    outcome: bool


@frozen
class Untaken:
    """A case that never is the first to hold.

    Args:
        path: the way to the formula.
        op: the cases.
        index: which of them.
    """

    path: str
    op: Cases
    index: int


@frozen
class CriterionBound:
    """What can become of a criterion.

    Args:
        id: the criterion.
        scored: it can be scored.
        excluded: it can be excluded.
        missing: it can be missing with points that its policy gives.
        lacking: it can be missing without points.
        points: after limits and rounding, or what its policy gives.
    """

    id: str
    scored: bool
    excluded: bool
    missing: bool
    lacking: bool
    points: Bound


@frozen
class RatingBound:
    """What rating is possible.

    Args:
        statuses: those that an assessment may end with.
        inside: bands whose stretch of the scale can hold the number.
        bands: those that can be the rating after overrides.
        has_gap: whether it may be that no band applies, or several.
        banded_on: the number that bands are about.
    """

    statuses: frozenset[str]
    inside: frozenset[str]
    bands: frozenset[str]
    has_gap: bool
    banded_on: Bound


@frozen(eq=False)
class Bounds:
    """What a rulebook can come to on any valid subject.

    Args:
        names: of every name that formulas read, and `list.field`, by name.
        criteria: by id.
        rating: of the whole.
        faults: what can go wrong.
        work: the most units an assessment by the reference engine takes.
        widest: the most bits of a number on the way.
        heavy: the way to the formula that takes most of the work, and how much.
        wide: the way to the first formula whose number may be too wide, else to that with the widest, and its bits.
        decided: conditions that always come out the same.
        untaken: cases that are never taken, such as rows of a table.
        comparing: the most units that comparing the members of a cohort takes, and the way to where that begins.
        implied: validations that hold for every subject that is valid without them.
        outside: of criteria whose points may leave their limits, whether below and whether above.
        idle_limits: of limits that never lower the score, by their path, the most that the score can be there.
        leaving: criteria that can be excluded where those above them apply.
        unrated: criteria that can themselves lack what they need, and have no points then.
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
        """What an operation of the plan can come to wherever it is evaluated; None where it never is."""
        value = self._evaluation.values.get(id(op))
        return None if value is None else bound_of(value)

    def can_come_out(
        self, outcomes: Sequence[tuple[Op, bool]], numbers: Mapping[str, Interval] | None = None
    ) -> bool:
        """Whether some subject may have these outcomes; where False, none has.

        Args:
            outcomes: conditions, and how each must come out.
            numbers: intervals in which named numbers must lie.
        """
        return can_come_out(self._evaluation, outcomes, numbers or {})

    def is_decided(self, op: Op, outcome: bool) -> bool:
        """Whether a condition comes out so for every subject, also for those for whom it is never asked."""
        return is_decided(self._evaluation, op, outcome)


class Names(Mapping[str, Bound]):
    """Bounds by name, each made when it is first asked for."""

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
    """What is known of a value, for people and checks."""
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
