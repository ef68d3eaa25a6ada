"""Which part of a program rates a subject: by the variant and the edition that it tells."""

from __future__ import annotations

from typing import Any

from ..diagnostics import Report
from ..diagnostics.codes import At
from ..errors import SubjectError
from ..program import Program, not_in_force
from .values import take

__all__ = ["part_of"]


def part_of(program: Program, subject: object) -> Program:
    """The program that rates a subject.

    Args:
        program: of one variant and edition, or of several.
        subject: what is known of it.

    Raises:
        SubjectError: where the subject does not tell its variant or the day of its edition, or gives none that is.
        RulebookError: where nothing in the rulebook tells them, so that `load` has to.
    """
    if not program.parts:
        return program
    told = _told(program, subject)
    variant, on = told.get(program.variant_by), told.get(program.edition_by)
    if on is None:
        # Where nothing tells the day or the variant, this says so.
        return program.part(variant)
    fitting = [part for part in program.whole if variant in (None, part.rulebook.version.variant)]
    for part in fitting:
        if part.rulebook.is_in_force(on):
            return part
    at = At(None, program.edition_by)
    raise SubjectError(Report((not_in_force(at, on, [part.rulebook for part in fitting]),)))


def _told(program: Program, subject: object) -> dict[str, Any]:
    """The values of the inputs that tell variant and edition; all parts declare them alike."""
    names = [name for name in (program.variant_by, program.edition_by) if name]
    declared = [one for one in program.rulebook.inputs if one.id in names]
    values = take(declared, subject, is_whole=False)
    found = [*values.problems, *values.missing]
    if found:
        raise SubjectError(Report(tuple(found)))
    return values.given
