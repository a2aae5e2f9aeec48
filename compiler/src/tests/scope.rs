//! What a name means: the rules of scope.

use super::{edges, said_in};

const TWO_STAGES: &str = r##"
stage build {
  action build = run { script: "make", outputs: { dist: "dist/**" }, variables: ["TAG"] }
  action docs = run { script: "make docs", output: "docs/**" }
}
"##;

fn with_second_stage(fields: &str) -> String {
    format!("{TWO_STAGES}stage use {{ action it = run {{ {fields}, script: \"true\" }} }}")
}

#[test]
fn an_action_may_have_the_name_of_its_stage() {
    assert!(edges(&with_second_stage("inputs: [build.dist]")).ends_with("use.it <- build.build"));
}

#[test]
fn a_stage_then_its_action_always_works() {
    for inputs in ["build.build.dist", "build.docs", "docs"] {
        let action = if inputs.ends_with("docs") { "docs" } else { "build" };
        let found = edges(&with_second_stage(&format!("inputs: [{inputs}]")));
        assert!(found.ends_with(&format!("use.it <- build.{action}")), "{inputs}: {found}");
    }
    assert!(edges(&with_second_stage("env: { TAG: build.build.TAG }")).ends_with("use.it <- build.build"));
    assert!(
        edges(&with_second_stage("env: { TAG: build.build[\"TAG\"] }")).ends_with("use.it <- build.build")
    );
}

#[test]
fn a_member_of_the_stage_goes_before_one_of_the_action() {
    // `build.docs` is the action, although the action `build` has an artifact of this name, too.
    let items = r##"
        stage build {
          action build = run { script: "make", outputs: { docs: "docs/**" } }
          action docs = run { script: "make docs", output: "docs/**" }
          action it = run { inputs: [build.docs], script: "true" }
        }"##;
    assert!(edges(items).ends_with("build.it <- build.docs"));
}

#[test]
fn actions_of_the_same_stage_go_first() {
    let items = r##"
        stage one { action make = run { script: "1", output: "x" } }
        stage two {
          action make = run { script: "2", output: "x" }
          action it = run { inputs: [make], script: "true" }
        }
        stage three { action it = run { inputs: [make], script: "true" } }"##;
    assert_eq!(said_in(items), "P0204 make: several stages have an action `make`\n");
    assert!(
        edges(&items.replace(
            "three { action it = run { inputs: [make]",
            "three { action it = run { inputs: [one.make]"
        ))
        .contains("two.it <- two.make")
    );
}

#[test]
fn nothing_hides_anything() {
    let stage = "stage s { action a = run { script: \"true\" } }\n";
    for (items, name) in [
        ("let s = 1", "s"),
        ("variable s: string", "s"),
        ("let x = 1\nlet x = 2", "x"),
        ("let x = 1\nvariable x: string", "x"),
        ("let x = 1\nstage t { let x = 2 }", "x"),
        ("let a = 1", "a"),
        ("stage t { let b = 1\n action b = run { script: \"true\" } }", "b"),
        ("let x = 1\nlet y = [x for x in [1]]", "x"),
        ("let x = 1\nstage t { action b for x in [\"1\"] = run { script: \"true\" } }", "x"),
        ("let x = 1\nstage t for x in [\"1\"] { action b = run { script: \"true\" } }", "x"),
        ("stage s { action a = run { script: \"true\" } }", "s"),
    ] {
        let found = said_in(&format!("{stage}{items}"));
        let expected = format!("P0202 {name}: `{name}` is declared twice\n");
        let errors: Vec<&str> = found.lines().filter(|line| !line.starts_with("P06")).collect();
        assert_eq!(errors, [expected.trim_end()], "{items}");
    }
}

#[test]
fn stages_are_no_values() {
    let items = format!("{TWO_STAGES}stage t {{ action it = run {{ inputs: [build], script: \"true\" }} }}");
    assert_eq!(edges(&items).lines().last(), Some("t.it <- build.build"), "the action of this name is meant");
    let items = "stage s { action a = run { script: \"true\" } }\nstage t { action b = run { after: [s], script: \"true\" } }";
    assert_eq!(said_in(items), "P0301 s: `after` waits for actions, and this is a stage\n");
    let items = "stage s { action a = run { script: \"true\" } }\nstage t { needs: [a]\n action b = run { script: \"true\" } }";
    assert_eq!(said_in(items), "P0206 a: there is no stage `a`\n");
}

#[test]
fn the_order_of_writing_does_not_matter_for_names() {
    let items = r##"
        stage s { action a = run { env: { X: "#{late}#{later}" }, script: "true" } }
        let late = later
        variable later: string = "1""##;
    assert_eq!(said_in(items), "");
}

#[test]
fn lets_of_a_stage_are_seen_in_it_only() {
    let items = r##"
        stage s { let x = "1"
          action a = run { env: { X: x }, script: "true" } }
        stage t { action b = run { env: { X: x }, script: "true" } }"##;
    assert_eq!(said_in(items), "P0201 x: nothing here is called `x`\n");
    let items = r##"
        stage s { let x = "1"
          action a = run { env: { X: x }, script: "true" } }
        stage t { let x = "2"
          action b = run { env: { X: x }, script: "true" } }"##;
    assert_eq!(said_in(items), "", "different stages do not see each other's");
}

#[test]
fn the_id_of_the_run_is_there_unless_something_is_called_so() {
    let action =
        |value: &str| format!("stage s {{ action a = run {{ env: {{ X: {value} }}, script: \"true\" }} }}");
    assert_eq!(said_in(&action("execution.id")), "");
    assert_eq!(said_in(&format!("let execution = {{ id: \"1\" }}\n{}", action("execution.id"))), "");
    assert_eq!(said_in(&action("execution.di")), "P0201 execution: nothing here is called `execution`\n");
}

#[test]
fn unused_things_are_hinted_at() {
    let items = r##"
        let used = "1"
        let unused = "2"
        variable seen: string = used
        variable unseen: string = "3"
        stage s {
          let here = "4"
          action a = run { env: { X: seen }, script: "true", outputs: { x: "x", y: "y" }, variables: ["A", "B"] }
          action b = run { inputs: [a.x], env: { A: a.A }, script: "true" }
        }"##;
    let found = said_in(items);
    assert_eq!(
        found.lines().collect::<Vec<_>>(),
        [
            "P0601 unused: `unused` is never used",
            "P0602 unseen: the variable `unseen` is never used",
            "P0601 here: `here` is never used",
            "P0603 y: nothing reads the artifact `y`",
            "P0603 \"B\": nothing reads the variable \"B\"",
        ]
    );
}

#[test]
fn names_in_a_misspelt_declaration_exist() {
    let found = said_in(
        "stge a { action src = git { repository: \"a/b\", branch: \"main\" } }\n\
         stage b { action x = run { inputs: [src], script: \"x\", imagee: \"y\" } }",
    );
    let codes: Vec<_> = found.lines().map(|line| &line[..5]).collect();
    assert_eq!(codes, ["P0104", "P0302"], "{found}");
}
