//! What a run is asked for: wrong names and values, `--only`, `--dry-run`, approvals, and plans that mean harm.

use compiler::plan::Plan;
use serde_json::{Value, json};

use super::{Project, assert_succeeded, failure_of, output_of, plan, skip_of, words};
use crate::{StageStatus, codes};

fn simple(id: &str) -> Value {
    json!({ "id": id, "script": ":" })
}

fn refused(project: &Project, plan: &Plan) -> (&'static str, String) {
    let error = project.try_run(plan).unwrap_err();
    let of_plan = ["P0716", "P0717", "P0718", "P0719"].contains(&error.code());
    assert_eq!(error.exit_code(), if of_plan { 1 } else { 2 }, "{error}");
    assert!(!project.path(".standpipe").exists(), "a refused run must not touch the disk");
    (error.code(), format!("{error}; {}", error.help().unwrap_or_default()))
}

fn with_variables(variables: &Value) -> Plan {
    let script =
        json!({ "id": "s.a", "script": "test \"$V\" = debug", "env": { "V": [{ "variable": "level" }] } });
    let mut value = serde_json::to_value(plan(&[simple("s.x")])).unwrap();
    let mut action = plan_value(&script, variables);
    value["variables"] = variables.clone();
    value["actions"] = action["actions"].take();
    serde_json::from_value(value).unwrap()
}

fn plan_value(action: &Value, _: &Value) -> Value {
    serde_json::to_value(plan(std::slice::from_ref(action))).unwrap()
}

const NAMES: [&str; 10] = ["a.b", "a.c", "a.d", "a.e", "a.f", "a.g", "a.h", "a.i", "a.j", "a.k"];

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let plan = plan(&[simple("build.test"), simple("deploy.ship")]);
    let mut project = Project::new();
    project.options.only = vec!["build.tset".to_owned()];
    let (code, text) = refused(&project, &plan);
    assert_eq!(code, codes::UNKNOWN_ONLY);
    assert_eq!(text, "the plan has no action or stage `build.tset`; did you mean `build.test`?");
    project.options.only = vec!["zzz".to_owned()];
    let (_, text) = refused(&project, &self::plan(&NAMES.map(simple)));
    let shown = "`a.b`, `a.c`, `a.d`, `a.e`, `a.f`, `a.g`, `a.h`, `a.i` and 3 more";
    assert_eq!(text, format!("the plan has no action or stage `zzz`; it has {shown}"));
    let mut project = Project::new();
    project.options.variables.insert("lvl".to_owned(), "x".to_owned());
    assert_eq!(refused(&project, &plan).0, codes::UNKNOWN_VARIABLE);
    let mut project = Project::new();
    project.options.sources.insert("app".to_owned(), ".".into());
    assert_eq!(refused(&project, &plan).0, codes::UNKNOWN_SOURCE);
    let mut project = Project::new();
    project.options.jobs = 0;
    assert_eq!(refused(&project, &plan).0, codes::BAD_JOBS);
}

#[test]
fn variables_have_types() {
    let plan =
        with_variables(&json!([{ "id": "level", "name": "Level", "type": { "enum": ["info", "debug"] } }]));
    let mut project = Project::new();
    assert_eq!(refused(&project, &plan).0, codes::MISSING_VARIABLE);
    project.options.variables.insert("level".to_owned(), "loud".to_owned());
    let (code, text) = refused(&project, &plan);
    assert_eq!(code, codes::BAD_VARIABLE);
    assert!(text.contains("one of `info`, `debug`"));
    for name in ["level", "Level"] {
        project.options.variables = [(name.to_owned(), "debug".to_owned())].into_iter().collect();
        assert_succeeded(&project.run(&plan));
    }
    let int = with_variables(&json!([{ "id": "level", "name": "l", "type": "int", "default": "12x" }]));
    assert_eq!(refused(&Project::new(), &int).0, codes::BAD_VARIABLE);
}

#[test]
fn only_takes_all_of_a_family() {
    let mut project = Project::new();
    let ids = ["v.test-20", "v.test-22-musl", "v.tests", "v.other-1"];
    let plan = plan(&ids.map(simple));
    project.options.only = vec!["v.test".to_owned()];
    assert_eq!(words(&project.run(&plan)), ["ran", "ran", "skipped", "skipped"]);
    // A stage's name is no start of an id.
    project.options.only = vec!["v.".to_owned()];
    project.try_run(&plan).unwrap_err();
}

