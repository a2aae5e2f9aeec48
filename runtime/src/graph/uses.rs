//! What actions, gates and conditions use: artifacts, variables, facts of the run.

use compiler::plan::{Action, Condition, Gate, Local};
use compiler::value::{ArtifactRef, Reference, Text, Value};

use crate::condition;

/// Something of another action, or of the run, that an action uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use<'a> {
    /// An artifact.
    Artifact(&'a ArtifactRef),
    /// A piece of a text.
    Reference(&'a Reference),
}

/// All that an action uses to do its work, in the order of its fields; not what its condition looks at.
pub(crate) fn uses(action: &Action) -> Vec<Use<'_>> {
    let local = match &action.local {
        Some(Local::Script { env, .. }) => Some(env),
        _ => None,
    };
    let inputs = action.inputs.iter().map(|input| &input.artifact);
    let fields = action.config.values().chain(action.env.values());
    all(inputs, fields.chain(local.into_iter().flat_map(|env| env.values())))
}

/// All that a gate uses.
pub(super) fn of_gate(gate: &Gate) -> Vec<Use<'_>> {
    all(gate.inputs.iter().map(|input| &input.artifact), gate.config.values().chain(gate.env.values()))
}

/// All that a condition looks at.
pub(super) fn of_condition(condition: &Condition) -> Vec<Use<'_>> {
    condition::texts(condition).into_iter().flat_map(references).collect()
}

fn all<'a>(
    inputs: impl Iterator<Item = &'a ArtifactRef>,
    values: impl Iterator<Item = &'a Value>,
) -> Vec<Use<'a>> {
    let mut found: Vec<Use<'_>> = inputs.map(Use::Artifact).collect();
    let mut left: Vec<&Value> = values.collect();
    // A list of its own instead of recursion: the depth comes from the plan.
    while let Some(value) = left.pop() {
        match value {
            Value::Text(text) => found.extend(references(text)),
            Value::List(items) => left.extend(items),
            Value::Record(fields) => left.extend(fields.values()),
            Value::Artifact(artifact) => found.push(Use::Artifact(artifact)),
            Value::File(file) => found.push(Use::Artifact(&file.artifact)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Secret(_) => {}
        }
    }
    found
}

fn references(text: &Text) -> impl Iterator<Item = Use<'_>> {
    text.references().map(Use::Reference)
}
