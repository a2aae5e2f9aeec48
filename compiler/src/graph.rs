//! The execution graph: who waits for whom and why. Gives a stable order, or every cycle with the reason of each hop.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::diagnostic::{Diagnostic, Place, codes};
use crate::typed::Pipeline;
use crate::types::{ActionId, StageId};

/// The order in which a pipeline can run.
#[derive(Debug)]
pub(crate) struct Order {
    /// Indices into `Pipeline::stages`.
    pub(crate) stages: Vec<usize>,
    /// Indices into `Pipeline::actions`.
    pub(crate) actions: Vec<usize>,
}

/// Why one waits for another, and where that is said.
#[derive(Clone, Debug)]
struct Edge {
    place: Place,
    reason: Reason,
}

#[derive(Clone, Copy, Debug)]
enum Reason {
    /// Stages run in the order written.
    Written,
    /// `needs` says so.
    Needs,
    /// `after` says so.
    After,
    /// A value is used.
    Use,
}

/// An edge leads from who waits to whom it waits for.
type Graph = DiGraph<(), Edge>;

/// Orders the pipeline, or reports its cycles.
pub(crate) fn order(pipeline: &Pipeline, text: &dyn Fn(Place) -> String) -> Result<Order, Vec<Diagnostic>> {
    let stage_at: HashMap<StageId, usize> =
        pipeline.stages.iter().enumerate().map(|(i, s)| (s.id, i)).collect();
    let action_at: HashMap<ActionId, usize> =
        pipeline.actions.iter().enumerate().map(|(i, a)| (a.id, i)).collect();
    let (stages, actions) = graphs(pipeline, &stage_at, &action_at);
    let stage_name = |i: usize| pipeline.stages[i].plan.id.clone();
    let action_name = |i: usize| pipeline.actions[i].plan.id.clone();
    let stage_order = topological(&stages, |i| i);
    let Some(stage_order) = stage_order else {
        return Err(cycles(&stages, "stage", &stage_name, text));
    };
    let mut rank = vec![0; pipeline.stages.len()];
    for (position, stage) in stage_order.iter().enumerate() {
        rank[*stage] = position;
    }
    // Actions of earlier stages first, so that the plan reads like the pipeline.
    let width = pipeline.actions.len() + 1;
    let key = |i: usize| stage_at.get(&pipeline.actions[i].stage).map_or(0, |s| rank[*s]) * width + i;
    match topological(&actions, key) {
        Some(actions) => Ok(Order { stages: stage_order, actions }),
        None => Err(cycles(&actions, "action", &action_name, text)),
    }
}

fn graphs(
    pipeline: &Pipeline,
    stage_at: &HashMap<StageId, usize>,
    action_at: &HashMap<ActionId, usize>,
) -> (Graph, Graph) {
    let mut stages = Graph::with_capacity(pipeline.stages.len(), pipeline.stages.len());
    let mut actions = Graph::with_capacity(pipeline.actions.len(), pipeline.actions.len());
    pipeline.stages.iter().for_each(|_| _ = stages.add_node(()));
    pipeline.actions.iter().for_each(|_| _ = actions.add_node(()));
    for (from, stage) in pipeline.stages.iter().enumerate() {
        for need in &stage.needs {
            let Some(to) = stage_at.get(&need.stage) else { continue };
            let reason = if need.written { Reason::Needs } else { Reason::Written };
            stages.add_edge(NodeIndex::new(from), NodeIndex::new(*to), Edge { place: need.place, reason });
        }
    }
    for (from, action) in pipeline.actions.iter().enumerate() {
        let Some(from_stage) = stage_at.get(&action.stage) else { continue };
        for used in &action.uses {
            let Some(to) = action_at.get(&used.action) else { continue };
            let reason = if used.after { Reason::After } else { Reason::Use };
            let edge = Edge { place: used.place, reason };
            let to_stage = pipeline.actions.get(*to).and_then(|a| stage_at.get(&a.stage));
            match to_stage {
                Some(to_stage) if to_stage != from_stage => {
                    let (a, b) = (NodeIndex::new(*from_stage), NodeIndex::new(*to_stage));
                    // One edge tells it: many actions of a stage may use the same other stage.
                    if stages.find_edge(a, b).is_none() {
                        stages.add_edge(a, b, edge.clone());
                    }
                }
                _ => {}
            }
            actions.add_edge(NodeIndex::new(from), NodeIndex::new(*to), edge);
        }
    }
    conditions(pipeline, stage_at, action_at, &mut stages);
    (stages, actions)
}

