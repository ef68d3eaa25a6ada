"""What engines run of a rulebook, as fingerprints: equal ones prove that no subject fares otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from attrs import fields, frozen, has

from ..language.expressions import FUNCTIONS
from ..language.model import (
    DEFAULT_MAX_MEMBERS,
    ChoiceDomain,
    Cohort,
    DateDomain,
    Domain,
    Input,
    ListDomain,
    NumberDomain,
    TextDomain,
    with_formulas_of_quotas,
)
from ..plan import Plan
from ..plan import plan as plan_of
from ..plan.ops import Call, Item, Op, Read, Stop, Undefined, divisors, walk
from ..plan.plan import formulas
from ..plan.steps import Applies, Entered, Exempt, Holds, Output, Validate, Value, Variable
from ..rating.program import Program

__all__ = ["Prints", "prints"]

PLACES = frozenset({"path", "place", "key"})
"""Attributes that say where a thing stands, which changes no rating."""


@frozen
class Prints:
    """Fingerprints of a rulebook, with named values in place of their names.

    Args:
        ratings: of every step that can change a rating, and of what quotas read. Two rulebooks that have it in common
            rate every subject alike that both accept.
        accepted: of the domains, and of every step that can refuse a subject. Two rulebooks that have it in common
            accept the same subjects.
        promised: of each invariant by id. Two rulebooks that rate alike and have these in common promise the same.
    """

    ratings: str
    accepted: str
    promised: Mapping[str, str]


def prints(program: Program) -> Prints:
    """The fingerprints of one variant and edition.

    Args:
        program: of a rulebook.
    """
    return Prints(_ratings(program), _accepted(program), _promised(program))


def _ratings(program: Program) -> str:
    # How many members there may be refuses a cohort, and rates nobody; the same holds of a condition on inputs.
    plan = _with_quotas(program)
    steps = [step for step in plan.steps if not isinstance(step, Holds) and not _only_refuses(plan, step)]
    ordered = [step for step in steps if not isinstance(step, Output)]
    outputs = sorted((step for step in steps if isinstance(step, Output)), key=lambda step: step.id)
    cohort = program.rulebook.cohort or Cohort()
    names = [*cohort.within, *(name for one in cohort.quotas for name in one.within + one.uniform)]
    compared = (plan.cohort, cohort.within, cohort.quotas)
    printing = _Printing(plan)
    return printing.of((ordered, outputs, plan.bands, printing.behind(steps, names), plan.children, compared))


def _accepted(program: Program) -> str:
    plan, rulebook = program.plan, program.rulebook
    needed = {step.guard for step in plan.steps if isinstance(step, Entered)}
    while above := {one.above for one in plan.steps if isinstance(one, Applies) and one.id in needed} - needed:
        needed |= above
    kept = Exempt | Validate | Entered
    steps = [one for one in plan.steps if isinstance(one, kept) or (isinstance(one, Applies) and one.id in needed)]
    most = DEFAULT_MAX_MEMBERS if rulebook.cohort is None else rulebook.cohort.max_members
    printing = _Printing(plan)
    return printing.of((_declared(rulebook.inputs), steps, printing.behind(steps), most))


def _promised(program: Program) -> dict[str, str]:
    printing = _Printing(program.plan)
    held = [step for step in program.plan.steps if isinstance(step, Holds)]
    return {step.id: printing.of((step.that, printing.behind([step]))) for step in held}


def _with_quotas(program: Program) -> Plan:
    """The plan with what quotas read as further outputs."""
    return plan_of(with_formulas_of_quotas(program.rulebook)) if program.has_quotas else program.plan


def _only_refuses(plan: Plan, step: Any) -> bool:
    """Whether a step refuses subjects and does nothing else: it can't fault, nor leave anything undefined."""
    if not isinstance(step, Validate):
        return False
    waiting, seen = [step.that], set[str]()
    while waiting:
        op = waiting.pop()
        if any(divisors(op)):
            return False
        for part in walk(op):
            match part:
                case Stop() | Undefined():
                    return False
                case Call(function=function) if FUNCTIONS[function].fault:
                    return False
                case Read(name=name) if name in plan.let and name not in seen:
                    seen.add(name)
                    waiting.append(plan.let[name].op)
                case Item(name=name, is_let=True) if f"item.{name}" not in seen:
                    seen.add(f"item.{name}")
                    waiting += [let.op for one in plan.records.values() for let in one.let if let.id == name]
    return True


