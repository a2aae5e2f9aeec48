//! The order of a run, with an executor that follows a script and time that only the test moves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use compiler::plan::Plan;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::{plan, plan_with};
use crate::codes;
use crate::error::Failure;
use crate::event::{Event, Events, Report};
use crate::executor::{Execute, Execution, Kind};
use crate::graph::{Graph, StageIndex};
use crate::job::Job;
use crate::mask::Masker;
use crate::outcome::{Mode, Outcome, Product};
use crate::scheduler;
use crate::signal::{Stop, raise, reached};
use crate::state::{ActionState, GateState, RunState};
use crate::summary::{StageStatus, Status};
use crate::values::Facts;

/// Seconds that an attempt takes, and whether it succeeds.
pub(super) type Attempts = HashMap<&'static str, Vec<(u64, bool)>>;

struct Scripted {
    attempts: Attempts,
    begun: Instant,
    /// Id and second of each start.
    starts: Mutex<Vec<(String, u64)>>,
}

impl Execute for Scripted {
    async fn execute(&self, job: Job, mut stop: watch::Receiver<Stop>) -> Execution {
        let id = job.action().id.clone();
        self.starts.lock().unwrap().push((id.clone(), self.begun.elapsed().as_secs()));
        let script = self.attempts.get(id.as_str()).cloned().unwrap_or_else(|| vec![(1, true)]);
        let (seconds, succeeds) = script[(job.attempt as usize - 1).min(script.len() - 1)];
        let outcome = tokio::select! {
            () = sleep(Duration::from_secs(seconds)) => {
                if succeeds {
                    // Every declared variable has its own name as value, with the number of later attempts.
                    let again = if job.attempt == 1 { String::new() } else { job.attempt.to_string() };
                    let variables =
                        job.action().variables.iter().map(|name| (name.clone(), format!("{name}{again}")));
                    Outcome::Done(Product { variables: variables.collect(), ..Product::only(Mode::Ran) })
                } else {
                    Outcome::Failed(Failure::new(codes::SCRIPT_FAILED, "it failed"))
                }
            }
            () = reached(&mut stop, Stop::End) => Outcome::Stopped { tail: Vec::new() },
        };
        Execution { outcome, log: None }
    }
}

struct Silent;

