"""How far each number of a rulebook may move before the band of a subject changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from ...diagnostics import Report
from ...diagnostics.codes import At, inputs
from ...errors import SubjectError
from ...kernel.brief import brief
from ...kernel.exact import from_value, to_text
from ...kernel.mappings import FrozenMap
from ...kernel.shown import Shown
from ...rating.program import Program
from ...rating.tables import Subject, read_table
from .numbers import Number, numbers
from .rules import Rules
from .searching import Side, searched, usual_step
from .spans import EVERYWHERE, End, Span, is_tighter
from .standing import Rated, rated

__all__ = ["FirstChange", "NumberRange", "Sensitivity", "people_of", "sensitivity", "sensitivity_on"]


@frozen
class FirstChange:
    """The subject that changes first beyond an end.

    Args:
        subject: its key, or its row.
        old, new: its band, or its status without one; `fault` for points outside their limits, `refused` for a
            subject that is not valid any more.
        count: the number of subjects that change at this end.
    """

    subject: str
    old: str
    new: str
    count: int = 1


@frozen
class NumberRange:
    """A number, with the values between which no subject changes its band.

    Args:
        path: its path, as `with_changes` takes it.
        kind: max, cap, weight, points, edge, band, limit, share or parameter.
        value: today's value.
        low, high: the ends; None if there is no end.
        is_low_open, is_high_open: whether the end itself changes a band, or is no value of the number.
        below, above: who changes first beyond the ends; None if nobody does.
        is_exact: whether the ends are exact and proved. Else a bisection found them on the grid of `step`: both
            are values with which nobody changes.
        step: the distance of the values that were tried; None for exact ends.
        follows: other numbers that follow it, by path: each is `offset + slope * value`.
    """

    path: str
    kind: str
    value: Fraction
    low: Fraction | None = None
    is_low_open: bool = False
    high: Fraction | None = None
    is_high_open: bool = False
    below: FirstChange | None = None
    above: FirstChange | None = None
    is_exact: bool = True
    step: Fraction | None = None
    follows: FrozenMap[str, tuple[Fraction, Fraction]] = field(factory=FrozenMap)

    def changes(self, value: Any) -> dict[str, Any]:
        """Return the changes that give the number another value, for `with_changes`.

        Args:
            value: the other value. Weights of 100 % and the maxima above it follow.
        """
        number = from_value(value)
        if number is None:
            raise ValueError(f"{value!r} is not a number")
        return Number(self.path, self.kind, self.value, follows=self.follows).changes(number)

    def data(self) -> dict[str, Any]:
        """Return the range as one flat row."""
        found: dict[str, Any] = {"number": self.path, "kind": self.kind, "value": to_text(self.value)}
        found |= {"low": _text(self.low), "is_low_open": self.is_low_open}
        found |= {"high": _text(self.high), "is_high_open": self.is_high_open}
        for name, first in (("below", self.below), ("above", self.above)):
            found[name] = None if first is None else first.subject
            found[f"{name}_old"] = None if first is None else first.old
            found[f"{name}_new"] = None if first is None else first.new
            found[f"{name}_count"] = 0 if first is None else first.count
        return found | {"is_exact": self.is_exact, "step": _text(self.step)}


def _text(value: Fraction | None) -> str | None:
    return None if value is None else to_text(value)


@frozen
class Sensitivity(Shown):
    """The numbers of a rulebook, each with the values between which no subject of a table changes its band.

    Args:
        rulebook: the id of the rules.
        subjects: the number of subjects.
        numbers: the numbers, in the order of the rulebook.
        notes: what the answer leaves out, one sentence each.
    """

    rulebook: str
    subjects: int
    numbers: tuple[NumberRange, ...]
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of a separate page."""
        return f"Sensitivity of {self.rulebook}"

    def __repr__(self) -> str:
        return brief(self, self.rulebook, f"{self.subjects} subjects", f"{len(self.numbers)} numbers")

    def __getitem__(self, path: str) -> NumberRange:
        """Return the range of a number by its path."""
        found = next((number for number in self.numbers if number.path == path), None)
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[NumberRange]:
        return iter(self.numbers)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each number, for a data frame; numbers are exact texts."""
        return [number.data() for number in self.numbers]

    def data(self) -> dict[str, Any]:
        """Return all ranges as data for JSON."""
        return {
            "rulebook": self.rulebook,
            "subjects": self.subjects,
            "numbers": self.rows(),
            "notes": list(self.notes),
        }


def sensitivity(
    program: Program,
    table: Any,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, Any] | None = None,
    only: str | Iterable[str] = (),
    step: Any = None,
) -> Sensitivity:
    """Return how far each number of a rulebook may move before the band of a subject changes.

    One number moves; all else stays as it is, with two exceptions. If the weights of a mean are 100 %, the other
    weights share the rest in proportion. The written maxima of sums above a number follow it.

    Ends are exact and proved if the points reach the score by sums, means, minima, maxima and products alone, and no
    other formula reads them. Otherwise `is_exact` is False: a bisection tries values in steps, from zero to twice the
    number. It may miss a band that changes and changes back between two values. Bands are those before quotas.

    Args:
        program: the rules: one variant and edition.
        table: the subjects, as for `assess_table`.
        key: the columns of the key, which names subjects.
        ignore: columns that are not inputs.
        records: by list input, a second table with one record a row.
        only: the paths to look at, or their beginnings, such as `bands`; by default all numbers.
        step: the distance of values of a bisection; by default a tenth of the unit of the last decimal.

    Raises:
        RulebookError: if it has several variants or editions: ask a `part`.
        SubjectError: if a subject is not valid, or the rulebook compares subjects.
        FaultError: if a subject has no rating because a number has no value.
        ValueError: if `only` names no number, or `step` is not above zero.

    >>> from kpirules import load
    >>> program = load({
    ...     "kpirules": 1,
    ...     "inputs": {"done": {"type": "integer", "min": 0, "max": 10}},
    ...     "criteria": {"work": {"max": 100, "rate": "done / 10"}},
    ...     "bands": {"good": {"from": 70}, "poor": {"from": 0}},
    ... })
    >>> found = sensitivity(program, [{"done": 8}, {"done": 6}])
    >>> found["bands.good.from"].low, found["bands.good.from"].high, found["criteria.work.max"].high
    (Fraction(60, 1), Fraction(80, 1), Fraction(350, 3))
    """
    rules = Rules(program.part())
    people = people_of(rules, table, key=key, ignore=ignore, records=records)
    return _found(rules, people, (only,) if isinstance(only, str) else tuple(only), step)


def sensitivity_on(
    program: Program, subjects: Iterable[tuple[str, Any]], only: Iterable[str] = (), step: Any = None
) -> Sensitivity:
    """Return how far each number may move before the band of a subject changes, as `sensitivity` does.

    Args:
        program: the rules: one variant and edition.
        subjects: the name of each subject, and its values.
        only: the paths to look at, or their beginnings.
        step: the distance of values of a bisection.
    """
    rules = Rules(program.part())
    _refuse_cohorts(rules)
    return _found(rules, [rated(rules, name, given) for name, given in subjects], tuple(only), step)


def _found(rules: Rules, people: Sequence[Rated], only: tuple[str, ...], step: Any) -> Sensitivity:
    distance = None if step is None else from_value(step)
    if step is not None and (distance is None or distance <= 0):
        raise ValueError(f"`step` is a number above zero, not {step!r}")
    ranges = tuple(_range(rules, number, people, distance) for number in _chosen(numbers(rules), only))
    notes = ("bands are those before quotas",) if rules.program.has_quotas else ()
    return Sensitivity(rules.program.id, len(people), ranges, notes)


def _refuse_cohorts(rules: Rules) -> None:
    if rules.program.compared:
        raise SubjectError(Report((inputs.asks_for_its_cohort(At(None, "")),)))


def people_of(
    rules: Rules,
    table: Any,
    *,
    key: str | Sequence[str],
    ignore: str | Sequence[str],
    records: Mapping[str, Any] | None,
) -> list[Rated]:
    """Return the subjects of a table with their ratings.

    Raises:
        SubjectError: a subject is not valid, or the rulebook compares subjects.
        FaultError: a subject has no rating because a number has no value.
    """
    _refuse_cohorts(rules)
    subjects = read_table(rules.rulebook, table, key=key, ignore=ignore, records=records)
    return [
        rated(rules, _name(subject, place), subject.values_for(rules.rulebook))
        for place, subject in enumerate(subjects, 1)
    ]


def _name(subject: Subject, place: int) -> str:
    return ", ".join(map(str, subject.key)) or f"row {place}"


def _chosen(found: list[Number], only: tuple[str, ...]) -> list[Number]:
    """Return the numbers at some paths, or below them."""
    wanted = [one for one in only if one]
    for path in wanted:
        if not any(_is_below(number.path, path) for number in found):
            raise ValueError(f"no number stands at `{path}`; there are {', '.join(number.path for number in found)}")
    return [number for number in found if not wanted or any(_is_below(number.path, path) for path in wanted)]


def _is_below(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}.", f"{above}["))


def _range(rules: Rules, number: Number, people: Sequence[Rated], step: Fraction | None) -> NumberRange:
    if number.acting is not None and all(person.is_known for person in people):
        found = [(person, number.acting(person)) for person in people]
        spans = [(person, span) for person, span in found if span is not None and span is not EVERYWHERE]
        if all(span is not None for _, span in found) and all(_is_decided(*one) for one in spans):
            return _exact(number, spans)
    distance = usual_step(number.value) if step is None else step
    low, high = (searched(rules, number, people, distance, sign) for sign in (-1, 1))
    return NumberRange(
        number.path,
        number.kind,
        number.value,
        low.last,
        False,
        high.last,
        False,
        _first(low),
        _first(high),
        is_exact=False,
        step=distance,
        follows=number.follows,
    )


def _first(side: Side) -> FirstChange | None:
    if side.first is None:
        return None
    if not side.changed:
        return FirstChange("", "", "not allowed", 0)
    person, label = side.changed[0]
    return FirstChange(person.name, person.standing, label, len(side.changed))


def _is_decided(person: Rated, span: Span) -> bool:
    """Return whether a standing changes at both ends of a span.

    It does not where a coarse rounding jumps over a narrow band into the same standing: the span ends further out.
    """
    return all(end is None or end.then != person.standing for end in (span.low, span.high))


def _exact(number: Number, spans: Sequence[tuple[Rated, Span]]) -> NumberRange:
    """Return the values that keep everybody's standing, as the intersection of those that keep each one's."""
    low, below = _tightest([(person, span.low) for person, span in spans], number.domain.low, 1)
    high, above = _tightest([(person, span.high) for person, span in spans], number.domain.high, -1)
    return NumberRange(
        number.path,
        number.kind,
        number.value,
        None if low is None else low.at,
        low is not None and low.is_open,
        None if high is None else high.at,
        high is not None and high.is_open,
        below,
        above,
        follows=number.follows,
    )


def _tightest(
    ends: Iterable[tuple[Rated, End | None]], domain: End | None, sign: int
) -> tuple[End | None, FirstChange | None]:
    """Return the end that excludes most, and who changes first beyond it; `sign` is 1 for lower ends."""
    best, who, count = domain, None, 0
    for person, end in ends:
        if end is None or (best is not None and is_tighter(best, end, sign)):
            continue
        if best is None or who is None or is_tighter(end, best, sign):
            if best is domain and best is not None and not is_tighter(end, best, sign):
                continue  # the number can't go beyond it
            best, who, count = end, FirstChange(person.name, person.standing, end.then), 1
        else:
            count += 1
    return best, None if who is None else FirstChange(who.subject, who.old, who.new, count)
