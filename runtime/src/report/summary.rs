//! The summary at the end of a run: what failed with its last lines, then every stage with its gates and actions.

use std::fmt::Write as _;

use compiler::plan::{GatePoint, Otherwise};

use super::{Style, count, elapsed, failure, reason};
use crate::summary::{ActionSummary, GateStatus, GateSummary, StageStatus, StageSummary, Status, Summary};

/// With more actions than this, those that simply ran are only counted.
const LONG: usize = 100;

/// The summary of a run.
pub(super) fn summary(style: Style, summary: &Summary) -> String {
    let mut text = String::new();
    for action in &summary.actions {
        if let Status::Failed(why) = &action.status {
            let _ = write!(text, "\n{}", failure(style, &action.id, why, action.log.as_deref()));
        }
    }
    for gate in &summary.gates {
        if let GateStatus::Refused(why) = &gate.status
            && gate.otherwise != Otherwise::Skip
        {
            let title = format!("gate {}", gate.id);
            let _ = write!(text, "\n{}", failure(style, &title, why, gate.log.as_deref()));
        }
    }
    text.push('\n');
    let names = summary.actions.iter().map(|a| in_stage(&a.id, &a.stage).chars().count());
    let names = names.chain(shown_gates(summary).map(|gate| gate_name(gate).chars().count()));
    let width = names.max().unwrap_or(0).min(40);
    let is_long = summary.actions.len() > LONG;
    let mut actions = 0;
    for stage in &summary.stages {
        let _ = writeln!(text, "  {}", head(style, stage, &summary.gates));
        let gates = |is_wanted: fn(GatePoint) -> bool| {
            shown_gates(summary).filter(move |gate| gate.stage == stage.id && is_wanted(gate.on))
        };
        for gate in gates(|on| on == GatePoint::Entry) {
            let _ = writeln!(text, "{}", gate_row(style, gate, width));
        }
        let mut plain = 0;
        for action in summary.actions.iter().filter(|action| action.stage == stage.id) {
            actions += 1;
            if is_long && action.status == Status::Ran {
                plain += 1;
                continue;
            }
            let _ = writeln!(text, "{}", row(style, action, width));
        }
        if plain > 0 {
            let _ = writeln!(text, "    {} ran", count(plain, "action"));
        }
        for gate in gates(|on| on != GatePoint::Entry) {
            let _ = writeln!(text, "{}", gate_row(style, gate, width));
        }
    }
    if !summary.dry_run && !summary.critical_path.is_empty() && actions > 1 {
        let _ = writeln!(text, "\n  critical path: {}", path(&summary.critical_path));
    }
    let _ = write!(text, "\n{}", verdict(style, summary));
    text
}

fn path(path: &[String]) -> String {
    if path.len() <= 12 {
        return path.join(" -> ");
    }
    let (first, last) = (path[..6].join(" -> "), path[path.len() - 6..].join(" -> "));
    format!("{first} -> … {} more … -> {last}", path.len() - 12)
}

/// A stage's name, what became of it, and why.
fn head(style: Style, stage: &StageSummary, gates: &[GateSummary]) -> String {
    let mut head = style.bold(&stage.id);
    if stage.status != StageStatus::Succeeded {
        let _ = write!(head, " {}", style.warning(stage.status.word()));
    }
    if let Some(reason) = &stage.reason {
        // Where a gate is the reason, its own row says the rest.
        let gate = gates.iter().find(|gate| *reason == format!("gate `{}`: {}", gate.id, gate.reason));
        let _ = match gate {
            Some(gate) => write!(head, ": gate `{}` does not pass", gate.id),
            None => write!(head, ": {reason}"),
        };
    }
    if stage.rollback {
        head.push_str(" (an engine would roll back)");
    }
    head
}

/// The gates that came to something, and in a dry run all.
fn shown_gates(summary: &Summary) -> impl Iterator<Item = &GateSummary> {
    summary.gates.iter().filter(|gate| summary.dry_run || gate.status != GateStatus::NotReached)
}

fn gate_name(gate: &GateSummary) -> String {
    format!("gate {}", in_stage(&gate.id, &gate.stage))
}

fn gate_row(style: Style, gate: &GateSummary, width: usize) -> String {
    let time = gate.duration.map(elapsed).unwrap_or_default();
    let word = style.gate(&gate.status, &format!("{:<9}", gate.status.word()));
    let when = match gate.on {
        GatePoint::Entry => "on entry",
        GatePoint::Success => "on success",
        GatePoint::Failure => "on failure",
    };
    let colon = if gate.reason.is_empty() { "" } else { ": " };
    let name = gate_name(gate);
    format!("    {name:<width$}  {word} {time:>7}  {when}{colon}{}", gate.reason)
}

/// The last line of the summary.
pub(super) fn verdict(style: Style, summary: &Summary) -> String {
    let verdict = match () {
        () if summary.dry_run => "nothing was run (--dry-run)".to_owned(),
        () if summary.interrupted => format!("interrupted after {}", elapsed(summary.duration)),
        () if summary.succeeded() => format!("succeeded in {}", elapsed(summary.duration)),
        () => format!("failed in {}", elapsed(summary.duration)),
    };
    let code = if summary.succeeded() { "32" } else { "31" };
    let mut text = format!("{} {}", style.bold(&summary.pipeline), style.paint(code, &verdict));
    if !summary.run.is_empty() {
        let _ = write!(text, " {}", style.dim(&format!("(run {})", summary.run)));
    }
    text.push('\n');
    text
}

fn in_stage<'a>(id: &'a str, stage: &str) -> &'a str {
    id.strip_prefix(stage).and_then(|rest| rest.strip_prefix('.')).unwrap_or(id)
}

fn row(style: Style, action: &ActionSummary, width: usize) -> String {
    let time = action.duration.map(elapsed).unwrap_or_default();
    let word = style.status(&action.status, &format!("{:<9}", action.status.word()));
    let name = in_stage(&action.id, &action.stage);
    let mut row = format!("    {name:<width$}  {word} {time:>7}");
    if action.attempts > 1 {
        let _ = write!(row, "  attempt {}", action.attempts);
    }
    if matches!(&action.status, Status::Skipped(skip) if skip.with_stage) {
        // The head of its stage says why.
        return row.trim_end().to_owned();
    }
    if let Some(reason) = reason(&action.status).as_ref().or(action.note.as_ref()) {
        let _ = write!(row, "  {reason}");
    }
    row.trim_end().to_owned()
}
