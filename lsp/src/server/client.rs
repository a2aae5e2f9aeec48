//! What the client said it can do, and what it is told that the server can.
//!
//! Capabilities are looked up one by one in the JSON: one that is malformed, or newer than we know, must not keep the
//! server from starting.

use std::str::FromStr as _;

use lsp_types::{
    CallHierarchyServerCapability, CodeActionKind, CodeActionOptions, CodeActionProviderCapability,
    CodeLensOptions, CompletionOptions, DocumentLinkOptions, DocumentOnTypeFormattingOptions,
    FoldingRangeProviderCapability, HoverProviderCapability, InitializeResult, OneOf, PositionEncodingKind,
    RenameOptions, SaveOptions, SelectionRangeProviderCapability, SemanticTokensFullOptions,
    SemanticTokensOptions, ServerCapabilities, ServerInfo, SignatureHelpOptions, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, Uri, WorkDoneProgressOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use serde_json::Value;

use super::convert::Encoding;
use super::{routes, uris};

/// What the client can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Client {
    /// How both count columns.
    pub(super) encoding: Encoding,
    /// Whether diagnostics may point at other places.
    pub(super) related_information: bool,
    /// Whether diagnostics may say that something is unnecessary.
    pub(super) unnecessary: bool,
    /// Whether edits may say for which version of a document they are.
    pub(super) versioned_edits: bool,
    /// Whether code actions may be edits.
    pub(super) code_actions: bool,
    /// Whether definitions may say what leads to them.
    pub(super) links: bool,
    /// Whether what is inserted may have places for the cursor.
    pub(super) snippets: bool,
    /// Whether the documentation of suggestions may be Markdown.
    pub(super) markdown_items: bool,
    /// Whether what is said about names may be Markdown.
    pub(super) markdown: bool,
}

/// The folders of the workspace.
pub(super) fn roots(params: &Value) -> Vec<String> {
    let folders = params["workspaceFolders"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut uris: Vec<&str> = folders.iter().filter_map(|folder| folder["uri"].as_str()).collect();
    if uris.is_empty() {
        uris.extend(params["rootUri"].as_str());
    }
    uris.into_iter().filter_map(|uri| Some(uris::name_of(&Uri::from_str(uri).ok()?))).collect()
}

/// `DiagnosticTag.Unnecessary`
const UNNECESSARY: u64 = 1;

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn new(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let flag = |path| capability(path).and_then(Value::as_bool).unwrap_or(false);
        let list = |path| capability(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let utf8 = list("general/positionEncodings").iter().any(|encoding| encoding == "utf-8");
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            related_information: flag("textDocument/publishDiagnostics/relatedInformation"),
            unnecessary: list("textDocument/publishDiagnostics/tagSupport/valueSet")
                .iter()
                .any(|tag| tag.as_u64() == Some(UNNECESSARY)),
            versioned_edits: flag("workspace/workspaceEdit/documentChanges"),
            snippets: flag("textDocument/completion/completionItem/snippetSupport"),
            markdown_items: list("textDocument/completion/completionItem/documentationFormat")
                .iter()
                .any(|format| format == "markdown"),
            markdown: list("textDocument/hover/contentFormat").iter().any(|format| format == "markdown"),
            links: flag("textDocument/definition/linkSupport"),
            code_actions: capability("textDocument/codeAction/codeActionLiteralSupport")
                .is_some_and(Value::is_object),
        }
    }

    /// The answer to `initialize`.
    pub(super) fn initialize_result(self) -> Value {
        let result = InitializeResult {
            capabilities: ServerCapabilities {
                code_action_provider: self.code_actions.then(code_actions),
                ..capabilities(self.encoding)
            },
            server_info: Some(ServerInfo {
                name: "standpipe".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        serde_json::to_value(result).unwrap_or_default()
    }
}

/// What the server can, whatever the client can.
fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let triggers = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(SaveOptions { include_text: Some(false) }.into()),
            ..TextDocumentSyncOptions::default()
        })),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        completion_provider: Some(CompletionOptions {
            trigger_characters: triggers(&[".", "\"", "/", "#", "{", ":"]),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_owned(),
            more_trigger_character: None,
        }),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(
            SemanticTokensOptions {
                legend: routes::tokens::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            }
            .into(),
        ),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: triggers(&["(", ",", ":"]),
            ..SignatureHelpOptions::default()
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    }
}

fn code_actions() -> CodeActionProviderCapability {
    CodeActionProviderCapability::Options(CodeActionOptions {
        code_action_kinds: Some(vec![
            CodeActionKind::QUICKFIX,
            CodeActionKind::REFACTOR_EXTRACT,
            CodeActionKind::REFACTOR_REWRITE,
            routes::fix_all_kind(),
        ]),
        ..CodeActionOptions::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_capabilities_count_as_none() {
        for params in
            [json!(null), json!([]), json!({"capabilities": {"general": {"positionEncodings": "utf-8"}}})]
        {
            assert_eq!(Client::new(&params), Client::default());
        }
    }

    #[test]
    fn utf_8_is_preferred_when_offered() {
        let client = |encodings: Value| {
            Client::new(&json!({"capabilities": {"general": {"positionEncodings": encodings}}})).encoding
        };
        assert_eq!(client(json!(["utf-16", "utf-8"])), Encoding::Utf8);
        assert_eq!(client(json!(["utf-32", "utf-16"])), Encoding::Utf16);
    }
}
