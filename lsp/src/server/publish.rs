//! Diagnostics and edits in the protocol's words, and their publication.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::str::FromStr as _;
use std::time::Duration;

use compiler::diagnostic::{Diagnostic, Place, Severity, codes};
use compiler::source::SourceId;
use compiler::span::Span;
use lsp_types::notification::PublishDiagnostics;
use lsp_types::{
    DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, DocumentChanges, Location,
    NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier, PublishDiagnosticsParams,
    TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};
use serde_json::json;

use super::convert::Positions;
use super::{Server, Stop, uris};
use crate::analysis::Analysis;
use crate::features::rename::Changes;

/// How long diagnostics may be put off because something newer arrived.
pub(super) const PATIENCE: Duration = Duration::from_millis(400);

/// How many diagnostics of a file are shown; nobody reads more, and editors become slow.
const MOST: usize = 500;

impl Server {
    /// Publishes what is known about the documents that changed. One whose analysis failed is left as it is shown.
    pub(super) fn publish(&mut self) -> Result<(), Stop> {
        for uri in self.documents.unpublished() {
            if let Some(analysis) = self.documents.analysis(&uri) {
                let found = self.render(&analysis).by_file();
                let send = self.shown.replace(&uri, found);
                self.send_diagnostics(send)?;
            }
            self.documents.published(&uri);
        }
        Ok(())
    }

    /// Sends what is to be shown in files from now on.
    pub(super) fn send_diagnostics(
        &self,
        files: Vec<(String, Vec<lsp_types::Diagnostic>)>,
    ) -> Result<(), Stop> {
        for (file, diagnostics) in files {
            let Ok(uri) = Uri::from_str(&file) else { continue };
            let version = self.documents.get(&file).map(|document| document.version);
            self.notify::<PublishDiagnostics>(PublishDiagnosticsParams { uri, diagnostics, version })?;
        }
        Ok(())
    }

    /// Changes of files, by name, as a change of the workspace. One of `all` has seen each of them.
    pub(super) fn changes(&self, all: &[Rc<Analysis>], changes: &Changes) -> WorkspaceEdit {
        let files = changes.iter().filter_map(|(name, edits)| {
            let seen = all.iter().find(|analysis| analysis.sources.by_name(name).is_some())?;
            let (render, id) = (self.render(seen), seen.sources.by_name(name)?);
            let file = render.files.get(&id)?;
            let edits = edits
                .iter()
                .map(|(span, text)| TextEdit { range: file.range(*span), new_text: text.clone() });
            Some((file.uri.clone(), edits.collect()))
        });
        self.edit(files)
    }

    fn edit(&self, files: impl Iterator<Item = (Uri, Vec<TextEdit>)>) -> WorkspaceEdit {
        if !self.client.versioned_edits {
            return WorkspaceEdit { changes: Some(files.collect()), ..WorkspaceEdit::default() };
        }
        let edits = files.map(|(uri, edits)| {
            let version = self.documents.get(uri.as_str()).map(|document| document.version);
            let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
            TextDocumentEdit { text_document, edits: edits.into_iter().map(OneOf::Left).collect() }
        });
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(edits.collect())),
            ..WorkspaceEdit::default()
        }
    }

    /// Renders what an analysis found.
    pub(super) fn render<'a>(&'a self, analysis: &'a Analysis) -> Render<'a> {
        let files = analysis.sources.iter().filter_map(|(id, source)| {
            let (uri, text) = match self.documents.uri_of(&source.name) {
                // The editor's text may have a byte order mark that the compiler's has not.
                Some(uri) => (Uri::from_str(uri).ok()?, self.documents.get(uri)?.text.as_str()),
                None => (uris::uri_of(&source.name)?, &*source.text),
            };
            Some((id, File { uri, positions: Positions::new(text, self.client.encoding) }))
        });
        Render { server: self, analysis, files: files.collect() }
    }
}

