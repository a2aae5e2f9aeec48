//! Takes the files that an output's globs match out of a working directory. Unaware of actions.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::codes;
use crate::error::{Error, Failure, Trouble};
use crate::inputs::nearest;
use crate::store::stays_inside;

/// Compiles the globs of an output. A path without special characters that names a folder stands for all in it.
pub(crate) fn compile(globs: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        if glob.is_empty() {
            return Err(Error::plan(codes::BAD_GLOB, "an output is an empty text"));
        }
        let path = tidy(glob);
        if !stays_inside(Path::new(if path.is_empty() { "." } else { &path })) {
            let message = format!("the output `{}` leads out of the working directory", glob.escape_debug());
            return Err(Error::plan(codes::ESCAPING_PATH, message)
                .with_help("write it relative to the working directory, without `..`"));
        }
        let mut add = |pattern: &str| {
            let built = GlobBuilder::new(pattern).literal_separator(true).build();
            set.add(built.map_err(|error| {
                let message =
                    format!("the output `{}` is no valid glob: {}", glob.escape_debug(), error.kind());
                Error::plan(codes::BAD_GLOB, message)
            })?);
            Ok(())
        };
        if path.is_empty() {
            add("**")?;
            continue;
        }
        add(&path)?;
        if !path.contains(['*', '?', '[', '{']) {
            add(&format!("{path}/**"))?;
        }
    }
    set.build().map_err(|error| Error::plan(codes::BAD_GLOB, format!("the outputs are too large: {error}")))
}

/// `./dist/` is `dist`, and `.` is everything.
fn tidy(glob: &str) -> String {
    let mut text = glob;
    while let Some(rest) = text.strip_prefix("./") {
        text = rest.trim_start_matches('/');
    }
    let text = text.trim_end_matches('/');
    match text {
        // `/` alone must not become everything.
        "" if glob.starts_with('/') => "/".to_owned(),
        "." => String::new(),
        _ => text.to_owned(),
    }
}

/// The files of a folder, relative to it and sorted, without entries of certain names; links are not followed, also where
/// the folder itself has become one.
pub(crate) fn files(folder: &Path, except: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    if !fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir()) {
        let message = format!("`{}` is no longer a folder", folder.display());
        return Err(Failure::new(codes::UNREADABLE_ARTIFACT, message));
    }
    let mut found = Vec::new();
    let mut left = vec![PathBuf::new()];
    while let Some(relative) = left.pop() {
        let absolute = folder.join(&relative);
        let unreadable = |error: std::io::Error| {
            Failure::new(codes::UNREADABLE_ARTIFACT, format!("cannot read `{}`: {error}", absolute.display()))
        };
        for entry in fs::read_dir(&absolute).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if except.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            let kind = entry.file_type().map_err(unreadable)?;
            let path = relative.join(entry.file_name());
            if kind.is_dir() {
                left.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Those of a folder's files that an output takes; none is a failure.
pub(crate) fn matching(name: &str, globs: &[String], files: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let set = compile(globs)?;
    let taken: Vec<PathBuf> = files.iter().filter(|path| set.is_match(path)).cloned().collect();
    if !taken.is_empty() {
        return Ok(taken);
    }
    let quoted: Vec<String> = globs.iter().map(|glob| format!("`{glob}`")).collect();
    let failure = Failure::new(
        codes::NOTHING_MATCHED,
        format!("the output `{name}` ({}) matches no file", quoted.join(", ")),
    );
    let names: Vec<String> = files.iter().take(10_000).map(|path| path.display().to_string()).collect();
    if names.is_empty() {
        return Err(failure.help("the working directory holds no file at all").into());
    }
    let mut near: Vec<&str> = Vec::new();
    for glob in globs {
        let last = glob.rsplit('/').find(|part| !part.contains("**")).unwrap_or(glob);
        let by_last = names.iter().find(|name| name.rsplit('/').next() == Some(last)).map(String::as_str);
        let found = by_last.or_else(|| nearest(glob, names.iter().map(String::as_str)));
        near.extend(found.filter(|name| !near.contains(name)).into_iter().collect::<Vec<_>>());
    }
    let help = if near.is_empty() {
        let mut shown: Vec<String> = names.iter().take(6).map(|name| format!("`{name}`")).collect();
        if names.len() > shown.len() {
            shown.push(format!("{} more", names.len() - shown.len()));
        }
        format!("the working directory holds {}", shown.join(", "))
    } else {
        format!("near: {}", near.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    };
    Err(failure.help(help).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(glob: &str) -> Vec<String> {
        let files = ["a.txt", "dist/b.txt", "dist/deep/c.js", "odd [name].txt"].map(PathBuf::from);
        let set = compile(&[glob.to_owned()]).unwrap();
        files.iter().filter(|p| set.is_match(p)).map(|p| p.display().to_string()).collect()
    }

    #[test]
    fn separators_are_literal() {
        assert_eq!(taken("*.txt"), ["a.txt", "odd [name].txt"]);
        assert_eq!(taken("**/*").len(), 4);
        assert_eq!(taken("dist/**"), ["dist/b.txt", "dist/deep/c.js"]);
        assert_eq!(taken("dist/*"), ["dist/b.txt"]);
    }

    #[test]
    fn folders_stand_for_all_in_them() {
        assert_eq!(taken("dist"), taken("dist/**"));
        assert_eq!(taken("./dist/"), taken("dist/**"));
        assert_eq!(taken(".").len(), 4);
    }

    #[test]
    fn what_leads_outside_is_refused() {
        for glob in ["../x", "/etc/*", "a/../../b", "/"] {
            assert_eq!(compile(&[glob.to_owned()]).unwrap_err().code(), codes::ESCAPING_PATH, "{glob}");
        }
        assert_eq!(compile(&[String::new()]).unwrap_err().code(), codes::BAD_GLOB);
        assert_eq!(compile(&["a[".to_owned()]).unwrap_err().code(), codes::BAD_GLOB);
    }
}
