//! Tests of whole runs with real shells and repositories, and of the order with a scripted executor.

mod artifacts;
mod conditions;
mod gates;
mod inputs;
mod order;
mod scripts;
mod secrets;
mod sources;
mod state_folder;
mod stopping;

use std::path::{Path, PathBuf};

use compiler::plan::Plan;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::{Error, Failure, Options, Output, Status, Summary};

/// A plan from short forms: `{ "id": "stage.action", "script": "…", "env": { "K": "v" }, "uses": ["stage.action"] }`.
/// Stages follow each other as they first occur; `stages` adds to them.
fn plan_with(stages: &Value, actions: &[Value]) -> Plan {
    let source = json!({ "file": "test.pipe", "line": 1 });
    let mut all_stages: Vec<Value> = Vec::new();
    let mut all_actions = Vec::new();
    for short in actions {
        let mut action = short.as_object().unwrap().clone();
        let id = action["id"].as_str().unwrap().to_owned();
        let stage = id.split('.').next().unwrap().to_owned();
        if !all_stages.iter().any(|s| s["id"] == json!(stage)) {
            let needs: Vec<_> = all_stages.last().map(|s| s["id"].clone()).into_iter().collect();
            let mut whole = json!({ "id": stage, "name": stage, "needs": needs, "source": source });
            if let Some(more) = stages.get(&stage).and_then(Value::as_object) {
                whole.as_object_mut().unwrap().extend(more.clone());
            }
            all_stages.push(whole);
        }
        let mut config = Map::new();
        if let Some(Value::Object(more)) = action.remove("config") {
            config.extend(more);
        }
        for field in ["script", "shell", "image", "message", "repository"] {
            if let Some(text) = action.remove(field) {
                config.insert(field.to_owned(), json!({ "text": text }));
            }
        }
        if let Some(Value::Object(env)) = action.remove("env") {
            // A record is a whole value, such as a secret; all else is a text.
            let value = |v: Value| if v.is_object() { v } else { json!({ "text": v }) };
            let env: Map<_, _> = env.into_iter().map(|(k, v)| (k, value(v))).collect();
            action.insert("env".to_owned(), Value::Object(env));
        }
        if let Some(Value::Array(uses)) = action.remove("uses") {
            let input = |artifact: &Value| {
                let text = artifact.as_str().unwrap();
                let (producer, output) = text.split_once('/').map_or((text, None), |(a, o)| (a, Some(o)));
                let name = output.unwrap_or_else(|| producer.split('.').next_back().unwrap()).to_uppercase();
                json!({ "name": name, "artifact": { "action": producer, "output": output } })
            };
            action.insert("inputs".to_owned(), uses.iter().map(input).collect());
        }
        let name = id.split('.').next_back().unwrap();
        action.entry("name").or_insert(json!(name));
        action.entry("callee").or_insert(json!("run"));
        action.insert("stage".to_owned(), json!(stage));
        action.insert("config".to_owned(), Value::Object(config));
        action.insert("source".to_owned(), source.clone());
        all_actions.push(Value::Object(action));
    }
    let whole = json!({
        "format": "standpipe.plan/1", "pipeline": { "name": "test", "source": source },
        "stages": all_stages, "actions": all_actions,
    });
    serde_json::from_value(whole).unwrap()
}

fn plan(actions: &[Value]) -> Plan {
    plan_with(&json!({}), actions)
}

/// A reference to a variable of an action, as part of a text.
fn output_of(action: &str, variable: &str) -> Value {
    json!([{ "action": action, "output": variable }])
}

/// A folder to run in.
struct Project {
    folder: TempDir,
    options: Options,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = Output { quiet: true, ..Output::default() };
        let options = Options { jobs: 4, output, ..Options::new(folder.path()) };
        Self { folder, options }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn try_run(&self, plan: &Plan) -> Result<Summary, Error> {
        crate::run(plan, &self.options)
    }

    fn run(&self, plan: &Plan) -> Summary {
        self.try_run(plan).unwrap()
    }

    fn history(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path(".standpipe/state.db")).unwrap()
    }
}

/// Every action's status as one word, in the order of the plan.
fn words(summary: &Summary) -> Vec<&'static str> {
    summary.actions.iter().map(|action| action.status.word()).collect()
}

fn failure_of<'a>(summary: &'a Summary, id: &str) -> &'a Failure {
    match &summary.action(id).unwrap().status {
        Status::Failed(failure) => failure,
        other => panic!("`{id}` has not failed: {other:?}"),
    }
}

/// A gate in short: the name in its stage, its point, its rule, what else happens, and its fields, which are texts.
fn gate(id: &str, on: &str, rule: &str, otherwise: &str, config: &Value) -> Value {
    let fields = config.as_object().unwrap().iter();
    let config: Map<_, _> = fields
        .map(|(name, value)| {
            (name.clone(), if value.is_object() { value.clone() } else { json!({ "text": value }) })
        })
        .collect();
    let source = json!({ "file": "test.pipe", "line": 1 });
    json!({ "id": id, "name": id, "on": on, "rule": rule, "config": config, "otherwise": otherwise, "source": source })
}

/// A condition on a variable of the run.
fn check(value: &Value, operator: &str, operand: &str) -> Value {
    json!({ "check": { "value": value, "operator": operator, "operand": operand } })
}

fn skip_of<'a>(summary: &'a Summary, id: &str) -> &'a str {
    match &summary.action(id).unwrap().status {
        Status::Skipped(skip) => &skip.reason,
        other => panic!("`{id}` was not skipped: {other:?}"),
    }
}

/// All that succeeded, or the failures as text.
fn assert_succeeded(summary: &Summary) {
    let failed: Vec<_> = summary.actions.iter().filter(|a| matches!(a.status, Status::Failed(_))).collect();
    assert!(summary.succeeded(), "{failed:#?}");
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
