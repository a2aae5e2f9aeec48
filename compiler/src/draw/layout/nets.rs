//! Nets: lines that carry the same from the same place, or come to the same places, share a trunk.

use std::collections::BTreeMap;

use super::LineKind;
use super::place::Cells;
use crate::draw::bundle::{End, Link};
use crate::draw::model::Graph;

/// From so many lines on that end at one action, they are one.
const MIN_FAN_IN: usize = 4;
/// How many nets of a stage may run past boxes; those to the next row are not counted.
const MAX_INSIDE: usize = 40;

/// Lines from all sources to all targets.
#[derive(Debug)]
pub(super) struct Net {
    pub(super) kind: LineKind,
    pub(super) critical: bool,
    pub(super) links: Vec<usize>,
    pub(super) order: Vec<usize>,
    /// Where it starts, and what is said there.
    pub(super) sources: Vec<(End, String)>,
    pub(super) targets: Vec<End>,
}

/// What lines have in common that leave one place together.
type Leaving<'l> = (End, LineKind, bool, &'l str);

/// What lines have in common that come to the same places together.
type Arriving = (Vec<End>, LineKind, bool);
/// Where lines start, what is said there, and the links.
type Start<'l> = (End, &'l str, Vec<usize>);

/// Makes nets of links; also counts for each stage the edges that are left out.
pub(super) fn nets(graph: &Graph<'_>, links: &[Link], cells: &Cells) -> (Vec<Net>, Vec<usize>) {
    let kind = |link: &Link| if link.is_bundle() { LineKind::Bundle } else { LineKind::Flow(link.flow) };
    let mut leaving: BTreeMap<Leaving<'_>, Vec<usize>> = BTreeMap::new();
    for (at, link) in links.iter().enumerate() {
        leaving.entry((link.from, kind(link), link.critical, &link.label)).or_default().push(at);
    }
    // Those that come to the same places are one, too: all from many to all of many, or many to one.
    let mut arriving: BTreeMap<Arriving, Vec<Start<'_>>> = BTreeMap::new();
    for ((from, kind, critical, label), at) in leaving {
        let targets: Vec<End> = at.iter().map(|link| links[*link].to).collect();
        arriving.entry((targets, kind, critical)).or_default().push((from, label, at));
    }
    let mut nets: Vec<Net> = Vec::new();
    for ((targets, kind, critical), sources) in arriving {
        let net = |sources: &[Start<'_>]| Net {
            kind,
            critical,
            links: sources.iter().flat_map(|(.., links)| links.iter().copied()).collect(),
            order: Vec::new(),
            sources: sources.iter().map(|(end, label, _)| (*end, (*label).to_owned())).collect(),
            targets: targets.clone(),
        };
        if sources.len() >= MIN_FAN_IN || (sources.len() > 1 && targets.len() > 1) {
            nets.push(net(&sources));
        } else {
            nets.extend(sources.iter().map(|source| net(std::slice::from_ref(source))));
        }
    }
    nets.extend(stage_nets(graph));
    nets.sort_by_key(|net| (net.sources[0].0, net.targets[0], net.links.first().copied()));
    let hidden = hide(graph, links, cells, &mut nets);
    (nets, hidden)
}

fn stage_nets(graph: &Graph<'_>) -> impl Iterator<Item = Net> {
    let mut from: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (at, edge) in graph.order.iter().enumerate() {
        from.entry((edge.from, edge.critical)).or_default().push(at);
    }
    from.into_iter().map(|((stage, critical), order)| Net {
        kind: LineKind::Stages,
        critical,
        links: Vec::new(),
        targets: order.iter().map(|at| End::Stage(graph.order[*at].to)).collect(),
        order,
        sources: vec![(End::Stage(stage), String::new())],
    })
}

/// Leaves out lines in stages where there are so many that nothing could be seen. The boxes still say what they read.
fn hide(graph: &Graph<'_>, links: &[Link], cells: &Cells, nets: &mut Vec<Net>) -> Vec<usize> {
    let (mut seen, mut hidden) = (vec![0; graph.stages.len()], vec![0; graph.stages.len()]);
    let inside = |net: &Net| match (net.sources[0].0, net.targets[0]) {
        (End::Node(from), End::Node(to)) if graph.nodes[from].stage == graph.nodes[to].stage => {
            Some(graph.nodes[from].stage)
        }
        _ => None,
    };
    let row = |end: &End| match end {
        End::Node(node) => cells.nodes[*node].0,
        End::Stage(stage) => cells.stages[*stage].row,
    };
    nets.retain(|net| {
        let Some(stage) = inside(net).filter(|_| !net.critical) else { return true };
        let first = row(&net.sources[0].0);
        let is_near = net.sources.iter().all(|(end, _)| row(end) == first)
            && net.targets.iter().all(|end| row(end) == first + 1);
        if is_near && net.sources.len() == 1 && net.targets.len() == 1 {
            return true;
        }
        seen[stage] += 1;
        let keep = seen[stage] <= MAX_INSIDE;
        if !keep {
            hidden[stage] += net.links.iter().map(|link| links[*link].edges.len()).sum::<usize>();
        }
        keep
    });
    hidden
}
