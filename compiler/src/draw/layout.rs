//! Where everything stands in the picture. All stages share one grid: a stage is a band of rows, its name in its first
//! column, its actions in the others. Lines run between rows (tracks) and between columns (lanes), never through a box.
//!
//! ```text
//!  place: cells of the grid ──> nets: lines that share a trunk ──> route: lanes, tracks, coordinates
//! ```

mod nets;
mod place;
mod route;

use super::bundle::{Flow, Link};
use super::model::Graph;

/// Width of an action's box.
pub(super) const NODE_WIDTH: i32 = 188;
/// Height of a row.
pub(super) const ROW_HEIGHT: i32 = 44;
/// Width of a stage's name.
pub(super) const LABEL_WIDTH: i32 = 152;
/// Between the border of a stage and what it holds, at its sides and at its top.
pub(super) const PAD: i32 = 10;

/// A box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A text at an edge, and how much room it has.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) x: i32,
    /// The base line.
    pub(super) y: i32,
    pub(super) room: i32,
    pub(super) text: String,
}

/// What a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LineKind {
    /// Something that flows.
    Flow(Flow),
    /// Several edges.
    Bundle,
    /// The order of stages.
    Stages,
}

/// Lines that share a trunk.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) kind: LineKind,
    pub(super) critical: bool,
    /// Indices of the links that it draws; empty for the order of stages.
    pub(super) links: Vec<usize>,
    /// Indices into `Graph::order`.
    pub(super) order: Vec<usize>,
    /// Corners of each line.
    pub(super) lines: Vec<Vec<(i32, i32)>>,
    /// Tips of the arrows, which point down.
    pub(super) tips: Vec<(i32, i32)>,
    pub(super) labels: Vec<Label>,
}

/// A picture's geometry.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    /// The boxes of the stages.
    pub(super) stages: Vec<Rect>,
    /// Where a stage's name stands.
    pub(super) names: Vec<Rect>,
    /// The boxes of the nodes.
    pub(super) nodes: Vec<Rect>,
    pub(super) wires: Vec<Wire>,
    /// For each stage how many edges in it are not drawn, since there are too many.
    pub(super) hidden: Vec<usize>,
}

/// Lays a graph out.
pub(super) fn layout(graph: &Graph<'_>, links: &[Link]) -> Layout {
    let cells = place::place(graph);
    let (nets, hidden) = nets::nets(graph, links, &cells);
    route::route(&cells, nets, hidden)
}
