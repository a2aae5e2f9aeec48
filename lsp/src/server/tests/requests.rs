//! Requests: quick fixes, formatting, and those that cannot be answered.

use compiler::source::Loader;
use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};

use super::harness::{Editor, all_capabilities};
use crate::analysis::{Analysis, analyse};

const URI: &str = "file:///p/a.pipe";

const WRONG: &str =
    "pipeline demo {\n  stage build {\n    action a = run { script: \"é 🚰\", timeot: 5m }\n  }\n}\n";

fn at(line: u32, character: u32) -> Value {
    json!({ "start": { "line": line, "character": character }, "end": { "line": line, "character": character } })
}

fn code_action(range: &Value) -> Value {
    json!({ "textDocument": { "uri": URI }, "range": range, "context": { "diagnostics": [], "only": ["quickfix"] } })
}

fn formatting(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } })
}

#[test]
fn unknown_methods_are_refused() {
    let mut editor = Editor::new(&[]);
    for method in ["textDocument/prepareTypeHierarchy", "$/unknown", ""] {
        let (code, _) = editor.request(method, json!({})).expect_err("refused");
        assert_eq!(code, -32601, "{method}");
    }
    // Unknown notifications are dropped.
    editor.notify("$/setTrace", json!({ "value": "off" }));
    editor.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
}

#[test]
fn documents_that_are_not_open() {
    let mut editor = Editor::new(&[]);
    let (code, message) = editor.request("textDocument/formatting", formatting(URI)).expect_err("refused");
    assert_eq!((code, message.as_str()), (-32602, "`file:///p/a.pipe` is not open"));
    let (code, _) = editor.request("textDocument/codeAction", code_action(&at(0, 0))).expect_err("refused");
    assert_eq!(code, -32602);
    editor.replace(URI, 2, "");
    let log = editor.notified("window/logMessage");
    assert_eq!(log["message"], "textDocument/didChange: `file:///p/a.pipe` is not open");
    // Said once.
    editor.replace(URI, 3, "");
    editor.close(URI);
    assert!(editor.notified("window/logMessage")["message"].as_str().is_some_and(|m| m.contains("didClose")));
}

#[test]
fn malformed_parameters() {
    let mut editor = Editor::new(&[]);
    for params in [Value::Null, json!([]), json!({ "textDocument": { "uri": 1 } })] {
        let (code, _) = editor.request("textDocument/formatting", params.clone()).expect_err("refused");
        assert_eq!(code, -32602);
    }
    editor.notify("textDocument/didOpen", json!({ "textDocument": 3 }));
    editor.notified("window/logMessage");
}

#[test]
fn positions_out_of_range_are_moved_inside() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "private let x = 1");
    assert_eq!(editor.published().diagnostics.len(), 1);
    for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX)] {
        assert_eq!(
            editor.request("textDocument/codeAction", code_action(&at(line, character))),
            Ok(json!([]))
        );
    }
    editor.change(URI, 2, &json!([{ "range": at(u32::MAX, 9), "text": "\nprivate let y = x\n" }]));
    let published = editor.published();
    assert_eq!(published.diagnostics[0]["range"]["start"], json!({ "line": 1, "character": 12 }));
}

#[test]
fn a_cancelled_request_is_answered_as_such() {
    let (ours, theirs) = Connection::memory();
    let send = |message: Message| ours.sender.send(message).expect("the server will listen");
    let request =
        |id: i32, method: &str, params| send(Request::new(id.into(), method.to_owned(), params).into());
    let notify = |method: &str, params| send(Notification::new(method.to_owned(), params).into());
    // All of it waits when the server starts, as when an editor is quicker than the server.
    request(1, "initialize", json!({ "capabilities": {} }));
    let document = json!({ "uri": URI, "languageId": "pipe", "version": 1, "text": "" });
    notify("textDocument/didOpen", json!({ "textDocument": document }));
    request(2, "textDocument/formatting", formatting(URI));
    request(3, "textDocument/formatting", formatting(URI));
    notify("$/cancelRequest", json!({ "id": 2 }));
    notify("$/cancelRequest", json!({ "id": "never" }));
    notify("$/cancelRequest", json!({}));
    request(4, "shutdown", Value::Null);
    notify("exit", Value::Null);
    crate::serve(theirs).expect("a good end");
    let answers = ours.receiver.iter().map(|message| match message {
        Message::Response(response) => (response.id, response.response_result.map_err(|error| error.code)),
        message => panic!("only answers are expected: {message:?}"),
    });
    let answers: Vec<_> = answers.skip(1).collect();
    assert_eq!(answers, [(2.into(), Err(-32800)), (3.into(), Ok(json!([]))), (4.into(), Ok(Value::Null))]);
}

#[test]
fn cancelling_what_is_answered_does_nothing() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "");
    let id = editor.ask("textDocument/formatting", formatting(URI));
    assert_eq!(editor.answer(id), Ok(json!([])));
    editor.notify("$/cancelRequest", json!({ "id": id }));
}

