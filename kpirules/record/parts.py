"""The parts of a record: outcomes, computations, conditions, margins, and the labels of the rulebook.

The file is long since it describes each field of each part.
"""

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
    "FieldLoader",
    "Legend",
    "LimitOutcome",
    "Margin",
    "Named",
    "OneOf",
    "Outcome",
    "OverrideOutcome",
    "QuotaOutcome",
    "Requirement",
    "Terms",
    "Value",
    "WrittenMap",
]

V = TypeVar("V")

Value = Fraction | bool | str | date | None
"""A recorded value: an exact number, a boolean, a text or option, a date; None if absent."""


@frozen(init=False)
class OneOf:
    """Annotates a text of a record with the words allowed for it; the empty word means none."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        self.__attrs_init__(words)


@frozen
class Named:
    """Annotates a text of a record that must be a valid name of a status."""


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
Combines = Annotated[str, OneOf("sum", "mean", "choice", "condition")]
Effect = Annotated[str, OneOf("kept", "moved", "undecided", "over")]
Mode = Annotated[str, OneOf(*MODES)]
BandOn = Annotated[str, OneOf("rounded", "exact", "measure")]


ADDED = {"added": True}
"""Marks fields added since the first release: a record without them can still be read."""


@frozen
class Terms:
    """The values that an aggregate of a formula combines.

    Args:
        formula: the aggregate as the author wrote it.
        records: the list input, or `children.` with the group.
        combines: how it combines them: as a `sum`, a `mean`, a `choice` of some of them in order, or a `condition`
            that each record satisfies or not.
        total: the number of records.
        places: the records that satisfy the condition of the aggregate, from 1; empty if all do.
        values: the value of each record that counts.
        chosen: the positions in `values`, from 1, of those that make the result; empty if all do.
        value: the result, None if it is absent.
    """

    formula: str
    records: str
    combines: Combines
    total: int
    places: tuple[int, ...] = ()
    values: tuple[Value, ...] = ()
    chosen: tuple[int, ...] = ()
    value: Value = None

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class Computation:
    """A formula with its readings and result.

    Args:
        formula: the expression as the author wrote it.
        readings: the parts of the formula with their values, in the order they were read. A table of cases adds
            its case, such as `matrix: result above`, with its value.
        value: the result, None if it is absent.
        terms: the values that each aggregate among the readings combines.
    """

    formula: str
    readings: tuple[tuple[str, Value], ...] = ()
    value: Value = None
    terms: tuple[Terms, ...] = field(default=(), metadata=ADDED)

    def __repr__(self) -> str:
        return fielded(self)


@frozen
class Comparison:
    """The value of a function over the cohort.

    Args:
        formula: the function as the author wrote it.
        value: the value, None if it is absent.
        members: how many members had a value to compare.
    """

    formula: str
    value: Value
    members: int


class FieldLoader(Protocol):
    """Loads the fields of a record that are not computed yet."""

    def fill(self, names: Iterable[str]) -> Mapping[str, Any]:
        """Return fields by name, at least those asked for."""


class Deferrable:
    """A frozen record whose fields may be computed when they are first read.

    It equals a record that is complete, and is completed when it is compared or pickled.
    """

    @classmethod
    def deferred(cls, loader: FieldLoader, known: Mapping[str, Any] = FrozenMap()) -> Self:
        """Return a record with some known fields, which loads the others on first access.

        Args:
            loader: computes the other fields.
            known: fields by name.
        """
        self = cls.__new__(cls)
        self.__dict__["_loader"] = loader
        self.__dict__.update(known)
        return self

    def load_fields(self, names: Iterable[str]) -> None:
        """Compute several fields together, which is faster than one by one.

        Args:
            names: the names of the fields.
        """
        known = self.__dict__
        loader: FieldLoader | None = known.get("_loader")
        if loader is not None and (unknown := [name for name in names if name not in known]):
            known.update(loader.fill(unknown))

    if not TYPE_CHECKING:  # so that mypy still reports a misspelt attribute

        def __getattr__(self, name: str) -> Any:
            """Return a field that is not computed yet."""
            loader = self.__dict__.get("_loader")
            kind: Any = type(self)
            if loader is None or name not in _names(kind):
                word = kind.__name__.lower()
                raise AttributeError(f"{'an' if word[0] in 'aeiou' else 'a'} {word} has no attribute `{name}`")
            found = loader.fill((name,))
            self.__dict__.update(found)
            return found[name]

    def __dir__(self) -> list[str]:
        """Return the names of all attributes, computed or not."""
        kind: Any = type(self)
        return sorted({*super().__dir__(), *_names(kind)})

    def __getstate__(self) -> dict[str, Any]:
        kind: Any = type(self)
        return {name: getattr(self, name) for name in _names(kind)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


@cache
def _names(type_: Any) -> dict[str, None]:
    """Return the field names of a class, in order."""
    return dict.fromkeys(attribute.name for attribute in fields(type_))


@frozen
class Contribution:
    """One line of a sum that adds up exactly to points.

    Args:
        kind: `criterion`, `own` (the raw points of a leaf, or of a combination that is not a sum), `rescale`,
            `clamp` (a cap or floor), `limit` (the lowest score limit; the first by id among equals) or
            `rounding`.
        id: the id of the criterion or limit, or empty.
        points: exact, possibly negative.
    """

    kind: ContributionKind
    id: str
    points: Fraction

    def __repr__(self) -> str:
        return fielded(self)


@frozen(slots=False)
class Outcome(Deferrable):
    """The outcome of one criterion, or of the score itself.

    Args:
        id: the id of the criterion; `score` for the total.
        outcome: `scored`, `excluded` or `missing` (a value it needs is absent).
        points: exact points, or None.
        min, max: limits of the points, or None.
        weight: the weight as written, or None.
        share: points divided by max, or None.
        parent: the id of its group; empty for the score.
        why: the reason if it is not simply scored: `applies` (does not apply), `absent` (a value is missing),
            `parent` (its group does not apply, or may not), `nothing_remains` (all children are excluded),
            `nothing_to_rescale` (all children to rescale are excluded), `too_little_remains`, `unrated_child`,
            `undefined` (a row leaves it undefined); else empty.
        policy: the `missing` policy applied, or empty.
        remains, required: for a group of which too little remains: the part of the weight that remains, and
            the least part that must remain.
        computations: computations by part of the criterion (`applies`, `points`, `rate`, `met`, `measure`, `cases`).
        row: the row, option or threshold that gave the points, as the rulebook writes it, or empty.
        contributions: the contributions that add up to `points`.
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
    """A mapping of parts by id, each built when first read; `bare` writes plain data without building them.

    Args:
        parts: the source of each part.
        make: builds a part from its source.
        write: returns the plain data of all parts without formulas.
    """

    __slots__ = ("_write",)
    _write: Callable[[], dict[str, Any]]

    def __init__(
        self, parts: Mapping[str, Any], make: Callable[[Any], V], write: Callable[[], dict[str, Any]]
    ) -> None:
        super().__init__(parts, make)
        object.__setattr__(self, "_write", write)

    def bare(self) -> dict[str, Any]:
        """Return the plain data of all parts, without formulas."""
        return self._write()


