//! What a run costs beyond the processes that it has to start.
//!
//! The floor is `sh -c :` started from plain threads; a run has journal, workspaces and script files on top. Both are measured
//! in turn in the same process, so that other load on the machine meets both.

use std::error::Error;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use compiler::plan::Plan;
use runtime::{Options, Output};
use serde_json::{Value, json};

const ACTIONS: usize = 1_000;
const JOBS: usize = 2;
const ROUNDS: usize = 9;
/// What a run may take, relative to the floor.
const LIMIT: f64 = 1.3;

fn plan(is_chain: bool) -> Result<Plan, Box<dyn Error>> {
    let source = json!({ "file": "bench.pipe", "line": 1 });
    let action = |index: usize| -> Value {
        let needs = if is_chain && index > 0 { vec![format!("all.a{}", index - 1)] } else { Vec::new() };
        json!({
            "id": format!("all.a{index}"), "name": format!("a{index}"), "stage": "all", "callee": "run",
            "config": { "script": { "text": ":" } }, "needs": needs, "source": source,
        })
    };
    Ok(serde_json::from_value(json!({
        "format": "standpipe.plan/1",
        "pipeline": { "name": "bench", "source": source },
        "stages": [{ "id": "all", "name": "all", "source": source }],
        "actions": (0..ACTIONS).map(action).collect::<Vec<_>>(),
    }))?)
}

fn floor(jobs: usize) -> Duration {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < ACTIONS {
                    let status = Command::new("/bin/sh").args(["-c", ":"]).stdin(Stdio::null()).status();
                    assert!(status.is_ok_and(|status| status.success()));
                }
            });
        }
    });
    begun.elapsed()
}

fn whole_run(plan: &Plan) -> Result<Duration, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let output = Output { quiet: true, ..Output::default() };
    let mut options = Options::new(folder.path());
    (options.jobs, options.output) = (JOBS, output);
    let begun = Instant::now();
    let summary = runtime::run(plan, &options)?;
    let took = begun.elapsed();
    assert!(summary.succeeded());
    Ok(took)
}

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test` builds and starts benches, too; there it only has to work.
    let rounds = if std::env::args().any(|arg| arg == "--bench") { ROUNDS } else { 1 };
    let (wide, chain) = (plan(false)?, plan(true)?);
    let mut measured: [Vec<Duration>; 4] = Default::default();
    for _ in 0..rounds {
        measured[0].push(floor(JOBS));
        measured[1].push(whole_run(&wide)?);
        measured[2].push(floor(1));
        measured[3].push(whole_run(&chain)?);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    // Of each round, since the load of a machine changes more between rounds than within one.
    let ratio = |whole: &[Duration], floor: &[Duration]| {
        let mut ratios: Vec<f64> =
            whole.iter().zip(floor).map(|(whole, floor)| whole.as_secs_f64() / floor.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    };
    let (wide_ratio, chain_ratio) = (ratio(&measured[1], &measured[0]), ratio(&measured[3], &measured[2]));
    let [parallel_floor, parallel, chain_floor, chain] = measured.each_mut().map(median);
    println!("{ACTIONS} actions whose script is `:`; medians of {rounds} rounds");
    println!("{:<34} {:>9} {:>12} {:>9}", "", "seconds", "per second", "x floor");
    let row = |name: &str, time: f64, ratio: f64| {
        println!("{name:<34} {time:>9.3} {:>12.0} {ratio:>9.2}", ACTIONS as f64 / time);
    };
    row(&format!("sh -c : from {JOBS} threads (floor)"), parallel_floor, 1.0);
    row(&format!("run, independent, {JOBS} jobs"), parallel, wide_ratio);
    row("sh -c : one by one (floor)", chain_floor, 1.0);
    row("run, one chain", chain, chain_ratio);
    let verdict = if wide_ratio <= LIMIT { "kept" } else { "MISSED" };
    println!("limit for independent actions: {LIMIT} x floor: {verdict}");
    Ok(())
}