#[test]
fn quick_fixes_are_edits_of_the_version_they_are_for() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 3, WRONG);
    editor.published();
    let actions = editor.request("textDocument/codeAction", code_action(&at(2, 41))).expect("actions");
    let [action] = actions.as_array().expect("a list").as_slice() else {
        panic!("one is expected: {actions}")
    };
    assert_eq!(action["title"], "replace with `timeout`");
    assert_eq!((&action["kind"], &action["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert_eq!(action["diagnostics"][0]["code"], "P0302");
    let change = &action["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": URI, "version": 3 }));
    // Applied, it mends the mistake.
    let edit = &change["edits"][0];
    editor.change(URI, 4, &json!([{ "range": edit["range"], "text": edit["newText"] }]));
    assert_eq!(editor.published().diagnostics.len(), 0);
    assert_eq!(editor.request("textDocument/codeAction", code_action(&at(2, 41))), Ok(json!([])));
}

#[test]
fn quick_fixes_are_what_the_editor_can_take() {
    let mut capabilities = all_capabilities(&[]);
    capabilities["workspace"] = json!({});
    let mut editor = Editor::uninitialized().initialized(&capabilities);
    editor.open(URI, 3, WRONG);
    editor.published();
    let actions = editor.request("textDocument/codeAction", code_action(&at(2, 41))).expect("actions");
    assert_eq!(actions[0]["edit"]["changes"][URI][0]["newText"], "timeout");
    for (only, count) in [
        (json!([]), 0),
        (json!(["refactor.extract.x"]), 0),
        (json!(["quickfixes"]), 0),
        (json!(["quickfix"]), 1),
    ] {
        let mut params = code_action(&at(2, 41));
        params["context"]["only"] = only.clone();
        let actions = editor.request("textDocument/codeAction", params).expect("actions");
        assert_eq!(actions.as_array().map(Vec::len), Some(count), "{only}");
    }
    // Elsewhere there is nothing to fix.
    assert_eq!(editor.request("textDocument/codeAction", code_action(&at(0, 0))), Ok(json!([])));
}

#[test]
fn what_does_not_parse_is_not_formatted() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "pipeline   demo   {");
    assert!(!editor.published().diagnostics.is_empty());
    assert_eq!(editor.request("textDocument/formatting", formatting(URI)), Ok(json!([])));
}

#[test]
fn formatting_touches_only_the_lines_that_change() {
    for end in ["\n", "\r\n"] {
        let text =
            "// é 🚰\npipeline demo {\n  stage build {\n      action a = run { script: \"make\" }\n  }\n}\n";
        let mut editor = Editor::new(&[]);
        editor.open(URI, 1, &text.replace('\n', end));
        let edits = editor.request("textDocument/formatting", formatting(URI)).expect("edits");
        let start = json!({ "line": 3, "character": 0 });
        let range = json!({ "start": start, "end": { "line": 4, "character": 0 } });
        let line = format!("    action a = run {{ script: \"make\" }}{end}");
        assert_eq!(edits, json!([{ "range": range, "newText": line }]));
        editor.change(URI, 2, &json!([{ "range": range, "text": line }]));
        assert_eq!(editor.request("textDocument/formatting", formatting(URI)), Ok(json!([])));
    }
}

#[test]
fn a_request_sees_the_edits_before_it_and_none_after() {
    let mut editor = Editor::new(&[]);
    editor.open(URI, 1, "");
    editor.replace(URI, 2, WRONG);
    let wrong = editor.ask("textDocument/codeAction", code_action(&at(2, 41)));
    editor.replace(URI, 3, "");
    let empty = editor.ask("textDocument/codeAction", code_action(&at(2, 41)));
    let count = |answer: Result<Value, _>| answer.expect("actions").as_array().map(Vec::len);
    assert_eq!(count(editor.answer(wrong)), Some(1));
    assert_eq!(count(editor.answer(empty)), Some(0));
    editor.drain_published();
}

/// A front end with a bug.
fn buggy(name: &str, loader: &dyn Loader) -> Analysis {
    let analysis = analyse(name, loader);
    assert!(!analysis.text().contains("bug"), "the parser is lost");
    analysis
}

#[test]
fn a_bug_ends_one_request_and_not_the_server() {
    let mut editor = Editor::with_bug(buggy);
    editor.open(URI, 1, "let bug = 1\n");
    let log = editor.notified("window/logMessage");
    assert_eq!(log["type"], 1);
    assert_eq!(log["message"], "BUG: textDocument/publishDiagnostics failed: the parser is lost");
    // The same failure is reported once, however often it occurs.
    editor.replace(URI, 2, "let bug = 2\n");
    let (code, message) =
        editor.request("textDocument/codeAction", code_action(&at(0, 0))).expect_err("a bug");
    assert_eq!((code, message.as_str()), (-32603, "`textDocument/codeAction` failed: this is a bug"));
    let log = editor.notified("window/logMessage");
    assert_eq!(log["message"], "BUG: textDocument/codeAction failed: the parser is lost");
    // The server lives on.
    editor.replace(URI, 3, "private let fine = 1\n");
    let published = editor.published();
    assert_eq!((published.version, published.diagnostics.len()), (Some(3), 1));
}
