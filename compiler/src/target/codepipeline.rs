//! AWS CodePipeline: the JSON that `aws codepipeline create-pipeline --cli-input-json` takes, and every rule of the
//! service that can be checked without it.
//!
//! The rules come from the user guide, the API's model and quoted replies of the service; each table names its source.
//! What the service refuses is an error; what is uncertain, or fails only when it runs, is a warning.

mod actions;
mod checks;
mod conditions;
mod configuration;
mod context;
mod cron;
mod deploy;
pub mod document;
mod environment;
mod gates;
mod json;
mod limits;
mod names;
mod order;
mod references;
mod rules;
mod run;
mod script;
mod secrets;
mod settings;
mod shell;
mod text;
mod triggers;
mod v1;
mod when;

#[cfg(test)]
mod tests;

use crate::diagnostic::codes::TARGET_SETTINGS;
use crate::diagnostic::{Diagnostic, Severity};
use crate::places::Places;
use crate::plan::{ExecutionMode, Plan};

use context::{Context, Report};
use document::CreatePipeline;
use order::StageOrder;

/// What an export is.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// The document; none where a diagnostic is an error.
    pub document: Option<CreatePipeline>,
    /// Everything that was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The CodeBuild projects that must exist (`aws { run: "codebuild" }`).
    pub projects: Vec<Project>,
    /// What else must exist before the pipeline does what it says, one line each.
    pub notes: Vec<String>,
}

/// A CodeBuild project that a `run` needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The action's id, `stage.action`.
    pub action: String,
    /// The project's name.
    pub name: String,
    /// The image, where the action asks for one.
    pub image: Option<String>,
    /// The timeout in minutes, where the action asks for one.
    pub timeout_in_minutes: Option<u64>,
    /// The buildspec, as JSON.
    pub buildspec: String,
}

/// The document of a plan.
#[must_use]
pub fn export(plan: &Plan, places: &Places) -> Export {
    let mut report = Report::new();
    let Some(aws) = &plan.aws else {
        report.push(
            TARGET_SETTINGS
                .at(
                    places.pipeline,
                    format!("the pipeline `{}` has no settings for CodePipeline", plan.pipeline.name),
                )
                .help("add `aws { role: \"arn:aws:iam::…:role/…\", artifact_bucket: \"…\" }`"),
        );
        return Export { diagnostics: report, ..Export::default() };
    };
    let context = Context::new(plan, places, aws);
    deploy::check(&context, &mut report);
    settings::check(&context, &mut report);
    names::check(&context, &mut report);
    if rules::too_many(&context, &mut report) {
        return Export { diagnostics: report, ..Export::default() };
    }
    let orders = order::stages(&context, &mut report);
    rules::check(&context, &orders, &mut report);
    let mut projects = Vec::new();
    let mut notes = Vec::new();
    let stages = orders.iter().zip(names::stages(&context, &orders));
    let mut pipeline = document::Pipeline {
        name: plan.pipeline.name.clone(),
        role_arn: aws.role.as_constant().unwrap_or(settings::NOT_CONSTANT).to_owned(),
        pipeline_type: Some(if context.is_v1() { "V1" } else { "V2" }.to_owned()),
        execution_mode: aws.mode.map(|mode| mode_name(mode).to_owned()),
        variables: settings::variables(&context, &mut report),
        triggers: triggers::triggers(&context, &mut notes, &mut report),
        stages: stages.map(|named| stage(&context, named, &mut projects, &mut report)).collect(),
        ..document::Pipeline::default()
    };
    settings::stores(&context, &mut pipeline);
    rules::check_projects(&context, &projects, &mut report);
    notes.extend(polled(&context));
    report.retain(|diagnostic| !places.allow(diagnostic));
    let refused = report.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let document = (!refused).then(|| CreatePipeline { pipeline, tags: settings::tags(&context) });
    Export { document, diagnostics: report, projects, notes }
}

/// What the service would say about a plan, and what the export would.
#[must_use]
pub fn check(plan: &Plan, places: &Places) -> Vec<Diagnostic> {
    export(plan, places).diagnostics
}

/// Sources that are not polled although nothing says so: on what else a change starts the pipeline.
fn polled(context: &Context<'_>) -> Vec<String> {
    let actions = context.plan.actions.iter().zip(&context.kinds).enumerate();
    let silent = actions.filter(|(_, (action, kind))| {
        let polls = kind.callee.and_then(|callee| callee.field(configuration::POLL));
        polls.is_some_and(|field| !field.key.is_empty()) && !action.config.contains_key(configuration::POLL)
    });
    silent
        .map(|(i, _)| {
            format!(
                "a change of {} starts the pipeline only where a rule of EventBridge says so",
                context.called(i)
            )
        })
        .collect()
}

fn mode_name(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Superseded => "SUPERSEDED",
        ExecutionMode::Queued => "QUEUED",
        ExecutionMode::Parallel => "PARALLEL",
    }
}

fn stage(
    context: &Context<'_>,
    (order, name): (&StageOrder, String),
    projects: &mut Vec<Project>,
    report: &mut Report,
) -> document::Stage {
    let actions = order.actions.iter();
    document::Stage {
        name,
        before_entry: conditions::before_entry(context, order, report),
        actions: actions.map(|(i, order)| actions::action(context, *i, *order, projects, report)).collect(),
        on_success: conditions::on_success(context, order, report),
        on_failure: rules::on_failure(context, order, report),
    }
}
