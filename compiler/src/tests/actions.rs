//! The fields of actions: defaults and their merging, implied inputs.

use super::{compiled, said_in};
use crate::plan::Action;

/// The action `it` of a pipeline with these items.
fn it(items: &str) -> Action {
    let found = compiled(&format!("pipeline p {{\n{items}\n}}"));
    let actions = &found.pipeline().plan.actions;
    actions.iter().find(|action| action.name == "it").expect("there is an action `it`").clone()
}

fn env(action: &Action) -> Vec<(&str, &str)> {
    action.env.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or("?"))).collect()
}

const DEFAULTS: &str = r##"
defaults { env: { A: "pipeline", B: "pipeline", C: "pipeline" }, region: "eu-west-1", role: "arn:aws:iam::1:role/p" }
defaults run { image: "node:22", timeout: 20m, env: { D: "callee" } }
"##;

fn stage(items: &str) -> String {
    format!("{DEFAULTS}stage s {{\n{items}\n}}")
}

#[test]
fn the_nearest_default_wins() {
    let action =
        it(&stage("defaults run { timeout: 5m }\naction it = run { script: \"true\", image: \"alpine\" }"));
    assert_eq!(action.timeout, Some(300));
    assert_eq!(action.config["image"].as_str(), Some("alpine"));
    assert_eq!(action.region, Some("eu-west-1".into()));
}

#[test]
fn env_merges_by_key_and_null_removes() {
    let action = it(&stage(
        "defaults { env: { B: \"stage\", C: null } }\naction it = run { script: \"true\", env: { B: \"own\", E: \"own\" } }",
    ));
    let mut found = env(&action);
    found.sort_unstable();
    assert_eq!(found, [("A", "pipeline"), ("B", "own"), ("D", "callee"), ("E", "own")]);
    let action = it(&stage("action it = run { script: \"true\", env: { A: null } }"));
    assert!(env(&action).iter().all(|(key, _)| *key != "A"));
}

#[test]
fn null_removes_a_default() {
    let action = it(&stage("action it = run { script: \"true\", image: null, timeout: null, region: null }"));
    assert!(!action.config.contains_key("image"));
    assert_eq!((action.timeout, action.region), (None, None));
}

#[test]
fn defaults_of_another_callee_do_not_apply() {
    let action = it(&stage("action it = approve {}"));
    assert_eq!(action.timeout, None);
    assert!(action.env.is_empty(), "`approve` has no `env`, and the general one is none of its business");
}

#[test]
fn defaults_are_checked_themselves() {
    let rest = "stage s { action it = run { script: \"true\" } }";
    for (defaults, start) in [
        ("defaults { image: \"x\" }", "P0302 image: `image` cannot be a default of all actions"),
        ("defaults run { imgae: \"x\" }", "P0302 imgae: `imgae` cannot be a default of `run`"),
        ("defaults run { inputs: [] }", "P0302 inputs"),
        ("defaults rum { image: \"x\" }", "P0203 rum"),
    ] {
        let found = said_in(&format!("{defaults}\n{rest}"));
        assert!(found.starts_with(start) && found.lines().count() == 1, "{defaults}: {found}");
    }
}

fn inputs(action: &Action) -> Vec<String> {
    let show = |input: &crate::plan::Input| {
        let output = input.artifact.output.as_ref().map(|o| format!(".{o}")).unwrap_or_default();
        format!("{}={}{output}", input.name, input.artifact.action)
    };
    action.inputs.iter().map(show).collect()
}

const BUILDS: &str = r##"
stage build {
  action app = git { repository: "acme/shop", branch: "main" }
  action site = run { inputs: [app], script: "make", outputs: { dist: "dist/**", infra: "infra/**" } }
}
"##;

#[test]
fn files_and_artifacts_in_fields_are_inputs() {
    let action = it(&format!(
        "{BUILDS}stage s {{ action it = aws.cloudformation {{
            action_mode: \"CREATE_UPDATE\", stack_name: \"shop\", role_arn: \"arn:aws:iam::1:role/p\"
            template_path: site.infra / \"infra/template.yml\"
            template_configuration: app / \"prod.json\"
        }} }}"
    ));
    assert_eq!(inputs(&action), ["INFRA=build.site.infra", "APP=build.app"]);
    assert_eq!(action.needs, ["build.site", "build.app"]);
}

#[test]
fn what_is_an_input_already_is_not_added() {
    let action = it(&format!(
        "{BUILDS}stage s {{ action it = aws.codebuild {{ project_name: \"x\", inputs: [app, site.dist], primary_source: app }} }}"
    ));
    assert_eq!(inputs(&action), ["APP=build.app", "DIST=build.site.dist"]);
    let found = said_in(&format!(
        "{BUILDS}stage s {{ action it = aws.codebuild {{ project_name: \"x\", inputs: [app, site.dist] }} }}"
    ));
    assert!(found.contains("P0303 aws.codebuild: `aws.codebuild` needs `primary_source`"), "{found}");
}

#[test]
fn a_record_names_the_inputs() {
    let action = it(&format!(
        "{BUILDS}stage s {{ action it = run {{ inputs: {{ web: site.dist, src: app }}, script: \"true\" }} }}"
    ));
    assert_eq!(inputs(&action), ["WEB=build.site.dist", "SRC=build.app"]);
}

#[test]
fn a_misspelt_field_is_not_missed_as_well() {
    let found = said_in("stage s { action it = run { scirpt: \"true\" } }");
    assert_eq!(found, "P0302 scirpt: `run` has no field `scirpt`\n");
    let found = said_in("stage s { action it = git { repository: \"a/b\", brnach: \"main\" } }");
    assert_eq!(found, "P0302 brnach: `git` has no field `brnach`\n");
}

#[test]
fn values_in_a_script_become_env() {
    let items = |env: &str| {
        format!(
            "let v = \"1\"\nstage s {{ action it = run {{ {env}script: \"echo #{{v}} #{{v}} #{{execution.id}}\" }} }}"
        )
    };
    for (env, expected) in [
        ("", "env: { V: v, ID: execution.id }, script: \"echo ${V} ${V} ${ID}\""),
        ("env: {}, ", "env: { V: v, ID: execution.id }, script: \"echo ${V} ${V} ${ID}\""),
        (
            "env: { X: \"1\" }, ",
            "env: { V: v, ID: execution.id, X: \"1\" }, script: \"echo ${V} ${V} ${ID}\"",
        ),
    ] {
        let text = format!("pipeline p {{\n{}\n}}", items(env));
        let found = compiled(&text);
        let errors = found.errors();
        assert_eq!(errors.len(), 1);
        let mended = super::fixed(&text, errors[0].fix.as_ref().expect("there is one"));
        assert!(mended.contains(expected), "{mended}");
        assert!(compiled(&mended).errors().is_empty(), "{mended}");
    }
}
