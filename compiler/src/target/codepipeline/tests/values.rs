//! Values of fields: secrets, lists, what is written although nobody said it.

use indexmap::IndexMap;

use crate::catalog::{Callee, Count, Environment, Field, Limits, Required, Service, Type, Variables};
use crate::places::Places;
use crate::plan::{Action, AwsSecret, Plan};
use crate::target::codepipeline::export;
use crate::value::Value;

use super::build::{
    Build as _, With as _, action, found, joined, json, lines, list, output, secret, shop, shop_with,
    variable,
};

/// A source as a user may declare one: it polls unless it is told not to, and holds a secret.
fn old_github() -> Callee {
    let field = |name: &str, key: &str, ty: Type| Field {
        name: name.to_owned(),
        key: key.to_owned(),
        ty,
        required: Required::No,
        default: String::new(),
        doc: String::new(),
        limits: Limits::default(),
    };
    Callee {
        name: "old_github".to_owned(),
        is_rule: false,
        doc: String::new(),
        sources: Vec::new(),
        deprecated: None,
        service: Some(Service {
            categories: vec!["Source".to_owned()],
            owner: "ThirdParty".to_owned(),
            provider: "GitHub".to_owned(),
            version: "1".to_owned(),
            v2_only: false,
        }),
        inputs: Count::exactly(0),
        outputs: Count::exactly(1),
        globs: false,
        variables: Variables::None,
        environment: Environment::None,
        secrets: Vec::new(),
        fields: vec![
            field("repo", "Repo", Type::String),
            field("labels", "Labels", Type::StringList),
            field("poll_for_source_changes", "PollForSourceChanges", Type::Bool),
            field("output_artifact_format", "OutputArtifactFormat", Type::String),
            field("oauth_token", "OAuthToken", Type::Secret),
        ],
    }
}

pub(super) fn github() -> Action {
    action("source.old", "old_github").with("repo", "shop").gives(None, "old", &[])
}

pub(super) fn with_github(action: Action) -> Plan {
    shop_with(super::build::action("build.ok", "approve"))
        .action(action)
        .change(|plan| plan.callees = IndexMap::from([("old_github".to_owned(), old_github())]))
}

/// The configuration of a source of that kind, and what else must exist.
fn configured(action: Action) -> (Vec<(String, String)>, Vec<String>) {
    let export = export(&with_github(action), &Places::default());
    assert_eq!(lines(&export), "");
    let configuration = export.document.unwrap().pipeline.stages[0].actions[1].configuration.clone();
    (configuration.into_iter().collect(), export.notes)
}

#[test]
fn polling_is_turned_off_where_nobody_asks_for_it() {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let (configuration, notes) = configured(github());
    assert_eq!(configuration, [pair("Repo", "shop"), pair("PollForSourceChanges", "false")]);
    assert_eq!(
        notes,
        ["a change of `source.old` starts the pipeline only where a rule of EventBridge says so"]
    );
    let (configuration, notes) = configured(github().with("poll_for_source_changes", true));
    assert_eq!(configuration, [pair("Repo", "shop"), pair("PollForSourceChanges", "true")]);
    assert!(notes.is_empty());
}

#[test]
fn clones_of_any_source_are_for_codebuild() {
    let read = |callee: &str| {
        with_github(github().with("output_artifact_format", "CODEBUILD_CLONE_REF")).action(
            action("build.x", callee).with("project_name", "x").with("commands", list(&["make"])).reads(
                "OLD",
                "source.old",
                None,
            ),
        )
    };
    assert_eq!(found(&read("aws.codebuild")), "");
    assert_eq!(
        found(&read("aws.commands")),
        "warning P0424: `build.x` reads a full clone, which only CodeBuild actions understand\n"
    );
}

#[test]
fn lists_are_joined_by_commas() {
    let (configuration, _) = configured(github().with("labels", list(&["a", "b c"])));
    assert_eq!(configuration[1], ("Labels".to_owned(), "a,b c".to_owned()));
    let apart = with_github(github().with("labels", list(&["a,b", "c"])));
    assert_eq!(
        found(&apart),
        "error P0410: `a,b` in `labels` of `source.old` holds a comma, by which CodePipeline would take it apart\n"
    );
}

/// A pipeline whose secrets go everywhere they can.
pub(super) fn secretive() -> Plan {
    let used = |id: &str| Value::Secret(id.to_owned());
    shop()
        .change(|plan| {
            plan.secrets = vec![
                secret("token", Some(AwsSecret::SecretsManager("ci/token:key".to_owned()))),
                secret("password", Some(AwsSecret::ParameterStore("/ci/password".to_owned()))),
                secret("open", Some(AwsSecret::Literal("plain".to_owned()))),
            ];
        })
        .variable("level", Some("info"))
        .stage("build", &["source"])
        .action(
            action("build.commands", "aws.commands")
                .with(
                    "commands",
                    Value::List(vec![
                        joined("echo ", output("source.app", "commit"), ""),
                        Value::text("make"),
                    ]),
                )
                .with("environment_type", "LINUX_CONTAINER")
                .with("compute_type", "BUILD_GENERAL1_MEDIUM")
                .reads("APP", "source.app", None)
                .env("TOKEN", used("token"))
                .env("LEVEL", joined("", variable("level"), ""))
                .env("OPEN", used("open"))
                .gives(None, "made", &["dist/**/*"])
                .vars(&["TAG"]),
        )
        .action(
            action("build.project", "aws.codebuild")
                .with("project_name", "unit")
                .reads("APP", "source.app", None)
                .env("TOKEN", used("token"))
                .env("PASSWORD", used("password"))
                .env("TAG", joined("", output("build.commands", "TAG"), "")),
        )
}

#[test]
fn secrets_are_named_where_the_service_finds_them() {
    let plan = secretive();
    assert_eq!(found(&plan), "");
    let document = export(&plan, &Places::default()).document.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document.pipeline.stages[1]).unwrap());
}

#[test]
fn masks_and_plain_secrets_stand_as_they_are() {
    let with = |aws: AwsSecret| {
        let plan = with_github(github().with("oauth_token", Value::Secret("token".to_owned())));
        let plan = plan.change(|plan| plan.secrets.push(secret("token", Some(aws))));
        let document = export(&plan, &Places::default()).document.unwrap();
        document.pipeline.stages[0].actions[1].configuration["OAuthToken"].clone()
    };
    assert_eq!(with(AwsSecret::Masked), "****");
    assert_eq!(with(AwsSecret::Literal("x".to_owned())), "x");
}

#[test]
fn a_document_without_deploy_time_values_has_no_empty_texts() {
    assert!(!json(&secretive()).contains("\"\""));
}
