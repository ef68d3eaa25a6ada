"""`kpirules appraise`."""

from __future__ import annotations

from argparse import Namespace

from ..appraising import AppraisalProgram
from ..errors import KpirulesError
from ..loading.loading import Files, read_appraisal
from .appraisals import run_appraisal
from .failure import CommandError, files
from .terminal import say

__all__ = ["appraisal_of", "run"]


def run(options: Namespace) -> int:
    """Rate the subjects of every stage, and sum up.

    Args:
        options: of the command line.

    Returns:
        0 where every subject was assessed, 1 where one was not.
    """
    if options.block_rows < 1:
        raise CommandError("--block-rows: a block has at least one row")
    finished = run_appraisal(options.appraisal, *appraisal_of(options.appraisal, options.root), options)
    say(*finished.summary.split("\n"))
    if finished.is_old:
        say("everything was finished before")
    elif finished.taken_over:
        say(f"{finished.done:,} blocks done, {finished.taken_over:,} taken over from before")
    say(*finished.complaints, aside=True)
    return int(finished.errors > 0)


def appraisal_of(path: str, root: str | None) -> tuple[AppraisalProgram, Files]:
    """The program of an appraisal, and every file that it was made from.

    Args:
        path: its file.
        root: the folder that the files of its stages must stay below; its own without it.

    Raises:
        CommandError: where it can't be read or has errors; those are shown.
    """
    with files(path):
        try:
            return read_appraisal(path, root=root)
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{path}: the appraisal has errors") from None
