/** The extension: the language server, and commands around `standpipe`. */

import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { Graphs } from "./graph";
import { Gutter } from "./gutter";
import { run } from "./program";
import { type Definition, found, task } from "./tasks";

let client: LanguageClient | undefined;

const program = () => vscode.workspace.getConfiguration("standpipe").get("path", "standpipe");

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const gutter = new Gutter(context.extensionUri);
  const graphs = new Graphs();
  const command = (name: string, act: (...args: never[]) => unknown) => vscode.commands.registerCommand(name, act);
  context.subscriptions.push(
    gutter,
    graphs,
    command("standpipe.run", (file?: string, ...extra: string[]) => start(gutter, file, extra)),
    command("standpipe.graph", async (file?: string, pipeline?: string) => {
      const uri = await saved(file);
      if (uri !== undefined) await graphs.show(uri, pipeline);
    }),
    command("standpipe.preview", preview),
    command("standpipe.explain", explain),
    command("standpipe.restart", async () => {
      await client?.stop();
      client = undefined;
      await serve();
    }),
    vscode.tasks.registerTaskProvider("standpipe", {
      provideTasks: () => found(gutter),
      resolveTask: (made) => task(made.definition as Definition, made.scope as vscode.WorkspaceFolder, gutter),
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("standpipe.path")) await vscode.commands.executeCommand("standpipe.restart");
    }),
  );
  await serve();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function serve(): Promise<void> {
  client = new LanguageClient(
    "standpipe",
    "Standpipe",
    { command: program(), args: ["lsp"], transport: TransportKind.stdio },
    {
      documentSelector: [{ language: "pipe" }],
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{pipe,sh,json,yml,yaml}") },
    },
  );
  try {
    await client.start();
  } catch {
    const choice = await vscode.window.showErrorMessage(
      `The language server did not start: is \`${program()}\` installed?`,
      "Open Settings",
    );
    if (choice !== undefined) await vscode.commands.executeCommand("workbench.action.openSettings", "standpipe.path");
  }
}

/** The file that a command is about, saved: the one that it was given, otherwise the one in the editor. */
async function saved(file: string | undefined): Promise<vscode.Uri | undefined> {
  const uri = file === undefined ? vscode.window.activeTextEditor?.document.uri : vscode.Uri.parse(file);
  if (uri?.scheme !== "file") {
    void vscode.window.showInformationMessage("Open a pipeline file first, and save it.");
    return undefined;
  }
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty && !(await document.save())) return undefined;
  return uri;
}

async function start(gutter: Gutter, file: string | undefined, extra: string[]): Promise<void> {
  const uri = await saved(file);
  if (uri === undefined) return;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const name = folder === undefined ? uri.fsPath : path.relative(folder.uri.fsPath, uri.fsPath);
  const definition: Definition = { type: "standpipe", command: "run", file: name, arguments: extra };
  await vscode.tasks.executeTask(task(definition, folder ?? vscode.TaskScope.Workspace, gutter));
}

/** The export in an editor of its own; what is wrong with it is shown instead. */
async function preview(file?: string, pipeline?: string): Promise<void> {
  const uri = await saved(file);
  if (uri === undefined) return;
  const chosen = pipeline === undefined ? [] : ["--pipeline", pipeline];
  try {
    const result = await run(program(), ["--color", "never", "export", uri.fsPath, ...chosen], path.dirname(uri.fsPath));
    const language = result.code === 0 ? "json" : "plaintext";
    const document = await vscode.workspace.openTextDocument({ language, content: result.code === 0 ? result.out : result.err });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  } catch (error) {
    void vscode.window.showErrorMessage((error as Error).message);
  }
}

/** The page of the code of a diagnostic: of the one at the cursor, or one that is asked for. */
async function explain(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const here = editor === undefined ? [] : vscode.languages.getDiagnostics(editor.document.uri);
  const at = here.find((d) => editor !== undefined && d.range.contains(editor.selection.active))?.code;
  const code = typeof at === "string" ? at : await vscode.window.showInputBox({ prompt: "The code, as P0101" });
  if (code === undefined || code === "") return;
  try {
    const { code: status, out, err } = await run(program(), ["--color", "never", "explain", code], process.cwd());
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: status === 0 ? out : err });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  } catch (error) {
    void vscode.window.showErrorMessage((error as Error).message);
  }
}
