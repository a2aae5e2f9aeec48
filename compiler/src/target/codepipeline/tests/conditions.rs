//! Conditions and gates of exported documents.

use crate::places::Places;
use crate::plan::{Comparison, Condition, GatePoint, OnFailure, Otherwise, ParallelStages, Plan};
use crate::target::codepipeline::export;
use crate::target::codepipeline::when::{self, Test};
use crate::value::{Reference, Value};

use super::build::{
    Build as _, With as _, WithGate as _, action, artifact, check, found, gate, json, lines, list, output,
    reference, run, shop, variable,
};

fn branch(operator: Comparison, operand: &str) -> Condition {
    check(output("source.app", "branch"), operator, operand)
}

fn env(operator: Comparison, operand: &str) -> Condition {
    check(variable("env"), operator, operand)
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// A pipeline with a condition, and a gate of every rule.
pub(super) fn gated() -> Plan {
    let input =
        |name: &str, from: &str| crate::plan::Input { name: name.to_owned(), artifact: artifact(from, None) };
    let decided = Value::Text(reference(output("test.unit", "GO")));
    shop()
        .variable("env", Some("prod"))
        .stage("test", &["source"])
        .action(
            run("test.unit", "make test\nexport GO=yes")
                .reads("APP", "source.app", None)
                .vars(&["GO"])
                .gives(None, "tested", &["report.xml"]),
        )
        .stage("prod", &["test"])
        .action(action("prod.ok", "approve"))
        .stage("end", &["prod"])
        .action(action("end.ok", "approve"))
        .change(|plan| {
            plan.stages[1].gates = vec![
                gate("hours", GatePoint::Entry, "aws.deployment_window")
                    .has("cron", "* * 9-16 ? * MON-FRI *")
                    .has("time_zone", "Europe/Berlin"),
                gate("lint", GatePoint::Entry, "aws.commands").has("commands", list(&["make lint"])).also(
                    |gate| gate.inputs = vec![input("APP", "source.app"), input("AGAIN", "source.app")],
                ),
                gate("scan", GatePoint::Success, "aws.codebuild").has("project_name", "scan").also(|gate| {
                    gate.inputs = vec![input("APP", "source.app"), input("TESTED", "test.unit")];
                    gate.env
                        .insert("COMMIT".to_owned(), Value::Text(reference(output("source.app", "commit"))));
                    gate.region = Some("eu-west-1".into());
                    gate.role = Some("arn:aws:iam::111122223333:role/scan".into());
                    gate.timeout = Some(1800);
                }),
                gate("calm", GatePoint::Success, "aws.alarm")
                    .has("alarm_name", "errors")
                    .has("alarm_states", list(&["OK", "INSUFFICIENT_DATA"]))
                    .has("wait_time", Value::Int(30)),
            ];
            plan.stages[2].when = Some(Condition::All(vec![
                branch(Comparison::Equal, "main"),
                not(env(Comparison::Equal, "dev")),
            ]));
            plan.stages[2].gates = vec![
                gate("go", GatePoint::Entry, "aws.variable_check")
                    .has("variable", decided)
                    .has("value", "yes")
                    .has("operator", "EQ")
                    .ends(Otherwise::Skip),
            ];
            plan.stages[2].on_failure = Some(OnFailure::Rollback);
            plan.stages[3].gates = vec![
                gate("ask", GatePoint::Success, "aws.lambda")
                    .has("function_name", "ask")
                    .ends(Otherwise::Rollback),
            ];
        })
}

#[test]
fn gates_and_conditions_of_stages() {
    let document = export(&gated(), &Places::default());
    assert_eq!(lines(&document), "");
    let mut stages = document.document.unwrap().pipeline.stages;
    for stage in &mut stages {
        stage.actions.retain(|action| action.namespace.is_some());
        for action in &mut stage.actions {
            (action.commands, action.configuration) = Default::default();
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&stages).unwrap());
}

#[test]
fn gates_on_failure() {
    let plan = gated().change(|plan| {
        plan.stages[3].gates = vec![
            gate("wait", GatePoint::Failure, "aws.alarm")
                .has("alarm_name", "errors")
                .ends(Otherwise::Rollback),
        ];
    });
    let export = export(&plan, &Places::default());
    assert!(lines(&export).starts_with("warning P0425"), "{}", lines(&export));
    let failure = export.document.unwrap().pipeline.stages.remove(3).on_failure.unwrap();
    assert_eq!((failure.result, failure.retry_configuration), (None, None));
    let condition = &failure.conditions[0];
    assert_eq!((condition.result.as_deref(), condition.rules[0].name.as_str()), (Some("ROLLBACK"), "wait"));
}

/// Operators and values of the rules of a condition.
fn said(condition: &Condition) -> Result<Vec<(&'static str, String)>, &'static str> {
    let checks = when::checks(condition).map_err(|refusal| refusal.message)?;
    Ok(checks.iter().flat_map(|check| when::rules(&check.test)).collect())
}

#[test]
fn conditions_become_checks_of_variables() {
    let one_of = |texts: &[&str]| Condition::OneOf {
        value: reference(variable("env")),
        texts: texts.iter().map(|text| (*text).into()).collect(),
    };
    let all = |parts| Condition::All(parts);
    let any = |parts| Condition::Any(parts);
    let a = || env(Comparison::Equal, "a");
    let b = || env(Comparison::Equal, "b");
    let flipped = Condition::Check {
        value: "a".into(),
        operator: Comparison::Equal,
        operand: reference(variable("env")),
    };
    for (condition, expected) in [
        (a(), vec![("EQ", "a")]),
        (flipped, vec![("EQ", "a")]),
        (not(a()), vec![("NE", "a")]),
        (not(not(a())), vec![("EQ", "a")]),
        (not(env(Comparison::NotEqual, "a")), vec![("EQ", "a")]),
        (env(Comparison::Contains, "a"), vec![("CONTAINS", "a")]),
        (env(Comparison::Matches, "^a$"), vec![("MATCHES", "^a$")]),
        (one_of(&["a"]), vec![("EQ", "a")]),
        (one_of(&["a", "a"]), vec![("EQ", "a")]),
        (one_of(&["v1.0", "x/y-z", "#{a}"]), vec![("MATCHES", r"^(v1\.0|x/y-z|\#\{a\})$")]),
        (not(one_of(&["a", "b"])), vec![("NE", "a"), ("NE", "b")]),
        (any(vec![a(), b()]), vec![("MATCHES", "^(a|b)$")]),
        (any(vec![a(), one_of(&["b", "c"]), not(not(a()))]), vec![("MATCHES", "^(a|b|c)$")]),
        (any(vec![a(), any(vec![b()])]), vec![("MATCHES", "^(a|b)$")]),
        (any(vec![a()]), vec![("EQ", "a")]),
        (not(any(vec![a(), b()])), vec![("NE", "a"), ("NE", "b")]),
        (not(all(vec![not(a()), not(b())])), vec![("MATCHES", "^(a|b)$")]),
        (all(vec![a(), all(vec![b(), not(b())])]), vec![("EQ", "a"), ("EQ", "b"), ("NE", "b")]),
        (env(Comparison::Equal, ""), vec![("MATCHES", "^$")]),
        (env(Comparison::NotEqual, ""), vec![("MATCHES", r"^[\s\S]+$")]),
        (all(Vec::new()), Vec::new()),
    ] {
        let expected: Vec<_> =
            expected.into_iter().map(|(operator, value)| (operator, value.to_owned())).collect();
        assert_eq!(said(&condition), Ok(expected), "{condition:?}");
    }
    for condition in [any(Vec::new()), not(all(Vec::new())), one_of(&[])] {
        assert_eq!(said(&condition), Err("this condition never holds"), "{condition:?}");
    }
    for condition in [
        any(vec![a(), branch(Comparison::Equal, "a")]),
        any(vec![a(), not(b())]),
        any(vec![a(), all(vec![b(), a()])]),
        any(vec![a(), env(Comparison::Contains, "b")]),
    ] {
        assert!(said(&condition).is_err(), "{condition:?}");
    }
}

#[test]
fn escaped_texts_match_themselves_alone() {
    let text = "a.b*c+d?(e)[f]{g}|h^i$j\\k #l&m-n~o'p\"q";
    let test = Test::OneOf(vec![text, "other"]);
    let pattern = when::rules(&test).remove(0).1;
    // The escapes are in what both kinds of regular expressions have.
    let pattern = regex::Regex::new(&pattern).expect("it is a regular expression");
    assert!(pattern.is_match(text) && pattern.is_match("other"));
    assert!(!pattern.is_match("others") && !pattern.is_match("aXb*c+d?(e)[f]{g}|h^i$j\\k #l&m-n~o'p\"q"));
}

#[test]
fn anchors() {
    for pattern in ["^a$", "^(a|b)$", "^[|$]$", r"^a\|b$", "^$"] {
        assert!(when::is_anchored(pattern), "{pattern}");
    }
    for pattern in ["a", "^a", "a$", "^a|b$", r"^a\$", "^"] {
        assert!(!when::is_anchored(pattern), "{pattern}");
    }
}

#[test]
fn a_condition_that_all_actions_have_is_the_stages() {
    let plan = gated().change(|plan| {
        let stage = &mut plan.stages[2];
        let condition = stage.when.take();
        plan.actions.iter_mut().filter(|a| a.stage == "prod").for_each(|a| a.when.clone_from(&condition));
    });
    assert_eq!(json(&plan), json(&gated()));
}

#[test]
fn names_of_rules_are_their_own() {
    let plan = gated().change(|plan| plan.stages[1].gates[0].name = "prod_when_1".to_owned());
    let text = json(&plan);
    assert!(text.contains("\"prod_when_1_\"") && text.contains("\"prod_when_2\""));
    let long = gated().change(|plan| plan.stages[2].name = "x".repeat(100));
    let name = export(&long, &Places::default()).document.unwrap().pipeline.stages[2]
        .before_entry
        .as_ref()
        .unwrap()
        .conditions[0]
        .rules[0]
        .name
        .clone();
    assert!(name.len() <= 100, "{name}");
}

#[test]
fn what_a_gate_reads_comes_before_it() {
    // `late` stands first and needs nothing, but its gate reads what `early` makes.
    let plan = shop()
        .stage("late", &["source"])
        .action(action("late.ok", "approve"))
        .stage("early", &["source"])
        .action(run("early.unit", "export GO=yes").reads("APP", "source.app", None).vars(&["GO"]))
        .change(|plan| {
            let value =
                reference(Reference::Output { action: "early.unit".to_owned(), output: "GO".to_owned() });
            plan.stages[1].when =
                Some(Condition::Check { value, operator: Comparison::Equal, operand: "yes".into() });
        });
    let document = export(&plan, &Places::default()).document.unwrap();
    let stages: Vec<&str> = document.pipeline.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(stages, ["source", "early", "late"]);
    let text = json(&plan);
    assert!(text.contains("\"namespace\": \"early_unit_vars\"") && text.contains("#{early_unit_vars.GO}"));
}

#[test]
fn stages_with_conditions_are_not_merged() {
    let plan = shop()
        .stage("eu", &["source"])
        .action(action("eu.first", "approve"))
        .stage("us", &["source"])
        .action(action("us.second", "approve"))
        .aws(|aws| aws.parallel_stages = ParallelStages::Merge);
    let stages = |plan: &Plan| export(plan, &Places::default()).document.unwrap().pipeline.stages.len();
    assert_eq!(stages(&plan), 2);
    let gate = || gate("calm", GatePoint::Entry, "aws.alarm").has("alarm_name", "errors");
    let when = || branch(Comparison::Equal, "main");
    for change in [
        &(|plan: &mut Plan| plan.stages[1].gates.push(gate())) as &dyn Fn(&mut Plan),
        &|plan: &mut Plan| plan.stages[2].when = Some(when()),
        &|plan: &mut Plan| plan.actions[2].when = Some(when()),
    ] {
        let mut changed = plan.clone();
        change(&mut changed);
        assert_eq!(stages(&changed), 3);
        assert!(found(&changed).starts_with("hint P0421"), "{}", found(&changed));
    }
}
