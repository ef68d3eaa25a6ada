"""Integer points of a box under linear constraints: found, proved impossible, or left open by the budget."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.exact.linear import Constraint, Solution, solve

HUGE = 10**36
IMPOSSIBLE = Solution("impossible")


def constraint(sense, bound, *coefficients):
    """A constraint whose coefficients are those of the first variables, in their order."""
    return Constraint(tuple((v, Fraction(c)) for v, c in enumerate(coefficients)), sense, Fraction(bound))


def window(low, high, *coefficients):
    """low ≤ Σ coefficient·x < high."""
    return [constraint("<=", -Fraction(low), *(-c for c in coefficients)), constraint("<", high, *coefficients)]


def satisfies(point, boxes, constraints):
    def holds(c):
        value = sum((coefficient * point[v] for v, coefficient in c.terms), Fraction(0))
        return value < c.bound if c.sense == "<" else value == c.bound if c.sense == "==" else value <= c.bound

    return all(low <= x <= high for (low, high), x in zip(boxes, point, strict=True)) and all(map(holds, constraints))


def is_found(boxes, constraints, **budget):
    solution = solve(boxes, constraints, **budget)
    return solution.status == "found" and satisfies(solution.point, boxes, constraints)


def test_without_variables_there_is_the_empty_point():
    assert solve([], []) == Solution("found", ())


def test_an_empty_box_has_no_point():
    assert solve([(0, 5), (1, 0)], []) == IMPOSSIBLE


@pytest.mark.parametrize(("bound", "status"), [(-1, "impossible"), (0, "found"), (1, "found")])
def test_a_constraint_without_variables_compares_zero_with_its_bound(bound, status):
    assert solve([(0, 5)], [constraint("<=", bound)]).status == status
    assert solve([(0, 5)], [constraint("<=", bound, 0)]).status == status
    assert (
        solve([(0, 5)], [Constraint(((0, Fraction(2)), (0, Fraction(-2))), "<=", Fraction(bound))]).status == status
    )


def test_a_variable_named_twice_counts_with_the_sum_of_its_coefficients():
    twice = Constraint(((0, Fraction(1, 2)), (0, Fraction(3, 2))), "==", Fraction(6))

    assert solve([(-HUGE, HUGE)], [twice]) == Solution("found", (3,))


def test_a_variable_without_constraint_is_as_near_to_zero_as_its_box_allows():
    boxes = [(-5, 9), (3, 9), (-9, -4), (0, 100)]

    assert solve(boxes, [constraint("==", 77, 0, 0, 0, 1)]) == Solution("found", (0, 3, -4, 77))


def test_a_strict_bound_excludes_the_bound_itself():
    assert solve([(0, 5)], [constraint("<", 2, 1), constraint("<=", -1, -1)]) == Solution("found", (1,))
    assert solve([(0, 5)], [constraint("<", 1, 1), constraint("<=", -1, -1)]) == IMPOSSIBLE
    assert solve([(0, 5)], [constraint("<", Fraction(3, 2), 1), constraint("<=", -1, -1)]) == Solution("found", (1,))


@pytest.mark.parametrize("bound", [5, Fraction(1, 2)])
def test_an_equation_needs_a_multiple_of_what_its_coefficients_have_in_common(bound):
    assert solve([(-HUGE, HUGE)] * 2, [constraint("==", bound, 6, 9)]) == IMPOSSIBLE


def test_a_window_between_two_multiples_is_empty():
    tenths = [Fraction(w, 10) for w in (3, 3, 4)]

    assert solve([(0, 100)] * 3, window("89.91", 90, *tenths)) == IMPOSSIBLE
    assert is_found([(0, 100)] * 3, window("89.9", 90, *tenths))


def test_what_is_fixed_leaves_a_multiple_too():
    assert solve([(1, 1), (0, 9), (0, 9)], [constraint("==", 10, 1, 2, 4)]) == IMPOSSIBLE
    assert is_found([(1, 1), (0, 9), (0, 9)], [constraint("==", 11, 1, 2, 4)])


def test_a_window_between_the_steps_of_a_coarse_variable_that_a_fine_one_does_not_reach_is_empty():
    assert solve([(0, 10), (0, 1)], window(5, 7, 10, 1)) == IMPOSSIBLE
    assert is_found([(0, 10), (0, 5)], window(5, 7, 10, 1))


@pytest.mark.parametrize("count", [5, 30, 100])
@pytest.mark.parametrize("box", [(0, 10_000), (-10_000, 10_000), (2_000, 9_900), (-HUGE, HUGE)])
def test_a_window_below_a_bound_is_filled_without_the_program(count, box):
    weights = [v * 7 % 19 + 1 for v in range(count)]
    coefficients = [Fraction(w, 100 * sum(weights)) for w in weights]

    assert is_found([box] * count, window("89.995", 90, *coefficients), budget=count * 50)


def test_a_window_in_a_long_chain_of_growing_values_is_filled_without_the_program():
    rising = [Constraint(((v, Fraction(1)), (v + 1, Fraction(-1))), "<", Fraction(0)) for v in range(29)]
    coefficients = [Fraction(v * 7 % 19 + 1, 2_700) for v in range(30)]

    assert is_found([(0, 10_000)] * 30, [*window("89.99", 90, *coefficients), *rising], budget=20_000)


def test_two_variables_together_hit_a_value_that_neither_hits_alone():
    assert is_found([(0, 1000)] * 2, [constraint("==", 1_000_000, 997, 991)], budget=100)
    assert is_found([(0, 10**6)] * 3, [constraint("==", 10**9 + 7, 30_030, 46_189, 19)], budget=1_000)


def test_values_that_push_each_other_on_without_end_are_impossible():
    boxes = [(-HUGE, HUGE)] * 3
    cycle = [constraint("<", 0, 1, -1, 0), constraint("<", 0, 0, 1, -1), constraint("<", 0, -1, 0, 1)]

    assert solve(boxes, cycle) == IMPOSSIBLE
    assert is_found(boxes, cycle[:2])


def test_an_odd_sum_with_an_even_difference_is_impossible_in_a_huge_box():
    sums = [constraint("==", 0, 1, 1, -2, 0), constraint("==", 1, 1, -1, 0, -2)]

    assert solve([(-HUGE, HUGE)] * 4, sums) == IMPOSSIBLE


def test_a_high_peak_between_two_columns_of_the_grid_is_impossible():
    # A triangle over x from 0 to 1 whose top is at x = 1/2.
    peak = [constraint("<=", 0, -2 * HUGE, 1), constraint("<=", 2 * HUGE, 2 * HUGE, 1), constraint("<", 0, 0, -1)]

    assert solve([(-HUGE, HUGE)] * 2, peak) == IMPOSSIBLE
    assert is_found([(-HUGE, HUGE)] * 2, peak[:2])


def test_a_few_items_that_cannot_be_chosen_to_two_exact_sums_are_impossible():
    first = [v * 37 % 97 for v in range(20)]
    second = [v * 53 % 89 for v in range(20)]

    assert solve([(0, 1)] * 20, [constraint("==", 50, *first), constraint("==", 60, *second)]) == IMPOSSIBLE
    assert is_found(
        [(0, 1)] * 20, [constraint("==", sum(first[3:9]), *first), constraint("==", sum(second[3:9]), *second)]
    )


def test_without_budget_nothing_is_told():
    exact = [constraint("==", 10**9 + 7, 30_030, 46_189, 19)]

    assert solve([(0, 10**6)] * 3, exact, budget=5) == Solution("unknown")


def test_the_answer_is_the_same_each_time():
    boxes = [(0, 50)] * 4
    constraints = [constraint("==", 331, 3, 5, 7, 11), constraint("<=", 0, 1, -1, 2, -1)]

    assert solve(boxes, constraints) == solve(boxes, iter(constraints)) != IMPOSSIBLE


@st.composite
def problems(draw, most=4):
    """A small box, and constraints of which each is often nearly tight somewhere in it."""
    lows = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=most))
    boxes = [(low, low + draw(st.integers(0, 4))) for low in lows]
    variables = st.integers(0, len(boxes) - 1)
    coefficients = st.builds(Fraction, st.integers(-7, 7), st.sampled_from([1, 1, 2, 3]))
    terms = st.lists(st.tuples(variables, coefficients), max_size=len(boxes) + 1).map(tuple)
    bounds = st.builds(Fraction, st.integers(-12, 12), st.sampled_from([1, 1, 2, 3]))
    senses = st.sampled_from(["<=", "<", "=="])
    return boxes, draw(st.lists(st.builds(Constraint, terms, senses, bounds), max_size=6))


@given(problems())
def test_a_point_is_found_exactly_where_trying_all_of_them_finds_one(problem):
    boxes, constraints = problem
    solution = solve(boxes, constraints)
    exists = any(satisfies(p, boxes, constraints) for p in product(*(range(low, high + 1) for low, high in boxes)))

    assert solution.status == ("found" if exists else "impossible")
    assert not exists or satisfies(solution.point, boxes, constraints)


@given(problems(), st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**6)))
def test_a_constraint_means_the_same_whatever_it_is_multiplied_by(problem, factor):
    boxes, constraints = problem
    scaled = [Constraint(tuple((v, c * factor) for v, c in x.terms), x.sense, x.bound * factor) for x in constraints]

    assert solve(boxes, scaled) == solve(boxes, constraints)


@given(problems(), st.lists(st.integers(-HUGE, HUGE), min_size=4, max_size=4))
def test_whether_there_is_a_point_does_not_depend_on_where_zero_is(problem, by):
    boxes, constraints = problem
    moved_boxes = [(low + x, high + x) for (low, high), x in zip(boxes, by, strict=False)]
    moved = [Constraint(x.terms, x.sense, x.bound + sum(c * by[v] for v, c in x.terms)) for x in constraints]
    solution = solve(moved_boxes, moved)

    assert solution.status == solve(boxes, constraints).status
    assert solution.status == "impossible" or satisfies(solution.point, moved_boxes, moved)


@st.composite
def built(draw):
    """Huge boxes around a point, with constraints that it satisfies, some of them only just."""
    size = draw(st.sampled_from([100, 10**6, HUGE]))
    point = draw(st.lists(st.integers(-size, size), min_size=1, max_size=12))
    around = st.integers(0, size)
    boxes = [(x - draw(around), x + draw(around)) for x in point]
    coefficients = st.builds(Fraction, st.integers(-100, 100), st.sampled_from([1, 2, 10, 100]))
    constraints = []
    for exact in draw(st.lists(st.booleans(), max_size=5).filter(lambda kinds: sum(kinds) < 2)):
        terms = tuple((v, draw(coefficients)) for v in range(len(point)))
        value = sum(c * x for (_, c), x in zip(terms, point, strict=True))
        bound = value if exact else value + draw(st.sampled_from([0, 1, size]))
        constraints.append(Constraint(terms, "==" if exact else "<=", bound))
    return boxes, constraints


@given(built())
def test_of_constraints_that_a_point_satisfies_nothing_is_called_impossible(problem):
    boxes, constraints = problem
    solution = solve(boxes, constraints, budget=200_000)

    assert solution.status != "impossible"
    assert solution.status == "unknown" or satisfies(solution.point, boxes, constraints)


@given(built(), st.randoms(use_true_random=False))
def test_of_constraints_with_room_around_a_point_one_is_found(problem, random):
    boxes, constraints = problem
    point = [random.randint(*box) for box in boxes]
    # Half the sum of the coefficients is how far rounding a point of the program can lead away.
    roomy = []
    for x in constraints:
        value = sum(c * point[v] for v, c in x.terms)
        roomy.append(Constraint(x.terms, "<=", value + sum(abs(c) for _, c in x.terms) / 2))

    assert is_found(boxes, roomy)
