//! Gates of every rule, decided for real: the clock, compared texts, commands, and what is only simulated.

use compiler::plan::Plan;
use serde_json::{Value, json};

use super::{Project, assert_succeeded, check, gate, output_of, plan_with, skip_of, words};
use crate::clock::Clock;
use crate::{AlarmState, GateStatus, StageStatus, Summary, codes};

/// Tuesday 2026-11-24, 08:30 UTC.
const NOW: i64 = 1_795_509_000;

fn project() -> Project {
    let mut project = Project::new();
    project.options.clock = Clock::Fixed(NOW);
    project
}

/// One stage `s` with these gates and an action `x`, after a stage `make` whose action makes `V` and a file `f`.
fn guarded(gates: &[Value]) -> Plan {
    let make = json!({
        "id": "make.it", "script": "export V=main; echo 1 >f; echo 2 >g", "variables": ["V"],
        "outputs": [{ "name": "o", "files": ["f"] }],
    });
    plan_with(&json!({ "s": { "gates": gates } }), &[make, json!({ "id": "s.x", "script": ":" })])
}

fn decided<'a>(summary: &'a Summary, id: &str) -> (&'static str, &'a str) {
    let gate = summary.gate(id).unwrap();
    (gate.status.word(), &gate.reason)
}

fn refusal<'a>(summary: &'a Summary, id: &str) -> (&'static str, &'a str) {
    match &summary.gate(id).unwrap().status {
        GateStatus::Refused(failure) => (failure.code, &failure.message),
        other => panic!("`{id}` is not refused: {other:?}"),
    }
}

#[test]
fn a_deployment_window_looks_at_the_clock() {
    let office = |zone: &str| {
        let config = json!({ "cron": "* * 9-16 ? * MON-FRI *", "time_zone": zone });
        guarded(&[gate("office", "entry", "aws.deployment_window", "fail", &config)])
    };
    let project = project();
    let summary = project.run(&office("Europe/Berlin"));
    assert_succeeded(&summary);
    let words = "it is Tue 2026-11-24 09:30 in Europe/Berlin, inside the window `* * 9-16 ? * MON-FRI *`";
    assert_eq!(decided(&summary, "s.office"), ("passed", words));
    let summary = project.run(&office("UTC"));
    let words = "it is Tue 2026-11-24 08:30 in UTC, outside the window `* * 9-16 ? * MON-FRI *`";
    assert_eq!(refusal(&summary, "s.office"), (codes::GATE_REFUSED, words));
    assert_eq!(skip_of(&summary, "s.x"), format!("stage `s` failed: gate `s.office`: {words}"));
    assert_eq!(summary.stages[1].status, StageStatus::Failed);
    assert!(!summary.succeeded());
    let history = project.history();
    let states = "select group_concat(state || ':' || coalesce(detail, ''), ' ') from \
                  (select * from transitions where subject = 'gate s.office' and run = ? order by seq)";
    let states: String = history.query_row(states, [&summary.run], |row| row.get(0)).unwrap();
    assert_eq!(states, format!("running: refused:P0838: {words}"));
    let detail = "select detail from transitions where subject = 's' and run = ? and state = 'failed'";
    let detail: String = history.query_row(detail, [&summary.run], |row| row.get(0)).unwrap();
    assert_eq!(detail, format!("gate `s.office`: {words}"));
}

#[test]
fn a_variable_check_compares() {
    let project = project();
    let check = |variable: &Value, operator: &str, value: &str| {
        let config = json!({ "variable": variable, "operator": operator, "value": value });
        project.run(&guarded(&[gate("g", "entry", "aws.variable_check", "skip", &config)]))
    };
    let v = output_of("make.it", "V");
    for (operator, value) in [("EQ", "main"), ("NE", "x"), ("CONTAINS", "ai"), ("MATCHES", "^m.*n$")] {
        assert_eq!(check(&v, operator, value).gates[0].status, GateStatus::Passed, "{operator}");
    }
    let summary = check(&v, "EQ", "prod");
    assert_eq!(refusal(&summary, "s.g").1, "`make.it.V` is `main`, not `prod`");
    assert_eq!(summary.stages[1].status, StageStatus::Skipped);
    assert!(summary.succeeded());
    // Misspelt, so that nobody makes it.
    let summary = check(&output_of("make.it", "W"), "EQ", "x");
    assert_eq!(refusal(&summary, "s.g").1, "`make.it.W` has no value in this run");
    let summary = check(&json!(["v-", { "action": "make.it", "output": "V" }]), "EQ", "v-main");
    assert_eq!(decided(&summary, "s.g"), ("passed", "`v-#{make.it.V}` is `v-main`"));
}

