"""A record has its points and shares by criterion, and tells whether there is a rating."""

from fractions import Fraction

from tests.records import exempt, staff, unit


def test_points_and_shares_are_those_of_the_criteria_that_have_any() -> None:
    assert unit().points == {"delivery": 95, "surveys": 0, "complaints": 100}
    assert unit().share == {"delivery": Fraction(95, 100), "surveys": 0, "complaints": 1}


def test_a_rating_is_distinguished_from_a_status() -> None:
    assert staff().is_rated
    assert not exempt().is_rated
