/**
 * What a run says of itself, line by line, and what follows for the lines of the pipeline file. Knows nothing of VS Code.
 */

/** How far an action is. */
export type State = "running" | "passed" | "failed" | "skipped" | "simulated";

/** Where an action is declared: a file as the plan names it, and a line from 1. */
export interface Source {
  file: string;
  line: number;
}

/** One line of `standpipe run --events jsonl`. Unknown events and fields are passed over: newer programs have more. */
export interface RunEvent {
  event: string;
  action?: string;
  status?: string;
}

/** The event of a line; none where it is no event. */
export function parse(line: string): RunEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = value as Record<string, unknown>;
  if (typeof fields["event"] !== "string") return undefined;
  const text = (name: string) => (typeof fields[name] === "string" ? { [name]: fields[name] as string } : {});
  return { event: fields["event"], ...text("action"), ...text("status") };
}

/** How an action that is over is shown. */
function ended(status: string | undefined): State | undefined {
  switch (status) {
    case "ran":
    case "cached":
      return "passed";
    case "simulated":
    case "checked":
      return "simulated";
    case "failed":
    case "cancelled":
      return "failed";
    case "skipped":
      return "skipped";
    default:
      return undefined;
  }
}

/** The worst first: a line that stands for several actions shows it. */
const ORDER: State[] = ["failed", "running", "skipped", "simulated", "passed"];

/** The states of one run. */
export class Run {
  private readonly states = new Map<string, State>();
  private rest = "";

  /** Takes output as it comes, cut anywhere; gives whether anything changed. */
  take(chunk: string): boolean {
    const lines = (this.rest + chunk).split("\n");
    this.rest = lines.pop() ?? "";
    let changed = false;
    for (const line of lines) changed = this.event(parse(line)) || changed;
    return changed;
  }

  private event(event: RunEvent | undefined): boolean {
    if (event?.action === undefined) return false;
    const state = event.event === "action_started" ? "running" : event.event === "action_finished" ? ended(event.status) : undefined;
    if (state === undefined) {
      return event.event === "action_reset" && this.states.delete(event.action);
    }
    this.states.set(event.action, state);
    return true;
  }

  /** What was still running when the run ended is shown as failed: it did not come to its end. */
  end(): void {
    for (const [action, state] of this.states) {
      if (state === "running") this.states.set(action, "failed");
    }
  }

  /** The state of each line, by file. */
  lines(sources: ReadonlyMap<string, Source>): Map<string, Map<number, State>> {
    const files = new Map<string, Map<number, State>>();
    for (const [action, state] of this.states) {
      const source = sources.get(action);
      if (source === undefined) continue;
      const lines = files.get(source.file) ?? new Map<number, State>();
      const before = lines.get(source.line);
      if (before === undefined || ORDER.indexOf(state) < ORDER.indexOf(before)) lines.set(source.line, state);
      files.set(source.file, lines);
    }
    return files;
  }
}

/** Where the actions of a plan are declared. */
export function sources(plan: string): Map<string, Source> {
  const found = new Map<string, Source>();
  const { actions } = JSON.parse(plan) as { actions?: { id?: unknown; source?: { file?: unknown; line?: unknown } }[] };
  for (const { id, source } of actions ?? []) {
    if (typeof id === "string" && typeof source?.file === "string" && typeof source.line === "number") {
      found.set(id, { file: source.file, line: source.line });
    }
  }
  return found;
}
