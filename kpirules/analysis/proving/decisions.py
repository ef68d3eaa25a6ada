"""Checks decision tables, combination by combination of the values their cases read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, prod
from typing import Any

from attrs import define, field, frozen

from ...diagnostics import Diagnostic
from ...diagnostics.codes import At, scoring
from ...kernel.budget import spend
from ...kernel.exact import to_text
from ...language.expressions import NUMBER
from ...language.model import Case, Cases, DateDomain, NumberDomain, Parameter, Table, Words
from ...plan import Plan
from ...plan.ops import Cases as Choice
from ...plan.ops import Const, If, Op, Read
from ...plan.steps import Judge
from ..bounds import Bound, Bounds
from ..checking.facts import Facts
from .prover import Prover, proved

__all__ = ["Called", "Decided", "DecisionTables", "called", "check_cases", "decided"]

MOST_COMBINATIONS = 100_000
"""The most combinations of a decision table that are tried; beyond it nothing is known about the whole table."""


@frozen
class Decided:
    """The result of trying the combinations of a decision table.

    Args:
        is_whole: whether all combinations were tried.
        coming: the numbers of cases that are the first to hold for some combination, as far as known.
        uncovered: a combination for which no case holds except one with an expression, in words; empty if
            the cases have only expressions, None if there is no such combination.
        several: the numbers of two cases that hold at once, and a combination for which they do, in words.
        has_expressions: whether a case has an expression, whose outcome is unknown.
    """

    is_whole: bool
    coming: frozenset[int] = frozenset()
    uncovered: str | None = None
    several: Mapping[tuple[int, int], str] = field(factory=dict)
    has_expressions: bool = False


def decided(facts: Facts, prover: Prover) -> Mapping[str, Decided]:
    """Return the results for each decision table, by criterion; none for a table with an error.

    Args:
        facts: the facts of the rulebook.
        prover: knows the values of names in the tables.
    """
    parameters = {one.id: one for one in facts.rulebook.parameters}
    return {
        criterion.id: _Table(criterion.body, prover.plan, prover.bounds, parameters).gone_through()
        for criterion in facts.rulebook.criteria()
        if isinstance(criterion.body, Cases) and criterion.id not in facts.unresolved.criteria
    }


@frozen
class Called:
    """A called table of cases, once for each set of arguments.

    Args:
        table: the table of the rulebook.
        cases: its decision table.
        op: the operation it was lowered to.
        known: the result of trying its combinations.
    """

    table: Table
    cases: Cases
    op: Op
    known: Decided


def called(facts: Facts, prover: Prover) -> tuple[Called, ...]:
    """Return the tables of cases with the arguments they are called with.

    Args:
        facts: the facts of the rulebook.
        prover: knows the values of the arguments.
    """
    parameters = {one.id: one for one in facts.rulebook.parameters}
    found = []
    for table in facts.rulebook.tables:
        for (id_, values), op in prover.plan.tables.items():
            if id_ == table.id and table.cases is not None:
                arguments = dict(zip(table.args, values, strict=True))
                known = _Table(table.cases, prover.plan, prover.bounds, parameters, arguments).gone_through()
                found.append(Called(table, table.cases, op, known))
    return tuple(found)


@frozen
class DecisionTables:
    """The results for all decision tables.

    Args:
        of_criteria: the results by criterion.
        called: the calls of the rulebook's tables of cases.
    """

    of_criteria: Mapping[str, Decided]
    called: tuple[Called, ...]


def check_cases(facts: Facts, prover: Prover, tables: DecisionTables) -> Iterator[Diagnostic]:
    """Report cases that are never the first to hold."""
    untaken: dict[int, set[int]] = {}
    for case in prover.bounds.untaken:
        untaken.setdefault(id(case.op), set()).add(case.index)
    judged = {step.id: step.body for step in prover.plan.steps if isinstance(step, Judge)}
    for criterion in facts.rulebook.criteria():
        if criterion.id in tables.of_criteria and isinstance(criterion.body, Cases):
            never = _never(criterion.body, judged[criterion.id], tables.of_criteria[criterion.id], untaken)
            yield from _never_coming(criterion.body, never, f"`{criterion.id}`", criterion.words)
    if not facts.unresolved.is_nothing:
        return  # an unresolved value may be the one that selects a case
    of_tables: dict[str, list[Called]] = {}
    for call in tables.called:
        of_tables.setdefault(call.table.id, []).append(call)
    for calls in of_tables.values():
        table, cases = calls[0].table, calls[0].cases
        never = set.intersection(*(_never(cases, case.op, case.known, untaken) for case in calls))
        yield from _never_coming(cases, never, f"the table `{table.id}`", table.words)


def _never(cases: Cases, op: object, known: Decided, untaken: Mapping[int, set[int]]) -> set[int]:
    """Return the indices of the cases that are never the first to hold."""
    op = op.then if isinstance(op, If) else op
    found = set(untaken.get(id(op), ())) if isinstance(op, Choice) else set()
    if known.is_whole:
        unconditional = (place for place, row in enumerate(cases.rows) if row.condition is None)
        found |= {place for place in unconditional if cases.rows[place].number not in known.coming}
    return found


def _never_coming(cases: Cases, never: set[int], name: str, words: Words) -> Iterator[Diagnostic]:
    for place, row in enumerate(cases.rows):
        if place in never:
            at = At(row.words.span or words.span, row.words.path or words.path)
            yield proved(scoring.case_never_comes(at, name, row.number, row.in_words))


# -- one table ------------------------------------------------------------------------------------


@define
class _Table:
    """A decision table with the values of its names.

    Args:
        cases: its cases.
        plan: the plan with the inputs and `let` that the cases name.
        bounds: the bounds of every other name.
        parameters: the parameters by id.
        arguments: for a table of the rulebook, the operations of its arguments.
        ranks: for names that are ordered choices, the ranks of their options.
    """

    cases: Cases
    plan: Plan
    bounds: Bounds
    parameters: Mapping[str, Parameter]
    arguments: Mapping[str, Op] = field(factory=dict)
    ranks: dict[str, Mapping[str, int]] = field(factory=dict)

    def gone_through(self) -> Decided:
        rows = [row for row in self.cases.rows if row.condition is None]
        has_expressions = len(rows) < len(self.cases.rows)
        names = dict.fromkeys(need.name for row in rows for need in row.needs)
        values = {name: self.values(name, rows) for name in names}
        is_known = all(one and self.are_comparable(name, rows, one) for name, one in values.items())
        if not is_known or prod(map(len, values.values())) > MOST_COMBINATIONS:
            return Decided(False, has_expressions=has_expressions)
        allowed = [(name, [(one, self.mask(rows, name, one)) for one in values[name]]) for name in names]
        whole = (1 << len(rows)) - 1
        asking = sum(1 << place for place, row in enumerate(rows) if not row.is_rest)
        coming, uncovered, count = 0, None, 0
        several: dict[tuple[int, int], str] = {}
        for mask, chosen in _combinations(allowed, whole, ()):
            count += 1
            coming |= mask & -mask
            if not mask and uncovered is None:
                uncovered = _choice_in_words(names, chosen)
            if self.cases.is_unique and (both := _first_two(mask & asking)):
                one, other = (rows[place].number for place in both)
                several.setdefault((one, other), _choice_in_words(names, chosen))
        spend("asking", count)
        numbers = frozenset(row.number for place, row in enumerate(rows) if coming >> place & 1)
        return Decided(True, numbers, uncovered, several, has_expressions)

    def are_comparable(self, name: str, rows: Sequence[Case], values: Sequence[Any]) -> bool:
        """Return whether the ends of intervals have the type of a name; beside an error they may not."""
        ends = [end.value for row in rows for need in row.needs if need.name == name for _, end in need.ends]
        ranks = self.ranks.get(name)
        return all(type(end) is type(values[0]) if ranks is None else end in ranks for end in ends)

    def mask(self, rows: Sequence[Case], name: str, value: Any) -> int:
        """Return the cases, as bits, that a value does not rule out."""
        ranks = self.ranks.get(name)
        key: Callable[[Any], Any] = (lambda one: one) if ranks is None else ranks.__getitem__
        return sum(1 << place for place, row in enumerate(rows) if _fits(row, name, value, key))

    def values(self, name: str, rows: Sequence[Case]) -> Sequence[Any]:
        """Return one value of a name for each way the cases treat it, or none if the values are unknown."""
        op = self.arguments.get(name)
        if isinstance(op, Const):
            return [op.value]
        if op is None and name in self.parameters:
            return [self.parameters[name].value]
        needs = [need for row in rows for need in row.needs if need.name == name]
        written = {one.value for need in needs for one in (*need.among, *(end for _, end in need.ends))}
        read = op.name if isinstance(op, Read) else name if op is None else ""
        input_ = next((one for one in self.plan.inputs if one.id == read), None)
        named = self.plan.let.get(read)
        type_ = input_.type if input_ is not None else named.op.type if named is not None else NUMBER
        type_ = type_ if op is None else op.type
        domain = None if input_ is None else input_.domain
        bound = self.bounds.names.get(read) if op is None or read else self.bounds.of(op)
        match type_.kind:
            case "choice" | "string":
                self.ranks |= {name: type_.ranks} if type_.order is not None else {}
                possible = None if bound is None else bound.options
                return [one for one in type_.options if possible is None or one in possible]
            case "boolean":
                return [True, False]
            case "text":
                return [*sorted(map(str, written)), None]
            case "date":
                return self.days(domain, bound, {one for one in written if isinstance(one, date)})
            case _:
                ends = {one for one in written if isinstance(one, Fraction)}
                if isinstance(domain, NumberDomain):
                    return _cut(ends, domain.grid.unit, domain.grid.low, domain.grid.high)
                return _within(ends, bound)

    def days(self, domain: object, bound: Bound | None, written: set[date]) -> list[date]:
        ends = {Fraction(one.toordinal()) for one in written}
        # Without an end of the domain, the day before the first written one stands for all before it.
        first, last = max(date.min.toordinal(), int(min(ends, default=2)) - 1), date.max.toordinal()
        earliest, latest = (None, None) if bound is None else (bound.earliest, bound.latest)
        if isinstance(domain, DateDomain):
            earliest, latest = domain.minimum, domain.maximum
        first = first if earliest is None else earliest.toordinal()
        last = last if latest is None else latest.toordinal()
        return [date.fromordinal(int(one)) for one in _cut(ends, Fraction(1), first, last)]


def _within(ends: set[Fraction], bound: Bound | None) -> list[Fraction]:
    """Return representative numbers within bounds: the ends, and one of each interval between them."""
    low, high = (None, None) if bound is None else (bound.low, bound.high)
    if bound is not None and bound.denominator is not None and low is not None and high is not None:
        unit = Fraction(bound.multiple or 1, bound.denominator)
        return _cut(ends, unit, ceil(low / unit), floor(high / unit))
    limits = {one for one in (low, high) if one is not None}
    return [one for one in _cut(ends | limits) if (low is None or one >= low) and (high is None or one <= high)]


def _first_two(mask: int) -> tuple[int, int] | None:
    """Return the indices of the lowest two bits that are set, None if there are fewer."""
    first = mask & -mask
    rest = mask ^ first
    return ((first.bit_length() - 1), ((rest & -rest).bit_length() - 1)) if rest else None


def _fits(row: Case, name: str, value: Any, key: Callable[[Any], Any]) -> bool:
    """Return whether a value satisfies the condition of a case on a name, if it has one."""
    for need in row.needs:
        if need.name == name:
            if need.among:
                return any(one.value == value for one in need.among)
            return all(_inside(end, key(one.value), key(value)) for end, one in need.ends)
    return True


def _inside(end: str, limit: Any, value: Any) -> bool:
    match end:
        case "from":
            return bool(value >= limit)
        case "above":
            return bool(value > limit)
        case "to":
            return bool(value <= limit)
        case _:
            return bool(value < limit)


def _cut(ends: set[Fraction], unit: Fraction | None = None, low: int = 0, high: int = 0) -> list[Fraction]:
    """Return the ends and a number between each two, below the first and above the last, if they exist.

    Args:
        ends: the numbers where treatment may change.
        unit: the number of which all numbers are multiples, None for any number.
        low, high: the least and the greatest multiple.
    """
    cuts = sorted(ends)
    if unit is None:
        middles = [(one + other) / 2 for one, other in pairwise(cuts)]
        return sorted({*cuts, *middles, *(cuts[:1] and [cuts[0] - 1, cuts[-1] + 1])})
    # The least number, each end, and one of every interval between ends: a round one, else the first.
    places = {low, *(ceil(end / unit) for end in cuts)}
    for end, after in zip(cuts, (*cuts, high * unit)[1:], strict=True):
        round_ = next((one / unit for one in (end + 1, (end + after) / 2) if end < one < after), end / unit)
        places.add(int(round_) if round_ > end / unit and round_.denominator == 1 else floor(end / unit) + 1)
    return [place * unit for place in sorted(places) if low <= place <= high]


Allowed = list[tuple[str, list[tuple[Any, int]]]]


def _combinations(allowed: Allowed, mask: int, chosen: tuple[Any, ...]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield every combination with the cases that it does not rule out; stop when all are ruled out."""
    if not mask or len(chosen) == len(allowed):
        yield mask, chosen
        return
    for value, fitting in allowed[len(chosen)][1]:
        yield from _combinations(allowed, mask & fitting, (*chosen, value))


def _choice_in_words(names: Mapping[str, None], chosen: Sequence[Any]) -> str:
    return ", ".join(f"{name} {_word(value)}" for name, value in zip(names, chosen, strict=False))


def _word(value: Any) -> str:
    match value:
        case None:
            return "anything else"
        case bool():
            return str(value).lower()
        case Fraction():
            return to_text(value)
        case _:
            return f"`{value}`" if isinstance(value, str) else str(value)
