"""The names that formulas read, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...kernel.visible import neutral
from ...language.wording import beside
from ...record import Assessment
from .lines import Line
from .names import names_in
from .numbers import tidy
from .voice import Voice

__all__ = ["labels_of", "name_lines", "names_read"]


def names_read(lines: Iterable[Line]) -> dict[str, bool]:
    """Return the full names that formulas read, each with whether a line shows the formula with values.

    Args:
        lines: lines with or without formulas.
    """
    read: dict[str, bool] = {}
    for line in lines:
        for _, name in names_in(line) if line.formula else ():
            read[name] = read.get(name, False) or bool(line.working)
    return read


def labels_of(names: Iterable[str], voice: Voice) -> dict[str, str]:
    """Return the labels of names, without labels that only repeat the name.

    Args:
        names: full names.
        voice: the language.
    """
    labels = {name: _label(name, voice) for name in names}
    return {name: label for name, label in labels.items() if label}


def _label(name: str, voice: Voice) -> str:
    kind, id_ = voice.part(name)
    label = voice.entry(kind, id_).label
    return "" if label is None else beside(id_.rpartition(".")[2], voice.read(label))


def name_lines(
    assessment: Assessment, lines: Iterable[Line], names: Mapping[str, bool], labels: Mapping[str, str], voice: Voice
) -> Iterator[Line]:
    """Yield a line for each name that the other lines leave unexplained.

    They show its label, unless the record has no inputs, or it is of a parameter or function; and the value of a
    parameter, unless only computed fields read it.

    Args:
        assessment: the record.
        lines: the other lines of the explanation.
        names: the full names that formulas read, each with whether its value is shown.
        labels: their labels.
        voice: the language.
    """
    shown = {(line.id, line.label) for line in lines}
    for name, has_value in names.items():
        kind, id_ = voice.part(name)
        entry, label = voice.entry(kind, id_), labels.get(name, "")
        is_parameter = kind == "parameters"
        is_explained = (
            has_value or not is_parameter if not label else (id_, label) in shown or _is_column(assessment, id_)
        )
        if not is_explained or (is_parameter and (entry.note or entry.source)):
            amount = neutral(tidy(f"{entry.formula} {entry.unit}")) if is_parameter else ""
            yield voice.line("name", kind, id_, amount=amount)


def _is_column(assessment: Assessment, name: str) -> bool:
    """Return whether a field is a column of the records that are shown."""
    list_, _, field = name.partition(".")
    rows = (*assessment.records.get(list_, ()), *assessment.computed_fields.get(list_, ()))
    return bool(field) and any(row.get(field) is not None for row in rows)
