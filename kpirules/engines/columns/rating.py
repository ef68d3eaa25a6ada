"""Runs an integer program on the columns of a data frame."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen

from ...language.model import NumberDomain
from ...plan.steps import Variable
from ..integers import FALSE, TRUE, IntegerProgram, Result
from .entering import EPOCH, entered
from .planning import MOST_BITS, MOST_DENOMINATOR_BITS

__all__ = ["Rated", "rated"]

CELLS, FEWEST_ROWS = 1 << 27, 1 << 16
"""Maximum cells of all columns, and minimum rows, that are rated at once: about a gigabyte."""

ENTERED = 4
"""The stage after which all inputs are integers."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}

REFUSED = "refused"
"""The column with the flag of rows that the scalar engine must rate."""


@frozen
class Rated:
    """A table rated by columns.

    Args:
        program: the rules as steps on integers.
        frame: the results: numbers as doubles, anything else as integers, -1 if absent; any in a refused row.
        refused: the indexes of the rows that the scalar engine must rate.
    """

    program: IntegerProgram
    frame: nw.DataFrame[Any]
    refused: tuple[int, ...]

    def series(self, result: str, name: str, word: Callable[[str], str | None] | None = None) -> nw.Series[Any]:
        """Return a result as a column of a table.

        Args:
            result: the name of the result.
            name: the name of the column.
            word: returns the text to show for a text, or None.
        """
        kind, found = self.program.results[result].kind, self.frame[result].alias(name)
        if kind == "number":
            return found
        meanings: dict[int, Any] = {0: False, 1: True}
        if kind != "boolean":
            codes = [code for code in found.unique().to_list() if code >= 0]
            texts = self.program.texts
            meanings = {code: date.fromordinal(code) if kind == "date" else texts[code] for code in codes}
            if word is not None:
                meanings = {code: word(text) for code, text in meanings.items()}
        return _of_pandas(found, kind, meanings) if found.implementation.is_pandas() else _of(found, kind, meanings)


