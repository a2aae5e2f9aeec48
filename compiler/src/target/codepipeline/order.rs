//! Order: the stages in a sequence that keeps every edge, and the run order of the actions in a stage.
//!
//! The service runs stages strictly one after the other and, in a stage, actions by their number. A plan that allows more
//! at once is still exported; what waits although it need not is said in a hint.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use indexmap::{IndexMap, IndexSet};

use crate::diagnostic::Severity;
use crate::diagnostic::codes::{SERIALIZED, TARGET_CANNOT};
use crate::plan::{Action, ParallelStages};

use super::context::{Context, Report, weaker};

/// A stage of the document: one stage of the plan, or several that were merged.
#[derive(Clone, Debug, Default)]
pub(super) struct StageOrder {
    /// Indices into `Plan::stages`.
    pub(super) stages: Vec<usize>,
    /// Indices into `Plan::actions` with their run orders, in the order in which they are written.
    pub(super) actions: Vec<(usize, u32)>,
}

/// The document's stages in sequence.
pub(super) fn stages(context: &Context<'_>, report: &mut Report) -> Vec<StageOrder> {
    let needs = stage_needs(context);
    let Some(sequence) = sort(&needs) else {
        let place = context.places.pipeline;
        report.push(TARGET_CANNOT.at(place, "the stages of the plan wait for each other in a circle"));
        return Vec::new();
    };
    let reach = reachable(&needs, &sequence);
    let members = members(context);
    let groups = group(context, &sequence, &reach, &members, report);
    let mut orders = Vec::new();
    for stages in groups {
        let actions = members_of(&members, &stages);
        if let Some(actions) = run_orders(context, &actions) {
            orders.push(StageOrder { stages, actions });
        } else {
            let place = context.places.stage(stages[0]);
            report.push(TARGET_CANNOT.at(place, "actions of the stage wait for each other in a circle"));
        }
    }
    orders
}

/// For each stage its actions.
fn members(context: &Context<'_>) -> Vec<Vec<usize>> {
    let plan = context.plan;
    let mut members: IndexMap<&str, Vec<usize>> =
        plan.stages.iter().map(|stage| (stage.id.as_str(), Vec::new())).collect();
    for (i, action) in plan.actions.iter().enumerate() {
        if let Some(members) = members.get_mut(action.stage.as_str()) {
            members.push(i);
        }
    }
    plan.stages.iter().map(|stage| members.get(stage.id.as_str()).cloned().unwrap_or_default()).collect()
}

/// The actions of some stages, in the order of the plan.
fn members_of(members: &[Vec<usize>], stages: &[usize]) -> Vec<usize> {
    let mut actions: Vec<usize> = stages.iter().flat_map(|stage| members[*stage].iter().copied()).collect();
    actions.sort_unstable();
    actions
}

/// For each stage the stages that must be done before it, by its `needs` and by what its actions, its condition
/// and its gates read.
fn stage_needs(context: &Context<'_>) -> Vec<IndexSet<usize>> {
    let plan = context.plan;
    let by_id: IndexMap<&str, usize> =
        plan.stages.iter().enumerate().map(|(i, s)| (s.id.as_str(), i)).collect();
    let mut needs: Vec<IndexSet<usize>> = plan
        .stages
        .iter()
        .map(|s| s.needs.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect())
        .collect();
    for (i, action) in plan.actions.iter().enumerate() {
        let Some(stage) = by_id.get(action.stage.as_str()) else { continue };
        for dependency in context.dependencies(i) {
            let other = by_id.get(plan.actions[dependency].stage.as_str());
            needs[*stage].extend(other.filter(|other| *other != stage));
        }
    }
    for (stage, needs) in needs.iter_mut().enumerate() {
        for read in context.stage_reads(stage) {
            let other = by_id.get(plan.actions[read].stage.as_str());
            needs.extend(other.filter(|other| **other != stage));
        }
    }
    needs
}

/// The nodes so that each stands after what it needs, otherwise as they were; none where there is a circle.
fn sort(needs: &[IndexSet<usize>]) -> Option<Vec<usize>> {
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (node, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|need| needed_by[*need].push(node));
    }
    let mut missing: Vec<usize> = needs.iter().map(IndexSet::len).collect();
    let free = (0..needs.len()).filter(|node| missing[*node] == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = free.map(Reverse).collect();
    let mut done = Vec::new();
    while let Some(Reverse(node)) = ready.pop() {
        done.push(node);
        for user in &needed_by[node] {
            missing[*user] -= 1;
            if missing[*user] == 0 {
                ready.push(Reverse(*user));
            }
        }
    }
    (done.len() == needs.len()).then_some(done)
}

