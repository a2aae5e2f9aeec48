//! Completion: each context with what is offered in it, and contexts in which nothing is.

use insta::assert_snapshot;

use super::{Fixture, each, lines};
use crate::features::completion::signature::signature;
use crate::features::completion::{Candidate, Exported, World, complete, exported};

fn found(fixture: &Fixture) -> Option<(compiler::span::Span, Vec<Candidate>)> {
    let others: Vec<Exported> = fixture.files.iter().map(|(name, text)| exported(name, text)).collect();
    let entries = |folder: &str| match folder {
        "/p" => vec!["ci/".to_owned(), "build.sh".to_owned()],
        "/p/ci" => vec!["test.sh".to_owned()],
        _ => Vec::new(),
    };
    complete(&fixture.analysis(), fixture.offset(), &World { others: &others, entries: &entries })
}

fn candidates(fixture: &Fixture) -> Vec<Candidate> {
    found(fixture).map(|(_, found)| found).unwrap_or_default()
}

fn labels(text: &str) -> String {
    let all = candidates(&Fixture::new(text));
    all.into_iter().map(|candidate| candidate.label).collect::<Vec<_>>().join(" ")
}

/// What is offered first: label, detail and documentation.
fn first(text: &str, most: usize) -> String {
    let all = candidates(&Fixture::new(text)).into_iter().take(most);
    lines(
        all.map(|c| {
            format!("{}: {}{}{}", c.label, c.detail, if c.doc.is_empty() { "" } else { " // " }, c.doc)
        }),
    )
}

/// The text with a suggestion taken, its snippet if it has one.
fn taken(text: &str, label: &str) -> String {
    let fixture = Fixture::new(text);
    let Some((span, all)) = found(&fixture) else { return "nothing is offered".to_owned() };
    let Some(one) = all.into_iter().find(|c| c.label == label) else { return "it is not offered".to_owned() };
    let mut text = fixture.files[&fixture.cursor.0].clone();
    text.replace_range(span.range(), one.snippet.as_ref().unwrap_or(&one.insert));
    if let Some((at, added)) = one.also {
        assert!(at.end < span.start);
        text.replace_range(at.range(), &added);
    }
    text
}

/// A pipeline with something in its second stage.
fn in_stage(text: &str) -> String {
    format!(
        r#"type Env = "dev" | "prod"
/// A greeting.
let hello = "hi"
pipeline p {{
  variable level: string = "info"
  variable env: Env = "dev"
  secret token {{ local: env("T"), aws: masked }}
  stage source {{
    action app = git {{ repository: "a/b", branch: "main" }}
  }}
  stage build {{
    action make = run {{ inputs: [app], script: "make", outputs: {{ dist: "dist/**" }}, variables: ["TAG"] }}
{text}
  }}
}}
"#
    )
}

fn staged<const N: usize>(cursors: [&str; N]) -> String {
    each(cursors, |text| labels(&in_stage(text)))
}

#[test]
fn declarations() {
    let cursors = [
        "$0",
        "pi$0",
        "private $0",
        "pipeline p {\n  $0\n}",
        "pipeline p {\n  sta$0\n  stage x {}\n}",
        "pipeline p {\n  stage a {\n    $0",
        "pipeline p {\n  stage a {\n    needs: []\n    $0\n  }\n}",
        "pipeline p {\n  on $0",
        "pipeline p {\n  stage a {\n    on $0",
        "pipeline p {\n  stage a {\n    on failure $0",
        "pipeline p {\n  stage a {\n    on failure retry $0",
        "stage s() {\n  gate g on $0",
        "stage s() {\n  gate g on entry = aws.alarm {} else $0",
        "let x: $0",
        "type A = \"a\"\nfn f(a: $0",
        "type A = \"a\"\nfn f(a: A): $0",
        "type A = { x: $0",
        "callee c {\n  $0\n}",
        "callee c {\n  fields: {\n    a: $0",
    ];
    assert_snapshot!(each(cursors, labels));
}

