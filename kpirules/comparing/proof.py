"""What engines run of a rulebook, as one fingerprint: equal ones prove that no valid subject is rated otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from attrs import fields, has

from ..plan import Plan
from ..plan.ops import Op, Read, walk
from ..plan.plan import formulas
from ..plan.steps import Entered, Holds, Output
from ..program import Program

__all__ = ["fingerprint"]

PLACES = frozenset({"path", "place", "key"})
"""Attributes that say where a thing stands, which changes no rating."""


def fingerprint(program: Program) -> str:
    """Of every step that can change a rating, with named values put in place of their names, and of the quotas.

    Invariants are left out, for they never change a rating; so is whatever nothing reads.

    Args:
        program: of a rulebook.
    """
    plan = program.plan
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
    read = _read(plan, steps)
    usual = [(one.id, one.default) for one in sorted(plan.inputs, key=lambda one: one.id) if one.id in read]
    records = [
        (id_, [(one.id, one.default) for one in part.fields], part.let)
        for id_, part in sorted(plan.records.items())
        if id_ in read
    ]
    compared = (plan.cohort, program.rulebook.cohort)
    return of((ordered, outputs, plan.bands, usual, records, plan.children, compared))


def _read(plan: Plan, steps: list[Any]) -> set[str]:
    """The names that steps read, also through named values."""
    waiting: list[Op] = [op for step in steps for _, op in formulas(step)]
    found = {step.id for step in steps if isinstance(step, Entered)}
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Read) and part.name not in found:
                found.add(part.name)
                if part.name in plan.let:
                    waiting.append(plan.let[part.name].op)
    return found


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
