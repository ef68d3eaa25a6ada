"""Irrational functions are exact where rational, else correctly rounded; mpmath is the oracle."""

import math
from fractions import Fraction

import mpmath
import pytest

from kpirules.kernel.exact import DomainError, TooWide, exp, geometric_mean, ln, normal_cdf, power, root, sqrt
from kpirules.kernel.exact.enclosures import Enclosure
from kpirules.kernel.exact.factors import coprime_base, integer_root, perfect_root, rational_mean
from kpirules.kernel.exact.nearest import nearest_quotient, settle
from tests.pace import fewest_seconds, seconds_of

WIDE = Fraction(2**4095 + 12345, 3**2500 + 2)


def real(x):
    return mpmath.mpf(x.numerator) / x.denominator


def exactly(value):
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def published(value):
    """Return the value to 28 significant digits, or to 40 places if these are fewer."""
    decade = int(mpmath.floor(mpmath.log10(abs(value))))
    step = Fraction(10) ** max(decade - 27, -40)
    return round(exactly(value) / step) * step


def oracle(function, *arguments, digits=120):
    with mpmath.workdps(digits):
        return published(function(*map(real, arguments)))


def nearest_fraction(function, tie, bits):
    """Return the fraction of some bits closest to the argument at which a function has a value."""
    with mpmath.workprec(2 * bits + 400):
        return exactly(function(real(tie))).limit_denominator(2**bits)


SIZES = [Fraction(2), Fraction(1, 3), Fraction("0.8"), Fraction("123456.789"), Fraction(10**30 + 1, 7)]
SIZES += [Fraction(7, 10**30), Fraction(1, 10**79 + 1), Fraction(10**200 + 1), Fraction(999, 1000)]

TIES = [Fraction("1.2345678901234567890123456785"), Fraction("9.9999999999999999999999999995")]
TIES += [Fraction("0.00000000000000012345678901234567890123465"), Fraction("12345.678901234567890123456785")]


class TestSqrt:
    @pytest.mark.parametrize("x", SIZES)
    def test_an_irrational_root_is_correctly_rounded(self, x):
        assert sqrt(x) == oracle(mpmath.sqrt, x)

    @pytest.mark.parametrize("x", [Fraction(0), Fraction(1), Fraction(9, 16), Fraction(1, 10**100), WIDE])
    def test_the_root_of_a_square_is_exact(self, x):
        assert sqrt(x * x) == x

    def test_the_digits_of_the_root_of_two_are_known(self):
        assert sqrt(Fraction(2)) == Fraction("1.414213562373095048801688724")

    @pytest.mark.parametrize("tie", TIES)
    def test_a_root_beside_a_tie_falls_on_its_own_side(self, tie):
        step = Fraction(1, 10**300)

        assert sqrt(tie**2) == tie
        assert sqrt(tie**2 + step) - tie == tie - sqrt(tie**2 - step) != 0

    def test_a_negative_number_has_none(self):
        with pytest.raises(DomainError, match="the square root of a negative number"):
            sqrt(Fraction(-1, 10**50))


class TestRoot:
    @pytest.mark.parametrize("x", SIZES)
    @pytest.mark.parametrize("n", [2, 3, 7, 64])
    def test_an_irrational_root_is_correctly_rounded(self, x, n):
        assert root(x, n) == oracle(lambda v: mpmath.root(v, n), x)

    @pytest.mark.parametrize("n", [1, 2, 3, 17, 64])
    @pytest.mark.parametrize("x", [Fraction(0), Fraction(1), Fraction(3, 7), Fraction(1, 2**100), Fraction(5**90)])
    def test_the_root_of_a_perfect_power_is_exact(self, x, n):
        assert root(x**n, n) == x

    def test_an_odd_root_of_a_negative_number_is_negative(self):
        assert root(Fraction(-8), 3) == -2
        assert root(Fraction(-2), 3) == -root(Fraction(2), 3)
        assert root(Fraction(-5, 3), 1) == Fraction(-5, 3)

    def test_the_order_may_be_an_integral_fraction(self):
        assert root(Fraction(8), Fraction(3)) == 2

    def test_an_even_root_of_a_negative_number_is_refused(self):
        with pytest.raises(DomainError, match="an even root of a negative number"):
            root(Fraction(-1), 4)

    @pytest.mark.parametrize("n", [0, -1, 65, Fraction(1, 2)])
    def test_the_order_is_an_integer_from_1_to_64(self, n):
        with pytest.raises(DomainError, match="a root whose order is not an integer from 1 to 64"):
            root(Fraction(2), n)

    def test_a_tiny_root_is_no_finer_than_the_fortieth_place(self):
        assert root(Fraction(2, 10**79), 2) == Fraction("0.0000000000000000000000000000000000000004")
        assert root(Fraction(2, 10**81), 2) == 0


