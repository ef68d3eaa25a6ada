"""The language server: it receives messages of an editor, and answers with results of the other modules.

Texts come whole with each change. Checks run in a thread, one at a time, always on the latest text: while one runs,
the editor may send any number of changes, and only the last is checked next.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from .. import __version__
from ..diagnostics import Report
from ..kernel.visible import neutral
from .checking import Checked, is_kpirules_file
from .places import Lines, path_of, uri_of
from .protocol import FIX_ALL, actions, as_completion, as_hover, as_location, as_range, edit_of, published
from .renaming import RefusedRename, prepared, renamed
from .running import Run, examples_in, run_example
from .session import Session
from .workspace import Workspace, identity_of

__all__ = ["RUN_EXAMPLE", "serve"]

RUN_EXAMPLE = "kpirules.runExample"
"""The command behind the lens of an example: the URI of its file, and its name."""

log = logging.getLogger(__name__)

T = TypeVar("T")


def serve(root: str | None = None) -> None:
    """Answer an editor on standard input and output until it leaves.

    Args:
        root: the folder that files named by documents must be in; the folder of each document by default.
    """
    logs = logging.StreamHandler(sys.stderr)
    logs.addFilter(_is_failure)
    logging.basicConfig(handlers=[logs], level=logging.WARNING)
    # Whatever else writes to standard output would break the stream of messages.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stdout, redirect_stdout(sys.stderr):
        _server(root).start_io(sys.stdin.buffer, stdout)


class _Refusal(JsonRpcException):
    """An answer that says why a request can't be done."""

    CODE = -32803
    """The code of the protocol for a request that is valid but can't be done; editors show its message."""


def _is_failure(record: logging.LogRecord) -> bool:
    """Return whether a log is about more than a request that was refused with a reason."""
    return not (record.exc_info and isinstance(record.exc_info[1], _Refusal))


@lru_cache(maxsize=32)
def _lines(text: str, encoding: str) -> Lines:
    """Return the lines of a text, which many places of one answer share."""
    return Lines(text, encoding)


class _Server(LanguageServer):
    """A server with the texts that its editor has open."""

    def __init__(self, root: str | None) -> None:
        # Whole texts: what editors and Python count as the end of a line differs.
        super().__init__("kpirules", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.session = Session(Workspace(root=None if root is None else Path(root)))
        self.uris: dict[str, str] = {}
        self.versions: dict[str, int | None] = {}
        self.failures: dict[str, Run] = {}
        self.waiting: dict[str, None] = {}
        self.worker: asyncio.Task[None] | None = None

    # -- places -----------------------------------------------------------------------------------

    def lines(self, text: str) -> Lines:
        """Return the lines of a text in the encoding that was agreed with the editor."""
        encoding = self.workspace.position_encoding or "utf-16"
        return _lines(text, str(getattr(encoding, "value", encoding)))

    def uri(self, name: str) -> str:
        """Return the URI of a file: that of the editor, if it is open."""
        return self.uris.get(identity_of(name)) or uri_of(str(Path(name).absolute()))

    def path(self, uri: str) -> str | None:
        """Return the path of an open file of kpirules, None for any other file."""
        path = path_of(uri)
        text = None if path is None else self.session.text(path)
        return path if path is not None and text is not None and is_kpirules_file(path, text) else None

    def text(self, path: str) -> str:
        return self.session.text(path) or ""

    def offset(self, path: str, place: types.Position) -> int:
        return self.lines(self.text(path)).offset(place.line, place.character)

    # -- checks -----------------------------------------------------------------------------------

    def changed(self, uri: str, text: str, version: int | None) -> None:
        """Take a text, and check it as soon as the check that runs is done; then the files that may depend on it."""
        path = path_of(uri)
        if path is None:
            return
        self.session.open(path, text)
        identity = identity_of(path)
        self.uris[identity], self.versions[identity] = uri, version
        self.failures.pop(identity, None)
        self.recheck(path)

    def closed(self, uri: str) -> None:
        """Forget a text, and check the files that may depend on it."""
        path = path_of(uri)
        if path is None or self.uris.pop(identity_of(path), None) is None:
            return
        self.session.close(path)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        self.recheck()

    def recheck(self, *first: str) -> None:
        """Check all open files in turn, some of them first."""
        self.waiting = dict.fromkeys([*first, *filter(None, map(path_of, self.uris.values()))])
        if self.worker is None or self.worker.done():
            self.worker = asyncio.ensure_future(self._check_waiting())

    async def _check_waiting(self) -> None:
        while self.waiting:
            path = next(iter(self.waiting))
            del self.waiting[path]
            text, identity = self.session.text(path), identity_of(path)
            if text is None or not is_kpirules_file(path, text):
                continue
            version = self.versions.get(identity)
            try:
                found = await asyncio.to_thread(self.session.check, path)
            except Exception:
                log.exception("the check of %s failed", neutral(path))
                message = (
                    f"{neutral(Path(path).name)} could not be checked: its findings are those of an earlier text"
                )
                self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))
                continue
            # A newer text of this file waits for its own check.
            if version == self.versions.get(identity) and identity in self.uris:
                self.publish(path, found)

    def publish(self, path: str, found: Checked) -> None:
        """Send the findings about a file, with those of the example that was run last."""
        identity, workspace = identity_of(path), self.session.workspace
        diagnostics = published(found, workspace, path, self.uri, self.lines)
        failed = self.failures.get(identity)
        if failed is not None:
            diagnostics += published(Checked(Report(failed.problems)), workspace, path, self.uri, self.lines)
        params = types.PublishDiagnosticsParams(self.uris[identity], diagnostics, self.versions.get(identity))
        self.text_document_publish_diagnostics(params)