@frozen(slots=False)
class Requirement(Deferrable):
    """A requirement of a band, with its outcome.

    Args:
        band: the id of the band.
        id: the id of the requirement.
        held: whether it held.
        computation: its condition with readings, None in a record written without formulas.
    """

    band: str
    id: str
    held: bool
    computation: Computation | None


@frozen(slots=False)
class OverrideOutcome(Deferrable):
    """An override that fired.

    Args:
        id: the id of the override.
        kind: `band`, `band_at_most`, `band_at_least` or `unrated`.
        target: the band or status it gives.
        decided: True if it belongs to a smallest set of fired overrides without which the status, or the
            band before quotas, would differ.
        computation: its `when` with readings, None if it always fires, or in a record written without formulas.
        target_computation: the formula of its band with readings, None if the band is named, or in such a record.
    """

    id: str
    kind: OverrideKind
    target: str
    decided: bool
    computation: Computation | None = None
    target_computation: Computation | None = field(default=None, metadata=ADDED)


@frozen(slots=False)
class Condition(Deferrable):
    """A named condition with its outcome: an exemption that ended the assessment, or an invariant.

    The computation is None in a record written without formulas.
    """

    id: str
    held: bool
    computation: Computation | None


@frozen(slots=False)
class LimitOutcome(Deferrable):
    """A score limit that was evaluated.

    Args:
        id: the id of the limit.
        held: whether its `when` holds.
        decided: True if it holds, the score exceeded it, and no other limit that holds is lower.
        at_most: the maximum score, None if the limit does not hold.
        computation: its `when` with readings, None in a record written without formulas.
        at_most_computation: its `at_most` with readings, None if the limit does not hold, or in such a record.
    """

    id: str
    held: bool
    decided: bool
    at_most: Fraction | None
    computation: Computation | None
    at_most_computation: Computation | None = field(default=None, metadata=ADDED)


