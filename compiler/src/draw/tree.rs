//! The graph for a terminal: stages in order, a line for each action with what it waits for and what it makes. Large
//! families are one line, followed by the keys of their members.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::Style;
use super::model::{Graph, Kind, Node};
use super::text::{clean, count, duration, width};

/// A family with more members than this is one line.
const MAX_MEMBERS: usize = 6;
/// How many cells a line of keys may have.
const LINE: usize = 100;

/// The characters of a tree.
struct Signs {
    branch: &'static str,
    last: &'static str,
    bar: &'static str,
    critical: &'static str,
    reads: &'static str,
    makes: &'static str,
}

const UNICODE: Signs =
    Signs { branch: "├─", last: "└─", bar: "│ ", critical: "●", reads: "←", makes: "→" };
const ASCII: Signs = Signs { branch: "|-", last: "`-", bar: "| ", critical: "*", reads: "<-", makes: "->" };

/// One entry below a stage.
enum Item {
    Node(usize),
    Family(usize),
}

/// A drawn entry: what stands in each column.
struct Row {
    critical: bool,
    name: String,
    what: String,
    flow: String,
    keys: Vec<String>,
}

struct Tree<'g> {
    graph: &'g Graph<'g>,
    signs: Signs,
    color: bool,
    /// Edges by target.
    into: Vec<Vec<usize>>,
}

/// Draws the graph as a tree.
pub(super) fn tree(graph: &Graph<'_>, style: Style) -> String {
    let mut into = vec![Vec::new(); graph.nodes.len()];
    for (at, edge) in graph.edges.iter().enumerate() {
        into[edge.to].push(at);
    }
    let tree = Tree { graph, signs: if style.unicode { UNICODE } else { ASCII }, color: style.color, into };
    let mut out = String::new();
    tree.head(&mut out);
    for stage in 0..graph.stages.len() {
        tree.stage(stage, &mut out);
    }
    out
}

