// Starts `kpirules lsp` and connects it to the editor. The server does the rest.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** Files that the server gets: it leaves other YAML files alone. */
const DOCUMENTS = ["kpi.yaml", "kpi.yml", "kpi.json", "cases.yaml", "cases.yml", "cases.json"].map((ending) => ({
  scheme: "file",
  pattern: `**/*.${ending}`,
}));

let client;

async function activate() {
  const [command, ...args] = workspace.getConfiguration("kpirules").get("command");
  client = new LanguageClient(
    "kpirules",
    "kpirules",
    { command, args, transport: TransportKind.stdio },
    {
      documentSelector: DOCUMENTS,
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{kpi,cases}.{yaml,yml,json}") },
    },
  );
  await client.start();
}

async function deactivate() {
  await client?.stop();
}

module.exports = { activate, deactivate };
