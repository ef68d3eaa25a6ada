"""`kpirules assess` on files that are rated batch by batch."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..errors import KpirulesError
from ..files import assess_file
from ..rating.program import Program
from .columns import KEEP
from .failure import CommandError, files, one_line
from .subjects import column_names
from .terminal import progress, say

__all__ = ["assess_files", "is_by_batch"]

TABLES = (".parquet", ".arrow", ".feather", ".xlsx")
"""The endings of files that only this way reads and writes."""


def is_by_batch(options: Namespace) -> bool:
    """Return whether the options ask for a file that is rated batch by batch, or name one."""
    names = (options.subjects, options.output or "")
    return options.stream or options.resume or any(Path(name).suffix.lower() in TABLES for name in names)


def assess_files(options: Namespace, program: Program) -> int:
    """Rate a file batch by batch, and count the rows that can't be rated.

    Args:
        options: the options of the command line.
        program: the rules.

    Returns:
        0 if every row was rated and every record has a row, 1 otherwise.

    Raises:
        CommandError: if a file can't be read or written as a whole.
    """
    _check(options)
    records = dict(map(_records, options.records))
    try:
        with files(options.subjects), progress(_size(options.subjects), is_shown=True) as advance:
            found = assess_file(
                program,
                options.subjects,
                options.output,
                key=column_names([options.key] if options.key else []),
                ignore=column_names(options.ignore),
                records=records,
                columns=None if options.columns is None else column_names([options.columns]),
                language=options.language,
                allocate=options.allocate,
                delimiter=options.delimiter,
                keep_formulas=options.csv_formulas == KEEP,
                resume=options.resume,
                advance=advance,
            )
    except (KpirulesError, ValueError, ImportError) as error:
        raise CommandError(one_line(error)) from None
    except KeyboardInterrupt:
        say(f"{one_line(options.output)}: stopped; the same command with `--resume` goes on from here", aside=True)
        raise
    name = one_line(options.subjects)
    if found.errors:
        say(
            f"{name}: {found.errors:,} of {found.rows:,} rows can't be rated; the column `error` says why", aside=True
        )
    if found.strays:
        say(f"{name}: {found.strays:,} records match no row", aside=True)
    return int(bool(found.errors or found.strays))


def _check(options: Namespace) -> None:
    """Refuse options that have no meaning for batches."""
    if options.output is None or "-" in (options.output, options.subjects):
        raise CommandError("a file rated in batches is written to a file: name both, `DATA -o OUT`")
    for name, is_given in (
        ("--verify", options.verify),
        ("--format", options.format is not None),
        ("--data-format", options.data_format is not None),
    ):
        if is_given:
            raise CommandError(
                f"{name} does not go with files that are rated in batches; their names tell the formats"
            )


def _records(written: str) -> tuple[str, str]:
    id_, _, path = written.partition("=")
    if not path:
        raise CommandError(f"--records {one_line(written)}: write `--records INPUT=FILE`")
    return id_, path


def _size(path: str) -> int:
    """Return the total for the progress counter: the rows of Parquet, or the bytes of another file."""
    try:
        from ..files.reading import Source
    except ImportError:
        return 0
    return Source(Path(path), (), 1).size()
