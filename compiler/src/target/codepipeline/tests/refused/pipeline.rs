//! Rules of the pipeline as a whole.

use indexmap::IndexMap;

use crate::plan::{
    ArtifactStore, ArtifactStores, ExecutionMode, Filter, OnFailure, PipelineType, Plan, Trigger,
};

use super::super::build::{Build as _, With as _, action, git, shop, shop_with};
use super::super::documents::push;
use super::{Cases, approve, commands, site, stores, with_aws};

pub(super) fn settings() -> Cases {
    vec![
        (approve(), ""),
        (
            approve().change(|plan| plan.aws = None),
            "error P0401: the pipeline `shop` has no settings for CodePipeline",
        ),
        (with_aws(|aws| aws.role = "deployer".into()), "error P0415: `deployer` is not the ARN of a role"),
        (with_aws(|aws| aws.role = "arn:aws-cn:iam::111122223333:role/x/y".into()), ""),
        (
            with_aws(|aws| {
                aws.artifacts = ArtifactStores::One(ArtifactStore {
                    bucket: "a/b".into(),
                    encryption_key: Some("".into()),
                });
            }),
            "error P0415: `a/b` is not the name of a bucket\n\
             error P0415: the encryption key is not the id or ARN of a KMS key",
        ),
        (
            with_aws(|aws| aws.tags = IndexMap::from([("aws:x".to_owned(), String::new())])),
            "error P0415: CodePipeline does not accept the tag `aws:x`: keys that start with `aws:` belong to AWS",
        ),
        (
            with_aws(|aws| aws.artifacts = stores(&["us_east"])),
            "error P0415: `us_east` is not the name of a Region",
        ),
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
                .action(git("source.other").but(|action| action.region = Some("eu-west-1".into())))
                .change(|plan| plan.actions[0].region = Some("us-east-1".into())),
            "error P0416: `source.other` cannot work in `eu-west-1`: the pipeline is in `us-east-1`",
        ),
    ]
}

pub(super) fn parts() -> Cases {
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
        (
            approve().change(|plan| plan.actions[0].namespace = Some("rule".to_owned())),
            "warning P0403: CodePipeline may want the namespace `rule` for itself",
        ),
        (shop(), "error P0404: the pipeline has 1 stages; CodePipeline takes 2 to 50"),
        (approve().stage("empty", &["build"]), "error P0404: the stage `empty` has no actions"),
        (
            (1..60).fold(approve(), |plan, i| plan.action(action(&format!("build.a{i}"), "approve"))),
            "warning P0404: the stage `build` has 60 actions; CodePipeline may take only 50",
        ),
        (
            (0..5000).fold(approve(), |plan, i| plan.stage(&format!("s{i}"), &["source"])),
            "error P0404: the pipeline has 5002 stages; CodePipeline takes 50",
        ),
        (
            (0..5000).fold(approve(), |plan, i| plan.stage(&format!("s{i}"), &["source"])).aws(|aws| {
                aws.parallel_stages = crate::plan::ParallelStages::Merge;
            }),
            "error P0404: the pipeline has 5002 stages; CodePipeline takes 50",
        ),
        (
            (0..10_000).fold(approve(), |plan, i| plan.action(action(&format!("build.a{i}"), "approve"))),
            "error P0404: the pipeline has 10002 actions; CodePipeline takes 1000",
        ),
        (
            approve().action(action("source.ok", "approve")),
            "error P0405: `source.ok` is not a source, but in the stage of sources",
        ),
        (
            approve().action(git("build.more")),
            "error P0405: `build.more` is a source, but not in the first stage",
        ),
        (
            approve().change(|plan| {
                plan.actions.remove(0);
                plan.actions.push(action("source.x", "approve"));
            }),
            "error P0405: the first stage, `source`, has no source",
        ),
    ]
}

pub(super) fn behaviour() -> Cases {
    let v1 = |plan: Plan| plan.aws(|aws| aws.pipeline_type = Some(PipelineType::V1));
    let failing =
        |stage: usize, reaction| approve().change(move |plan| plan.stages[stage].on_failure = Some(reaction));
    let triggered = |trigger: Trigger| approve().change(|plan| plan.triggers.push(trigger));
    vec![
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
        (
            v1(shop_with(commands())),
            "error P0414: a pipeline of type V1 has no Commands actions, which `run` becomes",
        ),
        (failing(0, OnFailure::RetryAllActions), ""),
        (failing(1, OnFailure::Rollback), ""),
        (
            failing(0, OnFailure::Rollback),
            "error P0417: the stage `source` has sources, so it cannot be rolled back",
        ),
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