#[test]
fn callees() {
    let cursors = [
        "stage s(a: string) {}\naction t(a: string) = run {}\npipeline p {\n  stage x = $0\n}",
        "stage s(a: string) {}\naction t(a: string) = run {}\npipeline p {\n  stage x {\n    action y = aws.s$0\n  }\n}",
        "pipeline p {\n  stage x {\n    gate y on entry = $0\n  }\n}",
        "pipeline t(a: string) {}\npipeline p = $0",
    ];
    assert_snapshot!(each(cursors, labels));
}

#[test]
fn fields_of_a_callee() {
    let cursors = [
        "    action d = aws.ecs { $0 }",
        "    action d = aws.ecs {\n      cluster_name: \"x\"\n      $0\n      service_name: \"y\"\n    }",
        "    action d = aws.ecs { clus$0",
        "    action d for k, v in { a: 1 } = approve { $0",
        "    gate g on entry = aws.deployment_window { $0 } else fail",
        "    defaults run { $0 }",
        "    defaults { $0 }",
        "    action d = run { local: { $0 } }",
        "    action d = run { outputs: { a: { $0 } } }",
    ];
    assert_snapshot!(staged(cursors));
    assert_snapshot!("facts", first(&in_stage("    action d = aws.s3_deploy { $0 }"), 6));
}

#[test]
fn settings() {
    let cursors = [
        "pipeline p {\n  aws { $0 }",
        "pipeline p {\n  aws { mode: $0 }",
        "pipeline p {\n  aws { mode: \"$0\" }",
        "pipeline p {\n  on push { $0 }",
        "pipeline p {\n  on pull_request { events: [\"$0\"] }",
        "pipeline p {\n  on push { branches: { $0 } }",
        "pipeline p {\n  secret s { $0 }",
        "pipeline p {\n  variable v: string { $0 }",
    ];
    assert_snapshot!(each(cursors, labels));
    assert!(labels("pipeline p {\n  secret s { local: $0 }").starts_with("env dotenv command"));
}

#[test]
fn values() {
    let cursors = [
        "    action d = run { inputs: [$0] }",
        "    action d = run { after: [$0] }",
        "    needs: [$0]",
        "    action d = run { env: { A: $0 } }",
        "    action d = run { env: { A: \"x #{$0}\" } }",
        "    action d = run { env: { A: \"x #{le$0",
        "    action d = run { env: { A: make.$0 } }",
        "    action d = run { env: { A: \"#{app.$0\" } }",
        "    action d = run { env: { A: build.make.$0 } }",
        "    action d = run { env: { A: source.$0 } }",
        "    action d = run { env: { A: execution.$0 } }",
        "    action d for x in [\"1\"] = run { env: { A: $0 } }",
        "    action d = run { env: { A: [$0 for y in [\"1\"]] } }",
        "    action d = aws.s3_deploy { extract: $0 }",
        "    action d = aws.s3_deploy { canned_acl: \"$0\" }",
        "    needs: [source, $0]",
        "    action d = run { inputs: [app, $0, make] }",
        "    action d = aws.codebuild { primary_source: $0 }",
        "    action d if env == $0",
        "    when: env == \"$0\"",
    ];
    assert_snapshot!(staged(cursors));
    assert_snapshot!("details", first(&in_stage("    action d = run { env: { A: $0 } }"), 12));
    assert_snapshot!("members", first(&in_stage("    action d = run { env: { A: app.$0 } }"), 12));
}

