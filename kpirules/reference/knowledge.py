"""What an expression can read while a subject is assessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import define, field

from ..expressions import (
    Expression,
    Fault,
    Meter,
    Option,
    Reading,
    Type,
    UndefinedRow,
    Value,
    evaluate,
)
from ..model import ListDomain, Named, Rulebook, Table
from ..record import Computation
from .rows import look_up

__all__ = ["Knowledge", "MissingInput", "Record", "StepFault", "plain", "ranked"]


class MissingInput(Exception):
    """An expression reads a required input that was not given."""


class StepFault(Exception):
    """A fault with the step in which it happened.

    Args:
        fault: what happened, and in which part of the expression.
        path: the way to the step through the document.
        expression: the expression, or None where there is none (points outside their limits).
        readings: the values read, in order.
    """

    def __init__(
        self,
        fault: Fault,
        path: str,
        expression: Expression | None = None,
        readings: Sequence[Reading] = (),
    ) -> None:
        super().__init__(fault, path)
        self.fault = fault
        self.path = path
        self.expression = expression
        self.readings = tuple(readings)


@define
class Knowledge:
    """Everything known so far about one subject; it grows as the assessment goes on.

    Args:
        rulebook: the rules.
        values: inputs by id, None where absent; a required input that is missing is left out.
        known: further names that can be read now, such as `points.x` or `score`.
        remaining: the records of `children.<group>`, by group.
        on_demand: computes `points.x` and `share.x` of criteria that were not judged yet.
    """

    rulebook: Rulebook
    values: Mapping[str, Any]
    known: dict[str, Any] = field(factory=dict)
    remaining: dict[str, Sequence[Mapping[str, Any]]] = field(factory=dict)
    on_demand: Callable[[str], None] | None = None
    meter: Meter = field(factory=Meter)
    let_computations: dict[str, Computation] = field(factory=dict)
    outputs: dict[str, Named] = field(factory=dict)
    output_computations: dict[str, Computation] = field(factory=dict)
    _definitions: dict[str, Named] = field(init=False)
    _tables: dict[str, Callable[[Any], Value]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._definitions = {named.id: named for named in self.rulebook.let}
        self.known.update({p.id: ranked(p.value, p.type) for p in self.rulebook.parameters})
        self.known.update({c.id: c.calendar for c in self.rulebook.calendars})
        self.known.update({f"max.{c.id}": c.max for c in self.rulebook.criteria()})
        for declared in self.rulebook.inputs:
            if declared.id in self.values:
                value = self.values[declared.id]
                if isinstance(declared.domain, ListDomain) and value is not None:
                    value = [Record(self, declared.domain, item) for item in value]
                self.known[declared.id] = ranked(value, declared.type)
        self._tables = {table.id: partial(in_table, table) for table in self.rulebook.tables}

    # -- what expressions ask for (the `Environment` of the language) ---------------------------

    def read(self, name: str) -> Any:
        """The value of a dotted name; a `let` is computed when it is first read."""
        if name in self.known:
            return self.known[name]
        if name in self._definitions:
            return self._read_let(self._definitions[name])
        if name in self.outputs:
            return self.output(self.outputs[name]).value
        if name.startswith(("points.", "share.")) and self.on_demand is not None:
            self.on_demand(name.partition(".")[2])
            return self.known[name]
        raise MissingInput(name)

    def _read_let(self, named: Named) -> Any:
        if named.id not in self.let_computations:
            self.let_computations[named.id] = self.compute(named.value, named.words.path)
        return self.let_computations[named.id].value

    def output(self, named: Named) -> Computation:
        """An output at work, once."""
        if named.id not in self.output_computations:
            self.output_computations[named.id] = self.compute(named.value, named.words.path)
        return self.output_computations[named.id]

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        """Records of the children of a group that remain."""
        if group not in self.remaining and self.on_demand is not None:
            criterion = next(c for c in self.rulebook.groups() if c.id == group)
            for child in criterion.children:
                self.on_demand(child.id)
            self.remaining[group] = [
                record
                for child in criterion.children
                if (record := self.known.get(f"remains.{child.id}")) is not None
            ]
        return self.remaining[group]

    def table(self, name: str) -> Callable[[Any], Value] | None:
        """A table of the rulebook as a function."""
        return self._tables.get(name)

    # -- what the engine asks for ---------------------------------------------------------------

    def as_band(self, id_: str | None) -> Value:
        """A band as expressions compare it."""
        bands = self.rulebook.bands
        return None if id_ is None or bands is None else Option(id_, bands.ids[::-1])

    def compute(
        self,
        expression: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Computation:
        """An expression at work.

        Args:
            expression: the formula.
            path: the way to it through the document.
            variables: records that it reads by name.

        Raises:
            StepFault: with the step, the expression and the values read.
            UndefinedRow: where a row says that the regulation does not tell.
        """
        readings: list[Reading] = []
        try:
            value = evaluate(expression, self, self.meter, readings, variables)
        except Fault as fault:
            raise StepFault(fault, path, expression, readings) from None
        return Computation(
            expression.text, tuple((r.text, plain(r.value)) for r in readings), plain(value)
        )


    def look(
        self,
        condition: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Computation:
        """A condition at work; absent where a row says that the regulation does not tell."""
        try:
            return self.compute(condition, path, variables)
        except UndefinedRow:
            return Computation(condition.text)

    def holds(
        self,
        condition: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> bool:
        """Whether a condition certainly holds."""
        return self.look(condition, path, variables).value is True


class Record(Mapping[str, Any]):
    """One record of a list input: its fields, and its computed fields once they are read."""

    def __init__(self, knowledge: Knowledge, domain: ListDomain, item: Mapping[str, Any]) -> None:
        self._knowledge = knowledge
        self._let = {named.id: named for named in domain.let}
        self._known = {f.id: ranked(item[f.id], f.type) for f in domain.fields}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            named = self._let[name]
            computation = self._knowledge.compute(named.value, named.words.path, {"item": self})
            self._known[name] = computation.value
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._known, *self._let)))

    def __len__(self) -> int:
        return len(self._known.keys() | self._let.keys())


def in_table(table: Table, x: Any) -> Any:
    """What a table gives for a value."""
    value, _ = look_up(table.shape, x, table.words.path)
    return ranked(value, table.gives)


def ranked(value: Any, type_: Type) -> Any:
    """A value as expressions compare it: options of an ordered choice by their place."""
    if isinstance(value, str) and type_.kind == "choice" and type_.order is not None:
        worst_first = type_.options if type_.order == "worst_first" else type_.options[::-1]
        return Option(value, worst_first)
    return value


def plain(value: Any) -> Any:
    """A value as it is recorded."""
    return str(value) if isinstance(value, Option) else value

