"""The files that documents name: below one root, regular, opened once, read up to a limit.

A rulebook decides nothing about the machine's files. The person who loads a document names it, and may name any file.
What the document names in turn (`extends`, `rulebook`, `cases_from`, `csv`) is read only through a `Reach`.
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
"""From the name of a document to its text; raises LookupError or OSError for a name that it does not have."""

MAX_TABLE_BYTES = 64 * MAX_BYTES
"""Of a CSV file that a case file names: half a million rows of ordinary width."""

_FLAGS = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):  # which exist depends on the system
    _FLAGS |= getattr(os, _flag, 0)

NOT_A_FILE = "name a file, not a folder, a device or a pipe"
CORRECT_PATH = "correct the path; it begins at the folder of this file"


class RefusedFile(Exception):
    """A file that a document names and that is not read.

    Args:
        reason: why not, as the end of a sentence.
        help: what to write or to do instead.
    """

    def __init__(self, reason: str, help: str = CORRECT_PATH) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help


@frozen
class NamedFile:
    """A file that a document names.

    Args:
        name: what diagnostics call it.
        data: its bytes.
        identity: equal for two names of one file.
    """

    name: str
    data: bytes
    identity: str


@frozen
class Reach:
    """What the documents of one load may read.

    Args:
        root: the folder that every named file must stay below, after links are resolved.
        resolver: what gives the texts instead; no file is read then.
        kept: what was read, by identity: however often documents name a file, it is read once.
    """

    root: Path
    resolver: Resolver | None = None
    kept: dict[str, NamedFile] = field(factory=dict, init=False, eq=False, repr=False)

    @staticmethod
    def of(source: object, root: str | PathLike[str] | None, resolver: Resolver | None) -> Reach:
        """The reach of a document and of all that it names.

        Args:
            source: the path of the first document; a mapping or text has none.
            root: the folder that named files must stay below; the folder of the first document without it.
            resolver: instead of a root.

        Raises:
            TypeError: with both a root and a resolver.
        """
        if root is not None and resolver is not None:
            raise TypeError("give `root` or `resolver`, not both: a resolver reads no files")
        folder = Path(fspath(source)).parent if isinstance(source, str | PathLike) else Path()
        return Reach(folder if root is None else Path(root), resolver)

    def first(self, source: str | PathLike[str]) -> bytes:
        """The bytes of the document that a person names, up to one more than a document may have.

        Args:
            source: its path, or its name where there is a resolver.

        Raises:
            OSError: where it can't be read.
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
        """A file that a document names.

        Args:
            named: the path, from the folder of that document.
            beside: the name of that document.
            limit: the most bytes it may have.

        Raises:
            RefusedFile: where it may not or can't be read.
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
        ) as error:  # which one a circle of links raises depends on the version of Python
            raise RefusedFile(_reason(error)) from None

    def locate(self, named: str, beside: str) -> Path:
        """The path of a file that a document names: a regular file, or nothing yet.

        Args:
            named: the path, from the folder of that document.
            beside: the name of that document.

        Raises:
            RefusedFile: where the path is absolute, or leads out of the root, or to something else than a file.
        """
        _check_relative(named)
        path = _without_steps_back(Path(beside).parent / named)
        root, real = resolved(self.root), resolved(path)
        if real.is_relative_to(root):
            try:
                is_other = real.exists() and not real.is_file()
            except OSError as error:  # a name may be too long to be looked up
                raise RefusedFile(_reason(error)) from None
            if is_other:
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
    """The name by which a resolver knows a document that another one names."""
    _check_relative(named)
    name = posixpath.normpath(posixpath.join(posixpath.dirname(beside), named))
    if name.split("/")[0] == "..":
        raise RefusedFile("it is outside the names of the resolver")
    return name


def _check_relative(named: str) -> None:
    if "\0" in named:
        raise RefusedFile("it is no path")
    if PurePosixPath(named).is_absolute() or PureWindowsPath(named).anchor:
        help_ = "write the path from the folder of this file, without a drive or a `/` in front"
        raise RefusedFile("its path is absolute", help_)


def _encoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a resolver returns the text of a document, not {type(text).__name__}")
    return text.encode("utf-8", "surrogatepass")


def _bytes(real: Path, limit: int) -> bytes:
    """The bytes of a regular file, which is opened once and without waiting for a writer."""
    # A look before opening, since opening some devices already acts on them; a second one at what was opened.
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
    """The whole path to a file with all links followed, or the absolute path where they lead nowhere."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # which of them depends on the version of Python
        return Path(os.path.abspath(path))


def _without_steps_back(path: Path) -> Path:
    """A path without `..` where that leads to the same file."""
    plain = Path(os.path.normpath(path))
    return plain if resolved(plain) == resolved(path) else path
