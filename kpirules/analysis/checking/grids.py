"""Which numbers a score can be: the coarsest grid that surely holds it, found from the structure alone.

A grid is a positive number of which every possible value is a whole multiple; 0 is the grid of 0 alone,
None of values that may be no ending decimal or of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import gcd, lcm

from attrs import define, field

from ...kernel.exact import is_finite_decimal
from ...language.expressions import FUNCTIONS, Expression, tree
from ...language.model import Amount, Criterion, ListDomain, Lookup, NumberDomain, Rulebook, Shape, Steps, Thresholds
from .line import line_of_input

__all__ = ["FINEST_FUNCTION", "FINEST_INPUT", "ONE", "Grid", "Survey", "common", "kept", "over", "times"]

Grid = Fraction | None

ONE = Fraction(1)
FINEST_INPUT = Fraction(1, 10**18)
"""Numbers without bounds have at most 18 digits after the point."""

FINEST_FUNCTION = Fraction(1, 10**40)
"""Irrational functions are never finer."""

WIDEST = 4_096
"""Bits of a grid beyond which nothing is known: no score is published that finely."""


def common(grids: Iterable[Grid]) -> Grid:
    """The grid that holds every sum and choice of values on the grids.

    >>> common([Fraction(1, 4), Fraction(1, 10)])
    Fraction(1, 20)
    """
    found: list[Fraction] = []
    for grid in grids:
        if grid is None:
            return None
        found.append(grid)
    return kept(reduce(_gcd, found)) if found else Fraction(0)


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    return Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)


def times(*grids: Grid) -> Grid:
    found = None
    for grid in grids:
        if grid is None:
            return None
        found = grid if found is None else found * grid
    return kept(ONE if found is None else found)


def kept(grid: Grid) -> Grid:
    if grid is None or grid.denominator.bit_length() > WIDEST or not is_finite_decimal(grid):
        return None
    return grid


def over(a: Fraction, b: Fraction) -> Grid:
    return kept(abs(a / b))


def _grid_of_input(domain: NumberDomain) -> Grid:
    return kept(line_of_input(domain).step or FINEST_INPUT)


@define
class Survey:
    """The grids of names found so far, and through them those of expressions.

    Args:
        rulebook: the rules.
        computed: the expressions of named things, as the dependency graph calls them.
    """

    rulebook: Rulebook
    computed: Mapping[str, Expression]
    known: dict[str, Grid] = field(factory=dict)
    constants: dict[str, Fraction] = field(init=False)
    let: dict[str, Expression] = field(init=False)
    criteria: dict[str, Criterion] = field(init=False)
    lists: dict[str, dict[str, Grid]] = field(factory=dict)
    tables: Mapping[str, Shape] = field(init=False)
    variables: dict[str, Mapping[str, Grid]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        rulebook = self.rulebook
        self.constants = {p.id: p.value for p in rulebook.parameters if isinstance(p.value, Fraction)}
        self.let = {named.id: named.value for named in rulebook.let}
        self.criteria = {c.id: c for c in rulebook.root.walk()} if rulebook.root is not None else {}
        self.tables = {table.id: table.shape for table in rulebook.tables}
        for declared in rulebook.inputs:
            if isinstance(declared.domain, NumberDomain):
                self.known[declared.id] = _grid_of_input(declared.domain)
            elif isinstance(declared.domain, ListDomain):
                self.lists[declared.id] = {
                    f.id: _grid_of_input(f.domain)
                    for f in declared.domain.fields
                    if isinstance(f.domain, NumberDomain)
                }
        self.known.update({id_: kept(abs(value)) for id_, value in self.constants.items()})
        limited = [criterion for criterion in self.criteria.values() if criterion.max is not None]
        self.known.update({f"max.{c.id}": kept(abs(c.max)) for c in limited if c.max is not None})

    def of_shape(self, shape: Shape, measure: Grid, most: Grid) -> Grid:
        """The grid of what a table gives; `most` stands behind rates."""
        match shape:
            case Steps(rows=rows) | Lookup(rows=rows):
                return common(
                    times(abs(row.gives.value), most if row.is_rate else ONE)
                    for row in rows
                    if isinstance(row.gives, Amount)
                )
            case Thresholds(each=each):
                return kept(abs(each.value))
            case _:
                if measure is None:
                    return None
                pairs = [(x.value, y.value) for x, y in shape.knots]
                grids: list[Grid] = [kept(abs(y)) for _, y in pairs]
                for (x0, y0), (x1, y1) in pairwise(pairs):
                    slope = abs(y1 - y0) / (x1 - x0) if x1 != x0 else Fraction(0)
                    grids.append(times(_gcd(measure, abs(x0)), slope))
                return common(grids)

    # -- expressions ----------------------------------------------------------------------------

    def of(self, node: tree.Node) -> Grid:
        """The grid of a number; of other values nothing is known."""
        match node:
            case tree.Literal(value=Fraction() as value):
                return kept(abs(value))
            case tree.Name(id=id_):
                return self.known.get(id_)
            case tree.Field(owner=owner, name=name):
                return self.variables[owner].get(name) if owner in self.variables else self.known.get(node.dotted)
            case tree.Sign(operand=operand):
                return self.of(operand)
            case tree.Arithmetic(operator="/", left=left, right=right):
                return self.quotient(left, right)
            case tree.Arithmetic(operator="*", left=left, right=right):
                return times(self.of(left), self.of(right))
            case tree.Arithmetic(left=left, right=right):
                return common([self.of(left), self.of(right)])
            case tree.Raised(base=base, exponent=exponent):
                return times(*[self.of(base)] * exponent)
            case tree.Conditional(then=then, otherwise=otherwise):
                return common([self.of(then), self.of(otherwise)])
            case tree.Call():
                return self.of_call(node)
            case tree.Aggregate():
                return self.of_aggregate(node)
            case tree.OfCohort():
                return self.of_cohort(node)
            case _:
                return None

    def quotient(self, above: tree.Node, below: tree.Node) -> Grid:
        divisor = self.constant(below)
        return times(self.of(above), over(ONE, divisor)) if divisor else None

    def constant(self, node: tree.Node) -> Fraction | None:
        match node:
            case tree.Literal(value=Fraction() as value):
                return value
            case tree.Sign(operand=operand):
                return self.constant(operand)
            case tree.Name(id=id_):
                return self.constants.get(id_)
            case _:
                return None

    def of_call(self, call: tree.Call) -> Grid:
        named = dict(call.named)
        arguments = [*call.arguments, *named.values()]
        if call.function in self.tables:
            return self.of_shape(self.tables[call.function], self.of(arguments[0]), ONE)
        row = FUNCTIONS[call.function]
        if row.is_whole:
            return ONE
        if call.function == "round":
            return self.of_rounding(call, named)
        if call.function == "ratio":
            return self.of_ratio(call, named)
        if row.series == "power":
            return None
        if row.series not in ("", "root"):
            return FINEST_FUNCTION
        inside = common(self.of(argument) for argument in arguments)
        if row.series:
            under = self.of(arguments[0])
            return None if under is None else Fraction(1, lcm(under.denominator, FINEST_FUNCTION.denominator))
        return inside

    def of_ratio(self, call: tree.Call, named: Mapping[str, tree.Node]) -> Grid:
        parts = {**dict(zip(("a", "b"), call.arguments, strict=False)), **named}
        return common([self.quotient(parts["a"], parts["b"]), self.of(parts["if_zero"])])

    def of_rounding(self, call: tree.Call, named: Mapping[str, tree.Node]) -> Grid:
        if "to" in named:
            to = self.constant(named["to"])
            return None if to is None else kept(abs(to))
        places = named.get("places") or (call.arguments[1] if len(call.arguments) > 1 else None)
        value = None if places is None else self.constant(places)
        is_negative = isinstance(places, tree.Sign) and places.operator == "-"
        return Fraction(10) ** (int(value or 0) * (1 if is_negative else -1))

    def of_aggregate(self, aggregate: tree.Aggregate) -> Grid:
        if aggregate.function == "count":
            return ONE
        if aggregate.function not in ("sum", "min", "max") or aggregate.body is None:
            return None
        before = dict(self.variables)
        collection = aggregate.collection
        if isinstance(collection, tree.Name):
            self.variables[aggregate.variable] = self.lists.get(collection.id, {})
        else:
            self.variables[aggregate.variable] = self.of_children(collection.name)
        found = self.of(aggregate.body)
        self.variables = before
        return found

    def of_cohort(self, node: tree.OfCohort) -> Grid:
        if node.function in ("cohort_count", "cohort_rank"):
            return ONE
        if node.function not in ("cohort_sum", "cohort_min", "cohort_max") or node.body is None:
            return None
        before, self.variables = self.variables, {}
        found = self.of(node.body)
        self.variables = before
        return found

    def of_children(self, group: str) -> Mapping[str, Grid]:
        """What the records of `children.<group>` hold."""
        children = self.criteria[group].children
        return {
            "points": common(self.known.get(f"points.{child.id}") for child in children),
            "share": common(self.known.get(f"share.{child.id}") for child in children if child.has_share),
            "max": common(kept(child.max) for child in children if child.max is not None),
            "weight": common(kept(child.weight.value) if child.weight else ONE for child in children),
        }
