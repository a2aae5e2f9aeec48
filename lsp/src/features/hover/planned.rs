//! What the plan says: what waits for what, who makes and who reads an artifact.

use compiler::Lowered;
use compiler::diagnostic::Place;
use compiler::index::{EntityKind, Occurrence};
use compiler::plan::{Action, Local};

use super::Hover;
use crate::analysis::Analysis;
use crate::features::names::{bare, text};
use crate::features::planned::{actions, pipelines, run_orders, some};
use crate::features::tree;

/// How many names of a kind are listed.
const MOST: usize = 6;

/// Adds what the plan says about what is meant.
pub(super) fn describe(analysis: &Analysis, meant: Occurrence, hover: &mut Hover) {
    for lowered in pipelines(analysis) {
        match meant.kind {
            EntityKind::Action => action(lowered, meant.definition, hover),
            EntityKind::Artifact => artifact(analysis, lowered, meant.definition, hover),
            EntityKind::Stage => stage(lowered, meant.definition, hover),
            EntityKind::Pipeline if lowered.places.pipeline == meant.definition => {
                let plan = &lowered.plan;
                let (stages, actions) = (plan.stages.len(), plan.actions.len());
                hover.paragraphs.push(format!("Stages: {stages}. Actions: {actions}."));
            }
            _ => {}
        }
    }
}

fn action(lowered: &Lowered, definition: Place, hover: &mut Hover) {
    let found: Vec<&Action> = actions(lowered, definition).collect();
    let Some(first) = found.first() else { return };
    let out = &mut hover.paragraphs;
    out.push(format!("Stage: {}.", some(found.iter().map(|action| action.stage.as_str()), MOST)));
    if found.len() > 1 {
        out.push(format!("Members: {}.", some(found.iter().map(|action| action.id.as_str()), MOST)));
    }
    let needs = sorted(found.iter().flat_map(|action| action.needs.iter().map(String::as_str)));
    if !needs.is_empty() {
        out.push(format!("Waits for {}.", some(needs, MOST)));
    }
    let ids: Vec<&str> = found.iter().map(|action| action.id.as_str()).collect();
    let all = &lowered.plan.actions;
    let users = sorted(
        all.iter().filter(|a| a.needs.iter().any(|n| ids.contains(&n.as_str()))).map(|a| a.id.as_str()),
    );
    if !users.is_empty() {
        out.push(format!("Waited for by {}.", some(users, MOST)));
    }
    let orders = run_orders(lowered);
    let mut numbers: Vec<u32> = ids.iter().filter_map(|id| orders.get(id).copied()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if !numbers.is_empty() {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        out.push(format!("Run order on AWS: {}.", numbers.join(", ")));
    }
    out.push(locally(first).to_owned());
}

/// How true a local run of an action is.
fn locally(action: &Action) -> &'static str {
    match &action.local {
        Some(Local::Simulate) => "In a local run: nothing, as `local` says.",
        Some(Local::Script { .. }) => "In a local run: the script of `local`.",
        None => match action.callee.as_str() {
            "git" => "In a local run: the working tree.",
            "run" => "In a local run: its script, on this machine.",
            "approve" => "In a local run: whoever runs it is asked.",
            _ => "In a local run: simulated; `local` can give it a script.",
        },
    }
}

fn artifact(analysis: &Analysis, lowered: &Lowered, definition: Place, hover: &mut Hover) {
    // An artifact is declared inside its action, by its name or by the field that holds its globs.
    let Some((name, whole)) =
        tree::with_declaration(analysis, definition, |item| Some((tree::name(item)?.span, item.span())))
    else {
        return;
    };
    debug_assert!(whole.touches(definition.span.start), "BUG: an artifact outside of its action");
    let place = Place { source: definition.source, span: name };
    let id = text(analysis, definition.source, bare(analysis, definition));
    let makers: Vec<&str> = actions(lowered, place).map(|action| action.id.as_str()).collect();
    if makers.is_empty() {
        return;
    }
    hover.paragraphs.push(format!("Produced by {}.", some(makers.iter().copied(), MOST)));
    let reads = |action: &&Action| {
        action.inputs.iter().any(|input| {
            let artifact = &input.artifact;
            makers.contains(&artifact.action.as_str())
                && artifact.output.as_deref().is_none_or(|output| output == id)
        })
    };
    let readers = sorted(lowered.plan.actions.iter().filter(reads).map(|action| action.id.as_str()));
    hover.paragraphs.push(if readers.is_empty() {
        "Used by no action.".to_owned()
    } else {
        format!("Used by {}.", some(readers, MOST))
    });
}

fn stage(lowered: &Lowered, definition: Place, hover: &mut Hover) {
    let stages = lowered.plan.stages.iter().zip(&lowered.places.stages);
    let found: Vec<_> = stages.filter(|(_, place)| **place == definition).map(|(stage, _)| stage).collect();
    if found.is_empty() {
        return;
    }
    if found.len() > 1 {
        let members = found.iter().map(|stage| stage.id.as_str());
        hover.paragraphs.push(format!("Members: {}.", some(members, MOST)));
    }
    let needs = sorted(found.iter().flat_map(|stage| stage.needs.iter().map(String::as_str)));
    if !needs.is_empty() {
        hover.paragraphs.push(format!("Waits for {}.", some(needs, MOST)));
    }
}

fn sorted<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<&'i str> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
