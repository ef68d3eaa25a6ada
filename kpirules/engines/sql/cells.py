"""Reading cells of a table as integers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from attrs import field, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain, TextDomain
from ...language.model.allowed import allowed
from ...plan.steps import Variable
from ..integers import OVER_RECORDS
from .numbers import greatest_of, is_beyond, number_of, unit_of, with_else
from .tables import Table
from .terms import Terms
from .unread import harmless
from .wanted import is_required

__all__ = [
    "Problem",
    "Reading",
    "add_problems",
    "column_of",
    "filled",
    "is_unread",
    "read_absent",
    "read_as",
    "read_cell",
    "read_chosen",
    "reading",
    "value_of",
]

EPOCH = 719_163
"""The day number of 1970-01-01; that of 0001-01-01 is 1."""

PROBLEMS = {
    "KR602": ("is not given", "give {}"),
    "KR604": ("is not valid", "allowed: {}"),
    "KR630": (
        "is beyond what a query holds",
        "{}; declare `min`, `max` and `decimals`, or rate the row by `kpirules assess`",
    ),
}
"""What is wrong with a cell, and what is allowed, by code."""


@frozen
class Problem:
    """A possible problem of a cell.

    Args:
        asked: the condition under which it is.
        name: the input or field.
        code: `KR602` (missing), `KR604` (not valid), or `KR630` (beyond what a query holds).
        allowed_values: the values allowed.
    """

    asked: str
    name: str
    code: str
    allowed_values: str

    def text(self, where: str = "") -> str:
        """Return the problem in words.

        Args:
            where: what follows the name, as for a record.
        """
        what, help = PROBLEMS[self.code]
        return f"{self.code} `{self.name}` {what}{where} ({help.format(self.allowed_values)})"


@frozen
class Reading:
    """The tables that read the cells of subjects or records: as integers, on their grids, with no value missing.

    Args:
        read, grids, entered: the tables.
        invalid, missing: the problems of cells.
        wrong: the problems of cells that the last one's condition finds together.
        values: the column with the integer of each cell, by input or `list.field`.
        unfilled: the steps that read this column also where a value is missing.
        before: the same columns, where a table before these has them.
    """

    read: Table
    grids: Table
    entered: Table
    invalid: list[Problem] = field(factory=list)
    missing: list[Problem] = field(factory=list)
    wrong: list[list[Problem]] = field(factory=list)
    values: dict[str, str] = field(factory=dict)
    unfilled: frozenset[int] = frozenset()
    before: Mapping[str, str] = field(factory=dict)

    @property
    def tables(self) -> list[Table]:
        return [self.read, *(table for table in (self.grids, self.entered) if table.columns)]


def reading(terms: Terms, name: str, table: str, note: str, before: Mapping[str, str] | None = None) -> Reading:
    """Return empty tables that read the cells of a table.

    Args:
        terms: the expressions so far.
        name: the list input, or empty for subjects.
        table: what the first table reads.
        note: the comment above the first table.
        before: the columns with integers that this table has, by input.
    """
    prefix = f"{name}_" if name else ""
    unread = {}
    for number in terms.numbers:
        step = terms.program.steps[number]
        if step.operation == "input" and not step.records and not name:
            variable = terms.program.variable(str(step.value))
            beyond = None if isinstance(variable.domain, DateDomain) else _unread(variable)
            if beyond is not None and variable.default is None:
                unread[number] = beyond
    return Reading(
        Table(terms.unused_table(name or "subjects"), note=note, start="", source=table),
        Table(terms.unused_table(f"{prefix}on_grid"), note="Numbers in whole units."),
        Table(terms.unused_table(f"{prefix}entered"), note="A value in the place of missing ones."),
        unfilled=harmless(terms.program.steps, terms.numbers, unread, terms.dialect),
        before=before or {},
    )


def column_of(variable: Variable) -> str:
    """Return the column that an input is read from.

    Args:
        variable: an input or a field of records.
    """
    return variable.column or variable.id


def read_cell(terms: Terms, variable: Variable, id_: str, cell: str, column: str, into: Reading) -> None:
    """Add the columns that read a cell.

    Args:
        terms: the expressions so far.
        variable: its declaration.
        id_: the input, or `list.field`.
        cell: the cell in the table of the database.
        column: the same in the tables after that.
        into: the tables.
    """
    own = [number for number in terms.numbers if terms.program.steps[number].value == id_]
    title, raw = id_.replace(".", "_"), terms.name(column)
    value = into.before.get(id_) or terms.unused(f"{title}_value")
    into.read.columns[value] = terms.name(value) if id_ in into.before else read_as(terms, variable, cell, own)
    if isinstance(variable.domain, NumberDomain) and unit_of(variable.domain) != (1, 1):
        units = terms.unused(f"{title}_units")
        into.grids.columns[units] = _in_units(terms, variable, variable.domain, terms.name(value))
        value = units
    into.values[id_] = terms.name(value)
    add_problems(terms, variable, id_, raw, into)
    for number in own:
        if terms.program.steps[number].operation == "given":
            terms.known[number] = f"{raw} IS NOT NULL", 5, 1
        elif number in into.unfilled:
            terms.make_column(number, value)
        elif terms.program.steps[number].operation == "input":
            used = terms.unused(f"{title}_used")
            into.entered.columns[used] = filled(terms, variable, terms.name(value), number)
            terms.make_column(number, used)


def read_as(terms: Terms, variable: Variable, cell: str, own: list[int]) -> str:
    """Return SQL that reads a cell as an integer; if it can't, one beyond the domain, or NULL for a boolean.

    Args:
        terms: the expressions so far.
        variable: its declaration.
        cell: the cell in the table of the database.
        own: the steps that read it.
    """
    return value_of(terms, variable, cell, own, _unread_number(variable))


def _in_units(terms: Terms, variable: Variable, domain: NumberDomain, value: str) -> str:
    """Convert an integer from units of the smallest decimal place to units of the domain."""
    unit, per = map(str, unit_of(domain))
    divided = terms.divided(value, per) if per != "1" else value
    whole = f"{value} <> {_unread_number(variable)} AND {terms.remainder(value, unit)} = 0"
    return f"CASE WHEN {whole} THEN {divided} ELSE {_unread(variable)} END"


def _unread_number(variable: Variable) -> int | None:
    """Return the integer that a missing or invalid cell is read as.

    It is one above the greatest number, -1 for a text, and NULL for a flag.
    DuckDB keeps the ends of a choice between integers, and skips tests for overflow by them; one with NULL has none.
    """
    match variable.domain:
        case NumberDomain() as domain:
            return greatest_of(domain) + 1
        case BooleanDomain():
            return None
        case DateDomain(maximum=maximum):
            return (maximum or date.max).toordinal() - EPOCH + 1
    return -1


def _unread(variable: Variable) -> int | None:
    """Return the same integer in the units of the domain."""
    if isinstance(variable.domain, NumberDomain):
        return int(variable.domain.grid.high * variable.domain.grid.unit * variable.domain.denominator) + 1
    return _unread_number(variable)


def is_unread(variable: Variable, value: str) -> str:
    """Return the condition under which a cell is missing or not valid.

    Args:
        variable: its declaration.
        value: the integer of the cell as it is read.
    """
    unread = _unread(variable)
    return f"{value} IS NULL" if unread is None else f"{value} = {unread}"


def add_problems(terms: Terms, variable: Variable, id_: str, raw: str, into: Reading) -> None:
    """Add the possible problems of a cell.

    Args:
        terms: the expressions so far.
        variable: its declaration.
        id_: the input, or `list.field`.
        raw: the cell in the tables after the first.
        into: the tables, with the integer of the cell.
    """
    name, is_lost = variable.id, is_unread(variable, into.values[id_])
    declared = terms.program.declared.get(id_)
    allowed_values = allowed(declared or variable.domain)
    found: list[Problem] = []
    if declared is not None and isinstance(variable.domain, NumberDomain):
        is_number = is_beyond(terms.dialect, declared, variable.domain, raw)
        found.append(Problem(f"{is_lost} AND {is_number}", name, "KR630", allowed(variable.domain)))
    missing = [Problem(f"{raw} IS NULL", name, "KR602", allowed_values)] if is_required(variable) else []
    is_any = isinstance(variable.domain, BooleanDomain) and terms.dialect.flag == "{cell}"
    if missing and not is_any and not terms.program.has_exemptions:
        # All problems are found by one condition, which is seldom true.
        into.wrong.append([*missing, *found, Problem(is_lost, name, "KR604", allowed_values)])
        return
    into.missing.extend(missing)
    if not is_any:
        into.invalid.extend((*found, Problem(f"{raw} IS NOT NULL AND {is_lost}", name, "KR604", allowed_values)))


def read_chosen(terms: Terms, variable: Variable, text: str, into: Reading) -> None:
    """Read an input that has one text in all rows of a part.

    Args:
        terms: the expressions so far.
        variable: the input.
        text: one of its options.
        into: the tables.
    """
    into.values[variable.id] = str(_code(terms, text, variable.domain))
    for number in terms.numbers:
        step = terms.program.steps[number]
        if step.operation == "given" and step.value == variable.id:
            terms.known[number] = terms.flag_literal(True), 9, 0
        elif step.operation == "input" and step.value == variable.id:
            terms.known[number] = terms.as_integer(into.values[variable.id]), 9, 0


def read_absent(terms: Terms, variable: Variable) -> None:
    """Read an input that the table does not have.

    Args:
        terms: the expressions so far.
        variable: the input.
    """
    for number in terms.numbers:
        step = terms.program.steps[number]
        if step.operation == "any" and step.value == variable.id:
            terms.known[number] = terms.flag_literal(False), 9, 0
        elif step.operation in (*OVER_RECORDS, "length") and step.value == variable.id:
            terms.known[number] = terms.literal(max(step.low, 0)), 9, 0
        elif step.value != variable.id:
            continue
        elif step.operation == "given":
            terms.known[number] = terms.flag_literal(False), 9, 0
        elif step.operation == "input":
            fallback = _fallback(terms, variable, number)
            value = terms.flag_literal(bool(fallback)) if step.is_flag else terms.as_integer(str(fallback))
            terms.known[number] = value, 9, 0


def value_of(terms: Terms, variable: Variable, cell: str, own: list[int], otherwise: int | None = None) -> str:
    """Return a cell as an integer or flag.

    Args:
        terms: the expressions so far.
        variable: its declaration.
        cell: the cell in the table of the database.
        own: the steps that read it.
        otherwise: the integer of one that is missing or not valid, else NULL.
    """
    dialect = terms.dialect
    match variable.domain:
        case NumberDomain() as domain:
            return number_of(dialect, domain, cell, otherwise)
        case BooleanDomain():
            return dialect.flag.format(cell=cell)
        case ChoiceDomain(options=options) as domain:
            cases = "".join(
                f" WHEN {dialect.same.format(cell=cell, text=terms.text_literal(option))}"
                f" THEN {_code(terms, option, domain)}"
                for option in options
            )
            choice = f"CASE{cases} END"
        case TextDomain(max_length=longest):
            known = sorted(_compared(terms, own))
            texts = {code: terms.text_literal(terms.program.texts[code]) for code in known}
            cases = "".join(
                f" WHEN {dialect.same.format(cell=cell, text=text)} THEN {code}" for code, text in texts.items()
            )
            other = len(terms.program.texts)
            code = f"CASE{cases} ELSE {other} END" if known else str(other)
            choice = f"CASE WHEN {dialect.length.format(cell=cell)} <= {longest} THEN {code} END"
        case DateDomain(minimum=minimum, maximum=maximum):
            low, high = minimum or date.min, maximum or date.max
            choice = dialect.day.format(cell=cell, low=low.isoformat(), high=high.isoformat())
        case _:
            raise AssertionError(f"{variable.domain!r} is an obstacle")
    return with_else(dialect, choice, otherwise)


def _compared(terms: Terms, texts: list[int]) -> set[int]:
    """Return the texts of the rulebook that steps compare with texts of the table."""
    found: set[int] = set()
    for number in terms.numbers:
        step = terms.program.steps[number]
        if step.operation == "==" and set(texts).intersection(step.operands):
            found.update(terms.program.steps[one].low for one in step.operands if one not in texts)
    return found


def _code(terms: Terms, text: str, domain: object) -> int:
    """Return the integer of a text; texts that no step reads follow those of the rulebook."""
    texts = terms.program.texts
    if text in texts:
        return texts.index(text)
    return len(texts) + (domain.options.index(text) if isinstance(domain, ChoiceDomain) else 0)


def _fallback(terms: Terms, variable: Variable, number: int | None) -> int:
    """Return the integer of a missing value: the default, else one in the domain of its step."""
    match variable.default:
        case None:
            step = None if number is None else terms.program.steps[number]
            return 0 if step is None or step.is_flag else step.low
        case bool() as flag:
            return int(flag)
        case Fraction() as default:
            assert isinstance(variable.domain, NumberDomain)
            return int(default * variable.domain.denominator)
        case str() as text:
            return _code(terms, text, variable.domain)
        case date() as day:
            return day.toordinal()
    raise AssertionError(f"{variable.default!r} is no default")


def filled(terms: Terms, variable: Variable, value: str, number: int | None) -> str:
    """Return the integer of a cell, that of its default if it is missing.

    Args:
        terms: the expressions so far.
        variable: its declaration.
        value: the integer of the cell as it is read.
        number: the step that reads it, if one does.
    """
    fallback = _fallback(terms, variable, number)
    if isinstance(variable.domain, BooleanDomain):
        return f"COALESCE({value}, {terms.flag_literal(bool(fallback)) if terms.dialect.has_booleans else fallback})"
    integer = f"{value} + {EPOCH}" if isinstance(variable.domain, DateDomain) else value
    return f"CASE WHEN {is_unread(variable, value)} THEN {fallback} ELSE {integer} END"
