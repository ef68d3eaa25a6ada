"""The tables of an appraisal: the file of each stage, and its rows."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from ...appraising import AppraisalProgram, Reading, StageRow, keyed_rows
from ...diagnostics import did_you_mean, listed
from ...language.model import ListDomain
from ..failure import CommandError, files, one_line
from ..subjects import Row, Subjects, read_subjects

__all__ = ["StageTable", "TableRow", "data_of", "tables_in"]

ENDINGS = (".csv", ".jsonl", ".ndjson", ".json")


@frozen
class StageTable:
    """The files of a stage.

    Args:
        id: the stage.
        path: the file of its subjects.
        records: the files of its list inputs, by input.
    """

    id: str
    path: Path
    records: Mapping[str, Path]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files of the stage."""
        return (self.path, *self.records.values())

    def rows(
        self, program: AppraisalProgram, options: Namespace, data: Mapping[Path, bytes]
    ) -> tuple[list[TableRow], tuple[str, ...]]:
        """Return the rows of the stage, and complaints about records that match no row.

        Args:
            program: the appraisal.
            options: `ignore` and `delimiter` of the command line.
            data: the bytes of its files.

        Raises:
            CommandError: if a file can't be read as a whole.
        """
        stage = program.stage(self.id)
        reading_options = Namespace(
            key=",".join(stage.key),
            ignore=options.ignore,
            delimiter=options.delimiter,
            data_format=None,
            subjects=str(self.path),
            records=[f"{input_}={path}" for input_, path in self.records.items()],
        )
        subjects = read_subjects(reading_options, program.programs[self.id].gathered, lambda path: data[Path(path)])
        return list(_joined(Reading(program, self.id), subjects)), subjects.complaints


@frozen
class TableRow:
    """A row of a file, and the same row of its stage.

    Args:
        row: the row as written, with its place and problems.
        staged: the row with its key.
    """

    row: Row
    staged: StageRow

    @property
    def name(self) -> str:
        """The name of the row in messages."""
        return ", ".join(self.staged.key) or f"row {self.staged.number + 1}"


def _joined(reading: Reading, subjects: Subjects) -> Iterator[TableRow]:
    rows = [_given(row, subjects.key, reading.left_out) for row in subjects.rows]
    for row, staged in zip(subjects.rows, keyed_rows(reading, rows), strict=True):
        # Problems of the file come first: they name its lines.
        is_broken = bool(row.problems) or not isinstance(row.given, Mapping)
        yield TableRow(row, evolve(staged, problems=(), is_broken=True) if is_broken else staged)


def _given(row: Row, columns: tuple[str, ...], left_out: frozenset[str]) -> dict[str, Any]:
    """Return the values by column; columns of the key that are not inputs are texts."""
    if not isinstance(row.given, Mapping):
        return {}
    given = dict(row.given)
    given.update((name, text) for name, text in zip(columns, row.key, strict=False) if name in left_out)
    return given


def tables_in(folder: str, program: AppraisalProgram, ignored: Iterable[str] = ()) -> Mapping[str, StageTable]:
    """Return the tables of every stage.

    Args:
        folder: the folder of the tables.
        program: the appraisal.
        ignored: names of files in the folder that are not tables.

    Raises:
        CommandError: if a table is missing or exists twice, or a file matches no stage and no list.
    """
    with files(folder):
        paths = [path for path in Path(folder).iterdir() if path.is_file() and not path.name.startswith(".")]
    ignored = frozenset(ignored)
    found = sorted(path for path in paths if path.name not in ignored)
    for path in found:
        _check_belongs(path, program)
    return {stage.id: _tables_of(stage.id, folder, found, program) for stage in program.appraisal.stages}


def data_of(tables: Mapping[str, StageTable]) -> dict[Path, bytes]:
    """Read the files of all stages once, so that results come from the bytes that are hashed.

    Args:
        tables: the tables by stage.

    Raises:
        CommandError: if a file can't be read.
    """
    data: dict[Path, bytes] = {}
    for id_ in sorted(tables):
        for path in sorted(tables[id_].paths, key=lambda path: path.name):
            with files(path):
                data[path] = path.read_bytes()
    return data


def _check_belongs(path: Path, program: AppraisalProgram) -> None:
    """Refuse a file that no stage reads: records in a misnamed file would be missing from every rating."""
    stages = [stage.id for stage in program.appraisal.stages]
    stage = path.name.partition(".")[0]
    if path.suffix.lower() not in ENDINGS:
        problem, remedy = f"a table ends in {listed(ENDINGS, 'or')}", ""
    elif stage not in stages:
        otherwise = f"stages are {listed(stages, 'and')}"
        problem, remedy = f"there is no stage `{one_line(stage)}`", did_you_mean(stage, stages, otherwise)
    else:
        return
    leave = f"name it by `--ignore {shlex.quote(one_line(path.name))}` if it is not a table"
    raise CommandError(f"{one_line(path)}: {problem}; {remedy}{remedy and ', or '}{leave}")


def _tables_of(id_: str, folder: str, found: list[Path], program: AppraisalProgram) -> StageTable:
    matching = [path for path in found if path.stem == id_]
    if len(matching) != 1:
        problem = f"there are {' and '.join(path.name for path in matching)}" if matching else "there is no table"
        remedy = (
            "leave one of them" if matching else f"write {id_}.csv, {id_}.jsonl or {id_}.json; it may have no rows"
        )
        raise CommandError(f"{one_line(folder)}: {problem} for stage `{id_}`; {remedy}")
    taken = {take.input for take in program.stage(id_).take}
    inputs = program.programs[id_].gathered.inputs
    lists = [input_.id for input_ in inputs if isinstance(input_.domain, ListDomain) and input_.id not in taken]
    records: dict[str, Path] = {}
    for path in found:
        stage, dot, input_ = path.stem.partition(".")
        if stage != id_ or not dot:
            continue
        if input_ not in lists:
            otherwise = f"there are {listed(lists, 'and')}" if lists else "it has none"
            raise CommandError(
                f"{one_line(path)}: stage `{id_}` has no list input `{one_line(input_)}`; "
                f"{did_you_mean(input_, lists, otherwise)}"
            )
        if input_ in records:
            raise CommandError(f"{one_line(path)}: {records[input_].name} also holds the records of `{input_}`")
        records[input_] = path
    return StageTable(id_, matching[0], records)
