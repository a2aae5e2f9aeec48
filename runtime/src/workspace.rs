//! The folders of a run: the state folder, the run's own folder with its lock, and a fresh workspace for each attempt.
//! Unaware of what happens in a workspace.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::clock;
use crate::error::Error;

/// The folder of a run: `<state>/runs/<id>`. While it is locked, the run is going on.
#[derive(Debug)]
pub(crate) struct RunFolder {
    pub(crate) id: String,
    path: PathBuf,
    /// Workspaces that their actions left as empty as they were.
    empty: Mutex<Vec<PathBuf>>,
    _lock: File,
}

/// Makes the state folder, hidden from git, and returns its absolute path.
pub(crate) fn prepare_state(state: &Path) -> Result<PathBuf, Error> {
    // Copies of the user's files are kept in it, and not with all their permissions: nobody else may look into it.
    let create = |path: &Path| fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    create(&state.join("runs")).map_err(|e| Error::io("create the folder", state, &e))?;
    let state = state.canonicalize().map_err(|e| Error::io("find", state, &e))?;
    let ignore = state.join(".gitignore");
    if !ignore.is_file() {
        let written = File::create(&ignore).and_then(|mut file| file.write_all(b"*\n"));
        written.map_err(|e| Error::io("write", &ignore, &e))?;
    }
    Ok(state)
}

impl RunFolder {
    /// Makes the folder of a new run and locks it.
    pub(crate) fn create(state: &Path) -> Result<Self, Error> {
        loop {
            let id = clock::run_id();
            let path = state.join("runs").join(&id);
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(Error::io("create the folder", &path, &error)),
            }
            let lock_path = path.join("lock");
            let lock = File::create(&lock_path).map_err(|e| Error::io("write", &lock_path, &e))?;
            lock.lock().map_err(|e| Error::io("lock", &lock_path, &e))?;
            let folder = Self { id, path, empty: Mutex::default(), _lock: lock };
            let work = folder.work();
            fs::create_dir(&work).map_err(|e| Error::io("create the folder", &work, &e))?;
            return Ok(folder);
        }
    }

    fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    /// Where an action's log is.
    pub(crate) fn log(&self, action: &str) -> PathBuf {
        self.path.join("logs").join(format!("{}.log", file_name(action)))
    }

    /// A fresh workspace for an attempt.
    pub(crate) fn workspace(&self, action: &str, attempt: u32) -> Result<Workspace, Error> {
        let base = self.work().join(format!("{}~{attempt}", file_name(action)));
        make(&base)?;
        Ok(Workspace { root: base.clone(), base, is_shared: false })
    }

    /// A fresh workspace for an attempt without inputs. One that was left empty serves again: making and removing folders is
    /// most of what a small action costs beyond its process.
    pub(crate) fn empty_workspace(&self, action: &str, attempt: u32) -> Result<Workspace, Error> {
        let base = self.work().join(format!("{}~{attempt}", file_name(action)));
        let left = self.empty.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let root = match left {
            Some(root) => root,
            None => {
                static NEXT: AtomicU64 = AtomicU64::new(0);
                let root = self.work().join(format!("~{}", NEXT.fetch_add(1, Ordering::Relaxed)));
                make(&root)?;
                root
            }
        };
        Ok(Workspace { root, base, is_shared: true })
    }

    /// Takes back a workspace that is no longer used: for the next action, or to be removed.
    pub(crate) fn release(&self, workspace: Workspace, cleaner: &Cleaner) {
        if workspace.is_shared && is_untouched(&workspace.root) {
            self.empty.lock().unwrap_or_else(PoisonError::into_inner).push(workspace.root);
        } else {
            cleaner.remove(workspace);
        }
    }

    /// Leaves all workspaces to the user: without the lock file no later run takes this one for killed and removes them.
    pub(crate) fn keep_work(&self) {
        let _ = fs::remove_file(self.path.join("lock"));
    }

    /// Removes all workspaces.
    pub(crate) fn remove_work(&self) -> io::Result<()> {
        remove_tree(&self.work())
    }
}

