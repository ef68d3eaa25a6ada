"""`kpirules plan`."""

from __future__ import annotations

from argparse import Namespace

from ..errors import KpirulesError
from ..kernel.visible import neutral_lines
from ..plan import show
from ..rating.program import Program
from .assess import program_of
from .failure import CommandError
from .terminal import output, say

__all__ = ["part_of", "run"]


def run(options: Namespace) -> int:
    """Write the steps of an assessment, or the code that engines generate from them.

    Args:
        options: the options of the command line.

    Returns:
        0.
    """
    program = part_of(program_of(options), options.rulebook)
    with output(options.output, options.rulebook) as out:
        out.write(_text(program, options))
    return 0


def _text(program: Program, options: Namespace) -> str:
    if options.code:
        return program.scalar.text
    if options.integers:
        return neutral_lines(str(program.integers))
    return neutral_lines(str(program.column_plan()) if options.columns else show(program.plan))


def part_of(program: Program, name: str) -> Program:
    """Return the only variant and edition of a program.

    Args:
        program: as the options choose it.
        name: of the rulebook, for messages.

    Raises:
        CommandError: if there are several.
    """
    try:
        return program.part()
    except KpirulesError as mistaken:
        say(*str(mistaken).split("\n"), aside=True)
        raise CommandError(f"{name}: choose one variant and edition to show") from None
