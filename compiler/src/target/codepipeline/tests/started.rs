//! What starts a pipeline.

use crate::places::Places;
use crate::plan::{Filter, Location, PullRequestEvent, Trigger};
use crate::target::codepipeline::export;
use crate::target::{self, Output};

use super::build::{Build as _, action, git, lines, shop_with};
use super::documents::push;

fn here() -> Location {
    Location { file: "pipeline.pipe".to_owned(), line: 1 }
}

fn filter(include: &[&str], exclude: &[&str]) -> Option<Filter> {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Some(Filter { include: texts(include), exclude: texts(exclude) })
}

fn plan(triggers: Vec<Trigger>) -> crate::plan::Plan {
    shop_with(action("build.ok", "approve")).action(git("source.lib")).change(|plan| plan.triggers = triggers)
}

pub(super) fn triggered() -> crate::plan::Plan {
    let app = || "source.app".to_owned();
    plan(vec![
        push("source.app", Some(&["main"]), Some(&["src/**"])),
        Trigger::Tag { action: app(), tags: filter(&["v*"], &["*-rc"]), source: here() },
        Trigger::PullRequest {
            action: "source.lib".to_owned(),
            events: vec![PullRequestEvent::Closed, PullRequestEvent::Opened],
            branches: filter(&["main"], &[]),
            paths: None,
            source: here(),
        },
        Trigger::Tag { action: app(), tags: None, source: here() },
        Trigger::PullRequest {
            action: app(),
            events: Vec::new(),
            branches: filter(&["main"], &[]),
            paths: filter(&[], &["docs/**"]),
            source: here(),
        },
    ])
}

#[test]
fn one_trigger_for_each_source_with_its_filters_as_written() {
    let export = export(&triggered(), &Places::default());
    assert_eq!(lines(&export), "");
    let pipeline = export.document.unwrap().pipeline;
    insta::assert_snapshot!(serde_json::to_string_pretty(&pipeline.triggers).unwrap());
    let detects: Vec<&str> =
        pipeline.stages[0].actions.iter().map(|a| a.configuration["DetectChanges"].as_str()).collect();
    assert_eq!(detects, ["false", "false"]);
}

#[test]
fn a_push_beside_a_tag_names_the_branch_of_the_source() {
    let both = plan(vec![
        push("source.app", None, None),
        Trigger::Tag { action: "source.app".to_owned(), tags: filter(&["v*"], &[]), source: here() },
    ]);
    let pipeline = export(&both, &Places::default()).document.unwrap().pipeline;
    let filters = &pipeline.triggers[0].git_configuration.push;
    assert_eq!(filters[0].branches.as_ref().unwrap().includes, ["main"]);
    assert!(filters[1].branches.is_none() && filters[1].tags.is_some());
}

#[test]
fn a_schedule_is_told_to_whoever_exports() {
    let plan = plan(vec![Trigger::Schedule { expression: "rate(12 hours)".to_owned(), source: here() }]);
    let Output { text, notes, .. } =
        (target::find("codepipeline").unwrap().export)(&plan, &Places::default());
    assert!(!text.unwrap().contains("triggers"));
    assert_eq!(
        notes,
        ["a rule of EventBridge with the schedule `rate(12 hours)` that starts the pipeline must exist"]
    );
}
