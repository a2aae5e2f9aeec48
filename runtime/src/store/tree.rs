//! The list of an artifact's files, and its form on disk. Names are bytes, as on Unix. Unaware of where files are kept.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::stays_inside;

const HEADER: &[u8] = b"standpipe.tree/1\n";

/// A file or link of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Relative to the artifact's root.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file, by the hash of its bytes.
    File { hash: blake3::Hash, size: u64, executable: bool },
    /// A symbolic link, kept as it is.
    Link(PathBuf),
}

/// An artifact's files, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    entries: Vec<Entry>,
}

impl Tree {
    pub(crate) fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Self { entries }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at a path.
    pub(crate) fn get(&self, path: &Path) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| entry.path.as_path().cmp(path)).ok().map(|at| &self.entries[at])
    }

    /// True when the path is a folder that holds something.
    pub(crate) fn has_folder(&self, path: &Path) -> bool {
        self.entries.iter().any(|entry| entry.path.starts_with(path))
    }

    /// The first path that `decode` would refuse.
    pub(crate) fn refused(&self) -> Option<&Path> {
        let mut links = BTreeSet::new();
        for Entry { path, kind } in &self.entries {
            if !is_sound(path, &links) {
                return Some(path);
            }
            if matches!(kind, Kind::Link(_)) {
                links.insert(path.clone());
            }
        }
        None
    }

    /// One record for each entry: `f` or `x` for a file, hash, size; `l` for a link; then the path, each ended by NUL,
    /// which no path can hold.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut text = HEADER.to_vec();
        for Entry { path, kind } in &self.entries {
            match kind {
                Kind::File { hash, size, executable } => {
                    let letter = if *executable { 'x' } else { 'f' };
                    text.extend_from_slice(format!("{letter} {} {size}\0", hash.to_hex()).as_bytes());
                }
                Kind::Link(to) => {
                    text.extend_from_slice(b"l ");
                    text.extend_from_slice(to.as_os_str().as_bytes());
                    text.push(0);
                }
            }
            text.extend_from_slice(path.as_os_str().as_bytes());
            text.push(0);
        }
        text
    }

    /// Reads what `encode` wrote; `None` for anything else, also for paths that would lead out of a folder.
    pub(crate) fn decode(text: &[u8]) -> Option<Self> {
        let mut fields = text.strip_prefix(HEADER)?.split(|byte| *byte == 0);
        let mut entries = Vec::new();
        let mut links = BTreeSet::new();
        loop {
            let head = fields.next()?;
            if head.is_empty() {
                break;
            }
            let path = PathBuf::from(OsStr::from_bytes(fields.next()?));
            if !is_sound(&path, &links) {
                return None;
            }
            let kind = match head.split_at_checked(2)? {
                (b"l ", to) => {
                    links.insert(path.clone());
                    Kind::Link(PathBuf::from(OsStr::from_bytes(to)))
                }
                (letter @ (b"f " | b"x "), rest) => {
                    let (hash, size) = std::str::from_utf8(rest).ok()?.split_once(' ')?;
                    Kind::File {
                        hash: blake3::Hash::from_hex(hash).ok()?,
                        size: size.parse().ok()?,
                        executable: letter == b"x ",
                    }
                }
                _ => return None,
            };
            entries.push(Entry { path, kind });
        }
        Some(Self { entries })
    }
}

/// Nothing may lead out of a folder, or be written through a link of the same tree.
fn is_sound(path: &Path, links: &BTreeSet<PathBuf>) -> bool {
    stays_inside(path) && (links.is_empty() || !path.ancestors().skip(1).any(|parent| links.contains(parent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Entry {
        let kind =
            Kind::File { hash: blake3::hash(path.as_bytes()), size: 3, executable: path.ends_with('x') };
        Entry { path: path.into(), kind }
    }

    #[test]
    fn survives_its_own_form() {
        let odd = PathBuf::from(OsStr::from_bytes(b"new\nline \xff"));
        let link = Entry { path: "a/link".into(), kind: Kind::Link("../elsewhere".into()) };
        let tree = Tree::new(vec![file("b/x"), Entry { path: odd, ..file("b") }, link, file("a b")]);
        assert_eq!(Tree::decode(&tree.encode()), Some(tree));
        assert_eq!(Tree::decode(&Tree::default().encode()), Some(Tree::default()));
    }

    #[test]
    fn refuses_what_leads_outside() {
        for path in ["../x", "/etc/passwd", "a/../../b", ""] {
            let tree = Tree { entries: vec![file(path)] };
            assert_eq!(tree.refused(), Some(Path::new(path)));
            assert_eq!(Tree::decode(&tree.encode()), None, "{path}");
        }
        let link = Entry { path: "a".into(), kind: Kind::Link("/etc".into()) };
        let tree = Tree { entries: vec![link, file("a/passwd")] };
        assert_eq!(tree.refused(), Some(Path::new("a/passwd")));
        assert_eq!(Tree::decode(&tree.encode()), None);
        assert_eq!(Tree::decode(b"standpipe.tree/1\nf zz 3\0a\0"), None);
        assert_eq!(Tree::decode(b"something else"), None);
    }
}
