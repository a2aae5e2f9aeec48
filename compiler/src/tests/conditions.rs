//! What a run decides: `when`, gates, triggers, reactions.

use super::modules::{self, plan, said};
use crate::plan::{Comparison, Condition, GatePoint, Otherwise, PullRequestEvent, Trigger};

fn file(items: &str) -> String {
    format!(
        "pipeline p {{\n  variable level: string = \"info\"\n  stage source {{ action app = git {{ repository: \"a/b\", branch: \"main\" }} }}\n{items}\n}}\n"
    )
}

fn check(items: &str) -> Vec<String> {
    said(&[("main.pipe", &file(items))])
}

fn codes(items: &str) -> Vec<String> {
    modules::codes(&[("main.pipe", &file(items))])
}

const ACTION: &str = "action a = run { script: \"x\" }";

fn when(condition: &str) -> Condition {
    let plan = plan(&[("main.pipe", &file(&format!("stage s {{ when: {condition}\n {ACTION} }}")))]);
    plan.stages[1].when.clone().expect("a condition")
}

#[test]
fn conditions_are_kept_for_the_run() {
    let Condition::Check { value, operator: Comparison::Equal, operand } = when("app.branch == \"main\"")
    else {
        panic!("a comparison")
    };
    assert_eq!((value.references().count(), operand.as_constant()), (1, Some("main")));
    assert!(
        matches!(when("app.branch in [\"a\", \"b\"]"), Condition::OneOf { texts, .. } if texts.len() == 2)
    );
    assert!(matches!(
        when("contains(app.commit_message, \"[ship]\")"),
        Condition::Check { operator: Comparison::Contains, .. }
    ));
    assert!(matches!(when("!matches(app.branch, \"^wip/\")"), Condition::Not(_)));
    assert!(
        matches!(when("level != \"a\" && level != \"b\" && level != \"c\""), Condition::All(parts) if parts.len() == 3)
    );
    // What is known now is decided now.
    assert!(matches!(when("true && level == \"a\""), Condition::Check { .. }));
    assert!(matches!(when("level == \"a\" || false"), Condition::Check { .. }));
}

#[test]
fn what_no_run_can_decide() {
    let stage = |condition: &str| codes(&format!("stage s {{ when: {condition}\n {ACTION} }}"));
    assert_eq!(stage("app.branch"), ["P0301"]);
    assert_eq!(stage("level > \"a\""), ["P0323"]);
    assert_eq!(stage("level == 1"), ["P0323"]);
    assert_eq!(stage("false"), ["P0323"]);
    assert_eq!(stage("matches(level, \"(\")"), ["P0308"]);
    assert_eq!(stage("levl == \"a\""), ["P0201"]);
    assert!(stage("true").is_empty());
    // A condition of the run is no condition of the compiler.
    assert_eq!(codes(&format!("stage s if level == \"a\" {{ {ACTION} }}")), ["P0306"]);
}

#[test]
fn a_stage_waits_for_what_its_entry_looks_at() {
    let plan = plan(&[(
        "main.pipe",
        &file(
            "stage early { needs: []\n action n = run { script: \"x\", variables: [\"N\"] } }\nstage late { needs: [source]\n when: n.N == \"1\"\n action b = run { script: \"x\" } }",
        ),
    )]);
    let position =
        |id: &str| plan.stages.iter().position(|stage| stage.id == id).expect("the stage is there");
    assert!(position("early") < position("late"));
    let own = check("stage s { when: n.N == \"1\"\n action n = run { script: \"x\", variables: [\"N\"] } }");
    assert_eq!(own.len(), 1);
    assert!(own[0].starts_with("P0501"), "{own:?}");
}

