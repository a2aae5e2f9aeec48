//! `run`: as a Commands action, or as a CodeBuild action with a project of its own.

use crate::diagnostic::codes::{CODEBUILD_NAME, RUN_TOO_BIG, TARGET_NAME, TARGET_TIMEOUT};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Action, Output};
use crate::value::{Text, Value, is_variable_name};

use super::Project;
use super::context::{Class, Context, Report, weaker};
use super::document::{self, EnvironmentVariable, OutputArtifact};
use super::limits;
use super::names;
use super::script::{Carrier, MAX_COMMAND, MAX_COMMANDS, Script};
use super::text::{self, Json, Spot};

/// The longest value of an environment variable in the API's model; the user guide asks for the length that holds for
/// configuration values.
const ENV_MAX: usize = 2_000;
/// Minutes that a CodeBuild project takes as its timeout.
/// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>
const PROJECT_TIMEOUT: std::ops::RangeInclusive<u64> = 5..=2160;

/// Fills in a Commands action.
pub(super) fn commands(context: &Context<'_>, index: usize, to: &mut document::Action, report: &mut Report) {
    let action = &context.plan.actions[index];
    let exports = environment(context, index, to, report);
    to.output_variables.clone_from(&action.variables);
    to.output_artifacts = action
        .outputs
        .iter()
        .map(|o| OutputArtifact { name: o.name.clone(), files: globs(&o.files) })
        .collect();
    limits::check(context, index, to, report);
    limits::check_run(context, index, report);
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
        let by_commands = context.kinds[index].class == Class::RunCommands && is_variable_name(name);
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
        let value = text::text(context, value, spot, report);
        list.push(Json::object([("name", Json::String(name.clone())), ("value", Json::String(value))]));
    }
    (!list.is_empty()).then(|| Json::Array(list).compact())
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
        [context.plan.pipeline.name.as_str(), context.stage_name(&action.stage), action.name.as_str()]
            .join("-");
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
        buildspec: buildspec(action, &script.commands(Carrier::Buildspec)),
    }
}

fn project_timeout(context: &Context<'_>, index: usize, report: &mut Report) -> Option<u64> {
    let seconds = context.plan.actions[index].timeout?;
    let minutes = seconds.div_ceil(60);
    let place = context.field(index, &["timeout"]);
    if minutes > *PROJECT_TIMEOUT.end() {
        let message =
            format!("the timeout of {} is longer than the 36 hours of CodeBuild", context.called(index));
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
fn buildspec(action: &Action, commands: &[String]) -> String {
    let files = |output: &Output| Json::object([("files", Json::texts(&globs(&output.files)))]);
    let mut spec = vec![("version", Json::String("0.2".to_owned()))];
    if !action.variables.is_empty() {
        spec.push(("env", Json::object([("exported-variables", Json::texts(&action.variables))])));
    }
    spec.push(("phases", Json::object([("build", Json::object([("commands", Json::texts(commands))]))])));
    match action.outputs.as_slice() {
        [] => {}
        [output] => spec.push(("artifacts", files(output))),
        outputs => {
            let all = outputs.iter().map(|output| (output.name.clone(), files(output))).collect();
            spec.push(("artifacts", Json::object([("secondary-artifacts", Json::Object(all))])));
        }
    }
    let spec = Json::Object(spec.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
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
    let glob = |glob: &String| {
        if glob == "**" || glob.ends_with("/**") { format!("{glob}/*") } else { glob.clone() }
    };
    files.iter().map(glob).collect()
}

/// Names that the machine of a `run` cannot use, although the pipeline may.
pub(super) fn check_names(context: &Context<'_>, index: usize, report: &mut Report) {
    let action = &context.plan.actions[index];
    for name in action.variables.iter().filter(|name| !is_variable_name(name)) {
        let message = format!("`{name}` of {} is not a name that a shell can export", context.called(index));
        report.push(
            TARGET_NAME.at(context.field(index, &["variables"]), message).help("use letters, digits and `_`"),
        );
    }
    for input in action.inputs.iter().skip(1) {
        let Some(name) = context.artifact(&input.artifact).filter(|name| !is_variable_name(name)) else {
            continue;
        };
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