impl Report for Silent {
    fn report(&mut self, _: &Event<'_>) {}
}

pub(super) struct Result {
    pub(super) words: Vec<&'static str>,
    pub(super) starts: Vec<(String, u64)>,
    pub(super) stages: Vec<StageStatus>,
    /// By the gate's id, in the order of the plan.
    pub(super) gates: Vec<(String, &'static str)>,
    pub(super) rolls_back: Vec<bool>,
    pub(super) reasons: Vec<Option<String>>,
    pub(super) seconds: u64,
    pub(super) statuses: Vec<Status>,
}

pub(super) struct Setting {
    pub(super) jobs: usize,
    pub(super) fail_fast: bool,
    pub(super) stop_after: Option<u64>,
}

pub(super) const USUAL: Setting = Setting { jobs: 2, fail_fast: false, stop_after: None };

pub(super) async fn run(
    plan: &Plan,
    attempts: &[(&'static str, &[(u64, bool)])],
    setting: Setting,
) -> Result {
    let plan = Arc::new(plan.clone());
    let graph = Arc::new(Graph::new(&plan).unwrap());
    let events = Events::new(None, Box::new(Silent), Masker::default());
    let traits: Vec<_> = plan.actions.iter().map(|action| Kind::of(action, false).traits()).collect();
    let selected = vec![true; plan.actions.len()];
    let facts =
        Facts { variables: HashMap::from([("env".to_owned(), "dev".to_owned())]), ..Facts::default() };
    let mut state =
        RunState::new(Arc::clone(&plan), graph, setting.jobs, &selected, &traits, facts, events.clone());
    let attempts = attempts.iter().map(|(id, attempts)| (*id, attempts.to_vec())).collect();
    let executor = Arc::new(Scripted { attempts, begun: Instant::now(), starts: Mutex::default() });
    let (stop, _) = watch::channel(Stop::No);
    if let Some(seconds) = setting.stop_after {
        let stop = stop.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(seconds)).await;
            raise(&stop, Stop::End);
        });
    }
    let shared = scheduler::Run { fail_fast: setting.fail_fast, stop: &stop, events: &events };
    state.start();
    scheduler::run(&mut state, &executor, &shared).await.unwrap();
    let statuses: Vec<Status> = state
        .actions
        .iter()
        .map(|record| match &record.state {
            ActionState::Done(status) => status.clone(),
            other => panic!("not over: {other:?}"),
        })
        .collect();
    Result {
        words: statuses.iter().map(Status::word).collect(),
        starts: executor.starts.lock().unwrap().clone(),
        stages: (0..state.stages.len()).map(|i| state.stage_status(StageIndex(i))).collect(),
        gates: (0..state.gates.len())
            .map(|i| {
                let word = match &state.gates[i].state {
                    GateState::Waiting => "not reached",
                    GateState::Done(status) => status.word(),
                    other => panic!("not over: {other:?}"),
                };
                (state.graph.gates[i].id.clone(), word)
            })
            .collect(),
        rolls_back: (0..state.stages.len()).map(|i| state.rolls_back(StageIndex(i))).collect(),
        reasons: state.stages.iter().map(|stage| stage.reason.clone()).collect(),
        seconds: executor.begun.elapsed().as_secs(),
        statuses,
    }
}

pub(super) fn action(id: &str, needs: &[&str]) -> Value {
    json!({ "id": id, "needs": needs, "script": ":" })
}

pub(super) fn starts(result: &Result) -> Vec<(&str, u64)> {
    result.starts.iter().map(|(id, second)| (id.as_str(), *second)).collect()
}

#[tokio::test(start_paused = true)]
async fn as_many_as_jobs_run_at_once() {
    let plan = plan(&(0..5).map(|i| action(&format!("s.a{i}"), &[])).collect::<Vec<_>>());
    let result = run(&plan, &[], USUAL).await;
    assert_eq!(starts(&result), [("s.a0", 0), ("s.a1", 0), ("s.a2", 1), ("s.a3", 1), ("s.a4", 2)]);
}

#[tokio::test(start_paused = true)]
async fn the_longest_remaining_path_comes_first() {
    let plan = plan(&[action("s.short", &[]), action("s.long", &[]), action("s.next", &["s.long"])]);
    let result = run(&plan, &[], Setting { jobs: 1, ..USUAL }).await;
    assert_eq!(result.starts[0].0, "s.long");
}

#[tokio::test(start_paused = true)]
async fn stages_follow_each_other_and_side_by_side_ones_do_not_wait() {
    let stages = json!({ "other": { "needs": [] } });
    let plan = plan_with(&stages, &[action("a.x", &[]), action("b.x", &[]), action("other.x", &[])]);
    let result = run(&plan, &[("a.x", &[(3, true)])], USUAL).await;
    assert_eq!(starts(&result), [("a.x", 0), ("other.x", 0), ("b.x", 3)]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_skips_what_waits_for_it_and_the_rest_finishes() {
    let plan = plan(&[
        action("a.bad", &[]),
        action("a.after", &["a.bad"]),
        action("a.later", &["a.after"]),
        action("a.other", &[]),
        action("b.x", &[]),
        action("c.x", &[]),
    ]);
    let result = run(&plan, &[("a.bad", &[(1, false)]), ("a.other", &[(5, true)])], USUAL).await;
    assert_eq!(result.words, ["failed", "skipped", "skipped", "ran", "skipped", "skipped"]);
    assert_eq!(result.stages, [StageStatus::Failed, StageStatus::Blocked, StageStatus::Blocked]);
    let reason = |status| match status {
        Status::Skipped(skip) => Some(skip.reason),
        _ => None,
    };
    let reasons: Vec<_> = result.statuses.into_iter().filter_map(reason).collect();
    assert_eq!(
        reasons,
        ["`a.bad` failed", "`a.after` was skipped", "stage `a` failed", "stage `b` did not start"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_may_fail_counts_as_skipped() {
    let stages = json!({ "a": { "on_failure": "skip" } });
    let uses = json!({ "id": "b.uses", "script": ":", "uses": ["a.bad"] });
    let mut bad = action("a.bad", &[]);
    bad["outputs"] = json!([{ "name": "out", "files": ["x"] }]);
    let plan = plan_with(&stages, &[bad, action("b.after", &["a.bad"]), uses, action("c.x", &[])]);
    let result = run(&plan, &[("a.bad", &[(1, false)])], USUAL).await;
    assert_eq!(result.words, ["failed", "ran", "skipped", "ran"]);
    assert_eq!(result.stages, [StageStatus::Skipped, StageStatus::Succeeded, StageStatus::Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn a_stage_is_tried_once_more() {
    for (what, tried) in [("retry_failed_actions", 3), ("retry_all_actions", 4)] {
        let stages = json!({ "a": { "on_failure": what } });
        let actions = [action("a.good", &[]), action("a.bad", &[]), action("b.x", &[])];
        let plan = plan_with(&stages, &actions);
        let result = run(&plan, &[("a.bad", &[(2, false), (2, true)])], USUAL).await;
        assert_eq!(result.words, ["ran", "ran", "ran"], "{what}");
        assert_eq!(result.starts.iter().filter(|(id, _)| id.starts_with("a.")).count(), tried, "{what}");
        // Once only.
        let result = run(&plan, &[("a.bad", &[(2, false)])], USUAL).await;
        assert_eq!(result.words, ["ran", "failed", "skipped"], "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retried_stage_takes_its_skipped_actions_along() {
    let stages = json!({ "a": { "on_failure": "retry_failed_actions" }, "b": { "needs": [] } });
    let plan =
        plan_with(&stages, &[action("a.bad", &[]), action("a.after", &["a.bad"]), action("b.x", &["a.bad"])]);
    let result = run(&plan, &[("a.bad", &[(1, false), (1, true)])], USUAL).await;
    assert_eq!(result.words, ["ran", "ran", "ran"]);
}

#[tokio::test(start_paused = true)]
async fn retries_back_off() {
    let mut flaky = action("s.flaky", &[]);
    flaky["retry"] = json!(3);
    let result = run(&plan(&[flaky]), &[("s.flaky", &[(1, false), (1, false), (1, true)])], USUAL).await;
    // One second of work and then a pause of one, and of two seconds.
    assert_eq!(starts(&result), [("s.flaky", 0), ("s.flaky", 2), ("s.flaky", 5)]);
    assert_eq!(result.words, ["ran"]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_a_failure_of_one_attempt() {
    let mut slow = action("s.slow", &[]);
    slow["timeout"] = json!(60);
    slow["retry"] = json!(1);
    let result = run(&plan(&[slow]), &[("s.slow", &[(3_600, true)])], USUAL).await;
    assert_eq!(starts(&result), [("s.slow", 0), ("s.slow", 61)]);
    let Status::Failed(failure) = &result.statuses[0] else { panic!("{:?}", result.statuses) };
    assert_eq!(failure.code, codes::TIMED_OUT);
    assert_eq!(failure.message, "it took longer than its `timeout` of 1m");
}

#[tokio::test(start_paused = true)]
async fn fail_fast_ends_what_runs() {
    let plan = plan(&[action("s.bad", &[]), action("s.slow", &[]), action("s.never", &[])]);
    let attempts: &[(&str, &[(u64, bool)])] = &[("s.bad", &[(1, false)]), ("s.slow", &[(100, true)])];
    let result = run(&plan, attempts, Setting { fail_fast: true, ..USUAL }).await;
    assert_eq!(result.seconds, 1);
    assert_eq!(result.words, ["failed", "cancelled", "cancelled"]);
    assert_eq!(starts(&result), [("s.bad", 0), ("s.slow", 0)]);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_run_starts_nothing_more() {
    let plan = plan(&[action("a.x", &[]), action("a.y", &["a.x"]), action("b.x", &[])]);
    let setting = Setting { stop_after: Some(5), ..USUAL };
    let result = run(&plan, &[("a.x", &[(100, true)])], setting).await;
    assert_eq!(result.words, ["cancelled", "cancelled", "cancelled"]);
    assert_eq!(result.stages, [StageStatus::Cancelled, StageStatus::Cancelled]);
    assert_eq!(result.seconds, 5);
}

#[tokio::test(start_paused = true)]
async fn approvals_and_clouds_take_no_job() {
    let approve = |id: &str| json!({ "id": id, "callee": "approve" });
    let plan = plan(&[
        approve("s.a"),
        approve("s.b"),
        json!({ "id": "s.c", "callee": "aws.lambda" }),
        action("s.d", &[]),
    ]);
    let result = run(&plan, &[], Setting { jobs: 1, ..USUAL }).await;
    assert!(result.starts.iter().all(|(_, second)| *second == 0), "{:?}", result.starts);
}

#[tokio::test(start_paused = true)]
async fn a_long_chain_of_skips_needs_no_deep_stack() {
    let mut actions = vec![action("s.a0", &[])];
    actions.extend((1..20_000).map(|i| action(&format!("s.a{i}"), &[&format!("s.a{}", i - 1)])));
    let result = run(&plan(&actions), &[("s.a0", &[(1, false)])], USUAL).await;
    assert_eq!(result.words.iter().filter(|word| **word == "skipped").count(), 19_999);
}

#[test]
fn cycles_and_unknown_names_are_refused() {
    let message =
        |stages: &Value, actions: &[Value]| Graph::new(&plan_with(stages, actions)).unwrap_err().to_string();
    let none = json!({});
    let cycle = [action("s.a", &["s.b"]), action("s.b", &["s.a"])];
    assert!(message(&none, &cycle).contains("cycle"));
    // Also through the order of stages.
    assert!(message(&none, &[action("a.x", &["b.x"]), action("b.x", &[])]).contains("cycle"));
    assert!(message(&json!({ "a": { "needs": ["a"] } }), &[action("a.x", &[])]).contains("cycle"));
    assert!(message(&none, &[action("s.a", &["s.zzz"])]).contains("unknown action `s.zzz`"));
    assert!(message(&json!({ "s": { "needs": ["zzz"] } }), &[action("s.a", &[])]).contains("unknown stage"));
    assert!(message(&none, &[action("s.a", &[]), action("s.a", &[])]).contains("two actions"));
    let reads = json!({ "id": "s.b", "script": ":", "uses": ["s.a/none"] });
    assert!(message(&none, &[action("s.a", &[]), reads]).contains("does not make"));
}