#[test]
fn templates_and_types() {
    let cursors = [
        "type Env = \"dev\" | \"prod\"\nstage s(env: Env, site: artifact?) {}\npipeline p {\n  stage x = s { $0 }\n}",
        "type Env = \"dev\" | \"prod\"\nstage s(env: Env) {}\npipeline p {\n  stage x = s { env: $0 }\n}",
        "type Env = \"dev\" | \"prod\"\nstage s(env: Env) {\n  action a if env == \"$0\"\n}",
        "type C = { url: string, deep: { x: bool } }\nstage s(c: C) {\n  action a = run { env: { U: c.$0 } }\n}",
        "type C = { url: string, deep: { x: bool } }\nstage s(c: C) {\n  action a = run { env: { U: c.deep.$0 } }\n}",
        "type C = { url: string, on: bool }\nlet c: C = { url: \"\", $0 }",
        "action t(image: string) = run { image: image, script: \"\" }\nstage s() {\n  action a = t { $0 }\n}",
        "fn f(a: bool, b: \"x\" | \"y\"): string = \"\"\nlet z = f(true, $0)",
        "fn f(left: string): string = $0",
        "callee c { fields: { mode: \"a\" | \"b\", n: int? } }\nstage s() {\n  action x = c { mode: $0 }\n}",
        "let r = { a: 1, b: 2 }\nlet s = r.$0",
        "type Env = \"dev\" | \"prod\"\nlet e: Env = \"$0\"",
        "type Env = \"dev\" | \"prod\"\nstage s(env: Env = \"$0\"",
        "type Env = \"dev\" | \"prod\"\nfn f(e: list<Env>): string = \"\"\nlet x = f([\"$0\"])",
    ];
    assert_snapshot!(each(cursors, labels));
}

const LIBRARY: &str = "//- lib.pipe\n/// Ships.\nstage ship(env: string) {\n  action up = run { script: \"\", variables: [\"URL\"] }\n}\nprivate let hidden = 1\nlet shown = 2\ntype Env = \"a\"\n";

fn with_library(text: &str) -> String {
    format!("{LIBRARY}//- main.pipe\n{text}")
}

#[test]
fn other_files() {
    let cursors = [
        "use \"$0\"",
        "use \"./$0",
        "use \"./lib.pipe\" { $0 }",
        "use \"./lib.pipe\" { ship, $0 }",
        "use \"./lib.pipe\"\nlet x = lib.$0",
        "use \"./lib.pipe\"\nlet x: lib.$0",
        "use \"./lib.pipe\"\npipeline p {\n  stage s = lib.$0\n}",
        "use \"./lib.pipe\"\npipeline p {\n  stage s = lib.ship { env: \"\" }\n  stage t {\n    action a = run { env: { U: s.up.$0 } }\n  }\n}",
        "let x = file(\"$0\")",
        "let x = file(\"ci/$0\")",
        "let x = file(\"../$0\")",
    ];
    assert_snapshot!(each(cursors, |text| labels(&with_library(text))));
}

#[test]
fn names_are_imported() {
    let cursors = [
        "// A file.\n\n/// Docs.\npipeline p {\n  stage s = sh$0\n}",
        "edition 2026\nlet x: E$0",
        "use \"./a.pipe\"\nuse \"./z.pipe\"\npipeline p {\n  stage s = sh$0\n}",
        "use \"./lib.pipe\" { Env, shown }\npipeline p {\n  stage s = $0 {}\n}",
        "use \"./lib.pipe\" { Env }\npipeline p {\n  stage s = $0 {}\n}",
    ];
    let all = each(cursors, |text| {
        let label = if text.contains(": E") { "Env" } else { "ship" };
        taken(&with_library(text), label)
    });
    assert_snapshot!(all);
    let circle = "//- lib.pipe\nuse \"./main.pipe\"\nlet shown = 2\n//- main.pipe\nlet x = $0";
    assert!(!labels(circle).contains("shown"));
    assert!(!labels(&with_library("let x = $0")).contains("hidden"));
    assert!(labels(&with_library("let x = $0")).contains("shown"));
}

