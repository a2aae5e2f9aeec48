//! Refuses a plan whose paths, globs or names could do harm, before anything is started. A plan may come from anywhere.

use std::path::Path;

use compiler::plan::{Local, Plan};
use compiler::value::Value;

use crate::codes;
use crate::error::Error;
use crate::outputs;
use crate::store::stays_inside;

/// Looks at every action of a plan.
pub(crate) fn check(plan: &Plan) -> Result<(), Error> {
    for action in &plan.actions {
        let place = |error: Error| match error {
            Error::Usage(mut problem) => {
                problem.message = format!("`{}`: {}", action.id, problem.message);
                Error::Usage(problem)
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
        for name in names.chain(inputs).chain(&action.variables) {
            if name.is_empty() || name.contains(['=', '\0']) {
                let message = format!("`{}` cannot be an environment variable", name.escape_debug());
                return Err(place(Error::usage(codes::BAD_ENV_NAME, message)));
            }
        }
        files(action.config.values()).map_err(place)?;
    }
    Ok(())
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
                return Err(Error::usage(codes::ESCAPING_PATH, message)
                    .with_help("write it relative to the artifact's root, without `..`"));
            }
            _ => {}
        }
    }
    Ok(())
}
