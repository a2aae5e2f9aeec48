//! Reading a plan back. A plan on disk is untrusted input: its form, references, order and limits are all checked.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::{Action, Comparison, Condition, GatePoint, Input, Local, Plan};
use crate::value::{ArtifactRef, Reference, Text, Value, is_inside};

/// The largest plan that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// The most actions that a plan may have.
const MAX_ACTIONS: usize = 100_000;
/// How deep conditions may nest; `serde_json` itself stops at 128.
const MAX_DEPTH: usize = 128;

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// What is wrong with it, as sentences without a full stop.
    pub fn from_json(json: &str) -> Result<Self, Vec<String>> {
        if json.len() > MAX_BYTES {
            return Err(vec![format!("the plan is larger than {} MiB", MAX_BYTES >> 20)]);
        }
        let plan: Self = serde_json::from_str(json).map_err(|error| vec![error.to_string()])?;
        let problems = plan.problems();
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    /// The plan as `compile` writes it: the same bytes for the same plan.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A plan holds nothing that JSON cannot.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The JSON schema of plans.
    #[must_use]
    pub fn schema() -> String {
        let schema = schemars::schema_for!(Self);
        let mut json = serde_json::to_string_pretty(&schema).unwrap_or_default();
        json.push('\n');
        json
    }

    /// What is wrong with a plan, whatever wrote it. `compile` writes none that has problems.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut check = Validation::new(self);
        check.stages();
        check.actions();
        check.conditions();
        check.triggers();
        check.problems
    }
}

struct Validation<'p> {
    plan: &'p Plan,
    stages: HashMap<&'p str, usize>,
    actions: HashMap<&'p str, usize>,
    variables: HashSet<&'p str>,
    secrets: HashSet<&'p str>,
    problems: Vec<String>,
}

