//! The graph for Graphviz: a cluster for each stage. Stages that hold many actions are laid out as a grid.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::bundle::{End, Flow, Link, links, said};
use super::layout::{Rect, layout};
use super::model::{Graph, Kind};
use super::text::{clean, count, duration};

/// A stage with more nodes than this is a grid.
const MAX_ABREAST: usize = 8;
const RED: &str = "#d1242f";

/// Draws the graph as a digraph.
pub(super) fn dot(graph: &Graph<'_>) -> String {
    let links = links(graph);
    let mut out = String::from("digraph pipeline {\n");
    let time = graph.critical_time.map(|time| format!(", {}", duration(time))).unwrap_or_default();
    let title = format!(
        "{}\n{} in {}, critical path: {}{time}{}",
        clean(&graph.plan.pipeline.name),
        count(graph.actions(), "action"),
        count(graph.stages.len(), "stage"),
        count(graph.critical.len(), "action"),
        said(&links).map(|said| format!("\n{said}")).unwrap_or_default(),
    );
    let _ = writeln!(
        out,
        "  graph [label={}, labelloc=t, compound=true, nodesep=0.25, ranksep=0.5, nslimit=2, nslimit1=2, fontname=\"sans-serif\"];",
        quoted(&title)
    );
    out.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.7];\n");
    let places = layout(graph, &links).nodes;
    for at in 0..graph.stages.len() {
        stage(graph, &places, at, &mut out);
    }
    for link in &links {
        self::link(graph, link, &mut out);
    }
    for edge in &graph.order {
        let look =
            if edge.critical { format!("color=\"{RED}\", penwidth=3") } else { "penwidth=2".to_owned() };
        let (from, to) = (&graph.stages[edge.from].plan.id, &graph.stages[edge.to].plan.id);
        let tooltip = quoted(&format!("stage {to} after stage {from}"));
        let ends = ends(End::Stage(edge.from), End::Stage(edge.to));
        let _ = writeln!(out, "  {} [{}{look}, tooltip={tooltip}];", ends.0, ends.1);
    }
    out.push_str("}\n");
    out
}

fn stage(graph: &Graph<'_>, places: &[Rect], at: usize, out: &mut String) {
    let stage = &graph.stages[at];
    let title = std::iter::once(stage.plan.id.clone()).chain(stage.marks()).collect::<Vec<_>>().join("\n");
    let color = if stage.critical { RED } else { "#8c959f" };
    let _ = writeln!(out, "  subgraph cluster_{at} {{");
    let _ = writeln!(
        out,
        "    label={}; color=\"{color}\"; bgcolor=\"#f6f8fa\"; style=rounded; fontsize=12;",
        quoted(&title)
    );
    for node in &stage.nodes {
        self::node(graph, *node, out);
    }
    hold(graph, places, at, out);
    out.push_str("  }\n");
}

/// Keeps the order within a stage: its entry and exit are points that nobody sees, and of many
/// actions only some stand abreast.
fn hold(graph: &Graph<'_>, places: &[Rect], at: usize, out: &mut String) {
    let nodes = &graph.stages[at].nodes;
    let mut free: (BTreeSet<usize>, BTreeSet<usize>) =
        (nodes.iter().copied().collect(), nodes.iter().copied().collect());
    for edge in &graph.inside[at] {
        let edge = &graph.edges[*edge];
        free.0.remove(&edge.to);
        free.1.remove(&edge.from);
    }
    // The cells of the picture, so that a large stage is a grid here, too.
    let mut columns: BTreeMap<i32, Vec<(i32, usize)>> = BTreeMap::new();
    for node in nodes.iter().filter(|_| nodes.len() > MAX_ABREAST) {
        columns.entry(places[*node].x).or_default().push((places[*node].y, *node));
    }
    for column in columns.values_mut() {
        column.sort_unstable();
        for pair in column.windows(2) {
            let (above, below) = (pair[0].1, pair[1].1);
            free.0.remove(&below);
            free.1.remove(&above);
            let _ = writeln!(out, "    n{above} -> n{below} [style=invis];");
        }
    }
    let _ = writeln!(out, "    in{at}, out{at} [shape=point, style=invis, width=0.01, label=\"\"];");
    let _ = writeln!(out, "    in{at} -> out{at} [style=invis];");
    for node in &free.0 {
        let _ = writeln!(out, "    in{at} -> n{node} [style=invis];");
    }
    for node in &free.1 {
        let _ = writeln!(out, "    n{node} -> out{at} [style=invis];");
    }
}

fn node(graph: &Graph<'_>, at: usize, out: &mut String) {
    let node = &graph.nodes[at];
    let mut lines = vec![node.name.clone(), node.what()];
    lines.extend(node.marks());
    let label = lines.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n");
    let shape = match node.kind {
        Kind::Action(action) if action.callee == "approve" => ", shape=oval",
        Kind::Action(_) => "",
        Kind::When(_) | Kind::Gate(_) => ", shape=hexagon",
    };
    let style = if node.is_simulated() { ", style=\"rounded,filled,dashed\"" } else { "" };
    let critical = if node.critical { format!(", color=\"{RED}\", penwidth=2") } else { String::new() };
    let tooltip = quoted(&graph.details(at).join("\n"));
    let _ = writeln!(out, "    n{at} [label={}{shape}{style}{critical}, tooltip={tooltip}];", quoted(&label));
}

fn link(graph: &Graph<'_>, link: &Link, out: &mut String) {
    let style = match link.flow {
        Flow::Artifact => "solid",
        Flow::Value => "dashed",
        Flow::Order => "dotted",
    };
    let look = match (link.critical, link.is_bundle()) {
        (true, _) => format!(", color=\"{RED}\", penwidth=2"),
        (_, true) => ", penwidth=2.5".to_owned(),
        _ => String::new(),
    };
    let sentences: Vec<String> = link.edges.iter().map(|at| graph.sentence(&graph.edges[*at])).collect();
    let (ends, clip) = ends(link.from, link.to);
    let (label, tooltip) = (quoted(&clean(&link.label)), quoted(&sentences.join("\n")));
    let _ = writeln!(out, "  {ends} [{clip}label={label}, style={style}{look}, tooltip={tooltip}];");
}

/// The ends of an edge, and the attributes that clip it at the boxes of stages.
fn ends(from: End, to: End) -> (String, String) {
    let mut clip = String::new();
    let mut name = |end: End, attribute: &str, point: &str| match end {
        End::Node(node) => format!("n{node}"),
        End::Stage(stage) => {
            let _ = write!(clip, "{attribute}=cluster_{stage}, ");
            format!("{point}{stage}")
        }
    };
    let (from, to) = (name(from, "ltail", "out"), name(to, "lhead", "in"));
    (format!("{from} -> {to}"), clip)
}

/// A text in quotes; `\` is doubled, since Graphviz has escapes of its own in labels.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for line in text.split_inclusive('\n') {
        for c in clean(line.strip_suffix('\n').unwrap_or(line)).chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                // Graphviz reads entities of HTML in labels.
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
        if line.ends_with('\n') {
            out.push_str("\\n");
        }
    }
    out.push('"');
    out
}