/// Removes the workspaces of runs that were killed, after `end` has ended what they left running. Returns their ids.
pub(crate) fn clean_killed(state: &Path, end: impl Fn(&str)) -> Vec<String> {
    let mut killed = Vec::new();
    let Ok(runs) = fs::read_dir(state.join("runs")) else { return killed };
    for run in runs.flatten() {
        let work = run.path().join("work");
        if !work.exists() {
            continue;
        }
        // Without a lock file the run kept its work on purpose. One that is just being made has its lock before its work.
        let Ok(lock) = File::open(run.path().join("lock")) else { continue };
        if lock.try_lock().is_ok() {
            if let Ok(id) = run.file_name().into_string() {
                end(&id);
                killed.push(id);
            }
            let _ = remove_tree(&work);
        }
    }
    killed
}

fn make(path: &Path) -> Result<(), Error> {
    fs::DirBuilder::new().mode(0o755).create(path).map_err(|e| Error::io("create the folder", path, &e))
}

/// True for a folder that is as it was made. A link to a folder is not: the next action would work in another place.
fn is_untouched(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) {
        return false;
    }
    let is_empty = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    is_empty && fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o700 == 0o700)
}

/// The workspace of one attempt: a folder, and beside it the files of ours that the script must not find in it.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    /// The start of the names of our files.
    base: PathBuf,
    is_shared: bool,
}

impl Workspace {
    /// The folder itself: the working directory of an action without inputs.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The place of an input.
    pub(crate) fn input(&self, index: usize, name: &str) -> PathBuf {
        self.root.join(format!("{index}-{}", file_name(name)))
    }

    /// A file of ours.
    pub(crate) fn beside(&self, what: &str) -> PathBuf {
        let mut path = self.base.clone().into_os_string();
        path.push(".");
        path.push(what);
        path.into()
    }

    /// Writes a file of ours.
    pub(crate) fn write(&self, what: &str, text: &str) -> Result<PathBuf, Error> {
        let path = self.beside(what);
        fs::write(&path, text).map_err(|e| Error::io("write", &path, &e))?;
        Ok(path)
    }

    /// Removes the folder and the files beside it. What cannot be removed stays until the run's folder is cleaned.
    fn remove(&self) {
        if fs::remove_dir(&self.root).is_err() {
            let _ = remove_tree(&self.root);
        }
        for what in ["sh", "capture", "exports", "variables"] {
            let _ = fs::remove_file(self.beside(what));
        }
    }
}

/// Removes workspaces on a thread of its own: an action is over before its files are gone.
#[derive(Debug)]
pub(crate) struct Cleaner {
    sender: Option<Sender<Workspace>>,
    thread: Option<JoinHandle<()>>,
}

impl Cleaner {
    pub(crate) fn new() -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel::<Workspace>();
        let work = move || receiver.into_iter().for_each(|workspace| workspace.remove());
        let thread = std::thread::Builder::new().name("cleaner".to_owned()).spawn(work)?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Removes a workspace soon.
    pub(crate) fn remove(&self, workspace: Workspace) {
        if let Some(sender) = &self.sender {
            let _ = sender.send(workspace);
        }
    }
}

impl Drop for Cleaner {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Removes a folder with everything in it, also what a script made read-only.
pub(crate) fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let mut left = vec![path.to_path_buf()];
            while let Some(folder) = left.pop() {
                let _ = fs::set_permissions(&folder, Permissions::from_mode(0o700));
                let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
                left.extend(
                    entries.filter(|e| e.file_type().is_ok_and(|t| t.is_dir())).map(|entry| entry.path()),
                );
            }
            fs::remove_dir_all(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A name that is one harmless path component, whatever the id holds.
fn file_name(id: &str) -> String {
    use std::fmt::Write as _;
    let mut name = String::with_capacity(id.len());
    for (index, byte) in id.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'@' => name.push(char::from(byte)),
            b'.' if index > 0 => name.push('.'),
            _ => {
                let _ = write!(name, "%{byte:02x}");
            }
        }
    }
    if name.len() > 120 {
        name.truncate(100);
        name.push('-');
        name.push_str(&blake3::hash(id.as_bytes()).to_hex()[..16]);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_are_single_components() {
        assert_eq!(file_name("build.test-20"), "build.test-20");
        assert_eq!(file_name("../../etc"), "%2e.%2f..%2fetc");
        assert_eq!(file_name("a~1"), "a%7e1");
        assert!(file_name(&"ü".repeat(400)).len() < 130);
        assert_ne!(file_name(&"x".repeat(400)), file_name(&"x".repeat(401)));
    }
}
