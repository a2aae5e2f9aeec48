//! The graph as a Mermaid flowchart: a subgraph for each stage. Labels are quoted and their special characters written
//! as entities; ids are numbers, so that no name of a plan is ever read as Mermaid.

use std::fmt::Write as _;

use super::bundle::{End, Flow, links, said};
use super::model::{Graph, Kind};
use super::text::{clean, count, duration};

/// From this size on a viewer refuses the text unless its `maxTextSize` is raised.
const VIEWER_TEXT: usize = 50_000;
/// From this number of edges on a viewer refuses the text unless its `maxEdges` is raised.
const VIEWER_EDGES: usize = 500;

/// Draws the graph as a Mermaid flowchart.
pub(super) fn mermaid(graph: &Graph<'_>) -> String {
    let links = links(graph);
    let mut body = String::new();
    let _ = writeln!(body, "flowchart TD");
    for (at, stage) in graph.stages.iter().enumerate() {
        let title = std::iter::once(clean(&stage.plan.id)).chain(stage.marks()).collect::<Vec<_>>();
        let _ = writeln!(body, "  subgraph s{at}[\"{}\"]", escape(&title.join(" · ")));
        if stage.nodes.is_empty() {
            // A subgraph without nodes would be drawn as a node.
            let _ = writeln!(body, "    e{at}[\"no actions\"]:::value");
        }
        for node in &stage.nodes {
            self::node(graph, *node, &mut body);
        }
        body.push_str("  end\n");
    }
    let mut critical = Vec::new();
    let mut drawn = 0;
    for link in &links {
        for edge in link.edges.iter().filter(|_| link.is_bundle()) {
            let _ = writeln!(body, "  %% {}", comment(&graph.sentence(&graph.edges[*edge])));
        }
        let arrow = match (link.flow, link.is_bundle()) {
            (_, true) => "==>",
            (Flow::Artifact, _) => "-->",
            (Flow::Value | Flow::Order, _) => "-.->",
        };
        let label =
            if link.label.is_empty() { String::new() } else { format!("|\"{}\"|", escape(&link.label)) };
        let _ = writeln!(body, "  {} {arrow}{label} {}", end(link.from), end(link.to));
        critical.extend(link.critical.then_some(drawn));
        drawn += 1;
    }
    for edge in &graph.order {
        let _ = writeln!(body, "  s{} ==> s{}", edge.from, edge.to);
        critical.extend(edge.critical.then_some(drawn));
        drawn += 1;
    }
    style(graph, &critical, &mut body);
    let mut head = head(graph);
    if let Some(said) = said(&links) {
        let _ = writeln!(head, "%% {said}; each is written out above its bundle");
    }
    if head.len() + body.len() > VIEWER_TEXT || drawn > VIEWER_EDGES {
        let _ = writeln!(
            head,
            "%% {} characters and {drawn} edges: a viewer needs a larger `maxTextSize` or `maxEdges`",
            head.len() + body.len()
        );
    }
    head + &body
}

fn head(graph: &Graph<'_>) -> String {
    let time = graph.critical_time.map(|time| format!(", {}", duration(time))).unwrap_or_default();
    format!(
        "%% {}: {} in {}, critical path: {}{time}\n",
        comment(&graph.plan.pipeline.name),
        count(graph.actions(), "action"),
        count(graph.stages.len(), "stage"),
        count(graph.critical.len(), "action"),
    )
}

fn node(graph: &Graph<'_>, at: usize, out: &mut String) {
    let node = &graph.nodes[at];
    let mut lines = vec![node.name.clone(), node.what()];
    lines.extend(node.marks());
    let text = lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br>");
    let (open, close) = match node.kind {
        Kind::Action(action) if action.callee == "approve" => ("([", "])"),
        Kind::Action(_) => ("[", "]"),
        Kind::When(_) | Kind::Gate(_) => ("{{", "}}"),
    };
    let class = match (node.critical, node.is_simulated()) {
        (true, true) => ":::criticalSimulated",
        (true, false) => ":::critical",
        (false, true) => ":::simulated",
        (false, false) => "",
    };
    let _ = writeln!(out, "    n{at}{open}\"{text}\"{close}{class}");
}

fn style(graph: &Graph<'_>, critical: &[usize], out: &mut String) {
    out.push_str("  classDef critical stroke:#d1242f,stroke-width:3px\n");
    out.push_str("  classDef simulated stroke-dasharray:5 3\n");
    out.push_str("  classDef criticalSimulated stroke:#d1242f,stroke-width:3px,stroke-dasharray:5 3\n");
    out.push_str("  classDef value stroke-dasharray:2 2\n");
    let stages = graph.stages.iter().enumerate().filter(|(_, stage)| stage.critical);
    let stages: Vec<String> = stages.map(|(at, _)| format!("s{at}")).collect();
    if !stages.is_empty() {
        out.push_str("  classDef criticalStage stroke:#d1242f\n");
        let _ = writeln!(out, "  class {} criticalStage", stages.join(","));
    }
    if !critical.is_empty() {
        let indices: Vec<String> = critical.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "  linkStyle {} stroke:#d1242f,stroke-width:3px", indices.join(","));
    }
}

fn end(end: End) -> String {
    match end {
        End::Node(node) => format!("n{node}"),
        End::Stage(stage) => format!("s{stage}"),
    }
}

/// A text in quotes. What Mermaid, Markdown or HTML would read is written as an entity.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            ' ' | '.' | ',' | ':' | '-' | '/' | '=' | '$' | '·' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c if c.is_ascii() || matches!(c, '\u{a0}') => {
                let _ = write!(out, "#{};", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

/// A text in a comment, which nothing may end and which may not be taken for a directive.
fn comment(text: &str) -> String {
    clean(text).replace(['{', '}'], "_")
}
