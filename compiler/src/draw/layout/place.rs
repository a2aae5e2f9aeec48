//! Cells of the grid: longest-path layers for stages and for the actions in them, few crossings by barycentres, and a
//! grid where a layer is wide.

use std::collections::BTreeMap;

use crate::draw::model::Graph;
use crate::plan::GatePoint;

/// The most columns of actions in a stage.
const MAX_COLUMNS: usize = 8;
/// How many columns stages may take side by side.
const MAX_ABREAST: usize = 10;
/// How often the order in layers is improved.
const SWEEPS: usize = 4;

/// Where a stage stands, in cells; its name takes its first column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Area {
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) column: usize,
    pub(super) columns: usize,
}

/// The grid.
#[derive(Debug)]
pub(super) struct Cells {
    /// Row and column of each node.
    pub(super) nodes: Vec<(usize, usize)>,
    pub(super) stages: Vec<Area>,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// A stage by itself: its nodes with row and column, from 0.
#[derive(Default)]
struct Inner {
    cells: Vec<(usize, usize, usize)>,
    rows: usize,
    columns: usize,
}

/// Gives every node and stage its cells.
pub(super) fn place(graph: &Graph<'_>) -> Cells {
    let mut inside: Vec<Vec<(usize, usize)>> = vec![Vec::new(); graph.stages.len()];
    for edge in &graph.edges {
        let stage = graph.nodes[edge.from].stage;
        let action = |at: usize| graph.nodes[at].point().is_none();
        // A valid plan has no edge backwards.
        if stage == graph.nodes[edge.to].stage && edge.from < edge.to && action(edge.from) && action(edge.to)
        {
            inside[stage].push((edge.from, edge.to));
        }
    }
    let inner: Vec<Inner> =
        (0..graph.stages.len()).map(|stage| inner(graph, stage, &inside[stage])).collect();
    let mut cells = Cells {
        nodes: vec![(0, 0); graph.nodes.len()],
        stages: vec![Area::default(); graph.stages.len()],
        rows: 0,
        columns: 0,
    };
    for rank in ranks(graph) {
        for band in bands(graph, rank, &inner, &cells) {
            let mut column = 0;
            for stage in &band {
                let Inner { cells: own, rows, columns } = &inner[*stage];
                cells.stages[*stage] = Area { row: cells.rows, rows: *rows, column, columns: columns + 1 };
                for (node, r, c) in own {
                    cells.nodes[*node] = (cells.rows + r, column + 1 + c);
                }
                column += columns + 1;
            }
            cells.columns = cells.columns.max(column);
            cells.rows += band.iter().map(|stage| inner[*stage].rows).max().unwrap_or(0);
        }
    }
    cells
}

/// The stages by the length of the longest chain that leads to them.
fn ranks(graph: &Graph<'_>) -> Vec<Vec<usize>> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); graph.stages.len()];
    graph.order.iter().for_each(|edge| before[edge.to].push(edge.from));
    for edge in &graph.edges {
        let (from, to) = (graph.nodes[edge.from].stage, graph.nodes[edge.to].stage);
        if from < to && before[to].last() != Some(&from) {
            before[to].push(from);
        }
    }
    let mut rank = vec![0; graph.stages.len()];
    let mut ranks: Vec<Vec<usize>> = Vec::new();
    for stage in 0..graph.stages.len() {
        let from = before[stage].iter().filter(|other| **other < stage);
        rank[stage] = from.map(|other| rank[*other] + 1).max().unwrap_or(0);
        if ranks.len() <= rank[stage] {
            ranks.resize(rank[stage] + 1, Vec::new());
        }
        ranks[rank[stage]].push(stage);
    }
    ranks
}

/// Stages of one rank in bands that are not too wide, each near what it waits for.
fn bands(graph: &Graph<'_>, mut rank: Vec<usize>, inner: &[Inner], cells: &Cells) -> Vec<Vec<usize>> {
    if rank.len() > 1 {
        rank.sort_by_cached_key(|stage| {
            let before = &graph.order[graph.order_into(*stage)];
            let columns: usize = before.iter().map(|edge| cells.stages[edge.from].column * 100).sum();
            columns / before.len().max(1)
        });
    }
    let mut bands: Vec<Vec<usize>> = Vec::new();
    let mut used = 0;
    for stage in rank {
        let columns = inner[stage].columns + 1;
        match bands.last_mut() {
            Some(band) if used + columns <= MAX_ABREAST => band.push(stage),
            _ => {
                bands.push(vec![stage]);
                used = 0;
            }
        }
        used += columns;
    }
    bands
}

/// Places the nodes of a stage: what is decided at its entry, its actions, what is decided at its exit.
fn inner(graph: &Graph<'_>, stage: usize, edges: &[(usize, usize)]) -> Inner {
    let nodes = &graph.stages[stage].nodes;
    let at = |wanted: fn(Option<GatePoint>) -> bool| -> Vec<usize> {
        nodes.iter().copied().filter(|node| wanted(graph.nodes[*node].point())).collect()
    };
    let entry = at(|point| point == Some(GatePoint::Entry));
    let exit = at(|point| matches!(point, Some(GatePoint::Success | GatePoint::Failure)));
    let actions = at(|point| point.is_none());
    let mut blocks = blocks(&actions, edges);
    let widest = blocks.iter().map(|block| block.columns).max().unwrap_or(1);
    let limit = columns(actions.len()).max(widest);
    let mut inner = Inner::default();
    inner.grid(&entry, limit);
    // High ones first, so that those side by side are of a height.
    blocks.sort_by_key(|block| std::cmp::Reverse(block.rows));
    let (mut left, mut height) = (0, 0);
    for block in blocks {
        if left + block.columns > limit {
            inner.rows += height;
            (left, height) = (0, 0);
        }
        inner.cells.extend(block.cells.iter().map(|(node, r, c)| (*node, inner.rows + r, left + c)));
        left += block.columns;
        height = height.max(block.rows);
        inner.columns = inner.columns.max(left);
    }
    inner.rows += height;
    inner.grid(&exit, limit);
    inner.rows = inner.rows.max(1);
    inner
}

/// How many columns so many actions without edges get.
fn columns(actions: usize) -> usize {
    match actions {
        0..=5 => actions.max(1),
        n => n.isqrt().clamp(4, MAX_COLUMNS),
    }
}

impl Inner {
    fn grid(&mut self, nodes: &[usize], limit: usize) {
        for row in nodes.chunks(limit) {
            self.cells.extend(row.iter().enumerate().map(|(column, node)| (*node, self.rows, column)));
            self.columns = self.columns.max(row.len());
            self.rows += 1;
        }
    }
}

/// Nodes of a group and the edges among them.
type Group = (Vec<usize>, Vec<(usize, usize)>);

/// Actions that edges join, each group laid out by itself.
fn blocks(actions: &[usize], edges: &[(usize, usize)]) -> Vec<Inner> {
    let at: BTreeMap<usize, usize> = actions.iter().enumerate().map(|(i, node)| (*node, i)).collect();
    let mut root: Vec<usize> = (0..actions.len()).collect();
    let find = |root: &mut Vec<usize>, mut node: usize| {
        while root[node] != node {
            root[node] = root[root[node]];
            node = root[node];
        }
        node
    };
    let edges: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (at[from], at[to])).collect();
    for (from, to) in &edges {
        let (a, b) = (find(&mut root, *from), find(&mut root, *to));
        let (low, high) = (a.min(b), a.max(b));
        root[high] = low;
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for node in 0..actions.len() {
        groups.entry(find(&mut root, node)).or_default().0.push(node);
    }
    for edge in edges {
        groups.entry(find(&mut root, edge.0)).or_default().1.push(edge);
    }
    let mut blocks: Vec<Inner> = groups.into_values().map(|(nodes, edges)| block(&nodes, &edges)).collect();
    blocks.iter_mut().flat_map(|block| &mut block.cells).for_each(|cell| cell.0 = actions[cell.0]);
    blocks
}

/// Lays out a group: layers by the longest path, in each the order that crosses least.
fn block(nodes: &[usize], edges: &[(usize, usize)]) -> Inner {
    if let [only] = nodes {
        return Inner { cells: vec![(*only, 0, 0)], rows: 1, columns: 1 };
    }
    // Indexed by place in the group.
    let at: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(i, node)| (*node, i)).collect();
    let (mut above, mut below) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
    for (from, to) in edges {
        above[at[to]].push(at[from]);
        below[at[from]].push(at[to]);
    }
    let mut layers: Vec<Vec<usize>> = Vec::new();
    let mut layer = vec![0; nodes.len()];
    for node in 0..nodes.len() {
        layer[node] = above[node].iter().map(|other| layer[*other] + 1).max().unwrap_or(0);
        if layers.len() <= layer[node] {
            layers.resize(layer[node] + 1, Vec::new());
        }
        layers[layer[node]].push(node);
    }
    let mut rank: Vec<usize> = vec![0; nodes.len()];
    let renumber = |rank: &mut Vec<usize>, layer: &[usize]| {
        layer.iter().enumerate().for_each(|(position, node)| rank[*node] = position);
    };
    layers.iter().for_each(|layer| renumber(&mut rank, layer));
    for sweep in 0..SWEEPS {
        let count = layers.len();
        for step in 1..count {
            let (index, neighbours) =
                if sweep % 2 == 0 { (step, &above) } else { (count - 1 - step, &below) };
            layers[index]
                .sort_by_cached_key(|node| mean(&neighbours[*node], &rank).unwrap_or(rank[*node] * 1000));
            renumber(&mut rank, &layers[index]);
        }
    }
    let widest = layers.iter().map(Vec::len).max().unwrap_or(1);
    let columns = if widest <= MAX_COLUMNS { widest } else { widest.isqrt().clamp(4, MAX_COLUMNS) };
    columned(nodes, &layers, &above, columns)
}

/// Puts layers into columns, each node below what it waits for where there is room.
fn columned(nodes: &[usize], layers: &[Vec<usize>], above: &[Vec<usize>], columns: usize) -> Inner {
    let mut column = vec![0; nodes.len()];
    let mut inner = Inner { cells: Vec::new(), rows: 0, columns };
    for layer in layers {
        for row in layer.chunks(columns) {
            let margin = if layer.len() > columns { 0 } else { (columns - row.len()) / 2 };
            let mut next = 0;
            for (position, node) in row.iter().enumerate() {
                let wanted =
                    mean(&above[*node], &column).map_or(margin + position, |mean| (mean + 400) / 1000);
                let last = columns - (row.len() - position);
                column[*node] = wanted.clamp(next, last.max(next));
                next = column[*node] + 1;
                inner.cells.push((nodes[*node], inner.rows, column[*node]));
            }
            inner.rows += 1;
        }
    }
    inner
}

/// The mean of the neighbours' positions, in thousandths.
fn mean(neighbours: &[usize], positions: &[usize]) -> Option<usize> {
    let sum: usize = neighbours.iter().map(|other| positions[*other] * 1000).sum();
    (!neighbours.is_empty()).then(|| sum / neighbours.len())
}
