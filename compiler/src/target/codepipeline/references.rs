//! References: every one that the exported part of a plan holds.

use crate::plan::{Action, Condition, Gate, Plan, Stage};
use crate::value::{Reference, Text, Value};

/// Calls `visit` with every reference that is exported.
pub(super) fn of_plan<'a>(plan: &'a Plan, visit: &mut impl FnMut(&'a Reference)) {
    plan.actions.iter().for_each(|action| of_action(action, visit));
    plan.stages.iter().for_each(|stage| of_stage(stage, visit));
}

/// Those of an action.
pub(super) fn of_action<'a>(action: &'a Action, visit: &mut impl FnMut(&'a Reference)) {
    of_values(action.config.values().chain(action.env.values()), visit);
    if let Some(condition) = &action.when {
        of_condition(condition, visit);
    }
}

/// Those of a stage's condition and gates.
pub(super) fn of_stage<'a>(stage: &'a Stage, visit: &mut impl FnMut(&'a Reference)) {
    if let Some(condition) = &stage.when {
        of_condition(condition, visit);
    }
    stage.gates.iter().for_each(|gate| of_gate(gate, visit));
}

/// Those of a gate.
pub(super) fn of_gate<'a>(gate: &'a Gate, visit: &mut impl FnMut(&'a Reference)) {
    of_values(gate.config.values().chain(gate.env.values()), visit);
}

/// Those of a condition.
pub(super) fn of_condition<'a>(condition: &'a Condition, visit: &mut impl FnMut(&'a Reference)) {
    // Neither values nor conditions of a plan from a file have a depth that can be relied on, so nothing here recurses.
    let mut open = vec![condition];
    while let Some(condition) = open.pop() {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => open.extend(parts.iter().rev()),
            Condition::Not(inner) => open.push(inner),
            Condition::Check { value, operand, .. } => {
                of_text(value, visit);
                of_text(operand, visit);
            }
            Condition::OneOf { value, texts } => {
                of_text(value, visit);
                texts.iter().for_each(|text| of_text(text, visit));
            }
        }
    }
}

/// Those of some values.
pub(super) fn of_values<'a>(values: impl Iterator<Item = &'a Value>, visit: &mut impl FnMut(&'a Reference)) {
    let mut open: Vec<&Value> = values.collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Text(text) => of_text(text, visit),
            Value::List(items) => open.extend(items),
            Value::Record(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
}

fn of_text<'a>(text: &'a Text, visit: &mut impl FnMut(&'a Reference)) {
    text.references().for_each(visit);
}
