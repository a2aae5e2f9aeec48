//! Secrets: where they are found, and that nothing shows them.

use std::path::Path;

use compiler::plan::Plan;
use serde_json::{Value, json};

use super::{Project, assert_succeeded, check, failure_of, gate, output_of, plan_with};
use crate::{Error, codes};

/// Found nowhere but in tests.
const SECRET: &str = "correct-horse-battery";

/// A plan with these secrets: `(id, local)`.
fn plan(secrets: &[(&str, Value)], stages: &Value, actions: &[Value]) -> Plan {
    let mut plan = plan_with(stages, actions);
    let source = json!({ "file": "test.pipe", "line": 1 });
    let secret = |(id, local): &(&str, Value)| json!({ "id": id, "local": local, "source": source });
    plan.secrets = serde_json::from_value(secrets.iter().map(secret).collect()).unwrap();
    plan
}

/// A secret that a command prints: tests run side by side, and must not change the environment.
fn printed(text: &str) -> Value {
    json!({ "command": format!("printf '%s\\n' '{text}'") })
}

fn using(id: &str, secret: &str, script: &str) -> Value {
    json!({ "id": id, "script": script, "env": { "TOKEN": { "secret": secret } } })
}

/// Every file below a folder that holds the text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn problems(error: &Error) -> Vec<(&'static str, String, String)> {
    let all = error.problems().iter();
    all.map(|p| (p.code, p.message.clone(), p.help.clone().unwrap_or_default())).collect()
}

#[test]
fn a_script_gets_the_value_and_nothing_on_disk_does() {
    let mut project = Project::new();
    project.options.keep = true;
    let out = tempfile::tempdir().unwrap();
    let script = format!(
        "printf %s \"$TOKEN\" >'{}'\necho \"out $TOKEN.\"; echo \"err $TOKEN\" >&2\n\
         printf '%s' correct-; sleep 0.3; printf '%s\\n' horse-battery\n\
         printf %s \"$TOKEN\" | base64\nexport V=\"v-$TOKEN\"\nfalse",
        out.path().join("got").display()
    );
    let mut action = using("s.a", "token", &script);
    action["variables"] = json!(["V"]);
    action["retry"] = json!(1);
    let plan = plan(&[("token", printed(SECRET))], &json!({}), &[action]);
    let summary = project.run(&plan);
    assert_eq!(std::fs::read_to_string(out.path().join("got")).unwrap(), SECRET);
    let tail = failure_of(&summary, "s.a").tail.join("\n");
    assert!(tail.contains("out ***.") && tail.contains("err ***") && tail.contains("\n***\n"), "{tail}");
    let state = project.path(".standpipe");
    // The plan in the history names the command of this test, which holds the secret itself.
    let shown: Vec<_> =
        holding(&state, SECRET).into_iter().filter(|path| !path.contains("state.db")).collect();
    assert!(shown.is_empty(), "{shown:?}");
    assert!(holding(&state, "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5").is_empty());
    assert!(!format!("{summary:?}").contains(SECRET));
}

#[test]
fn exported_variables_stay_as_they_are_but_are_recorded_masked() {
    let project = Project::new();
    let file = project.write("printed", SECRET);
    let local = json!({ "command": format!("cat '{}'", file.display()) });
    let mut make = using("s.make", "token", "echo \"made $TOKEN\"; export V=\"v-$TOKEN\"");
    make["variables"] = json!(["V"]);
    let v = output_of("s.make", "V");
    let uses = json!({ "id": "s.use", "script": format!("test \"$V\" = 'v-'\"$(cat '{}')\"; echo \"$V\"", file.display()), "env": { "V": v } });
    let not = json!({ "id": "t.not", "script": ":", "when": check(&v, "equal", "x") });
    let ok = json!({ "id": "t.ok", "callee": "approve", "config": { "message": { "text": v } } });
    let stages = json!({ "t": { "gates": [gate("g", "entry", "aws.variable_check", "fail", &json!({ "variable": v, "operator": "CONTAINS", "value": "v-" }))] } });
    let mut project = project;
    project.options.yes = true;
    let plan = plan(&[("token", local)], &stages, &[make, uses, not, ok]);
    let summary = project.run(&plan);
    assert_succeeded(&summary);
    assert_eq!(super::skip_of(&summary, "t.not"), "its condition is not met: `s.make.V` is `v-***`, not `x`");
    assert_eq!(
        summary.gate("s.g").or(summary.gate("t.g")).unwrap().reason,
        "`s.make.V` (`v-***`) contains `v-`"
    );
    assert_eq!(holding(&project.path(".standpipe"), SECRET), Vec::<String>::new());
    let value: String =
        project.history().query_row("select value from variables", [], |row| row.get(0)).unwrap();
    assert_eq!(value, "v-***");
}

