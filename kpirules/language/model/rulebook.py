"""A rulebook: one edition of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from attrs import field, frozen

from ...kernel.brief import brief, counted
from ...kernel.calendars import Calendar
from ...kernel.mappings import FrozenMap
from ..expressions import Expression, Type
from .cohorts import Cohort, Quota
from .criteria import Criterion, Group, Table
from .inputs import Input
from .nodes import NOWHERE, Condition, Direction, Named, Words
from .rating import Bands, Exemption, Limit, Override

__all__ = ["Example", "Function", "Parameter", "Rulebook", "Version", "WorkCalendar"]


@frozen
class Parameter:
    """A named constant of the regulation.

    Args:
        value: an exact number, boolean, string or date.
        formula: the formula as written.
    """

    id: str
    value: Fraction | bool | str | date
    type: Type
    formula: Expression
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Function:
    """A function that the rulebook defines by a formula, which already replaces every call."""

    id: str
    args: tuple[str, ...]
    value: Expression
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class WorkCalendar:
    """A named calendar of working days."""

    id: str
    calendar: Calendar
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Example:
    """A worked example: inputs, and their exact expected results.

    Args:
        name: its name, unique in its file.
        given: inputs as plain values (exact numbers as Fraction).
        expect: the results to compare, as plain values.
        like: the example whose `given` it extends, or None.
        variant: the variant it is assessed by, or None.
        on: the date whose edition it is assessed by, or None.
        members: for a cohort, the inputs of each member by name, besides those of all.
    """

    name: str
    given: FrozenMap[str, object]
    expect: FrozenMap[str, object]
    like: str | None = None
    variant: str | None = field(default=None, metadata={"newer": True})
    on: date | None = field(default=None, metadata={"newer": True})
    members: FrozenMap[str, FrozenMap[str, object]] = field(factory=FrozenMap, metadata={"newer": True})
    words: Words = field(default=NOWHERE, metadata={"wording": True})


@frozen
class Version:
    """The variant of a rulebook, and its edition by date.

    Args:
        variant: the name of the variant, or empty.
        from_, until: half-open period of the edition that amendments make, None for no end.
        amended: the date of the last amendment in force, None if it writes an `edition` itself.
    """

    variant: str = ""
    from_: date | None = None
    until: date | None = None
    amended: date | None = None

    def holds(self, on: date) -> bool:
        """Return whether a date is in the period of its edition."""
        return _holds(self.from_, self.until, on)


@frozen
class Rulebook:
    """A rulebook as a value: a pure function from the inputs of a subject to an explained rating.

    Args:
        id: its own id, possibly dotted.
        edition: the edition as written, or empty.
        effective_from, effective_until: half-open interval of dates, None for no end.
        inputs: the declared inputs, then those of `entered` criteria.
        root: the score as a group of the top-level criteria, or None if nothing earns points.
        score_limits: caps on the score before rounding.
        cohort: the cohorts and quotas, or None.
        bands_on_exact: True if the exact score is banded instead of the published one.
        better: `higher`, `lower` or `listed`, as written; empty means `higher`.
        variant_by: the choice input that selects the variant of a subject, or empty.
        edition_by: the date input that selects its edition, or empty.
        scoring_hash: the hash of everything that can change a score or a rating.
        content_hash: the hash of everything.
        version: its variant and edition among those of its documents; not part of its content.
    """

    id: str
    edition: str = ""
    effective_from: date | None = None
    effective_until: date | None = None
    inputs: tuple[Input, ...] = ()
    validations: tuple[Condition, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    tables: tuple[Table, ...] = ()
    functions: tuple[Function, ...] = field(default=(), metadata={"wording": True})
    calendars: tuple[WorkCalendar, ...] = ()
    let: tuple[Named, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    root: Criterion | None = None
    score_limits: tuple[Limit, ...] = ()
    bands_on_exact: bool = False
    bands_on_written: bool = field(default=False, metadata={"wording": True})
    bands: Bands | None = None
    overrides: tuple[Override, ...] = ()
    cohort: Cohort | None = field(default=None, metadata={"newer": True})
    outputs: tuple[Named, ...] = ()
    invariants: tuple[Condition, ...] = ()
    examples: tuple[Example, ...] = field(default=(), metadata={"wording": True})
    requires_sources: bool = field(default=False, metadata={"wording": True})
    words: Words = field(default=NOWHERE, metadata={"wording": True})
    variant_by: str = field(default="", metadata={"wording": True, "newer": True})
    edition_by: str = field(default="", metadata={"wording": True, "newer": True})
    scoring_hash: str = field(default="", metadata={"wording": True})
    content_hash: str = field(default="", metadata={"wording": True})
    version: Version = field(factory=Version, metadata={"wording": True})
    better: str = field(default="", metadata={"wording": True, "newer": True})
    directions: tuple[Direction, ...] = field(default=(), metadata={"wording": True, "newer": True})

    @property
    def is_lower_score_better(self) -> bool:
        """Whether a lower score is better; if bands have a measure, `better` is about the measure."""
        return self.better == "lower" and (self.bands is None or self.bands.measure is None)

    def __repr__(self) -> str:
        return brief(self, *self.facts)

    @property
    def facts(self) -> tuple[str, ...]:
        """Its identity and size in short texts."""
        return (
            self.id,
            f"edition {self.edition}" if self.edition else "",
            f"variant {self.version.variant}" if self.version.variant else "",
            counted(len(self.inputs), "input"),
            counted(len(list(self.criteria())), "criterion", "criteria"),
            counted(0 if self.bands is None else len(self.bands.levels), "band"),
            counted(len(self.quotas), "quota"),
        )

    @property
    def edition_in_force(self) -> str:
        """The edition as written, with the date of an amendment that does not name one."""
        day = self.version.amended
        return ", ".join(filter(None, (self.edition, f"amended {day.isoformat()}" if day else "")))

    def is_in_force(self, on: date) -> bool:
        """Return whether a date is in its period and in that of its edition."""
        return _holds(self.effective_from, self.effective_until, on) and self.version.holds(on)

    def criteria(self) -> Iterator[Criterion]:
        """Yield every criterion below the score, in the order of the rulebook."""
        if self.root is not None:
            for child in self.root.children:
                yield from child.walk()

    @property
    def quotas(self) -> tuple[Quota, ...]:
        """The quotas of its cohort."""
        return () if self.cohort is None else self.cohort.quotas

    def groups(self) -> Iterator[Criterion]:
        """Yield the score and every group of criteria."""
        if self.root is not None:
            yield from (c for c in self.root.walk() if isinstance(c.body, Group))


def _holds(from_: date | None, until: date | None, on: date) -> bool:
    return (from_ is None or from_ <= on) and (until is None or on < until)
