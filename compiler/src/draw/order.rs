//! The whole order of a run: actions, and the entry and exit of each stage. Removes edges that only say what a longer
//! way already implies.

use std::collections::VecDeque;

use super::model::Graph;
use crate::plan::GatePoint;

/// How many steps the search for implied edges may take. Beyond, what is left is drawn although it may be implied.
const MAX_STEPS: usize = 20_000_000;

/// Points of a run (nodes, then two for each stage) and what each waits for.
#[derive(Debug)]
pub(super) struct Order {
    nodes: usize,
    /// What each point waits for.
    pub(super) before: Vec<Vec<usize>>,
    /// The points, each after what it waits for. What waits for itself in a circle is left out: it never runs.
    pub(super) sorted: Vec<usize>,
    /// Where a point stands in `sorted`.
    position: Vec<usize>,
}

impl Order {
    /// The order of a graph with all its edges.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let nodes = graph.nodes.len();
        let points = nodes + 2 * graph.stages.len();
        let mut order =
            Self { nodes, before: vec![Vec::new(); points], sorted: Vec::new(), position: vec![0; points] };
        for edge in &graph.edges {
            order.before[edge.to].push(edge.from);
        }
        for (at, stage) in graph.stages.iter().enumerate() {
            let (entry, exit) = (order.entry(at), order.exit(at));
            for node in &stage.nodes {
                match graph.nodes[*node].point() {
                    None => {
                        order.before[*node].push(entry);
                        order.before[exit].push(*node);
                    }
                    Some(GatePoint::Entry) => order.before[entry].push(*node),
                    Some(GatePoint::Success) => order.before[exit].push(*node),
                    // Nothing that goes well waits for it.
                    Some(GatePoint::Failure) => {}
                }
            }
            order.before[exit].push(entry);
        }
        for edge in &graph.order {
            let (from, to) = (order.exit(edge.from), order.entry(edge.to));
            order.before[to].push(from);
        }
        order.sort();
        order
    }

    /// The point at which a stage is entered.
    pub(super) fn entry(&self, stage: usize) -> usize {
        self.nodes + 2 * stage
    }

    /// The point at which a stage is done.
    pub(super) fn exit(&self, stage: usize) -> usize {
        self.nodes + 2 * stage + 1
    }

    /// The stage whose exit a point is.
    pub(super) fn stage_of_exit(&self, point: usize) -> Option<usize> {
        let beyond = point.checked_sub(self.nodes)?;
        (beyond % 2 == 1).then_some(beyond / 2)
    }

    fn sort(&mut self) {
        let mut waits: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut after = vec![Vec::new(); self.before.len()];
        for (point, before) in self.before.iter().enumerate() {
            before.iter().for_each(|other| after[*other].push(point));
        }
        let mut ready: VecDeque<usize> = (0..waits.len()).filter(|point| waits[*point] == 0).collect();
        while let Some(point) = ready.pop_front() {
            self.position[point] = self.sorted.len();
            self.sorted.push(point);
            for next in &after[point] {
                waits[*next] -= 1;
                if waits[*next] == 0 {
                    ready.push_back(*next);
                }
            }
        }
    }

    /// Takes the edges out of the graph that only give an order, and an implied one.
    pub(super) fn reduce(&self, graph: &mut Graph<'_>) {
        let mut search = Search { order: self, seen: vec![0; self.before.len()], round: 0, steps: 0 };
        let mut implied = Vec::new();
        for (to, edges) in grouped(graph.edges.iter().enumerate(), |edge| edge.to) {
            let candidates: Vec<(usize, usize)> = edges
                .iter()
                .map(|at| (*at, graph.edges[*at].from))
                .filter(|(at, _)| graph.edges[*at].is_order())
                .collect();
            search.implied(to, &candidates, &mut implied);
        }
        remove(&mut graph.edges, &implied);
        implied.clear();
        for (to, edges) in grouped(graph.order.iter().enumerate(), |edge| edge.to) {
            let candidates: Vec<_> = edges.iter().map(|at| (*at, self.exit(graph.order[*at].from))).collect();
            search.implied(self.entry(to), &candidates, &mut implied);
        }
        remove(&mut graph.order, &implied);
    }
}

/// The indices of edges by their targets; edges of one target stand together.
fn grouped<'e, E: 'e>(
    edges: impl Iterator<Item = (usize, &'e E)>,
    to: impl Fn(&E) -> usize,
) -> Vec<(usize, Vec<usize>)> {
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for (at, edge) in edges {
        match groups.last_mut() {
            Some((target, group)) if *target == to(edge) => group.push(at),
            _ => groups.push((to(edge), vec![at])),
        }
    }
    groups
}

fn remove<E>(edges: &mut Vec<E>, implied: &[usize]) {
    let mut at = 0;
    edges.retain(|_| {
        at += 1;
        implied.binary_search(&(at - 1)).is_err()
    });
}

/// A search backwards that remembers where it was.
struct Search<'o> {
    order: &'o Order,
    /// The round in which a point was last seen.
    seen: Vec<usize>,
    round: usize,
    steps: usize,
}

impl Search<'_> {
    /// Adds those candidates (index, source) that a way over another point reaches, too; indices stay sorted.
    fn implied(&mut self, to: usize, candidates: &[(usize, usize)], implied: &mut Vec<usize>) {
        let position = |point: &usize| self.order.position[*point];
        let Some(first) = candidates.iter().map(|(_, from)| position(from)).min() else { return };
        self.round += 1;
        let mut rest: Vec<usize> = Vec::new();
        for before in &self.order.before[to] {
            rest.extend(&self.order.before[*before]);
            self.steps += self.order.before[*before].len();
        }
        while let Some(point) = rest.pop() {
            if self.seen[point] == self.round || self.order.position[point] < first {
                continue;
            }
            self.seen[point] = self.round;
            self.steps += self.order.before[point].len();
            if self.steps > MAX_STEPS {
                return;
            }
            rest.extend(&self.order.before[point]);
        }
        implied
            .extend(candidates.iter().filter(|(_, from)| self.seen[*from] == self.round).map(|(at, _)| at));
    }
}
