"""Reads the files that documents name: only regular files below one root, opened once, up to a size limit.

The user may load any document. A rulebook must not decide which other files of the machine are read.
Files that the document names (`extends`, `rulebook`, `cases_from`, `csv`) are read only through a `Reach`.
"""

from __future__ import annotations

import os
import posixpath
import shlex
import stat
from collections.abc import Callable
from errno import ELOOP, ENOENT
from os import PathLike, fspath
from pathlib import Path, PurePosixPath, PureWindowsPath

from attrs import field, frozen

from ..documents import MAX_BYTES

__all__ = ["CORRECT_PATH", "MAX_TABLE_BYTES", "NamedFile", "Reach", "RefusedFile", "Resolver", "resolved"]

Resolver = Callable[[str], str]
"""Returns the text of a document for its name; raises LookupError or OSError for an unknown name."""

MAX_TABLE_BYTES = 64 * MAX_BYTES
"""The maximum size of a CSV file that a case file names: half a million rows of ordinary width."""

_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):  # which exist depends on the system
    _FLAGS |= getattr(os, _flag, 0)

NOT_A_FILE = "name a file, not a folder, a device or a pipe"
CORRECT_PATH = "correct the path; it is relative to the folder of this file"


class RefusedFile(Exception):
    """A file that a document names but that must not be read.

    Args:
        reason: the reason, as the end of a sentence.
        help: what to write or do instead.
    """

    def __init__(self, reason: str, help: str = CORRECT_PATH) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help


@frozen
class NamedFile:
    """A file that a document names.

    Args:
        name: its name in diagnostics.
        data: its bytes.
        identity: a key that is equal for two names of one file.
    """

    name: str
    data: bytes
    identity: str


@frozen
class Reach:
    """The files that the documents of one load may read.

    Args:
        root: the folder that every named file must be in, after links are resolved.
        resolver: returns texts instead; no file is read then.
        kept: files already read, by identity: each file is read once, however often documents name it.
    """

    root: Path
    resolver: Resolver | None = None
    kept: dict[str, NamedFile] = field(factory=dict, init=False, eq=False, repr=False)

    @staticmethod
    def of(source: object, root: str | PathLike[str] | None, resolver: Resolver | None) -> Reach:
        """Return the reach of a document and everything it names.

        Args:
            source: the path of the first document; a mapping or text has none.
            root: the folder that named files must be in; the folder of the first document by default.
            resolver: replaces the root.

        Raises:
            TypeError: if both a root and a resolver are given.
        """
        if root is not None and resolver is not None:
            raise TypeError("give `root` or `resolver`, not both: a resolver reads no files")
        folder = Path(fspath(source)).parent if isinstance(source, str | PathLike) else Path()
        return Reach(folder if root is None else Path(root), resolver)

    def first(self, source: str | PathLike[str]) -> bytes:
        """Return the bytes of the document that the user names, at most one more than allowed.

        Args:
            source: its path, or its name for the resolver.

        Raises:
            OSError: if it can't be read.
        """
        if self.resolver is None:
            with open(source, "rb") as stream:
                data = stream.read(MAX_BYTES + 1)
            path = Path(str(source))
            identity = str(resolved(path))
            self.kept[identity] = NamedFile(path.as_posix(), data, identity)
            return data
        try:
            return _encoded(self.resolver(fspath(source)))
        except LookupError:
            raise FileNotFoundError(ENOENT, "the resolver has no document of this name", fspath(source)) from None

    def read(self, named: str, beside: str, limit: int = MAX_BYTES) -> NamedFile:
        """Return a file that a document names.

        Args:
            named: the path, relative to that document.
            beside: the name of that document.
            limit: the maximum number of bytes.

        Raises:
            RefusedFile: if it may not or can't be read.
        """
        if self.resolver is not None:
            name = _joined(named, beside)
            try:
                return NamedFile(name, _encoded(self.resolver(name)), name)
            except (LookupError, OSError):
                raise RefusedFile("the resolver has no document of this name") from None
        path = self.locate(named, beside)
        try:
            real = path.resolve(strict=True)
            kept = self.kept.get(str(real))
            data = _bytes(real, limit) if kept is None else kept.data
            _check_size(len(data), limit)
            found = NamedFile(path.as_posix(), data, str(real))
            self.kept.setdefault(found.identity, found)
            return found
        except (
            OSError,
            RuntimeError,
        ) as error:  # a cycle of links raises one or the other, depending on the version of Python
            raise RefusedFile(_reason(error)) from None

    def locate(self, named: str, beside: str) -> Path:
        """Return the path of a file that a document names: a regular file, or one that does not exist yet.

        Args:
            named: the path, relative to that document.
            beside: the name of that document.

        Raises:
            RefusedFile: if the path is absolute, leaves the root, or is not a regular file.
        """
        _check_relative(named)
        path = _without_steps_back(Path(beside).parent / named)
        root, real = resolved(self.root), resolved(path)
        if real.is_relative_to(root):
            try:
                is_irregular = real.exists() and not real.is_file()
            except OSError as error:  # a name may be too long for the system
                raise RefusedFile(_reason(error)) from None
            if is_irregular:
                raise RefusedFile("it is not a regular file", NOT_A_FILE)
            return path
        shown = os.path.relpath(self.root)
        if Path(os.path.abspath(path)).is_relative_to(os.path.abspath(self.root)):
            raise RefusedFile(f"a link leads out of the folder `{shown}`", f"copy the file below `{shown}`")
        top = os.path.commonpath([root, real.parent]) if root.anchor == real.anchor else ""
        if top in ("", root.anchor):
            raise RefusedFile(f"it is outside the folder `{shown}`", f"move the file below `{shown}`")
        wider = os.path.relpath(top)
        allow = f"to allow it, pass `--root {shlex.quote(wider)}`, in Python `root={wider!r}`"
        raise RefusedFile(f"it is outside the folder `{shown}`", allow)


