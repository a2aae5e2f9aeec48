//! Exported documents.

use indexmap::IndexMap;

use crate::places::Places;
use crate::plan::{
    ArtifactStore, ArtifactStores, ExecutionMode, Filter, Local, Location, OnFailure, ParallelStages,
    PipelineType, Plan, RunAs, Trigger,
};
use crate::target::codepipeline::document::CreatePipeline;
use crate::target::codepipeline::{check, export};
use crate::target::{self, Output};
use crate::value::{ExecutionFact, Reference, Value};

use super::build::{
    Build as _, With as _, action, file, found, git, joined, json, lines, list, output, record, run, shop,
    shop_with, variable,
};

pub(super) fn push(source: &str, branches: Option<&[&str]>, paths: Option<&[&str]>) -> Trigger {
    let filter = |list: &[&str]| Filter {
        include: list.iter().map(|item| (*item).to_owned()).collect(),
        exclude: Vec::new(),
    };
    Trigger::Push {
        action: source.to_owned(),
        branches: branches.map(filter),
        paths: paths.map(filter),
        source: Location { file: "pipeline.pipe".to_owned(), line: 1 },
    }
}

/// A pipeline with a bit of everything.
fn release() -> Plan {
    shop()
        .variable("log_level", Some("info"))
        .change(|plan| {
            plan.variables[0].description = Some("Read by the smoke test.".to_owned());
            plan.triggers.push(push("source.app", Some(&["main", "release/**"]), Some(&["src/**"])));
            plan.stages[0].on_failure = Some(OnFailure::RetryFailedActions);
        })
        .aws(|aws| {
            aws.mode = Some(ExecutionMode::Queued);
            aws.tags = IndexMap::from([("team".to_owned(), "shop".to_owned())]);
            aws.artifacts = ArtifactStores::One(ArtifactStore {
                bucket: "acme-artifacts".into(),
                encryption_key: Some("alias/pipeline".into()),
            });
        })
        .stage("build", &["source"])
        .action(
            run("build.bundle", "npm ci\nexport TAG=\"$(git describe)\"\n")
                .reads("APP", "source.app", None)
                .env("LOG_LEVEL", joined("", variable("log_level"), ""))
                .gives(Some("dist"), "build_bundle_dist", &["dist/**"])
                .vars(&["TAG"]),
        )
        .stage("prod", &["build"])
        .action(
            action("prod.deploy", "aws.cloudformation")
                .with("action_mode", "CREATE_UPDATE")
                .with("stack_name", "shop")
                .with("template_path", file("build.bundle", Some("dist"), "dist/template.yml"))
                .with("role_arn", "arn:aws:iam::111122223333:role/stack")
                .with("capabilities", list(&["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]))
                .with(
                    "parameter_overrides",
                    record(&[("Tag", joined("", output("build.bundle", "TAG"), ""))]),
                )
                .reads("DIST", "build.bundle", Some("dist"))
                .after("prod.ok"),
        )
        .action(
            action("prod.ok", "approve")
                .with("message", joined("Ship ", output("source.app", "commit"), "?"))
                .with("url", joined("https://ci/", Reference::Execution { execution: ExecutionFact::Id }, ""))
                .but(|action| action.timeout = Some(3 * 24 * 3600)),
        )
        .change(|plan| plan.stages[2].on_failure = Some(OnFailure::Rollback))
}

/// The plans of this file whose documents are whole pipelines, for validators.
pub(super) fn plans() -> Vec<(&'static str, Plan)> {
    let whole = |script: &str| {
        shop_with(
            run("build.all", script)
                .reads("APP", "source.app", None)
                .gives(None, "all", &["**"])
                .vars(&["TAG"]),
        )
    };
    vec![
        ("release", release()),
        ("codebuild", codebuild()),
        ("custom", custom()),
        ("catalog", catalog()),
        ("sequence", side_by_side()),
        ("merged", side_by_side().aws(|aws| aws.parallel_stages = ParallelStages::Merge)),
        ("encoded", whole("if true; then\n  export TAG='#{a.b}'\nfi\n")),
        ("long", whole(&"if true; then echo x; fi\n".repeat(800))),
        ("file", whole("./build.sh")),
        ("gated", super::conditions::gated()),
        ("secretive", super::values::secretive()),
        ("triggered", super::started::triggered()),
        (
            "no-inputs",
            shop_with(run("build.all", "date > now").gives(None, "all", &["now"]).env("EMPTY", "")),
        ),
    ]
}

#[test]
fn a_release_pipeline() {
    insta::assert_snapshot!(json(&release()));
}

#[test]
fn the_document_reads_what_it_wrote() {
    let document = export(&release(), &Places::default()).document.unwrap();
    let again: CreatePipeline = serde_json::from_str(&document.to_json()).unwrap();
    assert_eq!(again, document);
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    assert_eq!(json(&release()), json(&release()));
}

fn codebuild() -> Plan {
    shop_with(
        run("build.test", "npm ci\nnpm test\n")
            .with("image", "node:22")
            .reads("APP", "source.app", None)
            .reads("TOOLS", "source.tools", None)
            .env("LEVEL", "info")
            .gives(Some("dist"), "build_test_dist", &["dist/**"])
            .gives(Some("report"), "build_test_report", &["report.xml"])
            .vars(&["TAG"])
            .but(|action| action.timeout = Some(20 * 60)),
    )
    .action(git("source.tools"))
    .aws(|aws| aws.run = RunAs::Codebuild)
}

#[test]
fn run_as_codebuild() {
    let plan = codebuild();
    let export = export(&plan, &Places::default());
    assert_eq!(lines(&export), "");
    let action = &export.document.unwrap().pipeline.stages[1].actions[0];
    insta::assert_snapshot!(serde_json::to_string_pretty(action).unwrap());
    let project = &export.projects[0];
    assert_eq!((project.name.as_str(), project.image.as_deref()), ("shop-build-test", Some("node:22")));
    assert_eq!(project.timeout_in_minutes, Some(20));
    insta::assert_snapshot!(project.buildspec);
}

fn custom() -> Plan {
    shop_with(
        action("build.scan", "aws.action")
            .with("category", "Test")
            .with("owner", "ThirdParty")
            .with("provider", "Scanner")
            .with("version", "2")
            .with(
                "configuration",
                record(&[("Deep", Value::Bool(true)), ("Level", Value::Int(3)), ("Tags", list(&["a"]))]),
            )
            .reads("APP", "source.app", None)
            .gives(Some("report"), "report", &[])
            .but(|action| action.namespace = Some("scan".to_owned())),
    )
}

#[test]
fn action_types_outside_of_the_catalog() {
    let plan = custom();
    let document = export(&plan, &Places::default()).document.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document.pipeline.stages[1].actions[0]).unwrap());
}

fn catalog() -> Plan {
    shop()
        .stage("build", &["source"])
        .action(
            action("build.test", "aws.codebuild")
                .with("category", "Test")
                .with("project_name", "unit")
                .with("batch_enabled", true)
                .env("COMMIT", joined("", output("source.app", "commit"), ""))
                .reads("APP", "source.app", None)
                .gives(None, "build_test", &[]),
        )
        .action(
            action("build.site", "aws.s3_deploy")
                .with("bucket_name", "site")
                .with("extract", true)
                .reads("TEST", "build.test", None)
                .but(|action| {
                    action.region = Some("eu-west-1".into());
                    action.role = Some("arn:aws:iam::111122223333:role/deploy".into());
                    action.local = Some(Local::Simulate);
                }),
        )
}

#[test]
fn codebuild_and_s3_of_the_catalog() {
    let plan = catalog();
    let document = export(&plan, &Places::default()).document.unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document.pipeline.stages[1]).unwrap());
}

