//! Actions: what each becomes, and what its action type takes.

use crate::catalog::Environment;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::{
    CLONE_READER, CODEBUILD_NAME, GIT_INCOMPLETE, NOT_EXPORTED, TARGET_ARTIFACTS, TARGET_CANNOT,
};
use crate::diagnostic::words::counted;
use crate::value::{Text, Value};

use super::context::{Class, Context, Owner, Report};
use super::document::{Action, InputArtifact, OutputArtifact};
use super::{Project, configuration, environment, limits, names, run, triggers};

/// The format of a source's artifact that holds where to clone from, and no files.
const CLONE: &str = "CODEBUILD_CLONE_REF";

/// The document's form of an action; a project is added where it needs one.
pub(super) fn action(
    context: &Context<'_>,
    index: usize,
    run_order: u32,
    projects: &mut Vec<Project>,
    report: &mut Report,
) -> Action {
    let from = &context.plan.actions[index];
    let kind = &context.kinds[index];
    let owner = Owner::Action(index);
    let inputs = context.inputs(index).into_iter();
    let mut to = Action {
        name: from.name.clone(),
        action_type_id: kind.type_id.clone(),
        run_order: Some(run_order),
        namespace: context.namespaces[index].clone(),
        region: from.region.as_ref().and_then(Text::as_constant).map(str::to_owned),
        role_arn: from.role.as_ref().and_then(Text::as_constant).map(str::to_owned),
        input_artifacts: inputs.map(|name| InputArtifact { name: name.to_owned() }).collect(),
        ..Action::default()
    };
    check_common(context, index, report);
    match kind.class {
        Class::RunCommands => {
            run::check_names(context, index, report);
            run::commands(context, index, &mut to, report);
        }
        Class::RunProject => {
            run::check_names(context, index, report);
            projects.push(run::project(context, index, &mut to, report));
        }
        Class::Foreign => report.push(foreign(context, index)),
        Class::Git | Class::Approve | Class::Service | Class::Custom => {
            to.configuration =
                configuration::configuration(context, owner, kind.callee, &from.config, &from.env, report);
            to.output_artifacts = from
                .outputs
                .iter()
                .map(|o| OutputArtifact { name: o.name.clone(), files: Vec::new() })
                .collect();
            match kind.class {
                Class::Git => git(context, index, &mut to, report),
                Class::Approve => {
                    to.timeout_in_minutes = configuration::timeout(context, owner, from.timeout, report);
                }
                Class::Custom => custom(context, index, report),
                _ => service(context, index, &mut to, report),
            }
        }
    }
    check_artifacts(context, index, &to, report);
    to
}

fn foreign(context: &Context<'_>, index: usize) -> Diagnostic {
    let callee = &context.plan.actions[index].callee;
    TARGET_CANNOT
        .at(context.places.action(index), format!("CodePipeline has no action type for `{callee}`"))
        .help("use `run`, an `aws.` callee, or `aws.action` for any other action type")
}

/// What any action may have and the service has not.
fn check_common(context: &Context<'_>, index: usize, report: &mut Report) {
    let action = &context.plan.actions[index];
    let called = context.called(index);
    let class = context.kinds[index].class;
    if action.retry.is_some_and(|retry| retry > 0) {
        let message =
            format!("`retry` of {called} is not exported: CodePipeline retries stages, not actions");
        report.push(
            NOT_EXPORTED
                .at(context.field(index, &["retry"]), message)
                .help("write `on failure retry` in the stage"),
        );
    }
    let keeps_timeout = matches!(class, Class::Approve | Class::RunCommands | Class::RunProject);
    if action.timeout.is_some() && !keeps_timeout {
        let message =
            format!("the timeout of {called} is not exported: the service has its own for each action type");
        report.push(NOT_EXPORTED.at(context.field(index, &["timeout"]), message).help("leave it out"));
    }
    let takes_env = matches!(class, Class::RunCommands | Class::RunProject)
        || *context.environment(index) != Environment::None;
    if !action.env.is_empty() && !takes_env {
        let message = format!("`env` of {called} has no place in its action type");
        report.push(TARGET_CANNOT.at(context.field(index, &["env"]), message).help("leave it out"));
    }
}

/// A connection source. `DetectChanges` is always written: without it every push to the branch would start the pipeline,
/// which in Pipe only `on push` asks for. Where a filter of a trigger names the source, the service ignores the key, so
/// that adding and removing filters leaves the action as it is.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html>
fn git(context: &Context<'_>, index: usize, to: &mut Action, report: &mut Report) {
    let config = &context.plan.actions[index].config;
    let called = context.called(index);
    for name in ["tag", "commit"].into_iter().filter(|name| config.contains_key(*name)) {
        let message = format!("{called} reads a {name}, but a source of CodePipeline follows a branch");
        let help = format!(
            "write `branch`; a run can be given a commit when it is started{}",
            if name == "tag" { ", and `on tag` starts one for each tag" } else { "" }
        );
        report.push(TARGET_CANNOT.at(context.field(index, &[name]), message).help(help));
    }
    let fixed = ["tag", "commit"].iter().any(|name| config.contains_key(*name));
    let missing = |name: &str| !(config.contains_key(name) || fixed && name == "branch");
    for (name, help) in [
        (
            "connection",
            "add `connection: \"arn:aws:codeconnections:…\"`, the connection to the host in your AWS account",
        ),
        ("branch", "add `branch: \"main\"`"),
    ] {
        if missing(name) {
            let message = format!("{called} has no `{name}`, which CodePipeline needs");
            report.push(GIT_INCOMPLETE.at(context.places.action(index), message).help(help));
        }
    }
    if config.get("submodules") == Some(&Value::Bool(true)) {
        let message = format!("the submodules of {called} are not exported: a connection does not read them");
        let help = "with `full_clone: true` the action that reads it can run `git submodule update --init`";
        report.push(NOT_EXPORTED.at(context.field(index, &["submodules"]), message).help(help));
    }
    if config.get("full_clone") == Some(&Value::Bool(true)) {
        to.configuration.insert("OutputArtifactFormat".to_owned(), CLONE.to_owned());
        check_clone_readers(context, index, "full_clone", report);
    }
    let detect = if triggers::detects_changes(context, index) { "true" } else { "false" };
    to.configuration.entry("DetectChanges".to_owned()).or_insert_with(|| detect.to_owned());
    to.configuration.sort_by_cached_key(|key, _| {
        ["ConnectionArn", "FullRepositoryId", "BranchName"]
            .iter()
            .position(|k| k == key)
            .unwrap_or(usize::MAX)
    });
}

