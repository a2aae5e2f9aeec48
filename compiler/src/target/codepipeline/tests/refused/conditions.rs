//! Rules of conditions and gates.

use crate::plan::{
    Comparison, Condition, ExecutionMode, Gate, GatePoint, OnFailure, Otherwise, PipelineType, Plan,
};
use crate::value::{Reference, Text, Value};

use super::super::build::{
    Build as _, With as _, WithGate as _, action, check, gate, joined, list, output, reference, variable,
};
use super::{Cases, approve};

/// `approve` with gates of its second stage.
fn gated(gates: Vec<Gate>) -> Plan {
    approve().change(|plan| plan.stages[1].gates = gates)
}

fn alarm(name: &str, on: GatePoint) -> Gate {
    gate(name, on, "aws.alarm").has("alarm_name", "errors")
}

fn skipping(name: &str) -> Gate {
    gate(name, GatePoint::Entry, "aws.lambda").has("function_name", "may-ship").ends(Otherwise::Skip)
}

fn branch(operator: Comparison, operand: &str) -> Condition {
    check(output("source.app", "branch"), operator, operand)
}

/// `approve` with a condition of its second stage.
fn when(condition: Condition) -> Plan {
    approve().variable("env", Some("prod")).change(|plan| plan.stages[1].when = Some(condition))
}

pub(super) fn conditions() -> Cases {
    let main = || branch(Comparison::Equal, "main");
    let rollback = |name: &str| alarm(name, GatePoint::Success).ends(Otherwise::Rollback);
    let mut cases = vec![
        (gated(vec![alarm("calm", GatePoint::Entry), alarm("quiet", GatePoint::Success)]), ""),
        (gated((0..5).map(|i| alarm(&format!("g{i}"), GatePoint::Entry)).collect()), ""),
        (
            gated((0..6).map(|i| alarm(&format!("g{i}"), GatePoint::Entry)).collect()),
            "error P0425: this needs 6 rules in one condition; CodePipeline takes 5",
        ),
        (gated(vec![skipping("ask")]).change(|plan| plan.stages[1].when = Some(main())), ""),
        (
            gated((0..5).map(|i| skipping(&format!("g{i}"))).collect())
                .change(|plan| plan.stages[1].when = Some(main())),
            "error P0425: this needs 6 rules in one condition; CodePipeline takes 5",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Entry)]).change(|plan| plan.stages[1].when = Some(main())),
            "error P0425: a stage has one entry condition, and this one cannot both skip and fail it",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Entry).ends(Otherwise::Skip)]),
            "error P0425: a rule of the type CloudWatchAlarm cannot skip a stage",
        ),
        (
            gated(vec![skipping("ask"), alarm("calm", GatePoint::Entry)]),
            "error P0425: the gates of `build` that are looked at together end differently",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Entry).ends(Otherwise::Rollback)]),
            "error P0425: the gate `calm` of `build` cannot end like this when the stage is entered",
        ),
        (
            gated(vec![skipping("ask").also(|gate| gate.on = GatePoint::Success)]),
            "error P0425: the gate `ask` of `build` cannot end like this when the stage is done",
        ),
    ];
    cases.extend([
        (gated(vec![rollback("calm")]), ""),
        (
            gated(vec![rollback("calm")]).aws(|aws| aws.mode = Some(ExecutionMode::Parallel)),
            "error P0425: a gate rolls back, but executions run in parallel",
        ),
        (
            approve().change(|plan| plan.stages[0].gates = vec![rollback("calm")]),
            "error P0425: the stage has sources, so it cannot be rolled back",
        ),
        (
            approve().change(|plan| plan.stages[0].gates = vec![alarm("calm", GatePoint::Entry)]),
            "warning P0425: whether the stage of sources can have a condition when it is entered is not documented",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Failure).ends(Otherwise::Rollback)]),
            "warning P0425: CodePipeline may roll back where this gate passes: its documentation says both",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Failure).ends(Otherwise::Rollback)])
                .change(|plan| plan.stages[1].on_failure = Some(OnFailure::Retry)),
            "error P0425: the stage `build` is retried on failure, so it cannot have gates on failure\n\
             warning P0425: CodePipeline may roll back where this gate passes: its documentation says both",
        ),
        (
            gated(vec![alarm("calm", GatePoint::Failure)]),
            "error P0425: the gate `calm` of `build` cannot end like this when the stage is failed\n\
             warning P0425: CodePipeline may roll back where this gate passes: its documentation says both",
        ),
    ]);
    cases
}