def rated(
    program: IntegerProgram, frame: nw.DataFrame[Any], columns: Mapping[str, str], names: Sequence[str]
) -> Rated:
    """Rate all rows of a data frame.

    Args:
        program: the rules; the results have a column form.
        frame: a data frame of Polars, pandas or PyArrow with at least one column.
        columns: the columns of the frame by input.
        names: the names of the results.

    Raises:
        Unreadable: if a column is of a type that has no column form.
    """
    printing = _Printing(program, frame, columns, names)
    count = max(FEWEST_ROWS, CELLS // sum(map(len, printing.stages.values())))
    parts = [printing.run(frame[start : start + count]) for start in range(0, max(len(frame), 1), count)]
    whole = nw.maybe_reset_index(nw.concat(parts)) if len(parts) > 1 else parts[0]
    refused = tuple(whole[REFUSED].arg_true().to_list()) if REFUSED in whole.columns else ()
    return Rated(program, whole, refused)


def _default(program: IntegerProgram, variable: Variable) -> int | None:
    match variable.default:
        case None:
            return None
        case bool() as flag:
            return int(flag)
        case Fraction() as number:
            assert isinstance(variable.domain, NumberDomain)
            return int(number * variable.domain.denominator)
        case str() as text:
            return program.texts.index(text)
        case day:
            return day.toordinal()


class _Printing:
    """Prints a program as stages of columns for one frame."""

    def __init__(
        self,
        program: IntegerProgram,
        frame: nw.DataFrame[Any],
        columns: Mapping[str, str],
        names: Sequence[str],
    ) -> None:
        self.program = program
        self.numbers = program.needed(list(names))
        self.is_lazy = frame.implementation.is_polars()
        self.is_pandas = frame.implementation.is_pandas()
        self.known: dict[int, nw.Expr] = {}
        self.refusals: list[nw.Expr] = []
        self.stages: dict[int, dict[str, nw.Expr]] = {0: {}}
        # Polars divides by one number by multiplying with its reciprocal: a divisor is always a whole column.
        self.zero = self._keep(1, self._keep(0, nw.col(frame.columns[0]).is_null()).cast(nw.Int64) * 0.0)
        for variable in program.inputs:
            column = columns.get(variable.id)
            self._enter(variable, None if column is None else frame[column])
        self._steps()
        self.last = self._results(names)

    def run(self, frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
        """Rate some rows."""
        if self.is_lazy and len(frame) == 1:
            return self.run(nw.concat([frame, frame]))[:1]
        working: Any = frame.lazy() if self.is_lazy else frame
        first, *others = (stage for _, stage in sorted(self.stages.items()))
        working = working.select(**first) if first else working
        if self.is_pandas:
            arrays = {name: working[name].to_numpy() for name in working.columns}
            working = nw.from_dict(arrays, backend=frame.implementation)
        for stage in others:
            working = working.with_columns(**stage)
        working = working.select(**self.last)
        found: nw.DataFrame[Any] = working.collect() if self.is_lazy else working
        return found

    # -- inputs -----------------------------------------------------------------------------------

    def _keep(self, stage: int, expression: nw.Expr) -> nw.Expr:
        columns = self.stages.setdefault(stage, {})
        name = f"{stage}_{len(columns)}"
        columns[name] = expression
        return nw.col(name)

    def _enter(self, variable: Variable, column: nw.Series[Any] | None) -> None:
        """Add the columns of an input; every input of the table is checked, even if no result uses it."""
        entry = entered(self.program, variable, column, _default(self.program, variable), self._keep, self.zero)
        if entry.is_valid is not None:
            self.refusals.append(~entry.is_valid)
        is_given = nw.lit(True) if entry.is_given is None else entry.is_given
        if entry.is_given is not None and not variable.type.is_optional and variable.default is None:
            self.refusals.append(~is_given)
        for number in self.numbers:
            step = self.program.steps[number]
            if step.value == variable.id and step.operation in ("input", "given"):
                self.known[number] = entry.value if step.operation == "input" else is_given

    # -- steps ------------------------------------------------------------------------------------

    def _steps(self) -> None:
        steps, uses = self.program.steps, Counter[int]()
        for number in self.numbers:
            uses.update(set(steps[number].operands))
        level: dict[int, int] = {}
        for number in self.numbers:
            step = steps[number]
            level[number] = max((level[operand] for operand in step.operands), default=ENTERED)
            if number in self.known:
                continue
            self.known[number] = self._expression(number)
            if uses[number] > 1 and step.operation != "constant":
                level[number] += 1
                self.known[number] = self._keep(level[number], self.known[number])

    def _expression(self, number: int) -> nw.Expr:
        step = self.program.steps[number]
        parts = [self.known[operand] for operand in step.operands]
        match step.operation:
            case "constant":
                return nw.lit(bool(step.value)) if step.is_flag else nw.lit(step.value, nw.Int64)
            case "not":
                return ~parts[0]
            case "and":
                return parts[0] & parts[1]
            case "or":
                return parts[0] | parts[1]
            case "count":
                return nw.when(parts[0]).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
            case "select":
                return nw.when(parts[0]).then(parts[1]).otherwise(parts[2])
            case "//" | "%":
                return self._divided(step.operation, *step.operands)
        x, y = (self._operand(operand) for operand in step.operands)
        found: nw.Expr = OPERATORS[step.operation](x, y)
        return found

    def _operand(self, number: int) -> Any:
        """Return an operand; a constant as a number."""
        step = self.program.steps[number]
        return step.value if step.operation == "constant" else self.known[number]

    def _divided(self, sign: str, x: int, y: int) -> nw.Expr:
        """Return a quotient rounded down, or its remainder; the result of a zero divisor is not used."""
        above, below = self.program.steps[x], self.program.steps[y]
        value, by, shift = self.known[x], self._operand(y), 0
        if below.low <= 0 <= below.high:
            by = nw.when(by == 0).then(nw.lit(1, nw.Int64)).otherwise(by)
        if sign == "//" and below.operation == "constant" and above.low < 0 < below.low:
            # A quotient from zero up is the same whether rounded down or truncated.
            shift = -(above.low // below.low)
            if (above.high + shift * below.low).bit_length() <= MOST_BITS:
                value = value + shift * below.low
            else:
                shift = 0
        found: nw.Expr = OPERATORS[sign](value, by)
        return found - shift if shift else found

    # -- results ----------------------------------------------------------------------------------

    def _results(self, names: Sequence[str]) -> dict[str, nw.Expr]:
        found = {name: self._result(self.program.results[name]) for name in names}
        if self.program.is_refused != FALSE:
            self.refusals.append(self._column(self.program.is_refused))
        if self.refusals:
            refused = self.refusals[0]
            for one in self.refusals[1:]:
                refused = refused | one
            found[REFUSED] = refused
        return found

    def _column(self, number: int) -> nw.Expr:
        """Return a step as a whole column, even if it is constant."""
        step, expression = self.program.steps[number], self.known[number]
        if step.operation != "constant":
            return expression
        return nw.when(self.zero == 0.0).then(expression).otherwise(expression)

    def _double(self, number: int, given: nw.Expr, otherwise: int = 0) -> nw.Expr:
        """Return an integer as a double; rows whose integer no double holds are refused."""
        value, most = self._column(number), 1 << MOST_DENOMINATOR_BITS
        if self.program.steps[number].bits > MOST_DENOMINATOR_BITS:
            is_held = (value <= most) & (value >= -most)
            self.refusals.append(given & ~is_held)
            value = nw.when(is_held).then(value).otherwise(nw.lit(otherwise, nw.Int64))
        return value.cast(nw.Float64)

    def _result(self, result: Result) -> nw.Expr:
        """Return a number as a double, anything else as an integer, -1 if absent."""
        value, given = self._column(result.value), self._column(result.given)
        if result.kind == "number":
            value = self._double(result.value, given)
            below = self.program.steps[result.denominator]
            if below.operation != "constant":
                value = value / (self._double(result.denominator, given, otherwise=1) + self.zero)
            elif below.low != 1:
                value = value / (self.zero + float(below.low))
            return value if result.given == TRUE else nw.when(given).then(value)
        if result.kind == "boolean":
            value = nw.when(value).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
        return value if result.given == TRUE else nw.when(given).then(value).otherwise(nw.lit(-1, nw.Int64))


def _of_pandas(found: nw.Series[Any], kind: str, meanings: Mapping[int, Any]) -> nw.Series[Any]:
    """Return the values of integers as pandas holds them."""
    values = [meanings.get(code) for code in found.to_numpy().tolist()]
    if kind == "text":
        return nw.new_series(found.name, values, nw.String, backend=found.implementation)
    native = found.implementation.to_native_namespace()
    dtype = "boolean" if kind == "boolean" else "object"
    return nw.from_native(native.Series(values, name=found.name, dtype=dtype), series_only=True)


def _of(found: nw.Series[Any], kind: str, meanings: Mapping[int, Any]) -> nw.Series[Any]:
    """Return the values of integers as Polars and PyArrow hold them."""
    cell = nw.col(found.name)
    told: nw.Expr = nw.when(cell < 0).then(nw.lit(None, nw.String))
    if kind == "date":
        told = nw.when(cell >= 0).then((cell - EPOCH).cast(nw.Int32).cast(nw.Date))
    elif kind == "boolean":
        told = nw.when(cell >= 0).then(cell == 1)
    else:
        for code, text in meanings.items():
            told = nw.when(cell == code).then(nw.lit(text, nw.String)).otherwise(told)
    return found.to_frame().select(told.alias(found.name))[found.name]
