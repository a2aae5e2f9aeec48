//! The graph that all forms draw: nodes, edges and what is known of them. Knows nothing of any form.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::Durations;
use super::critical;
use super::family::{Family, families, local_name};
use super::order::Order;
use super::references::{self, Use};
use crate::plan::{self, Action, Condition, Gate, Plan};

/// The execution graph of a plan.
#[derive(Debug)]
pub(super) struct Graph<'p> {
    pub(super) plan: &'p Plan,
    /// In the plan's order.
    pub(super) stages: Vec<Stage<'p>>,
    /// First the actions, as in the plan; then conditions and gates of stages.
    pub(super) nodes: Vec<Node<'p>>,
    /// By target, then by source. Without those that only give an order which is implied.
    pub(super) edges: Vec<Edge>,
    /// For each stage the edges among its nodes, as indices.
    pub(super) inside: Vec<Vec<usize>>,
    /// The order of stages, by target, without what is implied.
    pub(super) order: Vec<StageEdge>,
    pub(super) families: Vec<Family>,
    /// The actions of the critical path, in order.
    pub(super) critical: Vec<usize>,
    /// How long the critical path takes, where durations are known.
    pub(super) critical_time: Option<Duration>,
}

/// A stage.
#[derive(Debug)]
pub(super) struct Stage<'p> {
    pub(super) plan: &'p plan::Stage,
    /// Its nodes: actions, condition, gates.
    pub(super) nodes: Vec<usize>,
    pub(super) critical: bool,
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'p> {
    Action(&'p Action),
    /// What must hold when the stage is entered.
    When(&'p Condition),
    Gate(&'p Gate),
}

/// Something that is drawn in a stage.
#[derive(Debug)]
pub(super) struct Node<'p> {
    pub(super) kind: Kind<'p>,
    /// `stage.name`.
    pub(super) id: String,
    /// The name in its stage.
    pub(super) name: String,
    pub(super) stage: usize,
    /// Of an action that is one of several.
    pub(super) family: Option<usize>,
    pub(super) duration: Option<Duration>,
    pub(super) critical: bool,
}

/// Who waits for whom: `to` for `from`.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Labels of the artifacts that flow along it.
    pub(super) artifacts: Vec<String>,
    /// Names of the variables that flow along it.
    pub(super) values: Vec<String>,
    pub(super) critical: bool,
}

/// A stage that is entered after another.
#[derive(Debug)]
pub(super) struct StageEdge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) critical: bool,
}

impl Edge {
    /// Whether nothing flows along it.
    pub(super) fn is_order(&self) -> bool {
        self.artifacts.is_empty() && self.values.is_empty()
    }

    /// What flows along it; empty for order alone.
    pub(super) fn labels(&self) -> Vec<&str> {
        self.artifacts.iter().chain(&self.values).map(String::as_str).collect()
    }
}

impl<'p> Graph<'p> {
    /// Builds the graph. Ids that lead nowhere are left out: a validated plan has none.
    pub(super) fn new(plan: &'p Plan, durations: &Durations) -> Self {
        let stage_at: HashMap<&str, usize> =
            plan.stages.iter().enumerate().map(|(at, stage)| (stage.id.as_str(), at)).collect();
        let stages =
            plan.stages.iter().map(|plan| Stage { plan, nodes: Vec::new(), critical: false }).collect();
        let mut graph = Self {
            plan,
            stages,
            nodes: Vec::new(),
            edges: Vec::new(),
            inside: Vec::new(),
            order: Vec::new(),
            families: families(plan),
            critical: Vec::new(),
            critical_time: None,
        };
        graph.add_nodes(&stage_at, durations);
        graph.edges = edges(&graph.nodes);
        for (to, stage) in plan.stages.iter().enumerate() {
            let needs = stage.needs.iter().filter_map(|need| stage_at.get(need.as_str()));
            let needs: BTreeSet<usize> = needs.copied().collect();
            graph.order.extend(needs.into_iter().map(|from| StageEdge { from, to, critical: false }));
        }
        let order = Order::new(&graph);
        order.reduce(&mut graph);
        critical::mark(&mut graph, &order);
        graph.inside = vec![Vec::new(); graph.stages.len()];
        for (at, edge) in graph.edges.iter().enumerate() {
            let stage = graph.nodes[edge.from].stage;
            if stage == graph.nodes[edge.to].stage {
                graph.inside[stage].push(at);
            }
        }
        graph
    }

