/** Starting `standpipe`. Knows nothing of VS Code. */

import { spawn } from "node:child_process";

/** What a program said, and how it ended. */
export interface Result {
  code: number | null;
  out: string;
  err: string;
}

/** Why the program could not be started, for people. */
export function missing(program: string, error: NodeJS.ErrnoException): string {
  return error.code === "ENOENT"
    ? `\`${program}\` was not found. Install Standpipe, or say where it is in the setting \`standpipe.path\`.`
    : `\`${program}\` could not be started: ${error.message}`;
}

/** Runs the program to its end. Rejects when it cannot be started. */
export function run(program: string, args: string[], cwd: string, signal?: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, signal, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
    child.on("error", (error) => reject(new Error(missing(program, error))));
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
