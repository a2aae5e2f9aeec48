//! The open documents: their texts, and what is known about them as long as it holds.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::analysis::Analysis;

/// An open document.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its path, or its URI if it is nowhere on disk.
    pub(crate) name: String,
    /// The version that the editor gave to this text.
    pub(crate) version: i32,
    /// The text as the editor has it.
    pub(crate) text: String,
    /// What is known about this text, if it was asked for.
    analysis: Option<Rc<Analysis>>,
    /// The paths that the last analysis read, which outlive it.
    reads: std::collections::BTreeSet<String>,
    /// Whether its diagnostics are still to be published.
    unpublished: bool,
}

/// All open documents, by URI.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    open: BTreeMap<String, Document>,
}

impl Documents {
    /// Opens a document. Opening it again replaces it.
    pub(crate) fn open(&mut self, uri: &str, name: &str, version: i32, text: String) {
        let document = Document {
            name: name.to_owned(),
            version,
            text,
            analysis: None,
            reads: std::collections::BTreeSet::new(),
            unpublished: true,
        };
        self.open.insert(uri.to_owned(), document);
        self.invalidate_readers(name);
    }

    /// Closes a document: from now on the disk counts. Says whether it was open.
    pub(crate) fn close(&mut self, uri: &str) -> bool {
        let closed = self.open.remove(uri);
        if let Some(document) = &closed {
            self.invalidate_readers(&document.name);
        }
        closed.is_some()
    }

    /// Changes the text of an open document; says whether it is open.
    pub(crate) fn edit(&mut self, uri: &str, version: i32, change: impl FnOnce(&mut String)) -> bool {
        let Some(document) = self.open.get_mut(uri) else { return false };
        document.version = version;
        document.invalidate();
        change(&mut document.text);
        let name = document.name.clone();
        self.invalidate_readers(&name);
        true
    }

    /// Forgets all that is known, because files on disk changed.
    pub(crate) fn invalidate_all(&mut self) {
        self.open.values_mut().for_each(Document::invalidate);
    }

    fn invalidate_readers(&mut self, name: &str) {
        self.open
            .values_mut()
            .filter(|document| document.reads.contains(name))
            .for_each(Document::invalidate);
    }

    /// The open document with this URI.
    pub(crate) fn get(&self, uri: &str) -> Option<&Document> {
        self.open.get(uri)
    }

    /// The open document with this name.
    pub(crate) fn by_name(&self, name: &str) -> Option<&Document> {
        self.open.values().find(|document| document.name == name)
    }

    /// The URI under which the editor opened the file `name`.
    pub(crate) fn uri_of(&self, name: &str) -> Option<&str> {
        self.open.iter().find(|(_, document)| document.name == name).map(|(uri, _)| uri.as_str())
    }

    /// What is known about a document, if it still holds.
    pub(crate) fn analysis(&self, uri: &str) -> Option<Rc<Analysis>> {
        self.open.get(uri)?.analysis.clone()
    }

    /// Remembers what is known about a document's present text.
    pub(crate) fn remember(&mut self, uri: &str, analysis: Rc<Analysis>) {
        if let Some(document) = self.open.get_mut(uri) {
            document.reads.clone_from(&analysis.reads);
            document.analysis = Some(analysis);
        }
    }

    /// The URIs of all open documents.
    pub(crate) fn uris(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// The documents whose diagnostics are still to be published.
    pub(crate) fn unpublished(&self) -> Vec<String> {
        self.open.iter().filter(|(_, document)| document.unpublished).map(|(uri, _)| uri.clone()).collect()
    }

    /// Notes that a document's diagnostics were published.
    pub(crate) fn published(&mut self, uri: &str) {
        if let Some(document) = self.open.get_mut(uri) {
            document.unpublished = false;
        }
    }
}

impl Document {
    fn invalidate(&mut self) {
        self.analysis = None;
        self.unpublished = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse;
    use crate::loader::Overlay;

    #[test]
    fn an_edit_invalidates_what_read_the_file() {
        let mut documents = Documents::default();
        documents.open("file:///p/a.pipe", "/p/a.pipe", 1, "let x = file(\"s.sh\")\n".to_owned());
        documents.open("file:///p/s.sh", "/p/s.sh", 1, "make\n".to_owned());
        documents.open("file:///p/b.pipe", "/p/b.pipe", 1, String::new());
        for uri in documents.unpublished() {
            let name = documents.get(&uri).map(|document| document.name.clone()).expect("it is open");
            let analysis = analyse(&name, &Overlay(&documents));
            documents.remember(&uri, Rc::new(analysis));
            documents.published(&uri);
        }
        assert!(documents.unpublished().is_empty());
        assert!(documents.edit("file:///p/s.sh", 2, |text| text.push_str("make test\n")));
        assert_eq!(documents.unpublished(), ["file:///p/a.pipe", "file:///p/s.sh"]);
        assert!(documents.analysis("file:///p/a.pipe").is_none());
        assert!(documents.analysis("file:///p/b.pipe").is_some());
        assert!(!documents.edit("file:///p/none", 2, String::clear));
    }
}
