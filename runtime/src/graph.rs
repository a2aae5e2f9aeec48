//! The order of a plan as numbers: who waits for whom, who uses what, and how far it is to the end.
//! Fixed during a run. Also the place that refuses a plan that contradicts itself. Unaware of states and processes.

use std::collections::{BTreeMap, HashMap};

use compiler::plan::{Action, Local, Plan};
use compiler::value::{ArtifactRef, Reference, Text, Value};

use crate::codes;
use crate::error::Error;

/// An action's place in `Plan::actions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActionIndex(pub(crate) usize);

/// A stage's place in `Plan::stages`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StageIndex(pub(crate) usize);

/// That an action waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The other.
    pub(crate) on: ActionIndex,
    /// Whether an artifact or a variable of it is used, not only its order.
    pub(crate) uses: bool,
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
}

/// The order of a plan.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) actions: Vec<ActionNode>,
    pub(crate) stages: Vec<StageNode>,
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
            stages.push(StageNode { needs, dependents: Vec::new(), actions: Vec::new() });
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
        let mut graph = Self { actions, stages, by_id };
        graph.connect();
        graph.measure(plan)?;
        Ok(graph)
    }

    /// The action with an id.
    pub(crate) fn action(&self, id: &str) -> Option<ActionIndex> {
        self.by_id.get(id).copied()
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
    Error::usage(codes::BAD_PLAN, message).with_help("compile the plan again")
}

/// The needs that the plan lists, and those that it forgot to list but uses.
fn needs_of(plan: &Plan, action: &Action, by_id: &HashMap<String, ActionIndex>) -> Result<Vec<Need>, Error> {
    let mut needs: BTreeMap<ActionIndex, bool> = BTreeMap::new();
    let find = |id: &str| {
        by_id
            .get(id)
            .copied()
            .ok_or_else(|| bad(format!("`{}` refers to an unknown action `{id}`", action.id)))
    };
    for need in &action.needs {
        needs.entry(find(need)?).or_insert(false);
    }
    for used in uses(action) {
        match used {
            Use::Artifact(artifact) => {
                let producer = find(&artifact.action)?;
                if !plan.actions[producer.0].outputs.iter().any(|o| o.id == artifact.output) {
                    return Err(bad(format!(
                        "`{}` reads an artifact that `{}` does not make",
                        action.id, artifact.action
                    )));
                }
                needs.insert(producer, true);
            }
            Use::Reference(Reference::Output { action: producer, .. }) => {
                needs.insert(find(producer)?, true);
            }
            Use::Reference(Reference::Variable { variable }) => {
                if !plan.variables.iter().any(|v| v.id == *variable) {
                    return Err(bad(format!("`{}` refers to an unknown variable `{variable}`", action.id)));
                }
            }
            Use::Reference(Reference::Execution { .. } | Reference::Deploy { .. }) => {}
        }
    }
    Ok(needs.into_iter().map(|(on, uses)| Need { on, uses }).collect())
}

/// Something of another action, or of the run, that an action uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use<'a> {
    /// An artifact.
    Artifact(&'a ArtifactRef),
    /// A piece of a text.
    Reference(&'a Reference),
}

/// All that an action uses, in the order of its fields.
pub(crate) fn uses(action: &Action) -> Vec<Use<'_>> {
    let mut found: Vec<Use<'_>> = action.inputs.iter().map(|i| Use::Artifact(&i.artifact)).collect();
    let local = match &action.local {
        Some(Local::Script { env, .. }) => Some(env),
        _ => None,
    };
    let mut left: Vec<&Value> = action.config.values().chain(action.env.values()).collect();
    left.extend(local.into_iter().flat_map(|env| env.values()));
    // A list of its own instead of recursion: the depth comes from the plan.
    while let Some(value) = left.pop() {
        match value {
            Value::Text(text) => found.extend(references(text)),
            Value::List(items) => left.extend(items),
            Value::Record(fields) => left.extend(fields.values()),
            Value::Artifact(artifact) => found.push(Use::Artifact(artifact)),
            Value::File(file) => found.push(Use::Artifact(&file.artifact)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Duration(_) | Value::Secret(_) => {}
        }
    }
    found
}

fn references(text: &Text) -> impl Iterator<Item = Use<'_>> {
    text.references().map(Use::Reference)
}
