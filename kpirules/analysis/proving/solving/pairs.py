"""Two subjects that differ in one input: whether a greater value may lower or raise the rating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from attrs import frozen

from ....language.model import ChoiceDomain
from ....plan import Plan
from ....plan.steps import Variable
from .lemmas import Lemmas
from .linear import Lin
from .rating import Rating
from .terms import Bit, Node, Terms
from .values import Options, Untranslated, Value

__all__ = ["Pair"]


@frozen(slots=False, eq=False)
class Pair:
    """Two subjects over the same terms, equal but for one input.

    Args:
        plan: the rules.
        input: the input, or `list.field` for the first record of a list.
        variable: its declaration.
        most: the records of each list that are kept apart; None for one that differs and any number of others.
    """

    plan: Plan
    input: str
    variable: Variable
    most: int | None

    @cached_property
    def terms(self) -> Terms:
        return Terms()

    @cached_property
    def less(self) -> Rating:
        return Rating(self.plan, self.most, self.terms, (self.input, "less"))

    @cached_property
    def more(self) -> Rating:
        return Rating(self.plan, self.most, self.terms, (self.input, "more"))

    @cached_property
    def lemmas(self) -> Lemmas:
        """The facts that z3 proves about the values between the input and the ratings."""
        list_ = self.input.partition(".")[0] if "." in self.input else ""
        return Lemmas(self.less, self.more, list_, lambda: self.ordered)

    @property
    def ordered(self) -> Iterator[Bit]:
        """Yield the conditions that both have a value, the second a greater one (a different one without an order).

        Raises:
            Untranslated: its values are not translated.
        """
        one, other = (rating.inputs.value_of(self.input) for rating in (self.less, self.more))
        yield from (one.there, other.there)
        yield self._above(one, other)

    @property
    def rated(self) -> tuple[Bit, Bit]:
        """The conditions that both are valid, not exempt, and without a fault."""
        return self.less.going, self.more.going

    def status_changes(self) -> Iterator[Bit]:
        """Yield the conditions that both are valid, and that one has a score, or a band, and the other has none."""
        terms = self.terms
        states: list[tuple[Bit, ...]] = []
        for rating in (self.less, self.more):
            yield terms.any([rating.going, rating.exempt])
            score = rating.operations.read("exact_score").there if "exact_score" in rating.operations.names else False
            has_band = terms.any(rating.after.values())
            states.append(
                (rating.exempt, terms.all([rating.going, score]), terms.all([rating.going, has_band])),
            )
        yield terms.any(terms.opposite(terms.alike(one, other)) for one, other in zip(*states, strict=True))

    def _above(self, one: Value, other: Value) -> Bit:
        match one.payload, other.payload, self.variable.domain:
            case Lin() as x, Lin() as y, _:
                return self.terms.compare("<", x, y)
            case Options(conditions=x), Options(conditions=y), ChoiceDomain(options=options, order=order) if (
                order is not None
            ):
                ranked = options if order == "worst_first" else options[::-1]
                return self.terms.any(
                    self.terms.all([x[low], y[high]])
                    for place, low in enumerate(ranked)
                    for high in ranked[place + 1 :]
                )
            case Options(), Options(), _:
                return self.terms.opposite(self.less.operations.compared("==", one.payload, other.payload))
            case Node() | bool() as x, Node() | bool() as y, _:
                return self.terms.all([self.terms.opposite(x), y])
        raise Untranslated

    def score_falls(self, sign: int) -> Bit:
        """Return the condition that both have a score, and that of the second is lower.

        Args:
            sign: -1 for a higher one, 0 for never.
        """
        if not sign or "exact_score" not in self.less.operations.names:
            return False
        one, other = (rating.operations.read("exact_score") for rating in (self.less, self.more))
        if not isinstance(one.payload, Lin) or not isinstance(other.payload, Lin):
            raise Untranslated
        falls = self.terms.compare(">" if sign > 0 else "<", one.payload, other.payload)
        return self.terms.all([one.there, other.there, falls])

    def band_falls(self, *, is_raised: bool = False) -> Bit:
        """Return the condition that both have a band, and that of the second is worse.

        Args:
            is_raised: whether it is better instead.
        """
        bands = self.plan.bands
        worse, better = (self.less, self.more) if is_raised else (self.more, self.less)
        return self.terms.any(
            self.terms.all([_among(better, bands[:place]), _among(worse, bands[place:])])
            for place in range(1, len(bands))
        )


def _among(rating: Rating, bands: Sequence[str]) -> Bit:
    return rating.terms.any(rating.after.get(band, False) for band in bands)
