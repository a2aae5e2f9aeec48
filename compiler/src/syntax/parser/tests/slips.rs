//! What people write who know another language: one error each, that says what Pipe writes.

use super::errors::reports;
use super::read;

#[test]
fn commas_and_colons() {
    insta::assert_snapshot!(reports(&[
        "let a = { env: { A: \"b\" } script: \"x\" }",
        "let a = [\"x\" \"y\"]",
        "fn f(a: string b: string): string = a",
        "fn f(\n  a: string\n  b: string\n): string = a",
        "let a = { env { A: \"b\" } }",
        "let a = { x: 1; y: 2 }",
        "let a = { x: 1;\n y: 2; }",
    ]));
}

#[test]
fn heads_of_declarations() {
    insta::assert_snapshot!(reports(&[
        "pipeline \"p\" { stage \"Build it\" {} }",
        "pipeline p { stage s { action a: run {} } }",
        "pipeline p { stage s { action a => run {} } }",
        "pipeline p { stage s { a = run {} } }",
        "pipeline p { stage s: { action a = run { x: 1 } } }",
        "pipeline p { stage s { action a = run x: 1 } }",
        "pipeline p { on push: { branches: [\"main\"] } }",
        "pipeline p { variable v { default: 1 } }",
        "pipeline p { aws = 1 }",
        "let a := 1",
        "edition \"2026\"",
        "edition x",
    ]));
}

#[test]
fn functions() {
    insta::assert_snapshot!(reports(&[
        "fn f(a, b = 1): string = a",
        "fn f(string a): string = a",
        "fn f(a: string) -> string = a",
        "fn f(a: string): string { a }",
    ]));
}

#[test]
fn files_that_are_used() {
    insta::assert_snapshot!(reports(&[
        "use x",
        "use ./lib.pipe as lib",
        "use \"./lib.pipe\" as",
        "use \"./lib.pipe\" az y",
        "use { a } \"./lib.pipe\"",
        "use = \"./lib.pipe\"",
    ]));
}

#[test]
fn failures_of_stages() {
    insta::assert_snapshot!(reports(&[
        "on falure retry",
        "on failre retry 2",
        "on error retry",
        "on failure: retry",
        "on failure { retry }",
    ]));
}

#[test]
fn values() {
    insta::assert_snapshot!(reports(&[
        "let a = 1 + 2",
        "let a = b - 1",
        "let a = 5 -3",
        "let a = 5 minutes",
        "let a = 5 m",
        "let a = 1h 30m",
        "let a = b and c or d",
        "let a = not b",
        "let a = echo hello",
        "let a = $NAME",
        "let a = \u{2018}b\u{2019}",
    ]));
}

#[test]
fn strings_whose_quotes_are_missing() {
    insta::assert_snapshot!(reports(&[
        "let a = \"#{b)\"",
        "let a = [\"b]\nlet c = 1",
        "let a = f({ x: \"b })\nlet c = 1",
        "let a = {\n  x: \"b\n    c\"\n  y: 1\n}",
        "let a = {\n  x: \"\"\"\n    b\n}\nlet c = 1",
        "let a = {\n  x: \"\"\"\n    b\n}\nlet c = {\n  x: \"\"\"\n    d\n    \"\"\"\n}",
        "let a = {\n  x:\n    it's (b\n    \"\"\"\n}\nlet c = 1",
    ]));
}

#[test]
fn yaml_and_shell() {
    insta::assert_snapshot!(reports(&[
        "let a = 1 # note",
        "let a = /* note */ 1\n/* two\nlines */\nlet b = 1",
        "let a = {\n  x: |\n    b: c\n    d\n  y: 1\n}",
        "let a = {\n  x:\n    - b c\n    - d:\n        e f\n  y: 1\n}",
        "let a = {\n  x: <<EOF\nb c\nEOF\n  y: 1\n}",
        "let\u{a0}a = 1",
    ]));
}

#[test]
fn what_stands_behind_a_slip_is_read() {
    for text in [
        "let a = 1 + 2",
        "let a = {\n  x: \"\"\"\n    b\n}",
        "let a = {\n  x: |\n    b: c\n}",
        "let a = echo hello world",
        "use x",
        "on failre retry 2",
    ] {
        let parsed = read(&format!("{text}\nlet last = 1"));
        let last = parsed.file.items.last().map(|item| format!("{item:?}")).unwrap_or_default();
        assert!(last.contains("last") && parsed.diagnostics.len() == 1, "{text} {:?}", parsed.diagnostics);
    }
}