impl<'p> Validation<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            stages: plan.stages.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect(),
            actions: plan.actions.iter().enumerate().map(|(i, a)| (a.id.as_str(), i)).collect(),
            variables: plan.variables.iter().map(|v| v.id.as_str()).collect(),
            secrets: plan.secrets.iter().map(|s| s.id.as_str()).collect(),
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    fn stages(&mut self) {
        if self.stages.len() != self.plan.stages.len() {
            self.problem("two stages have the same id");
        }
        for (at, stage) in self.plan.stages.iter().enumerate() {
            if !is_id(&stage.id) {
                self.problem(format!("`{}` cannot be the id of a stage", stage.id));
            }
            for need in &stage.needs {
                match self.stages.get(need.as_str()) {
                    None => self.problem(format!(
                        "stage `{}` needs the stage `{need}`, which does not exist",
                        stage.id
                    )),
                    Some(other) if *other >= at => {
                        self.problem(format!(
                            "stage `{}` stands before the stage `{need}` that it needs",
                            stage.id
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn actions(&mut self) {
        if self.plan.actions.len() > MAX_ACTIONS {
            self.problem(format!("the plan has more than {MAX_ACTIONS} actions"));
        }
        if self.actions.len() != self.plan.actions.len() {
            self.problem("two actions have the same id");
        }
        for (at, action) in self.plan.actions.iter().enumerate() {
            self.action(at, action);
        }
    }

    fn action(&mut self, at: usize, action: &'p Action) {
        let id = &action.id;
        if !is_id(id) || !id.strip_prefix(action.stage.as_str()).is_some_and(|rest| rest.starts_with('.')) {
            self.problem(format!("`{id}` cannot be the id of an action of stage `{}`", action.stage));
        }
        if !self.stages.contains_key(action.stage.as_str()) {
            self.problem(format!("action `{id}` is of the stage `{}`, which does not exist", action.stage));
        }
        for need in &action.needs {
            self.earlier(at, id, need);
        }
        for Input { artifact, .. } in &action.inputs {
            self.artifact(at, id, artifact);
        }
        for output in &action.outputs {
            for glob in &output.files {
                if !is_inside(glob) {
                    self.problem(format!("the glob `{glob}` of `{id}` leads outside its folder"));
                }
            }
        }
        let local_env = match &action.local {
            Some(Local::Script { env, .. }) => Some(env),
            _ => None,
        };
        for env in [Some(&action.env), local_env].into_iter().flatten() {
            self.env(at, id, env);
        }
        if let Some(when) = &action.when {
            self.condition(at, id, when, 0);
        }
        for value in action.config.values() {
            self.value(at, id, value);
        }
    }

    fn env(&mut self, at: usize, id: &str, env: &'p IndexMap<String, Value>) {
        for (name, value) in env {
            if !matches!(value, Value::Text(_) | Value::Secret(_)) {
                self.problem(format!("the environment variable `{name}` of `{id}` is not a text"));
            }
            self.value(at, id, value);
        }
    }

    /// Conditions and gates of stages. What they read must be done before: an earlier stage, or for gates of the exit
    /// the stage itself.
    fn conditions(&mut self) {
        // How many actions are done before each stage: those of the stages before it, which come first in the plan.
        let mut counts = vec![0; self.plan.stages.len() + 1];
        for action in &self.plan.actions {
            if let Some(stage) = self.stages.get(action.stage.as_str()) {
                counts[stage + 1] += 1;
            }
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        for (at, stage) in self.plan.stages.iter().enumerate() {
            let (entry, exit) = (counts[at], counts[at + 1]);
            if let Some(when) = &stage.when {
                self.condition(entry, &stage.id, when, 0);
            }
            let mut ids = HashSet::new();
            for gate in &stage.gates {
                let id = format!("{}.{}", stage.id, gate.id);
                if !is_id(&gate.id) || !ids.insert(gate.id.as_str()) {
                    self.problem(format!("`{id}` cannot be the id of a gate"));
                }
                let before = if gate.on == GatePoint::Entry { entry } else { exit };
                for Input { artifact, .. } in &gate.inputs {
                    self.artifact(before, &id, artifact);
                }
                for value in gate.config.values() {
                    self.value(before, &id, value);
                }
                self.env(before, &id, &gate.env);
            }
        }
    }

    fn condition(&mut self, at: usize, id: &str, condition: &'p Condition, depth: usize) {
        if depth > MAX_DEPTH {
            self.problem(format!("a condition of `{id}` nests too deeply"));
            return;
        }
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.condition(at, id, part, depth + 1));
            }
            Condition::Not(inner) => self.condition(at, id, inner, depth + 1),
            Condition::Check { value, operator, operand } => {
                self.text(at, id, value);
                self.text(at, id, operand);
                if *operator == Comparison::Matches
                    && operand.as_constant().is_some_and(|pattern| regex::Regex::new(pattern).is_err())
                {
                    self.problem(format!("a condition of `{id}` matches what is no regular expression"));
                }
            }
            Condition::OneOf { value, texts } => {
                self.text(at, id, value);
                texts.iter().for_each(|text| self.text(at, id, text));
            }
        }
    }

    fn earlier(&mut self, at: usize, id: &str, other: &str) {
        match self.actions.get(other) {
            None => self.problem(format!("action `{id}` needs `{other}`, which does not exist")),
            Some(position) if *position >= at => {
                self.problem(format!("action `{id}` stands before `{other}`, which it needs"));
            }
            Some(_) => {}
        }
    }

    fn artifact(&mut self, at: usize, id: &str, artifact: &ArtifactRef) {
        self.earlier(at, id, &artifact.action);
        if let Some(producer) = self.actions.get(artifact.action.as_str())
            && self.plan.actions[*producer].outputs.iter().all(|o| o.id != artifact.output)
        {
            let output = artifact.output.as_deref().unwrap_or("a nameless one");
            self.problem(format!(
                "action `{id}` reads the artifact {output} of `{}`, which makes none",
                artifact.action
            ));
        }
    }

    fn value(&mut self, at: usize, id: &str, value: &Value) {
        match value {
            Value::Text(text) => self.text(at, id, text),
            Value::List(items) => items.iter().for_each(|item| self.value(at, id, item)),
            Value::Record(fields) => fields.values().for_each(|value| self.value(at, id, value)),
            Value::Artifact(artifact) => self.artifact(at, id, artifact),
            Value::File(file) => {
                self.artifact(at, id, &file.artifact);
                if !is_inside(&file.path) {
                    self.problem(format!("the path `{}` of `{id}` leads outside its artifact", file.path));
                }
            }
            Value::Secret(secret) if !self.secrets.contains(secret.as_str()) => {
                self.problem(format!("`{id}` uses the secret `{secret}`, which does not exist"));
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Secret(_) => {}
        }
    }

    fn text(&mut self, at: usize, id: &str, text: &Text) {
        for reference in text.references() {
            match reference {
                Reference::Variable { variable } if !self.variables.contains(variable.as_str()) => {
                    self.problem(format!(
                        "action `{id}` uses the variable `{variable}`, which does not exist"
                    ));
                }
                Reference::Output { action, .. } => self.earlier(at, id, action),
                Reference::Variable { .. } | Reference::Execution { .. } | Reference::Deploy { .. } => {}
            }
        }
    }

    fn triggers(&mut self) {
        for trigger in &self.plan.triggers {
            if let Some(action) = trigger.action()
                && !self.actions.contains_key(action)
            {
                self.problem(format!("a trigger watches `{action}`, which does not exist"));
            }
        }
    }
}

/// Ids become file names of logs and workspaces.
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 255
        && id != "."
        && id != ".."
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
}
