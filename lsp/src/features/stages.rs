//! Who waits for whom, as editors show who calls whom.

use compiler::Lowered;
use compiler::diagnostic::Place;

use crate::analysis::Analysis;

/// A stage or an action of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// `stage`, `stage.action`.
    pub(crate) id: String,
    /// The callee of an action.
    pub(crate) detail: Option<String>,
    /// Its name in the source.
    pub(crate) place: Place,
}

/// The stages and actions whose name stands at an offset: several, where they are a family.
pub(crate) fn at(analysis: &Analysis, offset: u32) -> Vec<Node> {
    let here = |place: Place| {
        place.source == analysis.source && place.span.start <= offset && offset <= place.span.end
    };
    all(analysis).into_iter().filter(|node| here(node.place)).collect()
}

/// Those that one waits for, and the other way round those that wait for it.
pub(crate) fn neighbours(analysis: &Analysis, id: &str, waits_for: bool) -> Vec<Node> {
    let mut found: Vec<&str> = Vec::new();
    for Lowered { plan, .. } in pipelines(analysis) {
        let stages = plan.stages.iter().map(|stage| (stage.id.as_str(), &stage.needs));
        let actions = plan.actions.iter().map(|action| (action.id.as_str(), &action.needs));
        for (own, needs) in stages.chain(actions) {
            if waits_for && own == id {
                found.extend(needs.iter().map(String::as_str));
            } else if !waits_for && needs.iter().any(|need| need == id) {
                found.push(own);
            }
        }
    }
    all(analysis).into_iter().filter(|node| found.contains(&node.id.as_str())).collect()
}

fn pipelines(analysis: &Analysis) -> &[Lowered] {
    analysis.compilation.as_ref().map_or(&[], |compilation| &compilation.pipelines)
}

fn all(analysis: &Analysis) -> Vec<Node> {
    let mut nodes = Vec::new();
    for Lowered { plan, places } in pipelines(analysis) {
        let stages = plan.stages.iter().enumerate();
        nodes.extend(stages.map(|(at, stage)| Node {
            id: stage.id.clone(),
            detail: None,
            place: places.stage(at),
        }));
        let actions = plan.actions.iter().enumerate();
        nodes.extend(actions.map(|(at, action)| Node {
            id: action.id.clone(),
            detail: Some(action.callee.clone()),
            place: places.action(at),
        }));
    }
    nodes
}
