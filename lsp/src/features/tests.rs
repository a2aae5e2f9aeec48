//! Features are tried on sources with a mark `$0` where the cursor stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use compiler::diagnostic::Place;
use compiler::source::Loader;

use crate::analysis::{Analysis, analyse};

mod completion;
mod completion_everywhere;
mod hints;
mod hover;
mod navigation;
mod refactor;
mod rename;
mod stages;
mod structure;
mod symbols;
mod tokens;

/// Files of a project, one of them with the cursor.
pub(super) struct Fixture {
    files: BTreeMap<String, String>,
    /// The file with the cursor, and where it stands.
    cursor: (String, u32),
}

impl Loader for Fixture {
    fn load(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.files.get(path).ok_or_else(|| "there is no such file".to_owned())?;
        Ok(text.clone().into_bytes())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let inside = |name: &String| Some(name.strip_prefix(folder)?.trim_start_matches('/').to_owned());
        self.files.keys().filter_map(inside).collect()
    }
}

impl Fixture {
    /// One file `/p/main.pipe`, or several, each behind a line `//- name.pipe`. The first is the one with the cursor where
    /// none has a mark.
    pub(super) fn new(text: &str) -> Self {
        let (mut files, mut cursor) = (BTreeMap::new(), None);
        let parts: Vec<(&str, &str)> = if text.starts_with("//- ") {
            let parts = text.split("//- ").skip(1);
            parts.map(|part| part.split_once('\n').expect("a name and a text")).collect()
        } else {
            vec![("main.pipe", text)]
        };
        for (name, marked) in parts {
            let name = format!("/p/{name}");
            let at = marked.find("$0");
            let here = at.map(|at| (name.clone(), u32::try_from(at).expect("a small file")));
            cursor = match (cursor, here) {
                (None, None) => Some((name.clone(), 0)),
                (before, here) => here.or(before),
            };
            files.insert(name, marked.replacen("$0", "", 1));
        }
        Self { files, cursor: cursor.expect("a file") }
    }

    pub(super) fn offset(&self) -> u32 {
        self.cursor.1
    }

    /// What is known about the file with the cursor.
    pub(super) fn analysis(&self) -> Analysis {
        analyse(&self.cursor.0, self)
    }

    /// What is known about all files.
    pub(super) fn all(&self) -> Vec<Rc<Analysis>> {
        self.files.keys().map(|name| Rc::new(analyse(name, self))).collect()
    }
}

/// A place as `file:line:column text`.
pub(super) fn shown(analysis: &Analysis, place: Place) -> String {
    let source = analysis.sources.get(place.source);
    let (line, column) =
        compiler::lines::Lines::new(&source.text).line_column(place.span.start, &source.text);
    let text = &source.text[place.span.range()];
    format!("{}:{line}:{column} {text}", source.name.trim_start_matches("/p/"))
}

/// Lines, one for each.
pub(super) fn lines(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

/// What a feature gives for each cursor, one below the other.
pub(super) fn each<const N: usize>(cursors: [&str; N], feature: impl Fn(&str) -> String) -> String {
    lines(cursors.map(|cursor| format!("---- {cursor:?}\n{}", feature(cursor).trim_end())))
}

/// A project that has a bit of everything; what is marked as `«…»` is given the cursor in front of it.
pub(super) fn project(cursor: &str) -> Fixture {
    const TEXT: &str = r##"//- main.pipe
use "./lib.pipe"
use "./types.pipe" { Env as Where }

/// The product.
pipeline shop {
  /// How loud.
  variable level: string = "info"
  let here: Where = "dev"

  stage source {
    action app = git { repository: "acme/shop", branch: "main" }
  }

  stage build {
    action make for part in ["front", "back"] = run {
      inputs: [app]
      env: { PART: part, LEVEL: level, LABEL: "#{lib.label(here)}-#{part}" }
      script: "make"
      output: "out/**"
      variables: ["TAG"]
    }
  }

  stage ship = lib.ship { files: make["front"], tag: make["front"].TAG }
}
//- lib.pipe
use "./types.pipe"

/// What an environment is called.
fn label(env: types.Env): string = "acme-#{env}"

/// Ships files.
stage ship(files: artifact, tag: string) {
  action upload = aws.s3_deploy { inputs: [files], bucket_name: label("prod"), extract: true }
  action note = run { after: [upload], env: { TAG: tag }, script: "echo" }
}
//- types.pipe
/// Where things run.
type Env = "dev" | "prod"
"##;
    let marked = TEXT.replacen(cursor, &format!("$0{cursor}"), 1);
    assert_ne!(marked, TEXT, "`{cursor}` is not in the project");
    Fixture::new(&marked)
}