/// A file that diagnostics and edits are about.
struct File<'a> {
    uri: Uri,
    positions: Positions<'a>,
}

/// Renders what an analysis found.
pub(super) struct Render<'a> {
    server: &'a Server,
    analysis: &'a Analysis,
    files: BTreeMap<SourceId, File<'a>>,
}

impl Render<'_> {
    /// All diagnostics, by the URI of the file that they are about.
    fn by_file(&self) -> BTreeMap<String, Vec<lsp_types::Diagnostic>> {
        let mut found: BTreeMap<String, Vec<lsp_types::Diagnostic>> = BTreeMap::new();
        for diagnostic in &self.analysis.diagnostics {
            if let Some(file) = self.files.get(&diagnostic.place.source) {
                let in_file = found.entry(file.uri.as_str().to_owned()).or_default();
                if in_file.len() < MOST {
                    in_file.push(self.diagnostic(diagnostic));
                }
            }
        }
        found
    }

    /// A diagnostic.
    pub(super) fn diagnostic(&self, diagnostic: &Diagnostic) -> lsp_types::Diagnostic {
        let code = diagnostic.code;
        let unused = [&codes::UNUSED_LET, &codes::UNUSED_VARIABLE, &codes::UNREAD_OUTPUT].contains(&code);
        let mut message = diagnostic.message.clone();
        for help in &diagnostic.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        let mut data = json!({ "explain": format!("standpipe explain {}", code.id) });
        if let Some(fix) = &diagnostic.fix {
            let edits: Vec<_> = fix
                .edits
                .iter()
                .filter_map(|edit| Some((self.location(edit.place)?, &edit.text)))
                .map(|(at, text)| json!({ "uri": at.uri, "range": at.range, "newText": text }))
                .collect();
            data["fix"] = json!({ "title": fix.title, "edits": edits });
        }
        lsp_types::Diagnostic {
            range: self.location(diagnostic.place).map(|location| location.range).unwrap_or_default(),
            severity: Some(match diagnostic.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Hint => DiagnosticSeverity::HINT,
            }),
            code: Some(NumberOrString::String(code.id.to_owned())),
            source: Some("standpipe".to_owned()),
            message,
            related_information: self.related(diagnostic),
            tags: (unused && self.server.client.unnecessary).then(|| vec![DiagnosticTag::UNNECESSARY]),
            data: Some(data),
            ..lsp_types::Diagnostic::default()
        }
    }

    fn related(&self, diagnostic: &Diagnostic) -> Option<Vec<DiagnosticRelatedInformation>> {
        if !self.server.client.related_information || diagnostic.labels.is_empty() {
            return None;
        }
        let labels = diagnostic.labels.iter().filter_map(|label| {
            Some(DiagnosticRelatedInformation {
                location: self.location(label.place)?,
                message: label.text.clone(),
            })
        });
        Some(labels.collect())
    }

    pub(super) fn location(&self, place: Place) -> Option<Location> {
        let file = self.files.get(&place.source)?;
        Some(Location { uri: file.uri.clone(), range: file.range(place.span) })
    }

    /// Edits as a change of the workspace; nothing when one is in a file that has no URI.
    pub(super) fn workspace_edit(&self, edits: &[(Place, &str)]) -> Option<WorkspaceEdit> {
        let mut by_file: BTreeMap<SourceId, Vec<TextEdit>> = BTreeMap::new();
        for (place, text) in edits {
            let range = self.files.get(&place.source)?.range(place.span);
            by_file.entry(place.source).or_default().push(TextEdit { range, new_text: (*text).to_owned() });
        }
        let files =
            by_file.into_iter().filter_map(|(id, edits)| Some((self.files.get(&id)?.uri.clone(), edits)));
        Some(self.server.edit(files))
    }
}

impl File<'_> {
    fn range(&self, span: Span) -> lsp_types::Range {
        self.positions.range(span)
    }
}
