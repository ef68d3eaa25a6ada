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
        options: the options of the command line.

    Returns:
        0, or 1 if the rulebook has errors, which are reported on standard error.
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
            raise CommandError(f"{options.rulebook}: choose one variant and edition to show") from None
    with output(options.output, options.rulebook) as out:
        out.write(text)
    if report.errors:
        say(*str(report).split("\n"), aside=True)
    return int(bool(report.errors))


def _card(options: Namespace) -> tuple[str, Report]:
    """Return the card of the rulebook, for all variants and editions unless one is chosen."""
    try:
        program = load_whole(options.rulebook, root=options.root).narrowed(options.variant, options.on)
    except RulebookError as mistaken:
        return "", mistaken.report
    return f"{program.card.text()}\n", Report()
