//! Edges that are drawn as one, where too many would hide the picture: between an action and a stage, or two stages.
//! What is on the critical path is never bundled.

use std::collections::BTreeMap;

use super::model::{Edge, Graph};
use super::text::count;

/// More edges than this between an action and another stage are one.
const MAX_FAN: usize = 6;
/// The same in a graph of more than `MANY` edges.
const MAX_FAN_OF_MANY: usize = 2;
const MANY: usize = 200;
/// More edges than this between two stages are one.
const MAX_BETWEEN: usize = 12;

/// Where a drawn edge starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Node(usize),
    Stage(usize),
}

/// What flows along a drawn edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    Artifact,
    Value,
    Order,
}

/// A drawn edge.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) from: End,
    pub(super) to: End,
    /// Indices into `Graph::edges`: one, or those that are bundled.
    pub(super) edges: Vec<usize>,
    pub(super) label: String,
    pub(super) flow: Flow,
    pub(super) critical: bool,
}

impl Link {
    /// Whether it stands for several edges.
    pub(super) fn is_bundle(&self) -> bool {
        self.edges.len() > 1
    }
}

/// What flows along an edge.
pub(super) fn flow(edge: &Edge) -> Flow {
    match (edge.artifacts.is_empty(), edge.values.is_empty()) {
        (false, _) => Flow::Artifact,
        (true, false) => Flow::Value,
        (true, true) => Flow::Order,
    }
}

/// The edges as they are drawn, in the order of what they start with.
pub(super) fn links(graph: &Graph<'_>) -> Vec<Link> {
    let stage = |node: usize| graph.nodes[node].stage;
    let end_stage = |end: End| match end {
        End::Node(node) => stage(node),
        End::Stage(stage) => stage,
    };
    let mut links: Vec<Link> = Vec::new();
    let mut rest: Vec<usize> = Vec::new();
    for (at, edge) in graph.edges.iter().enumerate() {
        if edge.critical || stage(edge.from) == stage(edge.to) {
            links.push(single(graph, at));
        } else {
            rest.push(at);
        }
    }
    let max_fan = if graph.edges.len() > MANY { MAX_FAN_OF_MANY } else { MAX_FAN };
    let ends = |at: &usize| (graph.edges[*at].from, graph.edges[*at].to);
    let mut crossing = Vec::new();
    for ((from, to), edges) in grouped(&rest, |at| (ends(at).0, stage(ends(at).1))) {
        match edges.len() {
            n if n <= max_fan => crossing.extend(edges),
            _ => links.push(bundle(graph, End::Node(from), End::Stage(to), edges)),
        }
    }
    crossing.sort_unstable();
    rest.clear();
    for ((from, to), edges) in grouped(&crossing, |at| (stage(ends(at).0), ends(at).1)) {
        match edges.len() {
            n if n <= max_fan => rest.extend(edges),
            _ => links.push(bundle(graph, End::Stage(from), End::Node(to), edges)),
        }
    }
    links.extend(rest.into_iter().map(|at| single(graph, at)));
    // Many small ones between the same stages are no better than a few large ones.
    let mut between: BTreeMap<(usize, usize), Vec<Link>> = BTreeMap::new();
    let mut kept = Vec::new();
    for link in links {
        let (from, to) = (end_stage(link.from), end_stage(link.to));
        if link.critical || from == to {
            kept.push(link);
        } else {
            between.entry((from, to)).or_default().push(link);
        }
    }
    for ((from, to), links) in between {
        if links.len() <= MAX_BETWEEN {
            kept.extend(links);
        } else {
            let mut edges: Vec<usize> = links.into_iter().flat_map(|link| link.edges).collect();
            edges.sort_unstable();
            kept.push(bundle(graph, End::Stage(from), End::Stage(to), edges));
        }
    }
    kept.sort_by_key(|link| (link.from, link.to, link.edges[0]));
    kept
}

fn grouped<K: Ord>(edges: &[usize], key: impl Fn(&usize) -> K) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    edges.iter().for_each(|at| groups.entry(key(at)).or_default().push(*at));
    groups
}

fn single(graph: &Graph<'_>, at: usize) -> Link {
    let edge = &graph.edges[at];
    Link {
        from: End::Node(edge.from),
        to: End::Node(edge.to),
        edges: vec![at],
        label: edge.labels().join(", "),
        flow: flow(edge),
        critical: edge.critical,
    }
}

fn bundle(graph: &Graph<'_>, from: End, to: End, edges: Vec<usize>) -> Link {
    let mut labels: Vec<&str> = Vec::new();
    for label in edges.iter().flat_map(|at| graph.edges[*at].labels()) {
        if labels.len() <= 3 && !labels.contains(&label) {
            labels.push(label);
        }
    }
    let many = match (from, to) {
        (End::Node(_), _) => format!("{}×", edges.len()),
        _ => count(edges.len(), "edge"),
    };
    let label =
        if labels.len() > 3 || labels.is_empty() { many } else { format!("{many} {}", labels.join(", ")) };
    let flow = edges.iter().map(|at| flow(&graph.edges[*at])).min().unwrap_or(Flow::Order);
    Link { from, to, edges, label, flow, critical: false }
}

/// What was bundled, in a sentence; none where nothing was.
pub(super) fn said(links: &[Link]) -> Option<String> {
    let bundles: Vec<&Link> = links.iter().filter(|link| link.is_bundle()).collect();
    let edges: usize = bundles.iter().map(|link| link.edges.len()).sum();
    (!bundles.is_empty())
        .then(|| format!("{} drawn as {}", count(edges, "edge"), count(bundles.len(), "bundle")))
}
