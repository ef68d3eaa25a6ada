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
    """Write what engines run: the steps in their order, or the code that is generated from them.

    Args:
        options: of the command line.

    Returns:
        0.
    """
    program = _part(options)
    with output(options.output, options.rulebook) as out:
        out.write(program.scalar.text if options.code else neutral_lines(show(program.plan)))
    return 0


def _part(options: Namespace) -> Program:
    """The one program there is to show."""
    program = program_of(options)
    try:
        return program.part()
    except KpirulesError as mistaken:
        say(*str(mistaken).split("\n"), aside=True)
        raise CommandError(f"{options.rulebook}: there is no one variant and edition to show") from None
