//! From the checked program to the plan. Total: it runs only on programs without errors.

use crate::diagnostic::Place;
use crate::graph::Order;
use crate::places::Places;
use crate::plan::{Azure, Format, Location, Pipeline as PlanPipeline, Plan};
use crate::typed::Pipeline;

/// A plan, and where its parts stand.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The plan.
    pub plan: Plan,
    /// Where its parts stand in the source.
    pub places: Places,
}

/// Lowers a pipeline. `at` gives the location of a place.
pub(crate) fn lower(pipeline: Pipeline, order: &Order, at: &impl Fn(Place) -> Location) -> Lowered {
    let ids: std::collections::HashMap<_, String> =
        pipeline.actions.iter().map(|action| (action.id, action.plan.id.clone())).collect();
    let mut places = Places {
        declared: pipeline.declared,
        pipeline: pipeline.place,
        aws: pipeline.aws_places,
        variables: pipeline.variable_places,
        secrets: pipeline.secret_places,
        ..Places::default()
    };
    let mut triggers = Vec::with_capacity(pipeline.triggers.len());
    for (mut trigger, place) in pipeline.triggers {
        *trigger.source_mut() = at(place);
        places.triggers.push(place);
        triggers.push(trigger);
    }
    let mut aws = pipeline.aws;
    if let (Some(aws), Some(place)) = (&mut aws, places.aws.get("")) {
        aws.source = at(*place);
    }
    let mut secrets = pipeline.secrets;
    for (secret, place) in secrets.iter_mut().zip(&places.secrets) {
        secret.source = at(*place);
    }
    let azure = pipeline.azure.map(|(azure, place)| Azure { source: at(place), ..azure });
    let mut stages: Vec<_> = pipeline.stages.into_iter().map(Some).collect();
    let mut actions: Vec<_> = pipeline.actions.into_iter().map(Some).collect();
    let stages = order.stages.iter().filter_map(|index| {
        let mut stage = stages[*index].take()?;
        stage.plan.source = at(stage.place);
        for (gate, places) in stage.plan.gates.iter_mut().zip(&stage.gate_places) {
            gate.source = at(places.name);
        }
        places.stages.push(stage.place);
        places.whens.push(stage.when_place);
        places.gates.push(stage.gate_places);
        Some(stage.plan)
    });
    let stages = stages.collect();
    let actions = order.actions.iter().filter_map(|index| {
        let mut action = actions[*index].take()?;
        action.plan.source = at(action.places.name);
        action.plan.needs = action.uses.iter().filter_map(|used| ids.get(&used.action).cloned()).collect();
        places.actions.push(action.places);
        Some(action.plan)
    });
    let actions = actions.collect();
    let plan = Plan {
        format: Format::V1,
        pipeline: PlanPipeline {
            name: pipeline.name,
            description: pipeline.description,
            source: at(pipeline.place),
        },
        variables: pipeline.variables,
        secrets,
        triggers,
        aws,
        azure,
        callees: pipeline.callees,
        stages,
        actions,
    };
    Lowered { plan, places }
}
