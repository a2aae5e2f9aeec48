//! Secrets, conditions and gates through the binary, with plans as JSON: what is shown, where, and with which exit code.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Outcome, Project, outcome, text};

const SECRET: &str = "correct-horse-battery";

fn source() -> Value {
    json!({ "file": "test.pipe", "line": 1 })
}

fn action(id: &str, script: &str, more: Value) -> Value {
    let (stage, name) = id.split_once('.').expect("an id has a dot");
    let mut action = json!({
        "id": id, "name": name, "stage": stage, "callee": "run", "config": { "script": { "text": script } },
        "source": source(),
    });
    merge(&mut action, more);
    action
}

fn stage(id: &str, needs: &[&str], more: Value) -> Value {
    let mut stage = json!({ "id": id, "name": id, "needs": needs, "source": source() });
    merge(&mut stage, more);
    stage
}

fn gate(id: &str, on: &str, rule: &str, otherwise: &str, config: Value) -> Value {
    let mut gate =
        json!({ "id": id, "name": id, "on": on, "rule": rule, "otherwise": otherwise, "source": source() });
    gate["config"] = config;
    gate
}

fn secret(id: &str, local: Value) -> Value {
    let mut secret = json!({ "id": id, "source": source() });
    secret["local"] = local;
    secret
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// A project with this plan as `plan.json`.
fn project(secrets: &[Value], stages: &[Value], actions: &[Value]) -> Project {
    let plan = json!({
        "format": "standpipe.plan/1", "pipeline": { "name": "p", "source": source() },
        "variables": [{ "id": "env", "name": "env", "type": "string", "default": "dev" }],
        "secrets": secrets, "stages": stages, "actions": actions,
    });
    let project = Project::new();
    project.write("plan.json", plan.to_string());
    project
}

/// A secret in the environment, shown in every way that a script has.
fn leaking() -> Project {
    let script = "echo \"out $TOKEN\"; echo \"err $TOKEN\" >&2; printf 'correct-horse'; sleep 0.3; echo -battery\n\
                  set -x; : \"$TOKEN\"; set +x; export V=\"$TOKEN\"\nfalse";
    let more = json!({ "env": { "TOKEN": { "secret": "token" } }, "variables": ["V"], "retry": 1 });
    project(
        &[secret("token", json!({ "env": "MY_TOKEN" }))],
        &[stage("s", &[], json!({}))],
        &[action("s.a", script, more)],
    )
}

fn run(project: &Project, arguments: &[&str]) -> Outcome {
    let mut all = vec!["run", "plan.json"];
    all.extend(arguments);
    outcome(project.command(&all).env("MY_TOKEN", SECRET))
}

/// The files below a folder that hold the secret.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(leaks(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_secret_is_neither_shown_nor_kept() {
    for arguments in [&["--keep"][..], &["--keep", "--quiet"]] {
        let project = leaking();
        let run = run(&project, arguments).exits(1).says("err ***").says("out ***").says("+ : ***");
        assert!(!run.stderr.contains(SECRET) && !run.stderr.contains("battery"), "{}", run.stderr);
        assert_eq!(leaks(project.path()), Vec::<String>::new());
        let logs: Vec<_> = std::fs::read_dir(project.path().join(".standpipe/runs"))
            .expect("there are runs")
            .flatten()
            .map(|run| std::fs::read_to_string(run.path().join("logs/s.a.log")).expect("there is a log"))
            .collect();
        assert!(
            logs.len() == 1 && logs[0].contains(" out out ***\n") && logs[0].contains(" out ***\n"),
            "{logs:?}"
        );
    }
}

#[test]
fn a_secret_is_not_shown_on_a_terminal_either() {
    let has_script = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if !has_script.is_ok_and(|status| status.success()) {
        eprintln!("NOT TESTED: `script`, which gives a terminal, is not installed");
        return;
    }
    let project = leaking();
    let binary = env!("CARGO_BIN_EXE_standpipe");
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command", &format!("{binary} run plan.json"), "/dev/null"])
        .current_dir(project.path())
        .env_remove("CI")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .env("MY_TOKEN", SECRET)
        .stdin(Stdio::null());
    let shown = outcome(&mut command).exits(1).stdout;
    assert!(shown.contains("err ***") && shown.contains("tried again"), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains("battery"), "{shown}");
}

