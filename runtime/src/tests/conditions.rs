//! `when` of stages and actions, and what gates do to stages: with a scripted executor, and time that only the test moves.
//! The variable `env` is `dev`; a declared variable of an action that ran is its own name.

use compiler::plan::Plan;
use serde_json::{Value, json};

use super::order::{Result, Setting, USUAL, action, run, starts};
use super::{check, gate, output_of, plan_with};
use crate::summary::{StageStatus, Status};

fn env(operator: &str, operand: &str) -> Value {
    check(&json!([{ "variable": "env" }]), operator, operand)
}

/// A plan in which the variable `env` is declared.
fn plan(stages: &Value, actions: &[Value]) -> Plan {
    let mut plan = plan_with(stages, actions);
    let variables = json!([{ "id": "env", "name": "env", "type": "string" }]);
    plan.variables = serde_json::from_value(variables).unwrap();
    plan
}

fn when(id: &str, needs: &[&str], condition: &Value) -> Value {
    let mut action = action(id, needs);
    action["when"] = condition.clone();
    action
}

fn making(id: &str, variable: &str) -> Value {
    let mut action = action(id, &[]);
    action["variables"] = json!([variable]);
    action["outputs"] = json!([{ "name": "out", "files": ["x"] }]);
    action
}

fn reason(result: &Result, index: usize) -> &str {
    match &result.statuses[index] {
        Status::Skipped(skip) => &skip.reason,
        other => panic!("not skipped: {other:?}"),
    }
}

/// A gate of a rule that the scripted executor decides.
fn scripted(id: &str, on: &str, otherwise: &str) -> Value {
    gate(id, on, "aws.lambda", otherwise, &json!({}))
}

fn gates(result: &Result) -> Vec<(&str, &str)> {
    result.gates.iter().map(|(id, word)| (id.as_str(), *word)).collect()
}

use StageStatus::{Blocked, Cancelled, Failed, Skipped, Succeeded};

#[tokio::test(start_paused = true)]
async fn a_stage_is_skipped_when_its_condition_is_false() {
    let stages = json!({ "b": { "when": env("equal", "prod") } });
    let uses = json!({ "id": "c.uses", "script": ":", "uses": ["b.x"] });
    let plan = plan(
        &stages,
        &[action("a.x", &[]), making("b.x", "V"), action("c.after", &["b.x"]), uses, action("d.x", &[])],
    );
    let result = run(&plan, &[], USUAL).await;
    assert_eq!(result.words, ["ran", "skipped", "ran", "skipped", "ran"]);
    assert_eq!(result.stages, [Succeeded, Skipped, Succeeded, Succeeded]);
    assert_eq!(reason(&result, 1), "stage `b` is skipped: `env` is `dev`, not `prod`");
    assert_eq!(reason(&result, 3), "`b.x` was skipped");
    assert_eq!(result.reasons[1].as_deref(), Some("`env` is `dev`, not `prod`"));
    let stages = json!({ "b": { "when": env("equal", "dev") } });
    let result = run(&self::plan(&stages, &[action("b.x", &[])]), &[], USUAL).await;
    assert_eq!((result.words, result.reasons), (vec!["ran"], vec![None]));
}