class TestPower:
    @pytest.mark.parametrize("x", SIZES)
    @pytest.mark.parametrize("y", ["1/2", "-1/2", "0.7", "-3.25", "22/7", "1/1009", "12345/1234577"])
    def test_an_irrational_power_is_correctly_rounded(self, x, y):
        assert power(x, Fraction(y)) == oracle(mpmath.power, x, Fraction(y))

    @pytest.mark.parametrize(
        ("x", "y", "value"),
        [
            ("4/9", "3/2", "8/27"),
            ("4/9", "-3/2", "27/8"),
            ("2", "10", "1024"),
            ("-2", "3", "-8"),
            ("-2", "-2", "1/4"),
            ("0", "0", "1"),
            ("5", "0", "1"),
            ("0", "1/3", "0"),
            ("1", "1/12345678901234567890", "1"),
            ("1/1024", "1/10", "1/2"),
            ("1", "-10000000000000000000000", "1"),
            ("-1", "10000000000000000000001", "-1"),
        ],
    )
    def test_a_rational_power_is_exact(self, x, y, value):
        assert power(Fraction(x), Fraction(y)) == Fraction(value)

    def test_an_exponent_may_have_a_larger_denominator_than_the_base_has_bits(self):
        assert power(Fraction(2**1000), Fraction(1, 1001)) == oracle(
            mpmath.power, Fraction(2**1000), Fraction(1, 1001)
        )
        assert power(Fraction(2**1009), Fraction(3, 1009)) == 8

    def test_a_huge_exponent_of_a_base_beside_one_is_still_exact_to_28_digits(self):
        x, y = 1 + Fraction(1, 10**300), Fraction(10**301 + 1, 10)

        assert power(x, y) == oracle(mpmath.power, x, y, digits=500)

    def test_a_vanishing_power_rounds_to_zero(self):
        assert power(Fraction(1, 3), Fraction(201, 2)) == 0

    def test_a_wide_power_that_fits_is_given(self):
        assert power(Fraction(3, 2), Fraction(100_001, 2)) == oracle(
            mpmath.power, Fraction(3, 2), Fraction(100_001, 2)
        )

    def test_a_negative_base_takes_only_integers(self):
        with pytest.raises(DomainError, match="a fractional power of a negative number"):
            power(Fraction(-8), Fraction(1, 3))

    def test_zero_takes_no_negative_exponent(self):
        with pytest.raises(DomainError, match="a negative power of zero"):
            power(Fraction(0), Fraction(-1, 2))

    @pytest.mark.parametrize(
        ("x", "y"),
        [
            (Fraction(2), Fraction(10**6)),
            (Fraction(2), Fraction(-(10**6))),
            (Fraction(3), Fraction(30_000)),
            (Fraction(2), Fraction(65_537, 2)),
            (Fraction(2), Fraction(2 * 10**6 + 1, 2)),
            (Fraction(3), Fraction(2**4200 + 1, 2)),
            (Fraction(2), Fraction(1, 2**40_000)),
            (Fraction(2**40_000), Fraction(1, 2)),
        ],
    )
    def test_what_is_too_wide_is_refused(self, x, y):
        with pytest.raises(TooWide):
            power(x, y)