#[test]
fn what_only_a_cloud_knows_is_simulated() {
    let project = project();
    let stack = json!({ "id": "make.stack", "callee": "aws.cloudformation", "variables": ["URL"], "outputs": [{ "name": "o" }] });
    let config = |variable: Value| json!({ "variable": variable, "operator": "EQ", "value": "x" });
    let gates = [
        gate("stack", "entry", "aws.variable_check", "fail", &config(output_of("make.stack", "URL"))),
        gate(
            "cfn",
            "entry",
            "aws.variable_check",
            "fail",
            &config(json!([{ "cloudformation": "{\"Ref\":\"A\"}" }])),
        ),
        gate("l", "success", "aws.lambda", "rollback", &json!({ "function_name": "f" })),
        gate("b", "success", "aws.codebuild", "fail", &json!({ "project_name": "p" })),
        gate("own", "success", "mine.rule", "fail", &json!({})),
    ];
    let failing = json!({ "commands": { "list": [{ "text": "false" }] } });
    let mut commands = gate("c", "entry", "aws.commands", "fail", &failing);
    commands["inputs"] = json!([{ "name": "O", "artifact": { "action": "make.stack" } }]);
    let gates = [&[commands][..], &gates].concat();
    let plan =
        plan_with(&json!({ "s": { "gates": gates } }), &[stack, json!({ "id": "s.x", "script": ":" })]);
    let summary = project.run(&plan);
    assert_succeeded(&summary);
    assert_eq!(
        decided(&summary, "s.stack"),
        ("simulated", "`make.stack.URL` has no value, because `make.stack` was only simulated")
    );
    assert_eq!(
        decided(&summary, "s.c"),
        ("simulated", "the artifact of `make.stack` does not exist, because `make.stack` was only simulated")
    );
    assert_eq!(decided(&summary, "s.cfn"), ("simulated", "only CloudFormation knows `{\"Ref\":\"A\"}`"));
    assert_eq!(decided(&summary, "s.l"), ("simulated", "a local run does not carry out `aws.lambda`"));
    assert_eq!(decided(&summary, "s.b").0, "simulated");
    assert_eq!(decided(&summary, "s.own").0, "simulated");
}

#[test]
fn commands_run_with_the_gates_inputs() {
    let project = project();
    let commands = |lines: &[&str]| {
        let lines: Vec<_> = lines.iter().map(|line| json!({ "text": line })).collect();
        let mut gate =
            gate("smoke", "entry", "aws.commands", "fail", &json!({ "commands": { "list": lines } }));
        gate["inputs"] = json!([{ "name": "IT", "artifact": { "action": "make.it" } }]);
        gate["env"] = json!({ "V": { "text": output_of("make.it", "V") } });
        guarded(&[gate])
    };
    let summary = project.run(&commands(&["test \"$(ls)\" = f", "X=1", "test \"$V$X\" = main1"]));
    assert_succeeded(&summary);
    assert_eq!(decided(&summary, "s.smoke"), ("passed", "its commands succeeded"));
    let summary = project.run(&commands(&["echo the-reason >&2", "false", "echo never-seen"]));
    let GateStatus::Refused(failure) = &summary.gate("s.smoke").unwrap().status else {
        panic!("{summary:?}")
    };
    assert_eq!(failure.message, "the script ended with status 1");
    assert_eq!(failure.tail, ["the-reason"]);
    assert_eq!(words(&summary), ["ran", "skipped"]);
    let log = std::fs::read_to_string(summary.gate("s.smoke").unwrap().log.as_ref().unwrap()).unwrap();
    assert!(log.ends_with(" err the-reason\n"), "{log}");
}

#[test]
fn a_gate_and_an_action_of_the_same_name_do_not_meet() {
    let project = project();
    let config = json!({ "commands": { "list": [{ "text": "echo gate" }] } });
    let gate = gate("x", "success", "aws.commands", "fail", &config);
    let action = json!({ "id": "s.x", "script": "echo action" });
    let summary = project.run(&plan_with(&json!({ "s": { "gates": [gate] } }), &[action]));
    assert_succeeded(&summary);
    let read = |path: &Option<std::path::PathBuf>| std::fs::read_to_string(path.as_ref().unwrap()).unwrap();
    assert!(read(&summary.actions[0].log).ends_with(" out action\n"));
    let log = read(&summary.gates[0].log);
    assert!(log.ends_with(" out gate\n") && log.lines().count() == 1, "{log}");
}

