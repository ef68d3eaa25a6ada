"""The record of one assessment: everything that came out, and why, as one frozen value."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ..kernel.brief import brief
from ..kernel.exact import approximate_text
from ..kernel.mappings import FrozenMap
from ..kernel.shown import as_bundle
from . import plain
from .parts import (
    Comparison,
    Computation,
    Condition,
    Deferrable,
    Legend,
    LimitOutcome,
    Margin,
    Outcome,
    OverrideOutcome,
    QuotaOutcome,
    Requirement,
    Status,
    Value,
)

__all__ = ["Assessment", "Run"]


ADDED = {"added": True}
"""Marks fields that records did not always have: a record without them is read as well."""


@frozen
class Run:
    """What an engine makes of a subject: the part of an assessment that follows from rules and inputs.

    The fields are those of `Assessment`; besides, `banded_on` is the number that was banded, and
    `band_before_overrides` the band it gave. Numbers are exact.
    """

    status: str
    score: Fraction | None = None
    exact_score: Fraction | None = None
    band: str | None = None
    because: tuple[str, ...] = ()
    outcomes: FrozenMap[str, Outcome] = field(factory=FrozenMap)
    let: FrozenMap[str, Value] = field(factory=FrozenMap)
    not_needed: tuple[str, ...] = ()
    let_computations: FrozenMap[str, Computation] = field(factory=FrozenMap)
    band_measure: Computation | None = None
    banded_on: Fraction | None = None
    band_before_overrides: str | None = None
    bands_inside: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    overrides: tuple[OverrideOutcome, ...] = ()
    exemption: Condition | None = None
    limits: tuple[LimitOutcome, ...] = ()
    outputs: FrozenMap[str, Value] = field(factory=FrozenMap)
    output_computations: FrozenMap[str, Computation] = field(factory=FrozenMap)
    invariants: tuple[Condition, ...] = ()

    @property
    def is_rated(self) -> bool:
        return self.status == "rated"


@frozen(slots=False)
class Assessment(Deferrable):
    """An explained rating: what a rulebook made of what is known about a subject.

    Args:
        rulebook: id of the rulebook.
        edition: its edition as written, or empty.
        variant: its variant, or empty.
        scoring_hash: of everything in it that can change a score or a rating.
        content_hash: of everything in it.
        status: `rated`, `undefined` (the regulation does not say), `insufficient` (something needed is
            missing), `undecided` (equals of whom only some have a place under a quota), or the status of an
            exemption or override.
        score: the published, rounded score, None where there is none.
        exact_score: the score before it is rounded.
        band: the rating, or None.
        because: why there is no rating, as references (`exemptions.short_service`, `overrides.discipline` for each
            that decided, `requires.good.on_time`, `criteria.results`, `bands` for a hole, `bands.a` for an overlap),
            or as the place of a row that says `undefined`, with the row in words: `criteria.results: above 90`.
        outcomes: what every criterion came to, and the score under `score`, by id.
        let: value by id; those that nothing read are not in it.
        not_needed: ids of `let` that nothing read.
        let_computations: the formulas of `let` at work.
        band_measure: the expression banded on instead of the score, at work, or None.
        bands_inside: bands whose stretch of the scale holds the number banded on.
        requirements: those that were looked at, in order.
        overrides: those that fired, in order.
        exemption: the one that ended the assessment, or None.
        limits: the score limits that were looked at.
        outputs: value by id.
        output_computations: the formulas of the outputs at work.
        invariants: every invariant and whether it held.
        assumed: inputs that were absent and took their default.
        compared: what functions over the cohort came to.
        margin: distances to the neighbouring bands, None where there is no band on a number.
        quotas: what quotas made of a member of a cohort, in the order they acted; none before it is allocated.
        legend: the words of the rulebook.
        given: every input that is no list, also those that nothing read: the valid value, the default where that
            stood in, None where an optional one was absent.
        records: the records of each list input that was given, with their fields in the same way.
        given_hash: in a record that was written without its inputs, their hash; else empty.

    `points` and `share` are views by criterion id of those that have any.
    """

    rulebook: str
    edition: str
    variant: str
    scoring_hash: str
    content_hash: str
    status: Status
    score: Decimal | None = None
    exact_score: Fraction | None = None
    band: str | None = None
    because: tuple[str, ...] = ()
    outcomes: FrozenMap[str, Outcome] = field(factory=FrozenMap)
    let: FrozenMap[str, Value] = field(factory=FrozenMap)
    not_needed: tuple[str, ...] = ()
    let_computations: FrozenMap[str, Computation] = field(factory=FrozenMap)
    band_measure: Computation | None = None
    bands_inside: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    overrides: tuple[OverrideOutcome, ...] = ()
    exemption: Condition | None = None
    limits: tuple[LimitOutcome, ...] = ()
    outputs: FrozenMap[str, Value] = field(factory=FrozenMap)
    output_computations: FrozenMap[str, Computation] = field(factory=FrozenMap)
    invariants: tuple[Condition, ...] = ()
    assumed: FrozenMap[str, Value] = field(factory=FrozenMap)
    compared: tuple[Comparison, ...] = ()
    margin: Margin | None = None
    quotas: tuple[QuotaOutcome, ...] = ()
    legend: Legend = field(factory=Legend, repr=False)
    given: FrozenMap[str, Value] = field(factory=FrozenMap, repr=False, metadata=ADDED)
    records: FrozenMap[str, tuple[FrozenMap[str, Value], ...]] = field(factory=FrozenMap, repr=False, metadata=ADDED)
    given_hash: str = field(default="", repr=False, metadata=ADDED)

    def __repr__(self) -> str:
        edition, variant = self.edition, self.variant
        facts = (f"edition {edition}" if edition else "", f"variant {variant}" if variant else "", self.status)
        score = "" if self.score is None else f"score {approximate_text(Fraction(self.score))}"
        return brief(self, self.rulebook, *facts, score, f"band {self.band}" if self.band is not None else "")

    @property
    def is_rated(self) -> bool:
        return self.status == "rated"

    @property
    def points(self) -> FrozenMap[str, Fraction]:
        """Exact points by criterion."""
        return self._by_criterion("points")

    @property
    def share(self) -> FrozenMap[str, Fraction]:
        """Points over max by criterion."""
        return self._by_criterion("share")

    def without_inputs(self) -> Assessment:
        """Return the record with the hash of its subject in place of the subject.

        >>> from kpirules import assess, load
        >>> program = load({"kpirules": 1, "inputs": {"done": {"type": "integer"}}, "outputs": {"twice": "2 * done"}})
        >>> a = assess(program, {"done": 3}).without_inputs()
        >>> a.subject, a.given_hash == assess(program, {"done": 3}).hash_of_subject()
        ({}, True)
        """
        nothing: FrozenMap[str, Any] = FrozenMap()
        return evolve(self, given=nothing, records=nothing, given_hash=self.hash_of_subject())

    def hash_of_subject(self) -> str:
        """Return the SHA-256 of the subject: of its values and records as JSON, with numbers as exact texts."""
        return self.given_hash or plain.hash_of_subject(self)

    def band_label(self, *, language: str | None = None) -> str | None:
        """Return the label of the band, or its id if it has none; None where there is no band.

        Args:
            language: tag such as `vi`; without it, or without such a text, the label that was written first.

        >>> from kpirules import assess, load
        >>> bands = {"good": {"from": 5, "label": {"en": "Good", "vi": "Tốt"}}, "poor": {"from": 0}}
        >>> done = {"type": "integer", "min": 0, "max": 9}
        >>> work = {"max": 9, "points": "done"}
        >>> program = load({"kpirules": 1, "inputs": {"done": done}, "criteria": {"work": work}, "bands": bands})
        >>> a = assess(program, {"done": 6})
        >>> a.band, a.band_label(), a.band_label(language="vi")
        ('good', 'Good', 'Tốt')
        """
        return None if self.band is None else self.legend.band(self.band, language)

    @property
    def subject(self) -> dict[str, Any]:
        """The subject as it was given: without what was absent, so that assessing it again gives an equal record.

        >>> from kpirules import assess, load
        >>> program = load({"kpirules": 1, "inputs": {"done": {"type": "integer"}}, "outputs": {"twice": "2 * done"}})
        >>> a = assess(program, {"done": 3})
        >>> a.subject, assess(program, a.subject) == a
        ({'done': Fraction(3, 1)}, True)
        """
        found: dict[str, Any] = {
            id_: value for id_, value in self.given.items() if value is not None and id_ not in self.assumed
        }
        for id_, records in self.records.items():
            found[id_] = [
                {
                    name: value
                    for name, value in record.items()
                    if value is not None and f"{id_}[{index}].{name}" not in self.assumed
                }
                for index, record in enumerate(records)
            ]
        return found

    def _by_criterion(self, name: str) -> FrozenMap[str, Fraction]:
        # A table asks once for each criterion.
        known: FrozenMap[str, Fraction] | None = self.__dict__.get(f"_{name}")
        if known is None:
            if "_later" in self.__dict__:
                known = self.__dict__["_later"].fill((name,))[name]
            else:
                parts = {o.id: getattr(o, name) for o in self.outcomes.values() if o.id != "score"}
                known = FrozenMap({id_: part for id_, part in parts.items() if part is not None})
            self.__dict__[f"_{name}"] = known
        return known

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the rating at a glance."""
        return as_bundle(self)

    def to_data(self, *, formulas: bool = True, inputs: bool = True) -> dict[str, Any]:
        """The record in dicts, lists, strings, booleans and None; every number is its exact text.

        Args:
            formulas: whether the formulas at work are in it, what each read and gave. Without them it is made
                many times faster, `from_data` reads it all the same, and an explanation of it shows no formulas.
            inputs: whether the subject is in it; if not, its hash alone (`given_hash`), which tells whether other
                data are those that were rated.

        >>> Assessment("demo", "", "", "", "", "rated", score=Decimal("89.58")).to_data()["score"]
        '89.58'
        """
        return plain.to_data(self, formulas=formulas, inputs=inputs)

    @staticmethod
    def from_data(data: object) -> Assessment:
        """The assessment whose plain data this is.

        Args:
            data: what `to_data` gave.

        Raises:
            ValueError: The data is anything else; the message names the place.
        """
        return plain.from_data(data, Assessment)

    def to_json(self, *, indent: int | None = None, formulas: bool = True, inputs: bool = True) -> str:
        """The record as JSON text, the same for the same assessment.

        Args:
            indent: spaces for each level, or None for a single line.
            formulas: whether the formulas at work are in it.
            inputs: whether the subject is in it, or its hash alone.
        """
        return plain.to_json(self, indent=indent, formulas=formulas, inputs=inputs)

    @staticmethod
    def from_json(text: str) -> Assessment:
        """The assessment whose JSON text this is.

        Args:
            text: what `to_json` gave.

        Raises:
            ValueError: The text is anything else; the message names the place.

        >>> Assessment.from_json('{"format": "other"}')
        Traceback (most recent call last):
        ValueError: format: `kpirules.assessment/1` is expected, not "other"
        """
        return plain.from_json(text, Assessment)
