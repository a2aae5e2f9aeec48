//! `run`: as a Commands action, or as a CodeBuild action with a project of its own.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use crate::diagnostic::codes::{CODEBUILD_NAME, NOT_EXPORTED, RUN_TOO_BIG, TARGET_NAME, TARGET_TIMEOUT};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::Action;
use crate::value::{Text, Value};

use super::Project;
use super::context::{Class, Context, Report, weaker};
use super::document::{self, EnvironmentVariable, OutputArtifact};
use super::names;
use super::script::{Carrier, MAX_COMMAND, MAX_COMMANDS, Script, is_identifier};
use super::text::{self, Spot};

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
    Limit { fields: &["outputs", "output"], what: "output artifacts", max: 1, count: |from, _| from.outputs.len() },
    Limit { fields: &["env"], what: "environment variables", max: 10, count: |_, to| to.environment_variables.len() },
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
/// The longest value of an environment variable in the API's model; the user guide asks for the length that holds for
/// configuration values.
const ENV_MAX: usize = 2_000;
/// After so many seconds the service ends a Commands action, and nothing changes that.
const COMMANDS_TIMEOUT: u64 = 55 * 60;
/// Minutes that a CodeBuild project takes as its timeout.
/// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>
const PROJECT_TIMEOUT: std::ops::RangeInclusive<u64> = 5..=2160;

const WAY_OUT: &str = "`aws { run: \"codebuild\" }` makes a CodeBuild action of it, which has no such limit";

/// Fills in a Commands action.
pub(super) fn commands(context: &Context<'_>, index: usize, to: &mut document::Action, report: &mut Report) {
    let action = &context.plan.actions[index];
    let exports = environment(context, index, to, report);
    to.output_variables.clone_from(&action.variables);
    to.output_artifacts =
        action.outputs.iter().map(|o| OutputArtifact { name: o.name.clone(), files: globs(&o.files) }).collect();
    check_limits(context, index, to, report);
    to.commands = script(context, index, exports).commands(Carrier::Commands);
    let long = to.commands.iter().any(|command| command.chars().count() > MAX_COMMAND);
    if long || to.commands.len() > MAX_COMMANDS {
        let message = format!("the script of {} does not fit into a Commands action", context.called(index));
        report.push(
            RUN_TOO_BIG
                .at(context.field(index, &["script"]), message)
                .label(format!("needs more than {MAX_COMMANDS} commands of {MAX_COMMAND} characters"))
                .help("put it into a file of the repository and call that")
                .help("or split the action"),
        );
    }
}

fn check_limits(context: &Context<'_>, index: usize, to: &document::Action, report: &mut Report) {
    let action = &context.plan.actions[index];
    let called = context.called(index);
    for limit in LIMITS {
        let count = (limit.count)(action, to);
        if count > limit.max {
            let message = format!("{called} has {count} {}; a Commands action takes {}", limit.what, limit.max);
            let help = if limit.what == "output artifacts" { WAY_OUT } else { "split the action" };
            report.push(RUN_TOO_BIG.at(context.field(index, limit.fields), message).help(help));
        }
    }
    if let Some(glob) = action.outputs.iter().flat_map(|o| &o.files).find(|glob| glob.chars().count() > MAX_GLOB) {
        let message = format!("a glob of {called} has {} characters; a Commands action takes {MAX_GLOB}", glob.len());
        report.push(RUN_TOO_BIG.at(context.field(index, &["outputs", "output"]), message));
    }
    if let Some(image) = action.config.get("image").and_then(Value::as_str) {
        let message = format!("{called} wants the image `{image}`, but a Commands action always has the service's own");
        report.push(RUN_TOO_BIG.at(context.field(index, &["image"]), message).help(WAY_OUT));
    }
    match action.timeout {
        Some(timeout) if timeout > COMMANDS_TIMEOUT => {
            let message = format!("{called} may take longer than the 55 minutes of a Commands action");
            report.push(RUN_TOO_BIG.at(context.field(index, &["timeout"]), message).help(WAY_OUT));
        }
        Some(timeout) if timeout < COMMANDS_TIMEOUT => {
            let message = format!("the timeout of {called} is not exported: a Commands action ends after 55 minutes");
            report.push(
                weaker(&NOT_EXPORTED, Severity::Hint, context.field(index, &["timeout"]), message)
                    .help("`aws { run: \"codebuild\" }` keeps it"),
            );
        }
        _ => {}
    }
}

