"""The steps of an assessment, in their order, each with the operations it takes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction

from attrs import frozen

from ..language.expressions import Type
from ..language.model import Domain, Interval
from .ops import Op

__all__ = [
    "Applies",
    "Banding",
    "CohortValue",
    "Combination",
    "Combined",
    "Entered",
    "Exempt",
    "Holds",
    "Judge",
    "Level",
    "Limit",
    "Output",
    "Override",
    "Records",
    "Requirement",
    "Rounding",
    "Step",
    "Total",
    "Validate",
    "Value",
    "Variable",
]


@frozen
class Variable:
    """An input, or a field of a record.

    Args:
        id: its name.
        domain: the values it may have.
        type: optional where it may be absent.
        default: what stands in where it is absent.
        column: the name by which data call it besides its id, or empty.
    """

    id: str
    domain: Domain
    type: Type
    default: Fraction | bool | str | date | None = None
    column: str = ""


@frozen
class Value:
    """A named value, computed where something reads it: of the rulebook, or of a record.

    Args:
        id: its name.
        op: what it comes to.
        path: the way to it through the document.
    """

    id: str
    op: Op
    path: str


@frozen
class CohortValue:
    """What a function over the cohort comes to, known before it is read.

    Args:
        id: its name, which no rulebook can write.
        function: of the table of cohort functions.
        op: what is compared, known of every member.
        text: as the author wrote it.
        path: the way to the formula in which it stands first.
        is_rated: True where only rated members count.
        type: optional where it may be absent.
        constants: what the function takes besides.
    """

    id: str
    function: str
    op: Op
    text: str
    path: str
    is_rated: bool
    type: Type
    constants: tuple[Fraction, ...] = ()


@frozen
class Records:
    """What is computed of each record of a list."""

    id: str
    fields: tuple[Variable, ...]
    let: tuple[Value, ...]


@frozen
class Exempt:
    """Ends the assessment with a status where its condition holds."""

    id: str
    status: str
    when: Op
    path: str


@frozen
class Validate:
    """What must hold between inputs; where `records` is given, for each record of that list."""

    id: str
    that: Op
    path: str
    records: str = ""


@frozen
class Applies:
    """Whether a criterion applies: asked only where the nearest one above it that has a condition does.

    Args:
        id: the criterion.
        above: that other criterion, or empty.
        when: the condition.
    """

    id: str
    above: str
    when: Op
    path: str


@frozen
class Entered:
    """Points that an assessor enters: none where the criterion does not apply, else they are required.

    Args:
        id: the criterion, which is the input as well.
        guard: the criterion whose `Applies` decides, or empty.
        is_required: False where `missing` says what their absence means.
    """

    id: str
    guard: str
    is_required: bool


@frozen
class Combined:
    """A child as it comes into its group.

    Args:
        id: the criterion.
        weight: 1 where none is written.
        max: None where it is unbounded.
        amount: how much of the group it stands for when the part that remains is reckoned.
        is_regular: in a sum: no extra, no deduction, not unbounded.
    """

    id: str
    weight: Fraction
    max: Fraction | None
    amount: Fraction
    is_regular: bool


@frozen
class Combination:
    """How the children of a group come together.

    Args:
        function: of `COMBINES`, or empty where `points` is written.
        children: in the order of the rulebook.
        rescale: True where the rest of a sum stands for the whole.
        require_share: the least part that must remain, or None.
        points: the formula instead.
    """

    function: str
    children: tuple[Combined, ...]
    rescale: bool
    require_share: Fraction | None
    points: Op | None

    @property
    def essential(self) -> tuple[Combined, ...]:
        """The children of which one must remain, or the group is missing: the ordinary ones where it rescales."""
        ordinary = tuple(child for child in self.children if self.rescale and child.is_regular)
        return ordinary or self.children

    def may_lack(self, leaving: Collection[str]) -> bool:
        """Whether nothing may remain of the group, or less than it requires.

        Args:
            leaving: the ids of children that may be excluded.
        """
        staying = [child for child in self.children if child.id not in leaving]
        if len(staying) == len(self.children):
            return False
        if not any(child in staying for child in self.essential):
            return True
        whole, rest = (sum((one.amount for one in some), Fraction(0)) for some in (self.children, staying))
        return self.require_share is not None and rest < self.require_share * whole


@frozen
class Rounding:
    """How points or a score are rounded.

    Args:
        step: of whose multiples one is chosen.
        mode: one of the rounding modes.
        op: the same of the `Local` that is measured.
    """

    step: Fraction
    mode: str
    op: Op


@frozen
class Judge:
    """What a criterion comes to: its points, within its limits, then rounded.

    Args:
        id: the criterion; `score` for the whole.
        guard: the criterion above whose `Applies` decides whether it is judged, or empty.
        is_asked: True where it has an `Applies` of its own.
        body: the points of a leaf, or how a group comes together.
        min, max: limits as they are recorded.
        low, high: limits that act; None for no such limit.
        is_clamped: True where points beyond become the limit, else they are a fault.
        round: or None.
        missing: what absence means: `exclude`, `zero`, `full` or `unrated`.
        is_sure: True where it is always scored.
        path: the way to the criterion; `key` is that of its formula.
    """

    id: str
    guard: str
    is_asked: bool
    body: Op | Combination
    min: Fraction | None
    max: Fraction | None
    low: Fraction | None
    high: Fraction | None
    is_clamped: bool
    round: Rounding | None
    missing: str
    is_sure: bool
    path: str
    key: str = ""


@frozen
class Limit:
    """A most that the score may be where a condition holds."""

    id: str
    when: Op | None
    at_most: Op
    path: str


@frozen
class Total:
    """The score from the points of the whole: limits, then rounding."""

    limits: tuple[Limit, ...]
    round: Rounding | None
    max: Fraction | None


@frozen
class Requirement:
    """A condition that a band demands."""

    id: str
    that: Op
    path: str


@frozen
class Level:
    """A band: its stretch of the scale, and what it demands, in the order in which that is looked at."""

    id: str
    interval: Interval
    requires: tuple[Requirement, ...]


@frozen
class Banding:
    """The band of a number.

    Args:
        levels: best first.
        measure: the number banded on instead of the score, or None.
        is_on_exact: True where the score before its rounding is banded.
        falls_to_next: True where a failed requirement leads to the best lower band that holds.
        overlap: `best` or `worst`, or None.
    """

    levels: tuple[Level, ...]
    measure: Op | None
    is_on_exact: bool
    falls_to_next: bool
    overlap: str | None
    path: str


@frozen
class Override:
    """Something that outranks the score.

    Args:
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: a band id or status, or an operation that gives a band.
    """

    id: str
    kind: str
    target: str | Op
    when: Op | None
    path: str


@frozen
class Output:
    """A named value after the rating."""

    id: str
    op: Op
    path: str


@frozen
class Holds:
    """What must hold for every valid subject."""

    id: str
    that: Op
    path: str


Step = Exempt | Validate | Applies | Entered | Judge | Total | Banding | Override | Output | Holds
