"""Rates a file batch by batch, and resumes after an interruption."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from ..rating.program import Program

__all__ = ["FileRatings", "assess_file"]

ROWS = 1 << 16
"""The rows of a batch."""


@frozen
class FileRatings:
    """The outcomes of the rows of a file.

    Args:
        rows: how many it has.
        errors: how many could not be rated; the column `error` has the reasons.
        resumed: how many an earlier run had rated.
        strays: how many records match no row.
    """

    rows: int
    errors: int
    resumed: int = 0
    strays: int = 0


def assess_file(
    program: Program,
    source: str | Path,
    target: str | Path,
    *,
    key: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    records: Mapping[str, str | Path] | None = None,
    columns: Sequence[str] | None = None,
    language: str | None = None,
    allocate: bool = True,
    engine: str | None = None,
    delimiter: str = ",",
    keep_formulas: bool = False,
    resume: bool = False,
    batch_rows: int = ROWS,
    advance: Callable[[int], None] = lambda _: None,
) -> FileRatings:
    """Rate the rows of a file, and write them with their ratings to another.

    The names of both tell their formats: `.parquet`, `.arrow` or `.feather`, `.csv`, `.jsonl` or `.ndjson`, `.xlsx`.
    A file may be larger than memory: it is read, rated and written in batches. Rated batches wait in a hidden folder
    beside `target`, which is written whole or not at all; after an interruption, `resume` uses these batches.

    If rows are rated together (cohorts, quotas), all of them are one batch, which must fit in memory. Records are
    held in memory too.

    Args:
        program: a compiled rulebook.
        source: the rows to rate.
        target: the file to write. It has all columns of `source`, the added ones, and `error`.
        key: as for `assess_table`; without `records`, rows may share a key.
        ignore: as for `assess_table`.
        records: by list input, a file with one record a row, joined by the columns of `key`.
        columns: as for `assess_table`.
        language: as for `assess_table`.
        allocate: as for `assess_table`.
        engine: as for `assess_table`.
        delimiter: separates the cells of CSV that is read.
        keep_formulas: write texts to CSV unchanged if a spreadsheet would read them as formulas, instead of putting
            an apostrophe before them, which reading removes.
        resume: use the batches of an interrupted run with the same rules, files and options.
        batch_rows: the rows of a batch; one of CSV has about two million bytes.
        advance: is called with the rows of Parquet, or bytes of other files, that were read.

    Returns:
        How many rows there are, and how many could not be rated.

    Raises:
        ValueError: if a file can't be read or written as a whole, or an interrupted run had other rules, files or
            options; and as for `assess_table`.
        OSError: if a file can't be opened.
        ImportError: without the extra `files`, or `excel` for Excel files.

    >>> from tempfile import TemporaryDirectory
    >>> from kpirules import load
    >>> program = load({"kpirules": 1, "inputs": {"done": {"type": "integer", "min": 0, "max": 9}},
    ...                 "outputs": {"double": "2 * done"}})
    >>> with TemporaryDirectory() as folder:
    ...     rows, rated = Path(folder, "people.csv"), Path(folder, "rated.csv")
    ...     _ = rows.write_text("name,done\\nAn,7\\nChi,12\\n")
    ...     assess_file(program, rows, rated, key="name", columns=["outputs.double"]).errors
    ...     print(rated.read_text(), end="")
    1
    name,done,outputs.double,error
    An,7,14.0,
    Chi,12,,"KR604 `done` is 12, above 9 (allowed: a whole number from 0 to 9)"
    """
    if batch_rows < 1:
        raise ValueError(f"`batch_rows` is {batch_rows}: a batch has at least one row")
    try:
        from .reading import Source, format_of
        from .streaming import stream
        from .writing import Target
    except ImportError:
        raise ImportError('files need an extra: pip install "kpirules[files]"') from None
    program, path, destination = program.settled(), Path(source), Path(target)
    is_copied = format_of(destination) == format_of(path)
    options = {
        "ignore": (ignore,) if isinstance(ignore, str) else tuple(ignore),
        "columns": None if columns is None else tuple(columns),
        "language": language,
        "allocate": allocate,
        "engine": engine,
    }
    found = stream(
        Source(path, program.gathered.inputs, batch_rows, delimiter, is_copied, advance),
        Target(destination, program, language, keep_formulas),
        (key,) if isinstance(key, str) else tuple(key),
        {id_: Path(one) for id_, one in (records or {}).items()},
        options,
        is_resumed=resume,
    )
    return FileRatings(*found)
