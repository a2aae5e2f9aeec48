//! The order of a plan as numbers: who waits for whom, who uses what, and how far it is to the end.
//! Fixed during a run. Also the place that refuses a plan that contradicts itself. Unaware of states and processes.

mod uses;

use std::collections::{BTreeMap, HashMap};

use compiler::plan::{Action, GatePoint, Plan};
use compiler::value::Reference;

use crate::codes;
use crate::error::Error;
use crate::gate;
pub(crate) use uses::{Use, uses};

/// An action's place in `Plan::actions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActionIndex(pub(crate) usize);

/// A stage's place in `Plan::stages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StageIndex(pub(crate) usize);

/// A gate's place in the plan: by stage, then as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GateIndex(pub(crate) usize);

/// What an executor can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Task {
    /// An action.
    Action(ActionIndex),
    /// A gate, which is decided.
    Gate(GateIndex),
}

/// That an action waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The other.
    pub(crate) on: ActionIndex,
    /// Whether an artifact or a variable of it is used, not only its order.
    pub(crate) uses: bool,
    /// Whether its condition looks at a variable of it.
    pub(crate) reads: bool,
}

/// What the order says about an action.
#[derive(Debug)]
pub(crate) struct ActionNode {
    pub(crate) stage: StageIndex,
    pub(crate) needs: Vec<Need>,
    pub(crate) dependents: Vec<ActionIndex>,
    /// Actions on the longest path from here to the end of the plan.
    pub(crate) distance: usize,
}

/// What the order says about a stage.
#[derive(Debug)]
pub(crate) struct StageNode {
    pub(crate) needs: Vec<StageIndex>,
    pub(crate) dependents: Vec<StageIndex>,
    pub(crate) actions: Vec<ActionIndex>,
    pub(crate) gates: Vec<GateIndex>,
    /// What its condition and its gates look at.
    pub(crate) reads: Vec<ActionIndex>,
}

/// A gate.
#[derive(Debug)]
pub(crate) struct GateNode {
    pub(crate) stage: StageIndex,
    /// Its place in `Stage::gates`.
    pub(crate) place: usize,
    /// `stage.gate`.
    pub(crate) id: String,
    /// The gate as an action, which is what executors know.
    pub(crate) work: Action,
}

impl GateNode {
    /// What it is called where actions are named, too, which may have the same id.
    pub(crate) fn title(&self) -> String {
        format!("gate {}", self.id)
    }
}

/// The order of a plan.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) actions: Vec<ActionNode>,
    pub(crate) stages: Vec<StageNode>,
    pub(crate) gates: Vec<GateNode>,
    by_id: HashMap<String, ActionIndex>,
}

impl Graph {
    /// Reads the order out of a plan.
    pub(crate) fn new(plan: &Plan) -> Result<Self, Error> {
        let mut stage_by_id = HashMap::new();
        for (index, stage) in plan.stages.iter().enumerate() {
            if stage_by_id.insert(stage.id.as_str(), StageIndex(index)).is_some() {
                return Err(bad(format!("two stages have the id `{}`", stage.id)));
            }
        }
        let mut by_id = HashMap::new();
        for (index, action) in plan.actions.iter().enumerate() {
            if by_id.insert(action.id.clone(), ActionIndex(index)).is_some() {
                return Err(bad(format!("two actions have the id `{}`", action.id)));
            }
        }
        let mut stages = Vec::with_capacity(plan.stages.len());
        for stage in &plan.stages {
            let mut needs = Vec::new();
            for need in &stage.needs {
                let on = stage_by_id
                    .get(need.as_str())
                    .ok_or_else(|| bad(format!("stage `{}` needs an unknown stage `{need}`", stage.id)))?;
                if !needs.contains(on) {
                    needs.push(*on);
                }
            }
            let (dependents, actions) = (Vec::new(), Vec::new());
            stages.push(StageNode { needs, dependents, actions, gates: Vec::new(), reads: Vec::new() });
        }
        let mut actions = Vec::with_capacity(plan.actions.len());
        for (index, action) in plan.actions.iter().enumerate() {
            let stage = *stage_by_id
                .get(action.stage.as_str())
                .ok_or_else(|| bad(format!("`{}` is in an unknown stage `{}`", action.id, action.stage)))?;
            stages[stage.0].actions.push(ActionIndex(index));
            let needs = needs_of(plan, action, &by_id)?;
            actions.push(ActionNode { stage, needs, dependents: Vec::new(), distance: 0 });
        }
        let mut graph = Self { actions, stages, gates: Vec::new(), by_id };
        graph.gates(plan)?;
        graph.connect();
        graph.measure(plan)?;
        Ok(graph)
    }

    /// The action with an id.
    pub(crate) fn action(&self, id: &str) -> Option<ActionIndex> {
        self.by_id.get(id).copied()
    }

    /// The gates, and what they and the conditions of stages look at: that must be over before.
    fn gates(&mut self, plan: &Plan) -> Result<(), Error> {
        for (index, stage) in plan.stages.iter().enumerate() {
            let mut entry: Vec<Use<'_>> = stage.when.iter().flat_map(uses::of_condition).collect();
            let mut exit = Vec::new();
            for (place, gate) in stage.gates.iter().enumerate() {
                let (stage, id) = (StageIndex(index), format!("{}.{}", stage.id, gate.id));
                if self.gates.iter().rev().take(place).any(|other| other.id == id) {
                    return Err(bad(format!("two gates have the id `{id}`")));
                }
                self.stages[index].gates.push(GateIndex(self.gates.len()));
                let work = gate::work(&plan.stages[index], gate);
                self.gates.push(GateNode { stage, place, id, work });
                let before = if gate.on == GatePoint::Entry { &mut entry } else { &mut exit };
                before.extend(uses::of_gate(gate));
            }
            for (used, is_entry) in
                entry.into_iter().map(|used| (used, true)).chain(exit.into_iter().map(|used| (used, false)))
            {
                let Some(producer) = producer(plan, &stage.id, used, &self.by_id)? else { continue };
                let of = self.actions[producer.0].stage;
                let node = &mut self.stages[index];
                if of == StageIndex(index) && is_entry {
                    return Err(bad(format!(
                        "the entry of stage `{}` looks at `{}`, which comes after it",
                        stage.id, plan.actions[producer.0].id
                    )));
                }
                if of != StageIndex(index) && !node.needs.contains(&of) {
                    node.needs.push(of);
                }
                if !node.reads.contains(&producer) {
                    node.reads.push(producer);
                }
            }
        }
        Ok(())
    }

