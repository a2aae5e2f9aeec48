//! `run`: as a Commands action, or as a CodeBuild action with a project of its own.

use crate::diagnostic::codes::{CODEBUILD_NAME, RUN_TOO_BIG, TARGET_NAME, TARGET_TIMEOUT};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Action, Output};
use crate::value::{Value, is_variable_name};

use super::Project;
use super::context::{Context, Owner, Report, weaker};
use super::document::{self, OutputArtifact};
use super::environment;
use super::json::Json;
use super::limits;
use super::names;
use super::script::{Carrier, MAX_COMMAND, MAX_COMMANDS, Script};

/// Minutes that a CodeBuild project takes as its timeout.
/// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>
const PROJECT_TIMEOUT: std::ops::RangeInclusive<u64> = 5..=2160;

/// Fills in a Commands action.
pub(super) fn commands(context: &Context<'_>, index: usize, to: &mut document::Action, report: &mut Report) {
    let action = &context.plan.actions[index];
    let (variables, exports) = environment::list(context, index, report);
    to.environment_variables = variables;
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
    let secrets = context.kinds[index].callee.map_or(&[][..], |callee| &callee.secrets);
    let owner = Owner::Action(index);
    if let Some(environment) = environment::json(context, owner, &action.env, secrets, true, report) {
        to.configuration.insert("EnvironmentVariables".to_owned(), environment);
    }
    to.output_artifacts =
        action.outputs.iter().map(|o| OutputArtifact { name: o.name.clone(), files: Vec::new() }).collect();
    let exports = action.env.iter().filter_map(|(name, value)| match value {
        Value::Text(text) => environment::set_by_commands(text).map(|value| (name.as_str(), value)),
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
