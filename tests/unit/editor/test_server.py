"""The real server, driven by a client over standard input and output, on the rulebook of a decree."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from kpirules.editor.server import _server
from kpirules.editor.session import Session

from .given import BASE, EXAMPLES

PATH = EXAMPLES / "nd335" / "staff.kpi.yaml"
TEXT = PATH.read_text(encoding="utf-8")
URI = PATH.as_uri()

SECONDS = 60
"""Long enough for any machine; nothing waits for it to pass."""

T = TypeVar("T")


class Client(LanguageClient):
    """A client that keeps what the server tells."""

    def __init__(self) -> None:
        super().__init__("test", "1")
        self.findings: dict[str, asyncio.Queue[types.PublishDiagnosticsParams]] = {}
        self.messages: list[types.ShowMessageParams] = []
        self.version = 1

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def found(params: types.PublishDiagnosticsParams) -> None:
            self.of(params.uri).put_nowait(params)

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def told(params: types.ShowMessageParams) -> None:
            self.messages.append(params)

    def of(self, uri: str) -> asyncio.Queue[types.PublishDiagnosticsParams]:
        return self.findings.setdefault(uri, asyncio.Queue())

    async def open(self, text: str, uri: str = URI) -> list[types.Diagnostic]:
        document = types.TextDocumentItem(uri, "yaml", self.version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return await self.next(uri)

    async def change(self, *texts: str, uri: str = URI) -> list[types.Diagnostic]:
        for text in texts:
            self.version += 1
            document = types.VersionedTextDocumentIdentifier(version=self.version, uri=uri)
            whole = types.TextDocumentContentChangeWholeDocument(text)
            self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
        return await self.next(uri)

    async def next(self, uri: str = URI) -> list[types.Diagnostic]:
        """Return the findings about the latest version."""
        while True:
            found = await asyncio.wait_for(self.of(uri).get(), SECONDS)
            if found.version in (self.version, None):
                return list(found.diagnostics)


def driven(script: Callable[[Client], Awaitable[T]], *options: str, encodings: list[str] | None = None) -> T:
    """Start the server, run a script against it, and stop it."""

    async def run() -> T:
        client = Client()
        await client.start_io(sys.executable, "-m", "kpirules", "lsp", *options)
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        capabilities = types.ClientCapabilities(general=general if encodings else None)
        await client.initialize_async(types.InitializeParams(capabilities=capabilities))
        client.initialized(types.InitializedParams())
        try:
            return await asyncio.wait_for(script(client), SECONDS)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            server: Any = client._server
            assert await asyncio.wait_for(server.wait(), SECONDS) == 0
            assert await server.stderr.read() == b""
            await client.stop()

    return asyncio.run(run())


DOCUMENT = types.TextDocumentIdentifier(URI)


def place(text: str, part: str, inside: str = "") -> types.Position:
    """Return the place of a part of a text, in UTF-16."""
    offset = text.index(part) + (part.index(inside) if inside else 0)
    line = text.count("\n", 0, offset)
    column = text[text.rfind("\n", 0, offset) + 1 : offset]
    return types.Position(line, len(column.encode("utf-16-le")) // 2)


def word(text: str, part: str, inside: str) -> types.Range:
    start = place(text, part, inside)
    return types.Range(start, types.Position(start.line, start.character + len(inside)))


def test_all_features_on_the_decree() -> None:
    driven(_everything)


async def _everything(client: Client) -> None:
    assert await client.open(TEXT) == []
    await _findings_and_fixes(client)
    await _names(client)
    await _rename(client)
    await _lens(client)


async def _findings_and_fixes(client: Client) -> None:
    wrong = TEXT.replace("en: Task results}", 'en: "😀"}').replace("ratio(completed,", "ratio(default(complted, 1),")
    (finding,) = await client.change("kpirules: [", wrong)
    assert (finding.code, finding.range) == ("KR201", word(wrong, "(complted", "complted"))
    assert finding.severity == types.DiagnosticSeverity.Error
    context = types.CodeActionContext([finding])
    (action,) = (
        await client.text_document_code_action_async(types.CodeActionParams(DOCUMENT, finding.range, context)) or []
    )
    assert action.edit.changes == {URI: (types.TextEdit(finding.range, "completed"),)}
    assert not action.is_preferred
    needless = TEXT.replace("ratio(completed,", "ratio(default(completed, 1),")
    (finding,) = await client.change(needless)
    every = types.CodeActionContext([], only=[types.CodeActionKind.SourceFixAll])
    (action,) = (
        await client.text_document_code_action_async(
            types.CodeActionParams(DOCUMENT, types.Range(types.Position(0, 0), types.Position(0, 0)), every)
        )
        or []
    )
    assert action.edit.changes == {URI: (types.TextEdit(finding.range, "completed"),)}
    assert await client.change(TEXT) == []


async def _names(client: Client) -> None:
    hover = await client.text_document_hover_async(types.HoverParams(DOCUMENT, place(TEXT, "assigned > 0")))
    assert hover.range == word(TEXT, "assigned > 0", "assigned")
    assert "number from 0 to 1000000000" in hover.contents.value
    assert "in the example *n1, one assigned and one done*: 1" in hover.contents.value
    definitions = await client.text_document_definition_async(
        types.DefinitionParams(DOCUMENT, place(TEXT, "t.with_quality", "with_quality"))
    )
    assert definitions == [types.Location(URI, word(TEXT, "with_quality:", "with_quality"))]
    references = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(True), DOCUMENT, place(TEXT, "deduction:"))
    )
    assert len(references) == 3
    uses = await client.text_document_references_async(
        types.ReferenceParams(types.ReferenceContext(False), DOCUMENT, place(TEXT, "deduction:"))
    )
    assert [one for one in references if one not in uses] == [
        types.Location(URI, word(TEXT, "deduction:", "deduction"))
    ]
    half = TEXT.replace("rate: ratio(completed, assigned, if_zero=0)", "rate: 'ratio(compl")
    await client.change(half)
    items = await client.text_document_completion_async(
        types.CompletionParams(DOCUMENT, types.Position(place(half, "ratio(compl").line, 26))
    )
    (item,) = [item for item in items if item.label == "completed"]
    assert item.text_edit.range == word(half, "ratio(compl", "compl")
    await client.change(TEXT)


async def _rename(client: Client) -> None:
    at = place(TEXT, "months_worked <")
    ready = await client.text_document_prepare_rename_async(types.PrepareRenameParams(DOCUMENT, at))
    assert ready.placeholder == "months_worked"
    edit = await client.text_document_rename_async(types.RenameParams(DOCUMENT, at, "months"))
    counts = {Path(uri).name: len(edits) for uri, edits in edit.changes.items()}
    assert counts == {"staff.kpi.yaml": 2, "head.cases.yaml": 1, "staff.cases.yaml": 6}
    with pytest.raises(JsonRpcException, match=r"`absence` is taken: staff.kpi.yaml:27"):
        await client.text_document_rename_async(types.RenameParams(DOCUMENT, at, "absence"))
    with pytest.raises(JsonRpcException, match="no name here"):
        await client.text_document_prepare_rename_async(types.PrepareRenameParams(DOCUMENT, types.Position(0, 0)))


async def _lens(client: Client) -> None:
    path = PATH.with_name("staff.cases.yaml")
    uri, text = path.as_uri(), path.read_text(encoding="utf-8")
    assert await client.open(text, uri) == []
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(uri)))
    assert len(lenses) == 49
    command = lenses[0].command
    assert lenses[0].range.start == place(text, "n1, one")
    run = types.ExecuteCommandParams(command.command, command.arguments)
    assert (await client.workspace_execute_command_async(run))["passed"]
    assert client.messages[-1].message == "n1, one assigned and one done: as expected, 100 excellent"
    await client.next(uri)
    wrong = text.replace("score: 100", "score: 99", 1)
    await client.change(wrong, uri=uri)
    assert not (await client.workspace_execute_command_async(run))["passed"]
    (finding,) = await client.next(uri)
    assert (finding.code, finding.range) == ("KR720", word(wrong, "score: 99", "99"))
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await client.next(uri) == []


def test_columns_count_in_the_units_of_the_client_and_a_root_may_be_wider(tmp_path: Path) -> None:
    outer, inner = tmp_path / "base.kpi.yaml", tmp_path / "Thư mục" / "local.kpi.yaml"
    outer.write_text(BASE, encoding="utf-8")
    inner.parent.mkdir()
    text = "kpirules: 1\nextends: ../base.kpi.yaml\n"
    labelled = text + "outputs: {o: {label: 😀ế, value: nothing}}\n"
    elsewhere = types.HoverParams(types.TextDocumentIdentifier("untitled:1"), types.Position(0, 0))

    async def script(client: Client) -> None:
        assert await client.open(text, inner.as_uri()) == []
        (unknown,) = await client.change(labelled, uri=inner.as_uri())
        start = types.Position(2, len("outputs: {o: {label: 😀ế, value: ".encode()))
        assert (unknown.code, unknown.range.start) == ("KR201", start)
        assert await client.text_document_hover_async(elsewhere) is None
        # A finding in the other file stands where that is named, and leads there.
        broken = BASE.replace("total < 1", "totl < 1")
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(outer.as_uri(), "yaml", 1, broken))
        )
        found = await client.next(inner.as_uri())
        related = [one.related_information[0].location.uri for one in found if one.related_information]
        assert related == [outer.as_uri()]

    driven(script, "--root", str(tmp_path), encodings=["utf-8"])


def test_a_check_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[types.ShowMessageParams] = []
    server = _server(None)
    monkeypatch.setattr(server, "window_show_message", shown.append)
    monkeypatch.setattr(Session, "check", lambda self, path: 1 / 0)

    async def write() -> None:
        server.changed("file:///rules/staff.kpi.yaml", "kpirules: 1", 1)
        assert server.worker is not None
        await server.worker

    asyncio.run(write())
    assert [one.message for one in shown] == [
        "staff.kpi.yaml could not be checked: its findings are those of an earlier text"
    ]
