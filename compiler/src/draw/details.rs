//! What is said of nodes and stages, in words.

use super::condition;
use super::model::{Graph, Kind, Node, Stage};
use super::text::duration;
use crate::plan::{GatePoint, Local, OnFailure, Otherwise};

impl Node<'_> {
    /// What stands below its name: the callee, the rule, the condition.
    pub(super) fn what(&self) -> String {
        match self.kind {
            Kind::Action(action) => action.callee.clone(),
            Kind::When(when) => condition::words(when),
            Kind::Gate(gate) => format!("{} gate: {}", point(gate.on), gate.rule),
        }
    }

    /// What is special about it, a few words each.
    pub(super) fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        match self.kind {
            Kind::Action(action) => {
                if action.callee == "approve" {
                    marks.push("approval".to_owned());
                }
                if let Some(when) = &action.when {
                    marks.push(format!("when {}", condition::words(when)));
                }
                match (&action.local, action.callee.as_str()) {
                    (Some(Local::Script { .. }), _) => marks.push("local script".to_owned()),
                    (None, "run" | "git" | "approve") => {}
                    (Some(Local::Simulate), _) => marks.push("simulated locally".to_owned()),
                    (None, _) => marks.push("only checked locally".to_owned()),
                }
            }
            Kind::When(_) => marks.push("otherwise the stage is skipped".to_owned()),
            Kind::Gate(gate) => marks.push(format!("otherwise {}", otherwise(gate.otherwise))),
        }
        if let Some(time) = self.duration {
            marks.push(duration(time));
        }
        marks
    }

    /// Whether a local run only looks at it.
    pub(super) fn is_simulated(&self) -> bool {
        let Kind::Action(action) = self.kind else { return false };
        !matches!(
            (&action.local, action.callee.as_str()),
            (Some(Local::Script { .. }), _) | (None, "run" | "git" | "approve")
        )
    }

    /// What it makes: labels of its artifacts, then names of the variables it declares.
    pub(super) fn makes(&self) -> Vec<String> {
        let Kind::Action(action) = self.kind else { return Vec::new() };
        let artifacts = action.outputs.iter().map(|output| output.id.as_ref().unwrap_or(&self.name).clone());
        artifacts.chain(action.variables.iter().map(|name| format!("${name}"))).collect()
    }

    /// When it is decided: before the stage's actions, among them, behind them.
    pub(super) fn point(&self) -> Option<GatePoint> {
        match self.kind {
            Kind::Action(_) => None,
            Kind::When(_) => Some(GatePoint::Entry),
            Kind::Gate(gate) => Some(gate.on),
        }
    }
}

impl Stage<'_> {
    /// What is special about it, a few words each.
    pub(super) fn marks(&self) -> Vec<String> {
        let words = |on_failure| match on_failure {
            OnFailure::Rollback => "on failure rollback",
            OnFailure::Skip => "on failure skip",
            OnFailure::Retry => "on failure retry",
            OnFailure::RetryFailedActions => "on failure retry failed_actions",
            OnFailure::RetryAllActions => "on failure retry all_actions",
        };
        self.plan.on_failure.map(words).map(str::to_owned).into_iter().collect()
    }
}

/// When a gate is checked.
fn point(point: GatePoint) -> &'static str {
    match point {
        GatePoint::Entry => "entry",
        GatePoint::Success => "success",
        GatePoint::Failure => "failure",
    }
}

fn otherwise(otherwise: Otherwise) -> &'static str {
    match otherwise {
        Otherwise::Fail => "fail",
        Otherwise::Rollback => "rollback",
        Otherwise::Skip => "skip",
    }
}

impl Graph<'_> {
    /// All that there is to say of a node, a line each: what a picture shows on pointing at it.
    pub(super) fn details(&self, at: usize) -> Vec<String> {
        let node = &self.nodes[at];
        let mut lines = vec![format!("{}: {}", node.id, node.what())];
        let (name, description) = match node.kind {
            Kind::Action(action) => (Some(&action.name), action.description.as_ref()),
            Kind::Gate(gate) => (Some(&gate.name), gate.description.as_ref()),
            Kind::When(_) => (None, None),
        };
        lines.extend(name.filter(|name| **name != node.name).map(|name| format!("exported as {name}")));
        lines.extend(description.cloned());
        let into =
            self.edges.partition_point(|edge| edge.to < at)..self.edges.partition_point(|edge| edge.to <= at);
        lines.extend(self.edges[into].iter().map(|edge| {
            let from = &self.nodes[edge.from].id;
            match edge.labels().join(", ") {
                labels if labels.is_empty() => format!("after {from}"),
                labels => format!("reads {labels} of {from}"),
            }
        }));
        lines.extend(node.makes().into_iter().map(|made| format!("makes {made}")));
        lines.extend(node.marks());
        if node.critical {
            lines.push("on the critical path".to_owned());
        }
        lines
    }
}
