"""The texts that an editor has open, and the files beside them, read as `check` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from os import PathLike
from pathlib import Path

from attrs import evolve, field, frozen

from ..diagnostics import Diagnostic, Source, Span
from ..documents import Document, Mapping, Node, Scalar, is_appraisal, read_bytes
from ..kernel.mappings import FrozenMap
from ..loading.files import NamedFile, Reach, RefusedFile, resolved
from ..loading.reading import Read, chain
from ..testing.collecting import has_cases
from ..testing.reading import is_case_file
from .index import Index
from .survey import Survey, survey, survey_of_cases

__all__ = ["MAX_BESIDE", "Workspace", "identity_of"]

MAX_BESIDE = 200
"""The most files of one folder in which the uses of a name are searched: each is read and parsed."""


def identity_of(path: str | PathLike[str]) -> str:
    """Return the key of a file: its absolute path with all links resolved."""
    return str(resolved(Path(path)))


@lru_cache(maxsize=32)
def _document(data: bytes, name: str) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """Return what `read_bytes` does; one request reads the same files several times."""
    document, found = read_bytes(data, name)
    return document, tuple(found)


def _rulebooks(document: Document) -> list[Node | None]:
    """Return the values that name the rulebooks of an appraisal's stages."""
    stages = document.root.get("stages")
    found = (stage.value for stage in (stages if isinstance(stages, Mapping) else ()))
    return [stage.get("rulebook") for stage in found if isinstance(stage, Mapping)]


@frozen
class Workspace:
    """The texts that are open, and the folder that other files must be in.

    Args:
        open: the open texts by identity; a file that is open is never read from the disk.
        root: the folder that files named by documents must be in; the folder of each document by default.
    """

    open: FrozenMap[str, NamedFile] = field(factory=FrozenMap)
    root: Path | None = None

    def having(self, path: str | PathLike[str], text: str) -> Workspace:
        """Return this workspace with another text of a file.

        Args:
            path: the file.
            text: its text, as in the editor.
        """
        # No editor counts a byte order mark as a column, and neither do places in documents.
        data = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
        identity = identity_of(path)
        return evolve(self, open=FrozenMap({**self.open, identity: NamedFile(str(path), data, identity)}))

    def without(self, path: str | PathLike[str]) -> Workspace:
        """Return this workspace once a file is closed."""
        identity = identity_of(path)
        return evolve(self, open=FrozenMap({key: file for key, file in self.open.items() if key != identity}))

    def reach(self, path: str | PathLike[str]) -> Reach:
        """Return the files that a document may read: open ones by their text, others inside the root."""
        reach = Reach.of(path, self.root, None)
        reach.kept.update(self.open)
        return reach

    def file(self, path: str | PathLike[str]) -> NamedFile | None:
        """Return a file that the editor names, or that stands beside one; None if it can't be read."""
        identity = identity_of(path)
        if identity in self.open:
            return self.open[identity]
        try:
            return self.reach(path).read(Path(path).name, str(path))
        except RefusedFile:
            return None

    def document(self, path: str | PathLike[str]) -> tuple[Document | None, list[Diagnostic]]:
        """Return the document of a file by itself, None if it can't be read."""
        file = self.file(path)
        if file is None:
            return None, []
        document, found = _document(file.data, Path(path).as_posix())
        return document, [*found]

    def read(self, path: str | PathLike[str], reach: Reach | None = None) -> Read:
        """Return the document of a file and those it extends, and their mistakes."""
        document, found = self.document(path)
        return chain(document, found, identity_of(path), reach or self.reach(path))

    # -- files that belong together ---------------------------------------------------------------

    def beside(self, path: str | PathLike[str]) -> list[Path]:
        """Return the rulebooks and case files in the folder of a file, open or not, in order."""
        folder = resolved(Path(path)).parent
        try:
            found = {child for child in folder.iterdir() if has_cases(child.name)}
        except OSError:
            found = set()
        found |= {Path(identity) for identity in self.open if Path(identity).parent == folder and has_cases(identity)}
        return sorted(found)[:MAX_BESIDE]

    def chain_of(self, path: str | PathLike[str]) -> tuple[Document, ...]:
        """Return a document and those it extends, as far as they can be read."""
        own, _ = self.document(path)
        documents, _ = self.read(path)
        return tuple(documents) or (() if own is None else (own,))

    def rulebook_of(self, path: str | PathLike[str], document: Document) -> Path | None:
        """Return the rulebook that a case file names, None if it names none that may be read."""
        return self._located(path, document.root.get("rulebook"))

    def rulebooks_of(self, path: str | PathLike[str], document: Document) -> list[Path]:
        """Return the rulebooks that the stages of an appraisal name."""
        found = (self._located(path, node) for node in _rulebooks(document))
        return [rulebook for rulebook in found if rulebook is not None]

    def linked(self, path: str | PathLike[str], offset: int) -> Span | None:
        """Return the start of the file that a document names at a place; None if it names none that can be read."""
        document, _ = self.document(path)
        for node in (
            () if document is None else (*map(document.root.get, ("extends", "rulebook")), *_rulebooks(document))
        ):
            if isinstance(node, Scalar) and node.span.start <= offset <= node.span.end:
                found = self._located(path, node)
                file = None if found is None else self.file(found)
                return None if found is None or file is None else Span(Source(found.as_posix(), ""), 0, 0)
        return None

    def _located(self, path: str | PathLike[str], named: Node | None) -> Path | None:
        if not isinstance(named, Scalar):
            return None
        try:
            return self.reach(path).locate(named.text, str(path))
        except RefusedFile:
            return None

    def index(self, path: str | PathLike[str]) -> Index:
        """Return the names of a rulebook and of all it extends, or of a case file and its rulebook."""
        return Index(dict(self._surveys(path)))

    def _surveys(self, path: str | PathLike[str]) -> Iterator[tuple[str, Survey]]:
        if not is_case_file(path):
            for chained in self.chain_of(path):
                if not is_appraisal(chained):
                    yield chained.source.name, survey(chained.root)
            return
        document, _ = self.document(path)
        if document is not None:
            yield document.source.name, survey_of_cases(document.root)
            rulebook = self.rulebook_of(path, document)
            if rulebook is not None:
                yield from self._surveys(rulebook)