#[test]
fn what_is_inserted() {
    let cases = [
        ("pipel$0", "pipeline"),
        ("pipeline p {\n  aws { mo$0: \"queued\" }\n}", "mode"),
        ("pipeline p {\n  aws { ro$0 }\n}", "role"),
        ("pipeline p {\n  aws { mode: que$0 }\n}", "\"queued\""),
        ("pipeline p {\n  aws { mode: \"qu$0x\" }\n}", "queued"),
        ("stage s() {\n  action a = aws.s3_de$0\n}", "aws.s3_deploy"),
        ("stage s() {\n  action a = aws.s3_de$0 {}\n}", "aws.s3_deploy"),
        ("stage s() {\n  action a = run { scr$0 }\n}", "script"),
        ("let x = lo$0", "lower"),
        ("let x = lo$0(\"A\")", "lower"),
    ];
    let all = cases.map(|(text, label)| format!("---- {text:?}\n{}", taken(text, label)));
    assert_snapshot!(lines(all));
}

#[test]
fn half_written() {
    let cursors = [
        "    action d = aws.ecs {\n      cluster_name: \"x\n      $0",
        "    action d = aws.ecs {\n      cluster_name = 3 ) ]\n      $0",
        "    action d = aws.ecs { cluster_name: \"a\" service_name $0",
        "    action d = aws.ecs { inputs: [$0",
        "    action d = aws.ecs { inputs: [make.$0",
        "    action d = run { env: { A: \"x #{make.$0",
        "    action d = run { env: { A: \"x #{make.T$0 and\" } }",
        "    action d = aws.s3_deploy { canned_acl: \"$0",
        "    action d = aws.s3_deploy { canned_acl: pub$0",
        "    action = run { $0",
        "    action d if = run { timeout: 5m, $0",
        "    stage stage $0 {",
        "    action d = run { env: { A: if $0",
        "    action d = run { env: { A: if env == \"dev\" then $0",
        "    when: contains($0",
        "    action d = run {}\n}\n}\n\npipeline q {\n  stage s {\n\npipeline r {\n  va$0",
    ];
    assert_snapshot!(staged(cursors));
    let unclosed = "pipeline q {\n  stage s {\n    action x = run {\n\nfn f(a: string): string = $0";
    assert!(labels(unclosed).starts_with("a "), "{}", labels(unclosed));
}

#[test]
fn nothing_is_offered() {
    let cursors = [
        "// $0",
        "/// do$0c\nlet x = 1",
        "let $0",
        "pipeline $0",
        "let x = 1$0",
        "let x = \"a$0\"",
        "let x = \"#{y}a$0\"",
        "let x = \"\"\"\n  a$0\n  \"\"\"",
        "let x = y $0",
        "stage s(a$0",
        "pipeline p {\n  stage s {\n    action $0",
        "pipeline p {\n  stage s {\n    gate $0",
        "stage s() {\n  action a = nothing { $0 }\n}",
        "#!/usr/bin/env $0",
    ];
    for text in cursors {
        assert_eq!(labels(text), "", "{text}");
    }
}

fn signed(text: &str) -> String {
    let fixture = Fixture::new(text);
    let Some(found) = signature(&fixture.analysis(), fixture.offset()) else { return "none".to_owned() };
    let (span, doc) = &found.parts[found.active.min(found.parts.len() - 1)];
    format!("{} at {} {} // {doc}{}", found.label, found.active, &found.label[span.range()], found.doc)
}

#[test]
fn signatures() {
    let cursors = [
        "let x = replace($0",
        "let x = replace(\"a\", [1, 2], $0)",
        "/// Names.\nfn f(a: string, b: int = 1): string = a\nlet x = f(\"a\", $0)",
        "let x = lower($0) ",
        "let x = \"#{join([\"a\"], $0\"",
        "stage s() {\n  action a = approve { message: $0 }\n}",
        "stage s() {\n  action a = run { inputs: [$0] }\n}",
        "stage t(env: \"a\" | \"b\") {}\npipeline p {\n  stage x = t { env: $0",
        "stage s() {\n  action a = run { $0 }\n}",
        "let x = ($0)",
        "let x = unknown($0)",
        "fn f(a: $0",
    ];
    assert_snapshot!(each(cursors, signed));
}