class TestExp:
    @pytest.mark.parametrize("x", ["1", "-1", "0.1", "-92", "-92.9", "100.5", "22000", "1e-45", "-1e-27", "-1e-28"])
    def test_an_exponential_is_correctly_rounded(self, x):
        assert exp(Fraction(x)) == oracle(mpmath.exp, Fraction(x))

    def test_the_exponential_of_zero_is_one(self):
        assert exp(Fraction(0)) == 1

    @pytest.mark.parametrize("x", ["-94", "-200", "-1e30"])
    def test_what_is_finer_than_the_fortieth_place_is_zero(self, x):
        assert exp(Fraction(x)) == 0

    @pytest.mark.parametrize("x", ["22713.1", "22715", "1e9"])
    def test_what_is_wider_than_a_number_may_be_is_refused(self, x):
        with pytest.raises(TooWide, match="more than 32,768 bits"):
            exp(Fraction(x))

    def test_the_widest_exponential_is_given(self):
        assert exp(Fraction(22713)) == oracle(mpmath.exp, Fraction(22713))


class TestLn:
    @pytest.mark.parametrize("x", [*SIZES, Fraction(2**30_000 + 1), Fraction(1, 3**20_000), 1 + Fraction(1, 10**39)])
    def test_a_logarithm_is_correctly_rounded(self, x):
        assert ln(x) == oracle(mpmath.log, x)

    def test_the_logarithm_of_one_is_zero(self):
        assert ln(Fraction(1)) == 0

    def test_a_logarithm_beside_zero_is_no_finer_than_the_fortieth_place(self):
        assert ln(1 + Fraction(6, 10**41)) == Fraction(1, 10**40)
        assert ln(1 - Fraction(6, 10**41)) == Fraction(-1, 10**40)
        assert ln(1 + Fraction(1, 2**4000)) == 0

    def test_zero_and_negative_numbers_have_none(self):
        with pytest.raises(DomainError, match="the logarithm of zero"):
            ln(Fraction(0))
        with pytest.raises(DomainError, match="the logarithm of a negative number"):
            ln(Fraction(-1))

    def test_a_number_that_is_too_wide_is_refused(self):
        with pytest.raises(TooWide, match="a number of more than 32,768 bits"):
            ln(Fraction(2**40_000))


class TestNormalCdf:
    @pytest.mark.parametrize(
        "x",
        [
            "1",
            "-1",
            "1.96",
            "-2.5758",
            "1e-20",
            "-1e-38",
            "1/3",
            "7.5",
            "-7.5",
            "11",
            "-11",
            "11.4",
            "13",
            "-13",
            "-14",
        ],
    )
    def test_the_share_is_correctly_rounded(self, x):
        assert normal_cdf(Fraction(x)) == oracle(mpmath.ncdf, Fraction(x))

    def test_half_of_it_lies_below_zero(self):
        assert normal_cdf(Fraction(0)) == Fraction(1, 2)

    def test_far_ends_round_to_nothing_and_all(self):
        assert normal_cdf(Fraction(12)) == normal_cdf(Fraction(15)) == normal_cdf(Fraction(10**30)) == 1
        assert normal_cdf(Fraction(-14)) == normal_cdf(Fraction(-15)) == normal_cdf(Fraction(-(10**30))) == 0


def mean_oracle(pairs):
    with mpmath.workdps(120):
        total = sum(real(weight) for _, weight in pairs)
        return published(mpmath.exp(sum(mpmath.log(real(share)) * real(weight) for share, weight in pairs) / total))


def fractions(*pairs):
    return [(Fraction(share), Fraction(weight)) for share, weight in pairs]


