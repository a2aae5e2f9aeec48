//! Conditions of a stage: one when it is entered, one when it has succeeded, one when it has failed. Its `when` and the
//! gates of one point are the rules of one condition.
//! <https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html>

use indexmap::IndexMap;

use crate::diagnostic::codes::{CONDITION, TARGET_CANNOT};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::plan::{Condition, Gate, GatePoint, OnFailure, Otherwise};
use crate::value::Reference;

use super::context::{Context, Owner, Report, weaker};
use super::document::{self, Conditions, Rule};
use super::order::StageOrder;
use super::{checks, gates, references};

/// The most rules of a condition. Source: the API's model of `RuleDeclarationList`.
const MAX_RULES: usize = 5;
/// The rules with which a stage can be skipped.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html>
const SKIPS: &[&str] = &["LambdaInvoke", "VariableCheck"];
/// What the service can do where the rules of a condition do not hold.
/// <https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html>
static RESULTS: &[(GatePoint, &str, &[Otherwise])] = &[
    (GatePoint::Entry, "entered", &[Otherwise::Fail, Otherwise::Skip]),
    (GatePoint::Success, "done", &[Otherwise::Fail, Otherwise::Rollback]),
    (GatePoint::Failure, "failed", &[Otherwise::Rollback]),
];

/// What is decided before the stage starts: its `when` and its entry gates.
pub(super) fn before_entry(
    context: &Context<'_>,
    order: &StageOrder,
    report: &mut Report,
) -> Option<Conditions> {
    let stage = *order.stages.first()?;
    let gates = of_point(context, stage, GatePoint::Entry);
    let written = written(context, stage, order, report);
    let first = gates.first().map(|(owner, _)| context.place(*owner, ""));
    let place = written.map(|(_, place)| place).or(first)?;
    if order.actions.iter().any(|(action, _)| context.is_source(*action)) {
        let message =
            "whether the stage of sources can have a condition when it is entered is not documented";
        report.push(
            weaker(&CONDITION, Severity::Warning, place, message).help("put the condition on the next stage"),
        );
    }
    check_own(context, order, &gates, written, report);
    let mut rules = written
        .map_or_else(Vec::new, |(condition, place)| checks::rules(context, stage, condition, place, report));
    let otherwise = match (gates.first(), written) {
        (Some((owner, gate)), Some((_, when))) if gate.otherwise != Otherwise::Skip => {
            let message = "a stage has one entry condition, and this one cannot both skip and fail it";
            report.push(
                CONDITION
                    .at(context.place(*owner, ""), message)
                    .also(when, "where it does not hold, the stage is skipped")
                    .help("move the gate to a stage before this one, or let it end in `else skip`"),
            );
            return None;
        }
        (Some((_, gate)), _) => gate.otherwise,
        (None, _) => Otherwise::Skip,
    };
    rules.extend(gates.iter().map(|(owner, gate)| gates::rule(context, *owner, gate, report)));
    check_point(context, stage, GatePoint::Entry, &gates, report);
    check_count(&rules, place, report);
    (!rules.is_empty()).then(|| conditions(otherwise, rules))
}

/// What is decided when all actions have succeeded.
pub(super) fn on_success(
    context: &Context<'_>,
    order: &StageOrder,
    report: &mut Report,
) -> Option<Conditions> {
    of_gates(context, order, GatePoint::Success, report)
}

/// The conditions that are looked at when the stage has failed.
pub(super) fn on_failure(
    context: &Context<'_>,
    order: &StageOrder,
    report: &mut Report,
) -> Vec<document::Condition> {
    let Some(found) = of_gates(context, order, GatePoint::Failure, report) else { return Vec::new() };
    let Some(stage) = order.stages.first().copied() else { return Vec::new() };
    let place = of_point(context, stage, GatePoint::Failure)
        .first()
        .map_or_else(|| context.places.stage(stage), |(owner, _)| context.place(*owner, ""));
    if let Some(reaction) = context.plan.stages[stage].on_failure {
        let name = &context.plan.stages[stage].id;
        let message = match reaction {
            OnFailure::Rollback | OnFailure::Skip => {
                format!("the stage `{name}` has both a reaction to failures and gates on failure")
            }
            _ => format!("the stage `{name}` is retried on failure, so it cannot have gates on failure"),
        };
        report.push(CONDITION.at(place, message).help("keep one of them"));
    }
    // The pages of the user guide contradict each other.
    let message = "CodePipeline may roll back where this gate passes: its documentation says both";
    report.push(
        weaker(&CONDITION, Severity::Warning, place, message)
            .help("try it before you rely on it, or use `on failure rollback`"),
    );
    found.conditions
}

fn of_gates(
    context: &Context<'_>,
    order: &StageOrder,
    point: GatePoint,
    report: &mut Report,
) -> Option<Conditions> {
    let stage = *order.stages.first()?;
    let gates = of_point(context, stage, point);
    let (first, gate) = gates.first()?;
    let rules: Vec<Rule> =
        gates.iter().map(|(owner, gate)| gates::rule(context, *owner, gate, report)).collect();
    check_point(context, stage, point, &gates, report);
    check_count(&rules, context.place(*first, ""), report);
    if gate.otherwise == Otherwise::Rollback {
        check_rollback(context, order, context.place(*first, ""), report);
    }
    Some(conditions(gate.otherwise, rules))
}