#[test]
fn gates() {
    let gate = "gate hours on entry = aws.deployment_window { cron: \"* * 9-16 ? * MON-FRI *\", region: \"eu-west-1\", timeout: 30m } else fail\ngate alarm on success = aws.alarm { alarm_name: \"x\", wait_time: 5, name: \"Alarm.1\" } else rollback";
    let plan = plan(&[(
        "main.pipe",
        &file(&format!(
            "defaults {{ role: \"arn:aws:iam::111122223333:role/r\" }}\nstage s {{ {gate}\n {ACTION} }}"
        )),
    )]);
    let [hours, alarm] = &plan.stages[1].gates[..] else { panic!("two gates") };
    assert_eq!((hours.on, hours.otherwise, hours.timeout), (GatePoint::Entry, Otherwise::Fail, Some(1800)));
    assert_eq!(hours.role, Some("arn:aws:iam::111122223333:role/r".into()), "defaults reach gates");
    assert_eq!(
        (alarm.name.as_str(), alarm.on, alarm.otherwise),
        ("Alarm.1", GatePoint::Success, Otherwise::Rollback)
    );
}

#[test]
fn wrong_gates() {
    let gate = |gate: &str| codes(&format!("stage s {{ {gate}\n {ACTION} }}"));
    let window = "aws.deployment_window { cron: \"* * 9-16 ? * MON-FRI *\" }";
    assert_eq!(gate(&format!("gate g on entry = {window}")), ["P0303"]);
    assert_eq!(gate(&format!("gate g on entry = {window} else rollback")), ["P0326"]);
    assert_eq!(gate(&format!("gate g on success = {window} else skip")), ["P0326"]);
    assert_eq!(gate(&format!("gate g on failure = {window} else fail")), ["P0326"]);
    assert_eq!(gate(&format!("gate g on failure = {window} else rollback\non failure retry")), ["P0326"]);
    assert_eq!(gate(&format!("gate g on entri = {window} else fail")), ["P0305"]);
    assert_eq!(gate(&format!("gate g on entry = {window} else stop")), ["P0305"]);
    assert_eq!(
        gate(&format!("gate g on entry = {window} else fail\ngate h on entry = {window} else skip")),
        ["P0326"]
    );
    assert_eq!(
        gate(&format!("gate g on entry = {window} else fail\ngate g on success = {window} else fail")),
        ["P0202"]
    );
    assert_eq!(gate("gate g on entry = aws.deploment_window { cron: \"x\" } else fail"), ["P0203"]);
    assert_eq!(gate("gate g on entry = aws.deployment_window { corn: \"x\" } else fail"), ["P0302"]);
    assert_eq!(gate("gate g on entry = aws.alarm {} else fail"), ["P0303"]);
    assert_eq!(gate("gate g on entry = aws.alarm { alarm_name: \"x\", after: [] } else fail"), ["P0302"]);
    // A removed gate is checked, and is not there.
    let removed = plan(&[(
        "main.pipe",
        &file(&format!("stage s {{ gate g on entry if 1 == 2 = {window} else fail\n {ACTION} }}")),
    )]);
    assert!(removed.stages[1].gates.is_empty());
}

#[test]
fn triggers() {
    let items = "on push { branches: { include: [\"main\"], exclude: [\"wip/**\"] }, paths: [\"src/**\"] }\non tag { tags: [\"v*\"] }\non pull_request { events: [\"opened\", \"closed\"], branches: [\"main\"] }\non schedule \"cron(0 6 * * ? *)\"";
    let plan = plan(&[("main.pipe", &file(&format!("{items}\nstage s {{ {ACTION} }}")))]);
    assert!(matches!(&plan.triggers[0], Trigger::Push { branches: Some(b), .. } if b.exclude == ["wip/**"]));
    assert!(matches!(&plan.triggers[1], Trigger::Tag { tags: Some(t), .. } if t.include == ["v*"]));
    assert!(
        matches!(&plan.triggers[2], Trigger::PullRequest { events, .. } if *events == [PullRequestEvent::Opened, PullRequestEvent::Closed])
    );
    assert!(matches!(&plan.triggers[3], Trigger::Schedule { .. }));
}

