//! Every rule broken once; the documents of `documents` keep them all.

use indexmap::IndexMap;

use crate::diagnostic::codes;
use crate::plan::{
    ArtifactStore, ArtifactStores, Aws, ExecutionMode, Filter, OnFailure, PipelineType, Plan, RunAs, Trigger,
};
use crate::value::{ArtifactRef, Value};

use super::build::{
    Build as _, With as _, action, found, git, joined, list, output, record, run, shop, shop_with, variable,
};
use super::documents::push;

fn approve() -> Plan {
    shop_with(action("build.ok", "approve"))
}

fn with_aws(change: impl FnOnce(&mut Aws)) -> Plan {
    approve().aws(change)
}

fn commands() -> crate::plan::Action {
    run("build.all", "make").reads("APP", "source.app", None)
}

fn stores(regions: &[&str]) -> ArtifactStores {
    let store = ArtifactStore { bucket: "acme".to_owned(), encryption_key: None };
    ArtifactStores::PerRegion(regions.iter().map(|region| ((*region).to_owned(), store.clone())).collect())
}

fn site(id: &str, region: &str) -> crate::plan::Action {
    action(id, "aws.s3_deploy")
        .with("bucket_name", "site")
        .with("extract", true)
        .reads("APP", "source.app", None)
        .but(|action| action.region = Some(region.to_owned()))
}

/// Plans with all that is said about them.
fn cases() -> Vec<(Plan, &'static str)> {
    let mut cases = settings();
    cases.extend(parts());
    cases.extend(actions());
    cases.extend(runs());
    cases.extend(texts());
    cases
}

fn settings() -> Vec<(Plan, &'static str)> {
    vec![
        (approve(), ""),
        (approve().change(|plan| plan.aws = None), "error P0401: the pipeline `shop` has no settings for CodePipeline"),
        (with_aws(|aws| aws.role = "deployer".to_owned()), "error P0415: `deployer` is not the ARN of a role"),
        (with_aws(|aws| aws.role = "arn:aws-cn:iam::111122223333:role/x/y".to_owned()), ""),
        (
            with_aws(|aws| {
                aws.artifacts = ArtifactStores::One(ArtifactStore { bucket: "a/b".into(), encryption_key: Some(String::new()) });
            }),
            "error P0415: `a/b` is not the name of a bucket\n\
             error P0415: the encryption key is not the id or ARN of a KMS key",
        ),
        (
            with_aws(|aws| aws.tags = IndexMap::from([("aws:x".to_owned(), String::new())])),
            "error P0415: CodePipeline does not accept the tag `aws:x`: keys that start with `aws:` belong to AWS",
        ),
        (with_aws(|aws| aws.artifacts = stores(&["us_east"])), "error P0415: `us_east` is not the name of a Region"),
        (
            with_aws(|aws| aws.disabled = IndexMap::from([("build".to_owned(), "frozen".to_owned())])),
            "warning P0408: that the stage `build` is disabled is not exported: it is not part of a pipeline",
        ),
        (
            with_aws(|aws| aws.tags = (0..51).map(|i| (format!("k{i}"), String::new())).collect()),
            "error P0404: the pipeline has 51 tags; CodePipeline takes 0 to 50",
        ),
        (shop_with(site("build.eu", "eu-west-1")), ""),
        (
            shop_with(site("build.eu", "eu-west-1")).action(site("build.us", "us-east-1")),
            "error P0416: `build.us` works in `us-east-1`, another action in `eu-west-1`, with one artifact bucket",
        ),
        (
            shop_with(site("build.eu", "eu-west-1")).aws(|aws| aws.artifacts = stores(&["us-east-1"])),
            "error P0416: `build.eu` works in `eu-west-1`, which has no artifact store",
        ),
        (
            approve()
                .aws(|aws| aws.artifacts = stores(&["us-east-1", "eu-west-1"]))
                .action(git("source.other").but(|action| action.region = Some("eu-west-1".to_owned())))
                .change(|plan| plan.actions[0].region = Some("us-east-1".to_owned())),
            "error P0416: `source.other` cannot work in `eu-west-1`: the pipeline is in `us-east-1`",
        ),
    ]
}