#[test]
fn alarms_are_what_the_command_line_says() {
    let mut project = project();
    let alarm = |states: Option<Value>| {
        let mut config = json!({ "alarm_name": "errors" });
        if let Some(states) = states {
            config["alarm_states"] = states;
        }
        guarded(&[gate("quiet", "success", "aws.alarm", "rollback", &config)])
    };
    let summary = project.run(&alarm(None));
    assert_succeeded(&summary);
    let words = "a local run does not look at alarms; `--alarm errors=STATE` says what its state is";
    assert_eq!(decided(&summary, "s.quiet"), ("simulated", words));
    let list = json!({ "list": [{ "text": "ALARM" }, { "text": "INSUFFICIENT_DATA" }] });
    let text = json!({ "text": "INSUFFICIENT_DATA" });
    for (state, states, passes) in [
        (AlarmState::Ok, None, true),
        (AlarmState::Alarm, None, false),
        (AlarmState::InsufficientData, None, true),
        (AlarmState::InsufficientData, Some(&list), false),
        (AlarmState::Alarm, Some(&list), false),
        (AlarmState::Alarm, Some(&text), true),
    ] {
        project.options.alarms = [("errors".to_owned(), state)].into_iter().collect();
        let summary = project.run(&alarm(states.cloned()));
        assert_eq!(summary.succeeded(), passes, "{state:?} {states:?}");
        assert_eq!(summary.stages[1].rollback, !passes, "{state:?} {states:?}");
        let more = if passes { "" } else { ", a state in which it does not pass" };
        assert_eq!(summary.gates[0].reason, format!("`--alarm errors={}`{more}", state.word()));
    }
}

#[test]
fn any_gate_can_be_told_what_to_say() {
    let mut project = project();
    let config = json!({ "cron": "* * * ? * * 1970" });
    let plan = guarded(&[gate("never", "entry", "aws.deployment_window", "fail", &config)]);
    assert!(!project.run(&plan).succeeded());
    project.options.gates = [("s.never".to_owned(), true)].into_iter().collect();
    let summary = project.run(&plan);
    assert_succeeded(&summary);
    assert_eq!(decided(&summary, "s.never"), ("simulated", "`--simulate s.never=pass`"));
    project.options.gates = [("s.never".to_owned(), false)].into_iter().collect();
    assert_eq!(refusal(&project.run(&plan), "s.never").1, "`--simulate s.never=fail` says so");
}

#[test]
fn what_is_said_of_gates_must_fit_the_plan() {
    let alarm = gate("quiet", "success", "aws.alarm", "fail", &json!({ "alarm_name": "errors" }));
    let plan = guarded(&[alarm]);
    let mut project = project();
    project.options.gates = [("s.quite".to_owned(), true)].into_iter().collect();
    let error = project.try_run(&plan).unwrap_err();
    assert_eq!((error.code(), error.help()), (codes::UNKNOWN_GATE, Some("did you mean `s.quiet`?")));
    project.options.gates.clear();
    project.options.alarms = [("erors".to_owned(), AlarmState::Ok)].into_iter().collect();
    let error = project.try_run(&plan).unwrap_err();
    assert_eq!((error.code(), error.help()), (codes::UNKNOWN_ALARM, Some("did you mean `errors`?")));
    assert!(!project.path(".standpipe").exists());
}

#[test]
fn gates_and_conditions_that_make_no_sense_are_refused_before_anything_runs() {
    let project = project();
    let refused = |plan: &Plan| {
        let error = project.try_run(plan).unwrap_err();
        assert!(!project.path(".standpipe").exists());
        assert_eq!((error.code(), error.exit_code()), (codes::BAD_CONDITION, 1), "{error}");
        error.to_string()
    };
    let gate_with =
        |rule: &str, config: Value| refused(&guarded(&[gate("g", "entry", rule, "fail", &config)]));
    let window = "aws.deployment_window";
    assert!(
        gate_with(window, json!({ "cron": "* * 25 ? * *" })).contains("`s.g` cannot be decided: its `cron`")
    );
    assert!(
        gate_with(window, json!({ "cron": "* * * ? * *", "time_zone": "Mars/City" })).contains("Mars/City")
    );
    assert!(gate_with(window, json!({})).contains("no `cron`"));
    let check_with = |operator: &str, value: &str| {
        gate_with("aws.variable_check", json!({ "variable": "x", "operator": operator, "value": value }))
    };
    assert!(check_with("GT", "1").contains("`GT`"));
    assert!(check_with("MATCHES", "(").contains("regular expression"));
    assert!(
        gate_with("aws.variable_check", json!({ "variable": "x", "operator": "EQ" })).contains("no `value`")
    );
    assert!(gate_with("aws.commands", json!({})).contains("no `commands`"));
    let when = |when: Value| super::plan(&[json!({ "id": "s.x", "script": ":", "when": when })]);
    assert!(refused(&when(json!({ "not": check(&json!("x"), "matches", "[") }))).contains("`s.x`"));
    let stages = json!({ "s": { "when": { "all": [check(&json!("x"), "matches", "[")] } } });
    assert!(refused(&plan_with(&stages, &[json!({ "id": "s.x", "script": ":" })])).contains("`s`"));
}

