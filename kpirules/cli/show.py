"""`kpirules show`."""

from __future__ import annotations

from argparse import Namespace

from ..diagnostics import Report
from ..errors import KpirulesError, RulebookError
from ..loading.loading import check, load_whole, show
from .failure import CommandError, files
from .terminal import output, say

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write a rulebook with everything merged into it, or its card.

    Args:
        options: of the command line.

    Returns:
        0, or 1 where the rulebook has errors: they are reported beside it.
    """
    with files(options.rulebook):
        try:
            if options.card:
                text, report = _card(options)
            else:
                chosen = {"variant": options.variant, "on": options.on, "root": options.root}
                text = show(options.rulebook, **chosen)
                report = Report(check(options.rulebook, **chosen).errors)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{options.rulebook}: there is no one rulebook to show") from None
    with output(options.output, options.rulebook) as out:
        out.write(text)
    if report.errors:
        say(*str(report).split("\n"), aside=True)
    return int(bool(report.errors))


def _card(options: Namespace) -> tuple[str, Report]:
    """The rulebook at a glance, of all variants and editions unless one is asked for."""
    try:
        program = load_whole(options.rulebook, root=options.root).narrowed(options.variant, options.on)
    except RulebookError as mistaken:
        return "", mistaken.report
    return f"{program.card.text()}\n", Report()
