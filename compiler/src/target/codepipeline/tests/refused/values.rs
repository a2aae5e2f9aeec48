//! Secrets, what only CloudFormation knows, and what starts a pipeline.

use crate::plan::{
    ArtifactStore, ArtifactStores, AwsSecret, Filter, GatePoint, Location, PipelineType, Plan,
    PullRequestEvent, RunAs, Trigger,
};
use crate::value::{Reference, Value};

use super::super::build::{
    Build as _, With as _, WithGate as _, action, gate, joined, record, reference, secret, shop_with,
};
use super::super::documents::push;
use super::super::values::{github, with_github};
use super::{Cases, approve, commands, with_aws};

fn token(aws: Option<AwsSecret>) -> impl Fn(Plan) -> Plan {
    move |plan| plan.change(|plan| plan.secrets.push(secret("token", aws.clone())))
}

fn named(text: &str) -> Option<AwsSecret> {
    Some(AwsSecret::SecretsManager(text.to_owned()))
}

fn stored(text: &str) -> Option<AwsSecret> {
    Some(AwsSecret::ParameterStore(text.to_owned()))
}

pub(super) fn secrets() -> Cases {
    let used = || Value::Secret("token".to_owned());
    let run = || shop_with(commands().env("TOKEN", used()));
    let listed = || {
        shop_with(
            action("build.x", "aws.commands")
                .with("commands", super::super::build::list(&["make"]))
                .reads("APP", "source.app", None)
                .env("TOKEN", used()),
        )
    };
    let project = || {
        shop_with(
            action("build.x", "aws.codebuild")
                .with("project_name", "x")
                .reads("APP", "source.app", None)
                .env("TOKEN", used()),
        )
    };
    let held = |aws: Option<AwsSecret>| token(aws)(with_github(github().with("oauth_token", used())));
    let masked = "warning P0426: the secret `token` is exported as `****`";
    let itself = "error P0426: `oauth_token` of `source.old` takes the secret itself, not where it is kept";
    vec![
        (token(named("ci/token"))(run()), ""),
        (token(named("ci/token"))(listed()), ""),
        (token(named("ci/token"))(project()), ""),
        (token(stored("/ci/token"))(project()), ""),
        (token(stored("/ci/token"))(run()).aws(|aws| aws.run = RunAs::Codebuild), ""),
        (
            token(stored("/ci/token"))(run()),
            "error P0426: `TOKEN` of `build.all` is kept in the Parameter Store, which its action type cannot read",
        ),
        (
            token(stored("/ci/token"))(listed()),
            "error P0426: `TOKEN` of `build.x` is kept in the Parameter Store, which its action type cannot read",
        ),
        (token(Some(AwsSecret::Masked))(run()), masked),
        (token(Some(AwsSecret::Masked))(project()), masked),
        (token(Some(AwsSecret::Literal("x".to_owned())))(run()), ""),
        (
            token(Some(AwsSecret::Cloudformation("{\"Ref\":\"Token\"}".to_owned())))(run()),
            "error P0407: `TOKEN` of `build.all` holds what only CloudFormation knows",
        ),
        (
            token(None)(run()),
            "error P0426: `TOKEN` of `build.all` is the secret `token`, which does not say where AWS finds it",
        ),
        (run(), "error P0407: `TOKEN` of `build.all` is a secret that the plan does not have"),
        (token(None)(approve()), ""),
        (held(Some(AwsSecret::Masked)), masked),
        (held(Some(AwsSecret::Literal("x".to_owned()))), ""),
        (held(named("ci/token")), itself),
        (held(stored("/ci/token")), itself),
    ]
}

fn deployed() -> Reference {
    Reference::Deploy { cloudformation: "{\"Ref\":\"X\"}".to_owned() }
}

