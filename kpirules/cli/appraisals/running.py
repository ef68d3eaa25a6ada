"""Runs an appraisal on files; an interrupted run resumes where it stopped."""

from __future__ import annotations

import json
import os
import stat
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any

from attrs import define, field, frozen

from ...appraising import (
    AppraisalProgram,
    Running,
    Summary,
    Tally,
    Together,
    assess_together,
    is_rated_whole,
    quota_data,
    tally_of,
)
from ...kernel.mappings import FrozenMap
from ...loading.appraisals import Files
from ..columns import KEEP
from ..failure import CommandError, files, one_line
from ..subjects import column_names
from ..terminal import progress
from .receipt import FORMAT, FORMULAS, between, differences, made_of, read_receipt
from .rows import Block, StageWriter, count, taken_over
from .saving import Work, digest, not_saved, to_json, write_named
from .tables import StageTable, TableRow, data_of, tables_in

__all__ = ["Finished", "run_appraisal"]

RECEIPT = "receipt.json"


@frozen
class Finished:
    """The result of a run.

    Args:
        summary: the summary of all stages, as text.
        errors: how many rows could not be assessed, and how many records match no row.
        complaints: one line about each, with file and line.
        done: blocks finished in this run.
        taken_over: blocks finished in earlier runs.
        is_old: True if an earlier run had finished everything.
    """

    summary: str
    errors: int
    complaints: tuple[str, ...] = ()
    done: int = 0
    taken_over: int = 0
    is_old: bool = False


def run_appraisal(path: str, program: AppraisalProgram, read: Files, options: Namespace) -> Finished:
    """Rate every stage, and write results, a summary and a receipt.

    Args:
        path: the path of the appraisal.
        program: the loaded appraisal.
        read: the files it was loaded from.
        options: the options of the command line.

    Raises:
        CommandError: if a file can't be used, or the sources of an unfinished run have changed.
    """
    out = Path(options.output)
    tables = tables_in(options.data, program, column_names(options.ignore))
    if out.exists() and out.resolve() == Path(options.data).resolve():
        raise CommandError(
            f"{one_line(options.output)}: the results would be written among the tables; name another folder"
        )
    options_saved = {
        "brief": options.brief,
        "ignore": sorted(options.ignore),
        "delimiter": options.delimiter,
        "block_rows": options.block_rows,
        **({} if options.csv_formulas == KEEP else {FORMULAS: options.csv_formulas}),
    }
    data = data_of(tables)
    run = _Run(path, program, tables, data, made_of(path, program, read, data, options_saved), Work(out), options)
    with _lock_folder(out):
        run.work.check_is_own()
        return run.run()


