//! What the command line and the editor find on the disk alike.

/// Whether a path, as seen from the top of a file's git working tree, exists; none where the file lies in no such tree.
#[must_use]
pub fn in_working_tree(name: &str, path: &str) -> Option<bool> {
    let file = std::path::absolute(name).ok()?;
    let top = file.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
    Some(top.join(path).exists())
}

/// The names of the pipeline files in a folder, sorted; none where it cannot be read.
#[must_use]
pub fn list(folder: &str) -> Vec<String> {
    let folder = if folder.is_empty() { "." } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".pipe")).collect();
    names.sort();
    names
}

/// The names in a folder, sorted, those of folders with `/`; without hidden ones.
#[must_use]
pub fn entries(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| {
            let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            format!("{}{}", entry.file_name().to_string_lossy(), if folder { "/" } else { "" })
        })
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Why a file cannot be read, in plain words.
#[must_use]
pub fn sentence(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}
