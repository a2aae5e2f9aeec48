//! Diagnostics in the forms that other programs read.

use super::compiled;
use crate::diagnostic::github::to_github;
use crate::diagnostic::sarif::to_sarif;
use crate::diagnostic::{Diagnostic, Place, codes};
use crate::source::Sources;
use crate::span::Span;

const WRONG: &str = "let spare = 1\npipeline p {\n  stage s {\n    action a = run { scirpt: \"\u{1f600}\", imgae: nope }\n    action a = run { script: \":\" }\n  }\n}\n";

#[test]
fn github_commands() {
    let compiled = compiled(WRONG);
    let all: Vec<&Diagnostic> = compiled.diagnostics().iter().collect();
    insta::assert_snapshot!(to_github(&all, &compiled.sources));
}

#[test]
fn github_escapes() {
    let mut sources = Sources::default();
    let id = sources.add("a,b:c%/x.pipe", "one\ntwo\n");
    let place = |start, end| Place { source: id, span: Span::new(start, end) };
    let d = codes::UNEXPECTED_TOKEN.at(place(0, 3), "100 %, a: b\r\nc").help("first").help("second: 5 %");
    let line = to_github(&[&d], &sources);
    assert_eq!(
        line,
        "::error file=a%2Cb%3Ac%25/x.pipe,line=1,endLine=1,col=1,endColumn=4,title=P0101::100 %25, a: b%0D%0Ac%0Afirst%0Asecond: 5 %25\n"
    );
    // No columns over several lines, no lines without a text, nothing behind the end.
    let d = codes::UNEXPECTED_TOKEN.at(place(2, 99), "x");
    assert_eq!(
        to_github(&[&d], &sources),
        "::error file=a%2Cb%3Ac%25/x.pipe,line=1,endLine=3,title=P0101::x\n"
    );
    let empty = sources.add("gone.pipe", "");
    let d = codes::UNREADABLE.at(Place { source: empty, span: Span::default() }, "x");
    assert_eq!(to_github(&[&d], &sources), "::error file=gone.pipe,title=P0003::x\n");
}

/// Without the pages, which have tests of their own.
#[test]
fn sarif_log() {
    let compiled = compiled(WRONG);
    let all: Vec<&Diagnostic> = compiled.diagnostics().iter().collect();
    let text = to_sarif(&all, &compiled.sources);
    assert_eq!(text, to_sarif(&all, &compiled.sources));
    let mut log: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("there are rules");
    for rule in rules {
        let id = rule["id"].as_str().expect("a rule has an id");
        let page = codes::find(id).expect("it is in the registry").page;
        assert_eq!(rule["help"]["markdown"], page);
        rule.as_object_mut().expect("an object").remove("help");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).expect("it can be written"));
}

#[test]
fn sarif_counts_and_encodes() {
    let mut sources = Sources::default();
    let id = sources.add("ci/my ü:file.pipe", "\u{1f600}\u{1f600}x\n");
    let place = |start, end| Place { source: id, span: Span::new(start, end) };
    // The second offset is inside a character.
    let inside = codes::UNEXPECTED_TOKEN.at(place(8, 9), "x").also(place(4, 6), "two").fix(
        "mend it",
        place(8, 8),
        "y",
    );
    let absolute = sources.add("/tmp/a.pipe", "");
    let gone = codes::UNREADABLE.at(Place { source: absolute, span: Span::default() }, "gone").help("look");
    let log: serde_json::Value = serde_json::from_str(&to_sarif(&[&inside, &gone], &sources)).expect("JSON");
    let results = &log["runs"][0]["results"];
    let at = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "ci/my%20%C3%BC%3Afile.pipe");
    let region = |start: u32, end: u32| serde_json::json!({ "startLine": 1, "startColumn": start, "endLine": 1, "endColumn": end });
    assert_eq!(at["region"], region(5, 6));
    assert_eq!(results[0]["relatedLocations"][0]["physicalLocation"]["region"], region(3, 3));
    let change = &results[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["deletedRegion"], region(5, 5));
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "y");
    assert_eq!(results[1]["message"]["text"], "gone\nlook");
    let gone = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(gone["artifactLocation"]["uri"], "file:///tmp/a.pipe");
    assert!(gone.get("region").is_none(), "{gone}");
    // Rules stand in the registry's order, whatever the order of results.
    assert_eq!((&results[0]["ruleIndex"], &results[1]["ruleIndex"]), (&1.into(), &0.into()));
}
