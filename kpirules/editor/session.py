"""The state of a server between two requests: the open texts, and the last ones that could be read and checked."""

from __future__ import annotations

from functools import partial
from os import PathLike
from pathlib import Path

from attrs import define, evolve, field

from ..diagnostics import Fix, Span
from .checking import Checked, checked, fixes
from .completing import Suggestion, completions
from .hovering import Hover, hover, word_hover
from .index import Index, Occurrence
from .knowledge import Knowledge, cases_beside
from .renaming import places_of
from .symbols import Symbol
from .workspace import Workspace, identity_of

__all__ = ["Session"]


@define
class Session:
    """The open texts, with the findings about them and the names in them.

    A request takes the workspace of its moment, which is a value: another thread may replace it meanwhile.

    Args:
        workspace: the open texts.
    """

    workspace: Workspace = field(factory=Workspace)
    _checked: dict[str, tuple[Workspace, Checked]] = field(factory=dict, init=False)
    _indexed: dict[str, tuple[Workspace, Index]] = field(factory=dict, init=False)
    _good: dict[str, Workspace] = field(factory=dict, init=False)
    _known: dict[str, Knowledge] = field(factory=dict, init=False)

    def open(self, path: str | PathLike[str], text: str) -> None:
        """Take the text of a file from the editor, from now on."""
        self.workspace = self.workspace.having(path, text)

    def close(self, path: str | PathLike[str]) -> None:
        """From now on, read a file from the disk again."""
        self.workspace = self.workspace.without(path)
        for remembered in (self._checked, self._indexed, self._good, self._known):
            remembered.pop(identity_of(path), None)

    def refresh(self) -> None:
        """Forget the texts that were read from the disk."""
        self.workspace = evolve(self.workspace)

    def text(self, path: str | PathLike[str]) -> str | None:
        """Return the text of a file that is open."""
        file = self.workspace.open.get(identity_of(path))
        return None if file is None else file.data.decode("utf-8", "surrogatepass")

    def check(self, path: str | PathLike[str]) -> Checked:
        """Return the findings about a file, and keep the facts known about a rulebook without errors."""
        workspace, identity = self.workspace, identity_of(path)
        before = self._checked.get(identity)
        if before is not None and before[0] is workspace:
            return before[1]
        found = checked(workspace, path)
        self._checked[identity] = workspace, found
        if found.program is not None:
            self._good[identity] = workspace
            self._known[identity] = Knowledge(found.program, found.cases, partial(cases_beside, workspace, path))
        return found

    def known(self, path: str | PathLike[str]) -> Knowledge | None:
        """Return the knowledge from the last text without errors, None if there was none."""
        identity = identity_of(path)
        if identity not in self._known:
            self.check(path)
        return self._known.get(identity)

    def index(self, path: str | PathLike[str]) -> tuple[Index, bool]:
        """Return the names of a file and those it extends, and whether they are those of its present text.

        If the text can't be read, they are those of the last text that could.
        """
        workspace, identity = self.workspace, identity_of(path)
        before = self._indexed.get(identity)
        if before is not None and before[0] is workspace:
            return before[1], True
        index = workspace.index(path)
        if Path(path).as_posix() in index.surveys:
            self._indexed[identity] = workspace, index
            return index, True
        if before is None and identity in self._good:
            return self._good[identity].index(path), False
        return (index if before is None else before[1]), False

    # -- requests ---------------------------------------------------------------------------------

    def hover(self, path: str | PathLike[str], offset: int) -> Hover | None:
        """Return the facts known about the name at a place."""
        index, is_present = self.index(path)
        if is_present:
            return hover(index, Path(path).as_posix(), offset, self.known(path))
        return word_hover(index, self.text(path) or "", offset, self.known(path))

    def complete(self, path: str | PathLike[str], offset: int) -> tuple[Suggestion, ...]:
        """Return the completions at a place."""
        index, _ = self.index(path)
        return completions(self.text(path) or "", Path(path).as_posix(), offset, index, self.known(path))

    def symbol(self, path: str | PathLike[str], offset: int) -> Symbol | None:
        """Return the definition of the name at a place."""
        index, is_present = self.index(path)
        place = index.at(Path(path).as_posix(), offset) if is_present else None
        return None if place is None else place.symbol

    def definitions(self, path: str | PathLike[str], offset: int) -> tuple[Span, ...]:
        """Return the places that define the name at a place, the file's own first, or the file named there."""
        linked = self.workspace.linked(path, offset)
        if linked is not None:
            return (linked,)
        symbol = self.symbol(path, offset)
        if symbol is None:
            return ()
        index, _ = self.index(path)
        return tuple(place.span for place in index.of(symbol) if place.is_definition)

    def references(self, path: str | PathLike[str], offset: int) -> tuple[Occurrence, ...]:
        """Return every place of the name at a place, in all files that belong together."""
        symbol = self.symbol(path, offset)
        return () if symbol is None else places_of(self.workspace, path, symbol)

    def fixes(self, path: str | PathLike[str], *, only_safe: bool = False) -> tuple[Fix, ...]:
        """Return the edits that resolve findings about a file."""
        return fixes(self.check(path).report, path, only_safe=only_safe)
