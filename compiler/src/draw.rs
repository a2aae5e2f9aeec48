//! Pictures of a plan: its stages as boxes, its actions in them, what flows along the edges, and its critical path.
//!
//! ```text
//!  Plan ──> model ──> reduce ──> critical ──┬─> tree, mermaid, dot
//!           nodes,    implied    longest    └─> bundle ──> layout ──> svg
//!           edges     order      chain
//! ```
//!
//! A plan may have been read from disk, so that whatever it says is a text to be escaped, never a part of the form.

mod bundle;
mod condition;
mod critical;
mod details;
mod dot;
mod family;
mod layout;
mod mermaid;
mod model;
mod order;
mod references;
mod svg;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

pub use crate::diagnostic::render::Style;
use crate::plan::Plan;
use model::Graph;

/// How long actions took, by their ids; what the runtime's history knows. Without any, the critical path is the longest
/// chain in number of actions.
pub type Durations = BTreeMap<String, Duration>;

/// The form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines for a terminal.
    Tree(Style),
    /// A flowchart for Mermaid, which renders in Markdown on code hosts.
    Mermaid,
    /// A digraph for Graphviz.
    Dot,
    /// A picture of its own, for light and dark pages.
    Svg,
}

/// Draws the execution graph of a plan. The same plan gives the same bytes.
#[must_use]
pub fn draw(plan: &Plan, durations: &Durations, form: Form) -> String {
    let graph = Graph::new(plan, durations);
    match form {
        Form::Tree(style) => tree::tree(&graph, style),
        Form::Mermaid => mermaid::mermaid(&graph),
        Form::Dot => dot::dot(&graph),
        Form::Svg => svg::svg(&graph),
    }
}
