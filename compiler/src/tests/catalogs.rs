//! Action types and rules that users declare.

use super::modules::{self, plan, said};

const NOTIFY: &str = r#"
/// Tells the chat.
callee notify {
  service: { category: ["Invoke", "Test"], owner: "Custom", provider: "Notify", version: "7" }
  inputs: 0..2
  outputs: 1
  variables: {
    /// What it was answered.
    answer: "Answer"
  }
  environment: { field: "Env", secrets: ["secrets_manager"] }
  fields: {
    /// Where.
    channel: "ops" | "dev" = "ops"
    text: string { key: "Message", max_length: 10 }
    count: int? { min: 1, max: 3 }
    tags: list<string>? { max_items: 2 }
    token: secret? { required_if: { channel: "dev" } }
    id: string? { pattern: "[a-z]+", required_with: "count" }
  }
}

/// Asks the crowd.
rule crowd {
  service: { category: "Rule", provider: "Crowd" }
  fields: {
    /// How many.
    votes: int
  }
}
"#;

fn main_file(stage: &str) -> String {
    format!(
        "use \"lib.pipe\" as own\npipeline p {{\n  secret t {{ aws: masked }}\n  stage s {{ {stage} }}\n}}\n"
    )
}

fn codes(stage: &str) -> Vec<String> {
    modules::codes(&[("main.pipe", &main_file(stage)), ("lib.pipe", NOTIFY)])
}

#[test]
fn a_plan_brings_them_along() {
    let stage = "gate g on entry = own.crowd { votes: 3 } else fail\naction a = own.notify { text: \"hi\", env: { T: t }, category: \"Test\" }\naction b = run { env: { A: a.answer }, inputs: [a], script: \"x\" }";
    let plan = plan(&[("main.pipe", &main_file(stage)), ("lib.pipe", NOTIFY)]);
    assert_eq!(plan.actions[0].callee, "lib.notify");
    assert_eq!(plan.callees.keys().collect::<Vec<_>>(), ["lib.notify", "lib.crowd"]);
    let callee = plan.callee("lib.notify").expect("it is in the plan");
    assert_eq!(callee.field("text").map(|field| field.key.as_str()), Some("Message"));
    assert_eq!(
        callee.field("channel").map(|field| (field.key.as_str(), field.default.as_str())),
        Some(("Channel", "ops"))
    );
    assert!(plan.rule("lib.crowd").is_some() && plan.callee("lib.crowd").is_none());
    let again = crate::plan::Plan::from_json(&plan.to_json()).expect("it can be read back");
    assert_eq!(again, plan);
}

#[test]
fn their_fields_are_checked() {
    let action = |fields: &str| codes(&format!("action a = own.notify {{ {fields} }}"));
    assert!(action("text: \"hi\"").is_empty());
    assert_eq!(action(""), ["P0303"]);
    assert_eq!(action("text: \"hi\", chanel: \"ops\""), ["P0302"]);
    assert_eq!(action("text: \"hi\", channel: \"opps\""), ["P0305"]);
    assert_eq!(action("text: \"hi\", channel: dev, token: t"), ["P0309"]);
    assert_eq!(action("text: \"much too long\""), ["P0313"]);
    assert_eq!(action("text: \"hi\", count: 4, id: \"a\""), ["P0313"]);
    assert_eq!(action("text: \"hi\", count: 3"), ["P0303"]);
    assert_eq!(action("text: \"hi\", tags: [\"a\", \"b\", \"c\"]"), ["P0313"]);
    assert_eq!(action("text: \"hi\", id: \"A\""), ["P0313"]);
    assert_eq!(action("text: \"hi\", channel: \"dev\""), ["P0303"]);
    assert_eq!(action("text: \"hi\", token: \"plain\""), ["P0301"]);
    assert_eq!(action("text: \"hi\", category: \"Build\""), ["P0305"]);
    assert_eq!(codes("gate g on entry = own.crowd {} else fail"), ["P0303"]);
    assert_eq!(codes("action a = own.crowd { votes: 1 }"), ["P0215"]);
}

#[test]
fn declarations_are_checked() {
    let callee = |body: &str| modules::codes(&[("lib.pipe", &format!("callee c {{ {body} }}"))]);
    assert!(callee("").is_empty());
    assert_eq!(callee("servce: {}"), ["P0302"]);
    assert_eq!(callee("service: { category: \"Build\" }"), ["P0320"]);
    assert_eq!(callee("inputs: 5..1"), ["P0320"]);
    assert_eq!(callee("inputs: -1"), ["P0320"]);
    assert_eq!(callee("variables: \"some\""), ["P0320"]);
    assert_eq!(callee("fields: { a: artifact, a: int }"), ["P0304"]);
    assert_eq!(callee("fields: { a: action }"), ["P0320"]);
    assert_eq!(callee("fields: { a: string { kye: \"A\" } }"), ["P0302"]);
    assert_eq!(callee("fields: { a: string { pattern: \"(\" } }"), ["P0320"]);
    assert_eq!(callee("fields: { a: Evn }"), ["P0208"]);
    assert_eq!(callee("environment: { secrets: [\"vault\"] }"), ["P0320"]);
    assert_eq!(callee("globs: \"yes\""), ["P0320"]);
    assert_eq!(callee("inputs: 1, inputs: 2"), ["P0304"]);
    let named = said(&[(
        "lib.pipe",
        "type Env = \"a\" | \"b\"\ncallee c { fields: { e: Env } }\npipeline p { stage s { action x = c { e: \"z\" } } }",
    )]);
    assert_eq!(named, ["P0305 lib.pipe \"z\": `e` cannot be `z`"]);
}

#[test]
fn two_callees_of_one_name_stay_apart() {
    let files = [
        (
            "main.pipe",
            "use \"a/lib.pipe\" as a\nuse \"b/lib.pipe\" as b\npipeline p { stage s { action x = a.c { n: 1 }\n action y = b.c { t: \"z\" } } }",
        ),
        ("a/lib.pipe", "callee c { fields: { n: int } }"),
        ("b/lib.pipe", "callee c { fields: { t: string } }"),
    ];
    let plan = plan(&files);
    assert_eq!(plan.actions.iter().map(|a| a.callee.as_str()).collect::<Vec<_>>(), ["lib.c", "lib.c_2"]);
}
