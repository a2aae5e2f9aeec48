//! What the compiler knows about one file at one moment. Knows nothing of editors.

use std::cell::RefCell;
use std::collections::BTreeSet;

use compiler::Compilation;
use compiler::diagnostic::Diagnostic;
use compiler::source::{Loader, SourceId, Sources, normal};

/// A file as the compiler sees it.
#[derive(Debug)]
pub(crate) struct Analysis {
    /// All files that took part.
    pub(crate) sources: Sources,
    /// Which of them this is about.
    pub(crate) source: SourceId,
    /// Everything known; nothing when the file could not be read at all.
    pub(crate) compilation: Option<Compilation>,
    /// What is wrong, by place.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The paths that were read, found or not: when one of them changes this analysis is out of date.
    pub(crate) reads: BTreeSet<String>,
}

impl Analysis {
    /// The text that was analysed, without a byte order mark.
    pub(crate) fn text(&self) -> &str {
        &self.sources.get(self.source).text
    }
}

/// Analyses the file `name`.
pub(crate) fn analyse(name: &str, loader: &dyn Loader) -> Analysis {
    let recording = Recording { loader, reads: RefCell::default() };
    let mut sources = Sources::default();
    match compiler::load(&recording, &mut sources, name) {
        Ok(source) => {
            let options = compiler::Options { values: true, ..compiler::Options::default() };
            let compilation = compiler::compile_with(&mut sources, source, &recording, &options);
            let mut diagnostics = compilation.diagnostics.clone();
            diagnostics.extend(compiler::target::check(&compilation.pipelines, None));
            diagnostics.sort_by_key(|d| (d.place.source, d.place.span, d.code.id));
            let reads = recording.reads.into_inner();
            Analysis { sources, source, compilation: Some(compilation), diagnostics, reads }
        }
        Err(diagnostic) => Analysis {
            source: diagnostic.place.source,
            sources,
            compilation: None,
            diagnostics: vec![*diagnostic],
            reads: recording.reads.into_inner(),
        },
    }
}

/// A loader that remembers what it was asked for.
struct Recording<'a> {
    loader: &'a dyn Loader,
    reads: RefCell<BTreeSet<String>>,
}

impl Loader for Recording<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        self.reads.borrow_mut().insert(normal(path));
        self.loader.load(path)
    }

    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        self.loader.in_working_tree(name, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.loader.list(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Result<Vec<u8>, String>);

    impl Loader for One {
        fn load(&self, _: &str) -> Result<Vec<u8>, String> {
            self.0.clone()
        }
    }

    fn only_code(bytes: Result<Vec<u8>, String>) -> &'static str {
        let analysis = analyse("/p/a.pipe", &One(bytes));
        assert!(analysis.compilation.is_none());
        let [diagnostic] = analysis.diagnostics.as_slice() else { panic!("one diagnostic is expected") };
        diagnostic.code.id
    }

    #[test]
    fn what_cannot_be_read_is_a_diagnostic() {
        assert_eq!(only_code(Err("no such file".to_owned())), "P0003");
        assert_eq!(only_code(Ok(b"pipeline \xff".to_vec())), "P0001");
        assert_eq!(only_code(Ok(vec![b' '; compiler::source::MAX_BYTES + 1])), "P0002");
    }

    #[test]
    fn reads_are_remembered() {
        let analysis = analyse("/p/a.pipe", &One(Ok(b"let x = file(\"./s.sh\")\n".to_vec())));
        assert!(analysis.reads.contains("/p/a.pipe"));
        assert!(analysis.reads.contains("/p/s.sh"), "{:?}", analysis.reads);
    }
}
