"""Distances of a subject from a goal, as numbers that the scalar engine computes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from attrs import evolve, field, frozen

from ...engines.scalar import Decision, ScalarEngine
from ...language.expressions import BOOLEAN, FUNCTIONS, NUMBER, Type
from ...language.model import Interval
from ...plan import Plan, ops
from ...plan.lowering import applied
from ...plan.ops import Call, Chain, Const, If, Item, Local, Logic, Not, Op, Over, Read, walk
from ...plan.steps import Applies, Banding, Entered, Exempt, Holds, Judge, Output, Override, Total, Validate
from .goals import Arguments, Goal

__all__ = ["Probe", "probe", "ties"]

NAME = "distance"
"""The output with the distance of a goal's conditions from their outcomes."""

BANDED = "banded number"
"""The output with the banded number, if that is not the score."""

NONE = Fraction(0)
"""The distance of a goal that is reached."""

A_LITTLE = Fraction(1, 1000)
"""The distance of two equal numbers from one being above the other."""

MOST_TIES = 12
"""The most comparisons of a rulebook whose ties the search tries."""

FAR = Fraction(10) ** 6
"""The distance of an absent condition."""


@frozen(eq=False)
class Probe:
    """Measures the distance of subjects from a goal.

    Args:
        engine: the engine of a plan with outputs for the distance.
        number: the slot of the number that must be in `stretch`, or empty.
        stretch: the interval for the number.
        beyond: the limits that the points of a criterion must exceed, or None.
        output: the output with the distance of conditions from their outcomes, or empty.
    """

    engine: ScalarEngine
    number: str = ""
    stretch: Interval = field(factory=Interval)
    beyond: tuple[str, Fraction | None, Fraction | None] | None = None
    output: str = ""
    _known: dict[Arguments, Fraction | None] = field(factory=dict, init=False)

    def distance(self, arguments: Arguments) -> Fraction | None:
        """Return the distance of a subject from the goal; None if it is invalid, or ends early."""
        # A search comes by one subject again and again.
        if arguments not in self._known:
            self._known[arguments] = self._distance(arguments)
        return self._known[arguments]

    def _distance(self, arguments: Arguments) -> Fraction | None:
        answer = self.engine.alone(arguments)
        if not isinstance(answer, Decision) or answer.is_early:
            return None
        found = NONE
        if self.output:
            violated = answer.number(f"outputs.{self.output}")
            if violated is None:
                return None
            found = violated
        if self.beyond is not None:
            id_, low, high = self.beyond
            points = answer.number(f"points.{id_}")
            if points is None:
                return None
            ways = [points - low] if low is not None else []
            ways += [high - points] if high is not None else []
            found += max(min(ways) + A_LITTLE, NONE)
        if self.number:
            number = answer.number(self.number)
            if number is None:
                return None
            outside = _outside(number, self.stretch)
            return found + outside if found else outside
        return found


def _outside(number: Fraction, stretch: Interval) -> Fraction:
    """Return the distance of a number from an interval."""
    low, high = stretch.lower, stretch.upper
    if low is not None and (number <= low if stretch.is_lower_open else number < low):
        return low - number + A_LITTLE if stretch.is_lower_open else low - number
    if high is not None and (number >= high if stretch.is_upper_open else number > high):
        return number - high + A_LITTLE if stretch.is_upper_open else number - high
    return NONE


def probe(plan: Plan, goal: Goal) -> Probe | None:
    """Return a probe for the distance of subjects from a goal; None if the distance can't be measured.

    Args:
        plan: the rules.
        goal: the goal to reach.
    """
    gates = [one for one in plan.steps if isinstance(one, Validate) and not one.records]
    wanted = [*goal.outcomes, *((one.that, True) for one in gates)]
    if goal.is_undefined:
        deciding = (one for one in plan.steps if isinstance(one, Override) and one.kind in ("band", "unrated"))
        whens = [one.when for one in deciding if one.when is not None]
        wanted += [(when, False) for when in whens if _is_closed(plan, [when])]
    conditions = [_violation(plan, op, outcome) for op, outcome in wanted]
    conditions += [_size(_minus(op, Const(value, NUMBER))) for op, value in goal.faulting]
    judged = next((one for one in plan.steps if isinstance(one, Judge) and one.id == goal.criterion), None)
    banding = next((one for one in plan.steps if isinstance(one, Banding)), None)
    outputs = [Output(NAME, _sum(conditions), "")] if conditions else []
    number, stretch = goal.number, goal.stretch
    if goal.band and banding is not None:
        # A fall can give a subject a band with another number; the search first tries a number of the band.
        stretch = next(one.interval for one in banding.levels if one.id == goal.band)
        number = goal.number if stretch == Interval() else "banded_on"
    if number == "banded_on" and banding is not None:
        number = "exact_score" if banding.is_on_exact else "score"
        if banding.measure is not None:
            outputs.append(Output(BANDED, banding.measure, ""))
            number = f"outputs.{BANDED}"
    if not (number or conditions or judged) or not _is_closed(plan, [one.op for one in outputs]):
        return None
    # Steps after the score decide nothing here, and would drop outputs if there is no band.
    later = Banding | Override | Output | Holds
    kept = [one for one in plan.steps if not isinstance(one, later) and one not in gates]
    if judged is not None:
        free = evolve(judged, low=None, high=None)
        kept = [*kept[: kept.index(judged)], free]
        kept = [one for one in kept if not isinstance(one, Total)]
    engine = ScalarEngine(evolve(plan, steps=(*kept, *outputs), cohort=()))
    beyond = None if judged is None else (judged.id, judged.low, judged.high)
    return Probe(engine, number, stretch, beyond, NAME if conditions else "")


