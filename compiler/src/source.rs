//! The files of a compilation: names, texts and ids. Nothing else of the compiler touches the disk.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::syntax::{self, Parsed};

/// The largest source file that is read, in bytes. Offsets are 32 bits wide, and nobody writes 16 MiB by hand.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Which file of a [`Sources`]; only meaningful together with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// One source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as messages show it: relative to where the user stands, with `/`.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: Arc<str>,
}

/// Where files come from. The command line reads the disk, the language server lays open buffers over it, tests use
/// memory; the compiler itself reads nothing.
pub trait Loader {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    /// A sentence for the user when it cannot be read.
    fn load(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Whether the working tree that holds the file `name` has a file at `path`, relative to its top; none where nobody
    /// knows.
    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        let _ = (name, path);
        None
    }

    /// The names of the pipeline files in a folder (empty: where the user stands), for suggestions.
    fn list(&self, folder: &str) -> Vec<String> {
        let _ = folder;
        Vec::new()
    }
}

/// All files of a compilation, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
    by_name: HashMap<String, SourceId>,
    /// What was parsed already, parallel to `files`.
    parsed: Vec<OnceLock<Arc<Parsed>>>,
}

impl Sources {
    /// Adds a file and gives its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let name = name.into();
        self.by_name.insert(name.clone(), id);
        self.files.push(Source { name, text: text.into() });
        self.parsed.push(OnceLock::new());
        id
    }

    /// The file that was added last under this name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<SourceId> {
        self.by_name.get(name).copied()
    }

    /// The tree of a file, parsed once.
    #[must_use]
    pub fn parsed(&self, id: SourceId) -> Arc<Parsed> {
        let parse = || Arc::new(syntax::parse(id, &self.get(id).text));
        self.parsed.get(id.0 as usize).map_or_else(parse, |cell| cell.get_or_init(parse).clone())
    }

    /// The file with this id.
    ///
    /// # Panics
    /// When the id is not of this collection, which is a bug.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(i, s)| (SourceId(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }
}

/// The path without `.` and `..`, so that one file has one name. Symbolic links are not followed.
#[must_use]
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
