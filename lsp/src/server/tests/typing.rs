//! Files that are typed character by character, and random edits in them: every request is answered after each, and the
//! server's text stays the editor's.

use serde_json::{Value, json};

use super::harness::Editor;

const URI: &str = "file:///p/typed.pipe";
const OTHER: &str = "file:///p/other.pipe";

/// How many edits are made to each text. More are made where the environment says so.
fn edits() -> usize {
    std::env::var("STANDPIPE_EDITS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// Numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// The position of an offset, as the protocol counts: lines, and UTF-16 units.
fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count();
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// Fires every request that an editor sends while somebody types; none may fail by a bug.
fn ask_everything(editor: &mut Editor, at: &Value) {
    let range = json!({ "start": at, "end": at });
    let place = json!({ "textDocument": { "uri": URI }, "position": at });
    let with = |key: &str, value: Value| {
        let mut params = place.clone();
        params[key] = value;
        params
    };
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let mut typed = with("options", options.clone());
    typed["ch"] = json!("}");
    for (method, params) in [
        ("completion", place.clone()),
        ("signatureHelp", place.clone()),
        ("hover", place.clone()),
        ("definition", place.clone()),
        ("references", with("context", json!({ "includeDeclaration": true }))),
        ("documentHighlight", place.clone()),
        ("prepareRename", place.clone()),
        ("rename", with("newName", json!("renamed"))),
        ("prepareCallHierarchy", place.clone()),
        ("documentSymbol", place.clone()),
        ("foldingRange", place.clone()),
        ("selectionRange", with("positions", json!([at]))),
        ("documentLink", place.clone()),
        ("semanticTokens/full", place.clone()),
        ("semanticTokens/full/delta", with("previousResultId", json!("1"))),
        ("semanticTokens/range", with("range", range.clone())),
        ("inlayHint", with("range", range.clone())),
        ("codeLens", place.clone()),
        ("codeAction", {
            let mut params = with("range", range.clone());
            params["context"] = json!({ "diagnostics": [] });
            params
        }),
        ("formatting", with("options", options)),
        ("onTypeFormatting", typed),
    ] {
        let answer = editor.request(&format!("textDocument/{method}"), params);
        // Refused is fine: a name that cannot be, a method that there is not. A bug is not.
        assert!(
            answer.as_ref().map_or_else(|(code, _)| *code != -32603, |_| true),
            "{method} at {at}: {answer:?}"
        );
    }
}

/// The diagnostics of a text, however it came to be: they are those of the same text in a document that was opened with it.
fn same_as_opened(editor: &mut Editor, text: &str) {
    let of = |editor: &mut Editor, uri: &str| {
        let mut params = json!({ "textDocument": { "uri": uri }, "context": { "diagnostics": [] } });
        params["range"] = json!({ "start": position(text, 0), "end": position(text, text.len()) });
        let actions = editor.request("textDocument/codeAction", params).expect("an answer");
        let symbols =
            editor.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
        let shown = format!("{actions}{}", symbols.expect("an answer")).replace(uri, "");
        // The two have seen a different number of edits.
        let parts =
            shown.split("\"version\":").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
        parts.collect::<String>()
    };
    editor.open(OTHER, 1, text);
    let opened = of(editor, OTHER);
    editor.close(OTHER);
    assert_eq!(of(editor, URI), opened, "of {text:?}");
}

const TEXTS: [&str; 3] = [
    include_str!("../../../../examples/hello/pipeline.pipe"),
    include_str!("../../../../examples/web-shop/pipeline.pipe"),
    "/// é 🚰\r\npipeline p {\r\n  stage s {\r\n    action a = run { script: \"echo 🚰\", env: { A: \"#{b}\" } }\r\n  }\r\n}\r\n",
];

#[test]
fn random_edits() {
    let bits = [
        "",
        "}",
        "{",
        "\"",
        "#{",
        "\r\n",
        "\n",
        "🚰",
        "é",
        "stage x {",
        " inputs: [",
        "use \"./",
        ".",
        "//",
        "\"\"\"",
    ];
    let mut numbers = Numbers(7);
    for original in TEXTS {
        let mut editor = Editor::new(&["utf-16"]);
        let mut text = original.to_owned();
        editor.open(URI, 1, &text);
        for version in 2..edits() {
            let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = numbers.below(offsets.len());
            let length = if numbers.below(3) == 0 { numbers.below(40) } else { 0 };
            let end = (start + length).min(offsets.len() - 1);
            let range = offsets[start]..offsets[end];
            let new = bits[numbers.below(bits.len())];
            let at = json!({ "start": position(&text, range.start), "end": position(&text, range.end) });
            editor.change(URI, i32::try_from(version).unwrap_or(0), &json!([{ "range": at, "text": new }]));
            text.replace_range(range.clone(), new);
            ask_everything(&mut editor, &position(&text, range.start + new.len()));
        }
        same_as_opened(&mut editor, &text);
        editor.drain_published();
    }
}

#[test]
fn character_by_character() {
    let original = TEXTS[2].replace("\r\n", "\n");
    let mut editor = Editor::new(&["utf-16"]);
    editor.open(URI, 1, "");
    let mut text = String::new();
    for (version, c) in original.chars().enumerate() {
        let end = position(&text, text.len());
        let change = json!([{ "range": { "start": end, "end": end }, "text": c.to_string() }]);
        editor.change(URI, i32::try_from(version).unwrap_or(0) + 2, &change);
        text.push(c);
        ask_everything(&mut editor, &position(&text, text.len()));
    }
    assert_eq!(text, original);
    same_as_opened(&mut editor, &text);
    editor.drain_published();
}
