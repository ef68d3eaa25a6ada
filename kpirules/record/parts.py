"""The parts of a record: outcomes, formulas at work, conditions, margins, and the words of the rulebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Self, TypeVar

from attrs import field, fields, frozen

from ..kernel.brief import brief, fielded
from ..kernel.exact import MODES, approximate_text
from ..kernel.mappings import FrozenMap, LazyMap
from ..language.wording import Citation, Label

__all__ = [
    "Comparison",
    "Computation",
    "Condition",
    "Contribution",
    "Entry",
    "Later",
    "Legend",
    "LimitOutcome",
    "Margin",
    "Named",
    "OneOf",
    "Outcome",
    "OverrideOutcome",
    "QuotaOutcome",
    "Requirement",
    "Value",
    "WrittenMap",
]

V = TypeVar("V")

Value = Fraction | bool | str | date | None
"""A value that can be recorded: an exact number, yes or no, text or option, date; None is absent."""


@frozen(init=False)
class OneOf:
    """The words of a closed list, of which a text of a record is one; the empty word says that there is none."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        self.__attrs_init__(words)


@frozen
class Named:
    """A text of a record that is a name as rulebooks write those of statuses."""


Status = Annotated[str, Named()]
ContributionKind = Annotated[str, OneOf("criterion", "own", "rescale", "clamp", "limit", "rounding")]
OutcomeWord = Annotated[str, OneOf("scored", "excluded", "missing")]
Why = Annotated[
    str,
    OneOf(
        "",
        "applies",
        "absent",
        "parent",
        "nothing_remains",
        "nothing_to_rescale",
        "too_little_remains",
        "unrated_child",
        "undefined",
    ),
]
Policy = Annotated[str, OneOf("", "exclude", "zero", "full", "unrated")]
Part = Annotated[str, OneOf("applies", "points", "rate", "met", "measure", "cases")]
OverrideKind = Annotated[str, OneOf("band", "band_at_most", "band_at_least", "unrated")]
Effect = Annotated[str, OneOf("kept", "moved", "undecided", "over")]
Mode = Annotated[str, OneOf(*MODES)]
BandOn = Annotated[str, OneOf("rounded", "exact", "measure")]


@frozen
class Computation:
    """A formula at work: what was read, and what it gave.

    Args:
        formula: the expression as the author wrote it.
        readings: parts of the formula with the value each had, in the order they were read.
        value: what the formula gave, None where it was absent.
    """

    formula: str
    readings: tuple[tuple[str, Value], ...] = ()
    value: Value = None

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class Comparison:
    """What a function over the cohort came to.

    Args:
        formula: the function as the author wrote it.
        value: None where it is absent.
        members: how many members had a value of what is compared.
    """

    formula: str
    value: Value
    members: int


