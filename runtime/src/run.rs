//! A whole run, from the plan to the summary: prepares the state folder, starts the loop, cleans up.

use std::sync::Arc;
use std::time::Duration;

use compiler::plan::Plan;
use tokio::sync::watch;

use crate::check::check;
use crate::codes;
use crate::error::Error;
use crate::event::{Event, Events};
use crate::executor::dry::Dry;
use crate::executor::local::{Local, shells};
use crate::executor::{Execute, Kind};
use crate::graph::{ActionIndex, Graph, StageIndex};
use crate::inputs::Inputs;
use crate::journal::{Journal, Start};
use crate::options::Options;
use crate::process::tree;
use crate::report;
use crate::scheduler;
use crate::signal::{self, Stop};
use crate::state::RunState;
use crate::store::Store;
use crate::summary::{ActionSummary, StageSummary, Status, Summary};
use crate::workspace::{RunFolder, clean_killed, prepare_state};

/// Runs a plan to its end.
///
/// Ctrl-C is handled from here on: the first ends the run in order, the second at once. The handlers stay installed.
///
/// # Errors
/// When the options do not fit the plan, when the machine failed (disk, permissions, a missing tool), and when a signal
/// ended the run. That actions failed is no error: `Summary::succeeded` says it.
pub fn run(plan: &Plan, options: &Options) -> Result<Summary, Error> {
    let (stop, _) = watch::channel(Stop::No);
    run_until(plan, options, &stop)
}

/// The same, ended by `stop` as well as by signals.
pub(crate) fn run_until(
    plan: &Plan,
    options: &Options,
    stop: &watch::Sender<Stop>,
) -> Result<Summary, Error> {
    check(plan)?;
    let plan = Arc::new(plan.clone());
    let graph = Arc::new(Graph::new(&plan)?);
    let inputs = Inputs::new(&plan, &graph, options)?;
    let kinds: Vec<Kind> = plan
        .actions
        .iter()
        .enumerate()
        .map(|(index, action)| Kind::of(action, inputs.sources.contains_key(&ActionIndex(index))))
        .collect();
    // One thread is enough: the loop only waits, and file work goes to threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Error::environment(codes::SPAWN, format!("cannot start: {error}"), "raise the limits of this user")
    })?;
    let _guard = runtime.enter();
    let report = report::new(options.output, options.dry_run);
    if options.dry_run {
        let events = Events::new(None, report);
        let state = new_state(&plan, &graph, options, &inputs, &kinds, &events);
        let executor = Arc::new(Dry { kinds });
        return Run { id: "", options, stop, events, variables: inputs.variables, dry_run: true }
            .perform(&runtime, state, &executor);
    }
    let shells = shells(&plan, &kinds, &inputs.selected)?;
    let state_folder = prepare_state(&options.state)?;
    let killed = clean_killed(&state_folder, |run| {
        tree::end_abandoned(&format!("PIPE_ATTEMPT={run}/"));
        Store::clean(&state_folder.join("store"), run);
    });
    let folder = Arc::new(RunFolder::create(&state_folder)?);
    let _cleanup = Cleanup { folder: Arc::clone(&folder), keep: options.keep };
    let text = |value: serde_json::Result<String>| value.unwrap_or_default();
    let start = Start {
        run: &folder.id,
        pipeline: &plan.pipeline.name,
        plan: &text(serde_json::to_string(&*plan)),
        options: &text(serde_json::to_string(&serde_json::json!({
            "jobs": options.jobs, "only": options.only, "variables": options.variables, "sources": options.sources,
        }))),
        killed: &killed,
    };
    let journal = Journal::open(&state_folder.join("state.db"), &start)?;
    let events = Events::new(Some(journal), report);
    let variables = inputs.variables.clone();
    let state = new_state(&plan, &graph, options, &inputs, &kinds, &events);
    let store = Store::new(state_folder.join("store"), &folder.id);
    let local =
        Local::new(options, shells, inputs.sources, kinds, Arc::clone(&folder), store, events.clone())?;
    tree::adopt_orphans();
    let listening = signal::listen(stop.clone()).map_err(|error| {
        Error::environment(
            codes::SPAWN,
            format!("cannot listen for signals: {error}"),
            "raise the limits of this user",
        )
    })?;
    let run = Run { id: &folder.id, options, stop, events, variables, dry_run: false };
    let result = run.perform(&runtime, state, &Arc::new(local));
    listening.abort();
    result
}

