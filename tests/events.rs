//! `run --events jsonl`: what programs are told.

use serde_json::Value;

use crate::support::{Outcome, Project};

const PIPELINE: &str = r#"
pipeline p {
  secret token { local: env("TOKEN") }

  stage build {
    action good = run { env: { T: token }, script: "echo out $T; echo err >&2" }
    action bad = run { script: "exit 3" }
    action late = run { after: [bad], script: ":" }
  }
}
"#;

fn events(outcome: &Outcome) -> Vec<Value> {
    outcome.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is an event")).collect()
}

#[test]
fn programs_are_told_what_happens() {
    let project = Project::with(PIPELINE);
    let mut command = project.command(&["run", "--events", "jsonl"]);
    let outcome = crate::support::outcome(command.env("TOKEN", "s3cr3t-value")).exits(1);
    // People read the same as ever.
    let outcome = outcome.says("build.good");
    let events = events(&outcome);
    let of = |name: &str, action: &str| {
        let found =
            events.iter().find(|e| e["event"] == name && (action.is_empty() || e["action"] == action));
        found.unwrap_or_else(|| panic!("no {name} of {action} in {events:#?}")).clone()
    };
    assert_eq!(
        (&events[0]["event"], &events[0]["format"]),
        (&"run_started".into(), &"standpipe.events/1".into())
    );
    assert!(events.iter().all(|event| event["time"].as_str().is_some_and(|time| time.ends_with('Z'))));
    let written = |stream: &str| {
        let lines = events
            .iter()
            .filter(|e| e["event"] == "line" && e["action"] == "build.good" && e["stream"] == stream);
        lines.filter_map(|event| event["text"].as_str()).collect::<Vec<_>>().join("\n")
    };
    assert!(written("out").starts_with("out ") && written("err").starts_with("err"), "{events:#?}");
    assert!(!outcome.stdout.contains("s3cr3t-value"), "secrets are masked");
    assert_eq!(of("action_finished", "build.good")["status"], "ran");
    let bad = of("action_finished", "build.bad");
    assert_eq!((&bad["status"], bad["attempts"].as_u64()), (&"failed".into(), Some(1)));
    assert!(bad["code"].as_str().is_some_and(|code| code.starts_with('P')) && bad["duration"].is_f64());
    assert_eq!(of("action_finished", "build.late")["status"], "skipped");
    assert_eq!(of("stage_finished", "")["status"], "failed");
    let last = events.last().expect("a last event");
    assert_eq!((&last["event"], last["succeeded"].as_bool()), (&"run_finished".into(), Some(false)));
}

#[test]
fn a_listener_that_leaves_does_not_end_the_run() {
    let project = Project::with("pipeline p {\n  stage s { action a = run { script: \"echo done\" } }\n}\n");
    let program = env!("CARGO_BIN_EXE_standpipe");
    let script = format!("'{program}' run --events jsonl 2> err | true; cat err");
    let mut shell = std::process::Command::new("sh");
    let outcome = crate::support::outcome(shell.args(["-c", &script]).current_dir(project.path())).exits(0);
    assert!(
        outcome.stdout.contains("s.a | done") && outcome.stdout.contains("p succeeded"),
        "{}",
        outcome.stdout
    );
}
