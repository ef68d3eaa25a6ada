"""`kpirules appraise`."""

from __future__ import annotations

from argparse import Namespace

from ..appraising import AppraisalProgram
from ..errors import KpirulesError
from ..loading.appraisals import Files, read_appraisal
from .appraisals import run_appraisal
from .failure import CommandError, files
from .terminal import say

__all__ = ["appraisal_of", "run"]


def run(options: Namespace) -> int:
    """Rate the subjects of every stage, and write a summary.

    Args:
        options: the options of the command line.

    Returns:
        0 if every subject was assessed, 1 otherwise.
    """
    if options.block_rows < 1:
        raise CommandError("--block-rows: a block has at least one row")
    finished = run_appraisal(options.appraisal, *appraisal_of(options.appraisal, options.root), options)
    say(*finished.summary.split("\n"))
    if finished.is_old:
        say("everything was already finished")
    elif finished.taken_over:
        say(f"{finished.done:,} blocks done, {finished.taken_over:,} kept from earlier runs")
    say(*finished.complaints, aside=True)
    return int(finished.errors > 0)


def appraisal_of(path: str, root: str | None) -> tuple[AppraisalProgram, Files]:
    """Load an appraisal; return its program and every file it was loaded from.

    Args:
        path: the path of its file.
        root: the folder that its files must stay in; the appraisal's own by default.

    Raises:
        CommandError: if it can't be read or has errors, which are shown.
    """
    with files(path):
        try:
            return read_appraisal(path, root=root)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{path}: the appraisal has errors") from None
