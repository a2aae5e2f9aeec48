//! Rules of the whole pipeline: counts, sources, what the first pipeline type lacks, reactions to failures.

use crate::diagnostic::codes::{
    NO_DEFAULT, NOT_EXPORTED, ON_FAILURE, TARGET_COUNT, TARGET_NAME_TAKEN, TARGET_SOURCES,
};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::plan::{OnFailure, ParallelStages};

use super::context::{Context, Report, weaker};
use super::document::RetryConfiguration;
use super::order::StageOrder;
use super::{Project, conditions, document, v1};

// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
const MAX_STAGES: usize = 50;
const MAX_ACTIONS: usize = 1000;

/// A count of the whole pipeline.
struct Count {
    what: &'static str,
    min: usize,
    max: usize,
    count: fn(&Context<'_>, &[StageOrder]) -> usize,
    place: fn(&Context<'_>) -> Place,
    help: &'static str,
}

/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>
static COUNTS: &[Count] = &[
    Count {
        what: "stages",
        min: 2,
        max: MAX_STAGES,
        count: |_, stages| stages.len(),
        place: |context| context.places.pipeline,
        help: "a pipeline has a stage of sources and 1 to 49 more",
    },
    Count {
        what: "variables",
        min: 0,
        max: 50,
        count: |context, _| context.plan.variables.len(),
        place: |context| context.variable_place(50),
        help: "put what belongs together into one variable",
    },
    Count {
        what: "tags",
        min: 0,
        max: 50,
        count: |context, _| context.aws.tags.len(),
        place: |context| context.places.aws("tags"),
        help: "remove some",
    },
];

/// Actions of one stage: the quota table says 50 in one row, 100 in others, so between them is a warning.
const ACTIONS_DOCUMENTED: usize = 50;
const ACTIONS_MAX: usize = 100;

/// Whether there is so much that nothing but its count is said: merging stages helps only to a point.
pub(super) fn too_many(context: &Context<'_>, report: &mut Report) -> bool {
    let merge = context.aws.parallel_stages == ParallelStages::Merge;
    let (stages, actions) = (context.plan.stages.len(), context.plan.actions.len());
    let before = report.len();
    for (what, count, max, bearable) in [
        ("stages", stages, MAX_STAGES, if merge { MAX_ACTIONS } else { MAX_STAGES }),
        ("actions", actions, MAX_ACTIONS, MAX_ACTIONS),
    ] {
        if count > bearable {
            let message = format!("the pipeline has {count} {what}; CodePipeline takes {max}");
            report.push(TARGET_COUNT.at(context.places.pipeline, message).help("split the pipeline"));
        }
    }
    report.len() > before
}

pub(super) fn check(context: &Context<'_>, stages: &[StageOrder], report: &mut Report) {
    for rule in COUNTS {
        let count = (rule.count)(context, stages);
        if !(rule.min..=rule.max).contains(&count) {
            let message = format!(
                "the pipeline has {count} {}; CodePipeline takes {} to {}",
                rule.what, rule.min, rule.max
            );
            report.push(TARGET_COUNT.at((rule.place)(context), message).help(rule.help));
        }
    }
    check_stages(context, stages, report);
    check_sources(context, stages, report);
    if context.is_v1() {
        v1::check(context, report);
    }
    check_defaults(context, report);
    for stage in context.aws.disabled.keys() {
        let message =
            format!("that the stage `{stage}` is disabled is not exported: it is not part of a pipeline");
        report.push(
            NOT_EXPORTED
                .at(context.places.aws("disabled"), message)
                .help("`aws codepipeline disable-stage-transition` does it when the pipeline exists"),
        );
    }
}

fn check_stages(context: &Context<'_>, stages: &[StageOrder], report: &mut Report) {
    for order in stages {
        let Some(stage) = order.stages.first() else { continue };
        let place = context.places.stage(*stage);
        let name = &context.plan.stages[*stage].name;
        let count = order.actions.len();
        if count == 0 {
            let message = format!("the stage `{name}` has no actions");
            report
                .push(TARGET_COUNT.at(place, message).help("CodePipeline wants at least one in each stage"));
        } else if count > ACTIONS_MAX {
            let message = format!("the stage `{name}` has {count} actions; CodePipeline takes {ACTIONS_MAX}");
            report.push(TARGET_COUNT.at(place, message).help("split the stage"));
        } else if count > ACTIONS_DOCUMENTED {
            let message = format!(
                "the stage `{name}` has {count} actions; CodePipeline may take only {ACTIONS_DOCUMENTED}"
            );
            report.push(
                weaker(&TARGET_COUNT, Severity::Warning, place, message)
                    .help("its quotas say 50 in one place and 100 in others"),
            );
        }
    }
}

/// The first stage has sources only, and no other stage has any.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-requirements.html>
fn check_sources(context: &Context<'_>, stages: &[StageOrder], report: &mut Report) {
    let is_source = |(action, _): &&(usize, u32)| context.is_source(*action);
    let Some((first, rest)) = stages.split_first() else { return };
    if first.actions.iter().filter(is_source).count() == 0 {
        if let Some(stage) = first.stages.first().filter(|_| !first.actions.is_empty()) {
            let name = &context.plan.stages[*stage].name;
            report.push(
                TARGET_SOURCES
                    .at(context.places.stage(*stage), format!("the first stage, `{name}`, has no source"))
                    .help("CodePipeline starts with a stage of sources: `stage source { action app = git { … } }`"),
            );
        }
    } else {
        for (action, _) in first.actions.iter().filter(|action| !is_source(action)) {
            report.push(
                TARGET_SOURCES
                    .at(
                        context.places.action(*action),
                        format!("{} is not a source, but in the stage of sources", context.called(*action)),
                    )
                    .help("move it to a later stage"),
            );
        }
    }
    for (action, _) in rest.iter().flat_map(|stage| &stage.actions).filter(is_source) {
        report.push(
            TARGET_SOURCES
                .at(
                    context.places.action(*action),
                    format!("{} is a source, but not in the first stage", context.called(*action)),
                )
                .help("move it to the first stage"),
        );
    }
}

/// A run that starts by itself cannot be given the value of a variable.
fn check_defaults(context: &Context<'_>, report: &mut Report) {
    if context.plan.triggers.is_empty() {
        return;
    }
    for (i, variable) in context.plan.variables.iter().enumerate().filter(|(_, v)| v.default.is_none()) {
        report.push(
            NO_DEFAULT
                .at(
                    context.variable_place(i),
                    format!("the variable `{}` has no default, so a triggered run fails", variable.name),
                )
                .help("give it a default"),
        );
    }
}

/// The document's reaction of a stage to a failure: what `on failure` says, or its gates.
pub(super) fn on_failure(
    context: &Context<'_>,
    order: &StageOrder,
    report: &mut Report,
) -> Option<document::OnFailure> {
    let conditions = conditions::on_failure(context, order, report);
    if conditions.is_empty() {
        return reaction(context, order, report);
    }
    Some(document::OnFailure { conditions, ..document::OnFailure::default() })
}

/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html>
fn reaction(context: &Context<'_>, order: &StageOrder, report: &mut Report) -> Option<document::OnFailure> {
    let stage = *order.stages.first()?;
    let place = context.places.stage(stage);
    let name = &context.plan.stages[stage].name;
    let result = |result: &str| document::OnFailure { result: Some(result.to_owned()), ..Default::default() };
    let refuse = |message: String, help: &str| -> Diagnostic { ON_FAILURE.at(place, message).help(help) };
    match context.plan.stages[stage].on_failure? {
        OnFailure::Skip => {
            report.push(refuse(
                format!("the stage `{name}` is skipped on failure, which CodePipeline cannot do"),
                "use `on failure rollback` or `on failure retry`",
            ));
            None
        }
        OnFailure::Rollback => {
            if order.actions.iter().any(|(action, _)| context.is_source(*action)) {
                report.push(refuse(
                    format!("the stage `{name}` has sources, so it cannot be rolled back"),
                    "use `on failure retry`, or remove it",
                ));
            } else if context.is_parallel() {
                report.push(
                    refuse(
                        format!("the stage `{name}` rolls back, but executions run in parallel"),
                        "use `mode: \"queued\"`, or another reaction",
                    )
                    .also(context.places.aws("mode"), "the mode is asked for here"),
                );
            }
            Some(result("ROLLBACK"))
        }
        // Which actions are retried is the service's choice then.
        OnFailure::Retry => Some(result("RETRY")),
        retry @ (OnFailure::RetryFailedActions | OnFailure::RetryAllActions) => {
            let mode = if retry == OnFailure::RetryAllActions { "ALL_ACTIONS" } else { "FAILED_ACTIONS" };
            let configuration = RetryConfiguration { retry_mode: Some(mode.to_owned()) };
            Some(document::OnFailure { retry_configuration: Some(configuration), ..result("RETRY") })
        }
    }
}

/// Projects of different actions that would have the same name.
pub(super) fn check_projects(context: &Context<'_>, projects: &[Project], report: &mut Report) {
    for (i, project) in projects.iter().enumerate() {
        if let Some(other) = projects[..i].iter().find(|other| other.name == project.name) {
            let at =
                |id: &str| context.index(id).map_or(context.places.pipeline, |i| context.places.action(i));
            let message = format!("two actions need a CodeBuild project of the name `{}`", project.name);
            report.push(
                TARGET_NAME_TAKEN
                    .at(at(&project.action), message)
                    .also(at(&other.action), "the first one")
                    .help("give one of them another `name`"),
            );
        }
    }
}
