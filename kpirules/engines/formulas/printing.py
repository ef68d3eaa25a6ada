"""Prints an integer program as the formulas of a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from attrs import define, field, frozen

from ...language.model import BooleanDomain, ChoiceDomain, DateDomain, NumberDomain, TextDomain
from ...plan.steps import Variable
from ..integers import OVER_RECORDS, TRUE, IntegerProgram, Obstacle, Result, Step, depends

__all__ = ["EXACT_BITS", "ROW", "Formula", "Formulas", "Wanted", "formulas"]

ROW = "\0"
"""The mark for the number of a row in a formula."""

FIRST_DAY = 693_594
"""The day number of 1899-12-30, from which spreadsheets count days."""

MOST_DEPTH, MOST_LENGTH = 8, 800
"""Functions within each other, and characters of a formula; a longer one gets a cell of its own."""

MOST_TEXT = 255
"""Characters of a text in a formula."""

FORMS = {"constant", "given", "input", "not", "and", "or", "count", "select"} | {"//", "%", "==", "<", "<=", *"+-*"}
"""The operations that have a form as a formula."""

EXACT_BITS = 46
"""Bits up to which spreadsheets compute whole numbers exactly; they compare about 48 bits of a double."""


@frozen
class Wanted:
    """A result to print.

    Args:
        result: its name in the program.
        word: returns what is shown for a text; None for the text itself.
    """

    result: str
    word: Callable[[str], str] | None = None


@frozen
class Formula:
    """A column of formulas.

    Args:
        name: its heading.
        text: the formula of a row, with `ROW` for its number.
    """

    name: str
    text: str

    def of(self, row: int) -> str:
        """Return the formula of a row."""
        return "=" + self.text.replace(ROW, str(row))


@frozen
class Formulas:
    """The columns of a sheet.

    Args:
        results: the formula of each result that has one, by column.
        steps: the columns of intermediate values, in order.
        obstacles: why the other results have none.
        bits: the width of the widest number; doubles compute those of up to `EXACT_BITS` exactly.
    """

    results: Mapping[str, Formula] = field(factory=dict)
    steps: tuple[Formula, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    bits: int = 1


def formulas(
    program: IntegerProgram, wanted: Mapping[str, Wanted], cells: Mapping[str, str], step_cell: Callable[[int], str]
) -> Formulas:
    """Return the formulas for some results.

    Args:
        program: the rules.
        wanted: the results, by column.
        cells: the cell of each input, with `ROW` for the number of the row; an input without cell is absent.
        step_cell: returns the cell of an intermediate value by its place.
    """
    found: dict[str, list[Obstacle]] = {name: list(_obstacles(program, one)) for name, one in wanted.items()}
    results = {name: program.results[one.result] for name, one in wanted.items() if not found[name]}
    refused = [one.flag for one in program.refusals if not list(_against(program, [one.flag]))]
    numbers = depends(program.steps, [*refused, *(step for one in results.values() for step in one.parts)])
    uses = Counter(operand for number in numbers for operand in program.steps[number].operands)
    uses.update(step for one in results.values() for step in one.parts)
    printing = _Printing(program, cells, step_cell)
    for number in numbers:
        printing.add(number, uses[number])
    guard = f"OR({','.join(printing.known[flag] for flag in refused)})" if refused else ""
    if guard:
        guard = printing.step("refused", guard)
    return Formulas(
        {name: Formula(name, printing.result(one, wanted[name].word, guard)) for name, one in results.items()},
        tuple(printing.steps),
        tuple(dict.fromkeys(one for formula in found.values() for one in formula)),
        max((program.steps[number].bits for number in numbers), default=1),
    )


# -- obstacles ------------------------------------------------------------------------------------


def _obstacles(program: IntegerProgram, wanted: Wanted) -> Iterator[Obstacle]:
    result = program.results.get(wanted.result)
    if result is None or not result.is_given_by_steps:
        yield Obstacle(wanted.result, "it has no form as a formula")
        return
    yield from (Obstacle(wanted.result, why) for why in _against(program, list(result.parts)))
    if result.kind == "text":
        if _is_text(program, program.steps[result.value]):
            yield Obstacle(wanted.result, "it is a text of the table")
        elif any(len(text) > MOST_TEXT for text in _texts(program, program.steps[result.value]).values()):
            yield Obstacle(wanted.result, f"a text in a formula has at most {MOST_TEXT} characters")


def _against(program: IntegerProgram, wanted: list[int]) -> Iterator[str]:
    """Yield why steps have no form as a formula."""
    for number in depends(program.steps, wanted):
        step = program.steps[number]
        if step.operation == "opaque":
            yield str(step.value)
        elif step.operation in OVER_RECORDS or step.operation == "length":
            yield f"the records of `{step.value}` are no cells of the row"
        elif step.operation not in FORMS:
            yield f"`{step.value}` is no arithmetic on integers"
        elif any(_is_text(program, program.steps[one]) for one in step.operands) and _compared(program, step) is None:
            yield "it compares texts of cells with each other"


def _is_text(program: IntegerProgram, step: Step) -> bool:
    """Return whether a step reads a text of any length."""
    return step.operation == "input" and isinstance(program.variable(str(step.value)).domain, TextDomain)


def _compared(program: IntegerProgram, step: Step) -> tuple[Step, str] | None:
    """Return the text of the table and the text of the rulebook that a step compares."""
    found = [program.steps[one] for one in step.operands]
    found.sort(key=lambda one: one.operation == "constant")
    if step.operation != "==" or not _is_text(program, found[0]) or found[1].operation != "constant":
        return None
    return found[0], program.texts[found[1].low]


def _texts(program: IntegerProgram, step: Step) -> dict[int, str]:
    """Return the texts whose numbers a step may give."""
    last = len(program.texts) - 1
    return {code: program.texts[code] for code in range(max(step.low, 0), min(step.high, last) + 1)}


# -- formulas -------------------------------------------------------------------------------------


@define(eq=False)
class _Printing:
    """Prints steps in their order.

    Args:
        program: the rules.
        cells: the cell of each input.
        step_cell: returns the cell of an intermediate value.
        known: the formula or cell of each step.
        depths: how deep it is.
        steps: the intermediate values.
        counts: how many have the name of a part of the rulebook.
    """

    program: IntegerProgram
    cells: Mapping[str, str]
    step_cell: Callable[[int], str]
    known: dict[int, str] = field(factory=dict)
    depths: Counter[int] = field(factory=Counter)
    steps: list[Formula] = field(factory=list)
    counts: Counter[str] = field(factory=Counter)

    def add(self, number: int, uses: int) -> None:
        """Print a step, in a cell of its own if it is used often or long."""
        step = self.program.steps[number]
        if _is_text(self.program, step):
            return  # its comparisons read the cell
        text = self._text(number, step)
        depth = 1 + max((self.depths[one] for one in step.operands), default=0)
        is_cheap = step.operation in ("constant", "given")
        if is_cheap or (uses < 2 and depth < MOST_DEPTH and len(text) < MOST_LENGTH):
            self.known[number], self.depths[number] = text, 0 if is_cheap else depth
        else:
            self.known[number] = self.step(step.path.rpartition(".")[2] or "value", text)

    def step(self, name: str, text: str) -> str:
        """Give an intermediate value a cell, and return it."""
        self.counts[name] += 1
        self.steps.append(Formula(f"{name} {self.counts[name]}", text))
        return self.step_cell(len(self.steps) - 1)

    def result(self, result: Result, word: Callable[[str], str] | None, refused: str) -> str:
        """Return the formula of a result; an empty text if it is absent, or the row is not valid."""
        value = self._shown(result, word)
        if result.given != TRUE:
            value = f'IF({self.known[result.given]},{value},"")'
        return f'IF({refused},"",{value})' if refused else value

    def _shown(self, result: Result, word: Callable[[str], str] | None) -> str:
        value = self.known[result.value]
        match result.kind:
            case "number" if self.known[result.denominator] != "1":
                return f"{value}/{self.known[result.denominator]}"
            case "date":
                return f"{value}-{FIRST_DAY}"
            case "text":
                texts = _texts(self.program, self.program.steps[result.value])
                shown = ",".join(_literal(text if word is None else word(text)) for text in texts.values())
                if len(texts) == 1:
                    return shown
                return f"INDEX({{{shown}}},MATCH({value},{{{','.join(map(str, texts))}}},0))"
        return value

    def _text(self, number: int, step: Step) -> str:
        if (compared := _compared(self.program, step)) is not None:
            return f"EXACT({self._cell(str(compared[0].value))},{_literal(compared[1])})"
        parts = [self.known[one] for one in step.operands]
        match step.operation:
            case "constant" if step.is_flag:
                return "TRUE" if number == TRUE else "FALSE"
            case "constant":
                return str(step.low) if step.low >= 0 else f"({step.low})"
            case "given":
                return f'({self._cell(str(step.value))}<>"")'
            case "input":
                return self._input(self.program.variable(str(step.value)), step)
            case "not" | "and" | "or" as word:
                return f"{word.upper()}({','.join(parts)})"
            case "count":
                return f"IF({parts[0]},1,0)"
            case "select":
                return f"IF({','.join(parts)})"
            case "//":
                return self._quotient(step, *parts)
            case "%":
                return f"({parts[0]}-{parts[1]}*{self._quotient(step, *parts)})"
            case "==":
                return f"({parts[0]}={parts[1]})"
        return f"({parts[0]}{step.operation}{parts[1]})"

    def _quotient(self, step: Step, above: str, below: str) -> str:
        divisor = self.program.steps[step.operands[1]]
        formula = f"INT({above}/{below})"
        return f"IF({below}=0,0,{formula})" if divisor.low <= 0 <= divisor.high else formula

    def _cell(self, id_: str) -> str:
        return self.cells.get(id_, '""')

    def _input(self, variable: Variable, step: Step) -> str:
        """Return the integer of an input, or its flag."""
        absent = self._absent(variable, step)
        if variable.id not in self.cells:
            return absent
        cell = self.cells[variable.id]
        match variable.domain:
            case NumberDomain(denominator=denominator) if denominator != 1:
                formula = f"ROUND({cell}*{denominator},0)"
            case ChoiceDomain(options=options):
                codes = [self._code(option) for option in options]
                listed = ",".join(map(_literal, options))
                formula = f"SUMPRODUCT(--EXACT({cell},{{{listed}}}),{{{','.join(map(str, codes))}}})"
            case DateDomain():
                formula = f"({cell}+{FIRST_DAY})"
            case _:
                formula = cell
        return f'IF({cell}="",{absent},{formula})'

    def _absent(self, variable: Variable, step: Step) -> str:
        """Return the value used for a missing input: its default, or any value if it has none."""
        match variable.default:
            case None if isinstance(variable.domain, BooleanDomain):
                return "FALSE"
            case None:
                return str(step.low)
            case bool() as flag:
                return str(flag).upper()
            case Fraction() as number if isinstance(variable.domain, NumberDomain):
                return str(int(number * variable.domain.denominator))
            case date() as day:
                return str(day.toordinal())
        return str(self._code(str(variable.default)))

    def _code(self, text: str) -> int:
        """Return the number of a text; a text that no step reads has none."""
        return self.program.texts.index(text) if text in self.program.texts else len(self.program.texts)


def _literal(text: str) -> str:
    """Return a text in a formula.

    >>> print(_literal('best "of" all'))
    "best ""of"" all"
    """
    return '"' + text.replace('"', '""') + '"'
