"""The rated batches of a file that is not whole yet: one file each, in a hidden folder beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from glob import escape
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import pyarrow as pa
import pyarrow.ipc
from attrs import frozen

from ..loading.atomic import PART, whole_file
from .reading import FileError
from .writing import Target, write_arrow

__all__ = ["Parts"]

ENDING = ".parts"


@frozen
class Parts:
    """Rated batches by number.

    Args:
        folder: where they are; its name tells by which rules, files and options they are rated.
    """

    folder: Path

    @classmethod
    def of(cls, target: Path, made_by: object, *, is_resumed: bool) -> Parts:
        """Return the batches of an interrupted run, or none.

        Args:
            target: the file that they will be.
            made_by: what decides their content.
            is_resumed: whether to keep those of an interrupted run.

        Raises:
            FileError: if an interrupted run was made by something else.
        """
        mark = sha256(repr(made_by).encode("utf-8")).hexdigest()[:16]
        folder = target.with_name(f".{target.name}.{mark}{ENDING}")
        others = [*target.parent.glob(f".{escape(target.name)}.*{ENDING}")]
        if is_resumed and others and folder not in others:
            raise FileError(f"{target}: the interrupted run had other rules, files or options; begin anew")
        for other in others:
            if not is_resumed:
                shutil.rmtree(other)
        folder.mkdir(exist_ok=True)
        return cls(folder)

    def has(self, number: int) -> bool:
        """Return whether a batch is rated."""
        return self._path(number).exists()

    def write(self, number: int, table: pa.Table) -> None:
        """Keep a rated batch."""
        with whole_file(self._path(number)) as stream:
            write_arrow(iter([table]), stream)

    def read(self, number: int) -> pa.Table:
        """Return a rated batch."""
        with pa.ipc.open_file(self._path(number)) as file:
            return file.read_all()

    def tables(self, count: int) -> Iterator[pa.Table]:
        """Yield the first batches in order."""
        return map(self.read, range(count))

    def join(self, target: Target, count: int) -> None:
        """Write the first batches as one file, and remove them."""
        with whole_file(target.path, part=self.folder / f"{token_hex(8)}{PART}") as stream:
            target.write(self.tables(count), stream)
        shutil.rmtree(self.folder)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.arrow"