class TestGeometricMean:
    @pytest.mark.parametrize(
        "pairs",
        [
            fractions(("0.8", 1), ("0.9", 1)),
            fractions(("0.8", "0.3"), ("0.95", "0.45"), ("1/3", "0.25")),
            fractions(("0.8", "30001/100000"), ("0.95", "44999/100000"), ("1/3", "1/4")),
            fractions(("17/19", "1/101"), ("19/17", "100/101"), ("23", "1/103")),
            fractions((17**30, "1/101"), (19**30, "1/103"), (23, 5), (29, 5)),
            fractions((10**60 + 1, 7), ("1e-50", 1)),
        ],
    )
    def test_an_irrational_mean_is_rounded_once(self, pairs):
        assert geometric_mean(pairs) == mean_oracle(pairs)

    @pytest.mark.parametrize(
        ("pairs", "value"),
        [
            (fractions((2, 1), (8, 1)), "4"),
            (fractions((2, "1/2"), (2, "1/2")), "2"),
            (fractions((2, "0.123"), (2, "0.877"), (2, "1e-9")), "2"),
            (fractions(("4/9", 1), (1, 1)), "2/3"),
            (fractions((17**4, 1), (17**2, 100), (1, 103)), "17"),
            (fractions((17**3, 1000), ("1/289", 1500)), "1"),
            (fractions((17 * 19, 1), (17 * 19**199, 1), (1, 96), ("1/17", 2)), "361"),
            (fractions(((17 * 19) ** 130, 1), (17**130, 1), (1, 128), (0, 0)), "5491"),
        ],
    )
    def test_a_rational_mean_is_exact(self, pairs, value):
        assert geometric_mean(pairs) == Fraction(value)

    def test_a_zero_share_makes_it_zero_unless_it_has_no_weight(self):
        assert geometric_mean(fractions((0, 1), (5, 1))) == 0
        assert geometric_mean(fractions((0, 0), (5, 1))) == 5

    def test_a_vanishing_mean_rounds_to_zero(self):
        assert geometric_mean(fractions(("2e-90", 1000), (3, 1))) == 0

    @pytest.mark.parametrize("pairs", [[], fractions((1, 0))])
    def test_nothing_has_no_mean(self, pairs):
        with pytest.raises(DomainError, match="the geometric mean of nothing"):
            geometric_mean(pairs)

    @pytest.mark.parametrize("pairs", [fractions((-1, 1)), fractions((1, -1), (2, 3))])
    def test_negative_shares_and_weights_are_refused(self, pairs):
        with pytest.raises(DomainError, match="the geometric mean of a negative share or weight"):
            geometric_mean(pairs)

    def test_what_is_too_wide_is_refused(self):
        primes = [Fraction(2**20_000 + 1, 2**20_000 + k) for k in range(3, 8)]
        with pytest.raises(TooWide, match="shares or weights of more than 131,072 bits together"):
            geometric_mean([(x, Fraction(1)) for x in primes])
        with pytest.raises(TooWide, match="shares or weights of more than 131,072 bits together"):
            geometric_mean([(Fraction(2), x) for x in primes])
        with pytest.raises(TooWide, match="a number of more than 32,768 bits"):
            geometric_mean([(Fraction(2**40_000), Fraction(1))])


