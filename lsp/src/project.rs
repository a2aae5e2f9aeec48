//! The files of the workspace: open documents, and pipeline files on disk.

use std::collections::HashMap;
use std::rc::Rc;

use compiler::source::normal;

use crate::analysis::Analysis;

/// How many files are looked at. A workspace with more is no project, but a disk.
const MAX_FILES: usize = 5_000;

/// What is known about files that are not open.
#[derive(Debug, Default)]
pub(crate) struct Project {
    roots: Vec<String>,
    /// The pipeline files under the roots; none before they were asked for.
    files: Option<Rc<[String]>>,
    closed: HashMap<String, Rc<Analysis>>,
}

impl Project {
    /// The project in these folders.
    pub(crate) fn new(roots: Vec<String>) -> Self {
        Self { roots, ..Self::default() }
    }

    /// Takes folders in, and others out.
    pub(crate) fn change_roots(&mut self, added: impl IntoIterator<Item = String>, removed: &[String]) {
        self.roots.retain(|root| !removed.contains(root));
        self.roots.extend(added);
        self.files = None;
    }

    /// The pipeline files under the roots, sorted: what git ignores is no part of a project.
    pub(crate) fn files(&mut self) -> Rc<[String]> {
        let roots = &self.roots;
        let find = || {
            let walks = roots.iter().map(|root| ignore::WalkBuilder::new(root).require_git(false).build());
            let entries = walks.flatten().flatten();
            let paths = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "pipe"));
            let files = paths.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
            let mut names: Vec<String> =
                files.take(MAX_FILES).map(|entry| normal(&entry.path().to_string_lossy())).collect();
            names.sort();
            names.dedup();
            names.into()
        };
        self.files.get_or_insert_with(find).clone()
    }

    /// What is known about a file that is not open.
    pub(crate) fn closed(&self, name: &str) -> Option<Rc<Analysis>> {
        self.closed.get(name).cloned()
    }

    /// Remembers what is known about a file that is not open.
    pub(crate) fn remember(&mut self, name: &str, analysis: Rc<Analysis>) {
        self.closed.insert(name.to_owned(), analysis);
    }

    /// Forgets what was found with the help of a file that changed.
    pub(crate) fn invalidate(&mut self, name: &str) {
        self.closed.retain(|_, analysis| !analysis.reads.contains(name));
    }

    /// Forgets everything, because files on disk changed.
    pub(crate) fn invalidate_all(&mut self) {
        self.files = None;
        self.closed.clear();
    }
}
