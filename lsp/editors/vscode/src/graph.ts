/** The graph beside the text: drawn anew when the file is saved, and a click leads to the source. */

import * as path from "node:path";
import * as vscode from "vscode";
import { errorPage, graphPage, place } from "./page";
import { run } from "./program";

export class Graphs implements vscode.Disposable {
  private readonly panels = new Map<string, { panel: vscode.WebviewPanel; file: vscode.Uri; pipeline: string | undefined }>();
  private readonly subscription = vscode.workspace.onDidSaveTextDocument((document) => {
    // Any file may be one that the pipeline uses.
    if (document.languageId === "pipe") for (const key of this.panels.keys()) void this.draw(key);
  });

  /** Shows the graph of a file, or of one of its pipelines. */
  async show(file: vscode.Uri, pipeline?: string): Promise<void> {
    const key = `${file.toString()} ${pipeline ?? ""}`;
    const known = this.panels.get(key);
    if (known !== undefined) {
      known.panel.reveal();
    } else {
      const title = `Graph: ${pipeline ?? path.basename(file.fsPath)}`;
      const panel = vscode.window.createWebviewPanel("standpipe.graph", title, vscode.ViewColumn.Beside, {
        enableScripts: true,
        localResourceRoots: [],
        enableFindWidget: true,
      });
      panel.webview.onDidReceiveMessage((message: { at?: unknown }) => void open(path.dirname(file.fsPath), message.at));
      panel.onDidDispose(() => this.panels.delete(key));
      this.panels.set(key, { panel, file, pipeline });
    }
    await this.draw(key);
  }

  private async draw(key: string): Promise<void> {
    const shown = this.panels.get(key);
    if (shown === undefined) return;
    const program = vscode.workspace.getConfiguration("standpipe").get("path", "standpipe");
    const chosen = shown.pipeline === undefined ? [] : ["--pipeline", shown.pipeline];
    const args = ["--color", "never", "graph", shown.file.fsPath, ...chosen, "--as", "svg"];
    try {
      const { code, out, err } = await run(program, args, path.dirname(shown.file.fsPath));
      shown.panel.webview.html = code === 0 ? graphPage(out) : errorPage(err);
    } catch (error) {
      shown.panel.webview.html = errorPage((error as Error).message);
    }
  }

  dispose(): void {
    this.subscription.dispose();
    for (const { panel } of this.panels.values()) panel.dispose();
  }
}

async function open(folder: string, at: unknown): Promise<void> {
  const found = place(at);
  if (found === undefined) return;
  const document = await vscode.workspace.openTextDocument(path.resolve(folder, found.file));
  const line = document.lineAt(Math.min(found.line, document.lineCount) - 1);
  const at_ = new vscode.Range(line.lineNumber, line.firstNonWhitespaceCharacterIndex, line.lineNumber, line.text.length);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, selection: at_ });
}