@frozen
class QuotaOutcome:
    """The effect of a quota on a member of its group.

    Args:
        id: the id of the quota.
        band: the limited band, which the member had.
        effect: `kept`, `moved` (no place was left), `undecided` (people decide the tie) or `over` (kept
            beyond the limit, with all tied members).
        target: the band for moved members.
        at_most: the share of the base that may keep the band.
        base: the number of members in the base.
        minimum: the number that may keep the band even if the share allows fewer.
        limit: the number that may keep the band.
        held: the number in the group that had the band.
        rank: 1 plus the number of them that rank before the member.
        tied: the number of them tied with the member, itself included.
        places: for a tie across the limit, the places left for it; else 0.
        last: the names of some members who hold the last place, or among whom people decide it; empty if
            nobody holds it.
        sharing: the number of those members.
        mode: the rounding mode of the limit.
        is_after: True if the base is counted after the surplus has moved.
        is_minimum: True if the limit is the minimum, and the share alone would allow fewer.
        is_last_open: True if people decide who has the last place.
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
    """The distances of the banded number to the neighbouring bands.

    A distance is a decimal if its decimal expansion ends.

    Args:
        up: exact distance to the next better band, None in the best one.
        down: exact distance to the next worse band, None in the worst one.
        rounding_decided: True if the exact score lies in another band.
        better: the band that `up` leads to, or empty.
        worse: the band that `down` leads to, or empty.
        is_up_open: True if the better band excludes its end: reaching it takes more than `up`.
        is_down_open: True if the worse band excludes its end: falling to it takes more than `down`.
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
    """The label, note, source, unit and formula of a part of the rulebook."""

    label: Label | None = None
    note: Label | None = None
    source: Citation | None = None
    unit: str = ""
    formula: str = ""


@frozen(slots=False)
class Legend(Deferrable):
    """The labels of the rulebook that an explanation needs.

    Args:
        title: the label of the rulebook.
        source: the citation of the rulebook.
        entries: by kind and id: `criteria.results`, `let.quantity`, `bands.good`,
            `requires.good.on_time`, `overrides.discipline`, `exemptions.short_service`,
            `inputs.tasks`, `limits.cap`, `outputs.pay`, `quotas.excellent`, `invariants.sane`,
            `inputs.tasks.assigned` for a field of a record, `options.absence: sick_leave` for a labelled
            option, `rows.criteria.x: otherwise` for a row that the regulation leaves undefined,
            `quotas.excellent: order` for the settings of a quota besides its share (`band`, `of`, `base`, …).
            `criteria.score` is the score. The formula of a band is its interval, that of a group how it combines its
            children.
        names: by kind and id, what only formulas name: `parameters.target` with its value as the formula,
            `functions.bonus`, `tables.rates`, `calendars.vn`.
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
    names: FrozenMap[str, Entry] = field(factory=FrozenMap, metadata=ADDED | {"formulas": True})

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