/// For each node everything that it needs, directly or not.
fn reachable(needs: &[IndexSet<usize>], sequence: &[usize]) -> Vec<IndexSet<usize>> {
    let mut reach: Vec<IndexSet<usize>> = vec![IndexSet::new(); needs.len()];
    for node in sequence {
        let mut all = needs[*node].clone();
        for need in &needs[*node] {
            all.extend(reach[*need].iter().copied());
        }
        reach[*node] = all;
    }
    reach
}

/// Neighbours in the sequence that could run side by side: merged where that is asked for and means the same, otherwise
/// left one after the other, with a hint.
fn group(
    context: &Context<'_>,
    sequence: &[usize],
    reach: &[IndexSet<usize>],
    members: &[Vec<usize>],
    report: &mut Report,
) -> Vec<Vec<usize>> {
    let merge = context.aws.parallel_stages == ParallelStages::Merge;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &stage in sequence {
        let independent = |other: &usize| !reach[stage].contains(other);
        let Some(last) = groups.last_mut().filter(|last| last.iter().all(independent)) else {
            groups.push(vec![stage]);
            continue;
        };
        let obstacle = if merge { obstacle(context, members, last, stage) } else { Some(String::new()) };
        let Some(obstacle) = obstacle else {
            last.push(stage);
            continue;
        };
        let name = |stage: usize| format!("`{}`", context.plan.stages[stage].id);
        let waits = name(stage);
        let for_ = name(*last.last().unwrap_or(&stage));
        let message = format!("CodePipeline runs {waits} after {for_}, although it does not need it");
        let hint = weaker(&SERIALIZED, Severity::Hint, context.places.stage(stage), message);
        report.push(if merge {
            hint.help(format!("they are not merged, because {obstacle}"))
        } else {
            hint.help("`aws { parallel_stages: \"merge\" }` makes one stage of both, or write their actions in one stage")
        });
        groups.push(vec![stage]);
    }
    groups
}

/// Why a stage cannot become one with these; none where nothing speaks against it.
fn obstacle(context: &Context<'_>, members: &[Vec<usize>], group: &[usize], stage: usize) -> Option<String> {
    let plan = context.plan;
    let first = &plan.stages[group[0]];
    if first.on_failure != plan.stages[stage].on_failure {
        return Some("they react to failures differently".to_owned());
    }
    // A stage has one condition of each kind, which is about all of its actions.
    if group.iter().chain([&stage]).any(|stage| has_condition(context, *stage)) {
        return Some("a condition is about one of them only".to_owned());
    }
    let (ours, theirs) = (members_of(members, group), members_of(members, &[stage]));
    if ours.iter().chain(&theirs).any(|i| context.is_source(*i)) {
        return Some("sources have a stage of their own".to_owned());
    }
    let clash = theirs.iter().find(|t| ours.iter().any(|o| plan.actions[*o].name == plan.actions[**t].name));
    clash.map(|action| format!("both have an action `{}`", plan.actions[*action].name))
}

fn has_condition(context: &Context<'_>, stage: usize) -> bool {
    let stage = &context.plan.stages[stage];
    let conditional = |action: &Action| action.stage == stage.id && action.when.is_some();
    stage.when.is_some() || !stage.gates.is_empty() || context.plan.actions.iter().any(conditional)
}

/// Run orders by the longest path, lowest first, otherwise as written; none where there is a circle.
fn run_orders(context: &Context<'_>, actions: &[usize]) -> Option<Vec<(usize, u32)>> {
    let position: IndexMap<usize, usize> =
        actions.iter().enumerate().map(|(position, i)| (*i, position)).collect();
    let needs: Vec<IndexSet<usize>> = actions
        .iter()
        .map(|i| context.dependencies(*i).iter().filter_map(|d| position.get(d).copied()).collect())
        .collect();
    let mut level = vec![1_u32; actions.len()];
    for node in sort(&needs)? {
        level[node] = needs[node].iter().map(|need| level[*need].saturating_add(1)).max().unwrap_or(1);
    }
    let mut orders: Vec<(usize, u32)> = actions.iter().copied().zip(level).collect();
    orders.sort_by_key(|(_, level)| *level);
    Some(orders)
}
