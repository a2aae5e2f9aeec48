//! What git knows of a folder: where it comes from, which branch it is on.

use std::path::Path;
use std::process::Command;

use super::name::folder_name;

/// The source of a pipeline.
pub(super) struct Repository {
    /// `owner/name`.
    pub(super) name: String,
    pub(super) branch: String,
    /// The folder within the repository, with `/`; empty at its root.
    pub(super) prefix: String,
}

/// The folder's repository; guessed where there is none, or no git.
pub(super) fn repository(folder: &Path) -> Repository {
    let guess = || {
        let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let name: String = folder_name(folder).chars().map(allowed).collect();
        format!("owner/{}", if name.is_empty() { "repository" } else { &name })
    };
    let prefix = ask(folder, &["rev-parse", "--show-prefix"]).unwrap_or_default();
    Repository {
        name: ask(folder, &["remote", "get-url", "origin"])
            .and_then(|url| owner_and_name(&url))
            .unwrap_or_else(guess),
        // Also before the first commit.
        branch: ask(folder, &["symbolic-ref", "--short", "HEAD"]).unwrap_or_else(|| "main".to_owned()),
        prefix: prefix.trim_end_matches('/').to_owned(),
    }
}

/// The answer of git, unless it fails or says nothing.
fn ask(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    // Only the line end is git's; a folder may end in a blank.
    let text = text.trim_end_matches(['\r', '\n']);
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

/// `owner/name` of a remote: `git@host:owner/name.git`, `ssh://…`, `https://…`; groups of GitLab are kept.
fn owner_and_name(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some(("https" | "http" | "ssh" | "git" | "git+ssh", rest)) => rest.split_once('/')?.1,
        Some(_) => return None,
        // The form of scp; what has a `/` before the `:` is a path.
        None => url.split_once(':').filter(|(host, _)| !host.contains('/') && host.len() > 1)?.1,
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
    };
    (path.contains('/') && path.split('/').all(is_part)).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::owner_and_name;

    #[test]
    fn remotes_are_read() {
        for (url, expected) in [
            ("git@github.com:acme/shop.git", Some("acme/shop")),
            ("https://github.com/acme/shop", Some("acme/shop")),
            ("https://ada:secret@gitlab.com/acme/web/shop.git/", Some("acme/web/shop")),
            ("ssh://git@bitbucket.org:7999/acme/shop.js.git", Some("acme/shop.js")),
            ("/srv/git/shop.git", None),
            ("../shop", None),
            ("file:///srv/acme/shop", None),
            ("./a:b/c", None),
            ("C:/acme/shop", None),
            ("https://example.com/shop", None),
            ("https://example.com/a/\"b", None),
        ] {
            assert_eq!(owner_and_name(url).as_deref(), expected, "{url}");
        }
    }
}
