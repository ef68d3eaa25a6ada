"""What engines run of a rulebook, as one fingerprint: equal ones prove that no valid subject is rated otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from attrs import fields, has

from ..model import Cohort, with_formulas_of_quotas
from ..plan import Plan
from ..plan import plan as plan_of
from ..plan.ops import Op, Read, walk
from ..plan.plan import formulas
from ..plan.steps import Entered, Holds, Output, Value
from ..program import Program

__all__ = ["fingerprint"]

PLACES = frozenset({"path", "place", "key"})
"""Attributes that say where a thing stands, which changes no rating."""


def fingerprint(program: Program) -> str:
    """Of every step that can change a rating and of what quotas read, with named values in place of their names.

    Invariants are left out, for they never change a rating; so is whatever nothing reads.

    Args:
        program: of a rulebook.
    """
    plan = _with_quotas(program)
    lets: dict[str, str] = {}

    def of(value: Any) -> str:
        if isinstance(value, Read) and value.name in plan.let:
            if value.name not in lets:
                lets[value.name] = of(plan.let[value.name].op)
            return lets[value.name]
        return _digest(type(value).__name__, _inside(value, of))

    steps = [step for step in plan.steps if not isinstance(step, Holds)]
    ordered = [step for step in steps if not isinstance(step, Output)]
    outputs = sorted((step for step in steps if isinstance(step, Output)), key=lambda step: step.id)
    cohort = program.rulebook.cohort or Cohort()
    read = _read(plan, steps, cohort)
    usual = [(one.id, one.default) for one in sorted(plan.inputs, key=lambda one: one.id) if one.id in read]
    records = [
        (id_, [(one.id, one.default) for one in part.fields], part.let)
        for id_, part in sorted(plan.records.items())
        if id_ in read
    ]
    # How many members there may be refuses a cohort, and rates nobody.
    compared = (plan.cohort, cohort.within, cohort.quotas)
    return of((ordered, outputs, plan.bands, usual, records, plan.children, compared))


def _with_quotas(program: Program) -> Plan:
    """The plan with what quotas read as further outputs."""
    return plan_of(with_formulas_of_quotas(program.rulebook)) if program.has_quotas else program.plan


def _read(plan: Plan, steps: list[Any], cohort: Cohort) -> set[str]:
    """The names that steps, comparisons of members and groups of quotas read, also through named values."""
    waiting: list[Op] = [op for step in steps for _, op in formulas(step)] + [one.op for one in plan.cohort]
    found = {step.id for step in steps if isinstance(step, Entered)}
    found.update(cohort.within, *(one.within + one.uniform for one in cohort.quotas))
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Read) and part.name not in found:
                found.add(part.name)
                waiting += [one.op for one in _behind(plan, part.name)]
    return found


def _behind(plan: Plan, name: str) -> tuple[Value, ...]:
    """What is computed where a name is read: a named value, or what a list computes of its records."""
    if name in plan.let:
        return (plan.let[name],)
    return plan.records[name].let if name in plan.records else ()


def _inside(value: Any, of: Any) -> list[str]:
    if isinstance(value, tuple | list):
        return [of(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(of(part) for part in value)
    if isinstance(value, Mapping):
        return [of(item) for item in sorted(value.items(), key=lambda item: str(item[0]))]
    if has(type(value)):
        kind: Any = type(value)
        return [of(getattr(value, name)) for name in _counted(kind)]
    return [repr(value)]


@cache
def _counted(kind: Any) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in fields(kind)
        if one.eq and one.name not in PLACES and not one.metadata.get("wording", False)
    )


def _digest(name: str, parts: list[str]) -> str:
    return sha256("\0".join((name, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
