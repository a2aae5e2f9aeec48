//! Refactorings, and that they are right wherever they are offered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use compiler::span::Span;
use insta::assert_snapshot;

use super::{Fixture, each, lines, project};
use crate::analysis::{Analysis, analyse};
use crate::documents::Documents;
use crate::features::refactor::{Refactoring, candidates, fix_all, holds, refactorings};
use crate::features::trial::{Changed, edited, errors};
use crate::loader::Overlay;

/// The title of each, and the lines that are others afterwards.
fn shown(analysis: &Analysis, changes: &[Refactoring]) -> String {
    lines(changes.iter().map(|change| {
        let (old, new) = (analysis.text(), edited(analysis.text(), &change.edits));
        let others = new.lines().filter(|line| !old.lines().any(|before| before == *line));
        format!("{}\n{}", change.title, lines(others.map(ToOwned::to_owned)).trim_end())
    }))
}

fn offered(fixture: &Fixture, length: u32) -> String {
    let analysis = fixture.analysis();
    let span = Span::new(fixture.offset(), fixture.offset() + length);
    shown(&analysis, &refactorings(&analysis, span, fixture))
}

#[test]
fn values_get_names() {
    let cursors = ["main\" }", "info", "back\"]", "prod\")", "acme/shop", "TAG\"]", "make\"\n"];
    assert_snapshot!(each(cursors, |cursor| offered(&project(cursor), 0)));
    // A selection is taken exactly as it is.
    assert_snapshot!(offered(&project("[\"front\", \"back\"] ="), 17));
    assert_eq!(offered(&project("[\"front\", \"back\"] ="), 5), "");
}

#[test]
fn a_literal_becomes_a_variable() {
    let text = "pipeline p {\n  stage s {\n    action a = run { script: \"y\", env: { LEVEL: \"in$0fo\" } }\n  }\n}\n";
    assert_snapshot!(offered(&Fixture::new(text), 0));
    // On one line there is a place for a declaration of the file only.
    assert_eq!(offered(&Fixture::new(&text.replace('\n', " ")), 0).matches("extract").count(), 1);
    assert_eq!(offered(&Fixture::new("let x = \"a$0b\"\n"), 0), "");
}

#[test]
fn what_a_family_binds_stays_inside() {
    let text = "pipeline p {\n  stage s {\n    action a for x in [\"b\"] = run { script: \"y\", env: { X: $0\"#{x}-1\" } }\n  }\n}\n";
    assert_eq!(offered(&Fixture::new(text), 8), "");
}

#[test]
fn fields_are_filled_in_and_sorted() {
    let bodies = [
        "aws.s3_deploy {$0 }",
        "aws.s3_deploy {\n      inputs: [x]$0\n    }",
        "aws.s3_deploy { extract: true,$0 bucket_name: \"b\" }",
        "aws.s3_deploy {\n      extract: true$0 // why\n      bucket_name: \"b\"\n    }",
        "lint {$0 }",
    ];
    assert_snapshot!(each(bodies, |body| {
        offered(&Fixture::new(&format!("pipeline p {{\n  stage s {{\n    action a = {body}\n  }}\n}}\n")), 0)
    }));
}

#[test]
fn nothing_is_offered() {
    for text in
        ["", "pipeline $0", "let x = y$0", "// a$0b\n", "pipeline p {\n  stage s { $0", "let x = [\"a$0"]
    {
        assert_eq!(offered(&Fixture::new(text), 0), "", "{text}");
    }
}

#[test]
fn everything_is_mended() {
    let fixture = Fixture::new(
        "pipeline p {\n  stage s {\n    action a = run { scrpt: \"x\" }\n    action b = run { script: \"x\", timeot: 5m }\n  }\n}\n",
    );
    let analysis = fixture.analysis();
    let changes = fix_all(&analysis, &fixture);
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["/p/main.pipe"]);
    let texts =
        BTreeMap::from([("/p/main.pipe".to_owned(), edited(analysis.text(), &changes["/p/main.pipe"]))]);
    let after = analyse("/p/main.pipe", &Changed { texts: &texts, loader: &fixture });
    assert_eq!(errors(&after).count(), 0);
    assert!(fix_all(&after, &Changed { texts: &texts, loader: &fixture }).is_empty());
}

/// The example files.
fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let walk = ignore::WalkBuilder::new(folder).build().flatten();
    let paths =
        walk.map(ignore::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "pipe"));
    paths.map(|path| path.to_string_lossy().into_owned()).collect()
}

#[test]
fn whatever_is_offered_in_the_examples_is_right() {
    let documents = Documents::default();
    let disk = Overlay(&documents);
    let (mut seen, mut offered) = (BTreeSet::new(), 0);
    for file in examples() {
        let analysis = analyse(&file, &disk);
        assert_eq!(errors(&analysis).count(), 0, "{file}");
        // What is offered changes with the token only.
        let tokens = &analysis.compilation.as_ref().expect("it can be read").parsed.tokens;
        for change in tokens.iter().flat_map(|(_, span)| candidates(&analysis, Span::at(span.start + 1))) {
            if !seen.insert((file.clone(), change.edits.clone())) || !holds(&analysis, &change, &disk) {
                continue;
            }
            offered += 1;
            let texts = BTreeMap::from([(file.clone(), edited(analysis.text(), &change.edits))]);
            let after = analyse(&file, &Changed { texts: &texts, loader: &disk });
            assert_eq!(errors(&after).count(), 0, "{file}: {change:?}");
        }
    }
    assert!(offered > 50, "{offered}");
}
