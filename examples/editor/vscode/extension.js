// Starts `kpirules lsp` when a rulebook is opened, and connects it to the editor. The server does the rest.
"use strict";

const { commands, languages, window, workspace } = require("vscode");
const { CloseAction, LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** Files that the server gets: it leaves other YAML files alone. */
const DOCUMENTS = ["kpi.yaml", "kpi.yml", "kpi.json", "cases.yaml", "cases.yml", "cases.json"].map((ending) => ({
  scheme: "file",
  pattern: `**/*.${ending}`,
}));

const COMMAND = "kpirules.command";
const HELP = `Rulebooks are not checked. Install the server, pip install "kpirules[lsp]", and name it in the setting ${COMMAND}.`;

let client;

async function start() {
  const [command, ...args] = workspace.getConfiguration().get(COMMAND);
  let hasStarted = false;
  client = new LanguageClient(
    "kpirules",
    "kpirules",
    { command, args, transport: TransportKind.stdio },
    {
      documentSelector: DOCUMENTS,
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{kpi,cases}.{yaml,yml,json}") },
      // A server that never started would fail again, with more messages each time.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (...told) => usual.error(...told),
        closed: () => (hasStarted ? usual.closed() : { action: CloseAction.DoNotRestart, handled: true }),
      },
    },
  );
  const usual = client.createDefaultErrorHandler();
  try {
    await client.start();
    hasStarted = true;
  } catch {
    // The message stays until it is closed, so nothing waits for it.
    window.showErrorMessage(HELP, "Open the setting").then(
      (chosen) => chosen && commands.executeCommand("workbench.action.openSettings", COMMAND),
    );
  }
}

async function deactivate() {
  // A client that did not start can't be stopped.
  await client?.stop().catch(() => {});
}

async function changed(settings) {
  if (client && settings.affectsConfiguration(COMMAND)) {
    await deactivate();
    await start();
  }
}

async function opened(document) {
  if (!client && languages.match(DOCUMENTS, document)) {
    await start();
  }
}

async function activate({ subscriptions }) {
  subscriptions.push(workspace.onDidOpenTextDocument(opened), workspace.onDidChangeConfiguration(changed));
  await Promise.all(workspace.textDocuments.map(opened));
}

module.exports = { activate, deactivate };
