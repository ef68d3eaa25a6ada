"""Prints the steps of an integer program as stages of columns for one frame.

The file is long since one class prints steps of all kinds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from fractions import Fraction
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
from attrs import define, field

from ...language.model import ChoiceDomain, ListDomain, NumberDomain
from ...plan.steps import Variable
from ..integers import OVER_RECORDS, TRUE, IntegerProgram, Step
from .entering import ENTERED, FLOATS, Entering
from .library import Expr, float64, lib, of_frame, ones
from .records import BROKEN, ROW, Listed
from .values import QUOTIENT_BITS, ULP, Number, Operations
from .widths import DOUBLE_BITS, is_wide

__all__ = ["Printing", "Table", "counted", "either", "given_of", "length_of", "refused_of"]

AGGREGATES = {"sum": "sum", "least": "min", "greatest": "max", "any": "any"}
"""The method of Polars for each step over records."""

Columns = Number | Expr


@define(eq=False)
class Table:
    """The columns of subjects, or of the records of a list.

    Args:
        place: a prefix of the names of its columns.
        frame: the rows as they are given.
        read: the names of the columns that inputs read.
        stages: expressions by phase and stage. Each phase reads what records gave to the one before it.
        carried: the columns that another phase or table reads.
        writing: writes the operations of each phase.
        divisors: columns of constant divisors.
    """

    place: int
    frame: nw.DataFrame[Any]
    read: Set[str]
    stages: dict[tuple[int, int], dict[str, Expr]] = field(factory=lambda: defaultdict(dict))
    carried: list[str] = field(factory=list)
    writing: dict[int, Operations] = field(factory=dict)
    divisors: dict[float, Expr] = field(factory=dict)

    @property
    def first(self) -> Any:
        """The library whose expressions read the frame as it is given."""
        return of_frame(self.frame)

    @cached_property
    def ends(self) -> Mapping[str, tuple[Any, Any]]:
        """The least and the greatest number of columns of Polars that inputs read.

        A column is left out if it has no numbers, or a cell that is not a number.
        """
        numbers = {
            name: dtype for name, dtype in self.frame.schema.items() if name in self.read and dtype.is_numeric()
        }
        if self.first is nw or not numbers:
            return {}
        asked: list[Expr] = []
        for place, (name, dtype) in enumerate(numbers.items()):
            cell = lib().col(name)
            is_nan = cell.is_nan().any() if dtype in FLOATS else lib().lit(False)
            asked += [cell.min().alias(f"{place}<"), cell.max().alias(f"{place}>"), is_nan.alias(f"{place}?")]
        # One query reads columns beside each other.
        (found,) = self.frame.to_native().select(asked).rows()
        each = zip(numbers, found[::3], found[1::3], found[2::3], strict=True)
        return {name: (least, most) for name, least, most, is_nan in each if least is not None and not is_nan}

    def keep(self, phase: int, stage: int, expression: Expr) -> str:
        """Add a column, and return its name."""
        columns = self.stages[phase, stage]
        name = f"{self.place}_{phase}_{stage}_{len(columns)}"
        columns[name] = expression
        return name

    def of_phase(self, phase: int) -> list[dict[str, Expr]]:
        """Return the stages of a phase, in order."""
        return [stage for (own, _), stage in sorted(self.stages.items(), key=lambda item: item[0]) if own == phase]


class Printing:
    """Prints a program as stages of columns for one frame."""

    def __init__(
        self,
        program: IntegerProgram,
        frame: nw.DataFrame[Any],
        columns: Mapping[str, str],
        names: Sequence[str],
        lists: Mapping[str, Listed],
    ) -> None:
        self.program = program
        self.texts = list(dict.fromkeys((*program.texts, *_texts(program, lists))))
        self.numbers = program.needed(list(names))
        self.known: dict[int, Columns] = {}
        self.lists = lists
        self.tables = {"": Table(0, frame, {*columns.values()})}
        for place, (id_, listed) in enumerate(lists.items(), 1):
            self.tables[id_] = Table(place, listed.frame, {variable.id for variable in program.records.get(id_, ())})
        self.phases: dict[int, int] = {}
        self.uses = Counter[int]()
        self.outside: set[int] = set()
        self.columns_of: dict[int, list[str]] = defaultdict(list)
        self.read_by: dict[str, set[int]] = defaultdict(set)
        self.reading: dict[str, dict[str, int]] = defaultdict(dict)
        self._order(names)
        self.last_phase = max(self.phases.values(), default=0)
        if lists:
            self.last_phase = max(self.last_phase, 1)  # records are read, if only to find those that are not valid
        steps = [program.steps[number] for number in self.numbers]
        # Beyond these bits doubles are cast to integers, which an infinite one has not.
        self.is_clamped = any(step.bits > QUOTIENT_BITS or step.is_real for step in steps)
        for table in self.tables.values():
            one = table.keep(0, 0, table.first.col(table.frame.columns[0]).is_null())
            one = table.keep(0, 1, ones(one))
            table.carried.append(one)
            table.writing = {phase: Operations(lib().col(one)) for phase in range(self.last_phase + 1)}
        self._enter_all(columns)
        self._steps()

    # -- the order of steps -------------------------------------------------------------------------

    def _order(self, names: Sequence[str]) -> None:
        """Find the phase of each step, how often it is used, and which are read by another table or phase."""
        for number in self.numbers:
            step = self.program.steps[number]
            phase = max((self.phases[operand] for operand in step.operands), default=0)
            self.phases[number] = phase + (step.operation in OVER_RECORDS)
            if step.operation in ("input", "given"):
                self.reading[str(step.value)][step.operation] = number
            for operand in set(step.operands):
                self.uses[operand] += 1
                own = self.program.steps[operand]
                place = (str(step.value), phase) if step.operation in OVER_RECORDS else (step.records, phase)
                if (own.records, self.phases[operand]) != place:
                    self.outside.add(operand)
                if own.records != place[0]:
                    self.read_by[place[0]].add(operand)
        for number in self._wanted(names):
            self.uses[number] += 1
            if self.lists:
                self.outside.add(number)

    def _wanted(self, names: Sequence[str]) -> list[int]:
        found = [self.program.is_refused]
        for name in names:
            found += self.program.results[name].parts
        return found

    def _know(self, number: int, phase: int, stage: int, value: Columns, *, is_kept: bool = True) -> None:
        """Store the value of a step; as a column of the table if several steps read it."""
        table = self.tables[self.program.steps[number].records]

        def kept(part: Expr) -> Expr:
            name = table.keep(phase, stage, part)
            if number in self.outside:
                table.carried.append(name)
                self.columns_of[number].append(name)
            return lib().col(name)

        if is_kept or number in self.outside:
            value = value.kept(kept) if isinstance(value, Number) else kept(value)
        self.known[number] = value

    # -- inputs -----------------------------------------------------------------------------------

    def _enter_all(self, columns: Mapping[str, str]) -> None:
        """Add the columns of all inputs; every input of the table is checked, even if no result uses it."""
        for variable in self.program.inputs:
            if not isinstance(variable.domain, ListDomain):
                self._enter("", variable, columns.get(variable.id))
            elif variable.id in self.lists:
                self._enter_list(variable, variable.domain)

    def _enter(self, records: str, variable: Variable, name: str | None) -> list[str]:
        """Add the columns of an input or a field, and return their names."""
        table = self.tables[records]
        column = table.frame.get_column(name) if name is not None and name in table.frame.columns else None
        id_ = f"{records}.{variable.id}" if records else variable.id
        by_operation = self.reading[id_]
        writing = table.writing[0]
        entering = Entering(
            self.texts,
            table.first,
            lambda stage, one: lib().col(table.keep(0, stage, one)),
            writing.one,
            self.is_clamped,
            table.ends,
            table.divisors,
        )
        entry = entering.entered(variable, column, _default(self.texts, variable), is_read="input" in by_operation)
        if entry.is_valid is not None:
            writing.refusals.append(~entry.is_valid)
        is_given = lib().lit(True) if entry.is_given is None else entry.is_given
        if entry.is_given is not None and not variable.type.is_optional and variable.default is None:
            writing.refusals.append(~is_given)
        if "input" in by_operation:
            self._know(by_operation["input"], 0, ENTERED + 1, entry.value, is_kept=False)
        if "given" in by_operation:
            self._know(by_operation["given"], 0, ENTERED + 1, is_given, is_kept=False)
        parts = [entry.value.double, entry.value.whole] if isinstance(entry.value, Number) else [entry.value]
        parts += [entry.is_given] if variable.default is None else []
        return [table.keep(0, ENTERED + 1, part) for part in parts if part is not None] if records else []

    def _enter_list(self, variable: Variable, domain: ListDomain) -> None:
        listed, table, subjects = self.lists[variable.id], self.tables[variable.id], self.tables[""]
        entered = {one.id: self._enter(variable.id, one, one.id) for one in self.program.records[variable.id]}
        if BROKEN in table.frame.columns:
            table.writing[0].refusals.append(lib().col(table.keep(0, 0, lib().col(BROKEN))))
        if domain.unique:
            names = [name for id_ in domain.unique for name in entered[id_]]
            same = table.keep(0, ENTERED + 2, lib().len().over(ROW, *names) > 1)
            table.writing[0].refusals.append(lib().col(same))
        length = lib().col(length_of(variable.id))
        is_fitting = (length >= float(domain.min_items)) & (length <= float(domain.max_items))
        is_given = lib().lit(True)
        if listed.is_given is not None:
            is_given = lib().col(given_of(variable.id))
            is_fitting = is_fitting | ~is_given
            if not variable.type.is_optional:
                subjects.writing[0].refusals.append(~is_given)
        subjects.writing[0].refusals.append(~is_fitting)
        for number in self.numbers:
            step = self.program.steps[number]
            if step.value == variable.id and step.operation == "length":
                self._know(number, 0, ENTERED, Number(length))
            elif step.value == variable.id and step.operation == "given":
                self._know(number, 0, ENTERED, is_given)

    # -- steps ------------------------------------------------------------------------------------

    def _steps(self) -> None:
        steps = self.program.steps
        level: dict[int, int] = {}
        for number in self.numbers:
            step, phase = steps[number], self.phases[number]
            place = step.records, phase
            own = [operand for operand in step.operands if (steps[operand].records, self.phases[operand]) == place]
            level[number] = max((level[operand] for operand in own), default=ENTERED + 1)
            if number in self.known:
                continue
            if step.operation in OVER_RECORDS:
                self._know(number, phase, level[number], self._after_records(number), is_kept=False)
                continue
            value = self._expression(number)
            is_kept = self.uses[number] > 1 and step.operation != "constant"
            if step.operation == "constant":
                self.known[number] = value
                continue
            level[number] += is_kept or number in self.outside
            self._know(number, phase, level[number], value, is_kept=is_kept)

    def _expression(self, number: int) -> Columns:
        step = self.program.steps[number]
        writing = self.tables[step.records].writing[self.phases[number]]
        match step.operation:
            case "constant":
                return lib().lit(bool(step.value)) if step.is_flag else writing.constant(int(step.value))
            case "not":
                return ~self.flag(step.operands[0])
            case "and":
                return self.flag(step.operands[0]) & self.flag(step.operands[1])
            case "or":
                return self.flag(step.operands[0]) | self.flag(step.operands[1])
            case "count":
                return Number(counted(self.flag(step.operands[0])))
            case "select" if step.is_flag:
                flags = [self.flag(operand) for operand in step.operands]
                return lib().when(flags[0]).then(flags[1]).otherwise(flags[2])
        if step.operation == "irrational":
            parts = [(self.program.steps[operand], self.number(operand)) for operand in step.operands]
            return writing.irrational(str(step.value), parts)
        x, y = (self.program.steps[operand] for operand in step.operands[-2:])
        a, b = (self.number(operand) for operand in step.operands[-2:])
        match step.operation:
            case "select" if (found := self._by_size(step)) is not None:
                return found
            case "select":
                return writing.select(step, self.flag(step.operands[0]), x, y, a, b)
            case "//" | "%":
                return writing.divide(step, x, y, a, b)
            case "+" | "-" | "*":
                return writing.arithmetic(step, x, y, a, b)
        return writing.compare(step.operation, x, y, a, b)

    def _by_size(self, step: Step) -> Number | None:
        """Return a select as a minimum, a maximum, or by a sign or absolute value, which is faster; else None."""
        steps, (flag, then, otherwise) = self.program.steps, step.operands
        asked, x, y = steps[flag], steps[then], steps[otherwise]
        if max(step.bits, x.bits, y.bits) > DOUBLE_BITS or step.is_real or asked.operation not in ("<", "<="):
            return None
        if (
            y.operation == "-"
            and steps[y.operands[0]].low == steps[y.operands[0]].high == 0
            and y.operands[1] == then
        ):
            # A sign takes less time than a difference and a choice of two columns.
            number = self._halved(then, flag)
            if number is not None and lib() is not nw:
                return Number(self.number(number).as_double.sign() * self.number(then).as_double)
            sign = lib().when(self.flag(flag)).then(float64(1.0)).otherwise(float64(-1.0))
            return Number(sign * self.number(then).as_double)
        if asked.operands in ((then, otherwise), (otherwise, then)) and lib() is not nw:
            extreme = lib().min_horizontal if asked.operands[0] == then else lib().max_horizontal
            return Number(extreme(self.number(then).as_double, self.number(otherwise).as_double))
        zero, sized = asked.operands
        if steps[zero].low == steps[zero].high == 0 and (x.operation, y.operation) == ("+", "-"):
            added, size = y.operands
            scale = [one for one in steps[size].operands if one != sized]
            is_scaled = steps[size].operation == "*" and len(scale) == 1 and steps[scale[0]].low > 0
            if {added, size} == {*x.operands} and (size == sized or is_scaled):
                return Number(self.number(added).as_double + self.number(size).as_double.abs())
        return None

    def _halved(self, quotient: int, flag: int) -> int | None:
        """Return the number whose size a quotient rounds half up, if the flag tests that the number is not negative.

        Such a quotient is zero where the number is. None for any other quotient.
        """
        steps = self.program.steps
        zero, number = steps[flag].operands
        if steps[quotient].operation != "//" or steps[zero].low != 0 or steps[zero].high != 0:
            return None
        size, divisor = (steps[one] for one in steps[quotient].operands)
        if size.operation != "select" or size.operands[0] != flag:
            return None
        then, otherwise = (steps[one] for one in size.operands[1:])
        if (then.operation, otherwise.operation) != ("+", "-") or {*then.operands} != {*otherwise.operands}:
            return None
        half, part = otherwise.operands
        twice = [one for one in divisor.operands if one != half]
        is_half = (
            divisor.operation == "*" and half in divisor.operands and len(twice) == 1 and steps[twice[0]].low > 1
        )
        scale = [one for one in steps[part].operands if one != number]
        is_scaled = steps[part].operation == "*" and number in steps[part].operands and len(scale) == 1
        is_halved = is_half and steps[half].low >= 0 and (part == number or is_scaled)
        return number if is_halved and steps[number].bits <= DOUBLE_BITS else None

    @property
    def width(self) -> int:
        """The number of all columns."""
        return 1 + sum(len(stage) for table in self.tables.values() for stage in table.stages.values())

    def flag(self, number: int) -> Expr:
        """Return a step that is true or false."""
        found = self.known[number]
        assert not isinstance(found, Number)
        return found

    def number(self, number: int) -> Number:
        """Return a step that is an integer."""
        found = self.known[number]
        assert isinstance(found, Number)
        return found

    # -- records ----------------------------------------------------------------------------------

    def over(self, records: str, phase: int) -> tuple[dict[str, Expr], dict[str, str]]:
        """Return the columns of records read after a phase, and the method that combines those of a subject."""
        columns: dict[str, Expr] = {}
        methods: dict[str, str] = {}
        writing = self.tables[records].writing[phase]
        if writing.refusals:
            name = refused_of(records, phase)
            columns[name], methods[name] = either(writing.refusals), AGGREGATES["any"]
        for number in self.numbers:
            step = self.program.steps[number]
            if step.operation not in OVER_RECORDS or step.value != records or self.phases[number] != phase + 1:
                continue
            flag = self.flag(step.operands[0])
            parts: dict[str, Expr]
            if step.operation == "any":
                parts = {gathered(number): flag}
            else:
                value = self.number(step.operands[1])
                parts = {gathered(number): value.as_double if step.bits <= DOUBLE_BITS else value.as_whole}
                if is_wide(step.bits):
                    parts = {gathered(number): value.as_whole, f"{gathered(number)} double": value.as_double}
                    if step.low < 0:
                        parts[f"{gathered(number)} most"] = value.bound
                if step.operands[0] != TRUE:
                    # Sums without missing values take a tenth of the time.
                    otherwise = 0 if step.operation == "sum" else None
                    parts = {name: lib().when(flag).then(part).otherwise(otherwise) for name, part in parts.items()}
            columns |= parts
            methods |= dict.fromkeys(parts, AGGREGATES[step.operation])
        return columns, methods

    def _after_records(self, number: int) -> Columns:
        """Return the combined value of a subject's records, of which there may be none."""
        step = self.program.steps[number]
        name = gathered(number)
        if step.operation == "any":
            return lib().col(name).fill_null(value=False)
        nothing = 0 if step.operation == "sum" else step.low
        if is_wide(step.bits):
            domain = self.program.variable(str(step.value)).domain
            assert isinstance(domain, ListDomain)
            error = (domain.max_items + 8) * ULP
            most = lib().col(f"{name} most").fill_null(0.0) if step.low < 0 else None
            return Number(lib().col(f"{name} double").fill_null(0.0), lib().col(name).fill_null(0), most, error)
        if step.bits <= DOUBLE_BITS:
            return Number(lib().col(name).fill_null(float(nothing)))
        return Number(None, lib().col(name).fill_null(nothing))


