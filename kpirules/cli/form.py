"""`kpirules form`."""

from __future__ import annotations

from argparse import Namespace

from ..engines.javascript import NoJavaScriptForm
from .assess import program_of
from .js import report_obstacles
from .terminal import output

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write a rulebook as a form for a browser.

    Args:
        options: of the command line.

    Returns:
        0, or 1 if a step has no form in JavaScript.
    """
    program = program_of(options)
    try:
        page = program.form(language=options.language)
    except NoJavaScriptForm as refused:
        return report_obstacles(refused, options.rulebook)
    with output(options.output, options.rulebook) as out:
        out.write(page)
    return 0
