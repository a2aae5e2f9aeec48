//! The source of a local run: the user's own working tree as it is now, uncommitted changes included.
//!
//! Taken are tracked files and untracked ones that git does not ignore; in a folder that is no repository all files. Never taken
//! are `.git` and `.standpipe`. Without a commit the variable `commit` is `uncommitted` and the others are empty.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Output, Stdio};

use compiler::value::{ArtifactRef, Value};
use indexmap::IndexMap;
use tokio::process::Command;
use tokio::sync::watch;

use super::local::Local;
use crate::blocking::{blocking, blocking_until};
use crate::codes;
use crate::error::{Error, Failure, Trouble};
use crate::job::Job;
use crate::log::Log;
use crate::outcome::{Mode, Product};
use crate::outputs;
use crate::report::count;
use crate::signal::{Stop, reached};

/// What is never part of a source.
const LEFT_OUT: [&str; 2] = [".git", ".standpipe"];

/// Takes the source of an action; `None` when it was stopped.
pub(crate) async fn take(
    local: &Local,
    job: &Job,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Option<Product>, Trouble> {
    // It may be dropped at any point: git is killed, and work on files is given up with the next one.
    let mut own = stop.clone();
    tokio::select! {
        product = source(local, job, &mut own, log) => product.map(Some),
        () = reached(stop, Stop::End) => Ok(None),
    }
}

async fn source(
    local: &Local,
    job: &Job,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Product, Trouble> {
    let repository = job.text("repository")?.unwrap_or_default();
    if let Some(folder) = job.index().and_then(|index| local.sources.get(&index)) {
        return tree(local, job, folder, &repository, stop, log).await;
    }
    if let Some(url) = local_url(&repository) {
        let workspace = local.folder.workspace(&job.action().id, job.attempt)?;
        let done = async {
            clone(&local.root, url, job, workspace.root()).await?;
            tree(local, job, workspace.root(), &repository, stop, log).await
        }
        .await;
        local.cleaner.remove(workspace);
        return done;
    }
    // As on an engine, the source is the whole repository, also when the pipeline is in a folder of it.
    let folder = top_level(&local.root).await?.unwrap_or_else(|| local.root.clone());
    tree(local, job, &folder, &repository, stop, log).await
}

/// A repository on this machine, which is cloned.
fn local_url(repository: &str) -> Option<&str> {
    ["/", "./", "../", "file://"].iter().any(|start| repository.starts_with(start)).then_some(repository)
}

async fn clone(root: &Path, url: &str, job: &Job, target: &Path) -> Result<(), Trouble> {
    let target_text = target.as_os_str();
    let mut args: Vec<&OsStr> = vec!["clone".as_ref(), "--quiet".as_ref()];
    let wanted = match job.text("branch")? {
        Some(branch) => Some(branch),
        None => job.text("tag")?,
    };
    if let Some(wanted) = &wanted {
        args.extend([OsStr::new("--branch"), wanted.as_ref()]);
    }
    args.extend([OsStr::new("--"), url.as_ref(), target_text]);
    succeeded(git(root, &args).await?, "clone")?;
    if let Some(commit) = job.text("commit")? {
        succeeded(git(target, &["checkout", "--quiet", "--detach", &commit, "--"]).await?, "checkout")?;
    }
    Ok(())
}

async fn tree(
    local: &Local,
    job: &Job,
    folder: &Path,
    repository: &str,
    stop: &mut watch::Receiver<Stop>,
    log: &mut Log,
) -> Result<Product, Trouble> {
    let is_repository = top_level(folder).await?.is_some();
    let with_modules = matches!(job.action().config.get("submodules"), Some(Value::Bool(true)));
    let mut paths = Vec::new();
    let mut changes = "";
    if is_repository {
        list(folder, with_modules, &mut paths).await?;
        let status = git(folder, &["status", "--porcelain", "-z", "--untracked-files=normal", "."]).await?;
        if !status.stdout.is_empty() {
            changes = ", with uncommitted changes";
        }
    } else {
        let folder = folder.to_path_buf();
        paths = blocking(move || outputs::files(&folder, &LEFT_OUT)).await??;
    }
    if paths.is_empty() {
        let message = format!("`{}` holds no file", folder.display());
        return Err(Failure::new(codes::SOURCE_FAILED, message).lasting().into());
    }
    let what = if is_repository { "working tree" } else { "folder" };
    log.note(&format!("{what} `{}`: {}{changes}", folder.display(), count(paths.len(), "file")))?;
    let variables = variables(folder, is_repository, repository).await?;
    let (store, from) = (local.store.clone(), folder.to_path_buf());
    let (id, _) = blocking_until(stop, move |give_up| store.ingest(&from, &paths, give_up)).await?;
    let action = job.action();
    let artifact = |output: &compiler::plan::Output| {
        (ArtifactRef { action: action.id.clone(), output: output.id.clone() }, id)
    };
    Ok(Product {
        mode: Mode::Ran,
        variables,
        artifacts: action.outputs.iter().map(artifact).collect(),
        note: None,
    })
}

/// The files of a working tree, relative to a folder in it. Submodules are listed from within, when they are wanted.
async fn list(folder: &Path, with_modules: bool, paths: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let mut found = BTreeSet::new();
    let mut links = HashMap::new();
    let mut left = vec![PathBuf::new()];
    while let Some(module) = left.pop() {
        let args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = succeeded(git(&folder.join(&module), &args).await?, "ls-files")?;
        for path in listed.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let path = module.join(OsStr::from_bytes(path));
            let is_left_out = |part: Component<'_>| LEFT_OUT.iter().any(|name| part.as_os_str() == *name);
            if path.components().any(is_left_out) || lies_behind_link(folder, &path, &mut links) {
                continue;
            }
            // Deleted files are still in the index.
            let Ok(meta) = std::fs::symlink_metadata(folder.join(&path)) else { continue };
            if meta.is_dir() {
                if with_modules && folder.join(&path).join(".git").exists() {
                    left.push(path);
                }
            } else if meta.is_file() || meta.is_symlink() {
                found.insert(path);
            }
        }
    }
    paths.extend(found);
    Ok(())
}

/// True for a path that only exists through a link: what the index says of a folder that was replaced by one. `known` keeps
/// which folders are links.
fn lies_behind_link(folder: &Path, path: &Path, known: &mut HashMap<PathBuf, bool>) -> bool {
    path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()).any(|parent| {
        if let Some(is_link) = known.get(parent) {
            return *is_link;
        }
        let is_link = std::fs::symlink_metadata(folder.join(parent)).is_ok_and(|meta| meta.is_symlink());
        known.insert(parent.to_path_buf(), is_link);
        is_link
    })
}

