//! Nothing is decided or dropped silently: what cannot be known, is written twice, or does not fit is said.

use super::{compiled, edges, said, said_in};

/// Fails unless exactly these codes are reported as errors, in the order of the text.
#[track_caller]
fn refused(items: &str, codes: &[&str]) {
    let found = compiled(&format!("pipeline p {{\n{items}\n}}"));
    let errors: Vec<&str> = found.errors().iter().map(|d| d.code.id).collect();
    assert_eq!(errors, codes, "{}", said_in(items));
}

const SOURCE: &str = "stage source { action app = git { repository: \"a/b\", branch: \"main\" } }\n";

#[test]
fn heads_need_constants() {
    let head = |head: &str| {
        refused(&format!("{SOURCE}stage s {{ action x {head} = run {{ script: \"x\" }} }}"), &["P0306"]);
    };
    head("if app.commit == \"abc\"");
    head("if !(app.commit == \"abc\")");
    head("if contains(app.commit, \"abc\")");
    head("for y in [app.commit]");
    head("for y in [\"#{app.commit}\"]");
    head("for y in app");
    refused(
        &format!("{SOURCE}stage s if app.commit == \"x\" {{ action x = run {{ script: \"x\" }} }}"),
        &["P0306"],
    );
    refused(
        &format!(
            "{SOURCE}let list = [app.commit]\nstage s {{ action x for y in list = run {{ script: \"x\" }} }}"
        ),
        &["P0306"],
    );
}

#[test]
fn comparisons_look_into_lists() {
    let condition = |condition: &str, code: &str| {
        refused(
            &format!(
                "variable env: string = \"a\"\nstage s {{ action x if {condition} = run {{ script: \"x\" }} }}"
            ),
            &[code],
        );
    };
    condition("\"a\" in [env]", "P0306");
    condition("[env] == []", "P0323");
    condition("1 in [\"1\"]", "P0301");
}

#[test]
fn a_stage_waits_for_a_whole_family() {
    let family = "stage a {}\nstage d for r in [\"eu\", \"us\"] { needs: [a] }\nstage done {}";
    assert_eq!(edges(family), "a <-\nd-eu <- a\nd-us <- a\ndone <- d-eu, d-us");
    let chain = "stage a {}\nstage d for r in [\"eu\", \"us\"] {}\nstage done {}";
    assert_eq!(edges(chain), "a <-\nd-eu <- a\nd-us <- d-eu\ndone <- d-us");
}

#[test]
fn bodies_are_written_out() {
    let run = "action x = run { script: \"x\" }";
    refused(&format!("let c = {{ timeout: 5m }}\ndefaults run {{ ...c }}\nstage s {{ {run} }}"), &["P0108"]);
    refused(&format!("let c = {{ branches: [\"m\"] }}\non push {{ ...c }}\n{SOURCE}"), &["P0108"]);
    refused(
        "let c = { o: \"o\" }\nstage s { action x = run { script: \"x\", outputs: { ...c } } }",
        &["P0108"],
    );
    refused(
        "let c = { script: \"y\" }\nstage s { action x = run { script: \"x\", local: { ...c } } }",
        &["P0108"],
    );
}

#[test]
fn nothing_is_given_twice() {
    refused(&format!("on push {{ branches: [\"a\"], branches: [\"b\"] }}\n{SOURCE}"), &["P0304"]);
    refused("stage s {\n needs: []\n needs: []\n action x = run { script: \"x\" }\n}", &["P0304"]);
    refused(
        "defaults run { shell: \"sh\", shell: \"bash\" }\nstage s { action x = run { script: \"x\" } }",
        &["P0304"],
    );
    refused(
        "defaults run { shell: \"sh\" }\ndefaults run { shell: \"bash\" }\nstage s { action x = run { script: \"x\" } }",
        &["P0202"],
    );
    refused("stage s { action x = run { script: \"x\", variables: [\"A\", \"A\"] } }", &["P0304"]);
    refused(
        "stage s { action x = run { script: \"x\", variables: [\"a\"], outputs: { a: \"a\" } } }",
        &["P0202"],
    );
}

#[test]
fn null_is_not_given() {
    refused("stage s { action x = run { script: if false then \"x\" else null } }", &["P0303"]);
    refused("let n = null\nstage s { action x = git { repository: n, branch: \"m\" } }", &["P0303"]);
    refused(
        "aws { role: null, artifact_bucket: \"bucket\" }\nstage s { action x = run { script: \"x\" } }",
        &["P0303"],
    );
    refused(
        "stage s { action x = run { script: \"x\", env: null, after: null, output: null, variables: null } }",
        &[],
    );
}

