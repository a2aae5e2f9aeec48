//! The state of a run: one owner, and `set` as the only way to change the state of an action. Decides what may start, what
//! is skipped and when a stage is over. Unaware of processes, time-outs and retries of single actions.

mod decide;
mod gates;

use std::collections::BinaryHeap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use compiler::plan::{GatePoint, OnFailure, Plan};
use tokio::time::Instant;

use crate::event::{Event, Events};
use crate::gate;
use crate::graph::{ActionIndex, GateIndex, Graph, StageIndex, Task};
use crate::outcome::Product;
use crate::summary::{GateStatus, Skip, StageStatus, Status};
use crate::values::Facts;

/// Where an action is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActionState {
    /// Others come first.
    Waiting,
    /// It may start as soon as there is room.
    Ready,
    /// It works.
    Running,
    /// It is over.
    Done(Status),
}

/// Where a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StageState {
    /// Others come first.
    Waiting,
    /// The gates of this point are being decided.
    Deciding(GatePoint),
    /// Its actions may start.
    Open,
    /// It is over.
    Done(StageStatus),
}

/// What is known of an action.
#[derive(Debug)]
pub(crate) struct ActionRecord {
    pub(crate) state: ActionState,
    /// What it still waits for: its needs, and the entry of its stage.
    pending: usize,
    /// Whether actions of other stages have been told that it is done.
    released: bool,
    /// Whether it takes one of the `--jobs` while it works.
    takes_job: bool,
    /// Whether it does something real, and so really needs what it uses.
    real: bool,
    pub(crate) attempts: u32,
    pub(crate) started: Option<Instant>,
    pub(crate) ended: Option<Instant>,
    pub(crate) product: Option<Product>,
    pub(crate) log: Option<PathBuf>,
    /// In a dry run: the condition that only a real run can decide.
    pub(crate) note: Option<String>,
}

/// Where a gate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GateState {
    /// Its point has not come.
    Waiting,
    /// It may be decided as soon as there is room.
    Ready,
    /// It is being decided.
    Running,
    /// It is decided, or never will be.
    Done(GateStatus),
}

/// What is known of a gate.
#[derive(Debug)]
pub(crate) struct GateRecord {
    pub(crate) state: GateState,
    /// Whether it takes one of the `--jobs` while it is decided.
    takes_job: bool,
    /// Why it is decided as it is.
    pub(crate) reason: String,
    started: Option<Instant>,
    pub(crate) duration: Option<Duration>,
    pub(crate) log: Option<PathBuf>,
}

/// What is known of a stage.
#[derive(Debug)]
pub(crate) struct StageRecord {
    pub(crate) state: StageState,
    pending: usize,
    /// Actions that are not over.
    open: usize,
    /// Whether its second try is used up.
    retried: bool,
    /// Gates of the present point that are not decided.
    undecided: usize,
    /// Whether a gate says that an engine would go back to the last good execution.
    rolls_back: bool,
    /// Why its condition or a gate decided as it did.
    pub(crate) reason: Option<String>,
}

/// How the scheduler shall treat an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traits {
    /// It takes one of the `--jobs` while it works.
    pub(crate) takes_job: bool,
    /// It does something real, and so really needs what it uses.
    pub(crate) real: bool,
}

/// Something that follows from a change; kept in a list so that a long chain of skips needs no deep recursion.
#[derive(Clone, Copy, Debug)]
enum Step {
    Enter(StageIndex),
    Decide(ActionIndex),
    Close(StageIndex),
    /// All gates of the stage's present point are decided.
    Judge(StageIndex),
}

/// The longest remaining path first, then the order of the plan.
type Ready = BinaryHeap<(usize, std::cmp::Reverse<Task>)>;

/// The state of a run.
#[derive(Debug)]
pub(crate) struct RunState {
    pub(crate) plan: Arc<Plan>,
    pub(crate) graph: Arc<Graph>,
    pub(crate) actions: Vec<ActionRecord>,
    pub(crate) stages: Vec<StageRecord>,
    pub(crate) gates: Vec<GateRecord>,
    pub(crate) facts: Facts,
    pub(crate) begun: Instant,
    ready: Ready,
    /// Ready actions that take no job.
    ready_free: Ready,
    jobs: usize,
    working: usize,
    cancelled: bool,
    /// Which actions take part.
    selected: Vec<bool>,
    steps: Vec<Step>,
    pub(crate) events: Events,
}

impl RunState {
    /// A run in which nothing has started. `selected` and `traits` have one entry for each action.
    pub(crate) fn new(
        plan: Arc<Plan>,
        graph: Arc<Graph>,
        jobs: usize,
        selected: &[bool],
        traits: &[Traits],
        facts: Facts,
        events: Events,
    ) -> Self {
        let actions = graph.actions.iter().zip(traits).map(|(node, traits)| ActionRecord {
            state: ActionState::Waiting,
            pending: node.needs.len() + 1,
            released: false,
            takes_job: traits.takes_job,
            real: traits.real,
            attempts: 0,
            started: None,
            ended: None,
            product: None,
            log: None,
            note: None,
        });
        let stages = graph.stages.iter().map(|node| StageRecord {
            state: StageState::Waiting,
            pending: node.needs.len(),
            open: node.actions.len(),
            retried: false,
            undecided: 0,
            rolls_back: false,
            reason: None,
        });
        let gates = graph.gates.iter().map(|node| GateRecord {
            state: GateState::Waiting,
            takes_job: node.work.callee == gate::COMMANDS,
            reason: String::new(),
            started: None,
            duration: None,
            log: None,
        });
        Self {
            selected: selected.to_vec(),
            actions: actions.collect(),
            stages: stages.collect(),
            gates: gates.collect(),
            facts,
            begun: Instant::now(),
            ready: Ready::new(),
            ready_free: Ready::new(),
            jobs,
            working: 0,
            cancelled: false,
            steps: Vec::new(),
            events,
            plan,
            graph,
        }
    }