/// Such an artifact holds no files, only where to clone from, which CodeBuild alone understands.
fn check_clone_readers(context: &Context<'_>, source: usize, field: &str, report: &mut Report) {
    let clones: Vec<&str> = context.plan.actions[source].outputs.iter().map(|o| o.name.as_str()).collect();
    for i in 0..context.plan.actions.len() {
        let reads = context.inputs(i).iter().any(|input| clones.contains(input));
        if reads && context.kinds[i].type_id.provider != "CodeBuild" {
            let message =
                format!("{} reads a full clone, which only CodeBuild actions understand", context.called(i));
            report.push(
                CLONE_READER
                    .at(context.field(i, &["inputs"]), message)
                    .also(context.field(source, &[field]), "the clone is asked for here")
                    .help(format!("remove `{field}`, or add a second source without it")),
            );
        }
    }
}

fn custom(context: &Context<'_>, index: usize, report: &mut Report) {
    let type_id = &context.kinds[index].type_id;
    if (type_id.category.as_str(), type_id.provider.as_str()) == ("Compute", "Commands") {
        let message = format!(
            "{} has no commands: `aws.action` gives an action type its configuration only",
            context.called(index)
        );
        report.push(
            TARGET_CANNOT
                .at(context.field(index, &["provider"]), message)
                .help("use `run` or `aws.commands`"),
        );
    }
    names::PROVIDER.check(&type_id.provider, context.field(index, &["provider"]), report);
    names::VERSION.check(&type_id.version, context.field(index, &["version"]), report);
}

/// What some action types of the catalog have beside their configuration.
fn service(context: &Context<'_>, index: usize, to: &mut Action, report: &mut Report) {
    let from = &context.plan.actions[index];
    if *context.environment(index) == Environment::Process {
        (to.environment_variables, _) = environment::list(context, index, report);
        limits::check(context, index, to, report);
    }
    if to.configuration.get("OutputArtifactFormat").is_some_and(|format| format == CLONE) {
        check_clone_readers(context, index, "output_artifact_format", report);
    }
    match to.action_type_id.provider.as_str() {
        "Commands" => {
            let owner = Owner::Action(index);
            to.commands = configuration::commands(context, owner, &from.config, report);
            to.output_variables.clone_from(&from.variables);
            for (output, from) in to.output_artifacts.iter_mut().zip(&from.outputs) {
                output.files.clone_from(&from.files);
            }
            limits::check_commands(context, owner, &to.commands, report);
        }
        // The first input is the primary one; the service wants it said where there are several.
        "CodeBuild" if to.input_artifacts.len() > 1 && !to.configuration.contains_key("PrimarySource") => {
            to.configuration.insert("PrimarySource".to_owned(), to.input_artifacts[0].name.clone());
        }
        _ => {}
    }
}

/// How many artifacts the action type takes, and how CodeBuild wants them named.
fn check_artifacts(context: &Context<'_>, index: usize, to: &Action, report: &mut Report) {
    let kind = &context.kinds[index];
    let (takes, gives) = match (kind.class, kind.callee) {
        (Class::RunProject, _) => ((1, 5), (0, 5)),
        // What a Commands action takes is checked with its other limits.
        (Class::RunCommands | Class::Custom | Class::Foreign, _) | (_, None) => {
            ((0, usize::MAX), (0, usize::MAX))
        }
        (_, Some(callee)) => {
            ((callee.inputs.min, callee.inputs.max), (callee.outputs.min, callee.outputs.max))
        }
    };
    let output_fields: &[&str] = &["outputs", "output"];
    for (what, count, (min, max), fields) in [
        ("input", to.input_artifacts.len(), takes, &["inputs"][..]),
        ("output", to.output_artifacts.len(), gives, output_fields),
    ] {
        if (min..=max).contains(&count) {
            continue;
        }
        let wanted = if min == max { format!("exactly {min}") } else { format!("{min} to {max}") };
        let found = counted(count, &format!("{what} artifact"));
        let message = format!("{} has {found}; its action type takes {wanted}", context.called(index));
        report.push(
            TARGET_ARTIFACTS
                .at(context.field(index, fields), message)
                .help("split the action, or change the list"),
        );
    }
    if kind.type_id.provider == "CodeBuild" && to.output_artifacts.len() > 1 {
        for output in to.output_artifacts.iter().filter(|output| output.name.contains('-')) {
            let message = format!("CodeBuild cannot make the artifact `{}`, because of the `-`", output.name);
            report.push(
                CODEBUILD_NAME
                    .at(context.field(index, output_fields), message)
                    .help("give it a `name` of letters, digits and `_`"),
            );
        }
    }
}
