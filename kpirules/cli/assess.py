"""`kpirules assess`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from ..errors import KpirulesError
from ..loading.loading import load
from ..rating.assessing import assess
from ..rating.assessing.together import is_rated_together
from ..rating.program import Program
from ..record import Assessment
from .cohorts import DIFFER, assessed_together
from .columns import columns_of
from .failure import CommandError, files
from .files import assess_files, is_by_batch
from .subjects import Row, Subjects, read_subjects
from .terminal import output, progress, say
from .writers import writer

__all__ = ["assessed", "format_of_output", "outcomes", "program_of", "run", "sources"]

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}


def run(options: Namespace) -> int:
    """Rate the subjects of a file, and report those that can't be rated.

    Args:
        options: the options of the command line.

    Returns:
        0 if every subject was assessed and every invariant holds, 1 otherwise.
    """
    program = program_of(options)
    if is_by_batch(options):
        return assess_files(options, program)
    subjects = read_subjects(options, program.gathered)
    format_ = options.format or format_of_output(options.output, FORMATS, "table")
    chosen = (options.columns, options.language)
    columns = columns_of(program.gathered, subjects.key, *chosen, is_brief=format_ == "table")
    is_progress_shown = format_ == "table" or options.output is not None or not sys.stdout.isatty()
    complaints = list(subjects.complaints)
    with output(options.output, *sources(options)) as out:
        writing = writer(format_, out, columns, subjects.key, options.csv_formulas)
        with progress(len(subjects.rows), is_shown=is_progress_shown) as advance:
            for row, outcome in outcomes(
                program,
                subjects,
                is_verified=options.verify,
                is_allocated=options.allocate,
            ):
                if isinstance(outcome, Assessment):
                    writing.write(row, outcome)
                    complaints.extend(_broken(row, outcome))
                else:
                    complaints.extend(outcome)
                advance()
        writing.end()
        out.flush()
    say(*complaints, aside=True)
    return int(bool(complaints))


def _broken(row: Row, assessment: Assessment) -> list[str]:
    """Return a complaint about each invariant that does not hold."""
    broken = [invariant.id for invariant in assessment.invariants if not invariant.held]
    return [f"{row.place}: error: the invariant `{id_}` does not hold" for id_ in broken]


def program_of(options: Namespace) -> Program:
    """Load the rulebook, variant and day that the options name.

    Args:
        options: the options of the command line.

    Raises:
        CommandError: if it can't be read or has errors, which are shown.
    """
    path: str = options.rulebook
    with files(path):
        try:
            return load(path, variant=options.variant, on=options.on, root=options.root).settled()
        except KpirulesError as mistaken:
            say(*str(mistaken).split("\n"), aside=True)
            raise CommandError(f"{path}: the rulebook has errors") from None


def outcomes(
    program: Program, subjects: Subjects, *, is_verified: bool = False, is_allocated: bool = True
) -> Iterator[tuple[Row, Assessment | list[str]]]:
    """Yield each row with its assessment, or with the reasons why there is none.

    Args:
        program: the rules.
        subjects: the rows to rate. If they are compared with each other, no row is rated when a record matches no
            row, because some member would then be compared by too few records.
        is_verified: whether the reference engine must agree.
        is_allocated: whether the rulebook's quotas apply.
    """
    if is_rated_together(program, is_allocated=is_allocated):
        found = assessed_together(program, subjects.rows, is_verified=is_verified, is_allocated=is_allocated)
        for row, outcome in zip(subjects.rows, found, strict=True):
            yield row, [] if subjects.complaints and isinstance(outcome, Assessment) else outcome
    else:
        for row in subjects.rows:
            yield row, assessed(program, row, is_verified=is_verified)


def assessed(program: Program, row: Row, *, is_verified: bool = False) -> Assessment | list[str]:
    """Assess one row, or return the reasons why it can't be assessed.

    Args:
        program: the rules.
        row: the subject.
        is_verified: whether the reference engine must agree.
    """
    if row.problems:
        return row.own_complaints()
    outcome: Assessment | list[str] = []
    try:
        outcome = _outcome(program, row, "scalar")
        are_agreed = not is_verified or outcome == _outcome(program, row, "reference")
    except AssertionError:
        # Engines assert agreement internally; under `--verify` a failed assertion is an expected outcome.
        if not is_verified:
            raise
        are_agreed = False
    if not are_agreed:
        return [f"{row.place}: error: {DIFFER}"]
    return outcome


def _outcome(program: Program, row: Row, engine: str) -> Assessment | list[str]:
    try:
        return assess(program, row.given, engine=engine)
    except KpirulesError as mistaken:
        return row.complaints(mistaken.report)


def format_of_output(path: str | None, formats: dict[str, str], otherwise: str) -> str:
    """Return the format that an output's name implies.

    Args:
        path: the output, or None.
        formats: formats by file ending.
        otherwise: the format if the name implies none.
    """
    return formats.get(Path(path).suffix.lower(), otherwise) if path else otherwise


def sources(options: Namespace) -> tuple[str, ...]:
    """Return the files that a command reads."""
    records = (written.partition("=")[2] for written in options.records)
    return (options.rulebook, options.subjects, *records)