/// Environment variables as the action's own list. What that cannot hold is given back, for the commands to set.
pub(super) fn environment<'a>(
    context: &Context<'a>,
    index: usize,
    to: &mut document::Action,
    report: &mut Report,
) -> Vec<(&'a str, &'a str)> {
    let mut exports = Vec::new();
    for (name, value) in &context.plan.actions[index].env {
        let spot = Spot { action: index, name, place: context.field(index, &["env"]) };
        text::check_env_name(name, spot, report);
        let by_commands = context.kinds[index].class == Class::RunCommands && is_identifier(name);
        if let Some(constant) = value.as_str()
            && by_commands
            && (constant.is_empty() || constant.contains("#{"))
            && !constant.contains(['\n', '\r'])
        {
            exports.push((name.as_str(), constant));
            continue;
        }
        let Value::Text(value) = value else { continue };
        let value = text::text(context, value, spot, report);
        check_env_value(context, &value, spot, report);
        to.environment_variables.push(EnvironmentVariable { name: name.clone(), value, kind: None });
    }
    exports
}

fn check_env_value(context: &Context<'_>, value: &str, spot: Spot<'_>, report: &mut Report) {
    let length = value.chars().count();
    if length <= ENV_MAX {
        text::check_length(context, value, spot, report);
        return;
    }
    let message = format!(
        "`{}` of {} has {length} characters; an environment variable takes {ENV_MAX}",
        spot.name,
        context.called(spot.action)
    );
    report.push(RUN_TOO_BIG.at(spot.place, message).help("keep the text in a file of the repository"));
}

/// Environment variables as JSON text, as CodeBuild actions take them.
pub(super) fn environment_json(context: &Context<'_>, index: usize, report: &mut Report) -> Option<String> {
    let mut list = Vec::new();
    for (name, value) in &context.plan.actions[index].env {
        let spot = Spot { action: index, name, place: context.field(index, &["env"]) };
        text::check_env_name(name, spot, report);
        let Value::Text(value) = value else { continue };
        if context.kinds[index].class == Class::RunProject && set_by_commands(value).is_some() {
            continue;
        }
        text::check_json_text(context, value, spot, report);
        list.push(json!({ "name": name, "value": text::text(context, value, spot, report) }));
    }
    (!list.is_empty()).then(|| Json::Array(list).to_string())
}

/// A constant that the service would expand, but that the project's own commands can set.
fn set_by_commands(value: &Text) -> Option<&str> {
    value.as_constant().filter(|text| text.contains("#{"))
}

/// Fills in a CodeBuild action, and gives the project that it needs.
pub(super) fn project(
    context: &Context<'_>,
    index: usize,
    to: &mut document::Action,
    report: &mut Report,
) -> Project {
    let action = &context.plan.actions[index];
    let joined =
        [context.plan.pipeline.name.as_str(), context.stage_name(&action.stage), action.name.as_str()].join("-");
    // Project names take no `.` and no `@`, and up to 255 characters.
    let name = names::clean(&joined, "-_", '-', 150);
    to.configuration.insert("ProjectName".to_owned(), name.clone());
    if let [first, _, ..] = to.input_artifacts.as_slice() {
        to.configuration.insert("PrimarySource".to_owned(), first.name.clone());
    }
    if let Some(environment) = environment_json(context, index, report) {
        let spot = Spot { action: index, name: "env", place: context.field(index, &["env"]) };
        text::check_length(context, &environment, spot, report);
        to.configuration.insert("EnvironmentVariables".to_owned(), environment);
    }
    to.output_artifacts =
        action.outputs.iter().map(|o| OutputArtifact { name: o.name.clone(), files: Vec::new() }).collect();
    let exports = action.env.iter().filter_map(|(name, value)| match value {
        Value::Text(text) => set_by_commands(text).map(|value| (name.as_str(), value)),
        _ => None,
    });
    let script = script(context, index, exports.collect());
    Project {
        action: action.id.clone(),
        name,
        image: action.config.get("image").and_then(Value::as_str).map(str::to_owned),
        timeout_in_minutes: project_timeout(context, index, report),
        buildspec: buildspec(action, script.commands(Carrier::Buildspec)),
    }
}