def _server(root: str | None) -> _Server:
    server = _Server(root)
    for register in (_synchronise, _findings, _names, _rename, _examples):
        register(server)
    return server


def _synchronise(server: _Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.changed(document.uri, document.text, document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = server.workspace.get_text_document(params.text_document.uri)
        server.changed(params.text_document.uri, document.source, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.session.refresh()
        server.recheck()


def _findings(server: _Server) -> None:
    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        path = server.path(params.text_document.uri)
        if path is None:
            return []
        found = await asyncio.to_thread(server.session.check, path)
        made = actions(found, path, params.text_document.uri, params.range, server.lines)
        wanted = params.context.only
        return [one for one in made if not wanted or any(_is_kind(one, kind) for kind in wanted)]


def _is_kind(action: types.CodeAction, wanted: types.CodeActionKind | str) -> bool:
    kinds = [str(getattr(kind, "value", kind)) for kind in (action.kind, wanted)]
    return kinds[0] == kinds[1] or kinds[0].startswith(f"{kinds[1]}.")


def _names(server: _Server) -> None:
    async def asked(
        question: Callable[[str, int], T], document: types.TextDocumentIdentifier, position: types.Position
    ) -> tuple[str, int, T] | None:
        """Answer a question about a place, in a thread; None if the file is not ours."""
        path = server.path(document.uri)
        if path is None:
            return None
        offset = server.offset(path, position)
        return path, offset, await asyncio.to_thread(question, path, offset)

    triggers = [".", "(", '"', "'"]

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=triggers))
    async def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        found = await asked(server.session.complete, params.text_document, params.position)
        if found is None:
            return []
        path, offset, suggestions = found
        text = server.text(path)
        return [as_completion(suggestion, offset, text, server.lines) for suggestion in suggestions]

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        found = await asked(server.session.hover, params.text_document, params.position)
        return None if found is None or found[2] is None else as_hover(found[2], server.lines)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def defined(params: types.DefinitionParams) -> list[types.Location]:
        found = await asked(server.session.definitions, params.text_document, params.position)
        return [as_location(span, server.uri, server.lines) for span in (found[2] if found else ())]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def referred(params: types.ReferenceParams) -> list[types.Location]:
        found = await asked(server.session.references, params.text_document, params.position)
        with_definitions = params.context.include_declaration
        places = (place for place in (found[2] if found else ()) if with_definitions or not place.is_definition)
        return [as_location(place.span, server.uri, server.lines) for place in places]


def _rename(server: _Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        path = server.path(params.text_document.uri)
        if path is None:
            return None
        with _refusing():
            offset, workspace = server.offset(path, params.position), server.session.workspace
            place = await asyncio.to_thread(prepared, workspace, path, offset)
        return types.PrepareRenamePlaceholder(as_range(place.span, server.lines), place.symbol.id)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        path = server.path(params.text_document.uri)
        if path is None:
            return None
        offset, workspace = server.offset(path, params.position), server.session.workspace
        with _refusing():
            found = await asyncio.to_thread(renamed, workspace, path, offset, params.new_name)
        return edit_of(found, server.uri, server.lines)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn the refusal of a rename into an error that the editor shows."""
    try:
        yield
    except RefusedRename as refused:
        raise _Refusal(neutral(str(refused))) from None


def _examples(server: _Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        path = server.path(uri)
        found = () if path is None else examples_in(server.session.workspace, path)
        return [
            types.CodeLens(
                as_range(example.span, server.lines),
                types.Command("Run this example", RUN_EXAMPLE, arguments=[uri, example.name]),
            )
            for example in found
        ]

    @server.command(RUN_EXAMPLE)
    async def run(uri: str, name: str) -> dict[str, object]:
        path = server.path(uri)
        if path is None:
            return {"passed": False, "text": "the file is not open"}
        found = await asyncio.to_thread(run_example, server.session.workspace, path, name)
        kind = types.MessageType.Info if found.passed else types.MessageType.Warning
        server.window_show_message(types.ShowMessageParams(kind, found.text))
        identity = identity_of(path)
        server.failures[identity] = found
        if identity in server.uris:
            server.publish(path, await asyncio.to_thread(server.session.check, path))
        return {"passed": found.passed, "text": found.text}