#[test]
fn wrong_triggers() {
    let on = |on: &str| codes(&format!("{on}\nstage s {{ {ACTION} }}"));
    assert_eq!(on("on psh {}"), ["P0305"]);
    assert_eq!(on("on tag { branches: [\"x\"] }"), ["P0302"]);
    assert_eq!(on("on pull_request { events: [\"open\"] }"), ["P0305"]);
    assert_eq!(on("on pull_request { events: \"opened\" }"), ["P0301"]);
    assert_eq!(on("on schedule \"every day\""), ["P0313"]);
    assert_eq!(on("on schedule \"cron(0 6 * * ?)\""), ["P0313"]);
    assert_eq!(on("on schedule {}"), ["P0301"]);
    assert_eq!(on("on push \"main\""), ["P0301"]);
    assert_eq!(on("on push { branches: [level] }"), ["P0306"]);
}

#[test]
fn azure_is_kept() {
    let plan = plan(&[(
        "main.pipe",
        &file(&format!("azure {{ pool: \"ubuntu\", nested: {{ a: [1, true] }} }}\nstage s {{ {ACTION} }}")),
    )]);
    assert_eq!(plan.azure.expect("kept").settings.len(), 2);
    assert_eq!(codes(&format!("azure {{ }}\nazure {{ }}\nstage s {{ {ACTION} }}")), ["P0202"]);
}

/// The code and the message, without the place.
fn shortly(said: Vec<String>) -> Vec<String> {
    let short = |line: String| {
        let (head, message) = line.split_once(": ").expect("a message");
        format!("{} {message}", &head[..5])
    };
    said.into_iter().map(short).collect()
}

fn typed(condition: &str) -> Vec<String> {
    shortly(said(&[(
        "main.pipe",
        &format!(
            "pipeline p {{\n  variable channel: \"none\" | \"team\" | \"all\" = \"team\"\n  variable other: \"all\" | \"x\" = \"x\"\n  variable dry: bool = false\n  variable n: int = 1\n  variable level: string = \"info\"\n  stage s {{ when: {condition}\n {ACTION} }}\n}}\n"
        ),
    )]))
}

#[test]
fn a_variable_is_compared_with_what_it_can_be() {
    for condition in [
        "channel == \"all\"",
        "\"all\" != channel",
        "channel in [\"all\", \"team\"]",
        "channel == other",
        "dry",
        "!dry",
        "dry && channel == \"all\" || n == 3",
        "dry == true",
        "dry != \"true\"",
        "n in [1, 2]",
        "n == \"-3\"",
        "channel == level",
        "contains(channel, \"a\")",
        "matches(level, \"^x\") && level != \"x\"",
        "!(level in [])",
        "level in [] || dry",
        "if true then dry else !dry",
    ] {
        assert!(typed(condition).is_empty(), "{condition}: {:?}", typed(condition));
    }
    for (condition, message) in [
        ("channel == \"al\"", "P0305 `channel` cannot be `al`"),
        ("channel != \"al\"", "P0305 `channel` cannot be `al`"),
        ("\"al\" == channel", "P0305 `channel` cannot be `al`"),
        ("channel in [\"all\", \"al\"]", "P0305 `channel` cannot be `al`"),
        ("dry == \"True\"", "P0305 `dry` cannot be `True`"),
        ("n == \"x\"", "P0305 `n` cannot be `x`"),
        ("n == \"03\"", "P0305 `n` cannot be `03`"),
        ("n > 3", "P0323 `>` cannot compare what is known only at run: a run knows no order"),
        ("level == true", "P0323 `==` cannot compare a string that is known only at run with a bool"),
    ] {
        assert_eq!(typed(condition), [message], "{condition}");
    }
}