#[test]
fn what_is_said_of_a_failure_quotes_no_secret() {
    let project = Project::new();
    let mut make = using("s.make", "token", "export V=\"image-$TOKEN\"");
    make["variables"] = json!(["V"]);
    let image = json!({ "id": "s.image", "script": ":", "image": output_of("s.make", "V") });
    let summary = project.run(&plan(&[("token", printed(SECRET))], &json!({}), &[make, image]));
    let message = &failure_of(&summary, "s.image").message;
    assert_eq!(message, "it asks for the image `image-***`, and local runs do not start containers yet");
}

#[test]
fn lines_of_a_secret_are_hidden_one_by_one() {
    let project = Project::new();
    let file = project.write("key", "-----BEGIN KEY-----\nfirst-line\nxy\n-----END KEY-----\n");
    let local = json!({ "command": format!("cat '{}'", file.display()) });
    let script = "printf '%s\\n' \"$TOKEN\"; echo first-line here; printf '%s\\n' '-----BEGIN KEY-----'; sleep 0.6; echo first-; false";
    let summary = project.run(&plan(&[("key", local)], &json!({}), &[using("s.a", "key", script)]));
    assert_eq!(failure_of(&summary, "s.a").tail, ["***", "*** here", "***", "first-"]);
}

#[test]
fn only_what_takes_part_is_looked_for_and_a_dry_run_looks_for_nothing() {
    let mut project = Project::new();
    let touch =
        |name: &str| json!({ "command": format!("touch '{}'; echo value", project.path(name).display()) });
    let secrets = [("a", touch("a")), ("b", touch("b")), ("c", touch("c")), ("d", touch("d"))];
    let mut cloud = using("s.cloud", "c", ":");
    cloud["callee"] = json!("aws.codebuild");
    let mut commands =
        gate("g", "entry", "aws.commands", "fail", &json!({ "commands": { "list": [{ "text": ":" }] } }));
    commands["env"] = json!({ "T": { "secret": "d" } });
    let plan = plan(
        &secrets,
        &json!({ "t": { "gates": [commands] } }),
        &[using("s.a", "a", ":"), using("s.b", "b", ":"), cloud, json!({ "id": "t.x", "script": ":" })],
    );
    let found = |project: &Project| ["a", "b", "c", "d"].map(|name| project.path(name).exists());
    project.options.dry_run = true;
    project.run(&plan);
    assert_eq!(found(&project), [false; 4]);
    project.options.dry_run = false;
    project.options.only = vec!["s.a".to_owned()];
    assert_succeeded(&project.run(&plan));
    assert_eq!(found(&project), [true, false, false, false]);
    project.options.only.clear();
    assert_succeeded(&project.run(&plan));
    assert_eq!(found(&project), [true, true, false, true]);
}

#[test]
fn every_secret_that_is_missing_is_an_error_of_its_own() {
    let project = Project::new();
    project.write(".env", "OTHER=1\n");
    let secrets = [
        ("a", json!({ "env": "STANDPIPE_TEST_UNSET" })),
        ("b", json!({ "dotenv": "TOKEN" })),
        ("c-d", Value::Null),
        ("e", json!({ "command": "echo hidden-output; echo hidden-error >&2; exit 3" })),
        ("f", json!({ "command": "true" })),
        ("g", json!({ "command": "printf 'a\\377'" })),
        ("h", printed("there")),
        ("i", json!({ "command": "head -c 200000 /dev/zero | tr '\\0' x" })),
    ];
    let actions: Vec<_> = secrets.iter().map(|(id, _)| using(&format!("s.{id}"), id, ":")).collect();
    let error = project.try_run(&plan(&secrets, &json!({}), &actions)).unwrap_err();
    assert_eq!(error.exit_code(), 1, "the declaration of one must be mended");
    assert!(!project.path(".standpipe").exists(), "nothing is started");
    let problems = problems(&error);
    let codes: Vec<_> = problems.iter().map(|(code, ..)| *code).collect();
    let (missing, command) = (codes::SECRET_MISSING, codes::SECRET_COMMAND);
    assert_eq!(
        codes,
        [missing, missing, codes::SECRET_WITHOUT_LOCAL, command, command, codes::SECRET_UNUSABLE, command]
    );
    let text = |at: usize| format!("{}; {}", problems[at].1, problems[at].2);
    assert!(
        text(0).contains("`a`") && text(0).contains("`STANDPIPE_TEST_UNSET`") && text(0).contains("export")
    );
    assert!(text(1).contains("`b`") && text(1).contains(".env` has no `TOKEN`"));
    assert!(text(2).contains("`c-d`") && text(2).contains("local: env(\"C_D\")"));
    assert!(text(3).contains("`e`") && text(3).contains("ended with status 3"));
    assert!(text(4).contains("printed nothing"));
    assert!(text(6).contains("prints more than 128 KiB"));
    assert!(problems.iter().all(|(_, message, _)| !message.contains("hidden-")), "{problems:?}");
}

