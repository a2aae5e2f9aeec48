//! What an executor is given: the action, and everything that it refers to with the values of this run.
//! Unaware of where the values came from.

use std::collections::HashMap;
use std::sync::Arc;

use compiler::plan::{Action, Plan};
use compiler::value::{ArtifactRef, ExecutionFact, Reference, Text, Value};
use indexmap::IndexMap;

use crate::codes;
use crate::error::Failure;
use crate::graph::{ActionIndex, Use, uses};
use crate::state::RunState;
use crate::store::TreeId;

/// One attempt's work.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) plan: Arc<Plan>,
    pub(crate) index: ActionIndex,
    /// From 1; counts on when the stage is tried once more.
    pub(crate) attempt: u32,
    references: HashMap<Reference, String>,
    artifacts: HashMap<ArtifactRef, TreeId>,
}

impl Job {
    /// Collects what an action refers to. What does not exist, because its producer was only simulated, is left out.
    pub(crate) fn new(
        state: &RunState,
        index: ActionIndex,
        run: &str,
        variables: &HashMap<String, String>,
    ) -> Self {
        let plan = Arc::clone(&state.plan);
        let mut references = HashMap::new();
        let mut artifacts = HashMap::new();
        let product =
            |id: &str| state.graph.action(id).and_then(|producer| state.actions[producer.0].product.as_ref());
        for used in uses(&plan.actions[index.0]) {
            match used {
                Use::Artifact(artifact) => {
                    let made = product(&artifact.action)
                        .and_then(|p| p.artifacts.iter().find(|(made, _)| made == artifact));
                    if let Some((_, tree)) = made {
                        artifacts.insert(artifact.clone(), *tree);
                    }
                }
                Use::Reference(reference) => {
                    let value = match reference {
                        Reference::Variable { variable } => variables.get(variable).cloned(),
                        Reference::Output { action, output } => {
                            product(action).and_then(|p| p.variables.get(output).cloned())
                        }
                        Reference::Execution { execution: ExecutionFact::Id } => Some(run.to_owned()),
                        Reference::Deploy { .. } => None,
                    };
                    if let Some(value) = value {
                        references.insert(reference.clone(), value);
                    }
                }
            }
        }
        let attempt = state.actions[index.0].attempts + 1;
        Self { plan, index, attempt, references, artifacts }
    }

    /// The action.
    pub(crate) fn action(&self) -> &Action {
        &self.plan.actions[self.index.0]
    }

    /// The artifact, if this run made it.
    pub(crate) fn artifact(&self, artifact: &ArtifactRef) -> Option<TreeId> {
        self.artifacts.get(artifact).copied()
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
        text.render(|reference| {
            self.references.get(reference).cloned().ok_or_else(|| {
                let what = match reference {
                    Reference::Variable { variable } => format!("the variable `{variable}`"),
                    Reference::Output { action, output } => format!("`{action}.{output}`"),
                    Reference::Execution { .. } => "the run's id".to_owned(),
                    Reference::Deploy { .. } => "what only CloudFormation knows".to_owned(),
                };
                Failure::new(codes::UNKNOWN_VALUE, format!("{what} has no value in this run")).lasting()
            })
        })
    }

    fn value(&self, name: &str, value: &Value) -> Result<String, Failure> {
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
                let value = self.value(name, value)?;
                if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                    let message = format!("`{}` cannot be an environment variable", name.escape_debug());
                    return Err(Failure::new(codes::BAD_ENV_NAME, message).lasting());
                }
                Ok((name.clone(), value))
            })
            .collect()
    }
}
