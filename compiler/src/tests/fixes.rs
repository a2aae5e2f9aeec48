//! Fixes: each gives a text that means what was meant, and where that is not sure there is none.

use super::{compiled, fixed};

/// The text with the first fix of `code` applied; none where there is no fix.
#[track_caller]
fn mended(text: &str, code: &str) -> Option<String> {
    let found = compiled(text);
    let diagnostic = found.diagnostics().iter().find(|d| d.code.id == code);
    diagnostic.expect("it is reported").fix.as_ref().map(|fix| fixed(text, fix))
}

/// What the fix of `code` makes of an action `it` with these fields.
#[track_caller]
fn mended_action(fields: &str, code: &str) -> Option<String> {
    let before = r#"let count = 3
let xs = ["a", "b"]
let vars = { A: 1 }
let texts = { A: "1" }
let version = "21"
pipeline p {
  stage s {
    action src = git { repository: "a/b", branch: "main" }
    action u for v in ["20", "22"] = run { script: "x", outputs: { r: "r" } }
    action n for v in [20, 22] = run { script: "x", outputs: { r: "r" } }
    action it = run { "#;
    let behind = " }\n  }\n}\n";
    let text = mended(&format!("{before}{fields}{behind}"), code)?;
    let found = compiled(&text);
    let left: Vec<_> = found.errors().iter().map(|d| d.message.clone()).collect();
    assert!(left.is_empty(), "{left:?}\n{text}");
    Some(text.strip_prefix(before)?.strip_suffix(behind)?.to_owned())
}

#[test]
fn quotes_are_put_around_values_only() {
    for (fields, expected) in [
        ("script: \"x\", env: { N: 5 }", Some("script: \"x\", env: { N: \"5\" }")),
        ("script: \"x\", env: { N: -5 }", Some("script: \"x\", env: { N: \"-5\" }")),
        ("script: \"x\", env: { N: true }", Some("script: \"x\", env: { N: \"true\" }")),
        ("script: \"x\", env: { N: 1h30m }", Some("script: \"x\", env: { N: \"1h30m\" }")),
        ("script: \"x\", env: { N: count }", Some("script: \"x\", env: { N: \"#{count}\" }")),
        ("script: \"x\", env: { N: len(xs) }", Some("script: \"x\", env: { N: \"#{len(xs)}\" }")),
        ("script: \"x\", image: count", Some("script: \"x\", image: \"#{count}\"")),
        ("script: \"x\", env: { N: (count) }", None),
        ("script: \"x\", env: { N: [1][0] }", None),
        ("script: \"x\", env: vars", None),
        ("script: \"x\", env: { ...vars }", None),
        ("script: \"x\", output: { files: \"a\", name: 5 }", None),
        ("script: \"x\", output: [5]", None),
    ] {
        let found = mended_action(fields, "P0301");
        // A fix of the part itself would be right as well.
        let part = fields.replace("name: 5", "name: \"5\"").replace("[5]", "[\"5\"]");
        assert!(found.as_deref() == expected || found == Some(part), "{fields}: {found:?}");
    }
}

#[test]
fn a_script_is_freed_of_its_values() {
    for (fields, expected) in [
        ("script: \"echo #{ src.commit } x\"", "env: { COMMIT: src.commit }, script: \"echo ${COMMIT} x\""),
        (
            "script: \"echo #{src.commit}\", env: { COMMIT: \"other\" }",
            "script: \"echo ${COMMIT_2}\", env: { COMMIT_2: src.commit, COMMIT: \"other\" }",
        ),
        (
            "script: \"echo #{src.commit}\", env: texts",
            "script: \"echo ${COMMIT}\", env: { COMMIT: src.commit, ...texts }",
        ),
        (
            "script: \"echo #{src.commit}\", env: { ...texts }",
            "script: \"echo ${COMMIT}\", env: { COMMIT: src.commit, ...texts }",
        ),
        (
            "script: \"echo #{src.commit}\", env: null",
            "script: \"echo ${COMMIT}\", env: { COMMIT: src.commit }",
        ),
        (
            "script: \"echo #{count} #{(count)}\"",
            "env: { COUNT: \"#{count}\", VALUE: \"#{(count)}\" }, script: \"echo ${COUNT} ${VALUE}\"",
        ),
    ] {
        assert_eq!(mended_action(fields, "P0307").as_deref(), Some(expected), "{fields}");
    }
}

#[test]
fn a_script_of_defaults_is_freed_there() {
    let text = "pipeline p {\n  defaults run { script: \"echo #{execution.id}\" }\n  stage s { action a = run { env: { ID: \"1\" } } }\n}";
    let found = mended(text, "P0307").expect("there is a fix");
    assert!(found.contains("{ env: { ID_2: execution.id }, script: \"echo ${ID_2}\" }"), "{found}");
}

#[test]
fn members_are_replaced_where_they_are_written() {
    for (fields, expected) in [
        ("script: \"x\", inputs: [u[\"21\"].r]", Some("script: \"x\", inputs: [u[\"20\"].r]")),
        ("script: \"x\", inputs: [n[21].r]", Some("script: \"x\", inputs: [n[20].r]")),
        ("script: \"x\", inputs: [u[version].r]", None),
        ("script: \"x\", inputs: [u[\"#{version}\"].r]", None),
    ] {
        assert_eq!(mended_action(fields, "P0210").as_deref(), expected, "{fields}");
    }
}

#[test]
fn an_unknown_name_is_replaced_where_the_other_exists() {
    let text = r#"pipeline p {
  stage a { let version = "1"
    action x = run { script: "x", env: { V: versoin, W: versoin } } }
  stage b { action y = run { script: "x", env: { V: versoin } } }
}"#;
    let found = mended(text, "P0201").expect("there is a fix");
    assert_eq!(found, text.replacen("versoin", "version", 2));
}
