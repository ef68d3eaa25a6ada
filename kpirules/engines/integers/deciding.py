"""The parts that decided a rating, on integers: overrides, requirements of bands, and margins to other bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm

from attrs import frozen

from ...language.model import Interval
from ...plan import Plan
from ...plan.steps import Banding, Level, Override, Requirement
from ..scalar.deciding import Fired, deciding
from .meanings import Ratio
from .results import Coding, Result
from .steps import FALSE, TRUE, Building
from .values import NOTHING, Value

__all__ = ["Given", "decided_results", "flag_of"]

Given = Mapping[str, tuple[Value, Value]]
"""The value of each slot of the generated function, with its denominator."""

MOST_CODES = 1 << 50
"""Maximum number of codes of a result, so that a double holds each."""


def decided_results(build: Building, plan: Plan, given: Given, is_rated: int) -> Iterator[tuple[str, Result]]:
    """Yield the results about the parts that decided a rating, by column.

    Args:
        build: takes the steps.
        plan: the steps of an assessment.
        given: what the generated function returns, with its notes if bands have requirements.
        is_rated: the flag under which the subject is rated.
    """
    # Only the scalar engine tells why a subject is unrated.
    zero, is_unrated = build.integer(0), build.negate(is_rated)
    yield "because", Result("code", TRUE, zero, TRUE, is_unrated, Coding((), lambda _: ""))
    overrides = [step for step in plan.steps if isinstance(step, Override)]
    fired = [(2, build.count(flag_of(build, given, f"fired.{one.id}"))) for one in overrides]
    yield from _coded(build, "overrides", fired, _Named(tuple(one.id for one in overrides)))
    bands = len(plan.bands) + 1
    computed = [one for one in overrides if f"target.{one.id}" in given]
    places = [place_of(build, given, key) for key in ("before", "band", *(f"target.{one.id}" for one in computed))]
    status = given["status"][0].parts.get("integer", (FALSE, FALSE))
    is_open = (
        build.both(status[0], build.negate(build.compare("==", status[1], build.integer(0)))) if status[0] else FALSE
    )
    parts = [*fired, (2, build.count(is_open)), *((bands, place) for place in places)]
    yield from _coded(build, "decided_by", parts, _Deciding(tuple(overrides), plan.bands))
    banding = next((step for step in plan.steps if isinstance(step, Banding)), None)
    yield from _requirements(build, () if banding is None else banding.levels, given)
    if banding is not None:
        yield from _margins(build, banding, given)


def flag_of(build: Building, given: Given, key: str, *, holds: bool = True) -> int:
    """Return the flag under which a slot is there and true, or false.

    Args:
        build: takes the steps.
        given: the slots.
        key: of the slot.
        holds: whether it must be true.
    """
    when, part = given.get(key, (NOTHING, NOTHING))[0].parts.get("flag", (FALSE, FALSE))
    return build.both(when, part if holds else build.negate(part))


def place_of(build: Building, given: Given, key: str) -> int:
    """Return the index of a band, counted from 1; 0 if there is none."""
    when, part = given.get(key, (NOTHING, NOTHING))[0].parts.get("integer", (FALSE, FALSE))
    if when == FALSE:
        return build.integer(0)
    return build.choose(when, build.arithmetic("+", part, build.integer(1)), build.integer(0))


def _coded(
    build: Building, name: str, parts: list[tuple[int, int]], text: _Named | _Deciding
) -> Iterator[tuple[str, Result]]:
    """Yield a text as the code of the few integers that give it, if there are not too many codes."""
    code, size = build.integer(0), 1
    for most, part in parts:
        code = build.arithmetic("+", code, build.arithmetic("*", part, build.integer(size)))
        size *= most
    if size <= MOST_CODES:
        coding = Coding(tuple(most for most, _ in parts), text)
        yield name, Result("code", TRUE, code, build.integer(1), coding=coding)


@frozen
class _Named:
    """The ids of the parts that hold."""

    ids: tuple[str, ...]

    def __call__(self, parts: tuple[int, ...]) -> str:
        return " ".join(id_ for id_, holds in zip(self.ids, parts, strict=True) if holds)


@frozen
class _Deciding:
    """The ids of the overrides that decided."""

    overrides: tuple[Override, ...]
    bands: tuple[str, ...]

    def __call__(self, parts: tuple[int, ...]) -> str:
        count = len(self.overrides)
        is_open, before, after, *targets = parts[count:]
        computed = iter(targets)
        fired = []
        for override, has_fired in zip(self.overrides, parts, strict=False):
            target = override.target
            place: int | str
            if not isinstance(target, str):
                place = next(computed) - 1
            else:
                place = target if override.kind == "unrated" else self.bands.index(target)
            if has_fired:
                fired.append(Fired(override.id, override.kind, place))
        if is_open:
            return ""
        decided = deciding(fired, before - 1 if before else None, after - 1 if after else None)
        return " ".join(override.id for override in fired if override.id in decided)


def _requirements(build: Building, levels: tuple[Level, ...], given: Given) -> Iterator[tuple[str, Result]]:
    """Yield the requirements that were asked and failed."""
    ids = tuple(f"{level.id}.{one.id}" for level in levels for one in sorted(level.requires, key=_id))
    failed = [flag_of(build, given, f"requires.{id_}", holds=False) for id_ in ids]
    yield from _coded(build, "requirements", [(2, build.count(flag)) for flag in failed], _Named(ids))


def _id(requirement: Requirement) -> str:
    return requirement.id


# -- margins --------------------------------------------------------------------------------------


def _margins(build: Building, banding: Banding, given: Given) -> Iterator[tuple[str, Result]]:
    """Yield the margin of a rating; nothing if the rulebook has a rule for overlapping bands."""
    number, denominator = (value.parts.get("integer") for value in given.get("banded_on", (NOTHING, NOTHING)))
    place = given["before"][0].parts.get("integer")
    if number is None or denominator is None or place is None or banding.overlap is not None:
        return
    measuring = _Measuring.of(build, banding, (number[1], denominator[1]))
    is_given = build.both(place[0], number[0])
    holding = [measuring.holds(level.interval) for level in banding.levels]
    is_better, is_worse, reached = list[int](), list[int](), FALSE
    for index, (level, holds) in enumerate(zip(banding.levels, holding, strict=True)):
        is_above = build.compare("<", build.integer(index), place[1])
        if level.interval != Interval():  # a band without ends needs no number
            reached = build.either(reached, build.both(is_above, holds))
        is_better.append(build.both(is_above, build.negate(reached)))
        is_worse.append(build.compare("<", place[1], build.integer(index)))
    ways = {"up": list(enumerate(is_better))[::-1], "down": list(enumerate(is_worse))}
    for way, flags in ways.items():
        near = [
            (build.both(flag, build.negate(holding[index])), *measuring.distance(banding.levels[index].interval))
            for index, flag in flags
            if banding.levels[index].interval != Interval()
        ]
        is_any, distance, is_open = _nearest(build, near)
        below = build.arithmetic("*", denominator[1], build.integer(measuring.unit))
        yield f"margin_{way}", Result("number", build.both(is_given, is_any), distance, below)
        yield f"margin_{way}_open", Result("boolean", is_given, build.both(is_any, is_open), TRUE)
    differs = FALSE
    exact, exact_denominator = (value.parts.get("integer") for value in given.get("exact_score", (NOTHING, NOTHING)))
    if exact is not None and exact_denominator is not None and banding.measure is None and not banding.is_on_exact:
        exactly = _Measuring.of(build, banding, (exact[1], exact_denominator[1]))
        for level, holds in zip(banding.levels, holding, strict=True):
            other = exactly.holds(level.interval)
            differs = build.either(differs, build.choose(holds, build.negate(other), other))
        differs = build.both(exact[0], differs)
    yield "rounding_decided", Result("boolean", is_given, differs, TRUE)


def _nearest(build: Building, near: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Return whether there is a band, its distance, and whether its end is open; the first of equally near ones."""
    is_any, distance, is_open = FALSE, build.integer(0), FALSE
    for flag, own, own_open in near:
        is_same = build.both(build.compare("==", own, distance), build.both(is_open, build.negate(own_open)))
        is_nearer = build.either(build.compare("<", own, distance), is_same)
        is_taken = build.both(flag, build.either(build.negate(is_any), is_nearer))
        distance, is_open = build.choose(is_taken, own, distance), build.choose(is_taken, own_open, is_open)
        is_any = build.either(is_any, flag)
    return is_any, distance, is_open


