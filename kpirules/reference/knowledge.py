"""The values of the names that expressions can read while a subject is assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import define, field

from ..diagnostics import Span
from ..kernel.certain import given
from ..kernel.mappings import FrozenMap
from ..language.expressions import (
    AGGREGATES,
    Expression,
    Fault,
    Gathered,
    Meter,
    Option,
    Reading,
    TableCall,
    Type,
    Value,
    evaluate,
    work_of_rows,
)
from ..language.expressions.tree import Call, Conditional, Field, Name, Node, OfCohort
from ..language.model import Case, Cases, Input, ListDomain, Named, Rulebook, Shape, Table
from ..record import Computation, Terms
from ..record import Value as Recorded
from .chains import Chains
from .deciding import in_table
from .rows import give, length, look_up

__all__ = ["Knowledge", "MissingInput", "StepFault"]


class MissingInput(Exception):
    """An expression reads a missing or invalid input."""


class StepFault(Exception):
    """A fault with the step in which it happened.

    Args:
        fault: the fault.
        path: the path of the step in the document.
        span: the expression that faults, or the part of it.
        readings: the values read, in order.
    """

    def __init__(
        self,
        fault: Fault,
        path: str,
        span: Span | None = None,
        readings: tuple[tuple[str, Recorded], ...] = (),
    ) -> None:
        super().__init__(fault, path)
        self.fault = fault
        self.path = path
        self.span = span
        self.readings = readings


@define(eq=False)
class Knowledge:
    """The values known about one subject; it grows during the assessment.

    Args:
        rulebook: the rules.
        values: inputs by id, None if absent; missing and invalid ones are left out.
        meter: counts the work of the whole assessment.
        cohort: the values of functions over the cohort, once its members are compared; None if absent.
        partial: for invalid lists, the records with their valid fields.
        known: every name that can be read now, such as an input, `points.x` or `score`.
        remaining: the records of `children.<group>`, by group.
        let_computations: the `let` that something has read.
        applies: the conditions of criteria evaluated so far, by criterion.
        outputs: outputs by id, once computed; None if absent.
        banded_on: the number that was banded, None without a rating by bands on a number.
        band_before_overrides: the band by the number and requirements alone.
    """

    rulebook: Rulebook
    values: Mapping[str, Any]
    meter: Meter = field(factory=Meter)
    cohort: Mapping[OfCohort, Fraction | None] = field(factory=dict)
    partial: Mapping[str, Sequence[Mapping[str, Any]]] = field(factory=dict)
    known: dict[str, Any] = field(factory=dict)
    remaining: dict[str, list[Mapping[str, Any]]] = field(factory=dict)
    let_computations: dict[str, Computation] = field(factory=dict)
    applies: dict[str, Computation] = field(factory=dict)
    outputs: dict[str, Any] = field(factory=dict)
    banded_on: Fraction | None = field(default=None, init=False)
    band_before_overrides: str | None = field(default=None, init=False)
    _chains: Chains = field(init=False)
    _let: dict[str, Named] = field(init=False)
    _formulas: dict[str, Expression] = field(init=False)
    _types: dict[str, Type] = field(init=False)
    _tables: dict[str, Callable[[Any], Value]] = field(init=False)
    _of_cases: dict[str, Table] = field(init=False)

    def __attrs_post_init__(self) -> None:
        rulebook = self.rulebook
        self._chains = Chains(self.meter)
        self._let = {named.id: named for named in rulebook.let}
        self._formulas = {named.id: named.value for named in (*rulebook.outputs, *rulebook.let)}
        self._types = {declared.id: declared.type for declared in rulebook.inputs}
        self._types |= {parameter.id: parameter.type for parameter in rulebook.parameters}
        self._types |= {table.id: table.gives for table in rulebook.tables}
        if rulebook.bands is not None:
            self._types["band"] = Type("choice", rulebook.bands.ids, "best_first")
        self._tables = {
            table.id: partial(self._in_rows, table.shape, table)
            for table in rulebook.tables
            if not isinstance(table.shape, Cases)
        }
        self._of_cases = {table.id: table for table in rulebook.tables if table.id not in self._tables}
        self.known.update({calendar.id: calendar.calendar for calendar in rulebook.calendars})
        self.known.update({f"max.{criterion.id}": criterion.max for criterion in rulebook.criteria()})
        for parameter in rulebook.parameters:
            self.learn(parameter.id, parameter.value)
        for declared in rulebook.inputs:
            if declared.id in self.values:
                value = self.values[declared.id]
                if isinstance(declared.domain, ListDomain) and value is not None:
                    value = self._read_by(declared.domain, value)
                self.learn(declared.id, value)

    def _read_by(self, domain: ListDomain, records: Sequence[Mapping[str, Any]]) -> list[Record]:
        """Return records as expressions read them."""
        types = {field_.id: field_.type for field_ in domain.fields}
        let = {named.id: named for named in domain.let}
        return [Record(self, types, let, record) for record in records]

    def records(self, declared: Input) -> Sequence[Record]:
        """Return the records of a list input; for an invalid list, with their valid fields."""
        if declared.id in self.partial:
            assert isinstance(declared.domain, ListDomain)
            return self._read_by(declared.domain, self.partial[declared.id])
        return self.known.get(declared.id) or ()

    def learn(self, name: str, value: Any) -> None:
        """Let expressions read a value by name."""
        self.known[name] = ranked(value, self._types.get(name))

    # -- what expressions ask for (the `Environment` of the language) ------------------------------

    def read(self, name: str) -> Any:
        """Return the value of a dotted name; a `let` is computed when it is first read."""
        if name in self.known:
            return self.known[name]
        if name in self._let:
            self._complete(self._let[name])
            return self.known[name]
        if name in self.outputs:
            return self.outputs[name]
        raise MissingInput(name)

    def _complete(self, named: Named) -> None:
        def compute() -> None:
            value, computation = self._evaluated(named.value, named.words.path, {})
            self.known[named.id], self.let_computations[named.id] = value, computation

        self._chains.run(compute, "let")

    def complete(self, record: Record, name: str) -> None:
        """Compute a computed field of a record."""
        named = record.let[name]

        def compute() -> None:
            record[name], _ = self._evaluated(named.value, named.words.path, {"item": record})

        self._chains.run(compute, "record")

    @property
    def computed_fields(self) -> dict[str, tuple[FrozenMap[str, Recorded], ...]]:
        """The computed fields that were read, for each record of the lists that have any."""
        found = {}
        for declared in self.rulebook.inputs:
            if isinstance(declared.domain, ListDomain):
                fields = [named.id for named in declared.domain.let]
                records = [
                    FrozenMap({id_: plain(record[id_]) for id_ in fields if id_ in record})
                    for record in self.known.get(declared.id) or ()
                ]
                if any(records):
                    found[declared.id] = tuple(records)
        return found

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        """Return the remaining children of a group as records."""
        return self.remaining.get(group, ())

    def of_cohort(self, node: OfCohort) -> Fraction | None:
        """Return the value of a function over the cohort."""
        return self.cohort[node]

    def table(self, name: str) -> Callable[[Any], Value] | None:
        """Return a table of rows as a function, None for any other name."""
        return self._tables.get(name)

    def _in_rows(self, shape: Shape, table: Table, x: Any) -> Any:
        self.meter.count(work_of_rows(length(shape)))
        value, _ = look_up(shape, x, table.words.path)
        return ranked(value, table.gives)

    def decide(self, table_call: TableCall) -> tuple[Value, str]:
        """Return the result of a table of cases, and the case in words; None and an empty text for an absent case."""
        case = self.case(table_call)
        if case is None:
            return None, ""
        table = self._of_cases[table_call.call.function]
        value, words = give(case, case.in_words, table.words.path, None)
        return ranked(value, table.gives), words

    def case(self, table_call: TableCall) -> Case | None:
        """Return the case that a call of a table selects; None if a case is absent."""
        table = self._of_cases[table_call.call.function]
        return in_table(table, given(table.cases, "it is made of cases"), table_call, self, self.meter)

    def ranks(self, nodes: Sequence[Node], variables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, int]:
        """Return the ranks of the options of the ordered choice that some expressions have.

        One of them may be only a quoted string, as in `default(grade, "fair") >= "good"`.
        """
        pending, seen = list(nodes), set[str]()
        while True:  # the check guarantees that one has an ordered choice
            type_ = None
            match pending.pop():
                case Conditional(then=then, otherwise=otherwise):
                    pending += [then, otherwise]
                case Call(function="default", arguments=arguments):
                    pending += arguments
                case Call(function=name):
                    type_ = self._types.get(name)
                case Name(id=name) if name in self._types:
                    type_ = self._types[name]
                case Name(id=name) if name in self._formulas and name not in seen:
                    seen.add(name)
                    pending.append(self._formulas[name].tree)
                case Field(owner=owner, name=name) if isinstance(record := variables.get(owner), Record):
                    variables = {**variables, "item": record}
                    if name in record.let:
                        pending.append(record.let[name].value.tree)
                    else:
                        type_ = record.types[name]
            if type_ is not None and type_.order is not None:
                return type_.ranks

    # -- what the engine asks for ------------------------------------------------------------------

    def compute(
        self,
        expression: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Computation:
        """Return the computation of an expression.

        Args:
            expression: the formula.
            path: its path in the document.
            variables: records that it reads by name.

        Raises:
            MissingInput: it reads a missing or invalid input.
            StepFault: a fault, with the step, the place of the expression and the values read.
            UndefinedRow: it reaches an undefined row.
        """
        return self.work(expression, path, variables)[1]

    def work(
        self,
        expression: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> tuple[Any, Computation]:
        """Return the value of an expression as other expressions read it, and its computation."""
        return self._chains.run(lambda: self._evaluated(expression, path, variables or {}), "let")

    def _evaluated(
        self, expression: Expression, path: str, variables: Mapping[str, Mapping[str, Any]]
    ) -> tuple[Any, Computation]:
        """Evaluate an expression as part of a chain of computations."""
        readings: list[Reading] = []

        def recorded() -> tuple[tuple[str, Recorded], ...]:
            return tuple(dict.fromkeys((reading.text, plain(reading.value)) for reading in readings))

        try:
            value = evaluate(expression, self, self.meter, readings, variables)
        except Fault as fault:
            span = (fault.node.span if fault.node else None) or expression.span
            raise StepFault(fault, path, span, recorded()) from None
        terms = tuple(
            _terms(reading.text, reading.gathered, reading.value) for reading in readings if reading.gathered
        )
        return value, Computation(expression.text, recorded(), plain(value), terms)


def _terms(text: str, gathered: Gathered, value: Any) -> Terms:
    """Return the terms of an aggregate."""
    aggregate, values = gathered.aggregate, gathered.values
    row = AGGREGATES[aggregate.function]
    making = values if value is None else row.making(values, gathered.constants)
    chosen = []
    if len(making) < len(values):
        # Of equal values the first are chosen; which of them it is makes no difference.
        left = Counter(making)
        for place, found in enumerate(values, 1):
            if left[found]:
                left[found] -= 1
                chosen.append(place)
    return Terms(
        text,
        aggregate.collection.dotted,
        row.combines,
        gathered.total,
        () if len(values) == gathered.total else tuple(place + 1 for place in gathered.places),
        values,
        tuple(chosen),
        value,
    )


class Record(dict[str, Any]):
    """One record of a list input: its fields, and its computed fields once they are read."""

    def __init__(
        self,
        knowledge: Knowledge,
        types: Mapping[str, Type],
        let: Mapping[str, Named],
        record: Mapping[str, Any],
    ) -> None:
        super().__init__({name: ranked(value, types[name]) for name, value in record.items()})
        self.knowledge = knowledge
        self.types = types
        self.let = let

    def __missing__(self, name: str) -> Any:
        if name not in self.let:
            raise MissingInput(f"item.{name}")
        self.knowledge.complete(self, name)
        return self[name]


def ranked(value: Any, type_: Type | None) -> Any:
    """Return a value as expressions compare it: an option of an ordered choice by its rank."""
    if isinstance(value, str) and type_ is not None and type_.order is not None:
        return Option(value, type_.ranks)
    return value


def plain(value: Any) -> Any:
    """Return a value as it is recorded."""
    return str(value) if isinstance(value, Option) else value
