"""The inputs of a rating: a table for each list, then every other input."""

from __future__ import annotations

from attrs import evolve

from ...kernel.visible import neutral
from ...record import Assessment
from .lines import Line
from .numbers import tidy
from .voice import Voice

__all__ = ["input_lines"]

MARK = "*"
"""The sign after a value that is the rulebook's default."""


def input_lines(assessment: Assessment, voice: Voice) -> tuple[Line, ...]:
    """Return the inputs in the order of the rulebook, lists first, without points entered by assessors.

    Args:
        assessment: the record.
        voice: the language.
    """
    tables = [_table(assessment, voice, id_) for id_, records in assessment.records.items() if records]
    others = [_input(assessment, voice, id_) for id_ in assessment.given if id_ not in assessment.outcomes]
    has_marks = any(cell.endswith(MARK) for table in tables for record in table.children for cell in record.cells)
    marks = [Line("fact", "assumed_mark", voice.say("assumed_mark"))] if has_marks else []
    return (*tables, *marks, *others)


def _table(assessment: Assessment, voice: Voice, list_: str) -> Line:
    """Return the records of a list, without the fields that are absent in all of them."""
    records = assessment.records[list_]
    fields = dict.fromkeys(id_ for record in records for id_, value in record.items() if value is not None)
    rows = []
    for index, record in enumerate(records):
        cells = [f"{index + 1}"]
        for id_ in fields:
            value = record.get(id_)
            text = "" if value is None else voice.option(f"{list_}.{id_}", value)
            cells.append(text + MARK * (f"{list_}[{index}].{id_}" in assessment.assumed))
        rows.append(Line("record", cells=tuple(cells)))
    heads = (voice.say("record_number"), *(_head(voice, list_, id_) for id_ in fields))
    line = voice.line("table", "inputs", list_)
    return evolve(line, children=tuple(rows), cells=heads)


def _head(voice: Voice, list_: str, id_: str) -> str:
    unit = neutral(tidy(voice.entry("inputs", f"{list_}.{id_}").unit))
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