pub(super) fn whens() -> Cases {
    let main = || branch(Comparison::Equal, "main");
    let env = |operand: &str| check(variable("env"), Comparison::Equal, operand);
    let not = |condition| Condition::Not(Box::new(condition));
    let no_or = "error P0407: CodePipeline has no `||`, but of the values of one variable";
    vec![
        (when(Condition::All(vec![main(), not(env("dev"))])), ""),
        (when(Condition::Any(vec![env("dev"), env("prod")])), ""),
        (when(Condition::Any(vec![main(), env("prod")])), no_or),
        (when(Condition::Any(vec![not(env("a")), not(env("b"))])), no_or),
        (when(not(Condition::All(vec![main(), env("prod")]))), no_or),
        (
            when(not(branch(Comparison::Contains, "release"))),
            "error P0407: CodePipeline has no `!` of `contains`",
        ),
        (when(not(branch(Comparison::Matches, "^a$"))), "error P0407: CodePipeline has no `!` of `matches`"),
        (
            when(Condition::Check {
                value: reference(output("source.app", "branch")),
                operator: Comparison::Equal,
                operand: reference(variable("env")),
            }),
            "error P0407: CodePipeline compares a variable with a constant only, and both sides of this are known only \
             at run",
        ),
        (
            when(Condition::Check { value: "a".into(), operator: Comparison::Equal, operand: "b".into() }),
            "error P0407: CodePipeline compares a variable with a constant, and this holds no variable",
        ),
        (
            when(Condition::Check {
                value: "abc".into(),
                operator: Comparison::Contains,
                operand: reference(variable("env")),
            }),
            "error P0407: CodePipeline looks into variables only, and this looks into a constant",
        ),
        (
            when(Condition::OneOf { value: reference(variable("env")), texts: Vec::new() }),
            "error P0407: this condition never holds",
        ),
    ]
}

pub(super) fn unsure_whens() -> Cases {
    let main = || branch(Comparison::Equal, "main");
    let composed = |text: Value| match text {
        Value::Text(value) => Condition::Check { value, operator: Comparison::Equal, operand: "v1".into() },
        _ => main(),
    };
    vec![
        (
            when(composed(joined("v", variable("env"), ""))),
            "warning P0425: CodePipeline documents conditions of a single variable, and this looks at a text with one in it",
        ),
        (
            when(branch(Comparison::Matches, "release")),
            "warning P0425: CodePipeline may want all of the text to match `release`, not a part of it",
        ),
        (when(branch(Comparison::Matches, "^release/.*$")), ""),
        (
            when(branch(Comparison::Matches, "^(?P<x>a)$")),
            "error P0407: CodePipeline reads regular expressions as Java does, which has no `(?P<`",
        ),
        (
            when(branch(Comparison::Equal, "#{a.b}")),
            "error P0411: `when` of `build` holds the text `#{a.b}`, which CodePipeline takes for a reference to a variable",
        ),
        (
            when(branch(Comparison::Contains, "")),
            "error P0410: `when` of `build` is empty, which CodePipeline does not accept",
        ),
    ]
}

pub(super) fn actions_whens() -> Cases {
    let main = || branch(Comparison::Equal, "main");
    let env = |operand: &str| check(variable("env"), Comparison::Equal, operand);
    let conditional =
        |plan: Plan, action: usize| plan.change(|plan| plan.actions[action].when = Some(main()));
    vec![
        (conditional(approve(), 1), ""),
        (
            conditional(approve().action(action("build.more", "approve")), 1),
            "error P0407: `build.ok` has a condition of its own, but CodePipeline skips whole stages only",
        ),
        (conditional(conditional(approve().action(action("build.more", "approve")), 1), 2), ""),
        (
            conditional(when(env("prod")), 1),
            "error P0407: `build.ok` has a condition of its own, but CodePipeline skips whole stages only",
        ),
        (
            when(check(output("build.ok", "x"), Comparison::Equal, "y")),
            "error P0407: the stage is entered before `build.ok` has run, which this reads",
        ),
    ]
}

pub(super) fn gates() -> Cases {
    let entry = |change: fn(Gate) -> Gate| gated(vec![change(alarm("calm", GatePoint::Entry))]);
    let rule = |rule: &str| gate("g", GatePoint::Entry, rule);
    vec![
        (
            entry(|gate| gate.also(|gate| gate.name = "not calm".to_owned())),
            "error P0402: CodePipeline does not accept `not calm` as the name of a gate",
        ),
        (
            gated(vec![
                alarm("a", GatePoint::Entry),
                alarm("b", GatePoint::Success).also(|gate| gate.name = "a".to_owned()),
            ]),
            "error P0403: two gates of one stage are exported as `a`",
        ),
        (
            gated(vec![alarm("a", GatePoint::Entry)])
                .stage("prod", &["build"])
                .action(action("prod.ok", "approve"))
                .change(|plan| plan.stages[2].gates = vec![alarm("a", GatePoint::Entry)]),
            "warning P0403: two gates of the pipeline are exported as `a`, which CodePipeline may not accept",
        ),
        (
            gated(vec![rule("azure.check")]),
            "error P0407: CodePipeline has no rule for `azure.check` of the gate `g` of `build`",
        ),
        (
            entry(|gate| gate.also(|gate| gate.role = Some("nobody".into()))),
            "error P0415: `nobody` is not the ARN of a role",
        ),
        (
            entry(|gate| gate.also(|gate| gate.region = Some("Frankfurt".into()))),
            "error P0415: `Frankfurt` is not the name of a Region",
        ),
    ]
}