#[test]
fn sources_detect_changes_only_where_a_push_without_filters_says_so() {
    let detects = |plan: &Plan| {
        let document = export(plan, &Places::default()).document.unwrap();
        let detects = document.pipeline.stages[0].actions[0].configuration["DetectChanges"].clone();
        (detects, document.pipeline.triggers.len())
    };
    let plan = || shop_with(action("build.ok", "approve"));
    let with = |triggers: Vec<Trigger>| plan().change(|plan| plan.triggers = triggers);
    assert_eq!(detects(&plan()), ("false".to_owned(), 0));
    assert_eq!(detects(&with(vec![push("source.app", None, None)])), ("true".to_owned(), 0));
    assert_eq!(detects(&with(vec![push("source.app", Some(&["main"]), None)])), ("false".to_owned(), 1));
    let both = with(vec![push("source.app", None, None), push("source.app", Some(&["v*"]), None)]);
    assert_eq!(detects(&both), ("false".to_owned(), 1));
    let filters =
        &export(&both, &Places::default()).document.unwrap().pipeline.triggers[0].git_configuration.push;
    assert_eq!(filters[0].branches.as_ref().unwrap().includes, ["main"]);
    assert_eq!(filters.len(), 2);
}

#[test]
fn a_full_clone_for_codebuild() {
    let plan = shop_with(run("build.all", "git log").reads("APP", "source.app", None))
        .aws(|aws| aws.run = RunAs::Codebuild)
        .change(|plan| {
            plan.actions[0].config.insert("full_clone".to_owned(), Value::Bool(true));
        });
    assert!(json(&plan).contains("\"OutputArtifactFormat\": \"CODEBUILD_CLONE_REF\""));
}