pub(super) fn deploy_time() -> Cases {
    let text = || reference(deployed());
    let value = || Value::Text(text());
    let gated = |change: fn(&mut crate::plan::Gate)| {
        approve().change(|plan| {
            plan.stages[1]
                .gates
                .push(gate("g", GatePoint::Entry, "aws.alarm").has("alarm_name", "a").also(change));
        })
    };
    let site = |field: &str, value: Value| {
        shop_with(
            action("build.site", "aws.s3_deploy")
                .with("bucket_name", "site")
                .with("extract", true)
                .with(field, value)
                .reads("APP", "source.app", None),
        )
    };
    vec![
        (
            with_aws(|aws| aws.role = reference(deployed())),
            "error P0407: `role` holds what only CloudFormation knows",
        ),
        (
            with_aws(|aws| {
                aws.artifacts = ArtifactStores::One(ArtifactStore {
                    bucket: reference(deployed()),
                    encryption_key: Some(reference(deployed())),
                });
            }),
            "error P0407: `artifact_bucket` holds what only CloudFormation knows\n\
             error P0407: `encryption_key` holds what only CloudFormation knows",
        ),
        (
            site("bucket_name", value()),
            "error P0407: `bucket_name` of `build.site` holds what only CloudFormation knows",
        ),
        (
            site("bucket_name", joined("site-", deployed(), "")),
            "error P0407: `bucket_name` of `build.site` holds what only CloudFormation knows",
        ),
        (
            site("configuration", record(&[("A", value()), ("B", value())])),
            "error P0407: `configuration` of `build.site` holds what only CloudFormation knows",
        ),
        (
            approve().change(|plan| {
                plan.actions[1].role = Some(reference(deployed()));
                plan.actions[1].region = Some(reference(deployed()));
            }),
            "error P0407: `role` of `build.ok` holds what only CloudFormation knows\n\
             error P0407: `region` of `build.ok` holds what only CloudFormation knows",
        ),
        (
            shop_with(commands().env("A", value()).env("B", value())),
            "error P0407: `env` of `build.all` holds what only CloudFormation knows",
        ),
        (
            gated(|gate| {
                drop(gate.config.insert("alarm_name".to_owned(), Value::Text(reference(deployed()))));
            }),
            "error P0407: `alarm_name` of the gate `g` of `build` holds what only CloudFormation knows",
        ),
        (
            gated(|gate| gate.role = Some(reference(deployed()))),
            "error P0407: `role` of the gate `g` of `build` holds what only CloudFormation knows",
        ),
        (
            approve().change(|plan| {
                plan.actions[1].role = Some(reference(super::super::build::output("source.app", "x")));
            }),
            "error P0407: `role` of `build.ok` is known only at run, where CodePipeline takes a constant",
        ),
    ]
}

fn here() -> Location {
    Location { file: "pipeline.pipe".to_owned(), line: 1 }
}

fn filter(include: &[&str]) -> Filter {
    Filter { include: include.iter().map(|text| (*text).to_owned()).collect(), exclude: Vec::new() }
}

fn tag(tags: &[&str]) -> Trigger {
    Trigger::Tag { action: "source.app".to_owned(), tags: Some(filter(tags)), source: here() }
}

fn pull_request(branches: Option<&[&str]>, paths: Option<&[&str]>) -> Trigger {
    Trigger::PullRequest {
        action: "source.app".to_owned(),
        events: vec![PullRequestEvent::Opened],
        branches: branches.map(filter),
        paths: paths.map(filter),
        source: here(),
    }
}

pub(super) fn triggers() -> Cases {
    let with = |triggers: Vec<Trigger>| approve().change(|plan| plan.triggers = triggers);
    let schedule = || Trigger::Schedule { expression: "cron(0 6 * * ? *)".to_owned(), source: here() };
    let v1 = |plan: Plan| plan.aws(|aws| aws.pipeline_type = Some(PipelineType::V1));
    let scheduled =
        "warning P0408: the schedule `cron(0 6 * * ? *)` is not exported: it is not part of a pipeline";
    let no_branches = "error P0418: a trigger on pull requests does not filter branches, which CodePipeline does not accept";
    let main: &[&str] = &["main"];
    vec![
        (
            with(vec![
                tag(&["v*"]),
                push("source.app", Some(main), None),
                pull_request(Some(main), Some(&["src/**"])),
            ]),
            "",
        ),
        (with(vec![pull_request(None, None)]), no_branches),
        (with(vec![pull_request(None, Some(&["src/**"]))]), no_branches),
        (
            with(vec![tag(&["a", "b", "c", "d", "e", "f", "g", "h", "i"])]),
            "error P0418: a trigger has 9 tags to include; CodePipeline takes 8",
        ),
        (with(vec![tag(&[""])]), "error P0418: CodePipeline does not accept the pattern `` of a trigger"),
        (with(["a", "b", "c"].iter().map(|t| tag(&[t])).collect()), ""),
        (
            with(
                ["a", "b", "c"]
                    .iter()
                    .map(|t| tag(&[t]))
                    .chain([push("source.app", Some(main), None)])
                    .collect(),
            ),
            "error P0418: more than 3 triggers on pushes to `source.app`",
        ),
        (
            with(["a", "b", "c", "d"].iter().map(|b| pull_request(Some(&[b]), None)).collect()),
            "error P0418: more than 3 triggers on pull requests of `source.app`",
        ),
        (with(vec![schedule()]), scheduled),
        (v1(with(vec![schedule()])), scheduled),
        (v1(with(vec![tag(&["v*"])])), "error P0414: a pipeline of type V1 has no filtered triggers"),
        (
            with(vec![schedule()]).variable("x", None),
            "warning P0413: the variable `x` has no default, so a triggered run fails\n\
             warning P0408: the schedule `cron(0 6 * * ? *)` is not exported: it is not part of a pipeline",
        ),
    ]
}