/// What must happen however a run ends: with a result, with an error, or with a bug.
struct Cleanup {
    folder: Arc<RunFolder>,
    keep: bool,
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        tree::sweep(&format!("PIPE_ATTEMPT={}/", self.folder.id));
        // After a bug the history may still call the run running: the work folder tells the next run to correct that.
        if std::thread::panicking() {
            return;
        }
        if self.keep {
            self.folder.keep_work();
        } else {
            let _ = self.folder.remove_work();
        }
    }
}

fn new_state(
    plan: &Arc<Plan>,
    graph: &Arc<Graph>,
    options: &Options,
    inputs: &Inputs,
    kinds: &[Kind],
    events: &Events,
) -> RunState {
    let traits: Vec<_> = kinds.iter().map(|kind| kind.traits()).collect();
    let (plan, graph) = (Arc::clone(plan), Arc::clone(graph));
    RunState::new(plan, graph, options.jobs, &inputs.selected, &traits, events.clone())
}

struct Run<'a> {
    id: &'a str,
    options: &'a Options,
    stop: &'a watch::Sender<Stop>,
    events: Events,
    variables: std::collections::HashMap<String, String>,
    dry_run: bool,
}

impl Run<'_> {
    fn perform<E: Execute>(
        self,
        runtime: &tokio::runtime::Runtime,
        mut state: RunState,
        executor: &Arc<E>,
    ) -> Result<Summary, Error> {
        let pipeline = state.plan.pipeline.name.clone();
        let actions = state.actions.len();
        self.events.emit(&Event::RunStarted { run: self.id, pipeline: &pipeline, actions });
        state.start();
        let shared = scheduler::Run {
            id: self.id,
            variables: &self.variables,
            fail_fast: self.options.fail_fast,
            stop: self.stop,
            events: &self.events,
        };
        let ended = runtime.block_on(scheduler::run(&mut state, executor, &shared));
        let was_stopped = *self.stop.borrow() != Stop::No;
        let failed_fast = self.options.fail_fast
            && state
                .actions
                .iter()
                .any(|a| matches!(&a.state, crate::state::ActionState::Done(Status::Failed(_))));
        let interrupted = was_stopped && !failed_fast && ended.is_ok();
        let summary = summarize(&state, self.id, self.dry_run, interrupted);
        // What is shown as the result is on disk by then.
        self.events.emit_durably(&Event::RunFinished { summary: &summary });
        ended?;
        if interrupted { Err(Error::Interrupted { run: self.id.to_owned() }) } else { Ok(summary) }
    }
}

fn summarize(state: &RunState, run: &str, dry_run: bool, interrupted: bool) -> Summary {
    let actions =
        state.plan.actions.iter().zip(&state.actions).enumerate().map(|(index, (action, record))| {
            let status = match &record.state {
                crate::state::ActionState::Done(status) => status.clone(),
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
            }
        });
    let stages = state.plan.stages.iter().enumerate().map(|(index, stage)| StageSummary {
        id: stage.id.clone(),
        status: state.stage_status(StageIndex(index)),
        rollback: state.rolls_back(StageIndex(index)),
    });
    Summary {
        run: run.to_owned(),
        pipeline: state.plan.pipeline.name.clone(),
        dry_run,
        stages: stages.collect(),
        actions: actions.collect(),
        duration: if dry_run { Duration::ZERO } else { state.begun.elapsed() },
        critical_path: critical_path(state),
        interrupted,
    }
}

/// From the action that ended last, always back to the one that it waited for longest.
fn critical_path(state: &RunState) -> Vec<String> {
    let ended = |index: &ActionIndex| state.actions[index.0].ended;
    let last_of_stage: Vec<_> =
        state.graph.stages.iter().map(|stage| stage.actions.iter().copied().max_by_key(ended)).collect();
    let all = (0..state.actions.len()).map(ActionIndex);
    let mut at = all.filter(|index| ended(index).is_some()).max_by_key(ended);
    let mut path = Vec::new();
    while let Some(index) = at {
        path.push(state.plan.actions[index.0].id.clone());
        let node = &state.graph.actions[index.0];
        let stages = state.graph.stages[node.stage.0].needs.iter().filter_map(|stage| last_of_stage[stage.0]);
        let before = node.needs.iter().map(|need| need.on).chain(stages);
        at = before.filter(|index| ended(index).is_some()).max_by_key(ended);
    }
    path.reverse();
    path
}
