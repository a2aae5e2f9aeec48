//! What the service's first pipeline type lacks.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types-planning.html>

use crate::diagnostic::Place;
use crate::diagnostic::codes::V2_ONLY;
use crate::plan::{ExecutionMode, Trigger};

use super::context::{Class, Context, Owner, Report};
use super::triggers;

/// Action types that only the second type has, where the catalog does not know them: the user wrote them by `aws.action`.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-valid-providers.html>
const V2_TYPES: &[(&str, &str)] = &[
    ("Compute", "Commands"),
    ("Build", "ECRBuildAndPublish"),
    ("Deploy", "EKS"),
    ("Deploy", "EC2"),
    ("Deploy", "Lambda"),
    ("Invoke", "CodePipeline"),
];

/// Says what a pipeline of the first type has that it cannot have.
pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let mut found: Vec<(Place, String)> = Vec::new();
    whole(context, &mut found);
    stages(context, &mut found);
    for (i, kind) in context.kinds.iter().enumerate() {
        let service = kind.callee.and_then(|callee| callee.service.as_ref());
        let id = (kind.type_id.category.as_str(), kind.type_id.provider.as_str());
        let v2_only = match service {
            Some(service) => service.v2_only,
            None => V2_TYPES.contains(&id),
        };
        if v2_only {
            let what = if kind.class == Class::RunCommands {
                "Commands actions, which `run` becomes".to_owned()
            } else {
                format!("actions of the type {}", id.1)
            };
            found.push((context.places.action(i), what));
        }
    }
    for (place, what) in found {
        report.push(
            V2_ONLY
                .at(place, format!("a pipeline of type V1 has no {what}"))
                .also(context.places.aws("type"), "the type is asked for here")
                .help("remove `type: \"v1\"`"),
        );
    }
}

/// What the pipeline has as a whole.
fn whole(context: &Context<'_>, found: &mut Vec<(Place, String)>) {
    let (plan, places) = (context.plan, context.places);
    if !plan.variables.is_empty() {
        found.push((context.variable_place(0), "variables".to_owned()));
    }
    // A bare `on push` of a `git` is not a trigger for the service, but change detection; a schedule is no part of it.
    let filtered = plan.triggers.iter().position(|trigger| {
        let source = trigger.action().and_then(|action| context.index(action));
        !matches!(trigger, Trigger::Schedule { .. })
            && !source.is_some_and(|source| triggers::detects_changes(context, source))
    });
    if let Some(i) = filtered {
        found.push((
            places.triggers.get(i).copied().unwrap_or(places.pipeline),
            "filtered triggers".to_owned(),
        ));
    }
    if matches!(context.aws.mode, Some(ExecutionMode::Queued | ExecutionMode::Parallel)) {
        found.push((places.aws("mode"), "execution modes other than `superseded`".to_owned()));
    }
}

/// What stages have; each kind is said once.
fn stages(context: &Context<'_>, found: &mut Vec<(Place, String)>) {
    let stages = &context.plan.stages;
    if let Some(stage) = stages.iter().position(|stage| stage.on_failure.is_some()) {
        found.push((context.places.stage(stage), "reactions to failures".to_owned()));
    }
    if let Some(stage) = stages.iter().position(|stage| !stage.gates.is_empty()) {
        found.push((context.place(Owner::Gate(stage, 0), ""), "gates".to_owned()));
    }
    let of_stage = stages.iter().position(|stage| stage.when.is_some());
    let of_action = context.plan.actions.iter().position(|action| action.when.is_some());
    if let Some(stage) = of_stage {
        found.push((context.places.when(stage), "conditions".to_owned()));
    } else if let Some(action) = of_action {
        found.push((context.field(action, &["when"]), "conditions".to_owned()));
    }
}
