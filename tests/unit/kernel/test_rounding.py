"""Seven modes, each as `Decimal.quantize` has it, on exact rationals."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest

from kpirules.kernel.exact import MODE_TABLE, MODES, Mode, Rounding, round_multiple, round_places

DECIMAL_MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}


def test_the_modes_are_the_seven_of_the_language():
    assert MODES == ("half_up", "half_even", "half_down", "up", "down", "ceiling", "floor")
    assert all(isinstance(mode, Mode) and mode.name == name and mode.meaning for name, mode in MODE_TABLE.items())


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_rounds_as_decimal_does(mode):
    for hundredths in range(-1000, 1001):
        x = Decimal(hundredths).scaleb(-2)
        for places in (1, 0, -1):
            expected = x.quantize(Decimal(1).scaleb(-places), rounding=DECIMAL_MODES[mode])

            assert round_places(Fraction(x), places, mode) == Fraction(expected)


@pytest.mark.parametrize(
    ("mode", "results"),
    [
        ("half_up", (3, 2, 3, -3, -2, -3)),
        ("half_even", (2, 2, 3, -2, -2, -3)),
        ("half_down", (2, 2, 3, -2, -2, -3)),
        ("up", (3, 3, 3, -3, -3, -3)),
        ("down", (2, 2, 2, -2, -2, -2)),
        ("ceiling", (3, 3, 3, -2, -2, -2)),
        ("floor", (2, 2, 2, -3, -3, -3)),
    ],
)
def test_each_mode_treats_ties_and_thirds_as_its_meaning_says(mode, results):
    xs = (Fraction(5, 2), Fraction(7, 3), Fraction(8, 3), Fraction(-5, 2), Fraction(-7, 3), Fraction(-8, 3))

    assert tuple(round_places(x, 0, mode) for x in xs) == results


def test_half_even_goes_up_from_an_odd_neighbour():
    assert round_places(Fraction(7, 2), 0, "half_even") == 4
    assert round_places(Fraction(-7, 2), 0, "half_even") == -4


def test_a_tie_one_digit_beyond_floating_point_is_a_tie():
    assert round_places(Fraction("89.995"), 2, "half_up") == 90
    assert round_places(Fraction("89.9949999999999999999999999999999999"), 2, "half_up") == Fraction("89.99")


@pytest.mark.parametrize(
    ("x", "to", "mode", "result"),
    [
        ("7.25", "0.5", "half_up", "7.5"),
        ("-7.25", "0.5", "half_up", "-7.5"),
        ("7.25", "0.5", "half_down", "7"),
        ("1/2", "1/3", "floor", "1/3"),
        ("1/2", "1/3", "half_even", "2/3"),
        ("97", "5", "down", "95"),
    ],
)
def test_a_number_is_rounded_to_a_multiple(x, to, mode, result):
    assert round_multiple(Fraction(x), Fraction(to), mode) == Fraction(result)


@pytest.mark.parametrize("to", [Fraction(0), Fraction(-1, 2)])
def test_a_multiple_is_positive(to):
    with pytest.raises(ValueError, match="the multiple to round to is not positive: "):
        round_multiple(Fraction(1), to, "up")


def test_an_unknown_mode_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no rounding mode 'nearest': there are half_up, half_even"):
        round_places(Fraction(1), 2, "nearest")


@pytest.mark.parametrize("places", [1001, -1001])
def test_places_are_bounded(places):
    with pytest.raises(ValueError, match="places are outside ±1,000"):
        round_places(Fraction(1), places, "up")


@pytest.mark.parametrize(
    ("rounding", "x", "result", "words"),
    [
        (Rounding(2, None, "half_up"), "2/3", "0.67", "to 2 places, half_up"),
        (Rounding(1, None, "down"), "2/3", "0.6", "to 1 place, down"),
        (Rounding(0, None, "up"), "2/3", "1", "to 0 places, up"),
        (Rounding(-1, None, "half_even"), "25", "20", "to -1 places, half_even"),
        (Rounding(None, Fraction(1, 2), "ceiling"), "2/3", "1", "to multiples of 0.5, ceiling"),
        (Rounding(None, Fraction(1, 3), "floor"), "1/2", "1/3", "to multiples of 1/3, floor"),
    ],
)
def test_a_rounding_applies_and_describes_itself(rounding, x, result, words):
    assert rounding.apply(Fraction(x)) == Fraction(result)
    assert rounding.describe() == words


@pytest.mark.parametrize(
    ("places", "to", "mode"),
    [
        (None, None, "up"),
        (2, Fraction(1), "up"),
        (2, None, "nearest"),
        (2000, None, "up"),
        (None, Fraction(0), "up"),
    ],
)
def test_a_rounding_that_means_nothing_cannot_be_made(places, to, mode):
    with pytest.raises(ValueError, match=r"either|mode|outside|positive"):
        Rounding(places, to, mode)
