"""Numbers are read and written exactly."""

import decimal
import numbers
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest

from kpirules.kernel.exact import (
    FRACTIONS,
    MAX_BITS,
    TEXTS,
    RatioCache,
    approximate_text,
    decimal_of,
    from_text,
    from_value,
    is_finite_decimal,
    parse_text,
    to_decimal,
    to_text,
)


class Scalar(float):
    """A float that prints itself as NumPy's do."""

    def __repr__(self):
        return f"np.float64({super().__repr__()})"

    __str__ = __repr__


class Single:
    """A real number of another precision, known only by its registration and its text."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class Whole:
    """An integer known only by its registration and its conversion."""

    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


numbers.Real.register(Single)
numbers.Integral.register(Whole)


class Grade(IntEnum):
    GOOD = 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("-0.5", Fraction(-1, 2)),
        ("+3", Fraction(3)),
        ("1e3", Fraction(1000)),
        ("1E+3", Fraction(1000)),
        ("2.5e-3", Fraction(1, 400)),
        (".5", Fraction(1, 2)),
        ("1.", Fraction(1)),
        ("007", Fraction(7)),
        ("-0", Fraction(0)),
        ("0.1", Fraction(1, 10)),
        ("1e30", Fraction(10**30)),
        ("1e-30", Fraction(1, 10**30)),
        ("9" * 1000, Fraction(10**1000 - 1)),
    ],
)
def test_a_plain_number_means_its_characters(text, value):
    assert from_text(text) == value


NOT_NUMBERS = (
    "",
    ".",
    "-",
    "e3",
    "1e",
    "1_000",
    "1,5",
    " 1",
    "1\n",
    "inf",
    ".inf",
    "NaN",
    ".nan",
    "0x10",
    "0o7",
)


@pytest.mark.parametrize("text", [*NOT_NUMBERS, "1/2", "٣", "\uff11", "1e٣", "--1", "yes", "x" * 2000])
def test_other_texts_are_no_numbers(text):
    assert from_text(text) is None


@pytest.mark.parametrize("text", ["1e31", "1e-31", "0e99999999999", "1E+000000031"])
def test_an_exponent_out_of_range_is_told(text):
    with pytest.raises(ValueError, match="is outside ±30"):
        from_text(text)


def test_a_number_of_too_many_characters_is_told():
    with pytest.raises(ValueError, match="more than 1,000 characters"):
        from_text("9" * 1001)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (3, Fraction(3)),
        (Grade.GOOD, Fraction(3)),
        (Fraction(4, 7), Fraction(4, 7)),
        (Decimal("0.10"), Fraction(1, 10)),
        (Decimal("1E+400"), Fraction(10**400)),
        (0.1, Fraction(1, 10)),
        (-0.0, Fraction(0)),
        (1e308, Fraction(10**308)),
        (5e-324, Fraction(5, 10**324)),
        (Scalar(0.1), Fraction(1, 10)),
        (Single("0.1"), Fraction(1, 10)),
        (Single("1e-05"), Fraction(1, 10**5)),
        (Single("1e+4932"), Fraction(10**4932)),
        (Whole(7), Fraction(7)),
        pytest.param(2**MAX_BITS - 1, Fraction(2**MAX_BITS - 1), id="widest"),
    ],
)
def test_a_number_in_python_means_its_shortest_text(value, exact):
    assert from_value(value) == exact


OTHER_TYPES = (True, False, "1", b"1", None, (1,), 1j)
NOT_FINITE = (
    float("nan"),
    float("inf"),
    float("-inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
)
GIANT_DECIMALS = tuple(map(Decimal, ("1E+401", "1E-401", "0E+999999", "9" * 10_001)))
NO_PLAIN_TEXT = tuple(map(Single, ("nan", "inf", "1e999999999", "9" * 1001, "something")))


@pytest.mark.parametrize("value", [*OTHER_TYPES, *NOT_FINITE, *GIANT_DECIMALS, *NO_PLAIN_TEXT])
def test_what_is_no_number_of_the_language_is_none(value):
    assert from_value(value) is None


def test_a_number_wider_than_the_language_allows_is_none():
    assert from_value(2**MAX_BITS) is None
    assert from_value(Fraction(1, 2**MAX_BITS)) is None


def test_numpy_scalars_mean_their_own_shortest_text():
    np = pytest.importorskip("numpy")
    values = [np.float64(0.1), np.float32(0.1), np.float16(0.1), np.longdouble("0.1")]

    assert [from_value(value) for value in values] == [Fraction(1, 10)] * 4
    assert from_value(np.int64(-5)) == Fraction(-5)
    assert from_value(np.uint8(255)) == Fraction(255)
    for value in (np.bool_(True), np.float32("nan"), np.float64("inf"), np.array([1])):
        assert from_value(value) is None


@pytest.mark.parametrize(
    ("x", "ends"),
    [
        (Fraction(0), True),
        (Fraction(1, 2**200 * 5**77), True),
        (Fraction(3, 6), True),
        (Fraction(1, 3), False),
        (Fraction(1, 7 * 10**50), False),
        (Fraction(1, 5**100 * 3), False),
    ],
)
def test_a_decimal_ends_where_the_denominator_has_only_twos_and_fives(x, ends):
    assert is_finite_decimal(x) is ends


def test_every_power_of_five_is_recognised():
    assert all(is_finite_decimal(Fraction(1, 5**k)) for k in range(3000))
    assert not any(is_finite_decimal(Fraction(1, 5**k + 2)) for k in range(1, 3000))


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (Fraction(1000), "1000"),
        (Fraction("89.58"), "89.58"),
        (Fraction("-0.50"), "-0.5"),
        (Fraction(0), "0"),
        (Fraction(-3), "-3"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(1, 2**10), "0.0009765625"),
    ],
)
def test_decimals_and_texts_are_plain(x, text):
    assert to_text(x) == text
    assert str(to_decimal(x)) == text


def test_a_decimal_does_not_depend_on_the_ambient_context():
    x = Fraction(10**50 + 1, 2**60)

    with decimal.localcontext() as context:
        context.prec = 3
        found = to_decimal(x)

    assert Fraction(found) == x


def test_an_unending_decimal_is_refused():
    with pytest.raises(ValueError, match="385/6 has no decimal that ends"):
        to_decimal(Fraction(385, 6))


@pytest.mark.parametrize(
    ("x", "text"),
    [(Fraction(385, 6), "385/6"), (Fraction(-1, 3), "-1/3"), (Fraction(1, 10**9), "0.000000001")],
)
def test_a_text_is_exact(x, text):
    assert to_text(x) == text
    assert parse_text(text) == x


def test_the_widest_numbers_have_texts():
    for x in (
        Fraction(2**MAX_BITS - 1),
        Fraction(1 - 2**MAX_BITS, 8),
        Fraction(-1, 2 ** (MAX_BITS - 1)),
        Fraction(1, 3**20_000),
    ):
        assert parse_text(to_text(x)) == x


@pytest.mark.parametrize("d", [1, 4, 6, 25, 100, 375, 10**12, 10**13, 2**40 * 3])
@pytest.mark.parametrize("n", [0, 1, -1, 24, -150, 9_999, 10**13, -(10**30), 3 * 10**40])
def test_numbers_need_not_be_in_lowest_terms(n, d):
    x = Fraction(n, d)
    assert FRACTIONS[n, d] == x
    assert TEXTS[n, d] == (str(to_decimal(x)) if is_finite_decimal(x) and abs(x) >= 1 else to_text(x))
    assert parse_text(TEXTS[n, d]) == x


def test_what_is_made_of_a_number_is_kept_unless_it_is_wide():
    made = []
    kept = RatioCache(lambda n, d: made.append((n, d)))
    pairs = [(1, 2), (2**64, 1), (-(2**64), 1), (1, 2**64)]
    for pair in (*pairs, *pairs):
        assert kept[pair] is None
    assert made == [*pairs, *pairs[1:]]


def test_no_more_is_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("kpirules.kernel.exact.numbers.MAX_KEPT", 2)
    kept = RatioCache(Fraction)
    assert [kept[n, 2] for n in range(5)] == [Fraction(n, 2) for n in range(5)]
    assert list(kept) == [(4, 2)]


@pytest.mark.parametrize(
    ("text", "x"), [("6/4", Fraction(3, 2)), ("1.50", Fraction(3, 2)), ("-00.5", Fraction(-1, 2))]
)
def test_texts_need_not_be_the_shortest(text, x):
    assert parse_text(text) == x


@pytest.mark.parametrize(
    "text", ["", "1e3", ".5", "1.", "+1", "1/-2", "1.5/2", "x", "1\n", "٣", "1/0", "9" * 100_001]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match=r"is not the exact text of a number|has a zero denominator"):
        parse_text(text)


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (Fraction(385, 6), 6, "≈ 64.166667"),
        (Fraction(-385, 6), 6, "≈ -64.166667"),
        (Fraction("0.123456"), 6, "0.123456"),
        (Fraction("0.1234565"), 6, "≈ 0.123457"),
        (Fraction("-0.1234565"), 6, "≈ -0.123457"),
        (Fraction(1, 3), 0, "≈ 0"),
        (Fraction(1, 10**9), 6, "≈ 0"),
        (Fraction("0.9999999"), 6, "≈ 1"),
        (Fraction("2.345"), 2, "≈ 2.35"),
    ],
)
def test_a_text_for_people_says_that_it_is_rounded(x, digits, text):
    assert approximate_text(x, digits) == text


def test_a_span_of_time_of_numpy_is_no_number():
    numpy = __import__("numpy")
    assert from_value(numpy.timedelta64(1, "D")) is None
    assert from_value(numpy.int64(3)) == 3


def test_a_number_of_more_digits_than_python_writes_has_a_decimal():
    for n in (10**5000 + 1, -(10**5000) - 1, 10**5000):
        assert decimal_of(n, 1) == to_decimal(Fraction(n))
        assert decimal_of(n, 100) == to_decimal(Fraction(n, 100))
