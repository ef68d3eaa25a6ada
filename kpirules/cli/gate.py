"""`kpirules gate`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from ..errors import KpirulesError
from ..testing.gating import gate
from .failure import CommandError, at_work_on, files
from .terminal import say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Run the cases of an old edition on new rules, and report the expectations that changed.

    Args:
        options: the options of the command line.

    Returns:
        0 if every changed expectation has a reason, else 1.
    """
    with files(options.new), at_work_on(options.new):
        try:
            found = gate(options.old, options.new, root=options.root)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{options.old}, {options.new}: a rulebook or a case has errors") from None
    if options.format == "json":
        sys.stdout.write(json.dumps(found.data(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(found.text())
    return int(not found.is_open)
