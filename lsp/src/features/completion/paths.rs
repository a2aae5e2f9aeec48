//! Paths in `use` and `file`.

use super::Site;
use super::exports::relative;
use super::items::{Candidate, Shape};

impl Site<'_, '_> {
    /// The files of the project that can be used.
    pub(super) fn used_paths(&mut self) {
        let folder = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut paths: Vec<String> =
            self.usable().into_iter().map(|other| relative(folder, &other.file)).collect();
        // Those near come first.
        paths.sort_by_key(|path| (path.matches("../").count(), path.matches('/').count(), path.clone()));
        self.found.extend(paths.iter().map(|path| Candidate::plain(path, Shape::File, String::new())));
    }

    /// The files and folders below the pipeline file.
    pub(super) fn file_paths(&mut self) {
        let written = self.cursor.text.get(self.cursor.word.range()).unwrap_or_default();
        let inside = written.rsplit_once('/').map_or("", |(inside, _)| inside);
        if inside.starts_with('/') || inside.split('/').any(|part| part == "..") {
            return;
        }
        let folder = compiler::join(self.name, if inside.is_empty() { "." } else { inside });
        let before = if inside.is_empty() { String::new() } else { format!("{inside}/") };
        for entry in (self.world.entries)(&folder) {
            let shape = if entry.ends_with('/') { Shape::Folder } else { Shape::File };
            self.found.push(Candidate::plain(&format!("{before}{entry}"), shape, String::new()));
        }
    }
}
