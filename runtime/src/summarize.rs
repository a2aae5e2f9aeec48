//! Makes the summary of a run out of its last state.

use std::time::Duration;

use compiler::plan::Otherwise;

use crate::gate::is_real;
use crate::graph::{ActionIndex, GateIndex, StageIndex};
use crate::state::{ActionState, GateState, RunState};
use crate::summary::{ActionSummary, GateStatus, GateSummary, StageSummary, Status, Summary};

/// What became of a run.
pub(crate) fn summarize(state: &RunState, interrupted: bool) -> Summary {
    let dry_run = state.facts.is_dry;
    let actions =
        state.plan.actions.iter().zip(&state.actions).enumerate().map(|(index, (action, record))| {
            let status = match &record.state {
                ActionState::Done(status) => status.clone(),
                _ => Status::Cancelled,
            };
            ActionSummary {
                id: action.id.clone(),
                stage: action.stage.clone(),
                status,
                attempts: record.attempts,
                started: record.started.map(|at| at - state.begun),
                duration: state.duration(ActionIndex(index)).filter(|_| !dry_run),
                log: record.log.clone(),
                note: record.note.clone(),
            }
        });
    let stages = state.plan.stages.iter().enumerate().map(|(index, stage)| StageSummary {
        id: stage.id.clone(),
        status: state.stage_status(StageIndex(index)),
        reason: state.stages[index].reason.clone(),
        rollback: state.rolls_back(StageIndex(index)),
    });
    let gates = (0..state.gates.len()).map(|index| summarize_gate(state, GateIndex(index)));
    Summary {
        run: state.facts.run.clone(),
        pipeline: state.plan.pipeline.name.clone(),
        dry_run,
        stages: stages.collect(),
        actions: actions.collect(),
        gates: gates.collect(),
        duration: if dry_run { Duration::ZERO } else { state.begun.elapsed() },
        critical_path: critical_path(state),
        interrupted,
    }
}

fn summarize_gate(state: &RunState, index: GateIndex) -> GateSummary {
    let (node, record, gate) = (&state.graph.gates[index.0], &state.gates[index.0], state.gate(index));
    let would_run = |action: &ActionIndex| {
        matches!(&state.actions[action.0].state, ActionState::Done(Status::Planned | Status::Simulated))
    };
    let is_ahead = state.facts.is_dry && state.graph.stages[node.stage.0].actions.iter().any(would_run);
    let mut reason = record.reason.clone();
    if is_ahead && reason.is_empty() {
        reason = format!("`{}`, else {}", gate.rule, else_word(gate.otherwise));
    }
    GateSummary {
        id: node.id.clone(),
        stage: state.plan.stages[node.stage.0].id.clone(),
        on: gate.on,
        otherwise: gate.otherwise,
        status: match &record.state {
            GateState::Done(status) => status.clone(),
            // A dry run does not come to what follows a failure.
            GateState::Waiting if is_ahead && is_real(&gate.rule) => GateStatus::Planned,
            GateState::Waiting if is_ahead => GateStatus::Simulated,
            GateState::Waiting => GateStatus::NotReached,
            GateState::Ready | GateState::Running => GateStatus::Cancelled,
        },
        reason,
        duration: record.duration.filter(|_| !state.facts.is_dry),
        log: record.log.clone(),
    }
}

fn else_word(otherwise: Otherwise) -> &'static str {
    match otherwise {
        Otherwise::Fail => "fail",
        Otherwise::Rollback => "rollback",
        Otherwise::Skip => "skip",
    }
}

/// From the action that ended last, always back to the one that it waited for longest. What was skipped took no time and
/// is left out, but what it waited for still held up what follows.
fn critical_path(state: &RunState) -> Vec<String> {
    let ended = |index: &ActionIndex| state.actions[index.0].ended;
    let has_run = |index: &ActionIndex| state.actions[index.0].started.is_some();
    let last_of_stage = last_of_stages(state);
    let all = (0..state.actions.len()).map(ActionIndex);
    let mut at = all.filter(|index| has_run(index) && ended(index).is_some()).max_by_key(ended);
    let mut path = Vec::new();
    while let Some(index) = at {
        if has_run(&index) {
            path.push(state.plan.actions[index.0].id.clone());
        }
        let node = &state.graph.actions[index.0];
        // What `--only` leaves out waits for nothing itself; its stage does.
        let needs = node.needs.iter().filter(|_| state.is_selected(index)).map(|need| need.on);
        let stages = state.graph.stages[node.stage.0].needs.iter().filter_map(|stage| last_of_stage[stage.0]);
        at = needs.chain(stages).filter(|index| ended(index).is_some()).max_by_key(ended);
    }
    path.reverse();
    path
}

/// The action of each stage that ended last; for a stage without actions, that of the stages before it.
fn last_of_stages(state: &RunState) -> Vec<Option<ActionIndex>> {
    let ended = |index: &ActionIndex| state.actions[index.0].ended;
    let mut last: Vec<Option<ActionIndex>> = Vec::with_capacity(state.graph.stages.len());
    // The plan lists stages after those that they need.
    for stage in &state.graph.stages {
        let own = stage.actions.iter().copied().max_by_key(ended);
        let before = || stage.needs.iter().filter_map(|need| last.get(need.0).copied().flatten());
        last.push(own.or_else(|| before().max_by_key(ended)));
    }
    last
}