#[test]
fn a_dry_run_measures_nothing() {
    let mut project = Project::new();
    project.options.dry_run = true;
    let summary = project.run(&plan(&[simple("s.a")]));
    assert_eq!(summary.action("s.a").unwrap().duration, None);
}

#[test]
fn only_takes_what_is_used_along() {
    let mut project = Project::new();
    let make = json!({ "id": "a.make", "script": "echo 1 >f; export V=1", "outputs": [{ "name": "o", "files": ["f"] }], "variables": ["V"] });
    let uses = json!({ "id": "b.use", "script": "test -e f", "uses": ["a.make"] });
    let approval = json!({ "id": "b.ok", "callee": "approve" });
    let after = json!({ "id": "c.after", "script": "test \"$V\" = 1", "needs": ["b.use"], "env": { "V": output_of("a.make", "V") } });
    let plan = plan(&[make, uses, approval, simple("b.other"), after]);
    project.options.only = vec!["b.use".to_owned()];
    assert_eq!(words(&project.run(&plan)), ["ran", "ran", "skipped", "skipped", "skipped"]);
    project.options.only = vec!["c".to_owned()];
    let summary = project.run(&plan);
    assert_eq!(words(&summary), ["ran", "skipped", "skipped", "skipped", "ran"]);
    assert_eq!(skip_of(&summary, "b.use"), "`--only` leaves it out");
    assert!(summary.succeeded());
}

#[test]
fn a_dry_run_touches_nothing() {
    let mut project = Project::new();
    project.options.dry_run = true;
    let stack = json!({ "id": "b.stack", "callee": "aws.cloudformation", "variables": ["URL"] });
    let smoke = json!({ "id": "b.smoke", "script": ":", "env": { "U": output_of("b.stack", "URL") } });
    let approval = json!({ "id": "c.ok", "callee": "approve" });
    let summary = project.run(&plan(&[simple("a.x"), stack, smoke, approval]));
    assert_eq!(words(&summary), ["would run", "simulated", "skipped", "would run"]);
    assert!(summary.dry_run);
    assert_eq!(std::fs::read_dir(project.folder.path()).unwrap().count(), 0);
}

#[test]
fn approvals_need_a_person_or_a_yes() {
    let mut project = Project::new();
    let approval = json!({ "id": "a.ok", "callee": "approve", "config": { "message": { "text": ["run ", { "execution": "id" }] } } });
    let plan = plan(&[approval, simple("b.x")]);
    let summary = project.run(&plan);
    // Tests have no terminal, or should not be asked on it.
    if crate::executor::approval::has_terminal() {
        eprintln!("NOT TESTED: standard input is a terminal");
    } else {
        assert_eq!(failure_of(&summary, "a.ok").code, codes::NOBODY_TO_ASK);
        assert!(failure_of(&summary, "a.ok").help.as_ref().unwrap().contains("--yes"));
        assert_eq!(words(&summary), ["failed", "skipped"]);
    }
    project.options.yes = true;
    assert_succeeded(&project.run(&plan));
    let by: String =
        project.history().query_row("select decided_by from approvals", [], |row| row.get(0)).unwrap();
    assert_eq!(by, "--yes");
}

#[test]
fn an_unknown_value_fails_the_action_that_wants_it() {
    let project = Project::new();
    let make = json!({ "id": "s.make", "script": ":" });
    let uses = json!({ "id": "s.use", "script": ":", "env": { "V": output_of("s.make", "NOPE") } });
    let summary = project.run(&plan(&[make, uses]));
    assert_eq!(failure_of(&summary, "s.use").code, codes::UNKNOWN_VALUE);
    assert_eq!(failure_of(&summary, "s.use").message, "`s.make.NOPE` has no value in this run");
}

