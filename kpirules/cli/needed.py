"""`kpirules needed`."""

from __future__ import annotations

from argparse import Namespace

from ..errors import FaultError, RulebookError, SubjectError
from .assess import format_of_output, program_of, sources
from .explain import FORMATS, chosen_row, least_change
from .rendered import rendered
from .subjects import read_subjects
from .terminal import output, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Find the least change of some inputs of a subject that reaches a band.

    Args:
        options: of the command line.

    Returns:
        0 if a change reaches it, 1 otherwise.
    """
    program = program_of(options)
    subjects = read_subjects(options, program.gathered)
    row = chosen_row(subjects, options.subject)
    complaints = [*subjects.complaints, *(row.own_complaints() if row.problems else ())]
    say(*complaints, aside=True)
    if complaints:
        return 1
    try:
        found = least_change(program, row, options.band, options.changing)
    except (SubjectError, FaultError, RulebookError) as refusal:
        say(*str(refusal).split("\n"), aside=True)
        return 1
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    with output(options.output, *sources(options)) as out:
        out.write(rendered(found, format_))
    return int(not found.is_reached)
