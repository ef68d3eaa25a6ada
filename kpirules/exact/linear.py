"""Integer points of a box that satisfy linear constraints: one of them, or the proof that there is none.

Cheap ways come first: bounds are tightened by one constraint at a time, and a point is filled up greedily. What
they leave open is decided by branch and bound on an exact linear program without an objective.
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations, islice
from typing import Literal

from attrs import define, field, frozen

Status = Literal["found", "impossible", "unknown"]
Sense = Literal["<=", "<", "=="]

BUDGET = 5_000_000
"""Coefficients that are worked with, unless a caller says otherwise: some seconds."""

# Two constraints may push each other on for as long as boxes are wide; the program settles such cases at once.
_ROUNDS = 12
_PAIRS = 500
_HALF = Fraction(1, 2)


@frozen
class Constraint:
    """A bound on a linear form: Σ coefficient·x, compared with a number.

    Args:
        terms: Numbers of variables, each with its coefficient; of a variable named twice, the sum counts.
        sense: How the form compares with the bound. For ≥ and >, negate the form and the bound.
        bound: What the form is compared with.

    >>> Constraint(((0, Fraction(1, 2)), (1, Fraction(-1))), "<=", Fraction(3)).sense
    '<='
    """

    terms: tuple[tuple[int, Fraction], ...]
    sense: Sense
    bound: Fraction


@frozen
class Solution:
    """What the search for a point came to.

    Args:
        status: Whether a point is found, proved impossible, or still unknown when the budget is used up.
        point: The value of each variable, where a point is found.
        spent: How many coefficients were worked with.

    >>> Solution("impossible").point
    ()
    """

    status: Status
    point: tuple[int, ...] = ()
    spent: int = field(default=0, eq=False, repr=False)


@frozen
class _Row:
    """low ≤ Σ coefficient·x ≤ high, in integers without a common factor, the greatest first and positive."""

    terms: tuple[tuple[int, int], ...]
    low: int
    high: int


class _SpentError(Exception):
    """The budget is used up."""


@define
class _Budget:
    left: int

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _SpentError


def solve(boxes: Sequence[tuple[int, int]], constraints: Iterable[Constraint], *, budget: int = BUDGET) -> Solution:
    """Integer point of a box that satisfies every constraint.

    The answer is the same each time. A variable that no constraint mentions is as near to 0 as its box allows.

    Args:
        boxes: The least and the greatest value of each variable.
        constraints: What the point has to satisfy, in variables by their position in the boxes.
        budget: How many coefficients may be worked with.

    Returns:
        A point that satisfies everything; or that there is none; or that the budget does not tell.

    Source:
        Dutertre & de Moura 2006, A fast linear-arithmetic solver for DPLL(T).

    >>> tenth = Fraction(1, 10)
    >>> below = Constraint(((0, 3 * tenth), (1, 7 * tenth)), "<", Fraction(90))
    >>> above = Constraint(((0, -3 * tenth), (1, -7 * tenth)), "<=", Fraction(-899, 10))
    >>> solve([(0, 100), (0, 100)], [below, above])
    Solution(status='found', point=(71, 98))
    >>> solve([(0, 100), (0, 100)], [below, Constraint(above.terms, "<", above.bound)])
    Solution(status='impossible', point=())
    """
    lows, highs = [low for low, _ in boxes], [high for _, high in boxes]
    rows = _rows(constraints, lows, highs)
    if rows is None or any(low > high for low, high in boxes):
        return Solution("impossible")
    left = _Budget(budget)
    try:
        point = _search(rows, lows, highs, left)
    except _SpentError:
        return Solution("unknown", spent=budget)
    spent = budget - left.left
    return Solution("impossible", spent=spent) if point is None else Solution("found", tuple(point), spent)


def _rows(constraints: Iterable[Constraint], lows: list[int], highs: list[int]) -> list[_Row] | None:
    """Every linear form once, with its range; None where one has no value in it."""
    ranges: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}
    for constraint in constraints:
        sums: dict[int, Fraction] = {}
        for v, coefficient in constraint.terms:
            sums[v] = sums.get(v, 0) + coefficient
        scale = math.lcm(*(c.denominator for c in sums.values()))
        whole = {v: c.numerator * (scale // c.denominator) for v, c in sums.items() if c}
        shared = math.gcd(*whole.values()) or 1
        terms = tuple(sorted(((v, c // shared) for v, c in whole.items()), key=lambda term: (-abs(term[1]), term[0])))
        low, high = _range(terms, lows, highs)
        bound = constraint.bound * scale / shared
        high = min(high, math.ceil(bound) - 1 if constraint.sense == "<" else math.floor(bound))
        if constraint.sense == "==":
            low = max(low, math.ceil(bound))
        if terms and terms[0][1] < 0:
            terms, low, high = tuple((v, -c) for v, c in terms), -high, -low
        known_low, known_high = ranges.get(terms, (low, high))
        low, high = ranges[terms] = max(low, known_low), min(high, known_high)
        if low > high:
            return None
    return [_Row(terms, low, high) for terms, (low, high) in ranges.items()]


def _range(terms: tuple[tuple[int, int], ...], lows: list[int], highs: list[int]) -> tuple[int, int]:
    """Least and greatest value of a linear form in a box."""
    least = most = 0
    for v, c in terms:
        low, high = c * lows[v], c * highs[v]
        least, most = (least + low, most + high) if c > 0 else (least + high, most + low)
    return least, most


def _search(rows: list[_Row], lows: list[int], highs: list[int], budget: _Budget) -> list[int] | None:
    """Point of a box that satisfies every row; None where there is none."""
    if not _tighten(rows, lows, highs, budget):
        return None
    # A row that no point of the box breaks is of no more use.
    ranges = [_range(row.terms, lows, highs) for row in rows]
    rows = [row for row, (least, most) in zip(rows, ranges, strict=True) if least < row.low or most > row.high]
    repair = _Repair(rows, len(lows), budget)
    nearest = [max(low, min(high, 0)) for low, high in zip(lows, highs, strict=True)]
    for ends in (nearest, lows, highs):
        point = [end if column else near for end, near, column in zip(ends, nearest, repair.columns, strict=True)]
        if repair.succeeds(point, lows, highs):
            return point
    program = _Program(rows, nearest, budget)
    boxes = [(lows, highs)]
    while boxes:
        lows, highs = boxes.pop()
        if not (_tighten(rows, lows, highs, budget) and program.is_feasible(lows, highs)):
            continue
        vertex = program.vertex()
        point = [math.floor(x + _HALF) for x in vertex]
        fractional = [v for v, x in enumerate(vertex) if x.denominator > 1]
        if not fractional or repair.succeeds(point, lows, highs):
            return point
        # The fewer values a variable has left, the sooner it and what it decides are settled.
        split = min(fractional, key=[high - low for low, high in zip(lows, highs, strict=True)].__getitem__)
        below, above = highs[:], lows[:]
        below[split] = math.floor(vertex[split])
        above[split] = below[split] + 1
        halves = [(lows, below), (above, highs)]
        boxes += halves if point[split] == above[split] else reversed(halves)
    return None


def _tighten(rows: list[_Row], lows: list[int], highs: list[int], budget: _Budget) -> bool:
    """Tighten a box in place, by one row at a time; False where a row has no value in it."""
    changed = set(range(len(lows)))
    for _ in range(_ROUNDS):
        # Forth and back: a chain of rows is then tightened from either end at once.
        rows = rows[::-1]
        touched = [row for row in rows if not changed.isdisjoint(v for v, _ in row.terms)]
        changed = set()
        for row in touched:
            budget.spend(len(row.terms))
            least, most = _range(row.terms, lows, highs)
            # In steps of what the coefficients that are still free have in common.
            step = math.gcd(*(c for v, c in row.terms if lows[v] < highs[v])) or 1
            above, below = (row.high - least) // step * step, (most - row.low) // step * step
            if above < 0 or below < 0 or above + below < most - least:
                return False
            for v, c in row.terms:
                low, high = lows[v], highs[v]
                if abs(c) * (high - low) <= min(above, below):
                    continue
                up, down = (above, below) if c > 0 else (below, above)
                lows[v], highs[v] = max(low, high - down // abs(c)), min(high, low + up // abs(c))
                if lows[v] > highs[v]:
                    return False
                changed.add(v)
    return True


class _Repair:
    """Moves of variables towards the rows that a point breaks, never out of a row that it satisfies."""

    def __init__(self, rows: list[_Row], size: int, budget: _Budget) -> None:
        self.rows = rows
        self.budget = budget
        self.columns: list[list[tuple[int, int]]] = [[] for _ in range(size)]
        for i, row in enumerate(rows):
            for v, c in row.terms:
                self.columns[v].append((i, c))

    def succeeds(self, point: list[int], lows: list[int], highs: list[int]) -> bool:
        """Whether the point, which is moved in place, comes to satisfy every row."""
        self.point, self.lows, self.highs = point, lows, highs
        self.values = [sum(c * point[v] for v, c in row.terms) for row in self.rows]
        broken = [i for i in range(len(self.rows)) if self._lack(i) > 0]
        for _ in range(len(self.rows)):
            before = self.values[:]
            for i in broken:
                self._fill(i)
            broken = [i for i in broken if self._lack(i) > 0]
            if not broken or before == self.values:
                break
        return all(self._lack(i) <= 0 or self._fits(i) for i in broken)

    def _lack(self, i: int) -> int:
        row, value = self.rows[i], self.values[i]
        return max(row.low - value, value - row.high)

    def _fill(self, i: int) -> None:
        """Move each variable of a row, from the greatest coefficient to the smallest, for as long as it lacks."""
        for v, c in self.rows[i].terms:
            lack = self._lack(i)
            if lack <= 0:
                return
            sign = 1 if (self.values[i] < self.rows[i].low) == (c > 0) else -1
            room = [self.highs[v] - self.point[v] if sign > 0 else self.point[v] - self.lows[v]]
            for k, d in self.columns[v]:
                row, value = self.rows[k], self.values[k]
                room.append((row.high - value if d * sign > 0 else value - row.low) // abs(d))
            self._move(v, sign * max(0, min(-(-lack // abs(c)), *room)))

    def _fits(self, i: int) -> bool:
        """Whether two variables, moved at once, make good what a row lacks."""
        row, lack, sign = self.rows[i], self._lack(i), 1 if self.values[i] < self.rows[i].low else -1
        for (v, c), (w, d) in islice(combinations(reversed(row.terms), 2), _PAIRS):
            self.budget.spend(1)
            shared = math.gcd(c, d)
            needed = -(-lack // shared) * shared
            if needed > lack + row.high - row.low:
                continue
            period = abs(d) // shared
            first = sign * needed // shared * pow(c // shared, -1, period) % period
            for count in (first, first - period):
                if self._goes(v, count, w, (sign * needed - c * count) // d):
                    return True
        return False

    def _goes(self, v: int, count: int, w: int, other: int) -> bool:
        """Whether two variables can be moved, which then are, so that all of their rows are satisfied."""
        for variable, by in ((v, count), (w, other)):
            if not self.lows[variable] <= self.point[variable] + by <= self.highs[variable]:
                return False
        self._move(v, count)
        self._move(w, other)
        if all(self._lack(k) <= 0 for k, _ in self.columns[v] + self.columns[w]):
            return True
        self._move(v, -count)
        self._move(w, -other)
        return False

    def _move(self, v: int, count: int) -> None:
        self.budget.spend(len(self.columns[v]))
        self.point[v] += count
        for k, d in self.columns[v]:
            self.values[k] += d * count


class _Program:
    """Linear program without an objective: the rows as equations between variables that all have a range.

    A variable more for each row is its form's value. Each equation is solved for a basic variable of its own; all
    other variables are at integers within their ranges. Equations are kept in integers without a common factor,
    with the basic variable's coefficient positive.
    """

    def __init__(self, rows: list[_Row], start: list[int], budget: _Budget) -> None:
        self.rows = rows
        self.size = len(start)
        self.budget = budget
        self.values = start + [0] * len(rows)
        self.equations = {
            basic: {basic: 1} | {v: -c for v, c in row.terms} for basic, row in enumerate(rows, start=self.size)
        }

    def is_feasible(self, lows: list[int], highs: list[int]) -> bool:
        """Whether some point of a box satisfies every equation, integer or not; there the program then stands."""
        lows, highs = lows + [row.low for row in self.rows], highs + [row.high for row in self.rows]
        self.values = [max(low, min(high, x)) for low, high, x in zip(lows, highs, self.values, strict=True)]
        while True:
            # Bland's rule: of all that may leave and of all that may enter, the first. So no basis comes again.
            for basic in sorted(self.equations):
                part, whole = self._quotient(basic)
                if not lows[basic] * whole <= part <= highs[basic] * whole:
                    break
            else:
                return all(self._has_integers(equation, lows, highs) for equation in self.equations.values())
            up = part < lows[basic] * whole
            self.values[basic] = lows[basic] if up else highs[basic]
            entering = [
                v
                for v, c in self.equations[basic].items()
                if v != basic and self.values[v] != (highs[v] if (c < 0) == up else lows[v])
            ]
            if not entering:
                return False
            self._pivot(basic, min(entering))

    def vertex(self) -> list[Fraction]:
        """Where the program stands, without the rows' own variables."""
        return [
            Fraction(*self._quotient(v)) if v in self.equations else Fraction(self.values[v])
            for v in range(self.size)
        ]

    def _quotient(self, basic: int) -> tuple[int, int]:
        equation = self.equations[basic]
        self.budget.spend(len(equation))
        return -sum(c * self.values[v] for v, c in equation.items() if v != basic), equation[basic]

    def _has_integers(self, equation: dict[int, int], lows: list[int], highs: list[int]) -> bool:
        """Whether what is fixed leaves a multiple of what the free coefficients have in common."""
        step = math.gcd(*(c for v, c in equation.items() if lows[v] < highs[v]))
        return not step or sum(c * lows[v] for v, c in equation.items() if lows[v] == highs[v]) % step == 0

    def _pivot(self, leaving: int, entering: int) -> None:
        """Solve an equation for another of its variables, and take this out of all others."""
        solved = self.equations.pop(leaving)
        if solved[entering] < 0:
            solved = {v: -c for v, c in solved.items()}
        for basic, equation in self.equations.items():
            if entering in equation:
                self.budget.spend(len(equation) + len(solved))
                shared = math.gcd(equation[entering], solved[entering])
                times, less = solved[entering] // shared, equation[entering] // shared
                mixed = {v: times * c for v, c in equation.items()}
                for v, c in solved.items():
                    mixed[v] = mixed.get(v, 0) - less * c
                factor = math.gcd(*mixed.values())
                self.equations[basic] = {v: c // factor for v, c in mixed.items() if c}
        self.equations[entering] = solved