#[test]
fn missing_secrets_are_said_one_by_one_before_anything_starts() {
    let secrets = [
        secret("first", json!({ "env": "NOT_SET_HERE" })),
        secret("second", json!({ "dotenv": "KEY" })),
        secret("third", Value::Null),
        secret("unused", json!({ "env": "NOT_SET_EITHER" })),
    ];
    let env = json!({ "env": { "A": { "secret": "first" }, "B": { "secret": "second" }, "C": { "secret": "third" } } });
    let project = project(
        &secrets,
        &[stage("s", &[], json!({}))],
        &[action("s.a", "touch started", env), action("s.free", "echo free", json!({}))],
    );
    let run = run(&project, &[])
        .exits(1)
        .says("[P0834] the secret `first` is not there: the environment has no variable `NOT_SET_HERE`")
        .says("[P0834] the secret `second` is not there: the file ")
        .says("[P0835] the secret `third` has no `local`")
        .says("secret third { local: env(\"THIRD\") }");
    assert_eq!(run.stderr.matches("Error: ").count(), 3, "{}", run.stderr);
    assert!(!run.stderr.contains("unused"), "{}", run.stderr);
    assert!(!project.path().join(".standpipe").exists());
    self::run(&project, &["--dry-run"]).exits(0);
    self::run(&project, &["--only", "s.free"]).exits(0).says("free");
}

#[test]
fn a_dotenv_file_that_git_does_not_ignore_is_warned_of() {
    let env = json!({ "env": { "T": { "secret": "token" } } });
    let project = project(
        &[secret("token", json!({ "dotenv": "KEY" }))],
        &[stage("s", &[], json!({}))],
        &[action("s.a", "test \"$T\" = 'a b'", env)],
    );
    project.write(".env", "# comment\nexport KEY='a b'\n");
    let warning = "git does not ignore";
    assert!(!run(&project, &[]).exits(0).stderr.contains(warning), "there is no repository");
    project.git(&["init", "-q"]);
    run(&project, &[]).exits(0).says(warning);
    project.write(".gitignore", ".env\n");
    assert!(!run(&project, &[]).exits(0).stderr.contains(warning));
    project.git(&["add", "-f", ".env"]);
    run(&project, &[]).exits(0).says(warning);
    project.write(".env", "KEY=x1\n");
    run(&project, &[]).exits(1).says("`token` cannot be hidden in output");
}