def _default(texts: Sequence[str], variable: Variable) -> int | None:
    match variable.default:
        case None:
            return None
        case bool() as flag:
            return int(flag)
        case Fraction() as number:
            assert isinstance(variable.domain, NumberDomain)
            return int(number * variable.domain.denominator)
        case str() as text:
            return texts.index(text)
        case day:
            return day.toordinal()


def _texts(program: IntegerProgram, lists: Mapping[str, Listed]) -> Iterator[str]:
    """Yield the options and defaults of inputs and fields, which no step may read."""
    for variable in (*program.inputs, *(one for id_ in lists for one in program.records[id_])):
        if isinstance(variable.domain, ChoiceDomain):
            yield from variable.domain.options
        if isinstance(variable.default, str):
            yield variable.default


def either(flags: Sequence[Expr]) -> Expr:
    """Return whether any flag holds."""
    found = flags[0]
    for flag in flags[1:]:
        found = found | flag
    return found


def counted(flag: Expr) -> Expr:
    """Return 1 where a flag holds, else 0."""
    return lib().when(flag).then(float64(1.0)).otherwise(float64(0.0))


def length_of(records: str) -> str:
    """Return the name of the column with the number of records of a list."""
    return f"length of {records}"


def given_of(records: str) -> str:
    """Return the name of the column that says whether a list is present."""
    return f"given {records}"


def gathered(number: int) -> str:
    return f"gathered {number}"


def refused_of(records: str, phase: int) -> str:
    """Return the name of the column that says whether a phase refuses a record of a list."""
    return f"refused {records} {phase}"
