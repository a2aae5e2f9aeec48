//! Which diagnostics the editor shows at the moment, so that those that vanish are taken back.

use std::collections::{BTreeMap, BTreeSet};

/// What is shown in a file, by the open document whose analysis found it: several documents may find fault with a file
/// that they share.
type InFile<D> = BTreeMap<String, Vec<D>>;

/// What is shown, by file.
#[derive(Debug)]
pub(super) struct Shown<D> {
    files: BTreeMap<String, InFile<D>>,
}

impl<D> Default for Shown<D> {
    fn default() -> Self {
        Self { files: BTreeMap::new() }
    }
}

impl<D: Clone + PartialEq> Shown<D> {
    /// Takes what the analysis of `document` found, by file, instead of what it found before. Gives the files to send,
    /// each with all that is to be shown in it; where nothing was shown and nothing is, nothing need be sent.
    pub(super) fn replace(
        &mut self,
        document: &str,
        found: BTreeMap<String, Vec<D>>,
    ) -> Vec<(String, Vec<D>)> {
        let before =
            self.files.iter().filter(|(_, by)| by.contains_key(document)).map(|(file, _)| file.clone());
        let mut touched: BTreeSet<String> = before.collect();
        for file in &touched {
            if let Some(by) = self.files.get_mut(file) {
                by.remove(document);
            }
        }
        for (file, diagnostics) in found {
            if !diagnostics.is_empty() {
                touched.insert(file.clone());
                self.files.entry(file).or_default().insert(document.to_owned(), diagnostics);
            }
        }
        let send = touched.into_iter().map(|file| {
            let all = self.all(&file);
            (file, all)
        });
        let send = send.collect();
        self.files.retain(|_, by| !by.is_empty());
        send
    }

    fn all(&self, file: &str) -> Vec<D> {
        let mut all: Vec<D> = Vec::new();
        for diagnostic in self.files.get(file).into_iter().flat_map(BTreeMap::values).flatten() {
            if !all.contains(diagnostic) {
                all.push(diagnostic.clone());
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(
        shown: &mut Shown<&'static str>,
        document: &str,
        found: &[(&str, &[&'static str])],
    ) -> Vec<(String, Vec<&'static str>)> {
        shown.replace(document, found.iter().map(|(file, all)| ((*file).to_owned(), all.to_vec())).collect())
    }

    fn sent(file: &str, all: &[&'static str]) -> (String, Vec<&'static str>) {
        (file.to_owned(), all.to_vec())
    }

    #[test]
    fn what_vanishes_is_taken_back_once() {
        let mut shown = Shown::default();
        assert_eq!(replace(&mut shown, "a", &[("a", &[])]), []);
        assert_eq!(replace(&mut shown, "a", &[("a", &["x"])]), [sent("a", &["x"])]);
        assert_eq!(replace(&mut shown, "a", &[("a", &["x"])]), [sent("a", &["x"])]);
        assert_eq!(replace(&mut shown, "a", &[("a", &[])]), [sent("a", &[])]);
        assert_eq!(replace(&mut shown, "a", &[]), []);
    }

    #[test]
    fn files_that_documents_share() {
        let mut shown = Shown::default();
        assert_eq!(
            replace(&mut shown, "a", &[("a", &["x"]), ("lib", &["y", "z"])]),
            [sent("a", &["x"]), sent("lib", &["y", "z"])]
        );
        assert_eq!(replace(&mut shown, "b", &[("lib", &["z", "w"])]), [sent("lib", &["y", "z", "w"])]);
        // One is closed: what the other found stays.
        assert_eq!(replace(&mut shown, "a", &[]), [sent("a", &[]), sent("lib", &["z", "w"])]);
        assert_eq!(replace(&mut shown, "b", &[]), [sent("lib", &[])]);
    }
}
