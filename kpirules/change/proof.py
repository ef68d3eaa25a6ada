"""Fingerprints of rules as engines run them: equal fingerprints prove that no subject is affected."""

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
"""Attributes that hold a place, which changes no rating."""


@frozen
class Prints:
    """Fingerprints of a rulebook, with named values replaced by their definitions.

    Args:
        ratings: that of every step that can change a rating, and of the values that quotas read. If equal, every
            subject that both accept has the same rating.
        accepted: that of the domains, and of every step that can refuse a subject. If equal, both accept the same
            subjects.
        promised: that of each invariant by id. If these and `ratings` are equal, both promise the same.
        quotas: that of the bands and quotas, apart from the formulas of quotas. If equal, and each member has the
            same rating and the same results of those formulas, quotas move the same members.
    """

    ratings: str
    accepted: str
    promised: Mapping[str, str]
    quotas: str


def prints(program: Program) -> Prints:
    """Return the fingerprints of one variant and edition.

    Args:
        program: the program of a rulebook.
    """
    return Prints(_ratings(program), _accepted(program), _promised(program), _quotas(program))


def _ratings(program: Program) -> str:
    # A limit on members refuses a cohort but changes no rating, and so does a condition on inputs.
    plan = _with_quotas(program)
    steps = [step for step in plan.steps if not isinstance(step, Holds) and not _only_refuses(plan, step)]
    ordered = [step for step in steps if not isinstance(step, Output)]
    outputs = sorted((step for step in steps if isinstance(step, Output)), key=lambda step: step.id)
    cohort = program.rulebook.cohort or Cohort()
    names = _names_of_quotas(cohort)
    compared = (plan.cohort, cohort.within, cohort.quotas)
    printing = _Printing(plan)
    return printing.of((ordered, outputs, plan.bands, printing.behind(steps, names), plan.children, compared))


def _quotas(program: Program) -> str:
    cohort, printing = program.rulebook.cohort or Cohort(), _Printing(program.plan)
    return printing.of(
        (program.plan.bands, cohort.within, cohort.quotas, printing.behind([], _names_of_quotas(cohort)))
    )


def _names_of_quotas(cohort: Cohort) -> list[str]:
    return [*cohort.within, *(name for quota in cohort.quotas for name in quota.within + quota.uniform)]


def _accepted(program: Program) -> str:
    plan, rulebook = program.plan, program.rulebook
    needed = {step.guard for step in plan.steps if isinstance(step, Entered)}
    while above := {step.above for step in plan.steps if isinstance(step, Applies) and step.id in needed} - needed:
        needed |= above
    kept = Exempt | Validate | Entered
    steps = [
        step for step in plan.steps if isinstance(step, kept) or (isinstance(step, Applies) and step.id in needed)
    ]
    most = DEFAULT_MAX_MEMBERS if rulebook.cohort is None else rulebook.cohort.max_members
    printing = _Printing(plan)
    return printing.of((_declared(rulebook.inputs), steps, printing.behind(steps), most))


def _promised(program: Program) -> dict[str, str]:
    printing = _Printing(program.plan)
    invariants = [step for step in program.plan.steps if isinstance(step, Holds)]
    found = {step.id: printing.of((step.that, printing.behind([step]))) for step in invariants}
    return found | {
        direction.id: f"{direction.never_lowers} {direction.never_raises}"
        for direction in program.rulebook.directions
    }


def _with_quotas(program: Program) -> Plan:
    """Return the plan with the values that quotas read as more outputs."""
    return plan_of(with_formulas_of_quotas(program.rulebook)) if program.has_quotas else program.plan


def _only_refuses(plan: Plan, step: Any) -> bool:
    """Return whether a step only refuses subjects, and can neither fault nor leave a value undefined."""
    if not isinstance(step, Validate):
        return False
    pending, seen = [step.that], set[str]()
    while pending:
        op = pending.pop()
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
                    pending.append(plan.let[name].op)
                case Item(name=name, is_let=True) if f"item.{name}" not in seen:
                    seen.add(f"item.{name}")
                    pending += [let.op for record in plan.records.values() for let in record.let if let.id == name]
    return True


# -- domains --------------------------------------------------------------------------------------


def _declared(inputs: Iterable[Input]) -> list[Any]:
    """Return the domains of inputs or fields; a default matters only to a step that reads it."""
    return [
        (input_.id, _domain(input_.domain), input_.is_optional or input_.default is not None)
        for input_ in sorted(inputs, key=_id)
    ]


def _id(input_: Input) -> str:
    return input_.id


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
    """Computes fingerprints of a plan.

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
        """Return the defaults that steps read, and the named values of the records that they read.

        Args:
            steps: steps of the plan.
            names: other names that are read.
        """
        plan, steps = self.plan, list(steps)
        pending: list[Op] = [op for step in steps for _, op in formulas(step)] + [value.op for value in plan.cohort]
        found = {step.id for step in steps if isinstance(step, Entered)} | set(names)
        found |= {step.records for step in steps if isinstance(step, Validate) and step.records}
        pending += [self.plan.let[name].op for name in found if name in self.plan.let]
        fields = set[str]()
        while pending:
            for part in walk(pending.pop()):
                match part:
                    case Read(name=name) if name not in found:
                        found.add(name)
                        pending += [plan.let[name].op] if name in plan.let else []
                    case Item(name=name) if name not in fields:
                        # Fields of one name are treated alike, whichever list they belong to.
                        fields.add(name)
                        pending += [let.op for part in plan.records.values() for let in part.let if let.id == name]
        defaults = [(input_.id, input_.default) for input_ in sorted(plan.inputs, key=_place) if input_.id in found]
        records = [
            (
                id_,
                [(field.id, field.default) for field in sorted(part.fields, key=_place) if field.id in fields],
                [(let.id, let.op) for let in sorted(part.let, key=_place) if let.id in fields],
            )
            for id_, part in sorted(plan.records.items())
            if id_ in found
        ]
        return [defaults, records]

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
        attribute.name
        for attribute in fields(kind)
        if attribute.eq and attribute.name not in PLACES and not attribute.metadata.get("wording", False)
    )


def _place(value: Variable | Value) -> str:
    return value.id


def _digest(name: str, parts: list[str]) -> str:
    return sha256("\0".join((name, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
