"""What an expression can read while a subject is assessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import define, field

from ..diagnostics import Span
from ..kernel.certain import given
from ..language.expressions import (
    Asked,
    Expression,
    Fault,
    Meter,
    Option,
    Reading,
    Type,
    Value,
    evaluate,
    work_of_rows,
)
from ..language.expressions.tree import Call, Conditional, Field, Name, Node, OfCohort
from ..language.model import Case, Cases, Input, ListDomain, Named, Rulebook, Shape, Table
from ..record import Computation
from ..record import Value as Recorded
from .chains import Chains
from .deciding import in_table
from .rows import give, length, look_up

__all__ = ["Knowledge", "MissingInput", "StepFault"]


class MissingInput(Exception):
    """An expression reads an input that is missing or not valid."""


class StepFault(Exception):
    """A fault with the step in which it happened.

    Args:
        fault: what happened.
        path: the way to the step through the document.
        span: where the expression stands, or the part of it that faults.
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
    """Everything known so far about one subject; it grows as the assessment goes on.

    Args:
        rulebook: the rules.
        values: inputs by id, None where absent; one that is missing or not valid is left out.
        meter: counts the work of the whole assessment.
        cohort: what functions over the cohort came to, once its members are compared; None where absent.
        partial: of lists that are not valid, the records with what is valid of each.
        known: every name that can be read now, such as an input, `points.x` or `score`.
        remaining: the records of `children.<group>`, by group.
        let_computations: the `let` that something has read.
        applies: what came out where a criterion was asked whether it applies, by criterion.
        outputs: by id, once there are any; None where absent.
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
        """Records as expressions read them."""
        types = {one.id: one.type for one in domain.fields}
        let = {named.id: named for named in domain.let}
        return [Record(self, types, let, record) for record in records]

    def records(self, declared: Input) -> Sequence[Record]:
        """The records of a list input; where it is not valid, with what is valid of each."""
        if declared.id in self.partial:
            assert isinstance(declared.domain, ListDomain)
            return self._read_by(declared.domain, self.partial[declared.id])
        return self.known.get(declared.id) or ()

    def learn(self, name: str, value: Any) -> None:
        """Let expressions read a value by its name."""
        self.known[name] = ranked(value, self._types.get(name))

    # -- what expressions ask for (the `Environment` of the language) ------------------------------

    def read(self, name: str) -> Any:
        """The value of a dotted name; a `let` is computed when it is first read."""
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
        """Compute a field of a record."""
        named = record.let[name]

        def compute() -> None:
            record[name], _ = self._evaluated(named.value, named.words.path, {"item": record})

        self._chains.run(compute, "record")

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:
        """Records of the children of a group that remain."""
        return self.remaining.get(group, ())

    def of_cohort(self, node: OfCohort) -> Fraction | None:
        """What a function over the cohort came to."""
        return self.cohort[node]

    def table(self, name: str) -> Callable[[Any], Value] | None:
        """A table of rows as a function; None for any other name."""
        return self._tables.get(name)

    def _in_rows(self, shape: Shape, table: Table, x: Any) -> Any:
        self.meter.count(work_of_rows(length(shape)))
        value, _ = look_up(shape, x, table.words.path)
        return ranked(value, table.gives)

    def decide(self, asked: Asked) -> tuple[Value, str]:
        """What a table of cases gives, and the case in words; absent and no words where a case is absent."""
        case = self.case(asked)
        if case is None:
            return None, ""
        table = self._of_cases[asked.call.function]
        value, words = give(case, case.in_words, table.words.path, None)
        return ranked(value, table.gives), words

    def case(self, asked: Asked) -> Case | None:
        """The case that a call of a table comes to; None where a case is absent."""
        table = self._of_cases[asked.call.function]
        return in_table(table, given(table.cases, "it is made of cases"), asked, self, self.meter)

    def ranks(self, nodes: Sequence[Node], variables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, int]:
        """The options of the ordered choice that all of some expressions are of, by their places.

        One of them may have come out as a mere quoted string, as in `default(grade, "fair") >= "good"`.
        """
        waiting, seen = list(nodes), set[str]()
        while True:  # the check has shown that one of them is of an ordered choice
            type_ = None
            match waiting.pop():
                case Conditional(then=then, otherwise=otherwise):
                    waiting += [then, otherwise]
                case Call(function="default", arguments=arguments):
                    waiting += arguments
                case Call(function=name):
                    type_ = self._types.get(name)
                case Name(id=name) if name in self._types:
                    type_ = self._types[name]
                case Name(id=name) if name in self._formulas and name not in seen:
                    seen.add(name)
                    waiting.append(self._formulas[name].tree)
                case Field(owner=owner, name=name) if isinstance(record := variables.get(owner), Record):
                    variables = {**variables, "item": record}
                    if name in record.let:
                        waiting.append(record.let[name].value.tree)
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
        """An expression at work.

        Args:
            expression: the formula.
            path: the way to it through the document.
            variables: records that it reads by name.

        Raises:
            MissingInput: where it reads an input that is missing or not valid.
            StepFault: with the step, the place of the expression and the values read.
            UndefinedRow: where a row says that the regulation does not tell.
        """
        return self.work(expression, path, variables)[1]

    def work(
        self,
        expression: Expression,
        path: str,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> tuple[Any, Computation]:
        """The same, with the value as other expressions go on with it."""
        return self._chains.run(lambda: self._evaluated(expression, path, variables or {}), "let")

    def _evaluated(
        self, expression: Expression, path: str, variables: Mapping[str, Mapping[str, Any]]
    ) -> tuple[Any, Computation]:
        """The same again, as a link of a chain of computations."""
        readings: list[Reading] = []

        def recorded() -> tuple[tuple[str, Recorded], ...]:
            return tuple((reading.text, plain(reading.value)) for reading in readings)

        try:
            value = evaluate(expression, self, self.meter, readings, variables)
        except Fault as fault:
            span = (fault.node.span if fault.node else None) or expression.span
            raise StepFault(fault, path, span, recorded()) from None
        return value, Computation(expression.text, recorded(), plain(value))


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
    """A value as expressions compare it: options of an ordered choice by their place."""
    if isinstance(value, str) and type_ is not None and type_.order is not None:
        return Option(value, type_.ranks)
    return value


def plain(value: Any) -> Any:
    """A value as it is recorded."""
    return str(value) if isinstance(value, Option) else value
