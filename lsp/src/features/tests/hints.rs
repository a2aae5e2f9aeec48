//! Inlay hints and lenses.

use compiler::span::Span;
use insta::assert_snapshot;

use super::{Fixture, lines, project};
use crate::features::hints::hints;
use crate::features::lenses::lenses;

const EXPORTED: &str = r##"let id = "#{execution.id}"

pipeline p {
  aws { role: "arn:aws:iam::111122223333:role/p", artifact_bucket: "acme-artifacts" }
  variable v: string = "x"
  let run = "a-#{v}"
  let now = "a"
  stage source {
    action app = git { repository: "acme/shop", branch: "main", connection: "arn:aws:codeconnections:eu-west-1:111122223333:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" }
  }
  stage build {
    action make = run { inputs: [app], script: "make", env: { A: run, N: now }, output: "out/**" }
    action test = run { inputs: [make], script: "make test" }
    action last = run { after: [test], inputs: [app], script: "make test", env: { I: id } }
  }
}
"##;

fn hinted(fixture: &Fixture, range: Span) -> String {
    let analysis = fixture.analysis();
    let text = analysis.text();
    lines(hints(&analysis, range).into_iter().map(|hint| {
        let before = &text[..hint.at as usize];
        format!("{} «{}»", before.rsplit('\n').next().unwrap_or(before).trim(), hint.text)
    }))
}

#[test]
fn what_is_not_written() {
    let fixture = Fixture::new(EXPORTED);
    assert_snapshot!(hinted(&fixture, Span::new(0, u32::MAX)));
    assert_snapshot!(hinted(&project("shop"), Span::new(0, u32::MAX)));
}

#[test]
fn only_what_is_seen_has_hints() {
    let fixture = Fixture::new(&EXPORTED.replace("action make", "$0action make"));
    let at = fixture.offset();
    assert_eq!(hinted(&fixture, Span::new(at, at + 20)).lines().count(), 1);
    assert_eq!(hinted(&fixture, Span::new(0, 0)), "");
}

fn offered(fixture: &Fixture) -> String {
    lines(lenses(&fixture.analysis()).into_iter().map(|lens| {
        format!("{} {} {}", lens.pipeline, lens.title, lens.only.unwrap_or_default()).trim_end().to_owned()
    }))
}

#[test]
fn lenses_stand_above_what_runs() {
    assert_snapshot!(offered(&project("shop")));
    let templates = "pipeline t(a: string) {\n  stage s { action a = run { script: a } }\n}\n\
                     stage u(a: string) { action a = run { script: \"x\" } }\npipeline i = t { a: \"x\" }\n";
    assert_snapshot!(offered(&Fixture::new(templates)));
    assert_eq!(offered(&Fixture::new("pipeline")), "");
}