#[test]
fn plans_that_mean_harm_are_refused() {
    let make = json!({ "id": "s.make", "script": "echo 1 >f", "outputs": [{ "name": "o", "files": ["f"] }] });
    for glob in ["../../etc/**", "/etc/passwd", "a/../../b"] {
        let bad = json!({ "id": "s.a", "script": ":", "outputs": [{ "name": "o", "files": [glob] }] });
        assert_eq!(refused(&Project::new(), &plan(&[bad])).0, codes::ESCAPING_PATH, "{glob}");
    }
    for path in ["../x", "/etc/passwd", "a/../../../b", ""] {
        let file = json!({ "file": { "artifact": { "action": "s.make" }, "path": path } });
        let bad = json!({ "id": "s.a", "callee": "aws.ecs", "config": { "file": { "list": [file] } } });
        assert_eq!(refused(&Project::new(), &plan(&[make.clone(), bad])).0, codes::ESCAPING_PATH, "{path}");
    }
    for name in ["", "A=B", "A\0"] {
        let bad = json!({ "id": "s.a", "script": ":", "env": { name: "1" } });
        assert_eq!(refused(&Project::new(), &plan(&[bad])).0, codes::BAD_ENV_NAME, "{name:?}");
    }
    // An id is only a name: it cannot lead out of the folder of the run.
    let project = Project::new();
    let odd = json!({ "id": "s.../../../../odd", "script": "echo hello" });
    let summary = project.run(&plan(&[odd]));
    assert_succeeded(&summary);
    assert!(
        summary.actions[0]
            .log
            .as_ref()
            .unwrap()
            .starts_with(project.folder.path().canonicalize().unwrap().join(".standpipe/runs"))
    );
}

#[test]
fn an_engine_would_roll_back() {
    let project = Project::new();
    let stages = json!({ "a": { "on_failure": "rollback" } });
    let summary = project.run(&super::plan_with(&stages, &[json!({ "id": "a.x", "script": "false" })]));
    assert!(!summary.succeeded());
    assert!(summary.stages[0].rollback);
    assert_eq!(summary.stages[0].status, StageStatus::Failed);
}

#[test]
fn the_critical_path_is_what_decided() {
    let project = Project::new();
    let slow = json!({ "id": "a.slow", "script": "sleep 0.3" });
    let last = json!({ "id": "b.last", "script": "sleep 0.2" });
    let summary = project.run(&plan(&[simple("a.fast"), slow, simple("b.first"), last]));
    assert_eq!(summary.critical_path, ["a.slow", "b.last"]);
    assert!(summary.duration.as_millis() >= 500);
}

#[test]
fn the_critical_path_goes_through_what_was_skipped() {
    let project = Project::new();
    let never = super::check(&json!("x"), "equal", "y");
    let make = json!({ "id": "a.make", "script": "sleep 0.1" });
    let skipped = json!({ "id": "b.skipped", "script": ":" });
    let stages = json!({ "b": { "when": never } });
    let summary = project.run(&super::plan_with(&stages, &[make.clone(), skipped, simple("c.last")]));
    assert_eq!(words(&summary), ["ran", "skipped", "ran"]);
    assert_eq!(summary.critical_path, ["a.make", "c.last"]);
    let skipped = json!({ "id": "b.skipped", "script": ":", "when": never, "needs": ["a.make"] });
    let last = json!({ "id": "b.last", "script": ":", "needs": ["b.skipped"] });
    let summary = project.run(&plan(&[make, skipped, last]));
    assert_eq!(words(&summary), ["ran", "skipped", "ran"]);
    assert_eq!(summary.critical_path, ["a.make", "b.last"]);
}

#[test]
fn the_critical_path_goes_through_a_stage_without_actions() {
    let mut project = Project::new();
    let make = json!({ "id": "a.make", "script": "sleep 0.1" });
    let mut value = serde_json::to_value(plan(&[make, simple("b.other"), simple("c.last")])).unwrap();
    project.options.only = vec!["a".to_owned(), "c".to_owned()];
    let summary = project.run(&serde_json::from_value(value.clone()).unwrap());
    assert_eq!(summary.critical_path, ["a.make", "c.last"]);
    project.options.only.clear();
    value["actions"].as_array_mut().unwrap().remove(1);
    let summary = project.run(&serde_json::from_value(value).unwrap());
    assert_eq!(summary.critical_path, ["a.make", "c.last"]);
}
