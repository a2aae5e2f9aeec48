//! Every rule broken once; the documents of `documents` keep them all.

mod actions;
mod conditions;
mod pipeline;
mod values;

use crate::diagnostic::codes;
use crate::plan::{Action, ArtifactStore, ArtifactStores, Aws, Plan};
use crate::value::ArtifactRef;

use super::build::{Build as _, With as _, action, found, run, shop_with};

/// Plans with all that is said about them.
type Cases = Vec<(Plan, &'static str)>;

fn approve() -> Plan {
    shop_with(action("build.ok", "approve"))
}

fn with_aws(change: impl FnOnce(&mut Aws)) -> Plan {
    approve().aws(change)
}

fn commands() -> Action {
    run("build.all", "make").reads("APP", "source.app", None)
}

fn stores(regions: &[&str]) -> ArtifactStores {
    let store = ArtifactStore { bucket: "acme".into(), encryption_key: None };
    ArtifactStores::PerRegion(regions.iter().map(|region| ((*region).to_owned(), store.clone())).collect())
}

fn site(id: &str, region: &str) -> Action {
    action(id, "aws.s3_deploy")
        .with("bucket_name", "site")
        .with("extract", true)
        .reads("APP", "source.app", None)
        .but(|action| action.region = Some(region.into()))
}

fn cases() -> Cases {
    [
        pipeline::settings(),
        pipeline::parts(),
        pipeline::behaviour(),
        actions::actions(),
        actions::action_types(),
        actions::runs(),
        actions::texts(),
        conditions::conditions(),
        conditions::whens(),
        conditions::unsure_whens(),
        conditions::actions_whens(),
        conditions::gates(),
        conditions::rules(),
        conditions::windows(),
        values::secrets(),
        values::deploy_time(),
        values::triggers(),
    ]
    .concat()
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
