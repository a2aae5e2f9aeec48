//! What is said about names and fields.

use insta::assert_snapshot;

use super::{each, project};
use crate::features::hover::hover;
use crate::features::tests::Fixture;

fn shown(cursor: &str) -> String {
    let fixture = project(cursor);
    hover(&fixture.analysis(), fixture.offset())
        .map_or_else(|| "nothing".to_owned(), |hover| hover.markdown())
}

#[test]
fn names_of_every_kind() {
    let cursors = [
        "shop {",
        "level, LABEL",
        "here)}",
        "part, LEVEL",
        "app]",
        "make for",
        "lib.label",
        "label(here)",
        "ship { files",
        "ship = lib",
        "Where =",
        "env}",
        "upload]",
        "TAG }\n}\n//-",
        "make[\"front\"],",
        "files: make",
    ];
    assert_snapshot!(each(cursors, shown));
}

#[test]
fn callees_and_their_fields() {
    let cursors =
        ["git {", "aws.s3_deploy", "bucket_name", "extract", "script: \"make", "env: { PART", "after: "];
    assert_snapshot!(each(cursors, shown));
}

#[test]
fn declared_callees() {
    let text = "/// Lints.\ncallee lint {\n  inputs: 0..1\n  outputs: 0\n  fields: {\n    /// How hard.\n    level: int = 1\n  }\n}\n\
                pipeline p {\n  stage s {\n    action a = lint { le$0vel: 3 }\n  }\n}\n";
    let fixture = Fixture::new(text);
    assert_snapshot!(hover(&fixture.analysis(), fixture.offset()).expect("a field").plain());
}

#[test]
fn nothing_to_say() {
    for text in
        ["", "pipeline $0", "let x = $01h", "let x = \"a$0b\"", "// a$0b\n", "pipeline p {\n  stage s { $0"]
    {
        let fixture = Fixture::new(text);
        assert_eq!(hover(&fixture.analysis(), fixture.offset()), None, "{text}");
    }
}

#[test]
fn half_written_files_are_the_normal_case() {
    let fixture = project("shop");
    let whole = fixture.analysis();
    let text = whole.text();
    for end in (0..text.len()).step_by(7) {
        let cut = Fixture::new(&format!("{}$0", &text[..end]));
        let analysis = cut.analysis();
        for offset in [0, cut.offset() / 2, cut.offset()] {
            hover(&analysis, offset);
            crate::features::refactor::refactorings(&analysis, compiler::span::Span::at(offset), &cut);
        }
        crate::features::hints::hints(&analysis, compiler::span::Span::new(0, u32::MAX));
        crate::features::lenses::lenses(&analysis);
    }
    // Offsets behind the end, and every one inside.
    for offset in 0..u32::try_from(text.len()).expect("a small file") + 9 {
        hover(&whole, offset);
    }
}

#[test]
fn secrets_rules_and_values() {
    const TEXT: &str = r##"let names = ["a", "b"]
let wait = 1h30m
let where_it_is = { bucket: "x", keep: true, note: "a \"b\"" }
fn twice(word: string): string = "#{word}#{word}"

pipeline p {
  /// For the registry.
  secret token { local: env("TOKEN"), aws: secrets_manager("prod/token") }
  defaults run { timeout: wait }
  stage s {
    gate hours on entry = aws.deployment_window { cron: "* * 9-16 ? * MON-FRI *" } else fail
    action a = run { script: "x", env: { T: token, N: names[0], W: where_it_is.bucket, D: twice("d") }, outputs: { dist: "d/**" } }
    action b = run { script: "y", inputs: [a.dist] }
  }
}
"##;
    let cursors = [
        "names[0]",
        "wait }",
        "where_it_is.b",
        "word}#",
        "token,",
        "hours on",
        "aws.deployment_window",
        "cron:",
        "timeout: wait",
        "dist: \"d",
        "dist] }",
        "s {\n    gate",
    ];
    assert_snapshot!(each(cursors, |cursor| {
        let fixture = Fixture::new(&TEXT.replacen(cursor, &format!("$0{cursor}"), 1));
        let found = hover(&fixture.analysis(), fixture.offset());
        found.map_or_else(|| "nothing".to_owned(), |hover| hover.plain())
    }));
}