#[test]
fn run_orders_follow_the_longest_path() {
    let approve = |id: &str| action(id, "approve");
    let plan = shop()
        .stage("build", &["source"])
        .action(approve("build.late").after("build.b"))
        .action(approve("build.a"))
        .action(approve("build.b").after("build.a"))
        .action(approve("build.c").after("source.app"))
        .action(approve("build.d").after("build.a").after("build.late"));
    let document = export(&plan, &Places::default()).document.unwrap();
    let orders: Vec<_> = document.pipeline.stages[1]
        .actions
        .iter()
        .map(|a| format!("{} {}", a.name, a.run_order.unwrap()))
        .collect();
    assert_eq!(orders, ["a 1", "c 1", "b 2", "late 3", "d 4"]);
}

fn side_by_side() -> Plan {
    let approve = |id: &str| action(id, "approve");
    shop()
        .stage("eu", &["source"])
        .action(approve("eu.first"))
        .action(approve("eu.second").after("eu.first"))
        .stage("us", &["source"])
        .action(approve("us.only"))
        .stage("end", &["eu", "us"])
        .action(approve("end.ok"))
}

#[test]
fn stages_side_by_side_become_a_sequence() {
    let export = export(&side_by_side(), &Places::default());
    assert_eq!(
        lines(&export),
        "hint P0421: CodePipeline runs `us` after `eu`, although it does not need it\n"
    );
    let stages: Vec<_> =
        export.document.unwrap().pipeline.stages.into_iter().map(|stage| stage.name).collect();
    assert_eq!(stages, ["source", "eu", "us", "end"]);
}

#[test]
fn stages_side_by_side_become_one_stage() {
    let merge = |plan: Plan| plan.aws(|aws| aws.parallel_stages = ParallelStages::Merge);
    let document = export(&merge(side_by_side()), &Places::default()).document.unwrap();
    let stages: Vec<_> =
        document.pipeline.stages.iter().map(|stage| (stage.name.as_str(), stage.actions.len())).collect();
    assert_eq!(stages, [("source", 1), ("eu_us", 3), ("end", 1)]);
    let orders: Vec<_> =
        document.pipeline.stages[1].actions.iter().map(|a| (a.name.as_str(), a.run_order)).collect();
    assert_eq!(orders, [("first", Some(1)), ("only", Some(1)), ("second", Some(2))]);
    let refused = merge(side_by_side()).change(|plan| plan.stages[1].on_failure = Some(OnFailure::Rollback));
    assert_eq!(
        found(&refused),
        "hint P0421: CodePipeline runs `us` after `eu`, although it does not need it\n"
    );
}

#[test]
fn a_merged_stage_has_a_name_of_its_own() {
    let plan = side_by_side().aws(|aws| aws.parallel_stages = ParallelStages::Merge).change(|plan| {
        let end = plan.stages.iter_mut().find(|stage| stage.id == "end").unwrap();
        end.name = "eu_us".to_owned();
    });
    let document = export(&plan, &Places::default()).document.unwrap();
    let stages: Vec<_> = document.pipeline.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(stages, ["source", "eu_us_2", "eu_us"]);
}

#[test]
fn namespaces_are_written_only_where_they_are_read() {
    let text = json(&release());
    assert!(
        text.contains("\"namespace\": \"source_app_vars\"") && text.contains("#{source_app_vars.CommitId}")
    );
    assert!(!text.contains("prod_ok_vars"));
    // Not even where an artifact has the name already.
    let taken = release().change(|plan| {
        let wanted = "source_app_vars".to_owned();
        plan.actions[1].outputs[0].name = wanted;
    });
    assert!(json(&taken).contains("#{source_app_vars2.CommitId}"));
}

#[test]
fn stores_of_several_regions() {
    let plan = shop_with(action("build.ok", "approve")).aws(|aws| {
        let store = |bucket: &str| ArtifactStore { bucket: bucket.into(), encryption_key: None };
        aws.artifacts = ArtifactStores::PerRegion(IndexMap::from([
            ("us-east-1".to_owned(), store("acme-us")),
            ("eu-west-1".to_owned(), store("acme-eu")),
        ]));
    });
    let document = export(&plan, &Places::default()).document.unwrap();
    assert!(document.pipeline.artifact_store.is_none());
    assert_eq!(document.pipeline.artifact_stores["eu-west-1"].location, "acme-eu");
}

#[test]
fn v1_where_everything_fits() {
    let plan = shop_with(action("build.ok", "approve"))
        .aws(|aws| aws.pipeline_type = Some(PipelineType::V1))
        .change(|plan| plan.triggers.push(push("source.app", None, None)));
    assert!(json(&plan).contains("\"pipelineType\": \"V1\""));
}

#[test]
fn targets_are_found_by_name() {
    let target = target::find("codepipeline").unwrap();
    let Output { text, diagnostics, notes } = (target.export)(&release(), &Places::default());
    assert!(text.is_some_and(|text| text.ends_with("}\n")) && diagnostics.is_empty() && notes.is_empty());
    assert_eq!((target.check)(&release(), &Places::default()), check(&release(), &Places::default()));
    assert!(target::find("other").is_none());
}