#[test]
fn a_secret_that_is_not_there_is_the_environments_fault() {
    let project = Project::new();
    for local in [
        json!({ "command": "exit 1" }),
        json!({ "env": "STANDPIPE_TEST_UNSET" }),
        json!({ "dotenv": "TOKEN" }),
    ] {
        let actions = [using("s.a", "a", ":")];
        let error = project.try_run(&plan(&[("a", local)], &json!({}), &actions)).unwrap_err();
        assert_eq!(error.exit_code(), 3, "{error}");
    }
}

/// Paused time moves on by itself whenever everything waits, so that the minute is over at once.
#[tokio::test(start_paused = true)]
async fn a_command_that_takes_too_long_is_ended() {
    let project = Project::new();
    let pids = project.path("pids");
    let command = format!("sleep 1000 & echo $! >'{0}'; echo $$ >>'{0}'; wait", pids.display());
    let plan = plan(&[("a", json!({ "command": command }))], &json!({}), &[using("s.a", "a", ":")]);
    let (_sender, mut stop) = tokio::sync::watch::channel(crate::signal::Stop::No);
    let found = crate::secret::find(&plan, &["a"].into(), project.folder.path(), &mut stop).await;
    let problems = problems(&found.unwrap_err());
    assert!(problems[0].1.ends_with("its command took longer than 1m"), "{problems:?}");
    // It may have been ended before it wrote anything, and a killed process takes a moment to vanish.
    for pid in std::fs::read_to_string(&pids).unwrap_or_default().lines() {
        let is_alive = || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
            !state.is_empty() && !state.starts_with('Z')
        };
        let begun = std::time::Instant::now();
        while is_alive() {
            assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{pid} is left");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

#[test]
fn dotenv_is_read_beside_the_pipeline() {
    let project = Project::new();
    project.write(".env", "# mine\nexport TOKEN=\"with \\\"quotes\\\" and $x\" # why\n");
    let script = format!("printf %s \"$TOKEN\" >'{}'", project.path("out").display());
    let secrets = [("token", json!({ "dotenv": "TOKEN" }))];
    let plan = plan(&secrets, &json!({}), &[using("s.a", "token", &script)]);
    assert_succeeded(&project.run(&plan));
    assert_eq!(project.read("out"), "with \"quotes\" and $x");
    project.write(".env", "nonsense\n");
    let problems = problems(&project.try_run(&plan).unwrap_err());
    assert!(problems[0].1.contains("line 1 is not `KEY=value`"), "{problems:?}");
    std::fs::remove_file(project.path(".env")).unwrap();
    assert!(self::problems(&project.try_run(&plan).unwrap_err())[0].1.contains("does not exist"));
}

#[test]
fn commands_run_in_the_users_folder_with_the_users_environment() {
    let project = Project::new();
    let script = format!("printf %s \"$TOKEN\" >'{}'", project.path("out").display());
    let secrets = [("token", json!({ "command": "pwd; printf '%s\\r\\n' \"$PATH\"" }))];
    assert_succeeded(&project.run(&plan(&secrets, &json!({}), &[using("s.a", "token", &script)])));
    let wanted = format!(
        "{}\n{}",
        project.folder.path().canonicalize().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    assert_eq!(project.read("out"), wanted);
}

#[test]
fn a_secret_reaches_environments_only() {
    let project = Project::new();
    let mut action = using("s.a", "token", ":");
    action["config"] = json!({ "image": { "secret": "token" } });
    let summary = project.run(&plan(&[("token", printed(SECRET))], &json!({}), &[action]));
    assert_eq!(failure_of(&summary, "s.a").code, codes::BAD_PLAN);
}

#[test]
fn what_a_plan_writes_out_for_an_engine_is_not_kept() {
    let project = Project::new();
    let mut plan = plan(&[("token", printed("there"))], &json!({}), &[using("s.a", "token", ":")]);
    plan.secrets[0].aws = Some(compiler::plan::AwsSecret::Literal("written-out".to_owned()));
    assert_succeeded(&project.run(&plan));
    assert!(holding(&project.path(".standpipe"), "written-out").is_empty());
}
