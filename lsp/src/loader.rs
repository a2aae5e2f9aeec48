//! Files for the compiler: open buffers win over the disk.

use std::fs::File;
use std::io::Read as _;

use compiler::source::{Loader, MAX_BYTES, normal};

use crate::disk;
use crate::documents::Documents;

/// The open documents, and the disk below them.
pub(crate) struct Overlay<'a>(pub(crate) &'a Documents);

impl Loader for Overlay<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = normal(path);
        match self.0.by_name(&path) {
            Some(document) => Ok(document.text.clone().into_bytes()),
            None => read(&path),
        }
    }

    fn in_working_tree(&self, name: &str, path: &str) -> Option<bool> {
        disk::in_working_tree(name, path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        disk::list(folder)
    }
}

/// Reads a file, no more of it than shows that it is too large.
fn read(path: &str) -> Result<Vec<u8>, String> {
    if !std::path::Path::new(path).is_absolute() {
        return Err("a file that is not saved yet has no folder to look in".to_owned());
    }
    let metadata = std::fs::metadata(path).map_err(|error| disk::sentence(&error))?;
    // Reading a pipe or a terminal would wait for ever.
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| disk::sentence(&error))?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| disk::sentence(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        assert_eq!(normal("/a/./b/../c.pipe"), "/a/c.pipe");
        assert_eq!(normal("/../c.pipe"), "/../c.pipe");
        assert_eq!(normal("../c.pipe"), "../c.pipe");
        assert_eq!(normal("untitled:Untitled-1"), "untitled:Untitled-1");
    }

    #[test]
    fn buffers_win_over_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.sh").to_string_lossy().into_owned();
        std::fs::write(&path, "on disk").expect("written");
        let mut documents = Documents::default();
        assert_eq!(Overlay(&documents).load(&path).as_deref(), Ok(b"on disk".as_slice()));
        documents.open("file:///s", &path, 1, "in the editor".to_owned());
        assert_eq!(Overlay(&documents).load(&path).as_deref(), Ok(b"in the editor".as_slice()));
        documents.close("file:///s");
        assert_eq!(Overlay(&documents).load(&path).as_deref(), Ok(b"on disk".as_slice()));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let documents = Documents::default();
        assert!(Overlay(&documents).load("relative.sh").is_err());
        assert!(Overlay(&documents).load("/").is_err());
        assert!(Overlay(&documents).load("/no/such/file").is_err());
    }
}
