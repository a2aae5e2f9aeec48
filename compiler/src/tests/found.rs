//! What generated and mutated programs have found, each as a small file.

use super::{said, said_in};

#[test]
fn actions_of_a_removed_stage_name_the_members_of_its_families() {
    let items = |condition: &str| {
        format!(
            "stage t if {condition} {{\n\
             action f for y in [\"a\", \"b\"] = run {{ script: \"make\", output: \"x\" }}\n\
             action g = run {{ script: \"make\", inputs: [f[\"b\"]] }}\n\
             }}\n\
             stage u {{ action h = run {{ script: \"make\" }} }}"
        )
    };
    assert_eq!(said_in(&items("false")), said_in(&items("true")));
    assert!(!said_in(&items("false")).contains("P0210"));
    let wrong = items("false").replace("f[\"b\"]", "f[\"c\"]");
    assert!(said_in(&wrong).contains("P0210 \"c\""), "{}", said_in(&wrong));
}

#[test]
fn arguments_for_parameters_that_nothing_reads_are_checked() {
    let text = |argument: &str| {
        format!(
            "stage ship(target: string, wait: duration) {{\n\
             action up = run {{ script: \"make\", env: {{ TARGET: target }} }}\n\
             }}\n\
             pipeline p {{ stage a = ship {{ target: \"x\", wait: {argument} }} }}"
        )
    };
    assert!(!said(&text("5m")).contains("P0"), "{}", said(&text("5m")));
    assert!(said(&text("nowhere")).starts_with("P0201 nowhere"), "{}", said(&text("nowhere")));
    assert!(said(&text("\"5m\"")).starts_with("P0301 \"5m\""), "{}", said(&text("\"5m\"")));
}

#[test]
fn types_of_parameters_that_nothing_reads_are_checked() {
    let text = |parameter: &str| {
        format!(
            "fn f(x: {parameter}): int = 1\npipeline p {{ stage s {{ action a = run {{ script: \"make\" }} }} }}"
        )
    };
    assert!(!said(&text("int")).contains("P02"), "{}", said(&text("int")));
    assert!(said(&text("unheard_of")).starts_with("P0208 unheard_of"), "{}", said(&text("unheard_of")));
}

#[test]
fn types_of_parameters_of_templates_without_instances_are_checked() {
    let text = "action a(x: unheard_of) = run { script: \"make\" }\nstage s(y: unheard_of) { action b = run { script: \"make\" } }";
    let said = said(&format!("{text}\npipeline p {{ stage t {{ action c = run {{ script: \"make\" }} }} }}"));
    assert_eq!(said.matches("P0208 unheard_of").count(), 2, "{said}");
}
