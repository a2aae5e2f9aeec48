//! What a Commands action can hold.

use crate::diagnostic::Severity;
use crate::diagnostic::codes::{NOT_EXPORTED, RUN_TOO_BIG};
use crate::plan::Action;
use crate::value::Value;

use super::context::{Class, Context, Owner, Report, weaker};
use super::document;
use super::script::{MAX_COMMAND, MAX_COMMANDS};

/// What a Commands action can hold, with the field that has too much and the page that says so.
struct Limit {
    fields: &'static [&'static str],
    what: &'static str,
    max: usize,
    count: fn(&Action, &document::Action) -> usize,
}

/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html> and the API's model.
static LIMITS: &[Limit] = &[
    Limit { fields: &["inputs"], what: "input artifacts", max: 10, count: |_, to| to.input_artifacts.len() },
    Limit {
        fields: &["outputs", "output"],
        what: "output artifacts",
        max: 1,
        count: |from, _| from.outputs.len(),
    },
    Limit {
        fields: &["env"],
        what: "environment variables",
        max: 10,
        count: |_, to| to.environment_variables.len(),
    },
    Limit { fields: &["variables"], what: "variables", max: 15, count: |from, _| from.variables.len() },
    Limit {
        fields: &["outputs", "output"],
        what: "globs of an artifact",
        max: 10,
        count: |from, _| from.outputs.first().map_or(0, |output| output.files.len()),
    },
];
/// The longest glob of an artifact. Source: the API's model of `OutputArtifact.files`.
const MAX_GLOB: usize = 128;
/// After so many seconds the service ends a Commands action, and nothing changes that.
const COMMANDS_TIMEOUT: u64 = 55 * 60;
const WAY_OUT: &str = "`aws { run: \"codebuild\" }` makes a CodeBuild action of it, which has no such limit";

/// Whether the action's own lists are short enough.
pub(super) fn check(context: &Context<'_>, index: usize, to: &document::Action, report: &mut Report) {
    let action = &context.plan.actions[index];
    let called = context.called(index);
    let run = context.kinds[index].class == Class::RunCommands;
    for limit in LIMITS {
        let count = (limit.count)(action, to);
        // For callees of the catalog artifacts are counted by its own figures.
        if count > limit.max && (run || !limit.what.ends_with("artifacts")) {
            let message = format!("{called} has {count} {}; its action type takes {}", limit.what, limit.max);
            let help = if limit.what == "output artifacts" { WAY_OUT } else { "split the action" };
            report.push(RUN_TOO_BIG.at(context.field(index, limit.fields), message).help(help));
        }
    }
    if let Some(glob) =
        action.outputs.iter().flat_map(|o| &o.files).find(|glob| glob.chars().count() > MAX_GLOB)
    {
        let message =
            format!("a glob of {called} has {} characters; a Commands action takes {MAX_GLOB}", glob.len());
        report.push(RUN_TOO_BIG.at(context.field(index, &["outputs", "output"]), message));
    }
}

/// What a `run` may ask for and a Commands action has not.
pub(super) fn check_run(context: &Context<'_>, index: usize, report: &mut Report) {
    let action = &context.plan.actions[index];
    let called = context.called(index);
    if let Some(image) = action.config.get("image").and_then(Value::as_str) {
        let message =
            format!("{called} wants the image `{image}`, but a Commands action always has the service's own");
        report.push(RUN_TOO_BIG.at(context.field(index, &["image"]), message).help(WAY_OUT));
    }
    match action.timeout {
        Some(timeout) if timeout > COMMANDS_TIMEOUT => {
            let message = format!("{called} may take longer than the 55 minutes of a Commands action");
            report.push(RUN_TOO_BIG.at(context.field(index, &["timeout"]), message).help(WAY_OUT));
        }
        Some(timeout) if timeout < COMMANDS_TIMEOUT => {
            let message =
                format!("the timeout of {called} is not exported: a Commands action ends after 55 minutes");
            report.push(
                weaker(&NOT_EXPORTED, Severity::Hint, context.field(index, &["timeout"]), message)
                    .help("`aws { run: \"codebuild\" }` keeps it"),
            );
        }
        _ => {}
    }
}

/// The commands of a Commands action or rule that the user wrote one by one.
pub(super) fn check_commands(context: &Context<'_>, owner: Owner, commands: &[String], report: &mut Report) {
    let place = context.place(owner, "commands");
    let called = context.owner(owner);
    if commands.len() > MAX_COMMANDS {
        let message =
            format!("{called} has {} commands; a Commands action takes {MAX_COMMANDS}", commands.len());
        report.push(
            RUN_TOO_BIG.at(place, message).help("put them into a file of the repository and call that"),
        );
    }
    for command in commands {
        let length = command.chars().count();
        let why = if command.contains(['\n', '\r']) {
            "has several lines".to_owned()
        } else if length == 0 {
            "is empty".to_owned()
        } else if length > MAX_COMMAND {
            format!("has {length} characters, more than {MAX_COMMAND}")
        } else {
            continue;
        };
        let message = format!("a command of {called} {why}");
        report.push(RUN_TOO_BIG.at(place, message).help("`run` takes a script of any form"));
    }
}
