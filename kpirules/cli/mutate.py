"""`kpirules mutate`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from contextlib import ExitStack

from ..errors import KpirulesError
from ..testing.mutating import Mutation, mutate
from .failure import CommandError, at_work_on, files
from .terminal import progress, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Report the small faults in a rulebook that its cases do not detect.

    Args:
        options: the options of the command line.

    Returns:
        0 if enough are killed, else 1.
    """
    found = _mutated(options)
    if options.format == "json":
        sys.stdout.write(json.dumps(found.data(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(found.text(is_whole=options.verbose))
    return int(options.fail_under is not None and found.score * 100 < options.fail_under)


def _mutated(options: Namespace) -> Mutation:
    with ExitStack() as stack, files(options.rulebook), at_work_on(options.rulebook):
        steps: list[object] = []

        def advance(total: int) -> None:
            if not steps:
                steps.append(stack.enter_context(progress(total, is_shown=True, activity="mutating")))
            else:
                steps[0]()  # type: ignore[operator]

        try:
            return mutate(options.rulebook, options.cases, jobs=options.jobs, root=options.root, advance=advance)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{options.rulebook}: the rulebook or a case of it has errors") from None
