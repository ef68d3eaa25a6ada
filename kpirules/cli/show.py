"""`kpirules show`."""

from __future__ import annotations

import sys
from argparse import Namespace

from ..errors import KpirulesError
from ..loading import show
from .failure import CommandError, files
from .terminal import output

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write a rulebook with everything merged into it.

    Args:
        options: of the command line.

    Returns:
        0.
    """
    with files(options.rulebook):
        try:
            text = show(options.rulebook, variant=options.variant, on=options.on, root=options.root)
        except KpirulesError as mistaken:
            print(mistaken, file=sys.stderr)
            raise CommandError(f"{options.rulebook}: there is no one rulebook to show") from None
    with output(options.output, options.rulebook) as out:
        out.write(text)
    return 0
