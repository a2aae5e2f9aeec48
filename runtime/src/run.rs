//! A whole run, from the plan to the summary: prepares the state folder, starts the loop, cleans up.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use compiler::plan::{AwsSecret, Plan, Secret};
use tokio::sync::watch;

use crate::check::check;
use crate::codes;
use crate::error::Error;
use crate::event::{Event, Events, Report};
use crate::executor::dry::Dry;
use crate::executor::local::{Local, shells};
use crate::executor::{Execute, Kind, Scripts};
use crate::graph::{ActionIndex, Graph};
use crate::inputs::Inputs;
use crate::journal::{Journal, Start};
use crate::mask::Masker;
use crate::options::Options;
use crate::process::tree;
use crate::report;
use crate::scheduler;
use crate::secret;
use crate::signal::{self, Stop};
use crate::state::{ActionRecord, ActionState, GateRecord, GateState, RunState};
use crate::store::Store;
use crate::summarize::summarize;
use crate::summary::{GateStatus, Status, Summary};
use crate::values::Facts;
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
        let events = Events::new(None, report, Masker::default());
        let facts = Facts { variables: inputs.variables.clone(), is_dry: true, ..Facts::default() };
        let state = new_state(&plan, &graph, options, &inputs, &kinds, facts, &events);
        let executor = Arc::new(Dry { kinds, fixed: options.gates.clone() });
        return Run { options, stop, events }.perform(&runtime, state, &executor);
    }
    let scripts = Scripts::new(&plan, &graph, &inputs.selected, &kinds, &options.gates);
    let shells = shells(scripts.all())?;
    tree::adopt_orphans();
    // From here on, since the commands of secrets shall be ended in order, too.
    let listening = signal::listen(stop.clone()).map_err(|error| {
        let message = format!("cannot listen for signals: {error}");
        Error::environment(codes::SPAWN, message, "raise the limits of this user")
    })?;
    let wanted = scripts.secrets();
    let found = runtime.block_on(secret::find(&plan, &wanted, &options.root, &mut stop.subscribe()));
    let done = found.and_then(|found| {
        let prepared = prepare(&plan, options, &found, report)?;
        let Prepared { _cleanup, folder, store, events } = prepared;
        for text in &found.warnings {
            events.emit(&Event::Warning { text });
        }
        let (run, variables) = (folder.id.clone(), inputs.variables.clone());
        let facts = Facts { run, variables, secrets: found.secrets, is_dry: false };
        let state = new_state(&plan, &graph, options, &inputs, &kinds, facts, &events);
        let local =
            Local::new(options, shells, inputs.sources, kinds, Arc::clone(&folder), store, events.clone())?;
        Run { options, stop, events }.perform(&runtime, state, &Arc::new(local))
    });
    listening.abort();
    done
}

/// What a run keeps on disk, and who is told of it.
struct Prepared {
    _cleanup: Cleanup,
    folder: Arc<RunFolder>,
    store: Store,
    events: Events,
}

fn prepare(
    plan: &Plan,
    options: &Options,
    found: &secret::Found,
    report: Box<dyn Report>,
) -> Result<Prepared, Error> {
    let masker = Masker::new(found.secrets.values())?;
    let state_folder = prepare_state(&options.state)?;
    let killed = clean_killed(&state_folder, |run| {
        tree::end_abandoned(&format!("PIPE_ATTEMPT={run}/"));
        Store::clean(&state_folder.join("store"), run);
    });
    let folder = Arc::new(RunFolder::create(&state_folder)?);
    let _cleanup = Cleanup { folder: Arc::clone(&folder), keep: options.keep };
    let text = |value: serde_json::Result<String>| value.unwrap_or_default();
    // What the user gives may repeat a secret.
    let masked = |(name, value): (&String, &String)| (name.clone(), masker.text(value));
    let variables: BTreeMap<_, _> = options.variables.iter().map(masked).collect();
    let alarms: BTreeMap<_, _> = options.alarms.iter().map(|(name, state)| (name, state.word())).collect();
    let start = Start {
        run: &folder.id,
        pipeline: &plan.pipeline.name,
        plan: &text(serde_json::to_string(&without_literals(plan))),
        options: &text(serde_json::to_string(&serde_json::json!({
            "jobs": options.jobs, "only": options.only, "variables": variables, "sources": options.sources,
            "alarms": alarms, "gates": options.gates,
        }))),
        killed: &killed,
    };
    let journal = Journal::open(&state_folder.join("state.db"), &start)?;
    let events = Events::new(Some(journal), report, masker);
    let store = Store::new(state_folder.join("store"), &folder.id);
    Ok(Prepared { _cleanup, folder, store, events })
}

/// The plan as the history keeps it: what the user wrote out for an engine is a secret, too.
fn without_literals(plan: &Plan) -> Cow<'_, Plan> {
    let is_literal = |secret: &Secret| matches!(secret.aws, Some(AwsSecret::Literal(_)));
    let mut plan = Cow::Borrowed(plan);
    if plan.secrets.iter().any(is_literal) {
        for secret in plan.to_mut().secrets.iter_mut().filter(|secret| is_literal(secret)) {
            secret.aws = Some(AwsSecret::Masked);
        }
    }
    plan
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
    facts: Facts,
    events: &Events,
) -> RunState {
    let traits: Vec<_> = kinds.iter().map(|kind| kind.traits()).collect();
    let (plan, graph) = (Arc::clone(plan), Arc::clone(graph));
    RunState::new(plan, graph, options.jobs, &inputs.selected, &traits, facts, events.clone())
}

struct Run<'a> {
    options: &'a Options,
    stop: &'a watch::Sender<Stop>,
    events: Events,
}

impl Run<'_> {
    fn perform<E: Execute>(
        self,
        runtime: &tokio::runtime::Runtime,
        mut state: RunState,
        executor: &Arc<E>,
    ) -> Result<Summary, Error> {
        let pipeline = state.plan.pipeline.name.clone();
        let (actions, id) = (state.actions.len(), state.facts.run.clone());
        self.events.emit(&Event::RunStarted { run: &id, pipeline: &pipeline, actions });
        state.start();
        let shared =
            scheduler::Run { fail_fast: self.options.fail_fast, stop: self.stop, events: &self.events };
        let ended = runtime.block_on(scheduler::run(&mut state, executor, &shared));
        let was_stopped = *self.stop.borrow() != Stop::No;
        let has_failed = |a: &ActionRecord| matches!(&a.state, ActionState::Done(Status::Failed(_)));
        let is_refused = |g: &GateRecord| matches!(&g.state, GateState::Done(GateStatus::Refused(_)));
        let failed_fast = self.options.fail_fast
            && (state.actions.iter().any(has_failed) || state.gates.iter().any(is_refused));
        let interrupted = was_stopped && !failed_fast && ended.is_ok();
        let summary = summarize(&state, interrupted);
        // What is shown as the result is on disk by then.
        self.events.emit_durably(&Event::RunFinished { summary: &summary });
        ended?;
        if interrupted { Err(Error::Interrupted { run: id }) } else { Ok(summary) }
    }
}
