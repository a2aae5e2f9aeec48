//! What the plans of a file say about its actions: order, artifacts, and where they stand on AWS.

use std::collections::BTreeMap;

use compiler::Lowered;
use compiler::diagnostic::Place;
use compiler::plan::Action;
use compiler::target::codepipeline;

use crate::analysis::Analysis;

/// The pipelines of the file that could be planned.
pub(super) fn pipelines(analysis: &Analysis) -> &[Lowered] {
    analysis.compilation.as_ref().map_or(&[], |compilation| &compilation.pipelines)
}

/// The actions of a pipeline that are declared at a place: several where it is a family, or in a template.
pub(super) fn actions(lowered: &Lowered, place: Place) -> impl Iterator<Item = &Action> {
    let all = lowered.plan.actions.iter().zip(&lowered.places.actions);
    all.filter(move |(_, places)| places.name == place).map(|(action, _)| action)
}

/// The numbers of actions on AWS, by their ids: actions of a stage with the same number run side by side. Nothing where
/// the pipeline cannot be exported.
pub(super) fn run_orders(lowered: &Lowered) -> BTreeMap<&str, u32> {
    let Some(document) = codepipeline::export(&lowered.plan, &lowered.places).document else {
        return BTreeMap::new();
    };
    let mut by_name: BTreeMap<&str, Option<u32>> = BTreeMap::new();
    for action in document.pipeline.stages.iter().flat_map(|stage| &stage.actions) {
        // A name that several stages have says nothing without the stage, and stages may have been merged.
        let seen = by_name.contains_key(action.name.as_str());
        by_name.insert(&action.name, action.run_order.filter(|_| !seen));
    }
    let mut orders = BTreeMap::new();
    for action in &lowered.plan.actions {
        let stage = lowered.plan.stages.iter().find(|stage| stage.id == action.stage);
        let of_stage = document.pipeline.stages.iter().find(|s| stage.is_some_and(|own| own.name == s.name));
        let exact = of_stage.and_then(|stage| stage.actions.iter().find(|a| a.name == action.name));
        let order =
            exact.map_or_else(|| by_name.get(action.name.as_str()).copied().flatten(), |a| a.run_order);
        orders.extend(order.map(|order| (action.id.as_str(), order)));
    }
    orders
}

/// `a`, `b` and 3 more.
pub(super) fn some<'i>(ids: impl IntoIterator<Item = &'i str>, most: usize) -> String {
    let mut ids: Vec<&str> = ids.into_iter().collect();
    ids.dedup();
    let shown = ids.iter().take(most).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
