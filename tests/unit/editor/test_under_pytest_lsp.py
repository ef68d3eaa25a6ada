"""The server, driven by the client of pytest-lsp with the capabilities that editors have.

That client warns, and so fails the test, where an answer needs what its editor can't do. Its plugin and pytest-asyncio
stay off (`addopts`): pytest-asyncio ends a run in which warnings are errors.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.budget import some

from .given import BASE, folder
from .test_server import SECONDS, place, word

SERVER = ClientServerConfig([sys.executable, "-m", "kpirules", "lsp"])


@pytest.mark.parametrize("editor", some(["visual-studio-code", "neovim"], 2))
def test_a_rulebook_is_written_in_an_editor(editor: str, tmp_path: Path) -> None:
    folder(tmp_path)
    asyncio.run(asyncio.wait_for(_session(editor, tmp_path), SECONDS))


async def _session(editor: str, root: Path) -> None:
    client = await SERVER.start()
    assert isinstance(client, LanguageClient)
    folders = [types.WorkspaceFolder(root.as_uri(), root.name)]
    await client.initialize_session(types.InitializeParams(client_capabilities(editor), workspace_folders=folders))
    try:
        await _written(client, (root / "base.kpi.yaml").as_uri())
    finally:
        await client.shutdown_session()
        await client.stop()
    assert client.error is None


async def _written(client: LanguageClient, uri: str) -> None:
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "yaml", 1, BASE)))
    assert await _found(client, uri) == []

    wrong = BASE.replace("min(part(total,", "min(part(tota,")
    (finding,) = await _edited(client, uri, 2, wrong)
    assert (finding.code, finding.range) == ("KR201", word(wrong, "part(tota,", "tota"))

    document = types.TextDocumentIdentifier(uri)
    items = await client.text_document_completion_async(types.CompletionParams(document, finding.range.end))
    assert "total" in {item.label for item in items}
    assert await _edited(client, uri, 3, BASE) == []

    hover = await client.text_document_hover_async(types.HoverParams(document, place(BASE, "whole=most", "most")))
    assert "Điều 3" in hover.contents.value

    rename = types.RenameParams(document, place(BASE, "total < 1"), "hours")
    edit = await client.text_document_rename_async(rename)
    counts = {Path(one).name: len(edits) for one, edits in edit.changes.items()}
    assert counts == {"base.kpi.yaml": 4, "local.kpi.yaml": 1, "base.cases.yaml": 1}


async def _edited(client: LanguageClient, uri: str, version: int, text: str) -> list[types.Diagnostic]:
    document = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
    whole = types.TextDocumentContentChangeWholeDocument(text)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
    return await _found(client, uri)


async def _found(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """Return the findings about the text that was sent last."""
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return [*client.diagnostics[uri]]
