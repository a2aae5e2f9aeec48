//! The gates of stages: when they are asked, and what follows when all of one point are decided.

use std::sync::Arc;

use compiler::plan::{Gate, GatePoint, OnFailure, Otherwise};
use tokio::time::Instant;

use super::{GateState, Ready, RunState, StageState, Step};
use crate::event::Event;
use crate::graph::{GateIndex, StageIndex, Task};
use crate::summary::{GateStatus, StageStatus};

impl RunState {
    /// Begins to decide the gates of a point. False when there are none.
    pub(super) fn ask(&mut self, stage: StageIndex, point: GatePoint) -> bool {
        let graph = Arc::clone(&self.graph);
        let of_point = |gate: &&GateIndex| self.gate(**gate).on == point;
        let gates: Vec<GateIndex> = graph.stages[stage.0].gates.iter().filter(of_point).copied().collect();
        if gates.is_empty() {
            return false;
        }
        self.stages[stage.0].undecided = gates.len();
        self.set_stage(stage, StageState::Deciding(point));
        for gate in gates {
            if self.cancelled {
                self.finish_gate(gate, GateStatus::Cancelled);
            } else {
                self.set_gate(gate, GateState::Ready);
            }
        }
        true
    }

    /// What the plan says of a gate.
    pub(crate) fn gate(&self, gate: GateIndex) -> &Gate {
        let node = &self.graph.gates[gate.0];
        &self.plan.stages[node.stage.0].gates[node.place]
    }

    /// The only way to change the state of a gate.
    pub(super) fn set_gate(&mut self, gate: GateIndex, next: GateState) {
        let (title, otherwise) = (self.graph.gates[gate.0].title(), self.gate(gate).otherwise);
        let record = &mut self.gates[gate.0];
        if record.state == GateState::Running && record.takes_job {
            self.working -= 1;
        }
        match &next {
            GateState::Waiting => {}
            GateState::Ready => {
                let queue: &mut Ready = if record.takes_job { &mut self.ready } else { &mut self.ready_free };
                // The whole stage waits for it.
                queue.push((usize::MAX, std::cmp::Reverse(Task::Gate(gate))));
            }
            GateState::Running => {
                self.working += usize::from(record.takes_job);
                record.started = Some(Instant::now());
                self.events.emit(&Event::GateStarted { gate: &title });
            }
            GateState::Done(status) => {
                record.duration = record.started.map(|at| at.elapsed());
                if let GateStatus::Refused(failure) = status {
                    record.reason.clone_from(&failure.message);
                }
                let (reason, duration, log) = (&*record.reason, record.duration, record.log.as_deref());
                let gate = &title;
                self.events.emit(&Event::GateFinished { gate, status, reason, otherwise, duration, log });
            }
        }
        record.state = next;
    }

    /// Takes in how a running gate was decided, and everything that follows from it.
    pub(crate) fn complete_gate(&mut self, gate: GateIndex, status: GateStatus, reason: String) {
        self.gates[gate.0].reason = reason;
        self.finish_gate(gate, status);
        self.settle();
    }

    pub(super) fn finish_gate(&mut self, gate: GateIndex, status: GateStatus) {
        self.set_gate(gate, GateState::Done(status));
        let stage = self.graph.gates[gate.0].stage;
        let undecided = &mut self.stages[stage.0].undecided;
        *undecided = undecided.saturating_sub(1);
        if *undecided == 0 {
            self.steps.push(Step::Judge(stage));
        }
    }

    /// All gates of a point are decided: all must pass. The first that does not says what happens.
    pub(super) fn judge(&mut self, stage: StageIndex) {
        // A run that was cancelled may have closed the stage before its gates ended.
        let StageState::Deciding(point) = self.stages[stage.0].state else { return };
        let graph = Arc::clone(&self.graph);
        let of_point = || graph.stages[stage.0].gates.iter().filter(|gate| self.gate(**gate).on == point);
        let is = |gate: &GateIndex, wanted: fn(&GateStatus) -> bool| match &self.gates[gate.0].state {
            GateState::Done(status) => wanted(status),
            GateState::Waiting | GateState::Ready | GateState::Running => false,
        };
        let cancelled = of_point().any(|gate| is(gate, |status| *status == GateStatus::Cancelled));
        let is_refused = |status: &GateStatus| matches!(status, GateStatus::Refused(_));
        let refused = of_point().find(|gate| is(gate, is_refused)).copied();
        let otherwise = refused.map(|gate| self.gate(gate).otherwise);
        if let Some(gate) = refused {
            let reason = format!("gate `{}`: {}", self.graph.gates[gate.0].id, self.gates[gate.0].reason);
            self.stages[stage.0].reason = Some(reason);
        }
        // The line of the gate has said why.
        let said = refused.map(|gate| format!("gate `{}` does not pass", self.graph.gates[gate.0].id));
        let said = said.unwrap_or_default();
        self.stages[stage.0].rolls_back |= otherwise == Some(Otherwise::Rollback);
        match (point, otherwise) {
            (GatePoint::Failure, None) => self.conclude(stage, self.failed(stage)),
            (GatePoint::Entry | GatePoint::Success, None) if cancelled => {
                self.conclude(stage, StageStatus::Cancelled);
            }
            (GatePoint::Entry, None) => self.open(stage),
            (GatePoint::Success, None) => self.conclude(stage, StageStatus::Succeeded),
            (GatePoint::Entry, Some(Otherwise::Skip)) => self.pass_over(stage, StageStatus::Skipped, &said),
            (GatePoint::Entry, Some(Otherwise::Fail | Otherwise::Rollback)) => {
                self.pass_over(stage, self.failed(stage), &said);
            }
            (GatePoint::Success | GatePoint::Failure, Some(Otherwise::Skip)) => {
                self.conclude(stage, StageStatus::Skipped);
            }
            (GatePoint::Success, Some(Otherwise::Fail)) => {
                // The stage has failed like any other, and so is asked what it makes of that.
                if !self.ask(stage, GatePoint::Failure) {
                    self.conclude(stage, self.failed(stage));
                }
            }
            (GatePoint::Success, Some(Otherwise::Rollback))
            | (GatePoint::Failure, Some(Otherwise::Fail | Otherwise::Rollback)) => {
                self.conclude(stage, self.failed(stage));
            }
        }
    }

    /// What a stage that has failed comes to.
    pub(super) fn failed(&self, stage: StageIndex) -> StageStatus {
        let may_fail = self.plan.stages[stage.0].on_failure == Some(OnFailure::Skip);
        if may_fail && !self.stages[stage.0].rolls_back { StageStatus::Skipped } else { StageStatus::Failed }
    }

    /// Ends a stage before its actions could start, for the reason that is already noted; `said` is what a screen shows of it.
    pub(super) fn pass_over(&mut self, stage: StageIndex, status: StageStatus, said: &str) {
        let id = &self.plan.stages[stage.0].id;
        let word = if status == StageStatus::Failed { "failed" } else { "is skipped" };
        let why = self.stages[stage.0].reason.clone().unwrap_or_default();
        self.skip_waiting(stage, status, said, format!("stage `{id}` {word}: {why}"));
        self.conclude(stage, status);
    }

    /// The actions of a stage may start.
    pub(super) fn open(&mut self, stage: StageIndex) {
        self.set_stage(stage, StageState::Open);
        let graph = Arc::clone(&self.graph);
        for action in &graph.stages[stage.0].actions {
            self.release(*action);
        }
    }
}
