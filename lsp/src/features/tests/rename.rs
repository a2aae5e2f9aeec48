//! Renaming across files.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::{Fixture, lines, project};
use crate::features::rename::{Changes, prepare, rename};

fn changes(fixture: &Fixture, new: &str) -> Result<Changes, String> {
    rename(&fixture.analysis(), fixture.offset(), new, &fixture.all(), fixture)
}

/// The lines that change, as they are then; or why nothing does.
fn renamed(cursor: &str, new: &str) -> String {
    let fixture = project(cursor);
    let changes = match changes(&fixture, new) {
        Ok(changes) => changes,
        Err(why) => return why,
    };
    let mut out = String::new();
    for (name, edits) in changes {
        let old = &fixture.files[&name];
        let mut text = old.clone();
        for (span, to) in edits.iter().rev() {
            text.replace_range(span.range(), to);
        }
        for (_, new) in old.lines().zip(text.lines()).filter(|(old, new)| old != new) {
            let _ = writeln!(out, "{}: {}", name.trim_start_matches("/p/"), new.trim());
        }
    }
    out
}

fn all(cases: &[(&str, &str)]) -> String {
    let case = |(cursor, new): &(&str, &str)| {
        format!("---- {cursor:?} as `{new}`\n{}", renamed(cursor, new).trim_end())
    };
    lines(cases.iter().map(case))
}

#[test]
fn every_place_gets_the_new_name() {
    assert_snapshot!(all(&[
        ("app = git", "code"),
        ("label(here)", "title"),
        ("Env = ", "Place"),
        ("files: make", "bundle"),
        ("part in", "piece"),
        ("make for", "compile"),
        ("TAG\"]", "VERSION"),
        ("level, LABEL", "loudness"),
        ("tag: string", "version"),
    ]));
}

#[test]
fn a_name_by_as_belongs_to_its_file() {
    assert_snapshot!(all(&[("Where =", "Place"), ("lib.label", "common"),]));
}

#[test]
fn a_name_that_cannot_be_is_refused() {
    assert_snapshot!(all(&[
        ("app = git", "make"),
        ("app = git", "true"),
        ("app = git", "a b"),
        ("level, LABEL", "here"),
        ("run {\n      inputs", "walk"),
    ]));
}

#[test]
fn what_is_renamed_is_shown_first() {
    let prepared = |cursor: &str| {
        let fixture = project(cursor);
        prepare(&fixture.analysis(), fixture.offset()).map(|found| found.map(|(_, name)| name))
    };
    assert_eq!(prepared("TAG\"]"), Ok(Some("TAG".to_owned())));
    assert_eq!(prepared("lib.label"), Ok(Some("lib".to_owned())));
    assert_eq!(prepared("\"./lib.pipe"), Ok(Some("lib".to_owned())));
    assert_eq!(prepared("script: \"make"), Ok(None));
    assert!(prepared("aws.s3_deploy").is_err());
}
