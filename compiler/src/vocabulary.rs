//! The words of the language that no file declares: the same tables that checking uses, for editors, which offer them.

use crate::catalog::{self, Callee, Field};
use crate::check;

/// A field that the language itself has, and not a callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub ty: &'static str,
    /// What it means.
    pub doc: &'static str,
}

const fn word(name: &'static str, ty: &'static str, doc: &'static str) -> Word {
    Word { name, ty, doc }
}

/// Fields of actions and gates, whatever they call.
const COMMON: &[Word] = &[
    word(
        "inputs",
        "list<artifact> | map<artifact>",
        "The artifacts that it reads; the first is the primary one.",
    ),
    word("env", "map<string | secret>", "Environment variables."),
    word(
        "output",
        "globs",
        "The only artifact that it makes: the action itself can be used as that artifact.",
    ),
    word("outputs", "map<globs>", "The artifacts that it makes, by name."),
    word("variables", "list<string>", "The variables that it exports."),
    word(
        "after",
        "list<action>",
        "Actions of the pipeline that come first although nothing of theirs is used.",
    ),
    word("when", "bool", "Decides in a run whether it is passed over."),
    word("timeout", "duration", "How long it may take."),
    word("retry", "int", "How often it is tried again when it fails."),
    word("name", "string", "What engines call it, where that is not its name here."),
    word("region", "string", "The region in which it runs."),
    word("role", "string", "The role that it assumes."),
    word("namespace", "string", "What CodePipeline calls the group of its variables."),
    word("category", "string", "The category of the action type, where there are several."),
    word("local", "record | \"simulate\"", "What a local run does in its place."),
    word(
        "configuration",
        "map<string>",
        "Configuration keys of the service, exactly as it writes them; they are not checked.",
    ),
];

/// The fields of stages.
const STAGE: &[Word] = &[
    word("name", "string", "What engines call it, where that is not its name here."),
    word("needs", "list<stage>", "The stages that come first, in place of the one that is written before."),
    word("when", "bool", "Decides in a run whether it is passed over."),
];

/// The fields of triggers' filters.
const FILTERS: &[Word] = &[
    word("branches", "list<string> | { include, exclude }", "The branches; globs."),
    word("paths", "list<string> | { include, exclude }", "The files that must have changed; globs."),
    word("tags", "list<string> | { include, exclude }", "The tags; globs."),
    word("events", "list<string>", "What happened to the pull request."),
    word("source", "action", "The source action, where there are several."),
];

/// The names of all functions, and how each is called.
pub fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    check::functions()
}

/// The names of the types that every file has.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    check::type_names()
}

/// The fields that a callee takes beside its own.
pub fn common_fields(callee: &Callee) -> impl Iterator<Item = &'static Word> + '_ {
    COMMON.iter().filter(|word| callee.field(word.name).is_none() && check::allows(callee, word.name))
}

/// The fields of `defaults { }` without a callee.
pub fn defaults() -> impl Iterator<Item = &'static Word> {
    COMMON.iter().filter(|word| check::DEFAULTS.contains(&word.name))
}

/// The fields of stages; `name` is the only one that pipelines have, too.
#[must_use]
pub const fn stage_fields() -> &'static [Word] {
    STAGE
}

/// The fields that instances of action templates take beside the parameters.
#[must_use]
pub const fn instance_fields() -> &'static [&'static str] {
    check::ACTION_FIELDS
}

/// The settings in `aws { }`.
#[must_use]
pub fn aws_settings() -> &'static [Field] {
    check::aws_settings()
}

/// The events behind `on` in a pipeline.
pub fn events() -> impl Iterator<Item = &'static str> {
    check::EVENTS.iter().map(|(event, _)| *event).chain(["schedule"])
}

/// The fields of an event's filter.
pub fn event_fields(event: &str) -> impl Iterator<Item = &'static Word> {
    let known = check::EVENTS.iter().find(|(name, _)| *name == event).map_or(&[][..], |(_, fields)| *fields);
    FILTERS.iter().filter(|word| known.contains(&word.name))
}

/// What happens to pull requests.
#[must_use]
pub const fn pull_request_events() -> &'static [&'static str] {
    &check::PULL_REQUEST_EVENTS
}

/// When gates are checked: the words behind their `on`.
#[must_use]
pub const fn gate_points() -> &'static [&'static str] {
    check::POINTS
}

/// The words behind the `else` of a gate.
#[must_use]
pub const fn gate_otherwise() -> &'static [&'static str] {
    check::OTHERWISE
}

/// The words behind `on failure`.
#[must_use]
pub const fn failure_results() -> &'static [&'static str] {
    check::RESULTS
}

/// The words behind `on failure retry`.
#[must_use]
pub const fn retry_modes() -> &'static [&'static str] {
    check::RETRY_MODES
}

/// Where a secret is found, by the field of its declaration: functions, and words.
#[must_use]
pub fn secret_sources(field: &str) -> &'static [&'static str] {
    match field {
        "local" => check::LOCAL_SECRETS,
        "aws" => check::AWS_SECRETS,
        _ => &[],
    }
}

/// The entries of a callee's declaration.
#[must_use]
pub const fn callee_entries() -> &'static [&'static str] {
    catalog::ENTRIES
}

/// What can stand behind the type of a callee's field.
#[must_use]
pub const fn field_attributes() -> &'static [&'static str] {
    catalog::ATTRIBUTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
        let mut words: Vec<&str> = words.into_iter().collect();
        words.sort_unstable();
        words
    }

    #[test]
    fn the_tables_are_those_of_checking() {
        let common = COMMON.iter().map(|word| word.name).filter(|name| *name != "category");
        assert_eq!(sorted(common), check::COMMON_FIELDS);
        assert_eq!(sorted(STAGE.iter().map(|word| word.name)), check::STAGE_FIELDS);
        for (event, fields) in check::EVENTS {
            assert_eq!(sorted(event_fields(event).map(|word| word.name)), *fields);
        }
        assert_eq!(sorted(defaults().map(|word| word.name)), check::DEFAULTS);
    }
}