fn parts() -> Vec<(Plan, &'static str)> {
    let v1 = |plan: Plan| plan.aws(|aws| aws.pipeline_type = Some(PipelineType::V1));
    let failing = |stage: usize, reaction| approve().change(move |plan| plan.stages[stage].on_failure = Some(reaction));
    let triggered = |trigger: Trigger| approve().change(|plan| plan.triggers.push(trigger));
    vec![
        (
            approve().change(|plan| plan.pipeline.name = "a b".to_owned()),
            "error P0402: CodePipeline does not accept `a b` as the name of a pipeline",
        ),
        (approve().change(|plan| plan.stages[1].name = "Build.1@x".to_owned()), ""),
        (
            approve().change(|plan| plan.actions[0].outputs[0].name = "a.b".to_owned()),
            "error P0402: CodePipeline does not accept `a.b` as the name of an artifact",
        ),
        (
            approve().change(|plan| plan.stages[1].name = "source".to_owned()),
            "error P0403: two stages are exported as `source`",
        ),
        (
            approve().action(action("build.other", "approve").but(|action| action.name = "ok".to_owned())),
            "error P0403: two actions of one stage are exported as `ok`",
        ),
        (
            approve().change(|plan| plan.actions[0].namespace = Some("source_app".to_owned())),
            "error P0403: the namespace `source_app` is also the name of an artifact",
        ),
        (
            approve().change(|plan| plan.actions[0].namespace = Some("variables".to_owned())),
            "error P0403: the namespace `variables` belongs to CodePipeline itself",
        ),
        (shop(), "error P0404: the pipeline has 1 stages; CodePipeline takes 2 to 50"),
        (
            approve().stage("empty", &["build"]),
            "error P0404: the stage `empty` has no actions",
        ),
        (
            (1..60).fold(approve(), |plan, i| plan.action(action(&format!("build.a{i}"), "approve"))),
            "warning P0404: the stage `build` has 60 actions; CodePipeline may take only 50",
        ),
        (
            approve().action(action("source.ok", "approve")),
            "error P0405: `source.ok` is not a source, but in the stage of sources",
        ),
        (approve().action(git("build.more")), "error P0405: `build.more` is a source, but not in the first stage"),
        (approve().change(|plan| { plan.actions.remove(0); plan.actions.push(action("source.x", "approve")); }),
            "error P0405: the first stage, `source`, has no source"),
        (approve().variable("x", None), ""),
        (
            triggered(push("source.app", Some(&["main"]), None)).variable("x", None),
            "warning P0413: the variable `x` has no default, so a triggered run fails",
        ),
        (v1(approve().variable("x", Some("y"))), "error P0414: a pipeline of type V1 has no variables"),
        (
            v1(with_aws(|aws| aws.mode = Some(ExecutionMode::Queued))),
            "error P0414: a pipeline of type V1 has no execution modes other than `superseded`",
        ),
        (v1(shop_with(commands())), "error P0414: a pipeline of type V1 has no Commands actions, which `run` becomes"),
        (failing(0, OnFailure::RetryAllActions), ""),
        (failing(1, OnFailure::Rollback), ""),
        (failing(0, OnFailure::Rollback), "error P0417: the stage `source` has sources, so it cannot be rolled back"),
        (
            failing(1, OnFailure::Rollback).aws(|aws| aws.mode = Some(ExecutionMode::Parallel)),
            "error P0417: the stage `build` rolls back, but executions run in parallel",
        ),
        (
            failing(1, OnFailure::Skip),
            "error P0417: the stage `build` is skipped on failure, which CodePipeline cannot do",
        ),
        (
            triggered(push("source.app", None, Some(&["src/**"]))),
            "error P0418: a trigger filters paths without filtering branches, which CodePipeline does not accept",
        ),
        (
            triggered(push("build.ok", Some(&["main"]), None)),
            "error P0418: a trigger names `build.ok`, which is not a connection source",
        ),
        (
            triggered(push("source.app", Some(&["a", "b", "c", "d", "e", "f", "g", "h", "i"]), None)),
            "error P0418: a trigger has 9 branches to include; CodePipeline takes 8",
        ),
        (
            ["a", "b", "c", "c", "d"].iter().fold(approve(), |plan, branch| {
                plan.change(|plan| plan.triggers.push(push("source.app", Some(&[branch]), None)))
            }),
            "error P0418: more than 3 triggers on pushes to `source.app`",
        ),
        (
            triggered(Trigger::Push {
                action: "source.app".to_owned(),
                branches: Some(Filter { include: Vec::new(), exclude: vec![String::new()] }),
                paths: None,
                source: crate::plan::Location { file: String::new(), line: 1 },
            }),
            "error P0418: CodePipeline does not accept the pattern `` of a trigger",
        ),
    ]
}