pub(super) fn rules() -> Cases {
    let entry = |change: fn(Gate) -> Gate| gated(vec![change(alarm("calm", GatePoint::Entry))]);
    let rule = |rule: &str| gate("g", GatePoint::Entry, rule);
    vec![
        (entry(|gate| gate.also(|gate| gate.timeout = Some(300))), ""),
        (
            entry(|gate| gate.also(|gate| gate.timeout = Some(60))),
            "error P0420: the timeout of the gate `calm` of `build` is not between 5 minutes and 60 days",
        ),
        (
            entry(|gate| gate.also(|gate| gate.timeout = Some(301))),
            "warning P0420: the timeout of the gate `calm` of `build` becomes 6 minutes",
        ),
        (
            entry(|gate| gate.also(|gate| drop(gate.env.insert("X".to_owned(), Value::text("y"))))),
            "error P0407: `env` of the gate `calm` of `build` has no place in a rule",
        ),
        (
            entry(|gate| gate.has("alarm_name", "")),
            "error P0410: `alarm_name` of the gate `calm` of `build` is empty, which CodePipeline does not accept",
        ),
        (
            gated(vec![
                rule("aws.lambda").has("function_name", "f").has("user_parameters", &*"x".repeat(10_000)),
            ]),
            "",
        ),
        (
            gated(vec![
                rule("aws.lambda").has("function_name", "f").has("user_parameters", &*"x".repeat(10_001)),
            ]),
            "error P0410: `user_parameters` of the gate `g` of `build` has 10001 characters; CodePipeline takes at most \
             10000",
        ),
        (
            gated(vec![rule("aws.codebuild").has("project_name", "p")]),
            "warning P0419: the gate `g` of `build` has 0 input artifacts; its rule may take 1 to 5 only",
        ),
        (
            entry(|gate| {
                gate.also(|gate| {
                    gate.inputs.push(action("x.y", "run").reads("APP", "source.app", None).inputs.remove(0));
                })
            }),
            "error P0419: the gate `calm` of `build` has 1 input artifacts; its rule takes no",
        ),
        (
            gated(vec![rule("aws.commands").has("commands", list(&["a\nb"]))]),
            "error P0409: a command of the gate `g` of `build` has several lines\n\
             warning P0419: the gate `g` of `build` has 0 input artifacts; its rule may take 1 to 10 only",
        ),
        (
            gated(vec![
                rule("aws.variable_check")
                    .has("variable", Value::Text(reference(output("build.ok", "x"))))
                    .has("operator", "EQ")
                    .has("value", "y"),
            ]),
            "error P0407: the stage is entered before `build.ok` has run, which this reads",
        ),
        (
            entry(|gate| gate).aws(|aws| aws.pipeline_type = Some(PipelineType::V1)),
            "error P0414: a pipeline of type V1 has no gates",
        ),
        (
            approve()
                .aws(|aws| aws.pipeline_type = Some(PipelineType::V1))
                .change(|plan| plan.stages[1].when = Some(branch(Comparison::Equal, "main"))),
            "error P0414: a pipeline of type V1 has no conditions",
        ),
    ]
}

pub(super) fn windows() -> Cases {
    let window = |cron: &str, zone: Option<&str>| {
        let gate = gate("hours", GatePoint::Entry, "aws.deployment_window").has("cron", cron);
        gated(vec![match zone {
            Some(zone) => gate.has("time_zone", zone),
            None => gate,
        }])
    };
    let mut cases = Vec::new();
    for cron in [
        "* * 9-16 ? * MON-FRI *",
        "0 0 9-17 ? * MON-FRI *",
        "* 0,30 0/6 L JAN-MAR ?",
        "* */5 * 15W 1,6 ? 2026-2030",
        "* * * ? * 6#3",
        "* * * LW * ?",
        "* * * ? * fri",
    ] {
        cases.push((window(cron, None), ""));
    }
    for zone in ["UTC", "Europe/Berlin", "America/Argentina/Salta", "UTC+01:00", "CEST"] {
        cases.push((window("* * * ? * *", Some(zone)), ""));
    }
    cases.extend([
        (
            window("0 9 * * 1-5", None),
            "error P0415: the window `0 9 * * 1-5` has 5 fields; CodePipeline takes 6 or 7",
        ),
        (
            window("* * 25 ? * *", None),
            "warning P0415: CodePipeline may not take `25` as the hours of a window",
        ),
        (
            window("30 * * ? * *", None),
            "warning P0415: CodePipeline may not take `30` as the seconds of a window",
        ),
        (
            window("* * * ? MON *", None),
            "warning P0415: CodePipeline may not take `MON` as the month of a window",
        ),
        (
            window("* * * ? * *", Some("Germany")),
            "warning P0415: CodePipeline may not know the time zone `Germany`",
        ),
        (
            window("* * * ? * *", Some("UTC+1")),
            "warning P0415: CodePipeline may not know the time zone `UTC+1`",
        ),
    ]);
    // What is known only at run cannot be looked at.
    let later: Value =
        Value::Text(Text::Segments(vec![crate::value::Segment::Reference(Reference::Output {
            action: "source.app".to_owned(),
            output: "commit_message".to_owned(),
        })]));
    cases
        .push((gated(vec![gate("hours", GatePoint::Entry, "aws.deployment_window").has("cron", later)]), ""));
    cases
}
