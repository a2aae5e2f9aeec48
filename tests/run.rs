//! Runs through the binary: exit codes, streams, signals, what stays on disk. What a run does is tested in the runtime.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::Project;

const CHAIN: &str = r##"
pipeline chain {
  variable who: string

  stage source {
    action app = git { repository: "acme/app", branch: "main" }
  }

  stage build {
    action make for v in [1, 2] = run {
      inputs: [app]
      env: { WHO: who, V: "#{v}" }
      script: """
        test -f pipeline.pipe
        mkdir out
        echo "hello $WHO $V" > out/text
        export TAG="tag-$V"
        """
      outputs: { text: "out/**" }
      variables: ["TAG"]
    }
  }

  stage use {
    action show = run {
      inputs: { first: make["1"].text, second: make["2"].text }
      env: { TAG: make["2"].TAG, COMMIT: app.commit }
      script: """
        cat "$PIPE_INPUT_FIRST/out/text" "$PIPE_INPUT_SECOND/out/text"
        echo "$TAG $COMMIT"
        """
    }
    action ok = approve { message: "Ship #{make["1"].TAG}?", after: [show] }
  }
}
"##;

#[test]
fn a_pipeline_runs_on_the_working_tree() {
    let project = Project::with(CHAIN);
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    project.write("uncommitted", "yes");
    let run = project.standpipe(&["run", "--yes", "--var", "who=Ada"]).exits(0);
    let run = run
        .says("hello Ada 1")
        .says("hello Ada 2")
        .says("tag-2 ")
        .says("use.ok asks: Ship tag-1?")
        .says("approved by --yes");
    assert_eq!(run.stdout, "", "standard output is for results");
    assert!(project.path().join(".standpipe/state.db").exists(), "runs are recorded");
    let status = std::process::Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(project.path())
        .output();
    let status = String::from_utf8_lossy(&status.expect("git runs").stdout).into_owned();
    assert_eq!(status, "?? uncommitted\n", "a run leaves nothing to commit");
}

#[test]
fn what_a_run_needs_is_asked_for_first() {
    let project = Project::with(CHAIN);
    project.standpipe(&["run", "--yes"]).exits(2).says("who");
    project.standpipe(&["run", "--yes", "--var", "woh=Ada"]).exits(2).says("who");
    // Without a terminal nobody can be asked.
    project.standpipe(&["run", "--var", "who=Ada"]).exits(1).says("--yes");
}

#[test]
fn a_failure_is_shown_and_skips_what_follows() {
    let project = Project::with(
        "pipeline p {\n  stage a {\n    action bad = run { script: \"echo the-reason >&2; exit 7\" }\n    action good = run { script: \"echo fine\" }\n  }\n  stage b {\n    action never = run { script: \"echo never-seen\" }\n  }\n}\n",
    );
    let run = project
        .standpipe(&["run"])
        .exits(1)
        .says("the-reason")
        .says("status 7")
        .says("never")
        .says("skipped");
    assert!(!run.stderr.contains("never-seen"), "{}", run.stderr);
    project.standpipe(&["run", "--only", "a.good"]).exits(0);
}

#[test]
fn a_dry_run_touches_nothing() {
    let project = Project::with(CHAIN);
    project.standpipe(&["run", "--dry-run", "--var", "who=Ada"]).exits(0).says("build").says("make-1");
    assert!(!project.path().join(".standpipe").exists());
}

#[test]
fn an_interrupt_ends_the_whole_tree() {
    let project = Project::with(
        "pipeline p {\n  stage s {\n    action a = run {\n      script: \"\"\"\n        sleep 987 &\n        setsid sleep 986 &\n        echo started > \"$HOME/started\"\n        wait\n        \"\"\"\n    }\n  }\n}\n",
    );
    let child = project
        .command(&["run"])
        .env("HOME", project.path())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !project.path().join("started").exists() {
        assert!(Instant::now() < deadline, "the script never started");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    for seconds in ["987", "986"] {
        let left = std::process::Command::new("pgrep").args(["-f", &format!("^sleep {seconds}$")]).output();
        assert_eq!(left.expect("pgrep runs").stdout, b"", "`sleep {seconds}` is an orphan");
    }
    // Whatever was left behind, the next run works.
    project.write("pipeline.pipe", "pipeline p { stage s { action a = run { script: \":\" } } }");
    project.standpipe(&["run"]).exits(0);
}

#[test]
fn a_state_that_cannot_be_written_is_3() {
    let project = Project::with("pipeline p { stage s { action a = run { script: \":\" } } }");
    project.write(".standpipe", "a file where the folder must be");
    project.standpipe(&["run"]).exits(3).says("P08").says("Help:");
}
