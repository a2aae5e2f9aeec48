//! Diagnostics: where they stand, when they come, when they go.

use serde_json::{Value, json};

use super::harness::{Editor, all_capabilities};

const URI: &str = "file:///p/a.pipe";

const GOOD: &str = "pipeline demo {\n  stage build {\n    action compile = run { script: \"echo é 🚰\", timeout: 5m }\n  }\n}\n";

fn wrong() -> String {
    GOOD.replace("timeout", "timeot")
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

#[test]
fn columns_are_those_of_the_encoding() {
    for (encoding, column) in [("utf-16", 48), ("utf-8", 51)] {
        let mut editor = Editor::new(&[encoding]);
        editor.open(URI, 7, &wrong());
        let published = editor.published();
        assert_eq!((published.uri.as_str(), published.version), (URI, Some(7)));
        let [diagnostic] = published.diagnostics.as_slice() else { panic!("one is expected: {published:?}") };
        assert_eq!(diagnostic["range"], range(2, column, column + 6), "{encoding}");
    }
}

#[test]
fn a_diagnostic_says_all_there_is_to_say() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, &wrong());
    let diagnostic = editor.published().diagnostics.remove(0);
    assert_eq!(diagnostic["code"], "P0302");
    assert_eq!(diagnostic["source"], "standpipe");
    assert_eq!(diagnostic["severity"], 1);
    assert_eq!(diagnostic["message"], "`run` has no field `timeot`\nhelp: did you mean `timeout`?");
    assert_eq!(diagnostic["data"]["explain"], "standpipe explain P0302");
    let edit = json!({ "uri": URI, "range": range(2, 48, 54), "newText": "timeout" });
    assert_eq!(diagnostic["data"]["fix"], json!({ "title": "replace with `timeout`", "edits": [edit] }));
}

#[test]
fn what_is_mended_is_cleared() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, &wrong());
    assert_eq!(editor.published().diagnostics.len(), 1);
    editor.change(URI, 2, &json!([{ "range": range(2, 53, 53), "text": "u" }]));
    let published = editor.published();
    assert_eq!((published.version, published.diagnostics.len()), (Some(2), 0));
    // And nothing is sent about a file in which nothing is wrong.
    editor.replace(URI, 3, GOOD);
}

#[test]
fn closing_clears() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, &wrong());
    assert_eq!(editor.published().diagnostics.len(), 1);
    editor.close(URI);
    let published = editor.published();
    assert_eq!((published.version, published.diagnostics.len()), (None, 0));
}

#[test]
fn unused_things_are_hints_that_fade() {
    let text = "private let unread = 1\n";
    for (capabilities, tags) in [(all_capabilities(&[]), json!([1])), (json!({}), Value::Null)] {
        let mut editor = Editor::uninitialized().initialized(&capabilities);
        editor.open(URI, 1, text);
        let diagnostic = editor.published().diagnostics.remove(0);
        assert_eq!((&diagnostic["code"], &diagnostic["severity"]), (&json!("P0601"), &json!(4)));
        assert_eq!(diagnostic["tags"], tags);
    }
}

#[test]
fn related_places_are_told_to_those_who_can_show_them() {
    let text = "let é = 1\nlet é = 2\n";
    for (capabilities, shown) in [(all_capabilities(&[]), true), (json!({}), false)] {
        let mut editor = Editor::uninitialized().initialized(&capabilities);
        editor.open(URI, 1, &text.replace('é', "same"));
        let diagnostics = editor.published().diagnostics;
        let twice = diagnostics.iter().find(|d| d["code"] == "P0202").expect("a name that is declared twice");
        let related = twice["relatedInformation"][0]["location"].clone();
        let expected = json!({ "uri": URI, "range": range(0, 4, 8) });
        assert_eq!(related, if shown { expected } else { Value::Null });
    }
}

#[test]
fn a_burst_of_edits_ends_with_the_last_version() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 0, &wrong());
    for version in 1..=100 {
        // Typed behind the emoji, in the script, so the mistake moves along.
        editor.change(URI, version, &json!([{ "range": range(2, 44, 44), "text": "x" }]));
    }
    let mut last = -1;
    while last < 100 {
        let published = editor.published();
        let version = published.version.expect("a version");
        assert!(version > last, "version {version} after {last}");
        last = version;
        let column = 48 + u32::try_from(version).expect("a small number");
        assert_eq!(published.diagnostics[0]["range"], range(2, column, column + 6));
    }
    // The harness fails if anything is published after the last version.
}

#[test]
fn files_that_another_reads_count_as_the_editor_has_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
    let pipeline = "pipeline p {\n  stage s {\n    action a = run { script: file(\"s.sh\") }\n  }\n}\n";
    let mut editor = Editor::new(&[]);
    editor.open(&uri("a.pipe"), 1, pipeline);
    let missing = editor.published();
    assert_eq!(missing.diagnostics[0]["code"], "P0003", "{missing:?}");
    editor.open(&uri("s.sh"), 1, "");
    // The shell script is no pipeline, but an editor that opens it here gets what it asked for.
    let published = editor.published();
    assert_eq!((published.uri, published.diagnostics.len()), (uri("a.pipe"), 0));
    editor.close(&uri("s.sh"));
    assert_eq!(editor.published().diagnostics.len(), 1);
    std::fs::write(folder.path().join("s.sh"), "make\n").expect("written");
    editor.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri("s.sh") } }));
    assert_eq!(editor.published().diagnostics.len(), 0);
}

#[test]
fn files_that_cannot_be_used_are_diagnostics() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, &" ".repeat(compiler::source::MAX_BYTES + 1));
    assert_eq!(editor.published().diagnostics[0]["code"], "P0002");
    editor.replace(URI, 2, GOOD);
    assert_eq!(editor.published().diagnostics.len(), 0);
    for (version, depth) in [(3, 150), (4, 5000)] {
        editor.replace(URI, version, &format!("let x = {}\n", "[".repeat(depth)));
        assert!(!editor.published().diagnostics.is_empty());
    }
    editor.replace(URI, 5, &"}\n".repeat(5000));
    assert!(editor.published().diagnostics.len() <= 500);
}

#[test]
fn documents_without_a_place_on_disk() {
    let mut editor = Editor::new(&[]);
    editor.open("untitled:Untitled-1", 1, &wrong());
    let published = editor.published();
    assert_eq!((published.uri.as_str(), published.diagnostics.len()), ("untitled:Untitled-1", 1));
}

#[test]
fn a_byte_order_mark_moves_the_first_line_only() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "\u{feff}private let unread = 1\nprivate let unread2 = 1\n");
    let diagnostics = editor.published().diagnostics;
    assert_eq!(diagnostics[0]["range"], range(0, 13, 19));
    assert_eq!(diagnostics[1]["range"], range(1, 12, 19));
}

#[test]
fn what_the_engine_would_refuse_is_shown() {
    let mut editor = Editor::new(&[]);
    let text = |aws: &str| {
        format!("pipeline demo {{\n{aws}  stage build {{\n    action a = run {{ script: \"x\" }}\n  }}\n}}\n")
    };
    editor.open(
        URI,
        1,
        &text("  aws { role: \"arn:aws:iam::111122223333:role/p\", artifact_bucket: \"b\" }\n"),
    );
    let codes = |published: &super::harness::Published| {
        published.diagnostics.iter().filter_map(|d| d["code"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let found = codes(&editor.published());
    assert!(found.iter().any(|code| code.starts_with("P04")), "{found:?}");
    editor.replace(URI, 2, &text(""));
    assert_eq!(codes(&editor.published()), Vec::<String>::new());
}
