"""`kpirules plan`."""

from __future__ import annotations

from argparse import Namespace

from ..plan import show
from .assess import program_of
from .terminal import output

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write what engines run: the steps in their order, or the code that is generated from them.

    Args:
        options: of the command line.

    Returns:
        0.
    """
    program = program_of(options.rulebook)
    with output(options.output, options.rulebook) as out:
        print(program.scalar.text if options.code else show(program.plan), end="", file=out)
    return 0
