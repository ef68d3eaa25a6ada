"""Laws of exact numbers, roundings, irrational functions and calendars."""

import decimal
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import mpmath
from hypothesis import given
from hypothesis import strategies as st

from kpirules.kernel.calendars import Calendar, days, months, workdays, years
from kpirules.kernel.exact import (
    MODES,
    Rounding,
    exp,
    from_text,
    from_value,
    geometric_mean,
    is_finite_decimal,
    ln,
    normal_cdf,
    parse_text,
    power,
    root,
    round_multiple,
    round_places,
    sqrt,
    to_decimal,
    to_text,
)

rationals = st.fractions(max_denominator=10**12)
positive = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9, max_denominator=10**9)
shares = st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000)
weights = st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100)
modes = st.sampled_from(MODES)
dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
dates_of_2026 = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


def published(function, *arguments):
    """Return a value of 120 digits, rounded to 28 significant digits or 40 places."""
    with mpmath.workdps(120):
        value = function(*(mpmath.mpf(x.numerator) / x.denominator for x in arguments))
        sign, mantissa, exponent, _ = value._mpf_
        exact = (-1) ** sign * int(mantissa) * Fraction(2) ** exponent
        step = Fraction(10) ** max(int(mpmath.floor(mpmath.log10(abs(value)))) - 27, -40)
    return round(exact / step) * step


@given(rationals)
def test_a_text_is_read_back_as_the_same_number(x):
    assert parse_text(to_text(x)) == x


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=9))
def test_a_decimal_has_the_same_value_from_every_source(x):
    assert from_value(x) == from_text(str(x)) == Fraction(x)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_number_it_prints(x):
    assert from_value(x) == Fraction(repr(x))


@given(st.integers(-(10**12), 10**12), st.integers(0, 20), st.integers(0, 20))
def test_a_decimal_ends_exactly_where_it_can_be_made(n, twos, fives):
    x = Fraction(n, 2**twos * 5**fives)

    assert is_finite_decimal(x)
    assert Fraction(to_decimal(x)) == x
    assert to_decimal(x) == Decimal(to_text(x))


@given(rationals, st.integers(-6, 6), modes)
def test_a_rounded_number_is_a_neighbour_on_the_grid_and_stays_when_rounded_again(x, places, mode):
    step = Fraction(10) ** -places
    found = round_places(x, places, mode)

    assert found % step == 0
    assert abs(found - x) < step
    assert round_places(found, places, mode) == found


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4), st.integers(-3, 3), modes)
def test_rounding_agrees_with_decimal(x, places, mode):
    expected = x.quantize(Decimal(1).scaleb(-places), rounding=getattr(decimal, f"ROUND_{mode.upper()}"))

    assert round_places(Fraction(x), places, mode) == Fraction(expected)


@given(rationals, rationals, positive, modes)
def test_rounding_keeps_order(x, y, to, mode):
    low, high = sorted((x, y))

    assert round_multiple(low, to, mode) <= round_multiple(high, to, mode)


@given(rationals, positive)
def test_rounding_a_mirrored_number_mirrors_it_and_swaps_ceiling_with_floor(x, to):
    for mode in ("half_up", "half_even", "half_down", "up", "down"):
        assert round_multiple(-x, to, mode) == -round_multiple(x, to, mode)
    assert round_multiple(-x, to, "ceiling") == -round_multiple(x, to, "floor")


@given(rationals, st.integers(-6, 6), modes)
def test_a_rounding_to_places_is_one_to_a_power_of_ten(x, places, mode):
    assert Rounding(places, None, mode).apply(x) == Rounding(None, Fraction(10) ** -places, mode).apply(x)


@given(positive, st.integers(1, 64))
def test_a_root_undoes_a_power_and_is_else_correctly_rounded(x, n):
    assert root(x**n, n) == x
    found = root(x, n)
    assert found**n == x or found == published(lambda v: mpmath.root(v, n), x)


@given(positive)
def test_square_roots_are_second_roots_and_powers_of_a_half(x):
    assert sqrt(x) == root(x, 2) == power(x, Fraction(1, 2))


@given(positive, st.fractions(min_value=-9, max_value=9, max_denominator=1000))
def test_a_power_is_exact_or_correctly_rounded(x, y):
    found = power(x, y)

    assert found**y.denominator == x**y.numerator or found == published(mpmath.power, x, y)


@given(st.fractions(min_value=-90, max_value=900, max_denominator=10**6))
def test_an_exponential_is_correctly_rounded(x):
    assert exp(x) == (published(mpmath.exp, x) if x else 1)


@given(positive)
def test_a_logarithm_is_correctly_rounded(x):
    assert ln(x) == (published(mpmath.log, x) if x != 1 else 0)


@given(st.fractions(min_value=-13, max_value=13, max_denominator=10**6))
def test_the_normal_distribution_is_correctly_rounded(x):
    assert normal_cdf(x) == published(mpmath.ncdf, x)


@given(st.lists(st.tuples(shares, weights), min_size=1, max_size=8))
def test_a_geometric_mean_lies_between_its_shares_in_any_order_and_scale(pairs):
    mean = geometric_mean(pairs)

    # Rounding may carry the mean to a place of the grid beside a share that is not on it.
    step = Fraction(1, 10**28)
    assert min(share for share, _ in pairs) - step <= mean <= max(share for share, _ in pairs) + step
    assert geometric_mean(pairs[::-1]) == mean
    assert geometric_mean([(share, weight * 7 / 3) for share, weight in pairs]) == mean
    assert geometric_mean(pairs + pairs) == mean


@given(st.lists(shares, min_size=1, max_size=6), st.integers(100, 200))
def test_a_geometric_mean_of_powers_is_rational_however_it_is_spelled(bases, order):
    rest = Fraction(order - len(bases))
    product = Fraction(1)
    for base in bases:
        product *= base
    pairs = [(base**order, Fraction(1)) for base in bases] + [(Fraction(1), rest)]

    assert geometric_mean(pairs) == product


@given(
    st.frozensets(st.integers(0, 6)),
    st.frozensets(dates_of_2026, max_size=20),
    st.frozensets(dates_of_2026, max_size=20),
    dates_of_2026,
    dates_of_2026,
)
def test_working_days_equal_counting_each_day(weekend, holidays, makeup, a, b):
    calendar = Calendar(weekend, holidays, makeup, date(2026, 1, 1), date(2027, 1, 1))
    low, high = sorted((a, b))
    expected = sum(calendar.works(low + timedelta(n)) for n in range(1, days(low, high) + 1))

    assert workdays(low, high, calendar) == expected
    assert workdays(high, low, calendar) == -expected


@given(dates, dates)
def test_months_and_years_are_opposite_when_reversed_and_a_year_is_twelve_months(a, b):
    assert months(a, b) == -months(b, a)
    assert years(a, b) == -years(b, a)
    assert abs(years(a, b)) == abs(months(a, b)) // 12


@given(dates, dates, st.integers(0, 40))
def test_a_later_end_never_completes_fewer_months(a, b, more):
    assert months(a, b) <= months(a, b + timedelta(more))