fn actions() -> Vec<(Plan, &'static str)> {
    let source = |change: fn(&mut IndexMap<String, Value>)| approve().change(move |plan| change(&mut plan.actions[0].config));
    let timeout = |seconds| approve().change(move |plan| plan.actions[1].timeout = Some(seconds));
    vec![
        (
            source(|config| { config.shift_remove("branch"); config.shift_remove("connection"); }),
            "error P0406: `source.app` has no `connection`, which CodePipeline needs\n\
             error P0406: `source.app` has no `branch`, which CodePipeline needs",
        ),
        (
            source(|config| {
                config.shift_remove("branch");
                config.insert("tag".to_owned(), Value::text("v1"));
            }),
            "error P0407: `source.app` reads a tag, but a source of CodePipeline follows a branch",
        ),
        (
            source(|config| { config.insert("submodules".to_owned(), Value::Bool(true)); }),
            "warning P0408: the submodules of `source.app` are not exported: a connection does not read them",
        ),
        (
            shop_with(commands()).change(|plan| {
                plan.actions[0].config.insert("full_clone".to_owned(), Value::Bool(true));
            }),
            "warning P0424: `build.all` reads a full clone, which only CodeBuild actions understand",
        ),
        (shop_with(action("build.x", "azure.task")), "error P0407: CodePipeline has no action type for `azure.task`"),
        (
            approve().change(|plan| plan.actions[1].retry = Some(2)),
            "warning P0408: `retry` of `build.ok` is not exported: CodePipeline retries stages, not actions",
        ),
        (
            shop_with(site("build.eu", "eu-west-1").but(|action| action.timeout = Some(600))),
            "warning P0408: the timeout of `build.eu` is not exported: the service has its own for each action type",
        ),
        (timeout(300), ""),
        (timeout(299), "warning P0420: the timeout of `build.ok` becomes 5 minutes"),
        (timeout(60), "error P0420: the timeout of `build.ok` is not between 5 minutes and 60 days"),
        (timeout(u64::MAX), "error P0420: the timeout of `build.ok` is not between 5 minutes and 60 days"),
        (
            approve().change(|plan| { plan.actions[1].config.insert("notify".to_owned(), Value::text("team")); }),
            "warning P0415: `team` does not look like the ARN of an SNS topic",
        ),
        (
            shop_with(action("build.x", "aws.codebuild").with("project_name", "x")),
            "error P0419: `build.x` has 0 input artifacts; its action type takes 1 to 5",
        ),
        (
            shop_with(
                action("build.x", "aws.codebuild")
                    .with("project_name", "x")
                    .reads("APP", "source.app", None)
                    .gives(Some("a"), "one-a", &[])
                    .gives(Some("b"), "one_b", &[]),
            ),
            "warning P0423: CodeBuild cannot make the artifact `one-a`, because of the `-`",
        ),
        (
            shop_with(
                action("build.x", "aws.action").with("category", "Invoke").with("owner", "Custom").with("provider", "a b"),
            ),
            "error P0402: CodePipeline does not accept `a b` as the name of a provider",
        ),
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Invoke")
                    .with("owner", "Custom")
                    .with("provider", "x")
                    .but(|action| action.role = Some("arn:aws:iam::111122223333:role/x".to_owned())),
            ),
            "error P0415: `build.x` is not an action of AWS, so it has no role",
        ),
    ]
}