#[test]
fn only_takes_along_what_conditions_and_gates_look_at() {
    let mut project = project();
    let config = json!({ "variable": output_of("make.it", "V"), "operator": "EQ", "value": "main" });
    let mut plan = guarded(&[gate("g", "entry", "aws.variable_check", "fail", &config)]);
    project.options.only = vec!["s.x".to_owned()];
    assert_eq!(words(&project.run(&plan)), ["ran", "ran"]);
    // A stage in which nothing takes part asks nothing.
    project.options.only = vec!["make".to_owned()];
    let summary = project.run(&plan);
    assert_eq!(summary.gates[0].status, GateStatus::NotReached);
    assert!(summary.succeeded());
    plan.stages[1].gates.clear();
    plan.actions[1].when =
        Some(serde_json::from_value(check(&output_of("make.it", "V"), "equal", "main")).unwrap());
    project.options.only = vec!["s".to_owned()];
    assert_eq!(words(&project.run(&plan)), ["ran", "ran"]);
}

#[test]
fn a_dry_run_decides_what_it_can_and_lists_the_rest() {
    let mut project = project();
    project.options.dry_run = true;
    let window =
        gate("never", "entry", "aws.deployment_window", "fail", &json!({ "cron": "* * * ? * * 1970" }));
    let alarm = gate("quiet", "failure", "aws.alarm", "rollback", &json!({ "alarm_name": "a" }));
    let make = json!({ "id": "make.it", "script": ":", "variables": ["V"] });
    let later =
        json!({ "id": "s.later", "script": ":", "when": check(&output_of("make.it", "V"), "equal", "1") });
    let never = json!({ "id": "s.never", "script": ":", "when": check(&json!("a"), "equal", "b") });
    let stages = json!({ "s": { "gates": [window, alarm] } });
    let summary = project.run(&plan_with(&stages, &[make, later, never]));
    assert_eq!(words(&summary), ["would run", "would run", "skipped"]);
    assert_eq!(summary.actions[1].note.as_deref(), Some("when `make.it.V` is `1`"));
    assert_eq!(summary.gates[0].status, GateStatus::Planned);
    assert_eq!(decided(&summary, "s.quiet"), ("simulated", "`aws.alarm`, else rollback"));
    assert_eq!(std::fs::read_dir(project.folder.path()).unwrap().count(), 0);
}

#[test]
fn scripts_that_need_what_only_cloudformation_knows_fail_for_good() {
    let project = project();
    let cfn = json!([{ "cloudformation": "{\"Ref\":\"Bucket\"}" }]);
    let run = json!({ "id": "s.run", "script": "echo never-seen", "env": { "B": cfn }, "retry": 3 });
    let deploy =
        json!({ "id": "s.deploy", "callee": "aws.s3_deploy", "config": { "bucket_name": { "text": cfn } } });
    let local = json!({
        "id": "s.local", "callee": "aws.lambda", "config": { "function_name": { "text": cfn } },
        "local": { "script": { "script": ":" } },
    });
    let summary = project.run(&super::plan(&[run, deploy, local]));
    assert_eq!(words(&summary), ["failed", "simulated", "ran"]);
    let failure = super::failure_of(&summary, "s.run");
    assert_eq!(failure.code, codes::DEPLOY_TIME);
    assert_eq!(failure.message, "it needs `{\"Ref\":\"Bucket\"}`, which only CloudFormation knows");
    assert!(failure.help.as_ref().unwrap().contains("`local` script"));
    assert_eq!(summary.action("s.run").unwrap().attempts, 1);
}