fn project_timeout(context: &Context<'_>, index: usize, report: &mut Report) -> Option<u64> {
    let seconds = context.plan.actions[index].timeout?;
    let minutes = seconds.div_ceil(60);
    let place = context.field(index, &["timeout"]);
    if minutes > *PROJECT_TIMEOUT.end() {
        let message = format!("the timeout of {} is longer than the 36 hours of CodeBuild", context.called(index));
        report.push(TARGET_TIMEOUT.at(place, message).help("use at most `36h`"));
    } else if minutes < *PROJECT_TIMEOUT.start() || seconds % 60 != 0 {
        let used = minutes.max(*PROJECT_TIMEOUT.start());
        let message = format!("the timeout of {} becomes {used} minutes", context.called(index));
        report.push(
            weaker(&TARGET_TIMEOUT, Severity::Warning, place, message)
                .help("CodeBuild takes whole minutes, at least 5"),
        );
    }
    Some(minutes.clamp(*PROJECT_TIMEOUT.start(), *PROJECT_TIMEOUT.end()))
}

/// The buildspec as JSON, which is YAML too.
fn buildspec(action: &Action, commands: Vec<String>) -> String {
    let mut spec: IndexMap<&str, Json> = IndexMap::new();
    spec.insert("version", json!("0.2"));
    if !action.variables.is_empty() {
        spec.insert("env", json!({ "exported-variables": action.variables }));
    }
    spec.insert("phases", json!({ "build": { "commands": commands } }));
    match action.outputs.as_slice() {
        [] => {}
        [output] => {
            spec.insert("artifacts", json!({ "files": globs(&output.files) }));
        }
        outputs => {
            let all: IndexMap<&str, Json> =
                outputs.iter().map(|o| (o.name.as_str(), json!({ "files": globs(&o.files) }))).collect();
            spec.insert("artifacts", json!({ "secondary-artifacts": all }));
        }
    }
    serde_json::to_string_pretty(&spec).unwrap_or_default() + "\n"
}

fn script<'a>(context: &Context<'a>, index: usize, exports: Vec<(&'a str, &'a str)>) -> Script<'a> {
    let action = &context.plan.actions[index];
    let text = |field: &str| action.config.get(field).and_then(Value::as_str);
    let inputs = action.inputs.iter();
    Script {
        text: text("script").unwrap_or(""),
        shell: text("shell").unwrap_or("sh -eu"),
        inputs: inputs.filter_map(|i| Some((i.name.as_str(), context.artifact(&i.artifact)?))).collect(),
        has_output: !action.outputs.is_empty(),
        variables: &action.variables,
        exports,
    }
}

/// Globs as CodeBuild documents them: everything below a directory is `**/*` there.
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html>
fn globs(files: &[String]) -> Vec<String> {
    let glob = |glob: &String| if glob == "**" || glob.ends_with("/**") { format!("{glob}/*") } else { glob.clone() };
    files.iter().map(glob).collect()
}

/// Names that the machine of a `run` cannot use, although the pipeline may.
pub(super) fn check_names(context: &Context<'_>, index: usize, report: &mut Report) {
    let action = &context.plan.actions[index];
    for name in action.variables.iter().filter(|name| !is_identifier(name)) {
        let message = format!("`{name}` of {} is not a name that a shell can export", context.called(index));
        report.push(TARGET_NAME.at(context.field(index, &["variables"]), message).help("use letters, digits and `_`"));
    }
    for input in action.inputs.iter().skip(1) {
        let Some(name) = context.artifact(&input.artifact).filter(|name| !is_identifier(name)) else { continue };
        let message = format!("{} may not find its input `{name}` in CodeBuild", context.called(index));
        report.push(named(context, index, message));
    }
}

fn named(context: &Context<'_>, index: usize, message: String) -> Diagnostic {
    CODEBUILD_NAME
        .at(context.field(index, &["inputs"]), message)
        .label("a shell has no name for its variable `CODEBUILD_SRC_DIR_…`")
        .help("give the artifact a `name` of letters, digits and `_`, or make it the first input")
}
