//! Keeping the texts the same as the editor's.

use std::collections::BTreeMap;

use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, TextDocumentContentChangeEvent, WorkspaceFolder,
};

use super::convert::{Encoding, Positions};
use super::{Failure, Server, routes, uris};

impl Server {
    pub(super) fn did_open(&mut self, params: DidOpenTextDocumentParams) -> Result<(), Failure> {
        let document = params.text_document;
        let name = uris::name_of(&document.uri);
        self.documents.open(document.uri.as_str(), &name, document.version, document.text);
        self.project.invalidate(&name);
        Ok(())
    }

    pub(super) fn did_change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Failure> {
        let document = params.text_document;
        let encoding = self.client.encoding;
        let open = self.documents.edit(document.uri.as_str(), document.version, |text| {
            for change in params.content_changes {
                apply(text, change, encoding);
            }
        });
        self.project.invalidate(&uris::name_of(&document.uri));
        if open { Ok(()) } else { Err(routes::not_open(&document.uri)) }
    }

    pub(super) fn did_close(&mut self, params: DidCloseTextDocumentParams) -> Result<(), Failure> {
        let uri = params.text_document.uri;
        if !self.documents.close(uri.as_str()) {
            return Err(routes::not_open(&uri));
        }
        self.project.invalidate(&uris::name_of(&uri));
        self.told.forget(uri.as_str());
        let send = self.shown.replace(uri.as_str(), BTreeMap::new());
        // If the client is gone the loop notices at its next message.
        let _ = self.send_diagnostics(send);
        Ok(())
    }

    /// Files on disk changed, which any analysis may have read.
    pub(super) fn disk_changed(&mut self) -> Result<(), Failure> {
        self.documents.invalidate_all();
        self.project.invalidate_all();
        Ok(())
    }

    /// The workspace has other folders.
    pub(super) fn folders_changed(
        &mut self,
        params: &DidChangeWorkspaceFoldersParams,
    ) -> Result<(), Failure> {
        let name = |folder: &WorkspaceFolder| uris::name_of(&folder.uri);
        let removed: Vec<String> = params.event.removed.iter().map(name).collect();
        self.project.change_roots(params.event.added.iter().map(name), &removed);
        Ok(())
    }
}

/// Applies one change. Each is about the text that the one before it left.
pub(super) fn apply(text: &mut String, change: TextDocumentContentChangeEvent, encoding: Encoding) {
    match change.range {
        Some(range) => {
            let bytes = Positions::new(text, encoding).bytes(range);
            text.replace_range(bytes, &change.text);
        }
        None => *text = change.text,
    }
}
