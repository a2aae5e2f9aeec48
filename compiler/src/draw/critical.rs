//! The critical path: the longest chain through stages and actions, by durations where they are known, else by number.

use std::cmp::Reverse;
use std::time::Duration;

use super::model::{Graph, Kind};
use super::order::Order;

/// Marks what is on the critical path.
pub(super) fn mark(graph: &mut Graph<'_>, order: &Order) {
    let weights = weights(graph);
    // For each point: the length of the longest chain that ends there, how many steps it has, and where it comes from.
    let mut best: Vec<(u128, usize, Option<usize>)> = vec![(0, 0, None); order.before.len()];
    for point in &order.sorted {
        // Of equals the chain of fewer steps: it shows the edge between two actions and not the wall of a stage.
        let from = order.before[*point].iter().copied().max_by_key(|other| {
            let (length, steps, _) = best[*other];
            (length, Reverse(steps), Reverse(*other))
        });
        let (length, steps) = from.map_or((0, 0), |other| (best[other].0, best[other].1));
        best[*point] = (length + weights.get(*point).copied().unwrap_or(0), steps + 1, from);
    }
    let last = (0..best.len()).max_by_key(|point| (best[*point].0, Reverse(*point)));
    let mut path = Vec::new();
    let mut at = last;
    while let Some(point) = at {
        path.push(point);
        at = best[point].2;
    }
    path.reverse();
    for point in &path {
        if let Some(node) = graph.nodes.get_mut(*point) {
            node.critical = true;
            let stage = node.stage;
            graph.stages[stage].critical = true;
            if matches!(graph.nodes[*point].kind, Kind::Action(_)) {
                graph.critical.push(*point);
            }
        }
    }
    mark_edges(graph, order, &path);
    if graph.nodes.iter().any(|node| node.duration.is_some()) {
        let known = graph.critical.iter().filter_map(|at| graph.nodes[*at].duration);
        graph.critical_time = Some(known.sum());
    }
}

fn mark_edges(graph: &mut Graph<'_>, order: &Order, path: &[usize]) {
    let nodes = graph.nodes.len();
    for pair in path.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        if from < nodes && to < nodes {
            if let Ok(at) = graph.edges.binary_search_by_key(&(to, from), |edge| (edge.to, edge.from)) {
                graph.edges[at].critical = true;
            }
        } else if let (Some(left), true) = (order.stage_of_exit(from), to >= nodes) {
            let into = graph.order_into((to - nodes) / 2);
            let edge = graph.order[into].iter_mut().find(|edge| edge.from == left);
            edge.into_iter().for_each(|edge| edge.critical = true);
        }
    }
}

/// What each node adds to a chain: nanoseconds, or 1 for each action. An action whose duration is not known among others
/// counts as their mean.
fn weights(graph: &Graph<'_>) -> Vec<u128> {
    let known: Vec<Duration> = graph.nodes.iter().filter_map(|node| node.duration).collect();
    let mean = match known.len() {
        0 => 1,
        n => (known.iter().map(Duration::as_nanos).sum::<u128>() / n as u128).max(1),
    };
    let weight = |node: &super::model::Node<'_>| match node.kind {
        Kind::Action(_) => node.duration.map_or(mean, |duration| duration.as_nanos()),
        Kind::When(_) | Kind::Gate(_) => 0,
    };
    graph.nodes.iter().map(weight).collect()
}
