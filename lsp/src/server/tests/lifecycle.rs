//! How sessions begin and end.

use serde_json::{Value, json};

use super::super::Error;
use super::harness::{Editor, all_capabilities};

fn server_capabilities(capabilities: &Value) -> Value {
    let mut editor = Editor::uninitialized();
    let result = editor.request("initialize", json!({ "capabilities": capabilities })).expect("initialized");
    editor.notify("initialized", json!({}));
    assert_eq!(result["serverInfo"]["name"], "standpipe");
    result["capabilities"].clone()
}

#[test]
fn both_encodings_can_be_agreed_on() {
    let encoding =
        |offered: &[&str]| server_capabilities(&all_capabilities(offered))["positionEncoding"].clone();
    assert_eq!(encoding(&["utf-8", "utf-16"]), "utf-8");
    assert_eq!(encoding(&["utf-16"]), "utf-16");
    assert_eq!(encoding(&["utf-32"]), "utf-16");
    assert_eq!(server_capabilities(&json!({}))["positionEncoding"], "utf-16");
}

#[test]
fn the_server_says_what_it_can_do() {
    let capabilities = server_capabilities(&all_capabilities(&[]));
    assert_eq!(capabilities["textDocumentSync"]["change"], 2);
    assert_eq!(capabilities["textDocumentSync"]["openClose"], true);
    assert_eq!(capabilities["documentFormattingProvider"], true);
    let kinds = json!(["quickfix", "refactor.extract", "refactor.rewrite", "source.fixAll.standpipe"]);
    assert_eq!(capabilities["codeActionProvider"]["codeActionKinds"], kinds);
    for feature in ["hoverProvider", "inlayHintProvider"] {
        assert_eq!(capabilities[feature], true, "{feature}");
    }
    assert_eq!(server_capabilities(&json!({}))["codeActionProvider"], Value::Null);
}

#[test]
fn nothing_is_answered_before_initialize() {
    let mut editor = Editor::uninitialized();
    editor.notify("textDocument/didOpen", json!({}));
    let (code, _) = editor.request("textDocument/formatting", json!({})).expect_err("refused");
    assert_eq!(code, -32002);
    let (code, _) = editor.request("shutdown", Value::Null).expect_err("refused");
    assert_eq!(code, -32002);
    drop(editor.initialized(&json!({})));
}

#[test]
fn nothing_is_answered_after_shutdown() {
    let mut editor = Editor::new(&[]);
    assert_eq!(editor.request("shutdown", Value::Null), Ok(Value::Null));
    let (code, _) = editor.request("textDocument/formatting", json!({})).expect_err("refused");
    assert_eq!(code, -32600);
    let (code, _) = editor.request("shutdown", Value::Null).expect_err("refused");
    assert_eq!(code, -32600);
    // Dropped: nothing is published any more.
    editor.open("file:///p/a.pipe", 1, "pipeline {");
    editor.exit().expect("a good end");
}

#[test]
fn initialize_comes_once() {
    let mut editor = Editor::new(&[]);
    let (code, _) = editor.request("initialize", json!({ "capabilities": {} })).expect_err("refused");
    assert_eq!(code, -32600);
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    assert!(matches!(Editor::new(&[]).exit(), Err(Error::ExitWithoutShutdown)));
    assert!(matches!(Editor::uninitialized().exit(), Err(Error::ExitWithoutShutdown)));
}

#[test]
fn the_server_ends_with_its_input() {
    Editor::uninitialized().vanish().expect("a quiet end");
    Editor::new(&[]).vanish().expect("a quiet end");
}
