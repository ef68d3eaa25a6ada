"""`kpirules js`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..engines.javascript import NoJavaScriptForm
from .assess import program_of
from .terminal import output, say

__all__ = ["report_obstacles", "run"]

TYPES = {".mjs": ".d.mts", ".js": ".d.ts"}
"""The ending of the file of types, by that of the module."""


def run(options: Namespace) -> int:
    """Write a rulebook as a JavaScript module, with its types beside it.

    Args:
        options: of the command line.

    Returns:
        0, or 1 if a step has no form in JavaScript.
    """
    program = program_of(options)
    try:
        module = program.javascript()
    except NoJavaScriptForm as refused:
        return report_obstacles(refused, options.rulebook)
    if module.left_out:
        say(f"{options.rulebook}: left out, since no step computes them: {', '.join(module.left_out)}", aside=True)
    with output(options.output, options.rulebook) as out:
        out.write(module.code)
    if options.output not in (None, "-"):
        path = Path(options.output)
        with output(str(path.with_suffix(TYPES.get(path.suffix, ".d.ts"))), options.rulebook) as out:
            out.write(module.types)
    return 0


def report_obstacles(refused: NoJavaScriptForm, rulebook: str) -> int:
    """Report the steps in the way of a rulebook; return the exit code.

    Args:
        refused: the steps.
        rulebook: its file.
    """
    say(*(f"{rulebook}: no form in JavaScript: {obstacle}" for obstacle in refused.obstacles), aside=True)
    return 1
