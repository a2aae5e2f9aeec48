//! The rules of `RunState`: what follows when an action or a stage is over. Nothing here starts anything.

use compiler::plan::{GatePoint, OnFailure};

use super::{ActionState, RunState, StageState, Step};
use crate::event::Event;
use crate::graph::{ActionIndex, Need, StageIndex};
use crate::summary::{Skip, StageStatus, Status};
use crate::values::Answer;

impl RunState {
    /// Follows all consequences until nothing more follows.
    pub(super) fn settle(&mut self) {
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Enter(stage) => self.enter(stage),
                Step::Decide(action) => self.decide(action),
                Step::Close(stage) => self.close(stage),
                Step::Judge(stage) => self.judge(stage),
            }
        }
    }

    /// Marks an action as over, and tells those that wait for it.
    pub(super) fn finish(&mut self, action: ActionIndex, status: Status) {
        let blocks = status.blocks();
        self.set(action, ActionState::Done(status));
        let stage = self.graph.actions[action.0].stage;
        let graph = std::sync::Arc::clone(&self.graph);
        for dependent in &graph.actions[action.0].dependents {
            if graph.actions[dependent.0].stage == stage {
                self.release(*dependent);
            }
        }
        // What other stages make of a failure depends on what this stage does about it, which is known at its end.
        if !blocks {
            self.release_outside(action);
        }
        self.stages[stage.0].open -= 1;
        if self.stages[stage.0].open == 0 {
            self.steps.push(Step::Close(stage));
        }
    }

    fn release_outside(&mut self, action: ActionIndex) {
        if std::mem::replace(&mut self.actions[action.0].released, true) {
            return;
        }
        let graph = std::sync::Arc::clone(&self.graph);
        let node = &graph.actions[action.0];
        for dependent in &node.dependents {
            if graph.actions[dependent.0].stage != node.stage {
                self.release(*dependent);
            }
        }
    }

    /// One thing less that an action waits for.
    pub(super) fn release(&mut self, action: ActionIndex) {
        let record = &mut self.actions[action.0];
        record.pending = record.pending.saturating_sub(1);
        if record.pending == 0 && record.state == ActionState::Waiting {
            self.steps.push(Step::Decide(action));
        }
    }

    /// All that an action waits for is over: it may start, or is skipped.
    fn decide(&mut self, action: ActionIndex) {
        if self.actions[action.0].state != ActionState::Waiting {
            return;
        }
        if let Some(skip) = self.obstacle(action) {
            return self.finish(action, Status::Skipped(skip));
        }
        let answer = self.plan.actions[action.0].when.as_ref().map(|when| self.answer(when));
        match answer {
            None => self.set(action, ActionState::Ready),
            Some(Answer::Yes(note)) => {
                self.actions[action.0].note = note;
                self.set(action, ActionState::Ready);
            }
            Some(Answer::No(why)) => {
                let reason = format!("its condition is not met: {why}");
                self.finish(action, Status::Skipped(Skip { reason, blocks: false, with_stage: false }));
            }
            Some(Answer::Broken(failure)) => self.finish(action, Status::Failed(failure)),
        }
    }

    /// Why an action cannot start although everything that it waits for is over. What failed comes before what was skipped:
    /// what follows must know of it.
    fn obstacle(&self, action: ActionIndex) -> Option<Skip> {
        let mut found: Option<Skip> = None;
        for need in &self.graph.actions[action.0].needs {
            match self.hindrance(action, need) {
                Some(skip) if skip.blocks => return Some(skip),
                Some(skip) => drop(found.get_or_insert(skip)),
                None => {}
            }
        }
        found
    }

    /// What one need has against the start of an action.
    fn hindrance(&self, action: ActionIndex, need: &Need) -> Option<Skip> {
        let id = &self.plan.actions[need.on.0].id;
        let ActionState::Done(status) = &self.actions[need.on.0].state else { return None };
        let producer = &self.graph.actions[need.on.0];
        let excused = matches!(self.stages[producer.stage.0].state, StageState::Done(StageStatus::Skipped));
        let blocks = status.blocks() && !excused;
        let reason = match status {
            Status::Simulated if need.uses && self.actions[action.0].real => {
                let hint =
                    if self.plan.actions[need.on.0].inputs.is_empty() { " or a `--source`" } else { "" };
                format!(
                    "`{id}` was only simulated: give it a `local` script{hint} that makes what is used here"
                )
            }
            Status::Skipped(_) if need.uses || blocks => format!("`{id}` was skipped"),
            Status::Failed(_) if need.uses || blocks => format!("`{id}` failed"),
            Status::Cancelled => format!("`{id}` was cancelled"),
            _ => return None,
        };
        Some(Skip { reason, blocks, with_stage: false })
    }

    /// Skips the actions of a stage that have not begun, since their stage comes to `status` for this reason; `reason` is
    /// the same as a sentence about one of them.
    pub(super) fn skip_waiting(&mut self, stage: StageIndex, status: StageStatus, why: &str, reason: String) {
        let graph = std::sync::Arc::clone(&self.graph);
        let is_waiting = |action: &ActionIndex| self.actions[action.0].state == ActionState::Waiting;
        let waiting: Vec<_> = graph.stages[stage.0].actions.iter().copied().filter(is_waiting).collect();
        if waiting.is_empty() {
            return;
        }
        let id = &self.plan.stages[stage.0].id;
        self.events.emit(&Event::StagePassedOver { stage: id, status, reason: why });
        let skip = Skip { reason, blocks: status != StageStatus::Skipped, with_stage: true };
        for action in waiting {
            self.finish(action, Status::Skipped(skip.clone()));
        }
    }

    /// All stages that a stage needs are over.
    fn enter(&mut self, stage: StageIndex) {
        let graph = std::sync::Arc::clone(&self.graph);
        let node = &graph.stages[stage.0];
        let obstacle = node.needs.iter().find(|need| {
            !matches!(
                self.stages[need.0].state,
                StageState::Done(StageStatus::Succeeded | StageStatus::Skipped)
            )
        });
        if let Some(obstacle) = obstacle {
            let (id, status) = (&self.plan.stages[obstacle.0].id, self.stage_status(*obstacle));
            let word = if status == StageStatus::Blocked { "did not start" } else { status.word() };
            let reason = format!("stage `{id}` {word}");
            self.stages[stage.0].reason.get_or_insert_with(|| reason.clone());
            self.skip_waiting(stage, StageStatus::Blocked, &reason.clone(), reason);
            // A stage whose actions were all left out, or that has none, still has to pass the obstacle on.
            if node.actions.is_empty() || self.stages[stage.0].open == 0 {
                self.steps.push(Step::Close(stage));
            }
            return;
        }
        // Where no action takes part there is nothing to guard.
        if self.stages[stage.0].open == 0 {
            self.steps.push(Step::Close(stage));
            return;
        }
        match self.plan.stages[stage.0].when.as_ref().map(|when| self.answer(when)) {
            Some(Answer::No(why)) => {
                self.stages[stage.0].reason = Some(why.clone());
                return self.pass_over(stage, StageStatus::Skipped, &why);
            }
            Some(Answer::Broken(failure)) => {
                self.stages[stage.0].reason = Some(failure.message.clone());
                return self.pass_over(stage, self.failed(stage), &failure.message);
            }
            Some(Answer::Yes(note)) => self.stages[stage.0].reason = note,
            None => {}
        }
        if !self.ask(stage, GatePoint::Entry) {
            self.open(stage);
        }
    }

    /// All actions of a stage are over: what did it come to?
    fn close(&mut self, stage: StageIndex) {
        let graph = std::sync::Arc::clone(&self.graph);
        let node = &graph.stages[stage.0];
        let is_over = |state: StageState| matches!(state, StageState::Done(_));
        let needs_are_over = node.needs.iter().all(|need| is_over(self.stages[need.0].state));
        if is_over(self.stages[stage.0].state) || self.stages[stage.0].open > 0 || !needs_are_over {
            // A stage whose actions are all left out is closed when its entry is reached.
            return;
        }
        if matches!(self.stages[stage.0].state, StageState::Deciding(GatePoint::Success | GatePoint::Failure))
        {
            return;
        }
        let has = |wanted: fn(&Status) -> bool| {
            node.actions.iter().any(|a| matches!(&self.actions[a.0].state, ActionState::Done(s) if wanted(s)))
        };
        let failed = has(|status| matches!(status, Status::Failed(_)));
        let was_entered = self.stages[stage.0].state == StageState::Open;
        let behind_obstacle = node
            .needs
            .iter()
            .any(|need| !matches!(self.stage_status(*need), StageStatus::Succeeded | StageStatus::Skipped));
        let on_failure = self.plan.stages[stage.0].on_failure;
        let status = if has(|status| *status == Status::Cancelled) {
            StageStatus::Cancelled
        } else if failed {
            if self.retry(stage, on_failure) || self.ask(stage, GatePoint::Failure) {
                return;
            }
            self.failed(stage)
        } else if behind_obstacle && !was_entered || has(Status::blocks) {
            StageStatus::Blocked
        } else {
            if was_entered && self.ask(stage, GatePoint::Success) {
                return;
            }
            StageStatus::Succeeded
        };
        self.conclude(stage, status);
    }

    /// A stage is over: tells those that wait for it or for one of its actions.
    pub(super) fn conclude(&mut self, stage: StageIndex, status: StageStatus) {
        let graph = std::sync::Arc::clone(&self.graph);
        let node = &graph.stages[stage.0];
        self.set_stage(stage, StageState::Done(status));
        for action in &node.actions {
            self.release_outside(*action);
        }
        for dependent in &node.dependents {
            let record = &mut self.stages[dependent.0];
            record.pending = record.pending.saturating_sub(1);
            if record.pending == 0 {
                self.steps.push(Step::Enter(*dependent));
            }
        }
    }

    /// Sends the actions of a failed stage back to the start, once, if the stage asks for it.
    fn retry(&mut self, stage: StageIndex, on_failure: Option<OnFailure>) -> bool {
        let all = match on_failure {
            Some(OnFailure::RetryAllActions) => true,
            Some(OnFailure::Retry | OnFailure::RetryFailedActions) => false,
            Some(OnFailure::Rollback | OnFailure::Skip) | None => return false,
        };
        if self.cancelled || std::mem::replace(&mut self.stages[stage.0].retried, true) {
            return false;
        }
        let graph = std::sync::Arc::clone(&self.graph);
        let again: Vec<_> = graph.stages[stage.0]
            .actions
            .iter()
            .copied()
            .filter(|action| match &self.actions[action.0].state {
                // With all actions what a condition skipped is decided once more, but not what `--only` leaves out.
                ActionState::Done(Status::Skipped(skip)) => skip.blocks || all && self.selected[action.0],
                ActionState::Done(Status::Failed(_)) => true,
                _ => all,
            })
            .collect();
        self.events.emit(&Event::StageRetried { stage: &self.plan.stages[stage.0].id });
        for action in &again {
            self.set(*action, ActionState::Waiting);
            self.stages[stage.0].open += 1;
        }
        for action in again {
            // What other stages make is there already, even if it is being made once more.
            let needs = graph.actions[action.0].needs.iter().filter(|n| graph.actions[n.on.0].stage == stage);
            let pending = needs.filter(|need| self.actions[need.on.0].state == ActionState::Waiting).count();
            self.actions[action.0].pending = pending;
            if pending == 0 {
                self.steps.push(Step::Decide(action));
            }
        }
        true
    }
}
