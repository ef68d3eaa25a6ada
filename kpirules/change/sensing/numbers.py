"""The numbers of a rulebook that affect ratings, each with its possible values and its effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from ...kernel.mappings import FrozenMap
from ...language.expressions.tree import Literal
from ...language.model import Amount, Bands, Cases, Criterion, Entered, Group, Measure, Scale, Shape
from .acting import Acting, by_cap, by_each, by_edge, by_end, by_height, by_knot, by_limit, by_max, by_row, by_weight
from .places import Place, between, places
from .rules import Rules
from .spans import End, Span

__all__ = ["Number", "numbers"]

ZERO, ONE = Fraction(0), Fraction(1)


@frozen
class Number:
    """A number of a rulebook.

    Args:
        path: its path, as `with_changes` takes it.
        kind: max, weight, points, edge, band, limit, cap, share or parameter.
        value: the number.
        domain: the values that it may have while everything else is as it is.
        acting: how it acts on a subject; None if its effect is only searched for.
        follows: other numbers that follow it, by path: each is `offset + slope * value`.
        is_in_formulas: whether it is a parameter that formulas read, and nothing else.
    """

    path: str
    kind: str
    value: Fraction
    domain: Span = field(factory=Span)
    acting: Acting | None = None
    follows: FrozenMap[str, tuple[Fraction, Fraction]] = field(factory=FrozenMap)
    is_in_formulas: bool = False

    def changes(self, value: Fraction) -> dict[str, Any]:
        """Return the changes that give it another value, for `with_changes`."""
        others = {path: offset + slope * value for path, (offset, slope) in self.follows.items()}
        return {self.path: value, **others}


Found = tuple[Number, Amount]


def numbers(rules: Rules) -> list[Number]:
    """Return the numbers that can be changed by their path, in the order of the rulebook.

    A parameter replaces the numbers that are written by its name.
    """
    book = rules.rulebook
    found = [*_of_criteria(rules), *_of_bands(rules)]
    by_parameter: dict[str, list[Number]] = {}
    for number, amount in found:
        if amount.parameter is not None:
            by_parameter.setdefault(amount.parameter, []).append(number)
    kept = [number for number, amount in found if amount.parameter is None]
    read_by_others = {name for one in book.parameters for name in one.formula.names}
    read = rules.read | read_by_others
    for parameter in book.parameters:
        if isinstance(parameter.value, Fraction) and not _is_step_alone(rules, parameter.id, {*read, *by_parameter}):
            path, found_there = f"parameters.{parameter.id}", by_parameter.get(parameter.id, [])
            is_elsewhere, is_read = _is_elsewhere(rules, parameter.id), parameter.id in read
            is_single = len(found_there) == 1 and not is_read and not is_elsewhere
            single = found_there[0] if is_single else Number("", "", ZERO)
            is_in_formulas = not found_there and not is_elsewhere and parameter.id not in read_by_others
            kept.append(
                evolve(single, path=path, kind="parameter", value=parameter.value, is_in_formulas=is_in_formulas)
            )
    return [*kept, *_of_limits(rules), *_of_tables(rules)]


def _is_step_alone(rules: Rules, parameter: str, others: set[str]) -> bool:
    """Return whether a parameter is only the step of entered points: other values refuse subjects, and rate none."""
    steps = {
        one.body.step.parameter for one in rules.criteria.values() if isinstance(one.body, Entered) and one.body.step
    }
    return parameter in steps and parameter not in others


def _is_elsewhere(rules: Rules, parameter: str) -> bool:
    """Return whether a parameter is used where numbers are not listed: steps, roundings, minima, tables, cases."""
    if any(one.round is not None and one.round.parameter == parameter for one in rules.criteria.values()):
        return True
    steps = [one.body.step for one in rules.criteria.values() if isinstance(one.body, Entered)]
    minima = [one.written_min for one in rules.criteria.values()]
    if any(amount is not None and amount.parameter == parameter for amount in (*steps, *minima)):
        return True
    tables = rules.rulebook.tables
    if any(place.amount.parameter == parameter for table in tables for place in places(table.shape, "value")):
        return True
    cases = [*(table.shape for table in tables), *(one.body for one in rules.criteria.values())]
    return any(parameter in _constants(one) for one in cases if isinstance(one, Cases))


def _constants(cases: Cases) -> set[str | None]:
    """Return the parameters that the conditions of cases name."""
    needs = [need for case in cases.rows for need in case.needs]
    return {one.parameter for need in needs for one in (*need.among, *(constant for _, constant in need.ends))}


# -- criteria ---------------------------------------------------------------------------------------------


def _of_criteria(rules: Rules) -> Iterator[Found]:
    for criterion in rules.criteria.values():
        path = "score" if criterion.id == "score" else f"criteria.{criterion.id}"
        is_plain = rules.is_plain(criterion.id)
        yield from _weight(rules, criterion, path, is_plain=is_plain)
        yield from _max(rules, criterion, path, is_plain=is_plain)
        if isinstance(criterion.body, Group) and criterion.body.require_share is not None:
            domain = Span(End(ZERO, False, ""), End(ONE, False, ""))
            amount = criterion.body.require_share
            yield Number(f"{path}.require_share", "share", amount.value, domain), amount
        yield from _rows(criterion, path, is_plain=is_plain)


def _weight(rules: Rules, criterion: Criterion, path: str, *, is_plain: bool) -> Iterator[Found]:
    amount, group = criterion.weight, rules.parents.get(criterion.id)
    if amount is None or group is None or not isinstance(group.body, Group):
        return
    is_plain = is_plain and group.body.combine == "mean" and group.body.require_share is None
    others = [child for child in group.children if child.id != criterion.id]
    follows: dict[str, tuple[Fraction, Fraction]] = {}
    high = None
    if not group.body.are_weights_relative:
        rest = ONE - amount.value
        if rest == 0:
            return  # it is the only one
        high = End(ONE, True, "")
        for child in others:
            part = child.weight.value / rest if child.weight else ZERO
            follows[f"criteria.{child.id}.weight"] = (part, -part)
        is_plain = is_plain and all(child.weight and child.weight.parameter is None for child in others)
    acting = by_weight(criterion, group) if is_plain else None
    domain = Span(End(ZERO, True, ""), high)
    yield Number(f"{path}.weight", "weight", amount.value, domain, acting, FrozenMap(follows)), amount


def _max(rules: Rules, criterion: Criterion, path: str, *, is_plain: bool) -> Iterator[Found]:
    amount, group = criterion.written_max, rules.parents.get(criterion.id)
    if amount is None or amount.value <= 0:
        return
    domain = Span(End(ZERO, True, ""))
    if isinstance(criterion.body, Group) and criterion.body.combine == "sum":
        if criterion.is_clamped:  # else it only repeats the sum of its children
            acting = by_cap(criterion) if is_plain and _sums_alone(rules, criterion) else None
            yield Number(f"{path}.max", "cap", amount.value, domain, acting), amount
        return
    follows = dict(_followers(rules, criterion, amount.value)) if criterion.id in rules.parents else {}
    is_in_sum = group is None or (isinstance(group.body, Group) and group.body.combine == "sum")
    is_plain = is_plain and not criterion.min and criterion.missing != "full"
    is_plain = is_plain and all(
        above.written_max is None or above.written_max.parameter is None for above in rules.above(criterion.id)
    )
    if is_in_sum:
        is_plain = is_plain and _sums_alone(rules, criterion)
    else:
        is_plain = is_plain and criterion.round is None and not criterion.is_clamped
    acting = by_max(criterion, group) if is_plain else None
    yield Number(f"{path}.max", "max", amount.value, domain, acting, FrozenMap(follows)), amount


def _sums_alone(rules: Rules, criterion: Criterion) -> bool:
    """Return whether a maximum acts through the points of its criterion alone, not through those of its groups."""
    for above in (criterion, *rules.above(criterion.id)):
        if above.missing == "full":
            return False
        if above is criterion:
            continue
        body = above.body
        required = body.require_share if isinstance(body, Group) else None
        is_sum = isinstance(body, Group) and body.combine == "sum" and not body.rescale
        if not is_sum or above.limits[1] is not None or (required is not None and required.value not in (ZERO, ONE)):
            return False
    return True


def _followers(
    rules: Rules, criterion: Criterion, current: Fraction
) -> Iterator[tuple[str, tuple[Fraction, Fraction]]]:
    """Yield the written maxima of sums above a criterion, which are the sum of their children."""
    child = criterion
    for above in rules.above(criterion.id):
        is_sum = isinstance(above.body, Group) and above.body.combine == "sum"
        if not is_sum or child.is_extra or above.is_clamped:
            return
        if above.written_max is not None:
            path = "score" if above.id == "score" else f"criteria.{above.id}"
            yield f"{path}.max", (above.written_max.value - current, ONE)
        child = above


# -- rows -------------------------------------------------------------------------------------------------


def _rows(criterion: Criterion, path: str, *, is_plain: bool) -> Iterator[Found]:
    body = criterion.body
    if isinstance(body, Group | Entered) or not isinstance(body, Cases | Measure):
        return
    shape = body if isinstance(body, Cases) else body.shape
    is_open = any(row.is_undefined for row in getattr(shape, "rows", ()))
    for place in places(shape, "points"):
        is_known = is_plain and not (is_open and place.kind == "edge")
        acting = _acting_of(criterion, shape, place) if is_known else None
        kind = "edge" if place.kind in ("edge", "knot") else "points"
        yield Number(f"{path}.{place.path}", kind, place.amount.value, place.domain, acting), place.amount


def _acting_of(criterion: Criterion, shape: Shape | Cases, place: Place) -> Acting:
    match place.kind:
        case "points":
            return by_row(criterion, place.index, is_rate=place.is_rate)
        case "each":
            return by_each(criterion)
        case "height":
            assert isinstance(shape, Scale)
            return by_height(criterion, shape, place.index)
        case "edge":
            assert not isinstance(shape, Cases)
            return by_edge(criterion, shape, place.amount.value, place.replace)
        case _:
            assert isinstance(shape, Scale)
            return by_knot(criterion, shape, place.index)


def _of_tables(rules: Rules) -> Iterator[Number]:
    for table in rules.rulebook.tables:
        for place in places(table.shape, "value"):
            if place.amount.parameter is None:
                kind = "edge" if place.kind in ("edge", "knot") else "points"
                yield Number(f"tables.{table.id}.{place.path}", kind, place.amount.value, place.domain)


# -- the score ----------------------------------------------------------------------------------------------


def _of_bands(rules: Rules) -> Iterator[Found]:
    bands = rules.rulebook.bands
    if bands is None:
        return
    ends = [end.value for level in bands.levels for end in (level.lower, level.upper) if end is not None]
    is_plain = rules.read.isdisjoint({"band"})
    for index, level in enumerate(bands.levels):
        keys = {
            "lower": "above" if level.is_lower_open else "from",
            "upper": "below" if level.is_upper_open else "to",
        }
        for name, key in keys.items():
            amount = getattr(level, name)
            if amount is not None:
                domain = between(amount.value, ends)
                is_alone = ends.count(amount.value) == 1
                replace = _replacing_band(index, name)
                acting = by_end(bands, amount.value, domain, replace) if is_plain and is_alone else None
                yield Number(f"bands.{level.id}.{key}", "band", amount.value, domain, acting), amount


def _replacing_band(index: int, name: str) -> Callable[[Bands, Amount], Bands]:
    def replace(bands: Bands, amount: Amount) -> Bands:
        levels, other = list(bands.levels), {name: amount}
        levels[index] = evolve(levels[index], **other)  # type: ignore[arg-type]
        return evolve(bands, levels=tuple(levels))

    return replace


def _of_limits(rules: Rules) -> Iterator[Number]:
    is_plain = not rules.reads_score
    for limit in rules.rulebook.score_limits:
        tree = limit.at_most.tree
        if isinstance(tree, Literal) and isinstance(tree.value, Fraction):
            path = f"score.limits.{limit.id}.at_most"
            yield Number(path, "limit", tree.value, acting=by_limit(limit.id) if is_plain else None)