fn conditions(otherwise: Otherwise, rules: Vec<Rule>) -> Conditions {
    let result = match otherwise {
        Otherwise::Fail => "FAIL",
        Otherwise::Rollback => "ROLLBACK",
        Otherwise::Skip => "SKIP",
    };
    Conditions { conditions: vec![document::Condition { result: Some(result.to_owned()), rules }] }
}

/// The gates of a point, with who they are.
fn of_point<'a>(context: &Context<'a>, stage: usize, point: GatePoint) -> Vec<(Owner, &'a Gate)> {
    let gates = context.plan.stages[stage].gates.iter().enumerate();
    gates.filter(|(_, gate)| gate.on == point).map(|(g, gate)| (Owner::Gate(stage, g), gate)).collect()
}

/// One result, and one that the service has there.
fn check_point(
    context: &Context<'_>,
    stage: usize,
    point: GatePoint,
    gates: &[(Owner, &Gate)],
    report: &mut Report,
) {
    let Some((_, first)) = gates.first() else { return };
    let name = &context.plan.stages[stage].id;
    for (owner, gate) in gates {
        let place = context.place(*owner, "");
        let allowed = RESULTS.iter().find(|(at, ..)| *at == point);
        if gate.otherwise != first.otherwise {
            let message = format!("the gates of `{name}` that are looked at together end differently");
            report.push(CONDITION.at(place, message).help("write the same `else` behind each of them"));
        } else if let Some((_, when, allowed)) = allowed
            && !allowed.contains(&gate.otherwise)
        {
            let message = format!("{} cannot end like this when the stage is {when}", context.owner(*owner));
            report.push(CONDITION.at(place, message));
        }
        let provider = context.plan.rule(&gate.rule).and_then(|rule| rule.service.as_ref());
        if gate.otherwise == Otherwise::Skip
            && point == GatePoint::Entry
            && let Some(service) = provider.filter(|service| !SKIPS.contains(&service.provider.as_str()))
        {
            let message = format!("a rule of the type {} cannot skip a stage", service.provider);
            report.push(
                CONDITION.at(place, message).help(
                    "only `aws.variable_check` and `aws.lambda` can; `else fail` works with every rule",
                ),
            );
        }
    }
}

fn check_count(rules: &[Rule], place: Place, report: &mut Report) {
    if rules.len() > MAX_RULES {
        let message =
            format!("this needs {} rules in one condition; CodePipeline takes {MAX_RULES}", rules.len());
        report.push(
            CONDITION.at(place, message).help(
                "let some of them be decided by a stage before this one, or by a function: `aws.lambda`",
            ),
        );
    }
}

fn check_rollback(context: &Context<'_>, order: &StageOrder, place: Place, report: &mut Report) {
    if order.actions.iter().any(|(action, _)| context.is_source(*action)) {
        let message = "the stage has sources, so it cannot be rolled back";
        report.push(CONDITION.at(place, message).help("put the gate on a later stage"));
    } else if context.is_parallel() {
        report.push(
            CONDITION
                .at(place, "a gate rolls back, but executions run in parallel")
                .also(context.places.aws("mode"), "the mode is asked for here")
                .help("use `mode: \"queued\"`, or `else fail`"),
        );
    }
}

/// The condition of a stage: its own, or the one that all of its actions have.
fn written<'a>(
    context: &Context<'a>,
    stage: usize,
    order: &StageOrder,
    report: &mut Report,
) -> Option<(&'a Condition, Place)> {
    let own = context.plan.stages[stage].when.as_ref();
    let actions =
        || order.actions.iter().map(|(action, _)| (*action, context.plan.actions[*action].when.as_ref()));
    let shared = actions().next().and_then(|(action, when)| Some((action, when?)));
    if let (None, Some((action, when))) = (own, shared)
        && actions().all(|(_, other)| other == Some(when))
    {
        return Some((when, context.field(action, &["when"])));
    }
    for (action, _) in actions().filter(|(_, when)| when.is_some()) {
        let message = format!(
            "{} has a condition of its own, but CodePipeline skips whole stages only",
            context.called(action)
        );
        report.push(TARGET_CANNOT.at(context.field(action, &["when"]), message).help(
            "write `when:` in the stage, or give the action a stage of its own; a condition that all actions of a stage \
             have is exported, too",
        ));
    }
    own.map(|condition| (condition, context.places.when(stage)))
}

/// What is decided when the stage is entered reads nothing of the stage itself.
fn check_own(
    context: &Context<'_>,
    order: &StageOrder,
    gates: &[(Owner, &Gate)],
    written: Option<(&Condition, Place)>,
    report: &mut Report,
) {
    let mut read: IndexMap<usize, Place> = IndexMap::new();
    let mut note = |id: &str, place: Place| {
        if let Some(action) = context.index(id).filter(|i| order.actions.iter().any(|(own, _)| own == i)) {
            read.entry(action).or_insert(place);
        }
    };
    if let Some((condition, place)) = written {
        references::of_condition(condition, &mut |reference| {
            if let Reference::Output { action, .. } = reference {
                note(action, place);
            }
        });
    }
    for (owner, gate) in gates {
        let place = context.place(*owner, "");
        gate.inputs.iter().for_each(|input| note(&input.artifact.action, place));
        references::of_gate(gate, &mut |reference| {
            if let Reference::Output { action, .. } = reference {
                note(action, place);
            }
        });
    }
    for (action, place) in read {
        let message =
            format!("the stage is entered before {} has run, which this reads", context.called(action));
        let own: Diagnostic = TARGET_CANNOT.at(place, message);
        report.push(own.help("move the actions that depend on it to a stage of their own"));
    }
}