impl Tree<'_> {
    fn head(&self, out: &mut String) {
        let Graph { plan, critical, .. } = self.graph;
        let _ = writeln!(out, "{}", self.paint("1", &clean(&plan.pipeline.name)));
        let size = format!(
            "{} in {}",
            count(self.graph.actions(), "action"),
            count(self.graph.stages.len(), "stage")
        );
        let time = self.graph.critical_time.map(|time| format!(", {}", duration(time))).unwrap_or_default();
        let path =
            format!("critical path {}: {}{time}", self.signs.critical, count(critical.len(), "action"));
        let _ = writeln!(out, "{size}, {path}");
    }

    fn stage(&self, at: usize, out: &mut String) {
        let stage = &self.graph.stages[at];
        let before = &self.graph.order[self.graph.order_into(at)];
        let after: Vec<&str> =
            before.iter().map(|edge| self.graph.stages[edge.from].plan.id.as_str()).collect();
        let mut notes: Vec<String> = Vec::new();
        if !after.is_empty() {
            notes.push(format!("after {}", after.join(", ")));
        } else if at > 0 {
            notes.push("at once".to_owned());
        }
        notes.extend(stage.marks());
        let notes = if notes.is_empty() { String::new() } else { format!("  {}", notes.join("; ")) };
        let name = self.paint("1", &clean(&stage.plan.id));
        let _ = writeln!(out, "\n{} {name}{}", self.mark(stage.critical), self.paint("2", &clean(&notes)));
        let rows: Vec<Row> = self.items(at).into_iter().map(|item| self.row(&item)).collect();
        let column = |of: fn(&Row) -> &str| rows.iter().map(|row| width(of(row))).filter(|w| *w <= 40).max();
        let names = column(|row| &row.name).unwrap_or(0);
        let whats = column(|row| &row.what).unwrap_or(0);
        for (index, row) in rows.iter().enumerate() {
            let is_last = index + 1 == rows.len();
            let branch = if is_last { self.signs.last } else { self.signs.branch };
            let mark = self.mark(row.critical);
            let name = if row.critical { self.paint("1", &row.name) } else { row.name.clone() };
            let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)));
            let line = format!(
                "{mark} {branch} {name}{}  {}{}  {}",
                pad(&row.name, names),
                self.paint("36", &row.what),
                pad(&row.what, whats),
                row.flow
            );
            let _ = writeln!(out, "{}", line.trim_end());
            let bar = if is_last { "  " } else { self.signs.bar };
            for keys in &row.keys {
                let _ = writeln!(out, "  {bar}    {}", self.paint("2", keys));
            }
        }
    }

    /// The entries of a stage: what is decided at its entry, its actions, what is decided at its exit.
    fn items(&self, stage: usize) -> Vec<Item> {
        let mut nodes = self.graph.stages[stage].nodes.clone();
        nodes.sort_by_key(|at| match self.graph.nodes[*at].point() {
            Some(crate::plan::GatePoint::Entry) => 0,
            None => 1,
            Some(_) => 2,
        });
        let mut items: Vec<Item> = Vec::new();
        for at in nodes {
            match self.graph.nodes[at].family {
                Some(family) if self.is_collapsed(family) => {
                    if self.graph.families[family].members.first() == Some(&at) {
                        items.push(Item::Family(family));
                    }
                }
                _ => items.push(Item::Node(at)),
            }
        }
        items
    }

    fn is_collapsed(&self, family: usize) -> bool {
        self.graph.families[family].members.len() > MAX_MEMBERS
    }

    fn row(&self, item: &Item) -> Row {
        match item {
            Item::Node(at) => {
                let node = &self.graph.nodes[*at];
                Row {
                    critical: node.critical,
                    name: clean(&node.name),
                    what: clean(&node.what()),
                    flow: self.flow(&[*at]),
                    keys: Vec::new(),
                }
            }
            Item::Family(at) => {
                let family = &self.graph.families[*at];
                let first = &self.graph.nodes[family.members[0]];
                Row {
                    critical: family.members.iter().any(|member| self.graph.nodes[*member].critical),
                    name: format!("{}-* ({})", clean(&family.name), family.members.len()),
                    what: clean(&first.what()),
                    flow: self.flow(&family.members),
                    keys: self.keys(*at),
                }
            }
        }
    }

    /// The keys of a family's members, wrapped.
    fn keys(&self, family: usize) -> Vec<String> {
        let family = &self.graph.families[family];
        let mut lines = vec![String::new()];
        for (index, member) in family.members.iter().enumerate() {
            let node = &self.graph.nodes[*member];
            let mut key = clean(family.key(&node.name));
            if node.critical {
                key.insert_str(0, self.signs.critical);
            }
            if index + 1 < family.members.len() {
                key.push(',');
            }
            match lines.last_mut() {
                Some(line) if line.is_empty() => *line = key,
                Some(line) if width(line) + 1 + width(&key) <= LINE => {
                    line.push(' ');
                    line.push_str(&key);
                }
                _ => lines.push(key),
            }
        }
        lines
    }

    /// What nodes wait for and what they make, each thing once.
    fn flow(&self, nodes: &[usize]) -> String {
        let (mut reads, mut after, mut makes, mut marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut seen: HashSet<(u8, String)> = HashSet::new();
        let mut add = |to: &mut Vec<String>, list: u8, text: String| {
            if seen.insert((list, text.clone())) {
                to.push(text);
            }
        };
        for at in nodes {
            let node = &self.graph.nodes[*at];
            for edge in self.into[*at].iter().map(|edge| &self.graph.edges[*edge]) {
                let from = self.reference(node, edge.from);
                if edge.is_order() {
                    add(&mut after, 0, from.clone());
                }
                for label in &edge.artifacts {
                    let lone = *label == self.graph.nodes[edge.from].name;
                    add(&mut reads, 1, if lone { from.clone() } else { format!("{from}.{label}") });
                }
                for label in &edge.values {
                    add(&mut reads, 1, format!("{from}.${label}"));
                }
            }
            // A nameless artifact has the action's name, which differs in each member.
            let made = |label: String| {
                if label == node.name && nodes.len() > 1 { "artifact".to_owned() } else { label }
            };
            node.makes().into_iter().for_each(|label| add(&mut makes, 2, made(label)));
            if nodes.len() == 1 || matches!(node.kind, Kind::Action(_)) {
                node.marks().into_iter().for_each(|mark| add(&mut marks, 3, mark));
            }
        }
        let mut parts = Vec::new();
        let list = |sign: &str, texts: &[String]| format!("{sign} {}", texts.join(", "));
        if !reads.is_empty() {
            parts.push(list(self.signs.reads, &reads));
        }
        if !after.is_empty() {
            parts.push(list("after", &after));
        }
        if !makes.is_empty() {
            parts.push(list(self.signs.makes, &makes));
        }
        if !marks.is_empty() && marks.len() <= MAX_MEMBERS {
            parts.push(format!("[{}]", marks.join("; ")));
        }
        clean(&parts.join("  "))
    }

    /// A node as another one names it: without the stage where it is the same, a collapsed family as a whole.
    fn reference(&self, reader: &Node<'_>, at: usize) -> String {
        let node = &self.graph.nodes[at];
        let name = match node.family {
            Some(family) if self.is_collapsed(family) => format!("{}-*", self.graph.families[family].name),
            _ => node.name.clone(),
        };
        if node.stage == reader.stage {
            name
        } else {
            format!("{}.{name}", self.graph.stages[node.stage].plan.id)
        }
    }

    fn mark(&self, critical: bool) -> String {
        if critical { self.paint("31", self.signs.critical) } else { " ".to_owned() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