/// A stage whose entry or exit looks at something waits for the stage that has it; what is looked at before a stage is
/// entered cannot be its own.
fn conditions(
    pipeline: &Pipeline,
    stage_at: &HashMap<StageId, usize>,
    action_at: &HashMap<ActionId, usize>,
    stages: &mut Graph,
) {
    for (from, stage) in pipeline.stages.iter().enumerate() {
        let all =
            stage.entry.iter().map(|used| (used, true)).chain(stage.exit.iter().map(|used| (used, false)));
        for (used, entry) in all {
            let action = action_at.get(&used.action).and_then(|at| pipeline.actions.get(*at));
            let Some(to) = action.and_then(|action| stage_at.get(&action.stage)) else { continue };
            let (a, b) = (NodeIndex::new(from), NodeIndex::new(*to));
            if (*to != from || entry) && stages.find_edge(a, b).is_none() {
                stages.add_edge(a, b, Edge { place: used.place, reason: Reason::Use });
            }
        }
    }
}

/// A topological order, the smallest `key` first where several could be next; `None` when there is a cycle.
fn topological(graph: &Graph, key: impl Fn(usize) -> usize) -> Option<Vec<usize>> {
    let mut waiting: Vec<usize> = graph.node_indices().map(|n| graph.edges(n).count()).collect();
    let ready = waiting.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| Reverse((key(i), i)));
    let mut ready: BinaryHeap<_> = ready.collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse((_, node))) = ready.pop() {
        order.push(node);
        for user in graph.neighbors_directed(NodeIndex::new(node), petgraph::Direction::Incoming) {
            let user = user.index();
            waiting[user] -= 1;
            if waiting[user] == 0 {
                ready.push(Reverse((key(user), user)));
            }
        }
    }
    (order.len() == waiting.len()).then_some(order)
}

/// One diagnostic for each group of nodes that wait for each other: its shortest cycle.
fn cycles(
    graph: &Graph,
    what: &str,
    name: &dyn Fn(usize) -> String,
    text: &dyn Fn(Place) -> String,
) -> Vec<Diagnostic> {
    let mut found: Vec<Vec<(usize, Edge)>> = Vec::new();
    for component in kosaraju_scc(graph) {
        let Some(start) = component.iter().min().copied() else { continue };
        let inside: std::collections::HashSet<NodeIndex> = component.into_iter().collect();
        if let Some(cycle) = shortest_cycle(graph, start, &inside) {
            found.push(cycle);
        }
    }
    found.sort_by_key(|cycle| cycle.first().map(|(node, _)| *node));
    found.iter().map(|cycle| report(cycle, what, name, text)).collect()
}

/// The shortest cycle through `start`, as the nodes with the edge that leads on from each.
fn shortest_cycle(
    graph: &Graph,
    start: NodeIndex,
    inside: &std::collections::HashSet<NodeIndex>,
) -> Option<Vec<(usize, Edge)>> {
    let mut from: HashMap<NodeIndex, (NodeIndex, Edge)> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for edge in graph.edges(node).filter(|e| inside.contains(&e.target())) {
            let target = edge.target();
            if target == start {
                let mut cycle = vec![(node.index(), edge.weight().clone())];
                let mut at = node;
                while let Some((previous, edge)) = from.get(&at) {
                    cycle.push((previous.index(), edge.clone()));
                    at = *previous;
                }
                cycle.reverse();
                return Some(cycle);
            }
            if let std::collections::hash_map::Entry::Vacant(e) = from.entry(target) {
                e.insert((node, edge.weight().clone()));
                queue.push_back(target);
            }
        }
    }
    None
}

fn report(
    cycle: &[(usize, Edge)],
    what: &str,
    name: &dyn Fn(usize) -> String,
    text: &dyn Fn(Place) -> String,
) -> Diagnostic {
    let names: Vec<String> = cycle.iter().map(|(node, _)| name(*node)).collect();
    let path = names.iter().chain(names.first()).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" → ");
    let hop = |at: usize| {
        let (_, edge) = &cycle[at];
        let (from, to) = (&names[at], &names[(at + 1) % names.len()]);
        let shown: String = text(edge.place).chars().take(60).collect();
        match edge.reason {
            Reason::Written => format!("`{from}` needs `{to}` because stages run in the order written"),
            Reason::Needs => format!("`{from}` needs `{to}` because its `needs` says so"),
            Reason::After => format!("`{from}` needs `{to}` because its `after` says so"),
            Reason::Use => format!("`{from}` needs `{to}` because it uses `{shown}` here"),
        }
    };
    // The hop that the user wrote is the one to look at; the order of writing is only its background.
    let first = cycle.iter().position(|(_, edge)| !matches!(edge.reason, Reason::Written)).unwrap_or(0);
    let message = match names.as_slice() {
        [one] => format!("{what} `{one}` waits for itself"),
        _ => format!("these {what}s wait for each other: {path}"),
    };
    let mut diagnostic = codes::CYCLE.at(cycle[first].1.place, message).label(hop(first));
    for at in (0..cycle.len()).filter(|at| *at != first) {
        diagnostic = diagnostic.also(cycle[at].1.place, hop(at));
    }
    let written = cycle.iter().any(|(_, edge)| matches!(edge.reason, Reason::Written));
    diagnostic.help(if written {
        "move the stage behind the one that it uses, or free it from the order with `needs: […]`"
    } else {
        "remove one of these uses; what both waits and is waited for can be split in two"
    })
}
