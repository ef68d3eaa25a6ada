"""Decision tables: the case that gives the result (§5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from ..kernel.exact import to_text
from ..language.expressions import Environment, Expression, Fault, Meter, TableCall, Value, evaluate, work_of_rows
from ..language.expressions.tree import Node, OfCohort, substitute
from ..language.model import Case, Cases, Table

__all__ = ["Choice", "choose", "in_table"]


@frozen
class Choice:
    """The evaluated cases of a decision table.

    Args:
        holding: the first case that holds, or all that hold in a unique table.
        absent: the first case that is absent, or None; if there is one, the result is absent too.
    """

    holding: tuple[Case, ...] = ()
    absent: Case | None = None


def choose(cases: Cases, value_of: Callable[[Expression], Any], meter: Meter) -> Choice:
    """Evaluate the cases in order, up to the first that holds or is absent.

    In a unique table all cases are evaluated but the one without a condition.

    Args:
        cases: the decision table.
        value_of: evaluates a condition.
        meter: counts the work.
    """
    meter.count(work_of_rows(len(cases.rows)))
    holding: list[Case] = []
    absent: Case | None = None
    for case in cases.rows:
        if (holding or absent) and (case.is_rest or not cases.is_unique):
            break
        holds = _holds(case, value_of)
        absent = case if holds is None and absent is None else absent
        holding += [case] if holds else []
    return Choice(tuple(holding), absent)


def _holds(case: Case, value_of: Callable[[Expression], Any]) -> bool | None:
    """Return whether a case holds: its conditions are read in order, up to one that is absent."""
    holds = True
    for condition in case.conditions:
        value = value_of(condition)
        if value is None:
            return None
        holds = holds and value is True
    return holds


def in_table(table: Table, cases: Cases, call: TableCall, environment: Environment, meter: Meter) -> Case | None:
    """Return the case that a call of a table selects; None if a case is absent.

    Args:
        table: a table of the rulebook.
        cases: its decision table.
        call: the call, with the values of its arguments.
        environment: the names at the place of the call.
        meter: counts the work.

    Raises:
        Fault: if no case holds, or several do in a unique table.
    """
    arguments = _Arguments(environment, table.args, call)
    chosen = choose(cases, lambda condition: evaluate(condition, arguments, meter), meter)
    if chosen.absent is not None:
        return None
    if len(chosen.holding) == 1:
        meter.record_case(chosen.holding[0])
        return chosen.holding[0]
    given = ", ".join(f"{arg} {_word(value)}" for arg, value in zip(table.args, call.values, strict=True))
    if not chosen.holding:
        raise Fault("no_case", f"no case of `{table.id}` holds for {given}")
    cases_in_words = "; ".join(case.in_words for case in chosen.holding)
    raise Fault("several", f"{len(chosen.holding)} cases of `{table.id}` hold at once for {given}: {cases_in_words}")


def _word(value: Value) -> str:
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return str(value).lower()
    return to_text(value) if isinstance(value, Fraction) else str(value)


@frozen
class _Arguments:
    """The names that the cases of a table read: the arguments of a call, and constants.

    Args:
        outer: the environment of the call.
        args: the names of the arguments.
        table_call: the call of the table.
    """

    outer: Environment
    args: tuple[str, ...]
    table_call: TableCall

    def read(self, name: str) -> Value:
        if name in self.args:
            return self.table_call.values[self.args.index(name)]
        return self.outer.read(name)

    def children(self, group: str) -> Sequence[Mapping[str, Any]]:  # pragma: no cover
        raise AssertionError("the check refuses a case that reads a group")

    def table(self, name: str) -> Callable[[Any], Value] | None:
        return self.outer.table(name)

    def decide(self, table_call: TableCall) -> tuple[Value, str]:  # pragma: no cover
        raise AssertionError("the check refuses a case that calls a table of cases")

    def of_cohort(self, node: OfCohort) -> Any:  # pragma: no cover
        raise AssertionError("the check refuses a case that compares members")

    def ranks(self, nodes: Sequence[Node], variables: object) -> Mapping[str, int]:
        """Return the ranks of the arguments in the call, with its variables."""
        given = dict(zip(self.args, self.table_call.call.arguments, strict=True))
        return self.outer.ranks([substitute(node, given) for node in nodes], self.table_call.variables)
