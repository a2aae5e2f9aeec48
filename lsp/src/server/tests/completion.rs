//! Completion and signature help over the protocol, in a project on disk of which only a part is open.

use serde_json::{Value, json};

use super::harness::Editor;

const MAIN: &str = "pipeline p {\n  /// 🚰\n  stage a { name: \"🚰\", needs: [] }\n  stage b = sh\n}\nlet x = replace(\"🚰\", \n";

/// A session in a project of two files, with an editor that knows snippets or not.
fn session(snippets: bool) -> (tempfile::TempDir, String, Editor) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("lib.pipe"), "/// Ships.\nstage ship() {}\n").expect("written");
    let mut editor = Editor::uninitialized();
    let item = json!({ "snippetSupport": snippets, "documentationFormat": ["markdown"] });
    let params = json!({
        "processId": null, "capabilities": { "textDocument": { "completion": { "completionItem": item } } },
        "workspaceFolders": [{ "uri": format!("file://{}", folder.path().display()), "name": "p" }],
    });
    editor.request("initialize", params).expect("the server initializes");
    let uri = format!("file://{}/main.pipe", folder.path().display());
    editor.open(&uri, 1, MAIN);
    // It is half-written, which is told once.
    editor.published();
    (folder, uri, editor)
}

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } })
}

#[test]
fn a_suggestion_brings_its_import() {
    for snippets in [true, false] {
        let (_folder, uri, mut editor) = session(snippets);
        let found = editor.request("textDocument/completion", at(&uri, 3, 14)).expect("an answer");
        assert_eq!(found["isIncomplete"], false);
        let item = &found["items"][0];
        assert_eq!(item["label"], "ship");
        assert_eq!(item["documentation"]["value"], "Ships.");
        assert_eq!(item["additionalTextEdits"][0]["newText"], "use \"./lib.pipe\" { ship }\n\n");
        let range = json!({ "start": { "line": 3, "character": 12 }, "end": { "line": 3, "character": 14 } });
        assert_eq!(item["textEdit"]["range"], range);
        // Columns are those of UTF-16: the field before has two of them for one character.
        let fields = editor.request("textDocument/completion", at(&uri, 2, 24)).expect("an answer");
        assert_eq!(fields["items"].as_array().map(Vec::len), Some(6));
        let words = editor.request("textDocument/completion", at(&uri, 5, 0)).expect("an answer");
        let first = &words["items"][0];
        assert_eq!(first["label"], "pipeline");
        assert_eq!(first["textEdit"]["newText"] == "pipeline", !snippets);
        // A file that changes offers something else.
        let lib = uri.replace("main", "lib");
        editor.open(&lib, 1, "stage other() {}\n");
        let found = editor.request("textDocument/completion", at(&uri, 3, 14)).expect("an answer");
        assert_eq!(found["items"][0]["label"], "other");
    }
}

#[test]
fn the_argument_under_way() {
    let (_folder, uri, mut editor) = session(true);
    let found = editor.request("textDocument/signatureHelp", at(&uri, 5, 22)).expect("an answer");
    assert_eq!(found["activeParameter"], 1);
    assert_eq!(found["signatures"][0]["label"], "replace(text, part, by)");
    assert_eq!(found["signatures"][0]["parameters"][1]["label"], "part");
    assert_eq!(editor.request("textDocument/signatureHelp", at(&uri, 0, 0)), Ok(Value::Null));
}
