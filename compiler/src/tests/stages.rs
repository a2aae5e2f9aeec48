//! The order of stages, and the cycles that it can make.

use super::{compiled, edges, rendered, said_in};

fn cycle(items: &str) -> String {
    let found = compiled(&format!("pipeline p {{\n{items}\n}}"));
    rendered(&found.errors(), &found.sources)
}

#[test]
fn stages_wait_for_the_one_before_them() {
    let items = "stage a {}\nstage b {}\nstage c { needs: [a] }\nstage d { needs: [] }\nstage e {}";
    assert_eq!(edges(items), "a <-\nb <- a\nc <- a\nd <-\ne <- d");
}

#[test]
fn a_removed_stage_stands_for_what_it_needs() {
    let items = "stage a {}\nstage b if false {}\nstage c {}\nstage d { needs: [b] }";
    assert_eq!(edges(items), "a <-\nc <- a\nd <- a");
    let items = "stage a {}\nstage b {}\nstage x if false { needs: [a, b] }\nstage y if false { needs: [x] }\nstage d { needs: [y, a] }";
    assert_eq!(edges(items), "a <-\nb <- a\nd <- a, b");
}

#[test]
fn a_family_in_needs_means_all_its_members() {
    let items =
        "stage f for x in [1, 2] { needs: [] }\nstage g { needs: [f] }\nstage h { needs: [f[\"2\"]] }";
    assert_eq!(edges(items), "f-1 <-\nf-2 <-\ng <- f-1, f-2\nh <- f-2");
    assert!(said_in("stage f for x in [1, 2] {}\nstage h { needs: [f[\"3\"]] }").starts_with("P0210"));
}

#[test]
fn needs_takes_nothing_but_stages() {
    assert!(said_in("stage a {}\nstage b { needs: a }").starts_with("P0301 a: `needs` is a list of stages"));
    assert!(said_in("stage a {}\nstage b { needs: [\"a\"] }").starts_with("P0301"));
    assert!(said_in("stage a {}\nstage b { needs: [aa] }").starts_with("P0206"));
}

const LATER: &str = r##"
stage first { action a = run { inputs: [b], script: "true" } }
stage second { action b = run { script: "true", output: "x" } }
"##;

#[test]
fn a_later_stage_cannot_be_used() {
    insta::assert_snapshot!(cycle(LATER));
}

#[test]
fn unless_it_is_freed_from_the_order() {
    let items = LATER.replace("stage second {", "stage second { needs: []\n");
    assert_eq!(said_in(&items), "");
    assert_eq!(edges(&items).lines().last(), Some("first.a <- second.b"));
}

#[test]
fn a_long_cycle_names_every_hop() {
    insta::assert_snapshot!(cycle(
        r##"stage s {
  action a = run { env: { X: c.V }, script: "true", variables: ["V"] }
  action b = run { after: [a], script: "true", output: "x" }
  action c = run { inputs: [b], script: "true", variables: ["V"] }
}"##
    ));
}

#[test]
fn needs_that_go_in_a_circle() {
    insta::assert_snapshot!(cycle("stage a { needs: [b] }\nstage b { needs: [a] }\nstage c { needs: [c] }"));
}

#[test]
fn a_reference_through_a_let_is_one() {
    let items = r##"
        let tag = "v#{build.TAG}"
        stage s {
          action build = run { script: "true", variables: ["TAG"] }
          action it = run { env: { TAG: tag }, script: "true" }
        }"##;
    assert_eq!(edges(items).lines().last(), Some("s.it <- s.build"));
}

#[test]
fn on_failure_takes_a_few_words() {
    let with = |words: &str| {
        said_in(&format!("stage s {{ action a = run {{ script: \"true\" }}\n on failure {words}\n }}"))
    };
    for words in ["rollback", "skip", "retry", "retry failed_actions", "retry all_actions"] {
        assert_eq!(with(words), "", "{words}");
    }
    for words in ["rolback", "retry all", "skip all_actions"] {
        assert!(with(words).starts_with("P0305"), "{words}: {}", with(words));
    }
    assert!(with("skip\n on failure retry").starts_with("P0202"));
}
