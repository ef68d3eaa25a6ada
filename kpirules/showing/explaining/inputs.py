"""The inputs of a rating: a table for each list, then every other input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from ...kernel.mappings import FrozenMap
from ...kernel.visible import neutral
from ...kernel.widths import width
from ...record import Assessment, Entry, Value
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["input_lines"]

MARK = "*"
"""The sign after a value that is the rulebook's default."""

MOST_RECORDS = 20
"""Maximum records of a table; a letter shows all, because the reader may have no other list of them."""

MOST_COLUMNS = 8
"""Maximum fields of a table on the paper of a letter."""

WIDEST_TABLE, GUTTER = 96, 2
"""Columns of characters of a table, so that it fits a terminal and a page, and those between two columns."""

Column = tuple[str, ...]
"""The head of a column and its cells."""


def input_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the inputs in the order of the rulebook, lists first, without points entered by assessors.

    Args:
        assessment: the record.
        voice: the language.
    """
    lists = [id_ for id_, records in assessment.records.items() if records]
    tables = [table for id_ in lists for table in _tables(assessment, voice, id_)]
    formulas = [line for id_ in lists for line in _formulas(assessment, voice, id_)]
    others = [_input(assessment, voice, id_) for id_ in assessment.given if not _is_entered(assessment, id_)]
    says = voice.say("no_records")
    others += [
        voice.line("input", "inputs", id_, remark=says) for id_, records in assessment.records.items() if not records
    ]
    has_marks = any(cell.endswith(MARK) for table in tables for record in table.children for cell in record.cells)
    marks = [Line("fact", "assumed_mark", voice.say("assumed_mark"))] if has_marks else []
    shortened = [line for id_ in lists for line in _rest(assessment, voice, id_)]
    return (*tables, *shortened, *marks, *formulas, *others)


def _is_entered(assessment: Assessment, id_: str) -> bool:
    """Return whether an input is the points that an assessor entered for the criterion of the same id."""
    outcome = assessment.outcomes.get(id_)
    return outcome is not None and (outcome.row == "entered" or assessment.given[id_] is None)


def _tables(assessment: Assessment, voice: Voice, list_: str) -> Iterator[Line]:
    """Yield the records of a list with their computed fields; several tables if one would be too wide.

    Fields that are absent in all records are left out. A letter leaves out computed fields without a label, and all
    of them if there is no room for them beside the others.
    """
    records = assessment.records[list_]
    computed = assessment.computed_fields.get(list_, ())
    if len(computed) == len(records):
        records = tuple(FrozenMap({**record, **more}) for record, more in zip(records, computed, strict=True))
    fields = dict.fromkeys(id_ for record in records for id_, value in record.items() if value is not None)
    if voice.is_letter:
        derived = _computed(assessment, list_)
        unlabelled = {id_ for id_ in derived if _entry(voice, list_, id_).label is None}
        left_out = unlabelled if len(fields.keys() - unlabelled) <= MOST_COLUMNS else {*derived}
        fields = dict.fromkeys(id_ for id_ in fields if id_ not in left_out)
    shown = range(len(records) if voice.is_letter else min(len(records), MOST_RECORDS))
    columns = [(_head(voice, list_, id_), *_cells(assessment, voice, list_, id_, records, shown)) for id_ in fields]
    numbers = (voice.say("record_number"), *(f"{index + 1}" for index in shown))
    beside = [columns[first : first + MOST_COLUMNS] for first in range(0, len(columns), MOST_COLUMNS)]
    for several in beside if voice.is_letter else _fitting(numbers, columns):
        heads, *rows = zip(numbers, *several, strict=True)
        lines = tuple(Line("record", cells=row) for row in rows)
        yield evolve(voice.line("table", "inputs", list_), children=lines, cells=heads)


def _cells(
    assessment: Assessment,
    voice: Voice,
    list_: str,
    id_: str,
    records: Sequence[Mapping[str, Value]],
    shown: Sequence[int],
) -> Iterator[str]:
    """Yield the value of a field in each record that is shown, with a mark if it is a default."""
    for index in shown:
        value = records[index].get(id_)
        text = "" if value is None else voice.option(f"{list_}.{id_}", value)
        yield text + MARK * (f"{list_}[{index}].{id_}" in assessment.assumed)


def _fitting(numbers: Column, columns: list[Column]) -> list[list[Column]]:
    """Return the columns in tables that fit beside each other, each after the numbers of the records."""
    parts: list[list[Column]] = [[]]
    room = first = WIDEST_TABLE - max(map(width, numbers))
    for column in columns:
        head, *cells = column
        needed = GUTTER + max(map(width, (*head.split(), *cells)))
        if needed > room and parts[-1]:
            parts.append([])
            room = first
        parts[-1].append(column)
        room -= needed
    return parts


def _computed(assessment: Assessment, list_: str) -> list[str]:
    """Return the computed fields of a list that formulas read."""
    records = assessment.computed_fields.get(list_, ())
    return [*dict.fromkeys(id_ for record in records for id_ in record)]


def _formulas(assessment: Assessment, voice: Voice, list_: str) -> Iterator[Line]:
    """Yield the formulas of the computed fields of a list; none in a letter."""
    for id_ in [] if voice.is_letter else _computed(assessment, list_):
        formula = neutral(tidy(_entry(voice, list_, id_).formula))
        yield voice.line("field", "inputs", f"{list_}.{id_}", formula=formula)


def _rest(assessment: Assessment, voice: Voice, list_: str) -> Iterator[Line]:
    """Yield a line that says how many records are shown, if not all are."""
    count = len(assessment.records[list_])
    if count > MOST_RECORDS and not voice.is_letter:
        says = voice.say(
            "records_shown", shown=f"{MOST_RECORDS}", count=f"{count}", records=voice.name("inputs", list_)
        )
        yield Line("fact", "records_shown", says)


def _entry(voice: Voice, list_: str, id_: str) -> Entry:
    return voice.entry("inputs", f"{list_}.{id_}")


def _head(voice: Voice, list_: str, id_: str) -> str:
    unit = neutral(tidy(_entry(voice, list_, id_).unit))
    line = voice.line("table", "inputs", f"{list_}.{id_}", id=neutral(id_))
    name = " · ".join(part for part in (line.id, line.label) if part)
    return f"{name} ({unit})" if unit else name


def _input(assessment: Assessment, voice: Voice, id_: str) -> Line:
    unit, value = voice.entry("inputs", id_).unit, assessment.given[id_]
    amount = voice.option(id_, value, unit)
    remark = voice.say("assumed_here") if id_ in assessment.assumed else ""
    if not voice.fits(amount):
        amount, remark = "", "; ".join(part for part in (amount, remark) if part)
    return voice.line("input", "inputs", id_, amount=amount, remark=remark)