#[tokio::test(start_paused = true)]
async fn an_action_is_skipped_when_its_condition_is_false() {
    let other = json!({ "id": "s.uses", "script": ":", "env": { "V": output_of("s.no", "V") } });
    let mut no = making("s.no", "V");
    no["when"] = env("not_equal", "dev");
    let plan = plan(
        &json!({}),
        &[
            when("s.yes", &[], &env("matches", "^d")),
            no,
            action("s.after", &["s.no"]),
            other,
            action("t.x", &[]),
        ],
    );
    let result = run(&plan, &[], USUAL).await;
    assert_eq!(result.words, ["ran", "skipped", "ran", "skipped", "ran"]);
    assert_eq!(reason(&result, 1), "its condition is not met: `env` is `dev`");
    assert_eq!(result.stages, [Succeeded, Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn a_condition_waits_for_what_it_reads() {
    // Nothing but the condition says that `reads` comes after `make`.
    let plan = plan(
        &json!({}),
        &[
            making("s.make", "V"),
            when("s.reads", &[], &check(&output_of("s.make", "V"), "equal", "V")),
            when("s.not", &[], &check(&output_of("s.make", "V"), "contains", "x")),
        ],
    );
    let result = run(&plan, &[("s.make", &[(5, true)])], USUAL).await;
    assert_eq!(starts(&result), [("s.make", 0), ("s.reads", 5)]);
    assert_eq!(reason(&result, 2), "its condition is not met: `s.make.V` (`V`) does not contain `x`");
}

#[tokio::test(start_paused = true)]
async fn a_condition_without_value_skips_and_says_so() {
    let mut make = making("a.make", "V");
    make["when"] = env("equal", "prod");
    let stages = json!({ "c": { "when": check(&output_of("a.make", "V"), "equal", "V") } });
    let reads = when("b.reads", &[], &check(&output_of("a.make", "V"), "equal", "V"));
    let cloud = json!({ "id": "d.x", "script": ":", "when": check(&json!([{ "cloudformation": "{}" }]), "equal", "") });
    let result = run(&plan(&stages, &[make, reads, action("c.x", &[]), cloud]), &[], USUAL).await;
    assert_eq!(result.words, ["skipped"; 4]);
    let why = "`a.make.V` has no value, because `a.make` was skipped";
    assert_eq!(reason(&result, 1), format!("its condition is not met: {why}"));
    assert_eq!(reason(&result, 2), format!("stage `c` is skipped: {why}"));
    assert_eq!(reason(&result, 3), "its condition is not met: only CloudFormation knows `{}`");
    assert_eq!(result.stages, [Succeeded, Succeeded, Skipped, Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn what_failed_blocks_also_those_that_a_skip_would_only_skip() {
    let mut skipped = making("s.skipped", "V");
    skipped["when"] = env("equal", "prod");
    let both = json!({ "id": "s.both", "script": ":", "uses": ["s.skipped"], "needs": ["s.bad"] });
    let plan = plan(
        &json!({ "t": { "needs": [] } }),
        &[skipped, action("s.bad", &[]), both, action("t.x", &["s.both"])],
    );
    let result = run(&plan, &[("s.bad", &[(1, false)])], USUAL).await;
    assert_eq!(result.words, ["skipped", "failed", "skipped", "skipped"]);
    assert_eq!(reason(&result, 2), "`s.bad` failed");
    assert_eq!(result.stages, [Failed, Blocked]);
}

#[tokio::test(start_paused = true)]
async fn a_pattern_that_only_the_run_knows_may_be_wrong() {
    let pattern =
        json!({ "check": { "value": "x", "operator": "matches", "operand": output_of("s.make", "(") } });
    let stages = json!({ "t": { "when": pattern } });
    let plan = plan(&stages, &[making("s.make", "("), when("s.bad", &[], &pattern), action("t.x", &[])]);
    let result = run(&plan, &[], USUAL).await;
    assert_eq!(result.words, ["ran", "failed", "skipped"]);
    let plan = self::plan(
        &json!({ "t": { "when": pattern, "needs": [] } }),
        &[making("s.make", "("), action("t.x", &[])],
    );
    let result = run(&plan, &[], USUAL).await;
    assert_eq!(result.stages, [Succeeded, Failed]);
    assert!(reason(&result, 1).contains("is no regular expression"), "{}", reason(&result, 1));
}

#[tokio::test(start_paused = true)]
async fn entry_gates_come_first_and_side_by_side() {
    let stages =
        json!({ "b": { "gates": [scripted("g", "entry", "fail"), scripted("h", "entry", "fail")] } });
    let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
    let attempts: &[(&str, &[(u64, bool)])] = &[("b.gate.g", &[(5, true)]), ("b.gate.h", &[(3, true)])];
    let result = run(&plan, attempts, Setting { jobs: 1, ..USUAL }).await;
    assert_eq!(starts(&result), [("a.x", 0), ("b.gate.g", 1), ("b.gate.h", 1), ("b.x", 6)]);
    assert_eq!(gates(&result), [("b.g", "passed"), ("b.h", "passed")]);
    assert_eq!(result.stages, [Succeeded, Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_entry_does_what_it_says() {
    for (otherwise, on_failure, status, words, rolls_back) in [
        ("fail", None, Failed, ["skipped", "skipped"], false),
        ("rollback", None, Failed, ["skipped", "skipped"], true),
        ("skip", None, Skipped, ["skipped", "ran"], false),
        ("fail", Some("skip"), Skipped, ["skipped", "ran"], false),
        ("fail", Some("rollback"), Failed, ["skipped", "skipped"], true),
        ("fail", Some("retry_all_actions"), Failed, ["skipped", "skipped"], false),
    ] {
        let gates = [scripted("g", "entry", otherwise), scripted("f", "failure", "fail")];
        let stages = json!({ "a": { "gates": gates, "on_failure": on_failure } });
        let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
        let result = run(&plan, &[("a.gate.g", &[(1, false)])], USUAL).await;
        let case = format!("{otherwise} {on_failure:?}");
        assert_eq!(result.words, words, "{case}");
        assert_eq!((result.stages[0], result.rolls_back[0]), (status, rolls_back), "{case}");
        assert_eq!(self::gates(&result), [("a.g", "refused"), ("a.f", "not reached")], "{case}");
        let word = if status == Failed { "failed" } else { "is skipped" };
        assert_eq!(reason(&result, 0), format!("stage `a` {word}: gate `a.g`: it failed"), "{case}");
        assert_eq!(result.reasons[0].as_deref(), Some("gate `a.g`: it failed"), "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_false_condition_asks_no_gate() {
    let stages = json!({ "a": { "when": env("equal", "prod"), "gates": [scripted("g", "entry", "fail")] } });
    let result = run(&plan(&stages, &[action("a.x", &[])]), &[], USUAL).await;
    assert_eq!((result.stages, result.starts.len()), (vec![Skipped], 0));
}

#[tokio::test(start_paused = true)]
async fn success_gates_come_last_and_do_what_they_say() {
    for (otherwise, status, word, rolls_back) in [
        ("fail", Failed, "skipped", false),
        ("rollback", Failed, "skipped", true),
        ("skip", Skipped, "ran", false),
    ] {
        let stages = json!({ "a": { "gates": [scripted("g", "success", otherwise)] } });
        let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
        let result = run(&plan, &[("a.x", &[(7, true)]), ("a.gate.g", &[(1, false)])], USUAL).await;
        assert_eq!(starts(&result)[..2], [("a.x", 0), ("a.gate.g", 7)], "{otherwise}");
        assert_eq!(result.words, ["ran", word], "{otherwise}");
        assert_eq!((result.stages[0], result.rolls_back[0]), (status, rolls_back), "{otherwise}");
        let result = run(&plan, &[], USUAL).await;
        assert_eq!((result.stages, result.words), (vec![Succeeded, Succeeded], vec!["ran", "ran"]));
    }
}

#[tokio::test(start_paused = true)]
async fn failure_gates_are_asked_only_after_a_failure() {
    for (otherwise, passes, status, rolls_back) in [
        ("rollback", true, Failed, false),
        ("rollback", false, Failed, true),
        ("fail", false, Failed, false),
        ("skip", false, Skipped, false),
    ] {
        let gates = [scripted("s", "success", "fail"), scripted("f", "failure", otherwise)];
        let stages = json!({ "a": { "gates": gates } });
        let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
        let attempts: &[(&str, &[(u64, bool)])] = &[("a.x", &[(1, false)]), ("a.gate.f", &[(1, passes)])];
        let result = run(&plan, attempts, USUAL).await;
        assert_eq!((result.stages[0], result.rolls_back[0]), (status, rolls_back), "{otherwise} {passes}");
        assert_eq!(self::gates(&result)[0], ("a.s", "not reached"));
        assert_eq!(result.words[1], if status == Skipped { "ran" } else { "skipped" });
        let result = run(&plan, &[], USUAL).await;
        assert_eq!(self::gates(&result), [("a.s", "passed"), ("a.f", "not reached")]);
        // A stage that its own success gate fails has failed, too.
        let result = run(&plan, &[("a.gate.s", &[(1, false)])], USUAL).await;
        assert_eq!(self::gates(&result), [("a.s", "refused"), ("a.f", "passed")]);
        assert_eq!(result.stages[0], Failed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stage_is_tried_once_more_before_its_gates_are_asked() {
    let gates = [scripted("s", "success", "fail"), scripted("f", "failure", "fail")];
    let stages = json!({ "a": { "gates": gates, "on_failure": "retry" } });
    let plan = plan(&stages, &[action("a.x", &[])]);
    let result = run(&plan, &[("a.x", &[(1, false), (1, true)])], USUAL).await;
    assert_eq!(self::gates(&result), [("a.s", "passed"), ("a.f", "not reached")]);
    let result = run(&plan, &[("a.x", &[(1, false)])], USUAL).await;
    assert_eq!(self::gates(&result), [("a.s", "not reached"), ("a.f", "passed")]);
    assert_eq!((result.starts.len(), result.stages), (3, vec![Failed]));
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_all_decides_conditions_once_more() {
    // `make` makes another value the second time, if there is one.
    let maybe = when("s.maybe", &[], &check(&output_of("s.make", "V"), "equal", "V2"));
    let attempts: &[(&str, &[(u64, bool)])] = &[("s.bad", &[(2, false), (2, true)])];
    for (on_failure, word) in [("retry_all_actions", "ran"), ("retry", "skipped")] {
        let stages = json!({ "s": { "on_failure": on_failure } });
        let plan = plan(&stages, &[making("s.make", "V"), action("s.bad", &[]), maybe.clone()]);
        let result = run(&plan, attempts, USUAL).await;
        assert_eq!(result.words, ["ran", "ran", word], "{on_failure}");
        assert_eq!(result.stages, [Succeeded], "{on_failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn gates_take_part_in_the_end_of_a_run() {
    for point in ["entry", "success"] {
        let stages = json!({ "a": { "gates": [scripted("g", point, "fail")] } });
        let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
        let setting = Setting { stop_after: Some(5), ..USUAL };
        let result = run(&plan, &[("a.gate.g", &[(100, true)])], setting).await;
        assert_eq!((result.seconds, gates(&result)), (5, vec![("a.g", "cancelled")]), "{point}");
        assert_eq!(result.stages, [Cancelled, Cancelled], "{point}");
    }
    let stages = json!({ "a": { "gates": [scripted("g", "entry", "fail")] }, "b": { "needs": [] } });
    let plan = plan(&stages, &[action("a.x", &[]), action("b.x", &[])]);
    let attempts: &[(&str, &[(u64, bool)])] = &[("a.gate.g", &[(1, false)]), ("b.x", &[(100, true)])];
    let result = run(&plan, attempts, Setting { fail_fast: true, ..USUAL }).await;
    assert_eq!((result.seconds, result.words), (1, vec!["skipped", "cancelled"]));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_asks_no_more_gates() {
    // Both actions are over in the same moment, the failed one is looked at first.
    let stages = json!({ "b": { "needs": [], "gates": [scripted("g", "success", "fail")] } });
    let plan = plan(&stages, &[action("a.bad", &[]), action("b.x", &[])]);
    let attempts: &[(&str, &[(u64, bool)])] = &[("a.bad", &[(5, false)]), ("b.x", &[(5, true)])];
    let result = run(&plan, attempts, Setting { fail_fast: true, ..USUAL }).await;
    assert_eq!((&result.words[..], gates(&result)), (&["failed", "ran"][..], vec![("b.g", "cancelled")]));
    assert_eq!((result.stages, result.starts.len()), (vec![Failed, Cancelled], 2));
}

#[tokio::test(start_paused = true)]
async fn a_gate_has_a_timeout() {
    let mut slow = scripted("g", "entry", "skip");
    slow["timeout"] = json!(60);
    let plan = plan(&json!({ "a": { "gates": [slow] } }), &[action("a.x", &[])]);
    let result = run(&plan, &[("a.gate.g", &[(3_600, true)])], USUAL).await;
    assert_eq!((result.seconds, &result.stages[..]), (60, &[Skipped][..]));
    assert!(reason(&result, 0).ends_with("it took longer than its `timeout` of 1m"));
}

#[test]
fn what_looks_at_the_future_is_refused() {
    let message = |stages: &Value, actions: &[Value]| {
        crate::graph::Graph::new(&plan(stages, actions)).unwrap_err().to_string()
    };
    let looks = json!({ "a": { "when": check(&output_of("a.x", "V"), "equal", "V") } });
    assert!(message(&looks, &[making("a.x", "V")]).contains("comes after it"));
    // A later stage: what is looked at must be over, and waits for this stage itself.
    let looks = json!({ "a": { "when": check(&output_of("b.x", "V"), "equal", "V") } });
    assert!(message(&looks, &[action("a.x", &[]), making("b.x", "V")]).contains("cycle"));
    let twice =
        json!({ "a": { "gates": [scripted("g", "entry", "fail"), scripted("g", "success", "fail")] } });
    assert!(message(&twice, &[action("a.x", &[])]).contains("two gates"));
    let unknown = json!({ "a": { "when": check(&json!([{ "variable": "zzz" }]), "equal", "V") } });
    assert!(message(&unknown, &[action("a.x", &[])]).contains("unknown variable"));
    let own = json!({ "a": { "gates": [gate("g", "success", "aws.variable_check", "fail", &json!({ "variable": output_of("a.x", "V") }))] } });
    assert!(crate::graph::Graph::new(&plan(&own, &[making("a.x", "V")])).is_ok());
}
