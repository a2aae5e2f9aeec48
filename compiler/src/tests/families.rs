//! `for` and `if`: members, keys, and what is removed.

use super::{compiled, edges, said_in};

const FAMILY: &str = r##"
stage s {
  action test for node in ["20", "22"] = run { image: "node:#{node}", script: "true", outputs: { report: "r/**" } }
"##;

fn using(fields: &str) -> String {
    format!("{FAMILY}  action it = run {{ {fields}, script: \"true\" }}\n}}")
}

#[test]
fn members_are_named_by_their_keys() {
    let found = edges(&using("inputs: [test[\"20\"].report]"));
    assert!(found.contains("s.test-20 <-\ns.test-22 <-\n"), "{found}");
    assert!(found.ends_with("s.it <- s.test-20"), "{found}");
    assert_eq!(
        said_in(&using("inputs: [test[\"21\"].report]")).lines().next(),
        Some("P0210 \"21\": `test` has no member `21`")
    );
    assert_eq!(
        said_in(&using("inputs: [test.report]")).lines().next(),
        Some("P0211 test: `test` is a family of actions, and a member is wanted")
    );
}

#[test]
fn families_are_walked() {
    let all = "s.it <- s.test-20, s.test-22";
    assert!(
        edges(&using("inputs: { a: [t.report for t in test][0], b: [t.report for t in test][1] }"))
            .ends_with(all)
    );
    assert!(edges(&using("after: [test]")).ends_with(all));
    assert!(edges(&using("after: [...test]")).ends_with(all));
    assert!(edges(&using("inputs: { \"r#{k}\": test[k].report for k in [\"20\", \"22\"] }")).ends_with(all));
    assert!(edges(&using("after: [test[\"20\"]]")).ends_with("s.it <- s.test-20"));
}

#[test]
fn two_artifacts_of_one_id_need_names() {
    let found = said_in(&using("inputs: [t.report for t in test]"));
    assert!(found.contains("P0314") && found.contains("$PIPE_INPUT_REPORT"), "{found}");
}

#[test]
fn ints_and_records_make_families_too() {
    let items = r##"stage s { action a for n in [1, 2] = run { env: { N: "#{n}" }, script: "true" } }"##;
    assert!(edges(items).ends_with("s.a-1 <-\ns.a-2 <-"));
    let items = r##"stage s { action a for name, image in { x: "i", y: "j" } = run { image: image, env: { N: name }, script: "true" } }"##;
    assert!(edges(items).ends_with("s.a-x <-\ns.a-y <-"));
    for (list, code) in [
        ("[1, 1]", "P0312"),
        ("[true]", "P0312"),
        ("[\"a b\"]", "P0312"),
        ("5", "P0317"),
        ("{ a: 1 }", "P0317"),
    ] {
        let found = said_in(&format!("stage s {{ action a for n in {list} = run {{ script: \"true\" }} }}"));
        assert!(found.starts_with(code) && found.lines().count() == 1, "{list}: {found}");
    }
}

#[test]
fn stage_families_run_one_after_the_other() {
    let items = r##"
        stage deploy for env in ["a", "b"] {
          action up = run { env: { E: env }, script: "true", output: "x" }
          action smoke = run { inputs: [up], script: "true" }
        }
        stage last { action it = run { inputs: [deploy["a"].up], script: "true" } }"##;
    assert_eq!(
        edges(items).lines().collect::<Vec<_>>(),
        [
            "deploy-a <-",
            "deploy-b <- deploy-a",
            "last <- deploy-b",
            "deploy-a.up <-",
            "deploy-a.smoke <- deploy-a.up",
            "deploy-b.up <-",
            "deploy-b.smoke <- deploy-b.up",
            "last.it <- deploy-a.up",
        ]
    );
    let found = said_in(&items.replace("deploy[\"a\"].up", "up"));
    assert!(found.starts_with("P0211 up: `up` is in every member of the stage family `deploy`"), "{found}");
    let found = said_in(&items.replace("deploy[\"a\"].up", "deploy.up"));
    assert!(found.starts_with("P0211 deploy: `deploy` is a family of stages"), "{found}");
}

#[test]
fn families_need_constants() {
    let items = "variable v: string\nstage s { action a for n in [v] = run { script: \"true\" } }";
    assert!(said_in(items).contains("P03"), "{}", said_in(items));
    let items = "variable v: string\nstage s { action a if v == \"x\" = run { script: \"true\" } }";
    assert!(said_in(items).starts_with("P0306"));
}

#[test]
fn exported_names_differ() {
    let items = r##"stage s {
        action a-1 = run { script: "true" }
        action a for n in [1] = run { env: { N: "#{n}" }, script: "true" }
    }"##;
    assert!(said_in(items).contains("P0209"), "{}", said_in(items));
    let items =
        r##"stage s { action a for n in [1, 2] = run { name: "A", env: { N: "#{n}" }, script: "true" } }"##;
    assert!(said_in(items).starts_with("P0209 \"A\""), "{}", said_in(items));
    let items = r##"stage s { action a for n in [1, 2] = run { name: "A-#{n}", script: "true" } }"##;
    assert_eq!(said_in(items), "");
}

const REMOVED: &str = r##"
stage s {
  action gone if false = run { script: "true", output: "x", variables: ["V"] }
"##;

#[test]
fn what_an_if_removed_cannot_be_used() {
    let using =
        |fields: &str| said_in(&format!("{REMOVED}  action it = run {{ {fields}, script: \"true\" }}\n}}"));
    for fields in ["inputs: [gone]", "env: { V: gone.V }", "inputs: [if true then gone else null]"] {
        let found = using(fields);
        assert!(found.starts_with("P0503"), "{fields}: {found}");
        assert_eq!(found.lines().filter(|l| !l.starts_with("P06")).count(), 1, "{fields}: {found}");
    }
    for fields in ["after: [gone]", "env: { V: if false then gone.V else \"x\" }"] {
        let found = using(fields);
        assert!(!found.contains("P0503"), "{fields}: {found}");
    }
}

#[test]
fn what_is_removed_is_checked_but_uses_nothing() {
    let items = |condition: &str| {
        format!(
            "{REMOVED}  action it if {condition} = run {{ inputs: [gone], env: {{ V: gone.V }}, script: \"true\" }}\n}}"
        )
    };
    assert_eq!(said_in(&items("false")), "");
    assert!(said_in(&items("true")).starts_with("P0503"));
    let found =
        said_in(&format!("{REMOVED}  action it if false = run {{ imgae: \"x\", script: \"true\" }}\n}}"));
    assert!(found.contains("P0302"), "{found}");
}

#[test]
fn a_removed_stage_removes_its_actions() {
    let items = r##"
        stage one if false { action a = run { script: "true", output: "x" } }
        stage two { action b = run { inputs: [a], script: "true" } }"##;
    assert!(said_in(items).starts_with("P0503 a: `one.a` does not exist"), "{}", said_in(items));
}

#[test]
fn removed_members_are_left_out_of_a_walk() {
    let text = r##"pipeline p { stage s {
        action test for n in [1, 2, 3] if n != 2 = run { script: "true", output: "x" }
        action all = run { inputs: [...test], script: "true" }
    } }"##;
    let found = compiled(text);
    let all = found.pipeline().plan.actions.iter().find(|a| a.id == "s.all").expect("it exists");
    assert_eq!(all.needs, ["s.test-1", "s.test-3"]);
}