    /// Begins: what is left out is skipped, and the first stages are entered.
    pub(crate) fn start(&mut self) {
        self.begun = Instant::now();
        let graph = Arc::clone(&self.graph);
        for (stage, node) in graph.stages.iter().enumerate() {
            let out = || node.actions.iter().copied().filter(|action| !self.selected[action.0]);
            let (out, with_stage) = (out().collect::<Vec<_>>(), out().count() == node.actions.len());
            let reason = "`--only` leaves it out".to_owned();
            if with_stage && !out.is_empty() {
                self.stages[stage].reason = Some(reason.clone());
            }
            for action in out {
                let skip = Skip { reason: reason.clone(), blocks: false, with_stage };
                self.finish(action, Status::Skipped(skip));
            }
        }
        let first = self.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needs.is_empty());
        self.steps.extend(first.map(|(index, _)| Step::Enter(StageIndex(index))));
        self.settle();
    }

    /// The only way to change the state of an action: keeps the counters and queues in step with it, and tells everyone.
    fn set(&mut self, action: ActionIndex, next: ActionState) {
        let record = &mut self.actions[action.0];
        let id = &self.plan.actions[action.0].id;
        if record.state == ActionState::Running && record.takes_job {
            self.working -= 1;
        }
        match &next {
            ActionState::Waiting => self.events.emit(&Event::ActionReset { action: id }),
            ActionState::Ready => {
                let queue = if record.takes_job { &mut self.ready } else { &mut self.ready_free };
                queue.push((self.graph.actions[action.0].distance, std::cmp::Reverse(Task::Action(action))));
            }
            ActionState::Running => {
                self.working += usize::from(record.takes_job);
                record.started.get_or_insert_with(Instant::now);
                self.events.emit(&Event::ActionStarted { action: id });
            }
            ActionState::Done(status) => {
                record.ended = Some(Instant::now());
                let duration = record.started.zip(record.ended).map(|(from, to)| to - from);
                self.events.emit(&Event::ActionFinished {
                    action: id,
                    status,
                    attempts: record.attempts,
                    duration,
                    product: record.product.as_ref(),
                    log: record.log.as_deref(),
                });
            }
        }
        record.state = next;
    }

    fn set_stage(&mut self, stage: StageIndex, next: StageState) {
        self.stages[stage.0].state = next;
        let id = &self.plan.stages[stage.0].id;
        match next {
            StageState::Waiting | StageState::Deciding(_) => {}
            StageState::Open => self.events.emit(&Event::StageStarted { stage: id }),
            StageState::Done(status) => {
                let reason = self.stages[stage.0].reason.as_deref();
                self.events.emit(&Event::StageFinished { stage: id, status, reason });
            }
        }
    }

    /// The next action or gate that may start now, which is then running.
    pub(crate) fn next(&mut self) -> Option<Task> {
        loop {
            let has_room = self.working < self.jobs;
            let queued = self.ready_free.pop().or_else(|| if has_room { self.ready.pop() } else { None });
            let (_, std::cmp::Reverse(task)) = queued?;
            // What was cancelled is still in the queue.
            match task {
                Task::Action(action) if self.actions[action.0].state == ActionState::Ready => {
                    self.set(action, ActionState::Running);
                    return Some(task);
                }
                Task::Gate(gate) if self.gates[gate.0].state == GateState::Ready => {
                    self.set_gate(gate, GateState::Running);
                    return Some(task);
                }
                Task::Action(_) | Task::Gate(_) => {}
            }
        }
    }

    /// Takes in what became of a running action, and everything that follows from it.
    pub(crate) fn complete(&mut self, action: ActionIndex, status: Status, product: Option<Product>) {
        self.actions[action.0].product = product;
        self.finish(action, status);
        self.settle();
    }

    /// Nothing starts any more. What runs goes on until someone ends it.
    pub(crate) fn cancel(&mut self) {
        self.cancelled = true;
        for index in 0..self.gates.len() {
            if self.gates[index].state == GateState::Ready {
                self.finish_gate(GateIndex(index), GateStatus::Cancelled);
            }
        }
        for index in 0..self.actions.len() {
            if matches!(self.actions[index].state, ActionState::Waiting | ActionState::Ready) {
                self.finish(ActionIndex(index), Status::Cancelled);
            }
        }
        self.settle();
    }

    /// Whether an action takes part.
    pub(crate) fn is_selected(&self, action: ActionIndex) -> bool {
        self.selected[action.0]
    }

    /// How long an action ran.
    pub(crate) fn duration(&self, action: ActionIndex) -> Option<Duration> {
        let record = &self.actions[action.0];
        record.started.zip(record.ended).map(|(from, to)| to - from)
    }

    /// What a finished stage came to; a stage that never got so far was blocked.
    pub(crate) fn stage_status(&self, stage: StageIndex) -> StageStatus {
        match self.stages[stage.0].state {
            StageState::Done(status) => status,
            StageState::Waiting | StageState::Deciding(_) | StageState::Open => StageStatus::Cancelled,
        }
    }

    /// Whether the stage says that an engine would go back to the last good execution.
    pub(crate) fn rolls_back(&self, stage: StageIndex) -> bool {
        self.stage_status(stage) == StageStatus::Failed
            && (self.stages[stage.0].rolls_back
                || self.plan.stages[stage.0].on_failure == Some(OnFailure::Rollback))
    }
}