def ties(plan: Plan) -> list[Probe]:
    """Return probes for the distance of subjects from ties of two compared formulas.

    Values of an input at ties are tried anyway if the input is compared by itself.

    Args:
        plan: the rules.
    """
    pairs = [pair for _, op in plan.operations() for part in walk(op) for pair in _compared(part)]
    known = {one.id for one in plan.inputs}
    differences = [_size(_minus(one, other)) for one, other in dict.fromkeys(pairs)]
    kept = [op for op in differences if _is_closed(plan, [op]) and _reads(plan, op) <= known][:MOST_TIES]
    outputs = [Output(f"{NAME} {index}", op, "") for index, op in enumerate(kept)]
    before = [one for one in plan.steps if isinstance(one, Exempt | Validate | Applies | Entered)]
    needs_points = any(isinstance(one, Applies) and not _reads(plan, one.when) <= known for one in before)
    if not outputs or needs_points:
        return []
    engine = ScalarEngine(evolve(plan, steps=(*before, *outputs), cohort=()))
    return [Probe(engine, output=one.id) for one in outputs]


def _compared(part: Op) -> Iterator[tuple[Op, Op]]:
    """Yield pairs of compared formulas, except pairs of plain inputs and constants."""
    if isinstance(part, Chain):
        for one, other in pairwise(part.operands):
            is_number = one.type.kind in ("number", "date") and other.type.kind == one.type.kind
            if is_number and not all(isinstance(each, Read | Item | Const | Local) for each in (one, other)):
                yield one, other


def _reads(plan: Plan, op: Op) -> set[str]:
    """Return the names that an operation reads, also through named values."""
    found: set[str] = set()
    waiting = [op]
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Read) and part.name not in found:
                found.add(part.name)
                waiting += [plan.let[part.name].op] if part.name in plan.let else []
    return found - set(plan.let)


def _is_closed(plan: Plan, found: list[Op]) -> bool:
    """Return whether operations read nothing of a record, nor anything after the score."""
    later = {"band", *(one.id for one in plan.steps if isinstance(one, Output))}
    return (
        not plan.cohort
        and all(ops.is_closed(op) for op in found)
        and later.isdisjoint(part.name for op in found for part in walk(op) if isinstance(part, Read))
    )


# -- conditions as distances --------------------------------------------------------------------------------


def _violation(plan: Plan, op: Op, outcome: bool, list_: str = "") -> Op:
    """Return the distance of a condition from an outcome."""
    match op:
        case Not(operand=operand):
            return _violation(plan, operand, not outcome, list_)
        case Read(name=name) if name in plan.let:
            return _violation(plan, plan.let[name].op, outcome)
        case Item(name=name, is_let=True) if list_ in plan.records:
            named = next(one for one in plan.records[list_].let if one.id == name)
            return _violation(plan, named.op, outcome, list_)
        case Logic(operator=word, operands=parts):
            found = [_violation(plan, part, outcome, list_) for part in parts]
            return _sum(found) if (word == "and") is outcome else _least(found)
        case Over(function="any" | "all" as function, records=records, condition=condition):
            each = _violation(plan, op.body, outcome, records.name)
            if (function == "all") is outcome:
                return _known(Over("sum", records, condition, each, _optional(NUMBER, records)))
            return ops.Default(Over("min", records, condition, each, NUMBER.optional), _FAR, NUMBER)
        case Chain(operands=operands, operators=signs):
            pairs = list(_pairs(operands, signs, op.ranks, outcome))
            return _sum(pairs) if outcome else _least(pairs)
        case _:
            return _flag(op, outcome)


def _optional(type_: Type, op: Op) -> Type:
    return type_.optional if op.type.is_optional else type_


def _pairs(operands: tuple[Op, ...], signs: tuple[str, ...], ranks: tuple[str, ...], outcome: bool) -> Iterator[Op]:
    for place, sign in enumerate(signs):
        one, other = operands[place], operands[place + 1]
        held = Chain((one, other), (sign,), ranks, BOOLEAN)
        if one.type.kind not in ("number", "date") or other.type.kind != one.type.kind:
            yield _flag(held, outcome)
            continue
        differences = _size(_minus(one, other))
        is_equal = (sign == "==") is outcome and sign in ("==", "!=")
        away = differences if is_equal else ops.Arithmetic("+", differences, Const(A_LITTLE, NUMBER), NUMBER)
        yield _known(If(held, _ZERO, away, NUMBER) if outcome else If(held, away, _ZERO, NUMBER))


_ZERO, _ONE, _FAR = (Const(value, NUMBER) for value in (Fraction(0), Fraction(1), FAR))


def _flag(op: Op, outcome: bool) -> Op:
    return _known(If(op, _ZERO, _ONE, NUMBER) if outcome else If(op, _ONE, _ZERO, NUMBER))


def _known(op: Op) -> Op:
    """Return a distance, with a large default if it may be absent."""
    reads_absent = any(part.type.is_optional for part in walk(op))
    return ops.Default(evolve(op, type=NUMBER.optional), _FAR, NUMBER) if reads_absent else op


def _minus(one: Op, other: Op) -> Op:
    optional = one.type.is_optional or other.type.is_optional
    type_ = NUMBER.optional if optional else NUMBER
    if one.type.kind == "date":
        return Call("days", (other, one), type_)
    return ops.Arithmetic("-", one, other, type_)


def _size(op: Op) -> Op:
    return applied(FUNCTIONS["abs"], {"x": op})


def _sum(found: list[Op]) -> Op:
    total = found[0]
    for one in found[1:]:
        total = ops.Arithmetic("+", total, one, NUMBER)
    return total


def _least(found: list[Op]) -> Op:
    return found[0] if len(found) == 1 else Call("min", tuple(found), NUMBER)