@contextmanager
def _lock_folder(out: Path) -> Iterator[None]:
    """Lock the output folder against a second run; the lock ends with the process."""
    with files(out):
        out.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # `fcntl` exists on Unix only
        yield
        return
    path = out / ".lock"
    with files(out), _open_lock(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{one_line(out)}: another run is using this folder") from None
        if not _is_still_there(lock, path):
            # Between opening and locking, an earlier run removed the file, and a third run may have locked a new one.
            raise CommandError(f"{one_line(out)}: another run was using this folder just now; try again")
        try:
            yield
        finally:
            # Another program wrote a file that is not empty.
            if not os.fstat(lock.fileno()).st_size:
                path.unlink(missing_ok=True)


def _open_lock(path: Path) -> IO[str]:
    """Open the lock file without waiting and without following a link."""
    if path.is_symlink():
        raise CommandError(f"{one_line(path)}: this is a link; name another folder")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise CommandError(f"{one_line(path)}: this is not a regular file; name another folder")
    return os.fdopen(handle, "r+")


def _is_still_there(lock: IO[str], path: Path) -> bool:
    """Return whether the open lock file is still the one in the folder."""
    try:
        current = path.lstat()
    except FileNotFoundError:
        return False
    return os.path.samestat(current, os.fstat(lock.fileno()))


@define
class _Run:
    """State of one run; `made` and `found` count the blocks of this run and of earlier ones.

    `data` holds files of stages not read yet; `written` the hashes of results.
    """

    path: str
    program: AppraisalProgram
    tables: Mapping[str, StageTable]
    data: dict[Path, bytes]
    made_of: Mapping[str, Any]
    work: Work
    options: Namespace
    complaints: list[str] = field(factory=list)
    written: dict[str, str] = field(factory=dict)
    made: int = 0
    found: int = 0

    @property
    def out(self) -> Path:
        return self.work.out

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("csv",) if self.options.brief else ("csv", "jsonl")

    @property
    def results(self) -> tuple[str, ...]:
        """The files that are written, except the receipt."""
        stages = [f"{stage}.{kind}" for unit in self.program.order for stage in unit for kind in self.kinds]
        return (*stages, "summary.json", "summary.txt")

    @property
    def removable(self) -> tuple[str, ...]:
        """The files that an older run may have left."""
        stages = [f"{stage}.jsonl" for unit in self.program.order for stage in unit]
        return (RECEIPT, *dict.fromkeys((*self.results, *stages)))

    def run(self) -> Finished:
        is_finished = self._resume_or_begin()
        tallies: dict[str, Tally] = {}
        running = Running.of(self.program)
        if is_finished:
            return self._finished_before()
        pending = [stage for unit in self.program.order for stage in unit]
        for unit in self.program.order:
            tallies.update(self._finish_unit(unit, running))
            pending = [stage for stage in pending if stage not in unit]
            running.known.forget(stage for stage in tallies if not set(self.program.readers(stage)) & set(pending))
        summary = Summary(self.program.id, FrozenMap({id_: tally.summary() for id_, tally in tallies.items()}))
        self._end(summary)
        errors = sum(len(stage.errors) for stage in summary.stages.values())
        return Finished(summary.text(), errors, tuple(self.complaints), self.made, self.found)

    # -- the beginning ------------------------------------------------------------------------

    def _resume_or_begin(self) -> bool:
        """Resume, restart or refuse; return True if an earlier run finished everything."""
        if self.options.restart:
            self.work.begin(self.made_of, self.removable)
            return False
        plan, receipt = self.work.plan(), self._receipt()
        before = plan["made_of"] if plan is not None else receipt.get("made_of") if receipt is not None else None
        if before is None:
            foreign_files = [name for name in self.removable if (self.out / name).exists()]
            if foreign_files:
                problem = f"{one_line(self.out)}: {foreign_files[0]} exists without a receipt"
                raise CommandError(f"{problem}; name another folder, or overwrite it with `--restart`")
            self.work.begin(self.made_of, self.removable)
            return False
        if changed := differences(before, self.made_of):
            what = "; ".join(changed)
            raise CommandError(
                f"{one_line(self.out)}: the sources of these results have changed: {what}; "
                "undo that, name another folder, or start over with `--restart`"
            )
        if receipt is not None and receipt.get("made_of") == before:
            return True
        if plan is not None and plan["state"] == "clearing":
            self.work.begin(self.made_of, self.removable)
        return False

    def _receipt(self) -> Mapping[str, Any] | None:
        path = self.out / RECEIPT
        try:
            return read_receipt(str(path)) if path.exists() else None
        except CommandError as unread:
            raise CommandError(f"{unread}; rewrite it with `--restart`") from None

    def _finished_before(self) -> Finished:
        receipt = self._receipt()
        assert receipt is not None, "`_resume_or_begin` read it"
        names = dict.fromkeys((*receipt["results"], *self.results))
        now = {name: digest(self.out / name) for name in names if (self.out / name).exists()}
        if changed := differences({"results": receipt["results"]}, {"results": now}):
            raise CommandError(f"{one_line(self.out)}: {'; '.join(changed)}; rewrite them with `--restart`")
        if self.work.folder.exists():
            self.work.end()
        with files(self.out):
            data: dict[str, Any] = json.loads((self.out / "summary.json").read_bytes())
            errors = sum(len(stage["errors"]) for stage in data["stages"].values())
            text = (self.out / "summary.txt").read_text(encoding="utf-8").rstrip("\n")
        return Finished(text, errors, is_old=True)

    # -- stages -------------------------------------------------------------------------------

    def _finish_unit(self, unit: tuple[str, ...], running: Running) -> Mapping[str, Tally]:
        """Finish stages that run together, and move their results into place."""
        tallies = {stage: tally_of(self.program, stage) for stage in unit}
        done = {stage: self._taken_over(stage, running, tallies[stage]) for stage in unit}
        if not all(is_whole for _, is_whole in done.values()):
            rows = {stage: self._rows(stage) for stage in unit}
            whole = self._together(unit, rows, running)
            for stage in unit:
                number, is_whole = done[stage]
                if not is_whole:
                    quotas = list(map(quota_data, whole.groups)) if stage == unit[0] else []
                    self._blocks(stage, running, tallies[stage], rows[stage], number, whole, quotas)
                    done[stage] = (self._count(rows[stage][0]), True)
        for stage in unit:
            self._assemble_results(stage, self._writer(stage, running), done[stage][0])
        return tallies

    def _taken_over(self, stage: str, running: Running, tally: Tally) -> tuple[int, bool]:
        """Restore finished blocks; return their number, and whether they are the whole stage."""
        number, is_last = 0, False
        for path, saved in self.work.done(stage):
            try:
                taken_over(running, stage, saved["rows"], tally)
                tally.strays(saved["strays"])
                tally.quotas += map(FrozenMap, saved["quotas"])
                self.complaints += saved["complaints"]
                number, is_last = number + 1, saved["is_last"]
            except (LookupError, TypeError, ValueError, AttributeError):
                raise not_saved(path) from None
        self.found += number
        return number, is_last

    def _rows(self, stage: str) -> tuple[list[TableRow], tuple[str, ...]]:
        table = self.tables[stage]
        return table.rows(self.program, self.options, {path: self.data.pop(path) for path in table.paths})

    def _together(
        self, unit: tuple[str, ...], rows: Mapping[str, tuple[list[TableRow], Any]], running: Running
    ) -> Together:
        """Return the outcomes of rows that are rated together; empty where each row is rated alone."""
        if not is_rated_whole(self.program, unit):
            return Together({})
        stray_records = [f"{stage}: a record that matches no row" for stage in unit if rows[stage][1]]
        return assess_together(
            running, {stage: [row.staged for row in rows[stage][0]] for stage in unit}, stray_records=stray_records
        )

    def _count(self, rows: list[TableRow]) -> int:
        """Return the number of blocks that rows make."""
        return max(-(-len(rows) // int(self.options.block_rows)), 1)

    def _blocks(
        self,
        stage: str,
        running: Running,
        tally: Tally,
        table: tuple[list[TableRow], tuple[str, ...]],
        number: int,
        whole: Together,
        quotas: list[FrozenMap[str, Any]],
    ) -> None:
        """Finish the blocks of a stage, starting at a given number."""
        rows, stray_records = table
        size, total = int(self.options.block_rows), self._count(rows)
        writer = self._writer(stage, running)
        outcomes = whole.outcomes.get(stage)
        with progress(len(rows) - number * size, is_shown=True, activity=f"assessing {stage}") as advance:
            for block_number in range(number, total):
                block = Block()
                if block_number == 0:
                    block.complaints += stray_records
                    block.strays += map(writer.bare, stray_records)
                    block.quotas += quotas
                    tally.strays(block.strays)
                    tally.quotas += quotas
                for place in range(block_number * size, min((block_number + 1) * size, len(rows))):
                    row = rows[place]
                    outcome = writer.outcome(running, row, None if outcomes is None else outcomes[place])
                    writer.write(running, row, outcome, block)
                    count(row, block, tally)
                    advance()
                self._save(stage, block_number, block, is_last=block_number + 1 == total)

    def _assemble_results(self, stage: str, writer: StageWriter, number: int) -> None:
        """Assemble the results of a stage from its blocks."""
        head = writer.head().encode("utf-8")
        for kind in self.kinds:
            # A file from an earlier run may have been changed since.
            lines = self.work.lines(stage, kind, number)
            self._write(f"{stage}.{kind}", chain([head] if kind == "csv" else [], lines))

    def _write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write a result and note its hash for the receipt."""
        self.written[name] = write_named(self.out / name, parts)

    def _writer(self, stage: str, running: Running) -> StageWriter:
        folder = f"{self.tables[stage].path.parent}{os.sep}"
        return StageWriter(running.reading(stage), folder, self.options.brief, self.options.csv_formulas)

    def _save(self, stage: str, number: int, block: Block, *, is_last: bool) -> None:
        texts = {"csv": block.table.getvalue(), "jsonl": block.records.getvalue()}
        values = {
            "rows": block.rows,
            "strays": block.strays,
            "quotas": [{**quota, "within": dict(quota["within"])} for quota in block.quotas],
            "complaints": block.complaints,
            "is_last": is_last,
        }
        self.work.save(stage, number, {kind: texts[kind] for kind in self.kinds}, values)
        self.complaints += block.complaints
        self.made += 1

    # -- the end ------------------------------------------------------------------------------

    def _end(self, summary: Summary) -> None:
        self._write("summary.json", [to_json(summary.to_data())])
        self._write("summary.txt", [f"{summary.text()}\n".encode()])
        receipt = {
            "format": FORMAT,
            "made_of": self.made_of,
            "paths": {"appraisal": between(self.path, self.out), "data": between(self.options.data, self.out)},
            "results": {name: self.written[name] for name in self.results},
        }
        write_named(self.out / RECEIPT, [to_json(receipt)])
        self.work.end()
