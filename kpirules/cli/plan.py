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

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write the steps of an assessment, or what engines make of them.

    Args:
        options: of the command line.

    Returns:
        0.
    """
    program = _part(options)
    with output(options.output, options.rulebook) as out:
        out.write(_text(program, options))
    return 0


def _text(program: Program, options: Namespace) -> str:
    if options.code:
        return program.scalar.text
    if options.integers:
        return neutral_lines(str(program.integers))
    return neutral_lines(str(program.column_plan()) if options.columns else show(program.plan))


def _part(options: Namespace) -> Program:
    """Return the only program to show."""
    program = program_of(options)
    try:
        return program.part()
    except KpirulesError as mistaken:
        say(*str(mistaken).split("\n"), aside=True)
        raise CommandError(f"{options.rulebook}: choose one variant and edition to show") from None
