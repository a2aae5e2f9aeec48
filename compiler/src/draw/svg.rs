//! The graph as a picture: self-contained SVG for light and dark pages. Draws what `layout` has placed; every text is
//! escaped, cut to its room, and whole in the tooltip.

use std::fmt::Write as _;

use super::bundle::{Flow, Link, links, said};
use super::layout::{self, Layout, LineKind, NODE_WIDTH, Rect, Wire};
use super::model::{Graph, Kind};
use super::text::{count, duration, fit, xml};

/// Room for title and legend above the graph.
const TOP: i32 = 66;
/// Width of the legend; a picture is not narrower.
const MIN_WIDTH: i32 = 560;
/// Radius of the corners of lines.
const RADIUS: i32 = 5;
/// Width of a character, in hundredths of a pixel, for the sizes of fixed-width fonts that are used.
const CELL_12: i32 = 730;
const CELL_10: i32 = 610;
/// How many edges of a bundle a tooltip names; boxes name what they read anyway.
const MAX_NAMED: usize = 40;

const STYLE: &str = "
.standpipe{--back:#fff;--stage:#f6f8fa;--rim:#d0d7de;--box:#fff;--line:#8c959f;--text:#1f2328;--dim:#59636e;--artifact:#0969da;--value:#8250df;--order:#818b98;--stages:#6e7781;--critical:#cf222e;color-scheme:light dark;background:var(--back)}
@media (prefers-color-scheme:dark){.standpipe{--back:#0d1117;--stage:#151b23;--rim:#3d444d;--box:#212830;--line:#656c76;--text:#e6edf3;--dim:#9198a1;--artifact:#58a6ff;--value:#bc8cff;--order:#8b949e;--stages:#9198a1;--critical:#ff7b72}}
.standpipe text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--text)}
.standpipe text.title{font:600 16px system-ui,sans-serif}
.standpipe text.small{font-size:10px;fill:var(--dim)}
.standpipe text.name{font-weight:600}
.standpipe .back{fill:var(--back)}
.standpipe .stage rect{fill:var(--stage);stroke:var(--rim)}
.standpipe .node rect{fill:var(--box);stroke:var(--line)}
.standpipe .gate rect{stroke-width:1.5;fill:var(--stage)}
.standpipe .simulated rect{stroke-dasharray:5 3}
.standpipe .wire path{fill:none;stroke:var(--ink);stroke-width:1.4;stroke-linejoin:round}
.standpipe .wire path.tips{fill:var(--ink);stroke:none}
.standpipe .wire text{fill:var(--ink);font-size:10px}
.standpipe .artifact{--ink:var(--artifact)}
.standpipe .value{--ink:var(--value)}
.standpipe .value path{stroke-dasharray:6 3}
.standpipe .order{--ink:var(--order)}
.standpipe .order path{stroke-dasharray:1.5 3}
.standpipe .bundle{--ink:var(--artifact)}
.standpipe .bundle path{stroke-width:3}
.standpipe .stages{--ink:var(--stages)}
.standpipe .stages path{stroke-width:2.5}
.standpipe .critical{--ink:var(--critical)}
.standpipe .node.critical rect,.standpipe .stage.critical rect{stroke:var(--critical)}
.standpipe .node.critical rect{stroke-width:2}
.standpipe .wire.critical path{stroke-width:2.2}
.standpipe .wire:hover path{stroke-width:4}
.standpipe .node:hover rect{stroke-width:2.5}
";

/// Draws the graph as SVG.
pub(super) fn svg(graph: &Graph<'_>) -> String {
    let links = links(graph);
    let layout = layout::layout(graph, &links);
    let (width, height) = (layout.width.max(MIN_WIDTH), layout.height + TOP);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"standpipe\" role=\"img\" aria-labelledby=\"standpipe-title standpipe-desc\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">"
    );
    let facts = facts(graph, &links, &layout);
    let _ = writeln!(out, "<title id=\"standpipe-title\">{}</title>", xml(&graph.plan.pipeline.name));
    let path: Vec<&str> = graph.critical.iter().map(|at| graph.nodes[*at].id.as_str()).collect();
    let desc = format!("Execution graph: {}. Critical path: {}.", facts.join("; "), path.join(", "));
    let _ = writeln!(out, "<desc id=\"standpipe-desc\">{}</desc>", xml(&desc));
    let _ = writeln!(out, "<style>{STYLE}</style>");
    let _ = writeln!(out, "<rect class=\"back\" width=\"{width}\" height=\"{height}\"/>");
    head(graph, &facts, width, &mut out);
    let _ = writeln!(out, "<g transform=\"translate(0 {TOP})\">");
    for at in 0..graph.stages.len() {
        stage(graph, &layout, at, &mut out);
    }
    // What is critical lies on top.
    for critical in [false, true] {
        for wire in layout.wires.iter().filter(|wire| wire.critical == critical) {
            self::wire(graph, &links, wire, &mut out);
        }
    }
    for at in 0..graph.nodes.len() {
        node(graph, at, layout.nodes[at], &mut out);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// What the picture shows, and what it does not.
fn facts(graph: &Graph<'_>, links: &[Link], layout: &Layout) -> Vec<String> {
    let time = graph.critical_time.map(|time| format!(" ({})", duration(time))).unwrap_or_default();
    let mut facts = vec![
        format!("{} in {}", count(graph.actions(), "action"), count(graph.stages.len(), "stage")),
        format!("critical path: {}{time}", count(graph.critical.len(), "action")),
    ];
    facts.extend(said(links));
    let hidden: usize = layout.hidden.iter().sum();
    if hidden > 0 {
        facts.push(format!("{} only in tooltips", count(hidden, "edge")));
    }
    facts
}

fn head(graph: &Graph<'_>, facts: &[String], width: i32, out: &mut String) {
    // The font of the title is not of a fixed width.
    let title = fit(&graph.plan.pipeline.name, cells(width - 32, 1600));
    let _ = writeln!(out, "<text class=\"title\" x=\"16\" y=\"24\">{}</text>", xml(&title));
    let facts = fit(&facts.join(" · "), cells(width - 32, CELL_10));
    let _ = writeln!(out, "<text class=\"small\" x=\"16\" y=\"41\">{}</text>", xml(&facts));
    let kinds = [
        ("artifact", "artifact"),
        ("value", "variable"),
        ("order", "order"),
        ("bundle", "bundle"),
        ("stages", "stages"),
        ("critical", "critical path"),
    ];
    for (at, (class, name)) in kinds.into_iter().enumerate() {
        let x = 16 + 88 * at as i32;
        let _ = writeln!(
            out,
            "<g class=\"wire {class}\"><path d=\"M{x} 54h22\"/><text x=\"{}\" y=\"57\">{name}</text></g>",
            x + 27
        );
    }
}

/// How many characters fit.
fn cells(room: i32, cell: i32) -> usize {
    usize::try_from(room.max(0) * 100 / cell).unwrap_or(0)
}

fn stage(graph: &Graph<'_>, layout: &Layout, at: usize, out: &mut String) {
    let stage = &graph.stages[at];
    let Rect { x, y, width, height } = layout.stages[at];
    let class = if stage.critical { "stage critical" } else { "stage" };
    let source = &stage.plan.source;
    let _ = writeln!(
        out,
        "<g class=\"{class}\" data-id=\"{}\" data-at=\"{}:{}\">",
        xml(&stage.plan.id),
        xml(&source.file),
        source.line
    );
    let mut lines = vec![format!("stage {}", stage.plan.id)];
    lines.extend((stage.plan.name != stage.plan.id).then(|| format!("exported as {}", stage.plan.name)));
    lines.extend(stage.plan.description.clone());
    lines.extend(stage.marks());
    let _ = writeln!(out, "<title>{}</title>", xml(&lines.join("\n")));
    let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>");
    let name = layout.names[at];
    text(out, "name", (name.x, name.y + 13), &fit(&stage.plan.id, cells(name.width, CELL_12)));
    let actions =
        stage.nodes.iter().filter(|node| matches!(graph.nodes[**node].kind, Kind::Action(_))).count();
    let mut notes = vec![count(actions, "action")];
    notes.extend(stage.marks());
    if layout.hidden[at] > 0 {
        notes.insert(1, format!("+ {} not drawn", count(layout.hidden[at], "edge")));
    }
    for (line, note) in notes.iter().take(2).enumerate() {
        let y = name.y + 27 + 13 * line as i32;
        text(out, "small", (name.x, y), &fit(note, cells(name.width, CELL_10)));
    }
    out.push_str("</g>\n");
}

fn node(graph: &Graph<'_>, at: usize, rect: Rect, out: &mut String) {
    let node = &graph.nodes[at];
    let mut class = String::from("node");
    let (is_approval, is_gate) = match node.kind {
        Kind::Action(action) => (action.callee == "approve", false),
        Kind::When(_) | Kind::Gate(_) => (false, true),
    };
    for (name, is) in [("gate", is_gate), ("simulated", node.is_simulated()), ("critical", node.critical)] {
        if is {
            let _ = write!(class, " {name}");
        }
    }
    let radius = if is_approval {
        rect.height / 2
    } else if is_gate {
        0
    } else {
        6
    };
    let Rect { x, y, width, height } = rect;
    let source = match node.kind {
        Kind::Action(action) => &action.source,
        Kind::Gate(gate) => &gate.source,
        Kind::When(_) => &graph.stages[node.stage].plan.source,
    };
    let _ = writeln!(
        out,
        "<g class=\"{class}\" data-id=\"{}\" data-at=\"{}:{}\"><title>{}</title>",
        xml(&node.id),
        xml(&source.file),
        source.line,
        xml(&graph.details(at).join("\n"))
    );
    let _ =
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>");
    let inset = if is_approval { 20 } else { 10 };
    let room = NODE_WIDTH - 2 * inset;
    text(out, "name", (x + inset, y + 19), &fit(&node.name, cells(room, CELL_12)));
    let mut what = vec![node.what()];
    what.extend(node.marks().into_iter().filter(|mark| mark != "approval"));
    text(out, "small", (x + inset, y + 34), &fit(&what.join(" · "), cells(room, CELL_10)));
    out.push_str("</g>\n");
}

fn text(out: &mut String, class: &str, (x, y): (i32, i32), text: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", xml(text));
}

fn wire(graph: &Graph<'_>, links: &[Link], wire: &Wire, out: &mut String) {
    let kind = match wire.kind {
        LineKind::Flow(Flow::Artifact) => "artifact",
        LineKind::Flow(Flow::Value) => "value",
        LineKind::Flow(Flow::Order) => "order",
        LineKind::Bundle => "bundle",
        LineKind::Stages => "stages",
    };
    let critical = if wire.critical { " critical" } else { "" };
    let edges = wire.links.iter().flat_map(|link| &links[*link].edges);
    let mut sentences: Vec<String> =
        edges.clone().take(MAX_NAMED).map(|at| graph.sentence(&graph.edges[*at])).collect();
    let more = edges.count() - sentences.len();
    if more > 0 {
        sentences.push(format!("and {more} more"));
    }
    sentences.extend(wire.order.iter().map(|at| {
        let edge = &graph.order[*at];
        format!("stage {} -> stage {}", graph.stages[edge.from].plan.id, graph.stages[edge.to].plan.id)
    }));
    let _ = writeln!(out, "<g class=\"wire {kind}{critical}\"><title>{}</title>", xml(&sentences.join("\n")));
    let lines: String = wire.lines.iter().map(|line| path(line)).collect();
    let _ = writeln!(out, "<path d=\"{lines}\"/>");
    let tips: String = wire.tips.iter().map(|(x, y)| format!("M{x} {y}l-4-7h8z")).collect();
    let _ = writeln!(out, "<path class=\"tips\" d=\"{tips}\"/>");
    for label in &wire.labels {
        let shown = fit(&label.text, cells(label.room, CELL_10));
        // What is cut to less says nothing.
        if shown.chars().count() >= 3 || shown == label.text {
            let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", label.x, label.y, xml(&shown));
        }
    }
    out.push_str("</g>\n");
}

/// A line with round corners.
fn path(corners: &[(i32, i32)]) -> String {
    let mut line: Vec<(i32, i32)> = Vec::new();
    for corner in corners {
        let straight =
            |a: (i32, i32), b: (i32, i32)| a.0 == b.0 && b.0 == corner.0 || a.1 == b.1 && b.1 == corner.1;
        while line.last() == Some(corner)
            || line.len() > 1 && straight(line[line.len() - 2], line[line.len() - 1])
        {
            line.pop();
        }
        line.push(*corner);
    }
    let mut out = String::new();
    for (at, (x, y)) in line.iter().copied().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|i| line[i]), line.get(at + 1).copied());
        let _ = match (before, after) {
            (None, _) => write!(out, "M{x} {y}"),
            (_, None) => write!(out, "L{x} {y}"),
            (Some(a), Some(b)) => {
                let towards = |(px, py): (i32, i32)| {
                    let step = |d: i32| d.signum() * RADIUS.min(d.abs() / 2);
                    (x + step(px - x), y + step(py - y))
                };
                let ((ax, ay), (bx, by)) = (towards(a), towards(b));
                write!(out, "L{ax} {ay}Q{x} {y} {bx} {by}")
            }
        };
    }
    out
}
