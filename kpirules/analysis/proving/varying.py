"""Pairs of subjects that differ in one input, found by a search: how a greater value changes the rating."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

from attrs import frozen

from ...engines.scalar import Decision, ScalarEngine
from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, ListDomain, NumberDomain, Rulebook
from ...plan import Plan
from ...plan.steps import Variable
from .costs import cost_of
from .goals import Answer, Arguments, Goal
from .plainer import plainer
from .search import Search, candidates, mentioned_in
from .subjects import are_valid

__all__ = ["CHANGES", "LOWERS", "RAISES", "RATES", "Two", "Varied", "varied_inputs"]

MOST_COST = 3_000_000
"""The most that pairs tried for one input may cost, in operations."""

MOST_PAIRS = 3_000
"""The most pairs tried for one input."""

LOWERS, RAISES, CHANGES, RATES = "lowers", "raises", "changes", "rates"
"""What more of an input may do; `rates`: change whether there is a rating."""

Two = tuple[Arguments, Arguments]
"""A subject, and the same with more of one input."""

Standing = tuple[Fraction | None, int | None, int | None]
"""The exact score, the place of the band, the best first, and 1 if not exempt; None for one that is missing."""

EXEMPT: Standing = (None, None, None)


def varied_inputs(plan: Plan, rulebook: Rulebook) -> dict[str, Variable]:
    """Return the inputs, and the fields of lists as `list.field`, without those that choose the rules.

    Args:
        plan: the rules.
        rulebook: what they were made from.
    """
    found: dict[str, Variable] = {}
    for variable in plan.inputs:
        if isinstance(variable.domain, ListDomain):
            found |= {f"{variable.id}.{one.id}": one for one in plan.records[variable.id].fields}
        else:
            found[variable.id] = variable
    return {id_: one for id_, one in found.items() if id_ not in (rulebook.variant_by, rulebook.edition_by)}


@frozen(slots=False, eq=False)
class Varied:
    """An input that varies while all others stay.

    Args:
        search: the subjects to start from.
        rulebook: the rules.
        id: of the input, or `list.field`.
        variable: its declaration.
        most_cost: the most that pairs tried may cost, in operations.
    """

    search: Search
    rulebook: Rulebook
    id: str
    variable: Variable
    most_cost: int = MOST_COST

    @property
    def plan(self) -> Plan:
        return self.search.plan

    @property
    def engine(self) -> ScalarEngine:
        return self.search.engine

    @cached_property
    def _place(self) -> tuple[int, int | None]:
        """The places of the input, and of the field in the first record."""
        plan = self.plan
        list_, _, field_ = self.id.partition(".")
        place = [one.id for one in plan.inputs].index(list_)
        return place, [one.id for one in plan.records[list_].fields].index(field_) if field_ else None

    @cached_property
    def order(self) -> Callable[[Any], Any] | None:
        """The key that sorts values, the least first; None if they have no order."""
        match self.variable.domain:
            case NumberDomain() | DateDomain() | BooleanDomain():
                return lambda value: value
            case ChoiceDomain(options=options, order=order) if order is not None:
                return (options if order == "worst_first" else options[::-1]).index
            case _:
                return None

    @cached_property
    def sign(self) -> int:
        """1 if a higher score is better, -1 if a lower one is, 0 if only the list of bands decides."""
        rulebook = self.rulebook
        is_of_score = rulebook.bands is None or rulebook.bands.measure is None
        return {"lower": -1, "listed": 0}.get(rulebook.better if is_of_score else "", 1)

    def _value(self, arguments: Arguments) -> Any:
        place, field_ = self._place
        if field_ is None:
            return arguments[place]
        return arguments[place][0][field_] if arguments[place] else None

    def _with(self, arguments: Arguments, value: Any) -> Arguments:
        place, field_ = self._place
        if field_ is not None:
            first, *others = arguments[place]
            value = ((*first[:field_], value, *first[field_ + 1 :]), *others)
        return (*arguments[:place], value, *arguments[place + 1 :])

    def _is_more(self, one: Any, other: Any) -> bool:
        if one is None or other is None:
            return False
        return bool(one != other if self.order is None else self.order(one) < self.order(other))

    def shows(self, way: str, pair: Two) -> bool:
        """Return whether a pair shows an effect of a greater value of the input."""
        if not self._is_more(*map(self._value, pair)):
            return False
        less, more = (self._standing(self.engine.alone(one)) for one in pair)
        return self._differs(way, less, more) and all(are_valid(self.plan, one) for one in pair)

    def _differs(self, way: str, less: Standing | None, more: Standing | None) -> bool:
        if less is None or more is None:
            return False
        match way:
            case "lowers":
                return self._is_worse(more, less)
            case "raises":
                return self._is_worse(less, more)
            case "changes":
                return self._is_worse(less, more) or self._is_worse(more, less)
            case _:
                return [part is None for part in less] != [part is None for part in more]

    def _is_worse(self, one: Standing, other: Standing) -> bool:
        (score, place, _), (new_standing, better, _) = one, other
        if score is not None and new_standing is not None and score * self.sign < new_standing * self.sign:
            return True
        return place is not None and better is not None and place > better

    def _standing(self, answer: Answer) -> Standing | None:
        if not isinstance(answer, Decision):
            return None
        if answer.is_early:
            return EXEMPT
        return answer.number("exact_score"), self._ranks.get(answer.band("band") or ""), 1

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {band: place for place, band in enumerate(self.plan.bands)}

    @cached_property
    def tried(self) -> Mapping[str, Two]:
        """Pairs of the search that show an effect of a greater value, by effect."""
        ways = (CHANGES, RATES) if self.order is None else (LOWERS, RAISES, RATES)
        found: dict[str, Two] = {}
        owner = "item" if "." in self.id else ""
        values = candidates(self.plan, self.variable, mentioned_in(self.plan), owner)
        most = min(MOST_PAIRS, self.most_cost // max(cost_of(self.plan), 1))
        for pair, standings in islice(self._pairs(values), most):
            for way in ways:
                is_shown = way not in found and self._differs(way, *standings)
                if is_shown and all(are_valid(self.plan, one) for one in pair):
                    found[way] = pair
            if len(found) == len(ways):
                break
        return found

    def _pairs(self, values: list[Any]) -> Iterator[tuple[Two, tuple[Standing | None, Standing | None]]]:
        """Yield pairs of a subject of the search and the same subject with another value, with both standings."""
        for arguments, answer in self.search.subjects():
            now, standing = self._value(arguments), self._standing(answer)
            if now is None or standing is None:
                continue
            for value in values:
                if value is not None and value != now:
                    other = self._with(arguments, value)
                    new_standing = self._standing(self.engine.alone(other))
                    if self._is_more(now, value):
                        yield (arguments, other), (standing, new_standing)
                    else:
                        yield (other, arguments), (new_standing, standing)

    def plainer(self, way: str, pair: Two) -> Two:
        """Return a simpler pair with the same greater value of the input."""
        more = self._value(pair[1])

        def accepts(arguments: Arguments) -> bool:
            if self._value(arguments) is None:
                return False
            return self.shows(way, (arguments, self._with(arguments, more)))

        less = plainer(self.plan, self.engine, Goal(lambda _: True), pair[0], accepts)
        return less, self._with(less, more)
