//! Artifacts by content: files under the hash of their bytes, and trees that list them. Nothing becomes visible before it is
//! complete, and nothing in it is ever changed. Unaware of actions and of who reads an artifact.

pub(crate) mod tree;

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::blocking::GiveUp;
use crate::codes;
use crate::error::{Error, Failure, Trouble};
use tree::{Entry, Kind, Tree};

/// Files up to this size are read into memory, larger ones are copied first and hashed then.
const SMALL: u64 = 1 << 20;

/// The hash of a tree: an artifact's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TreeId([u8; 32]);

impl std::fmt::Display for TreeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

/// The store of a project.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    root: PathBuf,
    /// Begins the names of unfinished files, so that those of a killed run can be told from others.
    run: String,
}

impl Store {
    /// Opens the store, whose folders are made with the first artifact.
    pub(crate) fn new(root: PathBuf, run: &str) -> Self {
        Self { root, run: run.to_owned() }
    }

    /// Removes what a killed run left unfinished.
    pub(crate) fn clean(root: &Path, run: &str) {
        let is_of_run = |name: &OsStr| name.as_bytes().starts_with(format!("{run}~").as_bytes());
        for entry in fs::read_dir(root.join("tmp")).into_iter().flatten().flatten() {
            if is_of_run(&entry.file_name()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn file_path(&self, hash: &blake3::Hash) -> PathBuf {
        let hex = hash.to_hex();
        self.root.join("files").join(&hex[..2]).join(&hex[2..])
    }

    fn tree_path(&self, id: TreeId) -> PathBuf {
        self.root.join("trees").join(id.to_string())
    }

    /// Takes files out of a folder. `paths` are relative to it; what is neither a file nor a link is left out.
    pub(crate) fn ingest(
        &self,
        folder: &Path,
        paths: &[PathBuf],
        give_up: &GiveUp,
    ) -> Result<(TreeId, Tree), Trouble> {
        let mut entries = Vec::with_capacity(paths.len());
        for path in paths {
            give_up.check()?;
            let from = folder.join(path);
            let unreadable = |error: &io::Error| {
                Failure::new(codes::UNREADABLE_ARTIFACT, format!("cannot read `{}`: {error}", path.display()))
            };
            let meta = fs::symlink_metadata(&from).map_err(|e| unreadable(&e))?;
            let kind = if meta.is_symlink() {
                Kind::Link(fs::read_link(&from).map_err(|e| unreadable(&e))?)
            } else if meta.is_file() {
                let mut file = File::open(&from).map_err(|e| unreadable(&e))?;
                let (hash, size) = if meta.len() <= SMALL {
                    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
                    file.read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
                    self.add_bytes(&bytes)?
                } else {
                    self.add_large(&mut file, &from)?
                };
                Kind::File { hash, size, executable: meta.permissions().mode() & 0o111 != 0 }
            } else {
                continue;
            };
            entries.push(Entry { path: path.clone(), kind });
        }
        let tree = Tree::new(entries);
        // Nobody could read it again, and every later run would find the store damaged.
        if let Some(path) = tree.refused() {
            let message = format!(
                "`{}` cannot be kept: it leads out of the folder or lies behind a link",
                path.display()
            );
            return Err(Failure::new(codes::UNREADABLE_ARTIFACT, message).into());
        }
        let text = tree.encode();
        let id = TreeId(*blake3::hash(&text).as_bytes());
        let target = self.tree_path(id);
        if !holds(&target, text.len() as u64) {
            self.publish(&target, |file| file.write_all(&text))?;
        }
        Ok((id, tree))
    }

    fn add_bytes(&self, bytes: &[u8]) -> Result<(blake3::Hash, u64), Error> {
        let hash = blake3::hash(bytes);
        let (target, size) = (self.file_path(&hash), bytes.len() as u64);
        if !holds(&target, size) {
            self.publish(&target, |file| file.write_all(bytes))?;
        }
        Ok((hash, size))
    }

    /// Copies, without moving bytes where the file system can, and hashes the copy: the original may be changing.
    fn add_large(&self, from: &mut File, path: &Path) -> Result<(blake3::Hash, u64), Error> {
        let (temporary, mut copy) = self.temporary()?;
        let added = clone_file(from, &mut copy)
            .and_then(|()| {
                let mut hasher = blake3::Hasher::new();
                hasher.update_reader(File::open(&temporary)?)?;
                let hash = hasher.finalize();
                let target = self.file_path(&hash);
                let size = copy.metadata()?.len();
                if holds(&target, size) {
                    return Ok((hash, size));
                }
                copy.set_permissions(Permissions::from_mode(0o444))?;
                rename(&temporary, &target)?;
                Ok((hash, size))
            })
            .map_err(|error| Error::io("store", path, &error));
        let _ = fs::remove_file(&temporary);
        added
    }

    /// Writes a file under a temporary name and gives it its own when it is complete.
    fn publish(&self, target: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
        let (temporary, mut file) = self.temporary()?;
        let done = write(&mut file)
            .and_then(|()| file.set_permissions(Permissions::from_mode(0o444)))
            .and_then(|()| rename(&temporary, target));
        done.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            Error::io("write", target, &error)
        })
    }

    fn temporary(&self) -> Result<(PathBuf, File), Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = self.root.join("tmp");
        loop {
            let name = format!("{}~{}", self.run, NEXT.fetch_add(1, Ordering::Relaxed));
            let path = folder.join(name);
            match File::options().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_dir() => {
                    fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, &e))?;
                }
                Err(error) => return Err(Error::io("write", &path, &error)),
            }
        }
    }

    /// Reads a tree.
    pub(crate) fn tree(&self, id: TreeId) -> Result<Tree, Error> {
        let path = self.tree_path(id);
        let text = fs::read(&path).map_err(|error| damaged(&path, &error.to_string()))?;
        if *blake3::hash(&text).as_bytes() != id.0 {
            return Err(damaged(&path, "its content has changed"));
        }
        Tree::decode(&text).ok_or_else(|| damaged(&path, "it cannot be understood"))
    }

    /// Makes an artifact's files in a folder that does not exist yet. The files are copies: nobody can write through them.
    pub(crate) fn materialize(&self, id: TreeId, folder: &Path, give_up: &GiveUp) -> Result<(), Trouble> {
        let tree = self.tree(id)?;
        let make = |path: &Path| fs::create_dir_all(path).map_err(|e| Error::io("create", path, &e));
        make(folder)?;
        let mut last_parent = PathBuf::new();
        for Entry { path, kind } in tree.entries() {
            give_up.check()?;
            if let Some(parent) = path.parent()
                && *parent != *last_parent
            {
                make(&folder.join(parent))?;
                last_parent = parent.to_path_buf();
            }
            let target = folder.join(path);
            match kind {
                Kind::Link(to) => std::os::unix::fs::symlink(to, &target)
                    .map_err(|error| Error::io("link", &target, &error))?,
                Kind::File { hash, size, executable } => {
                    let stored = self.file_path(hash);
                    if !holds(&stored, *size) {
                        return Err(damaged(&stored, "it is missing or has another size").into());
                    }
                    let mut from = File::open(&stored).map_err(|e| damaged(&stored, &e.to_string()))?;
                    let mode = if *executable { 0o755 } else { 0o644 };
                    File::options()
                        .write(true)
                        .create_new(true)
                        .mode(mode)
                        .open(&target)
                        .and_then(|mut to| clone_file(&mut from, &mut to))
                        .map_err(|error| Error::io("write", &target, &error))?;
                }
            }
        }
        Ok(())
    }

    /// Opens a stored file.
    pub(crate) fn open(&self, hash: &blake3::Hash) -> Result<File, Error> {
        let path = self.file_path(hash);
        File::open(&path).map_err(|error| damaged(&path, &error.to_string()))
    }
}

/// A cut-off file has another size, and is then written again.
fn holds(path: &Path, size: u64) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() == size)
}

fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::rename(from, to)
        }
        done => done,
    }
}

/// Shares the bytes where the file system can (reflink), otherwise copies them.
fn clone_file(from: &mut File, to: &mut File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if from.metadata()?.len() > 0 && rustix::fs::ioctl_ficlone(&*to, &*from).is_ok() {
        return Ok(());
    }
    io::copy(from, to).map(drop)
}

fn damaged(path: &Path, why: &str) -> Error {
    let message = format!("the stored artifact `{}` cannot be used: {why}", path.display());
    Error::environment(codes::STORE_DAMAGED, message, "remove `.standpipe/store` and run again")
}

/// True when a path of a plan or a tree stays where it is: relative, and without `..`.
pub(crate) fn stays_inside(path: &Path) -> bool {
    use std::path::Component;
    let text = path.as_os_str();
    !text.is_empty()
        && text != OsStr::new("/")
        && !text.as_bytes().contains(&0)
        && path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
