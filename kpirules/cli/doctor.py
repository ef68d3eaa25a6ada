"""`kpirules doctor`."""

from __future__ import annotations

from argparse import Namespace

from ..diagnostics import did_you_mean, listed
from ..testing.engines import ENGINES, Verdict, tried
from .failure import CommandError
from .terminal import say

__all__ = ["run"]

MOST_SHOWN = 5
"""Differences of an engine that are shown."""


def run(options: Namespace) -> int:
    """Try engines with the golden corpora, and report each.

    Args:
        options: of the command line.

    Returns:
        0 if all that are installed pass, and all that are named are installed; else 1.

    Raises:
        CommandError: if there is no such engine.
    """
    for name in options.engine:
        if name not in ENGINES:
            raise CommandError(f"there is no engine `{name}`; {did_you_mean(name, ENGINES, listed(ENGINES, 'and'))}")
    code = 0
    for name in options.engine or ENGINES:
        verdict = tried(name)
        say(*_lines(verdict))
        if verdict.differences and (verdict.is_installed or options.engine):
            code = 1
    return code


def _lines(verdict: Verdict) -> list[str]:
    if not verdict.is_installed:
        return [f"{verdict.name}: not installed ({verdict.differences[0]})"]
    if not verdict.differences:
        return [f"{verdict.name} {verdict.version}: passes"]
    lines = [f"{verdict.name} {verdict.version}: {len(verdict.differences)} differences; do not rate with it"]
    return lines + [f"  {difference}" for difference in verdict.differences[:MOST_SHOWN]]
