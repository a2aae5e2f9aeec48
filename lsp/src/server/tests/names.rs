//! Names over the protocol, in a project on disk of which only a part is open.

use std::path::Path;

use serde_json::{Value, json};

use super::harness::{Editor, all_capabilities};

const MAIN: &str = "use \"./lib.pipe\"\n\npipeline shop {\n  stage s {\n    action a = run { script: \"x\", env: { L: lib.label } }\n  }\n}\n";

fn uri(folder: &Path, name: &str) -> String {
    format!("file://{}/{name}", folder.display())
}

/// A project of two files, the first of them open.
fn project() -> (tempfile::TempDir, Editor) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.pipe"), MAIN).expect("written");
    std::fs::write(folder.path().join("lib.pipe"), "let label = \"x\"\n").expect("written");
    std::fs::write(folder.path().join("other.pipe"), "use \"./lib.pipe\" { label }\nlet y = label\n")
        .expect("written");
    let mut editor = Editor::uninitialized();
    let params = json!({
        "processId": null, "capabilities": all_capabilities(&[]),
        "workspaceFolders": [{ "uri": format!("file://{}", folder.path().display()), "name": "p" }],
    });
    editor.request("initialize", params).expect("the server initializes");
    editor.open(&uri(folder.path(), "main.pipe"), 1, MAIN);
    (folder, editor)
}

fn at(folder: &Path, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri(folder, "main.pipe") }, "position": { "line": line, "character": character } })
}

#[test]
fn a_definition_in_a_file_that_is_not_open() {
    let (folder, mut editor) = project();
    let found = editor.request("textDocument/definition", at(folder.path(), 4, 50)).expect("an answer");
    assert_eq!(found[0]["uri"], uri(folder.path(), "lib.pipe"));
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": 0, "character": 4 }, "end": { "line": 0, "character": 9 } })
    );
    assert_eq!(editor.request("textDocument/definition", at(folder.path(), 1, 0)), Ok(Value::Null));
}

#[test]
fn uses_in_files_that_are_not_open() {
    let (folder, mut editor) = project();
    let mut params = at(folder.path(), 4, 50);
    params["context"] = json!({ "includeDeclaration": true });
    let found = editor.request("textDocument/references", params.clone()).expect("an answer");
    let files: Vec<&str> =
        found.as_array().expect("a list").iter().filter_map(|l| l["uri"].as_str()).collect();
    let count = |name: &str| files.iter().filter(|file| file.ends_with(name)).count();
    assert_eq!((count("lib.pipe"), count("main.pipe"), count("other.pipe")), (1, 1, 2));
    // A file that changes on disk is read again, once the editor says so.
    std::fs::write(folder.path().join("other.pipe"), "let y = 1\n").expect("written");
    editor.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    let found = editor.request("textDocument/references", params).expect("an answer");
    assert_eq!(found.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_rename_changes_all_files() {
    let (folder, mut editor) = project();
    let prepared = editor.request("textDocument/prepareRename", at(folder.path(), 4, 50)).expect("an answer");
    assert_eq!(prepared["placeholder"], "label");
    let mut params = at(folder.path(), 4, 50);
    params["newName"] = json!("title");
    let edit = editor.request("textDocument/rename", params.clone()).expect("an answer");
    let changes = edit["documentChanges"].as_array().expect("a list");
    assert_eq!(changes.len(), 3);
    let of_main =
        changes.iter().find(|change| change["textDocument"]["uri"] == uri(folder.path(), "main.pipe"));
    assert_eq!(of_main.expect("the open file")["textDocument"]["version"], 1);
    params["newName"] = json!("1");
    let (code, message) = editor.request("textDocument/rename", params).expect_err("refused");
    assert_eq!(code, -32803);
    assert!(message.contains("cannot be a name"), "{message}");
}

#[test]
fn outlines() {
    let (folder, mut editor) = project();
    let document = json!({ "textDocument": { "uri": uri(folder.path(), "main.pipe") } });
    let symbols = editor.request("textDocument/documentSymbol", document).expect("an answer");
    assert_eq!(symbols[1]["children"][0]["children"][0]["name"], "a");
    let found = editor.request("workspace/symbol", json!({ "query": "lbl" })).expect("an answer");
    assert_eq!(found[0]["name"], "label");
    let marks =
        editor.request("textDocument/documentHighlight", at(folder.path(), 4, 50)).expect("an answer");
    assert_eq!(marks.as_array().map(Vec::len), Some(1));
}
