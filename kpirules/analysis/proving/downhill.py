"""Searches for subjects by moving one input at a time towards a goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from operator import itemgetter
from typing import Any

from attrs import define

from ...language.model import DateDomain, ListDomain, NumberDomain
from ...plan import Plan
from ...plan.steps import Variable
from .goals import Arguments
from .probing import Probe
from .records import Record, made_different
from .subjects import are_valid

__all__ = ["Downhill"]

STARTS = 5
"""The most subjects from which the search starts: the nearest ones tried, at different distances."""

SCREENED = 4
"""The part of the search budget for finding starting subjects."""

MOST_ROUNDS = 12

MOST_RECORDS = 3
"""The most records of a list that are changed; the others are alike."""


@define(eq=False)
class Downhill:
    """A search that moves one input at a time while the goal gets nearer.

    Args:
        plan: the plan with the inputs.
        probe: measures the distance of subjects.
        pools: the values of each input to try.
        left: the distances that may still be computed.
    """

    plan: Plan
    probe: Probe
    pools: Sequence[Sequence[Any]]
    left: int

    def reached(self, tried: Iterable[Arguments]) -> Iterator[Arguments]:
        """Yield subjects at distance zero from the goal.

        Args:
            tried: subjects to start from.
        """
        screened = enumerate(islice(tried, self.left // SCREENED))
        known = [(found, place, one) for place, one in screened if (found := self._distance(one)) is not None]
        # Subjects at one distance are mostly alike.
        by_distance = {distance: start for distance, _, start in sorted(known, reverse=True)}
        for distance, start in sorted(by_distance.items(), key=itemgetter(0))[:STARTS]:
            reached = self._from(start, distance)
            if reached is not None:
                yield reached

    def _distance(self, arguments: Arguments) -> Fraction | None:
        if self.left <= 0:
            return None
        self.left -= 1
        return self.probe.distance(arguments)

    def _from(self, current: Arguments, distance: Fraction) -> Arguments | None:
        for _ in range(MOST_ROUNDS):
            before = distance
            for place, variable in enumerate(self.plan.inputs):
                current, distance = self._moved(current, distance, place, variable)
                if not distance:
                    return current
            if distance == before:
                return None
        return None

    def _moved(
        self, current: Arguments, distance: Fraction, place: int, variable: Variable
    ) -> tuple[Arguments, Fraction]:
        """Return the nearest subject that differs in one input."""
        for value in self._values(variable, current[place], place):
            following = (*current[:place], value, *current[place + 1 :])
            found = None if value == current[place] else self._distance(following)
            if found is not None and found < distance and are_valid(self.plan, following):
                current, distance = following, found
                if not distance:
                    break
        return current, distance

    def _values(self, variable: Variable, current: Any, place: int) -> Iterator[Any]:
        """Yield other values of an input: those in rules, then values ever nearer to the current one."""
        yield from self.pools[place]
        if isinstance(variable.domain, ListDomain):
            yield from self._lists(variable, variable.domain, current or ())
        else:
            yield from _steps(variable, current)

    def _lists(
        self, variable: Variable, domain: ListDomain, current: Sequence[Record]
    ) -> Iterator[tuple[Record, ...]]:
        """Yield lists with one record more, one record less, or another value in one record."""
        records = tuple(current)
        fields = self.plan.records[variable.id].fields
        known = [record for one in self._known(variable) for record in one]
        pools = [list(dict.fromkeys(record[at] for record in known)) for at in range(len(fields))]
        for index, record in enumerate(records[:MOST_RECORDS]):
            yield records[:index] + records[index + 1 :]
            longer = made_different([*records, record], domain, fields, pools)
            yield from () if longer is None else (tuple(longer),)
            for at, one in enumerate(fields):
                for value in (*pools[at], *_steps(one, record[at])):
                    yield (*records[:index], (*record[:at], value, *record[at + 1 :]), *records[index + 1 :])

    def _known(self, variable: Variable) -> Iterator[Sequence[Record]]:
        """Yield the lists among the values of an input to try."""
        place = self.plan.inputs.index(variable)
        yield from (one for one in self.pools[place] if one is not None)


def _steps(variable: Variable, current: Any) -> Iterator[Any]:
    """Yield values at ever smaller distances from the current one."""
    match variable.domain:
        case NumberDomain() as domain:
            step = int(domain.grid.unit * domain.denominator)
            low, high = domain.grid.low * step, domain.grid.high * step
            found = ((current or 0) + way * step for way in _ways((high - low) // step))
            yield from (value for value in found if low <= value <= high)
        case DateDomain(minimum=first, maximum=last) if current is not None:
            days = (first or date.min).toordinal(), (last or date.max).toordinal()
            places = (current.toordinal() + way for way in _ways(days[1] - days[0]))
            yield from (date.fromordinal(place) for place in places if days[0] <= place <= days[1])
        case _:
            return


def _ways(most: int) -> Iterator[int]:
    """Yield half of a distance to each side, half of that, and so on down to one."""
    while most > 1:
        most //= 2
        yield from (most, -most)
    yield from (1, -1)
