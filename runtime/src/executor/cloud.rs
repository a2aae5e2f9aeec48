//! What a local run does for an action of a cloud service: it looks at the files that the service will look for.
//! Never counts as having run.

use std::io::BufReader;
use std::path::Path;

use compiler::value::{FileRef, Value};

use crate::codes;
use crate::error::{Failure, Trouble};
use crate::job::Job;
use crate::outcome::{Mode, Product};
use crate::store::Store;
use crate::store::tree::Kind;

/// Looks at every file that the configuration names, where its artifact really exists.
pub(crate) fn check(store: &Store, job: &Job) -> Result<Product, Trouble> {
    let mut mode = Mode::Simulated;
    let mut left: Vec<&Value> = job.action().config.values().collect();
    left.reverse();
    while let Some(value) = left.pop() {
        match value {
            Value::List(items) => left.extend(items.iter().rev()),
            Value::Record(fields) => left.extend(fields.values().rev()),
            Value::File(file) if look(store, job, file)? => mode = Mode::Checked,
            _ => {}
        }
    }
    Ok(Product::only(mode))
}

/// True when there was an artifact to look into.
fn look(store: &Store, job: &Job, file: &FileRef) -> Result<bool, Trouble> {
    let Some(id) = job.artifact(&file.artifact) else { return Ok(false) };
    let tree = store.tree(id)?;
    let path: &Path = file.path.strip_prefix("./").unwrap_or(&file.path).as_ref();
    let Some(entry) = tree.get(path) else {
        if tree.has_folder(path) {
            return Ok(true);
        }
        let message = format!(
            "the service will look for `{}` in the artifact of `{}`, which does not hold it",
            file.path, file.artifact.action
        );
        let names: Vec<String> =
            tree.entries().iter().map(|entry| entry.path.display().to_string()).collect();
        let near = crate::inputs::nearest(&file.path, names.iter().map(String::as_str));
        let failure = Failure::new(codes::CONTRACT, message);
        return Err(match near {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(format!("it holds {}", crate::report::listed(&names, 6))),
        }
        .into());
    };
    if let Kind::File { hash, .. } = &entry.kind
        && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
    {
        let reader = BufReader::new(store.open(hash)?);
        serde_json::from_reader::<_, serde::de::IgnoredAny>(reader).map_err(|error| {
            Failure::new(codes::BAD_JSON, format!("`{}` is no valid JSON: {error}", file.path))
        })?;
    }
    Ok(true)
}
