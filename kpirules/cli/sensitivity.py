"""`kpirules sensitivity`."""

from __future__ import annotations

from argparse import Namespace

from ..change.sensing import sensitivity_on
from ..errors import FaultError, RulebookError, SubjectError
from ..kernel.exact import from_text
from .assess import format_of_output, program_of, sources
from .explain import FORMATS
from .failure import CommandError
from .rendered import rendered
from .subjects import read_subjects
from .terminal import output, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Print how far each number of a rulebook may move before a band changes.

    Args:
        options: of the command line.

    Returns:
        0, or 1 if a subject can't be assessed.
    """
    program = program_of(options)
    subjects = read_subjects(options, program.gathered)
    complaints = [*subjects.complaints, *(line for row in subjects.rows for line in row.own_complaints())]
    say(*complaints, aside=True)
    if complaints:
        return 1
    step = None if options.step is None else from_text(options.step)
    if options.step is not None and (step is None or step <= 0):
        raise CommandError(f"--step is a number above zero, not `{options.step}`")
    only = [path.strip() for path in options.only.split(",")] if options.only else []
    try:
        found = sensitivity_on(program, [(row.name, row.given) for row in subjects.rows], only, step)
    except (SubjectError, FaultError, RulebookError) as refusal:
        say(*str(refusal).split("\n"), aside=True)
        return 1
    except ValueError as reason:
        raise CommandError(f"--only: {reason}") from None
    format_ = options.format or format_of_output(options.output, FORMATS, "text")
    with output(options.output, *sources(options)) as out:
        out.write(rendered(found, format_))
    return 0