#[test]
fn what_no_run_can_fulfil() {
    for condition in [
        "level == \"a\" && level == \"b\"",
        "level in [\"a\", \"b\"] && !(level == \"a\") && level != \"b\"",
        "dry && !dry",
        "channel != \"all\" && channel != \"team\" && channel != \"none\"",
        "contains(channel, \"z\")",
        "matches(channel, \"^l+$\")",
        "channel == \"none\" && channel == other",
        "level != level",
        "level in []",
        "!(level in [\"a\"]) && level in []",
    ] {
        assert_eq!(typed(condition), ["P0323 this `when` never holds"], "{condition}");
    }
    for condition in [
        "level == \"a\" || level == \"b\"",
        "level != \"a\" && level != \"b\"",
        "!(level == \"a\" && level == \"b\")",
        "contains(level, \"a\") && level != \"a\"",
        "channel == other && dry",
        "\"#{level}-#{n}\" == \"a-1\" && level == \"b\"",
    ] {
        assert!(typed(condition).is_empty(), "{condition}: {:?}", typed(condition));
    }
}

#[test]
fn a_gate_that_compares_is_given_what_the_variable_can_be() {
    let gate = |operator: &str, value: &str| {
        shortly(said(&[(
            "main.pipe",
            &format!(
                "pipeline p {{\n  variable channel: \"none\" | \"all\" = \"all\"\n  stage s {{\n    gate g on entry = aws.variable_check {{ variable: channel, operator: \"{operator}\", value: \"{value}\" }} else fail\n    {ACTION}\n  }}\n}}\n"
            ),
        )]))
    };
    assert_eq!(gate("EQ", "al"), ["P0305 `channel` cannot be `al`"]);
    assert_eq!(gate("NE", "al"), ["P0305 `channel` cannot be `al`"]);
    assert_eq!(gate("CONTAINS", "x"), ["P0323 this gate never passes"]);
    assert_eq!(gate("MATCHES", "^b"), ["P0323 this gate never passes"]);
    assert_eq!(gate("MATCHES", "("), ["P0313 `(` is not a regular expression"]);
    assert!(gate("EQ", "all").is_empty() && gate("CONTAINS", "l").is_empty());
}

#[test]
fn a_variable_is_given_to_a_parameter_of_its_type() {
    let give = |parameter: &str, argument: &str| {
        shortly(said(&[(
            "main.pipe",
            &format!(
                "type Env = \"dev\" | \"prod\"\naction shout(it: {parameter}) = run {{ script: \"echo\", env: {{ IT: \"#{{it}}\" }} }}\npipeline p {{\n  variable env: Env = \"dev\"\n  variable only: \"dev\" = \"dev\"\n  variable n: int = 1\n  variable dry: bool = true\n  variable text: string = \"\"\n  stage s {{ action a = shout {{ it: {argument} }} }}\n}}\n"
            ),
        )]))
    };
    for (parameter, argument) in
        [("Env", "env"), ("Env", "only"), ("int", "n"), ("bool", "dry"), ("string", "env")]
    {
        assert!(give(parameter, argument).is_empty(), "{parameter}: {:?}", give(parameter, argument));
    }
    assert_eq!(give("Env", "text").len(), 1);
    assert_eq!(give("\"dev\"", "env").len(), 1);
    assert_eq!(give("int", "dry"), ["P0301 `it` is an int, and this is a bool that is known only at run"]);
}

#[test]
fn the_side_that_is_no_condition_is_pointed_at() {
    for (condition, at) in [("level && !dry", "level"), ("!dry && level", "level"), ("n || dry", "n")] {
        let found = check(&format!(
            "variable dry: bool\nvariable n: int\nstage s {{ when: {condition}\n {ACTION} }}"
        ));
        assert!(found.len() == 1 && found[0].contains(&format!(" {at}: a condition is a bool")), "{found:?}");
    }
}

#[test]
fn a_condition_guards_what_may_not_be_there() {
    let head = "let names: list<string> = []\nlet ports: map<string> = {}\n";
    for value in
        ["if len(names) > 0 then names[0] else null", "if \"a\" in ports then ports[\"a\"] else \"d\""]
    {
        assert!(check(&format!("{head}let x = {value}\nstage s {{ {ACTION} }}")).is_empty(), "{value}");
    }
    let unguarded = check(&format!("{head}let x = names[0]\nstage s {{ {ACTION} }}"));
    assert!(unguarded.len() == 1 && unguarded[0].starts_with("P0210"), "{unguarded:?}");
}
