"""The steps of an assessment, in order, each with its operations."""

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
        id: the name of the input or field.
        domain: its allowed values.
        type: its type, optional if it may be absent.
        default: its value when it is absent.
        column: its other name in data besides its id, or empty.
    """

    id: str
    domain: Domain
    type: Type
    default: Fraction | bool | str | date | None = None
    column: str = ""


@frozen
class Value:
    """A named value of the rulebook or a record, computed when it is first read.

    Args:
        id: the name of the value.
        op: its formula.
        path: its path in the document.
    """

    id: str
    op: Op
    path: str


@frozen
class CohortValue:
    """The value of a function over the cohort, known before anything reads it.

    Args:
        id: an internal name, which no rulebook can write.
        function: its name in the table of cohort functions.
        op: the compared value, known for every member.
        text: the formula as the author wrote it.
        path: the path of the formula that has it first.
        is_rated: True if only rated members count.
        type: its type, optional if it may be absent.
        constants: its further arguments.
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
    """The fields of a list's records, with the computed ones."""

    id: str
    fields: tuple[Variable, ...]
    let: tuple[Value, ...]


@frozen
class Exempt:
    """Ends the assessment with a status if its condition holds."""

    id: str
    status: str
    when: Op
    path: str


@frozen
class Validate:
    """A condition on inputs that must hold; with `records`, for each record of that list."""

    id: str
    that: Op
    path: str
    records: str = ""


@frozen
class Applies:
    """Whether a criterion applies: evaluated only if the nearest criterion above with a condition applies.

    Args:
        id: the id of the criterion.
        above: the id of that other criterion, or empty.
        when: the condition.
    """

    id: str
    above: str
    when: Op
    path: str


@frozen
class Entered:
    """Points entered by an assessor: refused if the criterion does not apply, required if it does.

    Args:
        id: the id of the criterion, and of its input.
        guard: the id of the criterion whose `Applies` decides, or empty.
        is_required: False if `missing` handles their absence.
    """

    id: str
    guard: str
    is_required: bool


@frozen
class Combined:
    """A child of a group, as the group combines it.

    Args:
        id: the id of the criterion.
        weight: its weight, 1 if none is written.
        max: its max, None if it is unbounded.
        amount: its share of the group when the remaining part is measured.
        is_regular: True for a child of a sum that is no extra, no deduction and not unbounded.
    """

    id: str
    weight: Fraction
    max: Fraction | None
    amount: Fraction
    is_regular: bool


@frozen
class Combination:
    """How a group combines its children.

    Args:
        function: one of `COMBINES`, or empty if `points` is written.
        children: the children in the order of the rulebook.
        rescale: True if the remaining children of a sum are scaled up to the whole.
        require_share: the least part that must remain, or None.
        points: the formula that replaces the function, or None.
    """

    function: str
    children: tuple[Combined, ...]
    rescale: bool
    require_share: Fraction | None
    points: Op | None

    @property
    def essential(self) -> tuple[Combined, ...]:
        """The children of which at least one must remain: the regular ones if the group rescales."""
        ordinary = tuple(child for child in self.children if self.rescale and child.is_regular)
        return ordinary or self.children

    def may_lack(self, leaving: Collection[str]) -> bool:
        """Return whether no child may remain, or less than the group requires.

        Args:
            leaving: the ids of children that may be excluded.
        """
        staying = [child for child in self.children if child.id not in leaving]
        if len(staying) == len(self.children):
            return False
        if not any(child in staying for child in self.essential):
            return True
        whole, rest = (sum((child.amount for child in group), Fraction(0)) for group in (self.children, staying))
        return self.require_share is not None and rest < self.require_share * whole


@frozen
class Rounding:
    """The rounding of points or a score.

    Args:
        step: the number of which the result is a multiple.
        mode: one of the rounding modes.
        op: the rounding as an operation on `Local`.
    """

    step: Fraction
    mode: str
    op: Op


@frozen
class Judge:
    """How a criterion is judged: its points, within its limits, then rounded.

    Args:
        id: the id of the criterion; `score` for the total.
        guard: the id of the criterion above whose `Applies` decides whether it is judged, or empty.
        is_asked: True if it has an `Applies` of its own.
        body: the points of a leaf, or the combination of a group.
        min, max: its limits as recorded.
        low, high: the limits in effect, or None.
        is_clamped: True if points beyond a limit become the limit; else they are a fault.
        round: its rounding, or None.
        missing: the policy for absent values: `exclude`, `zero`, `full` or `unrated`.
        is_sure: True where it is always scored.
        path: the path of the criterion; `key` is the path of its formula.
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
    """A cap on the score, with its condition."""

    id: str
    when: Op | None
    at_most: Op
    path: str


@frozen
class Total:
    """The score from the points of the root: limits, then rounding."""

    limits: tuple[Limit, ...]
    round: Rounding | None
    max: Fraction | None


@frozen
class Requirement:
    """A condition that a band requires."""

    id: str
    that: Op
    path: str


@frozen
class Level:
    """A band: its interval, and its requirements in the order of evaluation."""

    id: str
    interval: Interval
    requires: tuple[Requirement, ...]


@frozen
class Banding:
    """How a number is banded.

    Args:
        levels: the bands, best first.
        measure: the number banded instead of the score, or None.
        is_on_exact: True if the score before rounding is banded.
        falls_to_next: True if a failed requirement leads to the best lower band that holds.
        overlap: `best`, `worst` or None.
    """

    levels: tuple[Level, ...]
    measure: Op | None
    is_on_exact: bool
    falls_to_next: bool
    overlap: str | None
    path: str


@frozen
class Override:
    """A band or status that overrules the score.

    Args:
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: the id of a band, a status, or an operation that gives a band.
    """

    id: str
    kind: str
    target: str | Op
    when: Op | None
    path: str


@frozen
class Output:
    """A named value computed after the rating."""

    id: str
    op: Op
    path: str


@frozen
class Holds:
    """A condition that must hold for every valid subject."""

    id: str
    that: Op
    path: str


Step = Exempt | Validate | Applies | Entered | Judge | Total | Banding | Override | Output | Holds
