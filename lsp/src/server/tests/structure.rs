//! Folding, selecting, links, meanings of names, the graph, and formatting of parts, over the protocol.

use serde_json::{Value, json};

use super::harness::Editor;

const URI: &str = "file:///p/a.pipe";
const TEXT: &str = "use \"./lib.pipe\"\n\npipeline demo {\n  let é = \"🚰\"\n  stage build {\n    action make = run { script: \"x\", env: { A: é } }\n  }\n  stage ship {\n    action go = run { script:  \"y\" }\n  }\n}\n";

fn opened() -> Editor {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, &TEXT.replace("use \"./lib.pipe\"\n", "// first\n").replace('é', "e"));
    assert!(editor.request("textDocument/foldingRange", document()).is_ok());
    editor
}

fn document() -> Value {
    json!({ "textDocument": { "uri": URI } })
}

fn at(line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } })
}

#[test]
fn folding_and_selecting() {
    let mut editor = opened();
    let folds = editor.request("textDocument/foldingRange", document()).expect("an answer");
    let lines: Vec<(u64, u64)> = folds
        .as_array()
        .expect("a list")
        .iter()
        .map(|fold| (fold["startLine"].as_u64().expect("a line"), fold["endLine"].as_u64().expect("a line")))
        .collect();
    assert_eq!(lines, [(2, 9), (4, 5), (7, 8)]);
    let mut params = document();
    params["positions"] = json!([{ "line": 5, "character": 12 }, { "line": 0, "character": 0 }]);
    let steps = editor.request("textDocument/selectionRange", params).expect("an answer");
    assert_eq!(steps[0]["range"]["start"], json!({ "line": 5, "character": 11 }));
    assert_eq!(steps[0]["parent"]["range"]["start"], json!({ "line": 5, "character": 4 }));
    assert_eq!(steps.as_array().map(Vec::len), Some(2));
}

#[test]
fn links_lead_to_files() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "use \"./lib/b c.pipe\"\n");
    let links = editor.request("textDocument/documentLink", document()).expect("an answer");
    assert_eq!(links[0]["target"], "file:///p/lib/b%20c.pipe");
    assert_eq!(links[0]["range"]["start"], json!({ "line": 0, "character": 5 }));
    assert_eq!(editor.published().diagnostics.len(), 1, "the file is not there");
}

/// The tokens as the protocol says: each relative to the one before.
fn numbers(answer: &Value) -> Vec<u64> {
    answer["data"].as_array().expect("numbers").iter().filter_map(Value::as_u64).collect()
}

#[test]
fn meanings_are_sent_whole_in_part_and_as_differences() {
    let mut editor = opened();
    let whole = editor.request("textDocument/semanticTokens/full", document()).expect("an answer");
    let before = numbers(&whole);
    assert!(before.len().is_multiple_of(5) && before.len() > 30, "{before:?}");
    assert_eq!(&before[..4], [2, 9, 4, 0], "`demo` is a namespace in line 2, column 9");
    let mut params = document();
    params["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 3, "character": 0 } });
    let part = editor.request("textDocument/semanticTokens/range", params).expect("an answer");
    assert_eq!(numbers(&part), before[..5]);
    // A name that grows moves what follows it in its line, and nothing else.
    let end = json!({ "line": 5, "character": 15 });
    editor.change(URI, 2, &json!([{ "range": { "start": end, "end": end }, "text": "2" }]));
    let mut params = document();
    params["previousResultId"] = whole["resultId"].clone();
    let delta = editor.request("textDocument/semanticTokens/full/delta", params.clone()).expect("an answer");
    let edits = delta["edits"].as_array().expect("edits");
    let mut now = before;
    for edit in edits {
        let number = |key: &str| usize::try_from(edit[key].as_u64().expect("a number")).expect("small");
        let data = edit["data"].as_array().expect("numbers").iter().filter_map(Value::as_u64);
        now.splice(number("start")..number("start") + number("deleteCount"), data);
    }
    let whole = editor.request("textDocument/semanticTokens/full", document()).expect("an answer");
    assert_eq!(now, numbers(&whole));
    // What the editor no longer has is answered whole.
    let answer = editor.request("textDocument/semanticTokens/full/delta", params).expect("an answer");
    assert_eq!(numbers(&answer), now);
}

#[test]
fn the_graph_as_a_hierarchy() {
    let mut editor = opened();
    let found = editor.request("textDocument/prepareCallHierarchy", at(7, 9)).expect("an answer");
    assert_eq!(found[0]["name"], "ship");
    let params = json!({ "item": found[0] });
    let before = editor.request("callHierarchy/outgoingCalls", params.clone()).expect("an answer");
    assert_eq!(before[0]["to"]["name"], "build");
    assert_eq!(editor.request("callHierarchy/incomingCalls", params), Ok(json!([])));
    let params = json!({ "item": before[0]["to"] });
    let behind = editor.request("callHierarchy/incomingCalls", params).expect("an answer");
    assert_eq!(behind[0]["from"]["name"], "ship");
}

#[test]
fn a_part_is_formatted() {
    let mut editor = opened();
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let mut params = document();
    params["options"] = options.clone();
    let range = |from: u32, to: u32| json!({ "start": { "line": from, "character": 0 }, "end": { "line": to, "character": 0 } });
    params["range"] = range(0, 6);
    assert_eq!(editor.request("textDocument/rangeFormatting", params.clone()), Ok(json!([])));
    params["range"] = range(8, 9);
    let edits = editor.request("textDocument/rangeFormatting", params).expect("an answer");
    assert_eq!(edits[0]["newText"], "    action go = run { script: \"y\" }\n");
    let mut params = at(9, 3);
    params["ch"] = json!("}");
    params["options"] = options;
    let typed = editor.request("textDocument/onTypeFormatting", params.clone()).expect("an answer");
    assert_eq!(typed, edits);
    params["position"] = json!({ "line": 6, "character": 3 });
    assert_eq!(editor.request("textDocument/onTypeFormatting", params), Ok(json!([])));
}
