//! What an action, a gate or a condition uses of actions: every artifact and every variable, wherever it is named.

use indexmap::IndexMap;

use super::condition;
use crate::plan::{Action, Condition, Gate, Input, Local};
use crate::value::{ArtifactRef, Reference, Text, Value};

/// A use of something that an action makes.
pub(super) enum Use<'p> {
    /// Of an artifact.
    Artifact(&'p ArtifactRef),
    /// Of a variable.
    Variable {
        /// The producing action's id.
        action: &'p str,
        /// The variable's name.
        name: &'p str,
    },
}

/// What an action uses, in the order inputs, env, condition, config, local.
pub(super) fn of_action<'p>(action: &'p Action, found: &mut impl FnMut(Use<'p>)) {
    inputs(&action.inputs, found);
    values(&action.env, found);
    if let Some(when) = &action.when {
        of_condition(when, found);
    }
    values(&action.config, found);
    if let Some(Local::Script { env, .. }) = &action.local {
        values(env, found);
    }
}

/// What a gate uses.
pub(super) fn of_gate<'p>(gate: &'p Gate, found: &mut impl FnMut(Use<'p>)) {
    inputs(&gate.inputs, found);
    values(&gate.env, found);
    values(&gate.config, found);
}

/// What a condition uses.
pub(super) fn of_condition<'p>(when: &'p Condition, found: &mut impl FnMut(Use<'p>)) {
    condition::texts(when, &mut |text| of_text(text, found));
}

fn inputs<'p>(inputs: &'p [Input], found: &mut impl FnMut(Use<'p>)) {
    inputs.iter().for_each(|input| found(Use::Artifact(&input.artifact)));
}

fn values<'p>(fields: &'p IndexMap<String, Value>, found: &mut impl FnMut(Use<'p>)) {
    let mut rest: Vec<&Value> = fields.values().rev().collect();
    while let Some(value) = rest.pop() {
        match value {
            Value::Text(text) => of_text(text, found),
            Value::List(items) => rest.extend(items.iter().rev()),
            Value::Record(fields) => rest.extend(fields.values().rev()),
            Value::Artifact(artifact) => found(Use::Artifact(artifact)),
            Value::File(file) => found(Use::Artifact(&file.artifact)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Secret(_) => {}
        }
    }
}

fn of_text<'p>(text: &'p Text, found: &mut impl FnMut(Use<'p>)) {
    for reference in text.references() {
        if let Reference::Output { action, output } = reference {
            found(Use::Variable { action, name: output });
        }
    }
}