def _joined(named: str, beside: str) -> str:
    """Return the resolver's name for a document that another document names."""
    _check_relative(named)
    name = posixpath.normpath(posixpath.join(posixpath.dirname(beside), named))
    if name.split("/")[0] == "..":
        raise RefusedFile("it is outside the resolver's names")
    return name


def _check_relative(named: str) -> None:
    if "\0" in named:
        raise RefusedFile("it is not a path")
    if PurePosixPath(named).is_absolute() or PureWindowsPath(named).anchor:
        help_ = "write a path relative to the folder of this file, without a drive or a leading `/`"
        raise RefusedFile("its path is absolute", help_)


def _encoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a resolver returns the text of a document, not {type(text).__name__}")
    return text.encode("utf-8", "surrogatepass")


def _bytes(real: Path, limit: int) -> bytes:
    """Return the bytes of a regular file, opened once and without waiting for a writer."""
    # Check before opening, because opening some devices has effects; check again what was opened.
    _check_regular(os.stat(real), limit)
    with open(os.open(real, _FLAGS), "rb") as stream:
        _check_regular(os.fstat(stream.fileno()), limit)
        return stream.read(limit + 1)


def _check_regular(status: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise RefusedFile("it is not a regular file", NOT_A_FILE)
    _check_size(status.st_size, limit)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise RefusedFile(f"it is larger than {limit:,} bytes", "check that this is the right file, or split it")


def _reason(error: Exception) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or os.strerror(ELOOP)).lower()


def resolved(path: Path) -> Path:
    """Return the absolute path with all links resolved; unresolved if a link is broken."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # which of them depends on the version of Python
        return Path(os.path.abspath(path))


def _without_steps_back(path: Path) -> Path:
    """Return a path without `..`, if that is the same file."""
    plain = Path(os.path.normpath(path))
    return plain if resolved(plain) == resolved(path) else path
