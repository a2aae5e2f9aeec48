/** Runs as tasks: in a terminal of their own, with their states in the gutter. */

import { spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import type { Gutter } from "./gutter";
import { missing, run as start } from "./program";
import { Run, sources } from "./run";

/** A task as `tasks.json` has it. */
export interface Definition extends vscode.TaskDefinition {
  type: "standpipe";
  command: "run" | "check";
  file: string;
  arguments?: string[];
}

const program = () => vscode.workspace.getConfiguration("standpipe").get("path", "standpipe");

/** The task of a definition. */
export function task(definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope, gutter: Gutter): vscode.Task {
  const folder = typeof scope === "object" ? scope.uri.fsPath : path.dirname(definition.file);
  const file = path.resolve(folder, definition.file);
  const extra = definition.arguments ?? [];
  const name = `${definition.command} ${path.basename(definition.file)}`;
  if (definition.command === "check") {
    const execution = new vscode.ProcessExecution(program(), ["check", ...extra, file], { cwd: folder });
    return new vscode.Task(definition, scope, name, "standpipe", execution, ["$standpipe"]);
  }
  const execution = new vscode.CustomExecution(() => Promise.resolve(new Terminal(file, extra, gutter)));
  const made = new vscode.Task(definition, scope, name, "standpipe", execution, []);
  made.presentationOptions = { reveal: vscode.TaskRevealKind.Always };
  return made;
}

/** The tasks that nobody has to write down: check and run of each pipeline file in the workspace. */
export async function found(gutter: Gutter): Promise<vscode.Task[]> {
  const files = await vscode.workspace.findFiles("**/*.pipe", "**/{node_modules,target,.standpipe}/**", 200);
  return files.flatMap((file) => {
    const folder = vscode.workspace.getWorkspaceFolder(file);
    if (folder === undefined) return [];
    const relative = path.relative(folder.uri.fsPath, file.fsPath);
    return (["check", "run"] as const).map((command) => task({ type: "standpipe", command, file: relative }, folder, gutter));
  });
}

/** A run: what people read comes on standard error, events on standard output. */
class Terminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;
  private child: ChildProcess | undefined;

  constructor(
    private readonly file: string,
    private readonly extra: string[],
    private readonly gutter: Gutter,
  ) {}

  async open(): Promise<void> {
    const folder = path.dirname(this.file);
    const states = new Run();
    const given = vscode.workspace.getConfiguration("standpipe").get<string[]>("run.arguments", []);
    const args = ["run", this.file, "--events", "jsonl", ...given, ...this.extra];
    try {
      // Where actions are declared. A pipeline that is wrong has none, and `run` says why.
      const chosen = this.extra.flatMap((word, at) => (word === "--pipeline" ? this.extra.slice(at, at + 2) : []));
      const plan = await start(program(), ["compile", this.file, ...chosen], folder);
      this.gutter.show(folder, states, plan.code === 0 ? sources(plan.out) : new Map());
    } catch (error) {
      this.say(`${(error as Error).message}\n`);
      this.closed.fire(127);
      return;
    }
    const child = spawn(program(), ["--color", "always", ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
    this.child = child;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => states.take(chunk) && this.gutter.draw());
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => this.say(chunk));
    child.on("error", (error) => this.say(`${missing(program(), error)}\n`));
    child.on("close", (code, signal) => {
      states.end();
      this.gutter.draw();
      this.say(`\n${code === 0 ? "The run is over." : `The run ended with ${signal ?? `exit code ${code}`}.`}\n`);
      this.closed.fire(code ?? 1);
    });
  }

  /** A first Ctrl-C lets the run clean up, as in any terminal. What is typed answers approvals. */
  handleInput(typed: string): void {
    if (typed === "\x03") this.child?.kill("SIGINT");
    else {
      this.say(typed.replace(/\r/g, "\n"));
      this.child?.stdin?.write(typed.replace(/\r/g, "\n"));
    }
  }

  close(): void {
    this.child?.kill("SIGTERM");
  }

  private say(text: string): void {
    this.written.fire(text.replace(/\r?\n/g, "\r\n"));
  }
}