@frozen
class _Measuring:
    """Measures a number against the ends of bands, all over one denominator.

    Args:
        build: takes the steps.
        unit: the common denominator of the ends.
        scaled: the numerator times the unit.
        denominator: of the number.
    """

    build: Building
    unit: int
    scaled: int
    denominator: int

    @classmethod
    def of(cls, build: Building, banding: Banding, number: Ratio) -> _Measuring:
        ends = [end for level in banding.levels for end in (level.interval.lower, level.interval.upper)]
        unit = lcm(*(end.denominator for end in ends if end is not None))
        return cls(build, unit, build.arithmetic("*", number[0], build.integer(unit)), number[1])

    def end(self, end: Fraction) -> int:
        return self.build.arithmetic("*", self.denominator, self.build.integer(int(end * self.unit)))

    def holds(self, interval: Interval) -> int:
        """Return the flag under which an interval contains the number."""
        found = TRUE
        if interval.lower is not None:
            sign = "<" if interval.is_lower_open else "<="
            found = self.build.both(found, self.build.compare(sign, self.end(interval.lower), self.scaled))
        if interval.upper is not None:
            sign = "<" if interval.is_upper_open else "<="
            found = self.build.both(found, self.build.compare(sign, self.scaled, self.end(interval.upper)))
        return found

    def distance(self, interval: Interval) -> tuple[int, int]:
        """Return the distance to an interval that has an end and not the number, and whether the end is open."""
        below = above = None
        if interval.lower is not None:
            is_open = TRUE if interval.is_lower_open else FALSE
            below = self.build.arithmetic("-", self.end(interval.lower), self.scaled), is_open
        if interval.upper is not None:
            is_open = TRUE if interval.is_upper_open else FALSE
            above = self.build.arithmetic("-", self.scaled, self.end(interval.upper)), is_open
        if below is None or above is None:
            found = below or above
            assert found is not None
            return found
        assert interval.lower is not None
        is_below = self.build.compare("<=", self.scaled, self.end(interval.lower))
        return self.build.choose(is_below, below[0], above[0]), self.build.choose(is_below, below[1], above[1])