# -- domains --------------------------------------------------------------------------------------


def _declared(inputs: Iterable[Input]) -> list[Any]:
    """What inputs, or fields of a list, may be; which default stands in matters only where a step reads it."""
    return [
        (one.id, _domain(one.domain), one.is_optional or one.default is not None) for one in sorted(inputs, key=_id)
    ]


def _id(one: Input) -> str:
    return one.id


def _domain(domain: Domain) -> tuple[Any, ...]:
    match domain:
        case NumberDomain(grid=grid, is_integer=is_integer):
            return "number", is_integer, grid.unit, grid.low, grid.high
        case ChoiceDomain(options=options):
            return "choice", *sorted(options)
        case DateDomain(minimum=first, maximum=last):
            return "date", first, last
        case TextDomain(max_length=longest):
            return "text", longest
        case ListDomain():
            counts = domain.min_items, domain.max_items
            return "list", _declared(domain.fields), sorted(domain.unique), *counts
        case _:
            return ("boolean",)


# -- steps ----------------------------------------------------------------------------------------


class _Printing:
    """Fingerprints of what a plan holds.

    Args:
        plan: the rules.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lets: dict[str, str] = {}

    def of(self, value: Any) -> str:
        if isinstance(value, Read) and value.name in self.plan.let:
            if value.name not in self.lets:
                self.lets[value.name] = self.of(self.plan.let[value.name].op)
            return self.lets[value.name]
        return _digest(type(value).__name__, self._inside(value))

    def behind(self, steps: Iterable[Any], names: Iterable[str] = ()) -> list[Any]:
        """The defaults that steps read, and what is computed of the records that they read.

        Args:
            steps: of the plan.
            names: what else is read.
        """
        plan, steps = self.plan, list(steps)
        waiting: list[Op] = [op for step in steps for _, op in formulas(step)] + [one.op for one in plan.cohort]
        found = {step.id for step in steps if isinstance(step, Entered)} | set(names)
        found |= {step.records for step in steps if isinstance(step, Validate) and step.records}
        waiting += [self.plan.let[name].op for name in found if name in self.plan.let]
        fields = set[str]()
        while waiting:
            for part in walk(waiting.pop()):
                match part:
                    case Read(name=name) if name not in found:
                        found.add(name)
                        waiting += [plan.let[name].op] if name in plan.let else []
                    case Item(name=name) if name not in fields:
                        # Fields of one name are treated alike, whatever list they are of.
                        fields.add(name)
                        waiting += [one.op for part in plan.records.values() for one in part.let if one.id == name]
        usual = [(one.id, one.default) for one in sorted(plan.inputs, key=_place) if one.id in found]
        records = [
            (
                id_,
                [(one.id, one.default) for one in sorted(part.fields, key=_place) if one.id in fields],
                [(one.id, one.op) for one in sorted(part.let, key=_place) if one.id in fields],
            )
            for id_, part in sorted(plan.records.items())
            if id_ in found
        ]
        return [usual, records]

    def _inside(self, value: Any) -> list[str]:
        if isinstance(value, tuple | list):
            return [self.of(part) for part in value]
        if isinstance(value, frozenset):
            return sorted(self.of(part) for part in value)
        if isinstance(value, Mapping):
            return [self.of(item) for item in sorted(value.items(), key=lambda item: str(item[0]))]
        if has(type(value)):
            kind: Any = type(value)
            return [self.of(getattr(value, name)) for name in _counted(kind)]
        return [repr(value)]


@cache
def _counted(kind: Any) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in fields(kind)
        if one.eq and one.name not in PLACES and not one.metadata.get("wording", False)
    )


def _place(one: Variable | Value) -> str:
    return one.id


def _digest(name: str, parts: list[str]) -> str:
    return sha256("\0".join((name, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
