//! What the parser reports: code, place, message, label, help and fix, for the mistakes that people make.

use super::read;

pub(super) fn reports(samples: &[&str]) -> String {
    let mut shown = String::new();
    for sample in samples {
        shown += &format!("{sample}\n");
        for d in read(sample).diagnostics {
            let text = |span: crate::span::Span| sample[span.range()].replace('\n', "\\n");
            shown += &format!("  {} at `{}`: {}", d.code.id, text(d.place.span), d.message);
            if !d.label.is_empty() && d.message != d.label {
                shown += &format!(" ({})", d.label);
            }
            shown.push('\n');
            for label in &d.labels {
                shown += &format!("    at `{}`: {}\n", text(label.place.span), label.text);
            }
            for help in &d.help {
                shown += &format!("    help: {help}\n");
            }
            for edit in d.fix.iter().flat_map(|fix| &fix.edits) {
                let (before, behind) =
                    (&sample[..edit.place.span.start as usize], &sample[edit.place.span.end as usize..]);
                shown += &format!(
                    "    fixed: {}\n",
                    format!("{before}{}{behind}", edit.text).replace('\n', "\\n")
                );
            }
        }
        shown.push('\n');
    }
    shown
}

#[test]
fn p0101_something_else_was_expected() {
    insta::assert_snapshot!(reports(&[
        "let a =",
        "let a 1",
        "let = 1",
        "let a = 1 2",
        "let a = [1 2]",
        "let a = { x: 1 y: 2 }",
        "let a = { x }",
        "let a = { x: }",
        "let a = b ||",
        "let a = b.",
        "let a = if b then c",
        "let a = if b { c } else { d }",
        "let a: = 1",
        "variable a = 1",
        "pipeline { }",
        "pipeline p",
        "pipeline p { stage s { action a = run } }",
        "pipeline p { stage s { action a = { } } }",
        "pipeline p { stage s { action a run { } } }",
        "pipeline p { stage s { action a: run { } } }",
        "pipeline p { stage s { action for x in y = run {} } }",
        "pipeline p { stage s for x { } }",
        "pipeline p { on { } }",
        "pipeline p { on push }",
        "pipeline p { needs }",
        "pipeline p { 5 }",
        "let a = \"x #{} y\"",
        "let a = \"x #{b c} y\"",
    ]));
}

#[test]
fn p0102_unclosed() {
    insta::assert_snapshot!(reports(&[
        "pipeline p {",
        "pipeline p {\n  stage s {\n    action a = run {\n}",
        "pipeline p {\n  stage s {\n    action a = run { x: 1\n  }\n  stage t {}\n}",
        "pipeline p {\n  stage s {\n    x: [1, 2\n  }\n}\nlet b = 1",
        "let a = f(1, 2\nlet b = 1",
        "let a = (1\nlet b = 1",
        "let a = b[1\nlet c = 1",
    ]));
}

#[test]
fn p0103_unopened() {
    insta::assert_snapshot!(reports(&[
        "let a = 1 }",
        "pipeline p { stage s { } } }\nlet a = 1",
        "let a = [1)",
        "let a = [f(1])",
        "let a = { x: 1 ]\nlet b = 1",
        "let a = f(1]\nlet b = 1",
    ]));
}

#[test]
fn p0104_unknown_declaration() {
    insta::assert_snapshot!(reports(&[
        "pipline p {}",
        "pipeline p { job build { } }",
        "pipeline p { stages s { action a = run {} } }",
        "var a = 1",
        "let b = 1\nconst a = 2",
    ]));
}

#[test]
fn p0105_equals_for_colon() {
    insta::assert_snapshot!(reports(&[
        "let a = { x = 1, y: 2 }",
        "pipeline p { stage s { needs = [] } }",
        "x = 1"
    ]));
}

#[test]
fn p0106_reserved_word() {
    insta::assert_snapshot!(reports(&[
        "let if = 1",
        "pipeline match { }",
        "pipeline p { stage for { action a = run {} } }",
        "pipeline p { stage s { action in = run {} } }",
        "let a = b.in",
        "let a = { for: 1 }",
    ]));
}

#[test]
fn numbers_out_of_range() {
    insta::assert_snapshot!(reports(&[
        "let a = 9223372036854775808",
        "let a = 99999999d",
        "let a = 99999999999999999999h"
    ]));
}

#[test]
fn strings_of_other_languages() {
    insta::assert_snapshot!(reports(&[
        "let a = ['x', `y`, \u{201c}z\u{201d}]",
        "let a = 'x\nlet b = 1",
        "let a = 'say \"x\"'"
    ]));
}
