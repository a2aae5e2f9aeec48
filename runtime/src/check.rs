//! Refuses a plan whose paths, globs or names could do harm, before anything is started. A plan may come from anywhere.

use std::path::Path;

use compiler::plan::{Comparison, Condition, Gate, Local, Plan};
use compiler::value::Value;

use crate::codes;
use crate::error::Error;
use crate::gate;
use crate::outputs;
use crate::store::stays_inside;

/// How deep conditions may nest, which are decided by recursion.
const MAX_DEPTH: usize = 128;

/// Looks at every action, condition and gate of a plan.
pub(crate) fn check(plan: &Plan) -> Result<(), Error> {
    for stage in &plan.stages {
        if let Some(when) = &stage.when {
            condition(when, &stage.id, 0)?;
        }
        for gate in &stage.gates {
            check_gate(gate, &format!("{}.{}", stage.id, gate.id))?;
        }
    }
    for action in &plan.actions {
        let place = |error: Error| match error {
            Error::Plan(mut problem) => {
                problem.message = format!("`{}`: {}", action.id, problem.message);
                Error::Plan(problem)
            }
            other => other,
        };
        for output in action.outputs.iter().filter(|output| !output.files.is_empty()) {
            outputs::compile(&output.files).map_err(place)?;
        }
        let local_env = match &action.local {
            Some(Local::Script { env, .. }) => Some(env),
            _ => None,
        };
        let names = action.env.keys().chain(local_env.into_iter().flat_map(|env| env.keys()));
        let inputs = action.inputs.iter().map(|input| &input.name);
        variable_names(names.chain(inputs).chain(&action.variables)).map_err(place)?;
        if let Some(when) = &action.when {
            condition(when, &action.id, 0)?;
        }
        files(action.config.values()).map_err(place)?;
    }
    Ok(())
}

fn variable_names<'a>(mut names: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    match names.find(|name| name.is_empty() || name.contains(['=', '\0'])) {
        None => Ok(()),
        Some(name) => {
            let message = format!("`{}` cannot be an environment variable", name.escape_debug());
            Err(Error::plan(codes::BAD_ENV_NAME, message))
        }
    }
}

/// What a gate says must make sense before a run comes to it, and it may lead nowhere else.
fn check_gate(gate: &Gate, id: &str) -> Result<(), Error> {
    gate::check(gate).map_err(|why| bad_condition(format!("the gate `{id}` cannot be decided: {why}")))?;
    variable_names(gate.env.keys().chain(gate.inputs.iter().map(|input| &input.name)))?;
    files(gate.config.values())
}

fn bad_condition(message: String) -> Error {
    Error::plan(codes::BAD_CONDITION, message).with_help("correct it in the pipeline file")
}

fn condition(what: &Condition, id: &str, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(bad_condition(format!("a condition of `{id}` nests too deeply")));
    }
    match what {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().try_for_each(|part| condition(part, id, depth + 1))
        }
        Condition::Not(inner) => condition(inner, id, depth + 1),
        Condition::Check { operator: Comparison::Matches, operand, .. } => match operand.as_constant() {
            Some(pattern) if regex::Regex::new(pattern).is_err() => {
                let pattern = pattern.escape_debug();
                Err(bad_condition(format!("`{pattern}` in a condition of `{id}` is no regular expression")))
            }
            _ => Ok(()),
        },
        Condition::Check { .. } | Condition::OneOf { .. } => Ok(()),
    }
}

/// The files of artifacts that values name. With a list of its own instead of recursion: the depth comes from the plan.
fn files<'a>(values: impl Iterator<Item = &'a Value>) -> Result<(), Error> {
    let mut left: Vec<&Value> = values.collect();
    while let Some(value) = left.pop() {
        match value {
            Value::List(items) => left.extend(items),
            Value::Record(fields) => left.extend(fields.values()),
            Value::File(file) if !stays_inside(Path::new(&file.path)) => {
                let message = format!("the file `{}` leads out of its artifact", file.path.escape_debug());
                return Err(Error::plan(codes::ESCAPING_PATH, message)
                    .with_help("write it relative to the artifact's root, without `..`"));
            }
            _ => {}
        }
    }
    Ok(())
}
