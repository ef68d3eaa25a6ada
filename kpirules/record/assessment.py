"""The record of one assessment: every result and its reasons, as one frozen value."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ..kernel.brief import brief
from ..kernel.exact import approximate_text
from ..kernel.mappings import FrozenMap
from ..kernel.shown import Displayed
from . import plain
from .parts import (
    ADDED,
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

__all__ = ["Assessment"]


@frozen(slots=False)
class Assessment(Deferrable, Displayed):
    """An explained rating: the result of a rulebook for one subject.

    Args:
        rulebook: id of the rulebook.
        edition: its edition as written, or empty.
        variant: its variant, or empty.
        scoring_hash: the hash of everything in the rulebook that can change a score or a rating.
        content_hash: the hash of the whole rulebook.
        status: `rated`, `undefined` (the regulation does not say), `insufficient` (a needed value is
            missing), `undecided` (people decide a tie at the limit of a quota), or the status of an
            exemption or override.
        score: the published, rounded score, or None.
        exact_score: the score before rounding.
        band: the rating, or None.
        because: why there is no rating, as references (`exemptions.short_service`, `overrides.discipline` for each
            that decided, `requires.good.on_time`, `criteria.results`, `bands` for a hole, `bands.a` for an overlap),
            or as the place of a row that says `undefined`, with the row in words: `criteria.results: above 90`.
        outcomes: the outcome of every criterion by id, and of the score under `score`.
        let: named values by id, without those that nothing read.
        not_needed: ids of `let` that nothing read.
        let_computations: the formulas of `let` with their readings.
        band_measure: the formula that is banded instead of the score, with its readings, or None.
        bands_inside: the bands whose interval contains the number banded on.
        requirements: the requirements that were evaluated, in order.
        overrides: the overrides that fired, in order.
        exemption: the exemption that ended the assessment, or None.
        limits: the score limits that were evaluated.
        outputs: outputs by id.
        output_computations: the formulas of the outputs with their readings.
        invariants: every invariant with its outcome.
        assumed: the inputs that were absent and took their default.
        compared: the values of the functions over the cohort.
        margin: the distances to the neighbouring bands, None if no number was banded.
        quotas: the effect of each quota on a cohort member, in the order they acted; empty before allocation.
        legend: the words of the rulebook.
        given: every input that is not a list, whether read or not: the valid value, the default that
            replaced it, or None if an optional one was absent.
        records: the records of each list input that was given, with fields in the same form.
        given_hash: the hash of the inputs in a record written without them; else empty.
        computed_fields: for each record of a list input, the computed fields that formulas read.

    `points` and `share` are views of the outcomes by criterion id.
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
    computed_fields: FrozenMap[str, tuple[FrozenMap[str, Value], ...]] = field(
        factory=FrozenMap, repr=False, metadata=ADDED | {"formulas": True}
    )

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
        """Exact points by criterion id."""
        return self._by_criterion("points")

    @property
    def share(self) -> FrozenMap[str, Fraction]:
        """Points divided by max, by criterion id."""
        return self._by_criterion("share")

    def without_inputs(self) -> Assessment:
        """Return the record with a hash of its subject in place of the subject.

        >>> from kpirules import assess, load
        >>> program = load({"kpirules": 1, "inputs": {"done": {"type": "integer"}}, "outputs": {"twice": "2 * done"}})
        >>> a = assess(program, {"done": 3}).without_inputs()
        >>> a.subject, a.given_hash == assess(program, {"done": 3}).hash_of_subject()
        ({}, True)
        """
        nothing: FrozenMap[str, Any] = FrozenMap()
        return evolve(
            self, given=nothing, records=nothing, computed_fields=nothing, given_hash=self.hash_of_subject()
        )

    def hash_of_subject(self) -> str:
        """Return the SHA-256 of the subject as JSON, with numbers as exact texts."""
        return self.given_hash or plain.hash_of_subject(self)

    def band_label(self, *, language: str | None = None) -> str | None:
        """Return the label of the band, or its id if it has no label; None if there is no band.

        Args:
            language: tag such as `vi`; if None, or if there is no such text, the label written first.

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
        """The subject as given, without absent values: assessing it again gives an equal record.

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
            if "_loader" in self.__dict__:
                known = self.__dict__["_loader"].fill((name,))[name]
            else:
                parts = {o.id: getattr(o, name) for o in self.outcomes.values() if o.id != "score"}
                known = FrozenMap({id_: part for id_, part in parts.items() if part is not None})
            self.__dict__[f"_{name}"] = known
        return known

    def to_data(self, *, formulas: bool = True, inputs: bool = True) -> dict[str, Any]:
        """Return the record as dicts, lists, strings, booleans and None; every number is its exact text.

        Args:
            formulas: whether to include the formulas with their readings and results. Without them it is made
                many times faster; `from_data` still reads it, and an explanation of it shows no formulas.
            inputs: whether to include the subject; if not, its hash (`given_hash`) still shows whether other
                data are the same.

        >>> Assessment("demo", "", "", "", "", "rated", score=Decimal("89.58")).to_data()["score"]
        '89.58'
        """
        return plain.to_data(self, formulas=formulas, inputs=inputs)

    @staticmethod
    def from_data(data: object) -> Assessment:
        """Return the assessment of plain data from `to_data`.

        Args:
            data: the result of `to_data`.

        Raises:
            ValueError: the data is not a valid record; the message names the place.
        """
        return plain.from_data(data, Assessment)

    def to_json(self, *, indent: int | None = None, formulas: bool = True, inputs: bool = True) -> str:
        """Return the record as JSON text, the same for the same assessment.

        Args:
            indent: spaces for each level, or None for a single line.
            formulas: whether to include the formulas with their readings.
            inputs: whether to include the subject; if not, only its hash.
        """
        return plain.to_json(self, indent=indent, formulas=formulas, inputs=inputs)

    @staticmethod
    def from_json(text: str) -> Assessment:
        """Return the assessment of a JSON text from `to_json`.

        Args:
            text: the result of `to_json`.

        Raises:
            ValueError: the text is not a valid record; the message names the place.

        >>> Assessment.from_json('{"format": "other"}')
        Traceback (most recent call last):
        ValueError: format: expected `kpirules.assessment/1`, found "other"
        """
        return plain.from_json(text, Assessment)
