//! Ends of process trees: time-outs, interrupts, and what scripts leave behind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::json;
use tokio::sync::watch;

use super::{Project, assert_succeeded, failure_of, plan, words};
use crate::codes;
use crate::signal::{Stop, raise};

/// Waits for a file with process ids, one in each line.
fn pids(path: &Path, count: usize) -> Vec<Pid> {
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let found: Vec<_> = text.lines().filter_map(|l| Pid::from_raw(l.trim().parse().ok()?)).collect();
        if found.len() >= count {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no processes in {}", path.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn is_alive(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    test_kill_process(pid).is_ok()
        && !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z')
}

/// A child, one in a session of its own, and one that also lost its parent and its environment.
fn family(pids: &Path) -> String {
    let file = pids.display();
    format!(
        "sleep 1000 & echo $! >>'{file}'\n\
         setsid sh -c 'echo $$ >>\"{file}\"; exec sleep 1000' &\n\
         (setsid env -i /bin/sh -c 'echo $$ >>\"{file}\"; exec /bin/sleep 1000' & )\n\
         echo started\n"
    )
}

#[test]
fn a_timeout_ends_the_whole_tree() {
    let project = Project::new();
    let file = project.path("pids");
    let script = family(&file) + "sleep 1000";
    let begun = Instant::now();
    let summary = project.run(&plan(&[json!({ "id": "s.a", "script": script, "timeout": 1 })]));
    assert_eq!(failure_of(&summary, "s.a").code, codes::TIMED_OUT);
    assert!(failure_of(&summary, "s.a").tail.contains(&"started".to_owned()));
    assert!(begun.elapsed() < Duration::from_secs(9), "TERM should have been enough: {:?}", begun.elapsed());
    assert!(pids(&file, 3).into_iter().all(|pid| !is_alive(pid)));
}

#[test]
fn output_without_pause_holds_up_neither_timeout_nor_interrupt() {
    let project = Project::new();
    let begun = Instant::now();
    let summary = project.run(&plan(&[json!({ "id": "s.a", "script": "yes", "timeout": 1 })]));
    assert_eq!(failure_of(&summary, "s.a").code, codes::TIMED_OUT);
    let timed_out = begun.elapsed();
    assert!(timed_out < Duration::from_secs(6), "{timed_out:?}");
    let file = project.path("pids");
    let script = format!("trap '' TERM; echo $$ >'{}'; yes", file.display());
    let plan = plan(&[json!({ "id": "s.a", "script": script })]);
    let (stop, _) = watch::channel(Stop::No);
    let result = std::thread::scope(|scope| {
        let handle = stop.clone();
        let (plan, options) = (&plan, &project.options);
        let run = scope.spawn(move || crate::run::run_until(plan, options, &handle));
        pids(&file, 1);
        raise(&stop, Stop::End);
        std::thread::sleep(Duration::from_millis(200));
        raise(&stop, Stop::Kill);
        run.join().unwrap()
    });
    assert_eq!(result.unwrap_err().exit_code(), 130);
    assert!(begun.elapsed() < timed_out + Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[test]
fn what_a_script_leaves_behind_is_ended() {
    let project = Project::new();
    let file = project.path("pids");
    let wait = format!("while [ \"$(wc -l <'{}')\" -lt 3 ]; do sleep 0.05; done", file.display());
    let summary = project.run(&plan(&[json!({ "id": "s.a", "script": family(&file) + &wait })]));
    assert_succeeded(&summary);
    assert!(pids(&file, 3).into_iter().all(|pid| !is_alive(pid)));
}

#[test]
fn the_second_interrupt_does_not_wait() {
    let project = Project::new();
    let file = project.path("pids");
    // Ignores the polite request.
    let script = format!("trap '' TERM; echo $$ >'{}'; while :; do sleep 1; done", file.display());
    let plan = plan(&[json!({ "id": "s.a", "script": script })]);
    let (stop, _) = watch::channel(Stop::No);
    let begun = Instant::now();
    let (result, leader) = std::thread::scope(|scope| {
        let handle = stop.clone();
        let (plan, options) = (&plan, &project.options);
        let run = scope.spawn(move || crate::run::run_until(plan, options, &handle));
        let leader = pids(&file, 1)[0];
        raise(&stop, Stop::End);
        std::thread::sleep(Duration::from_millis(300));
        assert!(is_alive(leader));
        raise(&stop, Stop::Kill);
        (run.join().unwrap(), leader)
    });
    assert_eq!(result.unwrap_err().exit_code(), 130);
    assert!(!is_alive(leader));
    assert!(begun.elapsed() < Duration::from_secs(9));
}

/// Not a test of its own: the process that `what_is_not_the_runs_is_left_alone` starts.
#[test]
fn host_child() {
    let Some(root) = std::env::var_os("STANDPIPE_TEST_HOST") else { return };
    let mut options = crate::Options::new(&root);
    options.output.quiet = true;
    let script = "(setsid env -i /bin/sleep 0.1 &)";
    assert_succeeded(&crate::run(&plan(&[json!({ "id": "s.a", "script": script })]), &options).unwrap());
}

fn host(project: &Project) -> Command {
    let mut command = Command::new("sh");
    // The daemon is a child of the process that the shell becomes.
    let script = "setsid sleep 1000 & echo $! >\"$STANDPIPE_TEST_HOST/pids\"; exec \"$0\" \"$@\"";
    command
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "tests::stopping::host_child"])
        .env("STANDPIPE_TEST_HOST", project.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn what_is_not_the_runs_is_left_alone() {
    let project = Project::new();
    assert!(host(&project).status().unwrap().success());
    let daemon = pids(&project.path("pids"), 1)[0];
    assert!(is_alive(daemon));
    kill_process(daemon, Signal::KILL).unwrap();
}

#[test]
fn the_first_process_of_a_namespace_can_run() {
    let project = Project::new();
    for more in [&["--mount-proc"][..], &[]] {
        let unshare = |program: &Path| {
            let mut command = Command::new("unshare");
            command.args(["--pid", "--fork"]).args(more).arg(program);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        if !unshare(Path::new("true")).status().is_ok_and(|status| status.success()) {
            eprintln!("NOT TESTED: a namespace of processes (making one needs root)");
            return;
        }
        let mut command = unshare(&std::env::current_exe().unwrap());
        command.args(["--exact", "tests::stopping::host_child"]);
        let status = command.env("STANDPIPE_TEST_HOST", project.folder.path()).status();
        assert!(status.unwrap().success(), "{more:?}");
    }
}

/// Not a test of its own: the process that `ctrl_c_ends_the_run` interrupts.
#[test]
fn interrupted_child() {
    let Some(root) = std::env::var_os("STANDPIPE_TEST_INTERRUPT") else { return };
    let file = Path::new(&root).join("pids");
    let script = family(&file) + "sleep 1000";
    let plan = plan(&[json!({ "id": "s.a", "script": script }), json!({ "id": "t.b", "script": ":" })]);
    let mut options = crate::Options::new(&root);
    options.output.quiet = true;
    let error = crate::run(&plan, &options).unwrap_err();
    std::process::exit(i32::from(error.exit_code()));
}

/// A process of its own that runs `interrupted_child` in the project.
fn start_interrupted_child(project: &Project) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::stopping::interrupted_child", "--nocapture"])
        .env("STANDPIPE_TEST_INTERRUPT", project.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn ctrl_c_ends_the_run_and_all_its_processes() {
    let project = Project::new();
    let file = project.path("pids");
    let mut child = start_interrupted_child(&project);
    let processes = pids(&file, 3);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(processes.into_iter().all(|pid| !is_alive(pid)));
    let history = project.history();
    let status: String = history.query_row("select status from runs", [], |row| row.get(0)).unwrap();
    assert_eq!(status, "interrupted");
    let state = "select state from transitions where subject = ? order by seq desc limit 1";
    for action in ["s.a", "t.b"] {
        let state: String = history.query_row(state, [action], |row| row.get(0)).unwrap();
        assert_eq!(state, "cancelled", "{action}");
    }
}

#[test]
fn a_killed_run_leaves_nothing_that_the_next_one_trips_over() {
    let project = Project::new();
    let file = project.path("pids");
    let mut child = start_interrupted_child(&project);
    let orphans = pids(&file, 3);
    let runs = || std::fs::read_dir(project.path(".standpipe/runs")).unwrap().flatten().map(|e| e.path());
    let killed = runs().next().unwrap();
    assert!(killed.join("work").exists());
    // While it goes on, another run leaves it alone.
    assert_eq!(words(&project.run(&plan(&[json!({ "id": "s.a", "script": ":" })]))), ["ran"]);
    assert!(killed.join("work").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let unfinished = |run: &str| project.write(&format!(".standpipe/store/tmp/{run}~1"), "1");
    let left = unfinished(killed.file_name().unwrap().to_str().unwrap());
    let other = unfinished("20200101-000000-0000");
    assert_eq!(words(&project.run(&plan(&[json!({ "id": "s.a", "script": ":" })]))), ["ran"]);
    assert!(runs().all(|run| !run.join("work").exists()));
    assert!(!left.exists() && other.exists());
    let count = "select count(*) from runs where status = 'killed'";
    let count: i64 = project.history().query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    // What the killed run had started is ended as well, but for the one that dropped the mark with its environment.
    assert!(orphans.iter().filter(|orphan| is_alive(**orphan)).count() <= 1);
    for orphan in orphans {
        let _ = kill_process(orphan, Signal::KILL);
    }
}