class TestBesideATie:
    """The closest fraction to the argument of a tie is rounded to the right side."""

    @pytest.mark.parametrize("tie", TIES[:2])
    @pytest.mark.parametrize("bits", [80, 300, 4080])
    def test_elementary_functions_fall_on_their_own_side(self, tie, bits):
        digits = bits + 200
        x = nearest_fraction(mpmath.log, tie, bits)
        y = nearest_fraction(mpmath.exp, tie, bits)
        z = nearest_fraction(lambda v: mpmath.log(v) / mpmath.log(3), tie, bits)

        assert exp(x) == oracle(mpmath.exp, x, digits=digits)
        assert ln(y) == oracle(mpmath.log, y, digits=digits)
        assert power(Fraction(3), z) == oracle(mpmath.power, Fraction(3), z, digits=digits)

    @pytest.mark.parametrize("bits", [80, 300, 1000])
    def test_the_normal_distribution_falls_on_its_own_side(self, bits):
        tie = Fraction("0.91234567890123456789012345675")
        x = nearest_fraction(lambda v: mpmath.findroot(lambda u: mpmath.ncdf(u) - v, 1.36), tie, bits)

        assert normal_cdf(x) == oracle(mpmath.ncdf, x, digits=bits + 200)

    def test_a_value_that_no_precision_tells_from_a_tie_is_refused(self):
        tie = 2 * 10**27 + 1

        with pytest.raises(TooWide, match="a result that 20,480 bits do not tell from a tie"):
            settle(lambda bits: Enclosure((tie << bits) - 1, (tie << bits) + 1, -bits - 1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: sqrt(WIDE),
        lambda: root(WIDE, 64),
        lambda: root(1 / WIDE, 63),
        lambda: ln(WIDE),
        lambda: exp(WIDE % 1 + 20_000),
        lambda: normal_cdf(-13 - WIDE % 1),
        lambda: power(WIDE, 1 / WIDE),
        lambda: power(WIDE, Fraction(7, 13)),
        lambda: power(1 + Fraction(1, 2**4094 + 1), Fraction(2**4095 + 1, 7)),
        lambda: geometric_mean([(WIDE + k, WIDE + 7 * k) for k in range(5)]),
        lambda: geometric_mean([(Fraction(2**4000), Fraction(10**9)), (Fraction(3 * 2**4001), Fraction(10**9 + 1))]),
    ],
)
def test_every_call_on_wide_numbers_takes_less_than_50_milliseconds(call):
    assert fewest_seconds(lambda: seconds_of(call), 0.05) < 0.05


def left_of(a, factors):
    """Return an integer without some prime factors."""
    for factor in factors:
        while a % factor == 0:
            a //= factor
    return a


class TestPerfectPowers:
    def test_an_integer_root_is_cut_off(self):
        for n in (1, 2, 3, 5, 64):
            for a in [*range(70), 2**64 - 1, 2**64, 10**300, 3**640 - 1, 3**640, 3**640 + 1]:
                found = integer_root(a, n)

                assert found**n <= a < (found + 1) ** n

    def test_a_perfect_root_needs_both_parts(self):
        assert perfect_root(Fraction(8, 27), 3) == Fraction(2, 3)
        assert perfect_root(Fraction(8, 25), 3) is None
        assert perfect_root(Fraction(9, 27), 3) is None
        assert perfect_root(Fraction(-5), 1) == -5
        assert perfect_root(Fraction(2), 10**30) is None

    @pytest.mark.parametrize("numbers", [[12, 18], [1, 1], [2**50, 2**30 * 3**7, 3], [6, 10, 15, 30], [17 * 19, 19]])
    def test_a_coprime_base_spans_every_number(self, numbers):
        base = coprime_base(numbers)

        for i, a in enumerate(base):
            assert a > 1
            assert all(math.gcd(a, b) == 1 for b in base[:i])
        assert all(left_of(a, base) == 1 for a in numbers)

    def test_a_product_without_small_primes_is_decided_by_its_coprime_base(self):
        assert rational_mean({Fraction(17**2 * 19): 1, Fraction(19): 1}, 2) == 17 * 19
        assert rational_mean({Fraction(17**2 * 19): 1, Fraction(23): 1}, 2) is None


@pytest.mark.parametrize(
    ("n", "d", "nearest"),
    [
        (0, 7, Fraction(0)),
        (1, 3, Fraction("0.3333333333333333333333333333")),
        (-2, 3, Fraction("-0.6666666666666666666666666667")),
        (10**28 * 10 - 1, 10, Fraction(10**28)),
        (10**40 + 6, 1, Fraction(10**40)),
        (2 * 10**50, 3, Fraction("6666666666666666666666666667e22")),
        (1, 3 * 10**40, Fraction(0)),
        (2, 3 * 10**40, Fraction(1, 10**40)),
        (2, 3 * 10**12, Fraction("0.0000000000006666666666666666666666666667")),
    ],
)
def test_a_quotient_has_28_digits_and_forty_places_at_most(n, d, nearest):
    assert nearest_quotient(n, d) == nearest
