/** States of a run beside the lines of the file. */

import * as path from "node:path";
import * as vscode from "vscode";
import type { Run, Source, State } from "./run";

const STATES: State[] = ["running", "passed", "failed", "skipped", "simulated"];

export class Gutter implements vscode.Disposable {
  private readonly types: Map<State, vscode.TextEditorDecorationType>;
  private shown: { folder: string; run: Run; sources: Map<string, Source> } | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(extension: vscode.Uri) {
    this.types = new Map(
      STATES.map((state) => [
        state,
        vscode.window.createTextEditorDecorationType({
          gutterIconPath: vscode.Uri.joinPath(extension, "media", `${state}.svg`),
          gutterIconSize: "contain",
          overviewRulerColor: state === "failed" ? new vscode.ThemeColor("editorOverviewRuler.errorForeground") : undefined,
        }),
      ]),
    );
    this.subscription = vscode.window.onDidChangeVisibleTextEditors(() => this.draw());
  }

  /** Shows a run from now on; its files are named from `folder`. */
  show(folder: string, run: Run, sources: Map<string, Source>): void {
    this.shown = { folder, run, sources };
    this.draw();
  }

  /** Draws what is known by now. */
  draw(): void {
    const lines = this.shown?.run.lines(this.shown.sources);
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.languageId !== "pipe") continue;
      const name = this.shown && path.relative(this.shown.folder, editor.document.uri.fsPath).split(path.sep).join("/");
      const here = name === undefined ? undefined : lines?.get(name);
      for (const [state, type] of this.types) {
        const ranges = [...(here ?? [])]
          .filter(([line, of]) => of === state && line <= editor.document.lineCount)
          .map(([line]) => new vscode.Range(line - 1, 0, line - 1, 0));
        editor.setDecorations(type, ranges);
      }
    }
  }

  dispose(): void {
    this.subscription.dispose();
    this.types.forEach((type) => type.dispose());
  }
}
