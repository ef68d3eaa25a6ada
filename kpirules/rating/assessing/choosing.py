"""The part of a program that rates a subject, by its variant and edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import evolve

from ...diagnostics import Report
from ...diagnostics.codes import At
from ...diagnostics.phrases import Phrase
from ...errors import SubjectError
from ...language.model import by_id, ids_by_column
from ..program import Program, not_in_force
from .values import named, take

__all__ = ["part_of"]


def part_of(program: Program, subject: object) -> tuple[Program, object]:
    """Return the program that rates a subject, and the subject without inputs of other parts.

    Args:
        program: a program of several variants or editions.
        subject: its values.

    Raises:
        SubjectError: if the subject lacks its variant or the day of its edition, or has an invalid one.
        RulebookError: if nothing in the rulebook chooses them, so that `load` must.
    """
    given = named(subject, [])
    if given is not None:
        given = by_id(given, ids_by_column(program.gathered.inputs))
    chosen_by = _choosing_values(program, subject if given is None else given)
    variant, on = chosen_by.get(program.variant_by), chosen_by.get(program.edition_by)
    part = program.part(variant) if on is None else _in_force(program, variant, on)
    return part, _own(program, part, given)


def _choosing_values(program: Program, subject: object) -> dict[str, Any]:
    """Return the values of the inputs that choose a part; all parts declare these inputs alike."""
    names = [name for name in (program.variant_by, program.edition_by) if name]
    declared = [input_ for input_ in program.rulebook.inputs if input_.id in names]
    values = take(declared, subject, is_whole=False)
    found = [*values.problems, *values.missing]
    if found:
        raise SubjectError(Report(tuple(found)))
    return values.given


def _in_force(program: Program, variant: str | None, on: date) -> Program:
    """Return the edition in force on a day; raise `SubjectError` if there is none."""
    fitting = [part for part in program.whole if variant in (None, part.rulebook.version.variant)]
    for part in fitting:
        if part.rulebook.is_in_force(on):
            return part
    at = At(None, program.edition_by)
    found = not_in_force(at, on, [part.rulebook for part in fitting])
    raise SubjectError(Report((evolve(found, wording=Phrase.of("problem_KR536", day=on.isoformat())),)))


def _own(program: Program, part: Program, given: Mapping[str, object] | None) -> object:
    """Return the given values without absent inputs that this part does not have."""
    absent = [name for name, value in (given or {}).items() if value is None]
    if not absent or given is None:
        return given
    own = {input_.id for input_ in part.rulebook.inputs}
    others = {input_.id for input_ in program.gathered.inputs} - own
    return {name: value for name, value in given.items() if value is not None or name not in others}
