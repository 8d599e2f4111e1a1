// The client of `seaworthy lsp`: finds the program, starts it, and gives it the files that it reads.
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { commands, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import { type DocumentSelector, LanguageClient, State, TransportKind } from "vscode-languageclient/node";
import { locate } from "./locate";

// The server decides by name and content whether a file is one of ours, and says nothing about others.
const documents: DocumentSelector = [
  ...["dockerfile", "yaml", "dockercompose", "terraform", "terraform-vars", "shellscript", "makefile", "just", "pip-requirements", "markdown"].map(
    (language) => ({ scheme: "file", language }),
  ),
  // By name: their language is JSON or TOML, as that of many other files, or unknown without another extension.
  ...[
    "**/{Dockerfile,Containerfile,dockerfile,containerfile}*",
    "**/*.{Dockerfile,Containerfile,dockerfile,containerfile}",
    "**/*.{tf,tfvars}",
    "**/*.{tf,tfvars}.json",
    "**/cloudbuild.json",
    "**/{Makefile,makefile,GNUmakefile,justfile,Justfile,.justfile}",
    "**/*.{mk,just}",
    "**/requirements*.txt",
    "**/*requirements.txt",
    "**/{package,package-lock}.json",
    "**/{pyproject.toml,Pipfile}",
    "**/seaworthy.toml",
    "**/seaworthy-baseline.json",
  ].map((pattern) => ({ scheme: "file", pattern })),
  ...["dockerfile", "yaml", "terraform"].map((language) => ({ scheme: "untitled", language })),
];

let client: LanguageClient | undefined;
/** Starts and stops follow each other: two servers would report everything twice. */
let turn: Promise<void> = Promise.resolve();

export function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("Seaworthy", { log: true });
  const restart = () => {
    // A server that never answers `initialize` would keep its turn forever.
    if (client?.state === State.Starting) client.serverProcess?.kill();
    turn = turn.then(stop).then(() => start(context, log));
    return turn;
  };
  context.subscriptions.push(
    log,
    commands.registerCommand("seaworthy.restart", restart),
    commands.registerCommand("seaworthy.showLog", () => log.show()),
    // Also sent when a workspace becomes trusted and its own settings begin to count.
    workspace.onDidChangeConfiguration((change) => {
      const settings = ["seaworthy.path", "seaworthy.args", "seaworthy.scope"];
      if (settings.some((setting) => change.affectsConfiguration(setting))) void restart();
    }),
  );
  return restart();
}

export function deactivate(): Promise<void> {
  turn = turn.then(stop);
  return turn;
}

async function start(context: ExtensionContext, log: LogOutputChannel): Promise<void> {
  const settings = workspace.getConfiguration("seaworthy");
  const located = locate({
    setting: settings.get<string>("path", ""),
    extension: context.extensionPath,
    folder: workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file")?.uri.fsPath,
    home: homedir(),
    path: process.env["PATH"] ?? "",
    windows: process.platform === "win32",
    runnable,
  });
  if ("problem" in located) {
    log.error(located.problem);
    // Not awaited: the message stays until someone answers it.
    void ask(located.problem);
    return;
  }
  log.info(`${located.program} lsp`);
  client = new LanguageClient(
    "seaworthy",
    "Seaworthy",
    {
      command: located.program,
      args: ["lsp", ...settings.get<string[]>("args", [])],
      transport: TransportKind.stdio,
    },
    {
      documentSelector: documents,
      outputChannel: log,
      initializationOptions: { scope: settings.get<string>("scope", "open") },
    },
  );
  try {
    await client.start();
  } catch (error) {
    // The client has shown its message; a setting that changes, or the command, tries again.
    log.error(`${located.program} does not start: ${error instanceof Error ? error.message : error}`);
  }
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  try {
    await old?.dispose();
  } catch {
    // A server that has ended by itself can't be asked to end.
  }
}

async function ask(problem: string): Promise<void> {
  const settings = "Open settings";
  if ((await window.showErrorMessage(problem, settings)) === settings) {
    await commands.executeCommand("workbench.action.openSettings", "seaworthy.path");
  }
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