fn runs() -> Vec<(Plan, &'static str)> {
    let many = |count: usize| (0..count).fold(commands(), |action, i| action.env(&format!("V{i}"), "x"));
    let names: Vec<String> = (0..16).map(|i| format!("V{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let globs: Vec<String> = (0..11).map(|i| format!("d{i}/*")).collect();
    let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
    vec![
        (shop_with(many(10)), ""),
        (shop_with(many(11)), "error P0409: `build.all` has 11 environment variables; a Commands action takes 10"),
        (
            shop_with(commands().gives(Some("a"), "a", &["a"]).gives(Some("b"), "b", &["b"])),
            "error P0409: `build.all` has 2 output artifacts; a Commands action takes 1",
        ),
        (shop_with(commands().vars(&names)), "error P0409: `build.all` has 16 variables; a Commands action takes 15"),
        (
            shop_with(commands().gives(None, "a", &globs)),
            "error P0409: `build.all` has 11 globs of an artifact; a Commands action takes 10",
        ),
        (
            shop_with(commands().with("image", "node:22")),
            "error P0409: `build.all` wants the image `node:22`, but a Commands action always has the service's own",
        ),
        (shop_with(commands().with("image", "node:22")).aws(|aws| aws.run = RunAs::Codebuild), ""),
        (shop_with(commands().but(|action| action.timeout = Some(55 * 60))), ""),
        (
            shop_with(commands().but(|action| action.timeout = Some(55 * 60 + 1))),
            "error P0409: `build.all` may take longer than the 55 minutes of a Commands action",
        ),
        (
            shop_with(commands().but(|action| action.timeout = Some(20 * 60))),
            "hint P0408: the timeout of `build.all` is not exported: a Commands action ends after 55 minutes",
        ),
        (
            shop_with(commands().but(|action| action.timeout = Some(61))).aws(|aws| aws.run = RunAs::Codebuild),
            "warning P0420: the timeout of `build.all` becomes 5 minutes",
        ),
        (
            shop_with(commands().vars(&["a-b"])),
            "error P0402: `a-b` of `build.all` is not a name that a shell can export",
        ),
        (
            shop_with(commands().env("A.B", "x")),
            "error P0402: CodePipeline does not accept `A.B` as the name of an environment variable",
        ),
        (shop_with(commands().env("EMPTY", "")), ""),
        (
            shop_with(commands().reads("LIB", "source.lib", None))
                .action(git("source.lib").but(|action| action.outputs[0].name = "the-lib".to_owned())),
            "warning P0423: `build.all` may not find its input `the-lib` in CodeBuild",
        ),
    ]
}

fn texts() -> Vec<(Plan, &'static str)> {
    let message = |text: &str| shop_with(action("build.ok", "approve").with("message", text));
    vec![
        (message(""), "error P0410: `message` of `build.ok` is empty, which CodePipeline does not accept"),
        (message(&"x".repeat(1000)), ""),
        (
            message(&"x".repeat(1001)),
            "warning P0410: `message` of `build.ok` has 1001 characters; CodePipeline documents at most 1000",
        ),
        (
            message(&"x".repeat(50_001)),
            "error P0410: `message` of `build.ok` has 50001 characters; CodePipeline takes at most 1000",
        ),
        (
            approve().variable("x", Some("")),
            "error P0410: the default of the variable `x` must have 1 to 1000 characters",
        ),
        (
            message("use #{a.b}"),
            "error P0411: `message` of `build.ok` holds the text `#{a.b}`, which CodePipeline takes for a reference to a variable",
        ),
        (
            message("id #{codepipeline.PipelineExecutionId}"),
            "warning P0411: `message` of `build.ok` holds the text `#{codepipeline.PipelineExecutionId}`, which CodePipeline \
             replaces by a value",
        ),
        (
            message("a #{ b"),
            "warning P0411: `message` of `build.ok` holds the text `#{ b`, which CodePipeline may refuse",
        ),
        (
            approve().variable("x", Some("y")).change(|plan| {
                plan.actions[0].config.insert("branch".to_owned(), joined("release/", variable("x"), ""));
            }),
            "error P0412: the source `source.app` uses the variable `x`",
        ),
        (
            shop_with(
                action("build.x", "aws.codebuild")
                    .with("project_name", "x")
                    .env("M", joined("", output("source.app", "commit_message"), ""))
                    .reads("APP", "source.app", None),
            ),
            "warning P0422: a commit message goes into the JSON of `M` of `build.x`",
        ),
        (shop_with(commands().env("M", joined("", output("source.app", "commit_message"), ""))), ""),
        (
            shop_with(
                action("build.x", "aws.action")
                    .with("category", "Invoke")
                    .with("provider", "x")
                    .with("configuration", record(&[(&"k".repeat(51), list(&["a"]))])),
            ),
            "error P0402: CodePipeline does not accept `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk` as a configuration key",
        ),
        (
            shop_with(action("build.ok", "approve").with("message", joined("", output("source.none", "x"), ""))),
            "error P0407: `message` of `build.ok` refers to something that the plan does not have\n\
             error P0410: `message` of `build.ok` is empty, which CodePipeline does not accept",
        ),
    ]
}

#[test]
fn each_rule_says_what_is_wrong_and_nothing_else() {
    for (plan, expected) in cases() {
        let found = found(&plan);
        assert_eq!(found.trim_end(), expected);
    }
}

#[test]
fn every_code_of_the_target_is_produced() {
    let found: String = cases().iter().map(|(plan, _)| found(plan)).collect();
    for code in codes::ALL.iter().filter(|code| code.id.starts_with("P04") && code.id != "P0421") {
        assert!(found.contains(code.id), "{} is not tested", code.id);
    }
}

#[test]
fn broken_plans_do_no_harm() {
    let plan = approve().change(|plan| {
        plan.stages[0].needs.push("build".to_owned());
        plan.actions[1].needs.push("build.ok".to_owned());
        plan.actions[1].stage = "nowhere".to_owned();
        plan.actions[1].inputs.push(crate::plan::Input {
            name: "X".to_owned(),
            artifact: ArtifactRef { action: "none".to_owned(), output: None },
        });
    });
    assert!(found(&plan).contains("P0407"));
    let circle = approve().change(|plan| plan.actions[1].needs.push("build.ok".to_owned()));
    assert!(found(&circle).contains("in a circle"));
}
