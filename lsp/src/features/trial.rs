//! Changes on trial: what would be known about a file if it, or another one, were changed.

use std::collections::BTreeMap;

use compiler::diagnostic::{Diagnostic, Severity};
use compiler::source::Loader;
use compiler::span::Span;

use crate::analysis::Analysis;

/// A text with edits in it, which are apart from each other.
pub(super) fn edited(text: &str, edits: &BTreeMap<Span, String>) -> String {
    let mut text = text.to_owned();
    for (span, new) in edits.iter().rev() {
        text.replace_range(span.range(), new);
    }
    text
}

/// The errors that an analysis found.
pub(super) fn errors(analysis: &Analysis) -> impl Iterator<Item = &Diagnostic> {
    analysis.diagnostics.iter().filter(|d| d.severity == Severity::Error)
}

/// Files with other texts, above all others.
pub(super) struct Changed<'a> {
    pub(super) texts: &'a BTreeMap<String, String>,
    pub(super) loader: &'a dyn Loader,
}

impl Loader for Changed<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.loader.load(path),
        }
    }

    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        self.loader.in_working_tree(name, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.loader.list(folder)
    }
}