#[test]
fn settings_of_an_engine_are_constant() {
    let aws =
        "aws { role: \"arn:aws:iam::111122223333:role/p\", artifact_bucket: \"bucket\", tags: { V: v } }";
    refused(&format!("variable v: string = \"x\"\n{aws}\n{SOURCE}"), &["P0306"]);
    refused(
        "aws { role: \"r\", artifact_stores: { \"eu-west-1\": { bucket: \"b\", encryption_key: 5 } } }",
        &["P0301"],
    );
    refused("aws { role: \"r\", artifact_stores: \"x\" }", &["P0301"]);
}

/// Whatever `compile` gives is a plan that can be read back.
#[test]
fn plans_have_no_problems() {
    let removed = "on push { source: app }\nstage source {\n action app if false = git { repository: \"a/b\", branch: \"m\" }\n action o = run { script: \"x\" }\n}";
    refused(removed, &["P0503"]);
    let no_source = "on push { branches: [\"m\"] }\nstage s {\n action x if false = run { script: \"x\" }\n action o = run { script: \"x\" }\n}";
    refused(no_source, &["P0318"]);
    let same_id = "stage s {\n action test for x in [\"a\"] = run { name: \"n\", script: \"x\" }\n action test-a = run { name: \"m\", script: \"x\" }\n}";
    refused(same_id, &["P0209"]);
}

#[test]
fn defaults_mean_what_they_say_where_they_stand() {
    let found = compiled(
        "pipeline p {\n let v = \"outer\"\n defaults run { env: { V: v } }\n stage s for x in [\"a\"] { action b for y in [\"q\"] = run { script: \"x\" } }\n}",
    );
    assert_eq!(found.pipeline().plan.actions[0].env["V"].as_str(), Some("outer"));
    let hidden = format!(
        "defaults run {{ env: {{ REV: app.commit }} }}\n{SOURCE}stage c {{ let app = {{ commit: \"fake\" }}\n action x = run {{ script: \"x\" }} }}"
    );
    refused(&hidden, &[]);
}

#[test]
fn inputs_are_called_after_their_action() {
    let found = compiled(
        "pipeline p {\n stage py for v in [\"3.11\"] {\n action build = run { script: \"x\", output: \"o\" }\n action use = run { inputs: [build], script: \"x\" }\n }\n}",
    );
    assert_eq!(found.pipeline().plan.actions[1].inputs[0].name, "BUILD");
}

#[test]
fn artifacts_in_json_are_inputs() {
    let found = compiled(
        "pipeline p {\n stage s {\n action lam = run { script: \"x\", output: \"o\" }\n action up = aws.cloudformation { action_mode: \"DELETE_ONLY\", stack_name: \"s\", role_arn: \"r\", parameter_overrides: { B: { \"Fn::GetArtifactAtt\": [lam, \"BucketName\"] } } }\n }\n}",
    );
    let up = &found.pipeline().plan.actions[1];
    assert_eq!(up.inputs[0].artifact.action, "s.lam");
    assert_eq!(up.needs, ["s.lam"]);
}

#[test]
fn pipelines_have_names_of_their_own() {
    let all = said("pipeline p { name: \"X\" }\npipeline q { name: \"X\" }");
    assert!(all.starts_with("P0209 q: two pipelines are exported as `X`"), "{all}");
    let all = said("pipeline p {}\npipeline p {}");
    assert_eq!(all.lines().count(), 1, "{all}");
}

#[test]
fn local_may_come_through_a_let() {
    let found = compiled(
        "let sim = { script: \"x\", env: { A: \"b\" } }\npipeline p {\n stage s { action x = aws.s3_deploy { inputs: [y], bucket_name: \"b\", extract: true, local: sim }\n action y = run { script: \"x\", output: \"o\" } }\n}",
    );
    assert!(found.pipeline().plan.actions.iter().any(|action| action.local.is_some()));
    refused(
        "let sim = { scirpt: \"x\" }\nstage s { action x = run { script: \"x\", local: sim } }",
        &["P0302"],
    );
}

#[test]
fn what_an_unreadable_use_would_bring_is_not_unknown() {
    for (use_, value) in [
        ("use \"./lib.pipe\" az y", "y.url(\"x\")"),
        ("use lib", "lib.url(\"x\")"),
        ("use ./lib.pipe", "lib.url(\"x\")"),
        ("use \"./lib.pipe\" as", "lib.url(\"x\")"),
        ("use { url } \"./lib.pipe\"", "url(\"x\")"),
        ("import url from \"./lib.pipe\"", "url(\"x\")"),
        ("use \"./missing.pipe\"", "missing.url(\"x\")"),
    ] {
        let all = said(&format!("{use_}\nlet a = {value}\nlet b = [y.z, lib.z, url]\n"));
        let follows = all.lines().filter(|line| line.contains("P0207")).count();
        assert_eq!(follows, 0, "{all}");
    }
}