class Later(Protocol):
    """What the rest of a value is found out by, where not all of it was asked for at once."""

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Attributes of the value, among them those of these names."""


class Deferrable:
    """A frozen value whose attributes may be found out when they are first looked at.

    It is equal to one that was made whole, and becomes whole where it is compared or pickled.
    """

    @classmethod
    def deferred(cls, later: Later, known: Mapping[str, Any] = FrozenMap()) -> Self:
        """A value of which some attributes are known.

        Args:
            later: finds out the others.
            known: attributes by name.
        """
        self = cls.__new__(cls)
        self.__dict__["_later"] = later
        self.__dict__.update(known)
        return self

    def find_out(self, names: Iterable[str]) -> None:
        """Find out attributes together, which takes less time than one after the other.

        Args:
            names: of the attributes.
        """
        known = self.__dict__
        later: Later | None = known.get("_later")
        if later is not None and (unknown := [name for name in names if name not in known]):
            known.update(later.fill(unknown))

    if not TYPE_CHECKING:  # a misspelt attribute is a mistake before the program runs

        def __getattr__(self, name: str) -> Any:
            """An attribute that is not there yet."""
            later = self.__dict__.get("_later")
            kind: Any = type(self)
            if later is None or name not in _names(kind):
                word = kind.__name__.lower()
                raise AttributeError(f"{'an' if word[0] in 'aeiou' else 'a'} {word} has no attribute `{name}`")
            found = later.fill((name,))
            self.__dict__.update(found)
            return found[name]

    def __dir__(self) -> list[str]:
        """Every attribute, also those that are not there yet."""
        kind: Any = type(self)
        return sorted({*super().__dir__(), *_names(kind)})

    def __getstate__(self) -> dict[str, Any]:
        kind: Any = type(self)
        return {name: getattr(self, name) for name in _names(kind)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


@cache
def _names(type_: Any) -> dict[str, None]:
    """The attributes of a class in order, found by their names."""
    return dict.fromkeys(attribute.name for attribute in fields(type_))


@frozen
class Contribution:
    """One line of a sum that adds up exactly to points.

    Args:
        kind: `criterion`, `own` (the raw points of a leaf or of a combination that is no sum), `rescale`,
            `clamp` (a cap or floor), `limit` (the lowest one of the score; of equals, the first by id) or
            `rounding`.
        id: the criterion or limit, or empty.
        points: exact, possibly negative.
    """

    kind: ContributionKind
    id: str
    points: Fraction

    def __repr__(self) -> str:
        return fielded(self)


@frozen(slots=False)
class Outcome(Deferrable):
    """What one criterion, or the score itself, came to.

    Args:
        id: the criterion; `score` for the whole.
        outcome: `scored`, `excluded` (left the tree) or `missing` (something it needs is absent).
        points: exact points, None where there are none.
        min, max: limits of the points, None where there are none.
        weight: as written, None where none is.
        share: points over max, None where there is none.
        parent: the group it belongs to; empty for the score.
        why: for what is not plainly scored: `applies` (does not apply), `absent` (a value is missing),
            `parent` (its group does not apply, or may not), `nothing_remains` (all children are excluded),
            `nothing_to_rescale` (all are that it rescales), `too_little_remains`, `unrated_child`, `undefined` (a row
            says the regulation does not tell); else empty.
        policy: the `missing` policy that was used, or empty.
        remains, required: of a group of which too little remains: the part of the weight that remains, and
            the part that must.
        computations: by part of the criterion (`applies`, `points`, `rate`, `met`, `measure`, `cases`).
        row: the row, option or threshold that gave the points, in words of the rulebook, or empty.
        contributions: lines that add up to `points`.
    """

    id: str
    outcome: OutcomeWord
    points: Fraction | None = None
    min: Fraction | None = None
    max: Fraction | None = None
    weight: Fraction | None = None
    share: Fraction | None = None
    parent: str = ""
    why: Why = ""
    policy: Policy = ""
    remains: Fraction | None = None
    required: Fraction | None = None
    computations: FrozenMap[Part, Computation] = field(factory=FrozenMap)
    row: str = ""
    contributions: tuple[Contribution, ...] = ()

    def __repr__(self) -> str:
        points = "" if self.points is None else approximate_text(self.points)
        most = "" if self.max is None else f" of {approximate_text(self.max)}"
        return brief(self, self.id, self.outcome, points + most, self.why)


class WrittenMap(LazyMap[str, V]):
    """Parts of a record by id, each made when it is first read, and written as plain data without being made.

    Args:
        parts: what each is made from.
        make: makes a part.
        write: gives the plain data of all of them without formulas.
    """

    __slots__ = ("_write",)
    _write: Callable[[], dict[str, Any]]

    def __init__(
        self, parts: Mapping[str, Any], make: Callable[[Any], V], write: Callable[[], dict[str, Any]]
    ) -> None:
        super().__init__(parts, make)
        object.__setattr__(self, "_write", write)

    def bare(self) -> dict[str, Any]:
        """Return the plain data of all parts without formulas."""
        return self._write()


@frozen(slots=False)
class Requirement(Deferrable):
    """A condition that a band demands, and whether it held.

    Args:
        band: the band.
        id: the requirement.
        held: the outcome.
        computation: the condition at work, None in a record that was written without formulas.
    """

    band: str
    id: str
    held: bool
    computation: Computation | None


@frozen(slots=False)
class OverrideOutcome(Deferrable):
    """An override that fired.

    Args:
        id: the override.
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: the band or status it gives.
        decided: True where it belongs to a smallest set of fired overrides without which the status, or the
            band before quotas, would be another.
        computation: its `when` at work, None where it always fires, or in a record that was written without formulas.
    """

    id: str
    kind: OverrideKind
    target: str
    decided: bool
    computation: Computation | None = None


@frozen(slots=False)
class Condition(Deferrable):
    """A named condition at work: an exemption that ended the assessment, an invariant.

    The computation is None in a record that was written without formulas.
    """

    id: str
    held: bool
    computation: Computation | None


@frozen(slots=False)
class LimitOutcome(Deferrable):
    """A score limit that was looked at.

    Args:
        id: the limit.
        held: whether its `when` holds.
        decided: True where it holds, the score was above it, and no other that holds is lower.
        at_most: the most that the score may be, None where it does not hold.
        computation: its `when` at work, None in a record that was written without formulas.
    """

    id: str
    held: bool
    decided: bool
    at_most: Fraction | None
    computation: Computation | None


@frozen
class QuotaOutcome:
    """What a quota made of a member of its group.

    Args:
        id: the quota.
        band: the band that it limits, which the member had.
        effect: `kept`, `moved` (no place was left), `undecided` (people decide between equals) or `over` (kept
            beyond the limit, with its equals).
        target: the band of those who are moved.
        at_most: the share of the base that may have the band.
        base: how many members the base counts.
        minimum: how many may have the band however small the base.
        limit: how many may have it.
        held: how many of the group had the band.
        rank: 1 and how many of them come before the member.
        tied: how many of them are its equals, itself included.
        places: for equals across the line, how many places are left for them; else 0.
        last: the names of some who hold the last place, or between whom people decide who has it; none where nobody
            holds one.
        sharing: how many these are.
        mode: how a part of a member is rounded.
        is_after: True where the base is counted once the surplus has moved.
        is_minimum: True where the limit is the minimum, and the share alone would allow fewer.
        is_last_open: True where people decide who has the last place.
    """

    id: str
    band: str
    effect: Effect
    target: str
    at_most: Fraction
    base: int
    minimum: int
    limit: int
    held: int
    rank: int
    tied: int
    places: int = 0
    last: tuple[str, ...] = ()
    sharing: int = 0
    mode: Mode = "down"
    is_after: bool = False
    is_minimum: bool = False
    is_last_open: bool = False


@frozen
class Margin:
    """How far the number banded on is from the neighbouring bands.

    Distances are decimals where their decimal ends.

    Args:
        up: exact distance to the nearest better band, None in the best one.
        down: exact distance to the nearest worse band, None in the worst one.
        rounding_decided: True where the exact score would lie in another band.
        better: the band that `up` leads to, or empty.
        worse: the band that `down` leads to, or empty.
        is_up_open: True where the better band excludes its end: more than `up` is needed to reach it.
        is_down_open: True where the worse band excludes its end: more than `down` is needed to fall to it.
    """

    up: Decimal | Fraction | None = None
    down: Decimal | Fraction | None = None
    rounding_decided: bool = False
    better: str = ""
    worse: str = ""
    is_up_open: bool = False
    is_down_open: bool = False

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class Entry:
    """What a rulebook says about one of its parts."""

    label: Label | None = None
    note: Label | None = None
    source: Citation | None = None
    unit: str = ""
    formula: str = ""


@frozen(slots=False)
class Legend(Deferrable):
    """The words of the rulebook that an explanation needs.

    Args:
        title: of the rulebook.
        source: of the rulebook.
        entries: by kind and id: `criteria.results`, `let.quantity`, `bands.good`,
            `requires.good.on_time`, `overrides.discipline`, `exemptions.short_service`,
            `inputs.tasks`, `limits.cap`, `outputs.pay`, `quotas.excellent`, `invariants.sane`,
            `inputs.tasks.assigned` for a field of a record, `options.absence: sick_leave` for an option that has a
            label, `rows.criteria.x: otherwise` for a row that the regulation leaves undefined,
            `quotas.excellent: order` for what a quota says besides its share (`band`, `of`, `base`, …).
            `criteria.score` is the score. The formula of a band is its stretch of the scale, that of a group how its
            children come together.
        bands: ids of the bands, best first.
        rounding: how the score is rounded, in words, or empty.
        band_on: `rounded`, `exact`, or `measure`.
    """

    title: Label | None = None
    source: Citation | None = None
    entries: FrozenMap[str, Entry] = field(factory=FrozenMap)
    bands: tuple[str, ...] = ()
    rounding: str = ""
    band_on: BandOn = "rounded"

    def __repr__(self) -> str:
        return fielded(self)

    def band(self, id_: str, language: str | None = None) -> str:
        """Return the label of a band, or its id if it has none.

        Args:
            id_: of the band.
            language: tag such as `vi`; without it, or without such a text, the label that was written first.
        """
        entry = self.entries.get(f"bands.{id_}")
        return id_ if entry is None or entry.label is None else entry.label.text(language)
