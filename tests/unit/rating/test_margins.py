"""Distances to neighbouring bands in integers are those of exact numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from kpirules.language.model import Band, Bands, Interval
from kpirules.rating.margins import Margins, margins
from kpirules.record import Margin

NUMBERS = st.fractions(-20, 20, max_denominator=6)


def bands(intervals: list[Interval]) -> Bands:
    return Bands(tuple(Band(f"b{place}", interval=interval) for place, interval in enumerate(intervals)))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    ends = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    lower, upper = (None if draw(st.integers(0, 3)) == 0 else end for end in ends)
    # An interval of one number excludes none of its ends: no rulebook writes an empty one.
    is_wide = lower is None or lower != upper
    return Interval(lower, is_wide and draw(st.booleans()), upper, is_wide and draw(st.booleans()))


@st.composite
def lines(draw: st.DrawFn) -> list[Interval]:
    """Return a strategy of adjacent intervals that cover every number, best first."""
    ends: list[Fraction | None] = [None, *sorted(draw(st.sets(NUMBERS, min_size=1, max_size=5))), None]
    are_open = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    found = [
        Interval(low, are_open[place], high, not are_open[place + 1])
        for place, (low, high) in enumerate(pairwise(ends))
    ]
    return found[::-1] if draw(st.booleans()) else found


def defined(levels: list[Interval], place: int, x: Fraction, exact: Fraction | None, can_differ: bool) -> Margin:
    """Return a margin by its definition, in exact numbers."""

    def nearest(places: list[int]) -> tuple[Fraction | None, bool, str]:
        others = [(*to_end(levels[one]), number, one) for number, one in enumerate(places) if x not in levels[one]]
        if not others:
            return None, False, ""
        distance, is_open, _, one = min(others)
        return distance, is_open, f"b{one}"

    def to_end(level: Interval) -> tuple[Fraction, bool]:
        """Return the distance to the nearer end, and whether the end itself is excluded."""
        ends = [(level.lower, level.is_lower_open), (level.upper, level.is_upper_open)]
        return min((abs(x - end), is_open) for end, is_open in ends if end is not None)

    bounded = [one for one in range(place) if (levels[one].lower, levels[one].upper) != (None, None)]
    reached = [one for one in bounded if x in levels[one]]
    up, is_up_open, better = nearest(list(range(min(reached, default=place)))[::-1])
    down, is_down_open, worse = nearest(list(range(place + 1, len(levels))))
    differs = can_differ and exact is not None and any((x in one) != (exact in one) for one in levels)
    return Margin(up, down, differs, better, worse, is_up_open, is_down_open)


@given(
    st.one_of(st.lists(intervals(), min_size=1, max_size=5), lines()),
    st.data(),
    NUMBERS,
    st.none() | NUMBERS,
    st.booleans(),
    st.integers(1, 9),
    st.integers(1, 9),
)
def test_a_margin_is_the_exact_distance_to_the_nearest_band(
    levels: list[Interval],
    data: st.DataObject,
    x: Fraction,
    exact: Fraction | None,
    can_differ: bool,
    by: int,
    also_by: int,
) -> None:
    """Numerators and denominators need not be in lowest terms."""
    place = data.draw(st.integers(0, len(levels) - 1))
    pair = (x.numerator * by, x.denominator * by)
    exact_pair = None if exact is None else (exact.numerator * also_by, exact.denominator * also_by)
    found = margins(bands(levels), can_differ=can_differ).of(f"b{place}", pair, exact_pair)
    assert found == defined(levels, place, x, exact, can_differ)
    for distance in (found.up, found.down):
        if distance is not None:
            assert isinstance(distance, Decimal) is is_decimal(Fraction(distance))


@st.composite
def overlapping(draw: st.DrawFn) -> list[Interval]:
    """Return a strategy of bands, best first, with descending ends and possible overlaps."""
    count = draw(st.integers(1, 4))
    distinct = st.lists(NUMBERS, min_size=count, max_size=count, unique=True)
    lows, highs = (sorted(draw(distinct), reverse=True) for _ in range(2))
    flags = st.booleans()
    return [
        Interval(low, draw(flags), low + abs(high - low) + 1 if draw(st.integers(0, 3)) else None, draw(flags))
        for low, high in zip(lows, highs, strict=True)
    ]


@given(overlapping(), NUMBERS, st.sampled_from(["best", "worst"]))
def test_where_bands_overlap_a_margin_leads_to_the_next_number_of_another_rating(
    levels: list[Interval], x: Fraction, overlap: str
) -> None:
    """Against the rating of every number at the ends of bands and just beside them."""
    ends = [end for one in levels for end in (one.lower, one.upper) if end is not None]
    upper = [one.upper for one in levels]
    assume(all(a is None or (b is not None and b < a) for a, b in pairwise(upper)))

    def rated(y: Fraction) -> int | None:
        holding = [place for place, one in enumerate(levels) if y in one]
        return None if not holding else min(holding) if overlap == "best" else max(holding)

    place = rated(x)
    assume(place is not None)
    assert place is not None
    margin = margins(evolve(bands(levels), overlap=overlap), can_differ=False).of(
        f"b{place}", (x.numerator, x.denominator), None
    )
    near = Fraction(1, 10**6)
    probes = {end + side for end in ends for side in (-near, 0, near)}
    found = [(abs(y - x), rated(y)) for y in probes]
    better = [distance for distance, other in found if other is not None and other < place]
    worse = [distance for distance, other in found if other is not None and other > place]
    for told, is_open, name, distances in (
        (margin.up, margin.is_up_open, margin.better, better),
        (margin.down, margin.is_down_open, margin.worse, worse),
    ):
        if told is None:
            assert not distances
            continue
        distance = Fraction(told) + (near if is_open else 0)
        assert min(distances) == distance
        assert {f"b{other}" for y, other in found if y == distance} >= {name}


def is_decimal(x: Fraction) -> bool:
    rest = x.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


LEVELS = [
    Interval(Fraction(90)),
    Interval(Fraction(70), False, Fraction(90), True),
    Interval(Fraction(50), False, Fraction(70), True),
    Interval(Fraction(0), False, Fraction(50), True),
]


def test_a_subject_that_failed_a_requirement_is_not_short_of_the_band() -> None:
    found = margins(bands(LEVELS), can_differ=False)
    assert found.of("b2", (92, 1), None) == Margin(None, Decimal(42), worse="b3", is_down_open=True)
    assert found.of("b2", (85, 1), None) == Margin(
        Decimal(5), Decimal(35), better="b0", worse="b3", is_down_open=True
    )
    assert found.of("b2", (65, 1), None) == Margin(
        Decimal(5), Decimal(15), better="b1", worse="b3", is_down_open=True
    )


def test_a_band_that_ends_below_the_number_is_not_further_up() -> None:
    levels = [LEVELS[0], Interval(Fraction(70), False, Fraction(80)), Interval(None, False, Fraction(60), True)]
    assert margins(bands(levels), can_differ=False).of("b2", (95, 1), None) == Margin()


def test_a_band_without_ends_asks_for_no_number() -> None:
    found = margins(bands([Interval(), *LEVELS]), can_differ=False)
    assert found.of("b3", (65, 1), None) == Margin(
        Decimal(5), Decimal(15), better="b2", worse="b4", is_down_open=True
    )


def test_ends_are_brought_to_a_common_unit() -> None:
    levels = [Interval(Fraction(1, 2), True), Interval(Fraction(1, 3), False, Fraction(1, 2), False), Interval()]
    assert margins(bands(levels), can_differ=True) == Margins(
        ("b0", "b1", "b2"),
        6,
        ((3, True, None, False), (2, False, 3, False), (None, False, None, False)),
        True,
    )


def test_the_exact_score_tells_nothing_where_it_is_what_is_banded() -> None:
    found = margins(bands([Interval(Fraction(5)), Interval(None, False, Fraction(5), True)]), can_differ=True)
    assert found.of("b0", (5, 1), (9, 2)).rounding_decided
    assert not found.of("b0", (5, 1), None).rounding_decided
    assert not evolve(found, can_differ=False).of("b0", (5, 1), (9, 2)).rounding_decided


def test_a_band_without_ends_asks_for_no_number_be_they_open_or_not() -> None:
    for endless in (
        Interval(),
        Interval(None, True),
        Interval(None, False, None, True),
        Interval(None, True, None, True),
    ):
        found = margins(bands([Interval(Fraction(0)), endless, Interval()]), can_differ=False)
        assert found.of("b2", (-1, 1), None) == Margin(Decimal(1), None, better="b0")


UP, DOWN = Interval(Fraction(5), True), Interval(Fraction(2), False, Fraction(5), False)


def test_an_end_that_a_band_excludes_must_be_passed() -> None:
    """From above 5, the better band is more than the distance away; the worse one, to 5, no more than it."""
    found = margins(bands([UP, DOWN, Interval(None, False, Fraction(2), True)]), can_differ=False)
    assert found.of("b1", (5, 1), None) == Margin(
        Decimal(0), Decimal(3), better="b0", worse="b2", is_up_open=True, is_down_open=True
    )
    assert found.of("b0", (7, 1), None) == Margin(None, Decimal(2), worse="b1")


def test_of_bands_at_one_distance_the_one_that_includes_its_end_is_nearer() -> None:
    found = margins(bands([Interval(Fraction(5)), UP, DOWN]), can_differ=False)
    assert found.of("b2", (4, 1), None) == Margin(Decimal(1), None, better="b0")


def test_a_band_that_a_better_one_covers_whole_is_no_neighbour() -> None:
    levels = [
        Interval(Fraction(8)),
        Interval(None, False, Fraction(6), False),
        Interval(None, False, Fraction(3), False),
    ]
    found = margins(evolve(bands(levels), overlap="best"), can_differ=False).of("b1", (5, 1), None)
    assert found == Margin(Decimal(3), None, better="b0")