    fn connect(&mut self) {
        for index in 0..self.actions.len() {
            for need in 0..self.actions[index].needs.len() {
                let on = self.actions[index].needs[need].on;
                self.actions[on.0].dependents.push(ActionIndex(index));
            }
        }
        for index in 0..self.stages.len() {
            for need in 0..self.stages[index].needs.len() {
                let on = self.stages[index].needs[need];
                self.stages[on.0].dependents.push(StageIndex(index));
            }
        }
    }

    /// Finds the longest paths, and with them whether there is an order at all.
    ///
    /// The nodes are the actions, then the entries of the stages, then their exits; iterative, since a plan may be
    /// one long chain.
    fn measure(&mut self, plan: &Plan) -> Result<(), Error> {
        let (entries, exits) = (self.actions.len(), self.actions.len() + self.stages.len());
        let total = exits + self.stages.len();
        let successors = |graph: &Self, node: usize| -> Vec<usize> {
            if node < entries {
                let action = &graph.actions[node];
                action.dependents.iter().map(|d| d.0).chain([exits + action.stage.0]).collect()
            } else if node < exits {
                let stage = node - entries;
                graph.stages[stage].actions.iter().map(|a| a.0).chain([exits + stage]).collect()
            } else {
                graph.stages[node - exits].dependents.iter().map(|s| entries + s.0).collect()
            }
        };
        let mut waiting = vec![0_usize; total];
        for node in 0..total {
            for next in successors(self, node) {
                waiting[next] += 1;
            }
        }
        let mut order: Vec<usize> = (0..total).filter(|node| waiting[*node] == 0).collect();
        let mut done = 0;
        while done < order.len() {
            for next in successors(self, order[done]) {
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    order.push(next);
                }
            }
            done += 1;
        }
        if let Some(stuck) = (0..total).find(|node| waiting[*node] > 0) {
            let name = match stuck {
                _ if stuck < entries => &plan.actions[stuck].id,
                _ if stuck < exits => &plan.stages[stuck - entries].id,
                _ => &plan.stages[stuck - exits].id,
            };
            return Err(bad(format!("`{name}` waits for itself: the order of the plan is a cycle")));
        }
        let mut distance = vec![0_usize; total];
        for node in order.into_iter().rev() {
            let ahead = successors(self, node).into_iter().map(|next| distance[next]).max().unwrap_or(0);
            distance[node] = ahead + usize::from(node < entries);
        }
        for (action, distance) in self.actions.iter_mut().zip(distance) {
            action.distance = distance;
        }
        Ok(())
    }
}

fn bad(message: String) -> Error {
    Error::plan(codes::BAD_PLAN, message).with_help("compile the plan again")
}

/// The needs that the plan lists, and those that it forgot to list but uses.
fn needs_of(plan: &Plan, action: &Action, by_id: &HashMap<String, ActionIndex>) -> Result<Vec<Need>, Error> {
    let mut needs: BTreeMap<ActionIndex, Need> = BTreeMap::new();
    fn need(needs: &mut BTreeMap<ActionIndex, Need>, on: ActionIndex) -> &mut Need {
        needs.entry(on).or_insert(Need { on, uses: false, reads: false })
    }
    for listed in &action.needs {
        let on = by_id.get(listed).ok_or_else(|| unknown(&action.id, listed))?;
        need(&mut needs, *on);
    }
    for used in uses(action) {
        if let Some(on) = producer(plan, &action.id, used, by_id)? {
            need(&mut needs, on).uses = true;
        }
    }
    for used in action.when.iter().flat_map(uses::of_condition) {
        if let Some(on) = producer(plan, &action.id, used, by_id)? {
            need(&mut needs, on).reads = true;
        }
    }
    Ok(needs.into_values().collect())
}

fn unknown(user: &str, id: &str) -> Error {
    bad(format!("`{user}` refers to an unknown action `{id}`"))
}

/// The action that makes what is used, if an action makes it.
fn producer(
    plan: &Plan,
    user: &str,
    used: Use<'_>,
    by_id: &HashMap<String, ActionIndex>,
) -> Result<Option<ActionIndex>, Error> {
    let find = |id: &str| by_id.get(id).copied().ok_or_else(|| unknown(user, id));
    match used {
        Use::Artifact(artifact) => {
            let producer = find(&artifact.action)?;
            if !plan.actions[producer.0].outputs.iter().any(|o| o.id == artifact.output) {
                let message = format!("`{user}` reads an artifact that `{}` does not make", artifact.action);
                return Err(bad(message));
            }
            Ok(Some(producer))
        }
        Use::Reference(Reference::Output { action, .. }) => find(action).map(Some),
        Use::Reference(Reference::Variable { variable }) => {
            if plan.variables.iter().any(|v| v.id == *variable) {
                return Ok(None);
            }
            Err(bad(format!("`{user}` refers to an unknown variable `{variable}`")))
        }
        Use::Reference(Reference::Execution { .. } | Reference::Deploy { .. }) => Ok(None),
    }
}