#[test]
fn an_interrupt_ends_the_command_of_a_secret() {
    let command = "echo started >started; sleep 985";
    let env = json!({ "env": { "T": { "secret": "token" } } });
    let project = project(
        &[secret("token", json!({ "command": command }))],
        &[stage("s", &[], json!({}))],
        &[action("s.a", ":", env)],
    );
    let mut child = project.command(&["run", "plan.json"]);
    let child = child.stderr(Stdio::piped()).spawn().expect("the binary starts");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !project.path().join("started").exists() {
        assert!(Instant::now() < deadline, "the command never started");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    let ended: Outcome = child.wait_with_output().expect("the binary ends").into();
    ended.exits(130).says("interrupted before anything was started");
    let left = Command::new("pgrep").args(["-f", "^sleep 985$"]).output().expect("pgrep runs");
    assert_eq!(left.stdout, b"", "the command is an orphan");
    assert!(!project.path().join(".standpipe").exists());
}

/// `build` makes a tag; `prod` is for `env == "prod"`, in a window and while an alarm is quiet; `after` follows.
fn guarded(cron: &str) -> Project {
    let is_prod =
        json!({ "check": { "value": [{ "variable": "env" }], "operator": "equal", "operand": "prod" } });
    let gates = json!([
        gate("window", "entry", "aws.deployment_window", "fail", json!({ "cron": { "text": cron } })),
        gate("quiet", "success", "aws.alarm", "rollback", json!({ "alarm_name": { "text": "errors" } })),
    ]);
    let tag = json!([{ "action": "build.it", "output": "TAG" }]);
    let released = json!({ "check": { "value": tag, "operator": "matches", "operand": "^v[0-9]+$" } });
    let stages = [
        stage("build", &[], json!({})),
        stage("prod", &["build"], json!({ "when": is_prod, "gates": gates })),
        stage("after", &["prod"], json!({})),
    ];
    project(
        &[],
        &stages,
        &[
            action(
                "build.it",
                "export TAG=\"v$N\"",
                json!({ "variables": ["TAG"], "env": { "N": { "text": [{ "variable": "env" }] } } }),
            ),
            action("prod.ship", "echo shipped", json!({})),
            action("after.note", "echo noted", json!({ "needs": ["build.it"], "when": released })),
        ],
    )
}

const ALWAYS: &str = "* * * ? * *";
const NEVER: &str = "* * * ? * * 1970";

#[test]
fn conditions_skip_and_say_why() {
    let run = run(&guarded(ALWAYS), &[])
        .exits(0)
        .says("stage prod skipped: `env` is `dev`, not `prod`")
        .says("after.note skipped: its condition is not met: `build.it.TAG` (`vdev`) does not match `^v[0-9]+$`")
        .says("prod skipped: `env` is `dev`, not `prod`");
    let reasons = run.stderr.matches("`env` is `dev`, not `prod`").count();
    assert_eq!(
        reasons, 2,
        "once when it happens, once in the summary, whatever the stage holds:\n{}",
        run.stderr
    );
    assert!(!run.stderr.contains("shipped") && !run.stderr.contains("gate "), "{}", run.stderr);
}

#[test]
fn gates_are_decided_and_shown() {
    let project = guarded(ALWAYS);
    let prod = ["--var", "env=prod"];
    run(&project, &prod)
        .exits(0)
        .says("gate prod.window passed (0.0s): it is ")
        .says(" in UTC, inside the window `* * * ? * *`")
        .says("gate prod.quiet simulated")
        .says("gate quiet   simulated    0.0s  on success: a local run does not look at alarms");
    run(&project, &["--var", "env=prod", "--alarm", "errors=ok"]).exits(0).says("`--alarm errors=ok`");
    run(&project, &["--var", "env=prod", "--alarm", "errors=alarm"])
        .exits(1)
        .says("failed [P0838]: gate prod.quiet: `--alarm errors=alarm`, a state in which it does not pass")
        .says("(an engine would roll back)")
        .says("stage after not started: stage `prod` failed");
    let project = guarded(NEVER);
    let refused = run(&project, &prod).exits(1).says("outside the window");
    assert!(!refused.stderr.contains("shipped"), "{}", refused.stderr);
    run(&project, &["--var", "env=prod", "--simulate", "prod.window=pass"]).exits(0).says("shipped");
    let quiet = run(&project, &["--var", "env=prod", "--quiet"]).exits(1);
    assert!(quiet.stderr.starts_with("failed [P0838]: gate prod.window: it is "), "{}", quiet.stderr);
}

#[test]
fn what_is_said_of_gates_must_be_about_some() {
    let project = guarded(ALWAYS);
    run(&project, &["--simulate", "prod.windwo=pass"])
        .exits(2)
        .says("[P0721]")
        .says("did you mean `prod.window`?");
    run(&project, &["--alarm", "error=ok"]).exits(2).says("[P0722]").says("did you mean `errors`?");
    run(&project, &["--simulate", "prod.window=maybe"]).exits(2).says("stage.gate=fail");
    run(&project, &["--alarm", "errors=red"]).exits(2).says("insufficient_data");
    assert!(!project.path().join(".standpipe").exists());
    // Not only what the validation of plans sees.
    run(&guarded("* * 30 ? * *"), &[]).exits(1).says("[P0723]").says("`30` for its hours");
}

#[test]
fn a_dry_run_lists_gates_and_conditions() {
    let project = guarded(NEVER);
    let run = run(&project, &["--dry-run", "--var", "env=prod"]).exits(0);
    let rows: Vec<String> =
        run.stderr.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for row in [
        "gate window planned on entry: `aws.deployment_window`, else fail",
        "gate quiet simulated on success: `aws.alarm`, else rollback",
        "note would run when `build.it.TAG` matches `^v[0-9]+$`",
    ] {
        assert!(rows.iter().any(|line| line == row), "`{row}` is not in:\n{}", run.stderr);
    }
    self::run(&project, &["--dry-run"]).exits(0).says("prod skipped: `env` is `dev`, not `prod`");
    assert!(!project.path().join(".standpipe").exists());
}

#[test]
fn plans_elsewhere_work_on_their_own_folder() {
    let env = json!({ "env": { "T": { "secret": "token" } } });
    let project = project(
        &[secret("token", json!({ "dotenv": "KEY" }))],
        &[stage("s", &[], json!({}))],
        &[action("s.a", "test \"$T\" = beside", env)],
    );
    project.write(".env", "KEY=beside");
    let elsewhere = Project::new();
    let plan = project.path().join("plan.json");
    elsewhere.standpipe(&["run", text(&plan)]).exits(0);
}