/// The variables of a source. `repository` is what the pipeline says, as on an engine; otherwise where `origin` is.
async fn variables(
    folder: &Path,
    is_repository: bool,
    repository: &str,
) -> Result<IndexMap<String, String>, Trouble> {
    let mut commit = ["uncommitted".to_owned(), String::new(), String::new()];
    let (mut branch, mut origin) = (String::new(), String::new());
    if is_repository {
        let log = git(folder, &["log", "-1", "--format=%H%x00%aI%x00%B"]).await?;
        if log.status.success() {
            let text = String::from_utf8_lossy(&log.stdout);
            for (slot, value) in commit.iter_mut().zip(text.trim_end().splitn(3, '\0')) {
                value.trim_end().clone_into(slot);
            }
        }
        branch = line(&git(folder, &["symbolic-ref", "--quiet", "--short", "HEAD"]).await?);
        if repository.is_empty() {
            origin = line(&git(folder, &["config", "--get", "remote.origin.url"]).await?);
        }
    }
    let [commit, author_date, commit_message] = commit;
    let repository = if repository.is_empty() { origin } else { repository.to_owned() };
    Ok(IndexMap::from([
        ("commit".to_owned(), commit),
        ("commit_message".to_owned(), commit_message),
        ("branch".to_owned(), branch),
        ("author_date".to_owned(), author_date),
        ("repository".to_owned(), repository),
    ]))
}

/// The top folder of the working tree that a folder is in, if it is in one.
async fn top_level(folder: &Path) -> Result<Option<PathBuf>, Trouble> {
    let may_be = folder.ancestors().any(|parent| parent.join(".git").exists());
    if !may_be {
        return Ok(None);
    }
    let output = git(folder, &["rev-parse", "--show-toplevel"]).await?;
    if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("not a git repository") {
        return Ok(None);
    }
    let output = succeeded(output, "rev-parse")?;
    let path = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
    Ok(Some(PathBuf::from(OsStr::from_bytes(path))))
}

/// Whether git ignores a file; `None` where there is no repository, or no git.
pub(crate) async fn is_ignored(folder: &Path, file: &str) -> Option<bool> {
    match git(folder, &["check-ignore", "--quiet", "--", file]).await.ok()?.status.code() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        _ => None,
    }
}

fn line(output: &Output) -> String {
    if output.status.success() {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    } else {
        String::new()
    }
}

fn succeeded(output: Output, what: &str) -> Result<Output, Failure> {
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(codes::SOURCE_FAILED, format!("`git {what}` failed: {}", said.trim())))
}

/// Runs git as if no hook or tool had told it where the repository is.
async fn git(folder: &Path, args: &[impl AsRef<OsStr>]) -> Result<Output, Trouble> {
    let mut command = Command::new("git");
    for name in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"]
    {
        command.env_remove(name);
    }
    let output = command
        .args(["-c", "core.fsmonitor=false"])
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::environment(
            codes::SHELL_MISSING,
            "the source is a git repository, and `git` is not installed",
            "install git, or pass `--source NAME=PATH` with a folder that is no repository",
        )
        .into(),
        _ => Failure::new(codes::SOURCE_FAILED, format!("cannot run `git`: {error}")).into(),
    })
}