    fn add_nodes(&mut self, stage_at: &HashMap<&str, usize>, durations: &Durations) {
        let mut node_of: Vec<Option<usize>> = vec![None; self.plan.actions.len()];
        for (at, action) in self.plan.actions.iter().enumerate() {
            let name = local_name(&action.id, &action.stage).to_owned();
            // A validated plan has a stage for each action; one without is left out.
            let Some(stage) = stage_at.get(action.stage.as_str()) else { continue };
            node_of[at] = Some(self.nodes.len());
            self.add(Kind::Action(action), action.id.clone(), name, *stage);
        }
        for node in &mut self.nodes {
            node.duration = durations.get(&node.id).copied();
        }
        for (at, family) in self.families.iter_mut().enumerate() {
            family.members = family.members.iter().filter_map(|member| node_of[*member]).collect();
            family.members.iter().for_each(|member| self.nodes[*member].family = Some(at));
        }
        for (at, stage) in self.plan.stages.iter().enumerate() {
            if let Some(when) = &stage.when {
                self.add(Kind::When(when), format!("{}.when", stage.id), "when".to_owned(), at);
            }
            for gate in &stage.gates {
                self.add(Kind::Gate(gate), format!("{}.{}", stage.id, gate.id), gate.id.clone(), at);
            }
        }
    }

    fn add(&mut self, kind: Kind<'p>, id: String, name: String, stage: usize) {
        self.stages[stage].nodes.push(self.nodes.len());
        self.nodes.push(Node { kind, id, name, stage, family: None, duration: None, critical: false });
    }

    /// What an edge says, as a person would: `verify.bundle -> staging.upload: dist`.
    pub(super) fn sentence(&self, edge: &Edge) -> String {
        let (from, to) = (&self.nodes[edge.from].id, &self.nodes[edge.to].id);
        match edge.labels().join(", ") {
            labels if labels.is_empty() => format!("{from} -> {to}"),
            labels => format!("{from} -> {to}: {labels}"),
        }
    }

    /// The indices in `order` of what leads to a stage.
    pub(super) fn order_into(&self, stage: usize) -> std::ops::Range<usize> {
        self.order.partition_point(|edge| edge.to < stage)
            ..self.order.partition_point(|edge| edge.to <= stage)
    }

    /// The number of actions.
    pub(super) fn actions(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node.kind, Kind::Action(_))).count()
    }
}

/// All edges between nodes, one for each pair.
fn edges(nodes: &[Node<'_>]) -> Vec<Edge> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        if let Kind::Action(action) = node.kind {
            at.insert(&action.id, index);
        }
    }
    let mut found: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for (to, node) in nodes.iter().enumerate() {
        let mut edge = |from: &str, label: Option<(bool, &str)>| {
            let Some(from) = at.get(from).copied().filter(|from| *from != to) else { return };
            let new = || Edge { from, to, artifacts: Vec::new(), values: Vec::new(), critical: false };
            let edge = found.entry((to, from)).or_insert_with(new);
            if let Some((is_artifact, label)) = label {
                let labels = if is_artifact { &mut edge.artifacts } else { &mut edge.values };
                if !labels.iter().any(|known| known == label) {
                    labels.push(label.to_owned());
                }
            }
        };
        let mut used = |used: Use<'_>| match used {
            Use::Artifact(artifact) => {
                let name = || at.get(artifact.action.as_str()).map_or("", |from| nodes[*from].name.as_str());
                edge(&artifact.action, Some((true, artifact.output.as_deref().unwrap_or_else(name))));
            }
            Use::Variable { action, name } => edge(action, Some((false, name))),
        };
        match node.kind {
            Kind::Action(action) => {
                references::of_action(action, &mut used);
                action.needs.iter().for_each(|need| edge(need, None));
            }
            Kind::When(when) => references::of_condition(when, &mut used),
            Kind::Gate(gate) => references::of_gate(gate, &mut used),
        }
    }
    found.into_values().collect()
}
