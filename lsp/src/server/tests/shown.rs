//! What is shown beside the text, commands and refactorings, over the protocol.

use serde_json::{Value, json};

use super::harness::{Editor, all_capabilities};

const URI: &str = "file:///p/a.pipe";
const TEXT: &str = "/// 🚰\npipeline demo {\n  let run = execution.id\n  stage build {\n    action a = run { script: \"x\", env: { R: run }, variables: [\"T\"] }\n    action b = run { script: \"y\", env: { T: a.T } }\n  }\n}\n";

fn editor() -> Editor {
    let editor = Editor::new(&[]);
    editor.open(URI, 1, TEXT);
    editor
}

fn document() -> Value {
    json!({ "uri": URI })
}

fn range(line: u32, character: u32) -> Value {
    let at = json!({ "line": line, "character": character });
    json!({ "start": at, "end": at })
}

fn hover(editor: &mut Editor) -> Value {
    let at = json!({ "textDocument": document(), "position": { "line": 4, "character": 12 } });
    editor.request("textDocument/hover", at).expect("an answer")
}

#[test]
fn hovers_are_as_the_client_reads_them() {
    let plain = hover(&mut editor());
    assert_eq!(plain["contents"]["kind"], "plaintext");
    assert!(plain["contents"]["value"].as_str().is_some_and(|text| text.starts_with("action a = run\n")));
    assert_eq!(plain["range"]["start"], json!({ "line": 4, "character": 11 }));
    let mut capabilities = all_capabilities(&[]);
    capabilities["textDocument"]["hover"] = json!({ "contentFormat": ["markdown", "plaintext"] });
    let mut editor = Editor::uninitialized().initialized(&capabilities);
    editor.open(URI, 1, TEXT);
    let marked = hover(&mut editor);
    assert_eq!(marked["contents"]["kind"], "markdown");
    assert!(marked["contents"]["value"].as_str().is_some_and(|text| text.starts_with("```pipe\n")));
    let nothing = json!({ "textDocument": document(), "position": { "line": 3, "character": 0 } });
    assert_eq!(editor.request("textDocument/hover", nothing), Ok(Value::Null));
}

#[test]
fn hints_and_lenses() {
    let mut editor = editor();
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints = editor
        .request("textDocument/inlayHint", json!({ "textDocument": document(), "range": whole }))
        .expect("an answer");
    assert_eq!(hints[0]["label"], "known only at run");
    assert_eq!(hints[1]["position"], json!({ "line": 5, "character": 12 }));
    assert_eq!(hints[1]["label"], "waits for build.a");
    let lenses =
        editor.request("textDocument/codeLens", json!({ "textDocument": document() })).expect("an answer");
    let command = |index: usize| &lenses[index]["command"];
    assert_eq!(command(0)["command"], "standpipe.run");
    assert_eq!(command(0)["arguments"], json!([URI, "--pipeline", "demo"]));
    assert_eq!(command(1)["arguments"], json!([URI, "demo"]));
    assert_eq!(command(4)["arguments"], json!([URI, "--pipeline", "demo", "--only", "build.a"]));
}

#[test]
fn commands_that_are_only_computed() {
    let mut editor = editor();
    let mut execute = |command: &str, arguments: Value| {
        editor.request("workspace/executeCommand", json!({ "command": command, "arguments": arguments }))
    };
    let drawn = execute("standpipe.graph", json!([URI, "demo"])).expect("an answer");
    assert_eq!(drawn["language"], "mermaid");
    let svg = execute("standpipe.graph", json!([URI, "demo", "svg"])).expect("an answer");
    assert!(svg["text"].as_str().is_some_and(|text| text.contains("<svg")));
    // A pipeline without `aws { }` cannot be exported, and that is said.
    let (code, message) = execute("standpipe.preview", json!([URI, "demo"])).expect_err("refused");
    assert_eq!(code, -32803, "{message}");
    for (command, arguments) in [
        ("standpipe.run", json!([URI])),
        ("standpipe.graph", json!([])),
        ("standpipe.graph", json!([URI, "demo", "gif"])),
        ("standpipe.preview", json!([URI, "demo", "nowhere"])),
    ] {
        assert_eq!(
            execute(command, arguments.clone()).expect_err("refused").0,
            -32602,
            "{command} {arguments}"
        );
    }
    assert_eq!(execute("standpipe.graph", json!([URI, "other"])).expect_err("refused").0, -32803);
}

#[test]
fn refactorings_are_asked_for_by_kind() {
    let mut editor = editor();
    let mut kinds = |only: Value, at: Value| {
        let context = json!({ "diagnostics": [], "only": only });
        let params = json!({ "textDocument": document(), "range": at, "context": context });
        let found = editor.request("textDocument/codeAction", params).expect("an answer");
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().map(|action| action["kind"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let script = range(4, 30);
    assert_eq!(kinds(json!(["refactor.extract"]), script.clone()), ["refactor.extract", "refactor.extract"]);
    assert_eq!(kinds(json!(["quickfix"]), script.clone()), [""; 0]);
    assert_eq!(kinds(json!(["source.fixAll"]), script.clone()), [""; 0]);
    assert_eq!(kinds(json!(["refactoring"]), script), [""; 0]);
    editor.replace(URI, 2, &TEXT.replace("script: \"y\"", "scrpt: \"y\""));
    editor.published();
    let context = json!({ "diagnostics": [], "only": ["source.fixAll"] });
    let params = json!({ "textDocument": document(), "range": range(0, 0), "context": context });
    let found = editor.request("textDocument/codeAction", params).expect("an answer");
    assert_eq!(found[0]["kind"], "source.fixAll.standpipe");
    assert!(
        found[0]["edit"]["documentChanges"][0]["edits"][0]["newText"]
            .as_str()
            .is_some_and(|t| t.contains("script: \"y\""))
    );
}
