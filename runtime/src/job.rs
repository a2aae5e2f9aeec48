//! What an executor is given: the action, and everything that it refers to with the values of this run.
//! Unaware of where the values came from.

use std::collections::HashMap;
use std::sync::Arc;

use compiler::plan::{Action, Gate, Plan};
use compiler::value::{ArtifactRef, Reference, Text, Value};
use indexmap::IndexMap;

use crate::codes;
use crate::condition::Missing;
use crate::error::Failure;
use crate::graph::{ActionIndex, Graph, Task, Use, uses};
use crate::secret::Secrets;
use crate::state::RunState;
use crate::store::TreeId;

/// One attempt's work.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) plan: Arc<Plan>,
    graph: Arc<Graph>,
    pub(crate) task: Task,
    /// From 1; counts on when the stage is tried once more.
    pub(crate) attempt: u32,
    references: HashMap<Reference, Result<String, Missing>>,
    artifacts: HashMap<ArtifactRef, Result<TreeId, Missing>>,
    secrets: Secrets,
}

impl Job {
    /// Collects what an action or a gate refers to, and for what does not exist why it does not.
    pub(crate) fn new(state: &RunState, task: Task) -> Self {
        let attempt = match task {
            Task::Action(index) => state.actions[index.0].attempts + 1,
            Task::Gate(_) => 1,
        };
        let mut job = Self {
            plan: Arc::clone(&state.plan),
            graph: Arc::clone(&state.graph),
            task,
            attempt,
            references: HashMap::new(),
            artifacts: HashMap::new(),
            secrets: state.facts.secrets.clone(),
        };
        let (mut references, mut artifacts) = (HashMap::new(), HashMap::new());
        for used in uses(job.action()) {
            match used {
                Use::Artifact(artifact) => {
                    artifacts.insert(artifact.clone(), state.artifact(artifact));
                }
                Use::Reference(reference) => {
                    references.insert(reference.clone(), state.value(reference));
                }
            }
        }
        (job.references, job.artifacts) = (references, artifacts);
        job
    }

    /// The action, or the gate as one.
    pub(crate) fn action(&self) -> &Action {
        match self.task {
            Task::Action(index) => &self.plan.actions[index.0],
            Task::Gate(gate) => &self.graph.gates[gate.0].work,
        }
    }

    /// The action's place in the plan; gates have none.
    pub(crate) fn index(&self) -> Option<ActionIndex> {
        match self.task {
            Task::Action(index) => Some(index),
            Task::Gate(_) => None,
        }
    }

    /// The gate and its id, when it is one.
    pub(crate) fn gate(&self) -> Option<(&Gate, &str)> {
        let Task::Gate(gate) = self.task else { return None };
        let node = &self.graph.gates[gate.0];
        Some((&self.plan.stages[node.stage.0].gates[node.place], &node.id))
    }

    /// What its events and its lines are about.
    pub(crate) fn title(&self) -> String {
        match self.task {
            Task::Action(index) => self.plan.actions[index.0].id.clone(),
            Task::Gate(gate) => self.graph.gates[gate.0].title(),
        }
    }

    /// The artifact, if this run made it.
    pub(crate) fn artifact(&self, artifact: &ArtifactRef) -> Option<TreeId> {
        self.artifacts.get(artifact).and_then(|found| found.as_ref().ok()).copied()
    }

    /// Why the first thing that only a cloud could have made is not there, if there is one.
    pub(crate) fn cloud_gap(&self) -> Option<String> {
        let why = |used: Use<'_>| {
            let missing = match used {
                Use::Artifact(artifact) => self.artifacts.get(artifact)?.as_ref().err()?,
                Use::Reference(reference) => self.references.get(reference)?.as_ref().err()?,
            };
            missing.is_cloud.then(|| missing.why.clone())
        };
        uses(self.action()).into_iter().find_map(why)
    }

    /// A field that is a text or absent.
    pub(crate) fn text(&self, field: &str) -> Result<Option<String>, Failure> {
        match self.action().config.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => self.value(field, value).map(Some),
        }
    }

    /// Joins a text with the values of this run.
    fn render(&self, text: &Text) -> Result<String, Failure> {
        self.try_render(text).map_err(|(reference, missing)| match reference {
            Reference::Deploy { cloudformation } => {
                let message = format!("it needs `{cloudformation}`, which only CloudFormation knows");
                Failure::new(codes::DEPLOY_TIME, message)
                    .help("give the action a `local` script that does without it")
                    .lasting()
            }
            _ => Failure::new(codes::UNKNOWN_VALUE, missing.why).lasting(),
        })
    }

    /// The same; says which value is missing and why.
    pub(crate) fn try_render(&self, text: &Text) -> Result<String, (Reference, Missing)> {
        text.render(|reference| match self.references.get(reference) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(missing)) => Err((reference.clone(), missing.clone())),
            None => {
                let why =
                    format!("`{}` has no value in this run", crate::condition::reference_name(reference));
                Err((reference.clone(), Missing { why, is_cloud: false }))
            }
        })
    }

    /// A value as text.
    pub(crate) fn value(&self, name: &str, value: &Value) -> Result<String, Failure> {
        match value {
            Value::Text(text) => self.render(text),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Int(value) => Ok(value.to_string()),
            Value::Duration(seconds) => Ok(seconds.to_string()),
            Value::Null => Ok(String::new()),
            Value::List(_) | Value::Record(_) | Value::Artifact(_) | Value::File(_) | Value::Secret(_) => {
                Err(Failure::new(codes::BAD_PLAN, format!("`{name}` must be a text")).lasting())
            }
        }
    }

    /// An environment as text, in the order written.
    pub(crate) fn env(&self, env: &IndexMap<String, Value>) -> Result<Vec<(String, String)>, Failure> {
        env.iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Secret(id) => self.secret(id)?,
                    value => self.value(name, value)?,
                };
                if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                    let message = format!("`{}` cannot be an environment variable", name.escape_debug());
                    return Err(Failure::new(codes::BAD_ENV_NAME, message).lasting());
                }
                Ok((name.clone(), value))
            })
            .collect()
    }

    fn secret(&self, id: &str) -> Result<String, Failure> {
        let value = self.secrets.get(id).map(str::to_owned);
        value.ok_or_else(|| {
            Failure::new(codes::UNKNOWN_VALUE, format!("the secret `{id}` has no value in this run"))
                .lasting()
        })
    }
}
